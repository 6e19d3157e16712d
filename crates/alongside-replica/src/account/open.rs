//! Signing in on a device, moving in, unlocking.

use alongside_log::identity::Device;
use alongside_log::ids::SpaceId;
use alongside_log::keep::{self, LocalKey};
use alongside_log::ledger::Ledger;
use alongside_log::vault::{KnownDevice, OpenVault, VaultError};
use alongside_log::words::Words;
use alongside_wire::account::{self};
use alongside_wire::problem::Code;
use alongside_wire::route::pattern;
use minicbor::bytes::ByteVec;

use super::errors::{SignInError, UnlockError};
use super::make::tidy;
use crate::checkpoint;
use crate::client::{Change, Client, read_lock};
use crate::device::{DeviceRow, LAYOUT, LockRow, Open, PortRng, read_sealed, row};
use crate::inbox;
use crate::net::{Ask, AskError, NetError};
use crate::outbox::{Outbox, Outgoing, envelope};
use crate::ports::{Platform, Store, StoreError, Table, Write};
use crate::space::{Space, to_core_space};
use crate::trouble::Trouble;
use crate::writer::{Batch, absorb_own, aside};

impl<P: Platform> Client<P> {
    /// Signs in on this device, with what one knows and what one has.
    ///
    /// # Errors
    /// [`SignInError`]; nothing has changed on the device then.
    pub async fn sign_in(
        &self,
        handle: &str,
        passphrase: &str,
        account_words: &str,
    ) -> Result<(), SignInError> {
        let handle = tidy(handle);
        let words = Words::parse(account_words).map_err(|error| SignInError::AccountWords(error.into()))?;
        let (token, export_key) =
            self.log_in(&handle, passphrase)
                .await
                .map_err(|error| match error.code() {
                    Some(Code::WrongCredentials | Code::BadHandle | Code::NotFound) => {
                        SignInError::WrongCredentials
                    }
                    _ => SignInError::Net(error.into()),
                })?;
        let sealed = self.fetch_vault(&token).await.map_err(NetError::from)?;
        let mut vault = OpenVault::open_with_passphrase(&sealed.sealed, &handle, &export_key, &words)
            .map_err(|error| match error {
                VaultError::AccountWordsWrong => SignInError::AccountWordsWrong,
                VaultError::TooNew => SignInError::Net(NetError::UpdateNeeded),
                VaultError::PassphraseWrong => SignInError::WrongCredentials,
                VaultError::Malformed | VaultError::RecoveryWordsWrong | VaultError::NoRecovery => {
                    SignInError::Net(NetError::Unexpected)
                }
            })?;
        vault.generation = sealed.generation;
        self.settle_here(&handle, passphrase, token, vault).await?;
        Ok(())
    }

    pub(super) async fn fetch_vault(&self, token: &[u8; 32]) -> Result<account::Vault, AskError> {
        Ask::get(pattern::VAULT)
            .session(token)
            .send(self.platform().transport())
            .await
    }

    /// A vault that was opened on a new device: a device key of its own, and everything in its place.
    pub(super) async fn settle_here(
        &self,
        handle: &str,
        passphrase: &str,
        token: [u8; 32],
        mut vault: OpenVault,
    ) -> Result<(), StoreError> {
        let platform = self.platform();
        let rng = &mut PortRng(platform);
        let device = Device::make(rng);
        let cert = vault.contents.identity.certify(&device.public());
        let mut row = DeviceRow::new(&device, cert.clone(), token, &vault);
        vault.contents.devices.push(KnownDevice {
            cert,
            label: String::new(),
            revoked: false,
        });
        row.vault_dirty = true;
        let open = Open {
            decode: self.0.decode,
            handle: handle.to_owned(),
            local: LocalKey::make(rng),
            row,
            device,
            vault,
            spaces: std::collections::BTreeMap::new(),
            outbox: Outbox::from_rows([]),
            sent: Vec::new(),
            claimed: Vec::new(),
        };
        let _turn = self.turn().await;
        self.move_in(open, passphrase, Batch::default()).await?;
        drop(_turn);
        // Nothing can be written in a space before this device has read who is there.
        let _ = self.step().await;
        Ok(())
    }

    /// Lays a device's whole state into the store, in place of whatever was there, and opens it from there.
    pub(super) async fn move_in(&self, open: Open, passphrase: &str, batch: Batch) -> Result<(), StoreError> {
        let platform = self.platform();
        let lock = LockRow {
            layout: LAYOUT,
            handle: open.handle.clone(),
            lock: ByteVec::from(keep::lock(passphrase, &open.local, &mut PortRng(platform))),
        };
        let mut writes: Vec<Write> = Table::ALL.into_iter().map(Write::Clear).collect();
        writes.extend([lock.put(), open.put_device(platform), open.put_vault(platform)]);
        writes.extend([open.put_sent(platform), open.put_claimed(platform)]);
        writes.extend(batch.writes);
        platform.store().commit(writes).await?;
        let Open { local, .. } = open;
        self.0.inner.borrow_mut().lock = Some(lock);
        self.open_from_store(local).await
    }

    /// Unlocks this device. Works without a network.
    ///
    /// # Errors
    /// [`UnlockError`].
    pub async fn unlock(&self, passphrase: &str) -> Result<(), UnlockError> {
        let lock = self.0.inner.borrow().lock.clone().ok_or(UnlockError::Nobody)?;
        let local = keep::unlock(passphrase, &lock.lock).map_err(|error| match error {
            keep::UnlockError::WrongPassphrase => UnlockError::WrongPassphrase,
            keep::UnlockError::TooNew => UnlockError::Storage(StoreError::TooNew),
            keep::UnlockError::Malformed => UnlockError::Storage(StoreError::Failed),
        })?;
        let _turn = self.turn().await;
        self.open_from_store(local).await?;
        Ok(())
    }

