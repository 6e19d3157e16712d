//! From a change on one person's device to the other's open screen, over a real relay on loopback. Beside it, what loopback and the disk take for
//! the same way with nothing in between.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use alongside_core::members;
use alongside_core::root::Command;
use alongside_replica::Connection;
use anyhow::{Context as _, Result, ensure};
use tokio::task::LocalSet;

use crate::Run;
use crate::device::{Device, Ear, Pair};
use crate::result::{Budget, Measurement, Report, today};
use crate::server::Server;

const RUNS: usize = 7;
const CHANGES: usize = 200;
/// People are not that fast: each change finds everything at rest.
const PAUSE: Duration = Duration::from_millis(3);
/// About what an envelope takes.
const MESSAGE_BYTES: usize = 1024;

/// Half of all, and all but one in a hundred, take no longer than these.
struct Percentiles {
    p50_ms: Vec<f64>,
    p99_ms: Vec<f64>,
}

impl Percentiles {
    fn of(runs: &[Vec<Duration>]) -> Self {
        let at = |part: f64| {
            let of_run = |run: &Vec<Duration>| {
                let mut run = run.clone();
                run.sort_unstable();
                let index = (run.len().saturating_sub(1) as f64 * part) as usize;
                run.get(index).map_or(f64::NAN, Duration::as_secs_f64) * 1000.0
            };
            runs.iter().map(of_run).collect()
        };
        Self {
            p50_ms: at(0.5),
            p99_ms: at(0.99),
        }
    }
}

pub(crate) fn measure(run: &Run) -> Result<Report> {
    let folder = run.scratch("change");
    let relay = Server::relay(&run.program, &folder, &[])?;
    let runtime = crate::one_thread()?;
    let (mut ours, mut least) = (Vec::new(), Vec::new());
    LocalSet::new().block_on(&runtime, async {
        let pair = Pair::make(relay.address, "", None).await?;
        let mut ears = [Ear::at(&pair.ada), Ear::at(&pair.ben)];
        for (device, ear) in [&pair.ada, &pair.ben].into_iter().zip(&mut ears) {
            let running = device.clone();
            tokio::task::spawn_local(async move { running.run().await });
            ear.until(|| device.connection() == Connection::Connected).await?;
        }
        for turn in 0..run.runs(RUNS) {
            ours.push(changes(&pair, &mut ears[1], turn).await?);
            // Both devices rest meanwhile: this thread is theirs.
            least.push(hops(&run.scratch("hops"))?);
        }
        anyhow::Ok(())
    })?;
    let (ours, least) = (Percentiles::of(&ours), Percentiles::of(&least));
    let limit = "two loopback hops and one flush";
    Ok(Report {
        order: 30,
        title: "A change, until it is on the other's open screen".to_owned(),
        day: today(),
        quick: false,
        about: "Two devices of two people, the real client with its store in memory, both connected to the real relay on this machine. One \
                changes something in their Us; it counts from before that until the other device's state shows it: decided, signed, sealed, \
                sent, on the relay's disk, pushed, verified, folded. The limit is a message of the same size that goes to another \
                thread over TCP, is flushed to the same disk there, and goes on over TCP to a third: kernel and disk alone."
            .to_owned(),
        measurements: vec![
            Measurement::new("half are there within", "ms", &ours.p50_ms)
                .beside(limit, &least.p50_ms)
                .budget(Budget::AtMost(30.0)),
            Measurement::new("99 of 100 are there within", "ms", &ours.p99_ms)
                .beside(limit, &least.p99_ms)
                .budget(Budget::AtMost(150.0)),
        ],
        missing: Vec::new(),
    })
}

async fn changes(pair: &Pair, ear: &mut Ear, turn: usize) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(CHANGES);
    for number in 0..CHANGES {
        let name = format!("Ada {turn}.{number}");
        let started = Instant::now();
        let wish = Command::Members(members::Command::Name { name: name.clone() });
        pair.ada.dispatch(vec![(pair.us, wish)]).await?;
        ear.until(|| shows(&pair.ben, pair, &name)).await?;
        times.push(started.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(times)
}

/// Whether somebody is called so on this device's screen.
fn shows(device: &Device, pair: &Pair, name: &str) -> bool {
    let Some(me) = device.me() else { return false };
    let named = |state: &alongside_core::root::State| {
        members::list(state, me)
            .iter()
            .any(|member| member.name.as_deref() == Some(name))
    };
    device.with_state(pair.us, named).unwrap_or(false)
}

/// The same way with nothing in between.
fn hops(folder: &Path) -> Result<Vec<Duration>> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join("hops");
    let mut file = File::create(&path)?;
    file.write_all(&vec![0; 1 << 16])?;
    file.sync_all()?;
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let mut from = TcpStream::connect(address)?;
    let (mut incoming, _) = listener.accept()?;
    let mut to = TcpStream::connect(address)?;
    let (mut outgoing, _) = listener.accept()?;
    for stream in [&from, &to, &incoming, &outgoing] {
        stream.set_nodelay(true)?;
    }
    let between = thread::spawn(move || -> Result<()> {
        let mut message = [0; MESSAGE_BYTES];
        while incoming.read_exact(&mut message).is_ok() {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&message)?;
            file.sync_data()?;
            outgoing.write_all(&message)?;
        }
        Ok(())
    });
    let mut times = Vec::with_capacity(CHANGES);
    let mut message = [1; MESSAGE_BYTES];
    for _ in 0..CHANGES {
        let started = Instant::now();
        from.write_all(&message)?;
        to.read_exact(&mut message)?;
        times.push(started.elapsed());
        thread::sleep(PAUSE);
    }
    drop(from);
    ensure!(times.len() == CHANGES, "not all came through");
    between.join().ok().context("the thread in between")??;
    std::fs::remove_file(path)?;
    Ok(times)
}
