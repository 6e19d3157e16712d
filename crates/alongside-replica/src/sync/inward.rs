//! In: fetches what is new in a space, commits it as it came, opens it, and does what it asks of this device.

use alongside_core::event::Event;
use alongside_core::fact::What;
use alongside_log::ids::SpaceId;
use alongside_log::ledger::Alarm;
use alongside_wire::envelope::Numbered;
use alongside_wire::route::{self, pattern};
use alongside_wire::space::Page;

use super::{PAGE, SyncError, Told};
use crate::client::{Change, Client};
use crate::device::Open;
use crate::inbox::{self, TakenIn};
use crate::intent::DispatchError;
use crate::net::NetError;
use crate::outbox::Outbox;
use crate::ports::{Platform, Store};
use crate::space::{to_core_person, to_core_space};
use crate::trouble::Trouble;
use crate::writer::{Batch, Writer, aside, restated};

impl<P: Platform> Client<P> {
    pub(super) async fn pull_left(&self, space: SpaceId) -> Result<(), SyncError> {
        self.pull(space).await
    }

    /// Fetches what is new in a space.
    pub(crate) async fn pull(&self, space: SpaceId) -> Result<(), SyncError> {
        loop {
            let at = self.with_open(|open| {
                open.spaces
                    .get(&space)
                    .map(|space| (space.ledger.number(), space.removed))
            });
            let Ok(Some((after, removed_after))) = at else {
                return Err(SyncError::NotNow);
            };
            let path = format!(
                "{}?after={after}&removed_after={removed_after}&limit={PAGE}",
                route::with(pattern::ENTRIES, space.as_bytes())
            );
            let page: Page = match self.ask_in(space, |ask| ask, "GET", &path).await {
                Ok(page) => page,
                Err(Told::Stuck | Told::RoundOver) => return Err(SyncError::Net(NetError::Unexpected)),
                Err(Told::Sync(error)) => return Err(error),
            };
            if page.head < after {
                self.raise_trouble(Trouble::RolledBack {
                    space: to_core_space(space),
                });
                return Ok(());
            }
            let more = page.entries.last().is_some_and(|last| last.number < page.head);
            self.take_page(space, &page).await?;
            let come = self.with_open(|open| open.spaces.get(&space).map(|space| space.ledger.number()));
            // A page that brings nothing would be asked for forever.
            if !more || come == Ok(Some(after)) {
                return Ok(());
            }
        }
    }

    /// Takes a page in: commits it as it came, opens it, folds it. Says whether it followed on what is here.
    pub(crate) async fn take_page(&self, id: SpaceId, page: &Page) -> Result<bool, SyncError> {
        let _turn = self.turn().await;
        let platform = self.platform();
        let fresh = self.with_open(|open| open.spaces.get(&id).map(|space| inbox::fresh(space, page)));
        let Ok(Some(fresh)) = fresh else {
            return Err(SyncError::NotNow);
        };
        let Some(fresh) = fresh else { return Ok(false) };
        let put = inbox::put(id, &fresh);
        if let Some((_, write)) = put.clone() {
            // Committed before it is opened: what the memory knows, the store has.
            platform.store().commit(vec![write]).await?;
        }
        let taken = self.with_open(|open| {
            let Open { spaces, device, .. } = open;
            let space = spaces.get_mut(&id)?;
            if let Some((first, _)) = &put {
                space.rows.insert(*first, ());
            }
            Some(inbox::take_in(space, device, inbox::to_open(&fresh)))
        });
        let Ok(Some(taken)) = taken else {
            return Err(SyncError::NotNow);
        };
        let mut changed = taken.changed;
        self.after_taking(id, &fresh, &taken).await?;
        changed |= self.take_removals(id, page).await?;
        self.checkpoint(id).await;
        drop(_turn);
        self.review_withheld(id, page.head);
        self.tell_newcomers(id, page.head).await?;
        if changed || taken.roster {
            self.announce(&[Change::Space(to_core_space(id))]);
        }
        if taken.wants_key {
            self.refetch_vault().await?;
        }
        Ok(true)
    }

    /// Hands on to who came in what they lack, once all that the relay has is here: somebody who had not heard of them wrote in a way that
    /// they cannot read.
    async fn tell_newcomers(&self, id: SpaceId, head: u64) -> Result<(), SyncError> {
        let due = self.with_open(|open| {
            let space = open.spaces.get(&id).filter(|space| !space.left);
            space.is_some_and(|space| space.ledger.number() >= head && space.ledger.must_tell())
        });
        if due != Ok(true) || self.may_write().is_err() {
            return Ok(());
        }
        let _turn = self.turn().await;
        let platform = self.platform();
        let batch = self.with_open(|open| {
            let writer = Writer::new(open, platform, id, Batch::default())?;
            Ok::<_, DispatchError>(writer.batch)
        });
        if let Ok(batch) = batch
            && let Ok(batch) = self.or_as_before(batch).await
        {
            self.settle(batch).await?;
        }
        Ok(())
    }

    /// Speaks of something withheld once all that the relay has is here, and no more once it came.
    fn review_withheld(&self, id: SpaceId, head: u64) {
        let waits = self.with_open(|open| {
            let ledger = &open.spaces.get(&id)?.ledger;
            Some((ledger.lacks_entries(), ledger.number() >= head))
        });
        let space = to_core_space(id);
        match waits {
            Ok(Some((true, true))) => self.raise_trouble(Trouble::Withheld { space }),
            Ok(Some((false, _))) => self.settle_trouble(|it| *it == Trouble::Withheld { space }),
            Ok(Some((true, false)) | None) | Err(_) => {}
        }
    }

