//! Epochs: which there are, which one is written in, who can read which, and what is to be done when that is not as it should be.

use std::collections::BTreeSet;

use rand_core::CryptoRngCore;

use super::control::{Control, NewEpoch, Seal, roster_hash, seal_info};
use super::{DeviceState, Ledger, Mark, Person, Told};
use crate::ids::{DeviceId, EpochId, PersonId};
use crate::seal::envelope::EpochKey;
use crate::sealing_to;

/// How an epoch came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// From this person's vault or welcome; the entry that began it was not seen (yet).
    Learned,
    /// By the entry that began it, which was in order.
    Begun,
    /// Its key was handed on to a newcomer, who cannot read the entry that began it. Not one to write in, but others go on from it.
    Handed,
    /// It can be read, but is not one to write in: it was begun by leaving somebody out, or its beginning cannot be judged here.
    Aside,
}

/// The parent of the first epoch.
pub(super) const NO_PARENT: EpochId = EpochId::from_bytes([0; 32]);

/// How an epoch began.
#[derive(Clone, Debug)]
pub(super) struct Beginning {
    pub(super) parent: EpochId,
    /// The entry that began it.
    pub(super) mark: Mark,
    pub(super) standing: Standing,
    /// The devices that it was sealed to …
    pub(super) sealed: BTreeSet<DeviceId>,
    /// … and those of them that could open what is sealed to them.
    pub(super) readers: BTreeSet<DeviceId>,
}

/// An epoch whose key is known.
#[derive(Clone, Debug)]
pub(super) struct Epoch {
    pub(super) number: u64,
    pub(super) key: EpochKey,
    pub(super) standing: Standing,
    /// Known once the entry that began it was seen.
    pub(super) parent: Option<EpochId>,
    pub(super) mark: Option<Mark>,
    pub(super) sealed: BTreeSet<DeviceId>,
    /// The devices that can read what is written in it: those that it was ever sealed to, and those that have written in it.
    pub(super) readers: BTreeSet<DeviceId>,
    /// Of these, the devices that are closed and may have had the key from the vault, if it is from before they were closed.
    pub(super) suspects: BTreeSet<DeviceId>,
    /// Newcomers' devices that were told that there is such an epoch, before their time.
    pub(super) told: BTreeSet<DeviceId>,
}

impl Epoch {
    pub(super) fn learned(number: u64, key: EpochKey) -> Self {
        Self {
            number,
            key,
            standing: Standing::Learned,
            parent: None,
            mark: None,
            sealed: BTreeSet::new(),
            readers: BTreeSet::new(),
            suspects: BTreeSet::new(),
            told: BTreeSet::new(),
        }
    }

    /// A device was closed: it may have had the key from its person's vault.
    pub(super) fn suspect(&mut self, device: DeviceId) {
        if self.readers.insert(device) && self.standing == Standing::Learned {
            self.suspects.insert(device);
        }
    }

    /// A newcomer's first: whoever let them in has said whom it was sealed to. Who had left by then has not got the key.
    pub(super) fn enter(&mut self, sealed: &[DeviceId], own: Option<DeviceId>) {
        self.suspects.clear();
        self.sealed = sealed.iter().copied().collect();
        self.readers = sealed.iter().copied().chain(own).collect();
    }

    /// The entry that began it has its place: whoever was closed before that has not got the key.
    pub(super) fn begin(&mut self, beginning: Beginning) {
        for suspect in core::mem::take(&mut self.suspects) {
            self.readers.remove(&suspect);
        }
        self.standing = Standing::Begun;
        self.parent = Some(beginning.parent).filter(|parent| *parent != NO_PARENT);
        self.mark = Some(beginning.mark);
        self.readers.extend(beginning.readers);
        self.sealed = beginning.sealed;
    }

    /// Somebody hands its key on, or began it in a way that does not count.
    pub(super) fn see_aside(&mut self, seen: Beginning) {
        self.readers.extend(seen.readers);
        if self.standing == Standing::Learned && self.sealed.is_empty() {
            self.standing = Standing::Aside;
        }
    }
}

/// An epoch that began without a key for this device.
#[derive(Clone, Debug)]
pub(super) struct Keyless {
    pub(super) number: u64,
    pub(super) beginning: Beginning,
    /// There was a seal for this device, and no key in it.
    pub(super) cheated: bool,
}

