//! Following an invitation: whom it is from, knocking, comparing, being let in. Without an account one is made first, and the
//! invitation waits in memory.

use alongside_replica::{Joining, LookError, NetError, Preview, Standing};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::kind_name;
use crate::app::{instead, us_path};
use crate::features::account::Unlock;
use crate::session::use_session;
use crate::ui::field::Field;
use crate::ui::page::Page;
use crate::ui::reasons;
use crate::ui::sheet::{Sheet, SheetUs};
use crate::ui::submit::{Act, ActButton, Submit, WhatIsWrong};
use crate::ui::wordlist::compare_words;
use crate::{dates, t};

/// The page.
#[component]
pub(crate) fn Join() -> impl IntoView {
    let session = use_session();
    let standing = Memo::new(move |_| session.standing());
    let fragment = Memo::new(move |_| session.invitation());
    follow_into_the_us();
    let joinings = Memo::new(move |_| session.joinings());
    move || match (standing.get(), fragment.get()) {
        (Standing::Locked { handle }, _) => view! { <Unlock handle=handle/> }.into_any(),
        (_, Some(fragment)) => view! { <Followed fragment=fragment/> }.into_any(),
        (Standing::Open, None) if !joinings.with(Vec::is_empty) => {
            let cards = move || joinings.get().into_iter().map(waiting_card).collect_view();
            view! {
                <Page title=t!("join-waiting-title") tab=t!("join-tab")>{cards}</Page>
            }
            .into_any()
        }
        (_, None) => view! { <Paste/> }.into_any(),
    }
}

/// Once let in, one is in.
fn follow_into_the_us() {
    let session = use_session();
    let go = instead();
    let known = StoredValue::new(None::<Vec<alongside_core::id::SpaceId>>);
    Effect::new(move |_| {
        if !session.is_open() {
            return;
        }
        let now: Vec<_> = session.spaces().iter().map(|us| us.id).collect();
        let before = known.get_value();
        known.set_value(Some(now.clone()));
        if let Some(before) = before
            && let Some(new) = now.iter().find(|us| !before.contains(us))
        {
            go(&us_path(*new, ""));
        }
    });
}

#[component]
fn Followed(fragment: String) -> impl IntoView {
    let session = use_session();
    let found = RwSignal::new(None::<Result<Preview, LookError>>);
    let sought = fragment.clone();
    let look = move || {
        let fragment = sought.clone();
        found.set(None);
        spawn_local(async move {
            let preview = session.client().look_at_invitation(&fragment).await;
            let _ = found.try_set(Some(preview));
        });
    };
    look();
    let body = move || match found.get() {
        None => view! { <Sheet><p role="status">{t!("join-looking")}</p></Sheet> }.into_any(),
        Some(Ok(preview)) => view! { <Previewed fragment=fragment.clone() preview=preview/> }.into_any(),
        Some(Err(error)) => {
            let again = matches!(
                error,
                LookError::Net(NetError::Unreachable | NetError::SlowDown { .. })
            );
            let look = look.clone();
            let retry = again.then(|| {
                view! { <button type="button" class="button" on:click=move |_| look()>{t!("try-again")}</button> }
            });
            view! {
                <Sheet>
                    <div class="trouble" role="alert"><p>{reasons::look(error)}</p></div>
                    <div class="acts">
                        {retry}
                        <a class="button second" href="/" on:click=move |_| session.set_invitation(None)>{t!("join-drop")}</a>
                    </div>
                </Sheet>
            }
            .into_any()
        }
    };
    let title = Signal::derive(move || match found.get() {
        Some(Ok(preview)) => t!("join-title", from = preview.from),
        Some(Err(_)) | None => t!("join-title-plain"),
    });
    view! { <Page title=title tab=t!("join-tab")>{body}</Page> }
}

