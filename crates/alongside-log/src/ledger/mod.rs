//! The ledger: the state of verification of one space on one device. Envelopes go in, [`Verified`] entries come out, and
//! nothing else has a payload.
//!
//! Every device comes to the same verdicts: what decides between entries that know nothing of each other is the relay's number of each,
//! never the moment at which it came in here, for a device's own entries are in its ledger before they have a number.

mod apply;
mod base;
mod candidate;
mod control;
mod epochs;
mod link;
mod open;
mod outcome;
mod roster;
mod snapshot;
#[cfg(test)]
mod tests;
mod waiting;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rand_core::CryptoRngCore;

pub use base::Base;
pub use control::{Control, NewEpoch};
pub use outcome::{Alarm, Content, Happened, HeldWhy, Incoming, Opened, Outcome, Refusal, Verified};
pub use roster::{AdmitError, DeviceStanding, Member};
pub use write::{CannotWrite, Draft, Tip, What};

use crate::entry::{Stamp, Witness};
use crate::hash::{NameMap, hash};
use crate::identity::{Author, Device, DeviceCert, DevicePublic, PersonPublic};
use crate::ids::{DeviceId, EntryId, EnvelopeId, EpochId, PersonId, RoundId, SpaceId};
use crate::purpose::Purpose;
use crate::seal::envelope::{Envelope, EpochKey};
use crate::vault::{EpochSecret, Keyring, NamingSecret, SpaceKind};
use epochs::{Epoch, Keyless};
use waiting::Waiting;

#[derive(Clone, Debug)]
struct Person {
    public: PersonPublic,
    member_key: Option<[u8; 32]>,
    left: Option<Closure>,
    /// The number of the first epoch that they can read.
    from: u64,
    told: Told,
}

impl Person {
    /// Whether they had left when this came, by the relay's numbers.
    fn had_left(&self, number: Option<u64>) -> bool {
        self.left.is_some_and(|closure| closure.shuts_out(number))
    }
}

/// What somebody has seen who came in: what was there then.
#[derive(Clone, Debug)]
struct Told {
    /// What the relay had numbered up to here …
    number: u64,
    /// … and what stands before this in the chain of the device that let them in.
    by: Option<(DeviceId, u64)>,
    /// … as far as whoever let them in could read it, or had been told of it; none where that was all of it.
    through: Option<Box<Through>>,
}

impl Told {
    const EVERYTHING: Self = Self {
        number: u64::MAX,
        by: None,
        through: None,
    };

    /// Whether this was there.
    fn of(&self, mark: &Mark) -> bool {
        let earlier_in_chain = match (mark.at, self.by) {
            (Some((author, seq)), Some((by, admitted))) => author == by && seq < admitted,
            (_, _) => false,
        };
        let known = |it: &Through| it.readable.contains(&mark.under) || it.told.of(mark);
        let there = mark.number.is_some_and(|number| number <= self.number);
        earlier_in_chain || (there && self.through.as_deref().is_none_or(known))
    }
}

#[derive(Clone, Copy, Debug)]
struct Top {
    seq: u64,
    entry: EntryId,
}

/// The end of a device's time, at the number of the entry that ended it.
#[derive(Clone, Copy, Debug)]
struct Closure {
    by: EntryId,
    /// None while the relay has not numbered that entry, which is then one of this very device's.
    at: Option<u64>,
    /// By its owner's word, not by their leaving: it does not open again.
    revoked: bool,
}

impl Closure {
    /// Whether an entry with this number comes too late. One that has a number comes before any that has none yet.
    fn shuts_out(&self, number: Option<u64>) -> bool {
        match (self.at, number) {
            (Some(at), Some(number)) => number > at,
            (None, Some(_)) => false,
            (_, None) => true,
        }
    }

    /// The earlier of two. What was revoked stays so.
    fn and(self, other: Self) -> Self {
        let revoked = self.revoked || other.revoked;
        let earlier = match (self.at, other.at) {
            (Some(this), Some(that)) if that < this => other,
            (None, Some(_)) => other,
            (_, _) => self,
        };
        Self { revoked, ..earlier }
    }
}

#[derive(Clone, Debug)]
struct DeviceState {
    person: PersonId,
    public: DevicePublic,
    cert: DeviceCert,
    /// Its person has left, or it was revoked.
    closed: Option<Closure>,
    top: Option<Top>,
    /// Where its chain stood when this newcomer came.
    before: Option<u64>,
    /// Statements of its own that its chain does not name yet.
    unnamed: Vec<EntryId>,
    heard: Heard,
}

/// What somebody knew who let another in.
#[derive(Clone, Debug)]
struct Through {
    /// The epochs that they could read …
    readable: BTreeSet<EpochId>,
    /// … and what they had been told themselves.
    told: Told,
}

/// Where an entry stands that later ones look back to.
#[derive(Clone, Copy, Debug)]
struct Mark {
    entry: EntryId,
    /// None while it is one of this device's own that the relay has not numbered.
    number: Option<u64>,
    /// In which chain, and where in it.
    at: Option<(DeviceId, u64)>,
    /// The epoch that it was sealed under.
    under: EpochId,
}

