//! What waits: envelopes that opened but follow on something that is not here, or are of a device that is not known yet; and such as are
//! sealed under a key that is not here. Each wakes when what it waits for comes, and is not looked at before.

use std::collections::BTreeMap;

use super::outcome::{HeldWhy, Incoming};
use crate::ids::{DeviceId, EntryId, EnvelopeId, EpochId, PersonId};
use crate::seal::envelope::SealedPayload;

/// How many envelopes can wait …
const MAX_HELD: usize = 4096;
/// … and how large they can be together.
const MAX_HELD_BYTES: usize = 32 * 1024 * 1024;

/// What an envelope waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum On {
    Entry(EntryId),
    Device(DeviceId),
    Person(PersonId),
    Epoch(EpochId),
}

impl On {
    pub(super) fn why(self) -> HeldWhy {
        match self {
            Self::Entry(_) | Self::Device(_) | Self::Person(_) => HeldWhy::Parents,
            Self::Epoch(_) => HeldWhy::Epoch,
        }
    }
}

/// An envelope that waits, as it came: what was read of it is not kept in the clear meanwhile.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) incoming: Incoming,
    pub(super) envelope: EnvelopeId,
    /// Its signature was found good, or it hangs below one that was.
    pub(super) authentic: bool,
    /// It waited before, and was reported as waiting.
    pub(super) reported: bool,
}

impl Held {
    fn bytes(&self) -> usize {
        let payload = match &self.incoming.envelope.payload {
            SealedPayload::Here(bytes) => bytes.len(),
            SealedPayload::Removed(hash) => hash.len(),
        };
        self.incoming.envelope.head.len() + payload
    }
}

/// Everything that waits.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    by: BTreeMap<On, Vec<(u64, Held)>>,
    count: usize,
    bytes: usize,
    serial: u64,
}

impl Waiting {
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Takes one in, if there is room.
    pub(super) fn hold(&mut self, on: On, held: Held) -> bool {
        let bytes = held.bytes();
        if self.count >= MAX_HELD || self.bytes + bytes > MAX_HELD_BYTES {
            return false;
        }
        self.count += 1;
        self.bytes += bytes;
        self.serial += 1;
        self.by.entry(on).or_default().push((self.serial, held));
        true
    }

    /// What waited for this, in the order in which it came.
    pub(super) fn wake(&mut self, on: On) -> Vec<Held> {
        let woken = self.by.remove(&on).unwrap_or_default();
        self.count -= woken.len();
        self.bytes -= woken.iter().map(|(_, held)| held.bytes()).sum::<usize>();
        woken.into_iter().map(|(_, held)| held).collect()
    }

    /// Everything that waits for an entry, a device or a person, in the order in which it came.
    pub(super) fn wake_linked(&mut self) -> Vec<Held> {
        let (linked, epochs) = core::mem::take(&mut self.by)
            .into_iter()
            .partition(|(on, _)| !matches!(on, On::Epoch(_)));
        self.by = epochs;
        let mut woken: Vec<(u64, Held)> = linked.into_values().flatten().collect();
        woken.sort_unstable_by_key(|(serial, _)| *serial);
        self.count -= woken.len();
        self.bytes -= woken.iter().map(|(_, held)| held.bytes()).sum::<usize>();
        woken.into_iter().map(|(_, held)| held).collect()
    }

    /// Whether anything waits for an entry, a device or a person.
    pub(super) fn is_linked(&self) -> bool {
        self.by.keys().any(|on| !matches!(on, On::Epoch(_)))
    }

    /// The epochs that are waited for.
    pub(super) fn epochs(&self) -> impl Iterator<Item = EpochId> {
        self.by.keys().filter_map(|on| match on {
            On::Epoch(id) => Some(*id),
            On::Entry(_) | On::Device(_) | On::Person(_) => None,
        })
    }
}
