//! The two kinds of page: Me with one rounded shoulder, Us with an arched top and a band of its members' colours.

use alongside_core::members::MemberShown;
use leptos::prelude::*;

use crate::session::called;

/// A page of Me.
#[component]
pub(crate) fn SheetMe(children: Children) -> impl IntoView {
    view! { <section class="sheet sheet-me">{children()}</section> }
}

/// A page of an Us.
#[component]
pub(crate) fn SheetUs(
    /// Those who are here; the band shows their colours.
    #[prop(into)]
    members: Signal<Vec<MemberShown>>,
    children: Children,
) -> impl IntoView {
    let band = move || {
        members
            .get()
            .into_iter()
            .filter(|member| member.here)
            .map(|member| view! { <span class=format!("tint-{}", member.colour)></span> })
            .collect_view()
    };
    view! {
        <section class="sheet-us">
            <div class="band" aria-hidden="true">{band}</div>
            <div class="inner">{children()}</div>
        </section>
    }
}

/// A page of neither: about the account or the device.
#[component]
pub(crate) fn Sheet(children: Children) -> impl IntoView {
    view! { <section class="sheet">{children()}</section> }
}

/// A member: swatch and name.
pub(crate) fn member_chip(member: &MemberShown) -> impl IntoView + use<> {
    let name = if member.me {
        crate::t!("member-me", name = called(member))
    } else {
        called(member)
    };
    view! {
        <span class="member">
            <span class=format!("swatch tint-{}", member.colour) aria-hidden="true"></span>
            <span class="name">{name}</span>
        </span>
    }
}
