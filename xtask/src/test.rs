//! Checks the rules, runs every test, and counts them. Nothing is left out without a word.

mod browser_tests;
mod clippy;
mod native;
mod report;

use crate::chores::Test;
use crate::progress::{Findings, Step};
use crate::project::{Project, succeed};
use anyhow::Result;
use report::{Report, Suite};
use std::process::ExitCode;

/// A check of the project's own rules.
type Check = fn(&Project) -> Result<Findings>;

/// Runs all of it, goes on after a failure, and ends with `N passed, M failed`.
///
/// # Errors
/// Never: what could not be run is in the report, as a failure.
pub(crate) fn test(project: &Project, what: &Test) -> Result<ExitCode> {
    let mut report = Report::default();
    if what.dist {
        report.not_run("all but the browser tests", "--dist");
    } else if what.filter.is_none() {
        checks(project, &mut report);
    } else {
        report.not_run(
            "format, layers, codemap, deny, clippy",
            "only tests were asked for, by name",
        );
    }
    if !what.dist {
        report.all("cargo test", native::run(project, what.filter.as_deref()));
    }
    if what.no_browser {
        report.not_run("browser tests", "--no-browser");
    } else {
        report.all(
            "browser tests",
            browser_tests::run(project, what.filter.as_deref(), what.dist),
        );
    }
    if report.passed() + report.failed() == 0 {
        // A misspelt name, most likely: nothing ran, so nothing is known.
        report.add(Suite::check("no test has such a name", false));
    }
    println!("\n{report}");
    Ok(if report.failed() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn checks(project: &Project, report: &mut Report) {
    let step = Step::begin("format", "");
    report.check(
        "format",
        succeed(project.cargo().args(["fmt", "--all", "--check"])),
    );
    step.done();
    let rules: [(&str, Check); 3] = [
        ("layers", crate::layers::check),
        ("codemap", crate::codemap::check),
        ("deny", crate::deny::check),
    ];
    for (name, check) in rules {
        let step = Step::begin(name, "");
        report.check(name, check(project).and_then(|findings| findings.report()));
        step.done();
    }
    let step = Step::begin("clippy", "a few minutes the first time");
    report.check("clippy", clippy::native(project));
    step.done();
    let step = Step::begin("clippy on the web client", "a few minutes the first time");
    report.check("clippy (web)", clippy::web(project));
    step.done();
}

impl Report {
    fn check(&mut self, name: &str, result: Result<()>) {
        self.add(match result {
            Ok(()) => Suite::check(name, true),
            Err(error) => {
                eprintln!("{error:#}");
                Suite::check(name, false)
            }
        });
    }

    fn all(&mut self, name: &str, suites: Result<Vec<Suite>>) {
        match suites {
            Ok(suites) => suites.into_iter().for_each(|suite| self.add(suite)),
            Err(error) => {
                eprintln!("\n{name}: {error:#}");
                self.add(Suite::check(&format!("{name} (could not be run)"), false));
            }
        }
    }
}
