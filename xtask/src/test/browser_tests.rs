//! Runs the browser tests against the real program, and counts.

use super::report::Suite;
use crate::browser::Browser;
use crate::progress::Step;
use crate::project::{Project, files_below};
use crate::web::{self, WebProfile};
use anyhow::{Context as _, Result, bail};
use std::fs;

/// Builds what they need and runs every `tests/browser/*.test.mjs`; with `dist`, against the release.
pub(super) fn run(project: &Project, filter: Option<&str>, dist: bool) -> Result<Vec<Suite>> {
    let mut files: Vec<_> = files_below(&project.browser_tests())?;
    files.retain(|file| file.to_str().is_some_and(|name| name.ends_with(".test.mjs")));
    if files.is_empty() {
        bail!(
            "there are no browser tests in {}",
            project.browser_tests().display()
        );
    }
    let (web, program) = if dist {
        let release = crate::dist::dist(project)?;
        (release.client, release.program)
    } else {
        (
            web::build(project, WebProfile::Dev)?,
            crate::run::build_program(project, false)?,
        )
    };
    let browser = Browser::set_up(project)?;

    let step = Step::begin("browser tests", "a minute or more");
    let results = project.target.join("browser-tests.tap");
    let mut node = browser.node(project, &program, &web);
    if dist {
        // The program serves what is in it.
        node.env("ALONGSIDE_EMBEDDED", "1");
    }
    node.args(["--test", "--test-concurrency=1"])
        .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
        .args(["--test-reporter=tap", "--test-reporter-destination"])
        .arg(&results);
    if let Some(filter) = filter {
        // Node reads a pattern; a name is meant.
        let plain: String = filter
            .chars()
            .flat_map(|c| {
                if c.is_alphanumeric() {
                    vec![c]
                } else {
                    vec!['\\', c]
                }
            })
            .collect();
        node.arg("--test-name-pattern").arg(plain);
    }
    let status = node.args(files).status().context("could not start node")?;
    step.done();
    let text = fs::read_to_string(&results).with_context(|| format!("reading {}", results.display()))?;
    let suite = tally(&text);
    if !status.success() && suite.failed == 0 {
        bail!("the browser tests failed ({status}), and no test says so: see above");
    }
    Ok(vec![suite])
}

/// Reads the counts that node writes at the end: `# pass 3`.
fn tally(text: &str) -> Suite {
    let count = |name: &str| {
        let number = |line: &str| {
            line.strip_prefix("# ")?
                .strip_prefix(name)?
                .trim()
                .parse::<u64>()
                .ok()
        };
        text.lines().rev().find_map(number).unwrap_or(0)
    };
    Suite {
        passed: count("pass "),
        failed: count("fail ") + count("cancelled "),
        ignored: count("skipped ") + count("todo "),
        ..Suite::tests("browser tests")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_at_the_end_count() {
        let text = "TAP version 13\nok 1 - a\n# pass is a word in a test's output\n1..3\n# tests 7\n# suites 0\n\
                    # pass 3\n# fail 1\n# cancelled 1\n# skipped 2\n# todo 0\n# duration_ms 12.5\n";
        let suite = tally(text);
        assert_eq!((suite.passed, suite.failed, suite.ignored), (3, 2, 2));
    }
}
