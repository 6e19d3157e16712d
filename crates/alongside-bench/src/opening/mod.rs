//! Opening ten years of two people's history on a new device: the ledger verifies, decrypts and links, the feed folds. Beside it, what
//! hashing, decrypting and reading these bytes costs alone.

mod floor;

use std::time::Duration;

use alongside_core::checkin;
use alongside_core::event::{self, Decoded};
use alongside_core::fact::{Fact, Position, What};
use alongside_core::id as core_id;
use alongside_core::root::{Context as Wherein, State};
use alongside_log::entry::Place;
use alongside_log::ledger::{Content, Happened, Incoming, Ledger, Outcome, Verified};
use alongside_replica::Feed;
use anyhow::{Result, bail, ensure};

use crate::Run;
use crate::history::{self, History};
use crate::process::thread_time;
use crate::result::{Budget, Measurement, Report, today};
use floor::Floor;

/// Ten years of two people, at four entries a day each.
const ENTRIES: usize = 30_000;
/// As many as a relay hands out at a time.
const PAGE: usize = 4096;
const RUNS: usize = 15;

/// What each turn took, in milliseconds of processor time.
#[derive(Default)]
struct Times {
    ours: Vec<f64>,
    linking: Vec<f64>,
    reading: Vec<f64>,
    folding: Vec<f64>,
    least: Vec<f64>,
}

pub(crate) fn measure(run: &Run) -> Result<Report> {
    let history = history::make(ENTRIES)?;
    let floor = Floor::of(&history.ring)?;
    let mut times = Times::default();
    // Turn by turn, so that what else the machine does falls on both. The first turn warms up.
    for turn in 0..=run.runs(RUNS) {
        let pages = pages(&history);
        let started = thread_time();
        let opened = opened(&history, pages)?;
        let linked = thread_time();
        let facts = facts(&opened);
        let read = thread_time();
        let (mut feed, count) = (Feed::default(), facts.len());
        feed.extend(facts);
        let folded = thread_time();
        ensure!(
            feed.facts().len() == count && everything_is_there(feed.state()),
            "not all of it is there"
        );

        let alone = thread_time();
        let done = floor.go_through(&history.envelopes)?;
        let gone_through = thread_time();
        ensure!(
            done.entries == history.envelopes.len() && done.domain > ENTRIES - 10,
            "the limit leaves something out"
        );
        if turn > 0 {
            let ms = |from: Duration, to: Duration| (to - from).as_secs_f64() * 1000.0;
            times.ours.push(ms(started, folded));
            times.linking.push(ms(started, linked));
            times.reading.push(ms(linked, read));
            times.folding.push(ms(read, folded));
            times.least.push(ms(alone, gone_through));
        }
    }
    let entries = history.envelopes.len();
    let bytes: usize = history
        .envelopes
        .iter()
        .map(|envelope| envelope.head.len() + 300)
        .sum();
    let limit = "hashing, decrypting and reading alone";
    let whole = Measurement::new(format!("{entries} entries, from envelopes to state"), "ms", &times.ours)
        .beside(limit, &times.least)
        .budget(Budget::RatioAtMost(1.5))
        .how(
            "Envelopes as a relay hands them out, 4 096 at a time, in memory; a ledger that knows the keys and nothing else opens them, and what \
             they say is folded into one state. The limit goes through the same bytes in the same turn: the hashes that name and chain them, \
             the keys of each message by HKDF, both ciphertexts, the CBOR, and nothing else: no signature, no order, no state. Processor time of the one thread.",
        );
    let parts = [
        Measurement::new("of that, verifying, decrypting and linking", "ms", &times.linking)
            .beside(limit, &times.least),
        Measurement::new("of that, reading what they say", "ms", &times.reading),
        Measurement::new("of that, folding", "ms", &times.folding),
    ];
    Ok(Report {
        order: 10,
        title: "Opening ten years of two people's history".to_owned(),
        day: today(),
        quick: false,
        about: format!(
            "Two people over {} days, from a seed: every day both check-ins, revealed together, and words of care for them; {:.0} MB as \
             envelopes.",
            history::DAYS,
            bytes as f64 / 1e6
        ),
        measurements: std::iter::once(whole).chain(parts).collect(),
        missing: Vec::new(),
    })
}

fn pages(history: &History) -> Vec<Vec<Incoming>> {
    let numbered: Vec<Incoming> = history
        .envelopes
        .iter()
        .zip(1..)
        .map(|(envelope, number)| Incoming {
            number: Some(number),
            envelope: envelope.clone(),
        })
        .collect();
    numbered.chunks(PAGE).map(<[Incoming]>::to_vec).collect()
}

/// A ledger, and all that it opened.
struct Opened {
    ledger: Ledger,
    verified: Vec<Verified>,
}

fn opened(history: &History, pages: Vec<Vec<Incoming>>) -> Result<Opened> {
    let mut ledger = Ledger::restore(&history.ring, Some(&history.device));
    let mut verified = Vec::with_capacity(history.envelopes.len());
    for page in pages {
        let opened = ledger.open(&history.device, page);
        ensure!(opened.alarms.is_empty(), "an alarm in an honest history");
        for outcome in opened.outcomes {
            match outcome {
                Outcome::Opened(entry) => verified.push(entry),
                other => bail!("{other:?}"),
            }
        }
    }
    Ok(Opened { ledger, verified })
}

/// What all of it says, as a device makes it of what its ledger opened.
fn facts(opened: &Opened) -> Vec<Fact> {
    let all = opened.verified.iter();
    all.filter_map(|verified| fact(&opened.ledger, verified))
        .collect()
}

fn fact(ledger: &Ledger, verified: &Verified) -> Option<Fact> {
    let person = |bytes: &[u8; 32]| core_id::PersonId::from_bytes(*bytes);
    let author = person(verified.person().as_bytes());
    let mut in_round = false;
    let what = match verified.content() {
        Content::Domain(bytes) => match event::decode(bytes) {
            Decoded::Known(event) => {
                in_round = event
                    .round()
                    .is_some_and(|name| verified.place() == Place::Round(ledger.round_id(&name)));
                What::Said(event)
            }
            Decoded::Unknown { .. } | Decoded::Malformed => return None,
        },
        Content::Removed => What::Withdrawn,
        Content::Control(Happened::Began) => What::Joined(author),
        Content::Control(Happened::Admitted(newcomer)) => What::Joined(person(newcomer.id().as_bytes())),
        Content::Control(Happened::Left) => What::Left(author),
        Content::Control(Happened::Hello | Happened::Rekeyed { .. } | Happened::Revoked(_)) => return None,
    };
    Some(Fact {
        position: Position {
            depth: verified.depth(),
            id: core_id::EntryId::from_bytes(*verified.entry().as_bytes()),
        },
        author,
        at_ms: verified.stamp().wall_ms,
        in_round,
        what,
    })
}

/// Both can see the last day's answers of both, which were revealed in the round.
fn everything_is_there(state: &State) -> bool {
    let last = history::day(history::DAYS - 1);
    let members: Vec<core_id::PersonId> = state.members.current().collect();
    members.len() == 2
        && members.iter().all(|me| {
            let wherein = Wherein {
                me: *me,
                space: core_id::SpaceId::from_bytes([7; 16]),
                today: last,
                now_ms: history::noon_ms(history::DAYS - 1),
            };
            checkin::today(&State::default(), Some(state), &wherein)
                .revealed
                .is_some_and(|revealed| revealed.len() == 2)
        })
}
