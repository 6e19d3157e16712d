//! Noting, sharing, and what is seen of today.

use jiff::ToSpan;
use jiff::civil::Weekday;

use super::*;
use crate::fact::What;
use crate::rhythm::{self, Agreed, Proposed, Rhythm};
use crate::root::State;
use crate::story::{ADA, BEN, CYD, ME, Story, US, check, context};

fn agree_weekly(story: &mut Story) {
    let rhythm = Rhythm::Weekly(Weekday::Sunday);
    let proposal = story.says(ADA, rhythm::Event::Proposed(Proposed { rhythm }));
    story.says(
        BEN,
        rhythm::Event::Agreed(Agreed {
            proposal,
            after: Vec::new(),
        }),
    );
}

fn note(answers: Answers, us: Option<SpaceId>) -> Command {
    Command::Note {
        day: TODAY,
        us,
        answers,
        shared: BTreeSet::new(),
    }
}

#[test]
fn one_form_is_a_record_in_me_and_what_is_shared_in_us() {
    let answers = Answers {
        note: Some("kept".to_owned()),
        ..mood(7)
    };
    let fields = BTreeSet::from([Field::Mood]);
    let planned = plan(TODAY, Some(US), &answers, &fields);
    let share = Command::Share {
        day: TODAY,
        answers: mood(7),
    };
    let note = Command::Note {
        day: TODAY,
        us: Some(US),
        answers: answers.clone(),
        shared: fields.clone(),
    };
    let expected = [
        (Where::Us, root::Command::CheckIn(share)),
        (Where::Me, root::Command::CheckIn(note)),
    ];
    assert_eq!(planned, expected);
}

#[test]
fn sharing_nothing_takes_back_what_was_put_in_before() {
    let planned = plan(TODAY, Some(US), &mood(7), &BTreeSet::from([Field::Need]));
    assert_eq!(
        planned[0],
        (
            Where::Us,
            root::Command::CheckIn(Command::TakeBack { day: TODAY })
        )
    );
    let taken = vec![Act::TakeBack {
        round: "checkin/2026-11-22".to_owned(),
    }];
    let story = Story::of(&[ADA, BEN]);
    check::<_, Rejection>(
        &story,
        &context(ADA, US),
        Command::TakeBack { day: TODAY },
        Ok(taken),
    );
}

#[test]
fn a_check_in_with_oneself_needs_no_us() {
    let planned = plan(TODAY, None, &mood(7), &BTreeSet::from([Field::Mood]));
    assert_eq!(planned.len(), 1);
    let mut me = Story::of(&[ADA]);
    let expected = noted(TODAY, None, mood(7));
    check::<_, Rejection>(
        &me,
        &context(ADA, ME),
        feature_command(planned[0].1.clone()),
        Ok(vec![say(expected.clone())]),
    );
    me.says(ADA, expected);
    let today = today(&me.state(), None, &context(ADA, ME));
    assert_eq!(today.mine.map(|note| note.answers), Some(mood(7)));
    assert!(today.due && today.alone && today.revealed.is_none());
}

#[test]
fn the_whole_record_is_never_said_to_an_us() {
    let story = Story::of(&[ADA, BEN]);
    check(
        &story,
        &context(ADA, US),
        note(mood(7), Some(US)),
        Err(Rejection::WrongSide),
    );
    check(
        &story,
        &context(ADA, US),
        note(mood(7), None),
        Err(Rejection::WrongSide),
    );
    check(
        &Story::of(&[ADA]),
        &context(ADA, US),
        note(mood(7), Some(US)),
        Err(Rejection::WrongSide),
    );
}

#[test]
fn a_record_that_does_not_change_is_not_said_again() {
    let mut me = Story::of(&[ADA]);
    me.says(ADA, noted(TODAY, Some(US), mood(7)));
    check::<_, Rejection>(&me, &context(ADA, ME), note(mood(7), Some(US)), Ok(vec![]));
    let changed = Ok(vec![say(noted(TODAY, Some(US), mood(8)))]);
    check::<_, Rejection>(&me, &context(ADA, ME), note(mood(8), Some(US)), changed);
}