#[component]
fn Previewed(fragment: String, preview: Preview) -> impl IntoView {
    let session = use_session();
    let open = session.standing_now() == Standing::Open;
    let lead = t!(
        "join-lead",
        from = preview.from.clone(),
        kind = kind_name(preview.kind)
    );
    let until = t!("join-until", until = dates::moment(preview.expires_ms));
    let act = Act::new();
    let mine = session.view_me(|me, context| {
        alongside_core::members::my_default_name(me, context.me)
            .cloned()
            .unwrap_or_default()
    });
    let name = RwSignal::new(mine.get_untracked().unwrap_or_default());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let fragment = fragment.clone();
        let called = name.get_untracked();
        act.run(async move {
            match alongside_core::text::NAME.clean(&called) {
                Ok(Some(called)) => {
                    session
                        .client()
                        .claim(&fragment, &called)
                        .await
                        .map_err(reasons::look)?;
                    session.set_invitation(None);
                    Ok(())
                }
                Ok(None) => Err(t!("members-name-missing")),
                Err(long) => Err(t!("text-too-long", chars = long.chars, max = long.max)),
            }
        });
    };
    let go_on = if open {
        view! {
            <form class="stack-wide" on:submit=submit>
                <Field label=t!("join-name") hint=t!("join-name-hint") value=name/>
                <Submit label=t!("join-knock") doing=t!("join-knocking") act=act>
                    <a class="button plain" href="/" on:click=move |_| session.set_invitation(None)>{t!("join-not-now")}</a>
                </Submit>
            </form>
        }
        .into_any()
    } else {
        view! {
            <p>{t!("join-account-first")}</p>
            <div class="acts">
                <a class="button" href="/start">{t!("landing-start")}</a>
                <a class="button second" href="/signin">{t!("landing-signin")}</a>
            </div>
        }
        .into_any()
    };
    view! {
        <SheetUs members=Vec::new()>
            <p class="lead">{lead}</p>
            <p>{t!("join-what")}</p>
            <p class="small quiet">{until}</p>
            {go_on}
        </SheetUs>
    }
}

/// A place where I wait to be let in, with the words to compare.
pub(crate) fn waiting_card(joining: Joining) -> AnyView {
    let session = use_session();
    let id = joining.id;
    let act = Act::new();
    let forget = move || {
        act.run(async move {
            session
                .client()
                .forget_joining(id)
                .await
                .map_err(reasons::dispatch)
        });
    };
    if joining.closed {
        return view! {
            <Sheet>
                <h2>{t!("join-closed-title")}</h2>
                <p>{t!("join-closed", from = joining.from)}</p>
                <WhatIsWrong act=act/>
                <ActButton label=t!("join-forget") doing=t!("doing") act=act class="second" on_act=forget/>
            </Sheet>
        }
        .into_any();
    }
    let from = joining.from.clone();
    view! {
        <SheetUs members=Vec::new()>
            <h2>{t!("join-compare-title", from = from.clone())}</h2>
            <p>{t!("join-compare", from = from.clone())}</p>
            {compare_words(&joining.words)}
            <p class="small quiet">{t!("join-compare-then", from = from)}</p>
            <WhatIsWrong act=act/>
            <ActButton label=t!("join-forget") doing=t!("doing") act=act class="plain" on_act=forget/>
        </SheetUs>
    }
    .into_any()
}

/// Where an installed client does not get the link by itself: it can be pasted.
#[component]
fn Paste() -> impl IntoView {
    let session = use_session();
    let link = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let act = Act::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let fragment = link
            .get_untracked()
            .split_once('#')
            .map(|(_, fragment)| fragment.trim().to_owned())
            .filter(|fragment| !fragment.is_empty());
        match fragment {
            Some(fragment) => session.set_invitation(Some(fragment)),
            None => wrong.set(Some(t!("look-not-a-link"))),
        }
    };
    view! {
        <Page title=t!("join-title-plain") tab=t!("join-tab") back=("/".to_owned(), t!("back-start"))>
            <Sheet>
                <p>{t!("join-paste-lead")}</p>
                <form class="stack" on:submit=submit>
                    <Field label=t!("join-link") value=link wrong=wrong exact=true/>
                    <Submit label=t!("join-open-link") doing=t!("doing") act=act/>
                </form>
            </Sheet>
        </Page>
    }
}
