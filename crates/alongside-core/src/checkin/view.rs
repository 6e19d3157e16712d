//! What one person may see of a day. What they may not see is absent, not hidden.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::answers::{Answers, Field};
use super::event::{Care, Noted};
use super::fold::Share;
use crate::id::{EntryId, PersonId, SpaceId};
use crate::members;
use crate::rhythm::{self, Period};
use crate::root::{Context, State};

/// My own record of a day, kept fields and shared ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// My day.
    pub day: Date,
    /// For which Us; none for a check-in with myself alone.
    pub us: Option<SpaceId>,
    /// What I answered.
    pub answers: Answers,
    /// Which of it I chose to share.
    pub shared: BTreeSet<Field>,
}

impl From<&Noted> for Note {
    fn from(noted: &Noted) -> Self {
        let Noted {
            day,
            us,
            answers,
            shared,
        } = noted;
        Self {
            day: *day,
            us: *us,
            answers: answers.clone(),
            shared: shared.clone(),
        }
    }
}

/// The check-in page of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Today {
    /// Which day it is for the viewer.
    pub day: Date,
    /// What a check-in of today belongs to.
    pub period: Period,
    /// Whether the rhythm asks for one today.
    pub due: bool,
    /// Whether there is nobody to share with: in Me, or in an Us that nobody has joined yet.
    pub alone: bool,
    /// What the viewer has noted in this period, the latest.
    pub mine: Option<Note>,
    /// Everyone's answers, the viewer's too, once they are revealed. Until then nothing, whoever has answered.
    pub revealed: Option<Vec<Revealed>>,
}

/// What somebody shared, ready to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revealed {
    /// Who.
    pub author: PersonId,
    /// Their entry, for an answer of care.
    pub entry: EntryId,
    /// What they shared.
    pub answers: Answers,
    /// What others answered to it, in the order in which they did.
    pub care: Vec<CareShown>,
}

/// A word of care, ready to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CareShown {
    /// By whom.
    pub author: PersonId,
    /// What they said; none where they took it back.
    pub care: Option<Care>,
}

/// Today for one person, in the space of the context: in an Us (whose state is given), or in their Me alone.
#[must_use]
pub fn today(me: &State, us: Option<&State>, context: &Context) -> Today {
    let rhythm = us.map(rhythm::in_force).unwrap_or_default();
    let period = rhythm::period(rhythm, context.today);
    let space = us.map(|_| context.space);
    let mine = me
        .checkin
        .noted_between(context.me, space, period.first(), period.last())
        .next_back()
        .cloned();
    Today {
        day: context.today,
        period,
        due: rhythm::is_due(rhythm, context.today),
        alone: !us.is_some_and(|us| others_are_here(us, context.me)),
        mine,
        revealed: us.and_then(|us| revealed(us, context.me, period)),
    }
}

/// Whether somebody else than this person is here.
pub(super) fn others_are_here(us: &State, me: PersonId) -> bool {
    us.members.current().any(|person| person != me)
}

/// Who wrote that check-in, if the viewer may see it.
pub(super) fn author_of_visible(us: &State, viewer: PersonId, entry: EntryId) -> Option<PersonId> {
    let (period, author) = us.checkin.place_of(entry)?;
    is_visible(us, viewer, period).then_some(author)
}

/// Only those who have answered see what was answered, whatever a relay may have handed out too early.
pub(super) fn is_visible(us: &State, viewer: PersonId, period: Period) -> bool {
    us.checkin.shared_by(viewer, period).is_some()
}

/// Everyone's answers of a period in the order of their joining, if the viewer may see them.
pub(super) fn revealed(us: &State, viewer: PersonId, period: Period) -> Option<Vec<Revealed>> {
    let people = members::list(us, viewer).into_iter().map(|member| member.person);
    let shares = people.filter_map(|person| Some((person, us.checkin.shared_by(person, period)?)));
    is_visible(us, viewer, period).then(|| shares.map(|(person, share)| show(us, person, share)).collect())
}

fn show(us: &State, author: PersonId, share: &Share) -> Revealed {
    let given = us
        .checkin
        .care_for(share.entry)
        .into_iter()
        .filter(|(by, _)| *by != author);
    let care = given.map(|(by, given)| CareShown {
        author: by,
        care: given.care.clone(),
    });
    Revealed {
        author,
        entry: share.entry,
        answers: share.answers.clone(),
        care: care.collect(),
    }
}
