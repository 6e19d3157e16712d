//! One space on this device: its ledger, its facts, and the rows in which its envelopes lie.

use std::collections::{BTreeMap, HashMap};

use alongside_core::event::Decoded;
use alongside_core::fact::{Fact, Position, What};
use alongside_core::id as core_id;
use alongside_log::entry::{Place, Stamp};
use alongside_log::ids::{EntryId, EnvelopeId, PersonId, SpaceId};
use alongside_log::ledger::{Content, Happened, Ledger, Verified};
use alongside_log::vault::{Keyring, SpaceKind};

use crate::feed::Feed;

/// The core's name for a space.
pub(crate) fn to_core_space(space: SpaceId) -> core_id::SpaceId {
    core_id::SpaceId::from_bytes(*space.as_bytes())
}

/// The log's name for a space.
pub(crate) fn to_log_space(space: core_id::SpaceId) -> SpaceId {
    SpaceId::from_bytes(*space.as_bytes())
}

/// The core's name for a person.
pub(crate) fn to_core_person(person: PersonId) -> core_id::PersonId {
    core_id::PersonId::from_bytes(*person.as_bytes())
}

/// The core's name for an entry.
pub(crate) fn to_core_entry(entry: EntryId) -> core_id::EntryId {
    core_id::EntryId::from_bytes(*entry.as_bytes())
}

/// How payloads are read: as [`alongside_core::event::decode`] does, or as a version did that knew fewer kinds.
pub type Decoder = fn(&[u8]) -> Decoded;

/// Where an entry with a payload lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lies {
    pub(crate) envelope: EnvelopeId,
    pub(crate) author: PersonId,
}

/// A ticket of this space and when it runs out, by this device's clock.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    pub(crate) bytes: Vec<u8>,
    pub(crate) until_ms: i64,
}

/// One space on this device.
#[derive(Debug)]
pub(crate) struct Space {
    pub(crate) kind: SpaceKind,
    pub(crate) ledger: Ledger,
    pub(crate) feed: Feed,
    /// The last removal taken in.
    pub(crate) removed: u64,
    /// I have left.
    pub(crate) left: bool,
    pub(crate) ticket: Option<Ticket>,
    /// First number of each row of the inbox.
    pub(crate) rows: BTreeMap<u64, ()>,
    /// Entries with payloads, by their number and by their name.
    pub(crate) numbers: HashMap<u64, EntryId>,
    pub(crate) lies: HashMap<EntryId, Lies>,
    /// Payloads of kinds that this version does not know. They are kept.
    pub(crate) unknown: usize,
    /// How payloads are read.
    pub(crate) decode: Decoder,
    /// What could not be accepted, with its number.
    pub(crate) refused: Vec<(EnvelopeId, Option<u64>)>,
    /// Some of it is of a later version.
    pub(crate) too_new: bool,
    /// The number up to which it was sealed last.
    pub(crate) checkpointed: u64,
    last_stamp: Stamp,
}

impl Space {
    /// A space of which nothing was opened yet.
    pub(crate) fn new(keyring: &Keyring, ledger: Ledger, decode: Decoder) -> Self {
        let mut space = Self {
            kind: keyring.kind,
            left: keyring.left,
            feed: Feed::default(),
            removed: 0,
            ticket: None,
            rows: BTreeMap::new(),
            numbers: HashMap::new(),
            lies: HashMap::new(),
            unknown: 0,
            decode,
            refused: Vec::new(),
            too_new: false,
            checkpointed: 0,
            last_stamp: Stamp {
                wall_ms: 0,
                counter: 0,
            },
            ledger,
        };
        // Whoever was here before this device's past begins: there is no entry left to say so.
        if keyring.base.is_some() {
            let joined: Vec<Fact> = space
                .ledger
                .members()
                .into_iter()
                .filter(|member| !member.left)
                .map(|member| {
                    let person = member.person.id();
                    let id = core_id::EntryId::from_bytes(*person.as_bytes());
                    Fact {
                        position: Position { depth: 0, id },
                        author: to_core_person(person),
                        at_ms: 0,
                        in_round: false,
                        what: What::Joined(to_core_person(person)),
                    }
                })
                .collect();
            space.feed.extend(joined);
        }
        space
    }

    /// The stamp for an entry written now: by this device's clock, and later than its last one.
    pub(crate) fn stamp(&mut self, now_ms: i64) -> Stamp {
        let last = self.last_stamp;
        self.last_stamp = if now_ms > last.wall_ms {
            Stamp {
                wall_ms: now_ms,
                counter: 0,
            }
        } else {
            Stamp {
                wall_ms: last.wall_ms,
                counter: last.counter.saturating_add(1),
            }
        };
        self.last_stamp
    }

    /// What a verified entry says in the terms of the domain; and remembers where it lies.
    pub(crate) fn fact(&mut self, verified: &Verified) -> Option<Fact> {
        let entry = verified.entry();
        let mut in_round = false;
        let what = match verified.content() {
            Content::Domain(bytes) => {
                self.lies.insert(
                    entry,
                    Lies {
                        envelope: verified.envelope(),
                        author: verified.person(),
                    },
                );
                if let Some(number) = verified.number() {
                    self.numbers.insert(number, entry);
                }
                match (self.decode)(bytes) {
                    Decoded::Known(event) => {
                        // Only in the round that is its own is it revealed with the others'.
                        in_round = event.round().is_some_and(|name| {
                            verified.place() == Place::Round(self.ledger.round_id(&name))
                        });
                        What::Said(event)
                    }
                    Decoded::Unknown { kind: _ } => {
                        self.unknown += 1;
                        return None;
                    }
                    Decoded::Malformed => return None,
                }
            }
            Content::Removed => What::Withdrawn,
            Content::Control(Happened::Began) => What::Joined(to_core_person(verified.person())),
            Content::Control(Happened::Admitted(person)) => What::Joined(to_core_person(person.id())),
            Content::Control(Happened::Left) => What::Left(to_core_person(verified.person())),
            Content::Control(Happened::Hello | Happened::Rekeyed { .. } | Happened::Revoked(_)) => {
                return None;
            }
        };
        Some(Fact {
            position: Position {
                depth: verified.depth(),
                id: to_core_entry(entry),
            },
            author: to_core_person(verified.person()),
            at_ms: verified.stamp().wall_ms,
            in_round,
            what,
        })
    }

    /// An entry that this device had before it was numbered now has its number.
    pub(crate) fn numbered(&mut self, entry: EntryId, number: u64) {
        if self.lies.contains_key(&entry) {
            self.numbers.insert(number, entry);
        }
    }

    /// Where an entry with a payload lies.
    pub(crate) fn lies(&self, entry: core_id::EntryId) -> Option<Lies> {
        self.lies.get(&EntryId::from_bytes(*entry.as_bytes())).copied()
    }

    /// The entry with this number, if it has a payload here.
    pub(crate) fn entry_at(&self, number: u64) -> Option<core_id::EntryId> {
        self.numbers.get(&number).copied().map(to_core_entry)
    }

    /// The number of an entry with a payload, if the relay gave it one.
    pub(crate) fn number_of(&self, entry: core_id::EntryId) -> Option<u64> {
        let entry = EntryId::from_bytes(*entry.as_bytes());
        self.numbers
            .iter()
            .find_map(|(number, at)| (*at == entry).then_some(*number))
    }

    /// The first number of the inbox row in which a number lies.
    pub(crate) fn row_of(&self, number: u64) -> Option<u64> {
        self.rows.range(..=number).next_back().map(|(first, ())| *first)
    }
}
