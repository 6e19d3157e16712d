//! Tests of invitations.

use super::*;
use crate::ledger::Ledger;
use crate::testing::{Client, SPACE, Someone, flips, rng};
use crate::vault::SpaceKind;

fn secret() -> InvitationSecret {
    InvitationSecret([5; 16])
}

fn blob() -> Blob {
    Blob {
        space: SPACE,
        inviter: Someone::make(&mut rng(1)).identity.public(),
        expires_ms: 1_800_000_000_000,
        card: b"Ada".to_vec().into(),
    }
}

#[test]
fn a_link_comes_back_as_it_went() {
    let secret = InvitationSecret::make(&mut rng(2));
    assert_eq!(
        InvitationSecret::from_fragment(&secret.to_fragment()),
        Ok(secret.clone())
    );
    assert_eq!(secret.to_fragment().len(), 22);
    for fragment in [
        "",
        "AAAA",
        "not base64 at all!",
        &format!("{}A", secret.to_fragment()),
    ] {
        assert_eq!(InvitationSecret::from_fragment(fragment), Err(NotAnInvitation));
    }
}

#[test]
fn blob_and_claim_open_with_their_invitation_alone_and_not_as_each_other() {
    let mut rng = rng(3);
    let (secret, other) = (secret(), InvitationSecret::make(&mut rng));
    let sealed = secret.seal_blob(&blob(), &mut rng);
    assert_eq!(secret.open_blob(&sealed), Ok(blob()));
    assert_eq!(other.open_blob(&sealed), Err(DoesNotOpen));
    assert_eq!(secret.open_claim(&sealed), Err(DoesNotOpen));
    let claim = Someone::make(&mut rng).claim(SPACE);
    let sealed = secret.seal_claim(&claim, &mut rng);
    assert_eq!(secret.open_claim(&sealed), Ok(claim));
    assert_eq!(secret.open_blob(&sealed), Err(DoesNotOpen));
}

#[test]
fn a_claim_with_a_device_that_is_not_the_persons_is_none() {
    let mut rng = rng(4);
    let (cleo, dan) = (Someone::make(&mut rng), Someone::make(&mut rng));
    let mut claim = cleo.claim(SPACE);
    claim.device = dan.cert;
    let sealed = secret().seal_claim(&claim, &mut rng);
    assert_eq!(secret().open_claim(&sealed), Err(DoesNotOpen));
}

#[test]
fn any_bit_flipped_in_blob_or_claim_is_refused() {
    let mut rng = rng(5);
    let sealed = secret().seal_blob(&blob(), &mut rng);
    for (at, flipped) in flips(&sealed) {
        assert_eq!(secret().open_blob(&flipped), Err(DoesNotOpen), "byte {at}");
    }
    let claim = Someone::make(&mut rng).claim(SPACE);
    let sealed = secret().seal_claim(&claim, &mut rng);
    for (at, flipped) in flips(&sealed) {
        assert_eq!(secret().open_claim(&flipped), Err(DoesNotOpen), "byte {at}");
    }
}

struct Met {
    inviter: Someone,
    newcomer: Someone,
    welcome: Welcome,
    sealed: Vec<u8>,
}

fn met() -> Met {
    let mut rng = rng(6);
    let mut ada = Client::begin(SPACE, SpaceKind::Us, 7);
    let newcomer = Someone::make(&mut rng);
    let welcome = Welcome {
        keyring: ada.admit(&newcomer),
        card: b"come in".to_vec().into(),
    };
    let to = newcomer.identity.public();
    let sealed = seal_welcome(&ada.who.identity, &to, secret().id(), &welcome, &mut rng).unwrap();
    Met {
        inviter: ada.who,
        newcomer,
        welcome,
        sealed,
    }
}

#[test]
fn a_welcome_opens_for_whom_it_was_made_and_leads_into_the_space() {
    let it = met();
    let from = it.inviter.identity.public();
    let opened = open_welcome(&it.newcomer.identity, &from, secret().id(), &it.sealed);
    assert_eq!(opened.as_ref(), Ok(&it.welcome));
    let ledger = Ledger::restore(&opened.unwrap().keyring, Some(&it.newcomer.device));
    assert_eq!(ledger.members().len(), 2);
    assert!(ledger.knows_device(it.newcomer.device_id()));
}

