//! What `cargo metadata` tells about this workspace and everything that it depends on.

use crate::project::{self, Project};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The packages and how they depend on each other.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_members: Vec<String>,
    pub(crate) resolve: Option<Resolve>,
}

/// One package, a member or from a registry.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    /// Where it came from; nothing for a path.
    pub(crate) source: Option<String>,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
    pub(crate) features: BTreeMap<String, Vec<String>>,
}

/// A line under a manifest's dependencies.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `dev`, `build`, or nothing for a normal one.
    pub(crate) kind: Option<String>,
    pub(crate) req: String,
    pub(crate) path: Option<PathBuf>,
    /// What is asked of it by name.
    #[serde(default)]
    pub(crate) features: Vec<String>,
}

/// Something that a package builds.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

/// The graph.
#[derive(Debug, Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

/// A package in the graph.
#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) deps: Vec<Edge>,
}

/// What it depends on.
#[derive(Debug, Deserialize)]
pub(crate) struct Edge {
    pub(crate) pkg: String,
    pub(crate) dep_kinds: Vec<EdgeKind>,
}

/// As what.
#[derive(Debug, Deserialize)]
pub(crate) struct EdgeKind {
    pub(crate) kind: Option<String>,
}

impl Metadata {
    /// Asks cargo, with every feature on.
    ///
    /// # Errors
    /// If a manifest cannot be read.
    pub(crate) fn load(project: &Project) -> Result<Self> {
        let mut cargo = project.cargo();
        cargo.args(["metadata", "--format-version", "1", "--all-features"]);
        let output = project::output(&mut cargo)?;
        serde_json::from_slice(&output.stdout).context("reading what cargo metadata said")
    }

    /// The packages of this workspace, by name.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|p| self.workspace_members.contains(&p.id))
    }

    /// A member by its name.
    pub(crate) fn member(&self, name: &str) -> Option<&Package> {
        self.members().find(|p| p.name == name)
    }

    /// The package with this id.
    pub(crate) fn package(&self, id: &str) -> Option<&Package> {
        self.packages.iter().find(|p| p.id == id)
    }

    /// Names of everything that ends up in this member's code: normal dependencies, theirs, and so on.
    ///
    /// The graph is that of the whole workspace, so optional parts that another member asks for are in it too.
    pub(crate) fn everything_below(&self, member: &Package) -> BTreeSet<&str> {
        let nodes: BTreeMap<&str, &Node> = self
            .resolve
            .iter()
            .flat_map(|r| &r.nodes)
            .map(|n| (n.id.as_str(), n))
            .collect();
        let mut seen = BTreeSet::new();
        let mut todo = vec![member.id.as_str()];
        while let Some(id) = todo.pop() {
            for edge in nodes.get(id).into_iter().flat_map(|n| &n.deps) {
                let normal = edge.dep_kinds.iter().any(|k| k.kind.is_none());
                if normal && seen.insert(edge.pkg.as_str()) {
                    todo.push(&edge.pkg);
                }
            }
        }
        seen.into_iter()
            .filter_map(|id| self.package(id))
            .map(|p| p.name.as_str())
            .collect()
    }
}

impl Package {
    /// Names of its targets of a kind.
    pub(crate) fn targets_of_kind(&self, kind: &str) -> Vec<&str> {
        self.targets
            .iter()
            .filter(|t| t.kind.iter().any(|k| k == kind))
            .map(|t| t.name.as_str())
            .collect()
    }
}
