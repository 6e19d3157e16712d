//! Gives every file of the web client a name made from its content, and tells the others that name.
//!
//! A source names another file as `{{NAME}}`: `{{alongside-web.js}}`, `{{style.css}}`, `{{fonts/NAME.woff2}}`,
//! `{{icons/icon.svg}}`. What is named is packed first, so a change below changes every name above it. Files of public/
//! that nobody names so keep their paths, because browsers ask for them by path (the *shell*: index.html, sw.js, icons);
//! they alone may say `{{build}}`, the hash of all of it, and sw.js may say `{{files}}`, the list of all but itself.
//! Any file may say `{{version}}`.

use super::compile::Program;
use super::compress::Cache;
use super::{FileSize, hex};
use crate::project::files_below;
use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Files that may name others.
const TEXT: &[&str] = &["css", "html", "js", "json", "svg", "txt", "webmanifest"];
/// Files that compression makes smaller.
const COMPRESSIBLE: &[&str] = &[
    "css",
    "html",
    "ico",
    "js",
    "json",
    "svg",
    "txt",
    "wasm",
    "webmanifest",
];

/// What a web client is packed from.
#[derive(Debug)]
pub(crate) struct Sources {
    /// Files as they are.
    pub(crate) public: PathBuf,
    /// Style sheets, joined in the order of their names.
    pub(crate) style: PathBuf,
    /// Folders of npm packages, for fonts.
    pub(crate) modules: Vec<PathBuf>,
    /// The version of the web client.
    pub(crate) version: String,
    /// What was compiled.
    pub(crate) programs: Vec<Program>,
}

/// The files of a web client.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    /// A hash of all of it.
    pub(crate) build: String,
    files: BTreeMap<String, Vec<u8>>,
    compressed: BTreeMap<String, (Vec<u8>, Vec<u8>)>,
}

impl Packed {
    /// Adds the compressed form of every file that becomes smaller.
    pub(super) fn compress(&mut self, cache: &Path) -> Result<()> {
        let mut cache = Cache::open(cache)?;
        for (path, bytes) in self
            .files
            .iter()
            .filter(|(path, _)| COMPRESSIBLE.contains(&ending(path)))
        {
            let made = cache.compress(bytes)?;
            if made.brotli.len() < bytes.len() && made.gzip.len() < bytes.len() {
                self.compressed.insert(path.clone(), (made.brotli, made.gzip));
            }
        }
        cache.prune()
    }

    /// Every file with its path.
    pub(super) fn everything(&self) -> impl Iterator<Item = (String, &[u8])> {
        let plain = self
            .files
            .iter()
            .map(|(path, bytes)| (path.clone(), bytes.as_slice()));
        let small = self.compressed.iter().flat_map(|(path, (brotli, gzip))| {
            [
                (format!("{path}.br"), brotli.as_slice()),
                (format!("{path}.gz"), gzip.as_slice()),
            ]
        });
        plain.chain(small)
    }

    pub(super) fn sizes(&self) -> Vec<FileSize> {
        let size = |(path, bytes): (&String, &Vec<u8>)| FileSize {
            path: path.clone(),
            bytes: bytes.len() as u64,
            brotli_bytes: self.compressed.get(path).map(|(brotli, _)| brotli.len() as u64),
        };
        self.files.iter().map(size).collect()
    }
}

