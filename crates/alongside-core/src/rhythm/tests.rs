//! Claims about agreeing on a rhythm.

use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

use super::*;
use crate::event;
use crate::fact::What;
use crate::id::EntryId;
use crate::root::Act;
use crate::story::{ADA, BEN, CYD, Story, TODAY, US, check, context, entry};

const WEEKLY: Rhythm = Rhythm::Weekly(Weekday::Sunday);

fn proposed(rhythm: Rhythm) -> Event {
    Event::Proposed(Proposed { rhythm })
}

fn agreed(proposal: EntryId) -> Event {
    Event::Agreed(Agreed {
        proposal,
        after: Vec::new(),
    })
}

fn agreed_after(proposal: EntryId, after: &[EntryId]) -> Event {
    Event::Agreed(Agreed {
        proposal,
        after: after.to_vec(),
    })
}

fn withdrawn(proposal: EntryId) -> Event {
    Event::Withdrawn(Withdrawn { proposal })
}

fn say(event: Event) -> Result<Vec<Act>, Rejection> {
    Ok(vec![Act::Say(event::Event::Rhythm(event))])
}

fn some_days() -> Rhythm {
    Rhythm::SomeDays([Weekday::Monday, Weekday::Friday].into_iter().collect())
}

#[track_caller]
fn holds(story: &Story, rhythm: Rhythm) {
    let mut reversed = story.clone();
    reversed.facts.reverse();
    assert_eq!(in_force(&story.state()), rhythm);
    assert_eq!(in_force(&reversed.state()), rhythm);
}

#[test]
fn before_anything_is_agreed_it_is_daily() {
    holds(&Story::of(&[ADA, BEN]), Rhythm::Daily);
    holds(&Story::default(), Rhythm::Daily);
}

#[test]
fn a_proposal_is_in_force_once_everyone_has_agreed() {
    let mut story = Story::of(&[ADA, BEN, CYD]);
    let weekly = story.says(ADA, proposed(WEEKLY));
    holds(&story, Rhythm::Daily);
    story.says(BEN, agreed(weekly));
    holds(&story, Rhythm::Daily);
    story.says(CYD, agreed(weekly));
    holds(&story, WEEKLY);
}

#[test]
fn nobody_agrees_for_another() {
    let mut story = Story::of(&[ADA, BEN]);
    let weekly = story.says(ADA, proposed(WEEKLY));
    story.says(ADA, agreed(weekly));
    story.says(CYD, agreed(weekly));
    holds(&story, Rhythm::Daily);
}

#[test]
fn of_two_proposals_at_once_the_later_position_is_in_force_once_both_are_agreed() {
    let mut story = Story::of(&[ADA, BEN]);
    let weekly = story.says(ADA, proposed(WEEKLY));
    let some = story.meanwhile(BEN, proposed(some_days()));
    holds(&story, Rhythm::Daily);
    story.says(BEN, agreed(weekly));
    holds(&story, WEEKLY);
    story.says(ADA, agreed(some));
    holds(&story, some_days());
}

#[test]
fn a_withdrawal_beats_a_grant_that_had_not_seen_it() {
    let mut story = Story::of(&[ADA, BEN]);
    let weekly = story.says(ADA, proposed(WEEKLY));
    story.says(BEN, withdrawn(weekly));
    story.meanwhile(BEN, agreed(weekly));
    holds(&story, Rhythm::Daily);
    // Nor is it a matter of which comes later.
    story.says(BEN, agreed(weekly));
    holds(&story, Rhythm::Daily);
}

#[test]
fn a_grant_that_has_seen_the_withdrawal_reopens() {
    let mut story = Story::of(&[ADA, BEN]);
    let weekly = story.says(ADA, proposed(WEEKLY));
    story.says(BEN, agreed(weekly));
    let no = story.says(BEN, withdrawn(weekly));
    holds(&story, Rhythm::Daily);
    check(
        &story,
        &context(BEN, US),
        Command::Agree { proposal: weekly },
        say(agreed_after(weekly, &[no])),
    );
    story.says(BEN, agreed_after(weekly, &[no]));
    holds(&story, WEEKLY);
}

