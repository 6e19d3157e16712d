//! docs/benchmarks.md: a table for each benchmark, with what each number is to be seen beside, and how it was measured.

use std::fmt::Write as _;

use crate::machine::Machine;
use crate::result::{Budget, Measurement, Report, Spread};

/// The page.
pub(crate) fn render(reports: &[Report], missing: &[&str], machine: &Machine) -> String {
    let mut page = String::from(
        "# Benchmarks\n\nWritten by `cargo xtask bench`; do not edit. Each number stands beside a physical limit or a peer that was measured \
         in the same run on the same machine: the ratio is what carries over to another one. Numbers are medians of several runs, \
         with the lowest and highest in brackets. Nothing here is a test: a slow machine breaks no build.\n",
    );
    // Writing to a String does not fail.
    let _ = writeln!(page, "\n{}", machine.table());
    page.push_str(&overview(reports));
    for report in reports {
        let quick = if report.quick {
            ", in a quick look: few and short runs"
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "\n## {}\n\nMeasured on {}{quick}. {}\n",
            report.title, report.day, report.about
        );
        if !report.measurements.is_empty() {
            page.push_str(
                "| What | Ours | Limit or peer | Ratio | Budget | Holds? |\n|---|---:|---|---:|---|---|\n",
            );
        }
        for measurement in &report.measurements {
            page.push_str(&row(measurement));
        }
        for measurement in report.measurements.iter().filter(|m| !m.how.is_empty()) {
            let _ = writeln!(page, "\n**{}.** {}", capital(&measurement.what), measurement.how);
        }
        for line in &report.missing {
            let _ = writeln!(page, "\n**Not measured.** {line}");
        }
    }
    if !missing.is_empty() {
        let _ = writeln!(page, "\n## Not measured here\n\n{}.", missing.join(", "));
    }
    page
}

/// What was promised and whether it holds, before all details.
fn overview(reports: &[Report]) -> String {
    let mut text = String::new();
    let promised = reports.iter().flat_map(|report| &report.measurements);
    let (mut kept, mut broken) = (0, Vec::new());
    for measurement in promised {
        match measurement.holds() {
            Some(true) => kept += 1,
            Some(false) => broken.push(measurement.what.as_str()),
            None => {}
        }
    }
    let _ = write!(text, "\nOf {} budgets {kept} hold", kept + broken.len());
    if broken.is_empty() {
        text.push_str(".\n");
    } else {
        let _ = writeln!(text, "; those that do not: {}.", broken.join("; "));
    }
    text
}

fn row(measurement: &Measurement) -> String {
    let unit = &measurement.unit;
    let beside = measurement.beside.as_ref().map_or(String::new(), |b| {
        format!("{}: {}", b.what, spread(b.value, unit))
    });
    let ratio = measurement
        .ratio()
        .map_or(String::new(), |ratio| format!("{} ×", number(ratio)));
    let budget = match measurement.budget {
        None => String::new(),
        Some(Budget::AtMost(most)) => format!("at most {} {unit}", number(most)),
        Some(Budget::AtLeast(least)) => format!("at least {} {unit}", number(least)),
        Some(Budget::RatioAtMost(most)) => format!("at most {} ×", number(most)),
        Some(Budget::RatioAtLeast(least)) => format!("at least {} ×", number(least)),
    };
    let holds = match measurement.holds() {
        None => "",
        Some(true) => "yes",
        Some(false) => "**no**",
    };
    format!(
        "| {} | {} | {beside} | {ratio} | {budget} | {holds} |\n",
        measurement.what,
        spread(measurement.ours, unit)
    )
}

fn spread(spread: Spread, unit: &str) -> String {
    let middle = number(spread.median);
    let (min, max) = (number(spread.min), number(spread.max));
    if spread.runs > 1 && min != max {
        format!("{middle} {unit} ({min} – {max})")
    } else {
        format!("{middle} {unit}")
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
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
    } else if magnitude >= 100.0 || magnitude.fract() == 0.0 {
        format!("{value:.0}")
    } else if magnitude >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(measurement: Measurement) -> String {
        let report = Report {
            order: 1,
            title: "Relay".to_owned(),
            day: "2026-11-22".to_owned(),
            quick: false,
            about: String::new(),
            measurements: vec![measurement],
            missing: vec!["a peer that does not build".to_owned()],
        };
        render(&[report], &["browser-open"], &Machine::default())
    }

    #[test]
    fn a_number_stands_beside_its_limit_with_ratio_and_verdict() {
        let measurement = Measurement::new("durable appends", "appends/s", &[22_000.0, 23_000.0, 24_000.0])
            .beside("SQLite alone", &[92_000.0])
            .budget(Budget::RatioAtLeast(0.5))
            .how("64 clients.");
        let page = page(measurement);
        let row = "| durable appends | 23 000 appends/s (22 000 – 24 000) | SQLite alone: 92 000 appends/s | 0.25 × | \
                   at least 0.50 × | **no** |";
        assert!(page.contains(row), "{page}");
        assert!(page.contains("**Durable appends.** 64 clients."), "{page}");
        assert!(
            page.contains("**Not measured.** a peer that does not build"),
            "{page}"
        );
        assert!(page.contains("## Not measured here\n\nbrowser-open."), "{page}");
        assert!(
            page.contains("Of 1 budgets 0 hold; those that do not: durable appends."),
            "{page}"
        );
    }

    #[test]
    fn numbers_have_three_digits_that_count() {
        let shown: Vec<String> = [0.254, 12.34, 123.4, 1234.5, 5.0, 1_234_567.0]
            .map(number)
            .to_vec();
        assert_eq!(shown, ["0.25", "12.3", "123", "1 234", "5", "1 234 567"]);
    }
}
