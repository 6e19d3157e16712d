//! Builds the web client: compiles it to WASM, makes its JavaScript, names every file by its content, compresses.

mod compile;
mod compress;
mod pack;

use crate::metadata::Metadata;
use crate::npm;
use crate::progress::{Step, note};
use crate::project::{Project, WEB_PACKAGE};
use anyhow::{Context as _, Result};
use std::fs;
use std::path::PathBuf;

/// How the web client is compiled and packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WebProfile {
    /// Quick to build again, not compressed.
    Dev,
    /// Small, stripped and compressed.
    Release,
}

impl WebProfile {
    /// The profile's name in the root manifest.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dev => "wasm-dev",
            Self::Release => "wasm-release",
        }
    }
}

/// A web client, ready to be served.
#[derive(Debug)]
pub(crate) struct WebClient {
    /// The folder that is served.
    pub(crate) dir: PathBuf,
    /// Names this build: a hash of all its files.
    pub(crate) build: String,
    /// Every file of it.
    pub(crate) files: Vec<FileSize>,
}

/// A file of the web client and how large it is.
#[derive(Debug)]
pub(crate) struct FileSize {
    /// Below the folder that is served.
    pub(crate) path: String,
    pub(crate) bytes: u64,
    /// As it goes over the network, where it is compressed.
    pub(crate) brotli_bytes: Option<u64>,
}

/// Builds it into target/web-dist.
///
/// # Errors
/// If it does not compile, or a file names another that is not there.
pub(crate) fn build(project: &Project, profile: WebProfile) -> Result<WebClient> {
    let metadata = Metadata::load(project)?;
    let package = metadata
        .member(WEB_PACKAGE)
        .with_context(|| format!("there is no crate {WEB_PACKAGE}"))?;
    let programs = compile::compile(project, &metadata, package, profile)?;

    let step = Step::begin(
        "names, style, fonts and service worker of the web client",
        match profile {
            WebProfile::Dev => "",
            WebProfile::Release => "and compression, up to half a minute",
        },
    );
    let web = project.web_crate();
    let fonts = if web.join("package.json").is_file() {
        vec![npm::install(&web)?]
    } else {
        Vec::new()
    };
    let sources = pack::Sources {
        public: web.join("public"),
        style: web.join("style"),
        modules: fonts,
        version: package.version.clone(),
        programs,
    };
    let mut packed = pack::pack(&sources)?;
    if profile == WebProfile::Release {
        packed.compress(&project.target.join("web-cache"))?;
    }
    let client = write(project, &packed)?;
    step.done();
    if profile == WebProfile::Release {
        let sent: u64 = client
            .files
            .iter()
            .map(|f| f.brotli_bytes.unwrap_or(f.bytes))
            .sum();
        note(format!(
            "the web client is {} KiB over the network, fonts and icons and all",
            sent / 1024
        ));
    }
    Ok(client)
}

/// Writes beside the place and swaps, so that a server that runs never sees half of it.
fn write(project: &Project, packed: &pack::Packed) -> Result<WebClient> {
    let dir = project.web_dist();
    let new = dir.with_extension("new");
    let old = dir.with_extension("old");
    for left_over in [&new, &old] {
        if left_over.exists() {
            fs::remove_dir_all(left_over)?;
        }
    }
    for (path, bytes) in packed.everything() {
        let place = new.join(&path);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&place, bytes).with_context(|| format!("writing {}", place.display()))?;
    }
    if dir.exists() {
        fs::rename(&dir, &old)?;
    }
    fs::rename(&new, &dir).with_context(|| format!("moving the web client to {}", dir.display()))?;
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    Ok(WebClient {
        dir,
        build: packed.build.clone(),
        files: packed.sizes(),
    })
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
