//! The client in the browser: Leptos pages over the replica's device.
//!
//! `session` alone holds the device; `platform` is the browser as the replica needs it; `ui` is what pages are made of;
//! `features` has a folder for each feature of the domain. All words are in `locales/`, through [`t!`].
#![allow(
    missing_docs,
    reason = "a program, not a library: what leptos generates has no place for docs"
)]
#![allow(
    unreachable_pub,
    reason = "leptos makes the properties of a component public, whatever the component is"
)]

mod app;
mod dates;
mod features;
mod i18n;
mod notes;
mod platform;
mod session;
mod ui;

use alongside_replica::Client;
use alongside_replica::ports::StoreError;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::platform::Browser;
use crate::platform::kept::{self, Setting};
use crate::session::{Fragments, Session};

fn main() {
    console_error_panic_hook::set_once();
    speak();
    // Before anything else can look at the address.
    let fragments = Fragments::take();
    #[cfg(debug_assertions)]
    if platform::conformance::is_asked_for() {
        spawn_local(platform::conformance::show());
        return;
    }
    spawn_local(async move {
        match open().await {
            Ok(client) => mount_to_body(move || {
                let session = Session::begin(client, fragments);
                provide_context(session);
                app::App()
            }),
            Err(fault) => mount_to_body(move || app::Closed(app::ClosedProps { fault })),
        }
    });
}

async fn open() -> Result<Client<Browser>, StoreError> {
    let client = Client::load(Browser::open().await?).await?;
    Ok(client)
}

/// Chooses the language, and tells the page.
fn speak() {
    let preferred: Vec<String> = window()
        .navigator()
        .languages()
        .iter()
        .filter_map(|tag| tag.as_string())
        .collect();
    let language = i18n::choose(kept::get(Setting::Language).as_deref(), &preferred);
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", language.tag);
        let _ = root.set_attribute("dir", if language.rtl { "rtl" } else { "ltr" });
    }
}
