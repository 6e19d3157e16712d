//! A store that lasts as long as the process: for tests, and as the plainest statement of what a store does.

mod space;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use alongside_wire::account::RecoveryKeys;
use alongside_wire::envelope::Posted;
use alongside_wire::space::Page;

use self::space::Space;
use super::{
    Access, Account, Answer, Appended, Created, Credentials, Deposit, INVITATION_GRACE_MS, InvitationRow,
    InvitationStep, MemberAdded, Named, NewAccount, NewInvitation, NewSession, PendingLogin, Removed,
    Secrets, SessionRow, SpaceOpened, Store, StoreError, Stretch, TakenBack, VaultPut,
};
use crate::id::{AccountId, EnvelopeId, InvitationId, LoginId, MemberKey, RoundId, SessionId, SpaceId};

#[derive(Debug)]
struct AccountRow {
    handle: String,
    record: Vec<u8>,
    recovery: Option<RecoveryKeys>,
    generation: u64,
    sealed: Vec<u8>,
    used_bytes: i64,
}

#[derive(Debug, Default)]
struct Tables {
    secrets: Option<Secrets>,
    accounts: BTreeMap<AccountId, AccountRow>,
    sessions: BTreeMap<SessionId, SessionRow>,
    logins: BTreeMap<LoginId, (PendingLogin, i64)>,
    spaces: BTreeMap<SpaceId, Space>,
    invitations: BTreeMap<InvitationId, InvitationRow>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

impl MemoryStore {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        // No operation leaves the tables half changed, so those behind a panicking test's lock are good.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn within<T>(&self, space: SpaceId, member: MemberKey, work: impl FnOnce(&mut Space) -> T) -> Access<T> {
        match self
            .tables()
            .spaces
            .get_mut(&space)
            .filter(|space| space.members.contains(&member))
        {
            Some(space) => Access::Granted(work(space)),
            None => Access::NotMember,
        }
    }
}

impl Tables {
    fn account_of(&self, handle: &str) -> Option<(&AccountId, &AccountRow)> {
        self.accounts.iter().find(|(_, row)| row.handle == handle)
    }

    fn put_vault(&mut self, account: AccountId, replaces: u64, sealed: Vec<u8>) -> VaultPut {
        match self.accounts.get_mut(&account) {
            None => VaultPut::NoAccount,
            Some(row) if row.generation != replaces => VaultPut::Conflict,
            Some(row) => {
                row.generation += 1;
                row.sealed = sealed;
                VaultPut::Stored(row.generation)
            }
        }
    }
}

fn row_of(account: AccountId, new: NewSession) -> SessionRow {
    SessionRow {
        session: new.session,
        account,
        made_ms: new.now_ms,
        used_day: crate::clock::day_of(new.now_ms),
    }
}

impl Store for MemoryStore {
    async fn secrets(&self, fresh: Secrets) -> Result<Secrets, StoreError> {
        Ok(self.tables().secrets.get_or_insert(fresh).clone())
    }

    async fn create_account(&self, new: NewAccount) -> Result<Created, StoreError> {
        let mut tables = self.tables();
        if tables.account_of(&new.handle).is_some() {
            return Ok(Created::HandleTaken);
        }
        tables
            .sessions
            .insert(new.session.session, row_of(new.account, new.session));
        let row = AccountRow {
            handle: new.handle,
            record: new.record,
            recovery: None,
            generation: 1,
            sealed: new.vault,
            used_bytes: 0,
        };
        tables.accounts.insert(new.account, row);
        Ok(Created::Created)
    }

    async fn credentials(&self, handle: String) -> Result<Option<Credentials>, StoreError> {
        Ok(self
            .tables()
            .account_of(&handle)
            .map(|(&account, row)| Credentials {
                account,
                record: row.record.clone(),
                recovery: row.recovery.clone(),
            }))
    }

    async fn account(&self, account: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(self.tables().accounts.get(&account).map(|row| Account {
            handle: row.handle.clone(),
            used_bytes: row.used_bytes,
        }))
    }

