//! Accounts: making one, signing in on a device, unlocking it, recovering, another passphrase, signing out.

use alongside_log::identity::{Device, Identity};
use alongside_log::ids::SpaceId;
use alongside_log::keep::{self, LocalKey};
use alongside_log::ledger::Ledger;
use alongside_log::vault::{self, KnownDevice, OpenVault, SpaceKind, VaultContents, VaultError};
use alongside_log::words::{self, Words};
use alongside_wire::account::{self, Session};
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};
use alongside_wire::route::pattern;
use alongside_wire::{limits, opaque};
use minicbor::bytes::ByteVec;
use opaque_ke::{
    ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialResponse, Identifiers, RegistrationResponse,
};
use zeroize::Zeroizing;

use crate::client::{Change, Client, read_lock};
use crate::device::{DeviceRow, LAYOUT, LockRow, Open, PortRng, read_sealed, row};
use crate::inbox;
use crate::intent::{Batch, absorb_own, begin_space};
use crate::net::{Ask, AskError, NetError};
use crate::outbox::{Outbox, Outgoing, envelope};
use crate::ports::{Platform, Store, StoreError, Table, Write};
use crate::space::Space;
use crate::trouble::Trouble;

/// Words that are no account or recovery words: what is wrong with them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Not twelve.
    #[error("there are {found} words; twelve are needed")]
    Count {
        /// How many there are.
        found: usize,
    },
    /// One is not of the list.
    #[error("word {position} is not one of the list")]
    Unknown {
        /// 1 to 12.
        position: usize,
        /// As typed.
        word: String,
    },
    /// Each is of the list, but they do not go together: one is another's, or two changed places.
    #[error("the words do not go together")]
    Checksum,
}

impl From<words::WordsError> for WordsError {
    fn from(error: words::WordsError) -> Self {
        match error {
            words::WordsError::Count { found } => Self::Count { found },
            words::WordsError::Unknown { position, word } => Self::Unknown { position, word },
            words::WordsError::Checksum => Self::Checksum,
        }
    }
}

/// Why no account was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MakeAccountError {
    /// The handle cannot be one.
    #[error("a handle has 3 to 32 of a-z 0-9 . _ -")]
    BadHandle,
    /// It belongs to somebody.
    #[error("the handle is taken")]
    Taken,
    /// The relay makes no new accounts.
    #[error("this relay makes no new accounts")]
    AccountsClosed,
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why one is not signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// What was typed are no account words.
    #[error("account words: {0}")]
    AccountWords(WordsError),
    /// They are, but not this account's.
    #[error("these are not this account's words")]
    AccountWordsWrong,
    /// Handle and passphrase do not go together.
    #[error("handle and passphrase do not go together")]
    WrongCredentials,
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why the account was not recovered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoverError {
    /// What was typed are no account words.
    #[error("account words: {0}")]
    AccountWords(WordsError),
    /// What was typed are no recovery words.
    #[error("recovery words: {0}")]
    RecoveryWords(WordsError),
    /// They are account words, but not this account's.
    #[error("these are not this account's account words")]
    AccountWordsWrong,
    /// They are recovery words, but not this account's.
    #[error("these are not this account's recovery words")]
    RecoveryWordsWrong,
    /// There is no such account here, or it has no recovery words.
    #[error("no such account, or none with recovery words")]
    NoRecovery,
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why the device is not unlocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// Not the passphrase.
    #[error("this is not the passphrase")]
    WrongPassphrase,
    /// Nobody has an account on this device.
    #[error("nobody has an account on this device")]
    Nobody,
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why the vault was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultChangeError {
    /// The device is locked.
    #[error("the device is locked")]
    Locked,
    /// Not the passphrase.
    #[error("this is not the passphrase")]
    WrongPassphrase,
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// What a code scanned from a signed-in device says.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkCode {
    /// The account's handle.
    pub handle: String,
    /// Its account words.
    pub words: String,
}

impl core::fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { handle, words: _ } = self;
        f.debug_struct("LinkCode")
            .field("handle", handle)
            .finish_non_exhaustive()
    }
}