impl Keyless {
    /// Its key came after all.
    pub(super) fn give_to(self, epoch: &mut Epoch) {
        match self.beginning.standing {
            Standing::Begun => epoch.begin(self.beginning),
            Standing::Learned | Standing::Handed | Standing::Aside => epoch.standing = Standing::Aside,
        }
    }
}

impl Ledger {
    /// The epoch to write in: the highest number; of two with one number, the one with the lower name. The same on every device that knows
    /// both, whatever order they came in. A key that came by the vault, before what had to be read to know who is there in its time, is
    /// not written under yet.
    pub(super) fn current(&self) -> Option<(EpochId, &Epoch)> {
        let entered = self.base.as_ref().map(|base| base.epoch);
        let seen = |id: &EpochId, epoch: &Epoch| epoch.standing == Standing::Begun || entered == Some(*id);
        let newest = |any: bool| {
            self.epochs
                .iter()
                .filter(|(_, epoch)| !matches!(epoch.standing, Standing::Aside | Standing::Handed))
                .filter(|(id, epoch)| any || seen(id, epoch))
                .max_by(|(a_id, a), (b_id, b)| a.number.cmp(&b.number).then(b_id.cmp(a_id)))
                .map(|(id, epoch)| (*id, epoch))
        };
        newest(false).or_else(|| newest(true))
    }

    /// The number of an epoch that is known of.
    pub(super) fn epoch_number(&self, id: EpochId) -> Option<u64> {
        let keyed = self.epochs.get(&id).map(|epoch| epoch.number);
        keyed
            .or_else(|| self.keyless.get(&id).map(|epoch| epoch.number))
            .or_else(|| self.past.get(&id).copied())
    }

    /// The key of an epoch, if there is one.
    pub(super) fn key(&self, id: EpochId) -> Option<&EpochKey> {
        self.epochs.get(&id).map(|epoch| &epoch.key)
    }

    /// Whether something is to be put right before anything else is written: an epoch began that this device has no key of; somebody
    /// could read the present one who shall not (their device was revoked, or they have left); or somebody who came in while others wrote
    /// lacks a key, or does not know a device.
    #[must_use]
    pub fn must_rekey(&self) -> bool {
        self.must_begin() || self.must_tell()
    }

    /// Whether somebody who came in while others wrote lacks a key, or does not know a device, that this device can tell them of. It does so
    /// when it notices, and does not wait until it has something to say itself: they may be waiting for it.
    #[must_use]
    pub fn must_tell(&self) -> bool {
        self.lacking().is_some() || self.unheard().is_some()
    }

    /// Whether nothing more can be written in the present epoch.
    fn must_begin(&self) -> bool {
        self.lacks_key() || self.is_overread() || self.is_cheated()
    }

    /// Whether a newer epoch began than this device has a key of: what it wrote now could not be read by who came in with it.
    #[must_use]
    pub fn lacks_key(&self) -> bool {
        let present = self.current().map_or(0, |(_, epoch)| epoch.number);
        self.keyless
            .values()
            .any(|it| it.beginning.standing == Standing::Begun && it.number > present)
    }

    fn is_closed(&self, device: DeviceId) -> bool {
        match self.devices.get(&device) {
            Some(state) => state.closed.is_some(),
            None => self.revoked.keys().any(|(_, revoked)| *revoked == device),
        }
    }

    fn is_overread(&self) -> bool {
        self.current()
            .is_some_and(|(_, epoch)| epoch.readers.iter().any(|reader| self.is_closed(*reader)))
    }

    /// Whether this device was given a false key for an epoch that is at least as new as the present one.
    fn is_cheated(&self) -> bool {
        let present = self.current().map_or(0, |(_, epoch)| epoch.number);
        self.keyless.values().any(|epoch| {
            let begun = epoch.beginning.standing == Standing::Begun;
            begun && epoch.cheated && epoch.number >= present
        })
    }

    fn present(&self) -> impl Iterator<Item = (PersonId, &Person)> {
        self.persons
            .iter()
            .filter(|(_, person)| person.left.is_none())
            .map(|(id, person)| (*id, person))
    }

    /// The oldest epoch that a device was not told of which came in while it began, by whoever did not know of it; and which.
    fn lacking(&self) -> Option<(EpochId, DeviceId)> {
        let mut lacking: Vec<(u64, EpochId, DeviceId)> = Vec::new();
        for (id, epoch) in self.epochs.iter().filter(|(_, epoch)| epoch.parent.is_some()) {
            for (device, it) in self.live() {
                let known = self.own == Some(device)
                    || epoch.mark.is_none_or(|mark| it.heard.told.of(&mark))
                    || epoch.told.contains(&device)
                    || epoch.readers.contains(&device);
                if !known && self.reachable(device, *id).is_some() {
                    lacking.push((epoch.number, *id, device));
                }
            }
        }
        lacking.into_iter().min().map(|(_, id, device)| (id, device))
    }

