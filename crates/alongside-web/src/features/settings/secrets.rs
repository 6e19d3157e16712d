//! The recovery sheet, and a new passphrase.

use leptos::prelude::*;

use crate::features::account::sheets::{SheetOf, WordSheet};
use crate::platform::strength::holds;
use crate::session::use_session;
use crate::t;
use crate::ui::page::Page;
use crate::ui::passphrase::Passphrase;
use crate::ui::reasons::{self, Place};
use crate::ui::sheet::Sheet;
use crate::ui::submit::{Act, ActButton, Submit, WhatIsWrong};

/// The page of the recovery sheet.
#[component]
pub(crate) fn Recovery() -> impl IntoView {
    let session = use_session();
    let words = RwSignal::new(None::<Vec<&'static str>>);
    let had = session.client().has_recovery();
    let act = Act::new();
    let make = move || {
        act.run(async move {
            let made = session
                .client()
                .make_recovery_words()
                .await
                .map_err(|error| reasons::vault(error).1)?;
            let _ = words.try_set(Some(made));
            Ok(())
        });
    };
    let body = move || match words.get() {
        Some(words) => {
            let handle = session.client().handle().unwrap_or_default();
            view! { <WordSheet of=SheetOf::Recovery words=words handle=handle/> }.into_any()
        }
        None => {
            let have = had.then(|| view! { <p>{t!("recovery-have")}</p> });
            let label = if had {
                t!("recovery-make-new")
            } else {
                t!("recovery-make")
            };
            view! {
                <p>{t!("recovery-what")}</p>
                <p>{t!("recovery-where-not")}</p>
                {have}
                <WhatIsWrong act=act/>
                <div class="acts">
                    <ActButton label=label doing=t!("recovery-making") act=act on_act=make/>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <Page title=t!("recovery-title") tab=t!("recovery-title") back=("/more".to_owned(), t!("nav-more"))>
            <Sheet>{body}</Sheet>
        </Page>
    }
}

/// The page for a new passphrase.
#[component]
pub(crate) fn ChangePassphrase() -> impl IntoView {
    let session = use_session();
    let (old, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (old_wrong, new_wrong) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let done = RwSignal::new(false);
    let act = Act::new();
    let handle = session.client().handle().unwrap_or_default();
    let known = handle.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        old_wrong.set(None);
        new_wrong.set(None);
        let (before, after) = (old.get_untracked(), new.get_untracked());
        let known = known.clone();
        act.run(async move {
            if !holds(&after, &[&known]).await {
                let _ = new_wrong.try_set(Some(t!("passphrase-weak")));
                return Ok(());
            }
            match session.client().change_passphrase(&before, &after).await {
                Ok(()) => {
                    let _ = old.try_set(String::new());
                    let _ = new.try_set(String::new());
                    let _ = done.try_set(true);
                    Ok(())
                }
                Err(error) => match reasons::vault(error) {
                    (Place::Passphrase, words) => {
                        let _ = old_wrong.try_set(Some(words));
                        Ok(())
                    }
                    (_, words) => Err(words),
                },
            }
        });
    };
    let told = move || {
        done.get()
            .then(|| view! { <div class="told"><p>{t!("change-done")}</p></div> })
    };
    view! {
        <Page title=t!("change-title") tab=t!("change-title") back=("/more".to_owned(), t!("nav-more"))>
            <Sheet>
                <p>{t!("change-lead")}</p>
                <div role="status">{told}</div>
                <form class="stack-wide" on:submit=submit>
                    <Passphrase label=t!("passphrase-now") value=old wrong=old_wrong/>
                    <Passphrase
                        label=t!("passphrase-new")
                        hint=t!("passphrase-new-hint")
                        value=new
                        wrong=new_wrong
                        known=Signal::derive(move || handle.clone())
                        new=true
                    />
                    <Submit label=t!("change-do") doing=t!("change-doing") act=act/>
                </form>
            </Sheet>
        </Page>
    }
}
