//! Talking to the relay: what is new goes out, what is new comes in, and again when something fails.
//!
//! A step is complete in itself, takes a turn only while it changes something, and may be cut off anywhere: everything that it
//! asks of the relay can be asked again.

use std::collections::BTreeSet;

use alongside_log::ids::{EntryId, SpaceId};
use alongside_log::ledger::Alarm;
use alongside_log::vault::OpenVault;
use alongside_wire::account;
use alongside_wire::envelope::Numbered;
use alongside_wire::problem::Code;
use alongside_wire::proof::{self, Purpose};
use alongside_wire::route::{self, pattern};
use alongside_wire::space::{
    AddMember, Append, Appended, AskTicket, Deposit, Deposited, EnvelopeName, OpenSpace, Page, Remove,
};
use alongside_wire::{limits, space as wire_space};
use minicbor::bytes::ByteVec;

use crate::account::session_id;
use crate::client::{Change, Client};
use crate::device::{Open, PortRng};
use crate::inbox::{self, TakenIn};
use crate::intent::{Batch, Writer, aside, restated};
use crate::net::{Ask, AskError, NetError};
use crate::outbox::{Outbox, Outgoing};
use crate::ports::{Platform, Store, StoreError};
use crate::space::{Ticket, to_core_space};
use crate::trouble::Trouble;

/// Why a step ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// The device was locked meanwhile, or another tab writes.
    #[error("this device is not the one to sync now")]
    NotNow,
    /// The relay.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This device.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

impl From<AskError> for SyncError {
    fn from(error: AskError) -> Self {
        Self::Net(error.into())
    }
}

/// Entries read at a time.
const PAGE: u32 = limits::MAX_PAGE;
/// Tickets are asked for anew this long before they run out.
const TICKET_MARGIN_MS: i64 = 60_000;
/// Clocks further apart than this are spoken of.
const CLOCK_TOLERANCE_MS: i64 = 5 * 60_000;

impl<P: Platform> Client<P> {
    /// One whole exchange with the relay: what waits goes out, what is new comes in.
    ///
    /// # Errors
    /// [`SyncError`]; whatever was not done is still to be done.
    pub async fn step(&self) -> Result<(), SyncError> {
        if !self.0.inner.borrow().leading {
            return Err(SyncError::NotNow);
        }
        self.push_vault_once().await?;
        self.flush().await?;
        for space in self.space_ids()? {
            match self.pull(space).await {
                // One space that is stuck does not hold up the others.
                Ok(()) | Err(SyncError::Net(NetError::Unexpected)) => {}
                Err(error) => return Err(error),
            }
        }
        self.check_invitations().await?;
        // What came in may have asked for something to go out: own words restated for a newcomer, a keyring for the vault.
        self.push_vault_once().await?;
        self.flush().await
    }

    pub(crate) fn space_ids(&self) -> Result<Vec<SpaceId>, SyncError> {
        self.with_open(|open| {
            open.spaces
                .iter()
                .filter(|(_, space)| !space.left)
                .map(|(id, _)| *id)
                .collect()
        })
        .map_err(|_| SyncError::NotNow)
    }

    pub(crate) fn session(&self) -> Result<[u8; 32], SyncError> {
        self.with_open(|open| open.row.session)
            .map_err(|_| SyncError::NotNow)?
            .ok_or(SyncError::Net(NetError::SessionEnded))
    }

    /// Asks whether this version and the relay's go together, and compares clocks.
    pub(crate) async fn greet(&self) -> Result<(), SyncError> {
        let asked_ms = self.platform().now_ms();
        let hello: account::HelloReply = Ask::get(pattern::HELLO).send(self.platform().transport()).await?;
        if hello.oldest > alongside_wire::PROTOCOL || hello.newest < alongside_wire::PROTOCOL {
            self.raise_trouble(Trouble::UpdateNeeded);
            return Err(SyncError::Net(NetError::UpdateNeeded));
        }
        let now_ms = self.platform().now_ms();
        let middle_ms = asked_ms + (now_ms - asked_ms) / 2;
        let ahead_ms = middle_ms - hello.now_ms;
        if ahead_ms.abs() > CLOCK_TOLERANCE_MS + (now_ms - asked_ms) {
            self.raise_trouble(Trouble::ClockOff {
                by_s: ahead_ms / 1000,
            });
        } else {
            self.settle_trouble(|trouble| matches!(trouble, Trouble::ClockOff { .. }));
        }
        Ok(())
    }

    // --- the vault -------------------------------------------------------------------------------

