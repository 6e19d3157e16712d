//! Who is in a space, on which devices.

use super::control::Control;
use super::{DeviceState, Ledger};
use crate::identity::PersonPublic;
use crate::ids::{DeviceId, PersonId};
use crate::invitation::Claim;
use crate::vault::SpaceKind;

/// The most members of a space.
pub(super) const MAX_MEMBERS: usize = 12;

/// A member, or somebody who was one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PersonPublic,
    /// Their key for this space at the relay, if it is known here.
    pub member_key: Option<[u8; 32]>,
    /// They have left.
    pub left: bool,
}

/// A device of somebody in the space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceStanding {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub device: DeviceId,
    /// It can write here.
    pub live: bool,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdmitError {
    /// They are in.
    #[error("they are a member")]
    AlreadyMember,
    /// There are as many members as there can be, or this is one person's own space.
    #[error("nobody more can be let in")]
    Full,
    /// Their device is not certified by them, or is theirs no more.
    #[error("their device is not certified by them, or is theirs no more")]
    BadCert,
}

impl Ledger {
    /// Everyone who is or was a member.
    #[must_use]
    pub fn members(&self) -> Vec<Member> {
        self.persons
            .values()
            .map(|it| Member {
                person: it.public,
                member_key: it.member_key,
                left: it.left.is_some(),
            })
            .collect()
    }

    /// Every device that is or was a member's.
    #[must_use]
    pub fn devices(&self) -> Vec<DeviceStanding> {
        self.devices
            .iter()
            .map(|(device, it)| DeviceStanding {
                person: it.person,
                device: *device,
                live: it.closed.is_none(),
            })
            .collect()
    }

    /// Whether this device is known, so that it can write. If not it says hello first: for the first time, or again when its person had
    /// left and was let in on another device.
    #[must_use]
    pub fn knows_device(&self, device: DeviceId) -> bool {
        let known = self.devices.get(&device);
        known.is_some_and(|it| it.closed.is_none_or(|closure| closure.revoked))
    }

    /// Devices that can write here.
    pub(super) fn live(&self) -> impl Iterator<Item = (DeviceId, &DeviceState)> {
        self.devices
            .iter()
            .filter(|(_, it)| it.closed.is_none())
            .map(|(id, it)| (*id, it))
    }

    /// Lets in who claimed an invitation. A new epoch follows it, or they could read nothing.
    ///
    /// # Errors
    /// [`AdmitError`].
    pub fn admit(&self, claim: &Claim) -> Result<Control, AdmitError> {
        let device = claim
            .device
            .verify(&claim.person)
            .map_err(|_| AdmitError::BadCert)?;
        self.may_admit(claim.person.id())?;
        if !self.may_come_in(device.id(), claim.person.id()) {
            return Err(AdmitError::BadCert);
        }
        Ok(Control::admit(claim))
    }

    fn may_admit(&self, person: PersonId) -> Result<(), AdmitError> {
        if self.persons.get(&person).is_some_and(|it| it.left.is_none()) {
            return Err(AdmitError::AlreadyMember);
        }
        if self.kind == SpaceKind::Me || self.members_here() >= MAX_MEMBERS {
            Err(AdmitError::Full)
        } else {
            Ok(())
        }
    }

    pub(super) fn members_here(&self) -> usize {
        self.persons.values().filter(|it| it.left.is_none()).count()
    }

    /// Whether a device can come in, or come back, as this person's.
    pub(super) fn may_come_in(&self, device: DeviceId, person: PersonId) -> bool {
        let revoked = self.revoked.contains_key(&(person, device));
        !revoked
            && self
                .devices
                .get(&device)
                .is_none_or(|it| it.person == person && !it.closed.is_some_and(|closure| closure.revoked))
    }
}
