//! The root: one state for one space, and the arms through which features hang on it.
//!
//! To add a feature: a folder; a line in [`Event`], [`Command`], [`Rejection`], [`State`]; an arm in
//! [`State::apply`] and [`decide`]. The compiler leads through the rest.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::event::Event;
use crate::fact::{Fact, Position, What};
use crate::id::{EntryId, PersonId, SpaceId};
use crate::{checkin, members, rhythm};

/// What `decide` is told of the world outside: nothing here is read from a clock by the core.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Who is acting.
    pub me: PersonId,
    /// The space acted in.
    pub space: SpaceId,
    /// The day it is for that person, by their own calendar and zone.
    pub today: Date,
    /// Milliseconds since 1970 (UTC), by their device's clock.
    pub now_ms: i64,
}

/// A wish, with everything that it needs given to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Names, the kind of relationship.
    Members(members::Command),
    /// How often to check in.
    Rhythm(rhythm::Command),
    /// The check-in.
    CheckIn(checkin::Command),
}

/// What carrying out a command comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Say this in the space.
    Say(Event),
    /// Put this into the round of that name, replacing what I had put there: it is revealed with everyone's.
    Deposit {
        /// The round's name, the same for all members; never leaves the devices as it is.
        round: String,
        /// What is revealed.
        event: Event,
    },
    /// Take back what I had put into the round of that name; nothing happens if it was revealed meanwhile.
    TakeBack {
        /// The round's name.
        round: String,
    },
    /// Take the words of an entry of mine back from everywhere. The fact that it stood there stays.
    Withdraw(EntryId),
}

/// Why a command was refused, in the terms of the person who gave it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// From names and kinds.
    #[error(transparent)]
    Members(#[from] members::Rejection),
    /// From the rhythm.
    #[error(transparent)]
    Rhythm(#[from] rhythm::Rejection),
    /// From the check-in.
    #[error(transparent)]
    CheckIn(#[from] checkin::Rejection),
}

/// Everything that one space's facts come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Who is here, what they are called, and what kind of relationship it is.
    pub members: members::State,
    /// How often to check in.
    pub rhythm: rhythm::State,
    /// Check-ins.
    pub checkin: checkin::State,
}

impl State {
    /// The specification of the fold: the facts of a set, each once, in the order of their positions. Of a fact that comes both with
    /// its words and without, the one without counts: a late copy brings no words back.
    #[must_use]
    pub fn fold(facts: impl IntoIterator<Item = Fact>) -> Self {
        let mut ordered: BTreeMap<Position, Fact> = BTreeMap::new();
        for fact in facts {
            if fact.what == What::Withdrawn || !ordered.contains_key(&fact.position) {
                ordered.insert(fact.position, fact);
            }
        }
        let mut state = Self::default();
        for fact in ordered.values() {
            state.apply(fact);
        }
        state
    }

    /// Takes one more fact, whose position is after those of all before. What makes no sense is ignored: every device
    /// ignores it alike. A fact that was taken with its words and is withdrawn later asks for another fold: the state keeps
    /// no trace of where words came from.
    pub fn apply(&mut self, fact: &Fact) {
        match &fact.what {
            What::Joined(person) => self.members.joined(*person, fact.position),
            What::Left(person) => self.members.left(*person, fact.position),
            // As if it had not been said. Where a feature shows that something stood here, it has an event for that.
            What::Withdrawn => {}
            // Whoever has left, or is not in yet, says nothing here: what of theirs came too late counts for nobody.
            What::Said(_) if !self.members.is_current(fact.author) => {}
            What::Said(Event::Members(event)) => self.members.apply(fact, event),
            What::Said(Event::Rhythm(event)) => self.rhythm.apply(fact, event),
            What::Said(Event::CheckIn(event)) => self.checkin.apply(fact, event),
        }
    }

    /// What this person should say again for somebody who has just come in and can read nothing from before: the frame
    /// of the space and this person's own name.
    #[must_use]
    pub fn restate(&self, me: PersonId) -> Vec<Event> {
        self.members.restate(me).into_iter().map(Event::Members).collect()
    }
}

/// What a command comes to in this state.
///
/// # Errors
/// The feature's rejection, which says why in the person's terms.
pub fn decide(state: &State, context: &Context, command: &Command) -> Result<Vec<Act>, Rejection> {
    Ok(match command {
        Command::Members(command) => members::decide(state, context, command)?,
        Command::Rhythm(command) => rhythm::decide(state, context, command)?,
        Command::CheckIn(command) => checkin::decide(state, context, command)?,
    })
}

#[cfg(test)]
mod tests;
