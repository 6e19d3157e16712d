//! CBOR: writing cannot fail, reading must use every byte.

use minicbor::{Decode, Encode};

/// The bytes of a value.
pub(crate) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    let done: Result<(), minicbor::encode::Error<core::convert::Infallible>> =
        minicbor::encode(value, &mut bytes);
    debug_assert!(done.is_ok(), "our values always encode");
    bytes
}

/// Reads a value that must be all of the bytes.
pub(crate) fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Option<T> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode().ok()?;
    (decoder.position() == bytes.len()).then_some(value)
}
