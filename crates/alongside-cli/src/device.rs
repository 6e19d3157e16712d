//! The device that a command works on: loaded, unlocked, and in step with the relay as far as that can be reached.

use std::path::{Path, PathBuf};

use alongside_replica::{Client, NetError, SignInError, Standing, SyncError, UnlockError};
use clap::Args;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::platform::{self, Native};
use crate::terminal::Terminal;
use crate::text::{self, reasons};

/// How often a passphrase is asked for.
const TRIES: usize = 3;

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

/// An unlocked device.
pub(crate) struct Unlocked {
    pub(crate) client: Client<Native>,
    passphrase: Zeroizing<String>,
    offline: bool,
}

/// Whether the relay was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    Yes,
    /// It was not asked to.
    NotTried,
    No(NetError),
}

/// Loads the device, as it stands.
pub(crate) async fn load(device: &Device) -> Result<Client<Native>, Failure> {
    Ok(Client::load(Native::open(&device.home()?)?).await?)
}

/// Loads and unlocks the device.
pub(crate) async fn unlock(device: &Device, terminal: &mut Terminal) -> Result<Unlocked, Failure> {
    let client = load(device).await?;
    if client.standing() == Standing::Nobody {
        return Err(Failure::Nobody);
    }
    let mut tries = 1;
    loop {
        let passphrase = passphrase(device)?;
        match client.unlock(&passphrase).await {
            Ok(()) => {
                return Ok(Unlocked {
                    client,
                    passphrase,
                    offline: device.offline,
                });
            }
            Err(UnlockError::WrongPassphrase) if device.passphrase_file.is_none() && tries < TRIES => {
                tries += 1;
                terminal.note(text::PASSPHRASE_AGAIN);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The passphrase, from its file or from the person.
pub(crate) fn passphrase(device: &Device) -> Result<Zeroizing<String>, Failure> {
    secret(device.passphrase_file.as_deref(), text::ASK_PASSPHRASE)
}

/// The first line of a file; without one, what is typed and does not show.
pub(crate) fn secret(file: Option<&Path>, question: &str) -> Result<Zeroizing<String>, Failure> {
    let Some(path) = file else {
        return Terminal::ask_secret(question);
    };
    let whole = std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|source| Failure::Unreadable {
            path: path.to_owned(),
            source,
        })?;
    match whole.lines().next() {
        Some(line) if !line.is_empty() => Ok(Zeroizing::new(line.to_owned())),
        Some(_) | None => Err(Failure::EmptyFile {
            path: path.to_owned(),
        }),
    }
}

impl Unlocked {
    /// A device that was just signed in.
    pub(crate) fn new(client: Client<Native>, passphrase: Zeroizing<String>) -> Self {
        Self {
            client,
            passphrase,
            offline: false,
        }
    }

    /// One exchange with the relay. Only the device's own faults end a command here.
    pub(crate) async fn meet(&self) -> Result<Met, Failure> {
        if self.offline {
            return Ok(Met::NotTried);
        }
        if self.client.platform().relay().is_none() {
            return Err(Failure::NoRelay);
        }
        match self.step().await {
            Ok(()) => Ok(Met::Yes),
            Err(SyncError::Net(error)) => Ok(Met::No(error)),
            Err(error) => Err(error.into()),
        }
    }

    async fn step(&self) -> Result<(), SyncError> {
        match self.client.step().await {
            Err(SyncError::Net(NetError::SessionEnded)) => {
                // The passphrase is at hand: a session that only ran out is renewed with it.
                match self.client.renew_session(&self.passphrase).await {
                    Ok(()) => self.client.step().await,
                    Err(SignInError::Net(error)) => Err(error.into()),
                    Err(SignInError::Storage(error)) => Err(error.into()),
                    Err(
                        SignInError::WrongCredentials
                        | SignInError::AccountWords(_)
                        | SignInError::AccountWordsWrong,
                    ) => Err(NetError::SessionEnded.into()),
                }
            }
            done => done,
        }
    }

    /// The same, and tells the person what of it matters to what they read.
    pub(crate) async fn meet_and_tell(&self, terminal: &mut Terminal) -> Result<Met, Failure> {
        let met = self.meet().await?;
        match met {
            Met::Yes => {}
            Met::NotTried => terminal.note(text::AS_IT_IS_HERE),
            Met::No(error) => terminal.note(format!("{} {}", reasons::net(error), text::AS_IT_IS_HERE)),
        }
        self.tell_troubles(terminal);
        Ok(met)
    }

    pub(crate) fn tell_troubles(&self, terminal: &mut Terminal) {
        for trouble in self.client.troubles() {
            terminal.note(reasons::trouble(&trouble));
        }
    }
}
