//! Help: the quick exit and what it does not hide, being offline, a wrong clock, pages that came in altered.

use leptos::prelude::*;

use crate::t;
use crate::ui::page::Page;
use crate::ui::sheet::Sheet;

/// The page.
#[component]
pub(crate) fn Help() -> impl IntoView {
    let parts = [
        (
            "exit",
            t!("help-exit"),
            vec![t!("help-exit-does"), t!("help-exit-not"), t!("help-exit-danger")],
        ),
        ("sides", t!("help-sides"), vec![t!("help-sides-words")]),
        ("together", t!("help-together"), vec![t!("help-together-words")]),
        (
            "words",
            t!("help-sheets"),
            vec![t!("help-sheets-words"), t!("help-sheets-not")],
        ),
        (
            "offline",
            t!("help-offline"),
            vec![t!("help-offline-words"), t!("help-offline-storage")],
        ),
        ("clock", t!("help-clock"), vec![t!("help-clock-words")]),
        (
            "altered",
            t!("help-altered"),
            vec![t!("help-altered-words"), t!("help-altered-do")],
        ),
        ("relay", t!("help-relay"), vec![t!("help-relay-words")]),
    ]
    .into_iter()
    .map(|(id, title, words)| {
        let words = words
            .into_iter()
            .map(|words| view! { <p>{words}</p> })
            .collect_view();
        view! {
            <section class="stack" id=id>
                <h2>{title}</h2>
                {words}
            </section>
        }
    })
    .collect_view();
    view! {
        <Page title=t!("help-title") tab=t!("help-title") back=("/".to_owned(), t!("back-start"))>
            <Sheet>{parts}</Sheet>
        </Page>
    }
}
