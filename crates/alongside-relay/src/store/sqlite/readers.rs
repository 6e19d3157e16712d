//! A few connections that read. Each reading sees one moment of the database.

use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::store::StoreError;

/// Enough to keep two to four cores busy; each holds some memory.
pub(super) const READERS: usize = 4;

#[derive(Debug)]
pub(super) struct Readers {
    idle: std::sync::Arc<Mutex<Vec<Connection>>>,
    free: std::sync::Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        let free = Semaphore::new(connections.len()).into();
        Self {
            idle: std::sync::Arc::new(Mutex::new(connections)),
            free,
        }
    }

    /// Does this on a thread that may block.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let permit = self
            .free
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| StoreError::Stopped)?;
        let idle = self.idle.clone();
        tokio::task::spawn_blocking(move || {
            let taken = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = taken.ok_or(StoreError::Stopped)?;
            let outcome = at_one_moment(&connection, work);
            idle.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
            drop(permit);
            outcome
        })
        .await
        .map_err(|_| StoreError::Stopped)?
    }

    pub(super) async fn stop(&self) {
        // Those who read end first; who comes after them finds it closed.
        let all = u32::try_from(READERS).unwrap_or(u32::MAX);
        let _ended = self.free.acquire_many(all).await;
        self.free.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn at_one_moment<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.prepare_cached("BEGIN")?.execute([])?;
    let outcome = work(connection);
    connection.prepare_cached("COMMIT")?.execute([])?;
    outcome
}
