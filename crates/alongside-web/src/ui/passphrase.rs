//! A passphrase: shown when one wants to see it, and where it is a new one, how hard it would be to guess.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::field::{Wrong, described_by, hint_line};
use super::fresh_id;
use crate::platform::strength;
use crate::t;

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
    let ready = RwSignal::new(false);
    spawn_local(async move {
        let there = strength::load().await;
        let _ = ready.try_set(there);
    });
    let level = Memo::new(move |_| {
        if !ready.get() || value.with(String::is_empty) {
            return None;
        }
        value.with(|value| known.with(|known| strength::estimate(value, &[known.as_str()])))
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
