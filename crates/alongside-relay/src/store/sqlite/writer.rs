//! The one thread that writes. It takes all that has come in, from all connections, does it in one transaction, and answers when that is
//! on disk: one flush for many. Each piece of work has a savepoint, so that a failing one undoes itself alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::store::StoreError;

/// The most pieces of work in one transaction: enough to hide the flush, few enough to answer soon.
const MAX_BATCH: usize = 512;
/// The most that wait: who comes then waits to be let in.
const MAX_WAITING: usize = 1024;

/// How much was written in how many transactions.
#[derive(Debug, Default)]
pub struct Commits {
    /// Transactions.
    pub transactions: AtomicU64,
    /// Pieces of work in them.
    pub pieces: AtomicU64,
}

/// A piece of work. It can be run again when the transaction around it was lost.
trait Piece: Send {
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError>;
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Work<F, T> {
    work: F,
    outcome: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Piece for Work<F, T>
where
    F: Fn(&Connection) -> Result<T, StoreError> + Send,
    T: Send,
{
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        self.outcome = Some((self.work)(connection)?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self {
            work: _,
            outcome,
            reply,
        } = *self;
        let answer = committed.and_then(|()| outcome.ok_or(StoreError::Stopped));
        // Who asked may have gone away meanwhile; what was done stays done.
        let _gone = reply.send(answer);
    }
}

enum Order {
    Piece(Box<dyn Piece>),
    /// Empty the write-ahead log, so that what was removed is gone from there too.
    Truncate(oneshot::Sender<bool>),
    Stop(oneshot::Sender<()>),
}

/// The way to the writing thread.
#[derive(Debug)]
pub(super) struct Writer {
    orders: mpsc::Sender<Order>,
    thread: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, commits: Arc<Commits>) -> std::io::Result<Self> {
        let (orders, inbox) = mpsc::channel(MAX_WAITING);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write_until_stopped(connection, inbox, &commits))?;
        Ok(Self {
            orders,
            thread: std::sync::Mutex::new(Some(thread)),
        })
    }

    /// Does this on the writing thread; it is on disk when this returns.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let piece = Box::new(Work {
            work,
            outcome: None,
            reply,
        });
        self.orders
            .send(Order::Piece(piece))
            .await
            .map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    /// Empties the write-ahead log; false when a reader stood in the way.
    pub(super) async fn truncate(&self) -> Result<bool, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.orders
            .send(Order::Truncate(reply))
            .await
            .map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)
    }

    pub(super) async fn stop(&self) {
        let (reply, answer) = oneshot::channel();
        if self.orders.send(Order::Stop(reply)).await.is_ok() {
            let _ended = answer.await;
        }
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread {
            let _panicked = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

fn write_until_stopped(connection: Connection, mut inbox: mpsc::Receiver<Order>, commits: &Commits) {
    let mut orders = Vec::with_capacity(MAX_BATCH);
    let mut pieces = Vec::with_capacity(MAX_BATCH);
    let mut stopping = Vec::new();
    // What is in the channel when it closes is still done: those who wait for it are answered.
    while inbox.blocking_recv_many(&mut orders, MAX_BATCH) > 0 {
        let mut truncating = Vec::new();
        for order in orders.drain(..) {
            match order {
                Order::Piece(piece) => pieces.push(piece),
                Order::Truncate(reply) => truncating.push(reply),
                Order::Stop(reply) => {
                    inbox.close();
                    stopping.push(reply);
                }
            }
        }
        if !pieces.is_empty() {
            commit_and_answer(&connection, &mut pieces, commits);
        }
        if !truncating.is_empty() {
            let emptied = truncate(&connection);
            for reply in truncating {
                let _gone = reply.send(emptied);
            }
        }
    }
    // Closing the last connection moves what is in the write-ahead log into the database.
    drop(connection);
    for reply in stopping {
        let _gone = reply.send(());
    }
}

fn truncate(connection: &Connection) -> bool {
    // Readers are not waited for: appends would wait with us. The next sweep tries again.
    let patience = |duration| connection.busy_timeout(duration).is_ok();
    let busy = patience(Duration::ZERO)
        .then(|| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)));
    patience(super::BUSY_TIMEOUT) && matches!(busy, Some(Ok(0)))
}

fn commit_and_answer(connection: &Connection, pieces: &mut Vec<Box<dyn Piece>>, commits: &Commits) {
    let mut refused: Vec<Option<StoreError>> = Vec::with_capacity(pieces.len());
    let whole = in_one_transaction(connection, pieces, &mut refused);
    if whole.is_err() && pieces.len() > 1 {
        // The transaction was lost with all in it, say because one did not fit on the disk: the others may.
        for piece in pieces.drain(..) {
            let mut alone = vec![piece];
            commit_and_answer(connection, &mut alone, commits);
        }
        return;
    }
    commits.transactions.fetch_add(1, Ordering::Relaxed);
    commits
        .pieces
        .fetch_add(u64::try_from(pieces.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
    for (piece, refused) in pieces
        .drain(..)
        .zip(refused.into_iter().chain(std::iter::repeat(None)))
    {
        piece.answer(match refused {
            Some(error) => Err(error),
            None => whole.clone(),
        });
    }
}

fn in_one_transaction(
    connection: &Connection,
    pieces: &mut [Box<dyn Piece>],
    refused: &mut Vec<Option<StoreError>>,
) -> Result<(), StoreError> {
    let result = run_all(connection, pieces, refused);
    if result.is_err() && !connection.is_autocommit() {
        // Nothing else can be done about a failing rollback: the next BEGIN will fail and say so.
        let _failed = connection.execute_batch("ROLLBACK");
    }
    result
}

fn run_all(
    connection: &Connection,
    pieces: &mut [Box<dyn Piece>],
    refused: &mut Vec<Option<StoreError>>,
) -> Result<(), StoreError> {
    let say = |sql: &str| connection.prepare_cached(sql)?.execute([]);
    say("BEGIN IMMEDIATE")?;
    for piece in pieces {
        say("SAVEPOINT piece")?;
        match piece.run(connection) {
            Ok(()) => refused.push(None),
            Err(error) if connection.is_autocommit() => {
                // SQLite gave up the whole transaction.
                refused.clear();
                return Err(error);
            }
            Err(error) => {
                say("ROLLBACK TO piece")?;
                refused.push(Some(error));
            }
        }
        say("RELEASE piece")?;
    }
    say("COMMIT")?;
    Ok(())
}
