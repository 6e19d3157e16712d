//! Makes two people with ten years of history at a running relay, through the real client, and says how to sign in as one of them.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use alongside_core::checkin::{self, Command as CheckIn, Field, Where};
use alongside_core::id::EntryId;
use alongside_core::root::{Command, State};
use alongside_replica::ports::{Platform as _, Store as _, Table, Write};
use anyhow::{Context as _, Result, ensure};
use clap::Args;
use jiff::civil::Date;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tokio::task::LocalSet;

use crate::device::{Device, PASSPHRASE, Pair};
use crate::history;

/// How much is done before it is sent: a month.
const DAYS_AT_A_TIME: usize = 30;
/// What one of them sees of a day's check-ins: both answers, and their own whole record.
const CHECK_IN_ENTRIES: usize = 3;
const OPENINGS: usize = 7;
/// After so long a device has sealed what it opened.
const SETTLING: Duration = Duration::from_secs(4);

/// What to fill.
#[derive(Args)]
pub(crate) struct Fill {
    /// A relay without rate limits
    #[arg(long)]
    relay: SocketAddr,
    /// Where to write how to sign in
    #[arg(long)]
    out: PathBuf,
    /// How many entries one of the two shall see, in their own space and the one of both
    #[arg(long, default_value_t = 30_000)]
    entries: usize,
}

pub(crate) fn fill(what: &Fill) -> Result<()> {
    let runtime = crate::one_thread()?;
    let told = LocalSet::new().block_on(&runtime, async {
        let pair = Pair::make(what.relay, "", Some(history::noon_ms(0))).await?;
        let mut rng = ChaCha20Rng::seed_from_u64(10);
        let (mut first, mut care) = (0, 0);
        while first < history::DAYS {
            let last = (first + DAYS_AT_A_TIME).min(history::DAYS);
            month(&pair, &mut rng, first..last, what.entries, &mut care).await?;
            first = last;
        }
        told(&pair).await
    })?;
    fs::write(&what.out, serde_json::to_vec_pretty(&told)?)
        .with_context(|| format!("writing {}", what.out.display()))
}

/// Both check in every day, and then answer what was revealed until the month has its share of all entries.
async fn month(
    pair: &Pair,
    rng: &mut ChaCha20Rng,
    days: std::ops::Range<usize>,
    entries: usize,
    care: &mut usize,
) -> Result<()> {
    for number in days.clone() {
        for device in [&pair.ada, &pair.ben] {
            device.platform().set_clock_ms(history::noon_ms(number));
            check_in(device, pair, rng, history::day(number)).await?;
        }
    }
    for device in [&pair.ada, &pair.ben, &pair.ada] {
        device.step().await?;
    }
    for number in days {
        let day = history::day(number);
        while CHECK_IN_ENTRIES * (number + 1) + *care < (number + 1) * entries / history::DAYS {
            let device = if care.is_multiple_of(2) {
                &pair.ada
            } else {
                &pair.ben
            };
            let to = theirs(device, pair, day).with_context(|| format!("{day} was not revealed"))?;
            let wish = Command::CheckIn(CheckIn::Care {
                to,
                care: history::care(rng),
            });
            device.dispatch(vec![(pair.us, wish)]).await?;
            *care += 1;
        }
    }
    for device in [&pair.ada, &pair.ben, &pair.ada] {
        device.step().await?;
    }
    Ok(())
}

async fn check_in(device: &Device, pair: &Pair, rng: &mut ChaCha20Rng, day: Date) -> Result<()> {
    let me = device.me_space().context("everybody has a Me")?;
    let answers = history::answers(rng);
    let shared: BTreeSet<Field> = [
        Field::Mood,
        Field::Pressure,
        Field::Close,
        Field::Thanks,
        Field::ThanksFor,
        Field::Tension,
        Field::Note,
    ]
    .into();
    let wishes = checkin::plan(day, Some(pair.us), &answers, &shared)
        .into_iter()
        .map(|(place, command)| {
            let space = match place {
                Where::Me => me,
                Where::Us => pair.us,
            };
            (space, command)
        })
        .collect();
    Ok(device.dispatch(wishes).await?)
}

/// The entry of the other's check-in of a day.
fn theirs(device: &Device, pair: &Pair, day: Date) -> Option<EntryId> {
    let mut context = device.context(pair.us)?;
    context.today = day;
    let today = device.with_state(pair.us, |state| {
        checkin::today(&State::default(), Some(state), &context)
    })?;
    today
        .revealed?
        .into_iter()
        .find(|revealed| revealed.author != context.me)
        .map(|revealed| revealed.entry)
}

/// How to sign in as Ada, and how long her own device takes to open all that.
async fn told(pair: &Pair) -> Result<serde_json::Value> {
    let last = history::day(history::DAYS - 1);
    ensure!(
        theirs(&pair.ada, pair, last).is_some(),
        "the last day was not revealed"
    );
    ensure!(pair.ada.waiting_to_send() == 0, "something waits to be sent");
    pair.ada
        .platform()
        .store()
        .commit(vec![Write::Clear(Table::Checkpoint)])
        .await?;
    let without = openings(&pair.ada).await?;
    // As a device does that is left open for a moment.
    let _still_open = tokio::time::timeout(SETTLING, pair.ada.run()).await;
    let sealed = pair
        .ada
        .platform()
        .store()
        .scan(Table::Checkpoint, b"", b"", usize::MAX)
        .await?;
    ensure!(sealed.len() == 2, "there are {} checkpoints", sealed.len());
    let with = openings(&pair.ada).await?;
    Ok(serde_json::json!({
        "handle": pair.ada.handle(),
        "passphrase": PASSPHRASE,
        "words": pair.words,
        "us": alongside_wire::route::hex(pair.us.as_bytes()),
        "last_day": last.to_string(),
        "native_ms": without,
        "native_with_checkpoint_ms": with,
        "checkpoint_bytes": sealed.iter().map(|(_, value)| value.len()).sum::<usize>(),
    }))
}

/// How long a device takes to open what lies in its store.
async fn openings(device: &Device) -> Result<Vec<f64>> {
    let mut openings = Vec::new();
    for _ in 0..OPENINGS {
        let started = Instant::now();
        device.refresh().await?;
        openings.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(openings)
}
