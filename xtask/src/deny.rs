//! Checks licences, banned crates and sources against deny.toml.
//!
//! The file is cargo-deny's, and cargo-deny itself is asked where it is installed. It takes minutes to compile, so
//! on a fresh machine the rules that this project has are enforced here, over `cargo metadata`. Known
//! vulnerabilities are cargo-deny's alone: they need its database.

use crate::metadata::{Metadata, Package};
use crate::npm;
use crate::progress::{Findings, note};
use crate::project::{Project, succeed, which};
use anyhow::{Context as _, Result, anyhow};
use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};
use std::fs;

/// The parts of deny.toml that are enforced here.
#[derive(Debug, Deserialize)]
struct Rules {
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Debug, Deserialize)]
struct Licenses {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
    #[serde(default)]
    clarify: Vec<Clarification>,
}

/// A crate that may have a licence which others may not.
#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate", alias = "name")]
    package: String,
    allow: Vec<String>,
}

/// What a crate's licence is where its manifest does not say it.
#[derive(Debug, Deserialize)]
struct Clarification {
    #[serde(rename = "crate", alias = "name")]
    package: String,
    expression: String,
}

#[derive(Debug, Deserialize)]
struct Bans {
    #[serde(default)]
    wildcards: String,
    #[serde(default)]
    deny: Vec<Ban>,
}

/// A crate that must not be here, or only below its wrappers.
#[derive(Debug, Deserialize)]
struct Ban {
    #[serde(rename = "crate", alias = "name")]
    package: String,
    #[serde(default)]
    wrappers: Vec<String>,
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
    #[serde(default)]
    allow_git: Vec<String>,
}

/// Checks the graph of crates, and the npm packages.
///
/// # Errors
/// If the rules or the graph cannot be read.
pub(crate) fn check(project: &Project) -> Result<Findings> {
    let text = fs::read_to_string(project.root.join("deny.toml")).context("reading deny.toml")?;
    let rules: Rules = toml::from_str(&text).context("reading deny.toml")?;
    let metadata = Metadata::load(project)?;
    let mut findings = Findings::of("deny");
    let npm_packages = check_npm(project, &mut findings)?;
    findings.looked_at = format!(
        "licences, bans and sources of {} crates and {npm_packages} npm packages",
        metadata.packages.len()
    );
    if which("cargo-deny").is_some() {
        note("cargo-deny is installed: it checks the crates");
        let mut cargo = project.cargo();
        if let Err(error) =
            succeed(cargo.args(["deny", "--all-features", "check", "bans", "licenses", "sources"]))
        {
            findings.broken(error.to_string());
        }
        return Ok(findings);
    }
    apply(&rules, &metadata, &mut findings)?;
    Ok(findings)
}

fn apply(rules: &Rules, metadata: &Metadata, findings: &mut Findings) -> Result<()> {
    let allowed = licensees(&rules.licenses.allow)?;
    for package in &metadata.packages {
        check_license(&rules.licenses, &allowed, package, findings)?;
        check_source(&rules.sources, package, findings);
        for ban in rules.bans.deny.iter().filter(|ban| ban.package == package.name) {
            check_ban(ban, metadata, package, findings);
        }
    }
    if rules.bans.wildcards == "deny" {
        for member in metadata.members() {
            for dependency in member
                .dependencies
                .iter()
                .filter(|d| d.req == "*" && d.path.is_none())
            {
                findings.broken(format!(
                    "{} takes any version of {}",
                    member.name, dependency.name
                ));
            }
        }
    }
    Ok(())
}

fn licensees(allowed: &[String]) -> Result<Vec<Licensee>> {
    allowed
        .iter()
        .map(|l| Licensee::parse(l).map_err(|e| anyhow!("deny.toml: the licence {l:?}: {e}")))
        .collect()
}

fn check_license(
    rules: &Licenses,
    allowed: &[Licensee],
    package: &Package,
    findings: &mut Findings,
) -> Result<()> {
    let clarified = rules
        .clarify
        .iter()
        .find(|c| c.package == package.name)
        .map(|c| &c.expression);
    let Some(license) = clarified.or(package.license.as_ref()) else {
        findings.broken(format!("{} {} has no licence", package.name, package.version));
        return Ok(());
    };
    let Ok(expression) = Expression::parse_mode(license, ParseMode::LAX) else {
        findings.broken(format!(
            "{} {}: {license:?} is not a licence",
            package.name, package.version
        ));
        return Ok(());
    };
    let mut own = Vec::new();
    for exception in rules.exceptions.iter().filter(|e| e.package == package.name) {
        own.extend(licensees(&exception.allow)?);
    }
    if !expression.evaluate(|asked| allowed.iter().chain(&own).any(|l| l.satisfies(asked))) {
        findings.broken(format!(
            "{} {} is licensed {license}, which is not allowed",
            package.name, package.version
        ));
    }
    Ok(())
}

