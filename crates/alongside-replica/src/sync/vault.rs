//! The vault: kept the same at the relay, on this device and on the person's others.

use alongside_log::ids::SpaceId;
use alongside_log::vault::OpenVault;
use alongside_wire::account;
use alongside_wire::problem::Code;
use alongside_wire::route::pattern;
use minicbor::bytes::ByteVec;

use super::SyncError;
use crate::client::{Change, Client};
use crate::device::{Open, PortRng};
use crate::net::{Ask, AskError, NetError};
use crate::ports::{Platform, Store};
use crate::trouble::Trouble;

impl<P: Platform> Client<P> {
    /// The vault as it is at the relay once this returns.
    pub(crate) async fn push_vault(&self) -> Result<(), crate::account::VaultChangeError> {
        use crate::account::VaultChangeError;
        self.push_vault_once().await.map_err(|error| match error {
            SyncError::NotNow => VaultChangeError::Locked,
            SyncError::Net(net) => VaultChangeError::Net(net),
            SyncError::Storage(storage) => VaultChangeError::Storage(storage),
        })
    }

    pub(super) async fn push_vault_once(&self) -> Result<(), SyncError> {
        let _way = self.vault_way().await;
        for _ in 0..4 {
            let platform = self.platform();
            let token = self.session()?;
            let prepared = self.with_open(|open| {
                open.row.vault_dirty.then(|| {
                    let replaces = open.row.vault_known;
                    open.vault.generation = replaces + 1;
                    let sealed = ByteVec::from(open.vault.seal(&mut PortRng(platform)));
                    (
                        account::PutVault { replaces, sealed },
                        open.vault.contents.spaces.len(),
                        fingerprint(open),
                    )
                })
            });
            let Ok(Some((put, _, told))) = prepared else {
                return Ok(());
            };
            let stored: Result<account::VaultStored, AskError> = Ask::new("PUT", pattern::VAULT)
                .session(&token)
                .body(&put)
                .send(platform.transport())
                .await;
            match stored {
                Ok(stored) => {
                    let _turn = self.turn().await;
                    let writes = self.with_open(|open| {
                        open.row.vault_known = stored.generation;
                        open.vault.generation = stored.generation;
                        // Something may have been added while this was under way.
                        open.row.vault_dirty = fingerprint(open) != told;
                        vec![open.put_device(platform), open.put_vault(platform)]
                    });
                    let Ok(writes) = writes else {
                        return Err(SyncError::NotNow);
                    };
                    platform.store().commit(writes).await?;
                }
                Err(error) if error.code() == Some(Code::VaultConflict) => {
                    let theirs = self.fetch(&token).await?;
                    self.merge_vault(theirs).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Looks whether another device of mine has changed the vault: began or left a space, or came to a key.
    pub(crate) async fn catch_up_vault(&self) -> Result<(), SyncError> {
        let token = self.session()?;
        let theirs = self.fetch(&token).await?;
        let known = self.with_open(|open| open.row.vault_known);
        match known {
            Ok(known) if known == theirs.generation => Ok(()),
            Ok(known) => {
                if theirs.generation < known
                    && let Some(space) = self.me_space()
                {
                    self.raise_trouble(Trouble::RolledBack { space });
                }
                self.merge_vault(theirs).await
            }
            Err(_) => Err(SyncError::NotNow),
        }
    }

    async fn fetch(&self, token: &[u8; 32]) -> Result<account::Vault, SyncError> {
        let asked = Ask::get(pattern::VAULT).session(token);
        Ok(asked.send(self.platform().transport()).await?)
    }

    /// Another device of mine was first: takes what it added, so that nothing of either is lost.
    async fn merge_vault(&self, theirs: account::Vault) -> Result<(), SyncError> {
        let platform = self.platform();
        let _turn = self.turn().await;
        let merged = self.with_open(|open| {
            let key = open.vault.vault_key();
            let Ok(other) = OpenVault::open_with_key(&theirs.sealed, &open.handle, &key) else {
                return None;
            };
            let mine = core::mem::replace(&mut open.vault, other);
            let news = open.vault.merge(&mine);
            open.vault.generation = theirs.generation;
            open.row.vault_known = theirs.generation;
            open.row.vault_dirty = news;
            crate::vaulting::adopt(open);
            Some(vec![open.put_device(platform), open.put_vault(platform)])
        });
        match merged {
            Ok(Some(writes)) => {
                platform.store().commit(writes).await?;
                self.announce(&[Change::Spaces]);
                Ok(())
            }
            // Sealed under a key that this device has not got: the account was secured from elsewhere, and this device is out.
            Ok(None) => Err(SyncError::Net(NetError::SessionEnded)),
            Err(_) => Err(SyncError::NotNow),
        }
    }

    /// Fetches the vault when it is needed for a key that another device has put there.
    pub(super) async fn refetch_vault(&self) -> Result<(), SyncError> {
        let token = self.session()?;
        let theirs = self.fetch(&token).await?;
        self.merge_vault(theirs).await
    }
}

/// What the vault holds, as far as two devices can differ in it.
fn fingerprint(open: &Open) -> Vec<(SpaceId, usize, bool)> {
    let rings = &open.vault.contents.spaces;
    let mut print: Vec<_> = rings
        .iter()
        .map(|ring| (ring.space, ring.epochs.len(), ring.left))
        .collect();
    print.push((
        SpaceId::from_bytes([0; 16]),
        open.vault.contents.devices.len(),
        open.vault.has_recovery(),
    ));
    print
}
