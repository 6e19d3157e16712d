//! Checks that ARCHITECTURE.md and the code name each other: prose rots unless something reads it.

use crate::metadata::Metadata;
use crate::progress::Findings;
use crate::project::{Project, files_below};
use anyhow::{Context as _, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const MAP: &str = "ARCHITECTURE.md";
/// Past this a file is split by what it does.
const MOST_LINES: usize = 600;
/// Past this one should think about it.
const MANY_LINES: usize = 500;
/// A word in backticks that ends like this is a file, with or without a folder before it.
const FILE_ENDINGS: &[&str] = &[
    "cbor",
    "css",
    "ftl",
    "hex",
    "html",
    "js",
    "json",
    "lock",
    "md",
    "mjs",
    "rs",
    "svg",
    "toml",
    "tsv",
    "webmanifest",
    "woff2",
    "yml",
];

/// Checks map and code against each other.
///
/// # Errors
/// If files cannot be read.
pub(crate) fn check(project: &Project) -> Result<Findings> {
    let metadata = Metadata::load(project)?;
    let mut findings = Findings::of("codemap");
    let mut sources = 0;
    for member in metadata.members() {
        let Some(dir) = member.manifest_path.parent() else {
            continue;
        };
        for file in files_below(dir)?
            .iter()
            .filter(|f| f.extension().is_some_and(|e| e == "rs"))
        {
            sources += 1;
            let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
            check_source(&relative(project, file), &text, &mut findings);
        }
    }
    match fs::read_to_string(project.root.join(MAP)) {
        Ok(text) => check_map(project, &metadata, &text, &mut findings)?,
        Err(_) => findings.broken(format!("there is no {MAP}")),
    }
    findings.looked_at = format!("{MAP} and {sources} source files");
    Ok(findings)
}

fn relative(project: &Project, path: &Path) -> String {
    path.strip_prefix(&project.root)
        .unwrap_or(path)
        .display()
        .to_string()
}

fn check_source(name: &str, text: &str, findings: &mut Findings) {
    let first = text
        .lines()
        .map(str::trim)
        .find(|l| !l.is_empty() && !l.starts_with("#!["));
    if !first.is_some_and(|l| l.starts_with("//!")) {
        findings.broken(format!(
            "{name} does not begin with a `//!` line that says what it is for"
        ));
    }
    match text.lines().count() {
        lines if lines > MOST_LINES => {
            findings.broken(format!(
                "{name} has {lines} lines, and at most {MOST_LINES} are allowed: split it by verb"
            ));
        }
        lines if lines > MANY_LINES => {
            findings.warn(format!("{name} has {lines} lines: think of splitting it"))
        }
        _ => {}
    }
}

fn check_map(project: &Project, metadata: &Metadata, text: &str, findings: &mut Findings) -> Result<()> {
    let mut map = Map {
        root: &project.root,
        named: BTreeSet::new(),
        gone: BTreeSet::new(),
    };
    map.read(text)?;
    for path in &map.gone {
        findings.broken(format!("{MAP} names `{path}`, which does not exist"));
    }
    for member in metadata.members() {
        let Some(dir) = member.manifest_path.parent() else {
            continue;
        };
        if !map.names(&relative(project, dir)) {
            findings.broken(format!(
                "{MAP} does not name the crate `{}`",
                relative(project, dir)
            ));
        }
        let source = dir.join("src");
        if !source.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&source)? {
            let folder = entry?.path();
            let name = relative(project, &folder);
            // Programs in src/bin are targets, as cargo sees them, and no modules.
            if folder.is_dir()
                && !folder.ends_with("bin")
                && !holds_tests_alone(&folder)?
                && !map.names(&name)
            {
                findings.broken(format!("{MAP} does not name the folder `{name}`"));
            }
        }
    }
    Ok(())
}