    /// What taking entries in asks of this device: own ones are acknowledged, broken ones put aside, keys kept.
    pub(super) async fn after_taking(
        &self,
        id: SpaceId,
        fresh: &[Numbered],
        taken: &TakenIn,
    ) -> Result<(), SyncError> {
        let platform = self.platform();
        let space = to_core_space(id);
        let prepared = self.with_open(|open| {
            let mut writes = Vec::new();
            let serials: Vec<u64> = taken
                .acknowledged
                .iter()
                .filter_map(|entry| open.outbox.append_of(*entry))
                .collect();
            writes.extend(serials.iter().map(|serial| Outbox::delete(*serial)));
            for (envelope, number) in &taken.refused {
                let came = fresh.iter().find(|entry| Some(entry.number) == *number);
                writes.extend(came.map(|entry| aside(id, *envelope, alongside_wire::encode(entry))));
            }
            if taken.roster && open.update_keyring(id) {
                open.row.vault_dirty = true;
                writes.push(open.put_vault(platform));
                writes.push(open.put_device(platform));
                self.0.wake.wake();
            }
            (writes, serials)
        });
        let Ok((writes, serials)) = prepared else {
            return Err(SyncError::NotNow);
        };
        // A person hears of it even where there is no room to keep it.
        if taken.too_new {
            self.raise_trouble(Trouble::UpdateNeeded);
        } else if !taken.refused.is_empty() {
            let before = self.troubles().iter().find_map(|trouble| match trouble {
                Trouble::Altered { space: at, count } if *at == space => Some(*count),
                Trouble::Altered { .. }
                | Trouble::TwoPasts { .. }
                | Trouble::RolledBack { .. }
                | Trouble::Withheld { .. }
                | Trouble::ClockOff { .. }
                | Trouble::UpdateNeeded
                | Trouble::RelayFull
                | Trouble::OverQuota
                | Trouble::SessionEnded => None,
            });
            self.raise_trouble(Trouble::Altered {
                space,
                count: before.unwrap_or(0) + taken.refused.len(),
            });
        }
        for alarm in &taken.alarms {
            self.raise_trouble(match alarm {
                Alarm::TwoPasts { .. } => Trouble::TwoPasts { space },
            });
        }
        if !writes.is_empty() {
            platform.store().commit(writes).await?;
        }
        let _ = self.with_open(|open| serials.iter().for_each(|serial| open.outbox.remove(*serial)));
        if taken.admitted {
            self.restate(id).await?;
        }
        Ok(())
    }

    /// What was to be said again for somebody new, and was not: the device was cut off, or full, right after they came in.
    pub(super) async fn restate_what_was_missed(&self, id: SpaceId) -> Result<(), SyncError> {
        let missed = self.with_open(|open| {
            let me = to_core_person(open.vault.contents.identity.public().id());
            let facts = open
                .spaces
                .get(&id)
                .map(|space| space.feed.facts())
                .unwrap_or_default();
            let last = facts.iter().rev().find_map(|fact| match &fact.what {
                What::Joined(person) if *person != me && fact.position.depth > 0 => Some(true),
                What::Said(Event::Members(_)) if fact.author == me => Some(false),
                What::Joined(_) | What::Left(_) | What::Withdrawn | What::Said(_) => None,
            });
            last == Some(true)
        });
        match missed {
            Ok(true) => {
                let _turn = self.turn().await;
                self.restate(id).await
            }
            Ok(false) => Ok(()),
            Err(_) => Err(SyncError::NotNow),
        }
    }

    /// Somebody new can read nothing from before: this person says again what they need to know of them.
    pub(super) async fn restate(&self, id: SpaceId) -> Result<(), SyncError> {
        let platform = self.platform();
        let batch = self.with_open(|open| {
            let events = restated(open, id);
            let mut writer = Writer::new(open, platform, id, Batch::default())?;
            for event in events {
                writer.act(alongside_core::root::Act::Say(event))?;
            }
            Ok::<_, DispatchError>(writer.batch)
        });
        // Where nothing can be said, as in a space that was left, nothing is.
        if let Ok(batch) = batch
            && let Ok(batch) = self.or_as_before(batch).await
        {
            self.settle(batch).await?;
        }
        Ok(())
    }

    /// Payloads that were removed at the relay go from here, too.
    pub(super) async fn take_removals(&self, id: SpaceId, page: &Page) -> Result<bool, SyncError> {
        let mut changed = false;
        for removal in &page.removals {
            let known = self.with_open(|open| {
                let space = open.spaces.get_mut(&id)?;
                if removal.serial <= space.removed {
                    return None;
                }
                let first = space.row_of(removal.number)?;
                Some((space.entry_at(removal.number), first))
            });
            let Ok(Some((entry, first))) = known else { continue };
            let writes = inbox::without_payload(self.platform(), id, first, removal.number).await?;
            self.platform().store().commit(writes).await?;
            let _ = self.with_open(|open| {
                if let Some(space) = open.spaces.get_mut(&id) {
                    // The one that had these words is gone.
                    space.checkpointed = 0;
                    changed |= entry.is_some_and(|entry| space.feed.withdraw(entry));
                }
            });
        }
        if let Some(last) = page.removals.last().map(|removal| removal.serial) {
            self.platform()
                .store()
                .commit(vec![inbox::put_removed(id, last)])
                .await?;
            let _ = self.with_open(|open| {
                if let Some(space) = open.spaces.get_mut(&id) {
                    space.removed = space.removed.max(last);
                }
            });
        }
        Ok(changed)
    }
}
