//! Where a newcomer's past in a space begins: who is there, where each chain stands, and the heads to go on from. There is no secret in it.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use super::epochs::{Epoch, Standing};
use super::{Closure, DeviceState, Heard, Ledger, Person, Told, Top};
use crate::identity::{DeviceCert, PersonPublic};
use crate::ids::{DeviceId, EntryId, EpochId, PersonId};
use crate::vault::Keyring;

/// Where a newcomer's past in a space begins.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Base {
    /// How far the relay's numbering had come.
    #[n(0)]
    pub(super) number: u64,
    /// The running hash there.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(super) running: [u8; 32],
    #[n(2)]
    pub(super) members: Vec<BaseMember>,
    #[n(3)]
    pub(super) devices: Vec<BaseDevice>,
    /// Devices that were revoked before they had spoken.
    #[n(4)]
    pub(super) revoked: Vec<BaseRevoked>,
    /// Entries that nothing follows on yet, and statements that their devices have not named yet.
    #[n(5)]
    pub(super) heads: Vec<BaseHead>,
    /// Epochs whose entries the newcomer cannot read.
    #[n(6)]
    pub(super) past: Vec<BasePast>,
    /// The epoch that the newcomer begins in …
    #[n(7)]
    pub(super) epoch: EpochId,
    /// … and the devices that it was sealed to.
    #[n(8)]
    pub(super) readers: Vec<DeviceId>,
    /// How many entries this base knows that had no number yet.
    #[n(9)]
    pub(super) unnumbered: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct BaseMember {
    #[n(0)]
    pub(super) person: PersonPublic,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(super) member_key: Option<[u8; 32]>,
    #[n(2)]
    pub(super) left: bool,
}

