//! A way to a real relay on this machine, for whoever drives real devices against it from a program.

use std::net::SocketAddr;

use alongside_replica::ports::{HttpReply, HttpRequest, Socket, Transport, Unreachable};
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::Message;

/// A way to the relay at an address of this machine.
#[derive(Clone, Debug)]
pub struct Loopback {
    address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Loopback {
    /// The way to a relay. It must be used inside of a Tokio runtime.
    #[must_use]
    pub fn to(address: SocketAddr) -> Self {
        Self {
            address,
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }
}

impl Transport for Loopback {
    type Socket = LoopbackSocket;

    async fn http(&self, request: HttpRequest) -> Result<HttpReply, Unreachable> {
        let mut asked = Request::builder()
            .method(request.method)
            .uri(format!("http://{}{}", self.address, request.path));
        for (name, value) in &request.headers {
            asked = asked.header(*name, value);
        }
        let asked = asked.body(Full::from(request.body)).map_err(|_| Unreachable)?;
        let reply = self.client.request(asked).await.map_err(|_| Unreachable)?;
        let status = reply.status().as_u16();
        let body = reply.into_body().collect().await.map_err(|_| Unreachable)?;
        Ok(HttpReply {
            status,
            body: body.to_bytes().to_vec(),
        })
    }

    async fn connect(&self, path: &str) -> Result<LoopbackSocket, Unreachable> {
        let asked = tokio_tungstenite::connect_async(format!("ws://{}{path}", self.address)).await;
        let (stream, _) = asked.map_err(|_| Unreachable)?;
        let (mut sink, mut source) = stream.split();
        let (to_relay, mut outgoing) = unbounded_channel::<Vec<u8>>();
        let (incoming, from_relay) = unbounded_channel();
        // Each ends with the other end of its channel, or with the stream.
        tokio::spawn(async move {
            while let Some(message) = outgoing.recv().await {
                if sink.send(Message::Binary(message.into())).await.is_err() {
                    return;
                }
            }
            let _ = sink.close().await;
        });
        tokio::spawn(async move {
            while let Some(Ok(message)) = source.next().await {
                if let Message::Binary(bytes) = message
                    && incoming.send(bytes.to_vec()).is_err()
                {
                    return;
                }
            }
        });
        Ok(LoopbackSocket {
            to_relay,
            from_relay: Mutex::new(from_relay),
        })
    }
}

/// An open stream.
#[derive(Debug)]
pub struct LoopbackSocket {
    to_relay: UnboundedSender<Vec<u8>>,
    from_relay: Mutex<UnboundedReceiver<Vec<u8>>>,
}

impl Socket for LoopbackSocket {
    fn send(&self, message: Vec<u8>) -> Result<(), Unreachable> {
        self.to_relay.send(message).map_err(|_| Unreachable)
    }

    async fn receive(&self) -> Result<Vec<u8>, Unreachable> {
        self.from_relay.lock().await.recv().await.ok_or(Unreachable)
    }
}