fn check_source(rules: &Sources, package: &Package, findings: &mut Findings) {
    let Some(source) = &package.source else { return };
    let known = match source.split_once('+') {
        Some(("registry" | "sparse", url)) => rules.allow_registry.iter().any(|allowed| allowed == url),
        Some(("git", url)) => rules
            .allow_git
            .iter()
            .any(|allowed| url.starts_with(allowed.as_str())),
        _ => false,
    };
    if !known {
        findings.broken(format!(
            "{} {} comes from {source}",
            package.name, package.version
        ));
    }
}

fn check_ban(ban: &Ban, metadata: &Metadata, package: &Package, findings: &mut Findings) {
    let importers: Vec<&str> = metadata
        .resolve
        .iter()
        .flat_map(|r| &r.nodes)
        .filter(|node| node.deps.iter().any(|edge| edge.pkg == package.id))
        .filter_map(|node| metadata.package(&node.id))
        .map(|p| p.name.as_str())
        .collect();
    for importer in importers.iter().filter(|i| !ban.wrappers.iter().any(|w| w == *i)) {
        let reason = if ban.reason.is_empty() {
            String::new()
        } else {
            format!(": {}", ban.reason)
        };
        findings.broken(format!(
            "{importer} depends on {} {}{reason}",
            package.name, package.version
        ));
    }
}

/// Licences of what comes from npm. Only fonts may be under the font licence.
fn check_npm(project: &Project, findings: &mut Findings) -> Result<usize> {
    const ALLOWED: &[&str] = &[
        "MIT",
        "Apache-2.0",
        "ISC",
        "MPL-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "0BSD",
    ];
    let mut count = 0;
    for dir in [project.web_crate(), project.browser_tests()] {
        for package in npm::locked(&dir)? {
            count += 1;
            let font = package.name.starts_with("@fontsource") && package.license == "OFL-1.1";
            if !font && !ALLOWED.contains(&package.license.as_str()) {
                findings.broken(format!(
                    "npm's {} is licensed {:?}, which is not allowed",
                    package.name, package.license
                ));
            }
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn broken(license: Option<&str>, source: Option<&str>, rules: &str) -> Vec<String> {
        let rules: Rules = toml::from_str(&format!(
            "licenses = {{ allow = ['MIT', 'Apache-2.0', 'Apache-2.0 WITH LLVM-exception'] }}\n{rules}\n\
             [sources]\nallow-registry = ['https://github.com/rust-lang/crates.io-index']\n"
        ))
        .unwrap();
        let package =
            |name: &str, license: Option<&str>, source: Option<&str>, dependencies: serde_json::Value| {
                json!({ "id": name, "name": name, "version": "1.0.0", "license": license, "source": source,
                    "manifest_path": "", "dependencies": dependencies, "targets": [], "features": {} })
            };
        let metadata: Metadata = serde_json::from_value(json!({
            "packages": [
                package("ours", Some("MIT"), None, json!([{ "name": "theirs", "kind": null, "req": "*", "path": null }])),
                package("theirs", license, source, json!([])),
            ],
            "workspace_members": ["ours"],
            "resolve": { "nodes": [
                { "id": "ours", "deps": [{ "pkg": "theirs", "dep_kinds": [{ "kind": null }] }] },
                { "id": "theirs", "deps": [] },
            ] },
        }))
        .unwrap();
        let mut findings = Findings::of("deny");
        apply(&rules, &metadata, &mut findings).unwrap();
        findings.broken
    }

    const CRATES_IO: Option<&str> = Some("registry+https://github.com/rust-lang/crates.io-index");

    #[test]
    fn one_allowed_licence_of_a_choice_is_enough() {
        for license in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0-only OR MIT",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(broken(Some(license), CRATES_IO, "[bans]").is_empty(), "{license}");
        }
        for license in [
            Some("GPL-3.0-only"),
            Some("MIT AND GPL-3.0-only"),
            Some("whatever"),
            None,
        ] {
            assert_eq!(broken(license, CRATES_IO, "[bans]").len(), 1, "{license:?}");
        }
    }

    #[test]
    fn nothing_comes_from_an_unknown_place() {
        assert_eq!(
            broken(Some("MIT"), Some("git+https://example.org/x"), "[bans]").len(),
            1
        );
    }

    #[test]
    fn a_banned_crate_is_allowed_below_its_wrappers_alone() {
        let rule =
            |wrapper: &str| format!("[bans]\ndeny = [{{ crate = 'theirs', wrappers = ['{wrapper}'] }}]");
        assert!(broken(Some("MIT"), CRATES_IO, &rule("ours")).is_empty());
        assert_eq!(
            broken(Some("MIT"), CRATES_IO, &rule("another")),
            ["ours depends on theirs 1.0.0"]
        );
    }

    #[test]
    fn any_version_is_no_version() {
        assert_eq!(
            broken(Some("MIT"), CRATES_IO, "[bans]\nwildcards = 'deny'"),
            ["ours takes any version of theirs"]
        );
    }
}
