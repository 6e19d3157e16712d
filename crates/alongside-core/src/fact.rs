//! What the log hands to the fold: verified facts in an order that is the same on every device.

use crate::event::Event;
use crate::id::{EntryId, PersonId};

/// Where a fact stands in the order that every device computes alike: first by causal depth (what a device had
/// seen comes before what it then wrote), then by the entry's hash. No clock is part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// One more than the deepest entry that its author's device had seen.
    pub depth: u64,
    /// The entry.
    pub id: EntryId,
}

/// One verified entry, as the domain sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its place in the order, and its identity: two facts with one position are the same fact.
    pub position: Position,
    /// Whose device signed it.
    pub author: PersonId,
    /// When its author's device says that it was written, in milliseconds since 1970 (UTC). For display
    /// alone: no rule trusts it.
    pub at_ms: i64,
    /// Whether it was revealed together with others', in a round.
    pub in_round: bool,
    /// What happened.
    pub what: What,
}

/// What a fact says.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A person became a member: from the log's own membership, not from a payload.
    Joined(PersonId),
    /// A person left, by their own signature.
    Left(PersonId),
    /// The author said something of the domain.
    Said(Event),
    /// The author said something and took the words back everywhere: that something stood here remains.
    Withdrawn,
}
