//! What one person may see of the rhythm: what is in force, and what is open. Never whose agreement is missing.

use std::collections::BTreeSet;

use super::event::Rhythm;
use crate::id::{EntryId, PersonId};
use crate::root::State;

/// The rhythm, ready to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What holds now.
    pub in_force: Rhythm,
    /// The entry that proposed it; none before anything was agreed.
    pub in_force_by: Option<EntryId>,
    /// What is proposed and not in force, the latest first: one from each person.
    pub proposals: Vec<ProposalShown>,
}

/// An open proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalShown {
    /// The entry that proposed.
    pub entry: EntryId,
    /// What is proposed.
    pub rhythm: Rhythm,
    /// By whom.
    pub by: PersonId,
    /// Whether by the viewer.
    pub mine: bool,
    /// Whether the viewer consents to it.
    pub i_agreed: bool,
}

/// What holds now: the latest proposal to which everyone who is here consents; daily before that.
#[must_use]
pub fn in_force(state: &State) -> Rhythm {
    agreed(state).map(|(_, rhythm)| rhythm).unwrap_or_default()
}

/// What this person may see of the rhythm.
#[must_use]
pub fn view(state: &State, viewer: PersonId) -> Shown {
    let agreed = agreed(state);
    let mut proposers = BTreeSet::new();
    let mut proposals = Vec::new();
    for (entry, proposal) in state.rhythm.latest_first() {
        if agreed.is_some_and(|(in_force, _)| in_force == entry) {
            break;
        }
        // A proposal from which its own author has turned is none.
        let open = state.members.is_current(proposal.by) && state.rhythm.consents(entry, proposal.by);
        if open && proposers.insert(proposal.by) {
            proposals.push(ProposalShown {
                entry,
                rhythm: proposal.rhythm,
                by: proposal.by,
                mine: proposal.by == viewer,
                i_agreed: state.rhythm.consents(entry, viewer),
            });
        }
    }
    Shown {
        in_force: agreed.map(|(_, rhythm)| rhythm).unwrap_or_default(),
        in_force_by: agreed.map(|(entry, _)| entry),
        proposals,
    }
}

fn agreed(state: &State) -> Option<(EntryId, Rhythm)> {
    state.members.current().next()?;
    let everyone = |entry| {
        state
            .members
            .current()
            .all(|person| state.rhythm.consents(entry, person))
    };
    let found = state.rhythm.latest_first().find(|(entry, _)| everyone(*entry));
    found.map(|(entry, proposal)| (entry, proposal.rhythm))
}
