//! The envelope: all that a relay, and whoever runs it, gets to see of an entry. It is only made by sealing, so plaintext cannot be
//! represented by it.

use core::fmt;

use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use minicbor::{Decode, Encode};
use rand_core::CryptoRngCore;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::code;
use crate::hash::hash;
use crate::ids::{EnvelopeId, EpochId, SpaceId};
use crate::purpose::Purpose;
use crate::seal::padding;

/// The key of an epoch: whoever has it reads what is written in that time.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Encode, Decode)]
#[cbor(transparent)]
pub struct EpochKey(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

impl fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.debug_struct("EpochKey").finish_non_exhaustive()
    }
}

impl EpochKey {
    /// A new key.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRngCore) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The epoch that has this number and key in a space: nobody can pass another key off as its own.
    #[must_use]
    pub fn epoch(&self, space: SpaceId, number: u64) -> EpochId {
        EpochId::from_bytes(hash(
            Purpose::Epoch,
            &[space.as_bytes(), &number.to_be_bytes(), &self.0],
        ))
    }
}

/// The payload's part of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealedPayload {
    /// It is there.
    Here(Vec<u8>),
    /// It was removed; this was its SHA-256.
    Removed([u8; 32]),
}

impl SealedPayload {
    fn hash(&self) -> [u8; 32] {
        match self {
            Self::Here(bytes) => Sha256::digest(bytes).into(),
            Self::Removed(hash) => *hash,
        }
    }
}

/// A sealed entry: a header, and beside it the payload, which can be removed without the header losing its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// CBOR `[1, space, epoch, nonce, commitment, sealed header]`.
    pub head: Vec<u8>,
    /// The sealed payload.
    pub payload: SealedPayload,
}

impl Envelope {
    /// Its name, the same whether its payload is still there or not.
    #[must_use]
    pub fn id(&self) -> EnvelopeId {
        let mut hash = Sha256::new();
        hash.update(b"alongside/1/envelope\0");
        hash.update(Sha256::digest(&self.head));
        hash.update(self.payload.hash());
        EnvelopeId::from_bytes(hash.finalize().into())
    }
}

/// The head, taken apart.
#[derive(Clone, Copy, Encode)]
pub(crate) struct Head<'b> {
    #[n(0)]
    version: u32,
    #[n(1)]
    pub(crate) space: SpaceId,
    #[n(2)]
    pub(crate) epoch: EpochId,
    #[cbor(n(3), with = "minicbor::bytes")]
    nonce: [u8; 24],
    #[cbor(n(4), with = "minicbor::bytes")]
    commitment: [u8; 32],
    #[cbor(n(5), with = "minicbor::bytes")]
    sealed: &'b [u8],
}

/// Why bytes are no head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoHead {
    TooNew,
    Malformed,
}

impl<'b> Head<'b> {
    /// Takes it apart. Only the one form that [`seal`] writes is one, byte for byte: or a relay could give an envelope another name by
    /// writing a length in another way.
    pub(crate) fn parse(bytes: &'b [u8]) -> Result<Self, NoHead> {
        match bytes {
            [0x86, 0x01, rest @ ..] => Self::fields(rest).ok_or(NoHead::Malformed),
            _ => Err(later_or_malformed(bytes)),
        }
    }

    fn fields(bytes: &'b [u8]) -> Option<Self> {
        let (space, rest) = code::byte_array(bytes)?;
        let (epoch, rest) = code::byte_array(rest)?;
        let (nonce, rest) = code::byte_array(rest)?;
        let (commitment, rest) = code::byte_array(rest)?;
        let (sealed, rest) = code::byte_string(rest)?;
        rest.is_empty().then_some(Self {
            version: VERSION,
            space: SpaceId::from_bytes(*space),
            epoch: EpochId::from_bytes(*epoch),
            nonce: *nonce,
            commitment: *commitment,
            sealed,
        })
    }
}

/// Of a later version nothing can be said but that it is one.
fn later_or_malformed(bytes: &[u8]) -> NoHead {
    let mut decoder = minicbor::Decoder::new(bytes);
    match (decoder.array(), decoder.u32()) {
        (Ok(_), Ok(version)) if version > VERSION => NoHead::TooNew,
        (_, _) => NoHead::Malformed,
    }
}

/// The version of envelopes that are written here.
const VERSION: u32 = 1;

/// Why an envelope does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unopened {
    Commitment,
    Cipher,
    Padding,
}

struct MessageKeys {
    header: XChaCha20Poly1305,
    payload: XChaCha20Poly1305,
    commitment: [u8; 32],
}