    /// Reads the store again, as another tab has left it.
    ///
    /// # Errors
    /// As the store fails.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let _turn = self.turn().await;
        self.reopen().await
    }

    /// The same for one who holds the turn already.
    pub(crate) async fn reopen(&self) -> Result<(), StoreError> {
        let Ok(local) = self.with_open(|open| open.local.clone()) else {
            return Ok(());
        };
        self.open_from_store(local).await
    }

    pub(super) async fn open_from_store(&self, local: LocalKey) -> Result<(), StoreError> {
        let platform = self.platform();
        let lock = read_lock(platform).await?.ok_or(StoreError::Gone)?;
        let row: DeviceRow = read_sealed(platform, &local, row::DEVICE)
            .await?
            .ok_or(StoreError::Gone)?;
        let device = row.device().ok_or(StoreError::Failed)?;
        let sealed = platform
            .store()
            .get(Table::Meta, row::VAULT)
            .await?
            .ok_or(StoreError::Gone)?;
        let mut vault = OpenVault::open_with_key(&sealed, &lock.handle, &row.vault_key()).map_err(
            |error| match error {
                VaultError::TooNew => StoreError::TooNew,
                VaultError::Malformed
                | VaultError::AccountWordsWrong
                | VaultError::PassphraseWrong
                | VaultError::RecoveryWordsWrong
                | VaultError::NoRecovery => StoreError::Failed,
            },
        )?;
        vault.generation = row.vault_known;
        let sent = read_sealed(platform, &local, row::INVITATIONS)
            .await?
            .unwrap_or_default();
        let claimed = read_sealed(platform, &local, row::JOININGS)
            .await?
            .unwrap_or_default();
        let mut outbox = Outbox::from_rows(platform.store().scan(Table::Outbox, b"", b"", usize::MAX).await?);

        let leading = self.0.inner.borrow().leading;
        let mut troubles = Vec::new();
        let mut came_back = Vec::new();
        let mut spaces = std::collections::BTreeMap::new();
        for ring in &vault.contents.spaces {
            let mut space = Space::new(ring, Ledger::restore(ring, Some(&device)), self.0.decode);
            checkpoint::resume(platform, &local, ring, &device, &mut space, leading).await?;
            let taken = inbox::load(platform, ring.space, &mut space, &device, leading).await?;
            if taken.too_new {
                troubles.push(Trouble::UpdateNeeded);
            } else if let Some(trouble) = self.unheard_of(ring.space, &space, &taken).await? {
                troubles.push(trouble);
            }
            if outbox.len() > 0 {
                came_back.extend(
                    taken
                        .acknowledged
                        .iter()
                        .filter_map(|entry| outbox.append_of(*entry)),
                );
            }
            spaces.insert(ring.space, space);
        }
        // What a checkpoint has, and what was opened after it, may name the same.
        came_back.extend(outbox.appends().filter_map(|(serial, space, entry)| {
            let space: &Space = spaces.get(&space)?;
            space.ledger.is_numbered(entry).then_some(serial)
        }));
        // Numbered by the relay, and the device was cut off before it could take them out of the outbox.
        if !came_back.is_empty() {
            let writes = came_back.iter().map(|serial| Outbox::delete(*serial)).collect();
            // A device that is full opens all the same, and finds them again the next time.
            let _ = platform.store().commit(writes).await;
            came_back.iter().for_each(|serial| outbox.remove(*serial));
        }
        for (_, item) in outbox.iter() {
            if let Outgoing::Append {
                space,
                envelope: waiting,
                ..
            } = item
                && let Some(space) = spaces.get_mut(space)
            {
                absorb_own(space, &device, vec![envelope(waiting)]);
            }
        }
        let mut open = Open {
            decode: self.0.decode,
            handle: lock.handle.clone(),
            local,
            row,
            device,
            vault,
            spaces,
            outbox,
            sent,
            claimed,
        };
        // Keys that came in right before the device was cut off: the vault shall have them, too.
        let ids: Vec<SpaceId> = open.spaces.keys().copied().collect();
        for id in ids {
            open.row.vault_dirty |= open.update_keyring(id);
        }
        let mut inner = self.0.inner.borrow_mut();
        // Read again while it is open, it is the same time of being open: the loop goes on.
        if inner.open.is_none() {
            inner.period += 1;
        }
        inner.lock = Some(lock);
        inner.open = Some(open);
        drop(inner);
        for trouble in troubles {
            self.raise_trouble(trouble);
        }
        self.0.wake.wake();
        self.announce(&[Change::Standing, Change::Spaces, Change::Invitations]);
        Ok(())
    }

    /// Envelopes that were refused right before the device was cut off, so that its person has not heard of them.
    async fn unheard_of(
        &self,
        id: SpaceId,
        space: &Space,
        taken: &inbox::TakenIn,
    ) -> Result<Option<Trouble>, StoreError> {
        let platform = self.platform();
        let mut count = 0;
        for (envelope, number) in &taken.refused {
            let Some((number, first)) = number.and_then(|number| Some((number, space.row_of(number)?)))
            else {
                continue;
            };
            let kept = inbox::kept(platform, id, first, number).await?;
            let Some(Write::Put(table, key, value)) =
                kept.map(|entry| aside(id, *envelope, alongside_wire::encode(&entry)))
            else {
                continue;
            };
            if platform.store().get(table, &key).await?.is_none() {
                count += 1;
                // A device that is full says so again the next time.
                let _ = platform.store().commit(vec![Write::Put(table, key, value)]).await;
            }
        }
        let space = to_core_space(id);
        Ok((count > 0).then_some(Trouble::Altered { space, count }))
    }
}
