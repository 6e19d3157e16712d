//! What is not shared, and who has answered, shows nowhere.

use proptest::prelude::*;

use super::*;
use crate::arbitrary;
use crate::fact::{Fact, What};
use crate::id::PersonId;
use crate::root::{State, decide};
use crate::story::{ADA, BEN, Story, US, context};

/// The facts as they would be had nobody but the viewer answered in periods in which the viewer has not.
fn without_unseen(facts: &[Fact], viewer: PersonId) -> Vec<Fact> {
    let state = State::fold(facts.to_vec());
    let unseen = |fact: &&Fact| match &fact.what {
        What::Said(event::Event::CheckIn(Event::Shared(Shared { period, .. }))) => {
            fact.author != viewer && state.checkin.shared_by(viewer, *period).is_none()
        }
        What::Said(_) | What::Joined(_) | What::Left(_) | What::Withdrawn => false,
    };
    facts.iter().filter(|fact| !unseen(fact)).cloned().collect()
}

proptest! {
    #[test]
    fn whether_the_other_has_answered_is_seen_nowhere(facts in arbitrary::facts(), viewer in arbitrary::person(), answers in arbitrary::answers(), given in arbitrary::care()) {
        let with = State::fold(facts.clone());
        let without = State::fold(without_unseen(&facts, viewer));
        let (from, to) = arbitrary::days_around();
        let at = context(viewer, US);
        prop_assert_eq!(today(&with, Some(&with), &at), today(&with, Some(&without), &at));
        prop_assert_eq!(history(&with, &with, &at, from, to), history(&with, &without, &at, from, to));
        let commands = [Command::Share { day: TODAY, answers }, Command::TakeBack { day: TODAY }];
        let cares = facts.iter().map(|fact| Command::Care { to: fact.position.id, care: given.clone() });
        for command in commands.into_iter().chain(cares) {
            let command = root::Command::CheckIn(command);
            prop_assert_eq!(decide(&with, &at, &command), decide(&without, &at, &command));
        }
    }

    #[test]
    fn only_what_is_shared_is_given_to_the_us(answers in arbitrary::answers(), fields in arbitrary::fields()) {
        let story = Story::of(&[ADA, BEN]).state();
        for (side, command) in plan(TODAY, Some(US), &answers, &fields) {
            if side == Where::Me {
                continue;
            }
            for act in decide(&story, &context(ADA, US), &command).unwrap_or_default() {
                if let Act::Deposit { event: event::Event::CheckIn(Event::Shared(Shared { answers: given, .. })), .. } = act {
                    for field in Field::ALL.into_iter().filter(|field| !fields.contains(field)) {
                        prop_assert!(!given.has(field));
                    }
                    prop_assert!(given.gave_kinds.is_empty() || fields.contains(&Field::Gave));
                }
            }
        }
    }

    #[test]
    fn cleaned_answers_are_taken_in(answers in arbitrary::answers()) {
        if let Ok(cleaned) = answers.cleaned() {
            prop_assert_eq!(cleaned.are_sound(), !cleaned.is_empty());
            prop_assert_eq!(cleaned.cleaned(), Ok(cleaned));
        }
    }
}