/// Handles are lower case, whatever was typed.
fn tidy(handle: &str) -> String {
    handle.trim().trim_start_matches('@').to_lowercase()
}

struct Registered {
    upload: Vec<u8>,
    export_key: Zeroizing<Vec<u8>>,
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
    async fn register(
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
    async fn log_in(
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

    async fn fetch_vault(&self, token: &[u8; 32]) -> Result<account::Vault, AskError> {
        Ask::get(pattern::VAULT)
            .session(token)
            .send(self.platform().transport())
            .await
    }

    /// A vault that was opened on a new device: a device key of its own, and everything in its place.
    async fn settle_here(
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
        self.move_in(open, passphrase, Batch::default()).await
    }

    /// Lays a device's whole state into the store, in place of whatever was there, and opens it from there.
    async fn move_in(&self, open: Open, passphrase: &str, batch: Batch) -> Result<(), StoreError> {
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

    async fn open_from_store(&self, local: LocalKey) -> Result<(), StoreError> {
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
        let outbox = Outbox::from_rows(platform.store().scan(Table::Outbox, b"", b"", usize::MAX).await?);

        let mut troubles = Vec::new();
        let mut spaces = std::collections::BTreeMap::new();
        for ring in &vault.contents.spaces {
            let mut space = Space::new(ring, Ledger::restore(ring, Some(&device)));
            let taken = inbox::load(platform, ring.space, &mut space, &device).await?;
            if taken.too_new {
                troubles.push(Trouble::UpdateNeeded);
            }
            spaces.insert(ring.space, space);
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
        let handle = lock.handle.clone();
        let mut inner = self.0.inner.borrow_mut();
        inner.period += 1;
        inner.lock = Some(lock);
        inner.open = Some(Open {
            handle,
            local,
            row,
            device,
            vault,
            spaces,
            outbox,
            sent,
            claimed,
        });
        drop(inner);
        for trouble in troubles {
            self.raise_trouble(trouble);
        }
        self.0.wake.wake();
        self.announce(&[Change::Standing, Change::Spaces, Change::Invitations]);
        Ok(())
    }

    /// The account words, to be shown to their owner once more.
    #[must_use]
    pub fn account_words(&self) -> Option<Vec<&'static str>> {
        self.with_open(|open| open.vault.contents.account_words.phrase())
            .ok()
    }

    /// Whether there is a recovery sheet.
    #[must_use]
    pub fn has_recovery(&self) -> bool {
        self.with_open(|open| open.vault.has_recovery()).unwrap_or(false)
    }

    /// Makes recovery words, in place of any earlier ones. With the account words they open the account when the passphrase is
    /// forgotten.
    ///
    /// # Errors
    /// [`VaultChangeError`]; earlier recovery words still hold then.
    pub async fn make_recovery_words(&self) -> Result<Vec<&'static str>, VaultChangeError> {
        let platform = self.platform();
        self.push_vault().await?;
        let words = Words::make(&mut PortRng(platform));
        let prepared = self.with_open(|open| {
            let key = vault::recovery_key(&open.vault.contents.account_words, &words).public();
            let account = vault::account_key(&open.vault.contents.account_words).public();
            (key, account, open.row.session)
        });
        let (key, account, session) = prepared.map_err(|_| VaultChangeError::Locked)?;
        let session = session.ok_or(VaultChangeError::Net(NetError::SessionEnded))?;
        self.with_open(|open| {
            open.vault.set_recovery(&words, &mut PortRng(platform));
            open.row.vault_dirty = true;
        })
        .map_err(|_| VaultChangeError::Locked)?;
        // First the vault that these words open, then the key that hands it out.
        self.push_vault().await?;
        Ask::new("PUT", pattern::RECOVERY_KEY)
            .session(&session)
            .body(&account::RecoveryKey {
                keys: Some(account::RecoveryKeys { account, both: key }),
            })
            .send_for_nothing(platform.transport())
            .await
            .map_err(NetError::from)?;
        Ok(words.phrase())
    }

    /// The code that another device of mine scans: behind `#` in a link, so that it is never sent to a server.
    #[must_use]
    pub fn link_fragment(&self) -> Option<String> {
        self.with_open(|open| {
            let words = open.vault.contents.account_words.phrase().join("-");
            format!("{}={words}", open.handle)
        })
        .ok()
    }

    /// Reads [`Client::link_fragment`].
    #[must_use]
    pub fn read_link(fragment: &str) -> Option<LinkCode> {
        let (handle, words) = fragment.trim_start_matches('#').split_once('=')?;
        let words = words.replace('-', " ");
        (limits::is_handle(handle) && Words::parse(&words).is_ok()).then(|| LinkCode {
            handle: handle.to_owned(),
            words,
        })
    }

    /// Opens the account without the passphrase, with account and recovery words, and gives it a new passphrase. All other devices are
    /// signed out.
    ///
    /// # Errors
    /// [`RecoverError`]; nothing has changed then.
    pub async fn recover(
        &self,
        handle: &str,
        account_words: &str,
        recovery_words: &str,
        new_passphrase: &str,
    ) -> Result<(), RecoverError> {
        let handle = tidy(handle);
        let account_words =
            Words::parse(account_words).map_err(|error| RecoverError::AccountWords(error.into()))?;
        let recovery =
            Words::parse(recovery_words).map_err(|error| RecoverError::RecoveryWords(error.into()))?;
        let refused = |error: AskError| match error.code() {
            Some(Code::WrongAccountProof) => RecoverError::AccountWordsWrong,
            Some(Code::WrongCredentials) => RecoverError::RecoveryWordsWrong,
            Some(Code::BadHandle | Code::NotFound) => RecoverError::NoRecovery,
            _ => RecoverError::Net(error.into()),
        };
        let transport = self.platform().transport();
        let started: account::RecoverStarted = Ask::post(pattern::RECOVER_START)
            .body(&account::RecoverStart {
                handle: handle.clone(),
            })
            .send(transport)
            .await
            .map_err(refused)?;
        let parts: [&[u8]; 2] = [handle.as_bytes(), &started.challenge];
        let finish = account::RecoverFinish {
            handle: handle.clone(),
            account: vault::account_key(&account_words)
                .sign(&proof::message(Purpose::RecoverAccount, &parts)),
            both: vault::recovery_key(&account_words, &recovery)
                .sign(&proof::message(Purpose::Recover, &parts)),
            challenge: started.challenge.clone(),
        };
        let session: Session = Ask::post(pattern::RECOVER_FINISH)
            .body(&finish)
            .send(transport)
            .await
            .map_err(refused)?;
        let sealed = self.fetch_vault(&session.token).await.map_err(refused)?;
        let mut vault = OpenVault::open_with_recovery(&sealed.sealed, &handle, &account_words, &recovery)
            .map_err(|error| match error {
                VaultError::AccountWordsWrong => RecoverError::AccountWordsWrong,
                VaultError::RecoveryWordsWrong => RecoverError::RecoveryWordsWrong,
                VaultError::NoRecovery => RecoverError::NoRecovery,
                VaultError::TooNew => RecoverError::Net(NetError::UpdateNeeded),
                VaultError::Malformed | VaultError::PassphraseWrong => {
                    RecoverError::Net(NetError::Unexpected)
                }
            })?;
        vault.generation = sealed.generation;
        self.set_passphrase(&handle, new_passphrase, &session.token, &mut vault)
            .await
            .map_err(refused)?;
        self.settle_here(&handle, new_passphrase, session.token, vault)
            .await?;
        Ok(())
    }

    /// Gives the account another passphrase at the relay, with the vault that goes with it.
    async fn set_passphrase(
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
        let taken = self.with_open(|open| {
            let key = open.vault.vault_key();
            let sealed = open.vault.seal(&mut PortRng(platform));
            (open.handle.clone(), open.row.session, sealed, key)
        });
        let (handle, session, sealed, key) = taken.map_err(|_| VaultChangeError::Locked)?;
        let session = session.ok_or(VaultChangeError::Net(NetError::SessionEnded))?;
        let _turn = self.turn().await;
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

/// The name that the relay knows a session by.
pub(crate) fn session_id(token: &[u8; 32]) -> [u8; 32] {
    alongside_wire::envelope::payload_hash(token)
}
