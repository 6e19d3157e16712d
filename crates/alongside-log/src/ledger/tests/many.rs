//! Long histories.

use crate::cose::count;
use crate::testing::{Client, sync_all, two};

/// Two people, three devices, many entries.
fn history(len: usize, seed: u64) -> (crate::testing::Relay, Client, Client) {
    let (mut relay, mut ada, mut bob) = two(seed);
    let mut phone = ada.second_device(seed + 50);
    phone.pull(&relay);
    for at in 0..len / 4 {
        ada.say(&format!("ada {at}"));
        ada.say("…");
        bob.say(&format!("bob {at}"));
        phone.say(&format!("phone {at}"));
        if at % 8 == 0 {
            sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut phone]);
        }
    }
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut phone]);
    (relay, ada, bob)
}

#[test]
fn invariant_6_a_history_of_n_entries_costs_n_hashes_and_one_signature_check_a_device() {
    let mut counts = Vec::new();
    for len in [40, 400, 1200] {
        let (relay, ada, _) = history(len, 40);
        assert!(relay.log.len() >= len);
        let mut anew = ada.second_device(41);
        count::take();
        let opened = anew.pull(&relay);
        counts.push(count::take());
        assert_eq!(anew.refused, []);
        assert_eq!(opened.outcomes.len(), relay.log.len());
        assert_eq!(anew.ledger.running(), ada.ledger.running());
    }
    // Three devices: one head each, and one certificate each. It does not grow with the history.
    assert_eq!(counts, [6, 6, 6]);
}

#[test]
fn the_same_history_opens_the_same_in_pages_of_any_size() {
    let (relay, ada, _) = history(120, 42);
    let mut whole = ada.second_device(43);
    whole.pull(&relay);
    for page in [1, 7, 64] {
        let mut paged = ada.second_device(43);
        while paged.ledger.number() < relay.log.len() as u64 {
            let mut next = relay.after(paged.ledger.number());
            next.truncate(page);
            paged.open(next);
        }
        let names = |client: &Client| client.seen.iter().map(|it| it.entry()).collect::<Vec<_>>();
        assert_eq!(names(&paged), names(&whole));
        assert_eq!(paged.ledger.running(), whole.ledger.running());
    }
}

#[test]
fn a_person_on_a_new_device_with_nothing_but_the_vaults_keyring_opens_everything() {
    let (mut relay, mut ada, mut bob) = history(40, 44);
    ada.rekey();
    ada.say("after a new epoch");
    sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    let mut anew = ada.second_device(45);
    anew.pull(&relay);
    let mut all = bob.texts();
    all.sort();
    assert_eq!(anew.texts().len(), anew.texts().len().max(all.len()));
    assert_eq!(anew.ledger.held(), 0);
    assert_eq!(anew.refused, []);
    assert_eq!(anew.members().len(), 2);
    // And what it writes, all read.
    anew.say("from my new device");
    sync_all(&mut relay, &mut [&mut anew, &mut ada, &mut bob]);
    assert!(bob.texts().contains(&"from my new device".to_owned()));
    assert!(ada.texts().contains(&"from my new device".to_owned()));
}
