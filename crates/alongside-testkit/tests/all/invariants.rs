//! The invariants of ARCHITECTURE.md, one by one. Each fails when the line that guards it is taken out.

use std::rc::Rc;

use alongside_core::checkin::{self, Answers, Care};
use alongside_core::event::{self, Decoded, Event};
use alongside_core::fact::{Fact, What};
use alongside_core::id::{EntryId, SpaceId};
use alongside_core::members;
use alongside_core::rhythm::{self, Rhythm};
use alongside_core::root::{Command, State};
use alongside_log::ledger::What as Said;
use alongside_replica::Feed;
use alongside_replica::ports::{Platform as _, Store as _, Table, Write};
use alongside_testkit::dice::Dice;
use alongside_testkit::life::{Climate, Life};
use alongside_testkit::people::{ADA, BEN, couple};
use alongside_testkit::renegade::Renegade;
use alongside_testkit::seeds::each;
use alongside_testkit::time::finish;
use alongside_testkit::world::{Wished, World};
use jiff::civil::Weekday;

pub(crate) fn facts(world: &World, device: usize, space: SpaceId) -> Vec<Fact> {
    world.devices[device]
        .client()
        .with_facts(space, <[Fact]>::to_vec)
        .unwrap()
}

pub(crate) fn state(world: &World, device: usize, space: SpaceId) -> State {
    world.devices[device]
        .client()
        .with_state(space, State::clone)
        .unwrap()
}

pub(crate) fn note(text: &str) -> Answers {
    Answers {
        note: Some(text.to_owned()),
        ..Answers::default()
    }
}

pub(crate) fn share(world: &mut World, device: usize, us: SpaceId, text: &str) {
    let day = world.devices[device].platform.today();
    let wish = checkin::Command::Share {
        day,
        answers: note(text),
    };
    assert_eq!(
        world.wish(device, vec![(us, Command::CheckIn(wish))], None),
        Wished::Done
    );
}

fn shuffled<T>(mut of: Vec<T>, dice: &mut Dice) -> Vec<T> {
    for at in (1..of.len()).rev() {
        of.swap(at, dice.below(at + 1));
    }
    of
}

#[test]
fn invariant_1_any_order_of_arrival_folds_alike() {
    let couple = couple();
    let climate = Climate {
        acts: 60,
        weather: true,
        ..Climate::default()
    };
    each("invariant_1_any_order_of_arrival_folds_alike", |seed| {
        let mut life = Life::begin(couple.world.fork(seed), couple.us, climate);
        life.live();
        life.world.rest();
        let all = facts(&life.world, 0, couple.us);
        let told = State::fold(all.iter().cloned());
        let mut dice = Dice::new(seed);
        for _ in 0..4 {
            let mut arriving = shuffled(all.clone(), &mut dice);
            let again: Vec<Fact> = arriving.iter().filter(|_| dice.happens(80)).cloned().collect();
            arriving.extend(again);
            assert_eq!(State::fold(arriving.clone()), told, "the whole fold");
            let mut feed = Feed::default();
            while !arriving.is_empty() {
                let some = dice.below(5) + 1;
                let chunk: Vec<Fact> = arriving.drain(..some.min(arriving.len())).collect();
                feed.extend(chunk);
            }
            assert_eq!(feed.state(), &told, "the fold as they came");
            assert_eq!(feed.facts(), &all[..]);
        }
    });
}

