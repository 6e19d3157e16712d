//! The commands and their flags, and the way of each from its start to its exit code.

use std::process::ExitCode;

use clap::Subcommand;

use crate::check_in::CheckIn;
use crate::device::Device;
use crate::export::Export;
use crate::failure::Failure;
use crate::history::History;
use crate::sign_in::SignIn;
use crate::sign_out::SignOut;
use crate::sync::Sync;
use crate::terminal::Terminal;
use crate::text::reasons;
use crate::verify::Verify;
use crate::{spaces, today, words};

/// What the command line can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes this machine one of your devices: with handle, passphrase and account words
    SignIn(SignIn),
    /// Takes everything of yours off this device
    SignOut(SignOut),
    /// Shows what is yours today, and what was revealed
    Today(Device),
    /// Checks in: with yourself, or with an Us
    CheckIn(Box<CheckIn>),
    /// Shows past check-ins, with gaps as gaps
    History(History),
    /// Lists each Us, and who is there
    Spaces(Device),
    /// Writes everything that you can read into a folder, in open formats
    Export(Export),
    /// Sends what waits and fetches what is new
    Sync(Sync),
    /// Shows the account words once more
    Words(Device),
    /// Compares the web client that a server hands out with a release
    Verify(Verify),
}

/// Carries out a command, on the standard streams.
#[must_use]
pub fn run(command: Command) -> ExitCode {
    let mut terminal = Terminal::standard();
    match carry_out(command, &mut terminal).and_then(|()| terminal.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has read enough.
        Err(Failure::Terminal(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            // What was said so far comes before why it went no further.
            let _closed = terminal.flush();
            terminal.note(reasons::failure(&failure));
            failure.exit_code()
        }
    }
}

fn carry_out(command: Command, terminal: &mut Terminal) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::System)?;
    runtime.block_on(async {
        match command {
            Command::SignIn(sign_in) => sign_in.run(terminal).await,
            Command::SignOut(sign_out) => sign_out.run(terminal).await,
            Command::Today(device) => today::run(&device, terminal).await,
            Command::CheckIn(check_in) => check_in.run(terminal).await,
            Command::History(history) => history.run(terminal).await,
            Command::Spaces(device) => spaces::run(&device, terminal).await,
            Command::Export(export) => export.run(terminal).await,
            Command::Sync(sync) => sync.run(terminal).await,
            Command::Words(device) => words::run(&device, terminal).await,
            Command::Verify(verify) => verify.run(terminal).await,
        }
    })
}
