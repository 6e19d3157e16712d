//! The store in SQLite: a write-ahead log flushed before anything is acknowledged, one thread that writes, a few connections that read.

mod accounts;
mod invitations;
mod readers;
mod rounds;
mod schema;
mod spaces;
#[cfg(test)]
mod tests;
mod writer;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alongside_wire::account::RecoveryKeys;
use alongside_wire::envelope::Posted;
use alongside_wire::space::Page;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use self::readers::{READERS, Readers};
pub use self::schema::SchemaError;
pub use self::writer::Commits;
use self::writer::Writer;
use super::{
    Access, Account, Appended, Created, Credentials, Deposit, InvitationRow, InvitationStep, MemberAdded,
    Named, NewAccount, NewInvitation, NewSession, PendingLogin, Removed, Secrets, SessionRow, SpaceOpened,
    Store, StoreError, Stretch, TakenBack, VaultPut,
};
use crate::id::{AccountId, EnvelopeId, InvitationId, LoginId, MemberKey, RoundId, SessionId, SpaceId};

type Result<T> = std::result::Result<T, StoreError>;

/// How long a lock that another program holds on the database is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(_) | None => Self::Fault(Arc::new(error)),
        }
    }
}

// SQLite counts with a sign. Numbers beyond its reach are beyond any space's, too.
fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A store that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or used.
    #[error("the data folder cannot be used")]
    Folder(#[source] std::io::Error),
    /// Another relay works in this folder.
    #[error("another relay is using the data folder")]
    InUse,
    /// SQLite failed.
    #[error("the database could not be opened")]
    Sqlite(#[from] rusqlite::Error),
    /// Its tables do not fit.
    #[error(transparent)]
    Schema(#[from] SchemaError),
}

/// See the module.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    commits: Arc<Commits>,
    /// Whether something was removed that may still stand in the write-ahead log.
    traces: AtomicBool,
    /// Held while this lives.
    _lock: File,
}

impl SqliteStore {
    /// Opens the store in a folder, which is made if need be; at most so many bytes large, if that is given.
    ///
    /// # Errors
    /// When the folder or the database in it cannot be used, or another relay uses it.
    pub fn open(folder: &Path, max_bytes: Option<u64>) -> std::result::Result<Self, OpenError> {
        make_folder(folder).map_err(OpenError::Folder)?;
        let lock = File::create(folder.join("lock")).map_err(OpenError::Folder)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse),
            Err(TryLockError::Error(error)) => return Err(OpenError::Folder(error)),
        }
        let path = folder.join("relay.sqlite");
        let mut connection = Connection::open(&path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "temp_store", "memory")?;
        // What is removed is overwritten, not only forgotten.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "cache_size", -8000)?;
        connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
        schema::migrate(&mut connection)?;
        if let Some(bytes) = max_bytes {
            let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
            let pages = int(bytes) / page.max(1);
            connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
        }
        let readers = (0..READERS)
            .map(|_| open_reader(&path))
            .collect::<rusqlite::Result<_>>()?;
        let commits = Arc::new(Commits::default());
        let writer = Writer::start(connection, commits.clone()).map_err(OpenError::Folder)?;
        Ok(Self {
            writer,
            readers: Readers::new(readers),
            commits,
            traces: AtomicBool::new(false),
            _lock: lock,
        })
    }

    /// How much was written in how many transactions so far.
    #[must_use]
    pub fn commits(&self) -> Arc<Commits> {
        self.commits.clone()
    }

    fn leaves_traces(&self) {
        self.traces.store(true, Ordering::Relaxed);
    }
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(32);
    connection.pragma_update(None, "cache_size", -1000)?;
    Ok(connection)
}

impl Store for SqliteStore {
    async fn secrets(&self, fresh: Secrets) -> Result<Secrets> {
        self.writer.run(move |db| accounts::secrets(db, &fresh)).await
    }

