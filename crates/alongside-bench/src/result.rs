//! What a measurement is: several runs of ours, the peer or limit of the same run beside it, and what was promised.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// The same thing measured several times.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) runs: usize,
}

impl Spread {
    /// Of these runs; of none it is nothing that compares with anything.
    pub(crate) fn of(runs: &[f64]) -> Self {
        let mut sorted = runs.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        let middle = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) && middle > 0 {
            f64::midpoint(at(middle - 1), at(middle))
        } else {
            at(middle)
        };
        Self {
            median,
            min: at(0),
            max: at(sorted.len().saturating_sub(1)),
            runs: sorted.len(),
        }
    }
}

/// A limit or a peer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Beside {
    pub(crate) what: String,
    pub(crate) value: Spread,
}

/// What was promised, in the unit of the measurement, or as ours divided by what stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Budget {
    AtMost(f64),
    AtLeast(f64),
    RatioAtMost(f64),
    RatioAtLeast(f64),
}

/// One thing measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measurement {
    /// In words: "durable appends, 64 clients".
    pub(crate) what: String,
    /// "ms", "appends/s", "MiB".
    pub(crate) unit: String,
    pub(crate) ours: Spread,
    #[serde(default)]
    pub(crate) beside: Option<Beside>,
    #[serde(default)]
    pub(crate) budget: Option<Budget>,
    /// How it was measured, and what it does not say.
    #[serde(default)]
    pub(crate) how: String,
}

impl Measurement {
    pub(crate) fn new(what: impl Into<String>, unit: &str, runs: &[f64]) -> Self {
        Self {
            what: what.into(),
            unit: unit.to_owned(),
            ours: Spread::of(runs),
            beside: None,
            budget: None,
            how: String::new(),
        }
    }

    pub(crate) fn beside(mut self, what: impl Into<String>, runs: &[f64]) -> Self {
        self.beside = Some(Beside {
            what: what.into(),
            value: Spread::of(runs),
        });
        self
    }

    pub(crate) fn budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    pub(crate) fn how(mut self, how: impl Into<String>) -> Self {
        self.how = how.into();
        self
    }

    /// Ours divided by what is beside it.
    pub(crate) fn ratio(&self) -> Option<f64> {
        self.beside.as_ref().map(|b| self.ours.median / b.value.median)
    }

    /// Whether what was promised holds; nothing where nothing was.
    pub(crate) fn holds(&self) -> Option<bool> {
        match self.budget? {
            Budget::AtMost(most) => Some(self.ours.median <= most),
            Budget::AtLeast(least) => Some(self.ours.median >= least),
            Budget::RatioAtMost(most) => self.ratio().map(|ratio| ratio <= most),
            Budget::RatioAtLeast(least) => self.ratio().map(|ratio| ratio >= least),
        }
    }
}

/// What one benchmark came to. Each lies in a file of its own, so that one can be measured again without the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// Where it stands on the page.
    pub(crate) order: u32,
    pub(crate) title: String,
    /// The day it was measured.
    pub(crate) day: String,
    /// With fewer and shorter runs: for a look, not for the page.
    #[serde(default)]
    pub(crate) quick: bool,
    /// How the group as a whole is measured.
    #[serde(default)]
    pub(crate) about: String,
    pub(crate) measurements: Vec<Measurement>,
    /// What could not be measured, and why.
    #[serde(default)]
    pub(crate) missing: Vec<String>,
}

impl Report {
    pub(crate) fn write(&self, results: &Path, name: &str) -> Result<()> {
        fs::create_dir_all(results)?;
        let path = results.join(format!("{name}.json"));
        fs::write(&path, serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("writing {}", path.display()))
    }

    /// Takes away what it came to before, if it did.
    pub(crate) fn forget(results: &Path, name: &str) -> Result<()> {
        match fs::remove_file(results.join(format!("{name}.json"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Those of these names that lie in the folder, in the order of the page; and the names of the others.
    pub(crate) fn read_all<'n>(results: &Path, names: &[&'n str]) -> Result<(Vec<Self>, Vec<&'n str>)> {
        let (mut reports, mut missing) = (Vec::new(), Vec::new());
        for name in names {
            let path = results.join(format!("{name}.json"));
            if path.is_file() {
                let report: Self = serde_json::from_slice(&fs::read(&path)?)
                    .with_context(|| format!("reading {}", path.display()))?;
                reports.push(report);
            } else {
                missing.push(*name);
            }
        }
        reports.sort_by_key(|report| report.order);
        Ok((reports, missing))
    }
}

/// Today, by this machine's clock.
pub(crate) fn today() -> String {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    now.date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_of_runs_lies_between_the_middle_two() {
        let spread = Spread::of(&[4.0, 1.0, 3.0, 2.0]);
        assert_eq!((spread.median, spread.min, spread.max), (2.5, 1.0, 4.0));
        assert_eq!(Spread::of(&[3.0, 1.0, 2.0]).median, 2.0);
    }

    #[test]
    fn a_budget_on_the_ratio_asks_what_stands_beside() {
        let alone = Measurement::new("appends", "appends/s", &[500.0]).budget(Budget::RatioAtLeast(5.0));
        assert_eq!(alone.holds(), None);
        assert_eq!(alone.clone().beside("a peer", &[100.0]).holds(), Some(true));
        assert_eq!(alone.beside("a peer", &[101.0]).holds(), Some(false));
    }
}
