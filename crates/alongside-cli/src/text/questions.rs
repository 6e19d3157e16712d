//! What a check-in asks, and the short names of what was answered.

use alongside_core::checkin::{Care, Field, Support, Word};

/// The question; `with` are the others, by name, or nothing when one checks in alone.
pub(crate) fn ask(field: Field, with: &str) -> String {
    let alone = with.is_empty();
    match field {
        Field::Mood => "My mood today".to_owned(),
        Field::Pressure if alone => "Pressure on me today".to_owned(),
        Field::Pressure => "Pressure on me today from outside of us".to_owned(),
        Field::Close => format!("How close I felt to {with} today"),
        Field::Free => "How free I felt to be myself today".to_owned(),
        Field::Understood => format!("How understood and cared for by {with} I felt today"),
        Field::Gave => format!("I supported {with} today"),
        Field::Got => format!("I got support from {with} today"),
        Field::Fit => "Did it fit what I needed".to_owned(),
        Field::Thanks if alone => "I noticed something to be thankful for today".to_owned(),
        Field::Thanks => format!("I noticed something to thank {with} for today"),
        Field::Said => "Did I say it".to_owned(),
        Field::ThanksFor => "What for".to_owned(),
        Field::Tension => "There was tension between us today".to_owned(),
        Field::CameBack => "Did we come back together".to_owned(),
        Field::Need => "Something I need".to_owned(),
        Field::Note => "A note".to_owned(),
    }
}

/// The short name of a field.
pub(crate) const fn label(field: Field) -> &'static str {
    match field {
        Field::Mood => "Mood",
        Field::Pressure => "Pressure from outside",
        Field::Close => "Close",
        Field::Free => "Free to be myself",
        Field::Understood => "Understood and cared for",
        Field::Gave => "Gave support",
        Field::Got => "Got support",
        Field::Fit => "It fitted",
        Field::Thanks => "Something to be thankful for",
        Field::Said => "Said it",
        Field::ThanksFor => "Thankful for",
        Field::Tension => "Tension",
        Field::CameBack => "Came back together",
        Field::Need => "A need",
        Field::Note => "A note",
    }
}

/// What 0 and 10 mean, for a scale.
pub(crate) const fn ends(field: Field) -> Option<(&'static str, &'static str)> {
    match field {
        Field::Mood => Some(("low", "good")),
        Field::Pressure => Some(("none", "a great deal")),
        Field::Close => Some(("far apart", "very close")),
        Field::Free => Some(("not at all", "entirely")),
        Field::Understood => Some(("not at all", "very much")),
        Field::Fit => Some(("not at all", "just right")),
        Field::Gave | Field::Got | Field::Thanks | Field::Said | Field::ThanksFor => None,
        Field::Tension | Field::CameBack | Field::Need | Field::Note => None,
    }
}

pub(crate) const WHICH_KINDS: &str = "In which way";
pub(crate) const YES: &str = "yes";
pub(crate) const NO: &str = "no";

/// A way of supporting somebody.
pub(crate) const fn support(kind: Support) -> &'static str {
    match kind {
        Support::Listening => "listening",
        Support::Practical => "practical help",
        Support::Encouragement => "encouragement",
        Support::Other => "in another way",
    }
}

/// What was said with care.
pub(crate) fn care(care: &Care) -> String {
    match care {
        Care::Word(word) => self::word(*word).to_owned(),
        Care::Sentence(sentence) => sentence.clone(),
    }
}

const fn word(word: Word) -> &'static str {
    match word {
        Word::ThankYou => "Thank you",
        Word::IHearYou => "I hear you",
        Word::IAmWithYou => "I am with you",
        Word::Hug => "A hug",
        Word::TellMeMore => "Tell me more, if you like",
        Word::Proud => "I am proud of you",
        Word::Glad => "I am glad with you",
        Word::TakeYourTime => "Take the time that you need",
    }
}
