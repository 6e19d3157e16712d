//! Accounts, sessions, sign-ins and vaults in SQLite.

use alongside_wire::account::RecoveryKeys;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Result, int, uint};
use crate::clock::day_of;
use crate::id::{AccountId, LoginId, SessionId};
use crate::store::{
    Account, Created, Credentials, NewAccount, NewSession, PendingLogin, Secrets, SessionRow, VaultPut,
};

pub(super) fn secrets(db: &Connection, fresh: &Secrets) -> Result<Secrets> {
    db.execute(
        "INSERT OR IGNORE INTO secrets VALUES (1, ?1, ?2)",
        params![fresh.opaque, fresh.mac],
    )?;
    Ok(db.query_row("SELECT opaque, mac FROM secrets", [], |row| {
        Ok(Secrets {
            opaque: row.get(0)?,
            mac: row.get(1)?,
        })
    })?)
}

pub(super) fn create(db: &Connection, new: &NewAccount) -> Result<Created> {
    let taken = db
        .prepare_cached("SELECT 1 FROM accounts WHERE handle = ?1")?
        .exists([&new.handle])?;
    if taken {
        return Ok(Created::HandleTaken);
    }
    db.prepare_cached("INSERT INTO accounts VALUES (?1, ?2, ?3, NULL, NULL, 0)")?
        .execute(params![new.account.0, new.handle, new.record])?;
    db.prepare_cached("INSERT INTO vaults VALUES (?1, 1, ?2)")?
        .execute(params![new.account.0, new.vault])?;
    insert_session(db, new.account, new.session)?;
    Ok(Created::Created)
}

pub(super) fn credentials(db: &Connection, handle: &str) -> Result<Option<Credentials>> {
    Ok(db
        .prepare_cached(
            "SELECT account, record, recovery_account, recovery_both FROM accounts WHERE handle = ?1",
        )?
        .query_row([handle], |row| {
            let keys: (Option<[u8; 32]>, Option<[u8; 32]>) = (row.get(2)?, row.get(3)?);
            let recovery = keys
                .0
                .zip(keys.1)
                .map(|(account, both)| RecoveryKeys { account, both });
            Ok(Credentials {
                account: AccountId(row.get(0)?),
                record: row.get(1)?,
                recovery,
            })
        })
        .optional()?)
}

pub(super) fn account(db: &Connection, account: AccountId) -> Result<Option<Account>> {
    Ok(db
        .prepare_cached("SELECT handle, used_bytes FROM accounts WHERE account = ?1")?
        .query_row([account.0], |row| {
            Ok(Account {
                handle: row.get(0)?,
                used_bytes: row.get(1)?,
            })
        })
        .optional()?)
}

pub(super) fn set_recovery(db: &Connection, account: AccountId, keys: Option<&RecoveryKeys>) -> Result<()> {
    db.prepare_cached("UPDATE accounts SET recovery_account = ?2, recovery_both = ?3 WHERE account = ?1")?
        .execute(params![
            account.0,
            keys.map(|keys| keys.account),
            keys.map(|keys| keys.both)
        ])?;
    Ok(())
}

pub(super) fn change_passphrase(
    db: &Connection,
    account: AccountId,
    keep: SessionId,
    record: &[u8],
    replaces: u64,
    sealed: &[u8],
) -> Result<VaultPut> {
    let put = put_vault(db, account, replaces, sealed)?;
    if matches!(put, VaultPut::Stored(_)) {
        db.prepare_cached("UPDATE accounts SET record = ?2 WHERE account = ?1")?
            .execute(params![account.0, record])?;
        db.prepare_cached("DELETE FROM sessions WHERE account = ?1 AND session <> ?2")?
            .execute(params![account.0, keep.0])?;
    }
    Ok(put)
}

pub(super) fn delete(db: &Connection, account: AccountId) -> Result<()> {
    for sql in [
        "DELETE FROM accounts WHERE account = ?1",
        "DELETE FROM vaults WHERE account = ?1",
        "DELETE FROM sessions WHERE account = ?1",
        "DELETE FROM logins WHERE account = ?1",
    ] {
        db.prepare_cached(sql)?.execute([account.0])?;
    }
    Ok(())
}

