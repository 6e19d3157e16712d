//! A person's device, as the screens and the command line use it.

use std::cell::RefCell;
use std::rc::Rc;

use alongside_core::event;
use alongside_core::fact::Fact;
use alongside_core::id::{PersonId, SpaceId};
use alongside_core::root::{Context, State};
use alongside_log::vault::SpaceKind;
use futures_util::lock::{Mutex, MutexGuard};

use crate::device::{LAYOUT, LockRow, Open, row};
use crate::net::NetError;
use crate::ports::{Platform, Store, StoreError, Table};
use crate::space::{Decoder, to_core_person, to_core_space, to_log_space};
use crate::trouble::Trouble;
use crate::wake::Wake;

/// How a device stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has an account on it.
    Nobody,
    /// Somebody has, and it is locked.
    Locked {
        /// Whose account it is.
        handle: String,
    },
    /// It is unlocked.
    Open,
}

/// Something that a screen may want to draw anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Unlocked, locked, signed out.
    Standing,
    /// A space came or went.
    Spaces,
    /// Something happened in a space.
    Space(SpaceId),
    /// The relay is reached, or no more; or less waits to be sent to it.
    Connection,
    /// Something became of an invitation, sent or claimed.
    Invitations,
    /// There is something to know about.
    Troubles,
}

/// Whether the relay is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Changes come and go as they happen.
    Connected,
    /// It is being tried.
    Connecting,
    /// It is not; it is tried again by itself.
    Unreachable,
}

/// An Us, in the list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsInfo {
    /// Which.
    pub id: SpaceId,
    /// I have left it; what was is still here.
    pub left: bool,
}

pub(crate) struct Inner {
    pub(crate) lock: Option<LockRow>,
    pub(crate) open: Option<Open>,
    pub(crate) connection: Connection,
    /// This is the tab that writes.
    pub(crate) leading: bool,
    pub(crate) troubles: Vec<Trouble>,
    /// One more with each unlocking and locking: loops of an earlier one end.
    pub(crate) period: u64,
}

pub(crate) struct Shared<P> {
    pub(crate) platform: P,
    pub(crate) decode: Decoder,
    pub(crate) inner: RefCell<Inner>,
    /// Whoever changes something holds this from deciding until it is committed and taken in.
    turn: Mutex<()>,
    /// Held while the vault is on its way to the relay: two from one device would each replace the same generation.
    vault_way: Mutex<()>,
    pub(crate) wake: Wake,
    #[expect(clippy::type_complexity, reason = "a list of callbacks")]
    listeners: RefCell<Vec<Rc<dyn Fn(&Change)>>>,
}

/// A person's device. Clones are the same device.
pub struct Client<P: Platform>(pub(crate) Rc<Shared<P>>);

impl<P: Platform> Clone for Client<P> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<P: Platform> core::fmt::Debug for Client<P> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Client")
            .field("standing", &self.standing())
            .finish_non_exhaustive()
    }
}

/// It needs an unlocked device, and this one is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IsLocked;

impl<P: Platform> Client<P> {
    /// Reads what lies on the device. It is locked then, or nobody's.
    ///
    /// # Errors
    /// [`StoreError::TooNew`] when a later version has been here; others as the store fails.
    pub async fn load(platform: P) -> Result<Self, StoreError> {
        Self::load_reading(platform, event::decode).await
    }

    /// The same, reading payloads as another version did: for showing what an upgrade brings back.
    ///
    /// # Errors
    /// As [`Client::load`].
    pub async fn load_reading(platform: P, decode: Decoder) -> Result<Self, StoreError> {
        let lock = read_lock(&platform).await?;
        Ok(Self(Rc::new(Shared {
            platform,
            decode,
            inner: RefCell::new(Inner {
                lock,
                open: None,
                connection: Connection::Connecting,
                leading: true,
                troubles: Vec::new(),
                period: 0,
            }),
            turn: Mutex::new(()),
            vault_way: Mutex::new(()),
            wake: Wake::default(),
            listeners: RefCell::default(),
        })))
    }

