//! The store of a device on this machine: one SQLite file, which one program at a time has open.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use alongside_replica::ports::{Row, Store, StoreError, Table, Write};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::relay::Relay;

/// The layout. A new number needs a way from each older one in [`SqliteStore::open`].
const LAYOUT: i64 = 1;
const FILE: &str = "alongside.sqlite";
const LOCK: &str = "lock";
/// Another program may be looking at the file (a backup, say); none writes to it.
const BUSY: Duration = Duration::from_secs(5);

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or used.
    #[error("the folder {} cannot be used", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another program has it open: two that write would each continue the device's chain.
    #[error("the folder {} is in use", path.display())]
    InUse {
        /// Which.
        path: PathBuf,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The store.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    /// Held as long as the store is open; the system lets go of it with the program.
    _held: File,
}

impl SqliteStore {
    /// Opens the store in a folder, making both where they are not there yet, for their owner's eyes alone.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let cannot = |source| OpenError::Folder {
            path: folder.to_owned(),
            source,
        };
        make_folder(folder).map_err(cannot)?;
        let held = owners_file(&folder.join(LOCK)).map_err(cannot)?;
        match held.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::InUse {
                    path: folder.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(cannot(source)),
        }
        let file = folder.join(FILE);
        // Made before SQLite sees it: the files that it puts beside it have the same owner and rights.
        drop(owners_file(&file).map_err(cannot)?);
        let connection = connect(&file)?;
        Ok(Self {
            connection,
            _held: held,
        })
    }

    /// The relay of this device, if it has one.
    pub(super) fn relay(&self) -> Result<Option<Relay>, StoreError> {
        let url: Option<String> = self
            .connection
            .query_row("SELECT value FROM here WHERE name = 'relay'", [], |row| {
                row.get(0)
            })
            .optional()
            .map_err(why)?;
        // That it may be reached without TLS was asked when it was noted.
        url.map(|url| Relay::parse(&url, true).map_err(|_| StoreError::Failed))
            .transpose()
    }

    pub(super) fn set_relay(&self, relay: &Relay) -> Result<(), StoreError> {
        self.connection
            .execute(
                "INSERT INTO here (name, value) VALUES ('relay', ?1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [relay.to_string()],
            )
            .map(drop)
            .map_err(why)
    }

    pub(super) fn forget(&self) -> Result<(), StoreError> {
        self.connection
            .execute_batch("DELETE FROM here; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
            .map_err(why)
    }
}

fn connect(file: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(file).map_err(why)?;
    connection.busy_timeout(BUSY).map_err(why)?;
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA trusted_schema = OFF;",
        )
        .map_err(why)?;
    let layout: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(why)?;
    if layout > LAYOUT {
        return Err(StoreError::TooNew);
    }
    if layout < LAYOUT {
        let mut schema = String::from(
            "BEGIN IMMEDIATE; CREATE TABLE here (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;",
        );
        for table in Table::ALL {
            schema.push_str(&format!(
                "CREATE TABLE {} (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT;",
                table.name()
            ));
        }
        schema.push_str(&format!("PRAGMA user_version = {LAYOUT}; COMMIT;"));
        connection.execute_batch(&schema).map_err(why)?;
    }
    Ok(connection)
}

impl Store for SqliteStore {
    async fn commit(&self, batch: Vec<Write>) -> Result<(), StoreError> {
        if batch.is_empty() {
            return Ok(());
        }
        let transaction =
            Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate).map_err(why)?;
        for write in batch {
            apply(&transaction, write).map_err(why)?;
        }
        transaction.commit().map_err(why)
    }

    async fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = format!("SELECT value FROM {} WHERE key = ?1", table.name());
        let mut statement = self.connection.prepare_cached(&sql).map_err(why)?;
        statement
            .query_row([key], |row| row.get(0))
            .optional()
            .map_err(why)
    }

    async fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        from: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let lower = prefix.max(from);
        let end = after(prefix);
        let below = if end.is_some() {
            "AND key < ?3"
        } else {
            "AND ?3 IS NULL"
        };
        let sql = format!(
            "SELECT key, value FROM {} WHERE key >= ?1 {below} ORDER BY key LIMIT ?2",
            table.name()
        );
        let mut statement = self.connection.prepare_cached(&sql).map_err(why)?;
        let rows = statement
            .query_map(params![lower, limit, end], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(why)?;
        rows.collect::<Result<_, _>>().map_err(why)
    }
}