#[test]
fn another_person_inviter_or_invitation_opens_no_welcome() {
    let it = met();
    let mut rng = rng(8);
    let stranger = Someone::make(&mut rng);
    let from = it.inviter.identity.public();
    let id = secret().id();
    let opened = open_welcome(&stranger.identity, &from, id, &it.sealed);
    assert_eq!(opened, Err(WelcomeError::DoesNotOpen));
    let other = InvitationSecret::make(&mut rng).id();
    let opened = open_welcome(&it.newcomer.identity, &from, other, &it.sealed);
    assert_eq!(opened, Err(WelcomeError::DoesNotOpen));
    let opened = open_welcome(&it.newcomer.identity, &stranger.identity.public(), id, &it.sealed);
    assert_eq!(opened, Err(WelcomeError::BadSignature));
}

#[test]
fn a_newcomer_cannot_hand_a_welcome_on_as_if_the_inviter_had() {
    let it = met();
    let mut rng = rng(9);
    let next = Someone::make(&mut rng);
    // What the inviter signed for one, sealed anew to another, or for another invitation.
    let sealed: SealedTo = code::decode(&it.sealed).unwrap();
    let id = secret().id();
    let signed = it.newcomer.identity.open(&welcome_info(id), &sealed).unwrap();
    let from = it.inviter.identity.public();
    for (to, invitation) in [(&next, id), (&it.newcomer, InvitationSecret::make(&mut rng).id())] {
        let receiving = to.identity.public().receiving;
        let again = sealing_to::seal(&receiving, &welcome_info(invitation), &signed, &mut rng).unwrap();
        let opened = open_welcome(&to.identity, &from, invitation, &code::encode(&again));
        assert_eq!(opened, Err(WelcomeError::BadSignature));
    }
}

#[test]
fn any_bit_flipped_in_a_welcome_is_refused() {
    let it = met();
    let from = it.inviter.identity.public();
    for (at, flipped) in flips(&it.sealed).step_by(3) {
        let opened = open_welcome(&it.newcomer.identity, &from, secret().id(), &flipped);
        assert_eq!(opened, Err(WelcomeError::DoesNotOpen), "byte {at}");
    }
}

#[test]
fn any_bit_flipped_in_what_the_inviter_signed_is_refused_though_it_is_sealed_as_it_must_be() {
    let it = met();
    let mut rng = rng(10);
    let id = secret().id();
    let sealed: SealedTo = code::decode(&it.sealed).unwrap();
    let padded = it.newcomer.identity.open(&welcome_info(id), &sealed).unwrap();
    let to = it.newcomer.identity.public();
    let from = it.inviter.identity.public();
    for (at, flipped) in flips(&padded).step_by(7) {
        let again = sealing_to::seal(&to.receiving, &welcome_info(id), &flipped, &mut rng).unwrap();
        let opened = open_welcome(&it.newcomer.identity, &from, id, &code::encode(&again));
        assert!(
            matches!(opened, Err(WelcomeError::BadSignature | WelcomeError::Malformed)),
            "byte {at}: {opened:?}"
        );
    }
}

#[test]
fn the_words_stand_on_both_screens_only_if_each_has_the_others_identity() {
    let mut rng = rng(11);
    let [ada, bob, eve] = [(); 3].map(|()| Someone::make(&mut rng).identity.public());
    let id = secret().id();
    let words = compare_words(&ada, &bob, id);
    assert_eq!(compare_words(&ada, &bob, id), words);
    assert_ne!(compare_words(&ada, &eve, id), words);
    assert_ne!(compare_words(&eve, &bob, id), words);
    assert_ne!(compare_words(&bob, &ada, id), words);
    assert_ne!(
        compare_words(&ada, &bob, InvitationSecret::make(&mut rng).id()),
        words
    );
}

#[test]
fn what_the_relay_knows_of_an_invitation_opens_nothing_of_it() {
    let secret = secret();
    let (id, key) = (secret.id(), secret.key().public());
    assert_ne!(&secret.0, id.as_bytes());
    assert_ne!(secret.0, key[..16]);
    let guess = InvitationSecret(*id.as_bytes());
    let sealed = secret.seal_blob(&blob(), &mut rng(12));
    assert_eq!(guess.open_blob(&sealed), Err(DoesNotOpen));
}

#[test]
fn no_secret_is_shown() {
    insta::assert_snapshot!(format!("{:?}", secret()), @"InvitationSecret { .. }");
    insta::assert_snapshot!(format!("{:?}", secret().key()), @"RelayKey { .. }");
    let shown = format!("{:?}", met().welcome);
    assert!(shown.contains("key: EpochKey { .. }") && shown.contains("naming: NamingSecret { .. }"));
}
