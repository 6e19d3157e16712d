//! Where things are, and how other programs are called.

use anyhow::{Context as _, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The web client's package.
pub(crate) const WEB_PACKAGE: &str = "alongside-web";
/// The package, and the program, that serves.
pub(crate) const PROGRAM: &str = "alongside";
/// The package, and its program, that makes up people for looking around.
const DEMO: (&str, &str) = ("alongside-testkit", "demo");

/// The work tree and its build folders.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    /// The folder of the workspace's manifest.
    pub(crate) root: PathBuf,
    /// Cargo's target folder for this machine; everything made here lies below it.
    pub(crate) target: PathBuf,
}

impl Project {
    /// The project that this program was started in.
    ///
    /// # Errors
    /// If there is no workspace around it.
    pub(crate) fn find() -> Result<Self> {
        // Cargo sets it for what it runs, so that a copied target folder still finds its own tree.
        let manifest_dir = std::env::var("CARGO_MANIFEST_DIR")
            .map_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest_dir.parent().map(Path::to_path_buf).unwrap_or_default();
        if !root.join("Cargo.toml").is_file() {
            bail!(
                "no workspace at {}: run this as `cargo xtask` inside the project",
                root.display()
            );
        }
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => std::path::absolute(PathBuf::from(dir))?,
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// Where the web client is compiled: apart, because another compiler may do it.
    pub(crate) fn web_target(&self) -> PathBuf {
        self.target.join("web")
    }

    /// The web client as it is served.
    pub(crate) fn web_dist(&self) -> PathBuf {
        self.target.join("web-dist")
    }

    /// The web client's sources.
    pub(crate) fn web_crate(&self) -> PathBuf {
        self.root.join("crates").join(WEB_PACKAGE)
    }

    /// The browser tests.
    pub(crate) fn browser_tests(&self) -> PathBuf {
        self.root.join("tests/browser")
    }

    /// Cargo, in the root, building for this machine.
    pub(crate) fn cargo(&self) -> Command {
        self.cargo_like(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// A program that takes what cargo takes, such as the clippy of another compiler.
    pub(crate) fn cargo_like(&self, program: impl AsRef<OsStr>) -> Command {
        let mut cargo = Command::new(program);
        cargo
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target);
        // Set by `cargo run` for this program; they would reach build scripts of others and look like changes.
        for (name, _) in std::env::vars_os() {
            if name
                .to_str()
                .is_some_and(|n| n.starts_with("CARGO_PKG_") || n.starts_with("CARGO_MANIFEST_"))
            {
                cargo.env_remove(name);
            }
        }
        cargo
    }

    /// Builds the program that makes up the demo's people, and returns where it is.
    ///
    /// # Errors
    /// If it does not compile.
    pub(crate) fn build_demo(&self) -> Result<PathBuf> {
        let (package, program) = DEMO;
        // As tests are built: what takes time in it is optimised there, and no other build is needed.
        succeed(self.cargo().args(["build", "-p", package, "--bin", program]))?;
        Ok(self
            .target
            .join(format!("debug/{program}{}", std::env::consts::EXE_SUFFIX)))
    }

    /// Builds the program that serves and returns where it is.
    ///
    /// # Errors
    /// If it does not compile.
    pub(crate) fn build_program(&self, release: bool, features: Option<&str>) -> Result<PathBuf> {
        let mut cargo = self.cargo();
        cargo.args(["build", "-p", PROGRAM, "--bin", PROGRAM]);
        if release {
            cargo.arg("--release");
        }
        if let Some(features) = features {
            cargo.args(["--features", features]);
            cargo.env("ALONGSIDE_WEB_DIST", self.web_dist());
        }
        succeed(&mut cargo)?;
        let built = self.target.join(if release { "release" } else { "debug" });
        Ok(built.join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX)))
    }
}

/// Runs it, output and all, and insists on success.
///
/// # Errors
/// If it cannot be started or says that it failed.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("could not start {}", shown(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs it and returns what it printed.
///
/// # Errors
/// If it cannot be started or says that it failed; its own words are in the error.
pub(crate) fn output(command: &mut Command) -> Result<Output> {
    let output = command
        .output()
        .with_context(|| format!("could not start {}", shown(command)))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed ({}): {}", shown(command), output.status, words.trim());
    }
    Ok(output)
}

/// The first lines of it that a person would type.
fn shown(command: &Command) -> String {
    let words: Vec<&OsStr> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .collect();
    let mut text = words
        .iter()
        .take(8)
        .map(|w| w.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ");
    if words.len() > 8 {
        text.push_str(" …");
    }
    format!("`{text}`")
}

/// Finds a program on the path.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|candidate| candidate.is_file())
}

/// Files below a folder, sorted, without what is built or downloaded.
///
/// # Errors
/// If a folder cannot be read.
pub(crate) fn files_below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut todo = vec![dir.to_path_buf()];
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(&dir).with_context(|| format!("reading {}", dir.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default();
            if path.is_dir() {
                if name != "target" && name != "node_modules" && name != ".git" {
                    todo.push(path);
                }
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
