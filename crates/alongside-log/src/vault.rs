//! The vault: everything that makes a person themselves to their devices, under one key with a wrap for each way in.
//!
//! The relay keeps it, and cannot open it: the passphrase alone does not (whoever runs the relay could guess it), and the account
//! words alone do not. Passphrase and account words open it together; so do account and recovery words.

use core::fmt;

use minicbor::{Decode, Encode};
use rand_core::CryptoRngCore;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::code;
use crate::hash::derive;
use crate::identity::{DeviceCert, Identity, PersonPublic, RelayKey};
use crate::ids::SpaceId;
use crate::ledger::Base;
use crate::purpose::Purpose;
use crate::seal::boxed::{self, Boxed};
use crate::seal::envelope::EpochKey;
use crate::words::Words;

/// Whose space it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum SpaceKind {
    /// One person's, on all their devices.
    #[n(0)]
    Me,
    /// Two to twelve people's.
    #[n(1)]
    Us,
}

/// The secret under which a space's rounds are named, so that their names tell the relay nothing.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Encode, Decode)]
#[cbor(transparent)]
pub struct NamingSecret(#[cbor(n(0), with = "minicbor::bytes")] pub(crate) [u8; 32]);

impl fmt::Debug for NamingSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.debug_struct("NamingSecret").finish_non_exhaustive()
    }
}

/// An epoch's number and key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct EpochSecret {
    /// 0, 1, 2 …; two can have the same.
    #[n(0)]
    pub number: u64,
    /// Its key.
    #[n(1)]
    pub key: EpochKey,
}

/// All keys of one space, and where this person's past in it begins.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Keyring {
    /// The space.
    #[n(0)]
    pub space: SpaceId,
    /// Whose it is.
    #[n(1)]
    pub kind: SpaceKind,
    /// How its rounds are named.
    #[n(2)]
    pub naming: NamingSecret,
    /// Its epochs.
    #[n(3)]
    pub epochs: Vec<EpochSecret>,
    /// Where a newcomer's past begins; none for who began the space.
    #[n(4)]
    pub base: Option<Base>,
    /// This person has left it.
    #[n(5)]
    pub left: bool,
}

/// A device of this person.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct KnownDevice {
    /// Its certificate.
    #[n(0)]
    pub cert: DeviceCert,
    /// What its owner calls it.
    #[n(1)]
    pub label: String,
    /// It is this person's no more.
    #[n(2)]
    pub revoked: bool,
}

/// Somebody whose identity was compared.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Pin {
    /// Their keys.
    #[n(0)]
    pub person: PersonPublic,
    /// As they called themselves then.
    #[n(1)]
    pub name: String,
    /// The words were compared.
    #[n(2)]
    pub verified: bool,
}

/// What is in a vault.
#[derive(Clone, Debug, Encode, Decode)]
pub struct VaultContents {
    /// Who this is.
    #[n(0)]
    pub identity: Identity,
    /// The account words, so that a signed-in device can show them to another.
    #[n(1)]
    pub account_words: Words,
    /// Keys of all spaces.
    #[n(2)]
    pub spaces: Vec<Keyring>,
    /// This person's devices.
    #[n(3)]
    pub devices: Vec<KnownDevice>,
    /// The people whose identities were compared.
    #[n(4)]
    pub pins: Vec<Pin>,
}

/// The key of a vault's contents.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct VaultKey([u8; 32]);

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.debug_struct("VaultKey").finish_non_exhaustive()
    }
}

impl VaultKey {
    /// A key that was kept sealed on a device.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key, to be kept sealed on this device.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

const VERSION: u32 = 1;

#[derive(Clone, Debug, Encode, Decode)]
struct Sealed {
    #[n(0)]
    version: u32,
    /// Tells the account words from others. They have 128 random bits: it helps nobody guess.
    #[cbor(n(1), with = "minicbor::bytes")]
    account_check: [u8; 8],
    #[n(2)]
    by_passphrase: Option<Boxed>,
    #[n(3)]
    by_recovery: Option<Boxed>,
    #[n(4)]
    generation: u64,
    #[n(5)]
    contents: Boxed,
}

/// Why a vault does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// This is no vault, or it was altered.
    #[error("this is no vault, or it was altered")]
    Malformed,
    /// It is a later version's.
    #[error("the vault is of a later version")]
    TooNew,
    /// These are not the account words.
    #[error("these are not the account words")]
    AccountWordsWrong,
    /// It is not the passphrase that this vault is wrapped under.
    #[error("this is not the passphrase of this vault")]
    PassphraseWrong,
    /// These are not the recovery words.
    #[error("these are not the recovery words")]
    RecoveryWordsWrong,
    /// There are no recovery words.
    #[error("this vault has no recovery words")]
    NoRecovery,
}