#[test]
fn a_grant_reopens_only_what_it_has_seen_withdrawn() {
    let mut story = Story::of(&[ADA, BEN]);
    let weekly = story.says(ADA, proposed(WEEKLY));
    let one = story.says(BEN, withdrawn(weekly));
    let other = story.meanwhile(BEN, withdrawn(weekly));
    story.says(BEN, agreed_after(weekly, &[one]));
    story.meanwhile(BEN, agreed_after(weekly, &[other]));
    holds(&story, Rhythm::Daily);
    story.says(BEN, agreed_after(weekly, &[one, other]));
    holds(&story, WEEKLY);
}

#[test]
fn nobody_withdraws_for_another() {
    let mut story = Story::of(&[ADA, BEN]);
    let weekly = story.says(ADA, proposed(WEEKLY));
    story.says(BEN, agreed(weekly));
    story.says(CYD, withdrawn(weekly));
    holds(&story, WEEKLY);
}

#[test]
fn withdrawing_goes_back_to_what_was_agreed_before() {
    let mut story = Story::of(&[ADA, BEN]);
    let weekly = story.says(ADA, proposed(WEEKLY));
    story.says(BEN, agreed(weekly));
    let some = story.says(BEN, proposed(some_days()));
    story.says(ADA, agreed(some));
    holds(&story, some_days());
    check(
        &story,
        &context(ADA, US),
        Command::Withdraw { proposal: some },
        say(withdrawn(some)),
    );
    story.says(ADA, withdrawn(some));
    holds(&story, WEEKLY);
}

#[test]
fn a_third_member_who_joins_in_the_middle_is_not_bound() {
    let mut story = Story::of(&[ADA, BEN]);
    let weekly = story.says(ADA, proposed(WEEKLY));
    story.says(BEN, agreed(weekly));
    story.adds(ADA, false, What::Joined(CYD));
    holds(&story, Rhythm::Daily);
    story.adds(CYD, false, What::Left(CYD));
    holds(&story, WEEKLY);
}

#[test]
fn the_view_names_nobody_whose_agreement_is_missing() {
    let mut story = Story::of(&[ADA, BEN, CYD]);
    let weekly = story.says(ADA, proposed(WEEKLY));
    let before = view(&story.state(), ADA);
    let shown = ProposalShown {
        entry: weekly,
        rhythm: WEEKLY,
        by: ADA,
        mine: true,
        i_agreed: true,
    };
    assert_eq!(
        before,
        Shown {
            in_force: Rhythm::Daily,
            in_force_by: None,
            proposals: vec![shown]
        }
    );
    story.says(BEN, agreed(weekly));
    assert_eq!(before, view(&story.state(), ADA));
}

#[test]
fn a_proposal_is_no_longer_open_when_it_is_in_force_taken_back_or_replaced() {
    let mut story = Story::of(&[ADA, BEN]);
    let first = story.says(ADA, proposed(WEEKLY));
    let second = story.says(ADA, proposed(some_days()));
    let open = |story: &Story| {
        view(&story.state(), BEN)
            .proposals
            .iter()
            .map(|p| p.entry)
            .collect::<Vec<_>>()
    };
    assert_eq!(open(&story), [second]);
    story.says(ADA, withdrawn(second));
    assert_eq!(open(&story), [first]);
    story.says(BEN, agreed(first));
    assert_eq!(open(&story), []);
    assert_eq!(view(&story.state(), BEN).in_force_by, Some(first));
}

