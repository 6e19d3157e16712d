//! Account words and recovery words: showing them, making them, and opening the account with both.

use alongside_log::vault::{self, OpenVault, VaultError};
use alongside_log::words::Words;
use alongside_wire::account::{self, Session};
use alongside_wire::limits;
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};
use alongside_wire::route::pattern;

use super::errors::{LinkCode, RecoverError, VaultChangeError};
use super::make::tidy;
use crate::client::Client;
use crate::device::PortRng;
use crate::net::{Ask, AskError, NetError};
use crate::ports::Platform;

impl<P: Platform> Client<P> {
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
}
