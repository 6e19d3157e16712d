//! Linking: an authentic entry takes its place behind what it follows on, and does to the space what it says.

use super::control::{Control, NewEpoch, roster_hash, seal_info};
use super::open::{Alarm, Candidate, Content, Happened, HeldWhy, Opened, Outcome, Refusal, Verified};
use super::{DeviceState, Epoch, Ledger, Person, Top};
use crate::entry::{Header, Place};
use crate::identity::{Device, DeviceCert, PersonPublic};
use crate::ids::{DeviceId, EntryId, EnvelopeId};
use crate::seal::envelope::EpochKey;

/// How an entry does not take its place.
enum NotLinked {
    Held,
    Refused(Refusal),
}

impl From<Refusal> for NotLinked {
    fn from(why: Refusal) -> Self {
        Self::Refused(why)
    }
}

/// What is noted of an entry once it has its place.
struct Linked {
    /// Envelopes from before a newcomer's time that explain a gap in its chain.
    gap: u64,
}

impl Ledger {
    /// Links a stretch in its order. Says whether anything took its place.
    pub(super) fn link_all(&mut self, own: &Device, stretch: Vec<Candidate>, opened: &mut Opened) -> bool {
        let mut progress = false;
        for candidate in stretch {
            let (envelope, entry, number) = (candidate.envelope, candidate.entry, candidate.incoming.number);
            if self.depths.contains_key(&entry) {
                self.envelopes.insert(envelope, entry);
                opened.outcomes.push(Outcome::Known {
                    number,
                    entry,
                    envelope,
                });
                continue;
            }
            match self.link(own, &candidate, opened) {
                Ok(verified) => {
                    progress = true;
                    opened.outcomes.push(Outcome::Opened(verified));
                }
                Err(NotLinked::Held) => self.hold(candidate.incoming, envelope, HeldWhy::Parents, opened),
                Err(NotLinked::Refused(why)) => {
                    opened.outcomes.push(Outcome::Refused {
                        envelope,
                        number,
                        why,
                    });
                }
            }
        }
        progress
    }

    fn link(
        &mut self,
        own: &Device,
        candidate: &Candidate,
        opened: &mut Opened,
    ) -> Result<Verified, NotLinked> {
        if !candidate.authentic {
            // Without its device's key a signature cannot even be looked at.
            let known = self.devices.contains_key(&candidate.device);
            let brings = candidate
                .control
                .as_ref()
                .and_then(Control::brings)
                .map(|device| device.id());
            let why = if known || brings == Some(candidate.device) {
                Refusal::BadSignature
            } else {
                Refusal::UnknownDevice
            };
            return Err(why.into());
        }
        let header = candidate.header()?;
        self.check_author(candidate, &header)?;
        let linked = self.check_place(candidate.entry, &header)?;
        let content = match &candidate.control {
            Some(control) => Content::Control(self.apply(own, &header, control)?),
            None => match &candidate.payload {
                Some(payload) => Content::Domain(
                    payload
                        .get(crate::entry::SALT_BYTES..)
                        .unwrap_or_default()
                        .to_vec(),
                ),
                None => Content::Removed,
            },
        };
        if let Some(witness) = header.witness
            && witness.number >= self.first
            && self.hash_at(witness.number) != Some(witness.running)
        {
            opened.alarms.push(Alarm::TwoPasts {
                number: witness.number,
                device: Some(header.device),
            });
        }
        self.note(candidate.envelope, candidate.entry, &header, &linked);
        Ok(Verified {
            entry: candidate.entry,
            envelope: candidate.envelope,
            number: candidate.incoming.number,
            person: header.person,
            device: header.device,
            place: header.place,
            depth: header.depth,
            stamp: header.stamp,
            content,
        })
    }

