//! Words to write down, and words to compare.

use leptos::prelude::*;

/// Numbered words to keep.
pub(crate) fn word_grid(words: &[&'static str]) -> impl IntoView + use<> {
    let items = words
        .iter()
        .map(|word| view! { <li translate="no">{*word}</li> })
        .collect_view();
    view! { <ol class="words" role="list">{items}</ol> }
}

/// The few words that two people compare.
pub(crate) fn compare_words(words: &[&'static str]) -> impl IntoView + use<> {
    let items = words
        .iter()
        .map(|word| view! { <span translate="no">{*word}" "</span> })
        .collect_view();
    view! { <p class="compare" data-testid="compare-words">{items}</p> }
}
