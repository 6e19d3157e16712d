//! Line icons (Lucide, ISC), drawn inline. Words stand beside them everywhere but on the quick exit.

use leptos::prelude::*;

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// Today.
    Sun,
    /// More.
    More,
    /// The quick exit.
    Leave,
    /// On to something.
    On,
    /// Back to something.
    Back,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Sun => {
                "M8 12a4 4 0 1 0 8 0a4 4 0 1 0-8 0M12 2v2M12 20v2m-7.07-17.07 1.41 1.41m11.32 11.32 1.41 1.41M2 12h2M20 12h2M6.34 17.66l-1.41 1.41M19.07 4.93l-1.41 1.41"
            }
            Self::More => {
                "M11 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M4 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0"
            }
            Self::Leave => "M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4M16 17l5-5-5-5M21 12H9",
            Self::On => "m9 18 6-6-6-6",
            Self::Back => "m15 18-6-6 6-6",
        }
    }
}

/// The icon; it says nothing by itself to a screen reader.
pub(crate) fn icon(which: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=which.path()/>
        </svg>
    }
}
