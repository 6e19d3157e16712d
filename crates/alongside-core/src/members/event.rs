//! The frozen words about members.

use minicbor::{Decode, Encode};

use crate::event::frozen;
use crate::id::SpaceId;

frozen! {
    /// What is said about an Us and oneself.
    pub enum Event {
        /// The frame of an Us.
        "us.begun/1" => Begun(Begun),
        /// How the author wishes to be called here.
        "members.named/1" => Named(Named),
        /// In Me: what the author calls an Us.
        "us.labelled/1" => Labelled(Labelled),
        /// In Me: what holds for the author everywhere.
        "me.set/1" => Set(Set),
    }
}

/// What kind of relationship an Us is; the wording follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// Partners.
    #[n(0)]
    Partner,
    /// Friends.
    #[n(1)]
    Friend,
    /// Family.
    #[n(2)]
    Family,
    /// People who work together.
    #[n(3)]
    Work,
}

impl Kind {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Partner, Self::Friend, Self::Family, Self::Work];

    /// A word for the catalogue of texts.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Friend => "friend",
            Self::Family => "family",
            Self::Work => "work",
        }
    }
}

/// An Us has begun, or is restated for somebody new.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Begun {
    /// What kind of relationship it is.
    #[n(0)]
    pub kind: Kind,
    /// What it is called at first.
    #[n(1)]
    pub name: String,
}

/// The author wishes to be called so in this space.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Named {
    /// The name.
    #[n(0)]
    pub name: String,
}

/// The author calls an Us so, for themselves.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Labelled {
    /// Which.
    #[n(0)]
    pub us: SpaceId,
    /// The label; none to go back to the first name.
    #[n(1)]
    pub label: Option<String>,
}

/// What holds for the author everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Set {
    /// How to be called in an Us, unless another name is given there.
    #[n(0)]
    pub name: String,
}
