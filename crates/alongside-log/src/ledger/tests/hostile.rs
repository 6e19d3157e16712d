//! What a member, or somebody with the keys of one, can put into an envelope: none of it takes effect.

use super::forge::{Forge, pair};
use crate::code;
use crate::entry::{self, Header, Heads, Place, Witness};
use crate::identity::{DeviceCert, DevicePublic};
use crate::ids::{DeviceId, EntryId, EpochId, PersonId, RoundId, SpaceId};
use crate::ledger::{Alarm, Control, Outcome, Refusal, What};
use crate::purpose::Purpose;
use crate::testing::{Client, Relay, SPACE, Someone, numbered, refusals, rng, stamp, sync_all, two};
use crate::vault::SpaceKind;

fn check(change: impl FnOnce(&mut Forge<'_>), expected: Refusal) {
    let (relay, ada, mut bob) = pair(70);
    let mut forge = Forge::next(&ada);
    change(&mut forge);
    let opened = bob.open(numbered([forge.seal()], relay.log.len() as u64 + 1));
    assert_eq!(refusals(&opened), [expected]);
    assert_eq!(bob.texts(), Vec::<String>::new());
}

#[test]
fn an_unspoilt_one_opens() {
    let (relay, ada, mut bob) = pair(70);
    let envelope = Forge::next(&ada).seal();
    bob.open(numbered([envelope], relay.log.len() as u64 + 1));
    assert_eq!(bob.texts(), ["forged"]);
}

#[test]
fn another_space_epoch_person_or_device_is_refused_for_what_it_is() {
    let stranger = Someone::make(&mut rng(1));
    check(
        |it| it.header.space = SpaceId::from_bytes([1; 16]),
        Refusal::WrongSpace,
    );
    check(
        |it| it.header.epoch = EpochId::from_bytes([1; 32]),
        Refusal::WrongEpoch,
    );
    check(
        |it| it.header.person = PersonId::from_bytes([1; 32]),
        Refusal::NotMember,
    );
    let person = stranger.person();
    check(|it| it.header.person = person, Refusal::NotMember);
    check(
        |it| it.header.device = DeviceId::from_bytes([1; 32]),
        Refusal::UnknownDevice,
    );
    check(|it| it.device = stranger.device.clone(), Refusal::BadSignature);
}

#[test]
fn a_member_cannot_write_as_another_member() {
    let (relay, ada, mut bob) = pair(70);
    let mut forge = Forge::next(&ada);
    forge.header.person = bob.who.person();
    let opened = bob.open(numbered([forge.seal()], relay.log.len() as u64 + 1));
    assert_eq!(refusals(&opened), [Refusal::UnknownDevice]);
    // Nor under the name of the other's device.
    let mut forge = Forge::next(&ada);
    forge.header.person = bob.who.person();
    forge.header.device = bob.who.device_id();
    forge.header.place = Place::Chain { seq: 0, prev: None };
    let opened = bob.open(numbered([forge.seal()], relay.log.len() as u64 + 2));
    assert_eq!(refusals(&opened), [Refusal::BadSignature]);
}

#[test]
fn a_signature_for_another_purpose_is_none() {
    for purpose in Purpose::ALL.iter().filter(|purpose| **purpose != Purpose::Entry) {
        check(|it| it.purpose = *purpose, Refusal::BadSignature);
    }
    // A statement signed as an entry, likewise.
    check(
        |it| {
            it.header.place = Place::Round(RoundId::from_bytes([3; 32]));
            it.purpose = Purpose::Entry;
        },
        Refusal::BadSignature,
    );
}

#[test]
fn a_place_that_is_none_is_refused() {
    check(
        |it| it.header.place = Place::Chain { seq: 0, prev: None },
        Refusal::Forked,
    );
    check(
        |it| {
            it.header.place = Place::Chain {
                seq: 0,
                prev: Some(EntryId::from_bytes([1; 32])),
            }
        },
        Refusal::Malformed,
    );
    check(
        |it| it.header.place = Place::Chain { seq: 5, prev: None },
        Refusal::Malformed,
    );
    // It leaves numbers out behind an entry that is there.
    check(
        |it| {
            if let Place::Chain { seq, .. } = &mut it.header.place {
                *seq += 1;
            }
        },
        Refusal::Malformed,
    );
    check(
        |it| {
            if let Place::Chain { seq, .. } = &mut it.header.place {
                *seq = u64::MAX;
            }
        },
        Refusal::Malformed,
    );
}

#[test]
fn a_depth_that_is_not_its_own_is_refused() {
    check(|it| it.header.depth += 1, Refusal::WrongDepth);
    check(|it| it.header.depth -= 1, Refusal::WrongDepth);
    check(|it| it.header.depth = u64::MAX, Refusal::WrongDepth);
}

#[test]
fn a_payload_that_was_not_signed_is_refused() {
    check(|it| it.salted.push(b'!'), Refusal::WrongPayload);
    check(|it| it.salted.clear(), Refusal::WrongPayload);
    check(|it| it.salted[20] ^= 1, Refusal::WrongPayload);
    check(|it| it.header.payload_len = u32::MAX, Refusal::WrongPayload);
}

#[test]
fn versions_and_controls_of_later_times_are_told_from_what_is_broken() {
    check(|it| it.header.version = 2, Refusal::TooNew);
    check(|it| it.header.version = u32::MAX, Refusal::TooNew);
    check(|it| it.header.version = 0, Refusal::Malformed);
    // [17, []]: a control of a kind that there is not yet.
    const LATER: &[u8] = &[0x82, 0x11, 0x80];
    let spoil = |it: &mut Forge<'_>| {
        it.salted = vec![7; 16];
        it.header.payload_len = 0;
        it.header.payload_hash = entry::payload_hash(&[&it.salted]);
        it.header.control = Some(LATER);
    };
    check(spoil, Refusal::TooNew);
    // With content beside it, or in a statement, it is nothing at all.
    check(|it| it.header.control = Some(LATER), Refusal::Malformed);
    check(
        |it| {
            spoil(it);
            it.header.place = Place::Round(RoundId::from_bytes([3; 32]));
            it.purpose = Purpose::Statement;
        },
        Refusal::Malformed,
    );
}

