//! A device's ports in a world: a store that survives it, a clock that is wrong, chance from the seed, a way to the relay through
//! whatever weather there is.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use alongside_replica::memory::MemoryStore;
use alongside_replica::ports::{
    HttpReply, HttpRequest, Platform, Row, Store, StoreError, Table, Transport, Unreachable, Write,
};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::dice::Dice;
use crate::net::{Net, SimSocket};
use crate::time::{Time, breathe};

/// A store that takes its time, so that a device can be cut off before and after each change.
#[derive(Clone, Debug, Default)]
pub struct SimStore {
    /// What lies in it.
    pub disk: MemoryStore,
    /// How many more commits succeed; none for no end.
    pub commits_left: Rc<Cell<Option<u32>>>,
    /// How often it was asked for anything.
    pub calls: Rc<Cell<u64>>,
}

impl SimStore {
    async fn called(&self) {
        self.calls.set(self.calls.get() + 1);
        breathe().await;
    }
}

impl Store for SimStore {
    async fn commit(&self, batch: Vec<Write>) -> Result<(), StoreError> {
        self.called().await;
        match self.commits_left.get() {
            Some(0) => return Err(StoreError::Full),
            Some(left) => self.commits_left.set(Some(left - 1)),
            None => {}
        }
        self.disk.commit(batch).await?;
        breathe().await;
        Ok(())
    }

    async fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.called().await;
        self.disk.get(table, key).await
    }

    async fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        from: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        self.called().await;
        self.disk.scan(table, prefix, from, limit).await
    }
}

/// A way to the relay, from one device.
#[derive(Clone, Debug)]
pub struct SimTransport {
    /// Everything between the devices and the relay.
    pub net: Rc<RefCell<Net>>,
    /// Whose way it is: which face of a lying relay it meets.
    pub device: usize,
}

impl Transport for SimTransport {
    type Socket = SimSocket;

    async fn http(&self, request: HttpRequest) -> Result<HttpReply, Unreachable> {
        breathe().await;
        let delay = self.net.borrow_mut().delay();
        for _ in 0..delay {
            breathe().await;
        }
        let reply = self.net.borrow_mut().carry(self.device, &request);
        breathe().await;
        reply
    }

    async fn connect(&self, path: &str) -> Result<Self::Socket, Unreachable> {
        breathe().await;
        SimSocket::open(&self.net, self.device, path)
    }
}

#[derive(Debug)]
struct Inner {
    store: SimStore,
    transport: SimTransport,
    time: Rc<Time>,
    /// How far this device's clock is ahead.
    ahead_ms: Cell<i64>,
    dice: RefCell<Dice>,
}

/// All ports of a device. Clones are the same device's.
#[derive(Clone, Debug)]
pub struct SimPlatform(Rc<Inner>);

impl SimPlatform {
    /// A device's ports.
    #[must_use]
    pub fn new(store: SimStore, net: &Rc<RefCell<Net>>, time: &Rc<Time>, device: usize, seed: u64) -> Self {
        Self(Rc::new(Inner {
            store,
            transport: SimTransport {
                net: Rc::clone(net),
                device,
            },
            time: Rc::clone(time),
            ahead_ms: Cell::new(0),
            dice: RefCell::new(Dice::new(seed)),
        }))
    }

    /// Sets the device's clock to be ahead by so much.
    pub fn set_ahead(&self, ms: i64) {
        self.0.ahead_ms.set(ms);
    }

    /// Its store.
    #[must_use]
    pub fn sim_store(&self) -> &SimStore {
        &self.0.store
    }
}

impl Platform for SimPlatform {
    type Store = SimStore;
    type Transport = SimTransport;

    fn store(&self) -> &SimStore {
        &self.0.store
    }

    fn transport(&self) -> &SimTransport {
        &self.0.transport
    }

    fn now_ms(&self) -> i64 {
        self.0.time.now_ms() + self.0.ahead_ms.get()
    }

    fn today(&self) -> Date {
        day_of(self.now_ms())
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.0.dice.borrow_mut().fill(bytes);
    }

    async fn sleep(&self, ms: u32) {
        self.0.time.sleep(ms).await;
    }

    /// So that worlds of a few days live through many checkpoints.
    fn checkpoint_every(&self) -> u64 {
        3
    }
}

/// The day of a time, in UTC.
#[must_use]
pub fn day_of(now_ms: i64) -> Date {
    let at = Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    jiff::tz::Offset::UTC.to_datetime(at).date()
}
