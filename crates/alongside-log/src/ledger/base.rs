//! Where a newcomer's past in a space begins: who is there, where each chain stands, and the heads to go on from. There is no secret in it.

use minicbor::{Decode, Encode};

use crate::identity::{DevicePublic, PersonPublic};
use crate::ids::{EntryId, EpochId, PersonId};

/// Where a newcomer's past in a space begins.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Base {
    /// How far the relay's numbering had come.
    #[n(0)]
    pub(crate) number: u64,
    /// The running hash there.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(crate) running: [u8; 32],
    #[n(2)]
    pub(crate) members: Vec<BaseMember>,
    #[n(3)]
    pub(crate) devices: Vec<BaseDevice>,
    /// Entries that nothing follows on yet.
    #[n(4)]
    pub(crate) heads: Vec<BaseHead>,
    /// Epochs whose entries the newcomer cannot read.
    #[n(5)]
    pub(crate) past: Vec<EpochId>,
    /// The epoch that the newcomer begins in.
    #[n(6)]
    pub(crate) epoch: EpochId,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct BaseMember {
    #[n(0)]
    pub(crate) person: PersonPublic,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(crate) member_key: Option<[u8; 32]>,
    #[n(2)]
    pub(crate) left: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct BaseDevice {
    #[n(0)]
    pub(crate) person: PersonId,
    #[n(1)]
    pub(crate) device: DevicePublic,
    #[n(2)]
    pub(crate) closed: bool,
    /// The last entry of its chain, if it has written any.
    #[n(3)]
    pub(crate) top: Option<BaseTop>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct BaseTop {
    #[n(0)]
    pub(crate) seq: u64,
    #[n(1)]
    pub(crate) entry: EntryId,
    #[n(2)]
    pub(crate) depth: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct BaseHead {
    #[n(0)]
    pub(crate) entry: EntryId,
    #[n(1)]
    pub(crate) depth: u64,
}
