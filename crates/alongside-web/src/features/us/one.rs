//! One Us: who is here, today's check-in, and what else there is.

use alongside_core::checkin;
use alongside_core::id::SpaceId;
use leptos::prelude::*;

use crate::app::us_path;
use crate::features::checkin::{revealed, state_words};
use crate::features::invitation::kind_name;
use crate::session::use_session;
use crate::t;
use crate::ui::audience::{Readers, audience};
use crate::ui::icon::{Icon, icon};
use crate::ui::page::Page;
use crate::ui::sheet::{SheetUs, member_chip};

/// The page.
pub(crate) fn one(us: SpaceId) -> AnyView {
    let session = use_session();
    let shown = session.us(us);
    let members = Signal::derive(move || shown.get().map(|us| us.members).unwrap_or_default());
    let left = Memo::new(move |_| session.spaces().iter().any(|info| info.id == us && info.left));
    let people = move || {
        let people = shown.get().map(|us| us.members).unwrap_or_default();
        people
            .iter()
            .filter(|member| member.here)
            .map(|member| view! { <li>{member_chip(member)}</li> })
            .collect_view()
    };
    let several = Memo::new(move |_| session.spaces().iter().filter(|info| !info.left).count() > 1);
    let switcher = move || several.get().then(|| view! { <Switcher us=us/> });
    let line = move || {
        shown
            .get()
            .map(|shown| view! { <div class="shared-line">{audience(&Readers::Us(shown))}</div> })
    };
    let knock = move || {
        let knocks = session
            .invitations(us)
            .iter()
            .any(|sent| matches!(sent.state, alongside_replica::SentState::Knocking { .. }));
        knocks.then(|| {
            view! {
                <div class="told" role="status">
                    <p>{t!("us-somebody-knocks")}</p>
                    <p><a href=us_path(us, "invite")>{t!("us-somebody-knocks-look")}</a></p>
                </div>
            }
        })
    };
    let links = move || {
        let mut links = vec![(
            us_path(us, "history"),
            t!("history-link"),
            t!("history-link-words"),
        )];
        if !left.get() {
            links.extend([
                (us_path(us, "rhythm"), t!("rhythm-link"), t!("rhythm-link-words")),
                (us_path(us, "invite"), t!("invite-link"), t!("invite-link-words")),
                (us_path(us, "names"), t!("names-link"), t!("names-link-words")),
                (us_path(us, "leave"), t!("leave-link"), t!("leave-link-words")),
            ]);
        }
        links
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
            .collect_view()
    };
    let day = move || {
        if left.get() {
            view! { <p>{t!("us-left-words")}</p> }.into_any()
        } else {
            view! { <Day us=us/> }.into_any()
        }
    };
    let kind = move || shown.get().map(|us| kind_name(us.kind));
    view! {
        {switcher}
        <Page title=Signal::derive(move || shown.get().map(|us| us.name).unwrap_or_default()) tab=t!("nav-us") class="with-aside">
            <SheetUs members=members>
                <div class="title">
                    <p class="quiet small">{kind}</p>
                    <ul class="row people" role="list">{people}</ul>
                </div>
                {line}
                {knock}
                {day}
            </SheetUs>
            <aside class="beside" aria-label=t!("us-more")>
                <ul class="list-links" role="list">{links}</ul>
            </aside>
        </Page>
    }
    .into_any()
}

/// Today's check-in: to be done, waiting, or everyone's at once.
#[component]
fn Day(us: SpaceId) -> impl IntoView {
    let session = use_session();
    let shown = session.us(us);
    let today = session.view_us(us, |me, us, context| checkin::today(me, Some(us), context));
    // Set while mine waits on this very page: the leaves turn when they come then, and not on every later visit.
    let waited = StoredValue::new(false);
    let is_revealed =
        Memo::new(move |_| today.with(|today| today.as_ref().is_some_and(|today| today.revealed.is_some())));
    let announce = RwSignal::new(String::new());
    Effect::new(move |_| {
        if is_revealed.get() && waited.get_value() {
            announce.set(t!("reveal-announce"));
        }
    });
    let body = move || {
        let (Some(today), Some(shown)) = (today.get(), shown.get()) else {
            return ().into_any();
        };
        match &today.revealed {
            Some(answers) => {
                let turns = waited.get_value();
                waited.set_value(false);
                revealed(us, answers, today.mine.as_ref(), turns, true)
            }
            None => {
                waited.set_value(today.mine.is_some());
                let words = state_words(&today, &shown);
                let act = if today.mine.is_some() {
                    view! { <a class="button second" href=us_path(us, "checkin")>{t!("checkin-change")}</a> }
                        .into_any()
                } else {
                    view! { <a class="button" href=us_path(us, "checkin")>{t!("checkin-do")}</a> }.into_any()
                };
                let invite = today.alone.then(
                    || view! { <a class="button second" href=us_path(us, "invite")>{t!("us-invite")}</a> },
                );
                view! {
                    <h2>{if today.period.is_week() { t!("day-this-week") } else { t!("day-today") }}</h2>
                    <p>{words}</p>
                    <div class="acts">{act}{invite}</div>
                }
                .into_any()
            }
        }
    };
    view! {
        <p role="status" class="said-only">{move || announce.get()}</p>
        <div class="stack">{body}</div>
    }
}

/// From one Us to another.
#[component]
fn Switcher(us: SpaceId) -> impl IntoView {
    let session = use_session();
    let items = move || {
        session
            .spaces()
            .into_iter()
            .filter(|info| !info.left)
            .map(|info| {
                let shown = session.us(info.id);
                view! {
                    <a href=us_path(info.id, "") aria-current=(info.id == us).then_some("page")>
                        {move || shown.get().map(|us| us.name)}
                    </a>
                }
            })
            .collect_view()
    };
    view! {
        <nav class="switcher" aria-label=t!("us-switch")>
            {items}
            <a href="/us/new">{t!("us-new-short")}</a>
        </nav>
    }
}
