//! A ledger as bytes, so that a device can go on from where it was without opening everything again. It holds the keys of the space: it
//! lies nowhere but sealed under the device's own key, and it is believed because of that seal alone.
//!
//! It is no format that others read: another version makes nothing of it, and opens the envelopes again.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::bytes::ByteVec;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use zeroize::Zeroizing;

use super::epochs::{Beginning, Epoch, Keyless, Standing};
use super::open::running;
use super::waiting::Waiting;
use super::{Base, Closure, DeviceState, Heard, Ledger, Mark, Person, Through, Told, Top};
use crate::code;
use crate::hash::NameMap;
use crate::identity::Device;
use crate::ids::{DeviceId, EntryId, EnvelopeId, EpochId, PersonId, RoundId};
use crate::vault::Keyring;

/// Counts up whenever a ledger's state comes to mean something else.
const VERSION: u32 = 1;

/// An array of the fields in their order. What is added to one of them does not compile until it is named here.
macro_rules! as_array {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {
        $(
            impl Encode<()> for $name {
                fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut ()) -> Result<(), EncodeError<W::Error>> {
                    let Self { $($field),+ } = self;
                    e.array(const { [$(stringify!($field)),+].len() as u64 })?;
                    $($field.encode(e, ctx)?;)+
                    Ok(())
                }
            }

            impl<'b> Decode<'b, ()> for $name {
                fn decode(d: &mut Decoder<'b>, ctx: &mut ()) -> Result<Self, DecodeError> {
                    if d.array()? != Some(const { [$(stringify!($field)),+].len() as u64 }) {
                        return Err(DecodeError::message("another version's"));
                    }
                    Ok(Self { $($field: Decode::decode(d, ctx)?),+ })
                }
            }
        )+
    };
}

as_array! {
    Person { public, member_key, left, from, told }
    Told { number, by, through }
    Through { readable, told }
    Top { seq, entry }
    Closure { by, at, revoked }
    DeviceState { person, public, cert, closed, top, before, unnamed, heard }
    Mark { entry, number, at, under }
    Heard { marks, before, told, welcomed }
    Beginning { parent, mark, standing, sealed, readers }
    Epoch { number, key, standing, parent, mark, sealed, readers, suspects, told }
    Keyless { number, beginning, cheated }
}

impl Encode<()> for Standing {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut ()) -> Result<(), EncodeError<W::Error>> {
        let written = match self {
            Self::Learned => 0,
            Self::Begun => 1,
            Self::Aside => 2,
            Self::Handed => 3,
        };
        e.u8(written)?.ok()
    }
}

impl<'b> Decode<'b, ()> for Standing {
    fn decode(d: &mut Decoder<'b>, _: &mut ()) -> Result<Self, DecodeError> {
        match d.u8()? {
            0 => Ok(Self::Learned),
            1 => Ok(Self::Begun),
            2 => Ok(Self::Aside),
            3 => Ok(Self::Handed),
            _ => Err(DecodeError::message("no such standing")),
        }
    }
}

/// Records of a fixed length, one behind the other: there are as many of these as entries, so they are not read one by one.
type Records = ByteVec;

/// What a ledger is made of, but for what its keyring says.
struct Parts {
    version: u32,
    base: Option<Base>,
    epochs: BTreeMap<EpochId, Epoch>,
    keyless: BTreeMap<EpochId, Keyless>,
    past: BTreeMap<EpochId, u64>,
    persons: BTreeMap<PersonId, Person>,
    devices: BTreeMap<DeviceId, DeviceState>,
    revoked: BTreeMap<(PersonId, DeviceId), Closure>,
    heads: BTreeMap<EntryId, u64>,
    statements: Vec<(RoundId, PersonId, EntryId)>,
    alarmed: BTreeSet<EntryId>,
    first: u64,
    hidden: u64,
    base_unnumbered: u64,
    places: BTreeMap<(DeviceId, u64), EntryId>,
    own: Option<DeviceId>,
    /// An entry's name (32 bytes), how deep it lies (8).
    depths: Records,
    /// An envelope's name (32), its entry's (32).
    envelopes: Records,
    /// Hashes (32).
    running: Records,
}

as_array! {
    Parts {
        version, base, epochs, keyless, past, persons, devices, revoked, heads, statements, alarmed, first, hidden, base_unnumbered,
        places, own, depths, envelopes, running
    }
}

/// Records of so many bytes; none if they do not come out even.
fn records<const N: usize>(bytes: &[u8]) -> Option<&[[u8; N]]> {
    let (records, rest) = bytes.as_chunks();
    rest.is_empty().then_some(records)
}

/// A record of two parts.
fn split<const A: usize, const B: usize>(record: &[u8]) -> Option<(&[u8; A], &[u8; B])> {
    let (a, rest) = record.split_first_chunk()?;
    Some((a, rest.try_into().ok()?))
}

