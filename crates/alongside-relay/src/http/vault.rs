//! The vault and the sessions of an account.

use alongside_wire::account::{PutVault, SessionInfo, Sessions, Vault, VaultStored};
use alongside_wire::limits::MAX_VAULT_BYTES;
use alongside_wire::problem::Code;
use axum::extract::State;
use axum::http::StatusCode;

use super::accounts::WITH_VAULT;
use super::extract::{Caller, Cbor, Named, Reply};
use super::refusal::Refusal;
use crate::app::Shared;
use crate::store::{Store, VaultPut};

/// What is answered to a vault that was put.
pub(super) fn stored(put: VaultPut) -> Result<Reply<VaultStored>, Refusal> {
    match put {
        VaultPut::Stored(generation) => Ok(Reply(VaultStored { generation })),
        VaultPut::Conflict => Err(Code::VaultConflict.into()),
        VaultPut::NoAccount => Err(Code::SessionEnded.into()),
    }
}

pub(super) async fn get<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
) -> Result<Reply<Vault>, Refusal> {
    let (generation, sealed) = app.store.vault(caller.account).await?.ok_or(Code::SessionEnded)?;
    Ok(Reply(Vault {
        generation,
        sealed: sealed.into(),
    }))
}

pub(super) async fn put<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Cbor { message, bytes }: Cbor<PutVault, WITH_VAULT>,
) -> Result<Reply<VaultStored>, Refusal> {
    app.pace_account(caller.account, bytes)?;
    if message.sealed.len() > MAX_VAULT_BYTES {
        return Err(Code::TooLarge.into());
    }
    stored(
        app.store
            .put_vault(caller.account, message.replaces, message.sealed.into())
            .await?,
    )
}

pub(super) async fn sessions<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
) -> Result<Reply<Sessions>, Refusal> {
    let rows = app.store.sessions(caller.account).await?;
    let sessions = rows
        .into_iter()
        .map(|row| SessionInfo {
            id: row.session.0,
            made_ms: row.made_ms,
            used_day: row.used_day,
            this: row.session == caller.session,
        })
        .collect();
    Ok(Reply(Sessions { sessions }))
}

pub(super) async fn end_session<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Named(session): Named,
) -> Result<StatusCode, Refusal> {
    let ended = app.store.end_session(caller.account, session).await?;
    app.sessions_changed(caller.account);
    if ended {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Code::NotFound.into())
    }
}
