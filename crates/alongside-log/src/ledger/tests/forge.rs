//! Entries as a member could make them who does not keep to the rules.

use crate::code;
use crate::entry::{self, Header, Heads, Place};
use crate::identity::Device;
use crate::ids::EpochId;
use crate::ledger::Control;
use crate::purpose::Purpose;
use crate::seal::envelope::{self, Envelope, EpochKey};
use crate::testing::{Client, Relay, rng, stamp, sync_all, two};

/// A header as Ada's device would write it next, to be spoilt.
pub(super) struct Forge<'c> {
    pub(super) client: &'c Client,
    pub(super) header: Header<'static>,
    pub(super) salted: Vec<u8>,
    pub(super) epoch: EpochId,
    pub(super) key: EpochKey,
    pub(super) purpose: Purpose,
    pub(super) device: Device,
}

impl<'c> Forge<'c> {
    pub(super) fn next(client: &'c Client) -> Self {
        let ledger = &client.ledger;
        let (epoch, state) = ledger.current().unwrap();
        let top = ledger.devices.get(&client.who.device_id()).and_then(|it| it.top);
        let depth = top.map_or(0, |top| ledger.depths[&top.entry] + 1);
        let salted = [&[7; 16][..], b"forged"].concat();
        let header = Header {
            version: 1,
            space: ledger.space,
            person: client.who.person(),
            device: client.who.device_id(),
            place: Place::Chain {
                seq: top.map_or(0, |top| top.seq + 1),
                prev: top.map(|top| top.entry),
            },
            heads: Heads::default(),
            depth,
            epoch,
            stamp: stamp(0),
            witness: None,
            control: None,
            payload_len: 6,
            payload_hash: entry::payload_hash(&[&salted]),
        };
        Self {
            client,
            header,
            salted,
            epoch,
            key: state.key.clone(),
            purpose: Purpose::Entry,
            device: client.who.device.clone(),
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        code::encode(&self.header)
    }

    pub(super) fn seal(&self) -> Envelope {
        self.seal_signed(&self.device.sign(self.purpose, &self.bytes()))
    }

    pub(super) fn seal_signed(&self, signed: &[u8]) -> Envelope {
        envelope::seal(
            self.client.ledger.space,
            self.epoch,
            &self.key,
            signed,
            &[&self.salted],
            &mut rng(9),
        )
    }
}

/// The relay, who writes, and who reads: who has read everything from the beginning lets nothing pass unexplained.
pub(super) fn pair(seed: u64) -> (Relay, Client, Client) {
    let (mut relay, mut first, mut second) = two(seed);
    second.control_at_once(Control::hello(&second.who.cert.clone()));
    sync_all(&mut relay, &mut [&mut first, &mut second]);
    (relay, second, first)
}
