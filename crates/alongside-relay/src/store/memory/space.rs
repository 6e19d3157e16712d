//! One space in memory.

use std::collections::{BTreeMap, BTreeSet};

use alongside_wire::envelope::{Kept, Numbered, Posted, payload_hash};
use alongside_wire::limits::MAX_MEMBERS;
use alongside_wire::space::{Page, Removal};

use crate::id::{EnvelopeId, MemberKey, RoundId};
use crate::store::{Appended, Deposit, MemberAdded, Named, Removed, Stretch, TakenBack};

#[derive(Debug)]
struct Row {
    by: MemberKey,
    head: Vec<u8>,
    payload: Kept,
}

#[derive(Debug, Default)]
pub(super) struct Space {
    pub(super) members: BTreeSet<MemberKey>,
    rows: Vec<Row>,
    numbers: BTreeMap<EnvelopeId, u64>,
    removals: Vec<u64>,
    waiting: BTreeMap<RoundId, BTreeMap<MemberKey, Named>>,
    over: BTreeSet<RoundId>,
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Space {
    pub(super) fn of(member: MemberKey) -> Self {
        Self {
            members: BTreeSet::from([member]),
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, newcomer: MemberKey) -> MemberAdded {
        if !self.members.contains(&newcomer) && self.members.len() >= MAX_MEMBERS {
            return MemberAdded::Full;
        }
        self.members.insert(newcomer);
        MemberAdded::Added
    }

    pub(super) fn leave(&mut self, member: MemberKey) -> bool {
        self.members.remove(&member);
        for deposits in self.waiting.values_mut() {
            deposits.remove(&member);
        }
        let rounds: Vec<RoundId> = self.waiting.keys().cloned().collect();
        // All of them, not only up to the first that is complete.
        rounds
            .iter()
            .filter(|round| self.reveal_if_complete(round))
            .count()
            > 0
    }

    pub(super) fn append(&mut self, by: MemberKey, envelopes: &[Named]) -> Appended {
        let mut grew_bytes = 0;
        let numbers = envelopes
            .iter()
            .map(|named| {
                if let Some(&number) = self.numbers.get(&named.id) {
                    return number;
                }
                grew_bytes += named.bytes();
                self.rows.push(Row {
                    by,
                    head: named.posted.head.to_vec(),
                    payload: Kept::Here(named.posted.payload.clone()),
                });
                let number = count(self.rows.len());
                self.numbers.insert(named.id, number);
                number
            })
            .collect();
        Appended {
            numbers,
            head: count(self.rows.len()),
            grew_bytes,
        }
    }

    pub(super) fn read(&self, stretch: Stretch) -> Page {
        let limit = index(u64::from(stretch.limit));
        let mut bytes = 0;
        let entries = (1..)
            .zip(self.rows.get(index(stretch.after)..).unwrap_or_default())
            .map(|(further, row)| (stretch.after + further, row))
            .take(limit)
            .take_while(|(_, row)| {
                let more = bytes < stretch.bytes;
                bytes += row.head.len()
                    + if let Kept::Here(payload) = &row.payload {
                        payload.len()
                    } else {
                        0
                    };
                more
            })
            .map(|(number, row)| Numbered {
                number,
                head: row.head.clone().into(),
                payload: row.payload.clone(),
            })
            .collect();
        let removals = (1..)
            .zip(
                self.removals
                    .get(index(stretch.removed_after)..)
                    .unwrap_or_default(),
            )
            .take(limit)
            .map(|(further, &number)| Removal {
                serial: stretch.removed_after + further,
                number,
            })
            .collect();
        Page {
            entries,
            head: count(self.rows.len()),
            removals,
            removals_head: count(self.removals.len()),
        }
    }

    pub(super) fn remove(&mut self, by: MemberKey, envelopes: &[EnvelopeId]) -> Removed {
        let mut found = Vec::with_capacity(envelopes.len());
        for id in envelopes {
            match self.numbers.get(id) {
                Some(&number) if self.rows.get(index(number - 1)).is_some_and(|row| row.by == by) => {
                    found.push(number);
                }
                Some(_) | None => return Removed::NotTheirs,
            }
        }
        let mut freed = 0;
        for number in found {
            let Some(row) = self.rows.get_mut(index(number - 1)) else {
                continue;
            };
            if let Kept::Here(payload) = &row.payload {
                freed += payload.len();
                row.payload = Kept::Removed(payload_hash(payload));
                self.removals.push(number);
            }
        }
        Removed::Gone {
            freed_bytes: i64::try_from(freed).unwrap_or(i64::MAX),
        }
    }

    pub(super) fn deposit(&mut self, by: MemberKey, round: &RoundId, envelope: Named) -> Deposit {
        if self.over.contains(round) {
            return Deposit::RoundOver;
        }
        let new = envelope.bytes();
        let old = self
            .waiting
            .entry(round.clone())
            .or_default()
            .insert(by, envelope);
        let grew_bytes = new - old.map_or(0, |old| old.bytes());
        Deposit::Taken {
            grew_bytes,
            revealed: self.reveal_if_complete(round),
        }
    }

    pub(super) fn own(&self, by: MemberKey, round: &RoundId) -> Option<Posted> {
        self.waiting
            .get(round)?
            .get(&by)
            .map(|named| named.posted.clone())
    }

    pub(super) fn take_back(&mut self, by: MemberKey, round: &RoundId) -> TakenBack {
        if self.over.contains(round) {
            return TakenBack::RoundOver;
        }
        let old = self
            .waiting
            .get_mut(round)
            .and_then(|deposits| deposits.remove(&by));
        TakenBack::Out {
            freed_bytes: old.map_or(0, |old| old.bytes()),
        }
    }

    fn reveal_if_complete(&mut self, round: &RoundId) -> bool {
        let complete = self.members.len() >= 2
            && self
                .waiting
                .get(round)
                .is_some_and(|deposits| self.members.iter().all(|member| deposits.contains_key(member)));
        if complete {
            for (by, envelope) in self.waiting.remove(round).unwrap_or_default() {
                self.append(by, &[envelope]);
            }
            self.over.insert(round.clone());
        }
        complete
    }
}
