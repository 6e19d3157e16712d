//! Runs every measurement and writes docs/benchmarks.md: ours, the physical limit or the peer, and the ratio.
//!
//! A driver is a program that writes its measurements as JSON into the folder it is given: the package
//! `alongside-testkit`'s program `bench`, for what runs on this machine, and tests/browser/bench.mjs, for what runs in a
//! browser. The size of the web client, the time to start and the idle memory are measured here.

mod page;
mod server;

use crate::browser::Browser;
use crate::chores::Bench;
use crate::metadata::Metadata;
use crate::progress::{Step, note};
use crate::project::{Project, succeed};
use crate::web::{self, FileSize, WebClient, WebProfile};
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The package and its program that measure on this machine.
const DRIVER: (&str, &str) = ("alongside-testkit", "bench");
/// What the whole web client may weigh, as it goes over the network.
const BUNDLE_BUDGET_KIB: f64 = 700.0;

/// One thing measured, with what it is to be seen beside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measurement {
    /// What belongs together: "Relay", "Opening a history".
    pub(crate) group: String,
    /// What was measured, in words.
    pub(crate) what: String,
    /// "ms", "appends/s", "MiB".
    pub(crate) unit: String,
    pub(crate) ours: f64,
    /// The physical limit or the peer, measured in the same run.
    #[serde(default)]
    pub(crate) beside: Option<Beside>,
    #[serde(default)]
    pub(crate) budget: Option<Budget>,
    /// How it was measured, or what it does not say.
    #[serde(default)]
    pub(crate) remark: String,
}

/// A limit or a peer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Beside {
    pub(crate) what: String,
    pub(crate) value: f64,
}

/// What was promised, in the unit of the measurement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Budget {
    AtMost(f64),
    AtLeast(f64),
    /// Ours divided by what is beside it.
    RatioAtMost(f64),
    RatioAtLeast(f64),
}

/// Measures and writes the page.
///
/// # Errors
/// If something does not build, or a driver fails.
pub(crate) fn bench(project: &Project, what: &Bench) -> Result<()> {
    let metadata = Metadata::load(project)?;
    let results = project.target.join("bench");
    if results.exists() {
        fs::remove_dir_all(&results)?;
    }
    fs::create_dir_all(&results)?;
    let mut missing = Vec::new();

    let web = web::build(project, WebProfile::Release)?;
    let program = crate::run::build_program(project, true)?;
    let mut measured = bundle(&web);

    let step = Step::begin("start and idle memory of the program", "a few seconds");
    measured.extend(server::measure(&program, &web)?);
    step.done();

    if metadata
        .member(DRIVER.0)
        .is_some_and(|p| p.targets_of_kind("bin").contains(&DRIVER.1))
    {
        let step = Step::begin(
            "measurements on this machine",
            "several minutes, and a build the first time",
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
        ]);
        succeed(cargo.arg("--program").arg(&program).arg("--out").arg(&results))?;
        step.done();
    } else {
        missing.push(format!(
            "measurements on this machine: {} has no program `{}`",
            DRIVER.0, DRIVER.1
        ));
    }
    if what.no_browser {
        missing.push("measurements in a browser: --no-browser".to_owned());
    } else if project.browser_tests().join("bench.mjs").is_file() {
        let browser = Browser::set_up(project)?;
        let step = Step::begin("measurements in a browser", "several minutes");
        succeed(
            browser
                .node(project, &program, &web)
                .arg("bench.mjs")
                .arg(&results),
        )?;
        step.done();
    } else {
        missing.push("measurements in a browser: there is no tests/browser/bench.mjs".to_owned());
    }
    measured.extend(read(&results)?);

    let path = project.root.join("docs/benchmarks.md");
    fs::create_dir_all(project.root.join("docs"))?;
    fs::write(&path, page::render(&measured, &missing, &page::machine()?))?;
    for line in &missing {
        note(format!("not measured: {line}"));
    }
    println!("{}", path.display());
    Ok(())
}

/// What the drivers wrote.
fn read(dir: &Path) -> Result<Vec<Measurement>> {
    let mut measured = Vec::new();
    for file in crate::project::files_below(dir)?
        .iter()
        .filter(|f| f.extension().is_some_and(|e| e == "json"))
    {
        let text = fs::read(file)?;
        let part: Vec<Measurement> =
            serde_json::from_slice(&text).with_context(|| format!("reading {}", file.display()))?;
        measured.extend(part);
    }
    Ok(measured)
}

/// What a browser loads, by kind, as it goes over the network.
fn bundle(web: &WebClient) -> Vec<Measurement> {
    let kib = |picked: &dyn Fn(&FileSize) -> bool| {
        let bytes: u64 = web
            .files
            .iter()
            .filter(|f| picked(f))
            .map(|f| f.brotli_bytes.unwrap_or(f.bytes))
            .sum();
        bytes as f64 / 1024.0
    };
    let is = |file: &FileSize, ending: &str| file.path.ends_with(ending);
    let size = |what: &str, ours: f64, budget: Option<Budget>, remark: &str| Measurement {
        group: "Web client, over the network".to_owned(),
        what: what.to_owned(),
        unit: "KiB".to_owned(),
        ours,
        beside: None,
        budget,
        remark: remark.to_owned(),
    };
    vec![
        size(
            "code and style, brotli",
            kib(&|f| !is(f, ".woff2") && !f.path.contains("icon")),
            Some(Budget::AtMost(BUNDLE_BUDGET_KIB)),
            "all features; without fonts and icons",
        ),
        size("WASM, brotli", kib(&|f| is(f, ".wasm")), None, ""),
        size(
            "fonts",
            kib(&|f| is(f, ".woff2")),
            None,
            "each loaded only where a page has its characters",
        ),
    ]
}

impl Measurement {
    /// Ours divided by what is beside it.
    fn ratio(&self) -> Option<f64> {
        self.beside.as_ref().map(|b| self.ours / b.value)
    }

    /// Whether what was promised holds; nothing where nothing was.
    fn holds(&self) -> Option<bool> {
        match self.budget? {
            Budget::AtMost(most) => Some(self.ours <= most),
            Budget::AtLeast(least) => Some(self.ours >= least),
            Budget::RatioAtMost(most) => self.ratio().map(|r| r <= most),
            Budget::RatioAtLeast(least) => self.ratio().map(|r| r >= least),
        }
    }
}
