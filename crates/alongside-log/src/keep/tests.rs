//! Tests of what lies on one device.

use super::*;
use crate::testing::{flips, rng};

#[test]
fn what_is_kept_opens_under_its_label_alone() {
    let mut rng = rng(1);
    let (key, other) = (LocalKey::make(&mut rng), LocalKey::make(&mut rng));
    let sealed = key.seal("row/1", b"what is kept", &mut rng);
    assert_eq!(key.open("row/1", &sealed).unwrap().as_slice(), b"what is kept");
    assert_eq!(key.open("row/2", &sealed).map(|_| ()), Err(KeepError));
    assert_eq!(other.open("row/1", &sealed).map(|_| ()), Err(KeepError));
    assert_eq!(key.open("row/1", b"").map(|_| ()), Err(KeepError));
    for (at, flipped) in flips(&sealed) {
        assert_eq!(
            key.open("row/1", &flipped).map(|_| ()),
            Err(KeepError),
            "byte {at}"
        );
    }
}

#[test]
fn the_same_thing_kept_twice_looks_different() {
    let mut rng = rng(2);
    let key = LocalKey::make(&mut rng);
    assert_ne!(key.seal("a", b"same", &mut rng), key.seal("a", b"same", &mut rng));
}

#[test]
fn a_lock_opens_with_its_passphrase_however_its_letters_were_composed() {
    let mut rng = rng(3);
    let key = LocalKey::make(&mut rng);
    let locked = lock("Caf\u{e9} am See", &key, &mut rng);
    let opened = unlock("Cafe\u{301} am See", &locked).unwrap();
    assert_eq!(opened.0, key.0);
    assert_eq!(
        unlock("cafe am see", &locked).map(|_| ()),
        Err(UnlockError::WrongPassphrase)
    );
}

#[test]
fn a_lock_with_a_bit_flipped_is_refused() {
    let mut rng = rng(4);
    let key = LocalKey::make(&mut rng);
    let locked = lock("passphrase", &key, &mut rng);
    // Stretching takes its time: a few bits of each part, and every bit of the frame.
    for (at, flipped) in flips(&locked)
        .filter(|(at, _)| *at < 3)
        .chain(flips(&locked).step_by(89))
    {
        let why = unlock("passphrase", &flipped).map(|_| ());
        match at {
            1 => assert!(matches!(why, Err(UnlockError::TooNew | UnlockError::Malformed))),
            0 | 2 => assert_eq!(why, Err(UnlockError::Malformed)),
            _ => assert!(
                matches!(why, Err(UnlockError::WrongPassphrase | UnlockError::Malformed)),
                "byte {at}: {why:?}"
            ),
        }
    }
    for no_lock in [&b""[..], &[0xff; 90], &locked[..locked.len() - 1]] {
        assert_eq!(
            unlock("passphrase", no_lock).map(|_| ()),
            Err(UnlockError::Malformed)
        );
    }
}

#[test]
fn no_secret_is_shown() {
    let key = LocalKey::make(&mut rng(5));
    insta::assert_snapshot!(format!("{key:?}"), @"LocalKey { .. }");
}
