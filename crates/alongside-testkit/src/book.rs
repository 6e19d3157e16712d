//! What really happened: everything that each person did, kept beside the world. States are held against it.

use std::collections::{BTreeMap, BTreeSet};

use alongside_core::event::{Event, encode};
use alongside_core::fact::{Fact, What};
use alongside_core::id::{EntryId, PersonId, SpaceId};
use alongside_core::members;
use alongside_core::root::{Act, State};

/// Something that a person did.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Who.
    pub who: PersonId,
    /// On which device.
    pub device: usize,
    /// Where.
    pub space: SpaceId,
    /// What.
    pub act: Act,
    /// The device said that it is done. Otherwise it was cut off over it: it may be done or not.
    pub sure: bool,
    /// Who was there, as far as that device knew.
    pub knew: BTreeSet<PersonId>,
}

/// Everything that happened.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// In the order in which it happened.
    pub deeds: Vec<Deed>,
    /// Every name that somebody ever gave themselves.
    pub names: BTreeSet<(PersonId, String)>,
    /// What each Us was begun as.
    pub frames: BTreeMap<SpaceId, members::Frame>,
    /// Who left which space, and how many deeds there were by then.
    pub left: BTreeMap<(SpaceId, PersonId), (usize, usize)>,
}

fn key(event: &Event) -> Vec<u8> {
    encode(event)
}

impl Book {
    /// Whether every fact was really said by its author. The first that was not, otherwise.
    ///
    /// # Errors
    /// What was never said.
    pub fn vouch(&self, space: SpaceId, facts: &[Fact]) -> Result<(), String> {
        let mut said: BTreeMap<(PersonId, Vec<u8>), usize> = BTreeMap::new();
        for deed in self.deeds.iter().filter(|deed| deed.space == space) {
            if let Act::Say(event) | Act::Deposit { event, .. } = &deed.act {
                *said.entry((deed.who, key(event))).or_default() += 1;
            }
        }
        let mut rounds = BTreeSet::new();
        for fact in facts {
            let What::Said(event) = &fact.what else { continue };
            let known = match event {
                // A name or frame is said again for who comes later.
                Event::Members(members::Event::Named(named)) => {
                    self.names.contains(&(fact.author, named.name.clone()))
                }
                Event::Members(members::Event::Begun(begun)) => self
                    .frames
                    .get(&space)
                    .is_some_and(|frame| frame.kind == begun.kind && frame.name == begun.name),
                Event::Members(_) | Event::Rhythm(_) | Event::CheckIn(_) => {
                    match said.get_mut(&(fact.author, key(event))) {
                        Some(times) if *times > 0 => {
                            *times -= 1;
                            true
                        }
                        Some(_) | None => false,
                    }
                }
            };
            if !known {
                return Err(format!("never said: {fact:?}"));
            }
            if fact.in_round && !rounds.insert((fact.author, event.round())) {
                return Err(format!("two answers of one person in one round: {fact:?}"));
            }
        }
        Ok(())
    }

    /// Whether everything is there that must be. `counts` says which deeds a reader of these facts must see.
    ///
    /// # Errors
    /// What is missing.
    pub fn all_there(
        &self,
        space: SpaceId,
        facts: &[Fact],
        counts: impl Fn(usize, &Deed) -> bool,
    ) -> Result<(), String> {
        let mut there: BTreeMap<(PersonId, Vec<u8>), usize> = BTreeMap::new();
        for fact in facts {
            if let What::Said(event) = &fact.what {
                *there.entry((fact.author, key(event))).or_default() += 1;
            }
        }
        let mut withdrawn: BTreeSet<EntryId> = BTreeSet::new();
        let mut perhaps = 0;
        for deed in self.deeds.iter().filter(|deed| deed.space == space) {
            if let Act::Withdraw(entry) = &deed.act {
                perhaps += 1;
                if deed.sure {
                    withdrawn.insert(*entry);
                }
            }
        }
        for fact in facts {
            if matches!(fact.what, What::Said(_)) && withdrawn.contains(&fact.position.id) {
                return Err(format!("withdrawn, and still there: {fact:?}"));
            }
        }
        let mut missing = Vec::new();
        for (at, deed) in self.deeds.iter().enumerate() {
            if deed.space != space || !deed.sure || !counts(at, deed) {
                continue;
            }
            let Act::Say(event) = &deed.act else { continue };
            match there.get_mut(&(deed.who, key(event))) {
                Some(times) if *times > 0 => *times -= 1,
                Some(_) | None => missing.push((at, deed)),
            }
        }
        // Each withdrawal may have taken one away; only words of care are ever withdrawn here.
        missing.retain(|(_, deed)| {
            let care = matches!(&deed.act, Act::Say(event) if event.kind().starts_with("care.sent"));
            let excused = care && perhaps > 0;
            if excused {
                perhaps -= 1;
            }
            !excused
        });
        match missing.first() {
            None => Ok(()),
            Some((at, deed)) => Err(format!("lost (deed {at}): {deed:?}")),
        }
    }

    /// Rounds in which each of these people answered for sure and took nothing back: they must be revealed.
    #[must_use]
    pub fn complete_rounds(&self, space: SpaceId, members: &BTreeSet<PersonId>) -> BTreeSet<String> {
        let mut answered: BTreeMap<&str, BTreeMap<PersonId, bool>> = BTreeMap::new();
        for deed in self.deeds.iter().filter(|deed| deed.space == space) {
            match &deed.act {
                Act::Deposit { round, .. } => {
                    let sure = answered.entry(round).or_default().entry(deed.who).or_insert(true);
                    *sure &= deed.sure;
                }
                Act::TakeBack { round } => {
                    answered.entry(round).or_default().insert(deed.who, false);
                }
                Act::Say(_) | Act::Withdraw(_) => {}
            }
        }
        answered
            .into_iter()
            .filter(|(_, who)| members.iter().all(|member| who.get(member) == Some(&true)))
            .map(|(round, _)| round.to_owned())
            .collect()
    }
}

/// Whether a state is what its facts come to, all at once and from nothing.
#[must_use]
pub fn is_fold_of(state: &State, facts: &[Fact]) -> bool {
    State::fold(facts.iter().cloned()) == *state
}
