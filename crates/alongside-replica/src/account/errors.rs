//! What can come of making, opening and changing an account, in the person's terms.

use alongside_log::words;

use crate::net::NetError;
use crate::ports::StoreError;

/// Words that are no account or recovery words: what is wrong with them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Not twelve.
    #[error("there are {found} words; twelve are needed")]
    Count {
        /// How many there are.
        found: usize,
    },
    /// One is not of the list.
    #[error("word {position} is not one of the list")]
    Unknown {
        /// 1 to 12.
        position: usize,
        /// As typed.
        word: String,
    },
    /// Each is of the list, but they do not go together: one is another's, or two changed places.
    #[error("the words do not go together")]
    Checksum,
}

impl From<words::WordsError> for WordsError {
    fn from(error: words::WordsError) -> Self {
        match error {
            words::WordsError::Count { found } => Self::Count { found },
            words::WordsError::Unknown { position, word } => Self::Unknown { position, word },
            words::WordsError::Checksum => Self::Checksum,
        }
    }
}

/// Why no account was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MakeAccountError {
    /// The handle cannot be one.
    #[error("a handle has 3 to 32 of a-z 0-9 . _ -")]
    BadHandle,
    /// It belongs to somebody.
    #[error("the handle is taken")]
    Taken,
    /// The relay makes no new accounts.
    #[error("this relay makes no new accounts")]
    AccountsClosed,
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why one is not signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// What was typed are no account words.
    #[error("account words: {0}")]
    AccountWords(WordsError),
    /// They are, but not this account's.
    #[error("these are not this account's words")]
    AccountWordsWrong,
    /// Handle and passphrase do not go together.
    #[error("handle and passphrase do not go together")]
    WrongCredentials,
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why the account was not recovered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoverError {
    /// What was typed are no account words.
    #[error("account words: {0}")]
    AccountWords(WordsError),
    /// What was typed are no recovery words.
    #[error("recovery words: {0}")]
    RecoveryWords(WordsError),
    /// They are account words, but not this account's.
    #[error("these are not this account's account words")]
    AccountWordsWrong,
    /// They are recovery words, but not this account's.
    #[error("these are not this account's recovery words")]
    RecoveryWordsWrong,
    /// There is no such account here, or it has no recovery words.
    #[error("no such account, or none with recovery words")]
    NoRecovery,
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why the device is not unlocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// Not the passphrase.
    #[error("this is not the passphrase")]
    WrongPassphrase,
    /// Nobody has an account on this device.
    #[error("nobody has an account on this device")]
    Nobody,
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why the vault was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultChangeError {
    /// The device is locked.
    #[error("the device is locked")]
    Locked,
    /// Not the passphrase.
    #[error("this is not the passphrase")]
    WrongPassphrase,
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// What a code scanned from a signed-in device says.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkCode {
    /// The account's handle.
    pub handle: String,
    /// Its account words.
    pub words: String,
}

impl core::fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { handle, words: _ } = self;
        f.debug_struct("LinkCode")
            .field("handle", handle)
            .finish_non_exhaustive()
    }
}
