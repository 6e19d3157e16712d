//! Pictures of the pages, made in a browser against the real program, for judging them by eye.

use crate::browser::Browser;
use crate::progress::Step;
use crate::project::{Project, succeed};
use crate::web::{self, WebProfile};
use anyhow::{Context as _, Result};
use std::path::Path;

/// Takes them.
///
/// # Errors
/// If something does not build, or a page cannot be shown.
pub(crate) fn screens(project: &Project, dir: &Path, only: Option<&str>) -> Result<()> {
    let dir = std::path::absolute(dir)?;
    std::fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
    let web = web::build(project, WebProfile::Dev)?;
    let program = crate::run::build_program(project, false)?;
    let step = Step::begin("the demo's people", "a few minutes the first time");
    let demo = project.build_demo()?;
    step.done();
    let browser = Browser::set_up(project)?;
    let step = Step::begin(
        format!("pictures of the pages in {}", dir.display()),
        "a few minutes",
    );
    succeed(
        browser
            .node(project, &program, &web)
            .env("ALONGSIDE_DEMO", demo)
            .arg("screens.mjs")
            .arg(&dir)
            .args(only),
    )?;
    step.done();
    Ok(())
}
