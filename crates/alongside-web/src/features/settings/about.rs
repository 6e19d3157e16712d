//! Which build this is.

use leptos::prelude::*;

use crate::t;
use crate::ui::page::Page;
use crate::ui::sheet::Sheet;

/// The page.
#[component]
pub(crate) fn About() -> impl IntoView {
    let version = named("alongside-version").unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned());
    let build = named("alongside-build").unwrap_or_default();
    view! {
        <Page title=t!("about-title") tab=t!("about-title") back=("/".to_owned(), t!("back-start"))>
            <Sheet>
                <p>{t!("about-what")}</p>
                <p>{t!("about-licence")}</p>
                <dl class="answers about-build">
                    <div><dt>{t!("about-version")}</dt><dd>{version}</dd></div>
                    <div><dt>{t!("about-build")}</dt><dd><code>{build}</code></dd></div>
                </dl>
                <p class="small quiet">{t!("about-verify")}</p>
                <p class="small quiet">{t!("about-fonts")}</p>
            </Sheet>
        </Page>
    }
}

fn named(name: &str) -> Option<String> {
    document()
        .query_selector(&format!("meta[name={name}]"))
        .ok()
        .flatten()?
        .get_attribute("content")
        .filter(|content| !content.starts_with("{{"))
}