pub(super) fn charge(db: &Connection, account: AccountId, bytes: i64) -> Result<Option<i64>> {
    Ok(db
        .prepare_cached(
            "UPDATE accounts SET used_bytes = max(0, used_bytes + ?2) WHERE account = ?1 RETURNING used_bytes",
        )?
        .query_row(params![account.0, bytes], |row| row.get(0))
        .optional()?)
}

pub(super) fn keep_login(
    db: &Connection,
    login: LoginId,
    pending: &PendingLogin,
    expires_ms: i64,
) -> Result<()> {
    db.prepare_cached("INSERT INTO logins VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            login.0,
            pending.account.map(|account| account.0),
            pending.state,
            expires_ms
        ])?;
    Ok(())
}

pub(super) fn take_login(db: &Connection, login: LoginId, now_ms: i64) -> Result<Option<PendingLogin>> {
    let taken = db
        .prepare_cached("DELETE FROM logins WHERE login = ?1 RETURNING account, state, expires_ms")?
        .query_row([login.0], |row| {
            let account: Option<i64> = row.get(0)?;
            Ok((
                PendingLogin {
                    account: account.map(AccountId),
                    state: row.get(1)?,
                },
                row.get::<_, i64>(2)?,
            ))
        })
        .optional()?;
    Ok(taken
        .filter(|&(_, expires_ms)| now_ms < expires_ms)
        .map(|(pending, _)| pending))
}

fn insert_session(db: &Connection, account: AccountId, new: NewSession) -> Result<()> {
    db.prepare_cached("INSERT INTO sessions VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![new.session.0, account.0, new.now_ms, day_of(new.now_ms)])?;
    Ok(())
}

pub(super) fn open_session(db: &Connection, of: AccountId, new: NewSession) -> Result<bool> {
    let there = account(db, of)?.is_some();
    if there {
        insert_session(db, of, new)?;
    }
    Ok(there)
}

fn session_row(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        session: SessionId(row.get(0)?),
        account: AccountId(row.get(1)?),
        made_ms: row.get(2)?,
        used_day: row.get(3)?,
    })
}

pub(super) fn session(db: &Connection, session: SessionId) -> Result<Option<SessionRow>> {
    Ok(db
        .prepare_cached("SELECT session, account, made_ms, used_day FROM sessions WHERE session = ?1")?
        .query_row([session.0], session_row)
        .optional()?)
}

pub(super) fn touch_session(db: &Connection, session: SessionId, day: i64) -> Result<()> {
    db.prepare_cached("UPDATE sessions SET used_day = max(used_day, ?2) WHERE session = ?1")?
        .execute(params![session.0, day])?;
    Ok(())
}

pub(super) fn sessions(db: &Connection, account: AccountId) -> Result<Vec<SessionRow>> {
    let mut statement = db.prepare_cached(
        "SELECT session, account, made_ms, used_day FROM sessions WHERE account = ?1 ORDER BY made_ms, session",
    )?;
    Ok(statement
        .query_map([account.0], session_row)?
        .collect::<rusqlite::Result<_>>()?)
}

pub(super) fn end_session(db: &Connection, account: AccountId, session: SessionId) -> Result<bool> {
    let ended = db
        .prepare_cached("DELETE FROM sessions WHERE session = ?1 AND account = ?2")?
        .execute(params![session.0, account.0])?;
    Ok(ended > 0)
}

pub(super) fn vault(db: &Connection, account: AccountId) -> Result<Option<(u64, Vec<u8>)>> {
    Ok(db
        .prepare_cached("SELECT generation, sealed FROM vaults WHERE account = ?1")?
        .query_row([account.0], |row| Ok((uint(row.get(0)?), row.get(1)?)))
        .optional()?)
}

pub(super) fn put_vault(
    db: &Connection,
    account: AccountId,
    replaces: u64,
    sealed: &[u8],
) -> Result<VaultPut> {
    let generation: Option<i64> = db
        .prepare_cached("SELECT generation FROM vaults WHERE account = ?1")?
        .query_row([account.0], |row| row.get(0))
        .optional()?;
    let Some(generation) = generation else {
        return Ok(VaultPut::NoAccount);
    };
    if generation != int(replaces) {
        return Ok(VaultPut::Conflict);
    }
    db.prepare_cached("UPDATE vaults SET generation = ?2, sealed = ?3 WHERE account = ?1")?
        .execute(params![account.0, generation + 1, sealed])?;
    Ok(VaultPut::Stored(uint(generation + 1)))
}
