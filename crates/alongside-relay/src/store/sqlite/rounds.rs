//! Rounds in SQLite.

use alongside_wire::envelope::Posted;
use rusqlite::{Connection, OptionalExtension, params};

use super::Result;
use super::spaces::{Seat, append};
use crate::id::{EnvelopeId, RoundId};
use crate::store::{Deposit, Named, TakenBack};

fn is_over(db: &Connection, space: i64, round: &[u8]) -> Result<bool> {
    Ok(db
        .prepare_cached("SELECT 1 FROM rounds_over WHERE space = ?1 AND round = ?2")?
        .exists(params![space, round])?)
}

/// Takes a member's deposit out, and says how large it was.
fn take_out(db: &Connection, seat: Seat, round: &RoundId) -> Result<i64> {
    let size: Option<i64> = db
        .prepare_cached(
            "DELETE FROM deposits WHERE space = ?1 AND round = ?2 AND member = ?3
             RETURNING length(head) + length(payload)",
        )?
        .query_row(params![seat.space, round.as_bytes(), seat.member], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(size.unwrap_or(0))
}

pub(super) fn deposit(db: &Connection, seat: Seat, round: &RoundId, envelope: &Named) -> Result<Deposit> {
    if is_over(db, seat.space, round.as_bytes())? {
        return Ok(Deposit::RoundOver);
    }
    let old_bytes = take_out(db, seat, round)?;
    db.prepare_cached("INSERT INTO deposits VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![
            seat.space,
            round.as_bytes(),
            seat.member,
            envelope.id.0,
            envelope.posted.head.as_slice(),
            envelope.posted.payload.as_slice()
        ])?;
    let revealed = reveal_if_complete(db, seat.space, round.as_bytes())?;
    Ok(Deposit::Taken {
        grew_bytes: envelope.bytes() - old_bytes,
        revealed,
    })
}

pub(super) fn own(db: &Connection, seat: Seat, round: &RoundId) -> Result<Option<Posted>> {
    Ok(db
        .prepare_cached("SELECT head, payload FROM deposits WHERE space = ?1 AND round = ?2 AND member = ?3")?
        .query_row(params![seat.space, round.as_bytes(), seat.member], |row| {
            let (head, payload): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
            Ok(Posted {
                head: head.into(),
                payload: payload.into(),
            })
        })
        .optional()?)
}

pub(super) fn take_back(db: &Connection, seat: Seat, round: &RoundId) -> Result<TakenBack> {
    if is_over(db, seat.space, round.as_bytes())? {
        return Ok(TakenBack::RoundOver);
    }
    Ok(TakenBack::Out {
        freed_bytes: take_out(db, seat, round)?,
    })
}

/// Reveals the rounds of a space that are complete now that somebody left; whether there were any.
pub(super) fn reveal_complete(db: &Connection, space: i64) -> Result<bool> {
    let rounds: Vec<Vec<u8>> = db
        .prepare_cached("SELECT DISTINCT round FROM deposits WHERE space = ?1 ORDER BY round")?
        .query_map([space], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut any = false;
    for round in rounds {
        any |= reveal_if_complete(db, space, &round)?;
    }
    Ok(any)
}

fn reveal_if_complete(db: &Connection, space: i64, round: &[u8]) -> Result<bool> {
    let (members, missing): (i64, i64) = db
        .prepare_cached(
            "SELECT count(*), count(*) - count(d.member) FROM members m
             LEFT JOIN deposits d ON d.space = m.space AND d.round = ?2 AND d.member = m.member
             WHERE m.space = ?1 AND m.here = 1",
        )?
        .query_row(params![space, round], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if members < 2 || missing > 0 {
        return Ok(false);
    }
    let all: Vec<(i64, Named)> = db
        .prepare_cached(
            "SELECT d.member, d.id, d.head, d.payload FROM deposits d
             JOIN members m ON m.space = d.space AND m.member = d.member AND m.here = 1
             WHERE d.space = ?1 AND d.round = ?2 ORDER BY m.key",
        )?
        .query_map(params![space, round], |row| {
            let (head, payload): (Vec<u8>, Vec<u8>) = (row.get(2)?, row.get(3)?);
            let posted = Posted {
                head: head.into(),
                payload: payload.into(),
            };
            Ok((
                row.get(0)?,
                Named {
                    id: EnvelopeId(row.get(1)?),
                    posted,
                },
            ))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let head: i64 = db
        .prepare_cached("SELECT head FROM spaces WHERE space = ?1")?
        .query_row([space], |row| row.get(0))?;
    append(
        db,
        space,
        head,
        all.iter().map(|(member, named)| (*member, named)),
    )?;
    db.prepare_cached("DELETE FROM deposits WHERE space = ?1 AND round = ?2")?
        .execute(params![space, round])?;
    db.prepare_cached("INSERT INTO rounds_over VALUES (?1, ?2)")?
        .execute(params![space, round])?;
    Ok(true)
}
