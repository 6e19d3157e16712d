//! Candidates: envelopes that opened. Decrypted first, then authenticated from the heads of the chains down.

use std::collections::{HashMap, HashSet};

use super::Ledger;
use super::control::Control;
use super::outcome::{Incoming, Refusal};
use super::waiting::Held;
use crate::code;
use crate::cose::{self, Signed};
use crate::entry::{self, Header, Place, Unread};
use crate::ids::{DeviceId, EntryId, EnvelopeId, EpochId};
use crate::seal::envelope::{self, Head, NoHead, Unopened};

/// What an entry says, not believed yet.
pub(super) enum Said {
    /// Something of the domain, after its salt; none when it was removed.
    Domain(Option<Vec<u8>>),
    /// Something to the space.
    Control(Box<Control>),
    /// Something to the space that a later version understands.
    Unknown,
}

/// An envelope that opened, not believed yet.
pub(super) struct Candidate {
    pub(super) held: Held,
    pub(super) entry: EntryId,
    pub(super) header: Header<'static>,
    pub(super) said: Said,
    /// The COSE_Sign1 bytes, and where in them the header lies.
    signed: Vec<u8>,
    header_at: core::ops::Range<usize>,
    signature: [u8; 64],
}

impl Candidate {
    fn header_bytes(&self) -> &[u8] {
        self.signed.get(self.header_at.clone()).unwrap_or_default()
    }

    pub(super) fn control(&self) -> Option<&Control> {
        match &self.said {
            Said::Control(control) => Some(control),
            Said::Domain(_) | Said::Unknown => None,
        }
    }

    /// The epoch that it begins, or hands on the key of.
    pub(super) fn epoch(&self) -> Option<EpochId> {
        match self.control()? {
            Control::Epoch(new) => Some(new.id),
            Control::Began { .. }
            | Control::Hello { .. }
            | Control::Admit { .. }
            | Control::Introduce { .. }
            | Control::Leave
            | Control::Revoke { .. } => None,
        }
    }

    pub(super) fn is_signed_by(&self, key: &[u8; 32]) -> bool {
        cose::verifies(key, self.header.purpose(), self.header_bytes(), &self.signature)
    }

    fn is_statement(&self) -> bool {
        matches!(self.header.place, Place::Round(_))
    }
}

/// What decrypting an envelope came to.
#[expect(clippy::large_enum_variant, reason = "nearly every one is the large one")]
pub(super) enum Decrypted {
    Candidate(Candidate),
    /// The key of this epoch is not here.
    NoKey(EpochId, Held),
    /// It is from before this person's time.
    Past,
    Refused(Refusal),
}

impl Ledger {
    pub(super) fn decrypt(&self, held: Held) -> Decrypted {
        let Incoming { envelope, .. } = &held.incoming;
        let head = match Head::parse(&envelope.head) {
            Ok(head) => head,
            Err(NoHead::TooNew) => return Decrypted::Refused(Refusal::TooNew),
            Err(NoHead::Malformed) => return Decrypted::Refused(Refusal::Malformed),
        };
        if head.space != self.space {
            return Decrypted::Refused(Refusal::WrongSpace);
        }
        let epoch = head.epoch;
        let Some(key) = self.key(epoch) else {
            return if self.past.contains_key(&epoch) {
                Decrypted::Past
            } else {
                Decrypted::NoKey(epoch, held)
            };
        };
        let opened = match envelope::open(&head, &envelope.payload, key) {
            Ok(opened) => opened,
            Err(Unopened::Commitment) => return Decrypted::Refused(Refusal::BadCommitment),
            Err(Unopened::Cipher) => return Decrypted::Refused(Refusal::Undecryptable),
            Err(Unopened::Padding) => return Decrypted::Refused(Refusal::BadPadding),
        };
        match self.read(epoch, held, opened) {
            Ok(candidate) => Decrypted::Candidate(candidate),
            Err(why) => Decrypted::Refused(why),
        }
    }

