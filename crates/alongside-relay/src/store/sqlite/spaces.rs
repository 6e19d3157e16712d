//! Spaces, members and entries in SQLite.

use alongside_wire::envelope::{Kept, Numbered, payload_hash};
use alongside_wire::limits::MAX_MEMBERS;
use alongside_wire::space::{Page, Removal};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, int, rounds, uint};
use crate::id::{EnvelopeId, MemberKey, SpaceId};
use crate::store::{Access, Appended, MemberAdded, Named, Removed, SpaceOpened, Stretch};

/// A member within a space, found.
#[derive(Clone, Copy)]
pub(super) struct Seat {
    pub(super) space: i64,
    pub(super) member: i64,
    pub(super) head: i64,
    pub(super) removals: i64,
}

pub(super) fn seat(db: &Connection, space: SpaceId, member: MemberKey) -> Result<Option<Seat>> {
    Ok(db
        .prepare_cached(
            "SELECT s.space, m.member, s.head, s.removals FROM spaces s JOIN members m ON m.space = s.space
             WHERE s.id = ?1 AND m.key = ?2 AND m.here = 1",
        )?
        .query_row(params![space.0, member.0], |row| {
            Ok(Seat {
                space: row.get(0)?,
                member: row.get(1)?,
                head: row.get(2)?,
                removals: row.get(3)?,
            })
        })
        .optional()?)
}

/// Does this for a member.
pub(super) fn within<T>(
    db: &Connection,
    space: SpaceId,
    member: MemberKey,
    work: impl FnOnce(Seat) -> Result<T>,
) -> Result<Access<T>> {
    match seat(db, space, member)? {
        Some(seat) => work(seat).map(Access::Granted),
        None => Ok(Access::NotMember),
    }
}

pub(super) fn open(db: &Connection, space: SpaceId, member: MemberKey) -> Result<SpaceOpened> {
    if seat(db, space, member)?.is_some() {
        return Ok(SpaceOpened::Open);
    }
    if db
        .prepare_cached("SELECT 1 FROM spaces WHERE id = ?1")?
        .exists([space.0])?
    {
        return Ok(SpaceOpened::OthersThere);
    }
    db.prepare_cached("INSERT INTO spaces (id, head, removals) VALUES (?1, 0, 0)")?
        .execute([space.0])?;
    db.prepare_cached("INSERT INTO members VALUES (?1, ?2, 0, 1)")?
        .execute(params![db.last_insert_rowid(), member.0])?;
    Ok(SpaceOpened::Open)
}

