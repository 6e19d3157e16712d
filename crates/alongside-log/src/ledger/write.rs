//! Writing: where a device's next entry goes, and sealing it there.

use rand_core::CryptoRngCore;

use super::{Control, Ledger};
use crate::code;
use crate::entry::{self, Header, Heads, MAX_HEADS, Place, SALT_BYTES, Stamp, Witness};
use crate::identity::Author;
use crate::ids::{DeviceId, EntryId, EpochId, RoundId};
use crate::seal::envelope::{self, Envelope, EpochKey};

/// Where a device's next entry goes.
#[derive(Clone, Debug)]
pub struct Tip {
    seq: u64,
    prev: Option<EntryId>,
    heads: Heads,
    /// The depth of the next entry.
    depth: u64,
    pub(super) epoch: EpochId,
}

/// What an entry is to say.
#[derive(Clone, Debug)]
pub enum What {
    /// Something of the domain: it goes into the payload.
    Domain(Vec<u8>),
    /// Something to the space itself: it goes into the header.
    Control(Control),
}

/// An entry to be sealed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// When.
    pub stamp: Stamp,
    /// How far the relay's numbering had come.
    pub witness: Option<Witness>,
    /// What.
    pub what: What,
}

/// Nothing is written here by this author now: there is no epoch, or they are no member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this author cannot write here")]
pub struct CannotWrite;

impl Ledger {
    /// Where this device's next entry goes. It names its own statements first, then the deepest heads; what does not fit is named by
    /// later entries.
    #[must_use]
    pub fn tip(&self, device: DeviceId) -> Tip {
        let state = self.devices.get(&device);
        let top = state.and_then(|state| state.top);
        let prev = top.map(|top| top.entry);
        let own = state.map(|state| state.unnamed.as_slice()).unwrap_or_default();
        let heads = Heads::of(
            own.iter()
                .copied()
                .chain(self.other_heads(prev, own))
                .take(MAX_HEADS),
        );
        let depth = prev
            .into_iter()
            .chain(heads.iter())
            .filter_map(|id| self.depths.get(&id))
            .max();
        Tip {
            seq: top.map_or(0, |top| top.seq.saturating_add(1)),
            prev,
            heads,
            depth: depth.map_or(0, |depth| depth.saturating_add(1)),
            epoch: self.current().map_or(EpochId::from_bytes([0; 32]), |(id, _)| id),
        }
    }

    fn other_heads(&self, prev: Option<EntryId>, own: &[EntryId]) -> Vec<EntryId> {
        let mut heads: Vec<(u64, EntryId)> = self
            .heads
            .iter()
            .filter(|(id, _)| Some(**id) != prev && !own.contains(id))
            .map(|(id, depth)| (*depth, *id))
            .collect();
        heads.sort_unstable_by(|a, b| b.cmp(a));
        heads.into_iter().map(|(_, id)| id).collect()
    }

    /// Seals one entry at a device's tip, and moves the tip on. The ledger itself takes the entry in by [`Ledger::open`].
    #[must_use]
    pub fn seal(
        &self,
        tip: &mut Tip,
        author: &Author<'_>,
        draft: Draft,
        rng: &mut impl CryptoRngCore,
    ) -> (EntryId, Envelope) {
        let place = Place::Chain {
            seq: tip.seq,
            prev: tip.prev,
        };
        let (control, content) = match draft.what {
            What::Domain(content) => (None, content),
            What::Control(control) => (Some(control), Vec::new()),
        };
        let at = Spot {
            place,
            heads: tip.heads,
            depth: tip.depth,
            epoch: control
                .as_ref()
                .map_or(tip.epoch, |control| self.epoch_for(control, tip.epoch)),
        };
        let written = control.as_ref().map(code::encode);
        let sealed = self.seal_at(
            at,
            author,
            draft.stamp,
            draft.witness,
            written.as_deref(),
            &content,
            rng,
        );
        tip.seq = tip.seq.saturating_add(1);
        tip.prev = Some(sealed.0);
        tip.heads = Heads::default();
        tip.depth = tip.depth.saturating_add(1);
        if let Some(Control::Epoch(new)) = control
            && !self.epochs.contains_key(&new.id)
        {
            tip.epoch = new.id;
        }
        sealed
    }

    /// Seals a statement for a round: signed alone, in no chain, so that nothing else that this device writes tells that it is there.
    ///
    /// # Errors
    /// [`CannotWrite`].
    pub fn deposit(
        &self,
        author: &Author<'_>,
        round: RoundId,
        stamp: Stamp,
        content: &[u8],
        rng: &mut impl CryptoRngCore,
    ) -> Result<(EntryId, Envelope), CannotWrite> {
        let device = author.device.public().id();
        let known = self
            .devices
            .get(&device)
            .is_some_and(|state| state.closed.is_none());
        let (epoch, _) = self.current().filter(|_| known).ok_or(CannotWrite)?;
        let heads = Heads::of(self.other_heads(None, &[]).into_iter().take(MAX_HEADS));
        let depth = heads
            .iter()
            .filter_map(|id| self.depths.get(&id))
            .max()
            .map_or(0, |depth| depth.saturating_add(1));
        let at = Spot {
            place: Place::Round(round),
            heads,
            depth,
            epoch,
        };
        Ok(self.seal_at(at, author, stamp, None, None, content, rng))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a header")]
    fn seal_at(
        &self,
        at: Spot,
        author: &Author<'_>,
        stamp: Stamp,
        witness: Option<Witness>,
        control: Option<&[u8]>,
        content: &[u8],
        rng: &mut impl CryptoRngCore,
    ) -> (EntryId, Envelope) {
        let mut salt = [0; SALT_BYTES];
        rng.fill_bytes(&mut salt);
        let header = Header {
            version: entry::VERSION,
            space: self.space,
            person: author.person.id(),
            device: author.device.public().id(),
            place: at.place,
            heads: at.heads,
            depth: at.depth,
            epoch: at.epoch,
            stamp,
            witness,
            control,
            payload_len: u32::try_from(content.len()).unwrap_or(u32::MAX),
            payload_hash: entry::payload_hash(&[&salt, content]),
        };
        let purpose = header.purpose();
        let bytes = code::encode(&header);
        let signed = author.device.sign(purpose, &bytes);
        // Without a key nothing is written that anybody could read: a key that is thrown away here opens it for nobody.
        let nobody = EpochKey::make(rng);
        let key = self.key(at.epoch).unwrap_or(&nobody);
        let envelope = envelope::seal(self.space, at.epoch, key, &signed, &[&salt, content], rng);
        (entry::entry_id(purpose, &bytes), envelope)
    }
}

/// Where a header goes.
struct Spot {
    place: Place,
    heads: Heads,
    depth: u64,
    pub(super) epoch: EpochId,
}
