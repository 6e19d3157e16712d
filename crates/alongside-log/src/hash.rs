//! Hashing and key derivation, each for a purpose.

use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::purpose::Purpose;

/// SHA-256 of the purpose's name, a zero byte and the parts, one behind the other. Parts have fixed lengths, but for the last.
pub(crate) fn hash(purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(purpose.name());
    hash.update([0]);
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// HKDF-SHA256: 32 bytes for a purpose.
pub(crate) fn derive(purpose: Purpose, salt: &[u8], secret: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    // 32 bytes are far below HKDF's limit of 255 blocks: this cannot fail.
    let done = Hkdf::<Sha256>::new(Some(salt), secret).expand(purpose.name().as_bytes(), key.as_mut());
    debug_assert!(done.is_ok());
    key
}

/// Hashes the names of things, which are hashes themselves: eight of their bytes will do. Only for names that were computed here; what
/// somebody can choose freely goes into an ordinary map.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NameHasher(u64);

impl core::hash::Hasher for NameHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk::<8>() {
            self.0 ^= u64::from_le_bytes(*first);
        }
    }

    fn write_usize(&mut self, _: usize) {
        // The length, which is the same for all.
    }
}

/// A map by names that were computed here.
pub(crate) type NameMap<K, V> = std::collections::HashMap<K, V, core::hash::BuildHasherDefault<NameHasher>>;