#[test]
fn invariant_2_nobody_changes_what_is_anothers_and_consent_is_ones_own() {
    let couple = couple();
    let us = couple.us;
    let mut world = couple.world.fork(2);
    let propose = |rhythm| Command::Rhythm(rhythm::Command::Propose { rhythm });
    assert_eq!(
        world.wish(0, vec![(us, propose(Rhythm::Weekly(Weekday::Sunday)))], None),
        Wished::Done
    );
    world.rest();
    let (ada, ben) = (world.id_of(ADA), world.id_of(BEN));
    for device in [0, 3, 1, 4] {
        assert_eq!(
            rhythm::in_force(&state(&world, device, us)),
            Rhythm::Daily,
            "one of two has consented"
        );
    }
    let proposal = rhythm::view(&state(&world, 0, us), ada).proposals[0].entry;

    // Ben's client, which keeps to no rule, signs consent as Ada to a proposal of his own, and a name for her.
    let adas = Renegade::of(&world, ADA, us).identity.public();
    let mut renegade = Renegade::of(&world, BEN, us);
    let mine = event::encode(&Event::Rhythm(rhythm::Event::Proposed(rhythm::Proposed {
        rhythm: Rhythm::SomeDays([Weekday::Friday].into_iter().collect()),
    })));
    renegade.say(&mut world.net.borrow_mut().relay, Said::Domain(mine));
    world.rest();
    let shown = rhythm::view(&state(&world, 0, us), ada).proposals;
    let bens = shown.iter().find(|shown| shown.by == ben).unwrap().entry;
    let consent = Event::Rhythm(rhythm::Event::Agreed(rhythm::Agreed {
        proposal: bens,
        after: Vec::new(),
    }));
    let name = Event::Members(members::Event::Named(members::Named {
        name: "forged".to_owned(),
    }));
    renegade.catch_up(&world.net.borrow().relay);
    let mut tip = renegade.tip();
    for said in [consent, name] {
        let forged = renegade.seal_as(adas, &mut tip, Said::Domain(event::encode(&said)));
        renegade.post(&mut world.net.borrow_mut().relay, &forged);
    }
    world.rest();
    for device in [0, 3, 1, 4] {
        let seen = state(&world, device, us);
        assert_eq!(
            rhythm::in_force(&seen),
            Rhythm::Daily,
            "nothing is in force to which both have not consented"
        );
        let names = members::list(&seen, ada);
        assert!(
            names
                .iter()
                .all(|member| member.name.as_deref() != Some("forged")),
            "{names:?}"
        );
        let consents = rhythm::view(&seen, ben).proposals;
        let of_ada = consents.iter().find(|shown| shown.entry == proposal).unwrap();
        assert!(!of_ada.i_agreed, "Ben has not agreed to Ada's proposal");
    }
    // By Ben's own hand it counts.
    let agree = Command::Rhythm(rhythm::Command::Agree { proposal });
    assert_eq!(world.wish(1, vec![(us, agree)], None), Wished::Done);
    world.rest();
    assert_eq!(
        rhythm::in_force(&state(&world, 0, us)),
        Rhythm::Weekly(Weekday::Sunday)
    );
}

pub(crate) fn answer_of(facts: &[Fact], who: alongside_core::id::PersonId) -> EntryId {
    let is_answer = |fact: &&Fact| {
        fact.author == who && matches!(fact.what, What::Said(Event::CheckIn(checkin::Event::Shared(_))))
    };
    facts
        .iter()
        .find(is_answer)
        .expect("there is an answer")
        .position
        .id
}

#[test]
fn invariant_5_what_was_done_survives_the_closing_of_the_tab_at_any_point() {
    let couple = couple();
    let us = couple.us;
    let mut done_early = 0;
    for seed in 0..60 {
        // Cut off at each point of writing, and then at each point of telling the relay.
        let (writing, telling) = (seed / 2, seed);
        let mut world = couple.world.fork(500 + seed as u64);
        let (name, after) = (world.new_name(0), world.new_name(0));
        let wish = |name: String| vec![(us, Command::Members(members::Command::Name { name }))];
        let wished = world.wish(0, wish(name.clone()), Some(writing));
        world.reload(0);
        let there = format!("{:?}", facts(&world, 0, us)).contains(&name);
        if wished == Wished::Done {
            done_early += 1;
            assert!(
                there,
                "it was done (after {writing} polls), and is gone after the tab was closed"
            );
        }
        assert_eq!(world.wish(0, wish(after.clone()), None), Wished::Done);
        world.go_on(0, telling);
        world.reload(0);
        assert!(
            format!("{:?}", facts(&world, 0, us)).contains(&after),
            "gone after {telling} polls of telling"
        );
        world.check_whole();
        assert!(
            format!("{:?}", facts(&world, 1, us)).contains(&after),
            "Ben has it in the end"
        );
    }
    assert!(done_early > 10);
}

/// As a version read payloads that knew nothing of rhythms.
fn before_rhythms(bytes: &[u8]) -> Decoded {
    match event::decode(bytes) {
        Decoded::Known(Event::Rhythm(said)) => Decoded::Unknown {
            kind: Event::Rhythm(said).kind().to_owned(),
        },
        decoded @ (Decoded::Known(_) | Decoded::Unknown { .. } | Decoded::Malformed) => decoded,
    }
}

#[test]
fn invariant_7_what_is_not_known_yet_is_kept_and_takes_effect_after_an_upgrade() {
    let couple = couple();
    let us = couple.us;
    let mut world = couple.world.fork(7);
    world.reload_reading(1, before_rhythms);
    let rhythm = Rhythm::Weekly(Weekday::Sunday);
    let propose = Command::Rhythm(rhythm::Command::Propose { rhythm });
    assert_eq!(world.wish(0, vec![(us, propose)], None), Wished::Done);
    // Something that no version knows yet, by Ben's own device of the future.
    let mut future = Renegade::of(&world, BEN, us);
    let unheard = b"\x82\x6ffuture.letter/3\x81\x07".to_vec();
    future.say(&mut world.net.borrow_mut().relay, Said::Domain(unheard));
    assert_eq!(world.rest(), []);
    let old = state(&world, 1, us);
    let ben = world.id_of(BEN);
    assert_eq!(
        rhythm::view(&old, ben).proposals,
        [],
        "the old version knows nothing of it"
    );
    assert_eq!(world.devices[1].client().troubles(), [], "and is not troubled");

    // Nothing comes from the relay any more: it was kept.
    world.net.borrow_mut().down = true;
    world.reload(1);
    let upgraded = state(&world, 1, us);
    assert_eq!(
        rhythm::view(&upgraded, ben).proposals.len(),
        1,
        "the upgrade brings it back"
    );
    assert_eq!(
        upgraded,
        state(&world, 4, us),
        "and it is as if it had always been known"
    );
    world.net.borrow_mut().down = false;
    world.check_whole();
}

