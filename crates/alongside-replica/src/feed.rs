//! The facts of one space in their order, and the state that they come to.
//!
//! [`State::fold`] over the whole set is the specification. This is the faster way to the same: a fact that comes last is
//! applied; one that belongs further up makes the feed fold again from the nearest mark below it.

use std::collections::HashSet;

use alongside_core::fact::{Fact, Position, What};
use alongside_core::id::EntryId;
use alongside_core::root::State;

/// A copy of the state is kept every so many facts …
const MARK_EVERY: usize = 512;
/// … and of those the latest few: what arrives late belongs near the end.
const MARKS: usize = 6;

/// The facts of one space and their state.
#[derive(Debug, Default)]
pub struct Feed {
    facts: Vec<Fact>,
    known: HashSet<EntryId>,
    state: State,
    marks: Vec<(usize, State)>,
    applied: usize,
}

impl Feed {
    /// The state of all facts so far.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The facts, in their order.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Takes more facts, in any order, any of them perhaps known already.
    pub fn extend(&mut self, facts: impl IntoIterator<Item = Fact>) {
        let facts = facts.into_iter();
        self.known.reserve(facts.size_hint().0);
        let mut fresh: Vec<Fact> = facts.filter(|fact| self.known.insert(fact.position.id)).collect();
        fresh.sort_unstable_by_key(|fact| fact.position);
        let Some(first) = fresh.first().map(|fact| fact.position) else {
            return;
        };
        let at = self.place_of(first);
        if at < self.facts.len() {
            self.rewind(at);
            fresh.extend(self.facts.drain(at..));
            // Two sorted runs: a stable sort merges them in linear time.
            fresh.sort_by_key(|fact| fact.position);
        }
        self.facts.append(&mut fresh);
        self.replay();
    }

    /// An entry's words were taken back: they go from here, too.
    pub fn withdraw(&mut self, entry: EntryId) -> bool {
        let Some(at) = self.facts.iter().position(|fact| fact.position.id == entry) else {
            return false;
        };
        if !matches!(self.facts[at].what, What::Said(_)) {
            return false;
        }
        self.rewind(at);
        self.facts[at].what = What::Withdrawn;
        self.replay();
        true
    }

    fn place_of(&self, position: Position) -> usize {
        // Nearly always it is the end.
        match self.facts.last() {
            Some(last) if last.position < position => self.facts.len(),
            Some(_) => self.facts.partition_point(|fact| fact.position < position),
            None => 0,
        }
    }

    /// Back to the nearest mark at or below a place.
    fn rewind(&mut self, at: usize) {
        self.marks.retain(|(upto, _)| *upto <= at);
        let (upto, state) = self.marks.last().cloned().unwrap_or_default();
        self.state = state;
        self.applied = upto;
    }

    fn replay(&mut self) {
        for at in self.applied..self.facts.len() {
            let is_mark = at > 0 && at.is_multiple_of(MARK_EVERY);
            // On a long way only the last of them is set: each costs a copy of everything.
            let stays = self.facts.len() - at <= MARK_EVERY;
            if is_mark && stays && self.marks.last().is_none_or(|(upto, _)| *upto < at) {
                self.marks.push((at, self.state.clone()));
                if self.marks.len() > MARKS {
                    self.marks.remove(0);
                }
            }
            self.state.apply(&self.facts[at]);
        }
        self.applied = self.facts.len();
    }
}

#[cfg(test)]
mod tests;
