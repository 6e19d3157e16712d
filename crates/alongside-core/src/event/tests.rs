//! Claims about the bytes of events. The snapshots are the formats: a change in one makes the past unreadable.

use insta::assert_snapshot;
use jiff::civil::Weekday;
use proptest::prelude::*;

use super::*;
use crate::arbitrary;
use crate::checkin::{Answers, Care, CareSent, CareWithdrawn, Field, Noted, Shared, Support, Word};
use crate::members::{Begun, Kind, Labelled, Named, Set};
use crate::rhythm::{Agreed, Period, Proposed, Rhythm, Withdrawn};
use crate::story::{TODAY, US, entry};

fn hex(event: impl Into<Event>) -> String {
    let event = event.into();
    let bytes = encode(&event);
    assert_eq!(decode(&bytes), Decoded::Known(event));
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn full() -> Answers {
    Answers {
        mood: Some(7),
        pressure: Some(3),
        close: Some(10),
        free: Some(0),
        understood: Some(5),
        gave: Some(true),
        gave_kinds: [Support::Listening, Support::Other].into(),
        got: Some(true),
        fit: Some(8),
        thanks: Some(true),
        said: Some(false),
        thanks_for: Some("tea".to_owned()),
        tension: Some(true),
        came_back: Some(true),
        need: Some("rest".to_owned()),
        note: Some("ü".to_owned()),
    }
}

#[test]
fn the_words_about_members_are_frozen() {
    use members::Event as Said;
    let begun = |kind| {
        hex(Said::Begun(Begun {
            kind,
            name: "Us".to_owned(),
        }))
    };
    assert_snapshot!(begun(Kind::Partner), @"826a75732e626567756e2f318200625573");
    assert_snapshot!(begun(Kind::Friend), @"826a75732e626567756e2f318201625573");
    assert_snapshot!(begun(Kind::Family), @"826a75732e626567756e2f318202625573");
    assert_snapshot!(begun(Kind::Work), @"826a75732e626567756e2f318203625573");
    assert_snapshot!(hex(Said::Named(Named { name: "Ada".to_owned() })), @"826f6d656d626572732e6e616d65642f318163416461");
    assert_snapshot!(hex(Said::Labelled(Labelled { us: US, label: Some("B".to_owned()) })), @"826d75732e6c6162656c6c65642f318250222222222222222222222222222222226142");
    assert_snapshot!(hex(Said::Labelled(Labelled { us: US, label: None })), @"826d75732e6c6162656c6c65642f31815022222222222222222222222222222222");
    assert_snapshot!(hex(Said::Set(Set { name: "Ada".to_owned() })), @"82686d652e7365742f318163416461");
}

#[test]
fn the_words_about_the_rhythm_are_frozen() {
    use rhythm::Event as Said;
    let proposed = |rhythm| hex(Said::Proposed(Proposed { rhythm }));
    let some = [Weekday::Monday, Weekday::Sunday].into_iter().collect();
    assert_snapshot!(proposed(Rhythm::Daily), @"827172687974686d2e70726f706f7365642f31818100");
    assert_snapshot!(proposed(Rhythm::SomeDays(some)), @"827172687974686d2e70726f706f7365642f318182011841");
    assert_snapshot!(proposed(Rhythm::Weekly(Weekday::Sunday)), @"827172687974686d2e70726f706f7365642f3181820207");
    let agreed = Said::Agreed(Agreed {
        proposal: entry(1),
        after: vec![entry(2)],
    });
    assert_snapshot!(hex(agreed), @"826f72687974686d2e6167726565642f3182582001010101010101010101010101010101010101010101010101010101010101018158200202020202020202020202020202020202020202020202020202020202020202");
    assert_snapshot!(hex(Said::Withdrawn(Withdrawn { proposal: entry(1) })), @"827272687974686d2e77697468647261776e2f318158200101010101010101010101010101010101010101010101010101010101010101");
}

#[test]
fn the_words_about_check_ins_are_frozen() {
    use checkin::Event as Said;
    let shared = [Field::Mood, Field::Note].into();
    assert_snapshot!(hex(Said::Noted(Noted { day: TODAY, us: Some(US), answers: full(), shared })), @"826f636865636b696e2e6e6f7465642f31846a323032362d31312d323250222222222222222222222222222222229007030a0005f5820003f508f5f463746561f5f5647265737462c3bc82000e");
    let mood = Answers {
        mood: Some(7),
        ..Answers::default()
    };
    let alone = Noted {
        day: TODAY,
        us: None,
        answers: mood.clone(),
        shared: Field::ALL.into(),
    };
    assert_snapshot!(hex(Said::Noted(alone)), @"826f636865636b696e2e6e6f7465642f31846a323032362d31312d3232f68707f6f6f6f6f6808f000102030405060708090a0b0c0d0e");
    let shared = |period| {
        hex(Said::Shared(Shared {
            period,
            answers: mood.clone(),
        }))
    };
    assert_snapshot!(shared(Period::day(TODAY)), @"8270636865636b696e2e7368617265642f31826a323032362d31312d32328707f6f6f6f6f680");
    assert_snapshot!(shared(Period::week_of(TODAY)), @"8270636865636b696e2e7368617265642f318268323032362d5734378707f6f6f6f6f680");
    let care = |care| hex(Said::Care(CareSent { to: entry(1), care }));
    assert_snapshot!(care(Care::Word(Word::ThankYou)), @"826b636172652e73656e742f31825820010101010101010101010101010101010101010101010101010101010101010182008100");
    assert_snapshot!(care(Care::Word(Word::TakeYourTime)), @"826b636172652e73656e742f31825820010101010101010101010101010101010101010101010101010101010101010182008107");
    assert_snapshot!(care(Care::Sentence("I see".to_owned())), @"826b636172652e73656e742f318258200101010101010101010101010101010101010101010101010101010101010101820181654920736565");
    assert_snapshot!(hex(Said::CareWithdrawn(CareWithdrawn { to: entry(1) })), @"8270636172652e77697468647261776e2f318158200101010101010101010101010101010101010101010101010101010101010101");
}

#[test]
fn every_word_of_care_has_its_number() {
    let numbers = Word::ALL.map(|word| minicbor::to_vec(word).expect("to memory"));
    assert_eq!(numbers, [[0], [1], [2], [3], [4], [5], [6], [7]]);
}

#[test]
fn every_field_has_its_number() {
    let numbers = Field::ALL.map(|field| minicbor::to_vec(field).expect("to memory"));
    assert_eq!(numbers.concat(), (0..15).collect::<Vec<u8>>());
}

#[test]
fn a_later_version_is_unknown_and_not_malformed() {
    let later = minicbor::to_vec(("members.named/2", ["Ada"])).expect("to memory");
    assert_eq!(
        decode(&later),
        Decoded::Unknown {
            kind: "members.named/2".to_owned()
        }
    );
}

#[test]
fn an_unknown_kind_with_trailing_bytes_is_malformed() {
    let mut later = minicbor::to_vec(("members.named/2", ["Ada"])).expect("to memory");
    later.push(0);
    assert_eq!(decode(&later), Decoded::Malformed);
}

#[test]
fn what_is_no_pair_of_kind_and_body_is_malformed() {
    let none: &[u8] = &[];
    for bytes in [
        none,
        &[0x80],
        &[0x81, 0x61, b'x'],
        &[0x82, 0x01, 0x01],
        &[0x9f, 0x61, b'x', 0x80, 0xff],
    ] {
        assert_eq!(decode(bytes), Decoded::Malformed);
    }
}

#[test]
fn a_day_that_no_calendar_has_is_malformed() {
    let answers = Answers {
        mood: Some(1),
        ..Answers::default()
    };
    for label in [
        "2026-02-30",
        "2026-11-1",
        "20261122",
        "2026-W54",
        "2026-W7",
        "2026-11-22T10:00",
        "+026-11-22",
    ] {
        let payload = minicbor::to_vec(("checkin.shared/1", (label, answers.clone()))).expect("to memory");
        assert_eq!(decode(&payload), Decoded::Malformed, "{label}");
    }
}

proptest! {
    #[test]
    fn every_event_is_read_as_it_was_written(event in arbitrary::event()) {
        prop_assert_eq!(decode(&encode(&event)), Decoded::Known(event));
    }

    #[test]
    fn an_event_has_one_encoding(event in arbitrary::event(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bytes = encode(&event);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Decoded::Known(other) = decode(&bytes) {
            prop_assert_ne!(&other, &event);
            prop_assert_eq!(encode(&other), bytes);
        }
    }

    #[test]
    fn trailing_bytes_are_malformed(event in arbitrary::event(), more in prop::collection::vec(any::<u8>(), 1..5)) {
        let mut bytes = encode(&event);
        bytes.extend(more);
        prop_assert_eq!(decode(&bytes), Decoded::Malformed);
    }

    #[test]
    fn a_cut_event_is_malformed(event in arbitrary::event(), at in any::<prop::sample::Index>()) {
        let bytes = encode(&event);
        prop_assert_eq!(decode(&bytes[..at.index(bytes.len())]), Decoded::Malformed);
    }

    #[test]
    fn decoding_any_bytes_comes_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
    }

    #[test]
    fn decoding_any_body_of_a_known_kind_comes_to_an_end(event in arbitrary::event(), body in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut bytes = minicbor::to_vec(event.kind()).expect("to memory");
        bytes.insert(0, 0x82);
        bytes.extend(body);
        if let Decoded::Known(other) = decode(&bytes) {
            prop_assert_eq!(encode(&other), bytes);
        }
    }
}
