//! What one person may see of who is here.

use super::fold::Frame;
use crate::id::{PersonId, SpaceId};
use crate::root::State;

/// A member, ready to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberShown {
    /// Who.
    pub person: PersonId,
    /// How they wish to be called here, if they said.
    pub name: Option<String>,
    /// 0 to 11.
    pub colour: u8,
    /// Whether it is the viewer.
    pub me: bool,
    /// Whether they are here now; somebody who left still stands beside what they wrote.
    pub here: bool,
}

/// Everyone who is or was here, in the order in which they came.
#[must_use]
pub fn list(state: &State, viewer: PersonId) -> Vec<MemberShown> {
    let mut people: Vec<_> = state.members.people().iter().collect();
    people.sort_by_key(|(_, member)| member.joined);
    let shown = people.into_iter().map(|(person, member)| MemberShown {
        person: *person,
        name: state.members.name(*person).cloned(),
        colour: member.colour,
        me: *person == viewer,
        here: member.left.is_none(),
    });
    shown.collect()
}

/// The kind of an Us and its first name.
#[must_use]
pub fn frame(us: &State) -> Option<&Frame> {
    us.members.frame()
}

/// What the viewer calls this Us for themselves: in their Me.
#[must_use]
pub fn label(me: &State, viewer: PersonId, us: SpaceId) -> Option<&str> {
    me.members.label(viewer, us).map(String::as_str)
}

/// What to write above an Us: the viewer's own label, else its first name, else nothing yet.
#[must_use]
pub fn us_name<'a>(me: &'a State, us: &'a State, viewer: PersonId, space: SpaceId) -> Option<&'a str> {
    label(me, viewer, space).or_else(|| frame(us).map(|frame| frame.name.as_str()))
}

/// How the viewer is called unless they say otherwise: in their Me.
#[must_use]
pub fn my_default_name(me: &State, viewer: PersonId) -> Option<&String> {
    me.members.default_name(viewer)
}
