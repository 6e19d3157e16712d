//! What I call an Us and how I am called in it; and leaving it, at once and alone.

use alongside_core::id::SpaceId;
use alongside_core::members;
use alongside_core::root::Command;
use leptos::prelude::*;

use crate::app::{instead, us_path};
use crate::session::use_session;
use crate::t;
use crate::ui::audience::{Readers, audience};
use crate::ui::field::Field;
use crate::ui::page::Page;
use crate::ui::reasons;
use crate::ui::sheet::{SheetMe, SheetUs};
use crate::ui::submit::{Act, ActButton, Submit, WhatIsWrong};

/// The page of names: the label is mine alone, my name is for those who are here.
pub(crate) fn names(us: SpaceId) -> AnyView {
    let session = use_session();
    let shown = session.us(us);
    let members_here = Signal::derive(move || shown.get().map(|us| us.members).unwrap_or_default());
    let before = shown.get_untracked();
    let my_name = before
        .as_ref()
        .and_then(|us| us.members.iter().find(|member| member.me)?.name.clone());
    let label = RwSignal::new(before.as_ref().map(|us| us.name.clone()).unwrap_or_default());
    let name = RwSignal::new(my_name.unwrap_or_default());
    let (label_act, name_act) = (Act::new(), Act::new());
    let (label_told, name_told) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let keep_label = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = members::Command::Label {
            us,
            label: label.get_untracked(),
        };
        label_act.run(async move {
            let me = session.client().me_space().ok_or_else(|| t!("dispatch-locked"))?;
            session
                .dispatch(vec![(me, Command::Members(command))])
                .await
                .map_err(reasons::dispatch)?;
            let _ = label_told.try_set(t!("kept"));
            Ok(())
        });
    };
    let keep_name = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = members::Command::Name {
            name: name.get_untracked(),
        };
        name_act.run(async move {
            session
                .dispatch(vec![(us, Command::Members(command))])
                .await
                .map_err(reasons::dispatch)?;
            let _ = name_told.try_set(t!("kept"));
            Ok(())
        });
    };
    let readers = move || shown.get().map(|us| audience(&Readers::Us(us)));
    view! {
        <Page title=t!("names-title") tab=t!("names-title") back=(us_path(us, ""), t!("back-us"))>
            <SheetMe>
                {audience(&Readers::OnlyMe)}
                <form class="stack" on:submit=keep_label>
                    <Field label=t!("names-label") hint=t!("names-label-hint") value=label/>
                    <Submit label=t!("keep") doing=t!("keeping") act=label_act/>
                    <p role="status" class="small">{move || label_told.get()}</p>
                </form>
            </SheetMe>
            <SheetUs members=members_here>
                {readers}
                <form class="stack" on:submit=keep_name>
                    <Field label=t!("names-mine") hint=t!("names-mine-hint") value=name/>
                    <Submit label=t!("keep") doing=t!("keeping") act=name_act/>
                    <p role="status" class="small">{move || name_told.get()}</p>
                </form>
            </SheetUs>
        </Page>
    }
    .into_any()
}

/// The page for leaving: what it does, and the one button.
pub(crate) fn leave(us: SpaceId) -> AnyView {
    let session = use_session();
    let shown = session.us(us);
    let members_here = Signal::derive(move || shown.get().map(|us| us.members).unwrap_or_default());
    let name = move || shown.get().map(|us| us.name).unwrap_or_default();
    let act = Act::new();
    let go = instead();
    let leave = move || {
        let go = go.clone();
        act.run(async move {
            session.client().leave(us).await.map_err(reasons::dispatch)?;
            go("/today");
            Ok(())
        });
    };
    view! {
        <Page
            title=Signal::derive(move || t!("leave-title", us = name()))
            tab=t!("leave-tab")
            back=(us_path(us, ""), t!("back-us"))
        >
            <SheetUs members=members_here>
                <p>{t!("leave-lead")}</p>
                <ul class="stack">
                    <li>{t!("leave-stays")}</li>
                    <li>{t!("leave-theirs")}</li>
                    <li>{t!("leave-keys")}</li>
                    <li>{t!("leave-back")}</li>
                </ul>
                <WhatIsWrong act=act/>
                <div class="acts">
                    <ActButton label=t!("leave-do") doing=t!("leave-doing") act=act class="final" on_act=leave/>
                    <a class="button plain" href=us_path(us, "")>{t!("leave-not")}</a>
                </div>
            </SheetUs>
        </Page>
    }
    .into_any()
}
