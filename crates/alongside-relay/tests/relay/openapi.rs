//! The description of the routes says what the routes do.

use std::collections::{BTreeMap, BTreeSet};

use alongside_wire::problem::Code;
use axum::body::Bytes;
use serde_json::Value;

use crate::client::{Http, World};

/// Every path that the protocol knows, read from where they are written down, so that a new one cannot be overlooked.
pub(crate) fn paths_of_wire() -> Vec<String> {
    include_str!("../../../alongside-wire/src/route.rs")
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub const "))
        .filter_map(|line| line.split('"').nth(1))
        .filter(|path| path.starts_with("/v1/"))
        .map(str::to_owned)
        .collect()
}

/// What is documented: for a path and a method, the codes of its problems.
pub(crate) struct Documented(BTreeMap<(String, String), BTreeSet<String>>);

impl Documented {
    pub(crate) async fn ask(http: &Http) -> Self {
        let answer = http.get("/openapi.json").await;
        let document: Value = serde_json::from_slice(&answer.body).unwrap();
        let mut all = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let responses = operation["responses"].as_object().unwrap();
                let codes = responses
                    .values()
                    .flat_map(|response| response["x-codes"].as_array().into_iter().flatten())
                    .map(|code| code.as_str().unwrap().to_owned())
                    .collect();
                all.insert((path.clone(), method.to_uppercase()), codes);
            }
        }
        Self(all)
    }

    pub(crate) fn operations(&self) -> Vec<(String, String)> {
        self.0.keys().cloned().collect()
    }

    /// Whether this operation may be refused so. One that there is not may be refused for that alone.
    pub(crate) fn allows(&self, path: &str, method: &str, code: Code) -> bool {
        match self.0.get(&(path.to_owned(), method.to_owned())) {
            Some(codes) => codes.contains(code.text()),
            None => matches!(code, Code::MethodNotAllowed | Code::NotFound),
        }
    }
}

#[tokio::test]
async fn every_route_is_described_with_its_methods_and_no_other_method_is_known() {
    let world = World::new().await;
    let http = world.http();
    let documented = Documented::ask(&http).await;
    let paths = paths_of_wire();
    assert!(paths.len() >= 29, "{}", paths.len());
    for path in &paths {
        assert!(
            documented.0.keys().any(|(known, _)| known == path),
            "{path} is not described"
        );
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            let known = documented.0.contains_key(&(path.clone(), method.to_owned()));
            let answer = http.ask(method, path, &[], Bytes::new()).await;
            let not_allowed = answer.status == 405;
            assert_eq!(known, !not_allowed, "{method} {path}: {}", answer.status);
            if not_allowed {
                assert_eq!(answer.code(), Code::MethodNotAllowed);
                assert!(answer.headers.contains_key("allow"));
            }
        }
    }
    for (path, _) in documented.0.keys() {
        assert!(paths.contains(path), "{path} is described but not known");
    }
}

#[tokio::test]
async fn every_code_is_described_and_only_known_ones() {
    let world = World::new().await;
    let documented = Documented::ask(&world.http()).await;
    let described: BTreeSet<&str> = documented.0.values().flatten().map(String::as_str).collect();
    for code in Code::ALL {
        assert!(
            described.contains(code.text()) || *code == Code::MethodNotAllowed,
            "{}",
            code.text()
        );
    }
    for text in described {
        assert!(Code::from_text(text).is_some(), "{text}");
    }
}
