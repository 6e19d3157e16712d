//! A way to a real relay on this machine, for whoever drives real devices against it from a program: requests alone, no stream.

use std::net::SocketAddr;

use alongside_replica::ports::{HttpReply, HttpRequest, Socket, Transport, Unreachable};
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

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
    type Socket = NoSocket;

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

    async fn connect(&self, _path: &str) -> Result<NoSocket, Unreachable> {
        Err(Unreachable)
    }
}

/// There is no stream here: devices that are driven step by step need none.
#[derive(Clone, Copy, Debug)]
pub enum NoSocket {}

impl Socket for NoSocket {
    fn send(&self, _message: Vec<u8>) -> Result<(), Unreachable> {
        match *self {}
    }

    async fn receive(&self) -> Result<Vec<u8>, Unreachable> {
        match *self {}
    }
}
