//! Epochs: which there are, which one is written in, who can read which, and what is to be done when that is not as it should be.

use std::collections::BTreeSet;

use rand_core::CryptoRngCore;

use super::control::{Control, NewEpoch, Seal, roster_hash, seal_info};
use super::base::BEFORE;
use super::{DeviceState, Ledger, Mark, Person};
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
    /// It can be read, but is not one to write in: it was begun by leaving somebody out, or its beginning cannot be judged here.
    Aside,
}

/// An epoch whose key is known.
#[derive(Clone, Debug)]
pub(super) struct Epoch {
    pub(super) number: u64,
    pub(super) key: EpochKey,
    /// Known once the entry that began it was seen.
    pub(super) parent: Option<EpochId>,
    pub(super) standing: Standing,
    /// The devices that it was sealed to when it began.
    pub(super) sealed: BTreeSet<DeviceId>,
    /// The devices that can read what is written in it: those that it was ever sealed to, and those that have written in it.
    pub(super) readers: BTreeSet<DeviceId>,
    /// Of these, the devices that are closed and may have had the key from the vault, if it is from before they were closed.
    pub(super) suspects: BTreeSet<DeviceId>,
    /// The entry that began it.
    pub(super) mark: Option<Mark>,
    /// Newcomers who were told that it is there, with its key or without.
    pub(super) told: BTreeSet<PersonId>,
}

impl Epoch {
    pub(super) fn learned(number: u64, key: EpochKey) -> Self {
        Self {
            number,
            key,
            parent: None,
            standing: Standing::Learned,
            sealed: BTreeSet::new(),
            readers: BTreeSet::new(),
            suspects: BTreeSet::new(),
            mark: None,
            told: BTreeSet::new(),
        }
    }

    /// A device was closed: it may have had the key from its person's vault.
    pub(super) fn suspect(&mut self, device: DeviceId) {
        if self.readers.insert(device) && self.standing == Standing::Learned {
            self.suspects.insert(device);
        }
    }

    /// The entry that began it has its place: whoever was closed before that has not got the key.
    pub(super) fn begin(&mut self, parent: Option<EpochId>, mark: Mark, sealed: BTreeSet<DeviceId>) {
        for suspect in core::mem::take(&mut self.suspects) {
            self.readers.remove(&suspect);
        }
        self.standing = Standing::Begun;
        self.parent = parent;
        self.mark = Some(mark);
        self.readers.extend(&sealed);
        self.sealed = sealed;
    }
}

/// An epoch that began without a key for this device.
#[derive(Clone, Debug)]
pub(super) struct Keyless {
    pub(super) number: u64,
    pub(super) parent: EpochId,
    pub(super) mark: Mark,
    pub(super) standing: Standing,
    pub(super) sealed: BTreeSet<DeviceId>,
    /// There was a seal for this device, and no key in it.
    pub(super) cheated: bool,
}

impl Keyless {
    /// Its key came after all.
    pub(super) fn give_to(self, epoch: &mut Epoch) {
        match self.standing {
            Standing::Begun => epoch.begin(Some(self.parent), self.mark, self.sealed),
            Standing::Learned | Standing::Aside => epoch.standing = Standing::Aside,
        }
    }
}

