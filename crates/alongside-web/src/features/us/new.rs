//! Starting an Us: what kind, and what to call it.

use alongside_core::members::Kind;
use leptos::prelude::*;

use crate::app::{instead, us_path};
use crate::features::invitation::kind_name;
use crate::session::use_session;
use crate::t;
use crate::ui::choice::Choice;
use crate::ui::field::Field;
use crate::ui::page::Page;
use crate::ui::reasons;
use crate::ui::sheet::SheetUs;
use crate::ui::submit::{Act, Submit};

/// The page.
#[component]
pub(crate) fn New() -> impl IntoView {
    let session = use_session();
    let kind = RwSignal::new(None::<Kind>);
    let name = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let act = Act::new();
    let go = instead();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let Some(kind) = kind.get_untracked() else {
            act.say(t!("us-new-kind-missing"));
            return;
        };
        let cleaned = match alongside_core::text::NAME.clean(&name.get_untracked()) {
            Ok(Some(name)) => name,
            Ok(None) => {
                wrong.set(Some(t!("us-new-name-missing")));
                return;
            }
            Err(long) => {
                wrong.set(Some(t!("text-too-long", chars = long.chars, max = long.max)));
                return;
            }
        };
        let go = go.clone();
        act.run(async move {
            let us = session
                .client()
                .start_us(kind, &cleaned)
                .await
                .map_err(reasons::dispatch)?;
            go(&us_path(us, "invite"));
            Ok(())
        });
    };
    let more = |kind: Kind| match kind {
        Kind::Partner => t!("kind-partner-more"),
        Kind::Friend => t!("kind-friend-more"),
        Kind::Family => t!("kind-family-more"),
        Kind::Work => t!("kind-work-more"),
    };
    let options = Kind::ALL
        .into_iter()
        .map(|kind| (kind, kind_name(kind), more(kind)))
        .collect();
    view! {
        <Page title=t!("us-new-title") tab=t!("us-new-title") back=("/us".to_owned(), t!("back-us-all"))>
            <SheetUs members=Vec::new()>
                <p>{t!("us-new-lead")}</p>
                <form class="stack-wide" on:submit=submit>
                    <Choice legend=t!("us-new-kind") options=options value=kind tall=true/>
                    <Field label=t!("us-new-name") hint=t!("us-new-name-hint") value=name wrong=wrong/>
                    <Submit label=t!("us-new-do") doing=t!("us-new-doing") act=act/>
                </form>
            </SheetUs>
        </Page>
    }
}