#[test]
fn two_devices_note_one_day_and_the_later_stands() {
    let mut me = Story::of(&[ADA]);
    me.says(ADA, noted(TODAY, Some(US), mood(7)));
    me.meanwhile(ADA, noted(TODAY, Some(US), mood(8)));
    let here = me.state();
    me.facts.reverse();
    assert_eq!(here, me.state());
    let us = Story::of(&[ADA, BEN]).state();
    assert_eq!(
        today(&here, Some(&us), &context(ADA, US))
            .mine
            .map(|note| note.answers),
        Some(mood(8))
    );
}

#[test]
fn records_for_two_us_and_for_oneself_do_not_meet() {
    let mut me = Story::of(&[ADA]);
    me.says(ADA, noted(TODAY, Some(US), mood(1)));
    me.says(ADA, noted(TODAY, None, mood(2)));
    let us = Story::of(&[ADA, BEN]).state();
    let mine = |today: Today| today.mine.and_then(|note| note.answers.mood);
    assert_eq!(mine(today(&me.state(), Some(&us), &context(ADA, US))), Some(1));
    assert_eq!(mine(today(&me.state(), None, &context(ADA, ME))), Some(2));
    let other = context(ADA, SpaceId::from_bytes([0x33; 16]));
    assert_eq!(mine(today(&me.state(), Some(&us), &other)), None);
}

#[test]
fn a_check_in_is_for_today() {
    let yesterday = TODAY - 1.day();
    let refused = Rejection::NotToday {
        day: yesterday,
        today: TODAY,
    };
    let share = Command::Share {
        day: yesterday,
        answers: mood(7),
    };
    check(
        &Story::of(&[ADA, BEN]),
        &context(ADA, US),
        share,
        Err(refused.clone()),
    );
    let note = Command::Note {
        day: yesterday,
        us: None,
        answers: mood(7),
        shared: BTreeSet::new(),
    };
    check(&Story::of(&[ADA]), &context(ADA, ME), note, Err(refused));
}

#[test]
fn sharing_needs_somebody_to_share_with() {
    let share = || Command::Share {
        day: TODAY,
        answers: mood(7),
    };
    check(
        &Story::of(&[ADA]),
        &context(ADA, US),
        share(),
        Err(Rejection::NoOneElseYet),
    );
    let mut left = Story::of(&[ADA, BEN]);
    left.adds(BEN, false, What::Left(BEN));
    check(&left, &context(ADA, US), share(), Err(Rejection::NoOneElseYet));
    let shared = Ok(vec![deposit(Period::day(TODAY), mood(7))]);
    check::<_, Rejection>(&Story::of(&[ADA, BEN]), &context(ADA, US), share(), shared);
}

#[test]
fn a_check_in_says_something() {
    let refused = || Err(Rejection::NothingToSay);
    let blank = Answers {
        note: Some("  ".to_owned()),
        fit: Some(3),
        ..Answers::default()
    };
    for answers in [Answers::default(), blank] {
        check(
            &Story::of(&[ADA]),
            &context(ADA, ME),
            note(answers.clone(), None),
            refused(),
        );
        let share = Command::Share { day: TODAY, answers };
        check(&Story::of(&[ADA, BEN]), &context(ADA, US), share, refused());
    }
}

#[test]
fn scores_go_from_0_to_10() {
    for score in [0, 10] {
        let expected = Ok(vec![say(noted(TODAY, None, mood(score)))]);
        check::<_, Rejection>(
            &Story::of(&[ADA]),
            &context(ADA, ME),
            note(mood(score), None),
            expected,
        );
    }
    let refused = Rejection::OutOfRange {
        field: Field::Mood,
        value: 11,
    };
    check(
        &Story::of(&[ADA]),
        &context(ADA, ME),
        note(mood(11), None),
        Err(refused),
    );
}

