//! Epochs: who can read what, and that all agree on which one is written in.

use crate::ids::EpochId;
use crate::ledger::control::{Seal, roster_hash, seal_info};
use crate::ledger::{Control, Draft, HeldWhy, NewEpoch, Outcome, Refusal, What};
use crate::seal::envelope::EpochKey;
use crate::sealing_to;
use crate::testing::{Client, SPACE, Someone, join, refusals, rng, stamp, sync_all, two};

fn current(client: &Client) -> EpochId {
    client.ledger.current().unwrap().0
}

#[test]
fn two_epochs_begun_at_once_stay_readable_and_every_device_settles_on_the_same() {
    let (mut relay, mut ada, mut bob) = two(200);
    let mut phone = ada.second_device(201);
    phone.pull(&relay);
    phone.say("hello");
    sync_all(&mut relay, &mut [&mut phone, &mut ada, &mut bob]);
    ada.rekey();
    ada.say("under Ada's");
    bob.rekey();
    bob.say("under Bob's");
    assert_ne!(current(&ada), current(&bob));
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut phone]);
    assert_eq!(current(&ada), current(&bob));
    assert_eq!(current(&ada), current(&phone));
    for client in [&ada, &bob, &phone] {
        assert_eq!(client.texts(), ["hello", "under Ada's", "under Bob's"]);
        assert_eq!(client.refused, []);
    }
    // In the other order, the same.
    let mut anew = ada.second_device(202);
    anew.pull(&relay);
    assert_eq!(current(&anew), current(&ada));
    assert!(!ada.ledger.must_rekey());
}

#[test]
fn a_leave_under_an_epoch_that_loses_stands() {
    let (mut relay, mut ada, mut bob) = two(203);
    let mut cleo = join(&mut relay, &mut ada, 204);
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    // Both begin an epoch; Bob leaves under his own. Whichever wins, he is gone, and the next is closed to him.
    ada.rekey();
    bob.rekey();
    bob.control_at_once(Control::leave());
    bob.push(&mut relay);
    sync_all(&mut relay, &mut [&mut ada, &mut cleo]);
    for client in [&mut ada, &mut cleo] {
        assert_eq!(client.members().len(), 2);
        assert!(client.ledger.must_rekey());
    }
    cleo.say("the two of us");
    sync_all(&mut relay, &mut [&mut cleo, &mut ada]);
    assert_eq!(ada.texts(), ["the two of us"]);
    let mut gone = bob.clone();
    gone.pull(&relay);
    assert_eq!(gone.texts(), Vec::<String>::new());
}

#[test]
fn nobody_leaves_anybody_out_of_an_epoch() {
    let (mut relay, mut ada, mut bob) = two(205);
    let mut cleo = join(&mut relay, &mut ada, 206);
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    // Bob begins an epoch for himself and Ada.
    let Control::Epoch(mut new) = bob.ledger.rekey(&mut bob.rng) else {
        panic!("a new epoch")
    };
    new.seals.retain(|seal| seal.device != cleo.who.device_id());
    new.roster = roster_hash(new.seals.iter().map(|seal| seal.device));
    bob.control_at_once(Control::Epoch(new));
    bob.push(&mut relay);
    let before = current(&ada);
    assert_eq!(refusals(&ada.pull(&relay)), [Refusal::NotAllowed]);
    assert_eq!(refusals(&cleo.pull(&relay)), [Refusal::NotAllowed]);
    assert_eq!(current(&ada), before);
    ada.say("for all of us");
    sync_all(&mut relay, &mut [&mut ada, &mut cleo]);
    assert_eq!(cleo.texts(), ["for all of us"]);
    bob.pull(&relay);
    assert_eq!(bob.texts(), ["for all of us"]);
}

/// An epoch that is not as it should be.
fn spoilt(client: &mut Client, spoil: impl FnOnce(&mut NewEpoch)) -> Control {
    let Control::Epoch(mut new) = client.ledger.rekey(&mut client.rng) else {
        panic!("a new epoch")
    };
    spoil(&mut new);
    Control::Epoch(new)
}

