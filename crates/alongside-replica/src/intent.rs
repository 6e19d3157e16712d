//! From a wish to an entry that lies safely on the device.

use alongside_core::id::SpaceId;
use alongside_core::members::{self, Kind};
use alongside_core::root::{self, Command, Rejection};
use alongside_log::ids::{self as log_ids};
use alongside_log::ledger::{Control, What};
use alongside_log::vault::SpaceKind;

use crate::client::{Change, Client, IsLocked};
use crate::device::Open;
use crate::outbox::{Outgoing, envelope};
use crate::ports::{Platform, Store, StoreError, Write};
use crate::space::{to_core_space, to_log_space};
use crate::writer::{Batch, Writer, absorb_own, begin_space};

/// Why a wish was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DispatchError {
    /// A rule of the domain, in the person's terms.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The device is locked.
    #[error("the device is locked")]
    Locked,
    /// Another tab writes.
    #[error("another tab is the one that writes")]
    AnotherTab,
    /// I am not, or no longer, a member there.
    #[error("not a member of this space")]
    NotMember,
    /// The device could not keep it. Nothing has changed.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

impl From<IsLocked> for DispatchError {
    fn from(IsLocked: IsLocked) -> Self {
        Self::Locked
    }
}

impl<P: Platform> Client<P> {
    /// Carries out wishes, in one space or several, all or none. When it returns, they lie on the device for good and
    /// show in its state; the relay and the others follow when they can be reached.
    ///
    /// # Errors
    /// [`DispatchError`]; nothing has changed then.
    pub async fn dispatch(&self, wishes: Vec<(SpaceId, Command)>) -> Result<(), DispatchError> {
        let _turn = self.turn().await;
        self.may_write()?;
        let mut acts = Vec::new();
        for (space, command) in &wishes {
            let context = self.context(*space).ok_or(DispatchError::Locked)?;
            let decided = self
                .with_state(*space, |state| root::decide(state, &context, command))
                .ok_or(DispatchError::NotMember)??;
            acts.push((to_log_space(*space), decided));
        }
        let batch = self.with_open(|open| {
            let mut batch = Batch::default();
            for (space, acts) in acts {
                if acts.is_empty() {
                    continue;
                }
                let mut writer = Writer::new(open, self.platform(), space, batch)?;
                for act in acts {
                    writer.act(act)?;
                }
                batch = writer.batch;
            }
            Ok::<_, DispatchError>(batch)
        });
        let batch = self.or_as_before(batch?).await?;
        self.settle(batch).await?;
        Ok(())
    }

    /// What could not be put together to its end may have left half of itself in the memory: back to what the store has.
    pub(crate) async fn or_as_before<T, E>(&self, done: Result<T, E>) -> Result<T, E> {
        if done.is_err() {
            let _ = self.reopen().await;
        }
        done
    }

    pub(crate) fn may_write(&self) -> Result<(), DispatchError> {
        let inner = self.0.inner.borrow();
        if inner.open.is_none() {
            Err(DispatchError::Locked)
        } else if !inner.leading {
            Err(DispatchError::AnotherTab)
        } else {
            Ok(())
        }
    }

    /// Commits a batch and then takes it in. Whoever calls holds the turn.
    pub(crate) async fn settle(&self, batch: Batch) -> Result<(), StoreError> {
        let Batch {
            mut writes,
            items,
            dropped,
            withdrawn,
            next: _,
        } = batch;
        for (space, entry) in &withdrawn {
            writes.extend(self.rewritten_without(*space, *entry).await?);
        }
        if let Err(error) = self.platform().store().commit(writes).await {
            // What was sealed may already stand in the memory, with nothing behind it: back to what the store has.
            let _ = self.reopen().await;
            return Err(error);
        }
        let mut changes = Vec::new();
        let _ = self.with_open(|open| {
            for serial in dropped {
                open.outbox.remove(serial);
            }
            let Open {
                spaces,
                device,
                outbox,
                ..
            } = open;
            for (serial, item) in items {
                if let Outgoing::Append {
                    space: id,
                    envelope: waiting,
                    ..
                } = &item
                    && let Some(space) = spaces.get_mut(id)
                {
                    absorb_own(space, device, vec![envelope(waiting)]);
                    changes.push(Change::Space(to_core_space(*id)));
                }
                outbox.insert(serial, item);
            }
            for (id, entry) in withdrawn {
                if let Some(space) = spaces.get_mut(&id) {
                    // The one that had these words is gone.
                    space.checkpointed = 0;
                    space.feed.withdraw(entry);
                    changes.push(Change::Space(to_core_space(id)));
                }
            }
        });
        changes.dedup();
        self.announce(&changes);
        self.0.wake.wake();
        Ok(())
    }