    async fn set_recovery(&self, account: AccountId, keys: Option<RecoveryKeys>) -> Result<(), StoreError> {
        if let Some(row) = self.tables().accounts.get_mut(&account) {
            row.recovery = keys;
        }
        Ok(())
    }

    async fn change_passphrase(
        &self,
        account: AccountId,
        keep: SessionId,
        record: Vec<u8>,
        replaces: u64,
        sealed: Vec<u8>,
    ) -> Result<VaultPut, StoreError> {
        let mut tables = self.tables();
        let put = tables.put_vault(account, replaces, sealed);
        if let (VaultPut::Stored(_), Some(row)) = (put, tables.accounts.get_mut(&account)) {
            row.record = record;
            tables
                .sessions
                .retain(|&session, row| row.account != account || session == keep);
        }
        Ok(put)
    }

    async fn delete_account(&self, account: AccountId) -> Result<(), StoreError> {
        let mut tables = self.tables();
        tables.accounts.remove(&account);
        tables.sessions.retain(|_, row| row.account != account);
        tables
            .logins
            .retain(|_, (pending, _)| pending.account != Some(account));
        Ok(())
    }

    async fn charge(&self, account: AccountId, bytes: i64) -> Result<Option<i64>, StoreError> {
        Ok(self.tables().accounts.get_mut(&account).map(|row| {
            row.used_bytes = (row.used_bytes + bytes).max(0);
            row.used_bytes
        }))
    }

    async fn keep_login(
        &self,
        login: LoginId,
        pending: PendingLogin,
        expires_ms: i64,
    ) -> Result<(), StoreError> {
        self.tables().logins.insert(login, (pending, expires_ms));
        Ok(())
    }

    async fn take_login(&self, login: LoginId, now_ms: i64) -> Result<Option<PendingLogin>, StoreError> {
        let taken = self.tables().logins.remove(&login);
        Ok(taken
            .filter(|&(_, expires_ms)| now_ms < expires_ms)
            .map(|(pending, _)| pending))
    }

