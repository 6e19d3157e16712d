//! Bodies of requests that are answered before they are read. If the relay closed the connection then, who is still sending would see it
//! break and never read why: so the rest is read and thrown away, within bounds.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// What is surely there with the head of the request needs no care.
const SMALL_BYTES: u64 = 16 * 1024;
/// How much is read and thrown away.
const MAX_DRAIN_BYTES: usize = 16 * 1024 * 1024;
/// For how long.
const DRAIN_TIME: Duration = Duration::from_secs(30);

/// A body that goes back to who lent it when its reader stops before its end.
struct Lent {
    inner: Option<Body>,
    back: Option<oneshot::Sender<Body>>,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(inner) = self.inner.as_mut() else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(inner).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.inner = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(inner), Some(back)) = (self.inner.take(), self.back.take()) {
            // Nobody waits for it when the request went well.
            let _unwanted = back.send(inner);
        }
    }
}

/// What may come back of a body.
pub(super) struct Rest(Option<oneshot::Receiver<Body>>);

/// Lends a body to its reader.
pub(super) fn lend(body: Body) -> (Body, Rest) {
    if body.size_hint().upper().is_some_and(|bytes| bytes <= SMALL_BYTES) {
        return (body, Rest(None));
    }
    let (back, rest) = oneshot::channel();
    (
        Body::new(Lent {
            inner: Some(body),
            back: Some(back),
        }),
        Rest(Some(rest)),
    )
}

impl Rest {
    /// Reads what came back, and throws it away.
    pub(super) async fn drain(self) {
        let Some(Ok(mut body)) = self.0.map(|mut rest| rest.try_recv()) else {
            return;
        };
        let drain = async {
            let mut bytes = 0;
            while let Some(Ok(frame)) = body.frame().await {
                bytes += frame.data_ref().map_or(0, Bytes::len);
                if bytes > MAX_DRAIN_BYTES {
                    break;
                }
            }
        };
        // Who is slower than this will see the connection break.
        let _slow = timeout(DRAIN_TIME, drain).await;
    }
}
