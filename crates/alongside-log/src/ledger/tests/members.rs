//! Who is in, who is out, on which devices.

use crate::identity::Identity;
use crate::ledger::{AdmitError, Control, Happened, HeldWhy, Outcome, Refusal};
use crate::testing::{Client, Relay, SPACE, Someone, join, refusals, rng, sync_all, two};
use crate::vault::SpaceKind;

#[test]
fn who_is_let_in_is_a_member_for_everybody() {
    let (mut relay, mut ada, mut bob) = two(100);
    let mut cleo = join(&mut relay, &mut ada, 101);
    bob.pull(&relay);
    assert_eq!(ada.members(), bob.members());
    assert_eq!(ada.members(), cleo.members());
    assert_eq!(ada.members().len(), 3);
    cleo.say("hello");
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    assert_eq!(ada.texts(), ["hello"]);
    assert_eq!(bob.texts(), ["hello"]);
}

#[test]
fn nobody_is_let_into_ones_own_space() {
    let mut me = Client::begin(SPACE, SpaceKind::Me, 102);
    let other = Someone::make(&mut rng(1));
    assert_eq!(me.ledger.admit(&other.claim(SPACE)), Err(AdmitError::Full));
    // Nor by a device that does not ask first.
    let claim = other.claim(SPACE);
    me.control_at_once(Control::admit(&claim));
    assert_eq!(me.refused, [Refusal::NotAllowed]);
    assert_eq!(me.members().len(), 1);
}

#[test]
fn twelve_are_the_most() {
    let mut ada = Client::begin(SPACE, SpaceKind::Us, 103);
    let mut rng = rng(2);
    for _ in 0..11 {
        let next = Someone::make(&mut rng);
        ada.admit(&next);
    }
    assert_eq!(ada.members().len(), 12);
    let one_more = Someone::make(&mut rng).claim(SPACE);
    assert_eq!(ada.ledger.admit(&one_more), Err(AdmitError::Full));
    // Two who each let one in at the same moment do not stand in each other's way; but there is an end to it.
    for _ in 0..20 {
        let next = Someone::make(&mut rng).claim(SPACE);
        ada.control_at_once(Control::admit(&next));
    }
    assert_eq!(ada.members().len(), 24);
    assert_eq!(ada.refused, [Refusal::NotAllowed; 8]);
}

#[test]
fn a_claim_with_somebody_elses_device_is_not_let_in() {
    let (_, ada, bob) = two(104);
    let stranger = Someone::make(&mut rng(3));
    let mut claim = stranger.claim(SPACE);
    claim.device = bob.who.cert.clone();
    assert_eq!(ada.ledger.admit(&claim), Err(AdmitError::BadCert));
    assert_eq!(
        ada.ledger.admit(&bob.who.claim(SPACE)),
        Err(AdmitError::AlreadyMember)
    );
}

#[test]
fn nobody_can_take_or_reopen_anothers_device_by_letting_in_a_person_of_their_own() {
    let (mut relay, mut ada, mut bob) = two(105);
    let phone = bob.second_device(106);
    let mut phone = phone;
    phone.pull(&relay);
    phone.say("from Bob's phone");
    phone.push(&mut relay);
    bob.pull(&relay);
    bob.control(Control::revoke(phone.who.device_id()));
    sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    // Ada makes up a person, who certifies Bob's lost phone.
    let made_up = Identity::make(&mut rng(4));
    let claim = crate::invitation::Claim {
        person: made_up.public(),
        device: made_up.certify(&phone.who.device.public()),
        member_key: [0; 32],
        card: Vec::new().into(),
    };
    ada.control_at_once(Control::admit(&claim));
    assert_eq!(ada.refused, [Refusal::NotAllowed]);
    ada.push(&mut relay);
    assert_eq!(refusals(&bob.pull(&relay)), [Refusal::NotAllowed]);
    let lost = |client: &Client| {
        let standing = client.ledger.devices();
        standing
            .iter()
            .any(|it| it.device == phone.who.device_id() && !it.live)
    };
    assert!(lost(&ada) && lost(&bob));
    assert_eq!(bob.members().len(), 2);
}

