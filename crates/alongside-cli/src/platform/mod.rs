//! This machine as a platform for the replica: SQLite, the network, the system's clock, zone and randomness.

mod clock;
mod connector;
mod http;
mod place;
mod random;
mod relay;
mod socket;
mod sqlite;

use std::path::Path;

use alongside_replica::ports::{Platform, StoreError};
use jiff::civil::Date;

pub use self::http::Net;
pub use self::place::{NoHome, home};
pub use self::relay::{BadRelay, Relay};
pub use self::socket::WebSocket;
pub use self::sqlite::{OpenError, SqliteStore};

/// A device on this machine, in a folder of its own.
#[derive(Debug)]
pub struct Native {
    store: SqliteStore,
    net: Net,
}

/// Why this machine cannot talk to a relay.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// The system has no certificates by which a server could be known.
    #[error("this system has no root certificates")]
    NoCertificates(#[source] std::io::Error),
    /// It could not be noted which relay it is.
    #[error(transparent)]
    Storage(#[from] StoreError),
}

/// Why there is no device in a folder.
#[derive(Debug, thiserror::Error)]
pub enum NativeError {
    /// The folder, or the store in it.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The relay.
    #[error(transparent)]
    Reach(#[from] ReachError),
}

impl Native {
    /// Opens what is kept in a folder, making it where it is not there yet. No other program has it open at the same time.
    ///
    /// # Errors
    /// [`NativeError`].
    pub fn open(folder: &Path) -> Result<Self, NativeError> {
        let store = SqliteStore::open(folder)?;
        let net = match store.relay().map_err(ReachError::Storage)? {
            Some(relay) => Net::to(relay)?,
            None => Net::nowhere(),
        };
        Ok(Self { store, net })
    }

    /// From now on, this is the relay of this device.
    ///
    /// # Errors
    /// [`ReachError`]; it is the one that it was, then.
    pub fn use_relay(&self, relay: Relay) -> Result<(), ReachError> {
        let net = Net::to(relay.clone())?;
        self.store.set_relay(&relay)?;
        self.net.become_like(&net);
        Ok(())
    }

    /// The relay of this device, once it has one.
    #[must_use]
    pub fn relay(&self) -> Option<Relay> {
        self.net.relay()
    }

    /// Forgets the relay, and gives back the room of all that was erased, so that nothing of it stays in the files.
    ///
    /// # Errors
    /// As the store fails.
    pub fn forget(&self) -> Result<(), StoreError> {
        self.store.forget()
    }
}

impl Platform for Native {
    type Store = SqliteStore;
    type Transport = Net;

    fn store(&self) -> &SqliteStore {
        &self.store
    }

    fn transport(&self) -> &Net {
        &self.net
    }

    fn now_ms(&self) -> i64 {
        clock::now_ms()
    }

    fn today(&self) -> Date {
        clock::today()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        random::fill(bytes);
    }

    async fn sleep(&self, ms: u32) {
        clock::sleep(ms).await;
    }
}
