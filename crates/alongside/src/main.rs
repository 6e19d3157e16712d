//! One program: relay, web client and command line.
//!
//! This is only the fork in the road: `serve` is the relay's, every other subcommand the command-line client's.

use std::error::Error;
use std::process::ExitCode;

use alongside_cli::{Command, EXIT_CODES};
use alongside_relay::{Settings, Web};
use clap::{Parser, Subcommand};

#[cfg(feature = "embed")]
mod built_in;

/// A private place in which two or more people build an interdependent relationship.
#[derive(Parser)]
#[command(name = "alongside", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Runs a relay, and serves the web client from it
    Serve(Box<Settings>),
    #[command(flatten)]
    Client(Command),
}

fn built_in_web() -> Web {
    #[cfg(feature = "embed")]
    return Web::BuiltIn(built_in::file);
    #[cfg(not(feature = "embed"))]
    Web::None
}

fn main() -> ExitCode {
    let done: Result<(), Box<dyn Error>> = match Arguments::parse().what {
        What::Serve(settings) => alongside_relay::run(*settings, built_in_web()).map_err(Into::into),
        What::Client(command) => return alongside_cli::run(command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

/// Says what went wrong, and what was behind it.
#[expect(
    clippy::print_stderr,
    reason = "this is the program's last word to who started it"
)]
fn complain(error: &dyn Error) {
    eprint!("alongside: {error}");
    let mut cause = error.source();
    while let Some(why) = cause {
        eprint!(": {why}");
        cause = why.source();
    }
    eprintln!();
}
