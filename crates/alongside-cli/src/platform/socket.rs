//! A WebSocket whose messages wait in a queue until they are asked for.

use std::cell::RefCell;
use std::future::poll_fn;

use alongside_replica::ports::{Socket, Unreachable};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::Uri;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tower_service::Service as _;

use super::connector::Connector;
use super::relay::Relay;

/// As many messages wait here; further ones wait with the relay.
const QUEUED: usize = 64;

/// An open WebSocket. Dropping it closes it.
#[derive(Debug)]
pub struct WebSocket {
    outgoing: mpsc::UnboundedSender<Vec<u8>>,
    incoming: RefCell<mpsc::Receiver<Vec<u8>>>,
}

impl WebSocket {
    pub(super) async fn open(
        mut connector: Connector,
        relay: &Relay,
        path: &str,
    ) -> Result<Self, Unreachable> {
        let uri: Uri = relay.http("/").parse().map_err(|_| Unreachable)?;
        poll_fn(|context| connector.poll_ready(context))
            .await
            .map_err(|_| Unreachable)?;
        let stream = connector.call(uri).await.map_err(|_| Unreachable)?;
        let (socket, _) = tokio_tungstenite::client_async(relay.websocket(path), TokioIo::new(stream))
            .await
            .map_err(|_| Unreachable)?;
        let (outgoing, to_send) = mpsc::unbounded_channel();
        let (received, incoming) = mpsc::channel(QUEUED);
        tokio::spawn(pump(socket, to_send, received));
        Ok(Self {
            outgoing,
            incoming: RefCell::new(incoming),
        })
    }
}

/// Carries messages until either side is gone.
async fn pump<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: WebSocketStream<S>,
    mut to_send: mpsc::UnboundedReceiver<Vec<u8>>,
    received: mpsc::Sender<Vec<u8>>,
) {
    loop {
        tokio::select! {
            message = to_send.recv() => match message {
                Some(message) => {
                    if socket.send(Message::binary(message)).await.is_err() {
                        return;
                    }
                }
                None => {
                    // Whoever held it is gone; the relay may be, too.
                    let _closed = socket.close(None).await;
                    return;
                }
            },
            message = socket.next() => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    if received.send(bytes.to_vec()).await.is_err() {
                        return;
                    }
                }
                Some(Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
        }
    }
}

impl Socket for WebSocket {
    fn send(&self, message: Vec<u8>) -> Result<(), Unreachable> {
        self.outgoing.send(message).map_err(|_| Unreachable)
    }

    async fn receive(&self) -> Result<Vec<u8>, Unreachable> {
        poll_fn(|context| self.incoming.borrow_mut().poll_recv(context))
            .await
            .ok_or(Unreachable)
    }
}
