//! A checkpoint saves time and changes nothing: what is opened from one is what the inbox says.

use alongside_core::checkin::{self, Care};
use alongside_core::fact::{Fact, What};
use alongside_core::id::SpaceId;
use alongside_core::members;
use alongside_core::root::Command;
use alongside_replica::ports::{Platform as _, Row, Store as _, Table, Write};
use alongside_testkit::life::{Climate, Life};
use alongside_testkit::people::couple;
use alongside_testkit::seeds::each;
use alongside_testkit::time::finish;
use alongside_testkit::world::{Wished, World};

fn rows(world: &World, device: usize, table: Table) -> Vec<Row> {
    let disk = &world.devices[device].platform.sim_store().disk;
    finish(disk.scan(table, b"", b"", usize::MAX)).unwrap()
}

fn lay(world: &World, device: usize, writes: Vec<Write>) {
    finish(world.devices[device].platform.sim_store().disk.commit(writes)).unwrap();
}

/// Everything that a device shows.
fn shown(world: &World, device: usize) -> Vec<String> {
    let client = world.devices[device].client();
    let of_space = |space: SpaceId| {
        let facts = client.with_facts(space, <[Fact]>::to_vec);
        format!("{space:?}: {facts:?}")
    };
    let spaces = client
        .spaces()
        .into_iter()
        .map(|us| us.id)
        .chain(client.me_space());
    let mut shown: Vec<String> = spaces.map(of_space).collect();
    shown.push(format!("{} waiting", client.waiting_to_send()));
    shown
}

/// The same device from its inbox alone.
fn shown_without(world: &mut World, device: usize) -> Vec<String> {
    lay(world, device, vec![Write::Clear(Table::Checkpoint)]);
    world.reload(device);
    shown(world, device)
}

#[test]
fn opening_from_a_checkpoint_shows_what_opening_everything_shows() {
    let climate = Climate {
        acts: 40,
        weather: true,
        mishaps: true,
        coming: true,
        ..Climate::default()
    };
    let couple = couple();
    let claim = "opening_from_a_checkpoint_shows_what_opening_everything_shows";
    let opened = std::cell::Cell::new(0);
    each(claim, |seed| {
        let mut life = Life::begin(couple.world.fork(seed), couple.us, climate);
        life.live();
        let mut world = life.world;
        for device in 0..world.devices.len() {
            if !world.devices[device].is_open() {
                continue;
            }
            world.reload(device);
            // What does not belong is thrown away when it is met: what is left was used.
            opened.set(opened.get() + rows(&world, device, Table::Checkpoint).len());
            let with = shown(&world, device);
            assert_eq!(with, shown_without(&mut world, device), "device {device}");
        }
    });
    assert!(
        opened.get() > 150,
        "only {} spaces were opened from checkpoints",
        opened.get()
    );
}

fn names(world: &mut World, device: usize, us: SpaceId, count: usize) {
    for _ in 0..count {
        let name = world.new_name(device);
        let wish = vec![(us, Command::Members(members::Command::Name { name }))];
        assert_eq!(world.wish(device, wish, None), Wished::Done);
        world.rest();
    }
}

