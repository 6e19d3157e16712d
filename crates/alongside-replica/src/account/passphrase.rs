//! Another passphrase, another session, and signing out.

use alongside_log::keep::{self};
use alongside_log::vault::OpenVault;
use alongside_wire::account::{self};
use alongside_wire::problem::Code;
use alongside_wire::route::pattern;
use minicbor::bytes::ByteVec;

use super::errors::{SignInError, VaultChangeError};
use super::session_id;
use crate::client::Client;
use crate::device::{LAYOUT, LockRow, PortRng};
use crate::net::{Ask, AskError, NetError};
use crate::ports::{Platform, Store, StoreError, Table, Write};
use crate::trouble::Trouble;

impl<P: Platform> Client<P> {
    /// Gives the account another passphrase at the relay, with the vault that goes with it.
    pub(super) async fn set_passphrase(
        &self,
        handle: &str,
        passphrase: &str,
        token: &[u8; 32],
        vault: &mut OpenVault,
    ) -> Result<(), AskError> {
        let platform = self.platform();
        let registered = self
            .register(pattern::PASSPHRASE_START, handle, passphrase, Some(token))
            .await?;
        vault.set_passphrase(&registered.export_key, &mut PortRng(platform));
        let replaces = vault.generation;
        vault.generation += 1;
        let sealed = ByteVec::from(vault.seal(&mut PortRng(platform)));
        let finish = account::PassphraseFinish {
            upload: ByteVec::from(registered.upload),
            vault: account::PutVault { replaces, sealed },
        };
        let stored: account::VaultStored = Ask::post(pattern::PASSPHRASE_FINISH)
            .session(token)
            .body(&finish)
            .send(platform.transport())
            .await?;
        vault.generation = stored.generation;
        Ok(())
    }

    /// Another passphrase. All other devices are signed out.
    ///
    /// # Errors
    /// [`VaultChangeError`]; the old one still holds then.
    pub async fn change_passphrase(&self, old: &str, new: &str) -> Result<(), VaultChangeError> {
        let platform = self.platform();
        let lock = self
            .0
            .inner
            .borrow()
            .lock
            .clone()
            .ok_or(VaultChangeError::Locked)?;
        if keep::unlock(old, &lock.lock).is_err() {
            return Err(VaultChangeError::WrongPassphrase);
        }
        self.push_vault().await?;
        // From here on nothing may come into the vault: what is sent takes the place of all that is in it.
        let _turn = self.turn().await;
        let taken = self.with_open(|open| {
            let key = open.vault.vault_key();
            let sealed = open.vault.seal(&mut PortRng(platform));
            (open.handle.clone(), open.row.session, sealed, key)
        });
        let (handle, session, sealed, key) = taken.map_err(|_| VaultChangeError::Locked)?;
        let session = session.ok_or(VaultChangeError::Net(NetError::SessionEnded))?;
        let mut vault = OpenVault::open_with_key(&sealed, &handle, &key)
            .map_err(|_| VaultChangeError::Storage(StoreError::Failed))?;
        self.set_passphrase(&handle, new, &session, &mut vault)
            .await
            .map_err(NetError::from)?;
        let written = self.with_open(|open| {
            open.row.vault_known = vault.generation;
            open.vault = vault;
            let lock = LockRow {
                layout: LAYOUT,
                handle: handle.clone(),
                lock: ByteVec::from(keep::lock(new, &open.local, &mut PortRng(platform))),
            };
            let writes = vec![lock.put(), open.put_device(platform), open.put_vault(platform)];
            (lock, writes)
        });
        let (lock, writes) = written.map_err(|_| VaultChangeError::Locked)?;
        platform.store().commit(writes).await?;
        self.0.inner.borrow_mut().lock = Some(lock);
        Ok(())
    }

    /// Signs this device out: erases everything on it, and ends its session as far as the relay can be reached.
    ///
    /// # Errors
    /// As the store fails; the device is not erased then.
    pub async fn sign_out(&self) -> Result<(), StoreError> {
        let session = self.with_open(|open| open.row.session).ok().flatten();
        let _turn = self.turn().await;
        let platform = self.platform();
        platform
            .store()
            .commit(Table::ALL.into_iter().map(Write::Clear).collect())
            .await?;
        self.0.inner.borrow_mut().lock = None;
        self.lock();
        if let Some(token) = session {
            use alongside_wire::route;
            let path = route::with(pattern::SESSION, &session_id(&token));
            let _ = Ask::new("DELETE", path)
                .session(&token)
                .send_for_nothing(platform.transport())
                .await;
        }
        Ok(())
    }

    /// Signs in again where the session has ended, with the passphrase alone: this device has the rest.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn renew_session(&self, passphrase: &str) -> Result<(), SignInError> {
        let handle = self.handle().ok_or(SignInError::WrongCredentials)?;
        let (token, _) = self
            .log_in(&handle, passphrase)
            .await
            .map_err(|error| match error.code() {
                Some(Code::WrongCredentials) => SignInError::WrongCredentials,
                _ => SignInError::Net(error.into()),
            })?;
        let _turn = self.turn().await;
        let write = self.with_open(|open| {
            open.row.session = Some(token);
            for space in open.spaces.values_mut() {
                space.ticket = None;
            }
            open.put_device(self.platform())
        });
        if let Ok(write) = write {
            self.platform().store().commit(vec![write]).await?;
        }
        self.settle_trouble(|trouble| matches!(trouble, Trouble::SessionEnded));
        self.0.wake.wake();
        Ok(())
    }
}