/// Packs.
///
/// # Errors
/// If a file names another that does not exist, or files name each other in a circle.
pub(super) fn pack(sources: &Sources) -> Result<Packed> {
    let mut waiting = collect(sources)?;
    let mut packed = Packed::default();
    let mut names = BTreeMap::from([("version".to_owned(), sources.version.clone())]);

    let shell = take_shell(sources, &mut waiting)?;
    if !shell.contains_key("index.html") {
        bail!("{} has no index.html", sources.public.display());
    }
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = BTreeMap::new();
        for (logical, bytes) in waiting {
            let Some(filled) = fill(&logical, &bytes, &names, &sources.modules, &mut packed)? else {
                later.insert(logical, bytes);
                continue;
            };
            let path = packed.add(&logical, filled);
            names.insert(logical, path);
        }
        if later.len() == before {
            bail!("{}", unknown_names(&later, &names));
        }
        waiting = later;
    }

    // The shell last: it names the rest. Its own words count for the build, with {{build}} still in them.
    let mut filled = BTreeMap::new();
    for (logical, bytes) in shell.iter().filter(|(logical, _)| *logical != "sw.js") {
        let mut with_build = names.clone();
        with_build.insert("build".to_owned(), "{{build}}".to_owned());
        match fill(logical, bytes, &with_build, &sources.modules, &mut packed)? {
            Some(text) => filled.insert(logical.clone(), text),
            None => bail!(
                "{}",
                unknown_names(&BTreeMap::from([(logical.clone(), bytes.clone())]), &with_build)
            ),
        };
    }
    let mut hash = Sha256::new();
    for (path, bytes) in packed
        .files
        .iter()
        .chain(&filled)
        .chain(shell.get_key_value("sw.js"))
    {
        hash.update(path);
        hash.update([0]);
        hash.update(Sha256::digest(bytes));
    }
    packed.build = hex(&hash.finalize()[..8]);
    for (logical, bytes) in filled {
        let bytes = replace(&bytes, "{{build}}", &packed.build);
        packed.files.insert(logical, bytes);
    }
    if let Some(bytes) = shell.get("sw.js") {
        let mut list: Vec<String> = packed.files.keys().map(|path| format!("/{path}")).collect();
        for path in list.iter_mut().filter(|path| *path == "/index.html") {
            "/".clone_into(path);
        }
        names.insert("build".to_owned(), packed.build.clone());
        names.insert("files".to_owned(), serde_json::to_string(&list)?);
        match fill("sw.js", bytes, &names, &sources.modules, &mut packed)? {
            Some(text) => packed.files.insert("sw.js".to_owned(), text),
            None => bail!(
                "{}",
                unknown_names(&BTreeMap::from([("sw.js".to_owned(), bytes.clone())]), &names)
            ),
        };
    }
    Ok(packed)
}

impl Packed {
    /// Adds a file under a name made from its content and returns its address.
    fn add(&mut self, logical: &str, bytes: Vec<u8>) -> String {
        let hash = hex(&Sha256::digest(&bytes)[..8]);
        let file = logical.rsplit('/').next().unwrap_or(logical);
        let (stem, ending) = file.rsplit_once('.').unwrap_or((file, "bin"));
        let path = format!("assets/{stem}-{hash}.{ending}");
        let address = format!("/{path}");
        self.files.insert(path, bytes);
        address
    }
}

/// Takes out what keeps its path: the files of public/ that no other names.
fn take_shell(
    sources: &Sources,
    waiting: &mut BTreeMap<String, Vec<u8>>,
) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut named = BTreeSet::new();
    for (_, bytes) in waiting
        .iter()
        .filter(|(logical, _)| TEXT.contains(&ending(logical)))
    {
        let text = String::from_utf8_lossy(bytes);
        let mut rest: &str = &text;
        while let Some((_, name, after)) = next_name(rest) {
            named.insert(name.to_owned());
            rest = after;
        }
    }
    let public = files_below(&sources.public)?;
    let paths = public
        .iter()
        .filter_map(|file| file.strip_prefix(&sources.public).ok())
        .map(slashed);
    Ok(paths
        .filter(|path| !named.contains(path))
        .filter_map(|path| waiting.remove_entry(&path))
        .collect())
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Reads everything that is to be packed, by the name that others call it.
fn collect(sources: &Sources) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for file in files_below(&sources.public)? {
        let name = file
            .strip_prefix(&sources.public)?
            .to_string_lossy()
            .replace('\\', "/");
        found.insert(name, read(&file)?);
    }
    let mut style = Vec::new();
    for file in files_below(&sources.style)?
        .iter()
        .filter(|f| f.extension().is_some_and(|e| e == "css"))
    {
        style.extend(read(file)?);
        style.push(b'\n');
    }
    found.insert("style.css".to_owned(), style);
    for program in &sources.programs {
        for name in &program.files {
            let mut bytes = read(&program.dir.join(name))?;
            if ending(name) == "js" {
                for snippet in program.files.iter().filter(|f| f.starts_with("snippets/")) {
                    // The same words name it inside the WASM too: only where it is imported do they mean a file.
                    for quote in ['\'', '"'] {
                        let here = format!("from {quote}./{snippet}{quote}");
                        bytes = replace(&bytes, &here, &format!("from {quote}{{{{{snippet}}}}}{quote}"));
                    }
                }
            }
            if found.insert(name.clone(), bytes).is_some() {
                bail!("two files of the web client are called {name}");
            }
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("reading {}", path.display()))
}

