//! Opening envelopes: decrypted, then authenticated from the heads down, then linked in their order.

use std::collections::{HashMap, HashSet};

use super::Ledger;
use super::control::Control;
use crate::code;
use crate::cose::{self, Signed};
use crate::entry::{self, Header, Place, Stamp, Unread};
use crate::hash::hash;
use crate::identity::{Device, PersonPublic};
use crate::ids::{DeviceId, EntryId, EnvelopeId, PersonId};
use crate::purpose::Purpose;
use crate::seal::envelope::{self, Envelope, Head, Unopened};

/// How many envelopes can wait for something.
const MAX_HELD: usize = 4096;

/// An envelope coming in: from the relay with its number, or from this device itself.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its number in the space.
    pub number: Option<u64>,
    /// As it came.
    pub envelope: Envelope,
}

/// What opening a batch came to.
#[derive(Debug, Default)]
pub struct Opened {
    /// One for each envelope, and for those that had been held and now came through.
    pub outcomes: Vec<Outcome>,
    /// What a person should hear of.
    pub alarms: Vec<Alarm>,
}

/// What became of an envelope.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly every one is the large one")]
pub enum Outcome {
    /// It is what it claims to be.
    Opened(Verified),
    /// It was here before.
    Known {
        /// Its number, if it has one now.
        number: Option<u64>,
        /// The entry.
        entry: EntryId,
        /// The envelope.
        envelope: EnvelopeId,
    },
    /// It waits in here.
    Held {
        /// The envelope.
        envelope: EnvelopeId,
        /// What for.
        why: HeldWhy,
    },
    /// It is from before this person's time.
    Hidden {
        /// Its number.
        number: Option<u64>,
    },
    /// It is not to be believed.
    Refused {
        /// The envelope.
        envelope: EnvelopeId,
        /// Its number.
        number: Option<u64>,
        /// Why.
        why: Refusal,
    },
}

/// What an envelope waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldWhy {
    /// Entries that it follows on.
    Parents,
    /// The key of its epoch.
    Epoch,
}

/// Why an envelope was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no envelope, or no entry.
    #[error("malformed")]
    Malformed,
    /// It is of a later version.
    #[error("of a later version")]
    TooNew,
    /// It belongs to another space.
    #[error("of another space")]
    WrongSpace,
    /// It was sealed under another key than the one it names.
    #[error("it does not commit to this key")]
    BadCommitment,
    /// It was altered on the way.
    #[error("altered")]
    Undecryptable,
    /// Its padding is not the one there is.
    #[error("wrongly padded")]
    BadPadding,
    /// The entry inside says another epoch.
    #[error("of another epoch")]
    WrongEpoch,
    /// The payload is not the one that was signed.
    #[error("not the signed payload")]
    WrongPayload,
    /// The signature is not its device's.
    #[error("the signature does not verify")]
    BadSignature,
    /// Its person is no member.
    #[error("by somebody who is no member")]
    NotMember,
    /// Its device is unknown, or somebody else's.
    #[error("by an unknown device")]
    UnknownDevice,
    /// Its device was revoked, or its person had left.
    #[error("by a device that is closed")]
    Closed,
    /// Another entry stands at its place in the chain, or for this round.
    #[error("something else stands at its place")]
    Forked,
    /// It is not as deep as it must be.
    #[error("out of depth")]
    WrongDepth,
    /// It does to the space what its author cannot do.
    #[error("not allowed")]
    NotAllowed,
    /// There is no number, or not the next one.
    #[error("out of number")]
    Gap,
    /// Too much waits already.
    #[error("too much waits")]
    Overfull,
}

impl Refusal {
    /// Whether a later version of this program might take it.
    #[must_use]
    pub fn is_too_new(self) -> bool {
        self == Self::TooNew
    }
}

/// Something that a person should hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// What the relay shows here and what it showed to this entry's device are two different pasts.
    TwoPasts {
        /// At this number.
        number: u64,
        /// Whose entry says so; none when the relay contradicts itself.
        device: Option<DeviceId>,
    },
}

/// What a verified entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Something of the domain.
    Domain(Vec<u8>),
    /// Its author had the payload removed.
    Removed,
    /// Something happened to the space itself.
    Control(Happened),
}

/// What happened to a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It began, with its author as first member.
    Began,
    /// A further device of its author spoke.
    Hello,
    /// Somebody was let in.
    Admitted(PersonPublic),
    /// There is a new epoch.
    Rekeyed {
        /// Its number.
        number: u64,
    },
    /// Its author left.
    Left,
    /// A device of its author's is closed.
    Revoked(DeviceId),
}

