//! Accounts: OPAQUE registration and sign-in, sessions, the vault, recovery.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// Answer to GET hello.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct HelloReply {
    /// The oldest protocol version that this relay still speaks.
    #[n(0)]
    pub oldest: u32,
    /// The newest.
    #[n(1)]
    pub newest: u32,
    /// The relay's clock, milliseconds since 1970 (UTC).
    #[n(2)]
    pub now_ms: i64,
    /// Whether new accounts can be made here.
    #[n(3)]
    pub open: bool,
}

/// First half of making an account, or of a new passphrase (then `handle` is the session's own).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RegisterStart {
    /// The handle wished for.
    #[n(0)]
    pub handle: String,
    /// OPAQUE registration request.
    #[n(1)]
    pub request: ByteVec,
}

/// Answer to [`RegisterStart`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RegisterStarted {
    /// OPAQUE registration response.
    #[n(0)]
    pub response: ByteVec,
}

/// Second half of making an account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RegisterFinish {
    /// The handle.
    #[n(0)]
    pub handle: String,
    /// OPAQUE registration upload.
    #[n(1)]
    pub upload: ByteVec,
    /// The first vault, generation 1.
    #[n(2)]
    pub vault: ByteVec,
}

/// First half of signing in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LoginStart {
    /// The handle. An unknown one is answered like a known one.
    #[n(0)]
    pub handle: String,
    /// OPAQUE credential request.
    #[n(1)]
    pub request: ByteVec,
}

/// Answer to [`LoginStart`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LoginStarted {
    /// OPAQUE credential response.
    #[n(0)]
    pub response: ByteVec,
    /// The relay's own state, sealed under its key: to be handed back.
    #[n(1)]
    pub state: ByteVec,
}

/// Second half of signing in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LoginFinish {
    /// As handed out.
    #[n(0)]
    pub state: ByteVec,
    /// OPAQUE credential finalization.
    #[n(1)]
    pub finalization: ByteVec,
}

/// A session, after making an account, signing in or recovering.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Session {
    /// The bearer token; the relay keeps only its hash.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub token: [u8; 32],
}

impl core::fmt::Debug for Session {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { token: _ } = self;
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// First half of recovering an account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RecoverStart {
    /// The handle. An unknown one is answered like a known one.
    #[n(0)]
    pub handle: String,
}

/// Answer to [`RecoverStart`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RecoverStarted {
    /// To be signed, [`crate::proof::Purpose::Recover`]; valid for a few minutes.
    #[n(0)]
    pub challenge: ByteVec,
}

/// Second half of recovering an account: opens a session in which a new passphrase can be set.
///
/// Two proofs, so that a person can be told which of their two sheets is wrong: [`crate::problem::Code::WrongAccountProof`] when the first
/// does not hold, [`crate::problem::Code::WrongCredentials`] when the second does not.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RecoverFinish {
    /// The handle.
    #[n(0)]
    pub handle: String,
    /// As handed out.
    #[n(1)]
    pub challenge: ByteVec,
    /// By the key of the account words, [`crate::proof::Purpose::RecoverAccount`].
    #[cbor(n(2), with = "minicbor::bytes")]
    pub account: [u8; 64],
    /// By the key of account and recovery words together, [`crate::proof::Purpose::Recover`].
    #[cbor(n(3), with = "minicbor::bytes")]
    pub both: [u8; 64],
}

/// The recovery keys of this session's account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RecoveryKey {
    /// None takes recovery away.
    #[n(0)]
    pub keys: Option<RecoveryKeys>,
}

/// Two Ed25519 public keys, each derived from at least 128 random bits.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RecoveryKeys {
    /// Of the account words.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub account: [u8; 32],
    /// Of account and recovery words together.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub both: [u8; 32],
}

/// A new passphrase, its second half: swaps the OPAQUE record and the vault together, and ends all other sessions.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PassphraseFinish {
    /// OPAQUE registration upload.
    #[n(0)]
    pub upload: ByteVec,
    /// The vault under its new wrap.
    #[n(1)]
    pub vault: PutVault,
}

/// The vault, as kept.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Vault {
    /// 1 for the first, one more for each that replaced it.
    #[n(0)]
    pub generation: u64,
    /// Sealed bytes.
    #[n(1)]
    pub sealed: ByteVec,
}

/// Replaces the vault if its generation is still the one named.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PutVault {
    /// The generation that this replaces.
    #[n(0)]
    pub replaces: u64,
    /// Sealed bytes.
    #[n(1)]
    pub sealed: ByteVec,
}

/// Answer to [`PutVault`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct VaultStored {
    /// The new generation.
    #[n(0)]
    pub generation: u64,
}

/// Answer to GET sessions.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Sessions {
    /// This account's sessions.
    #[n(0)]
    pub sessions: Vec<SessionInfo>,
}

/// One session of the list.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SessionInfo {
    /// SHA-256 of its token.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 32],
    /// Milliseconds since 1970 (UTC).
    #[n(1)]
    pub made_ms: i64,
    /// Day of last use, in days since 1970: no finer, on purpose.
    #[n(2)]
    pub used_day: i64,
    /// Whether it is the asking one.
    #[n(3)]
    pub this: bool,
}
