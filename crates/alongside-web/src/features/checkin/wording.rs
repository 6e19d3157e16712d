//! What is asked, in the words of the catalogue.

use alongside_core::checkin::{Field, Support, Word};
use alongside_core::members::Kind;

use crate::session::UsShown;
use crate::t;

/// With whom one checks in: the wording follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Company {
    /// The others, by name; nothing when one checks in alone.
    pub(crate) names: String,
    /// How many others there are.
    pub(crate) others: usize,
    /// What kind of relationship it is.
    pub(crate) kind: Option<Kind>,
}

impl Company {
    /// With those in this Us.
    pub(crate) fn us(us: &UsShown) -> Self {
        let names = us.others();
        Self {
            names: if names.is_empty() { t!("the-other") } else { names },
            others: us.others_count(),
            kind: Some(us.kind),
        }
    }

    fn kind_key(&self) -> &'static str {
        kind_key(self.kind)
    }
}

fn kind_key(kind: Option<Kind>) -> &'static str {
    kind.map_or("alone", Kind::key)
}

/// The question.
pub(crate) fn ask(field: Field, with: &Company) -> String {
    let alone = with.kind.is_none();
    let (name, kind) = (with.names.as_str(), with.kind_key());
    match field {
        Field::Mood => t!("ask-mood"),
        Field::Pressure if alone => t!("ask-pressure-alone"),
        Field::Pressure => t!("ask-pressure", kind = kind, others = with.others.max(1)),
        Field::Close => t!("ask-close", name = name, kind = kind),
        Field::Free => t!("ask-free", kind = kind),
        Field::Understood => t!("ask-understood", name = name, kind = kind),
        Field::Gave => t!("ask-gave", name = name),
        Field::Got => t!("ask-got", name = name),
        Field::Fit => t!("ask-fit"),
        Field::Thanks if alone => t!("ask-thanks-alone"),
        Field::Thanks => t!("ask-thanks", name = name),
        Field::Said => t!("ask-said"),
        Field::ThanksFor => t!("ask-thanks-for"),
        Field::Tension => t!("ask-tension"),
        Field::CameBack => t!("ask-came-back"),
        Field::Need => t!("ask-need"),
        Field::Note => t!("ask-note"),
    }
}

/// A short name for a field, where there is no room for the question.
pub(crate) fn label(field: Field, kind: Option<Kind>) -> String {
    let kind = kind_key(kind);
    match field {
        Field::Mood => t!("field-mood"),
        Field::Pressure => t!("field-pressure"),
        Field::Close => t!("field-close", kind = kind),
        Field::Free => t!("field-free", kind = kind),
        Field::Understood => t!("field-understood", kind = kind),
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

/// The words of care that suit a kind of relationship.
pub(crate) fn words_for(kind: Option<Kind>) -> impl Iterator<Item = Word> {
    let too_near = kind == Some(Kind::Work);
    Word::ALL
        .into_iter()
        .filter(move |word| !(too_near && *word == Word::Hug))
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
