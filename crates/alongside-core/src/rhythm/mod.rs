//! How often to check in, agreed by everyone.
//!
//! Before anything is agreed it is daily. In force is the latest proposal to which everyone who is here now consents, so nobody binds
//! another: not by leaving, not by joining. Proposing is consenting. Consent counts only from the person whose it
//! is; a withdrawal beats a grant that had not seen it; a grant that names every withdrawal before it reopens.
//!
//! # When things happen at once
//! - *Two proposals at once*: both stand; should everyone agree to both, the one at the later position is in force
//!   (`of_two_proposals_at_once_the_later_position_is_in_force_once_both_are_agreed`).
//! - *Agreeing and withdrawing at once*, on two devices of one person: the withdrawal holds, in whichever order they arrive
//!   (`a_withdrawal_beats_a_grant_that_had_not_seen_it`).
//! - *Two withdrawals at once*: a grant that saw one of them reopens nothing (`a_grant_reopens_only_what_it_has_seen_withdrawn`).
//! - *A third member joins in the middle*: nothing binds them that they did not sign; it is daily again until they agree, or until
//!   they leave (`a_third_member_who_joins_in_the_middle_is_not_bound`).

mod decide;
mod event;
mod fold;
mod period;
#[cfg(test)]
mod tests;
mod view;

pub use decide::{Command, Rejection, decide};
pub use event::{Agreed, Event, Proposed, Rhythm, Weekdays, Withdrawn};
pub use fold::State;
pub(crate) use period::iso_day;
pub use period::{Period, is_due, period};
pub use view::{ProposalShown, Shown, in_force, view};