    fn read(&self, epoch: EpochId, held: Held, opened: envelope::Opened) -> Result<Candidate, Refusal> {
        let signed = Signed::parse(&opened.header).ok_or(Refusal::Malformed)?;
        let header = Header::parse(signed.payload).map_err(|unread| match unread {
            Unread::TooNew => Refusal::TooNew,
            Unread::Malformed => Refusal::Malformed,
        })?;
        if header.space != self.space {
            return Err(Refusal::WrongSpace);
        }
        if header.epoch != epoch {
            return Err(Refusal::WrongEpoch);
        }
        if let Some(payload) = &opened.payload {
            let content = payload.len().checked_sub(entry::SALT_BYTES);
            let whole = content.is_some_and(|len| u32::try_from(len) == Ok(header.payload_len));
            if !whole || entry::payload_hash(&[payload]) != header.payload_hash {
                return Err(Refusal::WrongPayload);
            }
        }
        let statement = matches!(header.place, Place::Round(_));
        let said = match header.control {
            Some(_) if header.payload_len != 0 || statement => return Err(Refusal::Malformed),
            Some(control) => match code::decode(control) {
                Some(control) => Said::Control(Box::new(control)),
                None => Said::Unknown,
            },
            None => Said::Domain(opened.payload.map(|mut payload| {
                payload.drain(..entry::SALT_BYTES);
                payload
            })),
        };
        Ok(Candidate {
            held,
            entry: entry::entry_id(header.purpose(), signed.payload),
            said,
            header_at: signed.at..signed.at + signed.payload.len(),
            signature: signed.signature(),
            header: header.without_control(),
            signed: opened.header,
        })
    }

    /// From the heads down: a device's signature under its last entry vouches for everything that hangs below it, and for the statements that
    /// its chain names. Where one does not verify, the entry before it is tried.
    pub(super) fn authenticate(&self, stretch: &mut [Candidate]) {
        // A device's name is the hash of its keys: a claimed certificate is enough to check a signature by; whose device it is is
        // checked when it is linked.
        let brought: HashMap<DeviceId, [u8; 32]> = stretch
            .iter()
            .filter_map(|candidate| candidate.control()?.brings())
            .map(|device| (device.id(), device.signing))
            .collect();
        let key_of = |device: &DeviceId| match self.devices.get(device) {
            Some(known) => Some(known.public.signing),
            None => brought.get(device).copied(),
        };
        let mut order: Vec<(u64, usize)> = stretch
            .iter()
            .enumerate()
            .filter_map(|(at, candidate)| match candidate.header.place {
                Place::Chain { seq, .. } => Some((seq, at)),
                Place::Round(_) => None,
            })
            .collect();
        order.sort_unstable_by(|a, b| b.cmp(a));
        let statements = stretch.len() > order.len();
        // What each device's chain vouches for next. Only what was read and found good puts something in here.
        let mut below: HashMap<DeviceId, HashSet<EntryId>> = HashMap::new();
        let mut named: HashSet<(DeviceId, EntryId)> = HashSet::new();
        for (_, at) in order {
            let Some(candidate) = stretch.get_mut(at) else {
                continue;
            };
            let device = candidate.header.device;
            let vouched = below.entry(device).or_default();
            candidate.held.authentic = candidate.held.authentic
                || vouched.remove(&candidate.entry)
                || key_of(&device).is_some_and(|key| candidate.is_signed_by(&key));
            if !candidate.held.authentic {
                continue;
            }
            if let Place::Chain { prev: Some(prev), .. } = candidate.header.place {
                vouched.insert(prev);
            }
            if statements {
                named.extend(candidate.header.heads.iter().map(|head| (device, head)));
            }
        }
        for candidate in stretch
            .iter_mut()
            .filter(|it| it.is_statement() && !it.held.authentic)
        {
            let device = candidate.header.device;
            candidate.held.authentic = named.contains(&(device, candidate.entry))
                || key_of(&device).is_some_and(|key| candidate.is_signed_by(&key));
        }
    }
}

impl From<(Incoming, EnvelopeId)> for Held {
    fn from((incoming, envelope): (Incoming, EnvelopeId)) -> Self {
        Self {
            incoming,
            envelope,
            authentic: false,
            reported: false,
        }
    }
}
