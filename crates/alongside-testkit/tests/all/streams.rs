//! Devices that run their loops, over streams, in a time that jumps from one event to the next.

use alongside_core::checkin::{self, Answers};
use alongside_core::members;
use alongside_core::root::{Command, State};
use alongside_replica::ports::Platform as _;
use alongside_replica::{Connection, Trouble};
use alongside_testkit::net::Weather;
use alongside_testkit::people::couple;
use alongside_testkit::relay::RelayState;
use alongside_testkit::seeds::each;
use alongside_testkit::time::Together;
use alongside_testkit::world::World;
use alongside_wire::problem::Code;

/// A world in which every device of the couple runs its loop.
struct Live {
    world: World,
    together: Together,
    loops: Vec<Option<usize>>,
}

impl Live {
    fn begin(seed: u64) -> Self {
        let world = couple().world.fork(seed);
        let mut live = Self {
            loops: vec![None; world.devices.len()],
            world,
            together: Together::default(),
        };
        for device in 0..live.loops.len() {
            live.run(device);
        }
        live.pass(1_000);
        live
    }

    fn run(&mut self, device: usize) {
        let client = self.world.devices[device].client().clone();
        self.loops[device] = Some(self.together.spawn(async move { client.run().await }));
    }

    fn pass(&mut self, ms: i64) {
        self.together.run_for(&self.world.time.clone(), ms);
    }

    fn cut_off(&mut self, device: usize) {
        if let Some(task) = self.loops[device].take() {
            self.together.end(task);
        }
        self.world.reload(device);
        self.run(device);
    }

    fn share(&mut self, device: usize, text: &str) {
        let day = self.world.devices[device].platform.today();
        let answers = Answers {
            note: Some(text.to_owned()),
            ..Answers::default()
        };
        let wish = Command::CheckIn(checkin::Command::Share { day, answers });
        self.world.wish(device, vec![(couple().us, wish)], None);
    }

    fn knows(&self, device: usize, text: &str) -> bool {
        let state = self.world.devices[device]
            .client()
            .with_state(couple().us, State::clone);
        format!("{state:?}").contains(text)
    }

    fn troubles(&self, device: usize) -> Vec<Trouble> {
        self.world.devices[device].client().troubles()
    }
}

#[test]
fn answers_are_on_every_open_screen_at_the_same_moment() {
    let mut live = Live::begin(1);
    for device in [0, 1, 3, 4] {
        assert_eq!(
            live.world.devices[device].client().connection(),
            Connection::Connected
        );
    }
    live.share(0, "first to answer");
    live.pass(1_000);
    for device in [1, 4, 3] {
        assert!(
            !live.knows(device, "first to answer"),
            "nothing tells device {device} that there is an answer"
        );
    }
    live.share(4, "second to answer");
    live.pass(10);
    for device in [0, 1, 3, 4] {
        assert!(
            live.knows(device, "first to answer") && live.knows(device, "second to answer"),
            "device {device}"
        );
    }
}

#[test]
fn an_us_begun_on_one_device_is_found_by_the_other_by_itself() {
    let mut live = Live::begin(2);
    let other = live.world.start_us(0, members::Kind::Friend, "Another");
    live.pass(60_000);
    let spaces = live.world.devices[3].client().spaces();
    assert!(spaces.iter().any(|us| us.id == other), "{spaces:?}");
}

#[test]
fn a_loop_outlives_a_store_that_was_full() {
    let mut live = Live::begin(3);
    live.world.devices[0]
        .platform
        .sim_store()
        .commits_left
        .set(Some(0));
    live.share(0, "no room");
    live.pass(120_000);
    live.world.devices[0].platform.sim_store().commits_left.set(None);
    live.share(0, "room again");
    live.share(1, "of ben");
    live.pass(120_000);
    assert!(live.knows(3, "room again") && live.knows(0, "of ben"));
}

