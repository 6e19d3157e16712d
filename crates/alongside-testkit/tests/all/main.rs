//! The claims of the whole: worlds, invariants, the real relay.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod first;
mod worlds;
