//! Claims about the whole: the order of arrival does not matter, and nobody changes what is another's.

use proptest::prelude::*;

use super::*;
use crate::arbitrary;
use crate::checkin::{history, private_history, today};
use crate::event::{Decoded, decode, encode};
use crate::id::EntryId;
use crate::story::{ADA, BEN, CYD, ME, Story, TODAY, US, context, entry};

const EVERYONE: [PersonId; 3] = [ADA, BEN, CYD];

fn owned_by(state: &State, person: PersonId) -> State {
    State {
        members: state.members.owned_by(person),
        rhythm: state.rhythm.owned_by(person),
        checkin: state.checkin.owned_by(person),
    }
}

/// What the log would hand over had these words not been removed, and what it hands over now.
fn without_words(facts: &[Fact], from: EntryId) -> Vec<Fact> {
    let mut facts = facts.to_vec();
    for fact in facts.iter_mut().filter(|fact| fact.position.id == from) {
        fact.what = What::Withdrawn;
    }
    facts
}

proptest! {
    #[test]
    fn the_same_facts_in_any_order_and_more_than_once_are_the_same_state(
        facts in arbitrary::facts(),
        order in any::<prop::sample::Index>(),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
    ) {
        let mut arrived: Vec<Fact> = again.iter().filter(|_| !facts.is_empty()).map(|i| i.get(&facts).clone()).collect();
        arrived.extend(facts.iter().rev().cloned());
        if !arrived.is_empty() {
            let middle = order.index(arrived.len());
            arrived.rotate_left(middle);
        }
        prop_assert_eq!(State::fold(facts), State::fold(arrived));
    }

    #[test]
    fn one_fact_after_another_comes_to_the_same_as_all_at_once(mut facts in arbitrary::facts(), known in any::<prop::sample::Index>()) {
        facts.sort_by_key(|fact| fact.position);
        let known = known.index(facts.len() + 1);
        let mut state = State::fold(facts[..known].iter().cloned());
        for fact in &facts[known..] {
            state.apply(fact);
        }
        prop_assert_eq!(state, State::fold(facts));
    }

    #[test]
    fn no_event_changes_what_its_author_may_not_change(facts in arbitrary::facts(), author in arbitrary::person(), event in arbitrary::event(), in_round: bool) {
        let before = State::fold(facts);
        let mut after = before.clone();
        let position = Position { depth: u64::MAX, id: entry(0xff) };
        after.apply(&Fact { position, author, at_ms: 0, in_round, what: What::Said(event) });
        for other in EVERYONE.into_iter().filter(|person| *person != author) {
            prop_assert_eq!(owned_by(&before, other), owned_by(&after, other));
        }
        prop_assert_eq!(before.members.current().collect::<Vec<_>>(), after.members.current().collect::<Vec<_>>());
        if before.members.frame().is_some() {
            prop_assert_eq!(before.members.frame(), after.members.frame());
        }
    }

    #[test]
    fn withdrawn_words_leave_the_state_of_never_having_been_said(facts in arbitrary::facts(), which in 0..40_u8) {
        let never: Vec<Fact> = facts.iter().filter(|fact| fact.position.id != entry(which)).cloned().collect();
        prop_assume!(facts.iter().any(|fact| fact.position.id == entry(which) && matches!(fact.what, What::Said(_))));
        prop_assert_eq!(State::fold(without_words(&facts, entry(which))), State::fold(never));
    }

    #[test]
    fn a_late_copy_brings_no_withdrawn_words_back(facts in arbitrary::facts(), which in 0..40_u8) {
        let now = without_words(&facts, entry(which));
        let late = now.iter().chain(&facts).cloned();
        let early = facts.iter().chain(&now).cloned();
        prop_assert_eq!(State::fold(late), State::fold(now.iter().cloned()));
        prop_assert_eq!(State::fold(early), State::fold(now));
    }

    #[test]
    fn whatever_was_written_views_and_decisions_are_total(facts in arbitrary::facts(), viewer in arbitrary::person(), answers in arbitrary::answers(), shared in arbitrary::fields()) {
        let state = State::fold(facts);
        let (from, to) = arbitrary::days_around();
        let _ = (today(&state, Some(&state), &context(viewer, US)), today(&state, None, &context(viewer, ME)));
        let _ = (history(&state, &state, &context(viewer, US), from, to), private_history(&state, viewer, to, from));
        let _ = (members::list(&state, viewer), crate::rhythm::view(&state, viewer), state.restate(viewer));
        for (_, command) in checkin::plan(TODAY, Some(US), &answers, &shared) {
            for act in decide(&state, &context(viewer, US), &command).unwrap_or_default() {
                match act {
                    Act::Say(event) | Act::Deposit { event, .. } => {
                        prop_assert_eq!(decode(&encode(&event)), Decoded::Known(event));
                    }
                    Act::TakeBack { .. } | Act::Withdraw(_) => {}
                }
            }
        }
    }
}

#[test]
fn who_came_in_is_told_the_frame_and_ones_own_name_and_nothing_more() {
    let mut story = Story::of(&[ADA, BEN]);
    let begun = members::Event::Begun(members::Begun {
        kind: members::Kind::Friend,
        name: "Boat".to_owned(),
    });
    let named = |name: &str| {
        members::Event::Named(members::Named {
            name: name.to_owned(),
        })
    };
    story.says(ADA, begun.clone());
    story.says(ADA, named("Ada"));
    story.says(BEN, named("Ben"));
    let expected = vec![Event::Members(begun), Event::Members(named("Ben"))];
    assert_eq!(story.state().restate(BEN), expected);
}

#[test]
fn whoever_has_left_says_nothing_more_and_what_they_had_said_stays() {
    let named = |name: &str| {
        Event::Members(members::Event::Named(members::Named {
            name: name.to_owned(),
        }))
    };
    let mut story = Story::of(&[ADA, BEN]);
    story.says(BEN, named("Ben"));
    story.adds(BEN, false, What::Left(BEN));
    let before = State::fold(story.facts.clone());
    story.says(BEN, named("Somebody else"));
    story.says(CYD, named("Never let in"));
    assert_eq!(State::fold(story.facts), before);
    assert_eq!(before.members.name(BEN).map(String::as_str), Some("Ben"));
}