#[test]
fn a_further_device_says_hello_and_writes() {
    let (mut relay, mut ada, mut bob) = two(107);
    let mut phone = ada.second_device(108);
    phone.pull(&relay);
    assert!(!phone.ledger.knows_device(phone.who.device_id()));
    phone.say("from my phone");
    sync_all(&mut relay, &mut [&mut phone, &mut ada, &mut bob]);
    assert_eq!(bob.texts(), ["from my phone"]);
    assert!(bob.happened().contains(&Happened::Hello));
    assert!(bob.ledger.knows_device(phone.who.device_id()));
}

#[test]
fn a_device_that_never_said_hello_is_refused() {
    let (mut relay, mut bob, ada) = two(109);
    let mut phone = ada.second_device(110);
    phone.pull(&relay);
    phone.control_at_once(Control::leave());
    phone.push(&mut relay);
    // Its only entry names entries that are all there, and so should its hello be.
    assert_eq!(refusals(&bob.pull(&relay)), [Refusal::UnknownDevice]);
    assert_eq!(bob.members().len(), 2);
}

#[test]
fn what_a_device_writes_waits_for_its_hello() {
    let (mut relay, ada, mut bob) = two(111);
    let mut phone = ada.second_device(112);
    phone.pull(&relay);
    phone.say("early");
    let [hello, early]: [_; 2] = phone.outbox.clone().try_into().unwrap();
    relay.append(early);
    let opened = bob.pull(&relay);
    assert!(matches!(
        opened.outcomes.as_slice(),
        [Outcome::Held {
            why: HeldWhy::Parents,
            ..
        }]
    ));
    relay.append(hello);
    bob.pull(&relay);
    assert_eq!(bob.texts(), ["early"]);
    assert_eq!(bob.refused, []);
}

#[test]
fn who_leaves_writes_no_more_and_the_next_epoch_is_closed_to_them_with_all_their_keys() {
    let (mut relay, mut ada, mut bob) = two(113);
    let mut cleo = join(&mut relay, &mut ada, 114);
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    let gone = bob.clone();
    bob.control(Control::leave());
    sync_all(&mut relay, &mut [&mut bob, &mut ada, &mut cleo]);
    assert!(ada.ledger.must_rekey());
    ada.say("without Bob");
    sync_all(&mut relay, &mut [&mut ada, &mut cleo]);
    assert_eq!(cleo.texts(), ["without Bob"]);
    // Bob has everything that he ever had, and is even handed what the relay has now.
    let mut gone = gone;
    gone.pull(&relay);
    assert_eq!(gone.texts(), Vec::<String>::new());
    assert_eq!(gone.ledger.held(), 1, "it waits for a key that does not come");
    let newest = ada.ledger.keyring().epochs.last().cloned().unwrap();
    assert!(!gone.ledger.keyring().epochs.contains(&newest));
    // What he writes under an old key is refused.
    gone.control_at_once(Control::revoke(gone.who.device_id()));
    gone.outbox.clear();
    let mut late = bob.clone();
    late.control_at_once(Control::leave());
    assert_eq!(late.refused.last(), Some(&Refusal::Closed));
    late.push(&mut relay);
    assert_eq!(refusals(&ada.pull(&relay)), [Refusal::Closed]);
}

#[test]
fn a_revoked_device_writes_no_more_and_reads_no_more() {
    let (mut relay, mut ada, mut bob) = two(115);
    let mut phone = ada.second_device(116);
    phone.pull(&relay);
    phone.say("from my phone");
    sync_all(&mut relay, &mut [&mut phone, &mut ada, &mut bob]);
    ada.control(Control::revoke(phone.who.device_id()));
    ada.say("nobody else hears this");
    sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    assert!(bob.texts().contains(&"nobody else hears this".to_owned()));
    let mut thief = phone.clone();
    thief.say("I am still here");
    thief.sync(&mut relay);
    assert_eq!(thief.texts().len(), 2, "what was there before, and its own");
    assert_eq!(refusals(&bob.pull(&relay)), [Refusal::Closed]);
    // It does not come back by saying hello, nor by being let in.
    thief.control_at_once(Control::hello(&phone.who.cert));
    thief.push(&mut relay);
    assert_eq!(refusals(&bob.pull(&relay)), [Refusal::Closed]);
}

