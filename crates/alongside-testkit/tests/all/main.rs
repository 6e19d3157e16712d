//! The claims of the whole: worlds, invariants (4 in `lies`, 3 in `privacy`), checkpoints, renegades, errors, streams, the real relay.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what does not hold ends the test"
)]

mod checkpoints;
mod errors;
mod invariants;
mod lies;
mod privacy;
mod real;
mod renegades;
mod streams;
mod worlds;