fn apply(transaction: &Transaction<'_>, write: Write) -> rusqlite::Result<()> {
    let done = match write {
        Write::Put(table, key, value) => transaction
            .prepare_cached(&format!(
                "INSERT INTO {} (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                table.name()
            ))?
            .execute([key, value]),
        Write::Delete(table, key) => transaction
            .prepare_cached(&format!("DELETE FROM {} WHERE key = ?1", table.name()))?
            .execute([key]),
        Write::Clear(table) => transaction.execute(&format!("DELETE FROM {}", table.name()), []),
    };
    done.map(drop)
}

/// The least key that is above all that begin with the prefix; `None` where there is none.
fn after(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

fn why(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::Denied,
        Some(_) | None => StoreError::Failed,
    }
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

fn owners_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use alongside_replica::conformance;

    use super::*;

    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(future)
    }

    #[test]
    fn it_does_what_every_store_must() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("device");
        let reopen = async |store: SqliteStore| {
            drop(store);
            SqliteStore::open(&home).map_err(|_| StoreError::Failed)
        };
        let store = SqliteStore::open(&home).unwrap();
        wait(conformance::check(store, reopen)).unwrap();
    }

    #[test]
    fn a_second_program_does_not_get_in_and_a_later_one_does() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        assert!(matches!(
            SqliteStore::open(folder.path()),
            Err(OpenError::InUse { .. })
        ));
        drop(store);
        SqliteStore::open(folder.path()).unwrap();
    }

    #[test]
    fn a_store_of_a_later_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        store
            .connection
            .execute_batch("PRAGMA user_version = 99")
            .unwrap();
        drop(store);
        let refused = SqliteStore::open(folder.path());
        assert!(matches!(refused, Err(OpenError::Store(StoreError::TooNew))));
    }

    #[test]
    fn the_relay_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        assert_eq!(store.relay().unwrap(), None);
        for url in ["https://one.example", "http://two.example:81"] {
            store.set_relay(&Relay::parse(url, true).unwrap()).unwrap();
        }
        drop(store);
        let store = SqliteStore::open(folder.path()).unwrap();
        assert_eq!(
            store.relay().unwrap().unwrap().to_string(),
            "http://two.example:81"
        );
    }

    #[test]
    fn what_was_erased_is_in_none_of_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        let canary = b"canary in the coal mine".repeat(500);
        let put = Write::Put(Table::Inbox, b"k".to_vec(), canary);
        wait(store.commit(vec![put])).unwrap();
        wait(store.commit(vec![Write::Clear(Table::Inbox)])).unwrap();
        store
            .set_relay(&Relay::parse("https://canary.example", false).unwrap())
            .unwrap();
        store.forget().unwrap();
        assert_eq!(store.relay().unwrap(), None);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(6).any(|part| part == b"canary"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_their_owner_can_read_the_files() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("a").join("device");
        let store = SqliteStore::open(&home).unwrap();
        wait(store.commit(vec![Write::Put(Table::Meta, b"k".to_vec(), b"v".to_vec())])).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&home), 0o700);
        let files: Vec<_> = std::fs::read_dir(&home)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        assert!(files.len() >= 3, "{files:?}");
        for file in files {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }

    #[test]
    fn what_comes_after_a_prefix_is_above_all_that_begin_with_it() {
        assert_eq!(after(&[1, 2]), Some(vec![1, 3]));
        assert_eq!(after(&[1, 255]), Some(vec![2]));
        assert_eq!(after(&[255, 255]), None);
        assert_eq!(after(&[]), None);
    }
}
