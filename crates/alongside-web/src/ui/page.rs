//! A page within the frame: its heading, where it came from, and where the focus goes.

use leptos::prelude::*;
use leptos_router::components::A;

use super::icon::{Icon, icon};
use crate::t;

/// A page. Its heading takes the focus when it is opened, so that a screen reader begins there.
#[component]
pub(crate) fn Page(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// For the window's title: without the words of anybody, for it stays in the browser's history.
    #[prop(into)]
    tab: String,
    /// Where one came from: address and words.
    #[prop(optional, into)]
    back: Option<(String, String)>,
    /// Classes, such as `with-aside`.
    #[prop(optional, into)]
    class: String,
    /// A field on the page takes the focus instead.
    #[prop(optional)]
    keeps_focus: bool,
    children: Children,
) -> impl IntoView {
    document().set_title(&t!("tab-title", page = tab));
    // On a phone it is the page's place that scrolls, not the window: a new page begins at its top.
    if let Some(main) = document().get_element_by_id("main") {
        main.set_scroll_top(0);
    }
    let heading = NodeRef::<leptos::html::H1>::new();
    Effect::new(move |_| {
        if let Some(heading) = heading.get()
            && !keeps_focus
        {
            let _ = heading.focus();
        }
    });
    let back = back.map(|(href, words)| {
        view! {
            <A href=href attr:class="crumb">
                {icon(Icon::Back)}
                <span>{words}</span>
            </A>
        }
    });
    view! {
        <div class=format!("page {class}")>
            <header class="head">
                {back}
                <h1 node_ref=heading tabindex="-1">{move || title.get()}</h1>
            </header>
            {children()}
        </div>
    }
}
