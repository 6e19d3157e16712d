//! Why a command did not do what it was asked, and what it exits with then.

use std::path::PathBuf;
use std::process::ExitCode;

use alongside_replica::ports::StoreError;
use alongside_replica::{DispatchError, NetError, SignInError, SyncError, UnlockError};

use crate::platform::{BadRelay, NativeError, NoHome, ReachError};

/// Why a command did not do what it was asked. Its words are in `text`.
#[derive(Debug)]
pub(crate) enum Failure {
    NoHome(NoHome),
    Native(NativeError),
    BadRelay(BadRelay),
    Storage(StoreError),
    /// Nobody is signed in.
    Nobody,
    /// Somebody is signed in already.
    SomebodyElse {
        handle: String,
    },
    /// Somebody is signed in, and it is not known where.
    NoRelay,
    Unlock(UnlockError),
    SignIn(SignInError),
    Dispatch(DispatchError),
    Net(NetError),
    /// Signing out would lose what the relay does not have yet.
    Unsent {
        count: usize,
    },
    /// There is nobody to ask, and no file to read instead.
    NoTerminal,
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    EmptyFile {
        path: PathBuf,
    },
    Unwritable {
        path: PathBuf,
        source: std::io::Error,
    },
    /// Nothing is written over.
    NotEmpty {
        path: PathBuf,
    },
    Pick(PickError),
    /// The answers of this period are out.
    AlreadyRevealed,
    /// Fields to keep back, where nothing is shared.
    KeptWithoutUs,
    InputEnded,
    NoSums {
        path: PathBuf,
        line: usize,
    },
    SumsEmpty {
        path: PathBuf,
    },
    /// A server hands out something else than the release.
    Differs,
    Terminal(std::io::Error),
    System(std::io::Error),
}

/// Why it is not known which Us is meant.
#[derive(Debug)]
pub(crate) enum PickError {
    /// There is none at all.
    None,
    Unknown {
        given: String,
        names: Vec<String>,
    },
    Several {
        given: String,
        names: Vec<String>,
    },
    /// It is known, and was left.
    Left {
        name: String,
    },
}

impl Failure {
    /// As [`crate::EXIT_CODES`] says.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Net(_) | Self::SignIn(SignInError::Net(_)) => 3,
            Self::Unlock(UnlockError::WrongPassphrase)
            | Self::SignIn(
                SignInError::AccountWords(_) | SignInError::AccountWordsWrong | SignInError::WrongCredentials,
            ) => 4,
            Self::BadRelay(_) | Self::KeptWithoutUs => 2,
            Self::Differs => 5,
            Self::NoHome(_)
            | Self::Native(_)
            | Self::Storage(_)
            | Self::Nobody
            | Self::SomebodyElse { .. }
            | Self::NoRelay
            | Self::Unlock(_)
            | Self::SignIn(SignInError::Storage(_))
            | Self::Dispatch(_)
            | Self::Unsent { .. }
            | Self::NoTerminal
            | Self::Unreadable { .. }
            | Self::EmptyFile { .. }
            | Self::Unwritable { .. }
            | Self::NotEmpty { .. }
            | Self::Pick(_)
            | Self::AlreadyRevealed
            | Self::InputEnded
            | Self::NoSums { .. }
            | Self::SumsEmpty { .. }
            | Self::Terminal(_)
            | Self::System(_) => 1,
        })
    }
}

macro_rules! from {
    ($($variant:ident($source:ty),)+) => {
        $(impl From<$source> for Failure {
            fn from(source: $source) -> Self {
                Self::$variant(source)
            }
        })+
    };
}

from! {
    NoHome(NoHome),
    Native(NativeError),
    BadRelay(BadRelay),
    Storage(StoreError),
    Unlock(UnlockError),
    SignIn(SignInError),
    Dispatch(DispatchError),
    Net(NetError),
    Pick(PickError),
}

impl From<ReachError> for Failure {
    fn from(error: ReachError) -> Self {
        Self::Native(NativeError::Reach(error))
    }
}

impl From<SyncError> for Failure {
    fn from(error: SyncError) -> Self {
        match error {
            // A device that this program has just unlocked is open, and nobody else leads.
            SyncError::NotNow => Self::Dispatch(DispatchError::Locked),
            SyncError::Net(error) => Self::Net(error),
            SyncError::Storage(error) => Self::Storage(error),
        }
    }
}
