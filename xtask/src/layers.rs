//! Checks that crates import only what their layer may, so that the picture in ARCHITECTURE.md stays true.

use crate::metadata::{Metadata, Package};
use crate::progress::Findings;
use crate::project::Project;
use anyhow::Result;

/// What one crate of the workspace may import from it.
struct Layer {
    name: &'static str,
    /// In its code.
    may: &'static [&'static str],
    /// In its tests, on top.
    tests: &'static [&'static str],
    /// Crates from outside that it must not name.
    never: &'static [&'static str],
    /// Crates from outside that must not be anywhere below it.
    never_below: &'static [&'static str],
}

const CLOCK_AND_CHANCE: &[&str] = &[
    "async-trait",
    "chrono",
    "futures",
    "futures-util",
    "getrandom",
    "js-sys",
    "rand",
    "rand_chacha",
    "rand_core",
    "time",
    "tokio",
    "wasm-bindgen",
    "web-sys",
    "web-time",
];
const IO: &[&str] = &[
    "axum",
    "getrandom",
    "hyper",
    "js-sys",
    "rand",
    "reqwest",
    "rusqlite",
    "sqlx",
    "tokio",
    "ureq",
    "web-sys",
];
const PAGES_AND_SERVERS: &[&str] = &["axum", "leptos", "sqlx"];

const LAYERS: &[Layer] = &[
    Layer {
        name: "alongside-core",
        may: &[],
        tests: &[],
        never: CLOCK_AND_CHANCE,
        never_below: &[
            "axum",
            "getrandom",
            "rand",
            "reqwest",
            "rusqlite",
            "sqlx",
            "tokio",
        ],
    },
    Layer {
        name: "alongside-log",
        may: &[],
        tests: &[],
        never: IO,
        never_below: &["axum", "rusqlite", "tokio"],
    },
    Layer {
        name: "alongside-wire",
        may: &[],
        tests: &[],
        never: IO,
        never_below: &["axum", "rusqlite", "tokio"],
    },
    Layer {
        name: "alongside-insights",
        may: &["alongside-core"],
        tests: &[],
        never: CLOCK_AND_CHANCE,
        never_below: &["axum", "getrandom", "rusqlite", "tokio"],
    },
    Layer {
        name: "alongside-replica",
        may: &["alongside-core", "alongside-log", "alongside-wire"],
        tests: &["alongside-testkit"],
        never: PAGES_AND_SERVERS,
        never_below: PAGES_AND_SERVERS,
    },
    Layer {
        name: "alongside-relay",
        may: &["alongside-wire"],
        tests: &[],
        never: &["chacha20poly1305", "hpke", "leptos"],
        never_below: &["alongside-core", "alongside-log", "hpke", "leptos"],
    },
    Layer {
        name: "alongside-web",
        may: &["alongside-core", "alongside-insights", "alongside-replica"],
        tests: &["alongside-testkit"],
        never: &["axum", "rusqlite", "sqlx"],
        never_below: &["alongside-relay", "axum", "sqlx"],
    },
    Layer {
        name: "alongside-cli",
        may: &["alongside-core", "alongside-insights", "alongside-replica"],
        tests: &["alongside-testkit"],
        never: PAGES_AND_SERVERS,
        never_below: &["alongside-relay", "leptos"],
    },
    Layer {
        name: "alongside",
        may: &["alongside-cli", "alongside-relay"],
        tests: &["alongside-wire"],
        never: &["leptos"],
        never_below: &["leptos"],
    },
    Layer {
        name: "alongside-testkit",
        may: &[
            "alongside-core",
            "alongside-insights",
            "alongside-log",
            "alongside-relay",
            "alongside-replica",
            "alongside-wire",
        ],
        tests: &[],
        never: &["leptos"],
        never_below: &["leptos"],
    },
    Layer {
        name: "alongside-bench",
        may: &[
            "alongside-core",
            "alongside-insights",
            "alongside-log",
            "alongside-relay",
            "alongside-replica",
            "alongside-testkit",
            "alongside-wire",
        ],
        tests: &[],
        never: &["leptos"],
        never_below: &["leptos"],
    },
    Layer {
        name: "xtask",
        may: &[],
        tests: &[],
        never: &[],
        never_below: &[],
    },
];

/// A crate from outside that only these members may name: whoever holds it can make what the others only carry.
struct Wrapped {
    name: &'static str,
    wrappers: &'static [&'static str],
    /// In their tests, on top: those are clients, and sign as members do.
    tests: &'static [&'static str],
}

const WRAPPED: &[Wrapped] = &[
    Wrapped {
        name: "ed25519-dalek",
        wrappers: &["alongside-log", "alongside-wire"],
        tests: &["alongside", "alongside-relay"],
    },
    // The benchmarks do what the log does with nothing around it: that is the limit which the log is held against.
    Wrapped {
        name: "chacha20poly1305",
        wrappers: &["alongside-log", "alongside-bench"],
        tests: &[],
    },
    Wrapped {
        name: "hpke",
        wrappers: &["alongside-log"],
        tests: &[],
    },
];

/// A feature for tests alone: with it, passphrases are stretched so little that anyone could guess them.
const FOR_TESTS: &str = "cheap-kdf";

/// Checks the workspace.
///
/// # Errors
/// If cargo cannot read it.
pub(crate) fn check(project: &Project) -> Result<Findings> {
    let metadata = Metadata::load(project)?;
    let mut findings = Findings::of("layers");
    findings.looked_at = format!("{} crates", metadata.members().count());
    for layer in LAYERS
        .iter()
        .filter(|layer| metadata.member(layer.name).is_none())
    {
        findings.broken(format!(
            "{} has a layer and does not exist: take it out of LAYERS",
            layer.name
        ));
    }
    for member in metadata.members() {
        match LAYERS.iter().find(|layer| layer.name == member.name) {
            Some(layer) => check_member(&metadata, member, layer, &mut findings),
            None => findings.broken(format!(
                "{} has no layer: say in LAYERS, and in ARCHITECTURE.md, what it may import",
                member.name
            )),
        }
    }
    Ok(findings)
}

