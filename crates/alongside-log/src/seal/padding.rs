//! Padmé padding (Nikitin et al., PETS 2019): lengths are rounded up so that they tell at most O(log log n) bits, for at
//! most 12 % more; and nothing is shorter than a floor, so that a word and a sentence look alike.

/// Nothing is padded to less.
pub(crate) const FLOOR_BYTES: usize = 256;

/// The padded length of `len` bytes.
pub(crate) fn padme(len: usize) -> usize {
    if len <= FLOOR_BYTES {
        return FLOOR_BYTES;
    }
    let exponent = usize::BITS - 1 - len.leading_zeros();
    let bits = u32::BITS - exponent.leading_zeros();
    let mask = (1_usize << (exponent - bits)) - 1;
    (len + mask) & !mask
}

/// `length (32 bits, big endian) ‖ bytes ‖ zeros`.
pub(crate) fn pad(parts: &[&[u8]]) -> Vec<u8> {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    let size = padme(len + 4);
    // Room for the authentication tag, too.
    let mut padded = Vec::with_capacity(size + 16);
    padded.extend_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes());
    for part in parts {
        padded.extend_from_slice(part);
    }
    padded.resize(size, 0);
    padded
}

/// What was padded. Any other padding than the one that [`pad`] makes is refused.
pub(crate) fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let (len, rest) = padded.split_first_chunk::<4>()?;
    let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
    let (bytes, zeros) = rest.split_at_checked(len)?;
    (padded.len() == padme(len + 4) && zeros.iter().all(|byte| *byte == 0)).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_padded_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..5000)) {
            let padded = pad(&[&bytes]);
            prop_assert_eq!(unpad(&padded), Some(bytes.as_slice()));
        }

        #[test]
        fn padding_costs_at_most_an_eighth_above_the_floor(len in FLOOR_BYTES..10_000_000_usize) {
            let padded = padme(len);
            prop_assert!(padded >= len && padded - len <= len / 8, "{} → {}", len, padded);
            prop_assert_eq!(padme(padded), padded);
        }
    }

    #[test]
    fn any_other_padding_is_refused() {
        let mut padded = pad(&[b"hello"]);
        assert_eq!(unpad(&padded), Some(b"hello".as_slice()));
        padded.push(0);
        assert_eq!(unpad(&padded), None, "longer than it must be");
        padded.pop();
        padded[100] = 1;
        assert_eq!(unpad(&padded), None, "something hidden in the zeros");
        assert_eq!(unpad(&[0, 0]), None);
        assert_eq!(unpad(&[0xff; 256]), None);
    }
}
