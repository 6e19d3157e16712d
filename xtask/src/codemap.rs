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
    let named = paths_in(text, |first| project.root.join(first).exists());
    for path in named
        .iter()
        .filter(|path| !project.root.join(path.as_str()).exists())
    {
        findings.broken(format!("{MAP} names `{path}`, which does not exist"));
    }
    for member in metadata.members() {
        if !quoted(text).any(|word| word == member.name || word.trim_end_matches('/').ends_with(&member.name))
        {
            findings.broken(format!("{MAP} does not name the crate `{}`", member.name));
        }
        let Some(source) = member.manifest_path.parent().map(|dir| dir.join("src")) else {
            continue;
        };
        if !source.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&source)? {
            let folder = entry?.path();
            let name = relative(project, &folder);
            let known = named.iter().any(|n| {
                let n = n.trim_end_matches('/');
                n == name || n.strip_prefix(&name).is_some_and(|rest| rest.starts_with('/'))
            });
            if folder.is_dir() && !known {
                findings.broken(format!("{MAP} does not name the folder `{name}`"));
            }
        }
    }
    Ok(())
}

/// The words in backticks, outside of fenced blocks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines()
        .filter(move |line| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        })
        .flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The words in backticks that are paths from the root; `{a,b}` stands for both.
fn paths_in(text: &str, exists_at_root: impl Fn(&str) -> bool) -> BTreeSet<String> {
    quoted(text)
        .filter(|word| {
            !word.starts_with('/') && !word.contains([' ', '*', '<', ':', '…', '(', '=', '$', '#'])
        })
        .flat_map(alternatives)
        .filter(|word| {
            let (first, last) = (word.split('/').next(), word.rsplit('/').next());
            let folder = word.contains('/') && (word.ends_with('/') || first.is_some_and(&exists_at_root));
            let file = last
                .and_then(|l| l.rsplit_once('.'))
                .is_some_and(|(stem, ending)| !stem.is_empty() && FILE_ENDINGS.contains(&ending));
            folder || file
        })
        .collect()
}

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
        let text = "`crates/alongside-log/src/{seal,open}.rs` has `application/cbor`, `/v1/spaces`, `Vec<Event>`, \
                    `deny.toml`, `gone/src/` and `alongside-log`; `checkin.shared/1` is a kind";
        let found = paths_in(text, |first| first == "crates");
        let expected = [
            "crates/alongside-log/src/open.rs",
            "crates/alongside-log/src/seal.rs",
            "deny.toml",
            "gone/src/",
        ];
        assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_in_a_fenced_block_is_a_picture_and_not_a_claim() {
        assert_eq!(
            quoted("a `b`\n```text\n`c`\n```\n`d`").collect::<Vec<_>>(),
            ["b", "d"]
        );
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
