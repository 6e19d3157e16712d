//! Making an account, and the two exchanges of OPAQUE that everything here rests on.

use alongside_log::identity::{Device, Identity};
use alongside_log::ids::SpaceId;
use alongside_log::keep::{self, LocalKey};
use alongside_log::vault::{KnownDevice, OpenVault, SpaceKind, VaultContents};
use alongside_log::words::Words;
use alongside_wire::account::{self, Session};
use alongside_wire::problem::Code;
use alongside_wire::route::pattern;
use alongside_wire::{limits, opaque};
use minicbor::bytes::ByteVec;
use opaque_ke::{
    ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialResponse, Identifiers, RegistrationResponse,
};
use zeroize::Zeroizing;

use super::errors::MakeAccountError;
use crate::client::Client;
use crate::device::{DeviceRow, Open, PortRng};
use crate::net::{Ask, AskError};
use crate::outbox::Outbox;
use crate::ports::{Platform, Store, StoreError, Table, Write};
use crate::writer::{Batch, begin_space};

/// Handles are lower case, whatever was typed.
pub(super) fn tidy(handle: &str) -> String {
    handle.trim().trim_start_matches('@').to_lowercase()
}

pub(super) struct Registered {
    pub(super) upload: Vec<u8>,
    pub(super) export_key: Zeroizing<Vec<u8>>,
}

impl<P: Platform> Client<P> {
    /// Makes an account, with a Me, and unlocks it on this device. Answers the account words: they are shown once, and asked for
    /// on every other device.
    ///
    /// # Errors
    /// [`MakeAccountError`]; no account was made then.
    pub async fn make_account(
        &self,
        handle: &str,
        passphrase: &str,
        name: &str,
    ) -> Result<Vec<&'static str>, MakeAccountError> {
        let handle = tidy(handle);
        if !limits::is_handle(&handle) {
            return Err(MakeAccountError::BadHandle);
        }
        let platform = self.platform();
        // A device that cannot keep anything shall say so before there is an account that only it could open.
        platform
            .store()
            .commit(vec![Write::Put(Table::Meta, b"probe".to_vec(), vec![0; 4096])])
            .await?;
        platform
            .store()
            .commit(vec![Write::Delete(Table::Meta, b"probe".to_vec())])
            .await?;

        let refused = |error: AskError| match error.code() {
            Some(Code::HandleTaken) => MakeAccountError::Taken,
            Some(Code::BadHandle) => MakeAccountError::BadHandle,
            Some(Code::AccountsClosed) => MakeAccountError::AccountsClosed,
            _ => MakeAccountError::Net(error.into()),
        };
        let registered = self
            .register(pattern::REGISTER_START, &handle, passphrase, None)
            .await
            .map_err(refused)?;

        let rng = &mut PortRng(platform);
        let identity = Identity::make(rng);
        let device = Device::make(rng);
        let cert = identity.certify(&device.public());
        let account_words = Words::make(rng);
        let phrase = account_words.phrase();
        let contents = VaultContents {
            identity,
            account_words,
            spaces: Vec::new(),
            devices: vec![KnownDevice {
                cert: cert.clone(),
                label: String::new(),
                revoked: false,
            }],
            pins: Vec::new(),
        };
        let vault = OpenVault::make(contents, &handle, &registered.export_key, rng);
        let row = DeviceRow::new(&device, cert, [0; 32], &vault);
        let mut open = Open {
            decode: self.0.decode,
            handle: handle.clone(),
            local: LocalKey::make(rng),
            row,
            device,
            vault,
            spaces: std::collections::BTreeMap::new(),
            outbox: Outbox::from_rows([]),
            sent: Vec::new(),
            claimed: Vec::new(),
        };
        let mut bytes = [0; 16];
        platform.fill_random(&mut bytes);
        let me_space = SpaceId::from_bytes(bytes);
        let batch = begin_space(&mut open, platform, me_space, SpaceKind::Me, Batch::default())
            .map_err(|_| MakeAccountError::Storage(StoreError::Failed))?;
        open.update_keyring(me_space);

