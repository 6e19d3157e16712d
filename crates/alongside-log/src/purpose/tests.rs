//! Tests of purposes.

use super::*;

#[test]
fn no_two_purposes_have_one_name_and_none_has_a_zero_byte() {
    for one in Purpose::ALL {
        for other in Purpose::ALL.iter().filter(|other| *other != one) {
            let (one, other) = (one.name(), other.name());
            assert_ne!(one, other);
            // The zero byte after a name keeps these apart in hashes; in derivations the name is all there is.
            assert!(!one.contains('\0') && !other.contains('\0'));
        }
    }
}
