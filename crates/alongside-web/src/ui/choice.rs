//! One of a few, as radio buttons; and a question whose answer can be yes, no, or left out.

use leptos::prelude::*;

use super::fresh_id;
use crate::t;

/// One of a few.
#[component]
pub(crate) fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    /// What is chosen.
    #[prop(into)]
    legend: String,
    /// Values, words, and a line that says more (or nothing).
    options: Vec<(T, String, String)>,
    /// What is chosen now.
    value: RwSignal<Option<T>>,
    /// One below the other.
    #[prop(optional)]
    tall: bool,
) -> impl IntoView {
    let name = fresh_id("choice");
    let items = options
        .into_iter()
        .map(|(option, words, more)| {
            let more = (!more.is_empty()).then(|| view! { <small>{more}</small> });
            view! {
                <label>
                    <input
                        type="radio"
                        name=name.clone()
                        autocomplete="off"
                        prop:checked=move || value.get() == Some(option)
                        on:change=move |_| value.set(Some(option))
                    />
                    <span class="what">{words}{more}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field">
            <legend class="legend">{legend}</legend>
            <div class="choice" class:tall=tall>{items}</div>
        </fieldset>
    }
}

/// Yes, no, or left out.
#[component]
pub(crate) fn YesNo(
    /// The question.
    #[prop(into)]
    ask: String,
    /// The answer.
    value: RwSignal<Option<bool>>,
) -> impl IntoView {
    let name = fresh_id("yes-no");
    let option = move |answer: bool, words: String| {
        view! {
            <label>
                <input
                    type="radio"
                    name=name.clone()
                    autocomplete="off"
                    prop:checked=move || value.get() == Some(answer)
                    on:change=move |_| value.set(Some(answer))
                />
                <span>{words}</span>
            </label>
        }
    };
    let leave_out = move || {
        value.get().is_some().then(|| {
            view! {
                <button type="button" class="button plain small" on:click=move |_| value.set(None)>
                    {t!("leave-out")}
                </button>
            }
        })
    };
    view! {
        <fieldset class="field">
            <legend class="legend">{ask}</legend>
            <div class="choice">
                {option(true, t!("yes"))}
                {option(false, t!("no"))}
                {leave_out}
            </div>
        </fieldset>
    }
}