        let finish = account::RegisterFinish {
            handle: handle.clone(),
            upload: ByteVec::from(registered.upload),
            vault: ByteVec::from(open.vault.seal(rng)),
        };
        let session: Session = Ask::post(pattern::REGISTER_FINISH)
            .body(&finish)
            .send(platform.transport())
            .await
            .map_err(refused)?;
        open.row.session = Some(session.token);

        let _turn = self.turn().await;
        self.move_in(open, passphrase, batch).await?;
        drop(_turn);
        let wish = alongside_core::members::Command::Set {
            name: name.to_owned(),
        };
        if let Some(space) = self.me_space() {
            // A name that the domain refuses was refused by the form before; the account stands either way.
            let _ = self
                .dispatch(vec![(space, alongside_core::root::Command::Members(wish))])
                .await;
        }
        Ok(phrase)
    }

    /// OPAQUE registration up to its upload.
    pub(super) async fn register(
        &self,
        path: &'static str,
        handle: &str,
        passphrase: &str,
        session: Option<&[u8; 32]>,
    ) -> Result<Registered, AskError> {
        let platform = self.platform();
        let passphrase = keep::normalise_passphrase(passphrase);
        let start = ClientRegistration::<opaque::Suite>::start(&mut PortRng(platform), passphrase.as_bytes())
            .map_err(|_| AskError::Garbled)?;
        let request = account::RegisterStart {
            handle: handle.to_owned(),
            request: ByteVec::from(start.message.serialize().to_vec()),
        };
        let mut ask = Ask::post(path).body(&request);
        if let Some(token) = session {
            ask = ask.session(token);
        }
        let started: account::RegisterStarted = ask.send(platform.transport()).await?;
        let response = RegistrationResponse::deserialize(&started.response).map_err(|_| AskError::Garbled)?;
        let stretch = opaque::stretch();
        let parameters = ClientRegistrationFinishParameters::new(Identifiers::default(), Some(&stretch));
        let finished = start
            .state
            .finish(
                &mut PortRng(platform),
                passphrase.as_bytes(),
                response,
                parameters,
            )
            .map_err(|_| AskError::Garbled)?;
        Ok(Registered {
            upload: finished.message.serialize().to_vec(),
            export_key: Zeroizing::new(finished.export_key.to_vec()),
        })
    }

    /// OPAQUE sign-in: a session, and the key that the passphrase alone gives.
    pub(super) async fn log_in(
        &self,
        handle: &str,
        passphrase: &str,
    ) -> Result<([u8; 32], Zeroizing<Vec<u8>>), AskError> {
        let platform = self.platform();
        let passphrase = keep::normalise_passphrase(passphrase);
        let start = ClientLogin::<opaque::Suite>::start(&mut PortRng(platform), passphrase.as_bytes())
            .map_err(|_| AskError::Garbled)?;
        let request = account::LoginStart {
            handle: handle.to_owned(),
            request: ByteVec::from(start.message.serialize().to_vec()),
        };
        let started: account::LoginStarted = Ask::post(pattern::LOGIN_START)
            .body(&request)
            .send(platform.transport())
            .await?;
        let response = CredentialResponse::deserialize(&started.response).map_err(|_| AskError::Garbled)?;
        let stretch = opaque::stretch();
        let parameters = ClientLoginFinishParameters::new(None, Identifiers::default(), Some(&stretch));
        let finished = start
            .state
            .finish(&mut PortRng(platform), passphrase.as_bytes(), response, parameters)
            // With a wrong passphrase the relay's answer does not open: it is never told the guess.
            .map_err(|_| AskError::Problem(Code::WrongCredentials.into()))?;
        let finish = account::LoginFinish {
            state: started.state,
            finalization: ByteVec::from(finished.message.serialize().to_vec()),
        };
        let session: Session = Ask::post(pattern::LOGIN_FINISH)
            .body(&finish)
            .send(platform.transport())
            .await?;
        Ok((session.token, Zeroizing::new(finished.export_key.to_vec())))
    }
}