    async fn create_account(&self, new: NewAccount) -> Result<Created> {
        self.writer.run(move |db| accounts::create(db, &new)).await
    }

    async fn credentials(&self, handle: String) -> Result<Option<Credentials>> {
        self.readers
            .run(move |db| accounts::credentials(db, &handle))
            .await
    }

    async fn account(&self, account: AccountId) -> Result<Option<Account>> {
        self.readers.run(move |db| accounts::account(db, account)).await
    }

    async fn set_recovery(&self, account: AccountId, keys: Option<RecoveryKeys>) -> Result<()> {
        self.writer
            .run(move |db| accounts::set_recovery(db, account, keys.as_ref()))
            .await
    }

    async fn change_passphrase(
        &self,
        account: AccountId,
        keep: SessionId,
        record: Vec<u8>,
        replaces: u64,
        sealed: Vec<u8>,
    ) -> Result<VaultPut> {
        self.leaves_traces();
        self.writer
            .run(move |db| accounts::change_passphrase(db, account, keep, &record, replaces, &sealed))
            .await
    }

    async fn delete_account(&self, account: AccountId) -> Result<()> {
        self.leaves_traces();
        self.writer.run(move |db| accounts::delete(db, account)).await
    }

    async fn charge(&self, account: AccountId, bytes: i64) -> Result<Option<i64>> {
        self.writer
            .run(move |db| accounts::charge(db, account, bytes))
            .await
    }

    async fn keep_login(&self, login: LoginId, pending: PendingLogin, expires_ms: i64) -> Result<()> {
        self.writer
            .run(move |db| accounts::keep_login(db, login, &pending, expires_ms))
            .await
    }

    async fn take_login(&self, login: LoginId, now_ms: i64) -> Result<Option<PendingLogin>> {
        self.writer
            .run(move |db| accounts::take_login(db, login, now_ms))
            .await
    }

    async fn open_session(&self, account: AccountId, new: NewSession) -> Result<bool> {
        self.writer
            .run(move |db| accounts::open_session(db, account, new))
            .await
    }

    async fn session(&self, session: SessionId) -> Result<Option<SessionRow>> {
        self.readers.run(move |db| accounts::session(db, session)).await
    }

    async fn touch_session(&self, session: SessionId, day: i64) -> Result<()> {
        self.writer
            .run(move |db| accounts::touch_session(db, session, day))
            .await
    }

    async fn sessions(&self, account: AccountId) -> Result<Vec<SessionRow>> {
        self.readers.run(move |db| accounts::sessions(db, account)).await
    }

    async fn end_session(&self, account: AccountId, session: SessionId) -> Result<bool> {
        self.writer
            .run(move |db| accounts::end_session(db, account, session))
            .await
    }

    async fn vault(&self, account: AccountId) -> Result<Option<(u64, Vec<u8>)>> {
        self.readers.run(move |db| accounts::vault(db, account)).await
    }

    async fn put_vault(&self, account: AccountId, replaces: u64, sealed: Vec<u8>) -> Result<VaultPut> {
        self.writer
            .run(move |db| accounts::put_vault(db, account, replaces, &sealed))
            .await
    }

    async fn open_space(&self, space: SpaceId, member: MemberKey) -> Result<SpaceOpened> {
        self.writer.run(move |db| spaces::open(db, space, member)).await
    }

    async fn is_member(&self, space: SpaceId, member: MemberKey) -> Result<bool> {
        self.readers
            .run(move |db| Ok(spaces::seat(db, space, member)?.is_some()))
            .await
    }

    async fn add_member(
        &self,
        space: SpaceId,
        by: MemberKey,
        newcomer: MemberKey,
    ) -> Result<Access<MemberAdded>> {
        self.writer
            .run(move |db| spaces::within(db, space, by, |seat| spaces::add(db, seat, newcomer)))
            .await
    }

