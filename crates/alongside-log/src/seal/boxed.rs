//! A box: XChaCha20-Poly1305 under a key that was made or derived for one purpose, with a random nonce and a key commitment before it
//! (the cipher alone does not commit to its key).

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand_core::CryptoRngCore;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::hash::derive;
use crate::purpose::Purpose;

/// Something sealed under a key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Boxed {
    #[cbor(n(0), with = "minicbor::bytes")]
    nonce: [u8; 24],
    #[cbor(n(1), with = "minicbor::bytes")]
    commitment: [u8; 32],
    #[n(2)]
    ciphertext: ByteVec,
}

fn keys(key: &[u8; 32], purpose: Purpose, nonce: &[u8; 24]) -> (XChaCha20Poly1305, [u8; 32]) {
    let message = derive(purpose, nonce, key);
    let commitment = derive(Purpose::Commitment, b"", message.as_ref());
    (XChaCha20Poly1305::new(message.as_ref().into()), *commitment)
}

/// Seals for a purpose; `about` is bound to it without being in it.
pub(crate) fn seal(
    key: &[u8; 32],
    purpose: Purpose,
    about: &[u8],
    plain: &[u8],
    rng: &mut impl CryptoRngCore,
) -> Boxed {
    let mut nonce = [0; 24];
    rng.fill_bytes(&mut nonce);
    let (cipher, commitment) = keys(key, purpose, &nonce);
    // Encryption fails only beyond 256 GiB.
    let ciphertext = cipher
        .encrypt(
            XNonce::from_slice(&nonce),
            Payload {
                msg: plain,
                aad: about,
            },
        )
        .unwrap_or_default();
    Boxed {
        nonce,
        commitment,
        ciphertext: ByteVec::from(ciphertext),
    }
}

/// Opens what was sealed under this key, for this purpose, about this.
pub(crate) fn open(
    key: &[u8; 32],
    purpose: Purpose,
    about: &[u8],
    boxed: &Boxed,
) -> Option<Zeroizing<Vec<u8>>> {
    let (cipher, commitment) = keys(key, purpose, &boxed.nonce);
    if !bool::from(commitment.ct_eq(&boxed.commitment)) {
        return None;
    }
    let payload = Payload {
        msg: &boxed.ciphertext,
        aad: about,
    };
    cipher
        .decrypt(XNonce::from_slice(&boxed.nonce), payload)
        .ok()
        .map(Zeroizing::new)
}
