//! The domain of Alongside, pure: what may be said, what it means, and who may see it.
//!
//! Nothing here reads a clock, draws randomness, waits, or touches the outside world, and so
//! [`root::State::apply`] cannot fail. A feature is one folder: `event` (the frozen words), `decide` (may
//! refuse), `fold` (may not), `view` (what one person may see), `tests`.

pub mod checkin;
pub mod event;
pub mod fact;
pub mod id;
pub mod members;
pub mod rhythm;
pub mod root;
pub mod text;

#[cfg(test)]
mod arbitrary;
#[cfg(test)]
mod story;
