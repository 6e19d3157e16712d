//! Builds what is measured and what it is measured against, has it measured, and has docs/benchmarks.md written.
//!
//! The package `alongside-bench` measures what needs no browser, and writes the page; tests/browser/bench.mjs measures the rest. What each
//! benchmark came to lies in a file of its own below the target folder, so that one of them can be measured again alone.

mod peers;

use crate::browser::Browser;
use crate::chores::Bench;
use crate::progress::{Step, note};
use crate::project::{Project, succeed};
use crate::web::{self, WebProfile};
use anyhow::{Result, bail};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The package and its program that measure.
const DRIVER: (&str, &str) = ("alongside-bench", "bench");
/// The benchmark that needs a browser; the driver knows the others.
const IN_A_BROWSER: &str = "browser";
/// The only one that needs peers.
const WITH_PEERS: &str = "appends";

/// Measures and writes the page.
///
/// # Errors
/// If something does not build, or cannot be measured.
pub(crate) fn bench(project: &Project, what: &Bench) -> Result<()> {
    let results = project.target.join("bench");
    fs::create_dir_all(&results)?;
    let wanted = |name: &str| what.names.is_empty() || what.names.iter().any(|wished| wished == name);
    let native: Vec<&String> = what.names.iter().filter(|name| *name != IN_A_BROWSER).collect();

    let web = web::build(project, WebProfile::Release)?;
    let program = crate::run::build_program(project, true)?;
    let driver = build_driver(project)?;
    let peers = project.target.join("peers");
    if wanted(WITH_PEERS) {
        peers::set_up(project, &peers);
    }
    // What cannot be measured does not keep the rest from it, and is said in the end.
    let mut failed = Vec::new();
    if what.names.is_empty() || !native.is_empty() {
        let step = Step::begin(
            "measurements on this machine",
            "five minutes; leave it alone meanwhile",
        );
        let mut run = Command::new(&driver);
        run.arg("run")
            .arg("--program")
            .arg(&program)
            .arg("--web")
            .arg(&web.dir);
        run.arg("--results").arg(&results).arg("--peers").arg(&peers);
        if what.quick {
            run.arg("--quick");
        }
        failed.extend(succeed(run.args(native)).err());
        step.done();
    }
    if wanted(IN_A_BROWSER) {
        if what.no_browser {
            note("not measured: what needs a browser, because of --no-browser");
        } else {
            let browser = Browser::set_up(project)?;
            let step = Step::begin(
                "measurements in a browser",
                "five minutes; leave it alone meanwhile",
            );
            let mut node = browser.node(project, &program, &web);
            node.env("ALONGSIDE_BENCH", &driver)
                .arg("bench.mjs")
                .arg(&results);
            if what.quick {
                node.arg("--quick");
            }
            failed.extend(succeed(&mut node).err());
            step.done();
        }
    }
    write_page(project, &driver, &results, what.quick)?;
    match failed.into_iter().next() {
        Some(error) => Err(error.context("not everything could be measured")),
        None => Ok(()),
    }
}

fn build_driver(project: &Project) -> Result<PathBuf> {
    let (package, program) = DRIVER;
    let step = Step::begin("what measures", "several minutes the first time");
    let mut cargo = project.cargo();
    succeed(cargo.args(["build", "--quiet", "--release", "-p", package, "--bin", program]))?;
    let driver = project
        .target
        .join("release")
        .join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    if !driver.is_file() {
        bail!("it was built and is not at {}", driver.display());
    }
    step.done();
    Ok(driver)
}

/// A quick look is only shown: the page is for whole runs.
fn write_page(project: &Project, driver: &PathBuf, results: &PathBuf, quick: bool) -> Result<()> {
    let mut page = Command::new(driver);
    page.arg("page").arg("--results").arg(results);
    if quick {
        return succeed(&mut page);
    }
    let path = project.root.join("docs/benchmarks.md");
    fs::create_dir_all(project.root.join("docs"))?;
    succeed(page.arg("--out").arg(&path))?;
    println!("{}", path.display());
    Ok(())
}
