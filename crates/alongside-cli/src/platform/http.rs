//! The way to the relay: HTTP/1.1.

use core::fmt;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use alongside_replica::ports::{HttpReply, HttpRequest, Transport, Unreachable};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use super::ReachError;
use super::connector::{Connector, connector};
use super::relay::Relay;
use super::socket::WebSocket;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Far more than any answer of a relay, or any file of a web client, is long.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

struct Way {
    relay: Relay,
    connector: Connector,
    client: Client<Connector, Full<Bytes>>,
}

/// The network, as far as one relay.
pub struct Net {
    way: RefCell<Option<Rc<Way>>>,
}

impl fmt::Debug for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Net").field("relay", &self.relay()).finish()
    }
}

impl Net {
    /// There is no relay yet.
    pub(super) fn nowhere() -> Self {
        Self {
            way: RefCell::new(None),
        }
    }

    /// The way to a relay. Nothing is asked of it yet.
    ///
    /// # Errors
    /// [`ReachError::NoCertificates`].
    pub fn to(relay: Relay) -> Result<Self, ReachError> {
        let connector = connector(&relay).map_err(ReachError::NoCertificates)?;
        let client = Client::builder(TokioExecutor::new()).build(connector.clone());
        let way = Way {
            relay,
            connector,
            client,
        };
        Ok(Self {
            way: RefCell::new(Some(Rc::new(way))),
        })
    }

    pub(super) fn become_like(&self, other: &Self) {
        self.way.replace(other.way.borrow().clone());
    }

    pub(super) fn relay(&self) -> Option<Relay> {
        self.way.borrow().as_ref().map(|way| way.relay.clone())
    }

    fn way(&self) -> Result<Rc<Way>, Unreachable> {
        self.way.borrow().clone().ok_or(Unreachable)
    }
}

impl Transport for Net {
    type Socket = WebSocket;

    async fn http(&self, request: HttpRequest) -> Result<HttpReply, Unreachable> {
        let way = self.way()?;
        tokio::time::timeout(PATIENCE, way.ask(request))
            .await
            .map_err(|_| Unreachable)?
    }

    async fn connect(&self, path: &str) -> Result<WebSocket, Unreachable> {
        let way = self.way()?;
        let opening = WebSocket::open(way.connector.clone(), &way.relay, path);
        tokio::time::timeout(PATIENCE, opening)
            .await
            .map_err(|_| Unreachable)?
    }
}

impl Way {
    async fn ask(&self, asked: HttpRequest) -> Result<HttpReply, Unreachable> {
        let mut request = hyper::Request::builder()
            .method(asked.method)
            .uri(self.relay.http(&asked.path));
        for (name, value) in &asked.headers {
            request = request.header(*name, value);
        }
        let request = request
            .body(Full::new(Bytes::from(asked.body)))
            .map_err(|_| Unreachable)?;
        let answer = self.client.request(request).await.map_err(|_| Unreachable)?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), MAX_ANSWER_BYTES)
            .collect()
            .await
            .map_err(|_| Unreachable)?;
        Ok(HttpReply {
            status,
            body: body.to_bytes().to_vec(),
        })
    }
}
