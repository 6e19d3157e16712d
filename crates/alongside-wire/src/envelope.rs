//! An envelope as the relay sees it: two opaque byte strings and a name computed from them.

use minicbor::bytes::ByteVec;
use sha2::{Digest, Sha256};

/// The name of an envelope: 32 bytes.
pub type EnvelopeId = [u8; 32];

/// The hash under which a payload stands in its envelope's name, so that the name can still be checked once the payload is removed.
#[must_use]
pub fn payload_hash(payload: &[u8]) -> [u8; 32] {
    Sha256::digest(payload).into()
}

/// An envelope's name: SHA-256 of `"alongside/1/envelope" 0x00 SHA-256(head) SHA-256(payload)`.
#[must_use]
pub fn envelope_id(head: &[u8], payload_hash: &[u8; 32]) -> EnvelopeId {
    let mut hash = Sha256::new();
    hash.update(b"alongside/1/envelope\0");
    hash.update(Sha256::digest(head));
    hash.update(payload_hash);
    hash.finalize().into()
}

/// An envelope on its way to the relay.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Posted {
    /// The sealed header, opaque here.
    #[n(0)]
    pub head: ByteVec,
    /// The sealed payload, opaque here.
    #[n(1)]
    pub payload: ByteVec,
}

impl Posted {
    /// The envelope's name.
    #[must_use]
    pub fn id(&self) -> EnvelopeId {
        envelope_id(&self.head, &payload_hash(&self.payload))
    }
}

/// A payload as the relay hands it out.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Kept {
    /// The sealed payload.
    #[n(0)]
    Here(#[n(0)] ByteVec),
    /// It was removed by whoever had appended it; this was its hash.
    #[n(1)]
    Removed(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]),
}

/// An envelope with the number that the relay gave it in its space: 1, 2, 3 … without gaps.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Numbered {
    /// Its number in the space.
    #[n(0)]
    pub number: u64,
    /// The sealed header.
    #[n(1)]
    pub head: ByteVec,
    /// The sealed payload, if it is still there.
    #[n(2)]
    pub payload: Kept,
}
