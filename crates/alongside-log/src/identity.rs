//! Who signs and who is sealed to: a person's identity, their devices, and the keys that the relay knows them by.

use core::fmt;

use ed25519_dalek::{Signer, SigningKey};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand_core::CryptoRngCore;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::code;
use crate::cose::{self, Signed};
use crate::hash::{derive, hash};
use crate::ids::{DeviceId, InvitationId, PersonId, SpaceId};
use crate::purpose::Purpose;
use crate::sealing_to::{self, SealedTo};

/// Two seeds: one to sign with (Ed25519), one to be sealed to (X25519, by HPKE's derivation).
#[derive(Clone, Zeroize, ZeroizeOnDrop, Encode, Decode)]
struct Seeds {
    #[cbor(n(0), with = "minicbor::bytes")]
    signing: [u8; 32],
    #[cbor(n(1), with = "minicbor::bytes")]
    receiving: [u8; 32],
}

impl Seeds {
    fn make(rng: &mut impl CryptoRngCore) -> Self {
        let mut seeds = Self {
            signing: [0; 32],
            receiving: [0; 32],
        };
        rng.fill_bytes(&mut seeds.signing);
        rng.fill_bytes(&mut seeds.receiving);
        seeds
    }

    fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.signing)
    }
}

/// A person's identity. It certifies devices and receives welcomes; it lives in the vault and nowhere else.
#[derive(Clone, Encode, Decode)]
#[cbor(transparent)]
pub struct Identity(#[n(0)] Seeds);

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

impl Identity {
    /// A new identity.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRngCore) -> Self {
        Self(Seeds::make(rng))
    }

    /// Its public keys.
    #[must_use]
    pub fn public(&self) -> PersonPublic {
        PersonPublic {
            signing: self.0.signing_key().verifying_key().to_bytes(),
            receiving: sealing_to::public(&self.0.receiving),
        }
    }

    /// Certifies a device as this person's.
    #[must_use]
    pub fn certify(&self, device: &DevicePublic) -> DeviceCert {
        DeviceCert(ByteVec::from(cose::sign(
            &self.0.signing_key(),
            Purpose::DeviceCert,
            &code::encode(device),
        )))
    }

    /// The key by which the relay knows this person in one space, and in no other.
    #[must_use]
    pub fn member_key(&self, space: SpaceId) -> RelayKey {
        RelayKey::derive(Purpose::Member, space.as_bytes(), &self.0.signing)
    }

    /// The key by which the relay knows who made one invitation.
    #[must_use]
    pub fn inviter_key(&self, invitation: InvitationId) -> RelayKey {
        RelayKey::derive(Purpose::Inviter, invitation.as_bytes(), &self.0.signing)
    }

    pub(crate) fn sign(&self, purpose: Purpose, payload: &[u8]) -> Vec<u8> {
        cose::sign(&self.0.signing_key(), purpose, payload)
    }

    pub(crate) fn open(&self, info: &[u8], sealed: &SealedTo) -> Option<Zeroizing<Vec<u8>>> {
        sealing_to::open(&self.0.receiving, info, sealed)
    }
}

/// A person's public keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct PersonPublic {
    /// Ed25519.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub signing: [u8; 32],
    /// X25519.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub receiving: [u8; 32],
}

impl PersonPublic {
    /// The person's name in the log.
    #[must_use]
    pub fn id(&self) -> PersonId {
        PersonId::from_bytes(hash(Purpose::Person, &[&self.signing, &self.receiving]))
    }
}

/// A device's keys. They are made on it and never leave it.
#[derive(Clone)]
pub struct Device(Seeds);

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.debug_struct("Device").finish_non_exhaustive()
    }
}

/// These are not the bytes of a device's secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the secrets of a device")]
pub struct NotADevice;

impl Device {
    /// A new device.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRngCore) -> Self {
        Self(Seeds::make(rng))
    }

    /// Its public keys.
    #[must_use]
    pub fn public(&self) -> DevicePublic {
        DevicePublic {
            signing: self.0.signing_key().verifying_key().to_bytes(),
            receiving: sealing_to::public(&self.0.receiving),
        }
    }

    /// Its secrets, to be kept sealed on this device.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(code::encode(&self.0))
    }

    /// Reads [`Device::to_secret_bytes`].
    ///
    /// # Errors
    /// [`NotADevice`].
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, NotADevice> {
        code::decode(bytes).map(Self).ok_or(NotADevice)
    }

    pub(crate) fn sign(&self, purpose: Purpose, payload: &[u8]) -> Vec<u8> {
        cose::sign(&self.0.signing_key(), purpose, payload)
    }

    pub(crate) fn open(&self, info: &[u8], sealed: &SealedTo) -> Option<Zeroizing<Vec<u8>>> {
        sealing_to::open(&self.0.receiving, info, sealed)
    }
}

/// A device's public keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DevicePublic {
    /// Ed25519.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub signing: [u8; 32],
    /// X25519.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub receiving: [u8; 32],
}

impl DevicePublic {
    /// The device's name in the log.
    #[must_use]
    pub fn id(&self) -> DeviceId {
        DeviceId::from_bytes(hash(Purpose::Device, &[&self.signing, &self.receiving]))
    }
}

/// A person's word that a device is theirs: COSE_Sign1 by the identity over the device's public keys.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct DeviceCert(#[n(0)] ByteVec);

/// Why a certificate does not stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertError {
    /// It is no certificate.
    #[error("not a certificate")]
    Malformed,
    /// It is not this person's.
    #[error("the signature is not this person's")]
    BadSignature,
    /// Nothing can be sealed to the device.
    #[error("nothing can be sealed to the device")]
    NoKey,
}

impl DeviceCert {
    /// A certificate as received.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(ByteVec::from(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The device, if this is that person's word.
    ///
    /// # Errors
    /// [`CertError`].
    pub fn verify(&self, person: &PersonPublic) -> Result<DevicePublic, CertError> {
        let signed = Signed::parse(&self.0).ok_or(CertError::Malformed)?;
        let device: DevicePublic = code::decode(signed.payload).ok_or(CertError::Malformed)?;
        if !signed.verifies(&person.signing, Purpose::DeviceCert) {
            return Err(CertError::BadSignature);
        }
        // Everybody would try to hand it keys for ever.
        if sealing_to::is_usable(&device.receiving) {
            Ok(device)
        } else {
            Err(CertError::NoKey)
        }
    }

    /// The device that it speaks of, whoever says so.
    pub(crate) fn claims(&self) -> Option<DevicePublic> {
        code::decode(Signed::parse(&self.0)?.payload)
    }
}

/// Who writes: a person, on one of their devices.
#[derive(Clone, Copy, Debug)]
pub struct Author<'a> {
    /// The person.
    pub person: PersonPublic,
    /// The device.
    pub device: &'a Device,
    /// The person's word for it.
    pub cert: &'a DeviceCert,
}

/// A key for proofs towards the relay. What is signed with it is said by the relay's protocol.
pub struct RelayKey(SigningKey);

impl fmt::Debug for RelayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.debug_struct("RelayKey").finish_non_exhaustive()
    }
}

impl RelayKey {
    pub(crate) fn derive(purpose: Purpose, salt: &[u8], secret: &[u8]) -> Self {
        Self(SigningKey::from_bytes(&derive(purpose, salt, secret)))
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs a message, which names its purpose.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

#[cfg(test)]
mod tests;
