//! What opening envelopes comes to: outcomes, alarms, and [`Verified`] entries.

use crate::entry::{Place, Stamp};
use crate::identity::PersonPublic;
use crate::ids::{DeviceId, EntryId, EnvelopeId, PersonId};
use crate::seal::envelope::Envelope;

/// An envelope coming in: from the relay with its number, or from this device itself.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its number in the space.
    pub number: Option<u64>,
    /// As it came.
    pub envelope: Envelope,
}

/// What opening a batch came to.
#[derive(Debug, Default)]
pub struct Opened {
    /// One for each envelope, and for those that had been held and now came through.
    pub outcomes: Vec<Outcome>,
    /// What a person should hear of.
    pub alarms: Vec<Alarm>,
}

impl Opened {
    pub(super) fn refuse(&mut self, envelope: EnvelopeId, number: Option<u64>, why: Refusal) {
        self.outcomes.push(Outcome::Refused {
            envelope,
            number,
            why,
        });
    }
}

/// What became of an envelope.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly every one is the large one")]
pub enum Outcome {
    /// It is what it claims to be.
    Opened(Verified),
    /// It was here before.
    Known {
        /// Its number, if it has one now.
        number: Option<u64>,
        /// The entry.
        entry: EntryId,
        /// The envelope.
        envelope: EnvelopeId,
    },
    /// It waits in here.
    Held {
        /// The envelope.
        envelope: EnvelopeId,
        /// What for.
        why: HeldWhy,
    },
    /// It is from before this person's time.
    Hidden {
        /// Its number.
        number: Option<u64>,
    },
    /// It is not to be believed.
    Refused {
        /// The envelope.
        envelope: EnvelopeId,
        /// Its number.
        number: Option<u64>,
        /// Why.
        why: Refusal,
    },
}

/// What an envelope waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldWhy {
    /// Entries that it follows on.
    Parents,
    /// The key of its epoch.
    Epoch,
}

/// Why an envelope was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no envelope, or no entry.
    #[error("malformed")]
    Malformed,
    /// It is of a later version.
    #[error("of a later version")]
    TooNew,
    /// It belongs to another space.
    #[error("of another space")]
    WrongSpace,
    /// It was sealed under another key than the one it names.
    #[error("it does not commit to this key")]
    BadCommitment,
    /// It was altered on the way.
    #[error("altered")]
    Undecryptable,
    /// Its padding is not the one there is.
    #[error("wrongly padded")]
    BadPadding,
    /// The entry inside says another epoch.
    #[error("of another epoch")]
    WrongEpoch,
    /// The payload is not the one that was signed.
    #[error("not the signed payload")]
    WrongPayload,
    /// The signature is not its device's.
    #[error("the signature does not verify")]
    BadSignature,
    /// Its person is no member.
    #[error("by somebody who is no member")]
    NotMember,
    /// Its device is unknown, or somebody else's.
    #[error("by an unknown device")]
    UnknownDevice,
    /// Its device was revoked, or its person had left.
    #[error("by a device that is closed")]
    Closed,
    /// Another entry stands at its place in the chain, or for this round.
    #[error("something else stands at its place")]
    Forked,
    /// It is not as deep as it must be.
    #[error("out of depth")]
    WrongDepth,
    /// It does to the space what its author cannot do.
    #[error("not allowed")]
    NotAllowed,
    /// There is no number, or not the next one.
    #[error("out of number")]
    Gap,
    /// Too much waits already.
    #[error("too much waits")]
    Overfull,
}

impl Refusal {
    /// Whether a later version of this program might take it.
    #[must_use]
    pub fn is_too_new(self) -> bool {
        self == Self::TooNew
    }
}

/// Something that a person should hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// What the relay shows here and what it showed to this entry's device are two different pasts.
    TwoPasts {
        /// At this number.
        number: u64,
        /// Whose entry says so; none when the relay contradicts itself.
        device: Option<DeviceId>,
    },
}

/// What a verified entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Something of the domain.
    Domain(Vec<u8>),
    /// Its author had the payload removed.
    Removed,
    /// Something happened to the space itself.
    Control(Happened),
}

/// What happened to a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It began, with its author as first member.
    Began,
    /// A further device of its author spoke.
    Hello,
    /// Somebody was let in.
    Admitted(PersonPublic),
    /// There is a new epoch.
    Rekeyed {
        /// Its number.
        number: u64,
    },
    /// Its author left.
    Left,
    /// A device of its author's is closed.
    Revoked(DeviceId),
}

/// An entry that is what it claims to be. Only [`Ledger::open`] makes one.
#[derive(Clone, Debug)]
pub struct Verified {
    pub(super) entry: EntryId,
    pub(super) envelope: EnvelopeId,
    pub(super) number: Option<u64>,
    pub(super) person: PersonId,
    pub(super) device: DeviceId,
    pub(super) place: Place,
    pub(super) depth: u64,
    pub(super) stamp: Stamp,
    pub(super) content: Content,
}

impl Verified {
    /// The entry.
    #[must_use]
    pub fn entry(&self) -> EntryId {
        self.entry
    }

    /// The envelope that it came in.
    #[must_use]
    pub fn envelope(&self) -> EnvelopeId {
        self.envelope
    }

    /// Its number, if the relay has given it one.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.number
    }

    /// Who wrote it.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// On which device.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// How deep it lies: more than everything that its device had seen.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.depth
    }

    /// When, by its device's clock.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// What it says.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }
}
