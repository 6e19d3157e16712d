//! Every sentence that the command line says: what is asked in `questions`, why something did not happen in `reasons`, the rest
//! here. What `--help` says stands with the commands.

pub(crate) mod questions;
pub(crate) mod reasons;

use std::path::Path;

use alongside_core::checkin::Today;
use alongside_core::members::Kind;
use alongside_core::rhythm::Rhythm;
use jiff::civil::{Date, Weekday};

/// What the program's exit code means, for `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  not done
  2  the command line is not understood
  3  the relay cannot be reached, or refuses
  4  passphrase or words are not right
  5  a server hands out something else than the release";

// --- asking --------------------------------------------------------------------------------------

pub(crate) const ASK_PASSPHRASE: &str = "Passphrase: ";
pub(crate) const ASK_WORDS: &str = "The twelve account words (they do not show): ";
pub(crate) const PASSPHRASE_AGAIN: &str = "This is not the passphrase. Once more:";
pub(crate) const ANY_LEFT_OUT: &str = "Leave out what you like: Enter goes on.";
pub(crate) const ANY_LEFT_OUT_OR_KEPT: &str =
    "Enter goes on; where something stands in brackets it stays, and a minus takes it out.";
pub(crate) const ASK_SCALE: &str = "A whole number from 0 to 10.";
pub(crate) const ASK_YES_NO: &str = "y for yes, n for no.";
pub(crate) const ASK_KINDS: &str = "Any of these numbers, with commas between them.";
pub(crate) const ASK_KEPT: &str =
    "Which of these stay with you alone? Their numbers, with commas between them; Enter for none, a for all.";
pub(crate) const ASK_PUT_IN: &str = "Put this in? y / n: ";
pub(crate) const ASK_KEEP: &str = "Keep this in Me? y / n: ";
pub(crate) const NOTHING_KEPT: &str = "Nothing was kept.";

pub(crate) fn now_in_brackets(value: &str) -> String {
    format!("[{value}] ")
}

// --- who reads it --------------------------------------------------------------------------------

pub(crate) const ONLY_YOU: &str = "Only you can read this.";

pub(crate) fn at_the_same_moment(others: &[String]) -> String {
    format!("You and {} will see this at the same moment.", joined(others))
}

pub(crate) fn you_and(others: &[String]) -> String {
    if others.is_empty() {
        "you; nobody else has joined yet".to_owned()
    } else {
        format!("you and {}", joined(others))
    }
}

/// `A`, `A and B`, `A, B and C`.
pub(crate) fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

pub(crate) const YOU: &str = "You";
pub(crate) const SOMEBODY: &str = "Somebody";
pub(crate) const ME: &str = "Me";
pub(crate) const NAMELESS_US: &str = "An Us without a name yet";

// --- today ---------------------------------------------------------------------------------------

pub(crate) const NOTED_IN_ME: &str = "You have checked in with yourself today.";
pub(crate) const NOT_NOTED_IN_ME: &str = "A check-in with yourself stays with you: alongside check-in";
pub(crate) const KEPT_FROM_IT: &str = "Of this only you can read";

/// How today's check-in stands, with so many others. The words are the same whether anybody else has answered or not.
pub(crate) fn how_it_stands(today: &Today, others: usize) -> String {
    let noted = today.mine.as_ref();
    let shared = noted.is_some_and(|note| !note.shared.is_empty());
    match (noted.is_some(), today.alone) {
        _ if today.revealed.is_some() && others == 1 => "Both are in.".to_owned(),
        _ if today.revealed.is_some() => "Everyone is in.".to_owned(),
        (true, true) => "You have checked in. Nobody else has joined yet, so it stays with you.".to_owned(),
        (true, false) if !shared => "You have checked in, and all of it stays with you.".to_owned(),
        (true, false) => format!("You have checked in. {}", when_all_are_in(others)),
        (false, true) => "Nobody else has joined yet. A check-in until then stays with you.".to_owned(),
        (false, false) if today.due && today.period.is_week() => "A check-in is open this week.".to_owned(),
        (false, false) if today.due => "A check-in is open today.".to_owned(),
        (false, false) => "No check-in is asked for today; you can check in all the same.".to_owned(),
    }
}

const fn when_all_are_in(others: usize) -> &'static str {
    if others == 1 {
        "You will both see this when both are in."
    } else {
        "You will all see this when everyone is in."
    }
}

pub(crate) fn day(date: Date) -> String {
    date.strftime("%A, %-d %B %Y").to_string()
}

pub(crate) fn week_from(date: Date) -> String {
    format!("The week from {}", day(date))
}

pub(crate) fn care_from(name: &str, words: &str) -> String {
    format!("{name}: {words}")
}

pub(crate) const CARE_TAKEN_BACK: &str = "(taken back)";

// --- check-in ------------------------------------------------------------------------------------

pub(crate) const KEPT_IN_ME: &str = "Kept in Me.";

pub(crate) fn put_in(others: usize) -> String {
    format!("It is in. {}", when_all_are_in(others))
}

