//! Durable appends over loopback HTTP, each answered once it is on disk. Beside them: SQLite alone on the same disk, and two peers.

mod actual;
mod atuin;
mod disk;
mod load;
mod ours;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::Run;
use crate::member::Member;
use crate::result::{Budget, Measurement, Report, today};
use crate::server::Server;
use load::{Client, Load, drive};

/// An envelope of the budget: 300 bytes.
const HEAD_BYTES: usize = 44;
const PAYLOAD_BYTES: usize = 256;
/// One as a check-in makes it: signed header and padded text.
const REAL_HEAD_BYTES: usize = 640;
const REAL_PAYLOAD_BYTES: usize = 288;
const CLIENTS: [usize; 2] = [16, 64];
const RUNS: usize = 5;

/// What several runs of one server came to.
#[derive(Default)]
struct Series {
    per_second: Vec<f64>,
    p50_ms: Vec<f64>,
    p99_ms: Vec<f64>,
    cpu_us: Vec<f64>,
    own_cores: Vec<f64>,
}

impl Series {
    fn take(&mut self, load: Load) {
        self.per_second.push(load.per_second);
        self.p50_ms.push(load.p50_ms);
        self.p99_ms.push(load.p99_ms);
        self.cpu_us.push(load.cpu_us);
        self.own_cores.push(load.own_cores);
    }
}

type MakeClients = fn(&Server, usize, usize, u8) -> Result<Vec<Client>>;

/// A server of somebody else's that does the same.
struct Peer {
    name: &'static str,
    server: Server,
    clients: MakeClients,
}

pub(crate) fn measure(run: &Run) -> Result<Report> {
    let time = Duration::from_millis(if run.quick { 1500 } else { 4000 });
    let mut missing = Vec::new();
    let mut peers = Vec::new();
    let known: [(&str, bool, fn(&Run) -> Result<Server>, MakeClients); 2] = [
        (
            "atuin-server",
            atuin::program(&run.peers).is_file(),
            |run| atuin::start(&run.peers, &run.scratch("atuin")),
            atuin::clients,
        ),
        (
            "Actual's sync server",
            actual::program(&run.peers).is_file(),
            |run| actual::start(&run.peers, &run.scratch("actual")),
            actual::clients,
        ),
    ];
    for (name, installed, start, clients) in known {
        if installed {
            match start(run) {
                Ok(server) => peers.push(Peer {
                    name,
                    server,
                    clients,
                }),
                Err(error) => missing.push(format!("{name} does not start: {error:#}.")),
            }
        } else {
            missing.push(format!("{name} is not installed."));
        }
    }
    let relay = Server::relay(&run.program, &run.scratch("relay"), &[])?;
    let members = ours::members(&relay, CLIENTS.into_iter().max().unwrap_or(1))?;

    let mut measurements = Vec::new();
    for count in CLIENTS {
        measurements.extend(with(
            run,
            count,
            time,
            &relay,
            &members,
            &mut peers,
            &mut missing,
        )?);
    }
    measurements.push(real_size(run, time, &relay, &members)?);
    let flushes: Vec<f64> = (0..run.runs(RUNS))
        .map(|_| disk::flushes_per_second(&run.scratch("flushes"), time / 4))
        .collect::<Result<_>>()?;
    measurements.push(
        Measurement::new("flushes of the disk, 4 KiB each", "flushes/s", &flushes).how(
            "One file, written in place and flushed with fdatasync, one after another: without group commit no server could append more often \
             than this.",
        ),
    );
    Ok(Report {
        order: 20,
        title: "Durable appends".to_owned(),
        day: today(),
        quick: false,
        about: "The real program as a process of its own, on SQLite on this machine's disk, over loopback HTTP: each client has its account, \
                session and connection, and sends one envelope after another, waiting for the answer, which comes once it is on disk. Rate \
                limits are off, everything else is as it is run: session, ticket, membership, quota, numbering, wake-ups. The clients are one \
                thread of one program and share the two cores with the server."
            .to_owned(),
        measurements,
        missing,
    })
}

