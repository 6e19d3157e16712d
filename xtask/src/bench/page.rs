//! docs/benchmarks.md: a table for each group, with what each number is to be seen beside.

use super::{Budget, Measurement};
use crate::project;
use anyhow::Result;
use std::fmt::Write as _;
use std::process::Command;

/// The page.
pub(super) fn render(measured: &[Measurement], missing: &[String], machine: &str) -> String {
    let mut page = String::from(
        "# Benchmarks\n\nWritten by `cargo xtask bench`; do not edit. Each number stands beside the physical limit or a \
         peer that was measured in the same run on the same machine: the ratio is what carries over to another one.\n",
    );
    // Writing to a String does not fail.
    let _ = writeln!(page, "\nMachine: {machine}.");
    let mut groups: Vec<&str> = Vec::new();
    for measurement in measured {
        if !groups.contains(&measurement.group.as_str()) {
            groups.push(&measurement.group);
        }
    }
    for group in groups {
        let _ = writeln!(page, "\n## {group}\n");
        page.push_str("| What | Ours | Limit or peer | Ratio | Budget | |\n|---|---:|---|---:|---|---|\n");
        for measurement in measured.iter().filter(|m| m.group == group) {
            page.push_str(&row(measurement));
        }
        let remarks = measured
            .iter()
            .filter(|m| m.group == group && !m.remark.is_empty());
        for (at, measurement) in remarks.enumerate() {
            let _ = writeln!(
                page,
                "{}- {}: {}",
                if at == 0 { "\n" } else { "" },
                measurement.what,
                measurement.remark
            );
        }
    }
    if !missing.is_empty() {
        page.push_str("\n## Not measured in this run\n\n");
        for line in missing {
            let _ = writeln!(page, "- {line}");
        }
    }
    page
}

fn row(measurement: &Measurement) -> String {
    let unit = &measurement.unit;
    let ours = format!("{} {unit}", number(measurement.ours));
    let beside = measurement.beside.as_ref().map_or(String::new(), |b| {
        format!("{}: {} {unit}", b.what, number(b.value))
    });
    let ratio = measurement
        .ratio()
        .map_or(String::new(), |r| format!("{} ×", number(r)));
    let budget = match measurement.budget {
        None => String::new(),
        Some(Budget::AtMost(most)) => format!("at most {} {unit}", number(most)),
        Some(Budget::AtLeast(least)) => format!("at least {} {unit}", number(least)),
        Some(Budget::RatioAtMost(most)) => format!("at most {} ×", number(most)),
        Some(Budget::RatioAtLeast(least)) => format!("at least {} ×", number(least)),
    };
    let holds = match measurement.holds() {
        None => "",
        Some(true) => "holds",
        Some(false) => "**does not hold**",
    };
    format!(
        "| {} | {ours} | {beside} | {ratio} | {budget} | {holds} |\n",
        measurement.what
    )
}

/// Three digits that count, and thousands apart.
fn number(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude >= 1000.0 {
        let digits = format!("{value:.0}");
        let mut spaced = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) && !spaced.ends_with('-') {
                spaced.push(' ');
            }
            spaced.push(digit);
        }
        spaced
    } else if magnitude >= 100.0 {
        format!("{value:.0}")
    } else if magnitude >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// What it was measured on.
pub(super) fn machine() -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let model = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let rustc = project::output(Command::new("rustc").arg("--version"))?;
    let rustc = String::from_utf8_lossy(&rustc.stdout).trim().to_owned();
    let system = std::env::consts::OS;
    Ok(format!(
        "{cores} cores of {}, {system}, {rustc}",
        model.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Beside;

    #[test]
    fn a_number_stands_beside_its_limit_with_ratio_and_verdict() {
        let measurement = Measurement {
            group: "Relay".to_owned(),
            what: "durable appends".to_owned(),
            unit: "appends/s".to_owned(),
            ours: 23_000.0,
            beside: Some(Beside {
                what: "SQLite alone".to_owned(),
                value: 92_000.0,
            }),
            budget: Some(Budget::RatioAtLeast(0.5)),
            remark: "64 clients".to_owned(),
        };
        let page = render(
            &[measurement],
            &["in a browser: no browser".to_owned()],
            "two cores",
        );
        let row = "| durable appends | 23 000 appends/s | SQLite alone: 92 000 appends/s | 0.25 × | at least 0.50 × | \
                   **does not hold** |";
        assert!(page.contains(row), "{page}");
        assert!(
            page.contains("- durable appends: 64 clients") && page.contains("- in a browser: no browser")
        );
    }
}