/// An entry that is what it claims to be. Only [`Ledger::open`] makes one.
#[derive(Clone, Debug)]
pub struct Verified {
    pub(super) entry: EntryId,
    pub(super) envelope: EnvelopeId,
    pub(super) number: Option<u64>,
    pub(super) person: PersonId,
    pub(super) device: DeviceId,
    pub(super) place: Place,
    pub(super) depth: u64,
    pub(super) stamp: Stamp,
    pub(super) content: Content,
}

impl Verified {
    /// The entry.
    #[must_use]
    pub fn entry(&self) -> EntryId {
        self.entry
    }

    /// The envelope that it came in.
    #[must_use]
    pub fn envelope(&self) -> EnvelopeId {
        self.envelope
    }

    /// Its number, if the relay has given it one.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.number
    }

    /// Who wrote it.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// On which device.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// How deep it lies: more than everything that its device had seen.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.depth
    }

    /// When, by its device's clock.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// What it says.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }
}

/// An envelope that opened, not believed yet.
pub(super) struct Candidate {
    pub(super) incoming: Incoming,
    pub(super) envelope: EnvelopeId,
    pub(super) entry: EntryId,
    /// The COSE_Sign1 bytes; `header` says where in them the header lies.
    signed: Vec<u8>,
    header: core::ops::Range<usize>,
    signature: [u8; 64],
    purpose: Purpose,
    pub(super) control: Option<Control>,
    pub(super) payload: Option<Vec<u8>>,
    pub(super) device: DeviceId,
    pub(super) place: Place,
    pub(super) authentic: bool,
}

impl Candidate {
    /// The header as received. It was read once before: it reads again.
    pub(super) fn header(&self) -> Result<Header<'_>, Refusal> {
        Header::parse(self.header_bytes()).map_err(|_| Refusal::Malformed)
    }

    fn header_bytes(&self) -> &[u8] {
        self.signed.get(self.header.clone()).unwrap_or_default()
    }
}

/// What decrypting an envelope came to.
enum Decrypted {
    Candidate(Box<Candidate>),
    NoKey(Incoming),
    Past,
    Refused(Refusal),
}

impl Ledger {
    /// Takes envelopes in. A signature is checked for the last entry of each device in a batch; what hangs below it by hash is
    /// authentic with it.
    pub fn open(&mut self, own: &Device, batch: Vec<Incoming>) -> Opened {
        let mut opened = Opened::default();
        let numbered = self.number_all(batch, &mut opened);
        let mut progress = self.take(own, numbered, &mut opened);
        // Whatever waited may follow on what came, or be sealed under a key that came.
        while progress && !self.held.is_empty() {
            let held = core::mem::take(&mut self.held);
            let before = held.len();
            let mut again = Opened::default();
            progress = self.take(own, held, &mut again);
            again
                .outcomes
                .retain(|outcome| !matches!(outcome, Outcome::Held { .. }));
            opened.outcomes.append(&mut again.outcomes);
            opened.alarms.append(&mut again.alarms);
            progress &= self.held.len() < before;
        }
        opened
    }

    /// Follows the relay's numbers: each must be the next, or one that was here before with the same envelope.
    fn number_all(&mut self, batch: Vec<Incoming>, opened: &mut Opened) -> Vec<(Incoming, EnvelopeId)> {
        let mut next = Vec::with_capacity(batch.len());
        for incoming in batch {
            let envelope = incoming.envelope.id();
            match incoming.number {
                None => next.push((incoming, envelope)),
                Some(number) if number == self.number() + 1 => {
                    self.running.push(running(&self.running(), number, envelope));
                    next.push((incoming, envelope));
                }
                Some(number) if number <= self.number() => {
                    if self.hash_at(number)
                        == self
                            .hash_at(number - 1)
                            .map(|before| running(&before, number, envelope))
                    {
                        let entry = self.envelopes.get(&envelope).copied();
                        opened.outcomes.extend(entry.map(|entry| Outcome::Known {
                            number: Some(number),
                            entry,
                            envelope,
                        }));
                    } else if number > self.first {
                        opened.alarms.push(Alarm::TwoPasts { number, device: None });
                        let why = Refusal::Gap;
                        opened.outcomes.push(Outcome::Refused {
                            envelope,
                            number: Some(number),
                            why,
                        });
                    }
                }
                Some(number) => {
                    opened.outcomes.push(Outcome::Refused {
                        envelope,
                        number: Some(number),
                        why: Refusal::Gap,
                    });
                }
            }
        }
        next
    }

