//! What lies on one device: sealed under a key of that device, which the passphrase opens.

use argon2::{Algorithm, Argon2, Params, Version};
use core::fmt;
use minicbor::{Decode, Encode};
use rand_core::CryptoRngCore;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::code;
use crate::purpose::Purpose;
use crate::seal::boxed::{self, Boxed};

/// The key under which this device seals what it keeps.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct LocalKey([u8; 32]);

impl fmt::Debug for LocalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

/// What was kept does not open: another key, another label, or altered bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what was kept does not open")]
pub struct KeepError;

impl LocalKey {
    /// A new key.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRngCore) -> Self {
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        Self(key)
    }

    /// Seals something under a label that must be given again to open it.
    #[must_use]
    pub fn seal(&self, label: &str, plain: &[u8], rng: &mut impl CryptoRngCore) -> Vec<u8> {
        code::encode(&boxed::seal(
            &self.0,
            Purpose::Local,
            label.as_bytes(),
            plain,
            rng,
        ))
    }

    /// Opens [`LocalKey::seal`].
    ///
    /// # Errors
    /// [`KeepError`].
    pub fn open(&self, label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeepError> {
        let boxed: Boxed = code::decode(sealed).ok_or(KeepError)?;
        boxed::open(&self.0, Purpose::Local, label.as_bytes(), &boxed).ok_or(KeepError)
    }
}

/// The lock as it lies on the device. The parameters of the key stretching are fixed here with the version, never read from the
/// device or taken from a relay.
#[derive(Encode, Decode)]
struct Lock {
    #[n(0)]
    version: u32,
    #[cbor(n(1), with = "minicbor::bytes")]
    salt: [u8; 16],
    #[n(2)]
    boxed: Boxed,
}

const VERSION: u32 = 1;
const STRETCH_KIB: u32 = if cfg!(feature = "cheap-kdf") { 8 } else { 64 * 1024 };
const STRETCH_PASSES: u32 = if cfg!(feature = "cheap-kdf") { 1 } else { 3 };

/// Why a device does not unlock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// Not the passphrase (or altered bytes: the two cannot be told apart).
    #[error("this is not the passphrase")]
    WrongPassphrase,
    /// This is no lock.
    #[error("this is no lock")]
    Malformed,
    /// It is a later version's.
    #[error("the lock is of a later version")]
    TooNew,
}

/// The one form of a passphrase, however a keyboard composed its letters.
#[must_use]
pub fn normalise_passphrase(passphrase: &str) -> Zeroizing<String> {
    use unicode_normalization::UnicodeNormalization;
    Zeroizing::new(passphrase.nfkc().collect())
}

fn stretch(passphrase: &str, salt: &[u8; 16]) -> Option<Zeroizing<[u8; 32]>> {
    let params = Params::new(STRETCH_KIB, STRETCH_PASSES, 1, Some(32)).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(normalise_passphrase(passphrase).as_bytes(), salt, key.as_mut())
        .ok()?;
    Some(key)
}

/// Locks a device's key under a passphrase: Argon2id with 64 MiB and three passes.
#[must_use]
pub fn lock(passphrase: &str, key: &LocalKey, rng: &mut impl CryptoRngCore) -> Vec<u8> {
    let mut salt = [0; 16];
    rng.fill_bytes(&mut salt);
    // It fails only for parameters out of range, and these are constants; no lock would then be worse than one that nothing opens.
    let mut closed = Zeroizing::new([0; 32]);
    rng.fill_bytes(closed.as_mut());
    let stretched = stretch(passphrase, &salt).unwrap_or(closed);
    let boxed = boxed::seal(&stretched, Purpose::Lock, &salt, &key.0, rng);
    code::encode(&Lock {
        version: VERSION,
        salt,
        boxed,
    })
}

/// Opens [`lock`].
///
/// # Errors
/// [`UnlockError`].
pub fn unlock(passphrase: &str, lock: &[u8]) -> Result<LocalKey, UnlockError> {
    let mut decoder = minicbor::Decoder::new(lock);
    decoder.array().map_err(|_| UnlockError::Malformed)?;
    let lock: Lock = match decoder.u32().map_err(|_| UnlockError::Malformed)? {
        VERSION => code::decode(lock).ok_or(UnlockError::Malformed)?,
        version if version > VERSION => return Err(UnlockError::TooNew),
        _ => return Err(UnlockError::Malformed),
    };
    let stretched = stretch(passphrase, &lock.salt).ok_or(UnlockError::Malformed)?;
    let key = boxed::open(&stretched, Purpose::Lock, &lock.salt, &lock.boxed)
        .ok_or(UnlockError::WrongPassphrase)?;
    key.as_slice()
        .try_into()
        .map(LocalKey)
        .map_err(|_| UnlockError::Malformed)
}

#[cfg(test)]
mod tests;
