//! Who is in a space, on which devices, and who can read the present epoch.

use rand_core::CryptoRngCore;

use super::base::{BaseDevice, BaseHead, BaseMember, BaseTop};
use super::control::{Control, NewEpoch, Seal, roster_hash, seal_info};
use super::{Base, Ledger};
use crate::identity::{DevicePublic, PersonPublic};
use crate::ids::{DeviceId, EpochId, PersonId};
use crate::invitation::Claim;
use crate::seal::envelope::EpochKey;
use crate::sealing_to;
use crate::vault::SpaceKind;

/// The most members of a space.
pub(crate) const MAX_MEMBERS: usize = 12;

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
    /// Their device is not certified by them.
    #[error("their device is not certified by them")]
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
                left: it.left,
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
                live: !it.closed,
            })
            .collect()
    }

    /// Whether the space knows this device.
    #[must_use]
    pub fn knows_device(&self, device: DeviceId) -> bool {
        self.devices.contains_key(&device)
    }

    fn live(&self) -> impl Iterator<Item = (DeviceId, DevicePublic)> {
        self.devices
            .iter()
            .filter(|(_, it)| !it.closed)
            .map(|(id, it)| (*id, it.public))
    }

    /// Whether somebody could read the present epoch who shall not read what comes: their device was revoked, or they have left.
    #[must_use]
    pub fn must_rekey(&self) -> bool {
        self.current().is_some_and(|(_, epoch)| {
            epoch
                .readers
                .iter()
                .any(|reader| self.devices.get(reader).is_some_and(|device| device.closed))
        })
    }

    /// A new epoch, its key sealed to every device that can write here.
    #[must_use]
    pub fn rekey(&self, rng: &mut impl CryptoRngCore) -> Control {
        let (parent, number) = self
            .current()
            .map_or((EpochId::from_bytes([0; 32]), 0), |(id, epoch)| {
                (id, epoch.number.saturating_add(1))
            });
        let key = EpochKey::make(rng);
        let info = seal_info(self.space, number);
        let seals: Vec<Seal> = self
            .live()
            .filter_map(|(device, public)| {
                let sealed = sealing_to::seal(&public.receiving, &info, key.as_bytes(), rng)?;
                Some(Seal { device, sealed })
            })
            .collect();
        Control::Epoch(NewEpoch {
            number,
            id: key.epoch(self.space, number),
            parent,
            roster: roster_hash(seals.iter().map(|seal| seal.device)),
            seals,
        })
    }

    /// Lets in who claimed an invitation. A new epoch follows it, or they could read nothing.
    ///
    /// # Errors
    /// [`AdmitError`].
    pub fn admit(&self, claim: &Claim) -> Result<Control, AdmitError> {
        claim
            .device
            .verify(&claim.person)
            .map_err(|_| AdmitError::BadCert)?;
        self.may_admit(claim.person.id())?;
        Ok(Control::admit(claim))
    }

    pub(super) fn may_admit(&self, person: PersonId) -> Result<(), AdmitError> {
        if self.persons.get(&person).is_some_and(|it| !it.left) {
            return Err(AdmitError::AlreadyMember);
        }
        let here = self.persons.values().filter(|it| !it.left).count();
        if self.kind == SpaceKind::Me || here >= MAX_MEMBERS {
            Err(AdmitError::Full)
        } else {
            Ok(())
        }
    }

    /// Where a newcomer's past begins: here, in the present epoch.
    #[must_use]
    pub fn base(&self) -> Base {
        let current = self.current().map_or(EpochId::from_bytes([0; 32]), |(id, _)| id);
        Base {
            number: self.number(),
            running: self.running(),
            members: self
                .persons
                .values()
                .map(|it| BaseMember {
                    person: it.public,
                    member_key: it.member_key,
                    left: it.left,
                })
                .collect(),
            devices: self
                .devices
                .values()
                .map(|it| BaseDevice {
                    person: it.person,
                    device: it.public,
                    closed: it.closed,
                    top: it.top.map(|top| BaseTop {
                        seq: top.seq,
                        entry: top.entry,
                        depth: self.depths.get(&top.entry).copied().unwrap_or_default(),
                    }),
                })
                .collect(),
            heads: self
                .heads
                .iter()
                .map(|(entry, depth)| BaseHead {
                    entry: *entry,
                    depth: *depth,
                })
                .collect(),
            past: self
                .epochs
                .keys()
                .chain(&self.past)
                .copied()
                .filter(|id| *id != current)
                .collect(),
            epoch: current,
        }
    }
}
