//! Runs cargo's tests, shows them as they run, and counts.

use super::report::Suite;
use crate::progress::Step;
use crate::project::{Project, WEB_PACKAGE, succeed};
use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

const TESTKIT: &str = "alongside-testkit";
/// How long nothing may be said until it is seen whether cargo has ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// Every test of the workspace that runs on this machine. The worlds of the testkit apart, because they stretch
/// passphrases cheaply and nothing else may; the web client's apart, with its own choice of features.
pub(super) fn run(project: &Project, filter: Option<&str>) -> Result<Vec<Suite>> {
    let mut suites = Vec::new();
    let groups: [(&str, &[&str]); 3] = [
        (
            "tests",
            &["--workspace", "--exclude", WEB_PACKAGE, "--exclude", TESTKIT],
        ),
        (
            "tests of whole worlds",
            &["-p", TESTKIT, "--features", "cheap-kdf"],
        ),
        ("tests of the web client's logic", &["-p", WEB_PACKAGE]),
    ];
    for (name, packages) in groups {
        let step = Step::begin(format!("building {name}"), "several minutes the first time");
        let built = succeed(
            project
                .cargo()
                .args(["test", "--no-run", "--quiet"])
                .args(packages),
        );
        step.done();
        if let Err(error) = built {
            eprintln!("{error:#}");
            suites.push(Suite::check(&format!("building {name}"), false));
            continue;
        }
        let step = Step::begin(name, "a minute or more");
        suites.extend(run_group(project, packages, filter)?);
        step.done();
    }
    Ok(suites)
}

fn run_group(project: &Project, packages: &[&str], filter: Option<&str>) -> Result<Vec<Suite>> {
    // One pipe for both: which program is running is said in one, what came of it in the other.
    let (reader, writer) = std::io::pipe()?;
    let mut cargo = project.cargo();
    cargo
        .args(["test", "--no-fail-fast", "--color", "never"])
        .args(packages)
        .args(filter);
    cargo.stdout(writer.try_clone()?).stderr(writer);
    let mut child = cargo.spawn().context("could not start cargo test")?;
    // Or the pipe would never end: this program would hold it open itself.
    drop(cargo);
    let (said, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(reader).split(b'\n').map_while(Result::ok) {
            if said.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
    let mut tally = Tally::default();
    let mut ended = None;
    loop {
        match lines.recv_timeout(PATIENCE) {
            Ok(line) => {
                println!("{line}");
                tally.read(&line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if ended.is_some() => {
                eprintln!("a test has left a program running, which holds its output open");
                tally.left_running();
                break;
            }
            Err(RecvTimeoutError::Timeout) => ended = child.try_wait()?,
        }
    }
    let status = child.wait()?;
    let suites = tally.finish();
    let failed: u64 = suites.iter().map(|s| s.failed).sum();
    if !status.success() && failed == 0 {
        bail!("cargo test failed ({status}), and no test says so: see above");
    }
    Ok(suites)
}

/// Reads what `cargo test` prints.
#[derive(Debug, Default)]
struct Tally {
    suites: Vec<Suite>,
    /// A program has begun and has not said its result yet.
    running: bool,
}

impl Tally {
    fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(name) = suite_name(line) {
            self.died();
            self.suites.push(Suite::tests(&name));
            self.running = true;
        } else if let (Some(rest), Some(suite)) = (line.strip_prefix("test result: "), self.suites.last_mut())
        {
            suite.passed += count(rest, " passed");
            suite.failed += count(rest, " failed");
            suite.ignored += count(rest, " ignored");
            self.running = false;
        }
    }

    /// A program that ended without a result was killed or aborted: that is a failure.
    fn died(&mut self) {
        if let (true, Some(suite)) = (self.running, self.suites.last_mut()) {
            suite.failed += 1;
        }
        self.running = false;
    }

    /// A test that leaves something behind has failed, whatever it says.
    fn left_running(&mut self) {
        if let Some(suite) = self.suites.last_mut() {
            suite.failed += 1;
        }
    }

    /// Suites with tests in them, those of one package together.
    fn finish(mut self) -> Vec<Suite> {
        self.died();
        let mut together: Vec<Suite> = Vec::new();
        for suite in self
            .suites
            .into_iter()
            .filter(|s| s.passed + s.failed + s.ignored > 0)
        {
            match together.iter_mut().find(|s| s.name == suite.name) {
                Some(same) => {
                    same.passed += suite.passed;
                    same.failed += suite.failed;
                    same.ignored += suite.ignored;
                }
                None => together.push(suite),
            }
        }
        together
    }
}

/// `Running unittests src/lib.rs (target/debug/deps/alongside_core-0123456789abcdef)`, or `Doc-tests alongside_core`.
fn suite_name(line: &str) -> Option<String> {
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{} (documentation)", name.replace('_', "-")));
    }
    let (what, program) = line
        .strip_prefix("Running ")?
        .strip_suffix(')')?
        .rsplit_once(" (")?;
    let program = program.rsplit(['/', '\\']).next()?;
    let (name, _) = program.rsplit_once('-')?;
    let name = name.replace('_', "-");
    Some(if what.starts_with("unittests") {
        name
    } else {
        format!("{name} ({what})")
    })
}

/// The number before a word: `12` for " passed" in `ok. 12 passed; 0 failed`.
fn count(line: &str, word: &str) -> u64 {
    let before = line.split_once(word).map_or("", |(before, _)| before);
    before
        .rsplit([' ', ';'])
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(text: &str) -> Vec<(String, u64, u64, u64)> {
        let mut tally = Tally::default();
        text.lines().for_each(|line| tally.read(line));
        tally
            .finish()
            .into_iter()
            .map(|s| (s.name, s.passed, s.failed, s.ignored))
            .collect()
    }

    #[test]
    fn results_are_counted_for_the_program_that_was_running() {
        let text = "     Running unittests src/lib.rs (target/debug/deps/alongside_core-0123456789abcdef)\n\
                    running 3 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n     \
                    Running tests/all.rs (target/debug/deps/all-0123456789abcdef)\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n   \
                    Doc-tests alongside_core\ntest result: ok. 0 passed; 0 failed; 0 ignored";
        let expected = [
            ("alongside-core".to_owned(), 2, 0, 1),
            ("all (tests/all.rs)".to_owned(), 1, 2, 0),
        ];
        assert_eq!(tally(text), expected);
    }

    #[test]
    fn a_program_that_dies_without_a_result_has_failed() {
        let text = "Running unittests src/lib.rs (target/debug/deps/alongside_log-0123456789abcdef)\nSIGSEGV";
        assert_eq!(tally(text), [("alongside-log".to_owned(), 0, 1, 0)]);
    }
}
