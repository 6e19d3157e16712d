//! What a client and a relay say to each other: routes, messages, proofs and problems, and nothing of what is in the
//! ciphertext that they hand over.
//!
//! Bodies are CBOR (arrays, fields in the order of their numbers), `application/cbor`. docs/protocol.md is the specification.

pub mod account;
pub mod envelope;
pub mod invitation;
pub mod limits;
pub mod opaque;
pub mod problem;
pub mod proof;
pub mod route;
pub mod space;
pub mod stream;

/// The version of this protocol. A relay names the oldest and newest that it speaks in [`account::HelloReply`].
pub const PROTOCOL: u32 = 1;

/// The media type of every body but a problem's.
pub const MEDIA_TYPE: &str = "application/cbor";

/// Bytes that are no message of the expected shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a message of the expected shape")]
pub struct Malformed;

/// The bytes of a message.
#[must_use]
pub fn encode<T: minicbor::Encode<()>>(message: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into a Vec is infallible, and no message of ours refuses to be encoded.
    let result: Result<(), minicbor::encode::Error<core::convert::Infallible>> =
        minicbor::encode(message, &mut bytes);
    debug_assert!(result.is_ok(), "messages always encode");
    bytes
}

/// Reads a message; every byte must belong to it.
///
/// # Errors
/// [`Malformed`] when the bytes are anything else.
pub fn decode<'b, T: minicbor::Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, Malformed> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let message = decoder.decode().map_err(|_| Malformed)?;
    if decoder.position() == bytes.len() {
        Ok(message)
    } else {
        Err(Malformed)
    }
}