impl Ledger {
    /// The epoch to write in: the highest number; of two with one number, the one with the lower name. The same on every device that knows
    /// both, whatever order they came in.
    pub(super) fn current(&self) -> Option<(EpochId, &Epoch)> {
        self.epochs
            .iter()
            .filter(|(_, epoch)| epoch.standing != Standing::Aside)
            .max_by(|(a_id, a), (b_id, b)| a.number.cmp(&b.number).then(b_id.cmp(a_id)))
            .map(|(id, epoch)| (*id, epoch))
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

    /// Whether something is to be put right before anything else is written: somebody could read the present epoch who shall not (their
    /// device was revoked, or they have left); or somebody who came in while others wrote lacks a key, or does not know of somebody.
    #[must_use]
    pub fn must_rekey(&self) -> bool {
        self.is_overread() || self.cheated().is_some() || self.lacking().is_some() || self.unheard().is_some()
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

    /// An epoch at least as new as the present one that this device was given a false key for.
    fn cheated(&self) -> Option<(EpochId, u64)> {
        let present = self.current().map_or(0, |(_, epoch)| epoch.number);
        self.keyless
            .iter()
            .filter(|(_, epoch)| epoch.cheated && epoch.standing == Standing::Begun)
            .filter(|(_, epoch)| epoch.number >= present)
            .max_by_key(|(_, epoch)| epoch.number)
            .map(|(id, epoch)| (*id, epoch.number))
    }

    fn devices_of(&self, person: PersonId) -> impl Iterator<Item = DeviceId> {
        self.devices
            .iter()
            .filter(move |(_, device)| device.person == person)
            .map(|(id, _)| *id)
    }

    fn reads(&self, person: PersonId, epoch: &Epoch) -> bool {
        self.devices_of(person)
            .any(|device| epoch.readers.contains(&device))
    }

    fn present(&self) -> impl Iterator<Item = (PersonId, &Person)> {
        self.persons
            .iter()
            .filter(|(_, person)| !person.left)
            .map(|(id, person)| (*id, person))
    }

    /// The oldest epoch that somebody was not told of who came in while it began, by whoever did not know of them; and who.
    fn lacking(&self) -> Option<(EpochId, PersonId)> {
        let mut lacking: Vec<(u64, EpochId, PersonId)> = Vec::new();
        for (id, epoch) in self.epochs.iter().filter(|(_, epoch)| epoch.parent.is_some()) {
            for (person, it) in self.present() {
                let known = epoch.mark.is_none_or(|mark| was_told(&mark, it))
                    || epoch.told.contains(&person)
                    || self.reads(person, epoch);
                if !known && self.reachable(person, *id).is_some() && self.live_of(person).next().is_some() {
                    lacking.push((epoch.number, *id, person));
                }
            }
        }
        lacking.into_iter().min().map(|(_, id, person)| (id, person))
    }

    /// The people who read what is written in an epoch.
    pub(super) fn readers_of(&self, id: EpochId) -> Vec<PersonId> {
        let Some(epoch) = self.epochs.get(&id) else {
            return Vec::new();
        };
        let readers = epoch.readers.iter();
        readers
            .filter_map(|reader| Some(self.devices.get(reader)?.person))
            .collect()
    }

    /// Somebody who was let in while somebody else was, so that one of them does not know of the other: their device.
    fn unheard(&self) -> Option<(&Person, &DeviceState)> {
        self.live().find_map(|(_, device)| {
            let person = self.persons.get(&device.person).filter(|it| !it.left)?;
            let known = |other: &Person| self.is_known_to(device, other);
            let unheard = device.heard.admitted && !self.present().all(|(_, other)| known(other));
            (unheard && person.member_key.is_some()).then_some((person, device))
        })
    }

    /// Whether a member could read the entry that made a device known, or was told of it when they came in.
    pub(super) fn is_known_to(&self, device: &DeviceState, person: &Person) -> bool {
        device.person == person.public.id()
            || person.from <= device.heard.epoch
            || was_told(&device.heard.mark, person)
    }

    /// The newest epoch but this one that somebody reads.
    fn reachable(&self, person: PersonId, but: EpochId) -> Option<EpochId> {
        self.epochs
            .iter()
            .filter(|(id, epoch)| **id != but && self.reads(person, epoch))
            .max_by(|(a_id, a), (b_id, b)| a.number.cmp(&b.number).then(b_id.cmp(a_id)))
            .map(|(id, _)| *id)
    }

    fn live_of(&self, person: PersonId) -> impl Iterator<Item = (DeviceId, [u8; 32])> {
        self.live()
            .filter(move |(_, it)| it.person == person)
            .map(|(id, it)| (id, it.public.receiving))
    }

    /// Under which epoch a control is sealed: what tells of an epoch that is there already, under one that whoever is told reads.
    pub(super) fn epoch_for(&self, control: &Control, present: EpochId) -> EpochId {
        let Control::Epoch(new) = control else {
            return present;
        };
        if !self.epochs.contains_key(&new.id) {
            return present;
        }
        let receiver = self.lacking().filter(|(id, _)| *id == new.id);
        receiver
            .and_then(|(id, person)| self.reachable(person, id))
            .unwrap_or(present)
    }

    /// What puts right what [`Ledger::must_rekey`] finds: a new epoch, its key sealed to every device that can write here; or, where only
    /// a newcomer was not told of an epoch, that there is one, with its key if it is of their time; or somebody is made known again.
    #[must_use]
    pub fn rekey(&self, rng: &mut impl CryptoRngCore) -> Control {
        let present = self.current().map_or(0, |(_, epoch)| epoch.number);
        let awaited = self.present().any(|(_, person)| person.from > present);
        if !awaited && !self.is_overread() && self.cheated().is_none() {
            let lacking = self.lacking().and_then(|(id, person)| {
                let epoch = self.epochs.get(&id)?;
                let theirs = epoch.number >= self.persons.get(&person)?.from;
                let receivers = self.live_of(person).filter(|_| theirs).collect();
                Some(((id, epoch.number, epoch.parent?), &epoch.key, receivers))
            });
            if let Some((id, key, receivers)) = lacking {
                return self.sealed_epoch(id, key, receivers, rng);
            }
            if let Some((person, device)) = self.unheard()
                && let Some(member_key) = person.member_key
            {
                return Control::Admit {
                    person: person.public,
                    cert: device.cert.clone(),
                    member_key,
                };
            }
        }
        self.new_epoch(rng)
    }

    fn new_epoch(&self, rng: &mut impl CryptoRngCore) -> Control {
        let beginning = (EpochId::from_bytes([0; 32]), 0);
        let current = self.current().map(|(id, epoch)| (id, epoch.number));
        let parent = self.cheated().or(current);
        let (parent, number) = parent.map_or(beginning, |(id, number)| (id, number.saturating_add(1)));
        let key = EpochKey::make(rng);
        let reads = |device: &DeviceId| {
            self.current()
                .is_some_and(|(_, epoch)| epoch.readers.contains(device))
        };
        // A newcomer who cannot read that somebody left sees it by this: nobody seals anything to them any more.
        let receivers = self
            .live()
            .filter(|(id, it)| self.base.is_none() || it.heard.mark.entry != BEFORE || reads(id))
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

/// Whether an entry was there for who let somebody in: they were told of it then.
fn was_told(mark: &Mark, person: &Person) -> bool {
    let earlier_in_chain = match (mark.at, person.by) {
        (Some((author, seq)), Some((by, admitted))) => author == by && seq < admitted,
        (_, _) => false,
    };
    earlier_in_chain || mark.number.is_some_and(|number| number <= person.told)
}
