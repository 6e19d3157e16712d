//! `alongside check-in`.

use std::collections::BTreeSet;

use alongside_core::checkin::{self, Answers, Field, Note, Support, Where};
use alongside_core::id::SpaceId;
use alongside_core::root::Command;
use alongside_replica::DispatchError;
use clap::{Args, ValueEnum};

use crate::device::{self, Device, Met, Unlocked};
use crate::failure::Failure;
use crate::names::{self, Us};
use crate::terminal::Terminal;
use crate::text::{self, reasons};
use crate::{ask, show, today};

/// Checks in. Without an answer among the flags you are asked question by question; Enter leaves out.
///
/// Words that are given as flags can be read in your shell's history; those that you are asked for cannot.
#[derive(Debug, Args)]
pub struct CheckIn {
    /// For which Us, by its name or the beginning of its id; without it the check-in is with yourself, and only you can read it
    #[arg(long, value_name = "NAME")]
    us: Option<String>,
    /// What stays with you alone: mood, pressure, close, free, understood, gave, got, fit, thanks, said, thanks-for, tension,
    /// came-back, need, note
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',', value_parser = field)]
    keep: Vec<Field>,
    #[command(flatten)]
    device: Device,
    #[command(flatten)]
    given: Given,
}

/// Answers, given as flags.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Answers")]
struct Given {
    #[arg(long, value_name = "0-10", value_parser = clap::value_parser!(u8).range(0..=10), help = "My mood")]
    mood: Option<u8>,
    #[arg(long, value_name = "0-10", value_parser = clap::value_parser!(u8).range(0..=10), help = "Pressure from outside")]
    pressure: Option<u8>,
    #[arg(long, value_name = "0-10", value_parser = clap::value_parser!(u8).range(0..=10), help = "How close")]
    close: Option<u8>,
    #[arg(long, value_name = "0-10", value_parser = clap::value_parser!(u8).range(0..=10), help = "How free to be myself")]
    free: Option<u8>,
    #[arg(long, value_name = "0-10", value_parser = clap::value_parser!(u8).range(0..=10), help = "How understood and cared for")]
    understood: Option<u8>,
    #[arg(long, value_name = "YES|NO", help = "I gave support")]
    gave: Option<YesNo>,
    #[arg(
        long,
        value_name = "KIND,…",
        value_delimiter = ',',
        value_parser = support,
        help = "In which way: listening, practical, encouragement, other"
    )]
    gave_kinds: Vec<Support>,
    #[arg(long, value_name = "YES|NO", help = "I got support")]
    got: Option<YesNo>,
    #[arg(
        long,
        value_name = "0-10",
        value_parser = clap::value_parser!(u8).range(0..=10),
        help = "Whether it fitted what I needed"
    )]
    fit: Option<u8>,
    #[arg(long, value_name = "YES|NO", help = "I noticed something to be thankful for")]
    thanks: Option<YesNo>,
    #[arg(long, value_name = "YES|NO", help = "I said it")]
    said: Option<YesNo>,
    #[arg(long, value_name = "WORDS", help = "Thankful for what")]
    thanks_for: Option<String>,
    #[arg(long, value_name = "YES|NO", help = "There was tension")]
    tension: Option<YesNo>,
    #[arg(long, value_name = "YES|NO", help = "We came back together")]
    came_back: Option<YesNo>,
    #[arg(long, value_name = "WORDS", help = "Something I need")]
    need: Option<String>,
    #[arg(long, value_name = "WORDS", help = "A note")]
    note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum YesNo {
    Yes,
    No,
}

fn field(key: &str) -> Result<Field, String> {
    let found = Field::ALL.into_iter().find(|field| field.key() == key);
    found.ok_or_else(|| Field::ALL.map(Field::key).join(", "))
}

fn support(key: &str) -> Result<Support, String> {
    let found = Support::ALL.into_iter().find(|kind| kind.key() == key);
    found.ok_or_else(|| Support::ALL.map(Support::key).join(", "))
}