fn message_keys(key: &EpochKey, space: SpaceId, epoch: EpochId, nonce: &[u8; 24]) -> MessageKeys {
    let mut derived = Zeroizing::new([0; 96]);
    let info: [&[u8]; 3] = [
        Purpose::Message.name().as_bytes(),
        space.as_bytes(),
        epoch.as_bytes(),
    ];
    let done = Hkdf::<Sha256>::new(Some(nonce), key.as_bytes()).expand_multi_info(&info, derived.as_mut());
    debug_assert!(done.is_ok(), "96 bytes are far below HKDF's limit");
    let (header, rest) = derived.split_at(32);
    let (payload, commitment) = rest.split_at(32);
    let mut keys = MessageKeys {
        header: XChaCha20Poly1305::new(header.into()),
        payload: XChaCha20Poly1305::new(payload.into()),
        commitment: [0; 32],
    };
    keys.commitment.copy_from_slice(commitment);
    keys
}

/// What the ciphertexts are bound to: everything of the head but the sealed header itself.
fn bound(space: SpaceId, epoch: EpochId, nonce: &[u8; 24], commitment: &[u8; 32]) -> [u8; 108] {
    let mut bytes = [0; 108];
    bytes[..4].copy_from_slice(&VERSION.to_be_bytes());
    bytes[4..20].copy_from_slice(space.as_bytes());
    bytes[20..52].copy_from_slice(epoch.as_bytes());
    bytes[52..76].copy_from_slice(nonce);
    bytes[76..].copy_from_slice(commitment);
    bytes
}

fn encrypt(cipher: &XChaCha20Poly1305, nonce: &[u8; 24], about: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = padding::pad(parts);
    // Encryption fails only beyond 256 GiB; an empty ciphertext would open for nobody.
    match cipher.encrypt_in_place_detached(XNonce::from_slice(nonce), about, &mut bytes) {
        Ok(tag) => bytes.extend_from_slice(&tag),
        Err(_) => bytes.clear(),
    }
    bytes
}

fn decrypt(
    cipher: &XChaCha20Poly1305,
    nonce: &[u8; 24],
    about: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, Unopened> {
    let (text, tag) = sealed.split_last_chunk::<16>().ok_or(Unopened::Cipher)?;
    let mut bytes = text.to_vec();
    cipher
        .decrypt_in_place_detached(XNonce::from_slice(nonce), about, &mut bytes, Tag::from_slice(tag))
        .map_err(|_| Unopened::Cipher)?;
    let len = padding::unpad(&bytes).ok_or(Unopened::Padding)?.len();
    bytes.copy_within(4..4 + len, 0);
    bytes.truncate(len);
    Ok(bytes)
}

/// Seals a signed header and its payload under an epoch's key.
pub(crate) fn seal(
    space: SpaceId,
    epoch: EpochId,
    key: &EpochKey,
    header: &[u8],
    payload: &[&[u8]],
    rng: &mut impl CryptoRngCore,
) -> Envelope {
    let mut nonce = [0; 24];
    rng.fill_bytes(&mut nonce);
    let keys = message_keys(key, space, epoch, &nonce);
    let about = bound(space, epoch, &nonce, &keys.commitment);
    let sealed = encrypt(&keys.header, &nonce, &about, &[header]);
    let head = Head {
        version: VERSION,
        space,
        epoch,
        nonce,
        commitment: keys.commitment,
        sealed: &sealed,
    };
    Envelope {
        head: code::encode(&head),
        payload: SealedPayload::Here(encrypt(&keys.payload, &nonce, &about, payload)),
    }
}

/// An opened envelope: the signed header, and the payload if it is still there.
pub(crate) struct Opened {
    pub(crate) header: Vec<u8>,
    pub(crate) payload: Option<Vec<u8>>,
}

/// Opens an envelope whose epoch's key is known.
pub(crate) fn open(head: &Head<'_>, payload: &SealedPayload, key: &EpochKey) -> Result<Opened, Unopened> {
    let keys = message_keys(key, head.space, head.epoch, &head.nonce);
    if !bool::from(keys.commitment.ct_eq(&head.commitment)) {
        return Err(Unopened::Commitment);
    }
    let about = bound(head.space, head.epoch, &head.nonce, &head.commitment);
    let header = decrypt(&keys.header, &head.nonce, &about, head.sealed)?;
    let payload = match payload {
        SealedPayload::Here(sealed) => Some(decrypt(&keys.payload, &head.nonce, &about, sealed)?),
        SealedPayload::Removed(_) => None,
    };
    Ok(Opened { header, payload })
}
