//! Who is here, what they are called, and what kind of relationship it is.
//!
//! Who is a member comes from the log ([`State::joined`], [`State::left`]) and from no payload. The frame of an Us, its kind and
//! first name, is said once by whoever begins it and can be changed by nobody: no one is in charge. What each calls this
//! Us is a label of their own, in their Me.
//!
//! # When things happen at once
//! - *Two frames are said at once*: the one at the lower position stands, on every device
//!   (`of_two_beginnings_the_first_stands`).
//! - *A third member joins in the middle*: what was said before is unreadable to them; a member restates the frame, which for those who
//!   have it changes nothing (`a_third_member_who_joins_in_the_middle_has_the_frame_from_the_restatement`).
//! - *Two devices of one person edit one label*: the later position stands (`both_devices_edit_a_label_and_the_later_stands`).
//! - *Two people label the same Us*: each keeps their own (`labels_of_two_people_do_not_meet`).

mod decide;
mod event;
mod fold;
#[cfg(test)]
mod tests;
mod view;

pub use decide::{Command, Rejection, decide};
pub use event::{Begun, Event, Kind, Labelled, Named, Set};
pub use fold::{Frame, Member, State};
pub use view::{MemberShown, frame, label, list, my_default_name, us_name};

/// How many people a space may have; the log sees to it.
pub const MAX_MEMBERS: usize = 12;
