//! Packages from npm, exactly as the lock files beside the sources say: fonts, and what drives the browser tests.

use crate::progress::Step;
use crate::project::{self, succeed, which};
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest node that the browser tests' driver and its own test runner work with.
const OLDEST_NODE: u32 = 18;

/// A package that a lock file names.
#[derive(Debug)]
pub(crate) struct Locked {
    pub(crate) name: String,
    pub(crate) license: String,
}

#[derive(Deserialize)]
struct LockFile {
    packages: BTreeMap<String, LockedPackage>,
}

#[derive(Deserialize)]
struct LockedPackage {
    #[serde(default)]
    license: String,
}

/// What a folder's lock file names; nothing where a folder has no packages.
///
/// # Errors
/// If there is a manifest without a lock file, or it cannot be read.
pub(crate) fn locked(dir: &Path) -> Result<Vec<Locked>> {
    if !dir.join("package.json").is_file() {
        return Ok(Vec::new());
    }
    let path = dir.join("package-lock.json");
    let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let lock: LockFile =
        serde_json::from_slice(&text).with_context(|| format!("reading {}", path.display()))?;
    let named = |(path, package): (String, LockedPackage)| {
        path.rsplit_once("node_modules/").map(|(_, name)| Locked {
            name: name.to_owned(),
            license: package.license,
        })
    };
    Ok(lock.packages.into_iter().filter_map(named).collect())
}

/// Brings a folder's packages, once for each state of its lock file, and returns where they lie.
///
/// # Errors
/// If npm cannot be had or fails.
pub(crate) fn install(dir: &Path) -> Result<PathBuf> {
    let modules = dir.join("node_modules");
    let lock = fs::read(dir.join("package-lock.json"))
        .with_context(|| format!("reading {}", dir.join("package-lock.json").display()))?;
    let wanted = crate::web::hex(&Sha256::digest(&lock));
    let stamp = modules.join(".lock-sha256");
    if fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(modules);
    }
    node()?;
    let step = Step::begin(
        format!("npm packages for {}", dir.display()),
        "a few seconds, from npm's registry",
    );
    let npm =
        which("npm").context("there is no npm, although there is node: install npm and run this again")?;
    succeed(
        Command::new(npm)
            .args([
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ])
            .current_dir(dir),
    )?;
    fs::write(&stamp, wanted)?;
    step.done();
    Ok(modules)
}

/// Finds node, or installs Debian's.
///
/// # Errors
/// If there is none that is new enough and none can be installed.
pub(crate) fn node() -> Result<PathBuf> {
    if which("node").is_none() || which("npm").is_none() {
        crate::setup::debian_install(
            &["nodejs", "npm"],
            "node and npm bring the fonts and drive the browser tests",
        )?;
    }
    let node = which("node")
        .context("there is no node: install Node.js with npm, 18 or newer, and run this again")?;
    let version = project::output(Command::new(&node).arg("--version"))?;
    let version = String::from_utf8_lossy(&version.stdout);
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|m| m.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(node),
        _ => bail!(
            "node {} is too old: {OLDEST_NODE} or newer is needed",
            version.trim()
        ),
    }
}
