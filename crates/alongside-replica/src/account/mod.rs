//! Accounts: making one, signing in on a device, unlocking it, recovering, another passphrase, signing out.

mod errors;
mod make;
mod open;
mod passphrase;
mod sheets;

pub use errors::{
    LinkCode, MakeAccountError, RecoverError, SignInError, UnlockError, VaultChangeError, WordsError,
};

/// The name that the relay knows a session by.
pub(crate) fn session_id(token: &[u8; 32]) -> [u8; 32] {
    alongside_wire::envelope::payload_hash(token)
}
