//! Inviting into an Us: link, code, the system's own sharing; then whoever knocks, and the words to compare.

use alongside_core::id::SpaceId;
use alongside_replica::{SentInvitation, SentState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::app::us_path;
use crate::platform;
use crate::session::use_session;
use crate::ui::mark::{Side, drawing};
use crate::ui::page::Page;
use crate::ui::qr::qr;
use crate::ui::reasons;
use crate::ui::sheet::SheetUs;
use crate::ui::submit::{Act, ActButton, WhatIsWrong};
use crate::ui::wordlist::compare_words;
use crate::{dates, t};

/// The page.
pub(crate) fn invite(us: SpaceId) -> AnyView {
    let session = use_session();
    let shown = session.us(us);
    let members = Signal::derive(move || shown.get().map(|us| us.members).unwrap_or_default());
    let name = move || shown.get().map(|us| us.name).unwrap_or_default();
    let invitations = Memo::new(move |_| session.invitations(us));
    let act = Act::new();
    let make = move || {
        act.run(async move {
            session
                .client()
                .invite(us)
                .await
                .map(|_| ())
                .map_err(reasons::invite)
        });
    };
    let none = move || invitations.with(Vec::is_empty);
    let start = move || {
        none().then(|| {
            view! {
                <div class="empty">
                    {drawing(Side::Us)}
                    <p>{t!("invite-lead")}</p>
                </div>
            }
        })
    };
    let list = move || {
        invitations
            .get()
            .into_iter()
            .map(|sent| one(us, sent))
            .collect_view()
    };
    let label = move || {
        if none() {
            t!("invite-make")
        } else {
            t!("invite-another")
        }
    };
    let button = move || {
        let class = if none() { "" } else { "second" };
        view! { <ActButton label=label() doing=t!("invite-making") act=act class=class on_act=make/> }
    };
    view! {
        <Page
            title=Signal::derive(move || t!("invite-title", us = name()))
            tab=t!("invite-tab")
            back=(us_path(us, ""), t!("back-us"))
        >
            <SheetUs members=members>
                {start}
                {list}
                <WhatIsWrong act=act/>
                <div class="acts">{button}</div>
                <p class="small quiet">{t!("invite-how")}</p>
            </SheetUs>
        </Page>
    }
    .into_any()
}

fn one(us: SpaceId, sent: SentInvitation) -> AnyView {
    match &sent.state {
        SentState::Knocking { name, words } => knocking(us, &sent, name.clone(), words),
        SentState::Expired => {
            let session = use_session();
            let id = sent.id;
            let act = Act::new();
            let clear = move || {
                act.run(async move { session.client().take_back(id).await.map_err(reasons::invite) });
            };
            view! {
                <section class="stack">
                    <h2>{t!("invite-expired")}</h2>
                    <p>{t!("invite-expired-words")}</p>
                    <WhatIsWrong act=act/>
                    <ActButton label=t!("invite-clear") doing=t!("doing") act=act class="plain" on_act=clear/>
                </section>
            }
            .into_any()
        }
        SentState::Open => open(&sent),
    }
}

fn open(sent: &SentInvitation) -> AnyView {
    let session = use_session();
    let origin = window().location().origin().unwrap_or_default();
    let link = format!("{origin}/join#{}", sent.fragment);
    let act = Act::new();
    let id = sent.id;
    let take_back = move || {
        act.run(async move { session.client().take_back(id).await.map_err(reasons::invite) });
    };
    let told = RwSignal::new(String::new());
    let copied = link.clone();
    let copy = move |_| {
        let clipboard = window().navigator().clipboard();
        let promise = clipboard.write_text(&copied);
        spawn_local(async move {
            let done = JsFuture::from(promise).await.is_ok();
            let _ = told.try_set(if done {
                t!("invite-copied")
            } else {
                t!("invite-not-copied")
            });
        });
    };
    let shared = link.clone();
    let share = can_share().then(|| {
        view! {
            <button type="button" class="button second" on:click=move |_| share_link(&shared)>{t!("invite-share")}</button>
        }
    });
    view! {
        <section class="stack">
            <h2>{t!("invite-ready")}</h2>
            <p>{t!("invite-until", until = dates::moment(sent.expires_ms))}</p>
            <p class="link-text" data-testid="invitation-link" translate="no">{link.clone()}</p>
            <div class="acts">
                <button type="button" class="button" on:click=copy>{t!("invite-copy")}</button>
                {share}
            </div>
            <p role="status" class="small">{move || told.get()}</p>
            {qr(&link, t!("invite-qr"))}
            <p class="small quiet">{t!("invite-once")}</p>
            <WhatIsWrong act=act/>
            <ActButton label=t!("invite-take-back") doing=t!("doing") act=act class="plain" on_act=take_back/>
        </section>
    }
    .into_any()
}

fn knocking(us: SpaceId, sent: &SentInvitation, name: String, words: &[&'static str; 5]) -> AnyView {
    let session = use_session();
    let id = sent.id;
    let (in_act, out_act) = (Act::new(), Act::new());
    let go = crate::app::instead();
    let admit = move || {
        let go = go.clone();
        in_act.run(async move {
            session.client().admit(id).await.map_err(reasons::invite)?;
            go(&us_path(us, ""));
            Ok(())
        });
    };
    let turn_away = move || {
        out_act.run(async move { session.client().turn_away(id).await.map_err(reasons::invite) });
    };
    view! {
        <section class="stack" role="status">
            <h2>{t!("knock-title", name = name.clone())}</h2>
            <p>{t!("knock-compare", name = name.clone())}</p>
            {compare_words(words)}
            <p class="small quiet">{t!("knock-differ", name = name.clone())}</p>
            <WhatIsWrong act=in_act/>
            <WhatIsWrong act=out_act/>
            <div class="acts">
                <ActButton label=t!("knock-admit", name = name.clone()) doing=t!("knock-admitting") act=in_act on_act=admit/>
                <ActButton label=t!("knock-turn-away") doing=t!("doing") act=out_act class="second" on_act=turn_away/>
            </div>
        </section>
    }
    .into_any()
}

fn can_share() -> bool {
    platform::property(&window().navigator(), "share").is_some()
}

fn share_link(link: &str) {
    let data = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&data, &"url".into(), &JsValue::from_str(link));
    // Closing the system's sheet without choosing rejects the promise: that is an answer, and no trouble.
    if let Ok(promise) = platform::call(&window().navigator(), "share", &[data.into()]) {
        spawn_local(async move {
            let _ = JsFuture::from(promise.unchecked_into::<js_sys::Promise>()).await;
        });
    }
}
