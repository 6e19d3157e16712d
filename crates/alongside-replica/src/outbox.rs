//! What is still to be told to the relay, kept on the device until it was acknowledged, in the order in which it came about.

use std::collections::BTreeMap;

use alongside_log::ids::{EntryId, EnvelopeId, InvitationId, RoundId, SpaceId};
use alongside_log::seal::envelope::{Envelope, SealedPayload};
use alongside_wire::envelope::Posted;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::ports::{Table, Write};

/// One thing to tell. Frozen: devices in the field hold these across upgrades.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Outgoing {
    /// Open a space with myself as its first member.
    #[n(0)]
    OpenSpace {
        #[n(0)]
        space: SpaceId,
    },
    /// Append an envelope. It stays here until it has come back with its number.
    #[n(1)]
    Append {
        #[n(0)]
        space: SpaceId,
        #[n(1)]
        entry: EntryId,
        #[n(2)]
        envelope: Posted,
    },
    /// Let a newcomer's key in.
    #[n(2)]
    AddMember {
        #[n(0)]
        space: SpaceId,
        #[cbor(n(1), with = "minicbor::bytes")]
        member: [u8; 32],
    },
    /// Put a statement into a round.
    #[n(3)]
    Deposit {
        #[n(0)]
        space: SpaceId,
        #[n(1)]
        round: RoundId,
        #[n(2)]
        entry: EntryId,
        #[n(3)]
        envelope: Posted,
    },
    /// Take it back.
    #[n(4)]
    TakeBack {
        #[n(0)]
        space: SpaceId,
        #[n(1)]
        round: RoundId,
    },
    /// Remove a payload of mine.
    #[n(5)]
    Remove {
        #[n(0)]
        space: SpaceId,
        #[n(1)]
        envelope: EnvelopeId,
    },
    /// Take my key out of a space.
    #[n(6)]
    Leave {
        #[n(0)]
        space: SpaceId,
    },
    /// Answer somebody who claimed an invitation of mine; nothing turns them away.
    #[n(7)]
    Answer {
        #[n(0)]
        space: SpaceId,
        #[n(1)]
        invitation: InvitationId,
        #[n(2)]
        welcome: Option<ByteVec>,
    },
}

impl Outgoing {
    /// Whose queue it stands in: a space that is stuck does not hold up the others.
    pub(crate) fn space(&self) -> SpaceId {
        match self {
            Self::OpenSpace { space }
            | Self::Append { space, .. }
            | Self::AddMember { space, .. }
            | Self::Deposit { space, .. }
            | Self::TakeBack { space, .. }
            | Self::Remove { space, .. }
            | Self::Leave { space }
            | Self::Answer { space, .. } => *space,
        }
    }
}

/// An envelope on its way to the relay.
pub(crate) fn posted(envelope: &Envelope) -> Option<Posted> {
    match &envelope.payload {
        SealedPayload::Here(payload) => Some(Posted {
            head: ByteVec::from(envelope.head.clone()),
            payload: ByteVec::from(payload.clone()),
        }),
        SealedPayload::Removed(_) => None,
    }
}

/// The envelope as this device made it.
pub(crate) fn envelope(posted: &Posted) -> Envelope {
    Envelope {
        head: posted.head.to_vec(),
        payload: SealedPayload::Here(posted.payload.to_vec()),
    }
}

/// All that is still to be told, by serial number.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    items: BTreeMap<u64, Outgoing>,
    next: u64,
}

impl Outbox {
    /// From what lies in the store. A row that cannot be read is of a later version: it stays there for that version.
    pub(crate) fn from_rows(rows: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> Self {
        let mut outbox = Self {
            items: BTreeMap::new(),
            next: 1,
        };
        for (key, value) in rows {
            let Ok(serial) = <[u8; 8]>::try_from(key.as_slice()).map(u64::from_be_bytes) else {
                continue;
            };
            outbox.next = outbox.next.max(serial + 1);
            if let Ok(item) = alongside_wire::decode::<Outgoing>(&value) {
                outbox.items.insert(serial, item);
            }
        }
        outbox
    }

    /// The serial number that the next item gets.
    pub(crate) fn next_serial(&self) -> u64 {
        self.next
    }

    /// Everything, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &Outgoing)> {
        self.items.iter().map(|(serial, item)| (*serial, item))
    }

    /// How many things wait.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Takes an item that was committed under its number.
    pub(crate) fn insert(&mut self, serial: u64, item: Outgoing) {
        self.next = self.next.max(serial + 1);
        self.items.insert(serial, item);
    }

    /// Forgets an item whose removal was committed.
    pub(crate) fn remove(&mut self, serial: u64) {
        self.items.remove(&serial);
    }

    /// The appends that still wait: their numbers, and which entries of which spaces they are.
    pub(crate) fn appends(&self) -> impl Iterator<Item = (u64, SpaceId, EntryId)> {
        self.items.iter().filter_map(|(serial, item)| match item {
            Outgoing::Append { space, entry, .. } => Some((*serial, *space, *entry)),
            Outgoing::OpenSpace { .. }
            | Outgoing::AddMember { .. }
            | Outgoing::Deposit { .. }
            | Outgoing::TakeBack { .. }
            | Outgoing::Remove { .. }
            | Outgoing::Leave { .. }
            | Outgoing::Answer { .. } => None,
        })
    }

    /// The number of the append of this entry, if it still waits.
    pub(crate) fn append_of(&self, entry: EntryId) -> Option<u64> {
        let mut waiting = self.appends();
        waiting.find_map(|(serial, _, waiting)| (waiting == entry).then_some(serial))
    }

    /// The numbers of what was to be put into, or taken out of, this round.
    pub(crate) fn of_round(&self, at: SpaceId, of: RoundId) -> Vec<u64> {
        let concerns = |item: &Outgoing| match item {
            Outgoing::Deposit { space, round, .. } | Outgoing::TakeBack { space, round } => {
                *space == at && *round == of
            }
            Outgoing::Append { .. }
            | Outgoing::OpenSpace { .. }
            | Outgoing::AddMember { .. }
            | Outgoing::Remove { .. }
            | Outgoing::Leave { .. }
            | Outgoing::Answer { .. } => false,
        };
        self.items
            .iter()
            .filter(|(_, item)| concerns(item))
            .map(|(serial, _)| *serial)
            .collect()
    }

    /// The row under which an item lies in the store.
    pub(crate) fn put(serial: u64, item: &Outgoing) -> Write {
        Write::Put(
            Table::Outbox,
            serial.to_be_bytes().to_vec(),
            alongside_wire::encode(item),
        )
    }

    /// Its removal.
    pub(crate) fn delete(serial: u64) -> Write {
        Write::Delete(Table::Outbox, serial.to_be_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests;
