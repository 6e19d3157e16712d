//! Days as small multiples, a line a person below each other, gaps left open; a sentence that says what it shows, and a table
//! behind a button.

use jiff::civil::Date;
use leptos::prelude::*;

use crate::{dates, t};

/// What a line is drawn in. It is stretched to the room there is; strokes keep their width.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 100.0;
/// Half of a dot stays within, at the ends and at 0 and 10.
const MARGIN: f64 = 4.0;
const MARGIN_BLOCK: f64 = 10.0;
/// More days than this are drawn without a dot for each.
const DOTS_UP_TO_DAYS: usize = 31;
/// Fewer values than this are no picture.
const TOO_FEW: usize = 3;

/// One person's line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// Whose.
    pub(crate) name: String,
    /// 0 to 11.
    pub(crate) colour: u8,
    /// A value for each day, or none.
    pub(crate) points: Vec<(Date, Option<u8>)>,
}

impl Line {
    fn values(&self) -> impl Iterator<Item = u8> + '_ {
        self.points.iter().filter_map(|(_, value)| *value)
    }
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    /// What it is about.
    pub(crate) title: String,
    /// What 0 means.
    pub(crate) low: String,
    /// What 10 means.
    pub(crate) high: String,
    /// One line a person.
    pub(crate) lines: Vec<Line>,
}

impl Picture {
    fn has_enough(&self) -> bool {
        self.lines.iter().any(|line| line.values().count() >= TOO_FEW)
    }

    /// What it shows, in a sentence for each line.
    fn says(&self) -> String {
        let sentences = self.lines.iter().filter_map(|line| {
            let (least, most) = (line.values().min()?, line.values().max()?);
            let mut values: Vec<u8> = line.values().collect();
            values.sort_unstable();
            Some(t!(
                "chart-sentence",
                name = line.name.clone(),
                days = values.len(),
                of = line.points.len(),
                least = least,
                most = most,
                middle = values[values.len() / 2]
            ))
        });
        let ends = t!("chart-ends", low = self.low.clone(), high = self.high.clone());
        sentences.chain([ends]).collect::<Vec<_>>().join(" ")
    }
}

/// The picture of one field; nothing where there are not enough days yet to tell.
pub(crate) fn chart(picture: &Picture) -> Option<AnyView> {
    if !picture.has_enough() {
        return None;
    }
    let says = picture.says();
    let name = t!("chart-name", title = picture.title.clone(), says = says.clone());
    let lines = picture
        .lines
        .iter()
        .filter(|line| line.values().next().is_some())
        .map(draw)
        .collect_view();
    let days = picture.lines.first().map(|line| ends(&line.points));
    let drawn = view! {
        <section class="chart">
            <h3>{picture.title.clone()}</h3>
            <div class="lines-of" role="img" aria-label=name>
                {lines}
                {days}
            </div>
            <p class="says" aria-hidden="true">{says}</p>
            {table(picture)}
        </section>
    }
    .into_any();
    Some(drawn)
}

fn y_of(value: u8) -> f64 {
    MARGIN_BLOCK + (HEIGHT - 2.0 * MARGIN_BLOCK) * (1.0 - f64::from(value) / 10.0)
}

