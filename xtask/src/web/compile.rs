//! From Rust to WASM and the JavaScript around it.

use super::{WebProfile, hex};
use crate::metadata::{Metadata, Package};
use crate::progress::Step;
use crate::project::{Project, WEB_PACKAGE, files_below, succeed};
use crate::setup::{self, WASM};
use anyhow::{Context as _, Result, anyhow, bail};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// A program of the web client after wasm-bindgen: `NAME.js` and `NAME_bg.wasm`, and snippets they import.
#[derive(Debug)]
pub(crate) struct Program {
    /// Where they lie.
    pub(crate) dir: PathBuf,
    /// Their names, relative to that.
    pub(crate) files: Vec<String>,
}

/// Compiles every program of the web client: the page, and workers if there are some.
pub(super) fn compile(
    project: &Project,
    metadata: &Metadata,
    package: &Package,
    profile: WebProfile,
) -> Result<Vec<Program>> {
    let programs = package.targets_of_kind("bin");
    if programs.is_empty() {
        bail!("{WEB_PACKAGE} has no program yet (src/main.rs): there is no web client to build");
    }
    let toolchain = setup::wasm_toolchain()?;
    let step = Step::begin(
        format!("web client ({})", profile.name()),
        match profile {
            WebProfile::Dev => "a few minutes the first time, seconds after a change",
            WebProfile::Release => "several minutes",
        },
    );
    let mut cargo = project.cargo();
    toolchain.apply(&mut cargo);
    cargo
        .env("CARGO_TARGET_DIR", project.web_target())
        .args([
            "build",
            "-p",
            WEB_PACKAGE,
            "--bins",
            "--target",
            WASM,
            "--profile",
            profile.name(),
        ])
        .arg("--config")
        .arg(format!("target.{WASM}.rustflags=[{}]", flags(project)?.join(",")));
    succeed(&mut cargo)?;
    step.done();

    let built = project.web_target().join(WASM).join(profile.name());
    let stage = project.target.join("web-stage").join(profile.name());
    let step = Step::begin("JavaScript around the WASM", "");
    // What another version of it made is not reused.
    let version = metadata
        .packages
        .iter()
        .find(|p| p.name == "wasm-bindgen-cli-support")
        .map_or("", |p| &p.version);
    let made = programs.iter().map(|name| {
        let wasm = built.join(format!("{name}.wasm"));
        bind(name, &wasm, &stage.join(name), version, profile)
    });
    let made = made.collect::<Result<Vec<_>>>()?;
    step.done();
    Ok(made)
}

/// What the compiler is told for every crate of the web client.
fn flags(project: &Project) -> Result<Vec<String>> {
    let mut flags = remaps(project)?;
    // Leptos makes one type of view of all: far less code to fetch, and to compile.
    flags.push(toml::Value::from("--cfg=erase_components").to_string());
    Ok(flags)
}

/// Compiler flags that keep this machine's folders out of what is served, so that a build can be repeated elsewhere.
fn remaps(project: &Project) -> Result<Vec<String>> {
    let cargo_home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .context("no home folder: set CARGO_HOME")?;
    [(cargo_home, "/cargo"), (project.root.clone(), "/alongside")]
        .into_iter()
        .map(|(from, to)| {
            let from = from.to_str().context("a folder's name is not Unicode")?;
            Ok(toml::Value::from(format!("--remap-path-prefix={from}={to}")).to_string())
        })
        .collect()
}

/// Runs wasm-bindgen, unless it has done just that already.
fn bind(name: &str, wasm: &Path, stage: &Path, version: &str, profile: WebProfile) -> Result<Program> {
    let bytes = fs::read(wasm).with_context(|| format!("reading {}", wasm.display()))?;
    let input = format!("{} {version}", hex(&Sha256::digest(&bytes)));
    let stamp = stage.join(".input");
    let out = stage.join("out");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(input.as_str()) {
        if stage.exists() {
            fs::remove_dir_all(stage)?;
        }
        fs::create_dir_all(&out)?;
        let generated = Bindgen::new()
            .input_bytes(name, bytes)
            .out_name(name)
            .web(true)
            .and_then(|bindgen| {
                bindgen
                    .typescript(false)
                    .keep_debug(false)
                    .remove_name_section(profile == WebProfile::Release)
                    .remove_producers_section(true)
                    .omit_default_module_path(true)
                    .generate(&out)
            });
        generated.map_err(|error| anyhow!("wasm-bindgen on {}: {error:#}", wasm.display()))?;
        fs::write(&stamp, &input)?;
    }
    let files = files_below(&out)?;
    let files = files
        .iter()
        .filter_map(|file| file.strip_prefix(&out).ok()?.to_str().map(str::to_owned))
        .collect();
    Ok(Program { dir: out, files })
}
