//! Days as a line a person, gaps left open; a sentence that says what it shows, and a table behind a button.

use jiff::civil::Date;
use leptos::prelude::*;

use crate::{dates, t};

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 78.0;
const LEFT: f64 = 16.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 16.0;
/// More days than this are drawn without a dot for each.
const DOTS_UP_TO_DAYS: usize = 100;
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
    let rules = [0_u8, 5, 10]
        .into_iter()
        .map(|value| {
            let y = format!("{:.1}", y_of(value));
            let label = (value != 5).then(|| {
                view! { <text x=LEFT - 4.0 y=format!("{:.1}", y_of(value) + 4.0) text-anchor="end">{dates::number(f64::from(value))}</text> }
            });
            view! {
                <line class="rule" x1=LEFT x2=WIDTH - RIGHT y1=y.clone() y2=y/>
                {label}
            }
        })
        .collect_view();
    let lines = picture
        .lines
        .iter()
        .enumerate()
        .map(|(index, line)| draw(index, line))
        .collect_view();
    let days = picture.lines.first().map(|line| ends(&line.points));
    let drawn = view! {
        <section class="chart">
            <h3>{picture.title.clone()}</h3>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=name>
                {rules}
                {lines}
                {days}
            </svg>
            <p class="says" aria-hidden="true">{says}</p>
            {table(picture)}
        </section>
    }
    .into_any();
    Some(drawn)
}

fn y_of(value: u8) -> f64 {
    TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - f64::from(value) / 10.0)
}

fn x_of(day: usize, days: usize) -> f64 {
    let steps = count(days.saturating_sub(1).max(1));
    LEFT + 6.0 + (WIDTH - LEFT - RIGHT - 12.0) * count(day) / steps
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

/// The runs of days without a gap, as paths; a day alone is a dot. Told apart by colour, dash and the fill of the dots.
fn draw(index: usize, line: &Line) -> impl IntoView + use<> {
    let days = line.points.len();
    let mut path = String::new();
    let mut dots = Vec::new();
    let mut in_run = false;
    for (day, (_, value)) in line.points.iter().enumerate() {
        let Some(value) = value else {
            in_run = false;
            continue;
        };
        let (x, y) = (x_of(day, days), y_of(*value));
        path.push_str(&format!("{}{x:.1} {y:.1}", if in_run { "L" } else { "M" }));
        let next = line.points.get(day + 1).and_then(|(_, value)| *value);
        if days <= DOTS_UP_TO_DAYS || (!in_run && next.is_none()) {
            dots.push((x, y));
        }
        in_run = true;
    }
    let hollow = index % 2 == 1;
    let dots = dots
        .into_iter()
        .map(|(x, y)| {
            view! {
                <circle class="day" class:hollow=hollow cx=format!("{x:.1}") cy=format!("{y:.1}") r="2.4"/>
            }
        })
        .collect_view();
    view! {
        <g class=format!("of-{}", line.colour)>
            <path class=format!("run dash-{}", index % 4) d=path/>
            {dots}
        </g>
    }
}

fn ends(points: &[(Date, Option<u8>)]) -> impl IntoView + use<> {
    let days = points.len();
    let label = |at: usize, anchor: &'static str| {
        points.get(at).map(|(date, _)| {
            let x = format!("{:.1}", x_of(at, days));
            view! { <text x=x y=HEIGHT - 4.0 text-anchor=anchor>{dates::short_day(*date)}</text> }
        })
    };
    view! {
        {label(0, "start")}
        {label(days.saturating_sub(1), "end")}
    }
}

/// Whose line is which.
pub(crate) fn key(lines: &[(String, u8)]) -> impl IntoView + use<> {
    let items = lines
        .iter()
        .enumerate()
        .map(|(index, (name, colour))| {
            let hollow = index % 2 == 1;
            view! {
                <li class="member">
                    <span class="chart-key">
                        <svg viewBox="0 0 34 12" class=format!("of-{colour}") aria-hidden="true">
                            <path class=format!("run dash-{}", index % 4) d="M1 6H33"/>
                            <circle class="day" class:hollow=hollow cx="17" cy="6" r="3.6"/>
                        </svg>
                    </span>
                    <span class="name">{name.clone()}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="key" role="list">{items}</ul> }
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
    fn ten_is_above_zero() {
        assert!(y_of(10) < y_of(0));
        assert!(x_of(0, 28) < x_of(27, 28));
    }
}
