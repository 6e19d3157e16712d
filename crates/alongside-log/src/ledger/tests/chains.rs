//! Chains: what hangs together opens, and nothing else.

use crate::cose::count;
use crate::ledger::{Content, Control, HeldWhy, Incoming, Outcome, Refusal};
use crate::testing::{Client, Relay, SPACE, numbered, refusals, text, two};
use crate::vault::SpaceKind;

fn opened_texts(outcomes: &[Outcome]) -> Vec<String> {
    outcomes
        .iter()
        .filter_map(|outcome| {
            if let Outcome::Opened(it) = outcome {
                text(it)
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn what_one_writes_the_other_reads() {
    let (mut relay, mut ada, mut bob) = two(1);
    ada.say("one");
    bob.say("two");
    ada.push(&mut relay);
    bob.sync(&mut relay);
    ada.sync(&mut relay);
    assert_eq!(ada.texts(), ["one", "two"]);
    assert_eq!(bob.texts(), ["one", "two"]);
    assert_eq!((ada.refused, bob.refused), (vec![], vec![]));
    assert_eq!((ada.alarms, bob.alarms), (vec![], vec![]));
    assert_eq!(ada.ledger.running(), bob.ledger.running());
}

#[test]
fn an_own_entry_comes_back_with_its_number() {
    let (mut relay, mut ada, _) = two(2);
    let entry = ada.say("mine");
    ada.push(&mut relay);
    let opened = ada.pull(&relay);
    let last = u64::try_from(relay.log.len()).unwrap();
    assert!(matches!(
        opened.outcomes.as_slice(),
        [Outcome::Known { number: Some(number), entry: known, .. }] if *number == last && *known == entry
    ));
    assert_eq!(ada.ledger.number(), last);
}

#[test]
fn what_comes_again_is_known() {
    let (mut relay, mut ada, mut bob) = two(3);
    ada.say("once");
    ada.push(&mut relay);
    bob.pull(&relay);
    let again = bob.open(relay.after(bob.ledger.number() - 1));
    assert!(matches!(
        again.outcomes.as_slice(),
        [Outcome::Known { number: Some(_), .. }]
    ));
    let unnumbered = Incoming {
        number: None,
        envelope: relay.log.last().unwrap().clone(),
    };
    let again = bob.open(vec![unnumbered]);
    assert!(matches!(
        again.outcomes.as_slice(),
        [Outcome::Known { number: None, .. }]
    ));
    assert_eq!(bob.texts(), ["once"]);
}

#[test]
fn a_gap_in_the_numbers_is_refused() {
    let (mut relay, mut ada, mut bob) = two(4);
    ada.say("one");
    ada.say("two");
    ada.push(&mut relay);
    let after = relay.after(bob.ledger.number());
    let opened = bob.open(after[1..].to_vec());
    assert_eq!(refusals(&opened), [Refusal::Gap]);
    let before = bob.ledger.number();
    let zero = bob.open(numbered([relay.log[0].clone()], 0));
    assert_eq!(refusals(&zero), [Refusal::Gap]);
    let far = bob.open(numbered([relay.log[0].clone()], u64::MAX));
    assert_eq!(refusals(&far), [Refusal::Gap]);
    assert_eq!(bob.ledger.number(), before);
    bob.pull(&relay);
    assert_eq!(bob.texts(), ["one", "two"]);
}

#[test]
fn what_comes_before_its_parents_is_held_and_then_opens_in_its_order() {
    let (_, mut ada, mut bob) = two(5);
    for text in ["one", "two", "three"] {
        ada.say(text);
    }
    let mut relay = Relay::default();
    ada.push(&mut relay);
    let from = bob.ledger.number() + 1;
    let reversed: Vec<_> = relay.log.iter().rev().cloned().collect();
    for (number, envelope) in (from..).zip(reversed.iter().take(2)) {
        let opened = bob.open(numbered([envelope.clone()], number));
        assert!(matches!(
            opened.outcomes.as_slice(),
            [Outcome::Held {
                why: HeldWhy::Parents,
                ..
            }]
        ));
    }
    assert_eq!(bob.ledger.held(), 2);
    let opened = bob.open(numbered([reversed[2].clone()], from + 2));
    assert_eq!(opened_texts(&opened.outcomes), ["one", "two", "three"]);
    assert_eq!(bob.ledger.held(), 0);
}

#[test]
fn a_chain_that_comes_backwards_costs_no_more_than_one_that_does_not() {
    let (_, mut ada, mut bob) = two(6);
    const MANY: usize = 1500;
    for at in 0..MANY {
        ada.say(&format!("{at:05}"));
    }
    let mut relay = Relay::default();
    ada.push(&mut relay);
    relay.log.reverse();
    count::take();
    let from = bob.ledger.number() + 1;
    let opened = bob.open(numbered(relay.log.iter().cloned(), from));
    assert_eq!(bob.texts().len(), MANY);
    assert_eq!(refusals(&opened), []);
    // One for the head; what was found authentic stays so while it waits.
    assert_eq!(count::take(), 1);
}

#[test]
fn the_order_in_which_things_take_their_places_does_not_depend_on_the_batches() {
    let (mut relay, mut ada, bob) = two(7);
    // Two entries at one place: whichever comes first has it, on every device.
    let mut fork = ada.clone();
    fork.rng = crate::testing::rng(99);
    ada.say("left 1");
    ada.say("left 2");
    fork.say("right 1");
    let mut carol_log = relay.clone();
    let (left, right) = (ada.outbox.clone(), fork.outbox.clone());
    for envelope in [&left[1], &right[0], &left[0]] {
        relay.append(envelope.clone());
        carol_log.append(envelope.clone());
    }
    let mut at_once = bob.clone();
    at_once.pull(&relay);
    let mut one_by_one = bob.clone();
    for incoming in relay.after(bob.ledger.number()) {
        one_by_one.open(vec![incoming]);
    }
    assert_eq!(at_once.texts(), one_by_one.texts());
    assert_eq!(at_once.texts(), ["right 1"]);
    assert!(at_once.refused.contains(&Refusal::Forked));
}

#[test]
fn a_fork_in_a_chain_is_refused() {
    let (mut relay, mut ada, mut bob) = two(8);
    let mut fork = ada.clone();
    fork.rng = crate::testing::rng(98);
    ada.say("as it was");
    fork.say("as it was not");
    ada.push(&mut relay);
    fork.push(&mut relay);
    let opened = bob.pull(&relay);
    assert_eq!(refusals(&opened), [Refusal::Forked]);
    assert_eq!(bob.texts(), ["as it was"]);
    // The device itself takes the one that the relay numbered first for true, too, if it has forgotten what it wrote.
    let before = ada.ledger.number();
    assert_eq!(refusals(&ada.open(relay.after(before))), [Refusal::Forked]);
}

#[test]
fn a_removed_payload_leaves_the_chain_whole() {
    let (mut relay, mut ada, mut bob) = two(9);
    ada.say("kept");
    ada.say("regretted");
    ada.say("kept, too");
    ada.push(&mut relay);
    let regretted = relay.log.len() - 2;
    relay.remove_payload(regretted);
    bob.pull(&relay);
    assert_eq!(bob.texts(), ["kept", "kept, too"]);
    assert_eq!(bob.refused, []);
    let removed = |outcome: &&crate::ledger::Verified| outcome.content() == &Content::Removed;
    assert_eq!(bob.seen.iter().filter(removed).count(), 1);
    // Who had it still, and who never had it, agree on what the relay has.
    ada.pull(&relay);
    assert_eq!(ada.ledger.running(), bob.ledger.running());
}

#[test]
fn invariant_8_a_removed_payload_is_gone_from_what_a_new_device_opens_while_every_entry_has_its_place() {
    let (mut relay, mut ada, _) = two(10);
    ada.say("before");
    ada.say("regretted");
    let last = ada.say("after");
    ada.push(&mut relay);
    ada.pull(&relay);
    let regretted = relay.log.len() - 2;
    let bytes = relay.log[regretted].payload.clone();
    relay.remove_payload(regretted);
    assert_ne!(relay.log[regretted].payload, bytes);
    let mut anew = ada.second_device(77);
    anew.pull(&relay);
    assert_eq!(anew.texts(), ["after", "before"]);
    assert_eq!(anew.refused, []);
    assert!(anew.seen.iter().any(|verified| verified.entry() == last));
    let removed = anew.seen.iter().filter(|it| it.content() == &Content::Removed);
    assert_eq!(removed.count(), 1);
    assert_eq!(anew.ledger.running(), ada.ledger.running());
}

#[test]
fn what_a_control_says_cannot_be_removed() {
    let (mut relay, mut ada, mut bob) = two(11);
    ada.control(Control::leave());
    ada.push(&mut relay);
    relay.remove_payload(relay.log.len() - 1);
    bob.pull(&relay);
    assert_eq!(bob.members(), [bob.who.person()]);
}

#[test]
fn more_than_eight_heads_get_named_over_several_entries() {
    let (mut relay, mut ada, mut bob) = two(12);
    let rounds: Vec<_> = (0..20).map(|at| ada.ledger.round_id(&format!("{at}"))).collect();
    for round in rounds {
        let statement = bob.statement(round, "said");
        relay.append(statement);
    }
    ada.pull(&relay);
    bob.pull(&relay);
    // Twenty statements of Bob's; three entries of Ada's name eight, eight and four.
    for at in 0..3 {
        ada.say(&format!("{at}"));
    }
    ada.push(&mut relay);
    bob.pull(&relay);
    assert_eq!(bob.refused, []);
    for at in 0..3 {
        // His own come first.
        bob.say(&format!("I have seen it all {at}"));
    }
    bob.push(&mut relay);
    ada.pull(&relay);
    assert_eq!(ada.refused, []);
    assert_eq!(heads_of(&ada), 1);
}

fn heads_of(client: &Client) -> usize {
    client.ledger.heads.len()
}

#[test]
fn an_entry_lies_deeper_than_all_that_its_device_had_seen() {
    let (mut relay, mut ada, mut bob) = two(13);
    ada.say("first");
    ada.push(&mut relay);
    bob.pull(&relay);
    bob.say("answer");
    bob.push(&mut relay);
    ada.pull(&relay);
    let depth_of = |client: &Client, wanted: &str| {
        let found = client.seen.iter().find(|it| text(it).as_deref() == Some(wanted));
        found.unwrap().depth()
    };
    assert!(depth_of(&ada, "answer") > depth_of(&ada, "first"));
    assert_eq!(depth_of(&ada, "answer"), depth_of(&bob, "answer"));
}

#[test]
fn a_space_alone_works_without_anybody_else() {
    let mut relay = Relay::default();
    let mut me = Client::begin(SPACE, SpaceKind::Me, 14);
    me.say("to myself");
    me.sync(&mut relay);
    let mut phone = me.second_device(15);
    phone.pull(&relay);
    phone.say("from my phone");
    phone.sync(&mut relay);
    me.pull(&relay);
    assert_eq!(me.texts(), ["from my phone", "to myself"]);
    assert_eq!(phone.texts(), me.texts());
}