#[test]
fn a_device_that_never_spoke_can_be_revoked_and_the_keys_it_has_from_the_vault_are_of_no_more_use() {
    let (mut relay, mut ada, mut bob) = two(117);
    let mut stolen = ada.second_device(118);
    ada.control(Control::revoke(stolen.who.device_id()));
    assert!(ada.ledger.must_rekey());
    ada.say("after the theft");
    sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    assert!(!ada.ledger.must_rekey() && !bob.ledger.must_rekey());
    stolen.pull(&relay);
    assert_eq!(stolen.texts(), Vec::<String>::new());
    stolen.control_at_once(Control::hello(&stolen.who.cert));
    stolen.push(&mut relay);
    assert_eq!(refusals(&bob.pull(&relay)), [Refusal::Closed]);
    assert_eq!(bob.texts(), ["after the theft"]);
}

#[test]
fn nobody_revokes_anothers_device() {
    let (mut relay, mut ada, mut bob) = two(119);
    ada.control(Control::revoke(bob.who.device_id()));
    assert_eq!(ada.refused, [Refusal::NotAllowed]);
    ada.say("and on it goes");
    ada.push(&mut relay);
    bob.pull(&relay);
    assert_eq!(bob.texts(), ["and on it goes"]);
    bob.say("indeed");
    bob.push(&mut relay);
    ada.pull(&relay);
    assert!(ada.texts().contains(&"indeed".to_owned()));
}

#[test]
fn what_a_device_wrote_before_it_was_revoked_stands_on_every_device_whichever_hears_of_it_first() {
    let (mut relay, mut ada, mut bob) = two(120);
    let mut phone = ada.second_device(121);
    phone.pull(&relay);
    phone.say("hello");
    sync_all(&mut relay, &mut [&mut phone, &mut ada, &mut bob]);
    // Ada revokes her phone, offline; the phone, not knowing, writes; and is with the relay first.
    ada.control(Control::revoke(phone.who.device_id()));
    phone.say("just in time");
    phone.push(&mut relay);
    ada.sync(&mut relay);
    phone.say("too late");
    phone.push(&mut relay);
    bob.pull(&relay);
    ada.pull(&relay);
    assert_eq!(bob.texts(), ["hello", "just in time"]);
    assert_eq!(ada.texts(), bob.texts());
    // And after a restart, from what the relay has.
    let mut anew = ada.second_device(122);
    anew.pull(&relay);
    assert_eq!(anew.texts(), bob.texts());
}

#[test]
fn two_who_let_in_the_same_person_at_once_do_not_break_each_others_chains() {
    let (mut relay, mut ada, mut bob) = two(123);
    let cleo = Someone::make(&mut rng(6));
    let ring = ada.admit(&cleo);
    bob.admit(&cleo);
    ada.say("from Ada");
    bob.say("from Bob");
    sync_all(&mut relay, &mut [&mut ada, &mut bob]);
    assert_eq!(ada.texts(), ["from Ada", "from Bob"]);
    assert_eq!(bob.texts(), ada.texts());
    assert_eq!((ada.refused.clone(), bob.refused.clone()), (vec![], vec![]));
    let mut cleo = Client::with(cleo, &ring, 124);
    cleo.pull(&relay);
    for _ in 0..4 {
        ada.say("…");
        sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    }
    cleo.say("from Cleo");
    sync_all(&mut relay, &mut [&mut ada, &mut bob, &mut cleo]);
    assert!(ada.texts().contains(&"from Cleo".to_owned()));
    assert!(bob.texts().contains(&"from Cleo".to_owned()));
    assert_eq!(cleo.refused, []);
}

