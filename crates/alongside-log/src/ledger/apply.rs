//! What a control does to the space.

use std::collections::{BTreeMap, BTreeSet};

use super::control::{Control, NewEpoch, roster_hash};
use super::epochs::{Beginning, Epoch, Keyless, NO_PARENT, Standing};
use super::outcome::{Happened, Refusal};
use super::roster::MAX_MEMBERS;
use super::{Closure, DeviceState, Heard, Ledger, Mark, Person, Through, Told};
use crate::entry::{Header, Place};
use crate::identity::{Device, DeviceCert, DevicePublic, PersonPublic};
use crate::ids::{DeviceId, EntryId, EpochId, PersonId};
use crate::seal::envelope::EpochKey;
use crate::vault::SpaceKind;

/// No more than this many can come in at once, from however many sides: twice as many as there can be. It is never met by twelve who each
/// keep to [`MAX_MEMBERS`].
const MAX_AT_ONCE: usize = 2 * MAX_MEMBERS;

/// The entry that says it.
#[derive(Clone, Copy)]
pub(super) struct Here<'h> {
    pub(super) header: &'h Header<'h>,
    pub(super) entry: EntryId,
    pub(super) number: Option<u64>,
}

impl Here<'_> {
    fn mark(&self) -> Mark {
        Mark {
            entry: self.entry,
            number: self.number,
            at: match self.header.place {
                Place::Chain { seq, .. } => Some((self.header.device, seq)),
                Place::Round(_) => None,
            },
            under: self.header.epoch,
        }
    }

    /// What its author had seen.
    fn told(&self) -> Told {
        Told {
            number: self.header.witness.map_or(0, |witness| witness.number),
            by: self.mark().at,
            through: None,
        }
    }
}

impl Ledger {
    /// Does to the space what a control says. `fresh` is the device that speaks for the first time, if one does.
    pub(super) fn apply(
        &mut self,
        own: &Device,
        here: Here<'_>,
        control: &Control,
        fresh: Option<DevicePublic>,
    ) -> Result<Happened, Refusal> {
        match control {
            Control::Began { person, cert, .. } => {
                let public = fresh.ok_or(Refusal::NotAllowed)?;
                let first = Person {
                    public: *person,
                    member_key: None,
                    left: None,
                    from: 0,
                    told: here.told(),
                };
                self.persons.insert(person.id(), first);
                self.bring_in(here, here.told(), cert, public, person);
                if let Some(epoch) = self.epochs.get_mut(&here.header.epoch) {
                    let founder = BTreeSet::from([public.id()]);
                    epoch.begin(Beginning {
                        parent: NO_PARENT,
                        mark: here.mark(),
                        standing: Standing::Begun,
                        sealed: founder.clone(),
                        readers: founder,
                    });
                }
                Ok(Happened::Began)
            }
            Control::Hello { cert } => {
                match fresh {
                    Some(public) => {
                        let person = self.persons.get(&here.header.person);
                        let person = person.ok_or(Refusal::NotMember)?.public;
                        self.bring_in(here, here.told(), cert, public, &person);
                    }
                    None => self.introduce(here, cert)?,
                }
                Ok(Happened::Hello)
            }
            Control::Admit {
                person,
                cert,
                member_key,
            } => self.admit_in(here, person, cert, *member_key),
            Control::Introduce {
                person,
                cert,
                member_key,
            } => {
                if self.persons.contains_key(&person.id()) {
                    self.introduce(here, cert)?;
                    Ok(Happened::Hello)
                } else {
                    self.admit_in(here, person, cert, *member_key)
                }
            }
            Control::Epoch(new) => self.begin_epoch(own, here, new),
            Control::Leave => {
                if let Some(person) = self.persons.get_mut(&here.header.person) {
                    close(&mut person.left, here, false);
                }
                for (id, device) in &mut self.devices {
                    if device.person == here.header.person {
                        close(&mut device.closed, here, false);
                        self.epochs.values_mut().for_each(|epoch| epoch.suspect(*id));
                    }
                }
                Ok(Happened::Left)
            }
            Control::Revoke { device } => self.revoke_device(here, *device),
        }
    }