    async fn leave(&self, space: SpaceId, member: MemberKey) -> Result<Access<bool>> {
        self.leaves_traces();
        self.writer
            .run(move |db| spaces::within(db, space, member, |seat| spaces::leave(db, seat)))
            .await
    }

    async fn append(
        &self,
        space: SpaceId,
        member: MemberKey,
        envelopes: Vec<Named>,
    ) -> Result<Access<Appended>> {
        self.writer
            .run(move |db| {
                spaces::within(db, space, member, |seat| {
                    let by = envelopes.iter().map(|named| (seat.member, named));
                    spaces::append(db, seat.space, seat.head, by)
                })
            })
            .await
    }

    async fn read(&self, space: SpaceId, member: MemberKey, stretch: Stretch) -> Result<Access<Page>> {
        self.readers
            .run(move |db| spaces::within(db, space, member, |seat| spaces::read(db, seat, stretch)))
            .await
    }

    async fn remove(
        &self,
        space: SpaceId,
        member: MemberKey,
        envelopes: Vec<EnvelopeId>,
    ) -> Result<Access<Removed>> {
        self.leaves_traces();
        self.writer
            .run(move |db| spaces::within(db, space, member, |seat| spaces::remove(db, seat, &envelopes)))
            .await
    }

    async fn deposit(
        &self,
        space: SpaceId,
        member: MemberKey,
        round: RoundId,
        envelope: Named,
    ) -> Result<Access<Deposit>> {
        self.writer
            .run(move |db| {
                spaces::within(db, space, member, |seat| {
                    rounds::deposit(db, seat, &round, &envelope)
                })
            })
            .await
    }

    async fn own_deposit(
        &self,
        space: SpaceId,
        member: MemberKey,
        round: RoundId,
    ) -> Result<Access<Option<Posted>>> {
        self.readers
            .run(move |db| spaces::within(db, space, member, |seat| rounds::own(db, seat, &round)))
            .await
    }

    async fn take_back(
        &self,
        space: SpaceId,
        member: MemberKey,
        round: RoundId,
    ) -> Result<Access<TakenBack>> {
        self.leaves_traces();
        self.writer
            .run(move |db| spaces::within(db, space, member, |seat| rounds::take_back(db, seat, &round)))
            .await
    }

    async fn invite(&self, new: NewInvitation) -> Result<bool> {
        self.writer.run(move |db| invitations::invite(db, &new)).await
    }

    async fn invitation(&self, invitation: InvitationId) -> Result<Option<InvitationRow>> {
        self.readers
            .run(move |db| invitations::invitation(db, invitation))
            .await
    }

    async fn claim(&self, invitation: InvitationId, claim: Vec<u8>, now_ms: i64) -> Result<InvitationStep> {
        self.writer
            .run(move |db| invitations::claim(db, invitation, &claim, now_ms))
            .await
    }

    async fn answer(&self, invitation: InvitationId, welcome: Option<Vec<u8>>) -> Result<InvitationStep> {
        self.writer
            .run(move |db| invitations::answer(db, invitation, welcome.as_deref()))
            .await
    }

    async fn sweep(&self, now_ms: i64) -> Result<bool> {
        let more = self
            .writer
            .run(move |db| Ok(invitations::clear_over(db, now_ms)? | spaces::clear_left(db)?))
            .await?;
        // What was cleared away leaves traces, too; they are wiped when all is done.
        let traces = self.traces.swap(false, Ordering::Relaxed);
        if more || (traces && !self.writer.truncate().await?) {
            self.leaves_traces();
        }
        Ok(more)
    }

    async fn ready(&self) -> Result<()> {
        // Reads and writes take different ways, and both must be open.
        self.readers
            .run(|db| Ok(db.query_row("SELECT 1", [], |_| Ok(()))?))
            .await?;
        self.writer.run(|_| Ok(())).await
    }

    async fn stop(&self) {
        self.readers.stop().await;
        self.writer.stop().await;
    }
}
