//! What this is, in one screen.

use leptos::prelude::*;

use crate::platform::kept::{self, Setting};
use crate::session::use_session;
use crate::t;
use crate::ui::mark::arch;

/// The landing page.
#[component]
pub(crate) fn Landing() -> impl IntoView {
    let session = use_session();
    document().set_title(&t!("name"));
    let gone = kept::get(Setting::Opened).is_some().then(|| {
        view! {
            <div class="trouble">
                <p><strong>{t!("evicted-title")}</strong></p>
                <p>{t!("evicted-words")}</p>
            </div>
        }
    });
    let invited = move || session.invitation().is_some();
    view! {
        <div class="landing">
            <div class="say">
                {gone}
                <h1 tabindex="-1">{t!("landing-title")}</h1>
                <p class="lead">{t!("landing-lead")}</p>
                <div class="acts">
                    <a class="button" href="/start">{t!("landing-start")}</a>
                    <a class="button second" href="/signin">{t!("landing-signin")}</a>
                    <a class="button plain" href="/join">
                        {move || if invited() { t!("landing-invited-go-on") } else { t!("landing-invited") }}
                    </a>
                </div>
            </div>
            {arch()}
            <ul class="promises" role="list">
                <li><strong>{t!("promise-whole")}</strong>{t!("promise-whole-words")}</li>
                <li><strong>{t!("promise-charge")}</strong>{t!("promise-charge-words")}</li>
                <li><strong>{t!("promise-private")}</strong>{t!("promise-private-words")}</li>
            </ul>
        </div>
    }
}
