//! Sheets of words: shown, printed, and asked for again.

use leptos::prelude::*;

use crate::platform::random;
use crate::ui::field::Field;
use crate::ui::submit::{Act, Submit};
use crate::ui::wordlist::word_grid;
use crate::{dates, t};

/// How many of the words are asked for.
const ASKED: usize = 3;

/// Which sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SheetOf {
    /// The account words.
    Account,
    /// The recovery words.
    Recovery,
}

/// The words, with where not to keep them, and a button that prints them.
#[component]
pub(crate) fn WordSheet(
    /// Which.
    of: SheetOf,
    /// The words.
    words: Vec<&'static str>,
    /// Whose account it is.
    handle: String,
) -> impl IntoView {
    let (title, use_of, keep) = match of {
        SheetOf::Account => (
            t!("sheet-account"),
            t!("sheet-account-use"),
            t!("sheet-account-keep"),
        ),
        SheetOf::Recovery => (
            t!("sheet-recovery"),
            t!("sheet-recovery-use"),
            t!("sheet-recovery-keep"),
        ),
    };
    view! {
        <div class="stack">
            <h2 class="print-only">{title}</h2>
            <p class="print-only">{t!("sheet-handle", handle = handle)}</p>
            {word_grid(&words)}
            <p>{use_of}</p>
            <p>{keep}</p>
            <p class="print-only">{t!("sheet-printed", day = dates::full_day(crate::platform::clock::today()))}</p>
            <div class="acts screen-only">
                <button type="button" class="button second" on:click=|_| { let _ = window().print(); }>
                    {t!("sheet-print")}
                </button>
            </div>
        </div>
    }
}

/// A word that is asked: its place, the word, what was typed, what is wrong with that.
type Asked = (usize, &'static str, RwSignal<String>, RwSignal<Option<String>>);

/// Asks for three of the words.
#[component]
pub(crate) fn Confirm(
    /// All of them.
    words: Vec<&'static str>,
    /// What to do when they are right.
    done: Callback<()>,
    /// Shows the words again.
    again: Callback<()>,
) -> impl IntoView {
    let act = Act::new();
    let asked: Vec<Asked> = pick(words.len())
        .into_iter()
        .filter_map(|at| {
            Some((
                at + 1,
                *words.get(at)?,
                RwSignal::new(String::new()),
                RwSignal::new(None),
            ))
        })
        .collect();
    let fields = asked
        .iter()
        .enumerate()
        .map(|(index, (position, _, value, wrong))| {
            view! {
                <Field
                    label=t!("confirm-word", position = *position)
                    value=*value
                    wrong=*wrong
                    exact=true
                    first=index == 0
                />
            }
        })
        .collect_view();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let mut right = true;
        for (position, word, value, wrong) in &asked {
            let typed = value.get_untracked();
            let same = typed.trim().eq_ignore_ascii_case(word);
            let unless_first_wrong = right && !same;
            right &= same;
            wrong.set(unless_first_wrong.then(|| t!("confirm-wrong", position = *position)));
        }
        if right {
            done.run(());
        }
    };
    view! {
        <form class="stack" on:submit=submit>
            <p>{t!("confirm-words")}</p>
            {fields}
            <Submit label=t!("confirm-go-on") doing=t!("confirm-go-on") act=act>
                <button type="button" class="button plain" on:click=move |_| again.run(())>{t!("confirm-again")}</button>
            </Submit>
        </form>
    }
}

/// Three different places, in their order.
fn pick(of: usize) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::new();
    while places.len() < ASKED.min(of) {
        let mut byte = [0];
        random::fill(&mut byte);
        let place = usize::from(byte[0]) % of;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places.sort_unstable();
    places
}
