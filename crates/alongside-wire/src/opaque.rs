//! The OPAQUE suite that both sides compute in: ristretto255, SHA-512, triple Diffie-Hellman, Argon2id.

use argon2::{Algorithm, Argon2, Params, Version};
use opaque_ke::{CipherSuite, Ristretto255, TripleDh};

/// The suite.
#[derive(Debug)]
pub struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, sha2::Sha512>;
    type Ksf = Argon2<'static>;
}

/// Memory of the key-stretching function, in KiB. Fixed in the client, never taken from a relay.
pub const STRETCH_KIB: u32 = if cfg!(feature = "cheap-kdf") { 8 } else { 64 * 1024 };
/// Passes of the key-stretching function.
pub const STRETCH_PASSES: u32 = if cfg!(feature = "cheap-kdf") { 1 } else { 3 };

/// The key-stretching function with its fixed parameters.
#[must_use]
pub fn stretch() -> Argon2<'static> {
    // The parameters are constants within the allowed range; should that ever change, the library's defaults are no weaker than its floor.
    let params = Params::new(STRETCH_KIB, STRETCH_PASSES, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}
