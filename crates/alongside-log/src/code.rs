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

/// A byte string in its one shortest form, and what follows it.
pub(crate) fn byte_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (len, rest) = match first {
        0x40..=0x57 => (usize::from(first - 0x40), rest),
        0x58 => {
            let (len, rest) = rest.split_first()?;
            (Some(usize::from(*len)).filter(|len| *len >= 24)?, rest)
        }
        0x59 => {
            let (len, rest) = rest.split_first_chunk::<2>()?;
            let len = usize::from(u16::from_be_bytes(*len));
            (Some(len).filter(|len| *len >= 1 << 8)?, rest)
        }
        0x5a => {
            let (len, rest) = rest.split_first_chunk::<4>()?;
            let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
            (Some(len).filter(|len| *len >= 1 << 16)?, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(len)
}

/// A byte string of exactly this many bytes, and what follows it.
pub(crate) fn byte_array<const N: usize>(bytes: &[u8]) -> Option<(&[u8; N], &[u8])> {
    let (array, rest) = byte_string(bytes)?;
    Some((array.try_into().ok()?, rest))
}
