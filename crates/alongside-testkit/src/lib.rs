//! Worlds of devices, people and faulty relays, driven by a seed.
//!
//! A [`world::World`] has people with several devices each, clocks that differ, a network that loses, repeats, delays and cuts, and a
//! relay that crashes or lies. It drives the real log, replica and core; the relay is a model ([`relay`]). The demo and
//! some tests meet the real one ([`loopback`]). Everything comes from one seed: a world that fails can be seen again.

#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test kit: what does not hold shall end the test, with the seed"
)]

pub mod book;
pub mod dice;
pub mod lies;
pub mod life;
pub mod loopback;
pub mod net;
pub mod people;
pub mod platform;
pub mod relay;
pub mod renegade;
pub mod seeds;
pub mod time;
pub mod verdict;
pub mod world;
