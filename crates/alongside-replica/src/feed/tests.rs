//! However facts arrive, the feed comes to what the whole fold of them comes to.

use alongside_core::event::Event;
use alongside_core::id::PersonId;
use alongside_core::members;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::*;

fn below(rng: &mut ChaCha20Rng, end: usize) -> usize {
    rng.next_u32() as usize % end.max(1)
}

fn fact(rng: &mut ChaCha20Rng, at: usize) -> Fact {
    let mut id = [0; 32];
    rng.fill_bytes(&mut id);
    let author = PersonId::from_bytes([u8::try_from(below(rng, 3)).unwrap(); 32]);
    let what = match below(rng, 8) {
        0 => What::Joined(author),
        1 => What::Left(author),
        _ => What::Said(Event::Members(members::Event::Named(members::Named {
            name: format!("name {at}"),
        }))),
    };
    Fact {
        // Many lie at one depth: then the hash decides.
        position: Position {
            depth: (at / 4) as u64,
            id: EntryId::from_bytes(id),
        },
        author,
        at_ms: 0,
        in_round: false,
        what,
    }
}

fn shuffle<T>(rng: &mut ChaCha20Rng, of: &mut [T], reach: usize) {
    for at in (1..of.len()).rev() {
        let other = at - below(rng, reach.min(at + 1));
        of.swap(at, other);
    }
}

/// Draws facts, lets them arrive, takes some back, and holds the feed against the fold.
fn check(seed: u64, count: usize, reach: usize) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut all: Vec<Fact> = (0..count).map(|at| fact(&mut rng, at)).collect();
    let mut arriving = all.clone();
    shuffle(&mut rng, &mut arriving, reach);
    let mut feed = Feed::default();
    while !arriving.is_empty() {
        let some = (below(&mut rng, 9) + 1).min(arriving.len());
        let chunk: Vec<Fact> = arriving.drain(..some).collect();
        feed.extend(chunk.iter().cloned());
        // Again is nothing new, also of what was taken back since.
        feed.extend(chunk.clone());
        if below(&mut rng, 4) == 0 {
            let gone = chunk[below(&mut rng, chunk.len())].position.id;
            let said = feed.withdraw(gone);
            for fact in all.iter_mut().filter(|fact| fact.position.id == gone) {
                assert_eq!(
                    said,
                    matches!(fact.what, What::Said(_)),
                    "only words can be taken back"
                );
                if said {
                    fact.what = What::Withdrawn;
                }
            }
            feed.extend(chunk);
        }
    }
    assert_eq!(*feed.state(), State::fold(all.clone()), "seed {seed}");
    all.sort_by_key(|fact| fact.position);
    assert_eq!(feed.facts(), &all[..], "seed {seed}");
}

#[test]
fn the_feed_equals_the_fold_for_every_order_of_arrival() {
    for seed in 0..300 {
        check(seed, 40, 40);
    }
}

#[test]
fn the_feed_equals_the_fold_past_its_marks() {
    for seed in 0..6 {
        // Nearly in order, as it is in life; and wildly out of it.
        check(seed, MARK_EVERY * (MARKS + 3), 30);
        check(seed, MARK_EVERY * 3, MARK_EVERY * 3);
    }
}

#[test]
fn what_is_not_there_is_not_taken_back() {
    let mut feed = Feed::default();
    assert!(!feed.withdraw(EntryId::from_bytes([1; 32])));
}
