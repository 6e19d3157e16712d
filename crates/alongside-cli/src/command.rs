//! The commands and their flags, and the way of each from its start to its exit code.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::check_in::CheckIn;
use crate::export::Export;
use crate::failure::Failure;
use crate::history::History;
use crate::sign_in::SignIn;
use crate::sign_out::SignOut;
use crate::sync::Sync;
use crate::terminal::Terminal;
use crate::text::reasons;
use crate::verify::Verify;
use crate::{platform, spaces, today, words};

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

/// Which device, and how it is unlocked.
#[derive(Debug, Args)]
#[command(next_help_heading = "Device")]
pub struct Device {
    /// The folder in which this device keeps what is yours, sealed [default: $XDG_DATA_HOME/alongside]
    #[arg(long, env = "ALONGSIDE_HOME", value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// A file whose first line is the passphrase; without it you are asked
    #[arg(long, env = "ALONGSIDE_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Does not try to reach the relay
    #[arg(long)]
    pub(crate) offline: bool,
}

impl Device {
    pub(crate) fn home(&self) -> Result<PathBuf, Failure> {
        match &self.home {
            Some(home) => Ok(home.clone()),
            None => Ok(platform::home()?),
        }
    }
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
