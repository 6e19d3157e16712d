//! Invitations. A GET changes nothing, however many robots follow the link; what changes something is a POST, signed.

use alongside_wire::invitation::{Claim, Claimed, Entrance, Invitation, Invite, Proof, Welcome};
use alongside_wire::limits::{MAX_INVITATION_BYTES, MAX_INVITATION_S};
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};
use axum::extract::State;
use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};

use super::accounts::SMALL;
use super::extract::{Address, Caller, Cbor, Invited, Reply};
use super::refusal::Refusal;
use crate::app::{App, Shared};
use crate::bus::Topic;
use crate::id::InvitationId;
use crate::store::{Answer, InvitationRow, InvitationStep, NewInvitation, Store};

const LARGE: usize = MAX_INVITATION_BYTES + SMALL;

fn fits(sealed: &[u8]) -> Result<(), Refusal> {
    if sealed.len() > MAX_INVITATION_BYTES {
        Err(Code::TooLarge.into())
    } else {
        Ok(())
    }
}

/// Whose key a proof is by.
#[derive(Clone, Copy)]
enum By {
    Link,
    Inviter,
}

/// An invitation on which this session may do something: one that is there, and the proof holds.
async fn proven<S: Store>(
    app: &App<S>,
    caller: Caller,
    invitation: InvitationId,
    (by, purpose, what): (By, Purpose, Option<&[u8]>),
    signature: &[u8; 64],
) -> Result<InvitationRow, Refusal> {
    let row = app
        .store
        .invitation(invitation)
        .await?
        .ok_or(Code::InvitationOver)?;
    let key = match by {
        By::Link => &row.made.key,
        By::Inviter => &row.made.inviter,
    };
    let hash = what.map(Sha256::digest);
    let mut parts: Vec<&[u8]> = vec![&invitation.0];
    parts.extend(hash.as_ref().map(|hash| hash.as_slice()));
    parts.push(&caller.session.0);
    if proof::holds(key, signature, purpose, &parts) {
        Ok(row)
    } else {
        Err(Code::BadProof.into())
    }
}

fn step<S: Store>(
    app: &App<S>,
    invitation: InvitationId,
    step: InvitationStep,
) -> Result<StatusCode, Refusal> {
    match step {
        InvitationStep::Done => {
            app.bus.publish(Topic::Invitation(invitation));
            Ok(StatusCode::NO_CONTENT)
        }
        InvitationStep::Used => Err(Code::InvitationUsed.into()),
        InvitationStep::Over => Err(Code::InvitationOver.into()),
        InvitationStep::NotClaimed => Err(Code::NotFound.into()),
    }
}

/// Whether nobody can come in by it any more.
fn is_over(row: &InvitationRow, now_ms: i64) -> bool {
    row.answer == Answer::Closed || (row.claim.is_none() && now_ms >= row.made.expires_ms)
}

pub(super) async fn invite<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Cbor { message, bytes }: Cbor<Invite, LARGE>,
) -> Result<StatusCode, Refusal> {
    app.pace_account(caller.account, bytes)?;
    app.paced(app.rates.account_new.take(caller.account, 1.0))?;
    fits(&message.blob)?;
    if !(1..=MAX_INVITATION_S).contains(&message.valid_s) {
        return Err(Code::Malformed.into());
    }
    let hash = Sha256::digest(message.blob.as_slice());
    let parts: [&[u8]; 3] = [&message.invitation, &hash, &caller.session.0];
    if !proof::holds(&message.inviter, &message.signature, Purpose::Invite, &parts) {
        return Err(Code::BadProof.into());
    }
    let valid_ms = i64::try_from(message.valid_s)
        .unwrap_or(i64::MAX)
        .saturating_mul(1000);
    let new = NewInvitation {
        invitation: InvitationId(message.invitation),
        key: message.key,
        inviter: message.inviter,
        blob: message.blob.into(),
        expires_ms: app.clock.now_ms().saturating_add(valid_ms),
    };
    if app.store.invite(new).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Code::InvitationUsed.into())
    }
}

pub(super) async fn get<S: Store>(
    State(app): State<Shared<S>>,
    address: Address,
    Invited(invitation): Invited,
) -> Result<Reply<Invitation>, Refusal> {
    app.paced(app.rates.anonymous_address.take(address.0, 1.0))?;
    let row = app
        .store
        .invitation(invitation)
        .await?
        .ok_or(Code::InvitationOver)?;
    if is_over(&row, app.clock.now_ms()) {
        return Err(Code::InvitationOver.into());
    }
    Ok(Reply(Invitation {
        blob: row.made.blob.into(),
        expires_ms: row.made.expires_ms,
        claimed: row.claim.is_some(),
    }))
}

pub(super) async fn claim<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Invited(invitation): Invited,
    Cbor { message, bytes }: Cbor<Claim, LARGE>,
) -> Result<StatusCode, Refusal> {
    app.pace_account(caller.account, bytes)?;
    fits(&message.claim)?;
    let by = (By::Link, Purpose::Claim, Some(message.claim.as_slice()));
    proven(&app, caller, invitation, by, &message.signature).await?;
    let taken = app
        .store
        .claim(invitation, message.claim.into(), app.clock.now_ms())
        .await?;
    step(&app, invitation, taken)
}

pub(super) async fn look<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Invited(invitation): Invited,
    Cbor { message, .. }: Cbor<Proof, SMALL>,
) -> Result<Reply<Claimed>, Refusal> {
    let by = (By::Inviter, Purpose::Look, None);
    let row = proven(&app, caller, invitation, by, &message.signature).await?;
    if is_over(&row, app.clock.now_ms()) {
        return Err(Code::InvitationOver.into());
    }
    Ok(Reply(Claimed {
        claim: row.claim.map(Into::into),
        expires_ms: row.made.expires_ms,
    }))
}

pub(super) async fn welcome<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Invited(invitation): Invited,
    Cbor { message, bytes }: Cbor<Welcome, LARGE>,
) -> Result<StatusCode, Refusal> {
    app.pace_account(caller.account, bytes)?;
    let said = message
        .welcome
        .as_ref()
        .map_or(&[][..], |welcome| welcome.as_slice());
    fits(said)?;
    proven(
        &app,
        caller,
        invitation,
        (By::Inviter, Purpose::Welcome, Some(said)),
        &message.signature,
    )
    .await?;
    let answered = app
        .store
        .answer(invitation, message.welcome.map(Into::into))
        .await?;
    step(&app, invitation, answered)
}

pub(super) async fn enter<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Invited(invitation): Invited,
    Cbor { message, .. }: Cbor<Proof, SMALL>,
) -> Result<Reply<Entrance>, Refusal> {
    let by = (By::Link, Purpose::Watch, None);
    let row = proven(&app, caller, invitation, by, &message.signature).await?;
    match row.answer {
        Answer::Welcome(welcome) => Ok(Reply(Entrance::Open(welcome.into()))),
        Answer::Closed => Ok(Reply(Entrance::Closed)),
        Answer::None if row.claim.is_none() && app.clock.now_ms() >= row.made.expires_ms => {
            Err(Code::InvitationOver.into())
        }
        Answer::None => Ok(Reply(Entrance::Waiting)),
    }
}

pub(super) async fn revoke<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Invited(invitation): Invited,
    Cbor { message, .. }: Cbor<Proof, SMALL>,
) -> Result<StatusCode, Refusal> {
    let by = (By::Inviter, Purpose::Revoke, None);
    proven(&app, caller, invitation, by, &message.signature).await?;
    let answered = app.store.answer(invitation, None).await?;
    step(&app, invitation, answered)
}
