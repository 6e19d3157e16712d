//! Everyone's answers, each on a leaf of their own. When they come while one waits, all leaves turn at the same time.

use std::collections::BTreeSet;

use alongside_core::checkin::{Answers, Field, Form, Note, Revealed};
use alongside_core::id::SpaceId;
use alongside_core::members::{Kind, MemberShown};
use leptos::prelude::*;

use super::care::Care;
use super::wording::{label, support};
use crate::session::use_session;
use crate::ui::sheet::member_chip;
use crate::{dates, i18n, t};

/// The leaves. `mine` is my own record, of which a part may have stayed with me.
pub(crate) fn revealed(
    us: SpaceId,
    answers: &[Revealed],
    mine: Option<&Note>,
    turns: bool,
    with_heading: bool,
) -> AnyView {
    let session = use_session();
    let (members, kind) = session
        .us(us)
        .get_untracked()
        .map(|us| (us.members, Some(us.kind)))
        .unwrap_or_default();
    let leaves = answers
        .iter()
        .filter_map(|one| {
            let member = members.iter().find(|member| member.person == one.author)?;
            Some(leaf(us, kind, one, member, &members, turns))
        })
        .collect_view();
    let kept = mine.and_then(|note| {
        let kept: BTreeSet<Field> = Field::ALL
            .into_iter()
            .filter(|field| note.answers.has(*field) && !note.shared.contains(field))
            .collect();
        (!kept.is_empty()).then(|| {
            view! {
                <details class="fold">
                    <summary>{t!("reveal-kept")}</summary>
                    {rows(&note.answers, &kept, None, kind)}
                </details>
            }
        })
    });
    let heading = with_heading.then(|| view! { <h2>{t!("reveal-title", pages = answers.len())}</h2> });
    view! {
        {heading}
        <div class="leaves">{leaves}</div>
        {kept}
    }
    .into_any()
}

fn leaf(
    us: SpaceId,
    kind: Option<Kind>,
    one: &Revealed,
    member: &MemberShown,
    members: &[MemberShown],
    turns: bool,
) -> AnyView {
    view! {
        <article class=format!("leaf of-{}", member.colour) class:turns=turns>
            <h3>{member_chip(member)}</h3>
            {answers_list(&one.answers, None, kind)}
            <Care us=us kind=kind one=one.clone() mine=member.me members=members.to_vec()/>
        </article>
    }
    .into_any()
}

/// Answers, each with its name. Where `shared` is given, what is not in it is marked as kept.
pub(crate) fn answers_list(
    answers: &Answers,
    shared: Option<&BTreeSet<Field>>,
    kind: Option<Kind>,
) -> AnyView {
    let all: BTreeSet<Field> = Field::ALL
        .into_iter()
        .filter(|field| answers.has(*field))
        .collect();
    rows(answers, &all, shared, kind)
}

fn rows(
    answers: &Answers,
    fields: &BTreeSet<Field>,
    shared: Option<&BTreeSet<Field>>,
    kind: Option<Kind>,
) -> AnyView {
    let rows = fields
        .iter()
        .map(|field| {
            let only_here = shared.is_some_and(|shared| !shared.contains(field));
            row(answers, *field, only_here, label(*field, kind))
        })
        .collect_view();
    view! { <dl class="answers">{rows}</dl> }.into_any()
}

fn row(answers: &Answers, field: Field, only_here: bool, label: String) -> AnyView {
    let only_here = only_here.then(|| view! { <span class="only-here">{t!("review-only-here")}</span> });
    match field.form() {
        Form::Scale => {
            let value = answers.value(field).unwrap_or_default();
            let at = format!("{}%", u32::from(value) * 10);
            let number = dates::number(f64::from(value)).unwrap_or_default();
            view! {
                <div>
                    <dt>{label}{only_here}</dt>
                    <dd class="level">
                        <span class="track" aria-hidden="true"><span style:--at=at></span></span>
                        <span class="number">{number}</span>
                    </dd>
                </div>
            }
            .into_any()
        }
        Form::YesNo => {
            let yes = answers.value(field) == Some(1);
            let kinds: Vec<String> = if field == Field::Gave {
                answers.gave_kinds.iter().map(|kind| support(*kind)).collect()
            } else {
                Vec::new()
            };
            let words = match (yes, kinds.is_empty()) {
                (true, true) => t!("yes"),
                (true, false) => t!("yes-with", kinds = i18n::joined(&kinds)),
                (false, _) => t!("no"),
            };
            view! { <div><dt>{label}{only_here}</dt><dd>{words}</dd></div> }.into_any()
        }
        Form::Words(_) => {
            let words = answers.words(field).unwrap_or_default().to_owned();
            view! { <div class="words-of"><dt>{label}{only_here}</dt><dd dir="auto">{words}</dd></div> }
                .into_any()
        }
    }
}
