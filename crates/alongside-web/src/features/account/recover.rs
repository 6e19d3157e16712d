//! The passphrase is forgotten: account words and recovery words together open the account, and give it a new one.

use leptos::prelude::*;

use crate::app::instead;
use crate::platform::kept;
use crate::platform::strength::holds;
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
pub(crate) fn Recover() -> impl IntoView {
    let session = use_session();
    let (handle, account, recovery, passphrase) = (
        RwSignal::new(session.client().handle().unwrap_or_default()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
    );
    let wrong = [(); 4].map(|()| RwSignal::new(None::<String>));
    let [handle_wrong, account_wrong, recovery_wrong, passphrase_wrong] = wrong;
    let act = Act::new();
    let go = instead();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        for field in wrong {
            field.set(None);
        }
        let secret = passphrase.get_untracked();
        let name = handle.get_untracked().trim().to_lowercase();
        let go = go.clone();
        let (account, recovery) = (account.get_untracked(), recovery.get_untracked());
        act.run(async move {
            if !holds(&secret, &[&name]).await {
                let _ = passphrase_wrong.try_set(Some(t!("passphrase-weak")));
                return Ok(());
            }
            session.stand_in_line().await;
            match session
                .client()
                .recover(&name, &account, &recovery, &secret)
                .await
            {
                Ok(()) => {
                    kept::ask_to_stay().await;
                    go("/");
                    Ok(())
                }
                Err(error) => {
                    let (place, words) = reasons::recover(error);
                    let field = match place {
                        Place::Handle => handle_wrong,
                        Place::AccountWords => account_wrong,
                        Place::RecoveryWords => recovery_wrong,
                        Place::Passphrase => passphrase_wrong,
                        Place::Form => return Err(words),
                    };
                    let _ = field.try_set(Some(words));
                    Ok(())
                }
            }
        });
    };
    view! {
        <Page title=t!("recover-title") tab=t!("recover-title") back=("/signin".to_owned(), t!("signin-title")) keeps_focus=true>
            <Sheet>
                <p>{t!("recover-lead")}</p>
                <form class="stack-wide" on:submit=submit>
                    <Field label=t!("handle") value=handle wrong=handle_wrong autocomplete="username" exact=true first=true/>
                    <Field
                        label=t!("account-words")
                        hint=t!("account-words-hint")
                        value=account
                        wrong=account_wrong
                        long=true
                        exact=true
                    />
                    <Field
                        label=t!("recovery-words")
                        hint=t!("recovery-words-hint")
                        value=recovery
                        wrong=recovery_wrong
                        long=true
                        exact=true
                    />
                    <Passphrase
                        label=t!("passphrase-new")
                        hint=t!("passphrase-new-hint")
                        value=passphrase
                        wrong=passphrase_wrong
                        known=handle
                        new=true
                    />
                    <Submit label=t!("recover-do") doing=t!("recover-doing") act=act/>
                </form>
                <p class="small quiet">{t!("recover-others-out")}</p>
            </Sheet>
        </Page>
    }
}