/// The file with every name in it filled in, or nothing while one of them is not known yet.
fn fill(
    logical: &str,
    bytes: &[u8],
    names: &BTreeMap<String, String>,
    modules: &[PathBuf],
    packed: &mut Packed,
) -> Result<Option<Vec<u8>>> {
    if !TEXT.contains(&ending(logical)) {
        return Ok(Some(bytes.to_vec()));
    }
    let text = std::str::from_utf8(bytes).with_context(|| format!("{logical} is not UTF-8"))?;
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_name(rest) {
        filled.push_str(before);
        match (names.get(name), name.strip_prefix("fonts/")) {
            (Some(address), _) => filled.push_str(address),
            (None, Some(font)) => filled.push_str(&packed.add(name, find_font(modules, font)?)),
            (None, None) => return Ok(None),
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(Some(filled.into_bytes()))
}

/// The text before the next `{{NAME}}`, the name, and the text after. Other double braces are left alone: JavaScript
/// has them too.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|at| at + from) {
        let inside = &text[open + 2..];
        let end = inside
            .find(|c: char| !(c.is_ascii_alphanumeric() || "._-/".contains(c)))
            .unwrap_or(inside.len());
        if end > 0 && inside[end..].starts_with("}}") {
            return Some((&text[..open], &inside[..end], &inside[end + 2..]));
        }
        from = open + 1;
    }
    None
}

/// A font of the npm packages, by its file name.
fn find_font(modules: &[PathBuf], name: &str) -> Result<Vec<u8>> {
    for scope in modules
        .iter()
        .flat_map(|m| [m.join("@fontsource"), m.join("@fontsource-variable")])
    {
        let Ok(packages) = fs::read_dir(&scope) else {
            continue;
        };
        for package in packages {
            let file = package?.path().join("files").join(name);
            if file.is_file() {
                return read(&file);
            }
        }
    }
    bail!("no font package has a file {name}: see package.json beside the web client's sources")
}

fn unknown_names(files: &BTreeMap<String, Vec<u8>>, names: &BTreeMap<String, String>) -> String {
    let mut lines =
        vec!["files of the web client name what does not exist, or name each other in a circle:".to_owned()];
    for (file, bytes) in files {
        let text = String::from_utf8_lossy(bytes);
        let mut rest: &str = &text;
        while let Some((_, name, after)) = next_name(rest) {
            if !names.contains_key(name) && !name.starts_with("fonts/") {
                lines.push(format!("  {file} names {{{{{name}}}}}"));
            }
            rest = after;
        }
    }
    lines.join("\n")
}

fn replace(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    // What is no text has no names in it.
    std::str::from_utf8(bytes).map_or_else(|_| bytes.to_vec(), |text| text.replace(from, to).into_bytes())
}

fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

#[cfg(test)]
mod tests;