    fn revoke_device(&mut self, here: Here<'_>, device: DeviceId) -> Result<Happened, Refusal> {
        let person = here.header.person;
        match self.devices.get_mut(&device) {
            Some(it) if it.person == person => close(&mut it.closed, here, true),
            Some(_) => return Err(Refusal::NotAllowed),
            None => {
                // It has never spoken here, and may have the keys from the vault nevertheless.
                let mut closure = self.revoked.get(&(person, device)).copied();
                close(&mut closure, here, true);
                self.revoked
                    .extend(closure.map(|closure| ((person, device), closure)));
            }
        }
        self.epochs.values_mut().for_each(|epoch| epoch.suspect(device));
        Ok(Happened::Revoked(device))
    }

    /// Somebody comes in, or is introduced again: members who each let the same person in do not stand in each other's way, and who came in
    /// while somebody else did is made known to them.
    fn admit_in(
        &mut self,
        here: Here<'_>,
        person: &PersonPublic,
        cert: &DeviceCert,
        member_key: [u8; 32],
    ) -> Result<Happened, Refusal> {
        let public = cert.verify(person).map_err(|_| Refusal::NotAllowed)?;
        let known = self.persons.get(&person.id());
        let present = known.is_some_and(|it| !it.had_left(here.number));
        let admitter = self.devices.get(&here.header.device);
        let through = admitter.map(|admitter| Through {
            readable: self.readable_to(here.header.person),
            told: admitter.heard.told.clone(),
        });
        let told = Told {
            through: through.map(Box::new),
            ..here.told()
        };
        let room = present || self.members_here() < MAX_AT_ONCE;
        let may_come_in = self.may_come_in(public.id(), person.id());
        if self.kind == SpaceKind::Me || !room || !(may_come_in || present) {
            return Err(Refusal::NotAllowed);
        }
        if !may_come_in {
            // Made known by somebody who had not heard that it was revoked: nothing is amiss, and it stays so.
            return Ok(Happened::Admitted(*person));
        }
        if !present {
            let under = self.epoch_number(here.header.epoch);
            let newcomer = Person {
                public: *person,
                member_key: Some(member_key),
                left: None,
                from: under.map_or(0, |number| number.saturating_add(1)),
                told: told.clone(),
            };
            self.persons.insert(person.id(), newcomer);
        }
        self.bring_in(here, told, cert, public, person);
        Ok(Happened::Admitted(*person))
    }

    /// A member makes a device known to somebody who could not read its hello. Its person's word for it is all that counts; it opens
    /// nothing that was closed, and where its person has left meanwhile nothing comes of it.
    fn introduce(&mut self, here: Here<'_>, cert: &DeviceCert) -> Result<(), Refusal> {
        let mut certified = self
            .persons
            .values()
            .filter_map(|it| Some((it, cert.verify(&it.public).ok()?)));
        let (person, public) = certified.next().ok_or(Refusal::NotAllowed)?;
        let (left, person) = (person.had_left(here.number), person.public);
        let open = self
            .devices
            .get(&public.id())
            .is_none_or(|it| it.closed.is_none_or(|closure| !closure.shuts_out(here.number)));
        if !left && open && self.may_come_in(public.id(), person.id()) {
            self.bring_in(here, here.told(), cert, public, &person);
            // Its person is here already, and has the keys.
            if let Some(it) = self.devices.get_mut(&public.id()) {
                it.heard.welcomed = true;
            }
        }
        Ok(())
    }

    /// A device that was found to be this person's, and not revoked, can write here from now on.
    fn bring_in(
        &mut self,
        here: Here<'_>,
        told: Told,
        cert: &DeviceCert,
        public: DevicePublic,
        person: &PersonPublic,
    ) {
        let before = self.devices.get(&public.id());
        let before = before.filter(|it| it.closed.is_none()).map(|it| it.heard.clone());
        let admitted = public.id() != here.header.device;
        let mut heard = before.unwrap_or_else(|| Heard {
            marks: BTreeMap::new(),
            before: false,
            welcomed: !admitted,
            told,
        });
        heard
            .marks
            .entry(here.header.epoch)
            .or_insert_with(|| here.mark());
        let revoked = self.revoked.get(&(person.id(), public.id())).copied();
        let state = self.devices.entry(public.id()).or_insert(DeviceState {
            person: person.id(),
            public,
            cert: cert.clone(),
            closed: revoked,
            top: None,
            before: None,
            unnamed: Vec::new(),
            heard: heard.clone(),
        });
        state.heard = heard;
        // Somebody who had left and was let in again writes on with the device that they have.
        state.closed = state
            .closed
            .filter(|closure| closure.revoked || !closure.shuts_out(here.number));
    }

