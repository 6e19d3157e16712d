//! What has been said about members comes to this.

use std::collections::{BTreeMap, BTreeSet};

use super::MAX_MEMBERS;
use super::event::{Begun, Event, Kind, Named};
use crate::fact::{Fact, Position};
use crate::id::{PersonId, SpaceId};
use crate::text;

/// Who is here, and what they are called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    frame: Option<Frame>,
    people: BTreeMap<PersonId, Member>,
    names: BTreeMap<PersonId, String>,
    labels: BTreeMap<(PersonId, SpaceId), String>,
    defaults: BTreeMap<PersonId, String>,
}

/// What an Us is; it stands from its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The kind of relationship.
    pub kind: Kind,
    /// What it was called at first.
    pub name: String,
}

/// Somebody who is or was a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// When they came, for the first time if they left and came back.
    pub joined: Position,
    /// When they left, if they did.
    pub left: Option<Position>,
    /// 0 to 11: stays theirs, and is no other current member's.
    pub colour: u8,
}

impl State {
    /// The log says that this person is a member now.
    pub fn joined(&mut self, person: PersonId, position: Position) {
        if let Some(member) = self.people.get_mut(&person) {
            member.left = None;
            return;
        }
        let colour = self.next_colour();
        self.people.insert(
            person,
            Member {
                joined: position,
                left: None,
                colour,
            },
        );
    }

    /// The log says that this person has left.
    pub fn left(&mut self, person: PersonId, position: Position) {
        if let Some(member) = self
            .people
            .get_mut(&person)
            .filter(|member| member.left.is_none())
        {
            member.left = Some(position);
        }
    }

    /// Takes in what its author said. What is too long or empty is ignored.
    pub fn apply(&mut self, fact: &Fact, event: &Event) {
        let author = fact.author;
        match event {
            Event::Begun(Begun { kind, name }) if self.frame.is_none() && text::NAME.allows(name) => {
                self.frame = Some(Frame {
                    kind: *kind,
                    name: name.clone(),
                });
            }
            Event::Named(Named { name }) if text::NAME.allows(name) => {
                self.names.insert(author, name.clone());
            }
            Event::Labelled(labelled) => match &labelled.label {
                Some(label) if text::NAME.allows(label) => {
                    self.labels.insert((author, labelled.us), label.clone());
                }
                Some(_) => {}
                None => {
                    self.labels.remove(&(author, labelled.us));
                }
            },
            Event::Set(set) if text::NAME.allows(&set.name) => {
                self.defaults.insert(author, set.name.clone());
            }
            Event::Begun(_) | Event::Named(_) | Event::Set(_) => {}
        }
    }

    /// What this person should say again for somebody new: the frame, and their own name.
    #[must_use]
    pub fn restate(&self, me: PersonId) -> Vec<Event> {
        let frame = self
            .frame
            .clone()
            .map(|Frame { kind, name }| Event::Begun(Begun { kind, name }));
        let name = self
            .names
            .get(&me)
            .cloned()
            .map(|name| Event::Named(Named { name }));
        frame.into_iter().chain(name).collect()
    }

    /// What this Us is. A Me has none.
    #[must_use]
    pub const fn frame(&self) -> Option<&Frame> {
        self.frame.as_ref()
    }

    /// Whether what is said here is said to others too, or will be.
    #[must_use]
    pub fn is_us(&self) -> bool {
        self.frame.is_some() || self.current().nth(1).is_some()
    }

    /// Who is here now, in no particular order.
    pub fn current(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.people
            .iter()
            .filter(|(_, member)| member.left.is_none())
            .map(|(person, _)| *person)
    }

    /// Whether this person is here now.
    #[must_use]
    pub fn is_current(&self, person: PersonId) -> bool {
        self.people
            .get(&person)
            .is_some_and(|member| member.left.is_none())
    }

    /// How this person wishes to be called here.
    #[must_use]
    pub fn name(&self, person: PersonId) -> Option<&String> {
        self.names.get(&person)
    }

    /// Everyone who is or was here.
    pub(super) const fn people(&self) -> &BTreeMap<PersonId, Member> {
        &self.people
    }

    pub(super) fn label(&self, person: PersonId, us: SpaceId) -> Option<&String> {
        self.labels.get(&(person, us))
    }

    pub(super) fn default_name(&self, person: PersonId) -> Option<&String> {
        self.defaults.get(&person)
    }

    /// A colour that nobody has had, so that the past stays readable; else one that no one who is here has.
    fn next_colour(&self) -> u8 {
        let colours = 0..u8::try_from(MAX_MEMBERS).unwrap_or(u8::MAX);
        let had: BTreeSet<u8> = self.people.values().map(|member| member.colour).collect();
        let has: BTreeSet<u8> = self
            .people
            .values()
            .filter(|m| m.left.is_none())
            .map(|m| m.colour)
            .collect();
        let free = |taken: &BTreeSet<u8>| colours.clone().find(|colour| !taken.contains(colour));
        free(&had).or_else(|| free(&has)).unwrap_or(0)
    }
}

#[cfg(test)]
impl State {
    /// What belongs to this person alone: nobody else's event may change it.
    pub(crate) fn owned_by(&self, person: PersonId) -> Self {
        let mut owned = self.clone();
        owned.frame = None;
        owned.people.clear();
        owned.names.retain(|who, _| *who == person);
        owned.labels.retain(|(who, _), _| *who == person);
        owned.defaults.retain(|who, _| *who == person);
        owned
    }
}
