//! Tests of identities, devices and certificates.

use super::*;
use crate::testing::{Someone, flips, rng};

#[test]
fn a_certificate_is_its_persons_word_alone() {
    let mut rng = rng(1);
    let (ada, bob) = (Someone::make(&mut rng), Someone::make(&mut rng));
    let device = ada.device.public();
    assert_eq!(ada.cert.verify(&ada.identity.public()), Ok(device));
    assert_eq!(
        ada.cert.verify(&bob.identity.public()),
        Err(CertError::BadSignature)
    );
    // Signed by the same person for another purpose, it is none.
    for purpose in Purpose::ALL.iter().filter(|it| **it != Purpose::DeviceCert) {
        let cert = DeviceCert::from_bytes(ada.identity.sign(*purpose, &code::encode(&device)));
        assert_eq!(cert.verify(&ada.identity.public()), Err(CertError::BadSignature));
    }
}

#[test]
fn any_bit_flipped_in_a_certificate_is_refused() {
    let ada = Someone::make(&mut rng(2));
    let person = ada.identity.public();
    let signature = ada.cert.as_bytes().len() - 64;
    for (at, flipped) in flips(ada.cert.as_bytes()) {
        let why = DeviceCert::from_bytes(flipped).verify(&person).unwrap_err();
        let key = (9 + 3..9 + 3 + 32).contains(&at) || (9 + 3 + 34..9 + 3 + 34 + 32).contains(&at);
        if key || at >= signature {
            assert_eq!(why, CertError::BadSignature, "byte {at}");
        } else {
            assert_eq!(why, CertError::Malformed, "byte {at}");
        }
    }
}

#[test]
fn a_key_of_small_order_signs_nothing() {
    let ada = Someone::make(&mut rng(3));
    let mut person = ada.identity.public();
    for weak in [[0; 32], {
        let mut one = [0; 32];
        one[0] = 1;
        one
    }] {
        person.signing = weak;
        assert_eq!(ada.cert.verify(&person), Err(CertError::BadSignature));
        let mut forged = ada.cert.as_bytes().to_vec();
        let signature = forged.len() - 64;
        forged[signature..].fill(0);
        forged[signature] = 1;
        assert_eq!(
            DeviceCert::from_bytes(forged).verify(&person),
            Err(CertError::BadSignature)
        );
    }
}

#[test]
fn a_persons_keys_in_two_spaces_have_nothing_in_common() {
    let ada = Identity::make(&mut rng(4));
    let keys = [1, 2].map(|space| ada.member_key(SpaceId::from_bytes([space; 16])).public());
    let inviter = ada.inviter_key(InvitationId::from_bytes([1; 16])).public();
    assert_ne!(keys[0], keys[1]);
    assert_ne!(
        keys[0], inviter,
        "the same bytes for another purpose make another key"
    );
    assert_ne!(keys[0], ada.public().signing);
}

#[test]
fn a_device_comes_back_from_its_secrets_and_from_nothing_else() {
    let device = Device::make(&mut rng(5));
    let bytes = device.to_secret_bytes();
    assert_eq!(
        Device::from_secret_bytes(&bytes).map(|it| it.public()),
        Ok(device.public())
    );
    for no_device in [&b""[..], &bytes[1..], &[&bytes[..], &[0]].concat()] {
        assert_eq!(
            Device::from_secret_bytes(no_device).map(|it| it.public()),
            Err(NotADevice)
        );
    }
}

#[test]
fn no_secret_is_shown() {
    let ada = Someone::make(&mut rng(6));
    insta::assert_snapshot!(format!("{:?}", ada.identity), @"Identity { .. }");
    insta::assert_snapshot!(format!("{:?}", ada.device), @"Device { .. }");
    let key = ada.identity.member_key(SpaceId::from_bytes([0; 16]));
    insta::assert_snapshot!(format!("{key:?}"), @"RelayKey { .. }");
    let shown = format!("{:?}", ada.author());
    assert!(shown.contains("device: Device { .. }"), "{shown}");
}

#[test]
fn names_are_shown_short() {
    insta::assert_snapshot!(format!("{:?}", PersonId::from_bytes([0xab; 32])), @"PersonId(abababab…)");
    insta::assert_snapshot!(format!("{:?}", SpaceId::from_bytes([0xcd; 16])), @"SpaceId(cdcdcdcd…)");
}
