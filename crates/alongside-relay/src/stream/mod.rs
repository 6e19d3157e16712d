//! The WebSocket: one for all spaces of a session. It sends what comes after the numbers that the client names, page by page, and goes
//! on from there when it is woken. A slow client costs a mark that it is behind, and no more: nothing is queued for it.

mod connection;

use std::time::Duration;

use alongside_wire::problem::Code;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::response::Response;

use crate::app::Shared;
use crate::http::extract::Address;
use crate::http::refusal::Refusal;
use crate::metrics::Gauge;
use crate::store::Store;

/// How long a client may take to say who it is.
const HELLO_TIME: Duration = Duration::from_secs(10);
/// How long a client may take to take a frame.
const SEND_TIME: Duration = Duration::from_secs(30);
/// How often a quiet client is asked whether it is there.
const BEAT: Duration = Duration::from_secs(30);
/// After how long a silence it is not.
const SILENCE: Duration = Duration::from_secs(75);

/// Sockets by the ten thousand are mostly idle: their buffers are as small as a client's frames.
const READ_BUFFER_BYTES: usize = 1024;
const MAX_CLIENT_FRAME_BYTES: usize = 4096;
/// Room for one envelope of the largest kind.
const MAX_WRITE_BYTES: usize = 4 * 1024 * 1024;
/// A page over a stream ends after about so many bytes. The socket keeps a buffer as large as its largest frame.
const PAGE_BYTES: usize = 16 * 1024;

/// Opens a stream.
pub(crate) async fn open<S: Store>(
    State(app): State<Shared<S>>,
    address: Address,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    app.paced(app.rates.anonymous_address.take(address.0, 1.0))?;
    if !is_own_page(&headers, app.public_url.as_deref()) {
        return Err(Code::BadProof.into());
    }
    let upgrade = upgrade.map_err(|_| Code::Malformed)?;
    let permit = app
        .streams
        .clone()
        .try_acquire_owned()
        .map_err(|_| Code::Unavailable)?;
    Ok(upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_WRITE_BYTES)
        .max_message_size(MAX_CLIENT_FRAME_BYTES)
        .max_frame_size(MAX_CLIENT_FRAME_BYTES)
        .on_upgrade(async move |socket| {
            let open = Gauge::up(&app.metrics.streams);
            connection::serve(&app, socket).await;
            drop((open, permit));
        }))
}

/// A browser says which page opens a socket: it must be one of ours. Other clients say nothing.
fn is_own_page(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else { return false };
    let host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    let named = headers.get(HOST).and_then(|host| host.to_str().ok());
    let is_host = matches!((host, named), (Some(host), Some(named)) if host.eq_ignore_ascii_case(named));
    is_host || public_url.is_some_and(|url| url.eq_ignore_ascii_case(origin))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_foreign_page_opens_no_socket() {
        let asks = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static("relay.example:8787"))]);
            headers.extend(origin.map(|origin| (ORIGIN, HeaderValue::from_static(origin))));
            is_own_page(&headers, Some("https://alongside.example"))
        };
        assert!(asks(None));
        assert!(asks(Some("http://relay.example:8787")));
        assert!(asks(Some("https://alongside.example")));
        for foreign in [
            "http://relay.example",
            "https://evil.example",
            "null",
            "",
            "http://relay.example:8787.evil.example",
        ] {
            assert!(!asks(Some(foreign)), "{foreign}");
        }
    }
}