impl Given {
    fn answers(self) -> Answers {
        let yes = |given: Option<YesNo>| given.map(|given| given == YesNo::Yes);
        Answers {
            mood: self.mood,
            pressure: self.pressure,
            close: self.close,
            free: self.free,
            understood: self.understood,
            gave: yes(self.gave),
            gave_kinds: self.gave_kinds.into_iter().collect(),
            got: yes(self.got),
            fit: self.fit,
            thanks: yes(self.thanks),
            said: yes(self.said),
            thanks_for: self.thanks_for,
            tension: yes(self.tension),
            came_back: yes(self.came_back),
            need: self.need,
            note: self.note,
        }
    }
}

/// A check-in that is about to be put in.
struct Filled {
    answers: Answers,
    shared: BTreeSet<Field>,
}

impl CheckIn {
    pub(crate) async fn run(self: Box<Self>, terminal: &mut Terminal) -> Result<(), Failure> {
        let Self {
            us,
            keep,
            device,
            given,
        } = *self;
        if us.is_none() && !keep.is_empty() {
            return Err(Failure::KeptWithoutUs);
        }
        let here = device::unlock(&device, terminal).await?;
        // First what is new: the others' answers may be out already.
        let met = here.meet_and_tell(terminal).await?;
        let us = us
            .map(|name| names::pick_to_write(&here.client, &name))
            .transpose()?;
        let now = match &us {
            Some(us) => names::view_us(&here.client, us.id, |me, state, context| {
                checkin::today(me, Some(state), context)
            })?,
            None => names::view_me(&here.client, |me, context| checkin::today(me, None, context))?,
        };
        if now.revealed.is_some() {
            return Err(Failure::AlreadyRevealed);
        }
        // With nobody else here there is nobody to share with: all of it stays.
        let sharing = us.as_ref().filter(|_| !now.alone);
        let given = given.answers();
        let filled = if given.is_empty() {
            match asked(terminal, sharing, us.as_ref(), now.mine.as_ref())? {
                Some(filled) => filled,
                None => return terminal.say(text::NOTHING_KEPT),
            }
        } else {
            let answers = given
                .cleaned()
                .map_err(|error| Failure::Dispatch(DispatchError::Rejected(error.into())))?;
            let shared = shared(&answers, sharing, &keep.into_iter().collect());
            Filled { answers, shared }
        };
        put_in(&here, us.as_ref().map(|us| us.id), now.day, &filled).await?;
        // Where the relay was not there a moment ago, it is not waited for once more.
        if met == Met::Yes {
            if let Met::No(error) = here.meet().await? {
                terminal.note(reasons::net(error));
            }
            here.tell_troubles(terminal);
        }
        if here.client.waiting_to_send() > 0 {
            terminal.note(text::KEPT_UNTIL_LATER);
        }
        let Some(us) = us else {
            return terminal.say(text::KEPT_IN_ME);
        };
        let out = names::view_us(&here.client, us.id, |me, state, context| {
            checkin::today(me, Some(state), context).revealed.is_some()
        })?;
        if out {
            return today::one(&here.client, &us, terminal);
        }
        terminal.say(if filled.shared.is_empty() {
            text::NOTHING_SHARED.to_owned()
        } else {
            text::put_in(us.others().len())
        })
    }
}

/// What of the answers is shared: all that is not kept, and does not depend on something kept.
fn shared(answers: &Answers, with: Option<&Us>, kept: &BTreeSet<Field>) -> BTreeSet<Field> {
    let crosses = |field: &Field| {
        answers.has(*field)
            && !kept.contains(field)
            && field.parent().is_none_or(|parent| !kept.contains(&parent))
    };
    Field::ALL
        .into_iter()
        .filter(|_| with.is_some())
        .filter(crosses)
        .collect()
}

