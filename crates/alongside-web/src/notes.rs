//! The quiet lines above a page: what a person should know about, each with a way on.

use alongside_replica::{Connection, Trouble};
use leptos::prelude::*;

use crate::platform::{clock, update};
use crate::session::use_session;
use crate::t;
use crate::ui::passphrase::Passphrase;
use crate::ui::reasons;
use crate::ui::submit::{Act, Submit};

/// The lines.
#[component]
pub(crate) fn Notes() -> impl IntoView {
    let session = use_session();
    let update_line = move || {
        session.update_ready().then(|| {
            view! {
                <div class="line-note" role="status">
                    <p>{t!("update-ready")}</p>
                    <button type="button" class="button second small" on:click=|_| update::take()>{t!("update-take")}</button>
                </div>
            }
        })
    };
    let tab_line = move || {
        (!session.leads()).then(|| {
            view! {
                <div class="line-note" role="status">
                    <p>{t!("tabs-follower")}</p>
                    <button type="button" class="button second small" on:click=move |_| session.take_over()>
                        {t!("tabs-take-over")}
                    </button>
                </div>
            }
        })
    };
    let troubles = Memo::new(move |_| session.troubles());
    let trouble_lines = move || troubles.get().into_iter().map(trouble_line).collect_view();
    view! {
        <div class="lines">
            {update_line}
            {tab_line}
            {trouble_lines}
            <Waiting/>
        </div>
    }
}

/// Said only where something waits and the relay cannot be reached for a while: a short gap is nobody's concern.
#[component]
fn Waiting() -> impl IntoView {
    let session = use_session();
    let stuck = Memo::new(move |_| {
        (session.is_open() && session.connection() == Connection::Unreachable)
            .then(|| session.waiting())
            .filter(|count| *count > 0)
    });
    move || {
        stuck.get().map(|count| {
            view! {
                <div class="line-note" role="status"><p>{t!("waiting-to-send", count = count)}</p></div>
            }
        })
    }
}

fn trouble_line(trouble: Trouble) -> AnyView {
    let session = use_session();
    let (title, words) = match trouble {
        Trouble::Altered { count, .. } => (t!("trouble-altered"), t!("trouble-altered-words", count = count)),
        Trouble::TwoPasts { .. } => (t!("trouble-two-pasts"), t!("trouble-two-pasts-words")),
        Trouble::RolledBack { .. } => (t!("trouble-rolled-back"), t!("trouble-rolled-back-words")),
        Trouble::Withheld { .. } => (t!("trouble-withheld"), t!("trouble-withheld-words")),
        Trouble::ClockOff { by_s } => {
            let by = about(by_s.unsigned_abs());
            let words = if by_s > 0 {
                t!("trouble-clock-ahead", by = by)
            } else {
                t!("trouble-clock-behind", by = by)
            };
            (t!("trouble-clock"), words)
        }
        Trouble::UpdateNeeded => (t!("trouble-update"), t!("net-update-needed")),
        Trouble::RelayFull => (t!("trouble-relay-full"), t!("net-relay-full")),
        Trouble::OverQuota => (t!("trouble-over-quota"), t!("net-over-quota")),
        Trouble::SessionEnded => return view! { <SessionEnded/> }.into_any(),
    };
    let help = matches!(
        trouble,
        Trouble::Altered { .. }
            | Trouble::TwoPasts { .. }
            | Trouble::RolledBack { .. }
            | Trouble::Withheld { .. }
    );
    let way_on = if help {
        view! { <a class="button plain small" href="/help#altered">{t!("trouble-more")}</a> }.into_any()
    } else if trouble == Trouble::UpdateNeeded {
        view! {
            <button type="button" class="button second small" on:click=|_| update::take()>{t!("update-take")}</button>
        }
        .into_any()
    } else {
        ().into_any()
    };
    view! {
        <div class="line-note" role="status">
            <div class="stack">
                <h2>{title}</h2>
                <p>{words}</p>
                <div class="acts">
                    {way_on}
                    <button
                        type="button"
                        class="button plain small"
                        on:click=move |_| session.client().dismiss_trouble(&trouble)
                    >
                        {t!("trouble-read")}
                    </button>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// The session ran out, or another device ended it: the passphrase alone opens a new one here.
#[component]
fn SessionEnded() -> impl IntoView {
    let session = use_session();
    let passphrase = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let act = Act::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let typed = passphrase.get_untracked();
        act.run(async move {
            clock::breathe().await;
            match session.client().renew_session(&typed).await {
                Ok(()) => Ok(()),
                Err(error) => match reasons::sign_in(error) {
                    (reasons::Place::Form, words) => Err(words),
                    (_, words) => {
                        let _ = wrong.try_set(Some(words));
                        Ok(())
                    }
                },
            }
        });
    };
    view! {
        <div class="line-note">
            <form class="stack" on:submit=submit>
                <h2>{t!("trouble-session")}</h2>
                <p>{t!("net-session-ended")}</p>
                <Passphrase label=t!("passphrase") value=passphrase wrong=wrong/>
                <Submit label=t!("session-renew") doing=t!("session-renewing") act=act/>
            </form>
        </div>
    }
}

/// A span in the largest unit in which it is a few.
fn about(seconds: u64) -> String {
    let of = |unit: u64| {
        usize::try_from((seconds + unit / 2) / unit)
            .unwrap_or(usize::MAX)
            .max(1)
    };
    match seconds {
        0..5_400 => t!("span-minutes", count = of(60)),
        5_400..129_600 => t!("span-hours", count = of(3_600)),
        129_600.. => t!("span-days", count = of(86_400)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_off_by_a_few_of_something() {
        assert_eq!(about(20), "a minute");
        assert_eq!(about(400), "7 minutes");
        assert_eq!(about(7_300), "2 hours");
        assert_eq!(about(864_000), "10 days");
    }
}