/// Whether nothing is in this folder but the tests of the file beside it that bears its name.
fn holds_tests_alone(folder: &Path) -> Result<bool> {
    if !folder.with_extension("rs").is_file() {
        return Ok(false);
    }
    for entry in fs::read_dir(folder)? {
        if entry?.file_name() != "tests.rs" {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What the map names. Below a heading that names a folder, paths start there or at the root; a file without a folder
/// is one of the folder that was named last.
struct Map<'a> {
    root: &'a Path,
    /// What exists, from the root.
    named: BTreeSet<String>,
    /// What does not, in the map's words.
    gone: BTreeSet<String>,
}

impl Map<'_> {
    fn read(&mut self, text: &str) -> Result<()> {
        let mut base = String::new();
        let mut last = String::new();
        for line in unfenced(text) {
            if line.starts_with('#') {
                base.clear();
            }
            for word in quoted(line).filter(|w| is_path(w, |first| self.root.join(first).exists())) {
                for word in alternatives(word) {
                    let word = word.trim_end_matches('/');
                    let Some(found) = self.find(word, &base, &last)? else {
                        self.gone.insert(word.to_owned());
                        continue;
                    };
                    if self.root.join(&found).is_dir() {
                        last.clone_from(&found);
                        if line.starts_with('#') {
                            base.clone_from(&found);
                        }
                    }
                    self.named.insert(found);
                }
            }
        }
        Ok(())
    }

    fn find(&self, word: &str, base: &str, last: &str) -> Result<Option<String>> {
        let below = [format!("{base}/{word}"), word.to_owned()];
        if let Some(found) = below
            .iter()
            .map(|p| p.trim_start_matches('/'))
            .find(|p| self.root.join(p).exists())
        {
            return Ok(Some(found.to_owned()));
        }
        if word.contains('/') || last.is_empty() {
            return Ok(None);
        }
        let files = files_below(&self.root.join(last))?;
        let found = files
            .iter()
            .find(|file| file.file_name().is_some_and(|name| name == word));
        Ok(found
            .and_then(|f| f.strip_prefix(self.root).ok())
            .map(|f| f.display().to_string()))
    }

    /// Whether this path, or something below it, is named.
    fn names(&self, path: &str) -> bool {
        self.named.iter().any(|n| {
            n.strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// The lines outside of fenced blocks, which are pictures and not claims.
fn unfenced(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The words in backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Whether the word is a path in this project, and not a media type, a route or code.
fn is_path(word: &str, exists_at_root: impl Fn(&str) -> bool) -> bool {
    if word.starts_with('/') || word.contains([' ', '*', '<', ':', '…', '(', '=', '$', '#']) {
        return false;
    }
    let (first, last) = (word.split('/').next(), word.rsplit('/').next());
    let known = first.is_some_and(|first| first == "src" || first == "tests" || exists_at_root(first));
    let folder = word.contains('/') && (word.ends_with('/') || known);
    let top = !word.contains('/') && exists_at_root(word);
    let file = last
        .and_then(|l| l.rsplit_once('.'))
        .is_some_and(|(stem, ending)| {
            !stem.is_empty() && FILE_ENDINGS.contains(&ending.trim_end_matches('}'))
        });
    folder || file || top
}

/// `{a,b}` stands for both.
fn alternatives(word: &str) -> Vec<String> {
    let braces = word
        .split_once('{')
        .and_then(|(before, rest)| rest.split_once('}').map(|(of, end)| (before, of, end)));
    match braces {
        Some((before, choices, after)) => choices
            .split(',')
            .flat_map(|c| alternatives(&format!("{before}{}{after}", c.trim())))
            .collect(),
        None => vec![word.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_other_words_in_backticks() {
        let path = |word: &str| is_path(word, |first| first == "crates" || first == "xtask");
        for word in [
            "crates/alongside-log/src/{seal,open}.rs",
            "deny.toml",
            "gone/src/",
            "src/seal",
            "xtask",
        ] {
            assert!(path(word), "{word}");
        }
        for word in [
            "application/cbor",
            "/v1/spaces",
            "Vec<Event>",
            "alongside-log",
            "checkin.shared/1",
            "a b.rs",
        ] {
            assert!(!path(word), "{word}");
        }
        assert_eq!(alternatives("a/{b,c}.rs"), ["a/b.rs", "a/c.rs"]);
    }

    #[test]
    fn what_is_in_a_fenced_block_is_a_picture_and_not_a_claim() {
        assert_eq!(
            unfenced("a\n```text\n`c`\n```\nd").collect::<Vec<_>>(),
            ["a", "d"]
        );
    }

    #[test]
    fn a_path_starts_at_the_root_or_at_the_folder_of_the_heading() {
        let project = Project::find().unwrap();
        let read = |text: &str| {
            let mut map = Map {
                root: &project.root,
                named: BTreeSet::new(),
                gone: BTreeSet::new(),
            };
            map.read(text).unwrap();
            (
                map.named.into_iter().collect::<Vec<_>>(),
                map.gone.into_iter().collect::<Vec<_>>(),
            )
        };
        let (named, gone) = read("## `xtask`\n`src/web` (`pack.rs`, `gone.rs`) `src/gone.rs` `Cargo.toml`");
        assert_eq!(
            named,
            [
                "xtask",
                "xtask/Cargo.toml",
                "xtask/src/web",
                "xtask/src/web/pack.rs"
            ]
        );
        assert_eq!(gone, ["gone.rs", "src/gone.rs"]);
        let (named, gone) = read("## `xtask`\n## Other\n`src/web` `deny.toml`");
        assert_eq!(named, ["deny.toml", "xtask"]);
        assert_eq!(gone, ["src/web"]);
    }

    #[test]
    fn a_source_file_says_what_it_is_for_and_is_not_too_long() {
        let broken_by = |text: &str| {
            let mut findings = Findings::of("codemap");
            check_source("x.rs", text, &mut findings);
            (findings.broken.len(), findings.warnings.len())
        };
        assert_eq!(broken_by("\n#![no_std]\n//! For x.\nfn x() {}\n"), (0, 0));
        assert_eq!(broken_by("fn x() {}\n"), (1, 0));
        assert_eq!(broken_by(&format!("//! For x.\n{}", "\n".repeat(550))), (0, 1));
        assert_eq!(broken_by(&format!("//! For x.\n{}", "\n".repeat(601))), (1, 0));
    }
}
