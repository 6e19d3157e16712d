//! Asking a check-in question by question. Enter leaves out; nothing is asked whose condition was not met.

use std::collections::BTreeSet;

use alongside_core::checkin::{Answers, Field, Form, MAX_SCORE, Note, Support};

use crate::failure::Failure;
use crate::show;
use crate::terminal::Terminal;
use crate::text::{self, questions};

/// What is asked of one alone: nothing that needs another.
const ALONE: [Field; 7] = [
    Field::Mood,
    Field::Pressure,
    Field::Free,
    Field::Thanks,
    Field::ThanksFor,
    Field::Need,
    Field::Note,
];

/// Where the answer to a scale stands.
pub(crate) fn scale(answers: &mut Answers, field: Field) -> Option<&mut Option<u8>> {
    match field {
        Field::Mood => Some(&mut answers.mood),
        Field::Pressure => Some(&mut answers.pressure),
        Field::Close => Some(&mut answers.close),
        Field::Free => Some(&mut answers.free),
        Field::Understood => Some(&mut answers.understood),
        Field::Fit => Some(&mut answers.fit),
        Field::Gave | Field::Got | Field::Thanks | Field::Said | Field::ThanksFor => None,
        Field::Tension | Field::CameBack | Field::Need | Field::Note => None,
    }
}

/// Where the answer to a question of yes or no stands.
pub(crate) fn yes_no(answers: &mut Answers, field: Field) -> Option<&mut Option<bool>> {
    match field {
        Field::Gave => Some(&mut answers.gave),
        Field::Got => Some(&mut answers.got),
        Field::Thanks => Some(&mut answers.thanks),
        Field::Said => Some(&mut answers.said),
        Field::Tension => Some(&mut answers.tension),
        Field::CameBack => Some(&mut answers.came_back),
        Field::Mood | Field::Pressure | Field::Close | Field::Free | Field::Understood | Field::Fit => None,
        Field::ThanksFor | Field::Need | Field::Note => None,
    }
}

/// Where words stand.
pub(crate) fn words(answers: &mut Answers, field: Field) -> Option<&mut Option<String>> {
    match field {
        Field::ThanksFor => Some(&mut answers.thanks_for),
        Field::Need => Some(&mut answers.need),
        Field::Note => Some(&mut answers.note),
        Field::Mood | Field::Pressure | Field::Close | Field::Free | Field::Understood | Field::Fit => None,
        Field::Gave | Field::Got | Field::Thanks | Field::Said | Field::Tension | Field::CameBack => None,
    }
}

/// Asks everything, beginning with what was answered before. `with` are the others by name; nothing for a check-in alone.
pub(crate) fn all(terminal: &mut Terminal, with: &str, before: Option<&Note>) -> Result<Answers, Failure> {
    let mut answers = before.map(|note| note.answers.clone()).unwrap_or_default();
    terminal.say(if answers.is_empty() {
        text::ANY_LEFT_OUT
    } else {
        text::ANY_LEFT_OUT_OR_KEPT
    })?;
    for field in Field::ALL {
        let asked = !with.is_empty() || ALONE.contains(&field);
        let met = field
            .parent()
            .is_none_or(|parent| answers.value(parent) == Some(1));
        if asked && met {
            one(terminal, with, field, &mut answers)?;
        }
    }
    Ok(answers)
}

fn one(terminal: &mut Terminal, with: &str, field: Field, answers: &mut Answers) -> Result<(), Failure> {
    let mut question = questions::ask(field, with);
    if let Some((low, high)) = questions::ends(field) {
        question.push_str(&format!(" (0 {low} to 10 {high})"));
    } else if field.form() == Form::YesNo {
        question.push_str("? (y / n)");
    }
    question.push_str(": ");
    if let Some(now) = show::value(answers, field) {
        question.push_str(&text::now_in_brackets(&now.replace('\n', " ")));
    }
    loop {
        let typed = terminal.ask(&question)?;
        if typed.is_empty() {
            return Ok(());
        }
        let taken_out = typed == "-";
        if let Some(place) = scale(answers, field) {
            match typed.parse().ok().filter(|value| *value <= MAX_SCORE) {
                Some(value) => *place = Some(value),
                None if taken_out => *place = None,
                None => {
                    terminal.say(text::ASK_SCALE)?;
                    continue;
                }
            }
        } else if let Some(place) = yes_no(answers, field) {
            match read_yes_no(&typed) {
                Some(yes) => *place = Some(yes),
                None if taken_out => *place = None,
                None => {
                    terminal.say(text::ASK_YES_NO)?;
                    continue;
                }
            }
            if field == Field::Gave {
                answers.gave_kinds = kinds(terminal, answers)?;
            }
        } else if let Some(place) = words(answers, field) {
            *place = (!taken_out).then_some(typed);
        }
        return Ok(());
    }
}

