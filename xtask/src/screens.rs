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
pub(crate) fn screens(project: &Project, dir: &Path) -> Result<()> {
    let dir = std::path::absolute(dir)?;
    std::fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
    let web = web::build(project, WebProfile::Dev)?;
    let program = crate::run::build_program(project, false)?;
    let browser = Browser::set_up(project)?;
    let step = Step::begin(
        format!("pictures of the pages in {}", dir.display()),
        "a minute or two",
    );
    succeed(browser.node(project, &program, &web).arg("screens.mjs").arg(&dir))?;
    step.done();
    Ok(())
}