#[test]
fn what_is_in_force_or_proposed_is_not_proposed_again() {
    let mut story = Story::of(&[ADA, BEN]);
    let propose = |rhythm| Command::Propose { rhythm };
    check(
        &story,
        &context(BEN, US),
        propose(Rhythm::Daily),
        Err(Rejection::InForceAlready),
    );
    let weekly = story.says(ADA, proposed(WEEKLY));
    check(
        &story,
        &context(BEN, US),
        propose(WEEKLY),
        Err(Rejection::ProposedAlready { proposal: weekly }),
    );
    check(
        &story,
        &context(BEN, US),
        propose(some_days()),
        say(proposed(some_days())),
    );
}

#[test]
fn some_days_are_at_least_one_and_all_of_them_are_daily() {
    let mut story = Story::of(&[ADA, BEN]);
    let propose = |days: Weekdays| Command::Propose {
        rhythm: Rhythm::SomeDays(days),
    };
    check(
        &story,
        &context(ADA, US),
        propose(Weekdays::default()),
        Err(Rejection::NoDays),
    );
    let weekly = story.says(ADA, proposed(WEEKLY));
    story.says(BEN, agreed(weekly));
    let every = Weekday::Monday.cycle_forward().take(7).collect();
    check(
        &story,
        &context(ADA, US),
        propose(every),
        say(proposed(Rhythm::Daily)),
    );
}

#[test]
fn one_agrees_to_what_was_proposed_and_withdraws_what_one_agreed_to() {
    let mut story = Story::of(&[ADA, BEN]);
    let ben = context(BEN, US);
    check(
        &story,
        &ben,
        Command::Agree { proposal: entry(99) },
        Err(Rejection::NoSuchProposal),
    );
    let weekly = story.says(ADA, proposed(WEEKLY));
    check(
        &story,
        &ben,
        Command::Withdraw { proposal: weekly },
        Err(Rejection::NotAgreed),
    );
    check(
        &story,
        &ben,
        Command::Agree { proposal: weekly },
        say(agreed(weekly)),
    );
    story.says(BEN, agreed(weekly));
    check::<_, Rejection>(&story, &ben, Command::Agree { proposal: weekly }, Ok(vec![]));
}

#[test]
fn a_check_in_belongs_to_a_day_or_to_an_iso_week() {
    assert_eq!(period(Rhythm::Daily, TODAY).label(), "2026-11-22");
    assert_eq!(period(some_days(), TODAY).label(), "2026-11-22");
    let week = period(WEEKLY, TODAY);
    assert_eq!(
        (week.label(), week.first(), week.last()),
        ("2026-W47".to_owned(), date(2026, 11, 16), TODAY)
    );
    assert!(week.contains(date(2026, 11, 16)) && !week.contains(date(2026, 11, 23)));
    assert_eq!(period(WEEKLY, date(2027, 1, 1)).label(), "2026-W53");
    assert_eq!(period(WEEKLY, date(2024, 12, 30)).label(), "2025-W01");
}

#[test]
fn it_is_due_on_the_days_of_the_rhythm() {
    let monday = date(2026, 11, 16);
    assert!(is_due(Rhythm::Daily, TODAY) && is_due(Rhythm::Daily, monday));
    assert!(!is_due(some_days(), TODAY) && is_due(some_days(), monday));
    assert!(is_due(WEEKLY, TODAY) && !is_due(WEEKLY, monday));
}

#[test]
fn days_of_the_week_are_shown_by_name() {
    let days: Weekdays = [Weekday::Sunday, Weekday::Monday].into_iter().collect();
    assert_eq!(format!("{days:?}"), "{Monday, Sunday}");
}

proptest! {
    #[test]
    fn a_period_is_read_from_its_label_and_contains_its_days(year in 1900..2200_i16, ordinal in 0..365_i64, week: bool) {
        let day = Date::new(year, 1, 1).unwrap() + jiff::Span::new().days(ordinal);
        let period = if week { Period::week_of(day) } else { Period::day(day) };
        prop_assert!(period.contains(day) && period.contains(period.first()) && period.contains(period.last()));
        let bytes = minicbor::to_vec(period).unwrap();
        prop_assert_eq!(minicbor::decode::<Period>(&bytes).unwrap(), period);
    }
}
