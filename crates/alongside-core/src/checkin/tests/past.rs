//! The past.

use jiff::ToSpan;

use super::*;
use crate::root::State;
use crate::story::{ADA, BEN, ME, Story, US, context};

fn days_ago(days: i32) -> Date {
    TODAY - days.days()
}

fn series(history: &History, field: Field) -> &Series {
    history
        .series
        .iter()
        .find(|series| series.field == field)
        .expect("one for each field with a value")
}

#[test]
fn a_gap_is_a_gap() {
    let mut me = Story::of(&[ADA]);
    me.says(ADA, noted(days_ago(2), Some(US), mood(4)));
    me.says(ADA, noted(TODAY, Some(US), mood(6)));
    let us = Story::of(&[ADA, BEN]).state();
    let history = history(&me.state(), &us, &context(ADA, US), days_ago(3), TODAY);
    let expected = vec![
        (days_ago(3), None),
        (days_ago(2), Some(4)),
        (days_ago(1), None),
        (TODAY, Some(6)),
    ];
    assert_eq!(series(&history, Field::Mood).mine, expected);
    assert!(series(&history, Field::Mood).others.is_empty());
    assert!(series(&history, Field::Close).is_empty() && !series(&history, Field::Mood).is_empty());
    assert_eq!(
        history.days.iter().map(|d| d.period).collect::<Vec<_>>(),
        [Period::day(TODAY), Period::day(days_ago(2))]
    );
}

#[test]
fn kept_fields_are_in_ones_own_history_alone() {
    let whole = Answers {
        close: Some(2),
        ..mood(4)
    };
    let mut me = Story::of(&[ADA]);
    me.says(ADA, noted(TODAY, Some(US), whole.clone()));
    let mut us = Story::of(&[ADA, BEN]);
    us.reveals(ADA, shared(mood(4)));
    us.reveals(
        BEN,
        shared(Answers {
            free: Some(9),
            ..Answers::default()
        }),
    );
    let adas = history(&me.state(), &us.state(), &context(ADA, US), TODAY, TODAY);
    assert_eq!(series(&adas, Field::Close).mine, [(TODAY, Some(2))]);
    assert_eq!(series(&adas, Field::Free).others, [(BEN, vec![(TODAY, Some(9))])]);
    assert_eq!(adas.days.len(), 1);
    assert_eq!(adas.days[0].mine.as_ref().map(|note| &note.answers), Some(&whole));
    assert_eq!(adas.days[0].revealed.len(), 2);

    let bens = history(&State::default(), &us.state(), &context(BEN, US), TODAY, TODAY);
    assert_eq!(series(&bens, Field::Mood).others, [(ADA, vec![(TODAY, Some(4))])]);
    assert!(series(&bens, Field::Close).others.is_empty());
}

#[test]
fn a_period_in_which_one_has_not_answered_is_not_in_ones_history() {
    let mut us = Story::of(&[ADA, BEN]);
    us.reveals(BEN, shared(mood(3)));
    let history = history(&State::default(), &us.state(), &context(ADA, US), TODAY, TODAY);
    assert!(history.days.is_empty() && history.series.iter().all(Series::is_empty));
}

#[test]
fn a_week_stands_on_its_monday_with_ones_latest_record_of_it() {
    let week = Period::week_of(TODAY);
    let mut us = Story::of(&[ADA, BEN]);
    us.reveals(ADA, shared_of(week, mood(4)));
    us.reveals(BEN, shared_of(week, mood(3)));
    let mut me = Story::of(&[ADA]);
    me.says(ADA, noted(days_ago(4), Some(US), mood(1)));
    me.says(ADA, noted(days_ago(2), Some(US), mood(4)));
    let history = history(&me.state(), &us.state(), &context(ADA, US), days_ago(10), TODAY);
    let others = &series(&history, Field::Mood).others[0].1;
    assert_eq!(
        others.iter().filter(|(_, v)| v.is_some()).collect::<Vec<_>>(),
        [&(week.first(), Some(3))]
    );
    let brief: Vec<_> = history
        .days
        .iter()
        .map(|d| (d.period, d.mine.as_ref().map(|n| n.day)))
        .collect();
    let expected = [
        (Period::day(days_ago(4)), Some(days_ago(4))),
        (week, Some(days_ago(2))),
    ];
    assert_eq!(brief, expected);
}

#[test]
fn yes_is_one_and_no_is_zero_and_words_have_no_line() {
    let mut me = Story::of(&[ADA]);
    let answers = Answers {
        tension: Some(true),
        came_back: Some(false),
        need: Some("rest".to_owned()),
        ..mood(5)
    };
    me.says(ADA, noted(TODAY, None, answers));
    let history = private_history(&me.state(), ADA, TODAY, TODAY);
    assert_eq!(series(&history, Field::Tension).mine, [(TODAY, Some(1))]);
    assert_eq!(series(&history, Field::CameBack).mine, [(TODAY, Some(0))]);
    assert!(
        history
            .series
            .iter()
            .all(|series| series.field.form() != Form::Words(crate::text::NEED))
    );
    assert_eq!(history.series.len(), 12);
}

#[test]
fn the_history_with_oneself_holds_nothing_of_an_us() {
    let mut me = Story::of(&[ADA]);
    me.says(ADA, noted(TODAY, Some(US), mood(1)));
    me.says(ADA, noted(days_ago(1), None, mood(2)));
    me.says(ADA, noted(TODAY, Some(ME), mood(3)));
    let history = private_history(&me.state(), ADA, days_ago(1), TODAY);
    assert_eq!(
        series(&history, Field::Mood).mine,
        [(days_ago(1), Some(2)), (TODAY, None)]
    );
}

#[test]
fn a_history_of_no_days_is_empty_and_one_of_all_time_ends() {
    let state = State::default();
    let none = private_history(&state, ADA, TODAY, days_ago(1));
    assert!(none.series.is_empty() && none.days.is_empty());
    let all = private_history(&state, ADA, Date::MIN, Date::MAX);
    let length = usize::try_from(MAX_HISTORY_DAYS).expect("a count");
    assert_eq!((all.series[0].mine.len(), all.to), (length, Date::MAX));
}
