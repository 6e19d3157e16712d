//! Accounts: making one, signing in, recovering, a new passphrase, the end.
//!
//! Whether there is an account of some handle is told by nothing but the refusal to make another of it.

use alongside_wire::account::{
    HelloReply, LoginFinish, LoginStart, LoginStarted, PassphraseFinish, RecoverFinish, RecoverStart,
    RecoverStarted, RecoveryKey, RecoveryKeys, RegisterFinish, RegisterStart, RegisterStarted, Session,
    VaultStored,
};
use alongside_wire::limits::{MAX_VAULT_BYTES, is_handle};
use alongside_wire::opaque::Suite;
use alongside_wire::problem::Code;
use alongside_wire::{PROTOCOL, proof};
use axum::extract::State;
use axum::http::StatusCode;
use opaque_ke::{
    CredentialFinalization, CredentialRequest, RegistrationRequest, RegistrationUpload, ServerLogin,
    ServerLoginParameters, ServerRegistration,
};
use rand_core::{OsRng, RngCore as _};

use super::extract::{Address, Caller, Cbor, Reply, session_of};
use super::refusal::Refusal;
use crate::app::{App, Shared, random};
use crate::id::{AccountId, LoginId};
use crate::store::{Created, NewAccount, NewSession, PendingLogin, Store};

/// Enough for every message of these routes but those with a vault in them.
pub(super) const SMALL: usize = 8 * 1024;
/// Enough for a vault and what goes with it.
pub(super) const WITH_VAULT: usize = MAX_VAULT_BYTES + SMALL;

/// How long a sign-in may take between its two halves, in milliseconds: the client stretches the passphrase meanwhile.
const LOGIN_MS: i64 = 2 * 60 * 1000;

/// Keys that nobody holds: the compressed base point. Proofs are checked against them where there are none, so that it takes as long.
const NOBODY: RecoveryKeys = {
    let mut key = [0x66; 32];
    key[0] = 0x58;
    RecoveryKeys {
        account: key,
        both: key,
    }
};

fn handle_of<S: Store>(app: &App<S>, address: Address, handle: &str) -> Result<(), Refusal> {
    app.paced(app.rates.sign_in_address.take(address.0, 1.0))?;
    if !is_handle(handle) {
        return Err(Code::BadHandle.into());
    }
    app.paced(app.rates.sign_in_handle.take((address.0, handle.to_owned()), 1.0))
}

fn new_account_id() -> AccountId {
    // Not negative, for people who read the database.
    AccountId(i64::try_from(OsRng.next_u64() >> 1).unwrap_or(i64::MAX))
}

fn new_session(now_ms: i64) -> (Session, NewSession) {
    let token = random();
    (
        Session { token },
        NewSession {
            session: session_of(&token),
            now_ms,
        },
    )
}

async fn sign_in<S: Store>(app: &App<S>, account: AccountId) -> Result<Reply<Session>, Refusal> {
    let (session, new) = new_session(app.clock.now_ms());
    if app.store.open_session(account, new).await? {
        Ok(Reply(session))
    } else {
        Err(Code::WrongCredentials.into())
    }
}

fn record_of(upload: &[u8]) -> Result<Vec<u8>, Refusal> {
    let upload = RegistrationUpload::<Suite>::deserialize(upload).map_err(|_| Code::Malformed)?;
    Ok(ServerRegistration::finish(upload).serialize().to_vec())
}

fn vault_fits(sealed: &[u8]) -> Result<(), Refusal> {
    if sealed.len() > MAX_VAULT_BYTES {
        Err(Code::TooLarge.into())
    } else {
        Ok(())
    }
}

pub(super) async fn hello<S: Store>(
    State(app): State<Shared<S>>,
    address: Address,
) -> Result<Reply<HelloReply>, Refusal> {
    app.paced(app.rates.anonymous_address.take(address.0, 1.0))?;
    let now_ms = app.clock.now_ms();
    Ok(Reply(HelloReply {
        oldest: PROTOCOL,
        newest: PROTOCOL,
        now_ms,
        open: app.open,
    }))
}

