//! Out: tells the relay what waits, in order within each space.

use std::collections::BTreeSet;

use alongside_core::fact::What;
use alongside_log::ids::{EntryId, RoundId, SpaceId};
use alongside_wire::envelope::Numbered;
use alongside_wire::limits;
use alongside_wire::proof::Purpose;
use alongside_wire::route::{self, pattern};
use alongside_wire::space::{
    AddMember, Append, Appended, Deposit, Deposited, EnvelopeName, OpenSpace, Page, Remove,
};

use super::{SyncError, Told};
use crate::client::{Change, Client};
use crate::inbox;
use crate::net::Ask;
use crate::outbox::{Outbox, Outgoing};
use crate::ports::{Platform, Store};
use crate::space::to_core_person;
use crate::trouble::Trouble;

impl<P: Platform> Client<P> {
    /// Tells the relay everything that waits, in order within each space.
    pub(super) async fn flush(&self) -> Result<(), SyncError> {
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
                Ok(()) => self.announce(&[Change::Connection]),
                Err(Told::Stuck | Told::RoundOver) => {
                    stuck.insert(space);
                    self.give_up_if_left(space).await?;
                }
                Err(Told::Sync(error)) => return Err(error),
            }
        }
    }

    /// What this device still had to say in a space that its person has left from another one: the relay takes it no more.
    async fn give_up_if_left(&self, space: SpaceId) -> Result<(), SyncError> {
        let left = self.with_open(|open| open.spaces.get(&space).is_some_and(|space| space.left));
        if left != Ok(true) {
            return Ok(());
        }
        match self.forget_space_items(space, |_| true).await {
            Ok(()) | Err(Told::Stuck | Told::RoundOver) => Ok(()),
            Err(Told::Sync(error)) => Err(error),
        }
    }

    pub(super) async fn tell_appends(
        &self,
        space: SpaceId,
        run: Vec<(u64, EntryId, alongside_wire::envelope::Posted)>,
    ) -> Result<(), Told> {
        let envelopes: Vec<_> = run.iter().map(|(_, _, envelope)| envelope.clone()).collect();
        let path = route::with(pattern::ENTRIES, space.as_bytes());
        let body = Append { envelopes };
        let appended: Appended = self.ask_in(space, |ask| ask.body(&body), "POST", &path).await?;
        self.forget_numbered(space, &run, &appended.numbers).await?;
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

    /// What has its number and lies in the inbox, and still stands in the outbox: the device was cut off, or full, between the two.
    async fn forget_numbered(
        &self,
        id: SpaceId,
        run: &[(u64, EntryId, alongside_wire::envelope::Posted)],
        numbers: &[u64],
    ) -> Result<(), Told> {
        let mut serials = Vec::new();
        for ((serial, _, posted), number) in run.iter().zip(numbers) {
            let first = self.with_open(|open| {
                let space = open.spaces.get(&id)?;
                (*number <= space.ledger.number())
                    .then(|| space.row_of(*number))
                    .flatten()
            });
            // The relay's word alone is not enough to let go of it.
            if let Ok(Some(first)) = first
                && inbox::holds(self.platform(), id, first, *number, &posted.head)
                    .await
                    .map_err(|error| Told::Sync(error.into()))?
            {
                serials.push(*serial);
            }
        }
        if serials.is_empty() {
            return Ok(());
        }
        let _turn = self.turn().await;
        let writes = serials.iter().map(|serial| Outbox::delete(*serial)).collect();
        let done = self.platform().store().commit(writes).await;
        done.map_err(|error| Told::Sync(error.into()))?;
        let _ = self.with_open(|open| serials.iter().for_each(|serial| open.outbox.remove(*serial)));
        Ok(())
    }

    pub(super) async fn tell(&self, serial: u64, item: Outgoing) -> Result<(), Told> {
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
                        // The others' are out already; there is nothing left to hold back. But where an answer of mine from
                        // another device was revealed with them, that one stands.
                        self.pull(*space).await.map_err(Told::Sync)?;
                        if !self.was_revealed(*space, *round)? {
                            let late = Outgoing::Append {
                                space: *space,
                                entry: *entry,
                                envelope: envelope.clone(),
                            };
                            return self.replace(serial, late).await;
                        }
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
                self.forget_space_items(*space, |item| matches!(item, Outgoing::Append { .. }))
                    .await?;
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

    /// Whether an answer of mine is among those that were revealed in a round.
    fn was_revealed(&self, id: SpaceId, round: RoundId) -> Result<bool, Told> {
        let revealed = self.with_open(|open| {
            let me = to_core_person(open.vault.contents.identity.public().id());
            open.spaces.get(&id).is_some_and(|space| {
                let mut mine = space
                    .feed
                    .facts()
                    .iter()
                    .filter(|fact| fact.in_round && fact.author == me);
                mine.any(|fact| match &fact.what {
                    What::Said(event) => event
                        .round()
                        .is_some_and(|name| space.ledger.round_id(&name) == round),
                    What::Joined(_) | What::Left(_) | What::Withdrawn => false,
                })
            })
        });
        revealed.map_err(|_| Told::Sync(SyncError::NotNow))
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
    async fn forget_space_items(
        &self,
        space: SpaceId,
        which: impl Fn(&Outgoing) -> bool,
    ) -> Result<(), Told> {
        let _turn = self.turn().await;
        let serials = self.with_open(|open| {
            let of = |item: &Outgoing| item.space() == space && which(item);
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
}

fn round_path(space: SpaceId, round: &[u8]) -> String {
    route::with(&route::with(pattern::ROUND, space.as_bytes()), round)
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
