//! What the disk, and SQLite on it, can do by themselves.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use rusqlite::{Connection, params};

/// Times a second that 4 KiB can be written and be on disk.
pub(super) fn flushes_per_second(folder: &Path, time: Duration) -> Result<f64> {
    fs::create_dir_all(folder)?;
    let path = folder.join("flushes");
    let mut file = File::create(&path)?;
    file.write_all(&vec![0; 1 << 20])?;
    file.sync_all()?;
    let started = Instant::now();
    let mut count = 0_u64;
    while started.elapsed() < time {
        file.seek(SeekFrom::Start(count % 256 * 4096))?;
        file.write_all(&[u8::try_from(count % 251).unwrap_or(0); 4096])?;
        file.sync_data()?;
        count += 1;
    }
    let rate = count as f64 / started.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(rate)
}

/// Rows a second that SQLite takes with nothing around it: a table and indices as a relay needs them, write-ahead log, `synchronous=FULL`, so
/// many rows in each transaction.
pub(super) fn rows_per_second(folder: &Path, batch: usize, row_bytes: usize, time: Duration) -> Result<f64> {
    let _emptied = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)?;
    let mut connection = Connection::open(folder.join("alone.sqlite"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE spaces (space INTEGER PRIMARY KEY, head INTEGER NOT NULL) STRICT;
         CREATE TABLE entries (
            space INTEGER NOT NULL, number INTEGER NOT NULL, tag INTEGER NOT NULL, member INTEGER NOT NULL,
            id BLOB NOT NULL, head BLOB NOT NULL, payload BLOB NOT NULL
         ) STRICT;
         CREATE UNIQUE INDEX entries_by_number ON entries (space, number);
         CREATE INDEX entries_by_tag ON entries (space, tag);",
    )?;
    let spaces = (batch / 2).max(1) as u64;
    for space in 0..spaces {
        connection.execute("INSERT INTO spaces VALUES (?1, 0)", [space])?;
    }
    let (head, payload) = (vec![1_u8; row_bytes / 7], vec![2_u8; row_bytes - row_bytes / 7]);
    let started = Instant::now();
    let mut count = 0_u64;
    while started.elapsed() < time {
        let transaction = connection.transaction()?;
        {
            let mut number = transaction
                .prepare_cached("UPDATE spaces SET head = head + 1 WHERE space = ?1 RETURNING head")?;
            let mut insert =
                transaction.prepare_cached("INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
            for _ in 0..batch {
                count += 1;
                let space = count % spaces;
                // Names of entries are hashes: they come in no order.
                let tag = i64::from_ne_bytes(count.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_ne_bytes());
                let head_number: i64 = number.query_row([space], |row| row.get(0))?;
                let id = [tag.to_ne_bytes(); 4].concat();
                insert.execute(params![space, head_number, tag, 0, id, head, payload])?;
            }
        }
        transaction.commit()?;
    }
    let rate = count as f64 / started.elapsed().as_secs_f64();
    drop(connection);
    fs::remove_dir_all(folder)?;
    Ok(rate)
}
