//! What one may do about the rhythm.

use super::event::{Agreed, Event, Proposed, Rhythm, Withdrawn};
use super::view;
use crate::event;
use crate::id::EntryId;
use crate::root::{Act, Context, State};

/// A wish about the rhythm.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Propose a rhythm, and consent to it.
    Propose {
        /// Which.
        rhythm: Rhythm,
    },
    /// Consent to a proposal.
    Agree {
        /// The entry that proposed.
        proposal: EntryId,
    },
    /// Consent no longer; no reason is asked.
    Withdraw {
        /// The entry that proposed.
        proposal: EntryId,
    },
}

/// Why it was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No day was chosen.
    #[error("some days need at least one day")]
    NoDays,
    /// It is so already.
    #[error("this rhythm is in force already")]
    InForceAlready,
    /// The same is proposed already: it can be agreed to.
    #[error("this rhythm is proposed already")]
    ProposedAlready {
        /// The entry that proposed it.
        proposal: EntryId,
    },
    /// There is no such proposal.
    #[error("there is no such proposal")]
    NoSuchProposal,
    /// I do not consent to it, so there is nothing to take back.
    #[error("there is no consent to take back")]
    NotAgreed,
}

/// What the wish comes to.
///
/// # Errors
/// [`Rejection`].
pub fn decide(state: &State, context: &Context, command: &Command) -> Result<Vec<Act>, Rejection> {
    let rhythms = &state.rhythm;
    let event = match command {
        Command::Propose { rhythm } => {
            let rhythm = plainest(*rhythm)?;
            let shown = view::view(state, context.me);
            if shown.in_force == rhythm {
                return Err(Rejection::InForceAlready);
            }
            if let Some(same) = shown.proposals.iter().find(|proposal| proposal.rhythm == rhythm) {
                return Err(Rejection::ProposedAlready { proposal: same.entry });
            }
            Event::Proposed(Proposed { rhythm })
        }
        Command::Agree { proposal } => {
            if !rhythms.is_proposal(*proposal) {
                return Err(Rejection::NoSuchProposal);
            }
            if rhythms.consents(*proposal, context.me) {
                return Ok(Vec::new());
            }
            Event::Agreed(Agreed {
                proposal: *proposal,
                after: rhythms.withdrawals(*proposal, context.me),
            })
        }
        Command::Withdraw { proposal } => {
            if !rhythms.consents(*proposal, context.me) {
                return Err(Rejection::NotAgreed);
            }
            Event::Withdrawn(Withdrawn { proposal: *proposal })
        }
    };
    Ok(vec![Act::Say(event::Event::Rhythm(event))])
}

/// Every day of the week is daily, in one spelling.
fn plainest(rhythm: Rhythm) -> Result<Rhythm, Rejection> {
    match rhythm {
        Rhythm::SomeDays(days) if days.is_empty() => Err(Rejection::NoDays),
        Rhythm::SomeDays(days) if days.is_all() => Ok(Rhythm::Daily),
        Rhythm::Daily | Rhythm::SomeDays(_) | Rhythm::Weekly(_) => Ok(rhythm),
    }
}