/// Asks everything, shows both pages, and goes on only with a yes.
fn asked(
    terminal: &mut Terminal,
    sharing: Option<&Us>,
    us: Option<&Us>,
    before: Option<&Note>,
) -> Result<Option<Filled>, Failure> {
    let others = sharing.map(Us::others).unwrap_or_default();
    terminal.say(match sharing {
        Some(_) => text::at_the_same_moment(&others),
        None => text::ONLY_YOU.to_owned(),
    })?;
    // In an Us that nobody else has joined the questions are those of one alone.
    let answers = ask::all(terminal, &text::joined(&others), before)?
        .cleaned()
        .map_err(|error| Failure::Dispatch(DispatchError::Rejected(error.into())))?;
    if answers.is_empty() {
        return Ok(None);
    }
    let kept = match sharing {
        Some(_) => ask::kept(terminal, &answers)?,
        None => BTreeSet::new(),
    };
    let shared = shared(&answers, sharing, &kept);
    let crossing = answers.only(&shared);
    terminal.say("")?;
    terminal.say(format!(
        "{} ({})",
        text::PAGE_ME,
        text::ONLY_YOU.trim_end_matches('.').to_lowercase()
    ))?;
    let marked = us.filter(|_| sharing.is_some()).map(|_| &shared);
    for line in show::indented(show::answers(&answers, marked)) {
        terminal.say(line)?;
    }
    if let Some(us) = sharing.filter(|_| !crossing.is_empty()) {
        terminal.say(format!(
            "{}: {}",
            text::page_us(&us.name),
            text::at_the_same_moment(&others)
        ))?;
        for line in show::indented(show::answers(&crossing, None)) {
            terminal.say(line)?;
        }
    }
    let question = if crossing.is_empty() {
        text::ASK_KEEP
    } else {
        text::ASK_PUT_IN
    };
    Ok(ask::confirmed(terminal, question)?.then_some(Filled { answers, shared }))
}

async fn put_in(
    here: &Unlocked,
    us: Option<SpaceId>,
    day: jiff::civil::Date,
    filled: &Filled,
) -> Result<(), Failure> {
    let me = here
        .client
        .me_space()
        .ok_or(Failure::Dispatch(DispatchError::Locked))?;
    let place = |place: Where| match (place, us) {
        (Where::Us, Some(us)) => us,
        (Where::Us, None) | (Where::Me, _) => me,
    };
    let wishes: Vec<(SpaceId, Command)> = checkin::plan(day, us, &filled.answers, &filled.shared)
        .into_iter()
        .map(|(to, command)| (place(to), command))
        .collect();
    Ok(here.client.dispatch(wishes).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn us() -> Us {
        Us {
            id: SpaceId::from_bytes([1; 16]),
            name: "Us".to_owned(),
            kind: None,
            left: false,
            members: Vec::new(),
        }
    }

    #[test]
    fn what_depends_on_something_kept_is_kept_too() {
        let answers = Answers {
            mood: Some(5),
            thanks: Some(true),
            thanks_for: Some("soup".to_owned()),
            ..Answers::default()
        };
        let kept = [Field::Thanks].into();
        assert_eq!(shared(&answers, Some(&us()), &kept), [Field::Mood].into());
    }

    #[test]
    fn without_somebody_to_share_with_nothing_is_shared() {
        let answers = Answers {
            mood: Some(5),
            ..Answers::default()
        };
        assert_eq!(shared(&answers, None, &BTreeSet::new()), BTreeSet::new());
    }

    #[test]
    fn every_field_can_be_kept_by_its_key_and_has_a_flag() {
        let command = CheckIn::augment_args(clap::Command::new("check-in"));
        for one in Field::ALL {
            assert_eq!(field(one.key()), Ok(one));
            let is_its_flag = |flag: &clap::Arg| flag.get_long() == Some(one.key());
            assert!(command.get_arguments().any(is_its_flag), "{}", one.key());
        }
        assert!(field("moods").unwrap_err().contains("mood"));
    }
}
