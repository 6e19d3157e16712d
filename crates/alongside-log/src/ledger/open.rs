//! Opening: envelopes are numbered, decrypted, authenticated and linked, and what waited for them after them.

use std::collections::{BTreeSet, VecDeque};

use super::Ledger;
use super::candidate::{Candidate, Decrypted};
use super::control::Control;
use super::link::NotLinked;
use super::outcome::{Alarm, Incoming, Opened, Outcome, Refusal};
use super::waiting::{Held, On};
use crate::hash::hash;
use crate::identity::Device;
use crate::ids::{EntryId, EnvelopeId, EpochId};
use crate::purpose::Purpose;

impl Ledger {
    /// Takes envelopes in. A signature is checked for the last entry of each device in a batch; what hangs below it by hash is
    /// authentic with it.
    pub fn open(&mut self, own: &Device, batch: Vec<Incoming>) -> Opened {
        let mut opened = Opened::default();
        self.own.get_or_insert_with(|| own.public().id());
        let before = self.what_explains_gaps();
        // Keys that came out of the vault since the last time.
        let came: Vec<EpochId> = self
            .waiting
            .epochs()
            .filter(|id| self.key(*id).is_some() || self.past.contains_key(id))
            .collect();
        for id in came {
            let woken = self.revive(On::Epoch(id), &mut opened);
            self.settle(own, woken, &mut opened);
        }
        let numbered = self.number_all(batch, &mut opened);
        self.take(own, numbered, &mut opened);
        if self.what_explains_gaps() != before && !self.waiting.is_empty() {
            let held = self.waiting.wake_linked();
            let woken = self.read_again(held, &mut opened);
            self.settle(own, woken, &mut opened);
        }
        opened
    }

    /// A newcomer's: when this changes, gaps may be explained that were not before.
    fn what_explains_gaps(&self) -> (u64, bool) {
        (self.hidden, self.cannot_read_all())
    }

    /// Follows the relay's numbers: each must be the next, or one that was here before with the same envelope.
    fn number_all(&mut self, batch: Vec<Incoming>, opened: &mut Opened) -> Vec<Held> {
        let mut next = Vec::with_capacity(batch.len());
        self.running.reserve(batch.len());
        for incoming in batch {
            let envelope = incoming.envelope.id();
            let Some(number) = incoming.number else {
                next.push(Held::from((incoming, envelope)));
                continue;
            };
            if Some(number) == self.number().checked_add(1) {
                self.running.push(running(&self.running(), number, envelope));
                next.push(Held::from((incoming, envelope)));
            } else if number > self.number() || number == 0 {
                opened.refuse(envelope, Some(number), Refusal::Gap);
            } else {
                self.see_again(number, envelope, opened);
            }
        }
        next
    }

    /// A number that was here before: with the same envelope, or the relay contradicts itself. What it said of a time before a newcomer's
    /// cannot be compared.
    fn see_again(&self, number: u64, envelope: EnvelopeId, opened: &mut Opened) {
        let before = number.checked_sub(1).and_then(|before| self.hash_at(before));
        let entry = self.envelopes.get(&envelope).copied();
        let same =
            before.is_none_or(|before| self.hash_at(number) == Some(running(&before, number, envelope)));
        if same {
            opened.outcomes.extend(entry.map(|entry| Outcome::Known {
                number: Some(number),
                entry,
                envelope,
            }));
        } else {
            opened.alarms.push(Alarm::TwoPasts { number, device: None });
            opened.refuse(envelope, Some(number), Refusal::Gap);
        }
    }

    /// Decrypts, authenticates and links, stretch by stretch: a stretch ends where an envelope needs a key that an entry before it
    /// brings.
    fn take(&mut self, own: &Device, batch: Vec<Held>, opened: &mut Opened) {
        opened.outcomes.reserve(batch.len());
        let mut rest = batch.into_iter();
        let mut blocked: Option<Held> = None;
        loop {
            let mut stretch: Vec<Candidate> = Vec::with_capacity(rest.len());
            let mut needs: Option<(EpochId, Held)> = None;
            // Epochs that begin, or whose keys are handed on, in this stretch.
            let mut brought: BTreeSet<EpochId> = BTreeSet::new();
            while let Some(held) = blocked.take().or_else(|| rest.next()) {
                if let Some(known) = self.known(&held) {
                    opened.outcomes.push(known);
                    continue;
                }
                match self.decrypt_counted(held, opened) {
                    Some(Decrypted::Candidate(candidate)) => {
                        brought.extend(candidate.epoch());
                        stretch.push(candidate);
                    }
                    Some(Decrypted::NoKey(epoch, held)) if brought.contains(&epoch) => {
                        needs = Some((epoch, held));
                        break;
                    }
                    Some(Decrypted::NoKey(epoch, held)) => self.hold(On::Epoch(epoch), held, opened),
                    Some(Decrypted::Past | Decrypted::Refused(_)) | None => {}
                }
            }
            self.authenticate(&mut stretch);
            self.settle(own, stretch, opened);
            match needs {
                None => return,
                Some((epoch, held)) if self.key(epoch).is_none() && !self.past.contains_key(&epoch) => {
                    self.hold(On::Epoch(epoch), held, opened);
                }
                Some((_, held)) => blocked = Some(held),
            }
        }
    }

