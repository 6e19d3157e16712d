//! Me: what nobody else can read.

use alongside_core::checkin;
use leptos::prelude::*;

use crate::features::checkin::answers_list;
use crate::session::use_session;
use crate::t;
use crate::ui::audience::{Readers, audience};
use crate::ui::icon::{Icon, icon};
use crate::ui::page::Page;
use crate::ui::sheet::SheetMe;

/// The page.
#[component]
pub(crate) fn Me() -> impl IntoView {
    let session = use_session();
    let mine = session.view_me(|me, context| checkin::today(me, None, context).mine);
    let body = move || match mine.get().flatten() {
        Some(note) => view! {
            <h2>{t!("me-today")}</h2>
            {answers_list(&note.answers, None, None)}
            <div class="acts"><a class="button second" href="/me/checkin">{t!("checkin-change")}</a></div>
        }
        .into_any(),
        None => view! {
            <h2>{t!("me-alone-title")}</h2>
            <p>{t!("me-alone-lead")}</p>
            <div class="acts"><a class="button" href="/me/checkin">{t!("me-alone-do")}</a></div>
        }
        .into_any(),
    };
    view! {
        <Page title=t!("me-title") tab=t!("nav-me") class="with-aside">
            <SheetMe>
                {audience(&Readers::OnlyMe)}
                {body}
                <ul class="list-links" role="list">
                    <li>
                        <a href="/me/history">
                            <span><span class="name">{t!("me-history")}</span><small>{t!("me-history-words")}</small></span>
                            {icon(Icon::On)}
                        </a>
                    </li>
                </ul>
            </SheetMe>
            <aside class="beside small">
                <h2>{t!("me-about")}</h2>
                <p>{t!("me-about-words")}</p>
            </aside>
        </Page>
    }
}
