//! Each Us by its name, and who is there.

use alongside_core::id::{PersonId, SpaceId};
use alongside_core::members::{self, Kind, MemberShown};
use alongside_core::root::{Context, State};
use alongside_replica::{Client, DispatchError};

use crate::failure::{Failure, PickError};
use crate::platform::Native;
use crate::text;

/// An Us, as the person knows it.
#[derive(Clone, Debug)]
pub(crate) struct Us {
    pub(crate) id: SpaceId,
    pub(crate) name: String,
    pub(crate) kind: Option<Kind>,
    pub(crate) left: bool,
    pub(crate) members: Vec<MemberShown>,
}

impl Us {
    /// The others who are here now, by name.
    pub(crate) fn others(&self) -> Vec<String> {
        let here = self.members.iter().filter(|member| member.here && !member.me);
        here.map(called).collect()
    }

    /// What somebody is called here; the viewer is "You".
    pub(crate) fn who(&self, person: PersonId) -> String {
        let found = self.members.iter().find(|member| member.person == person);
        found.map_or_else(
            || text::SOMEBODY.to_owned(),
            |member| {
                if member.me {
                    text::YOU.to_owned()
                } else {
                    called(member)
                }
            },
        )
    }

    /// A few letters and digits that tell it from one of the same name.
    pub(crate) fn short_id(&self) -> String {
        let mut id = hex(self.id.as_bytes());
        id.truncate(6);
        id
    }

    fn with_id(&self) -> String {
        format!("{} ({})", self.name, self.short_id())
    }
}

/// What a member is called.
pub(crate) fn called(member: &MemberShown) -> String {
    member.name.clone().unwrap_or_else(|| text::SOMEBODY.to_owned())
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use core::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Looks at my own state.
pub(crate) fn view_me<R>(
    client: &Client<Native>,
    view: impl FnOnce(&State, &Context) -> R,
) -> Result<R, Failure> {
    let locked = || Failure::Dispatch(DispatchError::Locked);
    let me = client.me_space().ok_or_else(locked)?;
    let context = client.context(me).ok_or_else(locked)?;
    client
        .with_state(me, |state| view(state, &context))
        .ok_or_else(locked)
}

/// Looks at my own state and that of an Us.
pub(crate) fn view_us<R>(
    client: &Client<Native>,
    us: SpaceId,
    view: impl FnOnce(&State, &State, &Context) -> R,
) -> Result<R, Failure> {
    let gone = || Failure::Dispatch(DispatchError::NotMember);
    let context = client.context(us).ok_or_else(gone)?;
    view_me(client, |me, _| client.with_state(us, |us| view(me, us, &context)))?.ok_or_else(gone)
}

/// Each Us, those that are left last.
pub(crate) fn all(client: &Client<Native>) -> Result<Vec<Us>, Failure> {
    let mut found = Vec::new();
    for info in client.spaces() {
        let us = view_us(client, info.id, |me, us, context| Us {
            id: info.id,
            name: members::us_name(me, us, context.me, info.id)
                .unwrap_or(text::NAMELESS_US)
                .to_owned(),
            kind: members::frame(us).map(|frame| frame.kind),
            left: info.left,
            members: members::list(us, context.me),
        })?;
        found.push(us);
    }
    found.sort_by(|a, b| (a.left, &a.name, a.id).cmp(&(b.left, &b.name, b.id)));
    Ok(found)
}

/// The Us that is meant by a name, or by the beginning of its id.
pub(crate) fn pick(client: &Client<Native>, given: &str) -> Result<Us, Failure> {
    Ok(choose(all(client)?, given)?)
}

/// The same, where something is to be written.
pub(crate) fn pick_to_write(client: &Client<Native>, given: &str) -> Result<Us, Failure> {
    let us = pick(client, given)?;
    if us.left {
        return Err(PickError::Left { name: us.name }.into());
    }
    Ok(us)
}

fn choose(all: Vec<Us>, given: &str) -> Result<Us, PickError> {
    let sought = given.trim().to_lowercase();
    let by_name = |us: &&Us| us.name.to_lowercase() == sought;
    let by_id = |us: &&Us| sought.len() >= 4 && hex(us.id.as_bytes()).starts_with(&sought);
    let mut found: Vec<Us> = all.iter().filter(by_name).cloned().collect();
    if found.is_empty() {
        found = all.iter().filter(by_id).cloned().collect();
    }
    let given = given.to_owned();
    match found.len() {
        1 => found.pop().ok_or(PickError::None),
        0 if all.is_empty() => Err(PickError::None),
        0 => Err(PickError::Unknown {
            given,
            names: all.into_iter().map(|us| us.name).collect(),
        }),
        _ => Err(PickError::Several {
            given,
            names: found.iter().map(Us::with_id).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn us(first: u8, name: &str) -> Us {
        Us {
            id: SpaceId::from_bytes([first; 16]),
            name: name.to_owned(),
            kind: None,
            left: false,
            members: Vec::new(),
        }
    }

    #[test]
    fn an_us_is_found_by_its_name_in_any_case_and_by_its_id() {
        let all = vec![us(0xab, "Sam and Kim"), us(0xcd, "Band")];
        assert_eq!(choose(all.clone(), " sam AND kim ").unwrap().id, all[0].id);
        assert_eq!(choose(all.clone(), "cdcd").unwrap().id, all[1].id);
        assert!(matches!(choose(all, "cd"), Err(PickError::Unknown { names, .. }) if names.len() == 2));
    }

    #[test]
    fn of_two_with_one_name_neither_is_guessed() {
        let all = vec![us(0xab, "Band"), us(0xcd, "band")];
        let Err(PickError::Several { names, .. }) = choose(all, "band") else {
            panic!("one was chosen");
        };
        assert_eq!(names, ["Band (ababab)", "band (cdcdcd)"]);
    }

    #[test]
    fn where_there_is_none_that_is_said() {
        assert!(matches!(choose(Vec::new(), "x"), Err(PickError::None)));
    }
}
