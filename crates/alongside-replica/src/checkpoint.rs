//! Checkpoints: a space as it was when its inbox had come up to some number, sealed for this device. Unlocking reads the checkpoint, and opens only
//! what came after it.
//!
//! A checkpoint saves time, and is nothing else: where there is none, or it does not open, or does not belong to what lies in the inbox, the inbox
//! is opened from its beginning.

use std::collections::HashMap;

use alongside_core::event::{self, Decoded};
use alongside_core::fact::{Fact, Position, What};
use alongside_core::id as core_id;
use alongside_log::identity::Device;
use alongside_log::ids::{EntryId, EnvelopeId, PersonId, SpaceId};
use alongside_log::keep::LocalKey;
use alongside_log::ledger::Ledger;
use alongside_log::vault::Keyring;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::client::Client;
use crate::device::PortRng;
use crate::inbox;
use crate::ports::{Platform, Store, StoreError, Table, Write};
use crate::space::{Lies, Space, to_core_entry};

/// Counts up whenever a checkpoint comes to mean something else. One of another version is thrown away.
const VERSION: u32 = 1;

/// A checkpoint, as it is sealed.
#[derive(Encode, Decode)]
struct Checkpoint<'b> {
    #[n(0)]
    version: u32,
    /// The inbox had come up to here …
    #[n(1)]
    number: u64,
    /// … these are the first numbers of its rows …
    #[n(2)]
    rows: Vec<u64>,
    /// … and so often had rows that were there been written anew.
    #[n(3)]
    rewritten: u64,
    #[n(4)]
    removed: u64,
    #[n(5)]
    refused: Vec<(EnvelopeId, Option<u64>)>,
    #[cbor(b(6), with = "minicbor::bytes")]
    ledger: &'b [u8],
    /// Everybody who is named below, by their place in here.
    #[n(7)]
    people: Vec<core_id::PersonId>,
    /// In their order.
    #[n(8)]
    facts: Vec<FactRow>,
    /// Entries with payloads that say nothing in this space: which, whose, and where they lie.
    #[n(9)]
    silent: Vec<(EntryId, u32, LiesRow)>,
}

#[derive(Encode, Decode)]
struct FactRow {
    #[n(0)]
    entry: EntryId,
    #[n(1)]
    depth: u64,
    #[n(2)]
    author: u32,
    #[n(3)]
    at_ms: i64,
    #[n(4)]
    in_round: bool,
    #[n(5)]
    what: WhatRow,
    #[n(6)]
    lies: Option<LiesRow>,
}