fn registration<S: Store>(
    app: &App<S>,
    handle: &str,
    request: &[u8],
) -> Result<Reply<RegisterStarted>, Refusal> {
    let request = RegistrationRequest::<Suite>::deserialize(request).map_err(|_| Code::Malformed)?;
    let started =
        ServerRegistration::start(&app.opaque, request, handle.as_bytes()).map_err(|_| Code::Malformed)?;
    Ok(Reply(RegisterStarted {
        response: started.message.serialize().to_vec().into(),
    }))
}

pub(super) async fn register_start<S: Store>(
    State(app): State<Shared<S>>,
    address: Address,
    Cbor { message, .. }: Cbor<RegisterStart, SMALL>,
) -> Result<Reply<RegisterStarted>, Refusal> {
    handle_of(&app, address, &message.handle)?;
    if !app.open {
        return Err(Code::AccountsClosed.into());
    }
    if app.store.credentials(message.handle.clone()).await?.is_some() {
        return Err(Code::HandleTaken.into());
    }
    registration(&app, &message.handle, &message.request)
}

pub(super) async fn register_finish<S: Store>(
    State(app): State<Shared<S>>,
    address: Address,
    Cbor { message, .. }: Cbor<RegisterFinish, WITH_VAULT>,
) -> Result<Reply<Session>, Refusal> {
    handle_of(&app, address, &message.handle)?;
    if !app.open {
        return Err(Code::AccountsClosed.into());
    }
    vault_fits(&message.vault)?;
    let record = record_of(&message.upload)?;
    app.paced(app.rates.register_address.take(address.0, 1.0))?;
    let (session, first) = new_session(app.clock.now_ms());
    let new = NewAccount {
        account: new_account_id(),
        handle: message.handle,
        record,
        vault: message.vault.into(),
        session: first,
    };
    match app.store.create_account(new).await? {
        Created::Created => Ok(Reply(session)),
        Created::HandleTaken => Err(Code::HandleTaken.into()),
    }
}

pub(super) async fn login_start<S: Store>(
    State(app): State<Shared<S>>,
    address: Address,
    Cbor { message, .. }: Cbor<LoginStart, SMALL>,
) -> Result<Reply<LoginStarted>, Refusal> {
    handle_of(&app, address, &message.handle)?;
    let request = CredentialRequest::<Suite>::deserialize(&message.request).map_err(|_| Code::Malformed)?;
    let credentials = app.store.credentials(message.handle.clone()).await?;
    let account = credentials.as_ref().map(|credentials| credentials.account);
    let record = credentials.and_then(|known| ServerRegistration::deserialize(&known.record).ok());
    let parameters = ServerLoginParameters::default();
    let handle = message.handle.as_bytes();
    // Without a record it makes one up, and the client's last step fails as with a wrong passphrase.
    let started = ServerLogin::start(&mut OsRng, &app.opaque, record, request, handle, parameters)
        .map_err(|_| Code::Malformed)?;
    let login = LoginId(random());
    let pending = PendingLogin {
        account,
        state: started.state.serialize().to_vec(),
    };
    app.store
        .keep_login(login, pending, app.clock.now_ms() + LOGIN_MS)
        .await?;
    Ok(Reply(LoginStarted {
        response: started.message.serialize().to_vec().into(),
        state: login.0.to_vec().into(),
    }))
}