    /// The epochs that somebody can read, on one of their devices: the vault brings their keys to the others.
    pub(super) fn readable_to(&self, person: PersonId) -> BTreeSet<EpochId> {
        let theirs = |device: &DeviceId| self.devices.get(device).is_some_and(|it| it.person == person);
        self.epochs
            .iter()
            .filter(|(_, epoch)| epoch.readers.iter().any(theirs))
            .map(|(id, _)| *id)
            .collect()
    }

    fn begin_epoch(&mut self, own: &Device, here: Here<'_>, new: &NewEpoch) -> Result<Happened, Refusal> {
        let happened = Happened::Rekeyed { number: new.number };
        if new.seals.is_empty() {
            self.tell_of_past(here, new);
            return Ok(happened);
        }
        let parent = self.epoch_number(new.parent);
        let follows = parent.and_then(|number| number.checked_add(1)) == Some(new.number);
        let sorted = new.seals.is_sorted_by(|a, b| a.device < b.device);
        if !follows || !sorted || new.roster != roster_hash(new.seals.iter().map(|seal| seal.device)) {
            return Err(Refusal::NotAllowed);
        }
        let sealed: BTreeSet<DeviceId> = new.seals.iter().map(|seal| seal.device).collect();
        // Who begins an epoch can read it; who hands on the key of one that began elsewhere does not seal it to themselves.
        let begins = sealed.contains(&here.header.device);
        let keeps = if begins {
            self.keeps_everybody(here, new, &sealed)
        } else {
            None
        };
        let beginning = Beginning {
            parent: new.parent,
            mark: here.mark(),
            standing: match keeps {
                Some(true) => Standing::Begun,
                Some(false) | None => Standing::Aside,
            },
            readers: self.who_can_open(here, &sealed, begins),
            sealed,
        };
        self.learn_seals(own, new, begins.then_some(&beginning))?;
        if let Some(epoch) = self.epochs.get_mut(&new.id) {
            match beginning.standing {
                Standing::Begun => epoch.begin(beginning),
                Standing::Learned | Standing::Handed | Standing::Aside => epoch.see_aside(beginning),
            }
        }
        if keeps == Some(false) {
            return Err(Refusal::NotAllowed);
        }
        Ok(happened)
    }

    /// A newcomer is told of an epoch without its key: it is from before their time.
    fn tell_of_past(&mut self, here: Here<'_>, new: &NewEpoch) {
        let base = self.base.as_ref().and_then(|base| self.epoch_number(base.epoch));
        if base.is_some_and(|base| new.number < base) && self.epoch_number(new.id).is_none() {
            self.past.insert(new.id, new.number);
        }
        let under = self.epochs.get(&here.header.epoch);
        let readers = under.into_iter().flat_map(|epoch| &epoch.readers);
        let told = readers.filter(|reader| {
            let device = self.devices.get(reader);
            let person = device.and_then(|device| self.persons.get(&device.person));
            person.is_some_and(|person| new.number < person.from)
        });
        let told: Vec<DeviceId> = told.copied().collect();
        if let Some(epoch) = self.epochs.get_mut(&new.id) {
            epoch.told.extend(told);
        }
    }