/// An open vault.
#[derive(Debug)]
pub struct OpenVault {
    /// What is in it.
    pub contents: VaultContents,
    /// 1 for the first, one more for each that replaced it; the next [`OpenVault::seal`] writes this number.
    pub generation: u64,
    handle: String,
    key: VaultKey,
    by_passphrase: Option<Boxed>,
    by_recovery: Option<Boxed>,
}

fn account_check(words: &Words) -> [u8; 8] {
    let derived = derive(Purpose::AccountCheck, b"", words.entropy());
    let mut check = [0; 8];
    check.copy_from_slice(&derived[..8]);
    check
}

fn passphrase_wrap(export_key: &[u8], account: &Words) -> Zeroizing<[u8; 32]> {
    let secret = Zeroizing::new([export_key, account.entropy()].concat());
    derive(Purpose::VaultPassphrase, b"", &secret)
}

fn recovery_secret(account: &Words, recovery: &Words) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([account.entropy().as_slice(), recovery.entropy()].concat())
}

/// The key that proves to the relay that one has the account words.
#[must_use]
pub fn account_key(account: &Words) -> RelayKey {
    RelayKey::derive(Purpose::AccountKey, b"", account.entropy())
}

/// The key that proves to the relay that one has both the account and the recovery words.
#[must_use]
pub fn recovery_key(account: &Words, recovery: &Words) -> RelayKey {
    RelayKey::derive(Purpose::RecoveryKey, b"", &recovery_secret(account, recovery))
}

/// Everything of a sealed vault that stands beside its contents.
struct Beside<'v> {
    account_check: [u8; 8],
    by_passphrase: &'v Option<Boxed>,
    by_recovery: &'v Option<Boxed>,
    generation: u64,
}

impl Beside<'_> {
    /// What the contents are bound to: all of it and the handle. So nobody can put an old wrap beside new contents, or break a wrap
    /// unnoticed that is not needed today.
    fn about(&self, handle: &str) -> Vec<u8> {
        let mut bytes = Vec::from(self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.account_check);
        bytes.extend_from_slice(&code::encode(self.by_passphrase));
        bytes.extend_from_slice(&code::encode(self.by_recovery));
        bytes.extend_from_slice(handle.as_bytes());
        bytes
    }
}

fn parse(sealed: &[u8]) -> Result<Sealed, VaultError> {
    let mut decoder = minicbor::Decoder::new(sealed);
    decoder.array().map_err(|_| VaultError::Malformed)?;
    match decoder.u32().map_err(|_| VaultError::Malformed)? {
        VERSION => code::decode(sealed).ok_or(VaultError::Malformed),
        version if version > VERSION => Err(VaultError::TooNew),
        _ => Err(VaultError::Malformed),
    }
}

impl OpenVault {
    /// A first vault, opened by the passphrase's export key and the account words together.
    #[must_use]
    pub fn make(
        contents: VaultContents,
        handle: &str,
        export_key: &[u8],
        rng: &mut impl CryptoRngCore,
    ) -> Self {
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        let mut vault = Self {
            contents,
            generation: 1,
            handle: handle.to_owned(),
            key: VaultKey(key),
            by_passphrase: None,
            by_recovery: None,
        };
        vault.set_passphrase(export_key, rng);
        vault
    }

    /// The sealed vault, of this generation.
    #[must_use]
    pub fn seal(&self, rng: &mut impl CryptoRngCore) -> Vec<u8> {
        let plain = Zeroizing::new(code::encode(&self.contents));
        let padded = Zeroizing::new(crate::seal::padding::pad(&[&plain]));
        let account_check = account_check(&self.contents.account_words);
        let beside = Beside {
            account_check,
            by_passphrase: &self.by_passphrase,
            by_recovery: &self.by_recovery,
            generation: self.generation,
        };
        let about = beside.about(&self.handle);
        code::encode(&Sealed {
            version: VERSION,
            account_check,
            by_passphrase: self.by_passphrase.clone(),
            by_recovery: self.by_recovery.clone(),
            generation: self.generation,
            contents: boxed::seal(&self.key.0, Purpose::Vault, &about, &padded, rng),
        })
    }

    /// Wraps the key for another passphrase, in place of the one before.
    pub fn set_passphrase(&mut self, export_key: &[u8], rng: &mut impl CryptoRngCore) {
        let wrap = passphrase_wrap(export_key, &self.contents.account_words);
        let about = self.handle.as_bytes();
        self.by_passphrase = Some(boxed::seal(
            &wrap,
            Purpose::VaultPassphrase,
            about,
            &self.key.0,
            rng,
        ));
    }

    /// Wraps the key for recovery words, in place of any before.
    pub fn set_recovery(&mut self, recovery: &Words, rng: &mut impl CryptoRngCore) {
        let secret = recovery_secret(&self.contents.account_words, recovery);
        let wrap = derive(Purpose::VaultRecovery, b"", &secret);
        let about = self.handle.as_bytes();
        self.by_recovery = Some(boxed::seal(
            &wrap,
            Purpose::VaultRecovery,
            about,
            &self.key.0,
            rng,
        ));
    }

