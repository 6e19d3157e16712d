//! Where the relay keeps things. What the protocol foresees is a value; [`StoreError`] is for what it does not.
//!
//! Every implementation passes the one suite in `conformance`. What a store must hold to, so that it can be cut up by space over many
//! machines: no operation touches two spaces, nor an account and a space; an append counts up one space's own counter.
//! Nothing kept says which account is in which space.

#[cfg(test)]
mod conformance;
pub mod memory;
pub mod sqlite;

use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use alongside_wire::account::RecoveryKeys;
use alongside_wire::envelope::Posted;
use alongside_wire::space::Page;

use crate::id::{AccountId, EnvelopeId, InvitationId, LoginId, MemberKey, RoundId, SessionId, SpaceId};

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
        Self { id: EnvelopeId(posted.id()), posted }
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

/// A store.
pub trait Store: Send + Sync + 'static {
    /// The relay's own secrets: those kept, or else these, which are kept from now on.
    fn secrets(&self, fresh: Secrets) -> impl Future<Output = Result<Secrets, StoreError>> + Send;

    /// Makes an account with its first vault and session.
    fn create_account(&self, new: NewAccount) -> impl Future<Output = Result<Created, StoreError>> + Send;
    /// What is needed to sign in under this handle.
    fn credentials(
        &self,
        handle: String,
    ) -> impl Future<Output = Result<Option<Credentials>, StoreError>> + Send;
    /// An account.
    fn account(&self, account: AccountId)
    -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;
    /// Sets or takes away the recovery keys.
    fn set_recovery(
        &self,
        account: AccountId,
        keys: Option<RecoveryKeys>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Swaps record and vault together and ends all sessions but this.
    fn change_passphrase(
        &self,
        account: AccountId,
        keep: SessionId,
        record: Vec<u8>,
        replaces: u64,
        sealed: Vec<u8>,
    ) -> impl Future<Output = Result<VaultPut, StoreError>> + Send;
    /// Removes an account with its vault and sessions.
    fn delete_account(&self, account: AccountId) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Counts bytes against an account, and says how many it keeps now; none when it is gone.
    fn charge(
        &self,
        account: AccountId,
        bytes: i64,
    ) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send;

    /// Keeps a sign-in between its two halves.
    fn keep_login(
        &self,
        login: LoginId,
        pending: PendingLogin,
        expires_ms: i64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Takes it out, once; none when it is over.
    fn take_login(
        &self,
        login: LoginId,
        now_ms: i64,
    ) -> impl Future<Output = Result<Option<PendingLogin>, StoreError>> + Send;

    /// Opens a session; false when the account is gone.
    fn open_session(
        &self,
        account: AccountId,
        new: NewSession,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// A session.
    fn session(
        &self,
        session: SessionId,
    ) -> impl Future<Output = Result<Option<SessionRow>, StoreError>> + Send;
    /// Notes the day of its last use.
    fn touch_session(
        &self,
        session: SessionId,
        day: i64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// An account's sessions, oldest first.
    fn sessions(
        &self,
        account: AccountId,
    ) -> impl Future<Output = Result<Vec<SessionRow>, StoreError>> + Send;
    /// Ends a session of this account; false when it has none such.
    fn end_session(
        &self,
        account: AccountId,
        session: SessionId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The vault with its generation.
    fn vault(
        &self,
        account: AccountId,
    ) -> impl Future<Output = Result<Option<(u64, Vec<u8>)>, StoreError>> + Send;
    /// Replaces the vault if its generation is the one named.
    fn put_vault(
        &self,
        account: AccountId,
        replaces: u64,
        sealed: Vec<u8>,
    ) -> impl Future<Output = Result<VaultPut, StoreError>> + Send;

    /// Makes a space with its first member. Again changes nothing.
    fn open_space(
        &self,
        space: SpaceId,
        member: MemberKey,
    ) -> impl Future<Output = Result<SpaceOpened, StoreError>> + Send;
    /// Whether this is a member.
    fn is_member(
        &self,
        space: SpaceId,
        member: MemberKey,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Adds a member, on another's word.
    fn add_member(
        &self,
        space: SpaceId,
        by: MemberKey,
        newcomer: MemberKey,
    ) -> impl Future<Output = Result<Access<MemberAdded>, StoreError>> + Send;
    /// Leaves, with the deposits in open rounds; rounds that waited for this member alone are revealed, and then it says true.
    /// With the last member the space goes.
    fn leave(
        &self,
        space: SpaceId,
        member: MemberKey,
    ) -> impl Future<Output = Result<Access<bool>, StoreError>> + Send;
    /// Appends all, numbered densely; one that is there keeps its number. Durable when it returns.
    fn append(
        &self,
        space: SpaceId,
        member: MemberKey,
        envelopes: Vec<Named>,
    ) -> impl Future<Output = Result<Access<Appended>, StoreError>> + Send;
    /// Reads a stretch.
    fn read(
        &self,
        space: SpaceId,
        member: MemberKey,
        stretch: Stretch,
    ) -> impl Future<Output = Result<Access<Page>, StoreError>> + Send;
    /// Removes payloads that this member appended: all or none.
    fn remove(
        &self,
        space: SpaceId,
        member: MemberKey,
        envelopes: Vec<EnvelopeId>,
    ) -> impl Future<Output = Result<Access<Removed>, StoreError>> + Send;

    /// Puts an envelope into a round in place of this member's earlier one. When those of all members are in, and they are two or
    /// more, all are appended, in the order of the members' keys, and the round is over, in the same step.
    fn deposit(
        &self,
        space: SpaceId,
        member: MemberKey,
        round: RoundId,
        envelope: Named,
    ) -> impl Future<Output = Result<Access<Deposit>, StoreError>> + Send;
    /// This member's own deposit, while it waits.
    fn own_deposit(
        &self,
        space: SpaceId,
        member: MemberKey,
        round: RoundId,
    ) -> impl Future<Output = Result<Access<Option<Posted>>, StoreError>> + Send;
    /// Takes this member's deposit back.
    fn take_back(
        &self,
        space: SpaceId,
        member: MemberKey,
        round: RoundId,
    ) -> impl Future<Output = Result<Access<TakenBack>, StoreError>> + Send;

    /// Keeps an invitation; false when there is another of that id. The same again changes nothing.
    fn invite(&self, new: NewInvitation) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// An invitation.
    fn invitation(
        &self,
        invitation: InvitationId,
    ) -> impl Future<Output = Result<Option<InvitationRow>, StoreError>> + Send;
    /// Claims an invitation.
    fn claim(
        &self,
        invitation: InvitationId,
        claim: Vec<u8>,
        now_ms: i64,
    ) -> impl Future<Output = Result<InvitationStep, StoreError>> + Send;
    /// Answers a claim; none turns it away, or takes the invitation back when nobody has claimed it.
    fn answer(
        &self,
        invitation: InvitationId,
        welcome: Option<Vec<u8>>,
    ) -> impl Future<Output = Result<InvitationStep, StoreError>> + Send;
    /// Clears away what time has ended, a limited amount in one go; true when there is more to do.
    fn sweep(&self, now_ms: i64) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Whether it answers.
    fn ready(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Ends it in good order; what comes later is answered with [`StoreError::Stopped`].
    fn stop(&self) -> impl Future<Output = ()> + Send;
}

/// How long an invitation is kept after it could no longer be claimed, so that those concerned can learn what became of it.
pub const INVITATION_GRACE_MS: i64 = 30 * 24 * 60 * 60 * 1000;