    /// The devices that get at what is sealed to them in here: they read the epoch that this entry itself is sealed under; or are a
    /// newcomer's, who is welcomed with the first epoch that is begun for them.
    fn who_can_open(
        &mut self,
        here: Here<'_>,
        sealed: &BTreeSet<DeviceId>,
        begins: bool,
    ) -> BTreeSet<DeviceId> {
        let under = self.epochs.get(&here.header.epoch);
        let readers = under.map(|epoch| epoch.readers.clone()).unwrap_or_default();
        let mut opens = BTreeSet::new();
        for device in sealed {
            let Some(state) = self.devices.get_mut(device) else {
                continue;
            };
            let by = state.heard.told.by.map(|(by, _)| by);
            let welcome = begins && !state.heard.welcomed && by == Some(here.header.device);
            state.heard.welcomed |= welcome;
            if welcome || readers.contains(device) || *device == here.header.device {
                opens.insert(*device);
            }
        }
        opens
    }

    /// Nobody can be removed by another: a new epoch is sealed to every device that the one before it was sealed to, but for those that
    /// are closed by then. None when that cannot be judged here.
    fn keeps_everybody(&self, here: Here<'_>, new: &NewEpoch, sealed: &BTreeSet<DeviceId>) -> Option<bool> {
        let parent = self.epochs.get(&new.parent).map(|it| (it.standing, &it.sealed));
        let keyless = || {
            let beginning = &self.keyless.get(&new.parent)?.beginning;
            Some((beginning.standing, &beginning.sealed))
        };
        let parent = parent.or_else(keyless);
        let unseen = parent.is_none_or(|(standing, _)| standing == Standing::Handed);
        if self.base.is_some() && unseen {
            // Whom a newcomer cannot read it was sealed to, they cannot miss.
            return Some(true);
        }
        let (_, before) = parent.filter(|(standing, _)| *standing != Standing::Aside)?;
        // A newcomer may not be able to read that somebody left.
        let unread = self.cannot_read_all();
        let author = self.persons.get(&here.header.person);
        let excused = |device: &DeviceId| {
            self.devices.get(device).is_none_or(|it| {
                let closed = it.closed.is_some_and(|closure| closure.shuts_out(here.number));
                // Nor may a newcomer have been able to read that it said hello.
                closed || author.is_some_and(|author| !self.is_known_to(it, author))
            })
        };
        Some(here.number.is_none() || unread || before.difference(sealed).all(excused))
    }

    /// Takes a key from an authentic entry that has to wait. Nothing else of it counts yet; the key is what it says or it is none.
    pub(super) fn learn_early(&mut self, own: &Device, new: &NewEpoch) {
        if let Some(Ok(key)) = self.own_seal(own, new)
            && !self.epochs.contains_key(&new.id)
        {
            self.take_key(new, key, true);
        }
    }

    fn take_key(&mut self, new: &NewEpoch, key: EpochKey, handed: bool) {
        self.past.remove(&new.id);
        let mut epoch = Epoch::learned(new.number, key);
        epoch.standing = if handed && self.base.is_some() {
            Standing::Handed
        } else {
            Standing::Aside
        };
        // It may have begun here before its key came.
        if let Some(begun) = self.keyless.remove(&new.id) {
            begun.give_to(&mut epoch);
        }
        self.epochs.insert(new.id, epoch);
    }

    /// Takes the key that is sealed to this device, if one is.
    fn learn_seals(
        &mut self,
        own: &Device,
        new: &NewEpoch,
        begins: Option<&Beginning>,
    ) -> Result<(), Refusal> {
        if self.epochs.contains_key(&new.id) {
            return Ok(());
        }
        match self.own_seal(own, new) {
            Some(Ok(key)) => {
                self.take_key(new, key, begins.is_none());
                Ok(())
            }
            seal => {
                let cheated = matches!(seal, Some(Err(_)));
                if let Some(beginning) = begins {
                    let keyless = self.keyless.entry(new.id).or_insert_with(|| Keyless {
                        number: new.number,
                        beginning: beginning.clone(),
                        cheated,
                    });
                    keyless.cheated |= cheated;
                }
                if cheated { Err(Refusal::NotAllowed) } else { Ok(()) }
            }
        }
    }
}

fn close(closed: &mut Option<Closure>, here: Here<'_>, revoked: bool) {
    let new = Closure {
        by: here.entry,
        at: here.number,
        revoked,
    };
    *closed = Some(closed.map_or(new, |before| before.and(new)));
}