#[test]
fn words_that_are_too_long_are_counted() {
    let me = Story::of(&[ADA]);
    let long = Some("ä".repeat(2_001));
    let refuse = |field, max| {
        Err(Rejection::TooLong {
            field,
            chars: 2_001,
            max,
        })
    };
    let command = |answers| note(answers, None);
    let need = Answers {
        need: long.clone(),
        ..Answers::default()
    };
    check(&me, &context(ADA, ME), command(need), refuse(Field::Need, 300));
    let thanks = Answers {
        thanks: Some(true),
        thanks_for: long.clone(),
        ..Answers::default()
    };
    check(
        &me,
        &context(ADA, ME),
        command(thanks),
        refuse(Field::ThanksFor, 300),
    );
    let noted = Answers {
        note: long,
        ..Answers::default()
    };
    check(&me, &context(ADA, ME), command(noted), refuse(Field::Note, 2_000));
}

#[test]
fn what_depends_on_a_yes_stands_only_beside_it() {
    let dependent = Answers {
        mood: Some(5),
        gave: Some(false),
        gave_kinds: BTreeSet::from([Support::Listening]),
        got: None,
        fit: Some(99),
        thanks: Some(false),
        said: Some(true),
        thanks_for: Some("tea".to_owned()),
        tension: Some(false),
        came_back: Some(true),
        ..Answers::default()
    };
    let kept = Answers {
        mood: Some(5),
        gave: Some(false),
        thanks: Some(false),
        tension: Some(false),
        ..Answers::default()
    };
    let expected = Ok(vec![say(noted(TODAY, None, kept))]);
    check::<_, Rejection>(
        &Story::of(&[ADA]),
        &context(ADA, ME),
        note(dependent, None),
        expected,
    );
}

#[test]
fn what_depends_on_a_kept_answer_is_kept() {
    let answers = Answers {
        got: Some(true),
        fit: Some(3),
        ..mood(7)
    };
    assert_eq!(answers.only(&BTreeSet::from([Field::Mood, Field::Fit])), mood(7));
}

#[test]
fn answers_that_do_not_fit_are_ignored_in_the_log() {
    let mut story = Story::of(&[ADA, BEN]);
    let before = story.state();
    let long = Some("a".repeat(301));
    let bad = [
        Answers::default(),
        mood(11),
        Answers {
            need: long.clone(),
            ..mood(1)
        },
        Answers {
            need: Some(String::new()),
            ..mood(1)
        },
        Answers {
            fit: Some(3),
            ..mood(1)
        },
        Answers {
            thanks: Some(true),
            thanks_for: long,
            ..mood(1)
        },
    ];
    for answers in bad {
        story.reveals(ADA, shared(answers.clone()));
        story.says(ADA, noted(TODAY, None, answers));
    }
    assert_eq!(before, story.state());
}

#[test]
fn answers_are_seen_once_ones_own_are_revealed_too() {
    let mut us = Story::of(&[ADA, BEN]);
    let me = Story::of(&[ADA]).state();
    us.reveals(BEN, shared(mood(3)));
    assert_eq!(today(&me, Some(&us.state()), &context(ADA, US)).revealed, None);
    us.reveals(ADA, shared(mood(7)));
    let revealed = today(&me, Some(&us.state()), &context(ADA, US))
        .revealed
        .expect("both are in");
    let brief: Vec<_> = revealed
        .iter()
        .map(|shown| (shown.author, shown.answers.mood))
        .collect();
    assert_eq!(brief, [(ADA, Some(7)), (BEN, Some(3))]);
}

#[test]
fn once_revealed_answers_stay_as_they_are() {
    let mut us = Story::of(&[ADA, BEN]);
    us.reveals(ADA, shared(mood(7)));
    us.reveals(BEN, shared(mood(3)));
    let period = Period::day(TODAY);
    for command in [
        Command::Share {
            day: TODAY,
            answers: mood(1),
        },
        Command::TakeBack { day: TODAY },
    ] {
        check(
            &us,
            &context(ADA, US),
            command,
            Err(Rejection::AlreadyRevealed { period }),
        );
    }
    let before = us.state();
    us.reveals(ADA, shared(mood(1)));
    us.says(ADA, shared(mood(1)));
    assert_eq!(before, us.state());
}

