//! Tests of the vault.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::testing::{Client, SPACE, Someone, flips, rng};

const HANDLE: &str = "ada";
const EXPORT: &[u8] = &[7; 64];

struct Opened {
    vault: OpenVault,
    account: Words,
    recovery: Words,
    sealed: Vec<u8>,
}

fn made() -> Opened {
    let mut rng = rng(1);
    let who = Someone::make(&mut rng);
    let (account, recovery) = (Words::make(&mut rng), Words::make(&mut rng));
    let ring = Client::begin(SPACE, SpaceKind::Us, 2).ledger.keyring();
    let contents = VaultContents {
        identity: who.identity,
        account_words: account.clone(),
        spaces: vec![ring],
        devices: vec![KnownDevice {
            cert: who.cert,
            label: "laptop".to_owned(),
            revoked: false,
        }],
        pins: Vec::new(),
    };
    let mut vault = OpenVault::make(contents, HANDLE, EXPORT, &mut rng);
    vault.set_recovery(&recovery, &mut rng);
    let sealed = vault.seal(&mut rng);
    Opened {
        vault,
        account,
        recovery,
        sealed,
    }
}

fn identity_of(vault: &OpenVault) -> PersonPublic {
    vault.contents.identity.public()
}

#[test]
fn it_opens_in_each_way_there_is_and_says_the_same() {
    let it = made();
    let by_passphrase = OpenVault::open_with_passphrase(&it.sealed, HANDLE, EXPORT, &it.account).unwrap();
    let by_recovery = OpenVault::open_with_recovery(&it.sealed, HANDLE, &it.account, &it.recovery).unwrap();
    let by_key = OpenVault::open_with_key(&it.sealed, HANDLE, &it.vault.vault_key()).unwrap();
    for vault in [&by_passphrase, &by_recovery, &by_key] {
        assert_eq!(identity_of(vault), identity_of(&it.vault));
        assert_eq!(vault.contents.spaces, it.vault.contents.spaces);
        assert_eq!(vault.contents.devices, it.vault.contents.devices);
        assert_eq!(vault.contents.account_words, it.account);
        assert_eq!(vault.generation, 1);
        assert!(vault.has_recovery());
    }
}

#[test]
fn whatever_is_wrong_is_called_by_its_name() {
    let it = made();
    let other = Words::from_entropy([9; 16]);
    let passphrase = |sealed: &[u8], handle: &str, export: &[u8], account: &Words| {
        OpenVault::open_with_passphrase(sealed, handle, export, account).map(|_| ())
    };
    assert_eq!(
        passphrase(&it.sealed, HANDLE, EXPORT, &other),
        Err(VaultError::AccountWordsWrong)
    );
    assert_eq!(
        passphrase(&it.sealed, HANDLE, &[8; 64], &it.account),
        Err(VaultError::PassphraseWrong)
    );
    assert_eq!(
        passphrase(&it.sealed, "bob", EXPORT, &it.account),
        Err(VaultError::PassphraseWrong)
    );
    assert_eq!(
        passphrase(b"", HANDLE, EXPORT, &it.account),
        Err(VaultError::Malformed)
    );
    let recovery = |account: &Words, recovery: &Words| {
        OpenVault::open_with_recovery(&it.sealed, HANDLE, account, recovery).map(|_| ())
    };
    assert_eq!(recovery(&other, &it.recovery), Err(VaultError::AccountWordsWrong));
    assert_eq!(recovery(&it.account, &other), Err(VaultError::RecoveryWordsWrong));
    let mut none = it.vault;
    none.by_recovery = None;
    let sealed = none.seal(&mut rng(3));
    let opened = OpenVault::open_with_recovery(&sealed, HANDLE, &it.account, &it.recovery);
    assert_eq!(opened.map(|_| ()), Err(VaultError::NoRecovery));
    let key = VaultKey::from_bytes([1; 32]);
    let opened = OpenVault::open_with_key(&it.sealed, HANDLE, &key);
    assert_eq!(opened.map(|_| ()), Err(VaultError::Malformed));
}

#[test]
fn the_passphrase_without_the_account_words_opens_nothing_nor_do_they_without_it() {
    let it = made();
    // Whoever runs the relay has guessed the passphrase: they know the export key, and the check tells them nothing of use.
    let guessed = Words::from_entropy([0; 16]);
    let mut forged: Sealed = code::decode(&it.sealed).unwrap();
    forged.account_check = account_check(&guessed);
    let forged = code::encode(&forged);
    let opened = OpenVault::open_with_passphrase(&forged, HANDLE, EXPORT, &guessed);
    assert_eq!(opened.map(|_| ()), Err(VaultError::PassphraseWrong));
    let opened = OpenVault::open_with_passphrase(&it.sealed, HANDLE, b"", &it.account);
    assert_eq!(opened.map(|_| ()), Err(VaultError::PassphraseWrong));
    let opened = OpenVault::open_with_recovery(&it.sealed, HANDLE, &it.account, &it.account);
    assert_eq!(opened.map(|_| ()), Err(VaultError::RecoveryWordsWrong));
}

#[test]
fn any_bit_flipped_is_refused_whichever_way_it_is_opened() {
    let it = made();
    let key = it.vault.vault_key();
    for (at, flipped) in flips(&it.sealed) {
        let by_key = OpenVault::open_with_key(&flipped, HANDLE, &key).map(|_| ());
        assert!(
            matches!(by_key, Err(VaultError::Malformed | VaultError::TooNew)),
            "byte {at}: {by_key:?}"
        );
        let by_passphrase = OpenVault::open_with_passphrase(&flipped, HANDLE, EXPORT, &it.account);
        assert!(by_passphrase.is_err(), "byte {at}");
        let by_recovery = OpenVault::open_with_recovery(&flipped, HANDLE, &it.account, &it.recovery);
        assert!(by_recovery.is_err(), "byte {at}");
    }
}

