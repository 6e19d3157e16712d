//! Both pages side by side before anything crosses from Me to Us: what stays, what goes, and who reads it.

use std::collections::BTreeSet;

use alongside_core::checkin::{self, Where};
use alongside_core::id::SpaceId;
use leptos::prelude::*;

use super::draft::Draft;
use super::leaves::answers_list;
use crate::app::{instead, us_path};
use crate::session::{UsShown, use_session};
use crate::t;
use crate::ui::audience::{Readers, audience};
use crate::ui::reasons;
use crate::ui::sheet::{SheetMe, SheetUs};
use crate::ui::submit::{Act, ActButton, WhatIsWrong};

/// The two pages.
#[component]
pub(crate) fn Review(
    /// For which Us.
    us: SpaceId,
    /// What was filled in.
    draft: Draft,
    /// The Us.
    shown: Memo<Option<UsShown>>,
    /// Nobody else is here yet.
    alone: Memo<bool>,
    /// Back to filling in.
    edit: Callback<()>,
) -> impl IntoView {
    let session = use_session();
    let answers = draft.answers();
    // With nobody else here there is nobody to share with: all of it stays.
    let shared = if alone.get_untracked() {
        BTreeSet::new()
    } else {
        draft.shared(&answers)
    };
    let crossing = answers.only(&shared);
    let kind = shown.get_untracked().map(|us| us.kind);
    let act = Act::new();
    let go = instead();
    let wishes_of = (answers.clone(), shared.clone());
    let put_in = move || {
        let go = go.clone();
        let (answers, shared) = wishes_of.clone();
        act.run(async move {
            let client = session.client();
            let me = client.me_space().ok_or_else(|| t!("dispatch-locked"))?;
            let context = client.context(us).ok_or_else(|| t!("dispatch-locked"))?;
            let wishes = checkin::plan(context.today, Some(us), &answers, &shared)
                .into_iter()
                .map(|(place, command)| match place {
                    Where::Me => (me, command),
                    Where::Us => (us, command),
                })
                .collect();
            session.dispatch(wishes).await.map_err(reasons::dispatch)?;
            go(&us_path(us, ""));
            Ok(())
        });
    };
    let nothing_shared = crossing.is_empty();
    let us_page = shown.get_untracked().filter(|_| !nothing_shared).map(|shown| {
        let members = shown.members.clone();
        view! {
            <SheetUs members=members>
                <h2 class="title">{t!("review-us")}</h2>
                {audience(&Readers::UsTogether(shown.clone()))}
                {answers_list(&crossing, None, kind)}
            </SheetUs>
        }
    });
    let me_page = view! {
        <SheetMe>
            <h2>{t!("review-me")}</h2>
            {audience(&Readers::OnlyMe)}
            <p class="small quiet">{t!("review-me-all")}</p>
            {answers_list(&answers, Some(&shared), kind)}
        </SheetMe>
    };
    let label = if nothing_shared {
        t!("keep-in-me")
    } else {
        t!("review-put-in")
    };
    view! {
        <div class="stack-wide">
            <div class="two-pages">{me_page}{us_page}</div>
            <WhatIsWrong act=act/>
            <div class="acts">
                <ActButton label=label doing=t!("keeping") act=act on_act=put_in/>
                <button type="button" class="button second" on:click=move |_| edit.run(())>{t!("review-edit")}</button>
            </div>
        </div>
    }
}
