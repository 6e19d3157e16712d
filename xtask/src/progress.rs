//! Telling the person what is being done, how long it may take, and what was found.

use anyhow::{Result, bail};
use std::time::Instant;

/// One thing being done; says how long it took when it is done.
pub(crate) struct Step {
    what: String,
    started: Instant,
}

impl Step {
    /// Announces it. `how_long` is for a person who waits: "about a minute the first time".
    pub(crate) fn begin(what: impl Into<String>, how_long: &str) -> Self {
        let what = what.into();
        if how_long.is_empty() {
            eprintln!("==> {what}");
        } else {
            eprintln!("==> {what} ({how_long})");
        }
        Self {
            what,
            started: Instant::now(),
        }
    }

    /// Says that it is done.
    pub(crate) fn done(self) {
        eprintln!(
            "    {}: done in {:.1} s",
            self.what,
            self.started.elapsed().as_secs_f32()
        );
    }
}

/// A remark under the step that is going on.
pub(crate) fn note(text: impl AsRef<str>) {
    eprintln!("    {}", text.as_ref());
}

/// What a check of the project's own rules found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// The check's name, as in `cargo xtask NAME`.
    pub(crate) check: &'static str,
    /// What it looked at, for the sentence that says all is well.
    pub(crate) looked_at: String,
    /// Broken rules.
    pub(crate) broken: Vec<String>,
    /// Not broken, but close.
    pub(crate) warnings: Vec<String>,
}

impl Findings {
    pub(crate) fn of(check: &'static str) -> Self {
        Self {
            check,
            ..Self::default()
        }
    }

    pub(crate) fn broken(&mut self, what: impl Into<String>) {
        self.broken.push(what.into());
    }

    pub(crate) fn warn(&mut self, what: impl Into<String>) {
        self.warnings.push(what.into());
    }

    /// Prints all of it.
    ///
    /// # Errors
    /// If a rule is broken.
    pub(crate) fn report(&self) -> Result<()> {
        for warning in &self.warnings {
            eprintln!("{}: warning: {warning}", self.check);
        }
        for broken in &self.broken {
            eprintln!("{}: {broken}", self.check);
        }
        match self.broken.len() {
            0 => {
                eprintln!("{}: {}, all in order", self.check, self.looked_at);
                Ok(())
            }
            1 => bail!("{}: one rule is broken (above)", self.check),
            n => bail!("{}: {n} rules are broken (above)", self.check),
        }
    }
}
