//! Making an account: handle and passphrase, the account words, three of them asked, the recovery sheet.

use leptos::prelude::*;

use super::sheets::{Confirm, SheetOf, WordSheet};
use crate::platform::kept;
use crate::platform::strength::holds;
use crate::session::use_session;
use crate::t;
use crate::ui::field::Field;
use crate::ui::page::Page;
use crate::ui::passphrase::Passphrase;
use crate::ui::reasons::{self, Place};
use crate::ui::sheet::Sheet;
use crate::ui::submit::{Act, ActButton, Submit, WhatIsWrong};

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Name,
    Words(Vec<&'static str>),
    Confirm(Vec<&'static str>),
    Recovery,
    RecoveryWords(Vec<&'static str>),
    Done,
}

impl Step {
    const ALL: usize = 4;

    fn number(&self) -> usize {
        match self {
            Self::Name => 1,
            Self::Words(_) => 2,
            Self::Confirm(_) => 3,
            Self::Recovery | Self::RecoveryWords(_) | Self::Done => 4,
        }
    }

    fn title(&self) -> String {
        match self {
            Self::Name => t!("start-title"),
            Self::Words(_) => t!("start-words-title"),
            Self::Confirm(_) => t!("start-confirm-title"),
            Self::Recovery | Self::RecoveryWords(_) => t!("start-recovery-title"),
            Self::Done => t!("start-done-title"),
        }
    }
}

/// The page.
#[component]
pub(crate) fn Start() -> impl IntoView {
    let session = use_session();
    let step = RwSignal::new(Step::Name);
    let bars = move || {
        let number = step.with(Step::number);
        let bars = (1..=Step::ALL)
            .map(|at| view! { <li class:done=at <= number></li> })
            .collect_view();
        view! {
            <div class="progress">
                <ol class="steps" role="list" aria-hidden="true">{bars}</ol>
                <p class="said-only">{t!("start-step", number = number, of = Step::ALL)}</p>
            </div>
        }
    };
    let body = move || match step.get() {
        Step::Name => view! { <Name step=step/> }.into_any(),
        Step::Words(words) => {
            let (shown, asked) = (words.clone(), words);
            let handle = session.client().handle().unwrap_or_default();
            view! {
                <p>{t!("start-words-lead")}</p>
                <WordSheet of=SheetOf::Account words=shown handle=handle/>
                <div class="acts screen-only">
                    <button type="button" class="button" on:click=move |_| step.set(Step::Confirm(asked.clone()))>
                        {t!("start-words-kept")}
                    </button>
                </div>
            }
            .into_any()
        }
        Step::Confirm(words) => {
            let again = words.clone();
            view! {
                <Confirm
                    words=words
                    done=Callback::new(move |()| step.set(Step::Recovery))
                    again=Callback::new(move |()| step.set(Step::Words(again.clone())))
                />
            }
            .into_any()
        }
        Step::Recovery => view! { <Offer step=step/> }.into_any(),
        Step::RecoveryWords(words) => {
            let handle = session.client().handle().unwrap_or_default();
            view! {
                <WordSheet of=SheetOf::Recovery words=words handle=handle/>
                <div class="acts screen-only">
                    <button type="button" class="button" on:click=move |_| step.set(Step::Done)>
                        {t!("start-recovery-kept")}
                    </button>
                </div>
            }
            .into_any()
        }
        Step::Done => view! { <Done/> }.into_any(),
    };
    // A step is a page of its own to who hears it: its heading takes the focus.
    move || {
        let title = step.with(Step::title);
        view! {
            <Page title=title tab=t!("start-tab") keeps_focus=step.with(|step| matches!(step, Step::Name | Step::Confirm(_)))>
                <Sheet>
                    {bars}
                    {body}
                </Sheet>
            </Page>
        }
    }
}

#[component]
fn Name(step: RwSignal<Step>) -> impl IntoView {
    let session = use_session();
    let (handle, name, passphrase) = (
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
    );
    let (handle_wrong, name_wrong, passphrase_wrong) = (
        RwSignal::new(None::<String>),
        RwSignal::new(None::<String>),
        RwSignal::new(None::<String>),
    );
    let act = Act::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (typed, called, secret) = (
            handle.get_untracked().trim().to_lowercase(),
            name.get_untracked().trim().to_owned(),
            passphrase.get_untracked(),
        );
        handle_wrong.set(typed.is_empty().then(|| t!("handle-bad")));
        let named = match alongside_core::text::NAME.clean(&called) {
            Ok(Some(_)) => None,
            Ok(None) => Some(t!("members-name-missing")),
            Err(long) => Some(t!("text-too-long", chars = long.chars, max = long.max)),
        };
        // One thing at a time: the first that is wrong takes the focus.
        let first = !typed.is_empty();
        let missing_name = named.filter(|_| first);
        let sound = first && missing_name.is_none();
        name_wrong.set(missing_name);
        passphrase_wrong.set(None);
        if !sound {
            return;
        }
        act.run(async move {
            if !holds(&secret, &[&typed, &called]).await {
                let _ = passphrase_wrong.try_set(Some(t!("passphrase-weak")));
                return Ok(());
            }
            session.stand_in_line().await;
            match session.client().make_account(&typed, &secret, &called).await {
                Ok(words) => {
                    kept::ask_to_stay().await;
                    let _ = passphrase.try_set(String::new());
                    let _ = step.try_set(Step::Words(words));
                    Ok(())
                }
                Err(error) => match reasons::make_account(error) {
                    (Place::Handle, words) => {
                        let _ = handle_wrong.try_set(Some(words));
                        Ok(())
                    }
                    (_, words) => Err(words),
                },
            }
        });
    };
    view! {
        <form class="stack-wide" on:submit=submit>
            <Field
                label=t!("handle")
                hint=t!("handle-hint")
                value=handle
                wrong=handle_wrong
                autocomplete="username"
                exact=true
                first=true
            />
            <Field label=t!("my-name") hint=t!("my-name-hint") value=name wrong=name_wrong/>
            <Passphrase
                label=t!("passphrase")
                hint=t!("passphrase-new-hint")
                value=passphrase
                wrong=passphrase_wrong
                known=handle
                new=true
            />
            <Submit label=t!("start-make") doing=t!("start-making") act=act/>
        </form>
        <p class="small quiet"><a href="/signin">{t!("start-have-one")}</a></p>
    }
}

#[component]
fn Offer(step: RwSignal<Step>) -> impl IntoView {
    let session = use_session();
    let act = Act::new();
    let make = move || {
        act.run(async move {
            match session.client().make_recovery_words().await {
                Ok(words) => {
                    let _ = step.try_set(Step::RecoveryWords(words));
                    Ok(())
                }
                Err(error) => Err(reasons::vault(error).1),
            }
        });
    };
    view! {
        <div class="stack">
            <p>{t!("recovery-what")}</p>
            <p>{t!("recovery-where-not")}</p>
        </div>
        <WhatIsWrong act=act/>
        <div class="acts">
            <ActButton label=t!("recovery-make") doing=t!("recovery-making") act=act on_act=make/>
            <button type="button" class="button second" on:click=move |_| step.set(Step::Done)>
                {t!("recovery-later")}
            </button>
        </div>
    }
}

#[component]
fn Done() -> impl IntoView {
    let session = use_session();
    let invited = session.is_invited();
    if invited {
        view! {
            <p>{t!("start-done-invited")}</p>
            <div class="acts"><a class="button" href="/join">{t!("start-go-on-invitation")}</a></div>
        }
        .into_any()
    } else {
        view! {
            <p>{t!("start-done")}</p>
            <div class="acts">
                <a class="button" href="/today">{t!("start-go-on")}</a>
                <a class="button second" href="/us/new">{t!("us-new")}</a>
            </div>
        }
        .into_any()
    }
}
