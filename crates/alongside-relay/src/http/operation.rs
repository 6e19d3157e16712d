//! For those who run the relay: is it alive, is it ready, how much does it do, what can it be asked.

use alongside_wire::problem::Code;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::extract::Address;
use super::refusal::Refusal;
use crate::app::Shared;
use crate::store::Store;

fn of_type(media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

pub(super) async fn healthz() -> Response {
    of_type("text/plain; charset=utf-8", "alive\n")
}

pub(super) async fn readyz<S: Store>(
    State(app): State<Shared<S>>,
    address: Address,
) -> Result<Response, Refusal> {
    app.paced(app.rates.anonymous_address.take(address.0, 1.0))?;
    if *app.closing.borrow() {
        return Err(Code::Unavailable.into());
    }
    app.store.ready().await?;
    Ok(of_type("text/plain; charset=utf-8", "ready\n"))
}

pub(super) async fn metrics<S: Store>(
    State(app): State<Shared<S>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    // On a relay of two, a counter that moves tells one what the other does: so not for everybody.
    let token = app.metrics_token.as_deref().ok_or(Code::NotFound)?;
    let shown = headers.get(AUTHORIZATION).map_or(&[][..], HeaderValue::as_bytes);
    let shown = shown
        .split_at_checked(7)
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"bearer "));
    match shown {
        Some((_, shown)) if is_same(shown, token.as_bytes()) => Ok(of_type(
            "text/plain; version=0.0.4; charset=utf-8",
            app.metrics.text(),
        )),
        Some(_) | None => Err(Code::NotFound.into()),
    }
}

/// Whether two secrets are the same, in a time that does not tell how much of them is.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mac = |key: &[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
        mac.update(b"same");
        Some(mac)
    };
    match (mac(a), mac(b)) {
        (Some(a), Some(b)) => a.verify(&b.finalize().into_bytes()).is_ok(),
        (_, _) => false,
    }
}

pub(super) async fn openapi() -> Response {
    of_type(
        "application/json",
        Bytes::from_static(super::openapi::document().as_bytes()),
    )
}