    /// The inbox row in which an entry lies, without its payload.
    pub(crate) async fn rewritten_without(
        &self,
        id: log_ids::SpaceId,
        entry: alongside_core::id::EntryId,
    ) -> Result<Vec<Write>, StoreError> {
        let at = self.with_open(|open| {
            let space = open.spaces.get(&id)?;
            let number = space.number_of(entry)?;
            Some((number, space.row_of(number)?))
        });
        let Ok(Some((number, first))) = at else {
            return Ok(Vec::new());
        };
        crate::inbox::without_payload(self.platform(), id, first, number).await
    }

    /// Starts an Us with myself as its only member so far. What is begun alone stays one's own: a newcomer reads from
    /// their coming on.
    ///
    /// # Errors
    /// [`DispatchError`]; nothing has changed then.
    pub async fn start_us(&self, kind: Kind, name: &str) -> Result<SpaceId, DispatchError> {
        let _turn = self.turn().await;
        self.may_write()?;
        let me = self.me().ok_or(DispatchError::Locked)?;
        let my_name = self.my_name();
        let platform = self.platform();
        let mut bytes = [0; 16];
        platform.fill_random(&mut bytes);
        let id = log_ids::SpaceId::from_bytes(bytes);
        let space = to_core_space(id);

        // Asked before anything is made, so that a refusal leaves nothing behind.
        let context = self.context(space).ok_or(DispatchError::Locked)?;
        let empty = root::State::default();
        let mut commands = vec![Command::Members(members::Command::Begin {
            kind,
            name: name.to_owned(),
        })];
        commands.extend(my_name.map(|name| Command::Members(members::Command::Name { name })));
        let mut acts = Vec::new();
        for command in &commands {
            acts.extend(root::decide(&empty, &context, command)?);
        }
        debug_assert_eq!(context.me, me, "the context is of this person");

        let batch = self.with_open(|open| {
            let batch = begin_space(open, platform, id, SpaceKind::Us, Batch::default())?;
            let mut writer = Writer::new(open, platform, id, batch)?;
            for act in acts {
                writer.act(act)?;
            }
            let mut batch = writer.batch;
            open.update_keyring(id);
            open.row.vault_dirty = true;
            batch.writes.push(open.put_vault(platform));
            batch.writes.push(open.put_device(platform));
            Ok::<_, DispatchError>(batch)
        });
        let batch = self.or_as_before(batch?).await?;
        self.settle(batch).await?;
        self.announce(&[Change::Spaces]);
        Ok(space)
    }

    /// How I wish to be called unless I say otherwise.
    pub(crate) fn my_name(&self) -> Option<String> {
        let (me, space) = (self.me()?, self.me_space()?);
        self.with_state(space, |state| {
            members::my_default_name(state, me).map(ToOwned::to_owned)
        })?
    }

    /// Leaves an Us, at once and alone. What was read stays on this device; nothing that is written there from now on can be read
    /// here: the others write under a new key.
    ///
    /// # Errors
    /// [`DispatchError`]; nothing has changed then.
    pub async fn leave(&self, space: SpaceId) -> Result<(), DispatchError> {
        let _turn = self.turn().await;
        self.may_write()?;
        let id = to_log_space(space);
        let platform = self.platform();
        let batch = self.with_open(|open| {
            let mut writer = Writer::new(open, platform, id, Batch::default())?;
            writer.say(What::Control(Control::leave()))?;
            let mut batch = writer.batch;
            batch.tell(&open.outbox, Outgoing::Leave { space: id });
            if let Some(space) = open.spaces.get_mut(&id) {
                space.left = true;
            }
            open.update_keyring(id);
            open.row.vault_dirty = true;
            batch.writes.push(open.put_vault(platform));
            batch.writes.push(open.put_device(platform));
            Ok::<_, DispatchError>(batch)
        });
        let batch = self.or_as_before(batch?).await?;
        self.settle(batch).await?;
        self.announce(&[Change::Spaces, Change::Space(space)]);
        Ok(())
    }
}
