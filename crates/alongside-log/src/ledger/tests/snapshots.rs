//! Going on from a snapshot comes to the same as opening everything.

use super::worlds::World;
use crate::ids::EnvelopeId;
use crate::ledger::{Ledger, Opened};
use crate::testing::{Client, two};

fn resumed(client: &Client) -> Option<Ledger> {
    let bytes = client.ledger.snapshot()?;
    // With the keys that the vault had in the beginning: what came since is in the snapshot.
    let ledger = Ledger::resume(&client.ledger.keyring(), &client.who.device, &bytes).unwrap();
    assert_eq!(
        ledger.snapshot().as_ref(),
        Some(&bytes),
        "it is the same state, byte for byte"
    );
    assert_eq!(
        format!("{:?}", ledger.keyring()),
        format!("{:?}", client.ledger.keyring())
    );
    Some(ledger)
}

fn shown(opened: &Opened) -> String {
    format!("{opened:?}")
}

#[test]
fn a_snapshot_at_any_point_and_then_the_rest_equal_everything_at_once() {
    let mut taken = 0;
    for seed in 0..12 {
        let mut world = World::new(seed * 6007);
        for _ in 0..70 {
            world.step(seed % 2 == 1);
        }
        for at in 0..world.clients.len() {
            world.push(at);
        }
        let entries = world.relay.after(0).len() as u64;
        for at in 0..world.clients.len() {
            let whole = world.clients[at].second_device(900_000 + at as u64);
            for cut in 0..=entries {
                let mut straight = whole.clone();
                let mut broken = whole.clone();
                let from = whole.ledger.number();
                let cut = usize::try_from(cut.saturating_sub(from)).unwrap();
                let all = world.relay.after(from);
                let (before, after) = all.split_at(cut.min(all.len()));
                straight.open(before.to_vec());
                broken.open(before.to_vec());
                let Some(ledger) = resumed(&broken) else { continue };
                broken.ledger = ledger;
                taken += 1;
                assert_eq!(
                    shown(&straight.open(after.to_vec())),
                    shown(&broken.open(after.to_vec())),
                    "seed {seed}, device {at}, cut at {cut}"
                );
                assert_eq!(straight.ledger.snapshot(), broken.ledger.snapshot());
                let rings = (straight.ledger.keyring(), broken.ledger.keyring());
                assert!(rings.0 == rings.1, "seed {seed}, device {at}, cut at {cut}");
            }
        }
    }
    assert!(taken > 1_000, "only {taken} snapshots were taken");
}

#[test]
fn nothing_is_taken_while_an_own_entry_has_no_number() {
    let (mut relay, mut first, _) = two(1);
    assert!(first.ledger.snapshot().is_some());
    let entry = first.say("on its way");
    assert!(first.ledger.snapshot().is_none());
    assert!(!first.ledger.is_numbered(entry));
    first.sync(&mut relay);
    assert!(first.ledger.snapshot().is_some());
    assert!(first.ledger.is_numbered(entry));
}

#[test]
fn what_the_vault_learned_meanwhile_is_known_after_going_on() {
    let (mut relay, mut first, second) = two(2);
    let old = second.ledger.snapshot().unwrap();
    first.rekey();
    first.say("under the new key");
    first.sync(&mut relay);
    let ledger = Ledger::resume(&first.ledger.keyring(), &first.who.device, &old);
    assert!(ledger.is_none(), "another device's");
    let mut ring = second.ledger.keyring();
    ring.epochs = first.ledger.keyring().epochs;
    let ledger = Ledger::resume(&ring, &second.who.device, &old).unwrap();
    assert_eq!(ledger.keyring().epochs.len(), ring.epochs.len());
}

#[test]
fn of_another_version_or_another_past_nothing_is_made() {
    let (_, first, second) = two(3);
    let bytes = second.ledger.snapshot().unwrap();
    let ring = second.ledger.keyring();
    let go_on = |bytes: &[u8]| Ledger::resume(&ring, &second.who.device, bytes).is_some();
    assert!(go_on(&bytes));
    assert!(!go_on(&[]));
    assert!(!go_on(&bytes[..bytes.len() - 1]));
    let mut later = bytes.to_vec();
    assert_eq!(later[1], 1, "the version comes first");
    later[1] = 2;
    assert!(!go_on(&later));
    assert!(!go_on(&first.ledger.snapshot().unwrap()));
}

#[test]
fn it_is_known_which_envelope_stood_where() {
    let (relay, first, _) = two(4);
    for (at, envelope) in relay.log.iter().enumerate() {
        assert!(first.ledger.was_shown(at as u64 + 1, envelope.id()));
        assert!(!first.ledger.was_shown(at as u64 + 2, envelope.id()));
    }
    assert!(!first.ledger.was_shown(1, EnvelopeId::from_bytes([0; 32])));
    assert!(!first.ledger.was_shown(0, relay.log[0].id()));
}