    /// The vault as it is at the relay once this returns.
    pub(crate) async fn push_vault(&self) -> Result<(), crate::account::VaultChangeError> {
        use crate::account::VaultChangeError;
        self.push_vault_once().await.map_err(|error| match error {
            SyncError::NotNow => VaultChangeError::Locked,
            SyncError::Net(net) => VaultChangeError::Net(net),
            SyncError::Storage(storage) => VaultChangeError::Storage(storage),
        })
    }

    async fn push_vault_once(&self) -> Result<(), SyncError> {
        for _ in 0..4 {
            let platform = self.platform();
            let token = self.session()?;
            let prepared = self.with_open(|open| {
                open.row.vault_dirty.then(|| {
                    let replaces = open.row.vault_known;
                    open.vault.generation = replaces + 1;
                    let sealed = ByteVec::from(open.vault.seal(&mut PortRng(platform)));
                    (
                        account::PutVault { replaces, sealed },
                        open.vault.contents.spaces.len(),
                        fingerprint(open),
                    )
                })
            });
            let Ok(Some((put, _, told))) = prepared else {
                return Ok(());
            };
            let stored: Result<account::VaultStored, AskError> = Ask::new("PUT", pattern::VAULT)
                .session(&token)
                .body(&put)
                .send(platform.transport())
                .await;
            match stored {
                Ok(stored) => {
                    let _turn = self.turn().await;
                    let writes = self.with_open(|open| {
                        open.row.vault_known = stored.generation;
                        open.vault.generation = stored.generation;
                        // Something may have been added while this was under way.
                        open.row.vault_dirty = fingerprint(open) != told;
                        vec![open.put_device(platform), open.put_vault(platform)]
                    });
                    let Ok(writes) = writes else {
                        return Err(SyncError::NotNow);
                    };
                    platform.store().commit(writes).await?;
                }
                Err(error) if error.code() == Some(Code::VaultConflict) => self.merge_vault(&token).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Another device of mine was first: takes what it added, so that nothing of either is lost.
    async fn merge_vault(&self, token: &[u8; 32]) -> Result<(), SyncError> {
        let platform = self.platform();
        let theirs: account::Vault = Ask::get(pattern::VAULT)
            .session(token)
            .send(platform.transport())
            .await?;
        let _turn = self.turn().await;
        let merged = self.with_open(|open| {
            let key = open.vault.vault_key();
            let Ok(other) = OpenVault::open_with_key(&theirs.sealed, &open.handle, &key) else {
                return None;
            };
            let mine = core::mem::replace(&mut open.vault, other);
            let news = open.vault.merge(&mine);
            open.vault.generation = theirs.generation;
            open.row.vault_known = theirs.generation;
            open.row.vault_dirty = news;
            crate::vaulting::adopt(open);
            Some(vec![open.put_device(platform), open.put_vault(platform)])
        });
        match merged {
            Ok(Some(writes)) => {
                platform.store().commit(writes).await?;
                self.announce(&[Change::Spaces]);
                Ok(())
            }
            // Sealed under a key that this device has not got: the account was secured from elsewhere, and this device is out.
            Ok(None) => Err(SyncError::Net(NetError::SessionEnded)),
            Err(_) => Err(SyncError::NotNow),
        }
    }

    /// Fetches the vault when it is needed for a key that another device has put there.
    async fn refetch_vault(&self) -> Result<(), SyncError> {
        let token = self.session()?;
        self.merge_vault(&token).await
    }

    // --- out ---------------------------------------------------------------------------------------

    /// Tells the relay everything that waits, in order within each space.
    async fn flush(&self) -> Result<(), SyncError> {
        let mut stuck: BTreeSet<SpaceId> = BTreeSet::new();
        let mut told: BTreeSet<u64> = BTreeSet::new();
        loop {
            let next = self.with_open(|open| {
                let first = open
                    .outbox
                    .iter()
                    .find(|(serial, item)| !told.contains(serial) && !stuck.contains(&item.space()))
                    .map(|(serial, item)| (serial, item.clone()))?;
                let run = run_of_appends(&open.outbox, &first, &told);
                Some((first, run))
            });
            let Ok(Some(((serial, item), run))) = next else {
                return Ok(());
            };
            let space = item.space();
            let done = if run.is_empty() {
                told.insert(serial);
                self.tell(serial, item).await
            } else {
                told.extend(run.iter().map(|(serial, ..)| *serial));
                self.tell_appends(space, run).await
            };
            match done {
                Ok(()) => {}
                Err(Told::Stuck | Told::RoundOver) => {
                    stuck.insert(space);
                }
                Err(Told::Sync(error)) => return Err(error),
            }
        }
    }

    async fn tell_appends(
        &self,
        space: SpaceId,
        run: Vec<(u64, EntryId, alongside_wire::envelope::Posted)>,
    ) -> Result<(), Told> {
        let envelopes: Vec<_> = run.iter().map(|(_, _, envelope)| envelope.clone()).collect();
        let path = route::with(pattern::ENTRIES, space.as_bytes());
        let body = Append { envelopes };
        let appended: Appended = self.ask_in(space, |ask| ask.body(&body), "POST", &path).await?;
        // What has its number already need not be fetched: it is taken in as if it had been.
        let entries: Vec<Numbered> = appended
            .numbers
            .iter()
            .zip(body.envelopes)
            .map(|(number, posted)| Numbered {
                number: *number,
                head: posted.head,
                payload: alongside_wire::envelope::Kept::Here(posted.payload),
            })
            .collect();
        let page = Page {
            entries,
            head: appended.head,
            removals: Vec::new(),
            removals_head: 0,
        };
        self.take_page(space, &page).await.map_err(Told::Sync)?;
        // The tickets have proved good, and so has the room.
        self.settle_trouble(|trouble| matches!(trouble, Trouble::RelayFull | Trouble::OverQuota));
        Ok(())
    }

    async fn tell(&self, serial: u64, item: Outgoing) -> Result<(), Told> {
        let platform = self.platform();
        match &item {
            Outgoing::OpenSpace { space } => {
                let token = self.session().map_err(Told::Sync)?;
                let (member, signature) = self.prove_member(*space, Purpose::OpenSpace, &token)?;
                let body = OpenSpace {
                    space: *space.as_bytes(),
                    member,
                    signature,
                };
                Ask::post(pattern::SPACES)
                    .session(&token)
                    .body(&body)
                    .send_for_nothing(platform.transport())
                    .await
                    .map_err(Told::from_ask)?;
            }
            // Alone only when it cannot be sent: see `run_of_appends`.
            Outgoing::Append { .. } => return Err(Told::Stuck),
            Outgoing::AddMember { space, member } => {
                let path = route::with(pattern::MEMBERS, space.as_bytes());
                self.ask_in_for_nothing(
                    *space,
                    |ask| ask.body(&AddMember { member: *member }),
                    "POST",
                    &path,
                )
                .await?;
            }
            Outgoing::Deposit {
                space,
                round,
                entry,
                envelope,
            } => {
                let path = round_path(*space, round.as_bytes());
                let body = Deposit {
                    envelope: envelope.clone(),
                };
                let done: Result<Deposited, Told> =
                    self.ask_in(*space, |ask| ask.body(&body), "PUT", &path).await;
                match done {
                    Ok(Deposited {}) => {}
                    Err(Told::RoundOver) => {
                        // The others' are out already; there is nothing left to hold back.
                        let late = Outgoing::Append {
                            space: *space,
                            entry: *entry,
                            envelope: envelope.clone(),
                        };
                        return self.replace(serial, late).await;
                    }
                    Err(error) => return Err(error),
                }
            }
            Outgoing::TakeBack { space, round } => {
                let path = round_path(*space, round.as_bytes());
                match self.ask_in_for_nothing(*space, |ask| ask, "DELETE", &path).await {
                    Ok(()) | Err(Told::RoundOver) => {}
                    Err(error) => return Err(error),
                }
            }
            Outgoing::Remove { space, envelope } => {
                let path = route::with(pattern::REMOVE, space.as_bytes());
                let body = Remove {
                    envelopes: vec![EnvelopeName(*envelope.as_bytes())],
                };
                self.ask_in_for_nothing(*space, |ask| ask.body(&body), "POST", &path)
                    .await?;
            }
            Outgoing::Leave { space } => {
                // First take in what this device's own entries came to: afterwards nothing more is handed out.
                let _ = self.pull_left(*space).await;
                let path = route::with(pattern::LEAVE, space.as_bytes());
                match self.ask_in_for_nothing(*space, |ask| ask, "POST", &path).await {
                    // Out already, from another device or by an earlier try whose answer was lost.
                    Ok(()) | Err(Told::Stuck) => {}
                    Err(error) => return Err(error),
                }
                self.forget_space_items(*space).await?;
            }
            Outgoing::Answer {
                invitation, welcome, ..
            } => {
                self.answer(*invitation, welcome.as_ref().map(|bytes| bytes.as_slice()))
                    .await?;
            }
        }
        let _turn = self.turn().await;
        platform
            .store()
            .commit(vec![Outbox::delete(serial)])
            .await
            .map_err(|error| Told::Sync(error.into()))?;
        let _ = self.with_open(|open| open.outbox.remove(serial));
        Ok(())
    }

    async fn replace(&self, serial: u64, item: Outgoing) -> Result<(), Told> {
        let _turn = self.turn().await;
        let new = self
            .with_open(|open| open.outbox.next_serial())
            .map_err(|_| Told::Sync(SyncError::NotNow))?;
        let writes = vec![Outbox::delete(serial), Outbox::put(new, &item)];
        self.platform()
            .store()
            .commit(writes)
            .await
            .map_err(|error| Told::Sync(error.into()))?;
        let _ = self.with_open(|open| {
            open.outbox.remove(serial);
            open.outbox.insert(new, item);
        });
        Ok(())
    }

    /// After leaving, what had been appended will not come back with its number.
    async fn forget_space_items(&self, space: SpaceId) -> Result<(), Told> {
        let _turn = self.turn().await;
        let serials = self.with_open(|open| {
            let of = |item: &Outgoing| item.space() == space && matches!(item, Outgoing::Append { .. });
            open.outbox
                .iter()
                .filter(|(_, item)| of(item))
                .map(|(serial, _)| serial)
                .collect::<Vec<_>>()
        });
        let serials = serials.map_err(|_| Told::Sync(SyncError::NotNow))?;
        let writes = serials.iter().map(|serial| Outbox::delete(*serial)).collect();
        self.platform()
            .store()
            .commit(writes)
            .await
            .map_err(|error| Told::Sync(error.into()))?;
        let _ = self.with_open(|open| serials.iter().for_each(|serial| open.outbox.remove(*serial)));
        Ok(())
    }

    // --- in ----------------------------------------------------------------------------------------

    async fn pull_left(&self, space: SpaceId) -> Result<(), SyncError> {
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
            let stood = self.take_page(space, &page).await?;
            if !more || !stood {
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
        drop(_turn);
        if changed || taken.roster {
            self.announce(&[Change::Space(to_core_space(id))]);
        }
        if taken.wants_key {
            self.refetch_vault().await?;
        }
        Ok(true)
    }

    /// What taking entries in asks of this device: own ones are acknowledged, broken ones put aside, keys kept.
    async fn after_taking(&self, id: SpaceId, fresh: &[Numbered], taken: &TakenIn) -> Result<(), SyncError> {
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
        if !writes.is_empty() {
            platform.store().commit(writes).await?;
        }
        let _ = self.with_open(|open| serials.iter().for_each(|serial| open.outbox.remove(*serial)));
        if taken.admitted {
            self.restate(id).await?;
        }
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
        if taken.wants_parents {
            self.raise_trouble(Trouble::Withheld { space });
        }
        for alarm in &taken.alarms {
            self.raise_trouble(match alarm {
                Alarm::TwoPasts { .. } => Trouble::TwoPasts { space },
            });
        }
        Ok(())
    }

    /// Somebody new can read nothing from before: this person says again what they need to know of them.
    async fn restate(&self, id: SpaceId) -> Result<(), SyncError> {
        let platform = self.platform();
        let batch = self.with_open(|open| {
            let events = restated(open, id);
            let mut writer = Writer::new(open, platform, id, Batch::default()).ok()?;
            for event in events {
                writer.act(alongside_core::root::Act::Say(event)).ok()?;
            }
            Some(writer.batch)
        });
        if let Ok(Some(batch)) = batch {
            self.settle(batch).await?;
        }
        Ok(())
    }

    /// Payloads that were removed at the relay go from here, too.
    async fn take_removals(&self, id: SpaceId, page: &Page) -> Result<bool, SyncError> {
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
            let write = inbox::without_payload(self.platform(), id, first, removal.number).await?;
            self.platform()
                .store()
                .commit(write.into_iter().collect())
                .await?;
            let _ = self.with_open(|open| {
                if let Some(space) = open.spaces.get_mut(&id) {
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

    // --- asking in a space -------------------------------------------------------------------------

    fn prove_member(
        &self,
        space: SpaceId,
        purpose: Purpose,
        token: &[u8; 32],
    ) -> Result<([u8; 32], [u8; 64]), Told> {
        self.with_open(|open| {
            let key = open.vault.contents.identity.member_key(space);
            let session = session_id(token);
            (
                key.public(),
                key.sign(&proof::message(purpose, &[space.as_bytes(), &session])),
            )
        })
        .map_err(|_| Told::Sync(SyncError::NotNow))
    }

    /// A ticket for a space, from before or new.
    pub(crate) async fn ticket(&self, space: SpaceId, anew: bool) -> Result<Vec<u8>, Told> {
        let now_ms = self.platform().now_ms();
        let kept = self.with_open(|open| open.spaces.get(&space).and_then(|space| space.ticket.clone()));
        let kept = kept.map_err(|_| Told::Sync(SyncError::NotNow))?;
        if let Some(ticket) = kept.filter(|ticket| !anew && ticket.until_ms > now_ms + TICKET_MARGIN_MS) {
            return Ok(ticket.bytes);
        }
        let token = self.session().map_err(Told::Sync)?;
        let (member, signature) = self.prove_member(space, Purpose::Ticket, &token)?;
        let ticket: wire_space::Ticket = Ask::post(route::with(pattern::TICKET, space.as_bytes()))
            .session(&token)
            .body(&AskTicket { member, signature })
            .send(self.platform().transport())
            .await
            .map_err(Told::from_ask)?;
        let bytes = ticket.ticket.to_vec();
        let _ = self.with_open(|open| {
            if let Some(space) = open.spaces.get_mut(&space) {
                let until_ms = now_ms + i64::from(ticket.valid_s) * 1000;
                space.ticket = Some(Ticket {
                    bytes: bytes.clone(),
                    until_ms,
                });
            }
        });
        Ok(bytes)
    }

    async fn ask_in<R>(
        &self,
        space: SpaceId,
        fill: impl Fn(Ask) -> Ask,
        method: &'static str,
        path: &str,
    ) -> Result<R, Told>
    where
        R: for<'b> minicbor::Decode<'b, ()>,
    {
        let token = self.session().map_err(Told::Sync)?;
        for anew in [false, true] {
            let ticket = self.ticket(space, anew).await?;
            let ask = fill(Ask::new(method, path).session(&token).ticket(&ticket));
            match ask.send(self.platform().transport()).await {
                // It ran out, or the relay was set up anew: once more with a new one.
                Err(error) if !anew && error.code() == Some(Code::TicketNeeded) => {}
                done => return done.map_err(Told::from_ask),
            }
        }
        Err(Told::Stuck)
    }

    async fn ask_in_for_nothing(
        &self,
        space: SpaceId,
        fill: impl Fn(Ask) -> Ask,
        method: &'static str,
        path: &str,
    ) -> Result<(), Told> {
        let token = self.session().map_err(Told::Sync)?;
        for anew in [false, true] {
            let ticket = self.ticket(space, anew).await?;
            let ask = fill(Ask::new(method, path).session(&token).ticket(&ticket));
            match ask.send_for_nothing(self.platform().transport()).await {
                Err(error) if !anew && error.code() == Some(Code::TicketNeeded) => {}
                done => return done.map_err(Told::from_ask),
            }
        }
        Err(Told::Stuck)
    }
}

/// Why something was not told to the relay.
pub(crate) enum Told {
    /// It will not take this, now or later; the rest of that space waits behind it.
    Stuck,
    /// The round was revealed meanwhile.
    RoundOver,
    /// Nothing can be told now.
    Sync(SyncError),
}

impl Told {
    pub(crate) fn from_ask(error: AskError) -> Self {
        match error.code() {
            Some(Code::RoundOver) => Self::RoundOver,
            _ if error.passes() => Self::Sync(error.into()),
            _ => Self::Stuck,
        }
    }
}

fn round_path(space: SpaceId, round: &[u8]) -> String {
    route::with(&route::with(pattern::ROUND, space.as_bytes()), round)
}

/// What the vault holds, as far as two devices can differ in it.
fn fingerprint(open: &Open) -> Vec<(SpaceId, usize, bool)> {
    let rings = &open.vault.contents.spaces;
    let mut print: Vec<_> = rings
        .iter()
        .map(|ring| (ring.space, ring.epochs.len(), ring.left))
        .collect();
    print.push((
        SpaceId::from_bytes([0; 16]),
        open.vault.contents.devices.len(),
        open.vault.has_recovery(),
    ));
    print
}

/// The appends of one space from this item on that can go in one request.
fn run_of_appends(
    outbox: &Outbox,
    first: &(u64, Outgoing),
    told: &BTreeSet<u64>,
) -> Vec<(u64, EntryId, alongside_wire::envelope::Posted)> {
    let space = first.1.space();
    let mut run = Vec::new();
    let mut bytes = 0;
    for (serial, item) in outbox
        .iter()
        .filter(|(serial, item)| *serial >= first.0 && item.space() == space && !told.contains(serial))
    {
        let Outgoing::Append { entry, envelope, .. } = item else {
            break;
        };
        bytes += envelope.head.len() + envelope.payload.len() + 16;
        if run.len() == limits::MAX_APPEND || (bytes > limits::MAX_BODY_BYTES / 2 && !run.is_empty()) {
            break;
        }
        run.push((serial, *entry, envelope.clone()));
    }
    run
}