#[test]
fn what_follows_on_a_control_of_a_later_time_opens_nevertheless() {
    let (relay, ada, mut bob) = pair(71);
    let mut forge = Forge::next(&ada);
    forge.salted = vec![7; 16];
    forge.header.payload_len = 0;
    forge.header.payload_hash = entry::payload_hash(&[&forge.salted]);
    forge.header.control = Some(&[0x82, 0x11, 0x80]);
    let first = entry::entry_id(Purpose::Entry, &forge.bytes());
    let later = forge.seal();
    let mut next = Forge::next(&ada);
    if let Place::Chain { seq, prev } = &mut next.header.place {
        *seq += 1;
        *prev = Some(first);
    }
    next.header.depth += 1;
    let opened = bob.open(numbered([later, next.seal()], relay.log.len() as u64 + 1));
    assert_eq!(refusals(&opened), [Refusal::TooNew]);
    assert_eq!(bob.texts(), ["forged"]);
}

#[test]
fn heads_are_eight_in_order_and_each_once() {
    let (relay, ada, bob) = pair(72);
    let forge = Forge::next(&ada);
    let bytes = forge.bytes();
    // The heads are an empty array after five fields: they are found by their place in the encoding of the place before.
    let heads = |ids: &[[u8; 32]]| {
        let mut with = Vec::new();
        let mut decoder = minicbor::Decoder::new(&bytes);
        decoder.array().unwrap();
        for _ in 0..5 {
            decoder.skip().unwrap();
        }
        let at = decoder.position();
        assert_eq!(bytes[at], 0x80);
        with.extend_from_slice(&bytes[..at]);
        with.push(0x80 + u8::try_from(ids.len()).unwrap());
        for id in ids {
            with.extend_from_slice(&[0x58, 0x20]);
            with.extend_from_slice(id);
        }
        with.extend_from_slice(&bytes[at + 1..]);
        forge.seal_signed(&forge.device.sign(Purpose::Entry, &with))
    };
    let nine: Vec<[u8; 32]> = (0..9).map(|at| [at; 32]).collect();
    for ids in [&nine[..], &[[2; 32], [1; 32]], &[[1; 32], [1; 32]]] {
        let opened = bob
            .clone()
            .open(numbered([heads(ids)], relay.log.len() as u64 + 1));
        assert_eq!(refusals(&opened), [Refusal::Malformed]);
    }
    let opened = bob
        .clone()
        .open(numbered([heads(&nine[..8])], relay.log.len() as u64 + 1));
    assert!(matches!(opened.outcomes.as_slice(), [Outcome::Held { .. }]));
}

