//! Unlocking: the passphrase opens what lies on this device, with or without a network.

use leptos::prelude::*;

use crate::session::use_session;
use crate::t;
use crate::ui::page::Page;
use crate::ui::passphrase::Passphrase;
use crate::ui::reasons::{self, Place};
use crate::ui::sheet::Sheet;
use crate::ui::submit::{Act, Submit};

/// The page; it stands in place of whichever page was asked for, which then follows.
#[component]
pub(crate) fn Unlock(
    /// Whose device it is.
    handle: String,
) -> impl IntoView {
    let session = use_session();
    let passphrase = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let act = Act::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let typed = passphrase.get_untracked();
        act.run(async move {
            session.stand_in_line().await;
            match session.client().unlock(&typed).await {
                Ok(()) => Ok(()),
                Err(error) => match reasons::unlock(error) {
                    (Place::Passphrase, words) => {
                        let _ = wrong.try_set(Some(words));
                        Ok(())
                    }
                    (_, words) => Err(words),
                },
            }
        });
    };
    view! {
        <Page title=t!("unlock-title") tab=t!("unlock-tab") keeps_focus=true>
            <Sheet>
                <p class="quiet">{t!("unlock-handle", handle = handle)}</p>
                <form class="stack" on:submit=submit>
                    <Passphrase label=t!("passphrase") value=passphrase wrong=wrong first=true/>
                    <Submit label=t!("unlock-do") doing=t!("unlock-doing") act=act/>
                </form>
                <p class="small quiet"><a href="/recover">{t!("unlock-forgot")}</a></p>
            </Sheet>
        </Page>
    }
}
