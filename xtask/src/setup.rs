//! What must be there before the web client can be compiled: a standard library for WASM.

use crate::progress::{Step, note};
use crate::project::{self, succeed, which};
use crate::wasm_std::{self, Sysroot};
use anyhow::{Context as _, Result, anyhow, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What the web client is compiled for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// How long rustup may take before Debian is asked instead.
const RUSTUP_PATIENCE: Duration = Duration::from_secs(240);

/// What compiles for WASM on this machine.
#[derive(Debug)]
pub(crate) enum WasmToolchain {
    /// The default compiler has the standard library.
    Installed,
    /// Debian's compiler, with a standard library built from Debian's source package.
    Debian(Sysroot),
}

impl WasmToolchain {
    /// Makes cargo use it.
    pub(crate) fn apply(&self, cargo: &mut Command) {
        if let Self::Debian(sysroot) = self {
            cargo
                .env("RUSTC", sysroot.rustc())
                .env("RUSTDOC", sysroot.rustdoc());
            cargo.env_remove("RUSTUP_TOOLCHAIN");
        }
    }
}

/// Finds what compiles for WASM, or sets it up: an installed one first, then what `WASM_TOOLCHAIN` says (`rustup` or
/// `debian`; `debian` passes over an installed one), else rustup as every contributor would, else Debian.
///
/// # Errors
/// If nothing can be had.
pub(crate) fn wasm_toolchain() -> Result<WasmToolchain> {
    let wish = std::env::var("WASM_TOOLCHAIN").unwrap_or_default();
    match wish.as_str() {
        "debian" => return wasm_std::sysroot().map(WasmToolchain::Debian),
        "" | "auto" | "rustup" => {}
        other => bail!("WASM_TOOLCHAIN is {other:?}: it can be `rustup` or `debian`, or left out"),
    }
    if has_wasm_std() {
        return Ok(WasmToolchain::Installed);
    }
    let by_rustup = add_by_rustup();
    match by_rustup {
        Ok(()) => Ok(WasmToolchain::Installed),
        Err(error) if wish == "rustup" => Err(error),
        Err(error) => {
            note(format!("{error:#}; trying Debian's packages"));
            wasm_std::sysroot()
                .map(WasmToolchain::Debian)
                .context("no standard library for WASM: `rustup target add wasm32-unknown-unknown` did not work either")
        }
    }
}

/// Whether the default compiler has a standard library for WASM.
fn has_wasm_std() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let asked = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", WASM])
        .output();
    let Ok(answer) = asked else { return false };
    let dir = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    answer.status.success() && holds_std(&dir)
}

/// Whether a compiled standard library lies in the folder.
pub(crate) fn holds_std(dir: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

fn add_by_rustup() -> Result<()> {
    let rustup = which("rustup").ok_or_else(|| anyhow!("there is no rustup"))?;
    let step = Step::begin(format!("rustup target add {WASM}"), "a few seconds, about 20 MB");
    let mut child = Command::new(rustup)
        .args(["target", "add", WASM])
        .stdin(Stdio::null())
        .spawn()?;
    let deadline = Instant::now() + RUSTUP_PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            bail!(
                "rustup did not get the standard library for WASM in {} s",
                RUSTUP_PATIENCE.as_secs()
            );
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    if !status.success() || !has_wasm_std() {
        bail!("rustup could not get the standard library for WASM");
    }
    step.done();
    Ok(())
}

/// Installs what is missing of these Debian packages.
///
/// # Errors
/// If this is not Debian, or not root, or apt fails: with the line that a person would type.
pub(crate) fn debian_install(packages: &[&str], why: &str) -> Result<()> {
    let missing: Vec<&str> = packages.iter().copied().filter(|p| !debian_has(p)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install --no-install-recommends {}", missing.join(" "));
    let apt = which("apt-get").ok_or_else(|| anyhow!("{why}: on Debian `{line}`, elsewhere its like"))?;
    let id = project::output(Command::new("id").arg("-u"))?;
    if id.stdout.trim_ascii() != b"0" {
        bail!("{why}: run `sudo {line}` and then this again");
    }
    let step = Step::begin(format!("Debian's {}", missing.join(", ")), "a minute or two");
    let quiet = ["-o", "DPkg::Lock::Timeout=300", "-qq"];
    let run = |args: &[&str]| {
        let mut command = Command::new(&apt);
        command
            .args(quiet)
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null());
        succeed(&mut command)
    };
    // A stale list is the common reason for a failure, and no list at all is what a fresh machine has.
    run(&["update"]).with_context(|| why.to_owned())?;
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    run(&install).with_context(|| why.to_owned())?;
    step.done();
    Ok(())
}

fn debian_has(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${Status}", package])
        .output()
        .is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).contains("install ok installed"))
}
