//! The list of what else there is, how the relay is reached, and locking.

use alongside_replica::Connection;
use leptos::prelude::*;

use crate::session::use_session;
use crate::t;
use crate::ui::icon::{Icon, icon};
use crate::ui::page::Page;
use crate::ui::sheet::Sheet;

/// The page.
#[component]
pub(crate) fn More() -> impl IntoView {
    let session = use_session();
    let links = [
        ("/settings", t!("settings-title"), t!("settings-words")),
        ("/settings/device", t!("device-title"), t!("device-words")),
        (
            "/settings/recovery",
            t!("recovery-title"),
            t!("recovery-words-line"),
        ),
        ("/settings/passphrase", t!("change-title"), t!("change-words")),
        ("/help", t!("help-title"), t!("help-words")),
        ("/about", t!("about-title"), t!("about-words")),
        ("/settings/signout", t!("signout-title"), t!("signout-words")),
    ]
    .into_iter()
    .map(|(href, name, words)| {
        view! {
            <li>
                <a href=href>
                    <span><span class="name">{name}</span><small>{words}</small></span>
                    {icon(Icon::On)}
                </a>
            </li>
        }
    })
    .collect_view();
    let state = move || match (session.connection(), session.waiting()) {
        (Connection::Connected, 0) => t!("connection-connected"),
        (Connection::Connected, count) => t!("connection-sending", count = count),
        (Connection::Connecting, _) => t!("connection-connecting"),
        (Connection::Unreachable, 0) => t!("connection-unreachable"),
        (Connection::Unreachable, count) => t!("connection-unreachable-waiting", count = count),
    };
    view! {
        <Page title=t!("nav-more") tab=t!("nav-more")>
            <Sheet>
                <div class="acts">
                    <button type="button" class="button second" on:click=move |_| session.lock()>{t!("lock")}</button>
                    <p class="small quiet">{t!("lock-words")}</p>
                </div>
                <ul class="list-links" role="list">{links}</ul>
                <p class="small quiet" data-testid="connection">{state}</p>
            </Sheet>
        </Page>
    }
}
