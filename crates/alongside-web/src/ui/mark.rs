//! The arch: two stones that lean on each other. One of them is Me, both are Us.

use leptos::prelude::*;

const STONE_ME: &str = "M10 53V34.5C10 21.6 18.6 12.6 31.4 11.5L29.2 25C24.6 26.1 22 29.6 22 35v18z";
const STONE_US: &str = "M54 53V34.5c0-12.5-8.2-21.3-20-22.9L31.8 25.1C38.2 25.4 42 29.2 42 35v18z";

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Mine alone.
    Me,
    /// Ours.
    Us,
}

/// The mark, small, beside words.
pub(crate) fn mark(side: Side) -> impl IntoView {
    let other = (side == Side::Us).then(|| view! { <path class="stone-us" d=STONE_US/> });
    // One stone alone stands in the middle.
    let frame = match side {
        Side::Me => "-5 8 52 48",
        Side::Us => "6 8 52 48",
    };
    view! {
        <svg class="mark" viewBox=frame aria-hidden="true" focusable="false">
            <path class="stone-me" d=STONE_ME/>
            {other}
        </svg>
    }
}

/// The two stones as a line drawing, for a place where there is nothing yet.
pub(crate) fn drawing(side: Side) -> impl IntoView {
    let other = (side == Side::Us).then(|| view! { <path d=STONE_US/> });
    view! {
        <svg class="drawing" viewBox="4 8 56 48" aria-hidden="true" focusable="false">
            <path d=STONE_ME/>
            {other}
            <path d="M4 53.6h56"/>
        </svg>
    }
}

/// The arch as the landing page shows it.
pub(crate) fn arch() -> impl IntoView {
    view! {
        <svg class="arch mark" viewBox="4 8 56 47" aria-hidden="true" focusable="false">
            <path class="stone-me" d=STONE_ME/>
            <path class="stone-us" d=STONE_US/>
        </svg>
    }
}
