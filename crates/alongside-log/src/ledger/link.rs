//! Linking: an authentic entry takes its place behind what it follows on.

use super::apply::Here;
use super::candidate::{Candidate, Said};
use super::control::{Control, seal_info};
use super::outcome::{Alarm, Content, Opened, Outcome, Refusal, Verified};
use super::waiting::{Held, On};
use super::{Ledger, Top};
use crate::entry::{Header, Place};
use crate::identity::{Device, DeviceCert, DevicePublic, PersonPublic};
use crate::ids::{DeviceId, EntryId, EnvelopeId};
use crate::seal::envelope::EpochKey;

/// How an entry does not take its place.
pub(super) enum NotLinked {
    Held(On, Held),
    Refused(Refusal),
}

impl From<Refusal> for NotLinked {
    fn from(why: Refusal) -> Self {
        Self::Refused(why)
    }
}

/// Why there is no place for it.
enum NoPlace {
    Missing(EntryId),
    Refused(Refusal),
}

impl From<Refusal> for NoPlace {
    fn from(why: Refusal) -> Self {
        Self::Refused(why)
    }
}

impl Ledger {
    /// Links one. What its author cannot do to the space is refused, but has its place: or nothing that its device writes after it
    /// would have one.
    #[expect(
        clippy::result_large_err,
        reason = "what waits is handed back to where it came from"
    )]
    pub(super) fn link(
        &mut self,
        own: &Device,
        mut candidate: Candidate,
        opened: &mut Opened,
    ) -> Result<Outcome, NotLinked> {
        let device = candidate.header.device;
        if let Some(known) = self.devices.get(&device)
            && !candidate.held.authentic
        {
            // It may have become known since this was looked at.
            candidate.held.authentic = candidate.is_signed_by(&known.public.signing);
        }
        if !candidate.held.authentic {
            return Err(self.unauthentic(candidate));
        }
        let fresh = match self.check_author(&candidate) {
            Ok(fresh) => fresh,
            Err(Refusal::UnknownDevice)
                if !self.devices.contains_key(&device) && self.may_be_brought(&candidate.header) =>
            {
                return Err(NotLinked::Held(On::Device(device), candidate.held));
            }
            Err(Refusal::NotMember) if self.may_be_brought(&candidate.header) => {
                return Err(NotLinked::Held(
                    On::Person(candidate.header.person),
                    candidate.held,
                ));
            }
            Err(why) => return Err(why.into()),
        };
        // Told even while it waits: what it waits for is perhaps what this device was not shown.
        self.compare(candidate.entry, &candidate.header, opened);
        match self.check_place(candidate.entry, &candidate.header) {
            Ok(()) => {}
            Err(NoPlace::Refused(why)) => return Err(why.into()),
            Err(NoPlace::Missing(parent)) => {
                if let Some(Control::Epoch(new)) = candidate.control() {
                    // What it waits for can be sealed under the very key that it brings.
                    self.learn_early(own, new);
                }
                return Err(NotLinked::Held(On::Entry(parent), candidate.held));
            }
        };
        if let Some(Control::Epoch(new)) = candidate.control()
            && self.base.is_some()
            && !new.seals.is_empty()
            && self.epoch_number(new.parent).is_none()
        {
            // A newcomer is given the older of two keys that they lack later than the newer, if two give them: perhaps under the newer.
            self.learn_early(own, new);
            return Err(NotLinked::Held(On::Epoch(new.parent), candidate.held));
        }
        let Candidate {
            held,
            entry,
            header,
            said,
            ..
        } = candidate;
        let here = Here {
            header: &header,
            entry,
            number: held.incoming.number,
        };
        let content = match said {
            Said::Control(control) => self.apply(own, here, &control, fresh).map(Content::Control),
            Said::Domain(Some(content)) => Ok(Content::Domain(content)),
            Said::Domain(None) => Ok(Content::Removed),
            Said::Unknown => Err(Refusal::TooNew),
        };
        self.note(held.envelope, here);
        let number = held.incoming.number;
        Ok(match content {
            Ok(content) => Outcome::Opened(Verified {
                entry,
                envelope: held.envelope,
                number,
                person: header.person,
                device: header.device,
                place: header.place,
                depth: header.depth,
                stamp: header.stamp,
                content,
            }),
            Err(why) => Outcome::Refused {
                envelope: held.envelope,
                number,
                why,
            },
        })
    }

    /// Holds what an entry's device was shown against what was shown here. Each entry gives the alarm once.
    fn compare(&mut self, entry: EntryId, header: &Header<'_>, opened: &mut Opened) {
        if let Some(witness) = header.witness
            && witness.number >= self.first
            && self.hash_at(witness.number) != Some(witness.running)
            && self.alarmed.insert(entry)
        {
            opened.alarms.push(Alarm::TwoPasts {
                number: witness.number,
                device: Some(header.device),
            });
        }
    }

    /// Without its device's key a signature cannot even be looked at: the device may be brought in by an entry that is still to come.
    fn unauthentic(&self, candidate: Candidate) -> NotLinked {
        let (device, number) = (candidate.header.device, candidate.held.incoming.number);
        let brings = candidate
            .control()
            .and_then(Control::brings)
            .map(|device| device.id());
        if self.devices.contains_key(&device) || brings == Some(device) {
            return Refusal::BadSignature.into();
        }
        // Of somebody who has left, another device may not have known it yet, and begun to speak here: its hello is closed out, too.
        let left = self
            .persons
            .get(&candidate.header.person)
            .is_some_and(|person| person.had_left(number));
        if left || self.revoked.contains_key(&(candidate.header.person, device)) {
            return Refusal::Closed.into();
        }
        if self.may_be_brought(&candidate.header) {
            NotLinked::Held(On::Device(device), candidate.held)
        } else {
            Refusal::UnknownDevice.into()
        }
    }

    /// Whether what makes an unknown device known may still be to come: it is below something that is not here, or this newcomer is told
    /// of it later, and by itself.
    fn may_be_brought(&self, header: &Header<'_>) -> bool {
        let prev = match header.place {
            Place::Chain { prev, .. } => prev,
            Place::Round(_) => None,
        };
        let mut parents = prev.into_iter().chain(header.heads.iter());
        self.base.is_some() || parents.any(|parent| !self.depths.contains_key(&parent))
    }

    /// Whether its author can be who it says, and can write here. The device that it speaks for first, if it does.
    fn check_author(&self, candidate: &Candidate) -> Result<Option<DevicePublic>, Refusal> {
        let header = &candidate.header;
        let number = candidate.held.incoming.number;
        match candidate.control() {
            Some(Control::Began { kind, person, cert }) => {
                let first = matches!(header.place, Place::Chain { seq: 0, .. });
                let fits = self.persons.is_empty() && *kind == self.kind && first;
                if !fits || person.id() != header.person {
                    return Err(Refusal::NotAllowed);
                }
                certified(cert, person, header.device).map(Some)
            }
            Some(Control::Hello { cert }) if speaks_for_itself(cert, header.device) => {
                let person = self.persons.get(&header.person).ok_or(Refusal::NotMember)?;
                let known = self.devices.get(&header.device);
                if known.is_some_and(|device| device.person != header.person) {
                    return Err(Refusal::UnknownDevice);
                }
                let closed = known.and_then(|device| device.closed);
                let revoked = self.revoked.get(&(header.person, header.device)).copied();
                let shut = closed
                    .filter(|closure| closure.revoked)
                    .into_iter()
                    .chain(revoked)
                    .any(|closure| closure.shuts_out(number));
                if person.had_left(number) || shut {
                    return Err(Refusal::Closed);
                }
                certified(cert, &person.public, header.device).map(Some)
            }
            Some(_) | None => {
                let person = self.persons.get(&header.person).ok_or(Refusal::NotMember)?;
                let unknown = if person.had_left(number) {
                    Refusal::Closed
                } else {
                    Refusal::UnknownDevice
                };
                let device = self.devices.get(&header.device).ok_or(unknown)?;
                if device.person != header.person {
                    return Err(Refusal::UnknownDevice);
                }
                if device.closed.is_some_and(|closure| closure.shuts_out(number)) {
                    Err(Refusal::Closed)
                } else {
                    Ok(None)
                }
            }
        }
    }

    /// Whether it continues its device's chain, and what it follows on is here.
    ///
    /// A newcomer cannot read everything that was written since they came: others may have written it before they heard of it. Where that is
    /// so, entries take their places with gaps between them; that nothing else was left out, the relay's numbers tell.
    fn check_place(&self, entry: EntryId, header: &Header<'_>) -> Result<(), NoPlace> {
        let mut deepest: Option<u64> = None;
        let mut missing: Option<EntryId> = None;
        let mut see = |id: EntryId| match self.depths.get(&id) {
            Some(depth) => deepest = deepest.max(Some(*depth)),
            None => missing = missing.or(Some(id)),
        };
        match header.place {
            Place::Chain { seq, prev } => {
                if prev.is_none() != (seq == 0) {
                    return Err(Refusal::Malformed.into());
                }
                self.check_chain(header.device, seq, prev)?;
                prev.into_iter().for_each(&mut see);
            }
            Place::Round(round) => {
                let other = self.statements.get(&(round, header.person));
                if other.is_some_and(|other| *other != entry) {
                    return Err(Refusal::Forked.into());
                }
            }
        }
        header.heads.iter().for_each(&mut see);
        if let Some(missing) = missing
            && !self.cannot_read_all()
        {
            return Err(NoPlace::Missing(missing));
        }
        let least = deepest.map_or(0, |depth| depth.saturating_add(1));
        if header.depth < least || (missing.is_none() && header.depth != least) {
            return Err(Refusal::WrongDepth.into());
        }
        Ok(())
    }

    /// Whether its place in its device's chain is free, and the one that follows on what it says.
    fn check_chain(&self, device: DeviceId, seq: u64, prev: Option<EntryId>) -> Result<(), Refusal> {
        if self.places.contains_key(&(device, seq)) {
            return Err(Refusal::Forked);
        }
        let state = self.devices.get(&device);
        let top = state.and_then(|state| state.top);
        let next = top.map_or(Some(0), |top| top.seq.checked_add(1));
        if next == Some(seq) {
            return match prev == top.map(|top| top.entry) {
                true => Ok(()),
                false => Err(Refusal::Forked),
            };
        }
        let before = state.and_then(|state| state.before);
        let filled = self.base.is_some() && before.is_none_or(|before| seq > before);
        if next.is_none_or(|next| seq < next) && !filled {
            return Err(Refusal::Forked);
        }
        // It leaves places out, or fills one: then the one before it cannot be one that has another place.
        let before = seq
            .checked_sub(1)
            .and_then(|before| self.places.get(&(device, before)));
        match (before, prev) {
            (Some(before), Some(prev)) if *before != prev => Err(Refusal::Forked),
            (None, Some(prev)) if self.depths.contains_key(&prev) => Err(Refusal::Malformed),
            (_, _) => Ok(()),
        }
    }

    /// Whether there can be something among what came in that this newcomer cannot read, or not yet.
    pub(super) fn cannot_read_all(&self) -> bool {
        self.base.is_some() && (self.hidden > self.base_unnumbered || self.waiting.epochs().next().is_some())
    }

    /// What is sealed to this device, if anything is: the key, or a false one.
    pub(super) fn own_seal(&self, own: &Device, new: &super::NewEpoch) -> Option<Result<EpochKey, Refusal>> {
        let device = own.public().id();
        let seal = new.seals.iter().find(|seal| seal.device == device)?;
        let key = own
            .open(&seal_info(self.space, new.number), &seal.sealed)
            .and_then(|key| EpochKey::from_bytes(&key))
            .filter(|key| key.epoch(self.space, new.number) == new.id);
        Some(key.ok_or(Refusal::NotAllowed))
    }

    fn note(&mut self, envelope: EnvelopeId, here: Here<'_>) {
        let Here {
            header,
            entry,
            number,
        } = here;
        self.envelopes.insert(envelope, entry);
        self.depths.insert(entry, header.depth);
        if number.is_none() {
            self.unnumbered.insert(entry);
        }
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
                    if device.top.is_none_or(|top| top.seq < seq) {
                        device.top = Some(Top { seq, entry });
                    }
                    if self.base.is_some() {
                        self.places.insert((header.device, seq), entry);
                    }
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
}

/// Whether a hello is of the very device that says it; else it introduces another.
fn speaks_for_itself(cert: &DeviceCert, device: DeviceId) -> bool {
    cert.claims().is_some_and(|claimed| claimed.id() == device)
}

fn certified(cert: &DeviceCert, person: &PersonPublic, device: DeviceId) -> Result<DevicePublic, Refusal> {
    match cert.verify(person) {
        Ok(public) if public.id() == device => Ok(public),
        Ok(_) | Err(_) => Err(Refusal::UnknownDevice),
    }
}
