//! A standard library for WASM out of Debian's packages, where rustup's cannot be downloaded.
//!
//! Debian ships a current compiler (`rustc-web`) and its source (`rust-web-src`, with every crate that the standard
//! library needs). The library is compiled once, offline, into a private sysroot in the cache folder, named by the
//! exact compiler. Cargo stays the one in use; it is told of a two-line `rustc` that adds `--sysroot`.

use crate::progress::{Step, note};
use crate::project::{self, succeed, which};
use crate::setup::{WASM, debian_install, holds_std};
use crate::web::hex;
use anyhow::{Context as _, Result, anyhow, bail};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

const RUSTC: &str = "/usr/bin/rustc";
const RUSTDOC: &str = "/usr/bin/rustdoc";
/// The first compiler that this workspace builds with (`rust-version` of the root manifest).
const OLDEST: (u32, u32) = (1, 90);

/// A private sysroot that holds the standard library for WASM.
#[derive(Debug)]
pub(crate) struct Sysroot {
    dir: PathBuf,
}

impl Sysroot {
    /// Its folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The compiler that uses it.
    pub(crate) fn rustc(&self) -> PathBuf {
        self.dir.join("bin/rustc")
    }

    /// The documentation's compiler that uses it.
    pub(crate) fn rustdoc(&self) -> PathBuf {
        self.dir.join("bin/rustdoc")
    }
}

/// What `rustc -vV` says, as far as it matters here.
struct Compiler {
    release: String,
    host: String,
    llvm: String,
    hash: String,
    sysroot: PathBuf,
}

/// The sysroot, built now if it is not there.
///
/// # Errors
/// If the packages cannot be installed or the library does not compile.
pub(crate) fn sysroot() -> Result<Sysroot> {
    debian_install(
        &["rustc-web", "rust-web-src"],
        "the web client needs a standard library for WASM",
    )?;
    let compiler = Compiler::ask()?;
    let dir = cache()?
        .join("rust-wasm-sysroot")
        .join(format!("{}-{}", compiler.release, compiler.hash));
    let sysroot = Sysroot { dir };
    if sysroot.dir.join(".done").is_file() {
        return Ok(sysroot);
    }
    let what = format!(
        "standard library {} for WASM in {}",
        compiler.release,
        sysroot.dir.display()
    );
    let step = Step::begin(what, "once, one to two minutes, 64 MB");
    compiler.build(&sysroot)?;
    step.done();
    Ok(sysroot)
}

fn cache() -> Result<PathBuf> {
    let from_environment = std::env::var_os("XDG_CACHE_HOME")
        .filter(|dir| !dir.is_empty())
        .map(PathBuf::from);
    from_environment
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
        .ok_or_else(|| anyhow!("no home folder: set XDG_CACHE_HOME"))
}

