//! Many worlds, one from each seed. One that fails says how it can be seen again.

#![expect(clippy::print_stderr, reason = "whoever runs the test is told the seed")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::Range;
use std::sync::Mutex;
use std::time::Instant;

/// The environment's name for the one seed to be tried.
pub const SEED: &str = "ALONGSIDE_SEED";
/// The environment's name for how many worlds each test draws.
pub const WORLDS: &str = "ALONGSIDE_WORLDS";

/// Each test that draws worlds, and the seeds of its worlds.
const PLAN: [(&str, Range<u64>); 9] = [
    ("calm_worlds_converge", 0..700),
    ("worlds_with_bad_networks_converge", 10_000..11_000),
    ("worlds_with_crashing_devices_converge", 20_000..21_000),
    ("worlds_in_which_people_come_converge", 30_000..30_700),
    ("worlds_in_which_people_leave_converge", 40_000..40_700),
    (
        "invariant_4_a_relay_that_lies_is_noticed_or_harmless",
        50_000..50_800,
    ),
    (
        "streams_that_are_cut_and_relays_that_are_down_are_waited_for",
        60_000..60_060,
    ),
    (
        "opening_from_a_checkpoint_shows_what_opening_everything_shows",
        70_000..70_060,
    ),
    ("invariant_1_any_order_of_arrival_folds_alike", 80_000..80_060),
];

/// No run of all tests draws fewer worlds than this.
const AT_LEAST: u64 = 5_000;

const _: () = {
    let (mut at, mut all, mut free) = (0, 0, 0);
    while at < PLAN.len() {
        let seeds = &PLAN[at].1;
        assert!(free <= seeds.start, "no two tests draw the same world");
        free = seeds.end;
        all += seeds.end - seeds.start;
        at += 1;
    }
    assert!(all >= AT_LEAST, "fewer worlds than were promised");
};

/// How many worlds each test of this run has drawn.
static DRAWN: Mutex<BTreeMap<&str, u64>> = Mutex::new(BTreeMap::new());

struct Witness {
    test: &'static str,
    seed: u64,
}

impl Drop for Witness {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { test, seed } = self;
            eprintln!(
                "the world of seed {seed} fails; to see it again:\n  \
                 {SEED}={seed} cargo test -p alongside-testkit --features cheap-kdf --test all -- {test} --nocapture"
            );
        }
    }
}

/// A test that draws its worlds. However it ends, what it drew is counted.
struct Drawing {
    test: &'static str,
    worlds: u64,
    began: Instant,
}

impl Drop for Drawing {
    fn drop(&mut self) {
        let Self { test, worlds, began } = self;
        let took = began.elapsed().as_secs_f32();
        // Past the test harness, which shows nothing of a test that passes.
        let mut out = std::io::stderr();
        let _ = writeln!(out, "{test}: {worlds} worlds in {took:.1} s");
        let mut drawn = DRAWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        drawn.insert(test, *worlds);
        if drawn.len() == PLAN.len() {
            let all: u64 = drawn.values().sum();
            let _ = writeln!(
                out,
                "{all} worlds drawn, by all {} tests that draw any",
                drawn.len()
            );
        }
    }
}

/// Draws the worlds that are planned for a test: or as many as the environment says, or the one whose seed it names.
///
/// # Panics
/// When nothing is planned for it.
pub fn each(test: &'static str, mut world: impl FnMut(u64)) {
    let named = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = named(SEED) {
        let _witness = Witness { test, seed };
        world(seed);
        return;
    }
    let (_, planned) = PLAN
        .into_iter()
        .find(|(name, _)| *name == test)
        .expect("what draws worlds stands in the plan");
    let worlds = named(WORLDS).unwrap_or(planned.end - planned.start);
    let mut drawing = Drawing {
        test,
        worlds: 0,
        began: Instant::now(),
    };
    for seed in planned.start..planned.start + worlds {
        let _witness = Witness { test, seed };
        world(seed);
        drawing.worlds += 1;
    }
}
