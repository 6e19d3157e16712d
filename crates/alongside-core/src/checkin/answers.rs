//! The fields of a check-in, and what was answered. Every one of them can be left out.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use super::decide::Rejection;
use crate::text::{self, Limit, TooLong};

/// The highest score of a scale; the lowest is 0.
pub const MAX_SCORE: u8 = 10;

/// Each thing that is asked, in the order in which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Field {
    /// My mood, 0 to 10.
    #[n(0)]
    Mood,
    /// Pressure on me from outside, 0 to 10.
    #[n(1)]
    Pressure,
    /// How close I felt, 0 to 10.
    #[n(2)]
    Close,
    /// How free to be myself, 0 to 10.
    #[n(3)]
    Free,
    /// How understood and cared for, 0 to 10.
    #[n(4)]
    Understood,
    /// Whether I gave support, and which kinds.
    #[n(5)]
    Gave,
    /// Whether I got support.
    #[n(6)]
    Got,
    /// Whether it fitted what I needed, 0 to 10.
    #[n(7)]
    Fit,
    /// Whether I noticed something to be thankful for.
    #[n(8)]
    Thanks,
    /// Whether I said so.
    #[n(9)]
    Said,
    /// What for, in words.
    #[n(10)]
    ThanksFor,
    /// Whether there was tension.
    #[n(11)]
    Tension,
    /// Whether we came back together.
    #[n(12)]
    CameBack,
    /// Something I need, in words.
    #[n(13)]
    Need,
    /// A note.
    #[n(14)]
    Note,
}

/// What a field is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A score, 0 to 10.
    Scale,
    /// Yes or no.
    YesNo,
    /// Words.
    Words(Limit),
}

/// A way of supporting somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Support {
    /// Listening.
    #[n(0)]
    Listening,
    /// Practical help.
    #[n(1)]
    Practical,
    /// Encouragement.
    #[n(2)]
    Encouragement,
    /// Another way.
    #[n(3)]
    Other,
}

/// What was answered. What depends on a yes stands only beside that yes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Answers {
    /// [`Field::Mood`].
    #[n(0)]
    pub mood: Option<u8>,
    /// [`Field::Pressure`].
    #[n(1)]
    pub pressure: Option<u8>,
    /// [`Field::Close`].
    #[n(2)]
    pub close: Option<u8>,
    /// [`Field::Free`].
    #[n(3)]
    pub free: Option<u8>,
    /// [`Field::Understood`].
    #[n(4)]
    pub understood: Option<u8>,
    /// [`Field::Gave`].
    #[n(5)]
    pub gave: Option<bool>,
    /// Which kinds of support I gave; part of [`Field::Gave`].
    #[n(6)]
    pub gave_kinds: BTreeSet<Support>,
    /// [`Field::Got`].
    #[n(7)]
    pub got: Option<bool>,
    /// [`Field::Fit`].
    #[n(8)]
    pub fit: Option<u8>,
    /// [`Field::Thanks`].
    #[n(9)]
    pub thanks: Option<bool>,
    /// [`Field::Said`].
    #[n(10)]
    pub said: Option<bool>,
    /// [`Field::ThanksFor`].
    #[n(11)]
    pub thanks_for: Option<String>,
    /// [`Field::Tension`].
    #[n(12)]
    pub tension: Option<bool>,
    /// [`Field::CameBack`].
    #[n(13)]
    pub came_back: Option<bool>,
    /// [`Field::Need`].
    #[n(14)]
    pub need: Option<String>,
    /// [`Field::Note`].
    #[n(15)]
    pub note: Option<String>,
}

impl Support {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Listening, Self::Practical, Self::Encouragement, Self::Other];

    /// A word for the catalogue of texts.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Listening => "listening",
            Self::Practical => "practical",
            Self::Encouragement => "encouragement",
            Self::Other => "other",
        }
    }
}

impl Field {
    /// All of them, in the order in which they are asked.
    pub const ALL: [Self; 15] = [
        Self::Mood,
        Self::Pressure,
        Self::Close,
        Self::Free,
        Self::Understood,
        Self::Gave,
        Self::Got,
        Self::Fit,
        Self::Thanks,
        Self::Said,
        Self::ThanksFor,
        Self::Tension,
        Self::CameBack,
        Self::Need,
        Self::Note,
    ];

    /// A word for the catalogue of texts.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Mood => "mood",
            Self::Pressure => "pressure",
            Self::Close => "close",
            Self::Free => "free",
            Self::Understood => "understood",
            Self::Gave => "gave",
            Self::Got => "got",
            Self::Fit => "fit",
            Self::Thanks => "thanks",
            Self::Said => "said",
            Self::ThanksFor => "thanks-for",
            Self::Tension => "tension",
            Self::CameBack => "came-back",
            Self::Need => "need",
            Self::Note => "note",
        }
    }

    /// The field whose yes this one depends on. It is shared only together with it.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::Fit => Some(Self::Got),
            Self::Said | Self::ThanksFor => Some(Self::Thanks),
            Self::CameBack => Some(Self::Tension),
            Self::Mood | Self::Pressure | Self::Close | Self::Free | Self::Understood => None,
            Self::Gave | Self::Got | Self::Thanks | Self::Tension | Self::Need | Self::Note => None,
        }
    }

    /// What it is answered with.
    #[must_use]
    pub const fn form(self) -> Form {
        match self {
            Self::Mood | Self::Pressure | Self::Close | Self::Free | Self::Understood | Self::Fit => {
                Form::Scale
            }
            Self::Gave | Self::Got | Self::Thanks | Self::Said | Self::Tension | Self::CameBack => {
                Form::YesNo
            }
            Self::ThanksFor | Self::Need => Form::Words(text::NEED),
            Self::Note => Form::Words(text::NOTE),
        }
    }
}