#[test]
fn an_epoch_that_is_not_in_order_does_not_begin_and_what_follows_opens() {
    let spoils: [fn(&mut NewEpoch); 5] = [
        |new| new.number += 1,
        |new| new.number = u64::MAX,
        |new| new.parent = EpochId::from_bytes([1; 32]),
        |new| new.roster[0] ^= 1,
        |new| {
            new.seals.reverse();
            new.roster = roster_hash(new.seals.iter().map(|seal| seal.device));
        },
    ];
    for spoil in spoils {
        // Who has read everything from the beginning judges it.
        let (mut relay, mut bob, mut ada) = two(207);
        let before = current(&bob);
        let control = spoilt(&mut ada, spoil);
        let mut tip = ada.tip();
        let draft = |what| Draft {
            stamp: stamp(0),
            witness: None,
            what,
        };
        let author = ada.who.author();
        let epoch = tip.epoch;
        let (_, bad) = ada
            .ledger
            .seal(&mut tip, &author, draft(What::Control(control)), &mut rng(1));
        tip.epoch = epoch;
        let (_, next) = ada.ledger.seal(
            &mut tip,
            &author,
            draft(What::Domain(b"next".to_vec())),
            &mut rng(2),
        );
        relay.append(bad);
        relay.append(next);
        assert_eq!(refusals(&bob.pull(&relay)), [Refusal::NotAllowed]);
        assert_eq!(current(&bob), before);
        assert_eq!(bob.texts(), ["next"]);
    }
}

/// Somebody seals a false key to one of the others.
fn cheat(client: &mut Client, victim: &Someone, rng_seed: u64) {
    let mut rng = rng(rng_seed);
    let control = spoilt(client, |new| {
        let false_key = EpochKey::make(&mut rng);
        let info = seal_info(SPACE, new.number);
        let receiving = victim.device.public().receiving;
        let sealed = sealing_to::seal(&receiving, &info, false_key.as_bytes(), &mut rng).unwrap();
        for seal in &mut new.seals {
            if seal.device == victim.device_id() {
                *seal = Seal {
                    device: seal.device,
                    sealed: sealed.clone(),
                };
            }
        }
    });
    client.control_at_once(control);
}

#[test]
fn an_epoch_sealed_with_a_false_key_is_refused_and_whom_it_was_to_shut_out_begins_the_next() {
    let (mut relay, mut ada, mut bob) = two(208);
    let mut cleo = join(&mut relay, &mut ada, 209);
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    cheat(&mut bob, &cleo.who, 1);
    bob.say("behind Cleo's back");
    sync_all(&mut relay, &mut [&mut bob, &mut ada]);
    assert_eq!(refusals(&cleo.pull(&relay)), [Refusal::NotAllowed]);
    assert!(cleo.ledger.must_rekey());
    cleo.say("I am here, too");
    sync_all(&mut relay, &mut [&mut cleo, &mut ada, &mut bob]);
    assert_eq!(ada.texts(), ["I am here, too", "behind Cleo's back"]);
    ada.say("and I hear you");
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    assert_eq!(current(&ada), current(&cleo));
    assert_eq!(current(&bob), current(&cleo));
    assert!(!cleo.ledger.must_rekey());
    // What Ada answers follows on what Bob said, which Cleo has no key for: it waits, and she is told that something does.
    assert!(cleo.ledger.held() > 0);
}

#[test]
fn what_is_sealed_under_a_key_from_the_vault_waits_for_it() {
    let (mut relay, mut ada, mut bob) = two(210);
    let mut phone = ada.second_device(211);
    ada.rekey();
    ada.say("under the new key");
    sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    let opened = phone.pull(&relay);
    assert!(matches!(
        opened.outcomes.last(),
        Some(Outcome::Held {
            why: HeldWhy::Epoch,
            ..
        })
    ));
    assert_eq!(phone.ledger.held(), 1);
    for secret in &ada.ledger.keyring().epochs {
        phone.ledger.learn_epoch(secret);
    }
    phone.open(Vec::new());
    assert_eq!(phone.texts(), ["under the new key"]);
    assert_eq!(phone.ledger.held(), 0);
    assert_eq!(current(&phone), current(&ada));
}

#[test]
fn old_epochs_are_not_forgotten_by_who_was_there() {
    let (mut relay, mut ada, mut bob) = two(212);
    for at in 0..5 {
        ada.say(&format!("{at}"));
        ada.rekey();
        sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    }
    assert_eq!(bob.texts(), ["0", "1", "2", "3", "4"]);
    let mut anew = bob.second_device(213);
    anew.pull(&relay);
    assert_eq!(anew.texts(), bob.texts());
    // Whoever writes offline under an old one is read nevertheless.
    let mut offline = bob.clone();
    ada.rekey();
    ada.sync(&mut relay);
    offline.say("from the train");
    offline.push(&mut relay);
    ada.pull(&relay);
    assert!(ada.texts().contains(&"from the train".to_owned()));
}
