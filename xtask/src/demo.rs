//! Serves with made-up people and months of their history in it, for looking around.

use crate::chores::Serve;
use crate::metadata::Metadata;
use crate::progress::{Step, note};
use crate::project::{Project, succeed};
use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Stdio};

/// The package and its program that make the people up.
const DRIVER: (&str, &str) = ("alongside-testkit", "demo");
/// How the program says where it serves.
pub(crate) const SERVES_AT: &str = "Alongside is at ";

/// Serves, fills it, and goes on serving until it is stopped.
///
/// # Errors
/// If something does not build, start or fill.
pub(crate) fn demo(project: &Project, serve: &Serve) -> Result<()> {
    let metadata = Metadata::load(project)?;
    let (package, program) = DRIVER;
    let exists = metadata
        .member(package)
        .is_some_and(|p| p.targets_of_kind("bin").contains(&program));
    if !exists {
        bail!(
            "{package} has no program `{program}` yet, so there is nobody to show: `cargo xtask run` serves without"
        );
    }
    // Fresh each time, unless one says where to keep it.
    let data = serve
        .data
        .clone()
        .unwrap_or_else(|| project.target.join("demo-data"));
    if serve.data.is_none() && data.exists() {
        std::fs::remove_dir_all(&data).with_context(|| format!("emptying {}", data.display()))?;
    }
    let mut command = crate::run::prepare(project, serve, &data)?;
    let mut server = command
        .stdout(Stdio::piped())
        .spawn()
        .context("could not start the program")?;
    let filled = fill(project, &mut server);
    if filled.is_err() {
        // It would go on serving after this program has given up.
        server.kill()?;
    }
    let status = server.wait()?;
    filled?;
    if !status.success() {
        bail!("the program ended: {status}");
    }
    Ok(())
}

fn fill(project: &Project, server: &mut Child) -> Result<()> {
    let mut lines = BufReader::new(server.stdout.take().context("the program has no output")?);
    let address = wait_until_it_serves(&mut lines)?;
    // Read on, or the program stops when the pipe is full.
    std::thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            println!("{line}");
        }
    });
    let step = Step::begin(
        "people and their history",
        "about a minute, and a build the first time",
    );
    let mut cargo = project.cargo();
    cargo.args([
        "run",
        "--quiet",
        "--release",
        "-p",
        DRIVER.0,
        "--bin",
        DRIVER.1,
        "--",
        "--relay",
        &address,
    ]);
    succeed(&mut cargo)?;
    step.done();
    note(format!(
        "open {address} and sign in as one of them; Ctrl-C ends it"
    ));
    Ok(())
}

/// Reads the program's output up to where it says its address, and returns that.
///
/// # Errors
/// If it ends before.
pub(crate) fn wait_until_it_serves(lines: &mut BufReader<ChildStdout>) -> Result<String> {
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        print!("{line}");
        if let Some(at) = line.find(SERVES_AT) {
            let address = line[at + SERVES_AT.len()..]
                .split_whitespace()
                .next()
                .unwrap_or_default();
            return Ok(address.to_owned());
        }
        line.clear();
    }
    bail!("the program ended before it served")
}
