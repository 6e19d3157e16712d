//! `alongside history`.

use alongside_core::checkin::{self, DayShown, Form, MAX_SCORE, Series};
use clap::Args;
use jiff::ToSpan;
use serde_json::json;

use crate::device::Device;
use crate::failure::Failure;
use crate::names::{self, Us, called};
use crate::terminal::Terminal;
use crate::text::{self, questions};
use crate::{device, json, show};

/// One for each score: those of 0 and 1 look alike, and so do those of 9 and 10.
const MARKS: [char; 11] = ['▁', '▁', '▂', '▃', '▃', '▄', '▅', '▆', '▇', '█', '█'];
const GAP: char = ' ';

/// Shows past check-ins.
#[derive(Debug, Args)]
pub struct History {
    /// Of which Us, by its name or the beginning of its id; without it, those with yourself
    #[arg(long, value_name = "NAME")]
    us: Option<String>,
    /// How many days back
    #[arg(long, default_value_t = 28, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=3660))]
    days: i32,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    device: Device,
}

impl History {
    pub(crate) async fn run(self, terminal: &mut Terminal) -> Result<(), Failure> {
        let here = device::unlock(&self.device, terminal).await?;
        here.meet_and_tell(terminal).await?;
        let us = self
            .us
            .as_deref()
            .map(|name| names::pick(&here.client, name))
            .transpose()?;
        let back = (self.days - 1).days();
        let past = match &us {
            Some(us) => names::view_us(&here.client, us.id, |me, state, context| {
                checkin::history(
                    me,
                    state,
                    context,
                    context.today.saturating_sub(back),
                    context.today,
                )
            })?,
            None => names::view_me(&here.client, |me, context| {
                checkin::private_history(me, context.me, context.today.saturating_sub(back), context.today)
            })?,
        };
        if self.json {
            return terminal.say(as_json(us.as_ref(), &past).to_string());
        }
        terminal.say(us.as_ref().map_or(text::ME, |us| us.name.as_str()))?;
        terminal.say(text::span(past.from, past.to))?;
        if past.days.is_empty() {
            return terminal.say(text::NO_HISTORY);
        }
        terminal.say(text::HISTORY_WHAT)?;
        for line in pictures(&past.series, us.as_ref()) {
            terminal.say(line)?;
        }
        for day in &past.days {
            terminal.say("")?;
            for line in read(day, us.as_ref()) {
                terminal.say(line)?;
            }
        }
        Ok(())
    }
}

fn as_json(us: Option<&Us>, past: &checkin::History) -> serde_json::Value {
    let members: Vec<_> = us
        .map(|us| us.members.iter().map(json::member).collect())
        .unwrap_or_default();
    let series: Vec<_> = past
        .series
        .iter()
        .filter(|series| !series.is_empty())
        .map(json::series)
        .collect();
    json!({
        "format": json::FORMAT,
        "us": us.map(|us| names::hex(us.id.as_bytes())),
        "from": past.from.to_string(),
        "to": past.to.to_string(),
        "members": members,
        "series": series,
        "days": past.days.iter().map(json::day).collect::<Vec<_>>(),
    })
}

/// A line a person for each scale; for each question on how many days the answer was yes.
fn pictures(all: &[Series], us: Option<&Us>) -> Vec<String> {
    let mut lines = Vec::new();
    for series in all.iter().filter(|series| !series.is_empty()) {
        lines.push(String::new());
        lines.push(questions::label(series.field).to_owned());
        let mut people = vec![(text::YOU.to_owned(), &series.mine)];
        for (id, line) in &series.others {
            let member = us.and_then(|us| us.members.iter().find(|member| member.person == *id));
            people.push((member.map_or_else(|| text::SOMEBODY.to_owned(), called), line));
        }
        let width = people
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or_default();
        for (name, line) in people {
            if line.iter().all(|(_, value)| value.is_none()) {
                continue;
            }
            let shown = match series.field.form() {
                Form::Scale => format!(
                    "|{}|",
                    line.iter().map(|(_, value)| mark(*value)).collect::<String>()
                ),
                Form::YesNo | Form::Words(_) => {
                    let given: Vec<u8> = line.iter().filter_map(|(_, value)| *value).collect();
                    text::yes_of(given.iter().filter(|value| **value == 1).count(), given.len())
                }
            };
            lines.push(format!("  {name:<width$}  {shown}"));
        }
    }
    lines
}

fn mark(value: Option<u8>) -> char {
    value.map_or(GAP, |value| MARKS[usize::from(value.min(MAX_SCORE))])
}

/// What there is to read of a day or a week.
pub(crate) fn read(day: &DayShown, us: Option<&Us>) -> Vec<String> {
    let mut lines = vec![show::period(day.period)];
    if let Some(us) = us {
        lines.extend(show::indented(show::revealed(us, &day.revealed)));
    }
    let Some(note) = &day.mine else {
        return lines;
    };
    if day.revealed.is_empty() {
        let shared = us.map(|_| &note.shared);
        lines.extend(show::indented(show::answers(&note.answers, shared)));
        return lines;
    }
    let kept = show::kept(&note.answers, &note.shared);
    if !kept.is_empty() {
        lines.push(format!("  {}", text::KEPT_FROM_IT));
        lines.extend(show::indented(show::indented(show::answers(&kept, None))));
    }
    lines
}

#[cfg(test)]
mod tests {
    use alongside_core::checkin::Field;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn gaps_are_gaps() {
        let day = |at, value| (date(2026, 11, at), value);
        let series = Series {
            field: Field::Mood,
            mine: vec![day(1, Some(0)), day(2, None), day(3, Some(10))],
            others: Vec::new(),
        };
        let empty = Series {
            field: Field::Close,
            mine: vec![day(1, None)],
            others: Vec::new(),
        };
        assert_eq!(pictures(&[series, empty], None), ["", "Mood", "  You  |▁ █|"]);
    }
}
