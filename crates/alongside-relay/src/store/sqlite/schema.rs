//! The tables and how they came to be: one step a version, never changed once released.

use rusqlite::Connection;

/// The steps, in order; the version of a database is how many of them it has had.
const STEPS: &[&str] = &[
    // 1. Everything within a space hangs on a small integer that is its own; members are numbered within it.
    "
    CREATE TABLE secrets (
        only INTEGER PRIMARY KEY CHECK (only = 1), opaque BLOB NOT NULL, mac BLOB NOT NULL
    ) STRICT;

    CREATE TABLE accounts (
        account INTEGER PRIMARY KEY, handle TEXT NOT NULL UNIQUE, record BLOB NOT NULL, recovery_account BLOB,
        recovery_both BLOB, used_bytes INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE vaults (
        account INTEGER PRIMARY KEY, generation INTEGER NOT NULL, sealed BLOB NOT NULL
    ) STRICT;
    CREATE TABLE sessions (
        session BLOB PRIMARY KEY, account INTEGER NOT NULL, made_ms INTEGER NOT NULL, used_day INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sessions_of_account ON sessions (account, made_ms);
    CREATE TABLE logins (
        login BLOB PRIMARY KEY, account INTEGER, state BLOB NOT NULL, expires_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX logins_by_end ON logins (expires_ms);

    -- A space without an id has lost its last member and waits to be cleared away.
    CREATE TABLE spaces (
        space INTEGER PRIMARY KEY, id BLOB UNIQUE, head INTEGER NOT NULL, removals INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE members (
        space INTEGER NOT NULL, key BLOB NOT NULL, member INTEGER NOT NULL, here INTEGER NOT NULL,
        PRIMARY KEY (space, key)
    ) STRICT, WITHOUT ROWID;
    -- tag: the first 8 bytes of the id. An index over these is a third as large as one over the ids.
    CREATE TABLE entries (
        space INTEGER NOT NULL, number INTEGER NOT NULL, tag INTEGER NOT NULL, member INTEGER NOT NULL,
        removed INTEGER NOT NULL, id BLOB NOT NULL, head BLOB NOT NULL, payload BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX entries_by_number ON entries (space, number);
    CREATE INDEX entries_by_tag ON entries (space, tag);
    CREATE TABLE removals (
        space INTEGER NOT NULL, serial INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (space, serial)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE deposits (
        space INTEGER NOT NULL, round BLOB NOT NULL, member INTEGER NOT NULL,
        id BLOB NOT NULL, head BLOB NOT NULL, payload BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX deposits_by_round ON deposits (space, round, member);
    CREATE TABLE rounds_over (
        space INTEGER NOT NULL, round BLOB NOT NULL, PRIMARY KEY (space, round)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE invitations (
        invitation BLOB PRIMARY KEY, key BLOB NOT NULL, inviter BLOB NOT NULL, blob BLOB NOT NULL,
        expires_ms INTEGER NOT NULL, claim BLOB, closed INTEGER NOT NULL, welcome BLOB
    ) STRICT;
    CREATE INDEX invitations_by_end ON invitations (expires_ms);
    ",
];

/// A database that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// SQLite failed.
    #[error("the database could not be prepared")]
    Sqlite(#[from] rusqlite::Error),
    /// A later version made it.
    #[error("the database has version {found}; this program knows up to {known}")]
    Newer {
        /// Its version.
        found: usize,
        /// The latest known.
        known: usize,
    },
}

/// Brings a database up to date: each step in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), SchemaError> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let found = usize::try_from(found).unwrap_or(usize::MAX);
    if found > STEPS.len() {
        return Err(SchemaError::Newer {
            found,
            known: STEPS.len(),
        });
    }
    for (step, version) in STEPS.iter().zip(1_i64..).skip(found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}
