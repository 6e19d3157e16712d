//! What a device needs of the world: a store, a way to the relay, a clock and randomness. The browser, the command line and the
//! test kit each bring their own.

use jiff::civil::Date;

/// A table of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Few and small: the lock, the account, the list of spaces.
    Meta,
    /// Envelopes as the relay numbered them. Key: space, number (64 bits, big endian).
    Inbox,
    /// What has not been acknowledged yet. Key: serial number (64 bits, big endian).
    Outbox,
    /// A space opened up to some number, sealed for this device. Key: space.
    Checkpoint,
    /// What could not be accepted, as it came. Key: space, envelope.
    Aside,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 5] = [
        Self::Meta,
        Self::Inbox,
        Self::Outbox,
        Self::Checkpoint,
        Self::Aside,
    ];

    /// The table's frozen name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
            Self::Checkpoint => "checkpoint",
            Self::Aside => "aside",
        }
    }
}

/// One change of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Sets a value.
    Put(Table, Vec<u8>, Vec<u8>),
    /// Removes a value, if there is one.
    Delete(Table, Vec<u8>),
    /// Removes everything in a table.
    Clear(Table),
}

/// Why the store could not do as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no room left.
    #[error("there is no room left on this device")]
    Full,
    /// The place gives no lasting storage (private windows, storage switched off).
    #[error("this browser keeps nothing here")]
    Denied,
    /// What was there is gone: the browser evicted it, or somebody cleared it.
    #[error("what was kept here is gone")]
    Gone,
    /// Another tab or program uses a newer layout.
    #[error("a newer version has been here")]
    TooNew,
    /// Anything else.
    #[error("the store failed")]
    Failed,
}

/// A row: its key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Durable storage of one device. Conformance: [`crate::conformance`].
#[expect(
    async_fn_in_trait,
    reason = "single-threaded on purpose: a browser's futures are not Send"
)]
pub trait Store {
    /// Does all of a batch, durably, or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    async fn commit(&self, batch: Vec<Write>) -> Result<(), StoreError>;

    /// The value at a key.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Up to `limit` rows whose keys are at least `from` and begin with `prefix`, in the order of their keys.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        from: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, StoreError>;
}

/// A request to the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// GET, POST, PUT, DELETE.
    pub method: &'static str,
    /// Beginning with `/v1/`.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Empty for none.
    pub body: Vec<u8>,
}

/// What the relay answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpReply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// The relay could not be reached, or the answer did not come: whether the request was carried out is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the relay cannot be reached")]
pub struct Unreachable;

/// A way to the relay.
#[expect(
    async_fn_in_trait,
    reason = "single-threaded on purpose: a browser's futures are not Send"
)]
pub trait Transport {
    /// An open WebSocket.
    type Socket: Socket;

    /// Asks and waits for the answer; gives up by itself after about 20 seconds.
    ///
    /// # Errors
    /// [`Unreachable`].
    async fn http(&self, request: HttpRequest) -> Result<HttpReply, Unreachable>;

    /// Opens a WebSocket at this path.
    ///
    /// # Errors
    /// [`Unreachable`].
    async fn connect(&self, path: &str) -> Result<Self::Socket, Unreachable>;
}

/// An open WebSocket. Dropping it closes it.
#[expect(
    async_fn_in_trait,
    reason = "single-threaded on purpose: a browser's futures are not Send"
)]
pub trait Socket {
    /// Queues a binary message.
    ///
    /// # Errors
    /// [`Unreachable`] once it is closed.
    fn send(&self, message: Vec<u8>) -> Result<(), Unreachable>;

    /// Waits for the next binary message. Must be safe to drop and call again without losing one.
    ///
    /// # Errors
    /// [`Unreachable`] once it is closed.
    async fn receive(&self) -> Result<Vec<u8>, Unreachable>;
}

/// All ports of a device.
#[expect(
    async_fn_in_trait,
    reason = "single-threaded on purpose: a browser's futures are not Send"
)]
pub trait Platform: 'static {
    /// Its storage.
    type Store: Store;
    /// Its way to the relay.
    type Transport: Transport;

    /// Its storage.
    fn store(&self) -> &Self::Store;
    /// Its way to the relay.
    fn transport(&self) -> &Self::Transport;
    /// Milliseconds since 1970 (UTC).
    fn now_ms(&self) -> i64;
    /// The day it is for the person, by their own calendar and zone.
    fn today(&self) -> Date;
    /// Fills with unpredictable bytes.
    fn fill_random(&self, bytes: &mut [u8]);
    /// Waits.
    async fn sleep(&self, ms: u32);

    /// After how many envelopes a space is sealed as it stands, so that it opens quickly the next time. A world of few people and days asks for
    /// fewer.
    fn checkpoint_every(&self) -> u64 {
        500
    }
}
