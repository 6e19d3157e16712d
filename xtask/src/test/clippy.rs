//! Clippy on everything: this machine's crates as they are, the web client as it is compiled for the browser.

use crate::progress::note;
use crate::project::{Project, WEB_PACKAGE, succeed};
use crate::setup::{self, WASM, WasmToolchain};
use crate::wasm_std::Sysroot;
use anyhow::{Context as _, Result};
use std::path::Path;

const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

/// All but the web client, for this machine.
pub(super) fn native(project: &Project) -> Result<()> {
    let mut cargo = project.cargo();
    cargo
        .args([
            "clippy",
            "--quiet",
            "--workspace",
            "--exclude",
            WEB_PACKAGE,
            "--all-targets",
        ])
        .args(DENY_WARNINGS);
    succeed(&mut cargo)
}

/// The web client: its tests for this machine, where they run, and its code for the browser, where that runs.
pub(super) fn web(project: &Project) -> Result<()> {
    let mut cargo = project.cargo();
    cargo
        .args(["clippy", "--quiet", "-p", WEB_PACKAGE, "--all-targets"])
        .args(DENY_WARNINGS);
    succeed(&mut cargo)?;
    match setup::wasm_toolchain()? {
        WasmToolchain::Installed => {
            let mut cargo = project.cargo();
            cargo.env("CARGO_TARGET_DIR", project.web_target());
            cargo.args(["clippy", "--quiet", "-p", WEB_PACKAGE, "--target", WASM]);
            succeed(cargo.args(["--profile", "wasm-dev"]).args(DENY_WARNINGS))
        }
        WasmToolchain::Debian(sysroot) => debian(project, &sysroot),
    }
}

/// Debian's clippy belongs to Debian's compiler; cargo is asked to check with it in place of that.
fn debian(project: &Project, sysroot: &Sysroot) -> Result<()> {
    setup::debian_install(
        &["rust-web-clippy"],
        "clippy on the web client needs the clippy of the compiler in use",
    )?;
    let clippy = Path::new("/usr/bin/cargo-clippy");
    note(format!("with {}", clippy.display()));
    let mut cargo = project.cargo_like(clippy);
    cargo
        .env("CARGO_TARGET_DIR", project.web_target())
        .env("RUSTC", sysroot.rustc())
        .env("SYSROOT", sysroot.dir())
        .env_remove("RUSTUP_TOOLCHAIN")
        .args([
            "clippy",
            "--quiet",
            "-p",
            WEB_PACKAGE,
            "--target",
            WASM,
            "--profile",
            "wasm-dev",
        ])
        .args(DENY_WARNINGS);
    succeed(&mut cargo).context("clippy on the web client for WASM")
}
