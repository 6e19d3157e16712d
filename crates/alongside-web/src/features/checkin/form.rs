//! Filling in a check-in: all at once, any of it skipped without a trace.

use std::collections::BTreeSet;

use alongside_core::checkin::{self, Field, Form, Support};
use alongside_core::id::SpaceId;
use leptos::prelude::*;

use super::draft::Draft;
use super::review::Review;
use super::wording::{Company, ask, ends, support};
use crate::app::{instead, us_path};
use crate::session::use_session;
use crate::t;
use crate::ui::audience::{Readers, audience};
use crate::ui::choice::YesNo;
use crate::ui::field;
use crate::ui::fresh_id;
use crate::ui::mark::{Side, mark};
use crate::ui::page::Page;
use crate::ui::reasons;
use crate::ui::scale::Scale;
use crate::ui::sheet::{Sheet, SheetMe, SheetUs};
use crate::ui::submit::{Act, Submit};

/// What is asked of one alone: nothing that needs another.
const ALONE: [Field; 6] = [
    Field::Mood,
    Field::Pressure,
    Field::Free,
    Field::Thanks,
    Field::Need,
    Field::Note,
];

/// The page of a check-in with oneself alone.
#[component]
pub(crate) fn Alone() -> impl IntoView {
    let session = use_session();
    let today = session.view_me(|me, context| checkin::today(me, None, context));
    let before = today.get_untracked().and_then(|today| today.mine);
    let draft = Draft::of(before.as_ref());
    let act = Act::new();
    let go = instead();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let go = go.clone();
        let answers = draft.answers();
        act.run(async move {
            let client = session.client();
            let me = client.me_space().ok_or_else(|| t!("dispatch-locked"))?;
            let context = client.context(me).ok_or_else(|| t!("dispatch-locked"))?;
            let wishes = checkin::plan(context.today, None, &answers, &BTreeSet::new());
            session
                .dispatch(wishes.into_iter().map(|(_, command)| (me, command)).collect())
                .await
                .map_err(reasons::dispatch)?;
            go("/me");
            Ok(())
        });
    };
    let fields = ALONE
        .into_iter()
        .map(|field| ask_one(draft, field, &Company::default()))
        .collect_view();
    view! {
        <Page title=t!("checkin-alone-title") tab=t!("checkin-tab") back=("/me".to_owned(), t!("nav-me"))>
            <SheetMe>
                {audience(&Readers::OnlyMe)}
                <form class="asks" on:submit=submit autocomplete="off">
                    <p class="quiet small">{t!("checkin-any")}</p>
                    {fields}
                    <Submit label=t!("keep-in-me") doing=t!("keeping") act=act/>
                </form>
            </SheetMe>
        </Page>
    }
}

/// The page of a check-in for an Us.
pub(crate) fn together(us: SpaceId) -> AnyView {
    let session = use_session();
    let shown = session.us(us);
    let today = session.view_us(us, |me, us, context| checkin::today(me, Some(us), context));
    let before = today.get_untracked();
    let draft = Draft::of(before.as_ref().and_then(|today| today.mine.as_ref()));
    let reviewing = RwSignal::new(false);
    let out =
        Memo::new(move |_| today.with(|today| today.as_ref().is_some_and(|today| today.revealed.is_some())));
    let alone = Memo::new(move |_| today.with(|today| today.as_ref().is_some_and(|today| today.alone)));
    let back = (us_path(us, ""), t!("back-us"));
    move_on(out, reviewing, us, draft, shown, alone, back)
}

fn move_on(
    out: Memo<bool>,
    reviewing: RwSignal<bool>,
    us: SpaceId,
    draft: Draft,
    shown: Memo<Option<crate::session::UsShown>>,
    alone: Memo<bool>,
    back: (String, String),
) -> AnyView {
    (move || {
        if out.get() {
            return view! {
                <Page title=t!("checkin-title") tab=t!("checkin-tab") back=back.clone()>
                    <Sheet>
                        <p>{t!("checkin-already-revealed")}</p>
                        <p><a class="button" href=us_path(us, "")>{t!("checkin-read")}</a></p>
                    </Sheet>
                </Page>
            }
            .into_any();
        }
        if reviewing.get() {
            return view! {
                <Page title=t!("review-title") tab=t!("checkin-tab") class="broad">
                    <Review us=us draft=draft shown=shown alone=alone edit=Callback::new(move |()| reviewing.set(false))/>
                </Page>
            }
            .into_any();
        }
        view! {
            <Page title=t!("checkin-title") tab=t!("checkin-tab") back=back.clone()>
                <Fill draft=draft shown=shown reviewing=reviewing/>
            </Page>
        }
        .into_any()
    })
    .into_any()
}

