//! The servers of others that ours is measured beside: installed from their registries, once, below the target folder. One that does not install
//! is left out, and the page says so: it is no reason to measure nothing.

use crate::progress::{Step, note};
use crate::project::{Project, output, which};
use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;
use std::process::Command;

/// atuin-server: a Rust server on axum and SQLite.
const ATUIN: &str = "18.24.4";
/// Actual's sync server: node and SQLite.
const ACTUAL: &str = "25.6.0";

/// Brings those that are not there yet.
pub(super) fn set_up(project: &Project, peers: &Path) {
    let atuin = peers.join("atuin");
    let actual = peers.join("actual");
    for (name, there, how_long, install) in [
        (
            "atuin-server",
            atuin.join("bin/atuin-server").is_file(),
            "ten minutes, once",
            &(|| install_atuin(project, &atuin)) as &dyn Fn() -> Result<()>,
        ),
        (
            "Actual's sync server",
            actual.join("node_modules/.built").is_file(),
            "three minutes, once",
            &|| install_actual(&actual),
        ),
    ] {
        if there {
            continue;
        }
        let step = Step::begin(format!("a peer to measure against: {name}"), how_long);
        match install() {
            Ok(()) => step.done(),
            Err(error) => note(format!("left out: {name} does not install: {error:#}")),
        }
    }
}

fn install_atuin(project: &Project, root: &Path) -> Result<()> {
    let mut cargo = project.cargo();
    cargo
        // Away from the workspace: its settings are not the peer's.
        .current_dir(std::env::temp_dir())
        .env("CARGO_TARGET_DIR", root.join("build"))
        .args(["install", "--quiet", "--locked", "--root"])
        .arg(root)
        .arg(format!("atuin-server@{ATUIN}"));
    output(&mut cargo)?;
    fs::remove_dir_all(root.join("build")).context("removing what it was built from")
}

fn install_actual(folder: &Path) -> Result<()> {
    crate::npm::node()?;
    let npm = which("npm").context("there is no npm")?;
    fs::create_dir_all(folder)?;
    // Its SQLite and its password hash are C++, built when they are installed; newer npms ask for leave by name.
    let manifest = r#"{ "private": true, "allowScripts": { "better-sqlite3": true, "bcrypt": true } }"#;
    fs::write(folder.join("package.json"), manifest)?;
    let mut install = Command::new(npm);
    install
        .current_dir(folder)
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error"]);
    output(install.arg(format!("@actual-app/sync-server@{ACTUAL}")))?;
    Ok(fs::write(folder.join("node_modules/.built"), ACTUAL)?)
}
