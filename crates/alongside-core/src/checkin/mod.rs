//! The check-in: how it is with me, with us, and around us; kept in Me, shared field by field, revealed together.
//!
//! The whole record is noted in Me, where nobody else can read it. What of it is shared is put into a round of the Us, whose
//! answers enter the log when those of everyone are in. [`plan`] makes both commands from one form.
//!
//! Nobody can answer after having seen the others' answers: of one author's answers in one period those that were
//! revealed in the round stand, and of several the first. Nobody sees anything of a period in which they have not
//! answered: [`Today`] is the same whether the other has answered or not.
//!
//! # When things happen at once
//! - *Two devices of one person note the same day*: the later position stands (`two_devices_note_one_day_and_the_later_stands`).
//! - *Shared twice by two devices of one person*: what came in the round stands; of two alike the first
//!   (`shared_twice_by_two_devices_of_one_person_the_round_stands`).
//! - *Care to a withdrawn check-in*: there is nothing for it to stand under, and it is not shown
//!   (`care_to_a_withdrawn_check_in_is_not_shown`).
//! - *Care is replaced and withdrawn at once*, on two devices: the later position stands
//!   (`care_replaced_and_withdrawn_at_once_the_later_stands`).
//! - *A third member joins in the middle*: they see the periods in which they answered
//!   (`a_third_member_who_joins_in_the_middle_sees_nothing_of_a_day_they_did_not_answer`).
//! - *The rhythm changes in the middle of a period*: a day and its week are two periods; each is revealed on its own.

mod answers;
mod decide;
mod event;
mod fold;
mod history;
#[cfg(test)]
mod tests;
mod view;

pub use answers::{Answers, Field, Form, MAX_SCORE, Support};
pub use decide::{Command, Rejection, Where, decide, plan};
pub use event::{Care, CareSent, CareWithdrawn, Event, Noted, Shared, Word, round};
pub use fold::State;
pub use history::{DayShown, History, Line, MAX_HISTORY_DAYS, Series, history, private_history};
pub use view::{CareShown, Note, Revealed, Today, today};
