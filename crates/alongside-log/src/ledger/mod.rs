//! The ledger: the state of verification of one space on one device. Envelopes go in, [`Verified`] entries come out, and
//! nothing else has a payload.

mod base;
mod control;
mod link;
mod open;
mod roster;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rand_core::CryptoRngCore;

pub use base::Base;
pub use control::{Control, NewEpoch};
pub use open::{Alarm, Content, Happened, HeldWhy, Incoming, Opened, Outcome, Refusal, Verified};
pub use roster::{AdmitError, DeviceStanding, Member};

use crate::code;
use crate::entry::{self, Header, Heads, MAX_HEADS, Place, SALT_BYTES, Stamp, Witness};
use crate::hash::hash;
use crate::identity::{Author, Device, DevicePublic, PersonPublic};
use crate::ids::{DeviceId, EntryId, EnvelopeId, EpochId, PersonId, RoundId, SpaceId};
use crate::purpose::Purpose;
use crate::seal::envelope::{self, Envelope, EpochKey};
use crate::vault::{EpochSecret, Keyring, NamingSecret, SpaceKind};

/// An epoch whose key is known.
#[derive(Clone, Debug)]
struct Epoch {
    number: u64,
    key: EpochKey,
    /// The devices that can read what is written in it: those it was sealed to, and those that have written in it.
    readers: BTreeSet<DeviceId>,
}

#[derive(Clone, Debug)]
struct Person {
    public: PersonPublic,
    member_key: Option<[u8; 32]>,
    left: bool,
}

#[derive(Clone, Copy, Debug)]
struct Top {
    seq: u64,
    entry: EntryId,
}

#[derive(Clone, Debug)]
struct DeviceState {
    person: PersonId,
    public: DevicePublic,
    /// Its person has left, or it was revoked.
    closed: bool,
    top: Option<Top>,
    /// Statements of its own that its chain does not name yet.
    unnamed: Vec<EntryId>,
}

/// The state of verification of one space on one device.
#[derive(Clone, Debug)]
pub struct Ledger {
    space: SpaceId,
    kind: SpaceKind,
    naming: NamingSecret,
    epochs: BTreeMap<EpochId, Epoch>,
    /// Epochs from before this person's time.
    past: HashSet<EpochId>,
    persons: BTreeMap<PersonId, Person>,
    devices: BTreeMap<DeviceId, DeviceState>,
    /// Every entry that is known, and how deep it lies.
    depths: HashMap<EntryId, u64>,
    /// Entries that nothing known follows on.
    heads: BTreeMap<EntryId, u64>,
    /// Envelopes whose entries are known.
    envelopes: HashMap<EnvelopeId, EntryId>,
    /// One statement for each person in each round.
    statements: HashMap<(RoundId, PersonId), EntryId>,
    /// The running hash at `first`, `first + 1`, …
    running: Vec<[u8; 32]>,
    first: u64,
    held: Vec<Incoming>,
    /// A newcomer's: how many envelopes from before their time came in since, and how many of them gaps have been explained by.
    hidden: u64,
    explained: u64,
    base: Option<Base>,
}

/// Where a device's next entry goes.
#[derive(Clone, Debug)]
pub struct Tip {
    seq: u64,
    prev: Option<EntryId>,
    heads: Heads,
    /// The depth of the next entry.
    depth: u64,
    epoch: EpochId,
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
    /// Begins a space with this author as its first member. The envelope is its first entry; the ledger takes it in by
    /// [`Ledger::open`], like any other.
    #[must_use]
    pub fn begin(
        space: SpaceId,
        kind: SpaceKind,
        author: &Author<'_>,
        stamp: Stamp,
        rng: &mut impl CryptoRngCore,
    ) -> (Self, Envelope) {
        let mut naming = [0; 32];
        rng.fill_bytes(&mut naming);
        let ring = Keyring {
            space,
            kind,
            naming: NamingSecret(naming),
            epochs: vec![EpochSecret {
                number: 0,
                key: EpochKey::make(rng),
            }],
            base: None,
            left: false,
        };
        let ledger = Self::restore(&ring, None);
        let began = Control::Began {
            kind,
            person: author.person,
            cert: author.cert.clone(),
        };
        let draft = Draft {
            stamp,
            witness: None,
            what: What::Control(began),
        };
        let mut tip = ledger.tip(author.device.public().id());
        let (_, envelope) = ledger.seal(&mut tip, author, draft, rng);
        (ledger, envelope)
    }

    /// A ledger with these keys, of which nothing was opened yet: it begins at the keyring's base, or with the space itself. `own` is this
    /// device, if the keyring's epochs were sealed to it.
    #[must_use]
    pub fn restore(ring: &Keyring, own: Option<&Device>) -> Self {
        let mut ledger = Self {
            space: ring.space,
            kind: ring.kind,
            naming: ring.naming.clone(),
            epochs: BTreeMap::new(),
            past: HashSet::new(),
            persons: BTreeMap::new(),
            devices: BTreeMap::new(),
            depths: HashMap::new(),
            heads: BTreeMap::new(),
            envelopes: HashMap::new(),
            statements: HashMap::new(),
            running: Vec::new(),
            first: 0,
            held: Vec::new(),
            hidden: 0,
            explained: 0,
            base: ring.base.clone(),
        };
        match &ring.base {
            None => ledger
                .running
                .push(hash(Purpose::Running, &[ring.space.as_bytes()])),
            Some(base) => ledger.stand_on(base),
        }
        for epoch in &ring.epochs {
            ledger.learn_epoch(epoch);
        }
        if let (Some(base), Some(own)) = (&ring.base, own) {
            let readers: Vec<DeviceId> = base
                .devices
                .iter()
                .filter(|it| !it.closed)
                .map(|it| it.device.id())
                .collect();
            if let Some(epoch) = ledger.epochs.get_mut(&base.epoch) {
                epoch.readers.extend(readers);
                epoch.readers.insert(own.public().id());
            }
        }
        ledger
    }