impl Answers {
    /// Whether nothing was answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether that field was answered.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.value(field).is_some() || self.words(field).is_some()
    }

    /// The score of a scale; of a question, 1 for yes and 0 for no; none for words.
    #[must_use]
    pub fn value(&self, field: Field) -> Option<u8> {
        match field {
            Field::Mood => self.mood,
            Field::Pressure => self.pressure,
            Field::Close => self.close,
            Field::Free => self.free,
            Field::Understood => self.understood,
            Field::Gave => self.gave.map(u8::from),
            Field::Got => self.got.map(u8::from),
            Field::Fit => self.fit,
            Field::Thanks => self.thanks.map(u8::from),
            Field::Said => self.said.map(u8::from),
            Field::Tension => self.tension.map(u8::from),
            Field::CameBack => self.came_back.map(u8::from),
            Field::ThanksFor | Field::Need | Field::Note => None,
        }
    }

    /// The words of a field that is answered in words.
    #[must_use]
    pub fn words(&self, field: Field) -> Option<&str> {
        match field {
            Field::ThanksFor => self.thanks_for.as_deref(),
            Field::Need => self.need.as_deref(),
            Field::Note => self.note.as_deref(),
            Field::Mood | Field::Pressure | Field::Close | Field::Free | Field::Understood | Field::Fit => {
                None
            }
            Field::Gave | Field::Got | Field::Thanks | Field::Said | Field::Tension | Field::CameBack => None,
        }
    }

    /// The answers to these fields and to no others. What depends on a field that is not among them is left out too.
    #[must_use]
    pub fn only(&self, fields: &BTreeSet<Field>) -> Self {
        let mut answers = self.clone();
        for field in Field::ALL {
            if !fields.contains(&field) {
                answers.clear(field);
            }
        }
        answers.drop_dependents();
        answers
    }

    fn clear(&mut self, field: Field) {
        match field {
            Field::Mood => self.mood = None,
            Field::Pressure => self.pressure = None,
            Field::Close => self.close = None,
            Field::Free => self.free = None,
            Field::Understood => self.understood = None,
            Field::Gave => {
                self.gave = None;
                self.gave_kinds.clear();
            }
            Field::Got => self.got = None,
            Field::Fit => self.fit = None,
            Field::Thanks => self.thanks = None,
            Field::Said => self.said = None,
            Field::ThanksFor => self.thanks_for = None,
            Field::Tension => self.tension = None,
            Field::CameBack => self.came_back = None,
            Field::Need => self.need = None,
            Field::Note => self.note = None,
        }
    }

    fn drop_dependents(&mut self) {
        if self.gave != Some(true) {
            self.gave_kinds.clear();
        }
        for field in Field::ALL {
            if field.parent().is_some_and(|parent| self.value(parent) != Some(1)) {
                self.clear(field);
            }
        }
    }

    /// The answers as they are kept: words cleaned, and nothing that depends on a yes which was not given.
    ///
    /// # Errors
    /// [`Rejection::OutOfRange`], [`Rejection::TooLong`].
    pub fn cleaned(&self) -> Result<Self, Rejection> {
        let mut answers = self.clone();
        answers.drop_dependents();
        for field in Field::ALL {
            if let Some(value) = answers.value(field).filter(|value| *value > MAX_SCORE) {
                return Err(Rejection::OutOfRange { field, value });
            }
        }
        let clean = |field: Field, words: &mut Option<String>| {
            let (Form::Words(limit), Some(raw)) = (field.form(), words.as_deref()) else {
                return Ok(());
            };
            *words = limit
                .clean(raw)
                .map_err(|TooLong { chars, max }| Rejection::TooLong { field, chars, max })?;
            Ok(())
        };
        clean(Field::ThanksFor, &mut answers.thanks_for)?;
        clean(Field::Need, &mut answers.need)?;
        clean(Field::Note, &mut answers.note)?;
        Ok(answers)
    }

    /// Whether answers that somebody else's device wrote can be taken in.
    #[must_use]
    pub(super) fn are_sound(&self) -> bool {
        let mut plain = self.clone();
        plain.drop_dependents();
        let fits = |field: Field| match field.form() {
            Form::Scale | Form::YesNo => self.value(field).is_none_or(|value| value <= MAX_SCORE),
            Form::Words(limit) => self.words(field).is_none_or(|words| limit.allows(words)),
        };
        !self.is_empty() && plain == *self && Field::ALL.into_iter().all(fits)
    }
}