    /// The running hash at a number, as far as this device's past reaches.
    pub(super) fn hash_at(&self, number: u64) -> Option<[u8; 32]> {
        let at = number
            .checked_sub(self.first)
            .and_then(|at| usize::try_from(at).ok())?;
        self.running.get(at).copied()
    }

    /// Decrypts, authenticates and links, stretch by stretch: a stretch ends where an envelope needs a key that an entry before it
    /// brings. Says whether anything new came through.
    fn take(
        &mut self,
        own: &Device,
        batch: impl IntoIterator<Item = impl Into<Waiting>>,
        opened: &mut Opened,
    ) -> bool {
        let mut progress = false;
        let mut rest: std::collections::VecDeque<Waiting> = batch.into_iter().map(Into::into).collect();
        while !rest.is_empty() {
            let mut stretch: Vec<Candidate> = Vec::with_capacity(rest.len());
            let mut blocked = None;
            while let Some(Waiting { incoming, envelope }) = rest.pop_front() {
                let number = incoming.number;
                if let Some(entry) = self.envelopes.get(&envelope).copied() {
                    opened.outcomes.push(Outcome::Known {
                        number,
                        entry,
                        envelope,
                    });
                    continue;
                }
                match self.decrypt(incoming, envelope) {
                    Decrypted::Candidate(candidate) => stretch.push(*candidate),
                    Decrypted::Past => {
                        self.hidden += 1;
                        opened.outcomes.push(Outcome::Hidden { number });
                    }
                    Decrypted::Refused(why) => opened.outcomes.push(Outcome::Refused {
                        envelope,
                        number,
                        why,
                    }),
                    Decrypted::NoKey(incoming) => {
                        blocked = Some(Waiting { incoming, envelope });
                        break;
                    }
                }
            }
            self.authenticate(&mut stretch);
            let linked = !stretch.is_empty() && self.link_all(own, stretch, opened);
            progress |= linked;
            match blocked {
                // A key may have come in this very stretch.
                Some(waiting) if linked => rest.push_front(waiting),
                Some(Waiting { incoming, envelope }) => self.hold(incoming, envelope, HeldWhy::Epoch, opened),
                None => {}
            }
        }
        progress
    }

    pub(super) fn hold(
        &mut self,
        incoming: Incoming,
        envelope: EnvelopeId,
        why: HeldWhy,
        opened: &mut Opened,
    ) {
        if self.held.len() < MAX_HELD {
            self.held.push(incoming);
            opened.outcomes.push(Outcome::Held { envelope, why });
        } else {
            let (number, why) = (incoming.number, Refusal::Overfull);
            opened.outcomes.push(Outcome::Refused {
                envelope,
                number,
                why,
            });
        }
    }

    fn decrypt(&self, incoming: Incoming, envelope: EnvelopeId) -> Decrypted {
        let Some(head) = parse_head(&incoming.envelope.head) else {
            return Decrypted::Refused(Refusal::Malformed);
        };
        let head = match head {
            Ok(head) => head,
            Err(why) => return Decrypted::Refused(why),
        };
        if head.space != self.space {
            return Decrypted::Refused(Refusal::WrongSpace);
        }
        let Some(epoch) = self.epochs.get(&head.epoch) else {
            return if self.past.contains(&head.epoch) {
                Decrypted::Past
            } else {
                Decrypted::NoKey(incoming)
            };
        };
        let named = head.epoch;
        let opened = match envelope::open(&head, &incoming.envelope.payload, &epoch.key) {
            Ok(opened) => opened,
            Err(Unopened::Commitment) => return Decrypted::Refused(Refusal::BadCommitment),
            Err(Unopened::Cipher) => return Decrypted::Refused(Refusal::Undecryptable),
            Err(Unopened::Padding) => return Decrypted::Refused(Refusal::BadPadding),
        };
        let Some(signed) = Signed::parse(&opened.header) else {
            return Decrypted::Refused(Refusal::Malformed);
        };
        let (bytes, signature) = (signed.payload, signed.signature());
        // The header ends right before the signature: its head byte pair and 64 bytes.
        let end = opened.header.len().saturating_sub(66);
        let range = end.saturating_sub(bytes.len())..end;
        let header = match Header::parse(bytes) {
            Ok(header) => header,
            Err(Unread::TooNew) => return Decrypted::Refused(Refusal::TooNew),
            Err(Unread::Malformed) => return Decrypted::Refused(Refusal::Malformed),
        };
        if header.space != self.space {
            return Decrypted::Refused(Refusal::WrongSpace);
        }
        if header.epoch != named {
            return Decrypted::Refused(Refusal::WrongEpoch);
        }
        if let Some(payload) = &opened.payload {
            let content = payload.len().checked_sub(entry::SALT_BYTES);
            let whole = content.is_some_and(|len| u32::try_from(len) == Ok(header.payload_len));
            if !whole || entry::payload_hash(&[payload]) != header.payload_hash {
                return Decrypted::Refused(Refusal::WrongPayload);
            }
        }
        let control = match header.control.map(code::decode::<Control>) {
            Some(None) => return Decrypted::Refused(Refusal::TooNew),
            Some(Some(_)) if header.payload_len != 0 || matches!(header.place, Place::Round(_)) => {
                return Decrypted::Refused(Refusal::Malformed);
            }
            control => control.flatten(),
        };
        let purpose = header.purpose();
        let (device, place, entry) = (header.device, header.place, entry::entry_id(purpose, bytes));
        Decrypted::Candidate(Box::new(Candidate {
            incoming,
            envelope,
            entry,
            header: range,
            signature,
            purpose,
            control,
            payload: opened.payload,
            device,
            place,
            authentic: false,
            signed: opened.header,
        }))
    }

