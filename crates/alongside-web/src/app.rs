//! The frame around every page: the mark, the quick exit, the way about, and which page an address leads to.

use alongside_core::id::SpaceId;
use alongside_replica::Standing;
use alongside_replica::ports::StoreError;
use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::{Redirect, Route, Router, Routes};
use leptos_router::hooks::{use_location, use_navigate, use_params_map};
use leptos_router::path;

use crate::features::{
    account, checkin, help, history, invitation, me, members, rhythm, settings, today, us,
};
use crate::notes::Notes;
use crate::platform::clock;
use crate::session::use_session;
use crate::t;
use crate::ui::icon::{Icon, icon};
use crate::ui::mark::{Side, mark};
use crate::ui::page::Page;
use crate::ui::reasons;
use crate::ui::sheet::Sheet;

/// Two touches of Escape within this leave the page.
const TWICE_WITHIN_MS: i64 = 700;

/// The whole client.
#[component]
pub(crate) fn App() -> impl IntoView {
    leave_on_escape_twice();
    view! {
        <Router>
            <FollowLinks/>
            <Frame/>
        </Router>
    }
}

#[component]
fn Frame() -> impl IntoView {
    let session = use_session();
    let path = use_location().pathname;
    // Making an account is one way with one next step: nothing beside it.
    let open = move || session.is_open() && path.with(|path| path != "/start");
    let nav = move || open().then(|| view! { <Nav/> });
    view! {
            <a
                class="skip"
                href="#main"
                on:click=move |event| {
                    event.prevent_default();
                    focus_main();
                }
            >
                {t!("skip")}
            </a>
            <div class="frame" class:with-nav=open>
                <Top/>
                <main id="main" tabindex="-1">
                    <Notes/>
                    <Routes fallback=|| view! { <Nowhere/> }>
                        <Route path=path!("/") view=Home/>
                        <Route path=path!("/today") view=|| guarded(today::Today)/>
                        <Route path=path!("/start") view=account::Start/>
                        <Route path=path!("/signin") view=account::SignIn/>
                        <Route path=path!("/recover") view=account::Recover/>
                        <Route path=path!("/unlock") view=|| guarded(|| view! { <Redirect path="/"/> })/>
                        <Route path=path!("/join") view=invitation::Join/>
                        <Route path=path!("/me") view=|| guarded(me::Me)/>
                        <Route path=path!("/me/checkin") view=|| guarded(checkin::Alone)/>
                        <Route path=path!("/me/history") view=|| guarded(history::Mine)/>
                        <Route path=path!("/us") view=|| guarded(us::All)/>
                        <Route path=path!("/us/new") view=|| guarded(us::New)/>
                        <Route path=path!("/us/:space") view=|| in_us(us::one)/>
                        <Route path=path!("/us/:space/checkin") view=|| in_us(checkin::together)/>
                        <Route path=path!("/us/:space/history") view=|| in_us(history::ours)/>
                        <Route path=path!("/us/:space/invite") view=|| in_us(invitation::invite)/>
                        <Route path=path!("/us/:space/rhythm") view=|| in_us(rhythm::page)/>
                        <Route path=path!("/us/:space/names") view=|| in_us(members::names)/>
                        <Route path=path!("/us/:space/leave") view=|| in_us(members::leave)/>
                        <Route path=path!("/more") view=|| guarded(settings::More)/>
                        <Route path=path!("/settings") view=|| guarded(settings::Settings)/>
                        <Route path=path!("/settings/device") view=|| guarded(settings::Device)/>
                        <Route path=path!("/settings/recovery") view=|| guarded(settings::Recovery)/>
                        <Route path=path!("/settings/passphrase") view=|| guarded(settings::ChangePassphrase)/>
                        <Route path=path!("/settings/signout") view=|| guarded(settings::SignOut)/>
                        <Route path=path!("/about") view=settings::About/>
                        <Route path=path!("/help") view=help::Help/>
                    </Routes>
                </main>
                {nav}
            </div>
    }
}

/// A page for a device that is unlocked; locked, it asks for the passphrase first and then goes on.
fn guarded<V: IntoView + 'static>(make: impl Fn() -> V + Send + 'static) -> impl IntoView {
    let session = use_session();
    let standing = Memo::new(move |_| session.standing());
    move || match standing.get() {
        Standing::Open => make().into_any(),
        Standing::Locked { handle } => view! { <account::Unlock handle=handle/> }.into_any(),
        Standing::Nobody => {
            let replace = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            view! { <Redirect path="/" options=replace/> }.into_any()
        }
    }
}

/// A page of the Us in the address.
fn in_us(make: fn(SpaceId) -> AnyView) -> impl IntoView {
    guarded(move || {
        let session = use_session();
        let parameters = use_params_map();
        let space = Memo::new(move |_| {
            parameters
                .with(|map| map.get("space"))
                .as_deref()
                .and_then(space_of)
        });
        let here = Memo::new(move |_| {
            space
                .get()
                .filter(|space| session.spaces().iter().any(|us| us.id == *space))
        });
        move || match here.get() {
            Some(space) => make(space),
            None => view! { <Nowhere/> }.into_any(),
        }
    })
}

/// The address of a page of an Us.
pub(crate) fn us_path(space: SpaceId, page: &str) -> String {
    let id: String = space
        .as_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if page.is_empty() {
        format!("/us/{id}")
    } else {
        format!("/us/{id}/{page}")
    }
}