impl Ledger {
    /// This ledger as bytes, for [`Ledger::resume`]. None while something waits in it, or this device wrote something that has no number
    /// yet: it would not be what the relay's envelopes alone come to.
    #[must_use]
    pub fn snapshot(&self) -> Option<Zeroizing<Vec<u8>>> {
        let Self {
            // From the keyring.
            space: _,
            kind: _,
            naming: _,
            epochs,
            keyless,
            past,
            persons,
            devices,
            revoked,
            depths,
            heads,
            envelopes,
            unnumbered,
            statements,
            running,
            first,
            waiting,
            alarmed,
            hidden,
            base_unnumbered,
            places,
            base,
            own,
        } = self;
        if !waiting.is_empty() || !unnumbered.is_empty() {
            return None;
        }
        let mut depths_of = Vec::with_capacity(depths.len() * 40);
        for (entry, depth) in depths {
            depths_of.extend_from_slice(entry.as_bytes());
            depths_of.extend_from_slice(&depth.to_be_bytes());
        }
        let mut entries_of = Vec::with_capacity(envelopes.len() * 64);
        for (envelope, entry) in envelopes {
            entries_of.extend_from_slice(envelope.as_bytes());
            entries_of.extend_from_slice(entry.as_bytes());
        }
        let mut parts = Parts {
            version: VERSION,
            base: base.clone(),
            epochs: epochs.clone(),
            keyless: keyless.clone(),
            past: past.clone(),
            persons: persons.clone(),
            devices: devices.clone(),
            revoked: revoked.clone(),
            heads: heads.clone(),
            statements: statements
                .iter()
                .map(|((round, person), entry)| (*round, *person, *entry))
                .collect(),
            alarmed: alarmed.clone(),
            first: *first,
            hidden: *hidden,
            base_unnumbered: *base_unnumbered,
            places: places.clone(),
            own: *own,
            depths: depths_of.into(),
            envelopes: entries_of.into(),
            running: running.as_flattened().to_vec().into(),
        };
        // The same state is the same bytes, whatever order it came about in.
        sort::<40>(&mut parts.depths);
        sort::<64>(&mut parts.envelopes);
        parts.statements.sort_unstable();
        Some(Zeroizing::new(code::encode(&parts)))
    }

    /// A ledger that goes on from where [`Ledger::snapshot`] was taken, with what its keyring has learned since. What waited for a key comes out
    /// of the next [`Ledger::open`]. None if the bytes are no snapshot of this version, or of another past.
    #[must_use]
    pub fn resume(ring: &Keyring, own: &Device, bytes: &[u8]) -> Option<Self> {
        // Of another version nothing else can be said.
        let mut decoder = Decoder::new(bytes);
        if decoder.array().ok()?.is_none() || decoder.u32().ok()? != VERSION {
            return None;
        }
        let parts: Parts = code::decode(bytes)?;
        if parts.base != ring.base || parts.own != Some(own.public().id()) || parts.running.is_empty() {
            return None;
        }
        let mut depths = NameMap::default();
        let records_of_depths = records::<40>(&parts.depths)?;
        depths.reserve(records_of_depths.len());
        for record in records_of_depths {
            let (entry, depth) = split(record)?;
            depths.insert(EntryId::from_bytes(*entry), u64::from_be_bytes(*depth));
        }
        let mut envelopes = NameMap::default();
        let records_of_envelopes = records::<64>(&parts.envelopes)?;
        envelopes.reserve(records_of_envelopes.len());
        for record in records_of_envelopes {
            let (envelope, entry) = split(record)?;
            envelopes.insert(EnvelopeId::from_bytes(*envelope), EntryId::from_bytes(*entry));
        }
        let mut ledger = Self {
            space: ring.space,
            kind: ring.kind,
            naming: ring.naming.clone(),
            epochs: parts.epochs,
            keyless: parts.keyless,
            past: parts.past,
            persons: parts.persons,
            devices: parts.devices,
            revoked: parts.revoked,
            depths,
            heads: parts.heads,
            envelopes,
            unnumbered: BTreeSet::new(),
            statements: parts
                .statements
                .into_iter()
                .map(|(round, person, entry)| ((round, person), entry))
                .collect(),
            running: records::<32>(&parts.running)?.to_vec(),
            first: parts.first,
            waiting: Waiting::default(),
            alarmed: parts.alarmed,
            hidden: parts.hidden,
            base_unnumbered: parts.base_unnumbered,
            places: parts.places,
            base: parts.base,
            own: parts.own,
        };
        for epoch in &ring.epochs {
            if ledger.key(epoch.key.epoch(ring.space, epoch.number)).is_none() {
                ledger.learn_epoch(epoch);
            }
        }
        Some(ledger)
    }

    /// Whether this entry has its place here, and a number.
    #[must_use]
    pub fn is_numbered(&self, entry: EntryId) -> bool {
        self.depths.contains_key(&entry) && !self.unnumbered.contains(&entry)
    }

    /// Whether the relay showed this envelope under this number here.
    #[must_use]
    pub fn was_shown(&self, number: u64, envelope: EnvelopeId) -> bool {
        let before = number.checked_sub(1).and_then(|before| self.hash_at(before));
        before.is_some_and(|before| self.hash_at(number) == Some(running(&before, number, envelope)))
    }
}

fn sort<const N: usize>(records: &mut Records) {
    let (records, _) = records.as_chunks_mut::<N>();
    records.sort_unstable();
}
