//! Serves with made-up people and months of their history in it, for looking around.

use crate::chores::Serve;
use crate::metadata::Metadata;
use crate::progress::{Step, note};
use crate::project::{Project, succeed};
use anyhow::{Context as _, Result, bail};

/// The package and its program that make the people up.
const DRIVER: (&str, &str) = ("alongside-testkit", "demo");

/// Fills an empty store, unless it is kept from an earlier time, and serves it until it is stopped.
///
/// # Errors
/// If something does not build, fill or start.
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
    // Fresh each time, so that it ends today, unless one says where to keep it.
    let data = serve
        .data
        .clone()
        .unwrap_or_else(|| project.target.join("demo-data"));
    if serve.data.is_none() && data.exists() {
        std::fs::remove_dir_all(&data).with_context(|| format!("emptying {}", data.display()))?;
    }
    let command = crate::run::prepare(project, serve, &data)?;
    if std::fs::read_dir(&data)?.next().is_none() {
        let step = Step::begin(
            "people and their history",
            "about a minute, and a build the first time",
        );
        let mut cargo = project.cargo();
        cargo
            .args([
                "run",
                "--quiet",
                "--release",
                "-p",
                package,
                "--bin",
                program,
                "--",
                "--data",
            ])
            .arg(&data);
        succeed(&mut cargo)?;
        step.done();
    } else {
        note(format!("{} is not empty: it is served as it is", data.display()));
    }
    crate::run::become_it(command)
}