    /// A device that somebody does not know: it was made known while they came in, by somebody who had not heard of them. Whether they do
    /// not even know its person; then another has to speak for that person. And under which epoch they can be told.
    fn unheard(&self) -> Option<(&DeviceState, bool, EpochId)> {
        let me = self
            .own
            .and_then(|own| self.devices.get(&own))
            .map(|it| it.person);
        self.present().find_map(|(id, reader)| {
            let unknown = |device: &DeviceState| {
                let mut theirs = self.devices.values().filter(|it| it.person == device.person);
                !theirs.any(|it| self.is_known_to(it, reader))
            };
            let (device, unknown) = self
                .live()
                .filter(|(_, device)| !self.is_known_to(device, reader))
                .map(|(_, device)| (device, unknown(device)))
                .find(|(device, unknown)| !unknown || Some(device.person) != me)?;
            Some((device, unknown, self.reached(id)?))
        })
    }

    /// This device, if somebody does not know it; and under which epoch they can be told.
    fn own_unheard(&self) -> Option<(&DeviceState, EpochId)> {
        let own = self.devices.get(&self.own?).filter(|own| own.closed.is_none())?;
        let mut readers = self.present();
        readers.find_map(|(id, reader)| {
            let unknown = !self.is_known_to(own, reader);
            Some((own, self.reached(id).filter(|_| unknown)?))
        })
    }

    /// Whether a member could read an entry that made a device known, or was told of it when they came in.
    pub(super) fn is_known_to(&self, device: &DeviceState, person: &Person) -> bool {
        let id = person.public.id();
        let mut marks = device.heard.marks.iter();
        device.person == id
            || device.heard.before
            || marks.any(|(under, mark)| self.reads(id, *under) || person.told.of(mark))
    }

    /// Whether somebody can read what is written in an epoch, on one of their devices: the vault brings its key to the others.
    fn reads(&self, person: PersonId, epoch: EpochId) -> bool {
        let theirs = |device: &DeviceId| self.devices.get(device).is_some_and(|it| it.person == person);
        let known = self.epochs.get(&epoch).map(|it| &it.readers);
        let keyless = self.keyless.get(&epoch).map(|it| &it.beginning.readers);
        known
            .or(keyless)
            .is_some_and(|readers| readers.iter().any(theirs))
    }

    /// The epoch under which somebody is told of something: the present one, or the newest that they read.
    fn reached(&self, person: PersonId) -> Option<EpochId> {
        let present = self.current().map(|(id, _)| id);
        present.filter(|id| self.reads(person, *id)).or_else(|| {
            self.epochs
                .iter()
                .filter(|(id, _)| self.reads(person, **id))
                .max_by(|(a_id, a), (b_id, b)| a.number.cmp(&b.number).then(b_id.cmp(a_id)))
                .map(|(id, _)| *id)
        })
    }

    /// The newest epoch but this one that a device reads.
    fn reachable(&self, device: DeviceId, but: EpochId) -> Option<EpochId> {
        self.epochs
            .iter()
            .filter(|(id, epoch)| **id != but && epoch.readers.contains(&device))
            .max_by(|(a_id, a), (b_id, b)| a.number.cmp(&b.number).then(b_id.cmp(a_id)))
            .map(|(id, _)| *id)
    }

    /// Under which epoch a control is sealed: what tells of an epoch that is there already, under one that whoever is told reads.
    pub(super) fn epoch_for(&self, control: &Control, present: EpochId) -> EpochId {
        let new = match control {
            Control::Epoch(new) => new,
            Control::Hello { cert } | Control::Introduce { cert, .. } => {
                let named = |device: &DeviceState| device.cert == *cert;
                let own = self.own_unheard().filter(|(own, _)| named(own));
                let other = || self.unheard().filter(|(device, ..)| named(device));
                return own
                    .map(|(_, under)| under)
                    .or_else(|| other().map(|(_, _, under)| under))
                    .unwrap_or(present);
            }
            Control::Began { .. } | Control::Admit { .. } | Control::Leave | Control::Revoke { .. } => {
                return present;
            }
        };
        if !self.epochs.contains_key(&new.id) {
            return present;
        }
        let receiver = self.lacking().filter(|(id, _)| *id == new.id);
        receiver
            .and_then(|(id, device)| self.reachable(device, id))
            .unwrap_or(present)
    }

