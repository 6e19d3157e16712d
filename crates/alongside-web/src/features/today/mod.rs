//! Today: each Us with its check-in, then Me.

use alongside_core::checkin;
use alongside_core::id::SpaceId;
use leptos::prelude::*;

use crate::app::us_path;
use crate::features::checkin::state_words;
use crate::features::invitation::waiting_card;
use crate::session::use_session;
use crate::ui::audience::{Readers, audience};
use crate::ui::mark::{Side, drawing};
use crate::ui::page::Page;
use crate::ui::sheet::{SheetMe, SheetUs};
use crate::{dates, t};

/// The page.
#[component]
pub(crate) fn Today() -> impl IntoView {
    let session = use_session();
    let knocking = Memo::new(move |_| session.joinings());
    let waiting = move || knocking.get().into_iter().map(waiting_card).collect_view();
    let spaces = Memo::new(move |_| {
        session
            .spaces()
            .into_iter()
            .filter(|us| !us.left)
            .map(|us| us.id)
            .collect::<Vec<_>>()
    });
    let cards = move || spaces.get().into_iter().map(card).collect_view();
    let alone = move || {
        (spaces.with(Vec::is_empty) && knocking.with(Vec::is_empty)).then(|| {
            view! {
                <section class="sheet">
                    <div class="empty">
                        {drawing(Side::Us)}
                        <p>{t!("today-no-us")}</p>
                        <div class="acts">
                            <a class="button" href="/us/new">{t!("us-new")}</a>
                            <a class="button plain" href="/join">{t!("landing-invited")}</a>
                        </div>
                    </div>
                </section>
            }
        })
    };
    let mine = session.view_me(|me, context| checkin::today(me, None, context).mine.is_some());
    let noted = move || mine.get().unwrap_or_default();
    view! {
        <Page title=Signal::derive(move || dates::day(session.today())) tab=t!("nav-today") class="both-sides">
            {waiting}
            {cards}
            {alone}
            <SheetMe>
                <h2>{t!("me-alone-title")}</h2>
                {audience(&Readers::OnlyMe)}
                <p>{move || if noted() { t!("me-alone-noted") } else { t!("me-alone-lead") }}</p>
                <div class="acts">
                    <a class="button second" href="/me/checkin">
                        {move || if noted() { t!("checkin-change") } else { t!("me-alone-do") }}
                    </a>
                </div>
            </SheetMe>
        </Page>
    }
}

fn card(us: SpaceId) -> AnyView {
    let session = use_session();
    let shown = session.us(us);
    let members = Signal::derive(move || shown.get().map(|us| us.members).unwrap_or_default());
    let today = session.view_us(us, |me, us, context| checkin::today(me, Some(us), context));
    let knocks = Memo::new(move |_| {
        session
            .invitations(us)
            .iter()
            .any(|sent| matches!(sent.state, alongside_replica::SentState::Knocking { .. }))
    });
    let knock = move || {
        knocks.get().then(|| {
            view! {
                <div class="told" role="status">
                    <p>{t!("us-somebody-knocks")}</p>
                    <p><a href=us_path(us, "invite")>{t!("us-somebody-knocks-look")}</a></p>
                </div>
            }
        })
    };
    let body = move || match (today.get(), shown.get()) {
        (Some(today), Some(shown)) => {
            let words = state_words(&today, &shown);
            let act = if today.revealed.is_some() {
                view! { <a class="button" href=us_path(us, "")>{t!("checkin-read")}</a> }.into_any()
            } else if today.mine.is_some() {
                view! { <a class="button second" href=us_path(us, "checkin")>{t!("checkin-change")}</a> }
                    .into_any()
            } else {
                view! { <a class="button" href=us_path(us, "checkin")>{t!("checkin-do")}</a> }.into_any()
            };
            let invite = today.alone.then(|| {
                view! { <a class="button second" href=us_path(us, "invite")>{t!("us-invite")}</a> }
            });
            view! {
                <p>{words}</p>
                <div class="acts">{act}{invite}</div>
            }
            .into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <SheetUs members=members>
            <div class="title">
                <h2><a href=us_path(us, "")>{move || shown.get().map(|us| us.name)}</a></h2>
                <p class="quiet small">{move || shown.get().map(|us| who(&us))}</p>
            </div>
            {knock}
            {body}
        </SheetUs>
    }
    .into_any()
}

fn who(us: &crate::session::UsShown) -> String {
    if us.others_count() == 0 {
        t!("us-you-alone")
    } else {
        t!("us-you-and", others = us.others())
    }
}