#[test]
fn a_forged_entry_below_a_signed_head_is_refused_and_a_forged_head_does_not_take_the_rest_with_it() {
    let (relay, mut ada, bob) = pair(73);
    let from = relay.log.len() as u64 + 1;
    for text in ["one", "two", "three"] {
        ada.say(text);
    }
    let real = ada.outbox.clone();
    // In place of "two": same place, other words, signed by somebody else. It is not what "three" names.
    let mut before = bob.clone();
    before.open(numbered(real[..1].to_vec(), from));
    let thief = Someone::make(&mut rng(3));
    let mut forge = Forge::next(&ada);
    let one = before
        .seen
        .iter()
        .find(|it| it.device() == ada.who.device_id())
        .unwrap();
    let Place::Chain { seq, .. } = one.place() else {
        panic!("an entry of a chain")
    };
    forge.header.place = Place::Chain {
        seq: seq + 1,
        prev: Some(one.entry()),
    };
    forge.header.depth = one.depth() + 1;
    forge.device = thief.device.clone();
    let forged = forge.seal();
    let mut cheated = bob.clone();
    let opened = cheated.open(numbered([real[0].clone(), forged.clone(), real[2].clone()], from));
    assert_eq!(refusals(&opened), [Refusal::BadSignature]);
    assert_eq!(cheated.texts(), ["one"]);
    assert_eq!(cheated.ledger.held(), 1, "the third waits for the true second");
    // As a head, above the true ones: it falls, they stand.
    let mut forge = Forge::next(&ada);
    forge.device = thief.device;
    let mut all = real;
    all.push(forge.seal());
    let mut sound = bob;
    let opened = sound.open(numbered(all, from));
    assert_eq!(refusals(&opened), [Refusal::BadSignature]);
    assert_eq!(sound.texts(), ["one", "three", "two"]);
}

#[test]
fn bytes_beside_the_signed_ones_are_refused() {
    let (relay, ada, bob) = pair(74);
    let forge = Forge::next(&ada);
    let signed = forge.device.sign(Purpose::Entry, &forge.bytes());
    let end = signed.len() - 66;
    // The signature's length in two bytes; a longer one; something behind it; a header in the unprotected map.
    let long_length = [&signed[..end], &[0x59, 0x00, 0x40], &signed[end + 2..]].concat();
    let trailing = [&signed[..], &[0]].concat();
    let mut unprotected = signed.clone();
    unprotected[6] = 0xa1;
    for signed in [
        long_length,
        trailing,
        unprotected,
        vec![],
        vec![0xd2],
        vec![0xd2, 0x84],
    ] {
        let opened = bob
            .clone()
            .open(numbered([forge.seal_signed(&signed)], relay.log.len() as u64 + 1));
        assert_eq!(refusals(&opened), [Refusal::Malformed]);
    }
}

