//! Answering a check-in with care.

use super::*;
use crate::id::{EntryId, PersonId};
use crate::root::State;
use crate::story::{ADA, BEN, CYD, Story, US, check, context, entry};

/// A day on which Ada and Ben have answered; Ada's entry.
fn revealed() -> (Story, EntryId) {
    let mut us = Story::of(&[ADA, BEN]);
    let adas = us.reveals(ADA, shared(mood(7)));
    us.reveals(BEN, shared(mood(3)));
    (us, adas)
}

fn word(to: EntryId, word: Word) -> Event {
    Event::Care(CareSent {
        to,
        care: Care::Word(word),
    })
}

fn sentence(to: EntryId, sentence: &str) -> Event {
    Event::Care(CareSent {
        to,
        care: Care::Sentence(sentence.to_owned()),
    })
}

fn taken_back(to: EntryId) -> Event {
    Event::CareWithdrawn(CareWithdrawn { to })
}

/// What Ada sees under her own check-in.
#[track_caller]
fn shown(us: &Story) -> Vec<(PersonId, Option<Care>)> {
    let state = us.state();
    let mut reversed = us.clone();
    reversed.facts.reverse();
    assert_eq!(state, reversed.state());
    let revealed = today(&State::default(), Some(&state), &context(ADA, US)).revealed;
    let mine = revealed.into_iter().flatten().find(|shown| shown.author == ADA);
    mine.into_iter()
        .flat_map(|shown| shown.care)
        .map(|care| (care.author, care.care))
        .collect()
}

#[test]
fn care_is_shown_under_the_check_in_that_it_answers() {
    let (mut us, adas) = revealed();
    let command = Command::Care {
        to: adas,
        care: Care::Word(Word::Hug),
    };
    check::<_, Rejection>(
        &us,
        &context(BEN, US),
        command.clone(),
        Ok(vec![say(word(adas, Word::Hug))]),
    );
    us.says(BEN, word(adas, Word::Hug));
    assert_eq!(shown(&us), [(BEN, Some(Care::Word(Word::Hug)))]);
    check::<_, Rejection>(&us, &context(BEN, US), command, Ok(vec![]));
}

#[test]
fn care_replaces_what_the_same_person_sent_before() {
    let (mut us, adas) = revealed();
    us.says(BEN, word(adas, Word::Hug));
    us.says(BEN, sentence(adas, "I see."));
    assert_eq!(shown(&us), [(BEN, Some(Care::Sentence("I see.".to_owned())))]);
}

#[test]
fn nobody_cares_for_their_own_check_in() {
    let (mut us, adas) = revealed();
    let command = Command::Care {
        to: adas,
        care: Care::Word(Word::Hug),
    };
    check(&us, &context(ADA, US), command, Err(Rejection::MyOwn));
    let before = us.state();
    us.says(ADA, word(adas, Word::Hug));
    us.says(ADA, taken_back(adas));
    assert_eq!(before, us.state());
}

#[test]
fn care_needs_a_check_in_that_one_can_see() {
    let (mut us, adas) = revealed();
    let command = |to| Command::Care {
        to,
        care: Care::Word(Word::Hug),
    };
    check(
        &us,
        &context(BEN, US),
        command(entry(99)),
        Err(Rejection::NoSuchCheckIn),
    );
    us.adds(ADA, false, crate::fact::What::Joined(CYD));
    check(
        &us,
        &context(CYD, US),
        command(adas),
        Err(Rejection::NoSuchCheckIn),
    );
}

#[test]
fn a_sentence_of_care_has_280_characters_at_most() {
    let (mut us, adas) = revealed();
    let command = |sentence: String| Command::Care {
        to: adas,
        care: Care::Sentence(sentence),
    };
    check(
        &us,
        &context(BEN, US),
        command("\n ".to_owned()),
        Err(Rejection::CareMissing),
    );
    let refused = Rejection::CareTooLong { chars: 281, max: 280 };
    check(&us, &context(BEN, US), command("é".repeat(281)), Err(refused));
    let before = us.state();
    us.says(BEN, sentence(adas, &"é".repeat(281)));
    us.says(BEN, sentence(adas, ""));
    assert_eq!(before, us.state());
}

#[test]
fn care_that_is_taken_back_is_taken_back_with_all_its_words() {
    let (mut us, adas) = revealed();
    let withdraw = || Command::WithdrawCare { to: adas };
    check(&us, &context(BEN, US), withdraw(), Err(Rejection::NoCareGiven));
    let first = us.says(BEN, sentence(adas, "Too much."));
    let second = us.says(BEN, sentence(adas, "Better."));
    let acts = vec![say(taken_back(adas)), Act::Withdraw(first), Act::Withdraw(second)];
    check::<_, Rejection>(&us, &context(BEN, US), withdraw(), Ok(acts));
    us.says(BEN, taken_back(adas));
    us.withdraws(first);
    us.withdraws(second);
    // That something stood there remains.
    assert_eq!(shown(&us), [(BEN, None)]);
    check(&us, &context(BEN, US), withdraw(), Err(Rejection::NoCareGiven));
    us.says(BEN, word(adas, Word::IHearYou));
    assert_eq!(shown(&us), [(BEN, Some(Care::Word(Word::IHearYou)))]);
}

#[test]
fn care_replaced_and_withdrawn_at_once_the_later_stands() {
    let (mut us, adas) = revealed();
    us.says(BEN, word(adas, Word::Hug));
    us.says(BEN, word(adas, Word::Proud));
    us.meanwhile(BEN, taken_back(adas));
    assert_eq!(shown(&us), [(BEN, None)]);
}

#[test]
fn care_to_a_withdrawn_check_in_is_not_shown() {
    let (mut us, adas) = revealed();
    us.says(BEN, word(adas, Word::Hug));
    us.withdraws(adas);
    assert_eq!(shown(&us), []);
    let state = us.state();
    let bens = today(&State::default(), Some(&state), &context(BEN, US))
        .revealed
        .expect("Ben has answered");
    assert_eq!(
        bens.iter().map(|s| (s.author, s.care.len())).collect::<Vec<_>>(),
        [(BEN, 0)]
    );
    let command = Command::Care {
        to: adas,
        care: Care::Word(Word::Hug),
    };
    check(&us, &context(BEN, US), command, Err(Rejection::NoSuchCheckIn));
}

#[test]
fn care_that_comes_before_its_check_in_is_shown_when_it_is_there() {
    let mut us = Story::of(&[ADA, BEN]);
    let later = entry(4);
    us.says(BEN, word(later, Word::Hug));
    assert_eq!(us.reveals(ADA, shared(mood(7))), later);
    assert_eq!(shown(&us), [(BEN, Some(Care::Word(Word::Hug)))]);
}

#[test]
fn an_answer_that_the_round_replaced_is_no_check_in_to_care_for() {
    let mut us = Story::of(&[ADA, BEN]);
    let replaced = us.says(ADA, shared(mood(1)));
    us.reveals(ADA, shared(mood(7)));
    us.reveals(BEN, shared(mood(3)));
    let command = Command::Care {
        to: replaced,
        care: Care::Word(Word::Hug),
    };
    check(&us, &context(BEN, US), command, Err(Rejection::NoSuchCheckIn));
}