fn kinds(terminal: &mut Terminal, answers: &Answers) -> Result<BTreeSet<Support>, Failure> {
    if answers.gave != Some(true) {
        return Ok(BTreeSet::new());
    }
    let offered: Vec<String> = (1..)
        .zip(Support::ALL)
        .map(|(at, kind)| format!("{at} {}", questions::support(kind)))
        .collect();
    let question = format!("  {} ({}): ", questions::WHICH_KINDS, offered.join(", "));
    loop {
        let typed = terminal.ask(&question)?;
        if let Some(chosen) = numbers(&typed, &Support::ALL) {
            return Ok(chosen);
        }
        terminal.say(text::ASK_KINDS)?;
    }
}

/// Asks what stays with the person. What depends on it stays too.
pub(crate) fn kept(terminal: &mut Terminal, answers: &Answers) -> Result<BTreeSet<Field>, Failure> {
    let answered: Vec<Field> = Field::ALL
        .into_iter()
        .filter(|field| answers.has(*field))
        .collect();
    if answered.is_empty() {
        return Ok(BTreeSet::new());
    }
    terminal.say("")?;
    terminal.say(text::ASK_KEPT)?;
    for (at, field) in (1..).zip(&answered) {
        terminal.say(format!("  {at:>2} {}", questions::label(*field)))?;
    }
    loop {
        let typed = terminal.ask("> ")?;
        if typed.eq_ignore_ascii_case("a") {
            return Ok(answered.into_iter().collect());
        }
        if let Some(chosen) = numbers(&typed, &answered) {
            return Ok(chosen);
        }
        terminal.say(text::ASK_KINDS)?;
    }
}

/// A yes to go on with.
pub(crate) fn confirmed(terminal: &mut Terminal, question: &str) -> Result<bool, Failure> {
    loop {
        if let Some(yes) = read_yes_no(&terminal.ask(question)?) {
            return Ok(yes);
        }
    }
}

fn read_yes_no(typed: &str) -> Option<bool> {
    match typed.to_lowercase().as_str() {
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

/// The things whose places, counted from 1, were typed.
fn numbers<T: Copy + Ord>(typed: &str, of: &[T]) -> Option<BTreeSet<T>> {
    typed
        .split([',', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| of.get(part.parse::<usize>().ok()?.checked_sub(1)?).copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn typed(lines: &str) -> Terminal {
        Terminal::of(Cursor::new(lines.to_owned()), std::io::sink(), std::io::sink())
    }

    #[test]
    fn enter_leaves_out_and_only_a_yes_asks_further() {
        // Mood, pressure, close, free, understood, gave, got, thanks, said, what for, tension, need, note.
        let mut terminal = typed("7\n\n\n\n\nn\n\ny\n\nsoup\nn\n\n a note \n");
        let answers = all(&mut terminal, "Sam", None).unwrap();
        let expected = Answers {
            mood: Some(7),
            gave: Some(false),
            thanks: Some(true),
            thanks_for: Some("soup".to_owned()),
            tension: Some(false),
            note: Some("a note".to_owned()),
            ..Answers::default()
        };
        assert_eq!(answers, expected);
    }

    #[test]
    fn what_is_off_the_scale_is_asked_again() {
        let mut terminal = typed("11\nseven\n7\n\n\n\n\n\n\n\n\n\n\n");
        assert_eq!(all(&mut terminal, "Sam", None).unwrap().mood, Some(7));
    }

    #[test]
    fn what_was_answered_before_stays_unless_it_is_taken_out() {
        let before = Note {
            day: jiff::civil::date(2026, 11, 22),
            us: None,
            answers: Answers {
                mood: Some(3),
                free: Some(4),
                ..Answers::default()
            },
            shared: BTreeSet::new(),
        };
        let mut terminal = typed("\n\n-\n\n\n\n");
        let answers = all(&mut terminal, "", Some(&before)).unwrap();
        assert_eq!((answers.mood, answers.free), (Some(3), None));
    }

    #[test]
    fn an_input_that_ends_early_answers_nothing() {
        assert!(matches!(
            all(&mut typed("7\n"), "Sam", None),
            Err(Failure::InputEnded)
        ));
    }

    #[test]
    fn kinds_of_support_and_what_is_kept_are_chosen_by_number() {
        let mut terminal = typed("\n\n\n\n\ny\n9\n1, 3\n\n\n\n\n\n");
        let answers = all(&mut terminal, "Sam", None).unwrap();
        assert_eq!(
            answers.gave_kinds,
            [Support::Listening, Support::Encouragement].into()
        );

        let answers = Answers {
            mood: Some(1),
            need: Some("rest".to_owned()),
            ..Answers::default()
        };
        assert_eq!(kept(&mut typed("2\n"), &answers).unwrap(), [Field::Need].into());
        assert_eq!(kept(&mut typed("\n"), &answers).unwrap(), BTreeSet::new());
        assert_eq!(
            kept(&mut typed("a\n"), &answers).unwrap(),
            [Field::Mood, Field::Need].into()
        );
    }
}
