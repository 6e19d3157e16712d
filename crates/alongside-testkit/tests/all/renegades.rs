//! A member whose client keeps to no rule: the others' states are not touched, and the space goes on.

use alongside_core::checkin::{self, Answers, Shared};
use alongside_core::event::{self, Event};
use alongside_core::members;
use alongside_core::rhythm::Period;
use alongside_core::root::{Command, State};
use alongside_log::ledger::{Control, What};
use alongside_replica::Trouble;
use alongside_replica::ports::Platform as _;
use alongside_testkit::people::{ADA, BEN, couple};
use alongside_testkit::renegade::Renegade;
use alongside_testkit::world::{Wished, World};
use alongside_wire::envelope::Posted;

fn named(name: &str) -> What {
    let named = members::Event::Named(members::Named {
        name: name.to_owned(),
    });
    What::Domain(event::encode(&Event::Members(named)))
}

fn states(world: &World) -> Vec<State> {
    let us = couple().us;
    let open = world.devices.iter().filter(|device| device.is_open());
    open.filter_map(|device| device.client().with_state(us, State::clone))
        .collect()
}

/// Ben's client does something; afterwards Ada's devices agree, hold nothing that was not said, and can still talk with each other.
/// Answers Ada's state before and after, and what her first device was told.
fn after(seed: u64, deed: impl FnOnce(&mut Renegade, &mut World)) -> (State, State, Vec<Trouble>) {
    let couple = couple();
    let mut world = couple.world.fork(seed);
    let before = states(&world)[0].clone();
    let mut renegade = Renegade::of(&world, BEN, couple.us);
    deed(&mut renegade, &mut world);
    assert_eq!(world.rest(), []);
    let seen = states(&world);
    let (ada, ada_too) = (&seen[0], &seen[2]);
    assert_eq!(ada, ada_too, "both of Ada's devices see the same");
    let troubles = world.devices[0].client().troubles();
    let after = ada.clone();

    // The space goes on.
    let name = world.new_name(0);
    let wish = Command::Members(members::Command::Name { name: name.clone() });
    assert_eq!(world.wish(0, vec![(couple.us, wish)], None), Wished::Done);
    world.rest();
    let ada = world.id_of(ADA);
    for device in world.devices.iter().filter(|device| device.is_open()) {
        let Some(state) = device.client().with_state(couple.us, State::clone) else {
            continue;
        };
        let here = device
            .client()
            .me()
            .is_some_and(|me| after.members.current().any(|it| it == me));
        let shown = members::list(&state, ada)
            .into_iter()
            .find(|member| member.person == ada);
        let hears = shown.and_then(|member| member.name) == Some(name.clone());
        assert_eq!(
            hears, here,
            "everybody who is there hears of Ada's new name, and nobody else"
        );
    }
    (before, after, troubles)
}

fn altered(troubles: &[Trouble]) -> bool {
    troubles
        .iter()
        .any(|trouble| matches!(trouble, Trouble::Altered { .. }))
}

#[test]
fn garbage_is_put_aside() {
    let (before, after, troubles) = after(1, |renegade, world| {
        let relay = &mut world.net.borrow_mut().relay;
        for (head, payload) in [
            (vec![], vec![]),
            (vec![0xff; 40], vec![1, 2, 3]),
            (b"hello".to_vec(), vec![0; 300]),
        ] {
            renegade.post_bytes(
                relay,
                Posted {
                    head: head.into(),
                    payload: payload.into(),
                },
            );
        }
    });
    assert_eq!(before, after);
    assert!(altered(&troubles), "{troubles:?}");
}

#[test]
fn an_entry_that_says_nothing_known_changes_nothing() {
    let (before, after, troubles) = after(2, |renegade, world| {
        let relay = &mut world.net.borrow_mut().relay;
        for said in [&b""[..], b"\xff\xff", b"\x82\x61\x61", b"\x82\x66future\x00"] {
            renegade.say(relay, What::Domain(said.to_vec()));
        }
    });
    assert_eq!(before, after);
    assert_eq!(troubles, [], "signed by a member, and only not understood");
}

#[test]
fn nobody_writes_in_anothers_name() {
    let ada = Renegade::of(&couple().world, ADA, couple().us).identity.public();
    let (before, after, troubles) = after(3, |renegade, world| {
        let relay = &mut world.net.borrow_mut().relay;
        renegade.say(relay, named("ben-1"));
        let mut tip = renegade.tip();
        let forged = renegade.seal_as(ada, &mut tip, named("not ada"));
        renegade.post(relay, &forged);
    });
    assert_eq!(
        members::list(&before, members_first(&before)),
        members::list(&after, members_first(&after))
    );
    assert!(altered(&troubles), "{troubles:?}");
}

fn members_first(state: &State) -> alongside_core::id::PersonId {
    state.members.current().next().unwrap()
}

