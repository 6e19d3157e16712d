//! A field with its label, a hint, and what is wrong with it.

use leptos::prelude::*;

use super::fresh_id;

/// A field to type into.
#[component]
pub(crate) fn Field(
    /// The label.
    #[prop(into)]
    label: String,
    /// What is typed.
    value: RwSignal<String>,
    /// A line below the label.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it. When that is said, the field takes the focus.
    #[prop(optional, into)]
    wrong: Signal<Option<String>>,
    /// What the browser may fill in. People's own words are never kept by it.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// A field of several lines.
    #[prop(optional)]
    long: bool,
    /// Words of an account: no capitals, no corrections.
    #[prop(optional)]
    exact: bool,
    /// It takes the focus when the page is opened.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let id = fresh_id("field");
    let (hint_id, wrong_id) = (format!("{id}-hint"), format!("{id}-wrong"));
    let described = described_by(&hint, &hint_id, &wrong_id);
    let input = NodeRef::<leptos::html::Input>::new();
    let area = NodeRef::<leptos::html::Textarea>::new();
    Effect::new(move |before: Option<()>| {
        if wrong.with(Option::is_some) || (first && before.is_none()) {
            if let Some(input) = input.get() {
                let _ = input.focus();
            }
            if let Some(area) = area.get() {
                let _ = area.focus();
            }
        }
    });
    let invalid = move || wrong.with(Option::is_some).then_some("true");
    let (capitals, check) = if exact {
        ("none", "false")
    } else {
        ("sentences", "true")
    };
    let class = if long || !exact {
        "input words-typed"
    } else {
        "input"
    };
    let control = if long {
        view! {
            <textarea
                class=class
                id=id.clone()
                node_ref=area
                autocomplete=autocomplete
                autocapitalize=capitals
                spellcheck=check
                aria-describedby=described
                aria-invalid=invalid
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            ></textarea>
        }
        .into_any()
    } else {
        view! {
            <input
                class=class
                id=id.clone()
                node_ref=input
                type="text"
                autocomplete=autocomplete
                autocapitalize=capitals
                spellcheck=check
                aria-describedby=described
                aria-invalid=invalid
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        }
        .into_any()
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {hint_line(hint, hint_id)}
            {control}
            <Wrong id=wrong_id wrong=wrong/>
        </div>
    }
}

/// What describes a field: its hint, and what is wrong with it.
pub(crate) fn described_by(hint: &str, hint_id: &str, wrong_id: &str) -> String {
    if hint.is_empty() {
        wrong_id.to_owned()
    } else {
        format!("{hint_id} {wrong_id}")
    }
}

/// The line below a label.
pub(crate) fn hint_line(hint: String, id: String) -> Option<impl IntoView> {
    (!hint.is_empty()).then(|| view! { <p class="hint" id=id>{hint}</p> })
}

/// What is wrong, said aloud when it comes.
#[component]
pub(crate) fn Wrong(
    /// For `aria-describedby`.
    #[prop(into)]
    id: String,
    /// What is wrong.
    #[prop(into)]
    wrong: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div id=id role="alert">
            {move || wrong.get().map(|words| view! { <p class="wrong">{words}</p> })}
        </div>
    }
}
