//! What one can read, as JSON: the shapes of `history --json` and of the records of an export. They are an open format: what is
//! here keeps its name and meaning, and more may come beside it.

use alongside_core::checkin::{Answers, Care, CareShown, DayShown, Field, Form, Note, Revealed, Series};
use alongside_core::id::{EntryId, PersonId};
use alongside_core::members::MemberShown;
use alongside_core::rhythm::{ProposalShown, Rhythm, Shown};
use serde_json::{Map, Value, json};

use crate::names::{Us, hex};

/// The version of these shapes.
pub(crate) const FORMAT: u32 = 1;

pub(crate) fn person(id: PersonId) -> Value {
    Value::String(hex(id.as_bytes()))
}

fn entry(id: EntryId) -> Value {
    Value::String(hex(id.as_bytes()))
}

/// What was answered, by the keys of the fields; what was left out is absent.
pub(crate) fn answers(answers: &Answers) -> Value {
    let mut map = Map::new();
    for field in Field::ALL {
        let value = match field.form() {
            Form::Scale => answers.value(field).map(Value::from),
            Form::YesNo => answers.value(field).map(|value| Value::Bool(value == 1)),
            Form::Words(_) => answers.words(field).map(Value::from),
        };
        if let Some(value) = value {
            map.insert(field.key().to_owned(), value);
        }
    }
    if !answers.gave_kinds.is_empty() {
        let kinds: Vec<&str> = answers.gave_kinds.iter().map(|kind| kind.key()).collect();
        map.insert("gave-kinds".to_owned(), json!(kinds));
    }
    Value::Object(map)
}

fn note(note: &Note) -> Value {
    let shared: Vec<&str> = note.shared.iter().map(|field| field.key()).collect();
    json!({ "day": note.day.to_string(), "answers": answers(&note.answers), "shared": shared })
}

fn care(care: &CareShown) -> Value {
    let (word, sentence) = match &care.care {
        Some(Care::Word(word)) => (Some(word.key()), None),
        Some(Care::Sentence(sentence)) => (None, Some(sentence)),
        None => (None, None),
    };
    json!({
        "person": person(care.author),
        "word": word,
        "sentence": sentence,
        "taken_back": care.care.is_none(),
    })
}

fn revealed(one: &Revealed) -> Value {
    json!({
        "person": person(one.author),
        "entry": entry(one.entry),
        "answers": answers(&one.answers),
        "care": one.care.iter().map(care).collect::<Vec<_>>(),
    })
}

/// A day or a week with what there is to read of it.
pub(crate) fn day(day: &DayShown) -> Value {
    json!({
        "record": "check-in",
        "period": day.period.label(),
        "mine": day.mine.as_ref().map(note),
        "revealed": day.revealed.iter().map(revealed).collect::<Vec<_>>(),
    })
}

/// A member.
pub(crate) fn member(member: &MemberShown) -> Value {
    json!({
        "record": "member",
        "person": person(member.person),
        "name": member.name,
        "me": member.me,
        "here": member.here,
    })
}

/// What an Us is.
pub(crate) fn us(us: &Us, first_name: Option<&str>, label: Option<&str>) -> Value {
    json!({
        "record": "us",
        "kind": us.kind.map(|kind| kind.key()),
        "name": first_name,
        "my_label": label,
        "left": us.left,
    })
}

fn one_rhythm(rhythm: Rhythm) -> Value {
    match rhythm {
        Rhythm::Daily => json!({ "every": "day" }),
        Rhythm::SomeDays(days) => {
            let days: Vec<i8> = days.iter().map(|day| day.to_monday_one_offset()).collect();
            json!({ "every": "some-days", "days": days })
        }
        Rhythm::Weekly(day) => json!({ "every": "week", "day": day.to_monday_one_offset() }),
    }
}

fn proposal(proposal: &ProposalShown) -> Value {
    json!({
        "entry": entry(proposal.entry),
        "rhythm": one_rhythm(proposal.rhythm),
        "by": person(proposal.by),
        "i_agreed": proposal.i_agreed,
    })
}

/// How often to check in. Days of the week count from Monday as 1.
pub(crate) fn rhythm(shown: &Shown) -> Value {
    json!({
        "record": "rhythm",
        "in_force": one_rhythm(shown.in_force),
        "in_force_by": shown.in_force_by.map(entry),
        "proposals": shown.proposals.iter().map(proposal).collect::<Vec<_>>(),
    })
}

/// A field over time: one value a day, null where there is a gap; yes is 1 and no is 0.
pub(crate) fn series(series: &Series) -> Value {
    let line = |line: &[(jiff::civil::Date, Option<u8>)]| -> Vec<Value> {
        line.iter()
            .map(|(day, value)| json!([day.to_string(), value]))
            .collect()
    };
    let others: Vec<Value> = series
        .others
        .iter()
        .map(|(id, points)| json!({ "person": person(*id), "points": line(points) }))
        .collect();
    json!({ "field": series.field.key(), "mine": line(&series.mine), "others": others })
}

#[cfg(test)]
mod tests {
    use alongside_core::checkin::Word;
    use alongside_core::rhythm::Period;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_shape_of_a_check_in_stays_as_it_is() {
        let mine = Answers {
            mood: Some(7),
            gave: Some(true),
            gave_kinds: [alongside_core::checkin::Support::Listening].into(),
            note: Some("mine".to_owned()),
            ..Answers::default()
        };
        let sam = PersonId::from_bytes([2; 32]);
        let shown = DayShown {
            period: Period::day(date(2026, 11, 22)),
            revealed: vec![Revealed {
                author: sam,
                entry: EntryId::from_bytes([3; 32]),
                answers: mine.only(&[Field::Mood].into()),
                care: vec![CareShown {
                    author: sam,
                    care: Some(Care::Word(Word::Hug)),
                }],
            }],
            mine: Some(Note {
                day: date(2026, 11, 22),
                us: None,
                answers: mine,
                shared: [Field::Mood].into(),
            }),
        };
        let (two, three) = ("02".repeat(32), "03".repeat(32));
        let expected = json!({
            "record": "check-in",
            "period": "2026-11-22",
            "mine": {
                "day": "2026-11-22",
                "answers": { "mood": 7, "gave": true, "gave-kinds": ["listening"], "note": "mine" },
                "shared": ["mood"],
            },
            "revealed": [{
                "person": two,
                "entry": three,
                "answers": { "mood": 7 },
                "care": [{ "person": two, "word": "hug", "sentence": null, "taken_back": false }],
            }],
        });
        assert_eq!(day(&shown), expected);
    }
}
