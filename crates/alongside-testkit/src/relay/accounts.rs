//! Accounts, sessions and vaults of the model.

use alongside_replica::ports::HttpRequest;
use alongside_wire::account::{
    LoginFinish, LoginStart, LoginStarted, PassphraseFinish, PutVault, RecoverFinish, RecoverStart,
    RecoverStarted, RecoveryKey, RegisterFinish, RegisterStart, RegisterStarted, Session, Vault, VaultStored,
};
use alongside_wire::limits::is_handle;
use alongside_wire::opaque::Suite;
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};
use alongside_wire::{encode, envelope, route};
use opaque_ke::{
    CredentialFinalization, CredentialRequest, RegistrationRequest, RegistrationUpload, ServerLogin,
    ServerLoginParameters, ServerRegistration,
};

use super::{Account, Answer, Login, RelayState, body};

fn record(upload: &[u8]) -> Result<Vec<u8>, Code> {
    let upload = RegistrationUpload::<Suite>::deserialize(upload).map_err(|_| Code::Malformed)?;
    Ok(ServerRegistration::finish(upload).serialize().to_vec())
}

impl RelayState {
    fn sign_in(&mut self, handle: &str) -> Answer {
        let token = self.random();
        self.sessions
            .insert(envelope::payload_hash(&token), handle.to_owned());
        Ok(encode(&Session { token }))
    }

    fn registration(&self, handle: &str, request: &[u8]) -> Answer {
        let request = RegistrationRequest::<Suite>::deserialize(request).map_err(|_| Code::Malformed)?;
        let started = ServerRegistration::start(&self.setup, request, handle.as_bytes())
            .map_err(|_| Code::Malformed)?;
        Ok(encode(&RegisterStarted {
            response: started.message.serialize().to_vec().into(),
        }))
    }

    pub(super) fn account_route(&mut self, request: &HttpRequest, rest: &[&str]) -> Answer {
        match (request.method, rest) {
            ("POST", ["register", "start"]) => {
                let message: RegisterStart = body(request)?;
                self.may_register(&message.handle)?;
                self.registration(&message.handle, &message.request)
            }
            ("POST", ["register", "finish"]) => {
                let message: RegisterFinish = body(request)?;
                self.may_register(&message.handle)?;
                let account = Account {
                    record: record(&message.upload)?,
                    vault: message.vault.to_vec(),
                    generation: 1,
                    recovery: None,
                };
                self.accounts.insert(message.handle.clone(), account);
                self.sign_in(&message.handle)
            }
            ("POST", ["login", "start"]) => self.login_start(&body(request)?),
            ("POST", ["login", "finish"]) => {
                let message: LoginFinish = body(request)?;
                let finalization = CredentialFinalization::<Suite>::deserialize(&message.finalization)
                    .map_err(|_| Code::Malformed)?;
                let login = self
                    .logins
                    .remove(message.state.as_slice())
                    .ok_or(Code::WrongCredentials)?;
                login
                    .state
                    .finish(finalization, ServerLoginParameters::default())
                    .map_err(|_| Code::WrongCredentials)?;
                self.sign_in(&login.handle.ok_or(Code::WrongCredentials)?)
            }
            ("POST", ["recover", "start"]) => {
                let message: RecoverStart = body(request)?;
                if !is_handle(&message.handle) {
                    return Err(Code::BadHandle);
                }
                let challenge = self.random::<32>().to_vec();
                self.challenges.insert(challenge.clone(), message.handle);
                Ok(encode(&RecoverStarted {
                    challenge: challenge.into(),
                }))
            }
            ("POST", ["recover", "finish"]) => self.recover_finish(&body(request)?),
            ("POST", ["passphrase", "start"]) => {
                let (_, handle) = self.caller(request)?;
                let message: RegisterStart = body(request)?;
                self.registration(&handle, &message.request)
            }
            ("POST", ["passphrase", "finish"]) => {
                let (session, handle) = self.caller(request)?;
                let message: PassphraseFinish = body(request)?;
                let record = record(&message.upload)?;
                let answer = self.put_vault(&handle, &message.vault)?;
                if let Some(account) = self.accounts.get_mut(&handle) {
                    account.record = record;
                }
                self.sessions
                    .retain(|id, whose| *whose != handle || *id == session);
                Ok(answer)
            }
            ("PUT", ["recovery"]) => {
                let (_, handle) = self.caller(request)?;
                let message: RecoveryKey = body(request)?;
                if let Some(account) = self.accounts.get_mut(&handle) {
                    account.recovery = message.keys;
                }
                Ok(Vec::new())
            }
            _ => Err(Code::NotFound),
        }
    }

