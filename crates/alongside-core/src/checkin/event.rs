//! The frozen words about check-ins.

use std::collections::BTreeSet;

use jiff::civil::Date;
use minicbor::{Decode, Encode};

use super::answers::{Answers, Field};
use crate::event::frozen;
use crate::id::{EntryId, SpaceId};
use crate::rhythm::{Period, iso_day};

frozen! {
    /// What is said about a check-in.
    pub enum Event {
        /// In Me: the whole record of a day.
        "checkin.noted/1" => Noted(Noted),
        /// In an Us, through a round: what of it is shared.
        "checkin.shared/1" => Shared(Shared),
        /// In an Us: a word of care for somebody's check-in.
        "care.sent/1" => Care(CareSent),
        /// In an Us: the word of care is taken back.
        "care.withdrawn/1" => CareWithdrawn(CareWithdrawn),
    }
}

impl Event {
    /// The round in which this may be revealed.
    pub(crate) fn round(&self) -> Option<String> {
        match self {
            Self::Shared(shared) => Some(round(shared.period)),
            Self::Noted(_) | Self::Care(_) | Self::CareWithdrawn(_) => None,
        }
    }
}

/// The name of the round of a period: `checkin/2026-11-22`, `checkin/2026-W47`.
#[must_use]
pub fn round(period: Period) -> String {
    format!("checkin/{}", period.label())
}

/// The author's record of a day, whole.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Noted {
    /// The author's own day.
    #[cbor(n(0), with = "iso_day")]
    pub day: Date,
    /// For which Us; none for a check-in with oneself alone.
    #[n(1)]
    pub us: Option<SpaceId>,
    /// What was answered, kept or shared.
    #[n(2)]
    pub answers: Answers,
    /// Which fields are shared.
    #[n(3)]
    pub shared: BTreeSet<Field>,
}

/// What the author shares of a period.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Shared {
    /// Of which day or week.
    #[n(0)]
    pub period: Period,
    /// What is shared of what was answered.
    #[n(1)]
    pub answers: Answers,
}

/// A word of care.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CareSent {
    /// The entry of the check-in that it answers.
    #[n(0)]
    pub to: EntryId,
    /// What is said.
    #[n(1)]
    pub care: Care,
}

/// The author's word of care is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CareWithdrawn {
    /// The entry of the check-in that it answered.
    #[n(0)]
    pub to: EntryId,
}

/// What is said with care.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Care {
    /// One of a few words, or its symbol.
    #[n(0)]
    Word(#[n(0)] Word),
    /// A sentence.
    #[n(1)]
    Sentence(#[n(0)] String),
}

/// A word of care from a small set. None of them advises, and none asks for anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Word {
    /// Thank you.
    #[n(0)]
    ThankYou,
    /// I hear you.
    #[n(1)]
    IHearYou,
    /// I am with you.
    #[n(2)]
    IAmWithYou,
    /// A hug.
    #[n(3)]
    Hug,
    /// Tell me more, if you like.
    #[n(4)]
    TellMeMore,
    /// I am proud of you.
    #[n(5)]
    Proud,
    /// I am glad with you.
    #[n(6)]
    Glad,
    /// Take the time that you need.
    #[n(7)]
    TakeYourTime,
}

impl Word {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::ThankYou,
        Self::IHearYou,
        Self::IAmWithYou,
        Self::Hug,
        Self::TellMeMore,
        Self::Proud,
        Self::Glad,
        Self::TakeYourTime,
    ];

    /// A word for the catalogue of texts.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ThankYou => "thank-you",
            Self::IHearYou => "i-hear-you",
            Self::IAmWithYou => "i-am-with-you",
            Self::Hug => "hug",
            Self::TellMeMore => "tell-me-more",
            Self::Proud => "proud",
            Self::Glad => "glad",
            Self::TakeYourTime => "take-your-time",
        }
    }
}
