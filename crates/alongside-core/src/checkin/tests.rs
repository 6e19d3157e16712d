//! Claims about check-ins.

mod care;
mod past;
mod privacy;
mod today;

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::*;
use crate::event;
use crate::id::SpaceId;
use crate::rhythm::Period;
use crate::root::{self, Act};
use crate::story::TODAY;

fn mood(mood: u8) -> Answers {
    Answers {
        mood: Some(mood),
        ..Answers::default()
    }
}

fn shared(answers: Answers) -> Event {
    shared_of(Period::day(TODAY), answers)
}

fn shared_of(period: Period, answers: Answers) -> Event {
    Event::Shared(Shared { period, answers })
}

fn noted(day: Date, us: Option<SpaceId>, answers: Answers) -> Event {
    Event::Noted(Noted {
        day,
        us,
        answers,
        shared: BTreeSet::new(),
    })
}

fn say(event: Event) -> Act {
    Act::Say(event::Event::CheckIn(event))
}

fn deposit(period: Period, answers: Answers) -> Act {
    let event = event::Event::CheckIn(shared_of(period, answers));
    Act::Deposit {
        round: round(period),
        event,
    }
}

fn feature_command(command: root::Command) -> Command {
    match command {
        root::Command::CheckIn(command) => command,
        root::Command::Members(_) | root::Command::Rhythm(_) => panic!("not about a check-in"),
    }
}