#[test]
fn shared_twice_by_two_devices_of_one_person_the_round_stands() {
    let mut us = Story::of(&[ADA, BEN]);
    us.says(ADA, shared(mood(1)));
    us.says(ADA, shared(mood(2)));
    let revealed = us.reveals(ADA, shared(mood(7)));
    us.reveals(ADA, shared(mood(8)));
    us.says(ADA, shared(mood(9)));
    let state = us.state();
    let shown = today(&state, Some(&state), &context(ADA, US))
        .revealed
        .expect("my own are in");
    assert_eq!(
        shown
            .iter()
            .map(|s| (s.entry, s.answers.mood))
            .collect::<Vec<_>>(),
        [(revealed, Some(7))]
    );
}

#[test]
fn of_two_answers_outside_a_round_the_first_stands() {
    let mut us = Story::of(&[ADA, BEN]);
    us.says(ADA, shared(mood(1)));
    us.meanwhile(ADA, shared(mood(2)));
    let state = us.state();
    us.facts.reverse();
    assert_eq!(state, us.state());
    let shown = today(&state, Some(&state), &context(ADA, US))
        .revealed
        .expect("my own are in");
    assert_eq!(shown[0].answers, mood(1));
}

#[test]
fn a_weekly_check_in_belongs_to_the_week() {
    let mut us = Story::of(&[ADA, BEN]);
    agree_weekly(&mut us);
    let week = Period::week_of(TODAY);
    let share = Command::Share {
        day: TODAY,
        answers: mood(7),
    };
    check::<_, Rejection>(&us, &context(ADA, US), share, Ok(vec![deposit(week, mood(7))]));
    let mut me = Story::of(&[ADA]);
    me.says(ADA, noted(TODAY - 6.days(), Some(US), mood(4)));
    let today = today(&me.state(), Some(&us.state()), &context(ADA, US));
    assert_eq!((today.period, today.due, today.alone), (week, true, false));
    assert_eq!(today.mine.map(|note| note.answers), Some(mood(4)));
}

#[test]
fn a_day_on_which_none_is_due_can_still_have_one() {
    let mut us = Story::of(&[ADA, BEN]);
    let rhythm = Rhythm::SomeDays([Weekday::Monday].into_iter().collect());
    let proposal = us.says(ADA, rhythm::Event::Proposed(Proposed { rhythm }));
    us.says(
        BEN,
        rhythm::Event::Agreed(Agreed {
            proposal,
            after: Vec::new(),
        }),
    );
    assert!(!today(&us.state(), Some(&us.state()), &context(ADA, US)).due);
    let share = Command::Share {
        day: TODAY,
        answers: mood(7),
    };
    let expected = Ok(vec![deposit(Period::day(TODAY), mood(7))]);
    check::<_, Rejection>(&us, &context(ADA, US), share, expected);
}

#[test]
fn a_third_member_who_joins_in_the_middle_sees_nothing_of_a_day_they_did_not_answer() {
    let mut us = Story::of(&[ADA, BEN]);
    us.reveals(ADA, shared(mood(7)));
    us.reveals(BEN, shared(mood(3)));
    us.adds(ADA, false, What::Joined(CYD));
    let me = State::default();
    assert_eq!(today(&me, Some(&us.state()), &context(CYD, US)).revealed, None);
    assert_eq!(
        today(&me, Some(&us.state()), &context(ADA, US))
            .revealed
            .map(|all| all.len()),
        Some(2)
    );
}

#[test]
fn an_answer_names_the_round_in_which_it_may_be_revealed() {
    let event = |event| event::Event::CheckIn(event);
    assert_eq!(
        event(shared(mood(1))).round().as_deref(),
        Some("checkin/2026-11-22")
    );
    let week = shared_of(Period::week_of(TODAY), mood(1));
    assert_eq!(event(week).round().as_deref(), Some("checkin/2026-W47"));
    assert_eq!(event(noted(TODAY, None, mood(1))).round(), None);
}
