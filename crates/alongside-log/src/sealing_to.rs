//! HPKE (RFC 9180), base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

type Private = <X25519HkdfSha256 as Kem>::PrivateKey;
type Public = <X25519HkdfSha256 as Kem>::PublicKey;

/// Something sealed to one public key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct SealedTo {
    #[n(0)]
    encapsulated: ByteVec,
    #[n(1)]
    ciphertext: ByteVec,
}

/// Randomness of this workspace's generation, as the next one wants it.
struct NextGeneration<'r, R>(&'r mut R);

impl<R: CryptoRngCore> rand_core_09::RngCore for NextGeneration<'_, R> {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}

impl<R: CryptoRngCore> rand_core_09::CryptoRng for NextGeneration<'_, R> {}

fn key_pair(seed: &[u8; 32]) -> (Private, Public) {
    X25519HkdfSha256::derive_keypair(seed)
}

/// The public key that belongs to a seed.
pub(crate) fn public(seed: &[u8; 32]) -> [u8; 32] {
    key_pair(seed).1.to_bytes().into()
}

/// For a secret that is thrown away.
struct Fixed;

impl rand_core_09::RngCore for Fixed {
    fn next_u32(&mut self) -> u32 {
        1
    }

    fn next_u64(&mut self) -> u64 {
        1
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(1);
    }
}

impl rand_core_09::CryptoRng for Fixed {}

/// Whether something can be sealed to a public key: a point of low order gives the same secret to everybody, and is none. Whether it does, does not depend
/// on the sender's secret.
pub(crate) fn is_usable(to: &[u8; 32]) -> bool {
    Public::from_bytes(to)
        .and_then(|public| X25519HkdfSha256::encap(&public, None, &mut Fixed))
        .is_ok()
}

/// Seals to a public key. None when the key is none.
pub(crate) fn seal(
    to: &[u8; 32],
    info: &[u8],
    plain: &[u8],
    rng: &mut impl CryptoRngCore,
) -> Option<SealedTo> {
    let public = Public::from_bytes(to).ok()?;
    let (encapsulated, ciphertext) =
        hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256, _>(
            &OpModeS::Base,
            &public,
            info,
            plain,
            b"",
            &mut NextGeneration(rng),
        )
        .ok()?;
    Some(SealedTo {
        encapsulated: ByteVec::from(encapsulated.to_bytes().to_vec()),
        ciphertext: ByteVec::from(ciphertext),
    })
}

/// Opens what was sealed to the public key of this seed.
pub(crate) fn open(seed: &[u8; 32], info: &[u8], sealed: &SealedTo) -> Option<Zeroizing<Vec<u8>>> {
    let (private, _) = key_pair(seed);
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&sealed.encapsulated).ok()?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &private,
        &encapsulated,
        info,
        &sealed.ciphertext,
        b"",
    )
    .ok()
    .map(Zeroizing::new)
}
