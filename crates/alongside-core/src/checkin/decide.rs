//! What one may do about a check-in.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::answers::{Answers, Field};
use super::event::{Care, CareSent, CareWithdrawn, Event, Noted, Shared, round};
use super::view::{self, Note};
use crate::event;
use crate::id::{EntryId, SpaceId};
use crate::rhythm::{self, Period};
use crate::root::{self, Act, Context, State};
use crate::text::{self, TooLong};

/// A wish about a check-in.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Given in Me: keep the whole record of my day.
    Note {
        /// My own day.
        day: Date,
        /// For which Us; none for a check-in with myself alone.
        us: Option<SpaceId>,
        /// What I answered.
        answers: Answers,
        /// Which of it I share.
        shared: BTreeSet<Field>,
    },
    /// Given in an Us: put this into the round, instead of what I put there before.
    Share {
        /// My own day.
        day: Date,
        /// What I share, and nothing else.
        answers: Answers,
    },
    /// Given in an Us: share nothing of that day after all.
    TakeBack {
        /// My own day.
        day: Date,
    },
    /// Given in an Us: answer somebody's check-in with care, instead of what I answered before.
    Care {
        /// The entry of their check-in.
        to: EntryId,
        /// What I say.
        care: Care,
    },
    /// Given in an Us: take my words of care back from everywhere.
    WithdrawCare {
        /// The entry of their check-in.
        to: EntryId,
    },
}

/// Why it was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// A check-in is for today; a day missed is just a day.
    #[error("a check-in is for today, {today}, and not for {day}")]
    NotToday {
        /// Which day was given.
        day: Date,
        /// Which day it is.
        today: Date,
    },
    /// A score is off the scale.
    #[error("{field:?} is {value}; scores go from 0 to 10")]
    OutOfRange {
        /// Which.
        field: Field,
        /// What was given.
        value: u8,
    },
    /// Words are too long.
    #[error("{field:?} has {chars} characters; at most {max} fit")]
    TooLong {
        /// Which.
        field: Field,
        /// How many it has.
        chars: usize,
        /// How many fit.
        max: usize,
    },
    /// Nothing was answered.
    #[error("nothing was answered")]
    NothingToSay,
    /// There is no one else here to share with.
    #[error("there is no one else here yet")]
    NoOneElseYet,
    /// The answers of this period are revealed: mine stands.
    #[error("the answers of {} are revealed already", period.label())]
    AlreadyRevealed {
        /// Which day or week.
        period: Period,
    },
    /// The record would have been said to an Us, or shared in Me.
    #[error("this belongs to the other side")]
    WrongSide,
    /// There is no check-in to answer, or none that I can see.
    #[error("there is no such check-in")]
    NoSuchCheckIn,
    /// The check-in is my own.
    #[error("this is my own check-in")]
    MyOwn,
    /// The sentence of care is empty.
    #[error("the sentence is empty")]
    CareMissing,
    /// The sentence of care is too long.
    #[error("the sentence has {chars} characters; at most {max} fit")]
    CareTooLong {
        /// How many it has.
        chars: usize,
        /// How many fit.
        max: usize,
    },
    /// I gave no care there, or took it back already.
    #[error("there is no care to take back")]
    NoCareGiven,
}

/// In which space a command is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    /// In my Me.
    Me,
    /// In the Us that the check-in is for.
    Us,
}

/// What saving the form comes to: the record for Me, and for the Us only what is shared. The one for the Us comes first: where
/// it is refused, because the answers are revealed, the record should stay as it is too.
#[must_use]
pub fn plan(
    day: Date,
    us: Option<SpaceId>,
    answers: &Answers,
    shared: &BTreeSet<Field>,
) -> Vec<(Where, root::Command)> {
    let mut commands = Vec::new();
    if us.is_some() {
        let answers = answers.only(shared);
        let command = if answers.is_empty() {
            Command::TakeBack { day }
        } else {
            Command::Share { day, answers }
        };
        commands.push((Where::Us, root::Command::CheckIn(command)));
    }
    let note = Command::Note {
        day,
        us,
        answers: answers.clone(),
        shared: shared.clone(),
    };
    commands.push((Where::Me, root::Command::CheckIn(note)));
    commands
}

