//! How often to check in: proposed by anybody, in force when everyone agrees.

use alongside_core::id::{EntryId, SpaceId};
use alongside_core::rhythm::{self, ProposalShown, Rhythm, Weekdays};
use alongside_core::root::Command;
use jiff::civil::Weekday;
use leptos::prelude::*;

use crate::app::us_path;
use crate::session::{Session, called, use_session};
use crate::ui::audience::{Readers, audience};
use crate::ui::choice::Choice;
use crate::ui::page::Page;
use crate::ui::reasons;
use crate::ui::sheet::SheetUs;
use crate::ui::submit::{Act, ActButton, Submit, WhatIsWrong};
use crate::{dates, i18n, t};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Daily,
    SomeDays,
    Weekly,
}

/// What a rhythm is, in words.
pub(crate) fn words(rhythm: Rhythm) -> String {
    match rhythm {
        Rhythm::Daily => t!("rhythm-daily"),
        Rhythm::SomeDays(days) => {
            let names: Vec<String> = days.iter().map(dates::weekday).collect();
            t!("rhythm-some-days", days = i18n::joined(&names))
        }
        Rhythm::Weekly(day) => t!("rhythm-weekly", day = dates::weekday(day)),
    }
}

/// The page.
pub(crate) fn page(us: SpaceId) -> AnyView {
    let session = use_session();
    let shown = session.us(us);
    let members = Signal::derive(move || shown.get().map(|us| us.members).unwrap_or_default());
    let state = session.view_us(us, |_, us, context| rhythm::view(us, context.me));
    let in_force = move || {
        state
            .get()
            .map(|state| t!("rhythm-in-force", rhythm = words(state.in_force)))
    };
    let proposals = move || {
        state.get().map(|state| {
            state
                .proposals
                .into_iter()
                .map(|one| proposal(us, one))
                .collect_view()
        })
    };
    let agreed = move || {
        state
            .get()
            .and_then(|state| state.in_force_by)
            .map(|entry| withdraw_line(us, entry))
    };
    let readers = move || shown.get().map(|us| audience(&Readers::Us(us)));
    view! {
        <Page title=t!("rhythm-title") tab=t!("rhythm-title") back=(us_path(us, ""), t!("back-us"))>
            <SheetUs members=members>
                {readers}
                <p class="lead">{in_force}</p>
                <p class="quiet">{t!("rhythm-day-is-a-day")}</p>
                {agreed}
                {proposals}
                <hr/>
                <Propose us=us/>
            </SheetUs>
        </Page>
    }
    .into_any()
}

fn say(session: Session, us: SpaceId, act: Act, command: rhythm::Command) {
    act.run(async move {
        session
            .dispatch(vec![(us, Command::Rhythm(command))])
            .await
            .map_err(reasons::dispatch)
    });
}

fn withdraw_line(us: SpaceId, entry: EntryId) -> AnyView {
    let act = Act::new();
    let session = use_session();
    let withdraw = move || say(session, us, act, rhythm::Command::Withdraw { proposal: entry });
    view! {
        <WhatIsWrong act=act/>
        <ActButton label=t!("rhythm-withdraw") doing=t!("doing") act=act class="plain" on_act=withdraw/>
    }
    .into_any()
}

fn proposal(us: SpaceId, one: ProposalShown) -> AnyView {
    let session = use_session();
    let act = Act::new();
    let shown = session.us(us);
    let by = shown
        .get_untracked()
        .and_then(|us| {
            us.members
                .iter()
                .find(|member| member.person == one.by)
                .map(called)
        })
        .unwrap_or_default();
    let title = if one.mine {
        t!("rhythm-you-propose", rhythm = words(one.rhythm))
    } else {
        t!("rhythm-proposes", name = by, rhythm = words(one.rhythm))
    };
    let (label, class, command) = if one.i_agreed {
        let label = if one.mine {
            t!("rhythm-take-back")
        } else {
            t!("rhythm-withdraw")
        };
        (label, "plain", rhythm::Command::Withdraw { proposal: one.entry })
    } else {
        (
            t!("rhythm-agree"),
            "",
            rhythm::Command::Agree { proposal: one.entry },
        )
    };
    let on_act = move || say(session, us, act, command.clone());
    view! {
        <div class="told">
            <p>{title}</p>
            <p class="small">{t!("rhythm-all-agree")}</p>
            <WhatIsWrong act=act/>
            <ActButton label=label doing=t!("doing") act=act class=class on_act=on_act/>
        </div>
    }
    .into_any()
}

#[component]
fn Propose(us: SpaceId) -> impl IntoView {
    let session = use_session();
    let how = RwSignal::new(None::<How>);
    let days = RwSignal::new(Vec::<Weekday>::new());
    let day = RwSignal::new(Some(Weekday::Sunday));
    let act = Act::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let rhythm = match how.get_untracked() {
            None => {
                act.say(t!("rhythm-choose"));
                return;
            }
            Some(How::Daily) => Rhythm::Daily,
            Some(How::SomeDays) => Rhythm::SomeDays(days.get_untracked().into_iter().collect::<Weekdays>()),
            Some(How::Weekly) => Rhythm::Weekly(day.get_untracked().unwrap_or(Weekday::Sunday)),
        };
        act.run(async move {
            session
                .dispatch(vec![(us, Command::Rhythm(rhythm::Command::Propose { rhythm }))])
                .await
                .map_err(reasons::dispatch)
        });
    };
    let week = || Weekday::Monday.cycle_forward().take(7);
    let more = move || match how.get() {
        Some(How::SomeDays) => {
            let ticks = week()
                .map(|weekday| {
                    let checked = move || days.with(|days| days.contains(&weekday));
                    let toggle = move |_| {
                        days.update(|days| {
                            if let Some(at) = days.iter().position(|day| *day == weekday) {
                                days.remove(at);
                            } else {
                                days.push(weekday);
                            }
                        });
                    };
                    view! {
                        <label class="tick">
                            <input type="checkbox" autocomplete="off" prop:checked=checked on:change=toggle/>
                            <span>{dates::weekday(weekday)}</span>
                        </label>
                    }
                })
                .collect_view();
            view! { <fieldset><legend class="legend">{t!("rhythm-which-days")}</legend>{ticks}</fieldset> }
                .into_any()
        }
        Some(How::Weekly) => {
            let options = week()
                .map(|weekday| (weekday, dates::weekday(weekday), String::new()))
                .collect();
            view! { <Choice legend=t!("rhythm-which-day") options=options value=day/> }.into_any()
        }
        Some(How::Daily) | None => ().into_any(),
    };
    let options = vec![
        (How::Daily, t!("rhythm-how-daily"), String::new()),
        (How::SomeDays, t!("rhythm-how-some-days"), String::new()),
        (How::Weekly, t!("rhythm-how-weekly"), t!("rhythm-how-weekly-more")),
    ];
    view! {
        <form class="stack" on:submit=submit>
            <Choice legend=t!("rhythm-propose-legend") options=options value=how tall=true/>
            {more}
            <Submit label=t!("rhythm-propose") doing=t!("doing") act=act/>
        </form>
    }
}