#[test]
fn a_space_begins_once() {
    let (relay, mut ada, mut bob) = pair(75);
    let began = Control::Began {
        kind: SpaceKind::Us,
        person: ada.who.identity.public(),
        cert: ada.who.cert.clone(),
    };
    ada.outbox.clear();
    let mut tip = ada.tip();
    let draft = crate::ledger::Draft {
        stamp: stamp(0),
        witness: None,
        what: What::Control(began),
    };
    let (_, envelope) = ada.ledger.seal(&mut tip, &ada.who.author(), draft, &mut rng(1));
    let opened = bob.open(numbered([envelope], relay.log.len() as u64 + 1));
    assert_eq!(refusals(&opened), [Refusal::NotAllowed]);
}

#[test]
fn a_space_of_another_kind_or_without_a_beginning_does_not_open() {
    let mut relay = Relay::default();
    let mut ada = Client::begin(SPACE, SpaceKind::Us, 76);
    ada.say("one");
    ada.push(&mut relay);
    let mut ring = ada.ledger.keyring();
    ring.kind = SpaceKind::Me;
    let mut other = Client::with(ada.who.clone(), &ring, 77);
    let opened = other.pull(&relay);
    assert!(refusals(&opened).contains(&Refusal::NotAllowed));
    assert_eq!(other.texts(), Vec::<String>::new());
}

#[test]
fn a_certificate_of_somebody_else_brings_nobody_in() {
    let (relay, ada, mut bob) = pair(78);
    let thief = Someone::make(&mut rng(5));
    // The thief's device, certified by the thief, says hello in Ada's name.
    for cert in [thief.cert.clone(), DeviceCert::from_bytes(vec![1, 2, 3])] {
        let hello = code::encode(&Control::hello(&cert));
        let mut forge = Forge::next(&ada);
        forge.salted = vec![7; 16];
        forge.header.device = thief.device_id();
        forge.header.place = Place::Chain { seq: 0, prev: None };
        forge.header.heads = Heads::default();
        forge.header.depth = 0;
        forge.header.payload_len = 0;
        forge.header.payload_hash = entry::payload_hash(&[&forge.salted]);
        let header = Header {
            control: Some(&hello),
            ..forge.header.clone()
        };
        let signed = thief.device.sign(Purpose::Entry, &code::encode(&header));
        let envelope = forge.seal_signed(&signed);
        let number = bob.ledger.number() + 1;
        let opened = bob.open(numbered([envelope], number));
        assert_eq!(refusals(&opened), [Refusal::UnknownDevice]);
    }
    assert!(!bob.ledger.knows_device(thief.device_id()));
    assert!(relay.log.len() > 1);
}

#[test]
fn a_lie_about_what_was_witnessed_is_an_alarm_and_no_more() {
    let (relay, ada, bob) = pair(79);
    let last = relay.log.len() as u64;
    for number in [last, last + 1000, u64::MAX] {
        let mut forge = Forge::next(&ada);
        let running = [9; 32];
        forge.header.witness = Some(Witness { number, running });
        let mut bob = bob.clone();
        bob.open(numbered([forge.seal()], last + 1));
        let device = Some(ada.who.device_id());
        assert_eq!(bob.alarms, [Alarm::TwoPasts { number, device }]);
        assert_eq!(bob.texts(), ["forged"]);
    }
}

#[test]
fn a_device_that_nothing_can_be_sealed_to_is_none_and_makes_nobody_write_for_ever() {
    let (mut relay, mut ada, mut bob) = two(700);
    let other = Someone::make(&mut rng(701));
    let unusable = DevicePublic {
        receiving: [0; 32],
        ..other.device.public()
    };
    let cert = bob.who.identity.certify(&unusable);
    bob.control_at_once(Control::hello(&cert));
    // Ada has begun an epoch meanwhile: whoever came in while she did would be handed its key.
    ada.rekey();
    sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    assert!(!ada.ledger.must_tell());
    assert!(!ada.ledger.knows_device(unusable.id()));
    ada.say("hello");
    ada.sync(&mut relay);
    assert_eq!(ada.refused, [Refusal::NotAllowed]);
    assert!(!ada.ledger.must_tell());
}
