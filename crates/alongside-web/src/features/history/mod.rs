//! The past, calmly: a line a person for each scale, gaps as gaps, and the days to read.

use alongside_core::checkin::{self, DayShown, Form, History};
use alongside_core::id::SpaceId;
use alongside_core::members::{Kind, MemberShown};
use alongside_core::rhythm::Period;
use jiff::ToSpan;
use leptos::prelude::*;

use crate::app::us_path;
use crate::features::checkin::{answers_list, ends, label, revealed};
use crate::session::{called, use_session};
use crate::ui::audience::{Readers, audience};
use crate::ui::chart::{Line, Picture, chart};
use crate::ui::choice::Choice;
use crate::ui::page::Page;
use crate::ui::sheet::{SheetMe, SheetUs};
use crate::{dates, t};

/// Days are folded beyond this many.
const DAYS_AT_ONCE: usize = 14;

/// The page of one's own check-ins.
#[component]
pub(crate) fn Mine() -> impl IntoView {
    let session = use_session();
    let weeks = RwSignal::new(Some(4_i32));
    let past = session.view_me(move |me, context| {
        let days = weeks.get().unwrap_or(4) * 7 - 1;
        let from = context.today.saturating_sub(days.days());
        checkin::private_history(me, context.me, from, context.today)
    });
    let body = move || past.get().map(|past| pictures(&past, &[], None));
    let days = move || past.get().map(|past| read_days(None, None, &past.days));
    view! {
        <Page title=t!("history-mine-title") tab=t!("history-tab") back=("/me".to_owned(), t!("nav-me"))>
            <SheetMe>
                {audience(&Readers::OnlyMe)}
                <Span weeks=weeks/>
                {body}
                {days}
            </SheetMe>
        </Page>
    }
}

/// The page of an Us.
pub(crate) fn ours(us: SpaceId) -> AnyView {
    let session = use_session();
    let shown = session.us(us);
    let members = Signal::derive(move || shown.get().map(|us| us.members).unwrap_or_default());
    let weeks = RwSignal::new(Some(4_i32));
    let past = session.view_us(us, move |me, us, context| {
        let days = weeks.get().unwrap_or(4) * 7 - 1;
        let from = context.today.saturating_sub(days.days());
        checkin::history(me, us, context, from, context.today)
    });
    let kind = move || shown.get().map(|us| us.kind);
    let body = move || past.get().map(|past| pictures(&past, &members.get(), kind()));
    let days = move || past.get().map(|past| read_days(Some(us), kind(), &past.days));
    let name = move || shown.get().map(|us| us.name).unwrap_or_default();
    view! {
        <Page
            title=Signal::derive(move || t!("history-title", us = name()))
            tab=t!("history-tab")
            back=(us_path(us, ""), t!("back-us"))
            class="with-aside"
        >
            <SheetUs members=members>
                <Span weeks=weeks/>
                {body}
                {days}
            </SheetUs>
            <aside class="beside">
                <h2>{t!("history-about")}</h2>
                <p class="small">{t!("history-what")}</p>
            </aside>
        </Page>
    }
    .into_any()
}

#[component]
fn Span(weeks: RwSignal<Option<i32>>) -> impl IntoView {
    let options = vec![
        (4, t!("span-4"), String::new()),
        (12, t!("span-12"), String::new()),
        (52, t!("span-52"), String::new()),
    ];
    view! { <Choice legend=t!("span") options=options value=weeks/> }
}