    /// Whether there are recovery words.
    #[must_use]
    pub fn has_recovery(&self) -> bool {
        self.by_recovery.is_some()
    }

    /// The key of the contents, for a device that is unlocked to keep.
    #[must_use]
    pub fn vault_key(&self) -> VaultKey {
        self.key.clone()
    }

    /// Opens it with what the passphrase gives and the account words.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn open_with_passphrase(
        sealed: &[u8],
        handle: &str,
        export_key: &[u8],
        account: &Words,
    ) -> Result<Self, VaultError> {
        let parsed = parse(sealed)?;
        if parsed.account_check != account_check(account) {
            return Err(VaultError::AccountWordsWrong);
        }
        let wrap = passphrase_wrap(export_key, account);
        let boxed = parsed.by_passphrase.as_ref().ok_or(VaultError::PassphraseWrong)?;
        let key = boxed::open(&wrap, Purpose::VaultPassphrase, handle.as_bytes(), boxed);
        Self::open(parsed, handle, &key.ok_or(VaultError::PassphraseWrong)?)
    }

    /// Opens it with account and recovery words.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn open_with_recovery(
        sealed: &[u8],
        handle: &str,
        account: &Words,
        recovery: &Words,
    ) -> Result<Self, VaultError> {
        let parsed = parse(sealed)?;
        if parsed.account_check != account_check(account) {
            return Err(VaultError::AccountWordsWrong);
        }
        let wrap = derive(Purpose::VaultRecovery, b"", &recovery_secret(account, recovery));
        let boxed = parsed.by_recovery.as_ref().ok_or(VaultError::NoRecovery)?;
        let key = boxed::open(&wrap, Purpose::VaultRecovery, handle.as_bytes(), boxed);
        Self::open(parsed, handle, &key.ok_or(VaultError::RecoveryWordsWrong)?)
    }

    /// Opens it with the key that an unlocked device keeps.
    ///
    /// # Errors
    /// [`VaultError`]; [`VaultError::Malformed`] when it is sealed under another key.
    pub fn open_with_key(sealed: &[u8], handle: &str, key: &VaultKey) -> Result<Self, VaultError> {
        Self::open(parse(sealed)?, handle, &key.0)
    }

    fn open(parsed: Sealed, handle: &str, key: &[u8]) -> Result<Self, VaultError> {
        let key: [u8; 32] = key.try_into().map_err(|_| VaultError::Malformed)?;
        let beside = Beside {
            account_check: parsed.account_check,
            by_passphrase: &parsed.by_passphrase,
            by_recovery: &parsed.by_recovery,
            generation: parsed.generation,
        };
        let about = beside.about(handle);
        let padded =
            boxed::open(&key, Purpose::Vault, &about, &parsed.contents).ok_or(VaultError::Malformed)?;
        let plain = crate::seal::padding::unpad(&padded).ok_or(VaultError::Malformed)?;
        let contents = code::decode(plain).ok_or(VaultError::Malformed)?;
        Ok(Self {
            contents,
            generation: parsed.generation,
            handle: handle.to_owned(),
            key: VaultKey(key),
            by_passphrase: parsed.by_passphrase,
            by_recovery: parsed.by_recovery,
        })
    }

    /// Takes over what another device of the same person holds and this vault does not, so that nothing of either is lost. Says whether there
    /// was anything.
    pub fn merge(&mut self, other: &Self) -> bool {
        let mut news = false;
        for ring in &other.contents.spaces {
            match self
                .contents
                .spaces
                .iter_mut()
                .find(|mine| mine.space == ring.space)
            {
                None => {
                    self.contents.spaces.push(ring.clone());
                    news = true;
                }
                Some(mine) => {
                    for epoch in &ring.epochs {
                        if !mine.epochs.contains(epoch) {
                            mine.epochs.push(epoch.clone());
                            news = true;
                        }
                    }
                    if ring.left && !mine.left {
                        mine.left = true;
                        news = true;
                    }
                }
            }
        }
        for device in &other.contents.devices {
            match self
                .contents
                .devices
                .iter_mut()
                .find(|mine| mine.cert == device.cert)
            {
                None => {
                    self.contents.devices.push(device.clone());
                    news = true;
                }
                Some(mine) if device.revoked && !mine.revoked => {
                    mine.revoked = true;
                    news = true;
                }
                Some(_) => {}
            }
        }
        for pin in &other.contents.pins {
            match self
                .contents
                .pins
                .iter_mut()
                .find(|mine| mine.person == pin.person)
            {
                None => {
                    self.contents.pins.push(pin.clone());
                    news = true;
                }
                Some(mine) if pin.verified && !mine.verified => {
                    mine.verified = true;
                    news = true;
                }
                Some(_) => {}
            }
        }
        if self.by_recovery.is_none() && other.by_recovery.is_some() {
            self.by_recovery.clone_from(&other.by_recovery);
            news = true;
        }
        news
    }
}

#[cfg(test)]
mod tests;
