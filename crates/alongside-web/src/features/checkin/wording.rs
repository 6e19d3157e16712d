//! What is asked, in the words of the catalogue.

use alongside_core::checkin::{Field, Support, Word};

use crate::t;

/// The question; `with` are the others, by name, or nothing when one checks in alone.
pub(crate) fn ask(field: Field, with: &str) -> String {
    let alone = with.is_empty();
    match field {
        Field::Mood => t!("ask-mood"),
        Field::Pressure if alone => t!("ask-pressure-alone"),
        Field::Pressure => t!("ask-pressure"),
        Field::Close => t!("ask-close", name = with),
        Field::Free => t!("ask-free"),
        Field::Understood => t!("ask-understood", name = with),
        Field::Gave => t!("ask-gave", name = with),
        Field::Got => t!("ask-got", name = with),
        Field::Fit => t!("ask-fit"),
        Field::Thanks if alone => t!("ask-thanks-alone"),
        Field::Thanks => t!("ask-thanks", name = with),
        Field::Said => t!("ask-said"),
        Field::ThanksFor => t!("ask-thanks-for"),
        Field::Tension => t!("ask-tension"),
        Field::CameBack => t!("ask-came-back"),
        Field::Need => t!("ask-need"),
        Field::Note => t!("ask-note"),
    }
}

/// A short name for a field, where there is no room for the question.
pub(crate) fn label(field: Field) -> String {
    match field {
        Field::Mood => t!("field-mood"),
        Field::Pressure => t!("field-pressure"),
        Field::Close => t!("field-close"),
        Field::Free => t!("field-free"),
        Field::Understood => t!("field-understood"),
        Field::Gave => t!("field-gave"),
        Field::Got => t!("field-got"),
        Field::Fit => t!("field-fit"),
        Field::Thanks => t!("field-thanks"),
        Field::Said => t!("field-said"),
        Field::ThanksFor => t!("field-thanks-for"),
        Field::Tension => t!("field-tension"),
        Field::CameBack => t!("field-came-back"),
        Field::Need => t!("field-need"),
        Field::Note => t!("field-note"),
    }
}

/// What 0 and 10 mean; nothing for what is no scale.
pub(crate) fn ends(field: Field) -> (String, String) {
    match field {
        Field::Mood => (t!("ends-mood-low"), t!("ends-mood-high")),
        Field::Pressure => (t!("ends-pressure-low"), t!("ends-pressure-high")),
        Field::Close => (t!("ends-close-low"), t!("ends-close-high")),
        Field::Free => (t!("ends-free-low"), t!("ends-free-high")),
        Field::Understood => (t!("ends-understood-low"), t!("ends-understood-high")),
        Field::Fit => (t!("ends-fit-low"), t!("ends-fit-high")),
        Field::Gave | Field::Got | Field::Thanks | Field::Said | Field::ThanksFor => Default::default(),
        Field::Tension | Field::CameBack | Field::Need | Field::Note => Default::default(),
    }
}

/// A way of supporting somebody.
pub(crate) fn support(kind: Support) -> String {
    match kind {
        Support::Listening => t!("support-listening"),
        Support::Practical => t!("support-practical"),
        Support::Encouragement => t!("support-encouragement"),
        Support::Other => t!("support-other"),
    }
}

/// A word of care.
pub(crate) fn word(word: Word) -> String {
    match word {
        Word::ThankYou => t!("care-thank-you"),
        Word::IHearYou => t!("care-i-hear-you"),
        Word::IAmWithYou => t!("care-i-am-with-you"),
        Word::Hug => t!("care-hug"),
        Word::TellMeMore => t!("care-tell-me-more"),
        Word::Proud => t!("care-proud"),
        Word::Glad => t!("care-glad"),
        Word::TakeYourTime => t!("care-take-your-time"),
    }
}