    /// From the heads down: a device's signature under its last entry vouches for everything that hangs below it, and for the statements that
    /// its chain names. Where one does not verify, the entry before it is tried.
    fn authenticate(&self, stretch: &mut [Candidate]) {
        // A device's name is the hash of its keys: a claimed certificate is enough to check a signature by; whose device it is is
        // checked when it is linked.
        let mut keys: HashMap<DeviceId, [u8; 32]> = self
            .devices
            .iter()
            .map(|(id, device)| (*id, device.public.signing))
            .collect();
        for brought in stretch
            .iter()
            .filter_map(|candidate| candidate.control.as_ref()?.brings())
        {
            keys.insert(brought.id(), brought.signing);
        }
        let mut order: Vec<usize> = (0..stretch.len())
            .filter(|at| matches!(stretch[*at].place, Place::Chain { .. }))
            .collect();
        order.sort_by_key(|at| match stretch[*at].place {
            Place::Chain { seq, .. } => core::cmp::Reverse(seq),
            Place::Round(_) => core::cmp::Reverse(0),
        });
        let mut vouched: HashSet<(DeviceId, EntryId)> = HashSet::with_capacity(stretch.len());
        let statements = stretch.len() - order.len();
        for at in order {
            let candidate = &mut stretch[at];
            let device = candidate.device;
            candidate.authentic = vouched.contains(&(device, candidate.entry)) || signed_by(candidate, &keys);
            if !candidate.authentic {
                continue;
            }
            if let Place::Chain { prev: Some(prev), .. } = candidate.place {
                vouched.insert((device, prev));
            }
            if statements > 0
                && let Ok(header) = stretch[at].header()
            {
                vouched.extend(header.heads.iter().map(|head| (device, head)));
            }
        }
        for candidate in stretch
            .iter_mut()
            .filter(|it| matches!(it.place, Place::Round(_)))
        {
            candidate.authentic =
                vouched.contains(&(candidate.device, candidate.entry)) || signed_by(candidate, &keys);
        }
    }
}

fn signed_by(candidate: &Candidate, keys: &HashMap<DeviceId, [u8; 32]>) -> bool {
    keys.get(&candidate.device).is_some_and(|key| {
        cose::verifies(
            key,
            candidate.purpose,
            candidate.header_bytes(),
            &candidate.signature,
        )
    })
}

fn running(before: &[u8; 32], number: u64, envelope: EnvelopeId) -> [u8; 32] {
    hash(
        Purpose::Running,
        &[before, &number.to_be_bytes(), envelope.as_bytes()],
    )
}

/// The head, or why it is none; none of both when it is not even an array with a version.
fn parse_head(bytes: &[u8]) -> Option<Result<Head<'_>, Refusal>> {
    let mut decoder = minicbor::Decoder::new(bytes);
    decoder.array().ok()?;
    match decoder.u32().ok()? {
        envelope::VERSION => Some(code::decode(bytes).ok_or(Refusal::Malformed)),
        version if version > envelope::VERSION => Some(Err(Refusal::TooNew)),
        _ => None,
    }
}

/// An envelope and its name.
struct Waiting {
    incoming: Incoming,
    envelope: EnvelopeId,
}

impl From<(Incoming, EnvelopeId)> for Waiting {
    fn from((incoming, envelope): (Incoming, EnvelopeId)) -> Self {
        Self { incoming, envelope }
    }
}

impl From<Incoming> for Waiting {
    fn from(incoming: Incoming) -> Self {
        let envelope = incoming.envelope.id();
        Self { incoming, envelope }
    }
}
