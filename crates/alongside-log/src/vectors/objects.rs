//! Vectors of single objects.

use super::Vectors;
use crate::code;
use crate::entry::{self, Header, Heads, Place, Witness};
use crate::hash::{derive, hash};
use crate::identity::{Device, Identity};
use crate::ids::{EntryId, RoundId};
use crate::invitation::{Blob, Claim, InvitationSecret, Welcome, compare_words, open_welcome, seal_welcome};
use crate::keep::{LocalKey, lock, unlock};
use crate::ledger::Control;
use crate::purpose::Purpose;
use crate::seal::boxed;
use crate::seal::envelope::{EpochKey, SealedPayload, seal};
use crate::seal::padding::{pad, padme};
use crate::testing::{Client, SPACE, Someone, rng, sha256, stamp};
use crate::vault::{OpenVault, SpaceKind, VaultContents, account_key, recovery_key};
use crate::words::Words;

#[test]
fn purposes_hashes_and_derivations_are_as_written_down() {
    let mut vectors = Vectors::default();
    for purpose in Purpose::ALL {
        vectors
            .bytes(
                &format!("hash({}, 616263)", purpose.name()),
                hash(*purpose, &[b"abc"]),
            )
            .bytes(
                &format!("derive({}, 73616c74, 736563726574)", purpose.name()),
                *derive(*purpose, b"salt", b"secret"),
            );
    }
    vectors.check("hashes.json");
}

#[test]
fn padding_is_as_written_down() {
    let mut vectors = Vectors::default();
    for len in [
        0,
        1,
        255,
        256,
        257,
        264,
        265,
        500,
        513,
        1000,
        4096,
        4097,
        65_537,
        1_000_000,
        100_000_001,
    ] {
        vectors.text(&format!("padmé({len})"), padme(len).to_string());
    }
    vectors.bytes("pad(68656c6c6f)", pad(&[b"hello"]));
    vectors.check("padding.json");
}

#[test]
fn words_are_as_written_down() {
    let mut vectors = Vectors::default();
    let mut counting = [0; 16];
    counting.iter_mut().zip(0..).for_each(|(byte, at)| *byte = at);
    for bits in [[0; 16], [0x7f; 16], [0x80; 16], [0xff; 16], counting] {
        let words = Words::from_entropy(bits);
        vectors.text(&super::hex(bits), words.phrase().join(" "));
    }
    vectors.check("words.json");
}

#[test]
fn people_and_devices_are_as_written_down() {
    let mut rng = rng(1);
    let identity = Identity::make(&mut rng);
    let device = Device::make(&mut rng);
    let cert = identity.certify(&device.public());
    let account = Words::from_entropy([1; 16]);
    let recovery = Words::from_entropy([2; 16]);
    Vectors::default()
        .bytes("identity secrets", code::encode(&identity))
        .bytes("identity signing", identity.public().signing)
        .bytes("identity receiving", identity.public().receiving)
        .bytes("person id", identity.public().id().as_bytes())
        .bytes("device secrets", &*device.to_secret_bytes())
        .bytes("device signing", device.public().signing)
        .bytes("device receiving", device.public().receiving)
        .bytes("device id", device.public().id().as_bytes())
        .bytes("device certificate", cert.as_bytes())
        .bytes("space", SPACE.as_bytes())
        .bytes("member key", identity.member_key(SPACE).public())
        .bytes("account bits", account.entropy())
        .bytes("recovery bits", recovery.entropy())
        .bytes("account key", account_key(&account).public())
        .bytes("recovery key", recovery_key(&account, &recovery).public())
        .check("people.json");
}

fn header(who: &Someone, epoch: crate::ids::EpochId, place: Place, payload: &[u8]) -> Header<'static> {
    Header {
        version: 1,
        space: SPACE,
        person: who.person(),
        device: who.device_id(),
        place,
        heads: Heads::of([[3; 32], [2; 32]].map(EntryId::from_bytes)),
        depth: 12,
        epoch,
        stamp: stamp(1_790_000_000_123),
        witness: Some(Witness {
            number: 11,
            running: [4; 32],
        }),
        control: None,
        payload_len: u32::try_from(payload.len() - 16).unwrap(),
        payload_hash: entry::payload_hash(&[payload]),
    }
}

#[test]
fn entries_and_envelopes_are_as_written_down() {
    let mut rng = rng(2);
    let who = Someone::make(&mut rng);
    let key = EpochKey::make(&mut rng);
    let epoch = key.epoch(SPACE, 3);
    let salted = [&[5; 16][..], b"what was said"].concat();
    let mut vectors = Vectors::default();
    vectors
        .bytes("space", SPACE.as_bytes())
        .bytes("epoch key", key.as_bytes())
        .text("epoch number", "3")
        .bytes("epoch id", epoch.as_bytes())
        .bytes("device secrets", &*who.device.to_secret_bytes())
        .bytes("salt and content", &salted)
        .bytes("payload hash", entry::payload_hash(&[&salted]));
    let chain = Place::Chain {
        seq: 7,
        prev: Some(EntryId::from_bytes([1; 32])),
    };
    let leave = code::encode(&Control::leave());
    let entry = header(&who, epoch, chain, &salted);
    let control = Header {
        control: Some(&leave),
        ..header(&who, epoch, chain, &salted[..16])
    };
    let statement = header(&who, epoch, Place::Round(RoundId::from_bytes([6; 32])), &salted);
    for (name, header, payload) in [
        ("entry", entry, &salted[..]),
        ("control", control, &salted[..16]),
        ("statement", statement, &salted[..]),
    ] {
        let bytes = code::encode(&header);
        let signed = who.device.sign(header.purpose(), &bytes);
        let envelope = seal(SPACE, epoch, &key, &signed, &[payload], &mut rng);
        let SealedPayload::Here(sealed) = &envelope.payload else {
            panic!("it is there")
        };
        vectors
            .bytes(&format!("{name}: header"), &bytes)
            .bytes(
                &format!("{name}: id"),
                entry::entry_id(header.purpose(), &bytes).as_bytes(),
            )
            .bytes(&format!("{name}: signed"), &signed)
            .bytes(&format!("{name}: head"), &envelope.head)
            .bytes(&format!("{name}: payload"), sealed)
            .bytes(&format!("{name}: envelope id"), envelope.id().as_bytes());
        let removed = crate::seal::envelope::Envelope {
            head: envelope.head.clone(),
            payload: SealedPayload::Removed(sha256(sealed)),
        };
        assert_eq!(removed.id(), envelope.id());
    }
    vectors.check("entries.json");
}