/// A device, with its person's word for it: so who invites cannot pass a device of their own off as another's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct BaseDevice {
    #[n(0)]
    pub(super) person: PersonId,
    #[n(1)]
    pub(super) cert: DeviceCert,
    #[n(2)]
    pub(super) state: BaseState,
    /// The last entry of its chain, if it has written any.
    #[n(3)]
    pub(super) top: Option<BaseTop>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(super) enum BaseState {
    #[n(0)]
    Live,
    #[n(1)]
    Left,
    #[n(2)]
    Revoked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct BaseTop {
    #[n(0)]
    pub(super) seq: u64,
    #[n(1)]
    pub(super) entry: EntryId,
    #[n(2)]
    pub(super) depth: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct BaseRevoked {
    #[n(0)]
    pub(super) person: PersonId,
    #[n(1)]
    pub(super) device: DeviceId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct BaseHead {
    #[n(0)]
    pub(super) entry: EntryId,
    #[n(1)]
    pub(super) depth: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct BasePast {
    #[n(0)]
    pub(super) epoch: EpochId,
    #[n(1)]
    pub(super) number: u64,
}

/// No entry: what made a device known, or closed it, before a newcomer's time.
pub(super) const BEFORE: EntryId = EntryId::from_bytes([0; 32]);

impl Ledger {
    /// What a newcomer is given: where their past begins, and the key of the present epoch. No other, be its number as high: what is
    /// written under one that is not written in here is not theirs to read before somebody who can judge hands it on.
    #[must_use]
    pub fn welcome(&self) -> Keyring {
        let mut ring = self.keyring();
        let base = self.base();
        ring.epochs
            .retain(|epoch| epoch.key.epoch(self.space, epoch.number) == base.epoch);
        ring.base = Some(base);
        ring
    }

    /// Where a newcomer's past begins: here, in the present epoch.
    #[must_use]
    pub fn base(&self) -> Base {
        let current = self.current();
        let epoch = current.map_or(EpochId::from_bytes([0; 32]), |(id, _)| id);
        // Of an epoch whose beginning was not read here nobody can say that the newcomer was told: if it is of their time, they are
        // given its key, and what was written in it must not be hidden from them by then.
        let number = current.map_or(0, |(_, it)| it.number);
        let read = |it: &Epoch| !matches!(it.standing, Standing::Learned | Standing::Handed);
        let known = self
            .epochs
            .iter()
            .filter(|(_, it)| it.number < number || read(it))
            .map(|(id, it)| (*id, it.number));
        let keyless = self.keyless.iter().map(|(id, it)| (*id, it.number));
        let past = self.past.iter().map(|(id, number)| (*id, *number));
        Base {
            number: self.number(),
            running: self.running(),
            members: self
                .persons
                .values()
                .map(|it| BaseMember {
                    person: it.public,
                    member_key: it.member_key,
                    left: it.left.is_some(),
                })
                .collect(),
            devices: self.devices.values().map(|it| self.base_device(it)).collect(),
            revoked: self
                .revoked
                .keys()
                .map(|(person, device)| BaseRevoked {
                    person: *person,
                    device: *device,
                })
                .collect(),
            heads: self.base_heads(),
            past: known
                .chain(keyless)
                .chain(past)
                .filter(|(id, _)| *id != epoch)
                .map(|(epoch, number)| BasePast { epoch, number })
                .collect(),
            epoch,
            readers: current
                .map(|(_, it)| it.sealed.iter().copied().collect())
                .unwrap_or_default(),
            unnumbered: self.unnumbered.len() as u64,
        }
    }

    /// What later entries can still name: that which nothing follows on, and statements that their own devices have yet to name.
    fn base_heads(&self) -> Vec<BaseHead> {
        let statements = self.devices.values().flat_map(|device| &device.unnamed);
        let statements = statements.filter_map(|entry| self.depths.get_key_value(entry));
        let all: BTreeMap<&EntryId, &u64> = self.heads.iter().chain(statements).collect();
        all.into_iter()
            .map(|(entry, depth)| BaseHead {
                entry: *entry,
                depth: *depth,
            })
            .collect()
    }

    fn base_device(&self, it: &DeviceState) -> BaseDevice {
        let state = match it.closed {
            None => BaseState::Live,
            Some(closure) if closure.revoked => BaseState::Revoked,
            Some(_) => BaseState::Left,
        };
        let top = it.top.map(|top| BaseTop {
            seq: top.seq,
            entry: top.entry,
            depth: self.depths.get(&top.entry).copied().unwrap_or_default(),
        });
        BaseDevice {
            person: it.person,
            cert: it.cert.clone(),
            state,
            top,
        }
    }

    pub(super) fn stand_on(&mut self, base: &Base) {
        self.first = base.number;
        self.running.push(base.running);
        self.base_unnumbered = base.unnumbered;
        self.past = base.past.iter().map(|it| (it.epoch, it.number)).collect();
        for member in &base.members {
            let person = Person {
                public: member.person,
                member_key: member.member_key,
                left: member.left.then(|| before(base.number, false)),
                from: 0,
                told: Told::EVERYTHING,
            };
            self.persons.insert(member.person.id(), person);
        }
        for it in &base.devices {
            self.stand_on_device(it, base.number);
        }
        for it in &base.revoked {
            self.revoked
                .insert((it.person, it.device), before(base.number, true));
        }
        for head in &base.heads {
            self.depths.insert(head.entry, head.depth);
            self.heads.insert(head.entry, head.depth);
        }
    }

    fn stand_on_device(&mut self, it: &BaseDevice, number: u64) {
        let Some(person) = self.persons.get(&it.person) else {
            return;
        };
        let Ok(public) = it.cert.verify(&person.public) else {
            return;
        };
        let top = it.top.map(|top| Top {
            seq: top.seq,
            entry: top.entry,
        });
        if let Some(top) = it.top {
            self.depths.insert(top.entry, top.depth);
            self.places.insert((public.id(), top.seq), top.entry);
        }
        let state = DeviceState {
            person: it.person,
            public,
            cert: it.cert.clone(),
            closed: match it.state {
                BaseState::Live => None,
                BaseState::Left => Some(before(number, false)),
                BaseState::Revoked => Some(before(number, true)),
            },
            top,
            before: top.map(|top| top.seq),
            unnamed: Vec::new(),
            heard: Heard {
                marks: BTreeMap::new(),
                before: true,
                told: Told::EVERYTHING,
                welcomed: true,
            },
        };
        self.devices.insert(public.id(), state);
    }
}

/// What ended before a newcomer's time.
fn before(number: u64, revoked: bool) -> Closure {
    Closure {
        by: BEFORE,
        at: Some(number),
        revoked,
    }
}
