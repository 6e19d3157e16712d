//! What has been said in check-ins comes to this. Everything is kept under its author, whom the log has verified.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::answers::Answers;
use super::event::{Care, Event, Shared};
use super::view::Note;
use crate::fact::{Fact, Position};
use crate::id::{EntryId, PersonId, SpaceId};
use crate::rhythm::Period;
use crate::text;

/// The bounds of a search among everyone.
const FIRST: PersonId = PersonId::from_bytes([0; 32]);
const LAST: PersonId = PersonId::from_bytes([u8::MAX; 32]);

/// Notes, answers that were revealed, and words of care.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    notes: BTreeMap<(PersonId, Option<SpaceId>, Date), Note>,
    shares: BTreeMap<(Period, PersonId), Share>,
    /// Where the answers of an entry stand, for those that stand.
    entries: BTreeMap<EntryId, (Period, PersonId)>,
    care: BTreeMap<(EntryId, PersonId), Given>,
}

/// What one person shared of one period.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Share {
    pub(super) entry: EntryId,
    pub(super) in_round: bool,
    pub(super) answers: Answers,
}

/// One person's care for one check-in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Given {
    /// None once it was taken back: that there was one remains.
    pub(super) care: Option<Care>,
    /// The entries that hold words, this one and those it replaced.
    pub(super) entries: Vec<EntryId>,
    since: Position,
}

impl State {
    /// Takes in what its author said. What does not fit is ignored.
    pub fn apply(&mut self, fact: &Fact, event: &Event) {
        let author = fact.author;
        match event {
            Event::Noted(noted) => {
                if noted.answers.are_sound() {
                    let key = (author, noted.us, noted.day);
                    self.notes.insert(key, Note::from(noted));
                }
            }
            Event::Shared(shared) => {
                if shared.answers.are_sound() {
                    self.share(fact, shared);
                }
            }
            Event::Care(sent) => {
                let fits = match &sent.care {
                    Care::Word(_) => true,
                    Care::Sentence(sentence) => text::CARE.allows(sentence),
                };
                if fits && !self.is_by(sent.to, author) {
                    self.care(fact, sent.to, Some(sent.care.clone()));
                }
            }
            Event::CareWithdrawn(withdrawn) => {
                if !self.is_by(withdrawn.to, author) {
                    self.care(fact, withdrawn.to, None);
                }
            }
        }
    }

    fn share(&mut self, fact: &Fact, shared: &Shared) {
        let key = (shared.period, fact.author);
        let share = Share {
            entry: fact.position.id,
            in_round: fact.in_round,
            answers: shared.answers.clone(),
        };
        if self
            .shares
            .get(&key)
            .is_none_or(|standing| share.in_round && !standing.in_round)
        {
            if let Some(replaced) = self.shares.insert(key, share) {
                self.entries.remove(&replaced.entry);
            }
            self.entries.insert(fact.position.id, key);
        }
    }

    fn care(&mut self, fact: &Fact, to: EntryId, care: Option<Care>) {
        let since = fact.position;
        let given = self.care.entry((to, fact.author)).or_insert(Given {
            care: None,
            entries: Vec::new(),
            since,
        });
        given.since = since;
        if care.is_some() {
            given.entries.push(since.id);
        }
        given.care = care;
    }

    fn is_by(&self, entry: EntryId, person: PersonId) -> bool {
        self.entries
            .get(&entry)
            .is_some_and(|(_, author)| *author == person)
    }

    /// Where the answers of that entry stand: of which period, by whom.
    pub(super) fn place_of(&self, entry: EntryId) -> Option<(Period, PersonId)> {
        self.entries.get(&entry).copied()
    }

    /// What this person shared of that period.
    pub(super) fn shared_by(&self, person: PersonId, period: Period) -> Option<&Share> {
        self.shares.get(&(period, person))
    }

    /// What was shared of periods that begin on these days, of which the first is not after the last.
    pub(super) fn shared_between(
        &self,
        from: Date,
        to: Date,
    ) -> impl Iterator<Item = (Period, PersonId, &Share)> {
        let first = (Period::day(from), FIRST);
        let last = (Period::longest_beginning_on(to), LAST);
        self.shares
            .range(first..=last)
            .map(|((period, author), share)| (*period, *author, share))
    }

    /// What this person noted on these days, of which the first is not after the last, for that Us or with themselves alone.
    pub(super) fn noted_between(
        &self,
        person: PersonId,
        us: Option<SpaceId>,
        from: Date,
        to: Date,
    ) -> impl DoubleEndedIterator<Item = &Note> {
        self.notes
            .range((person, us, from)..=(person, us, to))
            .map(|(_, note)| note)
    }

    /// Everyone's care for that check-in, by when it was given.
    pub(super) fn care_for(&self, entry: EntryId) -> Vec<(PersonId, &Given)> {
        let range = (entry, FIRST)..=(entry, LAST);
        let mut given: Vec<_> = self
            .care
            .range(range)
            .map(|((_, author), given)| (*author, given))
            .collect();
        given.sort_by_key(|(_, given)| given.since);
        given
    }

    /// This person's care for that check-in.
    pub(super) fn care_by(&self, person: PersonId, entry: EntryId) -> Option<&Given> {
        self.care.get(&(entry, person))
    }
}

#[cfg(test)]
impl State {
    /// What belongs to this person alone: nobody else's event may change it.
    pub(crate) fn owned_by(&self, person: PersonId) -> Self {
        let mut owned = self.clone();
        owned.notes.retain(|(who, _, _), _| *who == person);
        owned.shares.retain(|(_, who), _| *who == person);
        owned.entries.retain(|_, (_, who)| *who == person);
        owned.care.retain(|(_, who), _| *who == person);
        owned
    }
}
