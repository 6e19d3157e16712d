//! What a relay that lies comes to.

use crate::ledger::{Alarm, Outcome, Refusal};
use crate::seal::envelope::{Envelope, SealedPayload};
use crate::testing::{numbered, refusals, two};

#[test]
fn a_relay_that_contradicts_itself_is_noticed() {
    let (mut relay, mut ada, mut bob) = two(60);
    ada.say("one");
    ada.say("other");
    ada.push(&mut relay);
    bob.pull(&relay);
    let last = bob.ledger.number();
    let other = relay.log[relay.log.len() - 2].clone();
    let opened = bob.open(numbered([other], last));
    assert_eq!(
        opened.alarms,
        [Alarm::TwoPasts {
            number: last,
            device: None
        }]
    );
    assert_eq!(refusals(&opened), [Refusal::Gap]);
}

#[test]
fn two_people_who_are_shown_different_pasts_notice() {
    let (relay, mut ada, mut bob) = two(61);
    let from = relay.log.len() as u64;
    ada.say("for Ada's eyes");
    bob.say("for Bob's eyes");
    // Each is shown only their own.
    let (mut to_ada, mut to_bob) = (relay.clone(), relay);
    ada.push(&mut to_ada);
    bob.push(&mut to_bob);
    ada.pull(&to_ada);
    bob.pull(&to_bob);
    // And then, each what the other writes next, as if nothing were.
    ada.say("next");
    let device = ada.who.device_id();
    to_bob.append(to_ada.log[usize::try_from(from).unwrap()].clone());
    ada.push(&mut to_bob);
    bob.pull(&to_bob);
    assert_eq!(
        bob.alarms,
        [Alarm::TwoPasts {
            number: from + 1,
            device: Some(device)
        }]
    );
}

#[test]
fn a_relay_that_rolls_back_is_noticed_by_what_others_have_seen() {
    let (mut relay, mut ada, bob) = two(62);
    ada.say("one");
    ada.sync(&mut relay);
    let withheld = relay.log.pop().unwrap();
    ada.say("two");
    ada.push(&mut relay);
    let mut bob = bob;
    let device = ada.who.device_id();
    let opened = bob.pull(&relay);
    // It hangs below one that is not there: nothing of it is taken in.
    assert!(matches!(opened.outcomes.as_slice(), [Outcome::Held { .. }]));
    assert_eq!(bob.texts(), Vec::<String>::new());
    // Handed out late, in another order than to the others: noticed.
    relay.append(withheld);
    bob.pull(&relay);
    assert_eq!(bob.texts(), ["one", "two"]);
    let number = bob.ledger.number() - 1;
    assert_eq!(
        bob.alarms,
        [Alarm::TwoPasts {
            number,
            device: Some(device)
        }]
    );
}

#[test]
fn a_relay_that_swaps_the_payloads_of_two_entries_is_refused() {
    let (mut relay, mut ada, mut bob) = two(63);
    ada.say("yes");
    ada.say("no");
    ada.push(&mut relay);
    let last = relay.log.len() - 1;
    let (one, two) = (
        relay.log[last - 1].payload.clone(),
        relay.log[last].payload.clone(),
    );
    relay.log[last - 1].payload = two;
    relay.log[last].payload = one;
    let opened = bob.pull(&relay);
    assert_eq!(
        refusals(&opened),
        [Refusal::Undecryptable, Refusal::Undecryptable]
    );
}

#[test]
fn a_relay_that_makes_up_envelopes_puts_nothing_in() {
    let (mut relay, ada, mut bob) = two(64);
    let head = ada.ledger.keyring().epochs.last().map(|epoch| epoch.number);
    assert_eq!(head, Some(1));
    let made_up: [Vec<u8>; 7] = [
        vec![],
        vec![0x86],
        vec![0x86, 0x02],
        vec![0x86, 0x00],
        vec![0x9f, 0x01],
        vec![0xff; 300],
        [&[0x86, 0x01, 0x5b][..], &[0xff; 8]].concat(),
    ];
    for head in made_up {
        relay.append(Envelope {
            head,
            payload: SealedPayload::Here(vec![0; 300]),
        });
    }
    let opened = bob.pull(&relay);
    let refused = refusals(&opened);
    assert_eq!(refused.len(), 7);
    assert_eq!(
        refused.iter().filter(|why| **why == Refusal::Malformed).count(),
        6
    );
    assert_eq!(refused.iter().filter(|why| **why == Refusal::TooNew).count(), 1);
}

#[test]
fn a_relay_that_writes_a_head_in_another_way_is_refused() {
    let (mut relay, mut ada, mut bob) = two(65);
    ada.say("one");
    ada.push(&mut relay);
    let at = relay.log.len() - 1;
    let head = relay.log[at].head.clone();
    // The same array with its length in two bytes; the space's length in two; without an end.
    let long_array = [&[0x98, 0x06][..], &head[1..]].concat();
    let long_space = [&[0x86, 0x01, 0x58, 0x10][..], &head[3..]].concat();
    let endless = [&[0x9f][..], &head[1..], &[0xff]].concat();
    let longer = [&[0x87][..], &head[1..], &[0x00]].concat();
    let trailing = [&head[..], &[0x00]].concat();
    for head in [long_array, long_space, endless, longer, trailing] {
        let mut relay = relay.clone();
        relay.log[at].head = head;
        let mut bob = bob.clone();
        assert_eq!(refusals(&bob.pull(&relay)), [Refusal::Malformed]);
    }
    bob.pull(&relay);
    assert_eq!(bob.texts(), ["one"]);
}