#[test]
fn streams_that_are_cut_and_relays_that_are_down_are_waited_for() {
    each(
        "streams_that_are_cut_and_relays_that_are_down_are_waited_for",
        |seed| {
            let mut live = Live::begin(seed);
            for at in 0..25 {
                let device = *live.world.dice.pick(&[0, 1, 3, 4]);
                match live.world.dice.below(9) {
                    0 => live.world.net.borrow_mut().cut(),
                    1 => {
                        let down = live.world.dice.happens(128);
                        let mut net = live.world.net.borrow_mut();
                        net.down = down;
                        net.cut();
                    }
                    2 => {
                        let lost = live.world.dice.below(90) as u16;
                        live.world.net.borrow_mut().weather = Weather {
                            lost,
                            reply_lost: lost / 2,
                            twice: 20,
                            late: 0,
                            slow: 3,
                            crash: 8,
                        };
                    }
                    3 => live.cut_off(device),
                    4 | 5 => live.share(device, &format!("answer {at}")),
                    _ => {
                        let name = live.world.new_name(device);
                        let wish = Command::Members(members::Command::Name { name });
                        live.world.wish(device, vec![(couple().us, wish)], None);
                    }
                }
                let ms = live.world.dice.below(40_000) as i64;
                live.pass(ms);
            }
            live.world.net.borrow_mut().heal();
            live.pass(15 * 60_000);
            let states: Vec<_> = [0, 3, 1, 4]
                .map(|device| {
                    live.world.devices[device]
                        .client()
                        .with_state(couple().us, State::clone)
                })
                .into();
            assert_eq!(states[0], states[1], "both of Ada's devices");
            assert_eq!(states[2], states[3], "both of Ben's devices");
            for device in [0, 1, 3, 4] {
                let client = live.world.devices[device].client();
                assert_eq!(client.waiting_to_send(), 0, "device {device}");
                assert_eq!(client.connection(), Connection::Connected, "device {device}");
            }
            // The loops are at rest: what is left holds without them.
            live.together = Together::default();
            live.world.check_whole();
        },
    );
}

#[test]
fn a_clock_that_is_far_off_is_spoken_of_until_it_is_right() {
    let mut live = Live::begin(4);
    live.world.devices[0].platform.set_ahead(3 * 60 * 60 * 1000);
    live.world.net.borrow_mut().cut();
    live.pass(120_000);
    assert_eq!(live.troubles(0), [Trouble::ClockOff { by_s: 10_800 }]);
    live.world.devices[0].platform.set_ahead(0);
    live.world.net.borrow_mut().cut();
    live.pass(120_000);
    assert_eq!(live.troubles(0), []);
}

fn told_when(refuses: Code) -> (Vec<Trouble>, Vec<Trouble>) {
    let mut live = Live::begin(5);
    live.world.net.borrow_mut().relay.refuses = Some(refuses);
    let name = Command::Members(members::Command::Name {
        name: "somebody".to_owned(),
    });
    live.world.wish(0, vec![(couple().us, name)], None);
    live.pass(120_000);
    let then = live.troubles(0);
    assert!(
        live.world.devices[0].client().waiting_to_send() > 0,
        "it stays on the device"
    );
    live.world.net.borrow_mut().relay.refuses = None;
    live.pass(180_000);
    assert_eq!(live.world.devices[0].client().waiting_to_send(), 0);
    (then, live.troubles(0))
}

#[test]
fn a_full_relay_is_spoken_of_until_it_has_room() {
    assert_eq!(told_when(Code::Full), (vec![Trouble::RelayFull], vec![]));
    assert_eq!(told_when(Code::OverQuota), (vec![Trouble::OverQuota], vec![]));
}

#[test]
fn a_session_that_was_ended_is_spoken_of_until_the_passphrase_is_given() {
    let mut live = Live::begin(6);
    let client = live.world.devices[3].client().clone();
    let person = live.world.people[0].clone();
    let new = "quite another passphrase";
    let task = live.together.spawn(async move {
        client
            .change_passphrase(&person.passphrase, new)
            .await
            .expect("it is changed");
    });
    live.pass(120_000);
    assert!(!live.together.is_underway(task));
    assert_eq!(
        live.troubles(0),
        [Trouble::SessionEnded],
        "the other device is signed out"
    );
    let client = live.world.devices[0].client().clone();
    live.together.spawn(async move {
        client
            .renew_session(new)
            .await
            .expect("the new passphrase opens it")
    });
    live.pass(120_000);
    assert_eq!(live.troubles(0), []);
    assert_eq!(live.world.devices[0].client().connection(), Connection::Connected);
}

#[test]
fn an_empty_relay_in_place_of_the_one_before_is_no_reason_to_forget() {
    let mut live = Live::begin(7);
    live.world.net.borrow_mut().relay = RelayState::new(99);
    live.world.net.borrow_mut().cut();
    live.pass(120_000);
    assert_eq!(live.troubles(0), [Trouble::SessionEnded]);
    assert_eq!(
        live.world.devices[0].client().spaces().len(),
        1,
        "everything is still here"
    );
}
