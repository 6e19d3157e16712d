//! A browser for the tests: found, or Debian's installed; and the node programs that drive it.

use crate::npm;
use crate::project::{Project, which};
use crate::web::WebClient;
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What browser tests, pictures and measurements are made with.
#[derive(Debug)]
pub(crate) struct Browser {
    node: PathBuf,
    chromium: PathBuf,
}

impl Browser {
    /// Finds or installs node, its packages and Chromium.
    ///
    /// # Errors
    /// If one of them cannot be had, with what to do about it.
    pub(crate) fn set_up(project: &Project) -> Result<Self> {
        let node = npm::node().context("browser tests need node")?;
        npm::install(&project.browser_tests())?;
        Ok(Self {
            node,
            chromium: chromium()?,
        })
    }

    /// Node, told where the program, the web client and the browser are.
    pub(crate) fn node(&self, project: &Project, program: &Path, web: &WebClient) -> Command {
        let mut node = Command::new(&self.node);
        node.current_dir(project.browser_tests())
            .env("ALONGSIDE_PROGRAM", program)
            .env("ALONGSIDE_WEB", &web.dir)
            .env("ALONGSIDE_BUILD", &web.build)
            .env("CHROMIUM", &self.chromium);
        node
    }
}

fn chromium() -> Result<PathBuf> {
    if let Some(wished) = std::env::var_os("CHROMIUM") {
        let wished = PathBuf::from(wished);
        if !wished.is_file() {
            bail!("CHROMIUM is {}, which is not there", wished.display());
        }
        return Ok(wished);
    }
    let find = || {
        [
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ]
        .iter()
        .find_map(|n| which(n))
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    crate::setup::debian_install(
        &["chromium"],
        "browser tests need Chromium: install it, or say where it is in CHROMIUM",
    )?;
    find().context("Chromium was installed and is not on the path: say where it is in CHROMIUM")
}
