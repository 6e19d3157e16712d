//! Inviting, and following an invitation: a link that works once, words to compare, a door that the inviter opens.

mod invite;
mod join;

pub(crate) use invite::invite;
pub(crate) use join::{Join, waiting_card};

use alongside_core::members::Kind;

use crate::t;

/// What a kind of relationship is called.
pub(crate) fn kind_name(kind: Kind) -> String {
    match kind {
        Kind::Partner => t!("kind-partner"),
        Kind::Friend => t!("kind-friend"),
        Kind::Family => t!("kind-family"),
        Kind::Work => t!("kind-work"),
    }
}