    fn stand_on(&mut self, base: &Base) {
        self.first = base.number;
        self.running.push(base.running);
        self.past = base.past.iter().copied().collect();
        for member in &base.members {
            let person = Person {
                public: member.person,
                member_key: member.member_key,
                left: member.left,
            };
            self.persons.insert(member.person.id(), person);
        }
        for it in &base.devices {
            let top = it.top.map(|top| Top {
                seq: top.seq,
                entry: top.entry,
            });
            if let Some(top) = it.top {
                self.depths.insert(top.entry, top.depth);
            }
            let state = DeviceState {
                person: it.person,
                public: it.device,
                closed: it.closed,
                top,
                unnamed: Vec::new(),
            };
            self.devices.insert(it.device.id(), state);
        }
        for head in &base.heads {
            self.depths.insert(head.entry, head.depth);
            self.heads.insert(head.entry, head.depth);
        }
    }

    /// Learns an epoch's key from this person's vault.
    pub fn learn_epoch(&mut self, secret: &EpochSecret) {
        let id = secret.key.epoch(self.space, secret.number);
        self.past.remove(&id);
        self.epochs.entry(id).or_insert_with(|| Epoch {
            number: secret.number,
            key: secret.key.clone(),
            readers: BTreeSet::new(),
        });
    }

    /// The epoch to write in: the highest number; of two with one number, the one with the lower name. The same on every device that knows
    /// both, whatever order they came in.
    fn current(&self) -> Option<(EpochId, &Epoch)> {
        self.epochs
            .iter()
            .max_by(|(a_id, a), (b_id, b)| a.number.cmp(&b.number).then(b_id.cmp(a_id)))
            .map(|(id, epoch)| (*id, epoch))
    }

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
            seq: top.map_or(0, |top| top.seq + 1),
            prev,
            heads,
            depth: depth.map_or(0, |depth| depth + 1),
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
            What::Control(control) => (Some(code::encode(&control)), Vec::new()),
        };
        let at = Spot {
            place,
            heads: tip.heads,
            depth: tip.depth,
            epoch: tip.epoch,
        };
        let sealed = self.seal_at(
            at,
            author,
            draft.stamp,
            draft.witness,
            control.as_deref(),
            &content,
            rng,
        );
        tip.seq += 1;
        tip.prev = Some(sealed.0);
        tip.heads = Heads::default();
        tip.depth += 1;
        if let (Some(Control::Epoch(new)), _) =
            (control.as_deref().and_then(code::decode::<Control>), &sealed)
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
        let known = self.devices.get(&device).is_some_and(|state| !state.closed);
        let (epoch, _) = self.current().filter(|_| known).ok_or(CannotWrite)?;
        let heads = Heads::of(self.other_heads(None, &[]).into_iter().take(MAX_HEADS));
        let depth = heads
            .iter()
            .filter_map(|id| self.depths.get(&id))
            .max()
            .map_or(0, |depth| depth + 1);
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
        // Without a key nothing is written: an all-zero key is nobody's, and such an envelope opens for nobody.
        let nobody = EpochKey::from_bytes(&[0; 32]);
        let key = self
            .epochs
            .get(&at.epoch)
            .map(|epoch| &epoch.key)
            .or(nobody.as_ref());
        let envelope = match key {
            Some(key) => envelope::seal(self.space, at.epoch, key, &signed, &[&salt, content], rng),
            None => Envelope {
                head: Vec::new(),
                payload: envelope::SealedPayload::Here(Vec::new()),
            },
        };
        (entry::entry_id(purpose, &bytes), envelope)
    }

    /// The name of a round, which tells the relay nothing.
    #[must_use]
    pub fn round_id(&self, name: &str) -> RoundId {
        RoundId::from_bytes(hash(Purpose::Round, &[&self.naming.0, name.as_bytes()]))
    }

    /// How far the relay's numbering has come here.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.first + (self.running.len() as u64).saturating_sub(1)
    }

    /// The running hash at [`Ledger::number`].
    #[must_use]
    pub fn running(&self) -> [u8; 32] {
        self.running.last().copied().unwrap_or_default()
    }

    /// What the next entry witnesses; none before the relay has numbered anything.
    #[must_use]
    pub fn witness(&self) -> Option<Witness> {
        (self.number() > 0).then(|| Witness {
            number: self.number(),
            running: self.running(),
        })
    }

    /// How many envelopes wait for something.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// All keys of this space, to be kept in the vault.
    #[must_use]
    pub fn keyring(&self) -> Keyring {
        let mut epochs: Vec<EpochSecret> = self
            .epochs
            .values()
            .map(|epoch| EpochSecret {
                number: epoch.number,
                key: epoch.key.clone(),
            })
            .collect();
        epochs.sort_by_key(|epoch| epoch.number);
        Keyring {
            space: self.space,
            kind: self.kind,
            naming: self.naming.clone(),
            epochs,
            base: self.base.clone(),
            left: false,
        }
    }
}

struct Spot {
    place: Place,
    heads: Heads,
    depth: u64,
    epoch: EpochId,
}
