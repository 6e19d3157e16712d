//! Invariant 4: whatever a relay does to what it hands out, it is noticed or harmless.

use std::collections::BTreeSet;
use std::rc::Rc;

use alongside_core::id::SpaceId;
use alongside_core::members;
use alongside_core::root::Command;
use alongside_replica::Trouble;
use alongside_testkit::life::{Climate, Life};
use alongside_testkit::people::couple;
use alongside_testkit::relay::Space;
use alongside_testkit::seeds::each;
use alongside_testkit::world::{Wished, World};

use crate::invariants::facts;

#[test]
fn invariant_4_a_relay_that_lies_is_noticed_or_harmless() {
    let climate = Climate {
        acts: 50,
        weather: true,
        mishaps: true,
        coming: true,
        lying: true,
        ..Climate::default()
    };
    let couple = couple();
    each("invariant_4_a_relay_that_lies_is_noticed_or_harmless", |seed| {
        let mut life = Life::begin(couple.world.fork(seed), couple.us, climate);
        life.live();
        life.world.check_noticed(couple.us);
    });
}

/// Two people, and one of them has said something that lies at the relay, and that the other has not fetched.
fn told_by_ben(seed: u64) -> (World, SpaceId, String) {
    let couple = couple();
    let mut world = couple.world.fork(seed);
    world.rest();
    let name = say(&mut world, 1, couple.us);
    world.go_on(1, 100_000);
    (world, couple.us, name)
}

fn say(world: &mut World, device: usize, us: SpaceId) -> String {
    let name = world.new_name(device);
    let wish = members::Command::Name { name: name.clone() };
    let wished = world.wish(device, vec![(us, Command::Members(wish))], None);
    assert_eq!(wished, Wished::Done);
    name
}

fn at_the_relay(world: &World, us: SpaceId, change: impl FnOnce(&mut Space)) {
    let mut net = world.net.borrow_mut();
    change(net.relay.space_mut(us.as_bytes()).unwrap());
}

fn knows(world: &World, device: usize, us: SpaceId, name: &str) -> bool {
    format!("{:?}", facts(world, device, us)).contains(name)
}

#[test]
fn invariant_4_an_altered_envelope_is_put_aside_and_spoken_of() {
    let (mut world, us, name) = told_by_ben(41);
    at_the_relay(&world, us, |space| {
        let last = space.rows.last_mut().unwrap();
        let mut posted = (*last.posted).clone();
        posted.payload[7] ^= 1;
        last.posted = Rc::new(posted);
    });
    world.rest();
    let altered = Trouble::Altered { space: us, count: 1 };
    assert_eq!(world.devices[0].client().troubles(), [altered]);
    assert!(!knows(&world, 0, us, &name));
}

#[test]
fn invariant_4_what_others_refer_to_and_is_not_handed_out_is_spoken_of() {
    let (mut world, us, _) = told_by_ben(42);
    say(&mut world, 1, us);
    world.go_on(1, 100_000);
    at_the_relay(&world, us, |space| {
        let before_last = space.rows.len() - 2;
        space.rows.remove(before_last);
    });
    world.rest();
    let withheld = Trouble::Withheld { space: us };
    assert!(world.devices[0].client().troubles().contains(&withheld));
}

#[test]
fn invariant_4_a_relay_that_is_set_back_is_spoken_of() {
    let (mut world, us, name) = told_by_ben(43);
    world.rest();
    at_the_relay(&world, us, |space| {
        space.rows.pop();
    });
    world.rest();
    for device in [0, 3, 1, 4] {
        let back = Trouble::RolledBack { space: us };
        assert_eq!(world.devices[device].client().troubles(), [back]);
        assert!(knows(&world, device, us, &name), "and nothing is forgotten");
    }
}

#[test]
fn invariant_4_two_who_are_shown_two_pasts_hear_of_it_when_the_other_speaks() {
    let (mut world, us, _) = told_by_ben(44);
    world.rest();
    {
        let net = &mut *world.net.borrow_mut();
        net.second = Some((net.relay.clone(), BTreeSet::from([0, 3])));
    }
    for device in [0, 1] {
        say(&mut world, device, us);
        world.go_on(device, 100_000);
    }
    world.rest();
    assert_eq!(world.devices[0].client().troubles(), [], "both pasts are as long");
    say(&mut world, 1, us);
    world.rest();
    let two = Trouble::TwoPasts { space: us };
    assert!(world.devices[0].client().troubles().contains(&two));
}
