//! An answer of care to somebody's check-in: a word from a small set, or a sentence. None of them advises.

use alongside_core::checkin::{self, Care as Said, Command, Revealed};
use alongside_core::id::SpaceId;
use alongside_core::members::{Kind, MemberShown};
use alongside_core::root;
use leptos::prelude::*;

use super::wording::{word, words_for};
use crate::session::{called, use_session};
use crate::t;
use crate::ui::field::Field;
use crate::ui::reasons;
use crate::ui::submit::{Act, Submit, WhatIsWrong};

/// What was answered to a check-in, and where it is somebody else's, what I answer.
#[component]
pub(crate) fn Care(
    /// In which Us.
    us: SpaceId,
    /// What kind it is: the words follow it.
    kind: Option<Kind>,
    /// The check-in.
    one: Revealed,
    /// It is my own.
    mine: bool,
    /// Everyone.
    members: Vec<MemberShown>,
) -> impl IntoView {
    let session = use_session();
    let me = session.client().me();
    let given = one
        .care
        .iter()
        .find(|care| Some(care.author) == me)
        .and_then(|care| care.care.clone());
    let shown = one
        .care
        .iter()
        .filter(|care| mine || Some(care.author) != me)
        .filter_map(|care| {
            let member = members.iter().find(|member| member.person == care.author)?;
            let name = called(member);
            let words = match &care.care {
                Some(Said::Word(said)) => word(*said),
                Some(Said::Sentence(sentence)) => sentence.clone(),
                None => t!("care-taken-back"),
            };
            Some(view! {
                <p class=format!("care-shown of-{}", member.colour)>
                    <span class="small quiet">{t!("care-by", name = name)}</span>
                    <br/>
                    <span class="own-words" dir="auto">{words}</span>
                </p>
            })
        })
        .collect_view();
    let answer = (!mine).then(|| {
        let name = members
            .iter()
            .find(|member| member.person == one.author)
            .map(called)
            .unwrap_or_default();
        view! { <Answer us=us kind=kind to=one.entry name=name given=given/> }
    });
    view! { <div class="care">{shown}{answer}</div> }
}

#[component]
fn Answer(
    us: SpaceId,
    kind: Option<Kind>,
    to: alongside_core::id::EntryId,
    name: String,
    given: Option<Said>,
) -> impl IntoView {
    let session = use_session();
    let act = Act::new();
    let say = move |command: Command| {
        act.run(async move {
            session
                .dispatch(vec![(us, root::Command::CheckIn(command))])
                .await
                .map_err(reasons::dispatch)
        });
    };
    let given_word = match &given {
        Some(Said::Word(word)) => Some(*word),
        Some(Said::Sentence(_)) | None => None,
    };
    let chips = words_for(kind)
        .map(|one| {
            let on = given_word == Some(one);
            view! {
                <button
                    type="button"
                    class="chip"
                    aria-pressed=on.to_string()
                    on:click=move |_| {
                        say(if on { Command::WithdrawCare { to } } else { Command::Care { to, care: Said::Word(one) } });
                    }
                >
                    {word(one)}
                </button>
            }
        })
        .collect_view();
    let mine = match &given {
        Some(Said::Sentence(sentence)) => Some(view! {
            <p class="care-shown">
                <span class="small quiet">{t!("care-by-me")}</span>
                <br/>
                <span class="own-words" dir="auto">{sentence.clone()}</span>
            </p>
            <button type="button" class="button plain small" on:click=move |_| say(Command::WithdrawCare { to })>
                {t!("care-take-back")}
            </button>
        }),
        Some(Said::Word(_)) | None => None,
    };
    let sentence = RwSignal::new(String::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        say(checkin::Command::Care {
            to,
            care: Said::Sentence(sentence.get_untracked()),
        });
    };
    let group = t!("care-group", name = name.clone());
    view! {
        <div class="care">
            {mine}
            <p class="small quiet">{t!("care-lead", name = name)}</p>
            <div class="care-words" role="group" aria-label=group>{chips}</div>
            <details class="fold">
                <summary>{t!("care-own-words")}</summary>
                <form class="stack" on:submit=send autocomplete="off">
                    <Field label=t!("care-sentence") value=sentence long=true/>
                    <Submit label=t!("care-send") doing=t!("doing") act=act/>
                </form>
            </details>
            <WhatIsWrong act=act/>
        </div>
    }
}
