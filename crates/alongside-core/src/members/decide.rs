//! What one may do about names and the frame.

use super::event::{Begun, Event, Kind, Labelled, Named, Set};
use super::view;
use crate::event;
use crate::id::SpaceId;
use crate::root::{Act, Context, State};
use crate::text::{self, TooLong};

/// A wish about names and the frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Given in a new Us: what kind it is and what it is called.
    Begin {
        /// The kind.
        kind: Kind,
        /// Its first name.
        name: String,
    },
    /// Given in an Us: how I wish to be called here.
    Name {
        /// The name.
        name: String,
    },
    /// Given in Me: what I call an Us. An empty label goes back to its first name.
    Label {
        /// Which.
        us: SpaceId,
        /// The label.
        label: String,
    },
    /// Given in Me: how I am called unless I say otherwise.
    Set {
        /// The name.
        name: String,
    },
}

/// Why it was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The frame of this Us stands already.
    #[error("this space has begun already")]
    AlreadyBegun,
    /// A name is needed.
    #[error("a name is needed")]
    NameMissing,
    /// The name is too long.
    #[error("the name has {chars} characters; at most {max} fit")]
    NameTooLong {
        /// How many it has.
        chars: usize,
        /// How many fit.
        max: usize,
    },
    /// This belongs to Me, and would have been said to an Us.
    #[error("this belongs to me alone, and the space is shared")]
    WrongSide,
}

impl From<TooLong> for Rejection {
    fn from(TooLong { chars, max }: TooLong) -> Self {
        Self::NameTooLong { chars, max }
    }
}

/// What the wish comes to.
///
/// # Errors
/// [`Rejection`].
pub fn decide(state: &State, context: &Context, command: &Command) -> Result<Vec<Act>, Rejection> {
    let members = &state.members;
    let event = match command {
        Command::Begin { kind, name } => {
            if members.frame().is_some() {
                return Err(Rejection::AlreadyBegun);
            }
            Event::Begun(Begun {
                kind: *kind,
                name: needed(name)?,
            })
        }
        Command::Name { name } => {
            let name = needed(name)?;
            if members.name(context.me) == Some(&name) {
                return Ok(Vec::new());
            }
            Event::Named(Named { name })
        }
        Command::Label { us, label } => {
            only_in_me(state)?;
            let label = text::NAME.clean(label)?;
            if view::label(state, context.me, *us) == label.as_deref() {
                return Ok(Vec::new());
            }
            Event::Labelled(Labelled { us: *us, label })
        }
        Command::Set { name } => {
            only_in_me(state)?;
            let name = needed(name)?;
            if view::my_default_name(state, context.me) == Some(&name) {
                return Ok(Vec::new());
            }
            Event::Set(Set { name })
        }
    };
    Ok(vec![Act::Say(event::Event::Members(event))])
}

fn needed(name: &str) -> Result<String, Rejection> {
    text::NAME.clean(name)?.ok_or(Rejection::NameMissing)
}

fn only_in_me(state: &State) -> Result<(), Rejection> {
    if state.members.is_us() {
        Err(Rejection::WrongSide)
    } else {
        Ok(())
    }
}
