//! A relay from its start to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tower_service::Service as _;

use crate::app::{App, SecretsError, Shared};
use crate::config::{Config, Keep};
use crate::http::extract::Peer;
use crate::http::router;
use crate::metrics::{Gauge, Metrics};
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::store::sqlite::{OpenError, SqliteStore};

/// How long a client may take to send the head of a request, and how long a connection may lie idle.
const HEAD_TIME: Duration = Duration::from_secs(60);
/// Enough for any head; bodies come in pieces of this size.
const BUFFER_BYTES: usize = 64 * 1024;
/// How often it is noted how much room accounts take up.
const NOTE_EVERY: Duration = Duration::from_secs(5);
/// After how many notes things are cleared away that time has ended.
const NOTES_PER_SWEEP: u32 = 6;

/// A relay that does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be opened.
    #[error("the store cannot be opened")]
    Open(#[from] OpenError),
    /// Its secrets cannot be read.
    #[error("the relay's secrets cannot be read")]
    Secrets(#[from] SecretsError),
    /// Nothing can listen there.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
}

/// A relay that serves.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    closing: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Relay {
    /// Starts a relay; it serves when this returns.
    ///
    /// # Errors
    /// When its store cannot be opened or its address not be listened on.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        match &config.keep {
            Keep::Memory => Self::start_on(MemoryStore::default(), config, Metrics::default()).await,
            Keep::Folder(folder) => {
                let (folder, max_bytes) = (folder.clone(), config.max_store_bytes);
                let opened = tokio::task::spawn_blocking(move || SqliteStore::open(&folder, max_bytes)).await;
                let store = opened.map_err(|error| OpenError::Folder(error.into()))??;
                let metrics = Metrics::of_store(store.commits());
                Self::start_on(store, config, metrics).await
            }
        }
    }

    async fn start_on<S: Store>(store: S, config: Config, metrics: Metrics) -> Result<Self, StartError> {
        let (listen, grace, connections) = (config.listen, config.grace, config.limits.connections);
        let to_listen = |source| StartError::Listen {
            address: listen,
            source,
        };
        let listener = TcpListener::bind(listen).await.map_err(to_listen)?;
        let address = listener.local_addr().map_err(to_listen)?;
        let (closing, closed) = watch::channel(false);
        let app = Arc::new(App::new(store, config, metrics, closed.clone()).await?);
        let keeper = tokio::spawn(keep_house(app.clone()));
        let server = tokio::spawn(async move {
            let permits = accept(&listener, &app, closed, connections).await;
            drop(listener);
            end(&app, &permits, connections, grace).await;
            keeper.abort();
        });
        tracing::info!(%address, "serving");
        Ok(Self {
            address,
            closing,
            server,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it in good order: what was begun is finished, within the configured time.
    pub async fn stop(self) {
        let _nobody = self.closing.send(true);
        if self.server.await.is_err() {
            tracing::error!("the relay did not end in good order");
        }
    }
}

async fn is_closed(closed: &mut watch::Receiver<bool>) {
    // When the sender is gone, nobody can ask for it any more: the relay ends, too.
    let _gone = closed.wait_for(|closed| *closed).await;
}

async fn accept<S: Store>(
    listener: &TcpListener,
    app: &Shared<S>,
    mut closed: watch::Receiver<bool>,
    connections: u32,
) -> Arc<Semaphore> {
    let permits = Arc::new(Semaphore::new(
        usize::try_from(connections).unwrap_or(Semaphore::MAX_PERMITS),
    ));
    let router = router(app.clone());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(BUFFER_BYTES);
    loop {
        let next = async {
            let permit = permits.clone().acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            () = is_closed(&mut closed) => return permits,
            next = next => next,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Mostly too many open files: it passes when some are closed.
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let serving = serve_connection(http.clone(), router.clone(), socket, peer, closed.clone());
        let app = app.clone();
        tokio::spawn(async move {
            let open = Gauge::up(&app.metrics.connections);
            serving.await;
            drop((open, permit));
        });
    }
}

async fn serve_connection(
    http: http1::Builder,
    router: Router,
    socket: TcpStream,
    peer: SocketAddr,
    mut closed: watch::Receiver<bool>,
) {
    // Small answers shall not wait for more to send along.
    let _unsupported = socket.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        router.clone().call(request)
    });
    let mut connection = std::pin::pin!(
        http.serve_connection(TokioIo::new(socket), service)
            .with_upgrades()
    );
    // A connection that breaks is the client's affair.
    let _broken = tokio::select! {
        ended = connection.as_mut() => ended,
        () = is_closed(&mut closed) => {
            // The request that is under way is answered, and none after it.
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
}

async fn end<S: Store>(app: &Shared<S>, permits: &Semaphore, connections: u32, grace: Duration) {
    tracing::info!("ending");
    let all = async {
        let _connections = permits.acquire_many(connections).await;
        let _streams = app.streams.acquire_many(connections).await;
    };
    if timeout(grace, all).await.is_err() {
        let left = app.metrics.connections.load(Ordering::Relaxed);
        tracing::warn!(left, "some connections did not end in time");
    }
    if let Err(error) = app.quotas.note(&app.store).await {
        tracing::error!(%error, "room taken up was not noted");
    }
    app.store.stop().await;
    tracing::info!("ended");
}

async fn keep_house<S: Store>(app: Shared<S>) {
    let mut every = tokio::time::interval(NOTE_EVERY);
    let mut notes = 0_u32;
    loop {
        every.tick().await;
        if let Err(error) = app.quotas.note(&app.store).await {
            tracing::error!(%error, "room taken up was not noted");
        }
        notes = notes.wrapping_add(1);
        if notes.is_multiple_of(NOTES_PER_SWEEP)
            && let Err(error) = sweep(&app).await
        {
            tracing::error!(%error, "what is over was not cleared away");
        }
    }
}

async fn sweep<S: Store>(app: &Shared<S>) -> Result<(), crate::store::StoreError> {
    while app.store.sweep(app.clock.now_ms()).await? {
        // Appends go first.
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