#[test]
fn who_left_can_be_let_in_again_and_their_other_devices_say_hello_again() {
    let (mut relay, mut ada, mut bob) = two(125);
    let mut phone = bob.second_device(126);
    phone.pull(&relay);
    phone.say("from Bob's phone");
    sync_all(&mut relay, &mut [&mut phone, &mut bob, &mut ada]);
    bob.control(Control::leave());
    sync_all(&mut relay, &mut [&mut bob, &mut ada]);
    ada.say("alone");
    ada.push(&mut relay);
    ada.pull(&relay);
    let ring = ada.admit(&bob.who);
    ada.push(&mut relay);
    let mut back = Client::with(bob.who.clone(), &ring, 127);
    back.pull(&relay);
    back.say("I am back");
    sync_all(&mut relay, &mut [&mut back, &mut ada]);
    assert!(ada.texts().contains(&"I am back".to_owned()));
    assert_eq!(ada.members().len(), 2);
    assert!(!back.texts().contains(&"alone".to_owned()));
    let mut phone = Client::with(phone.who.clone(), &back.ledger.keyring(), 128);
    phone.pull(&relay);
    assert!(!phone.ledger.knows_device(phone.who.device_id()));
    phone.say("my phone, too");
    sync_all(&mut relay, &mut [&mut phone, &mut back, &mut ada]);
    assert!(ada.texts().contains(&"my phone, too".to_owned()));
    assert!(back.texts().contains(&"my phone, too".to_owned()));
    assert_eq!((phone.refused, back.refused), (vec![], vec![]));
}

#[test]
fn who_left_writes_nothing_by_a_hello() {
    let (mut relay, mut ada, mut bob) = two(129);
    bob.control(Control::leave());
    sync_all(&mut relay, &mut [&mut bob, &mut ada]);
    let mut phone = bob.second_device(130);
    phone.pull(&relay);
    phone.control_at_once(Control::hello(&phone.who.cert));
    phone.push(&mut relay);
    assert_eq!(refusals(&ada.pull(&relay)), [Refusal::Closed]);
}

#[test]
fn invariant_3_no_keyring_of_an_us_opens_anything_of_a_me() {
    let mut rng = rng(7);
    let ada = Someone::make(&mut rng);
    let me = crate::ids::SpaceId::from_bytes([1; 16]);
    let (ledger, envelope) = crate::ledger::Ledger::begin(
        me,
        SpaceKind::Me,
        &ada.author(),
        crate::testing::stamp(0),
        &mut rng,
    );
    let mut mine = Client::with(ada.clone(), &ledger.keyring(), 131);
    let mut my_relay = Relay::default();
    my_relay.append(envelope);
    mine.pull(&my_relay);
    mine.say("what nobody is to read");
    mine.push(&mut my_relay);

    let (ledger, envelope) = crate::ledger::Ledger::begin(
        SPACE,
        SpaceKind::Us,
        &ada.author(),
        crate::testing::stamp(0),
        &mut rng,
    );
    let mut ours = Client::with(ada, &ledger.keyring(), 132);
    let mut relay = Relay::default();
    relay.append(envelope);
    ours.pull(&relay);
    let mut bob = join(&mut relay, &mut ours, 133);
    let mut cleo = join(&mut relay, &mut ours, 134);
    for (at, other) in [&mut bob, &mut cleo].into_iter().enumerate() {
        // As it is; and under every key that they have, taken for one of that space.
        assert!(refusals(&other.open(my_relay.after(0)[..1].to_vec())).len() <= 1);
        let mut ring = other.ledger.keyring();
        ring.space = me;
        ring.kind = SpaceKind::Me;
        ring.base = None;
        let mut spy = Client::with(other.who.clone(), &ring, 135 + at as u64);
        spy.pull(&my_relay);
        assert_eq!(spy.texts(), Vec::<String>::new());
        assert_eq!(spy.ledger.held(), my_relay.log.len());
        let keys = |ring: crate::vault::Keyring| ring.epochs.into_iter().map(|it| it.key);
        let of_me: Vec<_> = keys(mine.ledger.keyring()).collect();
        assert!(keys(other.ledger.keyring()).all(|key| !of_me.contains(&key)));
    }
    // Handing the keyring on, as a welcome does, hands on no key of Me.
    assert_eq!(ours.welcome().space, SPACE);
    assert_eq!(ours.welcome().epochs.len(), 1);
}
