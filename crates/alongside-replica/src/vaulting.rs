//! What a device does with a vault that another device of the same person has written.

use alongside_log::ledger::Ledger;
use alongside_log::vault::EpochSecret;

use crate::device::Open;
use crate::inbox;
use crate::space::Space;

/// Takes over what the vault now holds: spaces that this device did not know, keys that it lacked, leaves made elsewhere.
pub(crate) fn adopt(open: &mut Open) {
    let decode = open.decode;
    let Open {
        vault,
        spaces,
        device,
        ..
    } = open;
    for ring in &vault.contents.spaces {
        match spaces.get_mut(&ring.space) {
            Some(space) => {
                let known: usize = space.ledger.keyring().epochs.len();
                if ring.epochs.len() > known {
                    let learn = |secret: &EpochSecret| space.ledger.learn_epoch(secret);
                    ring.epochs.iter().for_each(learn);
                    // What waited for these keys opens now.
                    let _ = inbox::take_in(space, device, Vec::new());
                }
                space.left |= ring.left;
            }
            None => {
                spaces.insert(
                    ring.space,
                    Space::new(ring, Ledger::restore(ring, Some(device)), decode),
                );
            }
        }
    }
}