#[test]
fn of_two_entries_at_one_place_in_a_chain_the_first_stands() {
    let (_, after, troubles) = after(4, |renegade, world| {
        let relay = &mut world.net.borrow_mut().relay;
        renegade.say(relay, named("one"));
        let (mut tip, mut same) = (renegade.tip(), renegade.tip());
        let first = renegade.seal(&mut tip, named("two"));
        let second = renegade.seal(&mut same, named("three"));
        renegade.post(relay, &first);
        renegade.post(relay, &second);
    });
    let names: Vec<_> = members::list(&after, members_first(&after))
        .into_iter()
        .filter_map(|it| it.name)
        .collect();
    assert!(
        names.contains(&"two".to_owned()) && !names.contains(&"three".to_owned()),
        "{names:?}"
    );
    assert!(altered(&troubles), "{troubles:?}");
}

fn shared(day: jiff::civil::Date, note: &str) -> Event {
    let answers = Answers {
        note: Some(note.to_owned()),
        ..Answers::default()
    };
    let period = Period::day(day);
    Event::CheckIn(checkin::Event::Shared(Shared { period, answers }))
}

#[test]
fn a_second_answer_after_the_reveal_does_not_count() {
    let (_, after, troubles) = after(5, |renegade, world| {
        let today = world.devices[0].platform.today();
        let us = couple().us;
        for (device, note) in [(0, "of ada"), (1, "of ben")] {
            let answers = Answers {
                note: Some(note.to_owned()),
                ..Answers::default()
            };
            let wish = checkin::Command::Share { day: today, answers };
            let event = shared(today, note);
            assert_eq!(
                world.wish(device, vec![(us, Command::CheckIn(wish))], None),
                Wished::Done,
                "{event:?}"
            );
        }
        world.rest();
        let relay = &mut world.net.borrow_mut().relay;
        renegade.say(relay, named("ben-1"));
        let again = renegade.statement(
            &checkin::round(Period::day(today)),
            &shared(today, "seen, and changed"),
        );
        renegade.post(relay, &again);
    });
    let said = format!("{after:?}");
    assert!(
        said.contains("of ben") && said.contains("of ada"),
        "both answers are revealed"
    );
    assert!(!said.contains("seen, and changed"));
    assert!(altered(&troubles), "{troubles:?}");
}

#[test]
fn an_answer_put_into_another_round_is_not_revealed_with_the_others() {
    let (_, after, _) = after(6, |renegade, world| {
        let today = world.devices[0].platform.today();
        let relay = &mut world.net.borrow_mut().relay;
        renegade.say(relay, named("ben-1"));
        let elsewhere = renegade.statement("checkin/1999-01-01", &shared(today, "elsewhere"));
        renegade.post(relay, &elsewhere);
    });
    let said = format!("{after:?}");
    assert!(!said.contains("in_round: true"), "{said}");
}

#[test]
fn nobody_closes_anothers_device_nor_begins_the_space_again() {
    let couple = couple();
    let ada = Renegade::of(&couple.world, ADA, couple.us);
    let adas: Vec<_> = ada
        .ledger
        .devices()
        .into_iter()
        .filter(|it| it.person == ada.identity.public().id())
        .collect();
    assert!(!adas.is_empty());
    let (before, after, troubles) = after(7, |renegade, world| {
        let relay = &mut world.net.borrow_mut().relay;
        renegade.say(relay, named("ben-1"));
        for device in &adas {
            renegade.say(relay, What::Control(Control::revoke(device.device)));
        }
        let began = Control::Began {
            kind: alongside_log::vault::SpaceKind::Us,
            person: renegade.identity.public(),
            cert: renegade.cert.clone(),
        };
        renegade.say(relay, What::Control(began));
    });
    assert_eq!(before.members.current().count(), after.members.current().count());
    assert!(altered(&troubles), "{troubles:?}");
}

#[test]
fn who_left_is_heard_no_more() {
    let (_, after, _) = after(8, |renegade, world| {
        let relay = &mut world.net.borrow_mut().relay;
        renegade.say(relay, named("ben-1"));
        renegade.say(relay, What::Control(Control::leave()));
        let mut tip = renegade.tip();
        let late = renegade.seal(&mut tip, named("still here"));
        renegade.post(relay, &late);
    });
    assert_eq!(after.members.current().count(), 1);
    assert!(!format!("{after:?}").contains("still here"));
}

#[test]
fn ones_words_change_nothing_that_is_anothers() {
    let (before, after, _) = after(9, |renegade, world| {
        let relay = &mut world.net.borrow_mut().relay;
        // Everything that could be about Ada, said by Ben.
        let set = members::Event::Set(members::Set {
            name: "set by ben".into(),
        });
        let begun = members::Event::Begun(members::Begun {
            kind: members::Kind::Work,
            name: "another frame".into(),
        });
        for said in [set, begun] {
            renegade.say(relay, What::Domain(event::encode(&Event::Members(said))));
        }
    });
    assert_eq!(
        members::frame(&before),
        members::frame(&after),
        "the frame stands from its beginning"
    );
    for person in before.members.current().filter(|person| *person != ben()) {
        let name = members::my_default_name(&after, person).map(String::as_str);
        assert_ne!(name, Some("set by ben"));
    }
}

fn ben() -> alongside_core::id::PersonId {
    couple().world.id_of(BEN)
}