#[test]
fn a_later_version_is_told_from_what_is_broken() {
    let it = made();
    let with = |version: u8| {
        let mut sealed = it.sealed.clone();
        sealed[1] = version;
        OpenVault::open_with_passphrase(&sealed, HANDLE, EXPORT, &it.account).map(|_| ())
    };
    assert_eq!(with(1), Ok(()));
    assert_eq!(with(2), Err(VaultError::TooNew));
    assert_eq!(with(0), Err(VaultError::Malformed));
}

#[test]
fn an_old_wrap_beside_new_contents_is_refused() {
    let mut it = made();
    it.vault.set_passphrase(&[8; 64], &mut rng(4));
    it.vault.generation = 2;
    let new: Sealed = code::decode(&it.vault.seal(&mut rng(5))).unwrap();
    let old: Sealed = code::decode(&it.sealed).unwrap();
    let mixed = code::encode(&Sealed {
        by_passphrase: old.by_passphrase,
        ..new.clone()
    });
    let opened = OpenVault::open_with_passphrase(&mixed, HANDLE, EXPORT, &it.account);
    assert_eq!(opened.map(|_| ()), Err(VaultError::Malformed));
    let stripped = code::encode(&Sealed {
        by_recovery: None,
        ..new
    });
    let opened = OpenVault::open_with_passphrase(&stripped, HANDLE, &[8; 64], &it.account);
    assert_eq!(opened.map(|_| ()), Err(VaultError::Malformed));
}

#[test]
fn a_new_passphrase_takes_the_place_of_the_old() {
    let mut it = made();
    it.vault.set_passphrase(b"new", &mut rng(6));
    let sealed = it.vault.seal(&mut rng(7));
    let old = OpenVault::open_with_passphrase(&sealed, HANDLE, EXPORT, &it.account);
    assert_eq!(old.map(|_| ()), Err(VaultError::PassphraseWrong));
    assert!(OpenVault::open_with_passphrase(&sealed, HANDLE, b"new", &it.account).is_ok());
    assert!(OpenVault::open_with_recovery(&sealed, HANDLE, &it.account, &it.recovery).is_ok());
}

#[test]
fn the_length_of_a_vault_tells_little_of_what_is_in_it() {
    let mut it = made();
    let mut lengths = BTreeSet::new();
    let mut around = BTreeSet::new();
    for letters in 0..256 {
        it.vault.contents.devices[0].label = "x".repeat(letters);
        let plain = crate::code::encode(&it.vault.contents).len();
        let sealed = it.vault.seal(&mut rng(8)).len();
        // What is around the padded contents does not depend on them, but for the heads of two byte strings.
        around.insert(sealed - crate::seal::padding::padme(plain + 4));
        lengths.insert(sealed);
    }
    assert_eq!(
        around.len(),
        1,
        "the length is that of the padded contents and tells no more: {around:?}"
    );
    assert!(lengths.len() <= 17, "{} lengths for 256 contents", lengths.len());
}

#[test]
fn nothing_of_either_is_lost_when_two_devices_vaults_are_merged() {
    let it = made();
    let open = || OpenVault::open_with_key(&it.sealed, HANDLE, &it.vault.vault_key()).unwrap();
    let (mut mine, mut theirs) = (open(), open());
    assert!(!mine.merge(&theirs));
    let other = Client::begin(SpaceId::from_bytes([9; 16]), SpaceKind::Us, 9);
    theirs.contents.spaces.push(other.ledger.keyring());
    theirs.contents.spaces[0].epochs.push(EpochSecret {
        number: 1,
        key: EpochKey::make(&mut rng(10)),
    });
    theirs.contents.devices[0].revoked = true;
    let person = identity_of(&mine);
    let pin = |verified| Pin {
        person,
        name: "Bob".to_owned(),
        verified,
    };
    mine.contents.pins.push(pin(false));
    theirs.contents.pins.push(pin(true));
    assert!(mine.merge(&theirs));
    assert_eq!(mine.contents.spaces, theirs.contents.spaces);
    assert_eq!(mine.contents.devices, theirs.contents.devices);
    assert_eq!(mine.contents.pins, theirs.contents.pins);
    assert!(!mine.merge(&theirs));
}

#[test]
fn no_secret_is_shown() {
    let it = made();
    insta::assert_snapshot!(format!("{:?}", it.vault.vault_key()), @"VaultKey { .. }");
    let ring = &it.vault.contents.spaces[0];
    insta::assert_snapshot!(format!("{:?}", ring.naming), @"NamingSecret { .. }");
    insta::assert_snapshot!(format!("{:?}", ring.epochs[0]), @"EpochSecret { number: 0, key: EpochKey { .. } }");
    let shown = format!("{:?}", it.vault);
    insta::assert_snapshot!(
        shown.split("spaces:").next().unwrap(),
        @"OpenVault { contents: VaultContents { identity: Identity { .. }, account_words: Words { .. }, "
    );
    for secret in [it.vault.key.0, ring.naming.0, *ring.epochs[0].key.as_bytes()] {
        assert!(!shown.contains(&format!("{secret:?}")));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let words = Words::from_entropy([1; 16]);
        prop_assert!(OpenVault::open_with_passphrase(&bytes, HANDLE, EXPORT, &words).is_err());
    }
}
