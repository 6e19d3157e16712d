//! What ran, what came of it, and what was not run.

/// One group of tests, or one check of the project's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suite {
    pub(super) name: String,
    pub(super) passed: u64,
    pub(super) failed: u64,
    /// Marked as not to be run, by whoever wrote them.
    pub(super) ignored: u64,
    /// A check of the rules: it counts where it fails, and is no test where it does not.
    pub(super) is_check: bool,
}

impl Suite {
    pub(super) fn tests(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            passed: 0,
            failed: 0,
            ignored: 0,
            is_check: false,
        }
    }

    pub(super) fn check(name: &str, passed: bool) -> Self {
        Self {
            failed: u64::from(!passed),
            is_check: true,
            ..Self::tests(name)
        }
    }
}

/// All suites.
#[derive(Debug, Default)]
pub(super) struct Report {
    suites: Vec<Suite>,
    not_run: Vec<(String, String)>,
}

impl Report {
    pub(super) fn add(&mut self, suite: Suite) {
        self.suites.push(suite);
    }

    pub(super) fn not_run(&mut self, what: &str, why: &str) {
        self.not_run.push((what.to_owned(), why.to_owned()));
    }

    /// Tests that passed.
    pub(super) fn passed(&self) -> u64 {
        self.suites.iter().map(|s| s.passed).sum()
    }

    /// Tests and checks that failed.
    pub(super) fn failed(&self) -> u64 {
        self.suites.iter().map(|s| s.failed).sum()
    }
}

/// The table, the counts, and what was not run.
impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let width = self
            .suites
            .iter()
            .map(|s| s.name.chars().count())
            .max()
            .unwrap_or(0);
        for suite in &self.suites {
            let result = match (suite.is_check, suite.failed) {
                (true, 0) => "in order".to_owned(),
                (true, _) => "FAILED".to_owned(),
                (false, 0) => format!("{:>6} passed", suite.passed),
                (false, failed) => format!("{:>6} passed, {failed} FAILED", suite.passed),
            };
            let ignored = if suite.ignored > 0 {
                format!(", {} ignored", suite.ignored)
            } else {
                String::new()
            };
            writeln!(f, "{:width$}  {result}{ignored}", suite.name)?;
        }
        write!(f, "{} passed, {} failed", self.passed(), self.failed())?;
        // Last, so that nobody takes the counts for all there is.
        for (what, why) in &self.not_run {
            write!(f, "\nnot run: {what} ({why})")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_counts_and_a_broken_rule_counts_as_a_failure() {
        let mut report = Report::default();
        report.add(Suite::check("format", true));
        report.add(Suite {
            passed: 3,
            ..Suite::tests("alongside-core")
        });
        assert_eq!(report.to_string().lines().last(), Some("3 passed, 0 failed"));
        report.add(Suite::check("layers", false));
        assert_eq!(report.to_string().lines().last(), Some("3 passed, 1 failed"));
    }

    #[test]
    fn what_was_not_run_is_said_last() {
        let mut report = Report::default();
        report.add(Suite {
            passed: 3,
            ..Suite::tests("alongside-core")
        });
        report.not_run("browser tests", "--no-browser");
        let text = report.to_string();
        assert!(
            text.ends_with("3 passed, 0 failed\nnot run: browser tests (--no-browser)"),
            "{text}"
        );
    }
}
