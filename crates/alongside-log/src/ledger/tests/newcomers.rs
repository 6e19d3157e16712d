//! Newcomers: they read from their coming on, and come to agree with the others about everything since.

use crate::ledger::{Content, Control, Outcome};
use crate::testing::{Client, Relay, SPACE, Someone, join, rng, sync_all, two};
use crate::vault::SpaceKind;

fn settle(relay: &mut Relay, clients: &mut [&mut Client]) {
    // As people do: somebody says something, all hear it, somebody else does.
    for round in 0..4 {
        for at in 0..clients.len() {
            clients[at].say(&format!("settling {round} {at}"));
            sync_all(relay, clients);
        }
    }
}

fn said(client: &Client, text: &str) -> bool {
    client.texts().iter().any(|it| it == text)
}

#[test]
fn a_newcomer_cannot_open_what_was_before() {
    let (mut relay, mut ada, mut bob) = two(300);
    ada.say("long ago");
    bob.say("long ago, too");
    sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    let mut cleo = join(&mut relay, &mut ada, 301);
    ada.say("since then");
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    assert_eq!(cleo.texts(), ["since then"]);
    // Handed everything from the first number on, with the keys that she has, she opens no more than that.
    let mut ring = cleo.ledger.keyring();
    ring.base = None;
    let mut curious = Client::with(cleo.who.clone(), &ring, 302);
    curious.pull(&relay);
    assert_eq!(curious.texts(), Vec::<String>::new());
    assert_eq!(cleo.refused, []);
}

#[test]
fn what_others_wrote_meanwhile_under_the_old_epoch_is_hidden_and_explains_the_gaps_that_it_leaves() {
    let (mut relay, mut ada, mut bob) = two(303);
    let mut dan = join(&mut relay, &mut ada, 304);
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut dan]);
    // Ada lets Cleo in; Bob and Dan, offline, write on under the old epoch and only then hear of it.
    bob.say("offline 1");
    bob.say("offline 2");
    dan.say("offline 3");
    let mut cleo = join(&mut relay, &mut ada, 305);
    bob.sync(&mut relay);
    dan.sync(&mut relay);
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut dan, &mut cleo]);
    assert_eq!(cleo.hidden, 2 + 3, "her admission, her epoch, and three");
    bob.say("welcome");
    dan.say("welcome, too");
    sync_all(&mut relay, &mut [&mut bob, &mut dan, &mut ada, &mut cleo]);
    assert_eq!(cleo.texts(), ["welcome", "welcome, too"]);
    cleo.say("thank you");
    sync_all(&mut relay, &mut [&mut cleo, &mut ada, &mut bob, &mut dan]);
    for client in [&ada, &bob, &dan, &cleo] {
        assert!(said(client, "thank you"));
        assert_eq!(client.refused, []);
        assert_eq!(client.alarms, []);
        assert_eq!(client.ledger.held(), 0);
    }
}

#[test]
fn a_gap_that_nothing_explains_is_held() {
    let (mut relay, mut ada, mut bob) = two(306);
    let mut cleo = join(&mut relay, &mut ada, 307);
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    ada.say("withheld");
    let withheld = ada.outbox.remove(0);
    ada.say("shown");
    ada.push(&mut relay);
    let opened = cleo.pull(&relay);
    assert!(matches!(opened.outcomes.as_slice(), [Outcome::Held { .. }]));
    relay.append(withheld);
    cleo.pull(&relay);
    assert_eq!(cleo.texts(), ["shown", "withheld"]);
}

#[test]
fn a_newcomers_second_device_opens_the_same() {
    let (mut relay, mut ada, mut bob) = two(308);
    ada.say("long ago");
    bob.say("offline");
    sync_all(&mut relay, &mut [&mut ada]);
    let mut cleo = join(&mut relay, &mut ada, 309);
    sync_all(&mut relay, &mut [&mut bob, &mut ada, &mut cleo]);
    bob.say("since then");
    cleo.say("and then");
    sync_all(&mut relay, &mut [&mut bob, &mut ada, &mut cleo]);
    let mut tablet = cleo.second_device(310);
    tablet.pull(&relay);
    assert_eq!(tablet.texts(), cleo.texts());
    assert_eq!(tablet.ledger.running(), cleo.ledger.running());
    assert_eq!(tablet.members(), cleo.members());
    tablet.say("from my tablet");
    sync_all(&mut relay, &mut [&mut tablet, &mut bob, &mut ada, &mut cleo]);
    for client in [&ada, &bob, &cleo] {
        assert!(said(client, "from my tablet"));
    }
    assert_eq!((tablet.refused, tablet.alarms), (vec![], vec![]));
}