impl Compiler {
    fn ask() -> Result<Self> {
        let version = project::output(Command::new(RUSTC).arg("-vV"))?.stdout;
        let text = String::from_utf8_lossy(&version).into_owned();
        let line = |name: &str| {
            let found = text.lines().find_map(|line| line.strip_prefix(name));
            found
                .map(str::to_owned)
                .with_context(|| format!("{RUSTC} does not say its {name}"))
        };
        let release = line("release: ")?;
        let mut numbers = release.split('.').map_while(|n| n.parse::<u32>().ok());
        if (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < OLDEST {
            bail!(
                "{RUSTC} is {release}, and {}.{} is needed: update rustc-web",
                OLDEST.0,
                OLDEST.1
            );
        }
        let sysroot = project::output(Command::new(RUSTC).args(["--print", "sysroot"]))?.stdout;
        Ok(Self {
            host: line("host: ")?,
            llvm: line("LLVM version: ")?
                .split('.')
                .next()
                .unwrap_or_default()
                .to_owned(),
            hash: hex(&Sha256::digest(&version))[..10].to_owned(),
            sysroot: PathBuf::from(String::from_utf8_lossy(&sysroot).trim()),
            release,
        })
    }

    /// Builds beside the place and moves it there, so that a half-built one is never taken for a whole one.
    fn build(&self, sysroot: &Sysroot) -> Result<()> {
        let parent = sysroot.dir.parent().context("the cache folder has no parent")?;
        let work = parent.join(format!("building-{}", std::process::id()));
        let result = self.build_in(&work, sysroot);
        // What failed to build is of no use to the next try.
        if work.exists() {
            fs::remove_dir_all(&work)?;
        }
        result
    }

    fn build_in(&self, work: &Path, sysroot: &Sysroot) -> Result<()> {
        let linker = self.linker()?;
        let library = work.join("library");
        let source = self.sysroot.join("lib/rustlib/src/rust/library");
        copy_tree(&source, &library).with_context(|| format!("copying {}", source.display()))?;
        fs::create_dir_all(library.join(".cargo"))?;
        fs::write(
            library.join(".cargo/config.toml"),
            "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n",
        )?;
        self.compile(work, &library)?;

        let new = work.join("sysroot");
        let lib = new.join("lib/rustlib").join(WASM).join("lib");
        let host = new.join("lib/rustlib").join(&self.host);
        for dir in [&lib, &host.join("bin"), &new.join("bin")] {
            fs::create_dir_all(dir)?;
        }
        for entry in fs::read_dir(work.join("target").join(WASM).join("release/deps"))? {
            let path = entry?.path();
            if let (true, Some(name)) = (path.extension().is_some_and(|e| e == "rlib"), path.file_name()) {
                fs::copy(&path, lib.join(name))?;
            }
        }
        if !holds_std(&lib) {
            bail!("the standard library for WASM was compiled, and is not where it should be");
        }
        symlink(
            self.sysroot.join("lib/rustlib").join(&self.host).join("lib"),
            host.join("lib"),
        )?;
        // rustc asks for `rust-lld`, which Debian does not ship with it.
        symlink(linker, host.join("bin/rust-lld"))?;
        let place = sysroot.dir.display();
        for (name, program) in [("rustc", RUSTC), ("rustdoc", RUSTDOC)] {
            let wrapper = new.join("bin").join(name);
            fs::write(
                &wrapper,
                format!("#!/bin/sh\nexec {program} --sysroot '{place}' \"$@\"\n"),
            )?;
            fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
        }
        fs::write(new.join(".done"), "")?;

        if sysroot.dir.join(".done").is_file() {
            return Ok(()); // another process was faster
        }
        if sysroot.dir.exists() {
            fs::remove_dir_all(&sysroot.dir)?;
        }
        fs::rename(&new, &sysroot.dir).with_context(|| format!("moving it to {}", sysroot.dir.display()))
    }

    /// The library's own workspace and lock file, and the vendored crates that Debian ships: no network.
    fn compile(&self, work: &Path, library: &Path) -> Result<()> {
        let cargo = Path::new("/usr/bin/cargo");
        let cargo = if cargo.is_file() {
            cargo
        } else {
            Path::new("cargo")
        };
        let mut build = Command::new(cargo);
        build
            .current_dir(library)
            .args([
                "build",
                "-Zavoid-dev-deps",
                "--offline",
                "--release",
                "--quiet",
                "--target",
                WASM,
            ])
            .args(["-p", "sysroot", "-p", "test"]);
        // Whatever was set for the project is not meant for its standard library.
        for (name, _) in std::env::vars_os() {
            let ours = name.to_str().is_some_and(|n| {
                n == "RUSTFLAGS"
                    || n.starts_with("RUSTC")
                    || n.starts_with("RUSTUP_")
                    || n.starts_with("CARGO")
            });
            if ours && name != "CARGO_HOME" {
                build.env_remove(name);
            }
        }
        // Bitcode, or link-time optimisation cannot see into the library.
        let flags = format!(
            "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes --remap-path-prefix={}=/rustc/{}/library",
            library.display(),
            self.release
        );
        build
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC", RUSTC)
            .env("__CARGO_DEFAULT_LIB_METADATA", "wasmstd")
            .env("CARGO_TARGET_DIR", work.join("target"))
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
            .env("CARGO_PROFILE_RELEASE_INCREMENTAL", "false")
            .env("RUSTFLAGS", flags);
        succeed(&mut build).context("compiling the standard library for WASM")
    }

    /// A linker of the compiler's own LLVM, else the one that rustup brings.
    fn linker(&self) -> Result<PathBuf> {
        let debians = format!("wasm-ld-{}", self.llvm);
        if which(&debians).is_none() {
            let package = format!("lld-{}", self.llvm);
            if let Err(error) = debian_install(&[&package], "WASM needs a linker") {
                note(format!("{error:#}; looking for rustup's"));
            }
        }
        if let Some(found) = which(&debians) {
            return Ok(found);
        }
        let rustups = project::output(Command::new("rustc").args(["--print", "sysroot"]))
            .ok()
            .map(|answer| {
                let sysroot = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
                sysroot.join("lib/rustlib").join(&self.host).join("bin/rust-lld")
            });
        rustups
            .filter(|path| path.is_file())
            .ok_or_else(|| anyhow!("no linker for WASM: `apt-get install lld-{}`", self.llvm))
    }
}

/// Copies a folder, following links: Debian's source links to the crates that it vendors.
fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_tree(&source, &target)?;
        } else {
            fs::copy(&source, &target).with_context(|| format!("copying {}", source.display()))?;
        }
    }
    Ok(())
}
