//! Spaces: members' keys, appending, reading, removing, rounds.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::envelope::{Numbered, Posted};

/// A new space with its first member. Repeating it changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpenSpace {
    /// 16 random bytes.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub space: [u8; 16],
    /// The member's key, made for this space alone.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub member: [u8; 32],
    /// By the member's key, [`crate::proof::Purpose::OpenSpace`].
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// Asks for a ticket: that this session speaks for this member.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AskTicket {
    /// The member's key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub member: [u8; 32],
    /// By the member's key, [`crate::proof::Purpose::Ticket`].
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// A ticket for one space, one member and one session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Ticket {
    /// Opaque to the client.
    #[n(0)]
    pub ticket: ByteVec,
    /// How long it holds, in seconds.
    #[n(1)]
    pub valid_s: u32,
}

/// Lets another key read and write here. What can be *read* is decided by the epoch keys, not by this.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AddMember {
    /// The newcomer's key for this space.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub member: [u8; 32],
}

/// Appends envelopes, all or none, durable before it is answered. One that is there already keeps its number.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Append {
    /// In the order in which they shall be numbered.
    #[n(0)]
    pub envelopes: Vec<Posted>,
}

/// Answer to [`Append`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Appended {
    /// The numbers of the envelopes, in the order sent.
    #[n(0)]
    pub numbers: Vec<u64>,
    /// The highest number in the space.
    #[n(1)]
    pub head: u64,
}

/// A stretch of a space: answer to GET entries, and pushed over the stream.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Page {
    /// In the order of their numbers, without gaps.
    #[n(0)]
    pub entries: Vec<Numbered>,
    /// The highest number in the space.
    #[n(1)]
    pub head: u64,
    /// Payloads removed since the removal last seen, in the order of their removal.
    #[n(2)]
    pub removals: Vec<Removal>,
    /// The latest removal's serial number.
    #[n(3)]
    pub removals_head: u64,
}

/// A payload was removed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Removal {
    /// 1, 2, 3 … in each space.
    #[n(0)]
    pub serial: u64,
    /// The envelope's number.
    #[n(1)]
    pub number: u64,
}

/// Removes payloads that this member appended. One that is gone already stays gone.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Remove {
    /// The envelopes' names.
    #[n(0)]
    pub envelopes: Vec<EnvelopeName>,
}

/// An envelope's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct EnvelopeName(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

/// Puts an envelope into a round, in place of this member's earlier one. When those of all members are in, and they are two or more, all are
/// appended to the space in one step.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Deposit {
    /// What is revealed with the others'.
    #[n(0)]
    pub envelope: Posted,
}

/// Answer to [`Deposit`]: the same whether others' are in or not. That the round is revealed is learnt from the space.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Deposited {}

/// Answer to GET of a round: this member's own deposit, while it waits.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OwnDeposit {
    /// None when there is none, or the round is over.
    #[n(0)]
    pub envelope: Option<Posted>,
}
