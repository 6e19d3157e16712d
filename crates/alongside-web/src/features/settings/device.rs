//! This device, another one, and signing out of this one.

use leptos::prelude::*;

use crate::features::account::sheets::{SheetOf, WordSheet};
use crate::platform::kept::{self, Setting};
use crate::session::use_session;
use crate::t;
use crate::ui::page::Page;
use crate::ui::qr::qr;
use crate::ui::reasons;
use crate::ui::sheet::Sheet;
use crate::ui::submit::{Act, ActButton, WhatIsWrong};

/// The page: a code for another device of mine, shown only when asked for.
#[component]
pub(crate) fn Device() -> impl IntoView {
    let session = use_session();
    let shown = RwSignal::new(false);
    let body = move || {
        if !shown.get() {
            return view! {
                <p>{t!("device-lead")}</p>
                <div class="acts">
                    <button type="button" class="button" on:click=move |_| shown.set(true)>{t!("device-show")}</button>
                </div>
            }
            .into_any();
        }
        let client = session.client();
        let origin = window().location().origin().unwrap_or_default();
        let code = client
            .link_fragment()
            .and_then(|fragment| qr(&format!("{origin}/signin#{fragment}"), t!("device-qr")));
        let words = client.account_words().unwrap_or_default();
        let handle = client.handle().unwrap_or_default();
        view! {
            <p>{t!("device-scan")}</p>
            {code}
            <p class="small quiet">{t!("device-careful")}</p>
            <details class="fold">
                <summary>{t!("device-words-instead")}</summary>
                <WordSheet of=SheetOf::Account words=words handle=handle/>
            </details>
            <div class="acts">
                <button type="button" class="button second" on:click=move |_| shown.set(false)>{t!("device-hide")}</button>
            </div>
        }
        .into_any()
    };
    view! {
        <Page title=t!("device-title") tab=t!("device-title") back=("/more".to_owned(), t!("nav-more"))>
            <Sheet>{body}</Sheet>
        </Page>
    }
}

/// The page for signing out of this device.
#[component]
pub(crate) fn SignOut() -> impl IntoView {
    let session = use_session();
    let act = Act::new();
    let out = move || {
        act.run(async move {
            session.client().sign_out().await.map_err(reasons::store)?;
            for setting in [Setting::Opened, Setting::Theme, Setting::Language] {
                kept::set(setting, None);
            }
            let _ = window().location().replace("/");
            Ok(())
        });
    };
    let unsent = move || {
        let count = session.waiting();
        (count > 0).then(|| view! { <div class="trouble"><p>{t!("signout-unsent", count = count)}</p></div> })
    };
    view! {
        <Page title=t!("signout-title") tab=t!("signout-title") back=("/more".to_owned(), t!("nav-more"))>
            <Sheet>
                <p>{t!("signout-lead")}</p>
                <p>{t!("signout-needs")}</p>
                {unsent}
                <WhatIsWrong act=act/>
                <div class="acts">
                    <ActButton label=t!("signout-do") doing=t!("signout-doing") act=act class="final" on_act=out/>
                    <a class="button plain" href="/more">{t!("signout-not")}</a>
                </div>
            </Sheet>
        </Page>
    }
}