    fn may_register(&self, handle: &str) -> Result<(), Code> {
        if !is_handle(handle) {
            Err(Code::BadHandle)
        } else if !self.open {
            Err(Code::AccountsClosed)
        } else if self.accounts.contains_key(handle) {
            Err(Code::HandleTaken)
        } else {
            Ok(())
        }
    }

    fn login_start(&mut self, message: &LoginStart) -> Answer {
        if !is_handle(&message.handle) {
            return Err(Code::BadHandle);
        }
        let request =
            CredentialRequest::<Suite>::deserialize(&message.request).map_err(|_| Code::Malformed)?;
        let known = self.accounts.get(&message.handle);
        let record = known.and_then(|account| ServerRegistration::deserialize(&account.record).ok());
        let handle = record.is_some().then(|| message.handle.clone());
        let started = ServerLogin::start(
            &mut self.rng,
            &self.setup,
            record,
            request,
            message.handle.as_bytes(),
            ServerLoginParameters::default(),
        )
        .map_err(|_| Code::Malformed)?;
        let name = self.random::<16>().to_vec();
        let login = Login {
            handle,
            state: started.state,
        };
        self.logins.insert(name.clone(), login);
        Ok(encode(&LoginStarted {
            response: started.message.serialize().to_vec().into(),
            state: name.into(),
        }))
    }

    fn recover_finish(&mut self, message: &RecoverFinish) -> Answer {
        if self.challenges.get(message.challenge.as_slice()) != Some(&message.handle) {
            return Err(Code::BadProof);
        }
        let keys = self
            .accounts
            .get(&message.handle)
            .and_then(|account| account.recovery.clone());
        let keys = keys.ok_or(Code::WrongAccountProof)?;
        let parts: [&[u8]; 2] = [message.handle.as_bytes(), &message.challenge];
        if !proof::holds(&keys.account, &message.account, Purpose::RecoverAccount, &parts) {
            Err(Code::WrongAccountProof)
        } else if !proof::holds(&keys.both, &message.both, Purpose::Recover, &parts) {
            Err(Code::WrongCredentials)
        } else {
            self.sign_in(&message.handle)
        }
    }

    pub(super) fn end_session(&mut self, request: &HttpRequest, session: &str) -> Answer {
        let (_, handle) = self.caller(request)?;
        let session: [u8; 32] = route::unhex(session).ok_or(Code::Malformed)?;
        match self.sessions.get(&session) {
            Some(whose) if *whose == handle => {
                self.sessions.remove(&session);
                Ok(Vec::new())
            }
            Some(_) | None => Err(Code::NotFound),
        }
    }

    pub(super) fn vault_route(&mut self, request: &HttpRequest, method: &str) -> Answer {
        let (_, handle) = self.caller(request)?;
        if method == "PUT" {
            return self.put_vault(&handle, &body(request)?);
        }
        let account = self.accounts.get(&handle).ok_or(Code::SessionEnded)?;
        Ok(encode(&Vault {
            generation: account.generation,
            sealed: account.vault.clone().into(),
        }))
    }

    fn put_vault(&mut self, handle: &str, put: &PutVault) -> Answer {
        let account = self.accounts.get_mut(handle).ok_or(Code::SessionEnded)?;
        if account.generation != put.replaces {
            return Err(Code::VaultConflict);
        }
        account.generation += 1;
        account.vault = put.sealed.to_vec();
        Ok(encode(&VaultStored {
            generation: account.generation,
        }))
    }
}
