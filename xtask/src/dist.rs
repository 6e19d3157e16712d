//! The release: one program with the web client in it, and the hashes to check a copy, or a server, against.

use crate::metadata::Metadata;
use crate::progress::{Step, note};
use crate::project::{PROGRAM, Project};
use crate::web::{self, WebClient, WebProfile, hex};
use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

/// The feature of the program that puts target/web-dist into it.
const EMBED: &str = "embed";

/// What a release is.
#[derive(Debug)]
pub(crate) struct Release {
    /// The program with the web client in it.
    pub(crate) program: PathBuf,
    /// That web client.
    pub(crate) client: WebClient,
}

/// Makes target/dist.
///
/// # Errors
/// If something does not build.
pub(crate) fn dist(project: &Project) -> Result<Release> {
    let metadata = Metadata::load(project)?;
    let program = metadata
        .member(PROGRAM)
        .with_context(|| format!("there is no crate {PROGRAM}"))?;
    if !program.features.contains_key(EMBED) {
        bail!("the crate {PROGRAM} has no feature `{EMBED}`, which puts the web client into it");
    }
    let client = web::build(project, WebProfile::Release)?;
    let step = Step::begin(
        "the program with the web client in it",
        "several minutes the first time",
    );
    let built = project.build_program(true, Some(EMBED))?;
    step.done();

    let dir = project.target.join("dist");
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir_all(&dir)?;
    let name = built
        .file_name()
        .context("the program has no name")?
        .to_string_lossy()
        .into_owned();
    fs::copy(&built, dir.join(&name)).with_context(|| format!("copying {}", built.display()))?;

    // What a server hands out can be compared with this, file by file.
    let mut web_sums = String::new();
    for file in &client.files {
        let bytes = fs::read(client.dir.join(&file.path))?;
        writeln!(web_sums, "{}  {}", hex(&Sha256::digest(&bytes)), file.path)?;
    }
    fs::write(dir.join("WEB-SHA256SUMS"), &web_sums)?;
    let mut sums = String::new();
    for file in [name.as_str(), "WEB-SHA256SUMS"] {
        writeln!(
            sums,
            "{}  {file}",
            hex(&Sha256::digest(fs::read(dir.join(file))?))
        )?;
    }
    fs::write(dir.join("SHA256SUMS"), &sums)?;

    let size = fs::metadata(dir.join(&name))?.len();
    note(format!(
        "{} is {:.1} MiB; web client {}",
        name,
        size as f64 / 1_048_576.0,
        client.build
    ));
    println!("{}", dir.display());
    Ok(Release {
        program: dir.join(name),
        client,
    })
}