/// The entries by which a device was made known.
#[derive(Clone, Debug)]
struct Heard {
    /// The first one under each epoch.
    marks: BTreeMap<EpochId, Mark>,
    /// Whoever let this newcomer in has said that it was there before.
    before: bool,
    /// What was there when it first was.
    told: Told,
    /// It was given the key of an epoch since, or had one from its person's vault.
    welcomed: bool,
}

/// The state of verification of one space on one device.
#[derive(Clone, Debug)]
pub struct Ledger {
    space: SpaceId,
    kind: SpaceKind,
    naming: NamingSecret,
    epochs: BTreeMap<EpochId, Epoch>,
    /// Epochs that began here without a key for this device.
    keyless: BTreeMap<EpochId, Keyless>,
    /// Epochs from before this person's time, and their numbers.
    past: BTreeMap<EpochId, u64>,
    persons: BTreeMap<PersonId, Person>,
    devices: BTreeMap<DeviceId, DeviceState>,
    /// Devices that were revoked before they had spoken.
    revoked: BTreeMap<(PersonId, DeviceId), Closure>,
    /// Every entry that has its place, and how deep it lies.
    depths: NameMap<EntryId, u64>,
    /// Entries that nothing known follows on.
    heads: BTreeMap<EntryId, u64>,
    /// Envelopes whose entries have their place.
    envelopes: NameMap<EnvelopeId, EntryId>,
    /// This device's own entries that the relay has not numbered yet.
    unnumbered: BTreeSet<EntryId>,
    /// One statement for each person in each round.
    statements: HashMap<(RoundId, PersonId), EntryId>,
    /// The running hash at `first`, `first + 1`, …
    running: Vec<[u8; 32]>,
    first: u64,
    waiting: Waiting,
    /// Entries whose devices were shown another past than this one.
    alarmed: BTreeSet<EntryId>,
    /// A newcomer's: how many envelopes from before their time came in since they came …
    hidden: u64,
    /// … how many of those their base knows already …
    base_unnumbered: u64,
    /// … and what stands where in each chain, for there can be gaps in them that are filled later.
    places: BTreeMap<(DeviceId, u64), EntryId>,
    base: Option<Base>,
    /// This device.
    own: Option<DeviceId>,
}

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
            keyless: BTreeMap::new(),
            past: BTreeMap::new(),
            persons: BTreeMap::new(),
            devices: BTreeMap::new(),
            revoked: BTreeMap::new(),
            depths: NameMap::default(),
            heads: BTreeMap::new(),
            envelopes: NameMap::default(),
            unnumbered: BTreeSet::new(),
            statements: HashMap::new(),
            running: Vec::new(),
            first: 0,
            waiting: Waiting::default(),
            alarmed: BTreeSet::new(),
            hidden: 0,
            base_unnumbered: 0,
            places: BTreeMap::new(),
            base: ring.base.clone(),
            own: own.map(|own| own.public().id()),
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
        if let Some(base) = &ring.base
            && let Some(epoch) = ledger.epochs.get_mut(&base.epoch)
        {
            epoch.enter(&base.readers, ledger.own);
        }
        ledger
    }

    /// The name of a round, which tells the relay nothing.
    #[must_use]
    pub fn round_id(&self, name: &str) -> RoundId {
        RoundId::from_bytes(hash(Purpose::Round, &[&self.naming.0, name.as_bytes()]))
    }

    /// How far the relay's numbering has come here.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.first
            .saturating_add((self.running.len() as u64).saturating_sub(1))
    }

    /// The running hash at [`Ledger::number`].
    #[must_use]
    pub fn running(&self) -> [u8; 32] {
        self.running.last().copied().unwrap_or_default()
    }

    /// The running hash at a number, as far as this device's past reaches.
    fn hash_at(&self, number: u64) -> Option<[u8; 32]> {
        let at = number
            .checked_sub(self.first)
            .and_then(|at| usize::try_from(at).ok())?;
        self.running.get(at).copied()
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
        self.waiting.len()
    }

    /// Whether something came in that refers to what did not come, and that cannot be because a newcomer cannot read it.
    #[must_use]
    pub fn lacks_entries(&self) -> bool {
        self.waiting.is_linked() && !self.cannot_read_all()
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

    /// Learns an epoch's key from this person's vault. What waited for it comes out of the next [`Ledger::open`], be its batch empty.
    pub fn learn_epoch(&mut self, secret: &EpochSecret) {
        let id = secret.key.epoch(self.space, secret.number);
        self.past.remove(&id);
        if self.epochs.contains_key(&id) {
            return;
        }
        let begun = self.keyless.remove(&id);
        let closed = self.devices.iter().filter(|(_, it)| it.closed.is_some());
        let closed = closed.map(|(device, _)| *device);
        let closed = closed.chain(self.revoked.keys().map(|(_, device)| *device));
        let epoch = self
            .epochs
            .entry(id)
            .or_insert_with(|| Epoch::learned(secret.number, secret.key.clone()));
        match begun {
            Some(it) => it.give_to(epoch),
            None => closed.for_each(|device| epoch.suspect(device)),
        }
    }
}