    /// Decrypts one, and reports it where that is the end of it.
    fn decrypt_counted(&mut self, held: Held, opened: &mut Opened) -> Option<Decrypted> {
        let (envelope, number) = (held.envelope, held.incoming.number);
        match self.decrypt(held) {
            Decrypted::Past => {
                self.hidden += 1;
                opened.outcomes.push(Outcome::Hidden { number });
                None
            }
            Decrypted::Refused(why) => {
                opened.refuse(envelope, number, why);
                None
            }
            other @ (Decrypted::Candidate(_) | Decrypted::NoKey(..)) => Some(other),
        }
    }

    /// An envelope whose entry has its place already. This device's own get their numbers in this way.
    fn known(&mut self, held: &Held) -> Option<Outcome> {
        let entry = self.envelopes.get(&held.envelope).copied()?;
        Some(self.known_as(entry, held))
    }

    fn known_as(&mut self, entry: EntryId, held: &Held) -> Outcome {
        let number = held.incoming.number;
        if let Some(number) = number {
            self.numbered(entry, number);
        }
        Outcome::Known {
            number,
            entry,
            envelope: held.envelope,
        }
    }

    /// One of this device's own entries has its number now, and so has what it did.
    fn numbered(&mut self, entry: EntryId, number: u64) {
        if !self.unnumbered.remove(&entry) {
            return;
        }
        let closures = self
            .devices
            .values_mut()
            .filter_map(|device| device.closed.as_mut())
            .chain(self.revoked.values_mut())
            .chain(
                self.persons
                    .values_mut()
                    .filter_map(|person| person.left.as_mut()),
            );
        for closure in closures.filter(|closure| closure.by == entry) {
            closure.at = Some(number);
        }
        let heard = self
            .devices
            .values_mut()
            .flat_map(|device| device.heard.marks.values_mut());
        let begun = self.epochs.values_mut().filter_map(|epoch| epoch.mark.as_mut());
        let keyless = self.keyless.values_mut().map(|epoch| &mut epoch.beginning.mark);
        for mark in heard
            .chain(begun)
            .chain(keyless)
            .filter(|mark| mark.entry == entry)
        {
            mark.number = Some(number);
        }
    }

    fn hold(&mut self, on: On, held: Held, opened: &mut Opened) {
        let (envelope, number, reported) = (held.envelope, held.incoming.number, held.reported);
        let held = Held {
            reported: true,
            ..held
        };
        if !self.waiting.hold(on, held) {
            opened.refuse(envelope, number, Refusal::Overfull);
        } else if !reported {
            let why = on.why();
            opened.outcomes.push(Outcome::Held { envelope, why });
        }
    }

    /// Links candidates in their order; behind each what waited for it, before the next: the order in which things take their places does
    /// not depend on how they were batched.
    fn settle(&mut self, own: &Device, stretch: Vec<Candidate>, opened: &mut Opened) {
        let mut woken: VecDeque<Candidate> = VecDeque::new();
        for candidate in stretch {
            let mut next = Some(candidate);
            while let Some(candidate) = next {
                for on in self.settle_one(own, candidate, opened) {
                    woken.extend(self.revive(on, opened));
                }
                next = woken.pop_front();
            }
        }
    }

    /// Links one. Says what may wake by it.
    fn settle_one(&mut self, own: &Device, candidate: Candidate, opened: &mut Opened) -> Vec<On> {
        let (envelope, entry) = (candidate.held.envelope, candidate.entry);
        let number = candidate.held.incoming.number;
        if self.depths.contains_key(&entry) {
            self.envelopes.insert(envelope, entry);
            let known = self.known_as(entry, &candidate.held);
            opened.outcomes.push(known);
            return Vec::new();
        }
        let brings = candidate.control().and_then(Control::brings);
        let person = candidate.control().and_then(Control::person);
        let epoch = candidate.epoch();
        match self.link(own, candidate, opened) {
            Ok(outcome) => opened.outcomes.push(outcome),
            Err(NotLinked::Held(on, held)) => self.hold(on, held, opened),
            Err(NotLinked::Refused(why)) => opened.refuse(envelope, number, why),
        }
        if self.waiting.is_empty() {
            return Vec::new();
        }
        let linked = self.depths.contains_key(&entry).then_some(On::Entry(entry));
        let brought = brings.map(|device| device.id());
        let brought = brought.filter(|device| self.devices.contains_key(device));
        let person = person.filter(|person| self.persons.contains_key(person));
        let epoch = epoch.filter(|epoch| self.epoch_number(*epoch).is_some());
        linked
            .into_iter()
            .chain(person.map(On::Person))
            .chain(brought.map(On::Device))
            .chain(epoch.map(On::Epoch))
            .collect()
    }

    /// What waited for this, ready to be linked.
    fn revive(&mut self, on: On, opened: &mut Opened) -> Vec<Candidate> {
        let held = self.waiting.wake(on);
        self.read_again(held, opened)
    }

    fn read_again(&mut self, held: Vec<Held>, opened: &mut Opened) -> Vec<Candidate> {
        let mut candidates = Vec::with_capacity(held.len());
        for held in held {
            match self.decrypt_counted(held, opened) {
                Some(Decrypted::Candidate(candidate)) => candidates.push(candidate),
                Some(Decrypted::NoKey(epoch, held)) => self.hold(On::Epoch(epoch), held, opened),
                Some(Decrypted::Past | Decrypted::Refused(_)) | None => {}
            }
        }
        self.authenticate(&mut candidates);
        candidates
    }
}

pub(super) fn running(before: &[u8; 32], number: u64, envelope: EnvelopeId) -> [u8; 32] {
    hash(
        Purpose::Running,
        &[before, &number.to_be_bytes(), envelope.as_bytes()],
    )
}
