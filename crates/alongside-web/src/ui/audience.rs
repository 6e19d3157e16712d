//! The line that says who can read what is being written. It never scrolls away.

use leptos::prelude::*;

use super::mark::{Side, mark};
use crate::session::UsShown;
use crate::t;

/// Who reads it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Readers {
    /// Nobody but me.
    OnlyMe,
    /// Me and those in this Us.
    Us(UsShown),
    /// Those in this Us, all at the same moment.
    UsTogether(UsShown),
}

impl Readers {
    /// The line.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::OnlyMe => t!("audience-me"),
            Self::Us(us) | Self::UsTogether(us) if us.others_count() == 0 => t!("audience-us-alone"),
            Self::Us(us) => t!("audience-us", others = us.others()),
            Self::UsTogether(us) => t!("audience-together", others = us.others()),
        }
    }

    fn side(&self) -> Side {
        match self {
            Self::OnlyMe => Side::Me,
            Self::Us(_) | Self::UsTogether(_) => Side::Us,
        }
    }
}

/// The line itself.
pub(crate) fn audience(readers: &Readers) -> impl IntoView + use<> {
    view! {
        <p class="audience">
            {mark(readers.side())}
            <span>{readers.words()}</span>
        </p>
    }
}
