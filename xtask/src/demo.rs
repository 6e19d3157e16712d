//! Serves with made-up people and months of their history in it, for looking around.

use crate::chores::Serve;
use crate::progress::{Step, note};
use crate::project::{Project, succeed};
use anyhow::{Context as _, Result};
use std::path::Path;
use std::process::Command;

/// Fills an empty store, unless it is kept from an earlier time, and serves it until it is stopped.
///
/// # Errors
/// If something does not build, fill or start.
pub(crate) fn demo(project: &Project, serve: &Serve) -> Result<()> {
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
        fill(project, &data)?;
    } else {
        note(format!("{} is not empty: it is served as it is", data.display()));
    }
    crate::run::become_it(command)
}

/// Makes the people up, with all that lies between them. The program says how to sign in.
fn fill(project: &Project, data: &Path) -> Result<()> {
    let step = Step::begin(
        "people and their history",
        "half a minute, and a build of minutes the first time",
    );
    let program = project.build_demo()?;
    succeed(Command::new(program).arg("--data").arg(data))?;
    step.done();
    Ok(())
}
