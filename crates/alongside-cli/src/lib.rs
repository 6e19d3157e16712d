//! The command-line client: a device like any other, on a terminal.
//!
//! A command loads the device, unlocks it, does one thing, lets it talk to the relay where that can be reached, and ends. What it
//! says lies in `text`, one file for each kind of sentence; the world comes in through [`platform`].

mod ask;
mod check_in;
mod command;
mod device;
mod export;
mod failure;
mod history;
mod json;
mod names;
pub mod platform;
mod show;
mod sign_in;
mod sign_out;
mod spaces;
mod sync;
mod terminal;
mod text;
mod today;
mod verify;
mod words;

pub use alongside_core::members::Kind;
pub use alongside_replica::Client;

pub use self::command::{Command, run};
pub use self::text::EXIT_CODES;