fn pictures(past: &History, members: &[MemberShown], kind: Option<Kind>) -> AnyView {
    let me = members.iter().find(|member| member.me);
    let my_colour = me.map_or(0, |member| member.colour);
    let person = |id| members.iter().find(|member| member.person == id);
    let scales: Vec<_> = past
        .series
        .iter()
        .filter(|series| matches!(series.field.form(), Form::Scale) && !series.is_empty())
        .collect();
    if scales.is_empty() {
        return view! { <p class="quiet">{t!("history-none")}</p> }.into_any();
    }
    // The same order in every picture.
    let mut people = vec![(t!("you"), my_colour)];
    for series in &scales {
        for (id, _) in &series.others {
            if let Some(member) = person(*id) {
                let entry = (called(member), member.colour);
                if !people.contains(&entry) {
                    people.push(entry);
                }
            }
        }
    }
    let drawn = scales
        .iter()
        .filter_map(|series| {
            let mut lines = vec![Line {
                name: t!("you"),
                colour: my_colour,
                points: series.mine.clone(),
            }];
            for (name, colour) in people.iter().skip(1) {
                let found = series.others.iter().find(|(id, _)| {
                    person(*id).is_some_and(|member| called(member) == *name && member.colour == *colour)
                });
                lines.push(Line {
                    name: name.clone(),
                    colour: *colour,
                    points: found.map(|(_, points)| points.clone()).unwrap_or_default(),
                });
            }
            let (low, high) = ends(series.field);
            chart(&Picture {
                title: label(series.field, kind),
                low,
                high,
                lines,
            })
        })
        .collect::<Vec<_>>();
    let too_few = drawn
        .is_empty()
        .then(|| view! { <p class="quiet">{t!("chart-too-few")}</p> });
    let answered = past
        .series
        .iter()
        .filter(|series| matches!(series.field.form(), Form::YesNo))
        .filter_map(|series| {
            let mine: Vec<u8> = series.mine.iter().filter_map(|(_, value)| *value).collect();
            let yes = mine.iter().filter(|value| **value == 1).count();
            (!mine.is_empty()).then(|| {
                let words = t!("history-yes-of", yes = yes, of = mine.len());
                view! { <div><dt>{label(series.field, kind)}</dt><dd>{words}</dd></div> }
            })
        })
        .collect::<Vec<_>>();
    let answered = (!answered.is_empty()).then(|| view! { <dl class="answers">{answered}</dl> });
    view! {
        <h2 class="said-only">{t!("history-lines")}</h2>
        {too_few}
        <div>{drawn}</div>
        {answered}
    }
    .into_any()
}

fn read_days(us: Option<SpaceId>, kind: Option<Kind>, days: &[DayShown]) -> AnyView {
    if days.is_empty() {
        return ().into_any();
    }
    let one = |day: &DayShown| {
        let summary = period_words(day.period);
        let day = day.clone();
        let opened = RwSignal::new(false);
        let body = move || {
            opened.get().then(|| match (us, day.revealed.is_empty()) {
                (Some(us), false) => revealed(us, &day.revealed, day.mine.as_ref(), false, false),
                _ => day
                    .mine
                    .as_ref()
                    .map(|note| view! { <p class="small quiet">{t!("history-kept")}</p>{answers_list(&note.answers, None, kind)} })
                    .into_any(),
            })
        };
        view! {
            <details class="fold day" on:toggle=move |_| opened.set(true)>
                <summary>{summary}</summary>
                {body}
            </details>
        }
    };
    let first = days.iter().take(DAYS_AT_ONCE).map(one).collect_view();
    let rest = (days.len() > DAYS_AT_ONCE).then(|| {
        let rest = days.iter().skip(DAYS_AT_ONCE).map(one).collect_view();
        view! {
            <details class="fold">
                <summary>{t!("history-earlier", count = days.len() - DAYS_AT_ONCE)}</summary>
                {rest}
            </details>
        }
    });
    view! {
        <section class="days">
            <h2>{t!("history-days")}</h2>
            {first}
            {rest}
        </section>
    }
    .into_any()
}

fn period_words(period: Period) -> String {
    if period.is_week() {
        t!(
            "period-week",
            from = dates::short_day(period.first()),
            to = dates::short_day(period.last())
        )
    } else {
        dates::full_day(period.first())
    }
}

#[cfg(test)]
mod tests {
    use alongside_core::checkin::Field;

    use super::*;

    #[test]
    fn every_scale_has_words_at_both_ends() {
        for field in Field::ALL {
            let (low, high) = ends(field);
            let is_scale = matches!(field.form(), Form::Scale);
            assert_eq!(is_scale, !low.is_empty() && !high.is_empty(), "{field:?}");
        }
    }
}
