//! A passphrase: shown when one wants to see it, and where it is a new one, how hard it would be to guess.

use leptos::prelude::*;

use super::field::{Wrong, described_by, hint_line};
use super::fresh_id;
use crate::t;

/// Guessed at once or in moments: below this a passphrase protects nothing.
const GUESSED_AT_ONCE: u8 = 2;
/// More letters than this say nothing new about how hard it is to guess, and take long to look at.
const LOOKED_AT_CHARS: usize = 100;

/// Whether a new passphrase can stand between somebody and everything in here.
pub(crate) fn holds(passphrase: &str, known: &[&str]) -> bool {
    strength(passphrase, known) >= GUESSED_AT_ONCE
}

/// 0 to 4, as zxcvbn estimates it; names that somebody who knows the person would try first count as guessed.
fn strength(passphrase: &str, known: &[&str]) -> u8 {
    let looked_at: String = passphrase.chars().take(LOOKED_AT_CHARS).collect();
    u8::from(zxcvbn::zxcvbn(&looked_at, known).score())
}

/// A field for a passphrase.
#[component]
pub(crate) fn Passphrase(
    /// The label.
    #[prop(into)]
    label: String,
    /// What is typed.
    value: RwSignal<String>,
    /// A line below the label.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    wrong: Signal<Option<String>>,
    /// A new one: its strength is shown.
    #[prop(optional)]
    new: bool,
    /// Names that would be tried first: the handle.
    #[prop(optional, into)]
    known: Signal<String>,
    /// It takes the focus when the page is opened.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let id = fresh_id("passphrase");
    let (hint_id, wrong_id) = (format!("{id}-hint"), format!("{id}-wrong"));
    let described = described_by(&hint, &hint_id, &wrong_id);
    let shown = RwSignal::new(false);
    let input = NodeRef::<leptos::html::Input>::new();
    Effect::new(move |before: Option<()>| {
        if (wrong.with(Option::is_some) || (first && before.is_none()))
            && let Some(input) = input.get()
        {
            let _ = input.focus();
        }
    });
    let strength_line = new.then(|| view! { <Strength value=value known=known/> });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            {hint_line(hint, hint_id)}
            <div class="with-button">
                <input
                    class="input"
                    id=id.clone()
                    node_ref=input
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=if new { "new-password" } else { "current-password" }
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby=described
                    aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                    prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event))
                />
                <button
                    type="button"
                    class="reveal"
                    aria-controls=id
                    aria-pressed=move || shown.get().to_string()
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { t!("passphrase-hide") } else { t!("passphrase-show") }}
                </button>
            </div>
            {strength_line}
            <Wrong id=wrong_id wrong=wrong/>
        </div>
    }
}

#[component]
fn Strength(value: RwSignal<String>, known: Signal<String>) -> impl IntoView {
    let level = Memo::new(move |_| {
        value
            .with(|value| (!value.is_empty()).then(|| known.with(|known| strength(value, &[known.as_str()]))))
    });
    let words = move || match level.get() {
        None => String::new(),
        Some(0) => t!("strength-0"),
        Some(1) => t!("strength-1"),
        Some(2) => t!("strength-2"),
        Some(3) => t!("strength-3"),
        Some(_) => t!("strength-4"),
    };
    let bar = move || {
        (1..=4u8)
            .map(|step| {
                let on = level.get().is_some_and(|level| level >= step);
                view! { <span class:on=on></span> }
            })
            .collect_view()
    };
    view! {
        <div class="strength">
            <span class="bar" aria-hidden="true">{bar}</span>
            <span role="status">{words}</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_at_once_does_not_hold() {
        for weak in ["", "password", "12345678", "samsam", "ada.l2026"] {
            assert!(!holds(weak, &["ada.l"]), "{weak}");
        }
    }

    #[test]
    fn a_few_words_hold_without_any_rule_of_composition() {
        for good in ["lantern gravel otter", "four plums on a bicycle"] {
            assert!(holds(good, &["ada.l"]), "{good}");
        }
    }

    #[test]
    fn a_very_long_one_is_looked_at_quickly() {
        assert!(holds(&"lantern gravel otter ".repeat(2_000), &[]));
    }
}