pub(crate) const NOTHING_SHARED: &str = "Kept in Me; nothing of it is shared.";
pub(crate) const PAGE_ME: &str = "In Me, all of it";
pub(crate) const ONLY_HERE: &str = "only you";

pub(crate) fn page_us(name: &str) -> String {
    format!("In {name}")
}

pub(crate) fn waits(count: usize) -> String {
    match count {
        0 => "Nothing waits on this device.".to_owned(),
        1 => "One thing waits on this device until the relay can be reached: alongside sync".to_owned(),
        _ => format!("{count} things wait on this device until the relay can be reached: alongside sync"),
    }
}

// --- history and spaces --------------------------------------------------------------------------

pub(crate) const NO_HISTORY: &str = "There is nothing to show from these days.";
pub(crate) const HISTORY_WHAT: &str =
    "Each mark is a day, from 0 (lowest) to 10 (highest); a gap is a day without an answer.";
pub(crate) const NO_US: &str = "There is no Us yet. One is begun, or joined, in the web client.";
pub(crate) const YOU_LEFT: &str = "you have left; what was is still here";

pub(crate) fn span(from: Date, to: Date) -> String {
    format!("{} to {}", day(from), day(to))
}

pub(crate) fn yes_of(yes: usize, of: usize) -> String {
    format!("yes on {yes} of {of} days")
}

pub(crate) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Partner => "partners",
        Kind::Friend => "friends",
        Kind::Family => "family",
        Kind::Work => "work",
    }
}

pub(crate) fn rhythm(rhythm: Rhythm) -> String {
    match rhythm {
        Rhythm::Daily => "every day".to_owned(),
        Rhythm::SomeDays(days) => {
            let days: Vec<String> = days.iter().map(|day| weekday(day).to_owned()).collect();
            format!("on {}", joined(&days))
        }
        Rhythm::Weekly(day) => format!("once a week, by {}", weekday(day)),
    }
}

const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

// --- account -------------------------------------------------------------------------------------

pub(crate) const THE_WORDS: &str =
    "These are your account words. Whoever has them and your passphrase can read all that you can.";

pub(crate) fn signed_in(handle: &str, relay: &str, spaces: usize) -> String {
    let spaces = match spaces {
        0 => "There is no Us yet.".to_owned(),
        1 => "There is one Us.".to_owned(),
        _ => format!("There are {spaces} Us."),
    };
    format!("Signed in as {handle} at {relay}. {spaces}")
}

pub(crate) fn signed_out(handle: &str) -> String {
    format!("Signed out: nothing of {handle} is left on this device. The account itself is as it was.")
}

pub(crate) fn erased(handle: &str) -> String {
    format!(
        "Nothing of {handle} is left on this device. The relay was not told: the session ends when it runs out, or from the list of \
         devices in the web client."
    )
}

// --- sync ----------------------------------------------------------------------------------------

pub(crate) const IN_STEP: &str = "This device and the relay are in step.";
pub(crate) const STAYING: &str = "In touch with the relay until you press Ctrl-C.";
pub(crate) const AS_IT_IS_HERE: &str = "This is what this device has.";
pub(crate) const KEPT_UNTIL_LATER: &str =
    "What you wrote is kept on this device and goes out with the next command that reaches the relay.";

// --- export --------------------------------------------------------------------------------------

pub(crate) const NOT_ENCRYPTED: &str =
    "These files are not encrypted: whoever can open them can read them. Keep them where only you can.";

pub(crate) fn exported(folder: &Path, files: usize, check_ins: usize) -> String {
    format!(
        "{files} files with {check_ins} days and weeks are in {}.",
        folder.display()
    )
}

pub(crate) fn export_title(handle: &str) -> String {
    format!("Alongside: everything that {handle} can read")
}

pub(crate) fn export_made(day: &str) -> String {
    format!(
        "Made on {day}. The same, for programs, is in the .jsonl files beside this one: one JSON object a line."
    )
}

pub(crate) const EXPORT_ME: &str = "Me: only you could read this";
pub(crate) const EXPORT_MEMBERS: &str = "Members";
pub(crate) const EXPORT_RHYTHM: &str = "Check-ins";
pub(crate) const EXPORT_NAME: &str = "Called";
pub(crate) const EXPORT_LEFT: &str = "has left";
pub(crate) const EXPORT_EMPTY: &str = "Nothing yet.";

// --- verify --------------------------------------------------------------------------------------

pub(crate) const VERIFY_LIMIT: &str = "A server could answer a browser otherwise than this program; what this shows is what it answers here and now.";

pub(crate) fn all_the_same(url: &str, files: usize) -> String {
    format!("All {files} files that {url} hands out are those of the release.")
}

pub(crate) fn not_the_same(url: &str, differs: usize, missing: usize) -> String {
    format!("What {url} hands out is not that release: {differs} files differ, {missing} are missing.")
}

pub(crate) fn differs(path: &str) -> String {
    format!("differs   {path}")
}

pub(crate) fn missing(path: &str) -> String {
    format!("missing   {path}")
}
