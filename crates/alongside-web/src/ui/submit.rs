//! The one act of a form: it says what is being done while it is, and takes no second touch meanwhile.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::platform::clock;

/// Whether a form is busy, and what is wrong with it as a whole.
#[derive(Clone, Copy)]
pub(crate) struct Act {
    busy: RwSignal<bool>,
    wrong: RwSignal<Option<String>>,
}

impl Act {
    /// Idle.
    pub(crate) fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            wrong: RwSignal::new(None),
        }
    }

    /// Says what is wrong, and that it is over.
    pub(crate) fn say(self, wrong: String) {
        self.wrong.set(Some(wrong));
    }

    /// Does it, unless it is being done. What went wrong is said beside the button. The page may be left meanwhile: what the
    /// work needs of its signals it takes before.
    pub(crate) fn run(self, work: impl Future<Output = Result<(), String>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.wrong.set(None);
        spawn_local(async move {
            clock::breathe().await;
            let outcome = work.await;
            // The page may be gone by now: its signals are not there any more, and that is all right.
            let _ = self.busy.try_set(false);
            if let Err(words) = outcome {
                let _ = self.wrong.try_set(Some(words));
            }
        });
    }
}

/// The button that sends a form, with what went wrong above it.
#[component]
pub(crate) fn Submit(
    /// What it does.
    #[prop(into)]
    label: String,
    /// What it says while it does.
    #[prop(into)]
    doing: String,
    /// Its act.
    act: Act,
    /// Something quieter beside it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <WhatIsWrong act=act/>
        <div class="acts">
            <button class="button" type="submit" aria-disabled=move || act.busy.get().to_string()>
                {move || if act.busy.get() { doing.clone() } else { label.clone() }}
            </button>
            {children.map(|children| children())}
        </div>
    }
}

/// A button by itself, outside of a form.
#[component]
pub(crate) fn ActButton(
    /// What it does.
    #[prop(into)]
    label: String,
    /// What it says while it does.
    #[prop(into)]
    doing: String,
    /// Its act.
    act: Act,
    /// `second`, `final`, `plain`.
    #[prop(optional)]
    class: &'static str,
    /// What to do.
    on_act: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            class=format!("button {class}")
            type="button"
            aria-disabled=move || act.busy.get().to_string()
            on:click=move |_| {
                if !act.busy.get_untracked() {
                    on_act();
                }
            }
        >
            {move || if act.busy.get() { doing.clone() } else { label.clone() }}
        </button>
    }
}

/// What is wrong with an act, said aloud when it comes.
#[component]
pub(crate) fn WhatIsWrong(
    /// The act.
    act: Act,
) -> impl IntoView {
    view! {
        <div role="alert">
            {move || act.wrong.get().map(|words| view! { <div class="trouble"><p>{words}</p></div> })}
        </div>
    }
}
