//! Invitations in SQLite.

use rusqlite::{Connection, OptionalExtension, params};

use super::Result;
use crate::id::InvitationId;
use crate::store::{Answer, INVITATION_GRACE_MS, InvitationRow, InvitationStep, NewInvitation};

pub(super) fn invite(db: &Connection, new: &NewInvitation) -> Result<bool> {
    db.prepare_cached("INSERT OR IGNORE INTO invitations VALUES (?1, ?2, ?3, ?4, ?5, NULL, 0, NULL)")?
        .execute(params![
            new.invitation.0,
            new.key,
            new.inviter,
            new.blob,
            new.expires_ms
        ])?;
    let kept = invitation(db, new.invitation)?.map(|row| row.made);
    // Only its end may differ: who repeats does so later, and names the same length of time.
    Ok(kept.is_some_and(|kept| {
        NewInvitation {
            expires_ms: kept.expires_ms,
            ..new.clone()
        } == kept
    }))
}

pub(super) fn invitation(db: &Connection, invitation: InvitationId) -> Result<Option<InvitationRow>> {
    Ok(db
        .prepare_cached(
            "SELECT key, inviter, blob, expires_ms, claim, closed, welcome FROM invitations WHERE invitation = ?1",
        )?
        .query_row([invitation.0], |row| {
            let made = NewInvitation {
                invitation,
                key: row.get(0)?,
                inviter: row.get(1)?,
                blob: row.get(2)?,
                expires_ms: row.get(3)?,
            };
            let answer = match (row.get(5)?, row.get(6)?) {
                (true, _) => Answer::Closed,
                (false, Some(welcome)) => Answer::Welcome(welcome),
                (false, None) => Answer::None,
            };
            Ok(InvitationRow { made, claim: row.get(4)?, answer })
        })
        .optional()?)
}

pub(super) fn claim(db: &Connection, id: InvitationId, claim: &[u8], now_ms: i64) -> Result<InvitationStep> {
    let Some(row) = invitation(db, id)? else {
        return Ok(InvitationStep::Over);
    };
    let step = row.may_claim(claim, now_ms);
    if step == InvitationStep::Done && row.claim.is_none() {
        db.prepare_cached("UPDATE invitations SET claim = ?2 WHERE invitation = ?1")?
            .execute(params![id.0, claim])?;
    }
    Ok(step)
}

pub(super) fn answer(db: &Connection, id: InvitationId, welcome: Option<&[u8]>) -> Result<InvitationStep> {
    let Some(row) = invitation(db, id)? else {
        return Ok(InvitationStep::Over);
    };
    let answer = welcome.map_or(Answer::Closed, |welcome| Answer::Welcome(welcome.to_vec()));
    let step = row.may_answer(&answer);
    if step == InvitationStep::Done && row.answer == Answer::None {
        db.prepare_cached("UPDATE invitations SET welcome = ?2, closed = ?3 WHERE invitation = ?1")?
            .execute(params![id.0, welcome, welcome.is_none()])?;
    }
    Ok(step)
}

/// Clears away what nobody has to know any more, and sign-ins that were not finished.
pub(super) fn clear_over(db: &Connection, now_ms: i64) -> Result<bool> {
    let invitations = db
        .prepare_cached(
            "DELETE FROM invitations WHERE rowid IN
             (SELECT rowid FROM invitations WHERE expires_ms <= ?1 LIMIT 500)",
        )?
        .execute([now_ms.saturating_sub(INVITATION_GRACE_MS)])?;
    let logins = db
        .prepare_cached(
            "DELETE FROM logins WHERE login IN (SELECT login FROM logins WHERE expires_ms <= ?1 LIMIT 500)",
        )?
        .execute([now_ms])?;
    Ok(invitations + logins > 0)
}