#[test]
fn numbers_and_rounds_are_as_written_down() {
    let mut ada = Client::begin(SPACE, SpaceKind::Us, 3);
    ada.say("one");
    let mut relay = crate::testing::Relay::default();
    let mut vectors = Vectors::default();
    vectors.bytes("running hash 0", ada.ledger.running());
    ada.push(&mut relay);
    for incoming in relay.after(0) {
        let id = incoming.envelope.id();
        ada.open(vec![incoming]);
        let number = ada.ledger.number();
        vectors
            .bytes(&format!("envelope {number}"), id.as_bytes())
            .bytes(&format!("running hash {number}"), ada.ledger.running());
    }
    let ring = ada.ledger.keyring();
    vectors
        .bytes("naming secret", code::encode(&ring.naming))
        .bytes("round \"today\"", ada.ledger.round_id("today").as_bytes())
        .check("numbers.json");
}

#[test]
fn boxes_locks_and_the_vault_are_as_written_down() {
    let mut rng = rng(4);
    let key = LocalKey::make(&mut rng);
    let kept = key.seal("row", b"what is kept", &mut rng);
    let locked = lock("correct horse", &key, &mut rng);
    let opened = unlock("correct horse", &locked).unwrap();
    assert_eq!(opened.open("row", &kept).unwrap().as_slice(), b"what is kept");
    let boxed = boxed::seal(&[9; 32], Purpose::Vault, b"about", b"plain", &mut rng);
    let who = Someone::make(&mut rng);
    let (account, recovery) = (Words::from_entropy([1; 16]), Words::from_entropy([2; 16]));
    let contents = VaultContents {
        identity: who.identity,
        account_words: account.clone(),
        spaces: vec![Client::begin(SPACE, SpaceKind::Me, 5).ledger.keyring()],
        devices: Vec::new(),
        pins: Vec::new(),
    };
    let mut vault = OpenVault::make(contents, "ada", &[7; 64], &mut rng);
    vault.set_recovery(&recovery, &mut rng);
    let sealed = vault.seal(&mut rng);
    assert!(OpenVault::open_with_passphrase(&sealed, "ada", &[7; 64], &account).is_ok());
    Vectors::default()
        .bytes("kept \"row\": 77686174206973206b657074", &kept)
        .bytes("lock \"correct horse\"", &locked)
        .bytes("box(09…, vault, about, plain)", code::encode(&boxed))
        .bytes("account bits", account.entropy())
        .bytes("recovery bits", recovery.entropy())
        .bytes("export key", [7; 64])
        .bytes("vault key", vault.vault_key().as_bytes())
        .bytes("vault contents", code::encode(&vault.contents))
        .bytes("vault of \"ada\"", &sealed)
        .check("vault.json");
}

#[test]
fn invitations_are_as_written_down() {
    let mut rng = rng(6);
    let secret = InvitationSecret::make(&mut rng);
    let mut ada = Client::begin(SPACE, SpaceKind::Us, 7);
    let bob = Someone::make(&mut rng);
    let blob = Blob {
        space: SPACE,
        inviter: ada.who.identity.public(),
        expires_ms: 1_790_000_000_000,
        card: b"Ada".to_vec().into(),
    };
    let claim: Claim = bob.claim(SPACE);
    let welcome = Welcome {
        keyring: ada.admit(&bob),
        card: b"welcome".to_vec().into(),
    };
    let (from, to) = (ada.who.identity.public(), bob.identity.public());
    let sealed = seal_welcome(&ada.who.identity, &to, secret.id(), &welcome, &mut rng).unwrap();
    assert_eq!(
        open_welcome(&bob.identity, &from, secret.id(), &sealed).as_ref(),
        Ok(&welcome)
    );
    Vectors::default()
        .text("fragment", secret.to_fragment())
        .bytes("invitation key", secret.key().public())
        .bytes("invitation id", secret.id().as_bytes())
        .bytes("inviter key", ada.who.identity.inviter_key(secret.id()).public())
        .bytes("blob: plain", code::encode(&blob))
        .bytes("blob", secret.seal_blob(&blob, &mut rng))
        .bytes("claim: plain", code::encode(&claim))
        .bytes("claim", secret.seal_claim(&claim, &mut rng))
        .text("compare words", compare_words(&from, &to, secret.id()).join(" "))
        .bytes("newcomer's identity secrets", code::encode(&bob.identity))
        .bytes("welcome: plain", code::encode(&welcome))
        .bytes("welcome", &sealed)
        .check("invitation.json");
}
