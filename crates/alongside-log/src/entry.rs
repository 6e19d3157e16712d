//! The header of an entry: who wrote it, where it stands, what it follows on. The payload lies beside it.

use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::hash::hash;
use crate::ids::{DeviceId, EntryId, EpochId, PersonId, RoundId, SpaceId};
use crate::purpose::Purpose;

/// The version of entries that are written here.
pub(crate) const VERSION: u32 = 1;
/// How many other heads an entry can name.
pub const MAX_HEADS: usize = 8;

/// When it was written, by its device's clock, and a counter for entries of the same moment. For display alone: no rule trusts
/// it, and no entry is refused for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Stamp {
    /// Milliseconds since 1970 (UTC).
    #[n(0)]
    pub wall_ms: i64,
    /// Rises while the clock does not.
    #[n(1)]
    pub counter: u16,
}

/// How far the relay's numbering had come for the writing device, and the running hash there. Two members with different hashes at one
/// number hold proof that the relay showed two pasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Witness {
    /// The last number seen.
    #[n(0)]
    pub number: u64,
    /// The running hash at that number.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub running: [u8; 32],
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In its device's chain.
    Chain {
        /// 0, 1, 2 …
        seq: u64,
        /// The one before; none for the first.
        prev: Option<EntryId>,
    },
    /// Alone, for a round.
    Round(RoundId),
}

impl<C> Encode<C> for Place {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Chain { seq, prev } => {
                e.array(3)?.u8(0)?.u64(*seq)?;
                prev.encode(e, ctx)
            }
            Self::Round(round) => {
                e.array(2)?.u8(1)?;
                round.encode(e, ctx)
            }
        }
    }
}

impl<'b, C> Decode<'b, C> for Place {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, DecodeError> {
        match (d.array()?, d.u8()?) {
            (Some(3), 0) => Ok(Self::Chain {
                seq: d.u64()?,
                prev: Option::decode(d, ctx)?,
            }),
            (Some(2), 1) => Ok(Self::Round(RoundId::decode(d, ctx)?)),
            _ => Err(DecodeError::message("no such place")),
        }
    }
}

/// The other heads that a device had seen: up to eight, in the order of their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heads {
    ids: [Option<EntryId>; MAX_HEADS],
}

impl Heads {
    /// The first eight of these, in the order of their names.
    pub(crate) fn of(ids: impl IntoIterator<Item = EntryId>) -> Self {
        let mut heads = Self::default();
        for (slot, id) in heads.ids.iter_mut().zip(ids) {
            *slot = Some(id);
        }
        heads.ids.sort_unstable_by_key(|id| (id.is_none(), *id));
        heads
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = EntryId> {
        self.ids.iter().flatten().copied()
    }
}

impl<C> Encode<C> for Heads {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), EncodeError<W::Error>> {
        e.array(self.iter().count() as u64)?;
        for id in self.iter() {
            id.encode(e, ctx)?;
        }
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Heads {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, DecodeError> {
        let len = d.array()?.unwrap_or(u64::MAX);
        if len > MAX_HEADS as u64 {
            return Err(DecodeError::message("too many heads"));
        }
        let mut heads = Self::default();
        let mut last = None;
        for slot in heads.ids.iter_mut().take(usize::try_from(len).unwrap_or(0)) {
            let id = EntryId::decode(d, ctx)?;
            if last.is_some_and(|last| last >= id) {
                return Err(DecodeError::message("heads out of order"));
            }
            last = Some(id);
            *slot = Some(id);
        }
        Ok(heads)
    }
}

/// A header. Its bytes are what is named, signed and linked; they are never made anew to be checked.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct Header<'b> {
    #[n(0)]
    pub(crate) version: u32,
    #[n(1)]
    pub(crate) space: SpaceId,
    #[n(2)]
    pub(crate) person: PersonId,
    #[n(3)]
    pub(crate) device: DeviceId,
    #[n(4)]
    pub(crate) place: Place,
    #[n(5)]
    pub(crate) heads: Heads,
    /// One more than the deepest entry that it follows on.
    #[n(6)]
    pub(crate) depth: u64,
    #[n(7)]
    pub(crate) epoch: EpochId,
    #[n(8)]
    pub(crate) stamp: Stamp,
    #[n(9)]
    pub(crate) witness: Option<Witness>,
    /// What it does to the space itself; in the header, because nobody may take that back.
    #[cbor(b(10), with = "minicbor::bytes")]
    pub(crate) control: Option<&'b [u8]>,
    #[n(11)]
    pub(crate) payload_len: u32,
    #[cbor(n(12), with = "minicbor::bytes")]
    pub(crate) payload_hash: [u8; 32],
}

/// Why bytes are no header that can be read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    TooNew,
    Malformed,
}

impl Header<'_> {
    /// The header without its control's bytes, which it can then outlive.
    pub(crate) fn without_control(self) -> Header<'static> {
        let Self {
            version,
            space,
            person,
            device,
            place,
            heads,
            depth,
            epoch,
            stamp,
            witness,
            control: _,
            payload_len,
            payload_hash,
        } = self;
        Header {
            version,
            space,
            person,
            device,
            place,
            heads,
            depth,
            epoch,
            stamp,
            witness,
            control: None,
            payload_len,
            payload_hash,
        }
    }
}

impl<'b> Header<'b> {
    pub(crate) fn parse(bytes: &'b [u8]) -> Result<Self, Unread> {
        // The version comes first: of a later one nothing else can be said.
        let mut decoder = Decoder::new(bytes);
        decoder.array().map_err(|_| Unread::Malformed)?;
        if !matches!(decoder.datatype(), Ok(Type::U8 | Type::U16 | Type::U32)) {
            return Err(Unread::Malformed);
        }
        match decoder.u32().map_err(|_| Unread::Malformed)? {
            VERSION => crate::code::decode(bytes).ok_or(Unread::Malformed),
            version if version > VERSION => Err(Unread::TooNew),
            _ => Err(Unread::Malformed),
        }
    }

    /// What its name and signature are for: an entry and a statement cannot stand in for each other.
    pub(crate) fn purpose(&self) -> Purpose {
        match self.place {
            Place::Chain { .. } => Purpose::Entry,
            Place::Round(_) => Purpose::Statement,
        }
    }
}

/// The name of an entry.
pub(crate) fn entry_id(purpose: Purpose, header: &[u8]) -> EntryId {
    EntryId::from_bytes(hash(purpose, &[header]))
}

/// Binds a payload to its header. The salt keeps a removed payload from being guessed by its hash.
pub(crate) fn payload_hash(salted: &[&[u8]]) -> [u8; 32] {
    hash(Purpose::Payload, salted)
}

/// The length of the salt before a payload's content.
pub(crate) const SALT_BYTES: usize = 16;
