//! The past of one person's check-ins, and of the others' only what was shared with them. Gaps are gaps.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::answers::{Answers, Field, Form};
use super::view::{self, Note, Revealed};
use crate::id::{PersonId, SpaceId};
use crate::members;
use crate::rhythm::Period;
use crate::root::{Context, State};

/// How many days a history has at most, the last ones of those asked for.
pub const MAX_HISTORY_DAYS: i32 = 3_660;

/// The days from one to another, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// One for each field that has a value: a score, or yes and no. In the order of the fields.
    pub series: Vec<Series>,
    /// The periods of which there is something to read, the latest first.
    pub days: Vec<DayShown>,
}

/// One point for each day; none where there is a gap.
pub type Line = Vec<(Date, Option<u8>)>;

/// A field over time. Every line has one point for each day, none where there is a gap; what was shared of a week stands
/// on its Monday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Which.
    pub field: Field,
    /// The viewer's, kept or shared.
    pub mine: Line,
    /// Of each other person who shared this field with the viewer, in the order in which they came.
    pub others: Vec<(PersonId, Line)>,
}

impl Series {
    /// Whether there is nothing but gaps.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.others.is_empty() && self.mine.iter().all(|(_, value)| value.is_none())
    }
}

/// A day or week with what there is to read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayShown {
    /// Which.
    pub period: Period,
    /// The viewer's own record.
    pub mine: Option<Note>,
    /// Everyone's answers, the viewer's too; empty where nothing was revealed.
    pub revealed: Vec<Revealed>,
}

/// The history of one Us (that of the context) for one person: their own from their Me, the others' from the Us.
#[must_use]
pub fn history(me: &State, us: &State, context: &Context, from: Date, to: Date) -> History {
    make(me, Some((us, context.space)), context.me, from, to)
}

/// The history of check-ins with oneself alone.
#[must_use]
pub fn private_history(me: &State, viewer: PersonId, from: Date, to: Date) -> History {
    make(me, None, viewer, from, to)
}

fn make(me: &State, us: Option<(&State, SpaceId)>, viewer: PersonId, from: Date, to: Date) -> History {
    let from = from.max(to.saturating_sub((MAX_HISTORY_DAYS - 1).days()));
    if from > to {
        return History {
            from,
            to,
            series: Vec::new(),
            days: Vec::new(),
        };
    }
    let space = us.map(|(_, space)| space);
    let notes: BTreeMap<Date, &Note> = me
        .checkin
        .noted_between(viewer, space, from, to)
        .map(|note| (note.day, note))
        .collect();
    let mut revealed: BTreeMap<Period, Vec<Revealed>> = BTreeMap::new();
    let mut others: Vec<PersonId> = Vec::new();
    if let Some((us, _)) = us {
        let periods: BTreeSet<Period> = us
            .checkin
            .shared_between(from, to)
            .map(|(period, _, _)| period)
            .collect();
        let shown = |period| Some((period, view::revealed(us, viewer, period)?));
        revealed = periods.into_iter().filter_map(shown).collect();
        others = members::list(us, viewer)
            .into_iter()
            .filter(|m| !m.me)
            .map(|m| m.person)
            .collect();
    }
    let has_value = |field: &Field| matches!(field.form(), Form::Scale | Form::YesNo);
    let series = Field::ALL.into_iter().filter(has_value).map(|field| Series {
        field,
        mine: line(
            from,
            to,
            notes.iter().map(|(day, note)| (*day, &note.answers)),
            field,
        ),
        others: others
            .iter()
            .map(|person| (*person, line(from, to, answers_of(&revealed, *person), field)))
            .filter(|(_, line)| line.iter().any(|(_, value)| value.is_some()))
            .collect(),
    });
    History {
        from,
        to,
        series: series.collect(),
        days: days(&notes, revealed),
    }
}

/// What one person shared, by the first day of the period.
fn answers_of(
    revealed: &BTreeMap<Period, Vec<Revealed>>,
    person: PersonId,
) -> impl Iterator<Item = (Date, &Answers)> {
    let all = revealed
        .iter()
        .flat_map(|(period, shown)| shown.iter().map(move |shown| (period.first(), shown)));
    all.filter(move |(_, shown)| shown.author == person)
        .map(|(day, shown)| (day, &shown.answers))
}

fn line<'a>(from: Date, to: Date, answers: impl Iterator<Item = (Date, &'a Answers)>, field: Field) -> Line {
    let values: BTreeMap<Date, u8> = answers
        .filter_map(|(day, answers)| Some((day, answers.value(field)?)))
        .collect();
    from.series(1.day())
        .take_while(|day| *day <= to)
        .map(|day| (day, values.get(&day).copied()))
        .collect()
}

/// What was revealed, each with the viewer's latest record of that period; then the records that belong to none.
fn days(notes: &BTreeMap<Date, &Note>, revealed: BTreeMap<Period, Vec<Revealed>>) -> Vec<DayShown> {
    let mut rest = notes.clone();
    let mut days: Vec<DayShown> = Vec::new();
    // A day is looked at before the week that contains it: the record is nearer to the day.
    let mut periods: Vec<_> = revealed.into_iter().collect();
    periods.sort_by_key(|(period, _)| (period.is_week(), *period));
    for (period, revealed) in periods {
        let latest = rest
            .range(period.first()..=period.last())
            .next_back()
            .map(|(day, _)| *day);
        let mine = latest.and_then(|day| rest.remove(&day)).cloned();
        days.push(DayShown {
            period,
            mine,
            revealed,
        });
    }
    let alone = rest.into_iter().map(|(day, note)| DayShown {
        period: Period::day(day),
        mine: Some(note.clone()),
        revealed: Vec::new(),
    });
    days.extend(alone);
    days.sort_by_key(|day| core::cmp::Reverse(day.period));
    days
}
