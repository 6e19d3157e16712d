//! Any bit flipped anywhere in an envelope, or in what is sealed in it: refused, for what it is.

use super::forge::{Forge, pair};
use crate::ledger::{HeldWhy, Outcome, Refusal};
use crate::purpose::Purpose;
use crate::seal::envelope::{Envelope, SealedPayload};
use crate::testing::{Client, Relay, flips, numbered};

/// What became of an envelope, by a reader to whom it is new.
fn become_of(reader: &Client, relay: &Relay, envelope: Envelope) -> Outcome {
    let mut reader = reader.clone();
    let opened = reader.open(numbered([envelope], relay.log.len() as u64 + 1));
    assert_eq!(opened.outcomes.len(), 1);
    assert_eq!(reader.texts(), Vec::<String>::new());
    opened.outcomes[0].clone()
}

fn refusal(outcome: &Outcome) -> Option<Refusal> {
    match outcome {
        Outcome::Refused { why, .. } => Some(*why),
        Outcome::Opened(_) | Outcome::Known { .. } | Outcome::Held { .. } | Outcome::Hidden { .. } => None,
    }
}

#[test]
fn any_bit_flipped_in_a_head_is_refused_for_what_it_is() {
    let (relay, writer, reader) = pair(500);
    let sound = Forge::next(&writer).seal();
    for (at, head) in flips(&sound.head) {
        let envelope = Envelope {
            head,
            payload: sound.payload.clone(),
        };
        let outcome = become_of(&reader, &relay, envelope);
        let why = refusal(&outcome);
        match at {
            1 => assert!(matches!(why, Some(Refusal::Malformed | Refusal::TooNew))),
            3..19 => assert_eq!(why, Some(Refusal::WrongSpace)),
            // An epoch that there is not: it waits for its key for ever.
            21..53 => assert!(matches!(
                outcome,
                Outcome::Held {
                    why: HeldWhy::Epoch,
                    ..
                }
            )),
            55..79 | 81..113 => assert_eq!(why, Some(Refusal::BadCommitment)),
            116.. => assert_eq!(why, Some(Refusal::Undecryptable)),
            _ => assert_eq!(why, Some(Refusal::Malformed), "byte {at}"),
        }
    }
}

#[test]
fn any_bit_flipped_in_a_payload_is_refused() {
    let (relay, writer, reader) = pair(501);
    let sound = Forge::next(&writer).seal();
    let SealedPayload::Here(payload) = &sound.payload else {
        panic!("it is there")
    };
    let with = |payload| Envelope {
        head: sound.head.clone(),
        payload: SealedPayload::Here(payload),
    };
    for (at, payload) in flips(payload) {
        let outcome = become_of(&reader, &relay, with(payload));
        assert_eq!(refusal(&outcome), Some(Refusal::Undecryptable), "byte {at}");
    }
    for payload in [Vec::new(), payload[1..].to_vec(), [&payload[..], &[0]].concat()] {
        let outcome = become_of(&reader, &relay, with(payload));
        assert_eq!(refusal(&outcome), Some(Refusal::Undecryptable));
    }
}

#[test]
fn any_bit_flipped_in_what_was_signed_or_in_its_signature_is_refused_though_it_is_sealed_as_it_must_be() {
    let (relay, writer, reader) = pair(502);
    let forge = Forge::next(&writer);
    let signed = forge.device.sign(Purpose::Entry, &forge.bytes());
    let signature = signed.len() - 64;
    for (at, flipped) in flips(&signed) {
        let outcome = become_of(&reader, &relay, forge.seal_signed(&flipped));
        match refusal(&outcome) {
            Some(Refusal::BadSignature) => {}
            // What is looked at before the signature is.
            Some(
                Refusal::Malformed
                | Refusal::TooNew
                | Refusal::WrongSpace
                | Refusal::WrongEpoch
                | Refusal::WrongPayload
                | Refusal::UnknownDevice,
            ) => assert!(at < signature, "byte {at}"),
            // Another device's, which is not known, after an entry that is not there.
            None if matches!(outcome, Outcome::Held { .. }) => assert!(at < signature, "byte {at}"),
            other => panic!("byte {at}: {other:?}"),
        }
    }
}

#[test]
fn any_bit_flipped_in_a_statement_is_refused() {
    let (relay, mut writer, reader) = pair(503);
    let round = writer.ledger.round_id("today");
    let sound = writer.statement(round, "answer");
    for (at, head) in flips(&sound.head) {
        let envelope = Envelope {
            head,
            payload: sound.payload.clone(),
        };
        let outcome = become_of(&reader, &relay, envelope);
        let held = matches!(outcome, Outcome::Held { .. });
        assert!(held || refusal(&outcome).is_some(), "byte {at}");
    }
}