#[component]
fn Fill(
    draft: Draft,
    shown: Memo<Option<crate::session::UsShown>>,
    reviewing: RwSignal<bool>,
) -> impl IntoView {
    let members = Signal::derive(move || shown.get().map(|us| us.members).unwrap_or_default());
    let line = move || shown.get().map(|us| audience(&Readers::UsTogether(us)));
    let with = Memo::new(move |_| shown.get().map(|us| Company::us(&us)).unwrap_or_default());
    let act = Act::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let answers = draft.answers();
        match answers.cleaned() {
            Ok(answers) if answers.is_empty() => act.say(t!("checkin-nothing-to-say")),
            Ok(_) => reviewing.set(true),
            Err(rejection) => {
                act.say(reasons::rejected(&alongside_core::root::Rejection::CheckIn(
                    rejection,
                )));
            }
        }
    };
    let fields = move || {
        let with = with.get();
        Field::ALL
            .into_iter()
            .filter(|field| field.parent().is_none())
            .map(|field| ask_one(draft, field, &with))
            .collect_view()
    };
    view! {
        <SheetUs members=members>
            {line}
            <form class="asks" on:submit=submit autocomplete="off">
                <p class="quiet small">{t!("checkin-any")}</p>
                {fields}
                <Submit label=t!("checkin-look") doing=t!("doing") act=act/>
            </form>
        </SheetUs>
    }
}

/// One field, with what depends on it and where it goes. Alone, all of it stays in Me.
fn ask_one(draft: Draft, field: Field, with: &Company) -> AnyView {
    let alone = with.kind.is_none();
    let control = control(draft, field, with);
    let children: Vec<Field> = Field::ALL
        .into_iter()
        .filter(|child| child.parent() == Some(field))
        .filter(|child| !alone || *child == Field::ThanksFor)
        .collect();
    let goes_to = move |field: Field, with: &Company| (!alone).then(|| goes(draft, field, &with.names));
    let depends = {
        let with = with.clone();
        move || {
            children
                .iter()
                .filter(|child| draft.is_asked(**child))
                .map(|child| {
                    let goes = goes_to(*child, &with);
                    view! { <div class="depends">{self::control(draft, *child, &with)}{goes}</div> }
                })
                .collect_view()
        }
    };
    let kinds = (field == Field::Gave).then(|| view! { <Kinds draft=draft/> });
    let goes = (!alone).then(|| goes(draft, field, &with.names));
    view! {
        <div class="ask-one">
            {control}
            {kinds}
            {goes}
            {depends}
        </div>
    }
    .into_any()
}

fn control(draft: Draft, field: Field, with: &Company) -> AnyView {
    let question = ask(field, with);
    match field.form() {
        Form::Scale => draft.scale(field).map(|value| {
            let (low, high) = ends(field);
            view! { <Scale ask=question low=low high=high value=value/> }.into_any()
        }),
        Form::YesNo => draft
            .yes_no(field)
            .map(|value| view! { <YesNo ask=question value=value/> }.into_any()),
        Form::Words(_) => draft
            .words(field)
            .map(|value| view! { <field::Field label=question value=value long=true/> }.into_any()),
    }
    .into_any()
}

/// Which kinds of support, where I gave any.
#[component]
fn Kinds(draft: Draft) -> impl IntoView {
    let given = draft.yes_no(Field::Gave);
    move || {
        (given.is_some_and(|given| given.get() == Some(true))).then(|| {
            let ticks = Support::ALL
                .into_iter()
                .map(|kind| {
                    let toggle = move |_| {
                        draft.kinds.update(|kinds| {
                            if !kinds.remove(&kind) {
                                kinds.insert(kind);
                            }
                        });
                    };
                    view! {
                        <label class="tick">
                            <input
                                type="checkbox"
                                autocomplete="off"
                                prop:checked=move || draft.kinds.with(|kinds| kinds.contains(&kind))
                                on:change=toggle
                            />
                            <span>{support(kind)}</span>
                        </label>
                    }
                })
                .collect_view();
            view! {
                <fieldset class="depends">
                    <legend class="legend">{t!("ask-gave-kinds")}</legend>
                    <div class="ticks">{ticks}</div>
                </fieldset>
            }
        })
    }
}

/// Where a field goes, once something is filled in there.
fn goes(draft: Draft, field: Field, to: &str) -> AnyView {
    let name = fresh_id("goes");
    let to = to.to_owned();
    (move || {
        let above_kept = field
            .parent()
            .is_some_and(|parent| draft.kept.with(|kept| kept.contains(&parent)));
        (draft.is_filled(field) && !above_kept).then(|| {
            let kept = move || draft.kept.with(|kept| kept.contains(&field));
            let keep = move |keep: bool| {
                draft.kept.update(|kept| {
                    if keep {
                        kept.insert(field);
                    } else {
                        kept.remove(&field);
                    }
                });
            };
            view! {
                <fieldset class="goes-set">
                    <legend class="said-only">{t!("goes-legend")}</legend>
                    <div class="goes">
                        <label>
                            <input
                                type="radio"
                                name=name.clone()
                                autocomplete="off"
                                prop:checked=move || !kept()
                                on:change=move |_| keep(false)
                            />
                            {mark(Side::Us)}
                            <span>{t!("goes-shared", name = to.clone())}</span>
                        </label>
                        <label>
                            <input
                                type="radio"
                                name=name.clone()
                                autocomplete="off"
                                prop:checked=kept
                                on:change=move |_| keep(true)
                            />
                            {mark(Side::Me)}
                            <span>{t!("goes-kept")}</span>
                        </label>
                    </div>
                </fieldset>
            }
        })
    })
    .into_any()
}
