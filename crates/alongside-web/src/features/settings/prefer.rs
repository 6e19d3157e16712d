//! How I am called, the language, light or dark.

use alongside_core::members;
use alongside_core::root::Command;
use leptos::prelude::*;

use crate::i18n::{self, LANGUAGES};
use crate::platform::kept::{self, Setting};
use crate::platform::update;
use crate::session::use_session;
use crate::t;
use crate::ui::audience::{Readers, audience};
use crate::ui::choice::Choice;
use crate::ui::field::Field;
use crate::ui::page::Page;
use crate::ui::reasons;
use crate::ui::sheet::{Sheet, SheetMe};
use crate::ui::submit::{Act, Submit};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    fn kept() -> Self {
        match kept::get(Setting::Theme).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    fn apply(self) {
        let word = match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        };
        kept::set(Setting::Theme, word);
        if let Some(root) = document().document_element() {
            let _ = match word {
                Some(word) => root.set_attribute("data-theme", word),
                None => root.remove_attribute("data-theme"),
            };
        }
    }
}

/// The page.
#[component]
pub(crate) fn Settings() -> impl IntoView {
    let session = use_session();
    let mine = session.view_me(|me, context| {
        members::my_default_name(me, context.me)
            .cloned()
            .unwrap_or_default()
    });
    let name = RwSignal::new(mine.get_untracked().unwrap_or_default());
    let told = RwSignal::new(String::new());
    let act = Act::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        told.set(String::new());
        let command = members::Command::Set {
            name: name.get_untracked(),
        };
        act.run(async move {
            let me = session.client().me_space().ok_or_else(|| t!("dispatch-locked"))?;
            session
                .dispatch(vec![(me, Command::Members(command))])
                .await
                .map_err(reasons::dispatch)?;
            let _ = told.try_set(t!("kept"));
            Ok(())
        });
    };
    let theme = RwSignal::new(Some(Theme::kept()));
    Effect::new(move |before: Option<Option<Theme>>| {
        let now = theme.get();
        if let Some(theme) = now
            && before.is_some_and(|before| before != now)
        {
            theme.apply();
        }
        now
    });
    let themes = vec![
        (Theme::System, t!("theme-system"), String::new()),
        (Theme::Light, t!("theme-light"), String::new()),
        (Theme::Dark, t!("theme-dark"), String::new()),
    ];
    let language = RwSignal::new(Some(i18n::spoken().tag));
    Effect::new(move |before: Option<Option<&'static str>>| {
        let now = language.get();
        if before.is_some_and(|before| before != now) {
            kept::set(Setting::Language, now);
            update::reload();
        }
        now
    });
    let languages = LANGUAGES
        .iter()
        .map(|language| (language.tag, language.name.to_owned(), String::new()))
        .collect();
    view! {
        <Page title=t!("settings-title") tab=t!("settings-title") back=("/more".to_owned(), t!("nav-more"))>
            <SheetMe>
                {audience(&Readers::OnlyMe)}
                <form class="stack" on:submit=submit>
                    <Field label=t!("my-name") hint=t!("settings-name-hint") value=name/>
                    <Submit label=t!("keep") doing=t!("keeping") act=act/>
                    <p role="status" class="small">{move || told.get()}</p>
                </form>
            </SheetMe>
            <Sheet>
                <Choice legend=t!("theme") options=themes value=theme/>
                <Choice legend=t!("language") options=languages value=language/>
                <p class="small quiet">{t!("settings-this-device")}</p>
            </Sheet>
        </Page>
    }
}
