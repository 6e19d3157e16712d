//! Random worlds. Each is checked at its end: nothing lost, nothing made up, everybody sees the same.

use alongside_testkit::life::{Climate, Life};
use alongside_testkit::people::couple;
use alongside_testkit::seeds::each;

fn honest(test: &'static str, climate: Climate) {
    let couple = couple();
    each(test, |seed| {
        let mut life = Life::begin(couple.world.fork(seed), couple.us, climate);
        life.live();
        life.world.check_whole();
    });
}

#[test]
fn calm_worlds_converge() {
    honest(
        "calm_worlds_converge",
        Climate {
            acts: 30,
            ..Climate::default()
        },
    );
}

#[test]
fn worlds_with_bad_networks_converge() {
    let climate = Climate {
        acts: 40,
        weather: true,
        ..Climate::default()
    };
    honest("worlds_with_bad_networks_converge", climate);
}

#[test]
fn worlds_with_crashing_devices_converge() {
    let climate = Climate {
        acts: 40,
        weather: true,
        mishaps: true,
        ..Climate::default()
    };
    honest("worlds_with_crashing_devices_converge", climate);
}

#[test]
fn worlds_in_which_people_come_converge() {
    let climate = Climate {
        acts: 60,
        weather: true,
        mishaps: true,
        coming: true,
        ..Climate::default()
    };
    honest("worlds_in_which_people_come_converge", climate);
}

#[test]
fn worlds_in_which_people_leave_converge() {
    let climate = Climate {
        acts: 60,
        weather: true,
        mishaps: true,
        coming: true,
        leaving: true,
        ..Climate::default()
    };
    honest("worlds_in_which_people_leave_converge", climate);
}
