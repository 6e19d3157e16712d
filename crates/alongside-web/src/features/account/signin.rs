//! Signing in on another device: handle, passphrase, and the account words, typed or scanned.

use alongside_replica::Client;
use leptos::prelude::*;

use crate::app::instead;
use crate::platform::{Browser, kept};
use crate::session::use_session;
use crate::t;
use crate::ui::field::Field;
use crate::ui::page::Page;
use crate::ui::passphrase::Passphrase;
use crate::ui::reasons::{self, Place};
use crate::ui::sheet::Sheet;
use crate::ui::submit::{Act, Submit};

/// The page.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let session = use_session();
    let link = session.take_link();
    let came_with_link = link.is_some();
    let code = link.as_deref().and_then(Client::<Browser>::read_link);
    let spoiled = came_with_link && code.is_none();
    let scanned = code.is_some();
    let (known_handle, known_words) = code.map(|code| (code.handle, code.words)).unwrap_or_default();
    let handle = RwSignal::new(known_handle);
    let words = RwSignal::new(known_words);
    let passphrase = RwSignal::new(String::new());
    let (handle_wrong, words_wrong, passphrase_wrong) = (
        RwSignal::new(None::<String>),
        RwSignal::new(None::<String>),
        RwSignal::new(None::<String>),
    );
    let act = Act::new();
    let go = instead();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        for wrong in [handle_wrong, words_wrong, passphrase_wrong] {
            wrong.set(None);
        }
        let go = go.clone();
        let (name, secret, typed) = (
            handle.get_untracked().trim().to_lowercase(),
            passphrase.get_untracked(),
            words.get_untracked(),
        );
        act.run(async move {
            session.stand_in_line().await;
            match session.client().sign_in(&name, &secret, &typed).await {
                Ok(()) => {
                    kept::ask_to_stay().await;
                    let on = session.is_invited();
                    go(if on { "/join" } else { "/" });
                    Ok(())
                }
                Err(error) => {
                    let (place, words) = reasons::sign_in(error);
                    let field = match place {
                        Place::Handle => handle_wrong,
                        Place::AccountWords => words_wrong,
                        Place::Passphrase => passphrase_wrong,
                        Place::RecoveryWords | Place::Form => return Err(words),
                    };
                    let _ = field.try_set(Some(words));
                    Ok(())
                }
            }
        });
    };
    let handle_field = (!scanned).then(|| {
        view! {
            <Field label=t!("handle") value=handle wrong=handle_wrong autocomplete="username" exact=true first=true/>
        }
    });
    let words_field = (!scanned).then(|| {
        view! {
            <Field
                label=t!("account-words")
                hint=t!("account-words-hint")
                value=words
                wrong=words_wrong
                long=true
                exact=true
            />
        }
    });
    let from_code = scanned.then(|| {
        view! { <div class="told"><p>{t!("signin-scanned", handle = handle.get_untracked())}</p></div> }
    });
    let spoiled = spoiled.then(|| view! { <div class="trouble"><p>{t!("signin-code-spoiled")}</p></div> });
    view! {
        <Page title=t!("signin-title") tab=t!("signin-title") back=("/".to_owned(), t!("back-start")) keeps_focus=true>
            <Sheet>
                {from_code}
                {spoiled}
                <form class="stack-wide" on:submit=submit>
                    {handle_field}
                    <Passphrase label=t!("passphrase") value=passphrase wrong=passphrase_wrong first=scanned/>
                    {words_field}
                    <Submit label=t!("signin-do") doing=t!("signin-doing") act=act/>
                </form>
                <div class="small quiet stack">
                    <p>{t!("signin-scan-hint")}</p>
                    <p><a href="/recover">{t!("signin-forgot")}</a></p>
                </div>
            </Sheet>
        </Page>
    }
}
