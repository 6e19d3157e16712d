//! Invitations: a secret in a link, what it says, who claims it, the words to compare, the welcome.

use core::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand_core::CryptoRngCore;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::code;
use crate::cose::Signed;
use crate::hash::{derive, hash};
use crate::identity::{DeviceCert, Identity, PersonPublic, RelayKey};
use crate::ids::{InvitationId, PersonId, SpaceId};
use crate::purpose::Purpose;
use crate::seal::boxed;
use crate::seal::padding;
use crate::sealing_to::{self, SealedTo};
use crate::vault::Keyring;
use crate::words;

/// The secret behind the `#` of an invitation's link: 128 random bits.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Encode, Decode)]
#[cbor(transparent)]
pub struct InvitationSecret(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.debug_struct("InvitationSecret").finish_non_exhaustive()
    }
}

/// This is no invitation's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no invitation")]
pub struct NotAnInvitation;

/// It does not open: made with another secret, or altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this does not open with this invitation")]
pub struct DoesNotOpen;

/// What an invitation says to who has the link.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Blob {
    /// The space that it leads to.
    #[n(0)]
    pub space: SpaceId,
    /// Who invites.
    #[n(1)]
    pub inviter: PersonPublic,
    /// Until when, milliseconds since 1970 (UTC).
    #[n(2)]
    pub expires_ms: i64,
    /// What the application adds.
    #[n(3)]
    pub card: ByteVec,
}

/// Who claims an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Claim {
    /// The person.
    #[n(0)]
    pub person: PersonPublic,
    /// The device that they claim it from.
    #[n(1)]
    pub device: DeviceCert,
    /// Their key for the space, at the relay.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub member_key: [u8; 32],
    /// What the application adds.
    #[n(3)]
    pub card: ByteVec,
}

/// What a newcomer is given.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Welcome {
    /// The space, its present key, and where their past in it begins.
    #[n(0)]
    pub keyring: Keyring,
    /// What the application adds.
    #[n(1)]
    pub card: ByteVec,
}

/// What of a welcome is signed: the welcome, and to whom it is given, for which invitation. Or a newcomer could hand what was given to them on
/// to somebody else as if the inviter had.
#[derive(Encode, Decode)]
struct Given {
    #[n(0)]
    invitation: InvitationId,
    #[n(1)]
    to: PersonId,
    #[n(2)]
    welcome: Welcome,
}

/// Why a welcome does not stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WelcomeError {
    /// It was not sealed to this person for this invitation, or was altered.
    #[error("the welcome was not made for this person and invitation")]
    DoesNotOpen,
    /// It is not signed by who invited, for this person and invitation.
    #[error("the welcome is not signed by who invited")]
    BadSignature,
    /// It is no welcome.
    #[error("this is no welcome")]
    Malformed,
}

