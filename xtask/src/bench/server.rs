//! How long the program takes to serve, and what it needs while nobody asks it for anything.

use super::{Budget, Measurement};
use crate::web::WebClient;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 7;
/// Long enough for what is done after the start to be over.
const IDLE: Duration = Duration::from_secs(3);

/// Starts it several times on an empty store.
///
/// # Errors
/// If it does not serve.
pub(super) fn measure(program: &Path, web: &WebClient) -> Result<Vec<Measurement>> {
    let data = std::env::temp_dir().join(format!("alongside-bench-{}", std::process::id()));
    let measured = measure_in(program, web, &data);
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    measured
}

fn measure_in(program: &Path, web: &WebClient, data: &Path) -> Result<Vec<Measurement>> {
    let mut starts = Vec::new();
    for round in 0..ROUNDS {
        fs::create_dir_all(data)?;
        let started = Instant::now();
        let mut server = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--web")
            .arg(&web.dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("could not start the program")?;
        let served = server
            .stdout
            .take()
            .context("the program has no output")
            .and_then(|out| wait_until_it_serves(&mut BufReader::new(out)));
        starts.push(started.elapsed().as_secs_f64() * 1000.0);
        let last = round + 1 == ROUNDS;
        let memory = if last && served.is_ok() {
            idle_memory(&server)
        } else {
            Ok(None)
        };
        server.kill()?;
        server.wait()?;
        served?;
        fs::remove_dir_all(data)?;
        if last {
            return Ok(measurements(starts, memory?));
        }
    }
    Ok(Vec::new())
}

/// Resident memory in MiB, where the system tells it.
fn idle_memory(server: &Child) -> Result<Option<f64>> {
    std::thread::sleep(IDLE);
    let path = format!("/proc/{}/status", server.id());
    if !Path::new(&path).exists() {
        return Ok(None);
    }
    let status = fs::read_to_string(&path)?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line
        .and_then(|l| l.trim().strip_suffix(" kB"))
        .context("no VmRSS")?
        .trim()
        .parse()?;
    Ok(Some(kib / 1024.0))
}

fn measurements(mut starts: Vec<f64>, memory: Option<f64>) -> Vec<Measurement> {
    starts.sort_by(f64::total_cmp);
    let of = |what: &str, unit: &str, ours: f64, most: f64, remark: &str| Measurement {
        group: "Relay, at rest".to_owned(),
        what: what.to_owned(),
        unit: unit.to_owned(),
        ours,
        beside: None,
        budget: Some(Budget::AtMost(most)),
        remark: remark.to_owned(),
    };
    let median = starts.get(starts.len() / 2).copied().unwrap_or(f64::NAN);
    let mut measured = vec![of(
        "start to ready",
        "ms",
        median,
        100.0,
        "median of seven starts on an empty store",
    )];
    measured.extend(memory.map(|mib| {
        of(
            "idle memory",
            "MiB",
            mib,
            20.0,
            "resident, three seconds after the start",
        )
    }));
    measured
}

/// Reads the program's output up to where it says that it serves.
fn wait_until_it_serves(lines: &mut BufReader<ChildStdout>) -> Result<()> {
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        if line.contains("Alongside is at ") {
            return Ok(());
        }
        line.clear();
    }
    bail!("the program ended before it served")
}
