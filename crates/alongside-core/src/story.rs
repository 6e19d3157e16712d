//! For tests: what several people say in one space, told in order, and what it comes to.

use jiff::civil::{Date, date};

use crate::event::Event;
use crate::fact::{Fact, Position, What};
use crate::id::{EntryId, PersonId, SpaceId};
use crate::root::{self, Act, Command, Context, Rejection, State};

pub(crate) const ADA: PersonId = PersonId::from_bytes([0xa0; 32]);
pub(crate) const BEN: PersonId = PersonId::from_bytes([0xb0; 32]);
pub(crate) const CYD: PersonId = PersonId::from_bytes([0xc0; 32]);
pub(crate) const ME: SpaceId = SpaceId::from_bytes([0x11; 16]);
pub(crate) const US: SpaceId = SpaceId::from_bytes([0x22; 16]);
/// A Sunday, the last day of the ISO week 47.
pub(crate) const TODAY: Date = date(2026, 11, 22);

/// An entry whose place among those of one depth is given by its number.
pub(crate) const fn entry(number: u8) -> EntryId {
    EntryId::from_bytes([number; 32])
}

pub(crate) const fn context(me: PersonId, space: SpaceId) -> Context {
    Context {
        me,
        space,
        today: TODAY,
        now_ms: 1_795_348_800_000,
    }
}

/// Facts, each of which has seen those before it unless it is told otherwise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story {
    pub(crate) facts: Vec<Fact>,
}

impl Story {
    /// A space with these people, who came in this order.
    pub(crate) fn of(people: &[PersonId]) -> Self {
        let mut story = Self::default();
        for person in people {
            story.adds(*person, false, What::Joined(*person));
        }
        story
    }

    pub(crate) fn says(&mut self, author: PersonId, event: impl Into<Event>) -> EntryId {
        self.adds(author, false, What::Said(event.into()))
    }

    pub(crate) fn reveals(&mut self, author: PersonId, event: impl Into<Event>) -> EntryId {
        self.adds(author, true, What::Said(event.into()))
    }

    pub(crate) fn adds(&mut self, author: PersonId, in_round: bool, what: What) -> EntryId {
        let depth = self
            .facts
            .iter()
            .map(|fact| fact.position.depth)
            .max()
            .unwrap_or_default()
            + 1;
        let id = entry(u8::try_from(self.facts.len()).expect("short stories") + 1);
        self.facts.push(Fact {
            position: Position { depth, id },
            author,
            at_ms: 0,
            in_round,
            what,
        });
        id
    }

    /// Said at the same depth as the fact before: neither had seen the other.
    pub(crate) fn meanwhile(&mut self, author: PersonId, event: impl Into<Event>) -> EntryId {
        let id = self.says(author, event);
        let count = self.facts.len();
        self.facts[count - 1].position.depth = self.facts[count - 2].position.depth;
        id
    }

    /// The words of that entry are taken back.
    pub(crate) fn withdraws(&mut self, id: EntryId) {
        for fact in self.facts.iter_mut().filter(|fact| fact.position.id == id) {
            fact.what = What::Withdrawn;
        }
    }

    pub(crate) fn state(&self) -> State {
        State::fold(self.facts.iter().cloned())
    }
}

/// Given this story, when this person wants this in that space, then it comes to this.
#[track_caller]
pub(crate) fn check<C, R>(given: &Story, context: &Context, when: C, then: Result<Vec<Act>, R>)
where
    Command: From<C>,
    Rejection: From<R>,
{
    let decided = root::decide(&given.state(), context, &when.into());
    assert_eq!(decided, then.map_err(Rejection::from));
}

macro_rules! into_root {
    ($($feature:ident => $variant:ident),+) => {
        $(impl From<crate::$feature::Event> for Event {
            fn from(event: crate::$feature::Event) -> Self {
                Self::$variant(event)
            }
        }

        impl From<crate::$feature::Command> for Command {
            fn from(command: crate::$feature::Command) -> Self {
                Self::$variant(command)
            }
        })+
    };
}
into_root!(members => Members, rhythm => Rhythm, checkin => CheckIn);