pub(super) fn add(db: &Connection, seat: Seat, newcomer: MemberKey) -> Result<MemberAdded> {
    let (here, known): (i64, i64) = db
        .prepare_cached("SELECT coalesce(sum(here), 0), count(*) FROM members WHERE space = ?1")?
        .query_row([seat.space], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let is_here = db
        .prepare_cached("SELECT 1 FROM members WHERE space = ?1 AND key = ?2 AND here = 1")?
        .exists(params![seat.space, newcomer.0])?;
    if is_here {
        return Ok(MemberAdded::Added);
    }
    if usize::try_from(here).unwrap_or(usize::MAX) >= MAX_MEMBERS {
        return Ok(MemberAdded::Full);
    }
    // Who comes back keeps the number under which their entries stand.
    db.prepare_cached(
        "INSERT INTO members VALUES (?1, ?2, ?3, 1) ON CONFLICT (space, key) DO UPDATE SET here = 1",
    )?
    .execute(params![seat.space, newcomer.0, known])?;
    Ok(MemberAdded::Added)
}

pub(super) fn leave(db: &Connection, seat: Seat) -> Result<bool> {
    db.prepare_cached("UPDATE members SET here = 0 WHERE space = ?1 AND member = ?2")?
        .execute([seat.space, seat.member])?;
    db.prepare_cached("DELETE FROM deposits WHERE space = ?1 AND member = ?2")?
        .execute([seat.space, seat.member])?;
    let anybody = db
        .prepare_cached("SELECT 1 FROM members WHERE space = ?1 AND here = 1")?
        .exists([seat.space])?;
    if anybody {
        return rounds::reveal_complete(db, seat.space);
    }
    db.prepare_cached("UPDATE spaces SET id = NULL WHERE space = ?1")?
        .execute([seat.space])?;
    Ok(false)
}

fn tag(id: EnvelopeId) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = id.0;
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The number of an envelope in a space and who appended it.
fn find(db: &Connection, space: i64, id: EnvelopeId) -> Result<Option<(i64, i64)>> {
    let mut statement =
        db.prepare_cached("SELECT number, member, id FROM entries WHERE space = ?1 AND tag = ?2")?;
    let mut rows = statement.query([space, tag(id)])?;
    while let Some(row) = rows.next()? {
        // Equal tags do not make equal ids.
        if row.get_ref(2)?.as_blob().is_ok_and(|bytes| bytes == id.0) {
            return Ok(Some((row.get(0)?, row.get(1)?)));
        }
    }
    Ok(None)
}

/// Appends to a space whose head is `head`, on behalf of the member numbered so; the new head comes with the outcome.
pub(super) fn append<'a>(
    db: &Connection,
    space: i64,
    head: i64,
    envelopes: impl Iterator<Item = (i64, &'a Named)>,
) -> Result<Appended> {
    let mut new_head = head;
    let mut grew_bytes = 0;
    let mut numbers = Vec::with_capacity(envelopes.size_hint().0);
    {
        let mut insert = db.prepare_cached("INSERT INTO entries VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7)")?;
        for (member, named) in envelopes {
            if let Some((number, _)) = find(db, space, named.id)? {
                numbers.push(uint(number));
                continue;
            }
            new_head += 1;
            let posted = &named.posted;
            insert.execute(params![
                space,
                new_head,
                tag(named.id),
                member,
                named.id.0,
                posted.head.as_slice(),
                posted.payload.as_slice()
            ])?;
            grew_bytes += named.bytes();
            numbers.push(uint(new_head));
        }
    }
    if new_head != head {
        db.prepare_cached("UPDATE spaces SET head = ?2 WHERE space = ?1")?
            .execute([space, new_head])?;
    }
    Ok(Appended {
        numbers,
        head: uint(new_head),
        grew_bytes,
    })
}

pub(super) fn read(db: &Connection, seat: Seat, stretch: Stretch) -> Result<Page> {
    let mut entries = Vec::new();
    if seat.head > int(stretch.after) {
        let mut statement = db.prepare_cached(
            "SELECT number, head, payload, removed FROM entries WHERE space = ?1 AND number > ?2
             ORDER BY number LIMIT ?3",
        )?;
        let mut rows = statement.query(params![seat.space, int(stretch.after), stretch.limit])?;
        let mut bytes = 0;
        while bytes < stretch.bytes {
            let Some(row) = rows.next()? else { break };
            let head: Vec<u8> = row.get(1)?;
            bytes += head.len();
            let payload = if row.get(3)? {
                Kept::Removed(row.get(2)?)
            } else {
                let payload: Vec<u8> = row.get(2)?;
                bytes += payload.len();
                Kept::Here(payload.into())
            };
            entries.push(Numbered {
                number: uint(row.get(0)?),
                head: head.into(),
                payload,
            });
        }
    }
    let mut removals = Vec::new();
    if seat.removals > int(stretch.removed_after) {
        let mut statement = db.prepare_cached(
            "SELECT serial, number FROM removals WHERE space = ?1 AND serial > ?2 ORDER BY serial LIMIT ?3",
        )?;
        let rows = statement.query_map(
            params![seat.space, int(stretch.removed_after), stretch.limit],
            |row| {
                Ok(Removal {
                    serial: uint(row.get(0)?),
                    number: uint(row.get(1)?),
                })
            },
        )?;
        removals = rows.collect::<rusqlite::Result<_>>()?;
    }
    Ok(Page {
        entries,
        head: uint(seat.head),
        removals,
        removals_head: uint(seat.removals),
    })
}

pub(super) fn remove(db: &Connection, seat: Seat, envelopes: &[EnvelopeId]) -> Result<Removed> {
    let mut numbers = Vec::with_capacity(envelopes.len());
    for &id in envelopes {
        match find(db, seat.space, id)? {
            Some((number, member)) if member == seat.member => numbers.push(number),
            Some(_) | None => return Ok(Removed::NotTheirs),
        }
    }
    let mut freed_bytes = 0;
    let mut serial = seat.removals;
    for number in numbers {
        let payload: Option<Vec<u8>> = db
            .prepare_cached("SELECT payload FROM entries WHERE space = ?1 AND number = ?2 AND removed = 0")?
            .query_row([seat.space, number], |row| row.get(0))
            .optional()?;
        let Some(payload) = payload else { continue };
        // The hash takes the payload's place: the envelope's name can still be checked.
        db.prepare_cached("UPDATE entries SET payload = ?3, removed = 1 WHERE space = ?1 AND number = ?2")?
            .execute(params![seat.space, number, payload_hash(&payload)])?;
        serial += 1;
        db.prepare_cached("INSERT INTO removals VALUES (?1, ?2, ?3)")?
            .execute([seat.space, serial, number])?;
        freed_bytes += i64::try_from(payload.len()).unwrap_or(i64::MAX);
    }
    if serial != seat.removals {
        db.prepare_cached("UPDATE spaces SET removals = ?2 WHERE space = ?1")?
            .execute([seat.space, serial])?;
    }
    Ok(Removed::Gone { freed_bytes })
}

/// Clears away some of a space that has lost its last member; true when there was one.
pub(super) fn clear_left(db: &Connection) -> Result<bool> {
    let left: Option<i64> = db
        .prepare_cached("SELECT space FROM spaces WHERE id IS NULL LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let Some(space) = left else { return Ok(false) };
    let cleared = db
        .prepare_cached(
            "DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE space = ?1 LIMIT 500)",
        )?
        .execute([space])?;
    if cleared == 0 {
        for table in ["removals", "deposits", "rounds_over", "members", "spaces"] {
            db.execute(&format!("DELETE FROM {table} WHERE space = ?1"), [space])?;
        }
    }
    Ok(true)
}
