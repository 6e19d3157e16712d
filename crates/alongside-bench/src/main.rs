//! Measures, each thing beside a peer or a physical limit in the same run. `cargo xtask bench` builds what this needs, calls it, and has it
//! write docs/benchmarks.md.

#![expect(
    clippy::type_complexity,
    clippy::wildcard_enum_match_arm,
    reason = "a program that measures: what it did not expect ends it"
)]
#![allow(
    clippy::print_stderr,
    reason = "a program that a person runs tells them how far it is"
)]

mod appends;
mod bare;
mod bundle;
mod change;
mod device;
mod fill;
mod history;
mod http;
mod machine;
mod member;
mod opening;
mod page;
mod process;
mod rest;
mod result;
mod server;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, Parser};

use crate::machine::Machine;
use crate::result::Report;

/// Measurements, each beside a peer or a physical limit of the same run.
#[derive(Parser)]
enum What {
    /// Measure what can be measured without a browser
    Run(Run),
    /// Write the page from all that was measured
    Page {
        /// Where the results lie
        #[arg(long)]
        results: PathBuf,
        /// Where to write it; without, it is only shown
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Make two people with ten years of history at a relay, and say how to sign in as one of them
    Fill(fill::Fill),
    /// A server that does nothing, to hold ours against
    #[command(hide = true)]
    BareServer,
}

/// What to measure, with what.
#[derive(Args)]
pub(crate) struct Run {
    /// The program that serves
    #[arg(long)]
    pub(crate) program: PathBuf,
    /// The folder of the built web client
    #[arg(long)]
    pub(crate) web: PathBuf,
    /// Where to put the results, and what is stored meanwhile: on the disk that is to be measured
    #[arg(long)]
    pub(crate) results: PathBuf,
    /// Where the peers are installed
    #[arg(long)]
    pub(crate) peers: PathBuf,
    /// Fewer and shorter runs
    #[arg(long)]
    pub(crate) quick: bool,
    /// Which; without, all
    pub(crate) names: Vec<String>,
}

impl Run {
    /// A folder for what is stored while measuring.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.results.join("scratch").join(name)
    }

    /// So many runs, or fewer when it is to be quick.
    pub(crate) fn runs(&self, full: usize) -> usize {
        if self.quick { 3.min(full) } else { full }
    }
}

type Measure = fn(&Run) -> Result<Report>;

/// Every benchmark by its name.
const BENCHMARKS: [(&str, Measure); 5] = [
    ("open", opening::measure),
    ("appends", appends::measure),
    ("change", change::measure),
    ("rest", rest::measure),
    ("bundle", bundle::measure),
];

/// The reports that tests/browser/bench.mjs writes.
const IN_A_BROWSER: [&str; 2] = ["browser-open", "browser-change"];

fn main() -> Result<()> {
    match What::parse() {
        What::Run(run) => measure(&run),
        What::Page { results, out } => {
            let names: Vec<&str> = BENCHMARKS
                .iter()
                .map(|(name, _)| *name)
                .chain(IN_A_BROWSER)
                .collect();
            let (reports, missing) = Report::read_all(&results, &names)?;
            let page = page::render(&reports, &missing, &Machine::this(&results));
            match out {
                Some(path) => fs::write(&path, page).with_context(|| format!("writing {}", path.display())),
                None => {
                    eprintln!("{page}");
                    Ok(())
                }
            }
        }
        What::Fill(fill) => fill::fill(&fill),
        What::BareServer => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(bare::serve()),
    }
}

fn measure(run: &Run) -> Result<()> {
    let known = || BENCHMARKS.map(|(name, _)| name).join(", ");
    if let Some(name) = run
        .names
        .iter()
        .find(|name| !BENCHMARKS.iter().any(|(known, _)| known == name))
    {
        bail!("there is no benchmark {name}; there are {}", known());
    }
    let mut failed = Vec::new();
    for (name, measure) in BENCHMARKS {
        if !run.names.is_empty() && !run.names.iter().any(|wished| wished == name) {
            continue;
        }
        eprintln!("  measuring: {name}");
        match measure(run) {
            Ok(mut report) => {
                report.quick = run.quick;
                report.write(&run.results, name)?;
            }
            Err(error) => {
                // What it came to another time is not what it came to this time.
                Report::forget(&run.results, name)?;
                eprintln!("  {name} could not be measured: {error:#}");
                failed.push(name);
            }
        }
    }
    let scratch = run.results.join("scratch");
    if scratch.exists() {
        fs::remove_dir_all(scratch)?;
    }
    ensure!(failed.is_empty(), "not measured: {}", failed.join(", "));
    Ok(())
}

/// One thread, for what measures another process: what it takes itself is not taken from that.
pub(crate) fn one_thread() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