fn with(
    run: &Run,
    count: usize,
    time: Duration,
    relay: &Server,
    members: &[Member],
    peers: &mut Vec<Peer>,
    missing: &mut Vec<String>,
) -> Result<Vec<Measurement>> {
    let mut own = Series::default();
    let mut alone = Vec::new();
    let mut theirs: BTreeMap<&str, Series> = BTreeMap::new();
    let members = members.get(..count).context("enough members")?;
    for turn in 0..run.runs(RUNS) {
        let mark = u8::try_from(count + turn).unwrap_or(0);
        let mut clients = ours::clients(members, HEAD_BYTES, PAYLOAD_BYTES, mark)?;
        own.take(drive(relay, &mut clients, time)?);
        let bytes = HEAD_BYTES + PAYLOAD_BYTES;
        alone.push(disk::rows_per_second(
            &run.scratch("alone"),
            count,
            bytes,
            time / 2,
        )?);
        // A peer that fails under the load says nothing about ours: it is left out from there on.
        peers.retain(|peer| {
            let driven = (peer.clients)(&peer.server, count, bytes, mark)
                .and_then(|mut clients| drive(&peer.server, &mut clients, time));
            match driven {
                Ok(load) => theirs.entry(peer.name).or_default().take(load),
                Err(error) => missing.push(format!("{} with {count} clients: {error:#}.", peer.name)),
            }
            !missing.iter().any(|line| line.starts_with(peer.name))
        });
    }
    let cores = crate::result::Spread::of(&own.own_cores);
    let mut measurements = vec![
        Measurement::new(format!("appends of 300 bytes, {count} clients"), "appends/s", &own.per_second)
            .beside(format!("SQLite alone, {count} rows a transaction"), &alone)
            .how(format!(
                "SQLite alone: a table and indices as the relay's, write-ahead log, synchronous=FULL, from one thread of this program with nothing \
                 around it: as many rows in each transaction as there are clients that could be waiting. The clients themselves took {:.2} \
                 of a core.",
                cores.median
            )),
        Measurement::new(format!("half are answered within, {count} clients"), "ms", &own.p50_ms),
        Measurement::new(format!("99 of 100 are answered within, {count} clients"), "ms", &own.p99_ms),
        Measurement::new(format!("processor time of an append, {count} clients"), "µs", &own.cpu_us)
            .budget(Budget::AtMost(100.0))
            .how("User and system time of the whole server process, divided by the appends that it answered meanwhile."),
    ];
    for (name, series) in &theirs {
        let rate = Measurement::new(
            format!("appends of 300 bytes, {count} clients"),
            "appends/s",
            &own.per_second,
        )
        .beside(*name, &series.per_second);
        let p99 = Measurement::new(
            format!("99 of 100 are answered within, {count} clients"),
            "ms",
            &own.p99_ms,
        )
        .beside(*name, &series.p99_ms);
        let cpu = Measurement::new(
            format!("processor time of an append, {count} clients"),
            "µs",
            &own.cpu_us,
        )
        .beside(*name, &series.cpu_us);
        if *name == "atuin-server" {
            measurements.extend([
                rate.budget(Budget::RatioAtLeast(5.0)).how(
                    "The same clients post one record of 300 bytes each to atuin-server, release build, in its SQLite mode (write-ahead log, \
                     synchronous=FULL, which is what it uses), each with its own account.",
                ),
                p99,
                cpu,
            ]);
        } else {
            measurements.extend([
                rate,
                cpu.budget(Budget::RatioAtMost(1.0 / 20.0)).how(
                    "The same clients post one encrypted message of 300 bytes each to Actual's sync server, on node in production mode, each into a \
                     budget of its own. It limits how often an address asks: the clients say, as its proxy would, that they come \
                     from many.",
                ),
            ]);
        }
    }
    Ok(measurements)
}

/// As large as envelopes are.
fn real_size(run: &Run, time: Duration, relay: &Server, members: &[Member]) -> Result<Measurement> {
    let mut own = Series::default();
    let mut alone = Vec::new();
    let bytes = REAL_HEAD_BYTES + REAL_PAYLOAD_BYTES;
    for turn in 0..run.runs(RUNS) {
        let mark = 200 + u8::try_from(turn).unwrap_or(0);
        let mut clients = ours::clients(members, REAL_HEAD_BYTES, REAL_PAYLOAD_BYTES, mark)?;
        own.take(drive(relay, &mut clients, time)?);
        alone.push(disk::rows_per_second(
            &run.scratch("alone"),
            members.len(),
            bytes,
            time / 2,
        )?);
    }
    Ok(Measurement::new(
        format!("appends of {bytes} bytes, {} clients", members.len()),
        "appends/s",
        &own.per_second,
    )
    .beside(
        format!("SQLite alone, {} rows a transaction", members.len()),
        &alone,
    )
    .how("As large as the envelope of a check-in is, with its signed header and its padding."))
}