#[test]
fn a_newcomer_is_given_the_key_of_an_epoch_that_was_begun_without_knowing_of_them() {
    // Until one loses the tie and one wins: the names of epochs are random.
    for seed in 0..6 {
        let (mut relay, mut ada, mut bob) = two(320 + seed);
        bob.rekey();
        bob.say("under Bob's");
        let mut cleo = join(&mut relay, &mut ada, 340 + seed);
        ada.say("under Ada's");
        sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
        bob.say("again under Bob's, or Ada's");
        settle(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
        for client in [&ada, &bob, &cleo] {
            assert_eq!(client.refused, [], "seed {seed}");
            assert_eq!(client.ledger.held(), 0, "seed {seed}");
            assert!(!client.ledger.must_rekey(), "seed {seed}");
            for text in ["under Ada's", "under Bob's", "again under Bob's, or Ada's"] {
                assert!(said(client, text), "seed {seed}: {text}");
            }
        }
        assert_eq!(cleo.texts(), ada.texts());
    }
}

#[test]
fn two_newcomers_who_come_in_at_once_get_to_know_each_other() {
    for seed in 0..6 {
        let (mut relay, mut ada, mut bob) = two(360 + seed);
        let (cleo, dan) = (
            Someone::make(&mut rng(380 + seed)),
            Someone::make(&mut rng(390 + seed)),
        );
        let to_cleo = ada.admit(&cleo);
        let to_dan = bob.admit(&dan);
        ada.push(&mut relay);
        bob.push(&mut relay);
        let mut cleo = Client::with(cleo, &to_cleo, 400 + seed);
        let mut dan = Client::with(dan, &to_dan, 410 + seed);
        cleo.say("Cleo is here");
        dan.say("Dan is here");
        sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo, &mut dan]);
        settle(&mut relay, &mut [&mut ada, &mut bob, &mut cleo, &mut dan]);
        cleo.say("the last word");
        dan.say("no, mine");
        sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo, &mut dan]);
        for client in [&ada, &bob, &cleo, &dan] {
            let who = client.who.device_id();
            assert_eq!(client.members().len(), 4, "seed {seed} {who:?}");
            assert!(said(client, "the last word"), "seed {seed} {who:?}");
            assert!(said(client, "no, mine"), "seed {seed} {who:?}");
            assert_eq!(client.refused, [], "seed {seed} {who:?}");
        }
    }
}

#[test]
fn a_device_that_said_hello_while_somebody_came_in_says_it_again() {
    let (mut relay, mut ada, mut bob) = two(420);
    let mut phone = bob.second_device(421);
    phone.pull(&relay);
    phone.say("hello, under the old key");
    let mut cleo = join(&mut relay, &mut ada, 422);
    sync_all(&mut relay, &mut [&mut phone, &mut ada, &mut bob, &mut cleo]);
    assert!(phone.ledger.lacks_key(), "it waits for its person's vault");
    for secret in &bob.ledger.keyring().epochs {
        phone.ledger.learn_epoch(secret);
    }
    phone.open(Vec::new());
    phone.say("can you hear me?");
    sync_all(&mut relay, &mut [&mut phone, &mut ada, &mut bob, &mut cleo]);
    for client in [&ada, &bob, &cleo] {
        assert!(said(client, "can you hear me?"));
        assert_eq!(client.refused, []);
        assert!(client.ledger.knows_device(phone.who.device_id()));
    }
    assert!(!phone.ledger.must_rekey());
}

#[test]
fn who_invites_cannot_pass_off_a_device_as_anothers() {
    let (mut relay, mut ada, mut bob) = two(430);
    sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    let cleo = Someone::make(&mut rng(431));
    let mut ring = ada.admit(&cleo);
    // Ada writes a device of her own making into what Cleo starts from, as one of Bob's.
    let own = Someone::make(&mut rng(432));
    let base = ring.base.as_mut().unwrap();
    for device in &mut base.devices {
        if device.person == bob.who.person() {
            device.cert = own.cert.clone();
        }
    }
    let cleo = Client::with(cleo, &ring, 433);
    assert!(!cleo.ledger.knows_device(own.device_id()));
    assert_eq!(
        cleo.ledger
            .devices()
            .iter()
            .filter(|it| it.person == bob.who.person())
            .count(),
        0
    );
}

#[test]
fn a_base_with_the_largest_numbers_there_are_breaks_nothing() {
    let (mut relay, mut ada, _) = two(440);
    let cleo = Someone::make(&mut rng(441));
    let mut ring = ada.admit(&cleo);
    let base = ring.base.as_mut().unwrap();
    base.number = u64::MAX;
    base.unnumbered = u64::MAX;
    for device in &mut base.devices {
        if let Some(top) = &mut device.top {
            top.seq = u64::MAX;
            top.depth = u64::MAX;
        }
    }
    for head in &mut base.heads {
        head.depth = u64::MAX;
    }
    for past in &mut base.past {
        past.number = u64::MAX;
    }
    ring.epochs[0].number = u64::MAX;
    let mut cleo = Client::with(cleo, &ring, 442);
    ada.say("hello");
    ada.push(&mut relay);
    cleo.open(relay.after(0));
    cleo.say("hello");
    cleo.rekey();
    assert_eq!(cleo.ledger.number(), u64::MAX);
}

#[test]
fn everything_of_a_newcomers_time_is_the_same_for_them_as_for_the_others() {
    let mut relay = Relay::default();
    let mut ada = Client::begin(SPACE, SpaceKind::Us, 450);
    ada.say("alone at first");
    ada.sync(&mut relay);
    let mut bob = join(&mut relay, &mut ada, 451);
    let mut cleo = join(&mut relay, &mut bob, 453);
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    settle(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    bob.control(Control::leave());
    sync_all(&mut relay, &mut [&mut bob, &mut ada, &mut cleo]);
    cleo.say("after");
    sync_all(&mut relay, &mut [&mut ada, &mut cleo]);
    let since = |client: &Client| {
        let mut entries: Vec<_> = client
            .seen
            .iter()
            .filter(|it| matches!(it.content(), Content::Domain(_)))
            .map(|it| (it.number(), it.entry(), it.depth()))
            .collect();
        entries.sort_by_key(|(_, entry, _)| *entry);
        entries
            .into_iter()
            .map(|(_, entry, depth)| (entry, depth))
            .collect::<Vec<_>>()
    };
    let (of_ada, of_cleo) = (since(&ada), since(&cleo));
    assert!(of_cleo.iter().all(|it| of_ada.contains(it)));
    assert_eq!(of_ada.len(), of_cleo.len() + 1);
    assert_eq!(ada.members(), cleo.members());
    assert_eq!(ada.ledger.running(), cleo.ledger.running());
}
