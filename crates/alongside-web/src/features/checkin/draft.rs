//! What is being filled in, and which of it is kept.

use std::collections::BTreeSet;

use alongside_core::checkin::{Answers, Field, Note, Support};
use leptos::prelude::*;

/// A check-in being filled in.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    mood: RwSignal<Option<u8>>,
    pressure: RwSignal<Option<u8>>,
    close: RwSignal<Option<u8>>,
    free: RwSignal<Option<u8>>,
    understood: RwSignal<Option<u8>>,
    fit: RwSignal<Option<u8>>,
    gave: RwSignal<Option<bool>>,
    got: RwSignal<Option<bool>>,
    thanks: RwSignal<Option<bool>>,
    said: RwSignal<Option<bool>>,
    tension: RwSignal<Option<bool>>,
    came_back: RwSignal<Option<bool>>,
    thanks_for: RwSignal<String>,
    need: RwSignal<String>,
    note: RwSignal<String>,
    /// Which kinds of support I gave.
    pub(crate) kinds: RwSignal<BTreeSet<Support>>,
    /// What stays in Me, filled in or not.
    pub(crate) kept: RwSignal<BTreeSet<Field>>,
}

impl Draft {
    /// Empty, or as it was noted before.
    pub(crate) fn of(note: Option<&Note>) -> Self {
        let answers = note.map(|note| note.answers.clone()).unwrap_or_default();
        let kept = note.map_or_else(BTreeSet::new, |note| {
            Field::ALL
                .into_iter()
                .filter(|field| answers.has(*field) && !note.shared.contains(field))
                .collect()
        });
        let words = |field: Field| RwSignal::new(answers.words(field).unwrap_or_default().to_owned());
        Self {
            mood: RwSignal::new(answers.mood),
            pressure: RwSignal::new(answers.pressure),
            close: RwSignal::new(answers.close),
            free: RwSignal::new(answers.free),
            understood: RwSignal::new(answers.understood),
            fit: RwSignal::new(answers.fit),
            gave: RwSignal::new(answers.gave),
            got: RwSignal::new(answers.got),
            thanks: RwSignal::new(answers.thanks),
            said: RwSignal::new(answers.said),
            tension: RwSignal::new(answers.tension),
            came_back: RwSignal::new(answers.came_back),
            thanks_for: words(Field::ThanksFor),
            need: words(Field::Need),
            note: words(Field::Note),
            kinds: RwSignal::new(answers.gave_kinds.clone()),
            kept: RwSignal::new(kept),
        }
    }

    /// The signal of a scale.
    pub(crate) fn scale(self, field: Field) -> Option<RwSignal<Option<u8>>> {
        match field {
            Field::Mood => Some(self.mood),
            Field::Pressure => Some(self.pressure),
            Field::Close => Some(self.close),
            Field::Free => Some(self.free),
            Field::Understood => Some(self.understood),
            Field::Fit => Some(self.fit),
            Field::Gave | Field::Got | Field::Thanks | Field::Said | Field::ThanksFor => None,
            Field::Tension | Field::CameBack | Field::Need | Field::Note => None,
        }
    }

    /// The signal of a question.
    pub(crate) fn yes_no(self, field: Field) -> Option<RwSignal<Option<bool>>> {
        match field {
            Field::Gave => Some(self.gave),
            Field::Got => Some(self.got),
            Field::Thanks => Some(self.thanks),
            Field::Said => Some(self.said),
            Field::Tension => Some(self.tension),
            Field::CameBack => Some(self.came_back),
            Field::Mood | Field::Pressure | Field::Close | Field::Free | Field::Understood | Field::Fit => {
                None
            }
            Field::ThanksFor | Field::Need | Field::Note => None,
        }
    }

    /// The signal of words.
    pub(crate) fn words(self, field: Field) -> Option<RwSignal<String>> {
        match field {
            Field::ThanksFor => Some(self.thanks_for),
            Field::Need => Some(self.need),
            Field::Note => Some(self.note),
            Field::Mood | Field::Pressure | Field::Close | Field::Free | Field::Understood | Field::Fit => {
                None
            }
            Field::Gave | Field::Got | Field::Thanks | Field::Said | Field::Tension | Field::CameBack => None,
        }
    }

    /// Whether the question that this one depends on was answered with yes.
    pub(crate) fn is_asked(self, field: Field) -> bool {
        field
            .parent()
            .is_none_or(|parent| self.yes_no(parent).is_some_and(|value| value.get() == Some(true)))
    }

    /// Whether anything was filled in there.
    pub(crate) fn is_filled(self, field: Field) -> bool {
        self.scale(field).is_some_and(|value| value.get().is_some())
            || self.yes_no(field).is_some_and(|value| value.get().is_some())
            || self
                .words(field)
                .is_some_and(|value| value.with(|words| !words.trim().is_empty()))
    }

    /// What was filled in; what depends on a yes that was not said is left out by the core.
    pub(crate) fn answers(self) -> Answers {
        let words = |signal: RwSignal<String>| {
            let words = signal.get_untracked();
            (!words.trim().is_empty()).then_some(words)
        };
        let yes = |signal: RwSignal<Option<bool>>| signal.get_untracked() == Some(true);
        Answers {
            mood: self.mood.get_untracked(),
            pressure: self.pressure.get_untracked(),
            close: self.close.get_untracked(),
            free: self.free.get_untracked(),
            understood: self.understood.get_untracked(),
            gave: self.gave.get_untracked(),
            gave_kinds: if yes(self.gave) {
                self.kinds.get_untracked()
            } else {
                BTreeSet::new()
            },
            got: self.got.get_untracked(),
            fit: self.fit.get_untracked().filter(|_| yes(self.got)),
            thanks: self.thanks.get_untracked(),
            said: self.said.get_untracked().filter(|_| yes(self.thanks)),
            thanks_for: words(self.thanks_for).filter(|_| yes(self.thanks)),
            tension: self.tension.get_untracked(),
            came_back: self.came_back.get_untracked().filter(|_| yes(self.tension)),
            need: words(self.need),
            note: words(self.note),
        }
    }

    /// What of the answers is shared: all that is not kept, and does not depend on something kept.
    pub(crate) fn shared(self, answers: &Answers) -> BTreeSet<Field> {
        let kept = self.kept.get_untracked();
        Field::ALL
            .into_iter()
            .filter(|field| answers.has(*field))
            .filter(|field| {
                !kept.contains(field) && field.parent().is_none_or(|parent| !kept.contains(&parent))
            })
            .collect()
    }
}
