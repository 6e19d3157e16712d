//! Us: all of them, one of them, and starting one.

mod new;
mod one;

pub(crate) use new::New;
pub(crate) use one::one;

use leptos::prelude::*;

use crate::app::us_path;
use crate::features::invitation::{kind_name, waiting_card};
use crate::session::use_session;
use crate::t;
use crate::ui::icon::{Icon, icon};
use crate::ui::mark::{Side, drawing};
use crate::ui::page::Page;
use crate::ui::sheet::Sheet;

/// Every Us.
#[component]
pub(crate) fn All() -> impl IntoView {
    let session = use_session();
    let spaces = Memo::new(move |_| session.spaces());
    let waiting = move || session.joinings().into_iter().map(waiting_card).collect_view();
    let items = move || {
        spaces
            .get()
            .into_iter()
            .map(|info| {
                let shown = session.us(info.id);
                let kind = move || {
                    let kind = shown.get().map(|us| kind_name(us.kind)).unwrap_or_default();
                    if info.left {
                        t!("us-left", kind = kind)
                    } else {
                        kind
                    }
                };
                view! {
                    <li>
                        <a href=us_path(info.id, "")>
                            <span>
                                <span class="name">{move || shown.get().map(|us| us.name)}</span>
                                <small>{kind}</small>
                            </span>
                            {icon(Icon::On)}
                        </a>
                    </li>
                }
            })
            .collect_view()
    };
    let body = move || {
        if spaces.with(Vec::is_empty) {
            view! {
                <div class="empty">
                    {drawing(Side::Us)}
                    <p>{t!("today-no-us")}</p>
                </div>
            }
            .into_any()
        } else {
            view! { <ul class="list-links" role="list">{items}</ul> }.into_any()
        }
    };
    view! {
        <Page title=t!("us-all-title") tab=t!("nav-us")>
            {waiting}
            <Sheet>
                {body}
                <div class="acts">
                    <a class="button" href="/us/new">{t!("us-new")}</a>
                    <a class="button plain" href="/join">{t!("landing-invited")}</a>
                </div>
            </Sheet>
        </Page>
    }
}