fn check_member(metadata: &Metadata, member: &Package, layer: &Layer, findings: &mut Findings) {
    if member
        .features
        .get("default")
        .is_some_and(|named| named.iter().any(|f| f.ends_with(FOR_TESTS)))
    {
        findings.broken(format!(
            "{} has {FOR_TESTS} on by default, which is for tests alone",
            member.name
        ));
    }
    for dependency in &member.dependencies {
        let in_tests = dependency.kind.as_deref() == Some("dev");
        let name = dependency.name.as_str();
        if !in_tests && dependency.features.iter().any(|f| f == FOR_TESTS) {
            findings.broken(format!(
                "{} asks {name} for {FOR_TESTS}, which is for tests alone",
                member.name
            ));
        }
        if dependency.path.is_some() {
            let allowed = layer.may.contains(&name) || (in_tests && layer.tests.contains(&name));
            if !allowed {
                let may = if layer.may.is_empty() {
                    "nothing of ours".into()
                } else {
                    layer.may.join(", ")
                };
                let place = if in_tests { "in its tests " } else { "" };
                findings.broken(format!(
                    "{} imports {name} {place}and may import {may}",
                    member.name
                ));
            }
        } else {
            if !in_tests && layer.never.contains(&name) {
                findings.broken(format!("{} must not import {name}", member.name));
            }
            for wrapped in WRAPPED.iter().filter(|wrapped| wrapped.name == name) {
                let member = member.name.as_str();
                let may = wrapped.wrappers.contains(&member) || (in_tests && wrapped.tests.contains(&member));
                if !may {
                    findings.broken(format!(
                        "{member} imports {name}; only {} may",
                        wrapped.wrappers.join(", ")
                    ));
                }
            }
        }
    }
    let below = metadata.everything_below(member);
    for name in layer
        .never_below
        .iter()
        .filter(|name| below.contains(*name) && !layer.never.contains(name))
    {
        findings.broken(format!(
            "{} depends on {name} through another crate and must not",
            member.name
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn workspace(member: &str, dependencies: &serde_json::Value) -> Metadata {
        serde_json::from_value(json!({
            "packages": [{
                "id": member, "name": member, "version": "0.1.0", "license": null, "source": null,
                "manifest_path": "Cargo.toml", "dependencies": dependencies,
                "targets": [], "features": {},
            }],
            "workspace_members": [member],
            "resolve": null,
        }))
        .unwrap()
    }

    fn broken_by(member: &str, dependency: &str, kind: Option<&str>, ours: bool) -> Vec<String> {
        let path = ours.then_some("/x");
        let metadata = workspace(
            member,
            &json!([{ "name": dependency, "kind": kind, "req": "*", "path": path }]),
        );
        let layer = LAYERS.iter().find(|l| l.name == member).unwrap();
        let mut findings = Findings::of("layers");
        check_member(&metadata, metadata.member(member).unwrap(), layer, &mut findings);
        findings.broken
    }

    #[test]
    fn the_relay_may_import_wire_and_never_the_log() {
        assert!(broken_by("alongside-relay", "alongside-wire", None, true).is_empty());
        assert_eq!(
            broken_by("alongside-relay", "alongside-log", None, true),
            ["alongside-relay imports alongside-log and may import alongside-wire"]
        );
    }

    #[test]
    fn the_testkit_is_for_tests_of_the_upper_layers_only() {
        assert!(broken_by("alongside-replica", "alongside-testkit", Some("dev"), true).is_empty());
        assert!(!broken_by("alongside-replica", "alongside-testkit", None, true).is_empty());
        assert!(!broken_by("alongside-core", "alongside-testkit", Some("dev"), true).is_empty());
    }

    #[test]
    fn only_the_wrappers_may_name_a_signature_crate() {
        assert!(broken_by("alongside-log", "ed25519-dalek", None, false).is_empty());
        assert!(!broken_by("alongside-replica", "ed25519-dalek", Some("dev"), false).is_empty());
        assert!(broken_by("alongside-relay", "ed25519-dalek", Some("dev"), false).is_empty());
        assert!(!broken_by("alongside-relay", "ed25519-dalek", None, false).is_empty());
    }

    #[test]
    fn what_people_run_never_has_what_is_for_tests() {
        let asks = |kind: Option<&str>| {
            let line = json!([{ "name": "alongside-log", "kind": kind, "req": "*", "path": "/x",
                                "features": ["cheap-kdf"] }]);
            let metadata = workspace("alongside-replica", &line);
            let layer = LAYERS.iter().find(|l| l.name == "alongside-replica").unwrap();
            let mut findings = Findings::of("layers");
            check_member(
                &metadata,
                metadata.member("alongside-replica").unwrap(),
                layer,
                &mut findings,
            );
            findings.broken
        };
        assert!(asks(Some("dev")).is_empty());
        assert_eq!(
            asks(None),
            ["alongside-replica asks alongside-log for cheap-kdf, which is for tests alone"]
        );
    }

    #[test]
    fn the_domain_has_no_clock_and_no_chance() {
        assert_eq!(
            broken_by("alongside-core", "tokio", None, false),
            ["alongside-core must not import tokio"]
        );
        assert!(broken_by("alongside-core", "proptest", Some("dev"), false).is_empty());
    }
}