impl InvitationSecret {
    /// A new one.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRngCore) -> Self {
        let mut bits = [0; 16];
        rng.fill_bytes(&mut bits);
        Self(bits)
    }

    /// What stands behind the `#` of the link.
    #[must_use]
    pub fn to_fragment(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads [`InvitationSecret::to_fragment`].
    ///
    /// # Errors
    /// [`NotAnInvitation`].
    pub fn from_fragment(fragment: &str) -> Result<Self, NotAnInvitation> {
        let bytes = URL_SAFE_NO_PAD.decode(fragment).map_err(|_| NotAnInvitation)?;
        bytes.try_into().map(Self).map_err(|_| NotAnInvitation)
    }

    /// The invitation's key: its public half is what the relay knows.
    #[must_use]
    pub fn key(&self) -> RelayKey {
        RelayKey::derive(Purpose::InvitationKey, b"", &self.0)
    }

    /// The invitation's name.
    #[must_use]
    pub fn id(&self) -> InvitationId {
        let hashed = hash(Purpose::Invitation, &[&self.key().public()]);
        let mut id = [0; 16];
        id.copy_from_slice(&hashed[..16]);
        InvitationId::from_bytes(id)
    }

    fn seal<T: Encode<()>>(&self, purpose: Purpose, value: &T, rng: &mut impl CryptoRngCore) -> Vec<u8> {
        let key = derive(purpose, b"", &self.0);
        let padded = padding::pad(&[&code::encode(value)]);
        code::encode(&boxed::seal(&key, purpose, self.id().as_bytes(), &padded, rng))
    }

    fn open<T: for<'b> Decode<'b, ()>>(&self, purpose: Purpose, sealed: &[u8]) -> Result<T, DoesNotOpen> {
        let key = derive(purpose, b"", &self.0);
        let boxed = code::decode(sealed).ok_or(DoesNotOpen)?;
        let padded = boxed::open(&key, purpose, self.id().as_bytes(), &boxed).ok_or(DoesNotOpen)?;
        padding::unpad(&padded).and_then(code::decode).ok_or(DoesNotOpen)
    }

    /// Seals what the invitation says.
    #[must_use]
    pub fn seal_blob(&self, blob: &Blob, rng: &mut impl CryptoRngCore) -> Vec<u8> {
        self.seal(Purpose::InvitationBlob, blob, rng)
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`DoesNotOpen`].
    pub fn open_blob(&self, sealed: &[u8]) -> Result<Blob, DoesNotOpen> {
        self.open(Purpose::InvitationBlob, sealed)
    }

    /// Seals who claims it.
    #[must_use]
    pub fn seal_claim(&self, claim: &Claim, rng: &mut impl CryptoRngCore) -> Vec<u8> {
        self.seal(Purpose::InvitationClaim, claim, rng)
    }

    /// Opens it; the device is that person's.
    ///
    /// # Errors
    /// [`DoesNotOpen`].
    pub fn open_claim(&self, sealed: &[u8]) -> Result<Claim, DoesNotOpen> {
        let claim: Claim = self.open(Purpose::InvitationClaim, sealed)?;
        claim.device.verify(&claim.person).map_err(|_| DoesNotOpen)?;
        Ok(claim)
    }
}

fn welcome_info(invitation: InvitationId) -> Vec<u8> {
    [Purpose::Welcome.name().as_bytes(), b"\0", invitation.as_bytes()].concat()
}

/// Seals a welcome to a newcomer, signed by who invited. None when the newcomer's key is none.
#[must_use]
pub fn seal_welcome(
    inviter: &Identity,
    to: &PersonPublic,
    invitation: InvitationId,
    welcome: &Welcome,
    rng: &mut impl CryptoRngCore,
) -> Option<Vec<u8>> {
    let given = Given {
        invitation,
        to: to.id(),
        welcome: welcome.clone(),
    };
    let signed = inviter.sign(Purpose::Welcome, &code::encode(&given));
    let sealed = sealing_to::seal(
        &to.receiving,
        &welcome_info(invitation),
        &padding::pad(&[&signed]),
        rng,
    )?;
    Some(code::encode(&sealed))
}

/// Opens a welcome.
///
/// # Errors
/// [`WelcomeError`].
pub fn open_welcome(
    me: &Identity,
    inviter: &PersonPublic,
    invitation: InvitationId,
    sealed: &[u8],
) -> Result<Welcome, WelcomeError> {
    let sealed: SealedTo = code::decode(sealed).ok_or(WelcomeError::DoesNotOpen)?;
    let padded = me
        .open(&welcome_info(invitation), &sealed)
        .ok_or(WelcomeError::DoesNotOpen)?;
    let signed = padding::unpad(&padded)
        .and_then(Signed::parse)
        .ok_or(WelcomeError::Malformed)?;
    if !signed.verifies(&inviter.signing, Purpose::Welcome) {
        return Err(WelcomeError::BadSignature);
    }
    let given: Given = code::decode(signed.payload).ok_or(WelcomeError::Malformed)?;
    if given.invitation == invitation && given.to == me.public().id() {
        Ok(given.welcome)
    } else {
        Err(WelcomeError::BadSignature)
    }
}

/// Five words, 55 bits, that stand on both screens only if each has the other's true identity.
#[must_use]
pub fn compare_words(
    inviter: &PersonPublic,
    newcomer: &PersonPublic,
    invitation: InvitationId,
) -> [&'static str; 5] {
    let hashed = hash(
        Purpose::Compare,
        &[
            inviter.id().as_bytes(),
            newcomer.id().as_bytes(),
            invitation.as_bytes(),
        ],
    );
    let bits = hashed
        .iter()
        .take(8)
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    [53, 42, 31, 20, 9].map(|shift| words::numbered(usize::try_from(bits >> shift & 2047).unwrap_or(0)))
}

#[cfg(test)]
mod tests;
