//! The project's chores: set-up, run, demo, test, bench, screens, dist and the checks of its own rules.
//!
//! `cargo xtask` lists them. Everything that a chore needs and that is missing (a WASM standard library, fonts,
//! a browser) it sets up itself, says so, and fails with a sentence where it cannot.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that a person runs talks to them"
)]

mod bench;
mod browser;
mod chores;
mod codemap;
mod demo;
mod deny;
mod dist;
mod layers;
mod metadata;
mod npm;
mod progress;
mod project;
mod run;
mod screens;
mod setup;
mod test;
mod wasm_std;
mod web;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match chores::Chore::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