pub(super) async fn login_finish<S: Store>(
    State(app): State<Shared<S>>,
    address: Address,
    Cbor { message, .. }: Cbor<LoginFinish, SMALL>,
) -> Result<Reply<Session>, Refusal> {
    app.paced(app.rates.sign_in_address.take(address.0, 1.0))?;
    let finalization =
        CredentialFinalization::<Suite>::deserialize(&message.finalization).map_err(|_| Code::Malformed)?;
    let login = LoginId(message.state.as_slice().try_into().map_err(|_| Code::Malformed)?);
    let pending = app
        .store
        .take_login(login, app.clock.now_ms())
        .await?
        .ok_or(Code::WrongCredentials)?;
    let state = ServerLogin::<Suite>::deserialize(&pending.state).map_err(|_| Code::WrongCredentials)?;
    state
        .finish(finalization, ServerLoginParameters::default())
        .map_err(|_| Code::WrongCredentials)?;
    sign_in(&app, pending.account.ok_or(Code::WrongCredentials)?).await
}

pub(super) async fn recover_start<S: Store>(
    State(app): State<Shared<S>>,
    address: Address,
    Cbor { message, .. }: Cbor<RecoverStart, SMALL>,
) -> Result<Reply<RecoverStarted>, Refusal> {
    handle_of(&app, address, &message.handle)?;
    let challenge = app.mac.challenge(&message.handle, random(), app.clock.now_ms());
    Ok(Reply(RecoverStarted {
        challenge: challenge.into(),
    }))
}

pub(super) async fn recover_finish<S: Store>(
    State(app): State<Shared<S>>,
    address: Address,
    Cbor { message, .. }: Cbor<RecoverFinish, SMALL>,
) -> Result<Reply<Session>, Refusal> {
    handle_of(&app, address, &message.handle)?;
    if !app
        .mac
        .holds(&message.challenge, &message.handle, app.clock.now_ms())
    {
        return Err(Code::BadProof.into());
    }
    let credentials = app.store.credentials(message.handle.clone()).await?;
    let known = credentials.and_then(|known| Some((known.account, known.recovery?)));
    let keys = known.as_ref().map_or(NOBODY, |(_, keys)| keys.clone());
    let parts: [&[u8]; 2] = [message.handle.as_bytes(), &message.challenge];
    // Both are checked in any case, so that the time tells nothing.
    let account = proof::holds(
        &keys.account,
        &message.account,
        proof::Purpose::RecoverAccount,
        &parts,
    );
    let both = proof::holds(&keys.both, &message.both, proof::Purpose::Recover, &parts);
    match known {
        Some((known, _)) if account && both => sign_in(&app, known).await,
        Some(_) if account => Err(Code::WrongCredentials.into()),
        // No such account, none that can be recovered, or the wrong words: not told apart.
        Some(_) | None => Err(Code::WrongAccountProof.into()),
    }
}

pub(super) async fn passphrase_start<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Cbor { message, .. }: Cbor<RegisterStart, SMALL>,
) -> Result<Reply<RegisterStarted>, Refusal> {
    let account = app
        .store
        .account(caller.account)
        .await?
        .ok_or(Code::SessionEnded)?;
    if account.handle != message.handle {
        return Err(Code::BadHandle.into());
    }
    registration(&app, &account.handle, &message.request)
}

pub(super) async fn passphrase_finish<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Cbor { message, bytes }: Cbor<PassphraseFinish, WITH_VAULT>,
) -> Result<Reply<VaultStored>, Refusal> {
    app.pace_account(caller.account, bytes)?;
    vault_fits(&message.vault.sealed)?;
    let record = record_of(&message.upload)?;
    let put = app
        .store
        .change_passphrase(
            caller.account,
            caller.session,
            record,
            message.vault.replaces,
            message.vault.sealed.into(),
        )
        .await?;
    app.sessions_changed(caller.account);
    super::vault::stored(put)
}

pub(super) async fn recovery_key<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
    Cbor { message, .. }: Cbor<RecoveryKey, SMALL>,
) -> Result<StatusCode, Refusal> {
    app.store.set_recovery(caller.account, message.keys).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn delete<S: Store>(
    State(app): State<Shared<S>>,
    caller: Caller,
) -> Result<StatusCode, Refusal> {
    app.store.delete_account(caller.account).await?;
    app.sessions_changed(caller.account);
    Ok(StatusCode::NO_CONTENT)
}