    /// Whether its author can be who it says, and can write here.
    fn check_author(&self, candidate: &Candidate, header: &Header<'_>) -> Result<(), Refusal> {
        match &candidate.control {
            Some(Control::Began { person, cert, .. }) => {
                if !self.persons.is_empty() || person.id() != header.person {
                    return Err(Refusal::NotAllowed);
                }
                certified(cert, person, header.device)
            }
            Some(Control::Hello { cert }) if !self.devices.contains_key(&header.device) => {
                let person = self.persons.get(&header.person).ok_or(Refusal::NotMember)?;
                if person.left {
                    return Err(Refusal::Closed);
                }
                certified(cert, &person.public, header.device)
            }
            Some(_) | None => {
                if !self.persons.contains_key(&header.person) {
                    return Err(Refusal::NotMember);
                }
                let device = self.devices.get(&header.device).ok_or(Refusal::UnknownDevice)?;
                if device.person != header.person {
                    return Err(Refusal::UnknownDevice);
                }
                if device.closed {
                    Err(Refusal::Closed)
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Whether it continues its device's chain, and what it follows on is here.
    fn check_place(&self, entry: EntryId, header: &Header<'_>) -> Result<Linked, NotLinked> {
        let mut deepest: Option<u64> = None;
        let mut unexplained = false;
        let mut see = |id: EntryId| match self.depths.get(&id) {
            Some(depth) => deepest = deepest.max(Some(*depth)),
            None => unexplained = true,
        };
        let mut gap = 0;
        match header.place {
            Place::Chain { seq, prev } => {
                let top = self.devices.get(&header.device).and_then(|device| device.top);
                let next = top.map_or(0, |top| top.seq + 1);
                if seq < next || (seq == next && prev != top.map(|top| top.entry)) {
                    return Err(Refusal::Forked.into());
                }
                if prev.is_none() != (seq == 0) {
                    return Err(Refusal::Malformed.into());
                }
                gap = seq - next;
                if let Some(prev) = prev
                    && gap == 0
                {
                    see(prev);
                }
            }
            Place::Round(round) => {
                if self
                    .statements
                    .get(&(round, header.person))
                    .is_some_and(|other| *other != entry)
                {
                    return Err(Refusal::Forked.into());
                }
            }
        }
        header.heads.iter().for_each(&mut see);
        // A newcomer cannot read what was written before their time and came in after it; as many gaps as there were such
        // envelopes are explained by them.
        let could_be_hidden = self.hidden.saturating_sub(self.explained);
        if gap > could_be_hidden || (unexplained && self.hidden == 0) {
            return Err(NotLinked::Held);
        }
        let least = deepest.map_or(0, |depth| depth + 1);
        let whole = gap == 0 && !unexplained;
        if header.depth < least || (whole && header.depth != least) {
            return Err(Refusal::WrongDepth.into());
        }
        Ok(Linked { gap })
    }

    fn note(&mut self, envelope: EnvelopeId, entry: EntryId, header: &Header<'_>, linked: &Linked) {
        self.explained += linked.gap;
        self.envelopes.insert(envelope, entry);
        self.depths.insert(entry, header.depth);
        for head in header.heads.iter() {
            self.heads.remove(&head);
        }
        if let Some(epoch) = self.epochs.get_mut(&header.epoch) {
            epoch.readers.insert(header.device);
        }
        if let Some(device) = self.devices.get_mut(&header.device) {
            match header.place {
                Place::Chain { seq, prev } => {
                    if let Some(prev) = prev {
                        self.heads.remove(&prev);
                    }
                    device.top = Some(Top { seq, entry });
                    device
                        .unnamed
                        .retain(|statement| !header.heads.iter().any(|head| head == *statement));
                }
                Place::Round(round) => {
                    self.statements.insert((round, header.person), entry);
                    device.unnamed.push(entry);
                }
            }
        }
        self.heads.insert(entry, header.depth);
    }

    /// Does to the space what a control says.
    fn apply(&mut self, own: &Device, header: &Header<'_>, control: &Control) -> Result<Happened, Refusal> {
        match control {
            Control::Began { kind, person, cert } => {
                if *kind != self.kind || !matches!(header.place, Place::Chain { seq: 0, .. }) {
                    return Err(Refusal::NotAllowed);
                }
                self.persons.insert(
                    person.id(),
                    Person {
                        public: *person,
                        member_key: None,
                        left: false,
                    },
                );
                self.bring_in(cert, person)?;
                Ok(Happened::Began)
            }
            Control::Hello { cert } => {
                let person = self.persons.get(&header.person).ok_or(Refusal::NotMember)?.public;
                self.bring_in(cert, &person)?;
                Ok(Happened::Hello)
            }
            Control::Admit {
                person,
                cert,
                member_key,
            } => {
                self.may_admit(person.id()).map_err(|_| Refusal::NotAllowed)?;
                let member = Person {
                    public: *person,
                    member_key: Some(*member_key),
                    left: false,
                };
                cert.verify(person).map_err(|_| Refusal::NotAllowed)?;
                self.persons.insert(person.id(), member);
                self.bring_in(cert, person)?;
                Ok(Happened::Admitted(*person))
            }
            Control::Epoch(new) => self.begin_epoch(own, new),
            Control::Leave => {
                if let Some(person) = self.persons.get_mut(&header.person) {
                    person.left = true;
                }
                for device in self
                    .devices
                    .values_mut()
                    .filter(|device| device.person == header.person)
                {
                    device.closed = true;
                }
                Ok(Happened::Left)
            }
            Control::Revoke { device } => {
                let revoked = self
                    .devices
                    .get_mut(device)
                    .filter(|it| it.person == header.person);
                revoked.ok_or(Refusal::NotAllowed)?.closed = true;
                Ok(Happened::Revoked(*device))
            }
        }
    }

    fn bring_in(&mut self, cert: &DeviceCert, person: &PersonPublic) -> Result<(), Refusal> {
        let public = cert.verify(person).map_err(|_| Refusal::UnknownDevice)?;
        let fresh = DeviceState {
            person: person.id(),
            public,
            closed: false,
            top: None,
            unnamed: Vec::new(),
        };
        let state = self.devices.entry(public.id()).or_insert(fresh);
        // Somebody who had left and was let in again writes on with the device that they have.
        state.closed = false;
        Ok(())
    }

    fn begin_epoch(&mut self, own: &Device, new: &NewEpoch) -> Result<Happened, Refusal> {
        let follows = match self.epochs.get(&new.parent) {
            Some(parent) => parent.number.checked_add(1) == Some(new.number),
            None => self.past.contains(&new.parent),
        };
        if !follows || new.roster != roster_hash(new.seals.iter().map(|seal| seal.device)) {
            return Err(Refusal::NotAllowed);
        }
        let readers = new.seals.iter().map(|seal| seal.device);
        if let Some(known) = self.epochs.get_mut(&new.id) {
            known.readers.extend(readers);
        } else if let Some(seal) = new.seals.iter().find(|seal| seal.device == own.public().id()) {
            let info = seal_info(self.space, new.number);
            let key = own
                .open(&info, &seal.sealed)
                .and_then(|key| EpochKey::from_bytes(&key));
            let key = key
                .filter(|key| key.epoch(self.space, new.number) == new.id)
                .ok_or(Refusal::NotAllowed)?;
            self.epochs.insert(
                new.id,
                Epoch {
                    number: new.number,
                    key,
                    readers: readers.collect(),
                },
            );
        }
        Ok(Happened::Rekeyed { number: new.number })
    }
}

fn certified(cert: &DeviceCert, person: &PersonPublic, device: DeviceId) -> Result<(), Refusal> {
    match cert.verify(person) {
        Ok(public) if public.id() == device => Ok(()),
        Ok(_) | Err(_) => Err(Refusal::UnknownDevice),
    }
}