    /// The ports that it was loaded with.
    #[must_use]
    pub fn platform(&self) -> &P {
        &self.0.platform
    }

    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let inner = self.0.inner.borrow();
        match (&inner.open, &inner.lock) {
            (Some(_), _) => Standing::Open,
            (None, Some(lock)) => Standing::Locked {
                handle: lock.handle.clone(),
            },
            (None, None) => Standing::Nobody,
        }
    }

    /// Calls this after every change, until the device is dropped.
    pub fn on_change(&self, listener: impl Fn(&Change) + 'static) {
        self.0.listeners.borrow_mut().push(Rc::new(listener));
    }

    pub(crate) fn announce(&self, changes: &[Change]) {
        // A listener may ask the device again: nothing is borrowed while it runs.
        let listeners: Vec<_> = self.0.listeners.borrow().iter().map(Rc::clone).collect();
        for change in changes {
            for listener in &listeners {
                listener(change);
            }
        }
    }

    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.0.turn.lock().await
    }

    /// The one who sends the vault. To be had before the turn, never while one holds that.
    pub(crate) async fn vault_way(&self) -> MutexGuard<'_, ()> {
        self.0.vault_way.lock().await
    }

    pub(crate) fn with_open<R>(&self, f: impl FnOnce(&mut Open) -> R) -> Result<R, IsLocked> {
        self.0.inner.borrow_mut().open.as_mut().map(f).ok_or(IsLocked)
    }

    /// Drops all secrets and words from memory. What was committed stays, sealed.
    pub fn lock(&self) {
        let mut inner = self.0.inner.borrow_mut();
        inner.open = None;
        inner.troubles.clear();
        inner.period += 1;
        drop(inner);
        self.0.wake.wake();
        self.announce(&[Change::Standing]);
    }

    /// Whose account it is, locked or not.
    #[must_use]
    pub fn handle(&self) -> Option<String> {
        self.0
            .inner
            .borrow()
            .lock
            .as_ref()
            .map(|lock| lock.handle.clone())
    }

    /// Who I am.
    #[must_use]
    pub fn me(&self) -> Option<PersonId> {
        self.with_open(|open| to_core_person(open.vault.contents.identity.public().id()))
            .ok()
    }

    /// Whether this is the tab that writes. It is, unless told otherwise.
    pub fn set_leading(&self, leading: bool) {
        self.0.inner.borrow_mut().leading = leading;
        self.0.wake.wake();
    }

    /// My own space.
    #[must_use]
    pub fn me_space(&self) -> Option<SpaceId> {
        self.with_open(|open| {
            open.spaces
                .iter()
                .find(|(_, space)| space.kind == SpaceKind::Me)
                .map(|(id, _)| to_core_space(*id))
        })
        .ok()
        .flatten()
    }

    /// Every Us.
    #[must_use]
    pub fn spaces(&self) -> Vec<UsInfo> {
        self.with_open(|open| {
            open.spaces
                .iter()
                .filter(|(_, space)| space.kind == SpaceKind::Us)
                .map(|(id, space)| UsInfo {
                    id: to_core_space(*id),
                    left: space.left,
                })
                .collect()
        })
        .unwrap_or_default()
    }

    /// Looks at a space's state.
    pub fn with_state<R>(&self, space: SpaceId, f: impl FnOnce(&State) -> R) -> Option<R> {
        let inner = self.0.inner.borrow();
        inner
            .open
            .as_ref()?
            .spaces
            .get(&to_log_space(space))
            .map(|space| f(space.feed.state()))
    }

    /// Looks at a space's facts, in their order: what its state was made of.
    pub fn with_facts<R>(&self, space: SpaceId, f: impl FnOnce(&[Fact]) -> R) -> Option<R> {
        let inner = self.0.inner.borrow();
        inner
            .open
            .as_ref()?
            .spaces
            .get(&to_log_space(space))
            .map(|space| f(space.feed.facts()))
    }

    /// What a command in this space is decided in.
    #[must_use]
    pub fn context(&self, space: SpaceId) -> Option<Context> {
        let platform = self.platform();
        Some(Context {
            me: self.me()?,
            space,
            today: platform.today(),
            now_ms: platform.now_ms(),
        })
    }

    /// Whether the relay is reached.
    #[must_use]
    pub fn connection(&self) -> Connection {
        self.0.inner.borrow().connection
    }

    pub(crate) fn set_connection(&self, connection: Connection) {
        let before = core::mem::replace(&mut self.0.inner.borrow_mut().connection, connection);
        if before != connection {
            self.announce(&[Change::Connection]);
        }
    }

    /// How many things the relay has not acknowledged yet.
    #[must_use]
    pub fn waiting_to_send(&self) -> usize {
        self.with_open(|open| open.outbox.len()).unwrap_or_default()
    }

    /// What a person should know about.
    #[must_use]
    pub fn troubles(&self) -> Vec<Trouble> {
        self.0.inner.borrow().troubles.clone()
    }

    /// The person has read about it. It comes back when it happens again.
    pub fn dismiss_trouble(&self, trouble: &Trouble) {
        self.settle_trouble(|it| it == trouble);
    }

    pub(crate) fn raise_trouble(&self, trouble: Trouble) {
        let mut inner = self.0.inner.borrow_mut();
        if inner.troubles.contains(&trouble) {
            return;
        }
        inner.troubles.retain(|it| !it.same_thing(&trouble));
        inner.troubles.push(trouble);
        drop(inner);
        self.announce(&[Change::Troubles]);
    }

    pub(crate) fn settle_trouble(&self, which: impl Fn(&Trouble) -> bool) {
        let mut inner = self.0.inner.borrow_mut();
        let before = inner.troubles.len();
        inner.troubles.retain(|it| !which(it));
        let changed = inner.troubles.len() != before;
        drop(inner);
        if changed {
            self.announce(&[Change::Troubles]);
        }
    }

    /// What a fault in talking to the relay means for the person, beyond "later".
    pub(crate) fn raise_net(&self, error: NetError) {
        match error {
            NetError::RelayFull => self.raise_trouble(Trouble::RelayFull),
            NetError::OverQuota => self.raise_trouble(Trouble::OverQuota),
            NetError::UpdateNeeded => self.raise_trouble(Trouble::UpdateNeeded),
            NetError::SessionEnded => self.raise_trouble(Trouble::SessionEnded),
            NetError::Unreachable | NetError::SlowDown { .. } | NetError::Unexpected => {}
        }
    }
}

/// The one row that says whether, and for whom, the device is locked.
pub(crate) async fn read_lock<P: Platform>(platform: &P) -> Result<Option<LockRow>, StoreError> {
    let Some(bytes) = platform.store().get(Table::Meta, row::LOCK).await? else {
        return Ok(None);
    };
    // The layout comes first in the row: a later one may have changed all that follows.
    let mut decoder = minicbor::Decoder::new(&bytes);
    let layout = decoder.array().ok().and_then(|_| decoder.u32().ok());
    match layout {
        Some(layout) if layout > LAYOUT => Err(StoreError::TooNew),
        Some(_) => alongside_wire::decode(&bytes)
            .map(Some)
            .map_err(|_| StoreError::Failed),
        None => Err(StoreError::Failed),
    }
}
