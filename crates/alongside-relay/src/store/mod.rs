//! Where the relay keeps things. What the protocol foresees is a value; [`StoreError`] is for what it does not.
//!
//! Every implementation passes the one suite in `conformance`. What a store must hold to, so that it can be cut up by space over many
//! machines: no operation touches two spaces, nor an account and a space; an append counts up one space's own counter.
//! Nothing kept says which account is in which space.

#[cfg(test)]
mod conformance;
pub mod memory;
mod outcome;
pub mod sqlite;

use std::future::Future;

use alongside_wire::account::RecoveryKeys;
use alongside_wire::envelope::Posted;
use alongside_wire::space::Page;

pub use self::outcome::*;
use crate::id::{AccountId, EnvelopeId, InvitationId, LoginId, MemberKey, RoundId, SessionId, SpaceId};

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
