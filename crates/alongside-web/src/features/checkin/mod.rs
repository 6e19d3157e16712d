//! The check-in: filling it in, looking at both pages before anything crosses over, waiting, and reading everyone's at once.

mod care;
mod draft;
mod form;
mod leaves;
mod review;
mod wording;

pub(crate) use form::{Alone, together};
pub(crate) use leaves::{answers_list, revealed};
pub(crate) use wording::{ends, label};

use alongside_core::checkin::Today;

use crate::session::UsShown;
use crate::t;

/// How today's check-in stands, in words. They are the same whether anybody else has answered or not.
pub(crate) fn state_words(today: &Today, us: &UsShown) -> String {
    if today.revealed.is_some() {
        return t!(
            "checkin-revealed",
            pages = today.revealed.as_ref().map_or(2, Vec::len)
        );
    }
    let noted = today.mine.as_ref();
    let shared = noted.is_some_and(|note| !note.shared.is_empty());
    match (noted.is_some(), today.alone) {
        (true, true) => t!("checkin-noted-alone"),
        (true, false) if !shared => t!("checkin-noted-kept"),
        (true, false) => t!("checkin-waiting", others = us.others_count()),
        (false, true) => t!("checkin-nobody-yet"),
        (false, false) if today.due && today.period.is_week() => t!("checkin-due-week"),
        (false, false) if today.due => t!("checkin-due"),
        (false, false) => t!("checkin-not-due"),
    }
}