    async fn open_session(&self, account: AccountId, new: NewSession) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let there = tables.accounts.contains_key(&account);
        if there {
            tables.sessions.insert(new.session, row_of(account, new));
        }
        Ok(there)
    }

    async fn session(&self, session: SessionId) -> Result<Option<SessionRow>, StoreError> {
        Ok(self.tables().sessions.get(&session).copied())
    }

    async fn touch_session(&self, session: SessionId, day: i64) -> Result<(), StoreError> {
        if let Some(row) = self.tables().sessions.get_mut(&session) {
            row.used_day = row.used_day.max(day);
        }
        Ok(())
    }

    async fn sessions(&self, account: AccountId) -> Result<Vec<SessionRow>, StoreError> {
        let mut rows: Vec<_> = self
            .tables()
            .sessions
            .values()
            .filter(|row| row.account == account)
            .copied()
            .collect();
        rows.sort_by_key(|row| (row.made_ms, row.session));
        Ok(rows)
    }

    async fn end_session(&self, account: AccountId, session: SessionId) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let theirs = tables
            .sessions
            .get(&session)
            .is_some_and(|row| row.account == account);
        if theirs {
            tables.sessions.remove(&session);
        }
        Ok(theirs)
    }

    async fn vault(&self, account: AccountId) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        Ok(self
            .tables()
            .accounts
            .get(&account)
            .map(|row| (row.generation, row.sealed.clone())))
    }

    async fn put_vault(
        &self,
        account: AccountId,
        replaces: u64,
        sealed: Vec<u8>,
    ) -> Result<VaultPut, StoreError> {
        Ok(self.tables().put_vault(account, replaces, sealed))
    }

    async fn open_space(&self, space: SpaceId, member: MemberKey) -> Result<SpaceOpened, StoreError> {
        let mut tables = self.tables();
        let there = tables.spaces.entry(space).or_insert_with(|| Space::of(member));
        Ok(if there.members.contains(&member) {
            SpaceOpened::Open
        } else {
            SpaceOpened::OthersThere
        })
    }

    async fn is_member(&self, space: SpaceId, member: MemberKey) -> Result<bool, StoreError> {
        Ok(self.within(space, member, |_| ()) == Access::Granted(()))
    }

    async fn add_member(
        &self,
        space: SpaceId,
        by: MemberKey,
        newcomer: MemberKey,
    ) -> Result<Access<MemberAdded>, StoreError> {
        Ok(self.within(space, by, |space| space.add(newcomer)))
    }

    async fn leave(&self, space: SpaceId, member: MemberKey) -> Result<Access<bool>, StoreError> {
        let left = self.within(space, member, |space| space.leave(member));
        self.tables().spaces.retain(|_, space| !space.members.is_empty());
        Ok(left)
    }

    async fn append(
        &self,
        space: SpaceId,
        member: MemberKey,
        envelopes: Vec<Named>,
    ) -> Result<Access<Appended>, StoreError> {
        Ok(self.within(space, member, |space| space.append(member, &envelopes)))
    }

    async fn read(
        &self,
        space: SpaceId,
        member: MemberKey,
        stretch: Stretch,
    ) -> Result<Access<Page>, StoreError> {
        Ok(self.within(space, member, |space| space.read(stretch)))
    }

    async fn remove(
        &self,
        space: SpaceId,
        member: MemberKey,
        envelopes: Vec<EnvelopeId>,
    ) -> Result<Access<Removed>, StoreError> {
        Ok(self.within(space, member, |space| space.remove(member, &envelopes)))
    }

    async fn deposit(
        &self,
        space: SpaceId,
        member: MemberKey,
        round: RoundId,
        envelope: Named,
    ) -> Result<Access<Deposit>, StoreError> {
        Ok(self.within(space, member, |space| space.deposit(member, &round, envelope)))
    }

    async fn own_deposit(
        &self,
        space: SpaceId,
        member: MemberKey,
        round: RoundId,
    ) -> Result<Access<Option<Posted>>, StoreError> {
        Ok(self.within(space, member, |space| space.own(member, &round)))
    }

    async fn take_back(
        &self,
        space: SpaceId,
        member: MemberKey,
        round: RoundId,
    ) -> Result<Access<TakenBack>, StoreError> {
        Ok(self.within(space, member, |space| space.take_back(member, &round)))
    }

    async fn invite(&self, new: NewInvitation) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let fresh = InvitationRow {
            made: new.clone(),
            claim: None,
            answer: Answer::None,
        };
        let made = &tables.invitations.entry(new.invitation).or_insert(fresh).made;
        // Only its end may differ: who repeats does so later, and names the same length of time.
        Ok(NewInvitation {
            expires_ms: made.expires_ms,
            ..new
        } == *made)
    }

    async fn invitation(&self, invitation: InvitationId) -> Result<Option<InvitationRow>, StoreError> {
        Ok(self.tables().invitations.get(&invitation).cloned())
    }

    async fn claim(
        &self,
        invitation: InvitationId,
        claim: Vec<u8>,
        now_ms: i64,
    ) -> Result<InvitationStep, StoreError> {
        let mut tables = self.tables();
        let Some(row) = tables.invitations.get_mut(&invitation) else {
            return Ok(InvitationStep::Over);
        };
        let step = row.may_claim(&claim, now_ms);
        if step == InvitationStep::Done {
            row.claim = Some(claim);
        }
        Ok(step)
    }

    async fn answer(
        &self,
        invitation: InvitationId,
        welcome: Option<Vec<u8>>,
    ) -> Result<InvitationStep, StoreError> {
        let mut tables = self.tables();
        let Some(row) = tables.invitations.get_mut(&invitation) else {
            return Ok(InvitationStep::Over);
        };
        let answer = welcome.map_or(Answer::Closed, Answer::Welcome);
        let step = row.may_answer(&answer);
        if step == InvitationStep::Done {
            row.answer = answer;
        }
        Ok(step)
    }

    async fn sweep(&self, now_ms: i64) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        tables
            .logins
            .retain(|_, &mut (_, expires_ms)| now_ms < expires_ms);
        tables
            .invitations
            .retain(|_, row| now_ms < row.made.expires_ms + INVITATION_GRACE_MS);
        Ok(false)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn stop(&self) {}
}
