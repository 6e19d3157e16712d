//! COSE_Sign1 (RFC 9052) with Ed25519, written and read by hand for speed: most signatures are never looked at, for a head
//! authenticates what is below it. A test holds these bytes against `coset`.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::Encoder;

use crate::code;
use crate::purpose::Purpose;

/// The protected header `{1: -8}`: EdDSA.
const PROTECTED: &[u8] = &[0xa1, 0x01, 0x27];

/// What is signed: `["Signature1", protected, purpose, payload]`.
fn signed_bytes(purpose: Purpose, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(payload.len() + 64);
    let done = Encoder::new(&mut bytes)
        .array(4)
        .and_then(|e| e.str("Signature1"))
        .and_then(|e| e.bytes(PROTECTED))
        .and_then(|e| e.bytes(purpose.name().as_bytes()))
        .and_then(|e| e.bytes(payload))
        .map(drop);
    debug_assert!(done.is_ok());
    bytes
}

/// Signs a payload for a purpose.
pub(crate) fn sign(key: &SigningKey, purpose: Purpose, payload: &[u8]) -> Vec<u8> {
    let signature = key.sign(&signed_bytes(purpose, payload)).to_bytes();
    let mut bytes = Vec::with_capacity(payload.len() + 80);
    let done = Encoder::new(&mut bytes)
        .tag(minicbor::data::Tag::new(18))
        .and_then(|e| e.array(4))
        .and_then(|e| e.bytes(PROTECTED))
        .and_then(|e| e.map(0))
        .and_then(|e| e.bytes(payload))
        .and_then(|e| e.bytes(&signature))
        .map(drop);
    debug_assert!(done.is_ok());
    bytes
}

/// What stands before the payload: tag 18, an array of four, the protected header, an empty unprotected one.
const BEFORE: &[u8] = &[0xd2, 0x84, 0x43, 0xa1, 0x01, 0x27, 0xa0];

/// A signed object as it was received, its signature not looked at yet.
#[derive(Clone, Copy)]
pub(crate) struct Signed<'b> {
    pub(crate) payload: &'b [u8],
    /// Where the payload begins.
    pub(crate) at: usize,
    signature: &'b [u8; 64],
}

impl<'b> Signed<'b> {
    /// Takes it apart. Only the one form that [`sign`] writes is one, byte for byte: CBOR has many ways to write a length.
    pub(crate) fn parse(bytes: &'b [u8]) -> Option<Self> {
        let (payload, rest) = code::byte_string(bytes.strip_prefix(BEFORE)?)?;
        let (signature, rest) = code::byte_array::<64>(rest)?;
        // The signature and its two bytes of length are what is left.
        let at = bytes.len().checked_sub(66 + payload.len())?;
        rest.is_empty().then_some(Self {
            payload,
            at,
            signature,
        })
    }

    /// Whether it is the key's signature for this purpose. Strict.
    pub(crate) fn verifies(&self, key: &[u8; 32], purpose: Purpose) -> bool {
        verifies(key, purpose, self.payload, self.signature)
    }

    pub(crate) fn signature(&self) -> [u8; 64] {
        *self.signature
    }
}

/// Whether this is the key's signature of the payload for this purpose. Strict.
pub(crate) fn verifies(key: &[u8; 32], purpose: Purpose, payload: &[u8], signature: &[u8; 64]) -> bool {
    #[cfg(test)]
    count::one();
    VerifyingKey::from_bytes(key).is_ok_and(|key| {
        key.verify_strict(&signed_bytes(purpose, payload), &Signature::from_bytes(signature))
            .is_ok()
    })
}

/// Counts verifications, for the test that there are O(devices) of them.
#[cfg(test)]
pub(crate) mod count {
    use std::cell::Cell;

    thread_local! {
        static VERIFIED: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn one() {
        VERIFIED.set(VERIFIED.get() + 1);
    }

    pub(crate) fn take() -> usize {
        VERIFIED.replace(0)
    }
}

#[cfg(test)]
mod tests;
