//! What an entry can do to the space itself. It stands in the header: nobody can have it removed later.

use minicbor::{Decode, Encode};

use crate::hash::hash;
use crate::identity::{DeviceCert, DevicePublic, PersonPublic};
use crate::ids::{DeviceId, EpochId, PersonId, SpaceId};
use crate::invitation::Claim;
use crate::purpose::Purpose;
use crate::sealing_to::SealedTo;
use crate::vault::SpaceKind;

/// What an entry does to the space.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Control {
    /// The space begins, with its first member on this device.
    #[n(0)]
    Began {
        /// Whose space it is.
        #[n(0)]
        kind: SpaceKind,
        /// The first member.
        #[n(1)]
        person: PersonPublic,
        /// Their word for this device.
        #[n(2)]
        cert: DeviceCert,
    },
    /// A further device of a member speaks for the first time; or is made known to who could not read that.
    #[n(1)]
    Hello {
        /// The member's word for it.
        #[n(0)]
        cert: DeviceCert,
    },
    /// A newcomer is let in, on the device from which they claimed the invitation.
    #[n(2)]
    Admit {
        /// The newcomer.
        #[n(0)]
        person: PersonPublic,
        /// Their word for their device.
        #[n(1)]
        cert: DeviceCert,
        /// Their key for this space at the relay.
        #[cbor(n(2), with = "minicbor::bytes")]
        member_key: [u8; 32],
    },
    /// A new epoch.
    #[n(3)]
    Epoch(#[n(0)] NewEpoch),
    /// The author leaves, with all their devices.
    #[n(4)]
    Leave,
    /// A device of the author's is theirs no more.
    #[n(5)]
    Revoke {
        /// Which.
        #[n(0)]
        device: DeviceId,
    },
    /// A member is made known to who could not read that they were let in. It lets nobody in who has left.
    #[n(6)]
    Introduce {
        /// The member.
        #[n(0)]
        person: PersonPublic,
        /// Their word for a device of theirs.
        #[n(1)]
        cert: DeviceCert,
        /// Their key for this space at the relay.
        #[cbor(n(2), with = "minicbor::bytes")]
        member_key: [u8; 32],
    },
}

/// A new epoch: its key sealed to every device that shall read what is written in it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct NewEpoch {
    #[n(0)]
    pub(crate) number: u64,
    #[n(1)]
    pub(crate) id: EpochId,
    #[n(2)]
    pub(crate) parent: EpochId,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub(crate) roster: [u8; 32],
    #[n(4)]
    pub(crate) seals: Vec<Seal>,
}

/// The key of an epoch, sealed to one device.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Seal {
    #[n(0)]
    pub(crate) device: DeviceId,
    #[n(1)]
    pub(crate) sealed: SealedTo,
}

impl Control {
    /// A further device's first word, or another's word for it.
    #[must_use]
    pub fn hello(cert: &DeviceCert) -> Self {
        Self::Hello { cert: cert.clone() }
    }

    /// I leave.
    #[must_use]
    pub fn leave() -> Self {
        Self::Leave
    }

    /// A device of mine is mine no more.
    #[must_use]
    pub fn revoke(device: DeviceId) -> Self {
        Self::Revoke { device }
    }

    pub(crate) fn admit(claim: &Claim) -> Self {
        Self::Admit {
            person: claim.person,
            cert: claim.device.clone(),
            member_key: claim.member_key,
        }
    }

    /// The person whom it brings in.
    pub(crate) fn person(&self) -> Option<PersonId> {
        match self {
            Self::Began { person, .. } | Self::Admit { person, .. } | Self::Introduce { person, .. } => {
                Some(person.id())
            }
            Self::Hello { .. } | Self::Epoch(_) | Self::Leave | Self::Revoke { .. } => None,
        }
    }

    /// The device that it brings in, whoever says so: its name is the hash of its keys, so a signature can be checked before its
    /// certificate is.
    pub(crate) fn brings(&self) -> Option<DevicePublic> {
        match self {
            Self::Began { cert, .. }
            | Self::Hello { cert }
            | Self::Admit { cert, .. }
            | Self::Introduce { cert, .. } => cert.claims(),
            Self::Epoch(_) | Self::Leave | Self::Revoke { .. } => None,
        }
    }
}

/// The hash of the devices that an epoch is sealed to, in the order of their names.
pub(crate) fn roster_hash(devices: impl Iterator<Item = DeviceId>) -> [u8; 32] {
    let names: Vec<u8> = devices.flat_map(|device| *device.as_bytes()).collect();
    hash(Purpose::Roster, &[&names])
}

/// What the seal of an epoch's key is bound to.
pub(crate) fn seal_info(space: SpaceId, number: u64) -> Vec<u8> {
    [
        Purpose::EpochSeal.name().as_bytes(),
        b"\0",
        space.as_bytes(),
        &number.to_be_bytes(),
    ]
    .concat()
}