/// All devices seal the space as it stands: by their number, what they sealed.
fn checkpoints_made_now(world: &mut World, us: SpaceId) -> Vec<(usize, Vec<u8>)> {
    let devices = [0, 3, 1, 4];
    let disk = |world: &World, device: usize| world.devices[device].platform.sim_store().disk.clone();
    for device in devices {
        finish(disk(world, device).commit(vec![Write::Clear(Table::Checkpoint)])).unwrap();
    }
    // A checkpoint is due when so much has come in since the last.
    for _ in 0..6 {
        let name = world.new_name(0);
        let wish = vec![(us, Command::Members(members::Command::Name { name }))];
        assert_eq!(world.wish(0, wish, None), Wished::Done);
        world.rest();
    }
    let made = |device: usize| {
        let made = finish(disk(world, device).get(Table::Checkpoint, us.as_bytes())).unwrap();
        made.map(|sealed| (device, sealed))
    };
    devices.into_iter().filter_map(made).collect()
}

fn lies_in_no_checkpoint(world: &World, sealed: &[(usize, Vec<u8>)]) {
    for (device, checkpoint) in sealed {
        let store = world.devices[*device].platform.sim_store().disk.all_bytes();
        let mut windows = store.windows(checkpoint.len());
        assert!(
            !windows.any(|window| window == checkpoint),
            "it still lies in a checkpoint of device {device}"
        );
    }
}

#[test]
fn invariant_8_words_that_are_taken_back_are_gone_from_everywhere() {
    let couple = couple();
    let us = couple.us;
    let mut world = couple.world.fork(8);
    share(&mut world, 0, us, "of ada");
    share(&mut world, 1, us, "of ben");
    world.rest();
    let text = "words that are taken back";
    let to = answer_of(&facts(&world, 1, us), world.id_of(ADA));
    let care = checkin::Command::Care {
        to,
        care: Care::Sentence(text.to_owned()),
    };
    assert_eq!(
        world.wish(1, vec![(us, Command::CheckIn(care))], None),
        Wished::Done
    );
    world.rest();
    let ciphertext = {
        let relay = &world.net.borrow().relay;
        let (_, space) = relay.spaces().find(|(id, _)| *id == us.as_bytes()).unwrap();
        Rc::clone(&space.rows.last().unwrap().posted).payload.to_vec()
    };
    let lies_in = |world: &World| {
        let mut places = Vec::new();
        let mut look = |place: String, bytes: &[u8]| {
            if bytes.windows(ciphertext.len()).any(|window| window == ciphertext) {
                places.push(place);
            }
        };
        look("the relay".to_owned(), &world.net.borrow().relay.all_bytes());
        for at in [0, 1, 3, 4] {
            look(
                format!("device {at}"),
                &world.devices[at].platform.sim_store().disk.all_bytes(),
            );
        }
        places
    };
    assert_eq!(
        lies_in(&world).len(),
        5,
        "it lies in the relay and on every device of both: {:?}",
        lies_in(&world)
    );
    for device in [0, 1, 3, 4] {
        assert!(format!("{:?}", state(&world, device, us)).contains(text));
    }
    let sealed = checkpoints_made_now(&mut world, us);
    assert_eq!(sealed.len(), 4, "on every device it lies in a checkpoint");

    let back = checkin::Command::WithdrawCare { to };
    assert_eq!(
        world.wish(1, vec![(us, Command::CheckIn(back))], None),
        Wished::Done
    );
    // Who takes them back needs nobody for that.
    lies_in_no_checkpoint(&world, &sealed[2..3]);
    // One of Ada's devices is closed and opened in between.
    world.reload(3);
    world.check_whole();
    assert_eq!(
        lies_in(&world),
        Vec::<String>::new(),
        "it is gone from the relay and from every device"
    );
    lies_in_no_checkpoint(&world, &sealed);
    for device in [0, 1, 3, 4] {
        assert!(
            !format!("{:?}", facts(&world, device, us)).contains(text),
            "device {device} still knows it"
        );
        world.reload(device);
        assert!(
            !format!("{:?}", facts(&world, device, us)).contains(text),
            "device {device} knows it again"
        );
    }
    // Who comes anew does not learn it, and the chain stands without it.
    let further = world.add_device(ADA);
    world.sign_in(further).unwrap();
    world.check_whole();
    assert_eq!(state(&world, further, us), state(&world, 0, us));
}
