//! Many worlds, one from each seed. One that fails says how it can be seen again.

#![expect(clippy::print_stderr, reason = "whoever runs the test is told the seed")]

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// The environment's name for the one seed to be tried.
pub const SEED: &str = "ALONGSIDE_SEED";
/// The environment's name for how many worlds each test draws.
pub const WORLDS: &str = "ALONGSIDE_WORLDS";

/// How many worlds all tests of this run have drawn so far.
static ALL: AtomicU64 = AtomicU64::new(0);

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

/// Draws worlds: so many of them, or the one whose seed the environment names. `from` keeps the worlds of several tests apart.
pub fn each(test: &'static str, from: u64, worlds: u64, mut world: impl FnMut(u64)) {
    let named = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = named(SEED) {
        let _witness = Witness { test, seed };
        world(seed);
        return;
    }
    let worlds = named(WORLDS).unwrap_or(worlds);
    let began = Instant::now();
    for seed in from..from + worlds {
        let _witness = Witness { test, seed };
        world(seed);
    }
    let all = ALL.fetch_add(worlds, Ordering::Relaxed) + worlds;
    let took = began.elapsed().as_secs_f32();
    // Past the test harness, which shows nothing of a test that passes.
    let _ = writeln!(
        std::io::stderr(),
        "{test}: {worlds} worlds in {took:.1} s; {all} worlds by now"
    );
}
