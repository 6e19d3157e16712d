//! Builds the web client and the program, and serves.

use crate::chores::Serve;
use crate::progress::Step;
use crate::project::Project;
use crate::web::{self, WebProfile};
use anyhow::{Context as _, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds both and becomes the program, which says where it is.
///
/// # Errors
/// If something does not build, or the program does not start.
pub(crate) fn run(project: &Project, serve: &Serve) -> Result<()> {
    let data = serve.data.clone().unwrap_or_else(|| project.root.join("data"));
    become_it(prepare(project, serve, &data)?)
}

/// Goes on as the program, in place of this one rather than below it: Ctrl-C and kill reach the program itself.
///
/// # Errors
/// If it does not start.
pub(crate) fn become_it(mut program: Command) -> Result<()> {
    #[cfg(unix)]
    {
        let error = std::os::unix::process::CommandExt::exec(&mut program);
        Err(error).context("could not start the program")
    }
    #[cfg(not(unix))]
    {
        crate::project::succeed(&mut program)
    }
}

/// Builds both; what is returned serves when it is started.
///
/// # Errors
/// If something does not build.
pub(crate) fn prepare(project: &Project, serve: &Serve, data: &Path) -> Result<Command> {
    let profile = if serve.release {
        WebProfile::Release
    } else {
        WebProfile::Dev
    };
    let web = web::build(project, profile)?;
    let program = build_program(project, serve.release)?;
    std::fs::create_dir_all(data).with_context(|| format!("making {}", data.display()))?;
    let mut command = Command::new(program);
    command.args([OsStr::new("serve"), "--listen".as_ref(), serve.listen.as_ref()]);
    command.args([
        OsStr::new("--data"),
        data.as_ref(),
        "--web".as_ref(),
        web.dir.as_ref(),
    ]);
    Ok(command)
}

/// Builds the program that serves.
///
/// # Errors
/// If it does not compile, or is not there although it did.
pub(crate) fn build_program(project: &Project, release: bool) -> Result<PathBuf> {
    let how_long = if release {
        "several minutes the first time"
    } else {
        "a few minutes the first time"
    };
    let step = Step::begin("relay and command line", how_long);
    let program = project.build_program(release, None)?;
    if !program.is_file() {
        bail!("the program was built and is not at {}", program.display());
    }
    step.done();
    Ok(program)
}
