//! Statements of rounds: signed alone, named by their device's chain afterwards.

use crate::cose::count;
use crate::entry::Place;
use crate::ledger::{CannotWrite, Control, Refusal};
use crate::testing::{Client, Relay, SPACE, refusals, rng, stamp, two};
use crate::vault::SpaceKind;

#[test]
fn both_answers_open_once_the_relay_hands_them_out() {
    let (mut relay, mut ada, mut bob) = two(20);
    let round = ada.ledger.round_id("today");
    assert_eq!(round, bob.ledger.round_id("today"));
    let (one, two) = (ada.statement(round, "A"), bob.statement(round, "B"));
    relay.append(one);
    relay.append(two);
    ada.pull(&relay);
    bob.pull(&relay);
    assert_eq!(ada.texts(), ["A", "B"]);
    assert_eq!(bob.texts(), ["A", "B"]);
    assert!(ada.seen.iter().any(|it| it.place() == Place::Round(round)));
}

#[test]
fn a_rounds_name_is_another_in_another_space() {
    let one = Client::begin(SPACE, SpaceKind::Us, 21);
    let other = Client::begin(SPACE, SpaceKind::Us, 22);
    assert_ne!(one.ledger.round_id("today"), other.ledger.round_id("today"));
    assert_ne!(one.ledger.round_id("today"), one.ledger.round_id("tomorrow"));
}

#[test]
fn a_statement_leaves_no_trace_in_what_its_device_writes_meanwhile() {
    let (mut relay, mut ada, bob) = two(23);
    let quiet = {
        let mut ada = ada.clone();
        ada.say("something else");
        ada.outbox
    };
    let round = ada.ledger.round_id("today");
    let with = ada.clone().rng;
    let _ = ada.statement(round, "my answer");
    ada.rng = with;
    ada.say("something else");
    assert_eq!(ada.outbox, quiet);
    ada.push(&mut relay);
    let mut bob = bob;
    bob.pull(&relay);
    assert_eq!(bob.texts(), ["something else"]);
}

#[test]
fn a_second_statement_of_one_person_in_a_round_is_refused() {
    let (mut relay, mut ada, mut bob) = two(24);
    let round = ada.ledger.round_id("today");
    relay.append(ada.statement(round, "this"));
    relay.append(ada.statement(round, "that"));
    // Nor from another device of the same person.
    let mut phone = ada.second_device(25);
    phone.pull(&relay);
    phone.say("hello");
    phone.push(&mut relay);
    relay.append(phone.statement(round, "something else again"));
    let opened = bob.pull(&relay);
    assert_eq!(refusals(&opened), [Refusal::Forked, Refusal::Forked]);
    assert_eq!(bob.texts(), ["hello", "this"]);
    ada.pull(&relay);
    assert_eq!(ada.texts(), bob.texts());
}

#[test]
fn a_device_names_its_own_statements_and_they_need_no_signature_then() {
    let (mut relay, mut ada, _) = two(26);
    for at in 0..20 {
        let round = ada.ledger.round_id(&format!("{at}"));
        let statement = ada.statement(round, &format!("answer {at}"));
        relay.append(statement);
        ada.pull(&relay);
        ada.say("…");
        ada.sync(&mut relay);
    }
    let mut anew = ada.second_device(27);
    count::take();
    anew.pull(&relay);
    // Three certificates (two founders' devices and one let in), one head: none of the twenty statements.
    let counted = count::take();
    assert!(counted <= 4, "{counted} signatures were checked");
    assert_eq!(anew.texts().len(), 40);
    assert_eq!(anew.refused, []);
}

#[test]
fn a_statement_that_its_chain_does_not_name_yet_stands_by_its_own_signature() {
    let (mut relay, mut ada, mut bob) = two(28);
    let round = ada.ledger.round_id("today");
    let statement = ada.statement(round, "answer");
    relay.append(statement);
    count::take();
    bob.pull(&relay);
    assert_eq!(count::take(), 1);
    assert_eq!(bob.texts(), ["answer"]);
}

#[test]
fn nobody_states_anything_before_their_device_is_known_or_after_it_is_closed() {
    let (mut relay, mut ada, _) = two(29);
    let mut phone = ada.second_device(30);
    phone.pull(&relay);
    let round = phone.ledger.round_id("today");
    let mut rng = rng(1);
    let author = phone.who.author();
    let early = phone.ledger.deposit(&author, round, stamp(0), b"early", &mut rng);
    assert_eq!(early.map(|_| ()), Err(CannotWrite));
    ada.control(Control::leave());
    ada.sync(&mut relay);
    let author = ada.who.author();
    let late = ada.ledger.deposit(&author, round, stamp(0), b"late", &mut rng);
    assert_eq!(late.map(|_| ()), Err(CannotWrite));
}

#[test]
fn a_statement_deposited_before_a_new_epoch_opens_after_it() {
    let (mut relay, mut ada, mut bob) = two(31);
    let round = ada.ledger.round_id("today");
    let statement = ada.statement(round, "from before");
    ada.rekey();
    ada.push(&mut relay);
    relay.append(statement);
    bob.pull(&relay);
    assert_eq!(bob.texts(), ["from before"]);
}

#[test]
fn what_a_person_stated_before_leaving_is_refused_after_it() {
    let (mut relay, mut ada, mut bob) = two(32);
    let round = ada.ledger.round_id("today");
    let statement = ada.statement(round, "too late");
    ada.control(Control::leave());
    ada.push(&mut relay);
    relay.append(statement);
    bob.pull(&relay);
    assert_eq!(bob.refused, [Refusal::Closed]);
    assert_eq!(bob.texts(), Vec::<String>::new());
}

#[test]
fn a_relay_that_says_nothing_costs_nothing() {
    let mut me = Client::begin(SPACE, SpaceKind::Me, 33);
    let opened = me.pull(&Relay::default());
    assert!(opened.outcomes.is_empty() && opened.alarms.is_empty());
}
