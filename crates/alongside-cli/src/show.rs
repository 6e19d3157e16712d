//! Answers as lines of text.

use std::collections::BTreeSet;

use alongside_core::checkin::{Answers, Field, Form, Revealed};
use alongside_core::rhythm::Period;

use crate::names::Us;
use crate::text::{self, questions};

/// What was answered to one field; nothing where it was left out.
pub(crate) fn value(answers: &Answers, field: Field) -> Option<String> {
    match field.form() {
        Form::Scale => answers.value(field).map(|value| value.to_string()),
        Form::YesNo => answers.value(field).map(|value| {
            let word = if value == 1 { questions::YES } else { questions::NO };
            let kinds: Vec<String> = answers
                .gave_kinds
                .iter()
                .filter(|_| field == Field::Gave)
                .map(|kind| questions::support(*kind).to_owned())
                .collect();
            if kinds.is_empty() {
                word.to_owned()
            } else {
                format!("{word} ({})", text::joined(&kinds))
            }
        }),
        Form::Words(_) => answers.words(field).map(str::to_owned),
    }
}

/// Answers, a field a line. Where `shared` is given, what is not in it is marked as kept.
pub(crate) fn answers(answers: &Answers, shared: Option<&BTreeSet<Field>>) -> Vec<String> {
    let mut lines = Vec::new();
    for field in Field::ALL {
        let Some(value) = value(answers, field) else {
            continue;
        };
        let kept = shared.is_some_and(|shared| !shared.contains(&field));
        let mark = if kept {
            format!(" ({})", text::ONLY_HERE)
        } else {
            String::new()
        };
        let mut words = value.lines();
        lines.push(format!(
            "{}{mark}: {}",
            questions::label(field),
            words.next().unwrap_or_default()
        ));
        lines.extend(words.map(|line| format!("    {line}")));
    }
    lines
}

/// What of a record stays with its author.
pub(crate) fn kept(answers: &Answers, shared: &BTreeSet<Field>) -> Answers {
    let kept: Vec<Field> = Field::ALL
        .into_iter()
        .filter(|field| answers.has(*field) && !shared.contains(field))
        .collect();
    // What depends on a field that is shared has no yes to stand beside here, and would be left out.
    let yeses = kept.iter().filter_map(|field| field.parent());
    let fields = kept.iter().copied().chain(yeses).collect();
    answers.only(&fields)
}

/// Everyone's answers with the words of care, below each name.
pub(crate) fn revealed(us: &Us, all: &[Revealed]) -> Vec<String> {
    let mut lines = Vec::new();
    for one in all {
        lines.push(us.who(one.author));
        lines.extend(indented(answers(&one.answers, None)));
        for care in &one.care {
            let said = care.care.as_ref().map(questions::care);
            let said = said.unwrap_or_else(|| text::CARE_TAKEN_BACK.to_owned());
            let line = text::care_from(&us.who(care.author), &said.replace('\n', " "));
            lines.push(format!("    ~ {line}"));
        }
    }
    lines
}

/// A day or a week, in words.
pub(crate) fn period(period: Period) -> String {
    if period.is_week() {
        text::week_from(period.first())
    } else {
        text::day(period.first())
    }
}

/// Lines two spaces further in.
pub(crate) fn indented(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    lines.into_iter().map(|line| format!("  {line}")).collect()
}

#[cfg(test)]
mod tests {
    use alongside_core::checkin::Support;

    use super::*;

    fn some() -> Answers {
        Answers {
            mood: Some(7),
            gave: Some(true),
            gave_kinds: [Support::Listening, Support::Other].into(),
            thanks: Some(true),
            thanks_for: Some("soup".to_owned()),
            tension: Some(false),
            note: Some("one\ntwo".to_owned()),
            ..Answers::default()
        }
    }

    #[test]
    fn what_was_left_out_leaves_no_trace_and_what_is_kept_is_marked() {
        let shared = [
            Field::Mood,
            Field::Gave,
            Field::Thanks,
            Field::ThanksFor,
            Field::Tension,
        ]
        .into();
        assert_eq!(
            answers(&some(), Some(&shared)),
            [
                "Mood: 7",
                "Gave support: yes (listening and in another way)",
                "Something to be thankful for: yes",
                "Thankful for: soup",
                "Tension: no",
                "A note (only you): one",
                "    two",
            ]
        );
    }

    #[test]
    fn a_detail_that_is_kept_stands_beside_its_yes() {
        let shared = [
            Field::Mood,
            Field::Gave,
            Field::Thanks,
            Field::Tension,
            Field::Note,
        ]
        .into();
        let kept = kept(&some(), &shared);
        assert_eq!(
            answers(&kept, None),
            ["Something to be thankful for: yes", "Thankful for: soup"]
        );
    }
}