fn x_of(day: usize, days: usize) -> f64 {
    let steps = count(days.saturating_sub(1).max(1));
    MARGIN + (WIDTH - 2.0 * MARGIN) * count(day) / steps
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

/// The runs of days without a gap, as one path, and the days that get a dot, as another; a day alone always gets one.
fn paths(points: &[(Date, Option<u8>)]) -> (String, String) {
    let days = points.len();
    let (mut runs, mut dots) = (String::new(), String::new());
    let mut in_run = false;
    for (day, (_, value)) in points.iter().enumerate() {
        let Some(value) = value else {
            in_run = false;
            continue;
        };
        let at = format!("{:.1} {:.1}", x_of(day, days), y_of(*value));
        runs.push_str(if in_run { "L" } else { "M" });
        runs.push_str(&at);
        let goes_on = points.get(day + 1).is_some_and(|(_, value)| value.is_some());
        if days <= DOTS_UP_TO_DAYS || (!in_run && !goes_on) {
            // A line of no length with round ends is a dot that stays round when the picture is stretched.
            dots.push_str(&format!("M{at}h0"));
        }
        in_run = true;
    }
    (runs, dots)
}

/// One person's line, with their name at it.
fn draw(line: &Line) -> impl IntoView + use<> {
    let (runs, dots) = paths(&line.points);
    let rules = [0_u8, 5, 10]
        .into_iter()
        .map(|value| {
            let y = format!("{:.1}", y_of(value));
            view! { <line class="rule" x1="0" x2=WIDTH y1=y.clone() y2=y/> }
        })
        .collect_view();
    view! {
        <div class=format!("line-of of-{}", line.colour)>
            <span class="member">
                <span class=format!("swatch tint-{}", line.colour)></span>
                <span class="name">{line.name.clone()}</span>
            </span>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
                {rules}
                <path class="run" d=runs/>
                <path class="day" d=dots/>
            </svg>
        </div>
    }
}

fn ends(points: &[(Date, Option<u8>)]) -> impl IntoView + use<> {
    let day = |point: Option<&(Date, Option<u8>)>| point.map(|(date, _)| dates::short_day(*date));
    view! {
        <div class="from-to">
            <span>{day(points.first())}</span>
            <span>{day(points.last())}</span>
        </div>
    }
}

fn table(picture: &Picture) -> impl IntoView + use<> {
    let heads = picture
        .lines
        .iter()
        .map(|line| view! { <th scope="col">{line.name.clone()}</th> })
        .collect_view();
    let days = picture.lines.first().map_or(0, |line| line.points.len());
    let rows: Vec<(String, Vec<String>)> = (0..days)
        .rev()
        .filter_map(|day| {
            let date = picture.lines.first()?.points.get(day)?.0;
            let values: Vec<Option<u8>> = picture
                .lines
                .iter()
                .map(|line| line.points.get(day).and_then(|(_, value)| *value))
                .collect();
            values.iter().any(Option::is_some).then(|| {
                let cells = values
                    .into_iter()
                    .map(|value| match value {
                        Some(value) => dates::number(f64::from(value)).unwrap_or_default(),
                        None => t!("chart-gap"),
                    })
                    .collect();
                (dates::full_day(date), cells)
            })
        })
        .collect();
    // Filled only once it is opened: a year has many rows.
    let opened = RwSignal::new(false);
    let title = picture.title.clone();
    let label = t!("chart-table-name", title = title);
    let body = move || {
        opened.get().then(|| {
            rows.iter()
                .map(|(day, cells)| {
                    let cells = cells
                        .iter()
                        .map(|cell| view! { <td>{cell.clone()}</td> })
                        .collect_view();
                    view! { <tr><th scope="row">{day.clone()}</th>{cells}</tr> }
                })
                .collect_view()
        })
    };
    view! {
        <details class="fold" on:toggle=move |_| opened.set(true)>
            <summary>{t!("chart-table")}</summary>
            <div class="table-scroll" tabindex="0" role="region" aria-label=label>
                <table>
                    <thead><tr><th scope="col">{t!("chart-day")}</th>{heads}</tr></thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: &[Option<u8>]) -> Line {
        let first = Date::constant(2026, 11, 1);
        let points = first
            .series(jiff::ToSpan::day(1))
            .zip(values.iter().copied())
            .collect();
        Line {
            name: "Ada".to_owned(),
            colour: 0,
            points,
        }
    }

    fn picture(values: &[Option<u8>]) -> Picture {
        Picture {
            title: "Mood".to_owned(),
            low: String::new(),
            high: String::new(),
            lines: vec![line(values)],
        }
    }

    #[test]
    fn a_few_days_are_no_picture() {
        assert!(!picture(&[Some(3), None, Some(4)]).has_enough());
        assert!(picture(&[Some(3), None, Some(4), Some(4)]).has_enough());
    }

    #[test]
    fn the_sentence_says_how_many_days_and_between_what() {
        let says = picture(&[Some(3), None, Some(8), Some(4)]).says();
        assert!(
            says.contains("Ada") && says.contains('3') && says.contains('8'),
            "{says}"
        );
    }

    #[test]
    fn a_gap_is_left_open_and_a_day_alone_is_a_dot() {
        let (runs, dots) = paths(&line(&[Some(3), Some(4), None, Some(8)]).points);
        assert_eq!(
            (runs.matches('M').count(), runs.matches('L').count()),
            (2, 1),
            "{runs}"
        );
        assert_eq!(dots.matches('M').count(), 3, "{dots}");
        let long: Vec<_> = (0..84).map(|day| (day != 40 && day != 42).then_some(5)).collect();
        assert_eq!(paths(&line(&long).points).1.matches('M').count(), 1);
    }

    #[test]
    fn ten_is_above_zero() {
        assert!(y_of(10) < y_of(0));
        assert!(x_of(0, 28) < x_of(27, 28));
    }
}