    /// What puts right what [`Ledger::must_rekey`] finds: a new epoch, its key sealed to every device that can write here; or, where only
    /// a newcomer was not told of an epoch, that there is one, with its key if it is of their time; or somebody is made known again.
    #[must_use]
    pub fn rekey(&self, rng: &mut impl CryptoRngCore) -> Control {
        let present = self.current().map_or(0, |(_, epoch)| epoch.number);
        // Whom this device let in waits for the epoch that begins with them; it can come from nobody else.
        let by_me = |told: &Told| self.own.is_some() && told.by.map(|(by, _)| by) == self.own;
        let awaited = self
            .live()
            .any(|(_, it)| !it.heard.welcomed && by_me(&it.heard.told))
            || self
                .present()
                .any(|(_, person)| person.from > present && by_me(&person.told));
        if !awaited && let Some((own, _)) = self.own_unheard() {
            // Who does not know this device cannot take a key from it.
            return Control::hello(&own.cert);
        }
        if !awaited && !self.must_begin() {
            let lacking = self.lacking().and_then(|(id, device)| {
                let epoch = self.epochs.get(&id)?;
                let it = self.devices.get(&device)?;
                let theirs = epoch.number >= self.persons.get(&it.person)?.from;
                let receivers = theirs.then_some((device, it.public.receiving));
                let receivers = receivers.into_iter().collect();
                Some(((id, epoch.number, epoch.parent?), &epoch.key, receivers))
            });
            if let Some((id, key, receivers)) = lacking {
                return self.sealed_epoch(id, key, receivers, rng);
            }
            if let Some((device, unknown, _)) = self.unheard() {
                let person = self.persons.get(&device.person).filter(|_| unknown);
                let member = person.and_then(|person| Some((person.public, person.member_key?)));
                return match member {
                    Some((person, member_key)) => Control::Introduce {
                        person,
                        cert: device.cert.clone(),
                        member_key,
                    },
                    None => Control::hello(&device.cert),
                };
            }
        }
        self.new_epoch(rng)
    }

    fn new_epoch(&self, rng: &mut impl CryptoRngCore) -> Control {
        // Behind all that is known of, whether or not there is a key for it here.
        let keyless = self
            .keyless
            .iter()
            .filter(|(_, epoch)| epoch.beginning.standing == Standing::Begun)
            .max_by_key(|(_, epoch)| epoch.number)
            .map(|(id, epoch)| (*id, epoch.number));
        let newest = self
            .current()
            .map(|(id, epoch)| (id, epoch.number))
            .into_iter()
            .chain(keyless)
            .max_by_key(|(_, number)| *number);
        let (parent, number) = newest.map_or((NO_PARENT, 0), |(id, number)| (id, number.saturating_add(1)));
        let key = EpochKey::make(rng);
        let current = self.current().map(|(_, epoch)| epoch);
        let reads = |device: &DeviceId| {
            current.is_some_and(|epoch| epoch.sealed.contains(device) || epoch.readers.contains(device))
        };
        // A newcomer who cannot read that somebody left sees it by this: nobody seals anything to them any more.
        let receivers = self
            .live()
            .filter(|(id, it)| self.base.is_none() || !it.heard.marks.is_empty() || reads(id))
            .map(|(id, it)| (id, it.public.receiving))
            .collect();
        self.sealed_epoch(
            (key.epoch(self.space, number), number, parent),
            &key,
            receivers,
            rng,
        )
    }

    fn sealed_epoch(
        &self,
        (id, number, parent): (EpochId, u64, EpochId),
        key: &EpochKey,
        receivers: Vec<(DeviceId, [u8; 32])>,
        rng: &mut impl CryptoRngCore,
    ) -> Control {
        let info = seal_info(self.space, number);
        let seals: Vec<Seal> = receivers
            .into_iter()
            .filter_map(|(device, receiving)| {
                let sealed = sealing_to::seal(&receiving, &info, key.as_bytes(), rng)?;
                Some(Seal { device, sealed })
            })
            .collect();
        Control::Epoch(NewEpoch {
            number,
            id,
            parent,
            roster: roster_hash(seals.iter().map(|seal| seal.device)),
            seals,
        })
    }
}
