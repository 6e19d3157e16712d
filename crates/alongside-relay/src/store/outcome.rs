//! What goes into a store and what comes out: rows, and outcomes that the protocol foresees.

use std::error::Error;
use std::sync::Arc;

use alongside_wire::account::RecoveryKeys;
use alongside_wire::envelope::Posted;

use crate::id::{AccountId, EnvelopeId, InvitationId, SessionId};

/// How long an invitation is kept after it could no longer be claimed, so that those concerned can learn what became of it.
pub const INVITATION_GRACE_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Circumstances that the protocol does not foresee.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no room left where things are kept.
    #[error("there is no room left")]
    Full,
    /// The store was shut down.
    #[error("the store was shut down")]
    Stopped,
    /// Anything else.
    #[error("the store failed")]
    Fault(#[source] Arc<dyn Error + Send + Sync>),
}

/// What an operation within a space comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access<T> {
    /// It was a member who asked.
    Granted(T),
    /// There is no such space, or it was no member who asked: not told apart.
    NotMember,
}

/// What the relay itself must remember: made once, at the first start.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// The OPAQUE server set-up.
    pub opaque: Vec<u8>,
    /// Under which tickets and challenges are made.
    pub mac: [u8; 32],
}

impl core::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { opaque: _, mac: _ } = self;
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// A new account with its first session.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its number.
    pub account: AccountId,
    /// Its handle.
    pub handle: String,
    /// OPAQUE record.
    pub record: Vec<u8>,
    /// The first vault.
    pub vault: Vec<u8>,
    /// The session that comes with it.
    pub session: NewSession,
}

/// A new session.
#[derive(Clone, Copy, Debug)]
pub struct NewSession {
    /// Hash of its token.
    pub session: SessionId,
    /// Milliseconds since 1970 (UTC).
    pub now_ms: i64,
}

/// What became of a new account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It is there, with its session.
    Created,
    /// Somebody else has the handle.
    HandleTaken,
}

/// What is needed to sign somebody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Whose.
    pub account: AccountId,
    /// OPAQUE record.
    pub record: Vec<u8>,
    /// The keys that can recover the account.
    pub recovery: Option<RecoveryKeys>,
}

/// An account, as its own session may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its handle.
    pub handle: String,
    /// Bytes that it keeps here.
    pub used_bytes: i64,
}

/// A session, as kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Hash of its token.
    pub session: SessionId,
    /// Whose.
    pub account: AccountId,
    /// Milliseconds since 1970 (UTC).
    pub made_ms: i64,
    /// Days since 1970 (UTC).
    pub used_day: i64,
}

/// A sign-in between its two halves.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingLogin {
    /// Into which account; none when there is none of that handle.
    pub account: Option<AccountId>,
    /// OPAQUE state.
    pub state: Vec<u8>,
}

impl core::fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { account: _, state: _ } = self;
        f.debug_struct("PendingLogin").finish_non_exhaustive()
    }
}

/// What became of a vault that was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultPut {
    /// It is kept, under this generation.
    Stored(u64),
    /// Another replaced it meanwhile.
    Conflict,
    /// The account is gone.
    NoAccount,
}

/// What became of a space that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpaceOpened {
    /// It is there, with this member in it.
    Open,
    /// It is there, with others.
    OthersThere,
}

/// What became of a member who was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberAdded {
    /// They are a member.
    Added,
    /// No more fit.
    Full,
}

/// An envelope with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Computed from what it holds.
    pub id: EnvelopeId,
    /// The envelope.
    pub posted: Posted,
}

impl Named {
    /// Names an envelope.
    #[must_use]
    pub fn new(posted: Posted) -> Self {
        Self {
            id: EnvelopeId(posted.id()),
            posted,
        }
    }

    /// What it counts for against a quota.
    #[must_use]
    pub fn bytes(&self) -> i64 {
        i64::try_from(self.posted.head.len() + self.posted.payload.len()).unwrap_or(i64::MAX)
    }
}

/// Envelopes were appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Their numbers, in the order given.
    pub numbers: Vec<u64>,
    /// The highest number in the space.
    pub head: u64,
    /// By how much the space grew.
    pub grew_bytes: i64,
}

/// Which stretch of a space to read.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// From the number after this.
    pub after: u64,
    /// Removals after this serial number.
    pub removed_after: u64,
    /// At most so many entries, and so many removals.
    pub limit: u32,
    /// It ends after about so many bytes, but with one entry at least.
    pub bytes: usize,
}

/// What became of payloads that were to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// They are gone.
    Gone {
        /// How much room that made.
        freed_bytes: i64,
    },
    /// One of them is not there, or not this member's: nothing was removed.
    NotTheirs,
}

/// What became of an envelope put into a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deposit {
    /// It is in.
    Taken {
        /// By how much this member's own deposits grew.
        grew_bytes: i64,
        /// Whether it was the last one, so that all are now in the space.
        revealed: bool,
    },
    /// The round was revealed before.
    RoundOver,
}

/// What became of a deposit that was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenBack {
    /// It is out, if there was one.
    Out {
        /// How much room that made.
        freed_bytes: i64,
    },
    /// The round was revealed before.
    RoundOver,
}

/// A new invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// Its id.
    pub invitation: InvitationId,
    /// Its public key.
    pub key: [u8; 32],
    /// The inviter's public key for it.
    pub inviter: [u8; 32],
    /// Sealed for holders of the link.
    pub blob: Vec<u8>,
    /// Until when it can be claimed, milliseconds since 1970 (UTC).
    pub expires_ms: i64,
}

/// An invitation, as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// As it was made.
    pub made: NewInvitation,
    /// The claim, if there is one.
    pub claim: Option<Vec<u8>>,
    /// What the inviter answered.
    pub answer: Answer,
}

/// What an inviter answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    None,
    /// Come in.
    Welcome(Vec<u8>),
    /// Turned away, or taken back.
    Closed,
}

/// What became of a claim or an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationStep {
    /// It is kept; the same again changes nothing.
    Done,
    /// Another came first.
    Used,
    /// The invitation is over or never was.
    Over,
    /// It was not claimed, so there is nothing to answer.
    NotClaimed,
}

impl InvitationRow {
    /// What comes of this claim. One rule for every store.
    #[must_use]
    pub fn may_claim(&self, claim: &[u8], now_ms: i64) -> InvitationStep {
        match &self.claim {
            Some(first) if first == claim => InvitationStep::Done,
            Some(_) => InvitationStep::Used,
            None if self.answer == Answer::Closed || now_ms >= self.made.expires_ms => InvitationStep::Over,
            None => InvitationStep::Done,
        }
    }

    /// What comes of this answer. One rule for every store. To turn away before anybody has claimed is to take back.
    #[must_use]
    pub fn may_answer(&self, answer: &Answer) -> InvitationStep {
        match (&self.answer, answer) {
            (given, answer) if given == answer => InvitationStep::Done,
            (Answer::Welcome(_), _) => InvitationStep::Used,
            (Answer::Closed, _) => InvitationStep::Over,
            (Answer::None, Answer::Welcome(_)) if self.claim.is_none() => InvitationStep::NotClaimed,
            (Answer::None, _) => InvitationStep::Done,
        }
    }
}
