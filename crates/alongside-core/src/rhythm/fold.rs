//! Who consents to which rhythm. Nothing here depends on the order of facts but which proposal is the latest.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{Event, Rhythm};
use crate::fact::{Fact, Position};
use crate::id::{EntryId, PersonId};

/// Proposals, and who consents to them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    proposals: BTreeMap<Position, Proposal>,
    positions: BTreeMap<EntryId, Position>,
    consents: BTreeMap<(EntryId, PersonId), Consent>,
}

/// A rhythm that somebody proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Proposal {
    pub(super) rhythm: Rhythm,
    pub(super) by: PersonId,
}

/// One person's grants and withdrawals for one proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Consent {
    /// For each grant, the withdrawals that it had seen.
    grants: BTreeSet<BTreeSet<EntryId>>,
    withdrawals: BTreeSet<EntryId>,
}

impl Consent {
    /// One grant must have seen every withdrawal: two that saw one each were each beaten by the other.
    fn stands(&self) -> bool {
        self.grants.iter().any(|seen| self.withdrawals.is_subset(seen))
    }
}

impl State {
    /// Takes in what its author said, for the author alone.
    pub fn apply(&mut self, fact: &Fact, event: &Event) {
        let entry = fact.position.id;
        match event {
            Event::Proposed(proposed) => {
                let proposal = Proposal {
                    rhythm: proposed.rhythm,
                    by: fact.author,
                };
                self.proposals.insert(fact.position, proposal);
                self.positions.insert(entry, fact.position);
                self.consent_of(entry, fact.author).grants.insert(BTreeSet::new());
            }
            Event::Agreed(agreed) => {
                let seen = agreed.after.iter().copied().collect();
                self.consent_of(agreed.proposal, fact.author).grants.insert(seen);
            }
            Event::Withdrawn(withdrawn) => {
                self.consent_of(withdrawn.proposal, fact.author)
                    .withdrawals
                    .insert(entry);
            }
        }
    }

    fn consent_of(&mut self, proposal: EntryId, person: PersonId) -> &mut Consent {
        self.consents.entry((proposal, person)).or_default()
    }

    /// Whether this person consents to that proposal now.
    pub(super) fn consents(&self, proposal: EntryId, person: PersonId) -> bool {
        self.consents
            .get(&(proposal, person))
            .is_some_and(Consent::stands)
    }

    /// This person's withdrawals from that proposal.
    pub(super) fn withdrawals(&self, proposal: EntryId, person: PersonId) -> Vec<EntryId> {
        let consent = self.consents.get(&(proposal, person));
        consent
            .map(|consent| consent.withdrawals.iter().copied().collect())
            .unwrap_or_default()
    }

    pub(super) fn is_proposal(&self, entry: EntryId) -> bool {
        self.positions.contains_key(&entry)
    }

    /// The latest first.
    pub(super) fn latest_first(&self) -> impl Iterator<Item = (EntryId, &Proposal)> {
        self.proposals
            .iter()
            .rev()
            .map(|(position, proposal)| (position.id, proposal))
    }
}

#[cfg(test)]
impl State {
    /// What belongs to this person alone: nobody else's event may change it.
    pub(crate) fn owned_by(&self, person: PersonId) -> Self {
        let mut owned = self.clone();
        owned.proposals.retain(|_, proposal| proposal.by == person);
        let kept = owned.proposals.clone();
        owned.positions.retain(|_, position| kept.contains_key(position));
        owned.consents.retain(|(_, who), _| *who == person);
        owned
    }
}