#[derive(Encode, Decode)]
enum WhatRow {
    #[n(0)]
    Joined(#[n(0)] u32),
    #[n(1)]
    Left(#[n(0)] u32),
    #[n(2)]
    Withdrawn,
    #[n(3)]
    Said(#[n(0)] ByteVec),
}

#[derive(Encode, Decode)]
struct LiesRow {
    #[n(0)]
    envelope: EnvelopeId,
    #[n(1)]
    number: Option<u64>,
}

/// What a space's checkpoint is bound to.
fn label(id: SpaceId) -> String {
    let hex: String = id.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("checkpoint/{hex}")
}

/// Takes a space's checkpoint out of the store.
pub(crate) fn delete(id: SpaceId) -> Write {
    Write::Delete(Table::Checkpoint, id.as_bytes().to_vec())
}

/// People by their place in a list.
#[derive(Default)]
struct People {
    list: Vec<core_id::PersonId>,
    places: HashMap<core_id::PersonId, u32>,
}

impl People {
    fn place(&mut self, person: core_id::PersonId) -> u32 {
        let next = self.list.len() as u32;
        *self.places.entry(person).or_insert_with(|| {
            self.list.push(person);
            next
        })
    }
}

/// A space as it stands. None where that would be more, or less, than what the inbox says: where something waits, or was not numbered yet, or
/// is for a later version to read.
fn plain(space: &Space, rewritten: u64) -> Option<Zeroizing<Vec<u8>>> {
    if space.too_new || space.unknown > 0 {
        return None;
    }
    let ledger = space.ledger.snapshot()?;
    let numbers: HashMap<EntryId, u64> = space
        .numbers
        .iter()
        .map(|(number, entry)| (*entry, *number))
        .collect();
    let row_of = |entry: EntryId, lies: &Lies| LiesRow {
        envelope: lies.envelope,
        number: numbers.get(&entry).copied(),
    };
    let mut people = People::default();
    let mut speaking = 0;
    let mut facts = Vec::with_capacity(space.feed.facts().len());
    for fact in space.feed.facts() {
        let entry = EntryId::from_bytes(*fact.position.id.as_bytes());
        let lies = space.lies.get(&entry).map(|lies| row_of(entry, lies));
        speaking += usize::from(lies.is_some());
        facts.push(FactRow {
            entry,
            depth: fact.position.depth,
            author: people.place(fact.author),
            at_ms: fact.at_ms,
            in_round: fact.in_round,
            what: match &fact.what {
                What::Joined(person) => WhatRow::Joined(people.place(*person)),
                What::Left(person) => WhatRow::Left(people.place(*person)),
                What::Withdrawn => WhatRow::Withdrawn,
                What::Said(event) => WhatRow::Said(event::encode(event).into()),
            },
            lies,
        });
    }
    let mut silent = Vec::new();
    if speaking < space.lies.len() {
        let spoken: std::collections::HashSet<EntryId> = facts.iter().map(|row| row.entry).collect();
        for (entry, lies) in space.lies.iter().filter(|(entry, _)| !spoken.contains(entry)) {
            let author = people.place(crate::space::to_core_person(lies.author));
            silent.push((*entry, author, row_of(*entry, lies)));
        }
    }
    let checkpoint = Checkpoint {
        version: VERSION,
        number: space.ledger.number(),
        rows: space.rows.keys().copied().collect(),
        rewritten,
        removed: space.removed,
        refused: space.refused.clone(),
        ledger: &ledger,
        people: people.list,
        facts,
        silent,
    };
    Some(Zeroizing::new(alongside_wire::encode(&checkpoint)))
}

/// Brings a space of which nothing was opened yet to where its checkpoint was taken, if it has one that belongs to what lies in the store.
pub(crate) async fn resume<P: Platform>(
    platform: &P,
    local: &LocalKey,
    ring: &Keyring,
    device: &Device,
    space: &mut Space,
    leading: bool,
) -> Result<(), StoreError> {
    let key = ring.space.as_bytes();
    let Some(sealed) = platform.store().get(Table::Checkpoint, key).await? else {
        return Ok(());
    };
    let rewritten = inbox::rewritten(platform, ring.space).await?;
    let removed = inbox::removed(platform, ring.space).await?;
    let taken = match local.open(&label(ring.space), &sealed) {
        Ok(plain) => read(&plain, rewritten, removed, ring, device),
        Err(_) => None,
    };
    if let Some(taken) = taken
        && ends_in(platform, ring.space, &taken).await?
        && go_on(space, taken)
    {
        return Ok(());
    }
    if leading {
        // For room alone: a device that is full opens without.
        let _ = platform.store().commit(vec![delete(ring.space)]).await;
    }
    Ok(())
}

/// A checkpoint that was read.
struct Taken {
    ledger: Ledger,
    rows: Vec<u64>,
    refused: Vec<(EnvelopeId, Option<u64>)>,
    people: Vec<core_id::PersonId>,
    facts: Vec<FactRow>,
    silent: Vec<(EntryId, u32, LiesRow)>,
}

fn read(plain: &[u8], rewritten: u64, removed: u64, ring: &Keyring, device: &Device) -> Option<Taken> {
    // Of another version nothing else can be said.
    let mut decoder = minicbor::Decoder::new(plain);
    if decoder.array().ok()?.is_none() || decoder.u32().ok()? != VERSION {
        return None;
    }
    let checkpoint: Checkpoint<'_> = alongside_wire::decode(plain).ok()?;
    if (checkpoint.rewritten, checkpoint.removed) != (rewritten, removed) {
        return None;
    }
    let ledger = Ledger::resume(ring, device, checkpoint.ledger)?;
    (ledger.number() == checkpoint.number).then_some(Taken {
        ledger,
        rows: checkpoint.rows,
        refused: checkpoint.refused,
        people: checkpoint.people,
        facts: checkpoint.facts,
        silent: checkpoint.silent,
    })
}

/// Whether the inbox has what was the last of it when this was taken.
async fn ends_in<P: Platform>(platform: &P, id: SpaceId, taken: &Taken) -> Result<bool, StoreError> {
    let Some(first) = taken.rows.last() else {
        return Ok(false);
    };
    let number = taken.ledger.number();
    let last = inbox::last_of(platform, id, *first).await?;
    Ok(last.is_some_and(|(at, envelope)| at == number && taken.ledger.was_shown(number, envelope)))
}

/// Whether it could be taken over. Nothing of it is, if not.
fn go_on(space: &mut Space, taken: Taken) -> bool {
    let person = |place: u32| {
        usize::try_from(place)
            .ok()
            .and_then(|place| taken.people.get(place).copied())
    };
    let mut facts = Vec::with_capacity(taken.facts.len());
    let mut lying: Vec<(EntryId, core_id::PersonId, LiesRow)> = Vec::with_capacity(taken.facts.len());
    for row in taken.facts {
        let what = match row.what {
            WhatRow::Joined(place) => person(place).map(What::Joined),
            WhatRow::Left(place) => person(place).map(What::Left),
            WhatRow::Withdrawn => Some(What::Withdrawn),
            WhatRow::Said(payload) => match (space.decode)(&payload) {
                Decoded::Known(event) => Some(What::Said(event)),
                // An earlier version is here now.
                Decoded::Unknown { .. } | Decoded::Malformed => None,
            },
        };
        let (Some(author), Some(what)) = (person(row.author), what) else {
            return false;
        };
        facts.push(Fact {
            position: Position {
                depth: row.depth,
                id: to_core_entry(row.entry),
            },
            author,
            at_ms: row.at_ms,
            in_round: row.in_round,
            what,
        });
        lying.extend(row.lies.map(|lies| (row.entry, author, lies)));
    }
    for (entry, author, lies) in taken.silent {
        let Some(author) = person(author) else {
            return false;
        };
        lying.push((entry, author, lies));
    }
    space.lies.reserve(lying.len());
    space.numbers.reserve(lying.len());
    for (entry, author, LiesRow { envelope, number }) in lying {
        let author = PersonId::from_bytes(*author.as_bytes());
        space.lies.insert(entry, Lies { envelope, author });
        space.numbers.extend(number.map(|number| (number, entry)));
    }
    space.checkpointed = taken.ledger.number();
    space.ledger = taken.ledger;
    space.rows = taken.rows.into_iter().map(|first| (first, ())).collect();
    space.refused = taken.refused;
    space.feed.extend(facts);
    true
}

impl<P: Platform> Client<P> {
    /// Seals every space of which enough came in since it was sealed last.
    pub(crate) async fn checkpoint_all(&self) {
        let _turn = self.turn().await;
        let ids = self.with_open(|open| open.spaces.keys().copied().collect::<Vec<_>>());
        for id in ids.unwrap_or_default() {
            self.checkpoint(id).await;
        }
    }

    /// Seals a space as it stands, if enough came in since it was sealed last. Whoever calls holds the turn.
    pub(crate) async fn checkpoint(&self, id: SpaceId) {
        let platform = self.platform();
        if !self.0.inner.borrow().leading {
            return;
        }
        // The more there is, the longer it takes: all that is done for a long history stays in proportion to it.
        let due = |space: &Space| {
            let since = space.ledger.number().saturating_sub(space.checkpointed);
            since >= platform.checkpoint_every().max(space.checkpointed / 8)
        };
        if self.with_open(|open| open.spaces.get(&id).is_some_and(due)) != Ok(true) {
            return;
        }
        let Ok(rewritten) = inbox::rewritten(platform, id).await else {
            return;
        };
        let sealed = self.with_open(|open| {
            let space = open.spaces.get_mut(&id)?;
            let plain = plain(space, rewritten)?;
            // Where there is no room for it, it is not tried again at once.
            space.checkpointed = space.ledger.number();
            Some(open.local.seal(&label(id), &plain, &mut PortRng(platform)))
        });
        if let Ok(Some(sealed)) = sealed {
            let put = Write::Put(Table::Checkpoint, id.as_bytes().to_vec(), sealed);
            let _ = platform.store().commit(vec![put]).await;
        }
    }
}
