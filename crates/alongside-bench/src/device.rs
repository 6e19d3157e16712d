//! A device of a person on this machine: the real client, with its store in memory, over real HTTP and WebSockets.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::Duration;

use alongside_core::id::SpaceId;
use alongside_core::members::Kind;
use alongside_replica::memory::MemoryStore;
use alongside_replica::ports::{HttpReply, HttpRequest, Platform, Socket, Transport, Unreachable};
use alongside_replica::{Client, SentState};
use anyhow::{Context as _, Result, ensure};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use jiff::civil::Date;
use rand_core::{OsRng, RngCore as _};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::http::{Connection, request};

/// The passphrase of everybody who is made up.
pub(crate) const PASSPHRASE: &str = "a lamp in the window, and soup";
const PATIENCE: Duration = Duration::from_secs(30);

/// The ports of a device.
#[derive(Debug)]
pub(crate) struct Native {
    store: MemoryStore,
    network: Network,
    /// The time that it believes it is; none for this machine's.
    clock_ms: Cell<Option<i64>>,
}

/// A way to a relay: one connection that stays open, as a browser would have.
#[derive(Debug)]
pub(crate) struct Network {
    relay: SocketAddr,
    connections: RefCell<Vec<Connection>>,
}

/// A WebSocket, written by a task of its own, because sending does not wait.
#[derive(Debug)]
pub(crate) struct Stream {
    out: mpsc::UnboundedSender<Vec<u8>>,
    incoming: Mutex<SplitStream<WebSocketStream<MaybeTlsStream<TcpStream>>>>,
}

/// A device of somebody.
pub(crate) type Device = Client<Native>;

/// A device on which nobody has an account yet.
pub(crate) async fn device(relay: SocketAddr) -> Result<Device> {
    let native = Native {
        store: MemoryStore::default(),
        network: Network {
            relay,
            connections: RefCell::default(),
        },
        clock_ms: Cell::new(None),
    };
    Ok(Client::load(native).await?)
}

impl Native {
    /// From now on this is the time here.
    pub(crate) fn set_clock_ms(&self, now_ms: i64) {
        self.clock_ms.set(Some(now_ms));
    }
}

impl Platform for Native {
    type Store = MemoryStore;
    type Transport = Network;

    fn store(&self) -> &MemoryStore {
        &self.store
    }

    fn transport(&self) -> &Network {
        &self.network
    }

    fn now_ms(&self) -> i64 {
        self.clock_ms
            .get()
            .unwrap_or_else(|| jiff::Timestamp::now().as_millisecond())
    }

    fn today(&self) -> Date {
        let now = jiff::Timestamp::from_millisecond(self.now_ms()).unwrap_or_default();
        now.to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        OsRng.fill_bytes(bytes);
    }

    async fn sleep(&self, ms: u32) {
        tokio::time::sleep(Duration::from_millis(u64::from(ms))).await;
    }
}

impl Transport for Network {
    type Socket = Stream;

    async fn http(&self, asked: HttpRequest) -> Result<HttpReply, Unreachable> {
        let idle = self.connections.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => Connection::open(self.relay).await.map_err(|_| Unreachable)?,
        };
        let headers: Vec<(&str, &str)> = asked
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let bytes = request(asked.method, &asked.path, &headers, &asked.body);
        let answer = connection.ask(&bytes).await.map_err(|_| Unreachable)?;
        let reply = HttpReply {
            status: answer.status,
            body: answer.body.to_vec(),
        };
        self.connections.borrow_mut().push(connection);
        Ok(reply)
    }

    async fn connect(&self, path: &str) -> Result<Stream, Unreachable> {
        let url = format!("ws://{}{path}", self.relay);
        let opened = tokio_tungstenite::connect_async_with_config(url, None, true).await;
        let (socket, _) = opened.map_err(|_| Unreachable)?;
        let (sink, incoming) = socket.split();
        let (out, waiting) = mpsc::unbounded_channel();
        tokio::task::spawn_local(write(sink, waiting));
        Ok(Stream {
            out,
            incoming: Mutex::new(incoming),
        })
    }
}

async fn write(
    mut sink: SplitSink<WebSocketStream<MaybeTlsStream<TcpStream>>, Message>,
    mut waiting: mpsc::UnboundedReceiver<Vec<u8>>,
) {
    while let Some(bytes) = waiting.recv().await {
        if sink.send(Message::binary(bytes)).await.is_err() {
            return;
        }
    }
}

impl Socket for Stream {
    fn send(&self, message: Vec<u8>) -> Result<(), Unreachable> {
        self.out.send(message).map_err(|_| Unreachable)
    }

    async fn receive(&self) -> Result<Vec<u8>, Unreachable> {
        let mut incoming = self.incoming.lock().await;
        loop {
            match incoming.next().await {
                Some(Ok(Message::Binary(bytes))) => return Ok(bytes.to_vec()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(Unreachable),
            }
        }
    }
}

/// Two people in one Us, each on one device, in step with the relay.
pub(crate) struct Pair {
    pub(crate) ada: Device,
    pub(crate) ben: Device,
    pub(crate) us: SpaceId,
    /// Ada's account words.
    pub(crate) words: Vec<&'static str>,
}

impl Pair {
    /// Accounts, an Us, an invitation, a claim and an admission. `clock_ms` is the time for both, if it is not to be this machine's.
    pub(crate) async fn make(relay: SocketAddr, tag: &str, clock_ms: Option<i64>) -> Result<Self> {
        let (ada, ben) = (device(relay).await?, device(relay).await?);
        if let Some(now_ms) = clock_ms {
            ada.platform().set_clock_ms(now_ms);
            ben.platform().set_clock_ms(now_ms);
        }
        let words = ada.make_account(&format!("ada{tag}"), PASSPHRASE, "Ada").await?;
        ben.make_account(&format!("ben{tag}"), PASSPHRASE, "Ben").await?;
        ada.step().await?;
        ben.step().await?;
        let us = ada.start_us(Kind::Partner, "Us").await?;
        ada.step().await?;
        let invitation = ada.invite(us).await?;
        ben.claim(&invitation.fragment, "Ben").await?;
        ada.step().await?;
        let sent = ada.invitations(us);
        let claimed = sent.first().context("no invitation")?;
        ensure!(
            matches!(claimed.state, SentState::Knocking { .. }),
            "nobody claimed it"
        );
        ada.admit(claimed.id).await?;
        for _ in 0..3 {
            ada.step().await?;
            ben.step().await?;
        }
        ensure!(ben.spaces().iter().any(|space| space.id == us), "Ben is not in");
        Ok(Self { ada, ben, us, words })
    }
}

/// Hears of every change of one device, for as long as that lives.
pub(crate) struct Ear(mpsc::UnboundedReceiver<()>);

impl Ear {
    pub(crate) fn at(device: &Device) -> Self {
        let (told, hears) = mpsc::unbounded_channel();
        device.on_change(move |_| {
            // Whoever heard of it may have gone on already.
            let _gone = told.send(());
        });
        Self(hears)
    }

    /// Waits until this is so, asking after every change.
    pub(crate) async fn until(&mut self, so: impl Fn() -> bool) -> Result<()> {
        while !so() {
            tokio::time::timeout(PATIENCE, self.0.recv())
                .await
                .context("it does not come")?;
        }
        Ok(())
    }
}