/// What the wish comes to.
///
/// # Errors
/// [`Rejection`].
pub fn decide(state: &State, context: &Context, command: &Command) -> Result<Vec<Act>, Rejection> {
    match command {
        Command::Note {
            day,
            us,
            answers,
            shared,
        } => note(state, context, *day, *us, answers, shared),
        Command::Share { day, answers } => share(state, context, *day, answers),
        Command::TakeBack { day } => {
            let period = unrevealed(state, context, *day)?;
            Ok(vec![Act::TakeBack { round: round(period) }])
        }
        Command::Care { to, care } => give_care(state, context, *to, care),
        Command::WithdrawCare { to } => withdraw_care(state, context, *to),
    }
}

fn note(
    state: &State,
    context: &Context,
    day: Date,
    us: Option<SpaceId>,
    answers: &Answers,
    shared: &BTreeSet<Field>,
) -> Result<Vec<Act>, Rejection> {
    // The one mistake that could not be undone: everything, said to everyone.
    if state.members.is_us() || us == Some(context.space) {
        return Err(Rejection::WrongSide);
    }
    only_today(context, day)?;
    let answers = filled(answers)?;
    let shared = if us.is_some() {
        shared.clone()
    } else {
        BTreeSet::new()
    };
    let noted = Noted {
        day,
        us,
        answers,
        shared,
    };
    if state
        .checkin
        .noted_between(context.me, us, day, day)
        .any(|note| *note == Note::from(&noted))
    {
        return Ok(Vec::new());
    }
    Ok(vec![say(Event::Noted(noted))])
}

fn share(state: &State, context: &Context, day: Date, answers: &Answers) -> Result<Vec<Act>, Rejection> {
    only_today(context, day)?;
    if !view::others_are_here(state, context.me) {
        return Err(Rejection::NoOneElseYet);
    }
    let period = unrevealed(state, context, day)?;
    let event = Event::Shared(Shared {
        period,
        answers: filled(answers)?,
    });
    Ok(vec![Act::Deposit {
        round: round(period),
        event: event::Event::CheckIn(event),
    }])
}

fn give_care(state: &State, context: &Context, to: EntryId, care: &Care) -> Result<Vec<Act>, Rejection> {
    let author = view::author_of_visible(state, context.me, to).ok_or(Rejection::NoSuchCheckIn)?;
    if author == context.me {
        return Err(Rejection::MyOwn);
    }
    let care = match care {
        Care::Word(word) => Care::Word(*word),
        Care::Sentence(raw) => {
            let too_long = |TooLong { chars, max }| Rejection::CareTooLong { chars, max };
            let sentence = text::CARE.clean(raw).map_err(too_long)?;
            Care::Sentence(sentence.ok_or(Rejection::CareMissing)?)
        }
    };
    if state
        .checkin
        .care_by(context.me, to)
        .is_some_and(|given| given.care.as_ref() == Some(&care))
    {
        return Ok(Vec::new());
    }
    Ok(vec![say(Event::Care(CareSent { to, care }))])
}

fn withdraw_care(state: &State, context: &Context, to: EntryId) -> Result<Vec<Act>, Rejection> {
    let given = state
        .checkin
        .care_by(context.me, to)
        .filter(|given| given.care.is_some());
    let given = given.ok_or(Rejection::NoCareGiven)?;
    let words = given.entries.iter().map(|entry| Act::Withdraw(*entry));
    Ok(core::iter::once(say(Event::CareWithdrawn(CareWithdrawn { to })))
        .chain(words)
        .collect())
}

fn only_today(context: &Context, day: Date) -> Result<(), Rejection> {
    if day == context.today {
        Ok(())
    } else {
        Err(Rejection::NotToday {
            day,
            today: context.today,
        })
    }
}

fn filled(answers: &Answers) -> Result<Answers, Rejection> {
    let answers = answers.cleaned()?;
    if answers.is_empty() {
        Err(Rejection::NothingToSay)
    } else {
        Ok(answers)
    }
}

/// The period of that day, unless my answers to it are out.
fn unrevealed(state: &State, context: &Context, day: Date) -> Result<Period, Rejection> {
    let period = rhythm::period(rhythm::in_force(state), day);
    match state.checkin.shared_by(context.me, period) {
        Some(share) if share.in_round => Err(Rejection::AlreadyRevealed { period }),
        Some(_) | None => Ok(period),
    }
}

fn say(event: Event) -> Act {
    Act::Say(event::Event::CheckIn(event))
}