fn space_of(text: &str) -> Option<SpaceId> {
    let mut bytes = [0; 16];
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(SpaceId::from_bytes(bytes))
}

#[component]
fn Home() -> impl IntoView {
    let session = use_session();
    let standing = Memo::new(move |_| session.standing());
    move || match standing.get() {
        Standing::Open => today::Today().into_any(),
        Standing::Locked { handle } => view! { <account::Unlock handle=handle/> }.into_any(),
        Standing::Nobody => account::Landing().into_any(),
    }
}

/// A link that is opened in a page that is open already changes only what stands after `#`.
#[component]
fn FollowLinks() -> impl IntoView {
    let session = use_session();
    let handle = window_event_listener(ev::hashchange, move |_| session.take_fragments());
    on_cleanup(move || handle.remove());
}

#[component]
fn Top() -> impl IntoView {
    let session = use_session();
    view! {
        <header class="top">
            <a class="brand" href="/">
                {mark(Side::Us)}
                <span>{t!("name")}</span>
            </a>
            {exit(t!("exit-title"), move || session.leave_quickly())}
        </header>
    }
}

/// The quick exit.
fn exit(title: String, leave: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button type="button" class="exit" aria-label=t!("exit") title=title on:click=move |_| leave()>
            {icon(Icon::Leave)}
        </button>
    }
}

#[component]
fn Nav() -> impl IntoView {
    let session = use_session();
    let path = use_location().pathname;
    let current = move |starts: &'static [&'static str]| {
        let here = path.with(|path| {
            starts
                .iter()
                .any(|start| path == start || path.starts_with(&format!("{start}/")))
        });
        here.then_some("page")
    };
    // With one Us, it is where "Us" leads.
    let us = move || match session.spaces().iter().filter(|us| !us.left).collect::<Vec<_>>()[..] {
        [one] => us_path(one.id, ""),
        _ => "/us".to_owned(),
    };
    view! {
        <nav class="nav" aria-label=t!("nav")>
            <ul role="list">
                <li>
                    <a href="/today" aria-current=move || if path.with(|path| path == "/") { Some("page") } else { current(&["/today"]) }>
                        {icon(Icon::Sun)}
                        <span>{t!("nav-today")}</span>
                    </a>
                </li>
                <li>
                    <a href="/me" aria-current=move || current(&["/me"])>
                        {mark(Side::Me)}
                        <span>{t!("nav-me")}</span>
                    </a>
                </li>
                <li class="us">
                    <a href=us aria-current=move || current(&["/us"])>
                        {mark(Side::Us)}
                        <span>{t!("nav-us")}</span>
                    </a>
                </li>
                <li>
                    <a href="/more" aria-current=move || current(&["/more", "/settings", "/help", "/about"])>
                        {icon(Icon::More)}
                        <span>{t!("nav-more")}</span>
                    </a>
                </li>
            </ul>
        </nav>
    }
}

/// An address that leads nowhere.
#[component]
fn Nowhere() -> impl IntoView {
    view! {
        <Page title=t!("nowhere-title") tab=t!("nowhere-title")>
            <Sheet>
                <p>{t!("nowhere-words")}</p>
                <p><a class="button" href="/">{t!("nowhere-on")}</a></p>
            </Sheet>
        </Page>
    }
}

/// What stands instead of everything where this browser's storage cannot be used.
#[component]
pub(crate) fn Closed(
    /// Why.
    fault: StoreError,
) -> impl IntoView {
    let title = match fault {
        StoreError::Denied => t!("closed-denied-title"),
        StoreError::TooNew => t!("closed-too-new-title"),
        StoreError::Full | StoreError::Gone | StoreError::Failed => t!("closed-title"),
    };
    document().set_title(&t!("tab-title", page = title.clone()));
    view! {
        <header class="top end">{exit(t!("exit"), crate::platform::away::go)}</header>
        <main class="boot">
            <div role="alert">
                <h1>{title}</h1>
                <p>{reasons::store(fault)}</p>
            </div>
            <p>
                <button type="button" class="button" on:click=|_| crate::platform::update::reload()>
                    {t!("closed-again")}
                </button>
            </p>
        </main>
    }
}

fn focus_main() {
    use wasm_bindgen::JsCast;
    if let Some(main) = document()
        .get_element_by_id("main")
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = main.focus();
    }
}

fn leave_on_escape_twice() {
    let session = use_session();
    let last = StoredValue::new(0_i64);
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.key() != "Escape" || event.repeat() {
            return;
        }
        let now = clock::now_ms();
        if now - last.get_value() <= TWICE_WITHIN_MS {
            session.leave_quickly();
        }
        last.set_value(now);
    });
    on_cleanup(move || handle.remove());
}

/// Goes to a page, in place of the current one in the history.
pub(crate) fn instead() -> impl Fn(&str) + Clone + 'static {
    let navigate = use_navigate();
    move |path: &str| {
        navigate(
            path,
            NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_an_us_leads_to_it() {
        let space = SpaceId::from_bytes([7, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
        let path = us_path(space, "checkin");
        let id = path.split('/').nth(2).unwrap_or_default();
        assert_eq!(space_of(id), Some(space));
        assert!(path.ends_with("/checkin"));
        for bad in ["", "07", "zz", &"g".repeat(32), &"é".repeat(16)] {
            assert_eq!(space_of(bad), None, "{bad}");
        }
    }
}