#[test]
fn a_checkpoint_that_does_not_belong_to_the_inbox_is_thrown_away() {
    let couple = couple();
    let mut world = couple.world.fork(1);
    names(&mut world, 0, couple.us, 4);
    let kept = rows(&world, 1, Table::Checkpoint);
    assert_eq!(
        kept[0].0,
        couple.us.as_bytes(),
        "of the Us; there is little in Me"
    );
    names(&mut world, 0, couple.us, 4);
    let truth = shown_without(&mut world, 1);
    let put = |(key, value): &Row| Write::Put(Table::Checkpoint, key.clone(), value.clone());
    let check = |world: &mut World, writes: Vec<Write>, used: bool, what: &str| {
        lay(world, 1, vec![Write::Clear(Table::Checkpoint)]);
        lay(world, 1, writes);
        world.reload(1);
        assert_eq!(shown(world, 1), truth, "{what}");
        assert_eq!(!rows(world, 1, Table::Checkpoint).is_empty(), used, "{what}");
    };
    check(&mut world, kept.iter().map(put).collect(), true, "an earlier one");
    let mut damaged = kept.clone();
    for (_, value) in &mut damaged {
        let middle = value.len() / 2;
        value[middle] ^= 1;
    }
    check(
        &mut world,
        damaged.iter().map(put).collect(),
        false,
        "a damaged one",
    );
    let me = world.devices[1].client().me_space().unwrap();
    let swapped = [(me.as_bytes().to_vec(), kept[0].1.clone())];
    check(
        &mut world,
        swapped.iter().map(put).collect(),
        false,
        "another space's",
    );
    let others = rows(&world, 0, Table::Checkpoint);
    check(
        &mut world,
        others.iter().map(put).collect(),
        false,
        "another device's",
    );

    // The end of the inbox is lost: the checkpoint knows more than there is.
    let mut inbox = rows(&world, 1, Table::Inbox);
    inbox.retain(|(key, _)| key.starts_with(couple.us.as_bytes()));
    for (key, _) in inbox.split_off(inbox.len() / 2) {
        lay(&world, 1, vec![Write::Delete(Table::Inbox, key)]);
    }
    world.reload(1);
    lay(&world, 1, kept.iter().map(put).collect());
    world.reload(1);
    let with = shown(&world, 1);
    assert_eq!(
        with,
        shown_without(&mut world, 1),
        "what is lost is fetched again"
    );
    assert_ne!(with, truth);
}

#[test]
fn a_checkpoint_from_before_words_were_withdrawn_does_not_bring_them_back() {
    let couple = couple();
    let us = couple.us;
    let mut world = couple.world.fork(2);
    for (device, text) in [(0, "of Ada's"), (1, "of Ben's")] {
        let day = world.devices[device].platform.today();
        let answers = checkin::Answers {
            note: Some(text.to_owned()),
            ..checkin::Answers::default()
        };
        let wish = vec![(us, Command::CheckIn(checkin::Command::Share { day, answers }))];
        assert_eq!(world.wish(device, wish, None), Wished::Done);
        world.rest();
    }
    let to = world.devices[1]
        .client()
        .with_facts(us, |facts| {
            let of_ada = |fact: &&Fact| fact.in_round && format!("{fact:?}").contains("of Ada's");
            facts.iter().find(of_ada).map(|fact| fact.position.id)
        })
        .flatten()
        .unwrap();
    let care = Care::Sentence("unsaid again".to_owned());
    let wish = vec![(us, Command::CheckIn(checkin::Command::Care { to, care }))];
    assert_eq!(world.wish(1, wish, None), Wished::Done);
    world.rest();
    names(&mut world, 0, us, 4);
    let kept: Vec<Vec<Row>> = [0, 1, 3, 4]
        .iter()
        .map(|device| rows(&world, *device, Table::Checkpoint))
        .collect();
    let wish = vec![(us, Command::CheckIn(checkin::Command::WithdrawCare { to }))];
    assert_eq!(world.wish(1, wish, None), Wished::Done);
    world.rest();
    for (device, kept) in [0, 1, 3, 4].into_iter().zip(kept) {
        assert!(!kept.is_empty());
        let withdrawn = |world: &World| {
            let facts = world.devices[device].client().with_facts(us, <[Fact]>::to_vec);
            let facts = facts.unwrap_or_default();
            assert!(!format!("{facts:?}").contains("unsaid again"), "device {device}");
            facts.iter().filter(|fact| fact.what == What::Withdrawn).count()
        };
        assert!(withdrawn(&world) > 0);
        for (key, value) in kept {
            lay(&world, device, vec![Write::Put(Table::Checkpoint, key, value)]);
        }
        world.reload(device);
        assert!(withdrawn(&world) > 0, "device {device}");
    }
}
