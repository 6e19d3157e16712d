//! The routes, and what frames every answer: a problem document where it is a refusal, the headers, the count, the log line.

mod accounts;
pub(crate) mod extract;
mod invitations;
mod lent;
mod openapi;
mod operation;
pub(crate) mod refusal;
mod rounds;
mod spaces;
mod vault;
pub(crate) mod web;

use std::time::Instant;

use alongside_wire::route::pattern;
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{delete, get, post, put};

use crate::app::Shared;
use crate::metrics::Area;
use crate::store::Store;

/// All routes.
pub(crate) fn router<S: Store>(app: Shared<S>) -> Router {
    Router::new()
        .route(pattern::HELLO, get(accounts::hello::<S>))
        .route(pattern::REGISTER_START, post(accounts::register_start::<S>))
        .route(pattern::REGISTER_FINISH, post(accounts::register_finish::<S>))
        .route(pattern::LOGIN_START, post(accounts::login_start::<S>))
        .route(pattern::LOGIN_FINISH, post(accounts::login_finish::<S>))
        .route(pattern::RECOVER_START, post(accounts::recover_start::<S>))
        .route(pattern::RECOVER_FINISH, post(accounts::recover_finish::<S>))
        .route(pattern::PASSPHRASE_START, post(accounts::passphrase_start::<S>))
        .route(pattern::PASSPHRASE_FINISH, post(accounts::passphrase_finish::<S>))
        .route(pattern::RECOVERY_KEY, put(accounts::recovery_key::<S>))
        .route(pattern::ACCOUNT, delete(accounts::delete::<S>))
        .route(pattern::SESSIONS, get(vault::sessions::<S>))
        .route(pattern::SESSION, delete(vault::end_session::<S>))
        .route(pattern::VAULT, get(vault::get::<S>).put(vault::put::<S>))
        .route(pattern::SPACES, post(spaces::open::<S>))
        .route(pattern::TICKET, post(spaces::ticket::<S>))
        .route(pattern::MEMBERS, post(spaces::add_member::<S>))
        .route(pattern::LEAVE, post(spaces::leave::<S>))
        .route(pattern::ENTRIES, get(spaces::read::<S>).post(spaces::append::<S>))
        .route(pattern::REMOVE, post(spaces::remove::<S>))
        .route(pattern::ROUND, get(rounds::get::<S>).put(rounds::put::<S>).delete(rounds::delete::<S>))
        .route(pattern::INVITATIONS, post(invitations::invite::<S>))
        .route(pattern::INVITATION, get(invitations::get::<S>))
        .route(pattern::CLAIM, post(invitations::claim::<S>))
        .route(pattern::LOOK, post(invitations::look::<S>))
        .route(pattern::WELCOME, post(invitations::welcome::<S>))
        .route(pattern::ENTER, post(invitations::enter::<S>))
        .route(pattern::REVOKE, post(invitations::revoke::<S>))
        .route(pattern::STREAM, get(crate::stream::open::<S>))
        .route("/healthz", get(operation::healthz))
        .route("/readyz", get(operation::readyz::<S>))
        .route("/metrics", get(operation::metrics::<S>))
        .route("/openapi.json", get(operation::openapi))
        .fallback(other::<S>)
        // Every route reads its body itself, with a limit of its own.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(app.clone(), frame::<S>))
        .with_state(app)
}

async fn other<S: Store>(State(app): State<Shared<S>>, request: Request) -> Response {
    app.web
        .serve(request.method(), request.uri().path(), request.headers())
        .await
}

/// What every answer says, unless its handler said otherwise.
static HEADERS: [(HeaderName, HeaderValue); 7] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(PERMISSIONS),
    ),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Only names that browsers know: each of the others they report in the console of every page.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), clipboard-write=(self), \
    display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), \
    idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
    publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), storage-access=(), \
    sync-xhr=(), usb=(), window-management=(), xr-spatial-tracking=()";

fn complete(headers: &mut HeaderMap, by_tls: bool) {
    for (name, value) in &HEADERS {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if by_tls {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000"),
        );
    }
}

async fn frame<S: Store>(State(app): State<Shared<S>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let cbor = refusal::wants_cbor(request.headers());
    let area = Area::of(request.uri().path());
    // The pattern, never the path: ids stay out of the log.
    let logged = tracing::enabled!(tracing::Level::DEBUG).then(|| {
        (
            request.method().clone(),
            request.extensions().get::<MatchedPath>().cloned(),
        )
    });
    let (head, body) = request.into_parts();
    let (body, rest) = lent::lend(body);
    let mut response = refusal::settle(next.run(Request::from_parts(head, body)).await, cbor);
    rest.drain().await;
    complete(
        response.headers_mut(),
        app.public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://")),
    );
    let status = response.status().as_u16();
    app.metrics.answered(area, status, started.elapsed());
    if let Some((method, path)) = logged {
        let route = path.as_ref().map_or("other", MatchedPath::as_str);
        let took_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::debug!(%method, route, status, took_us, "answered");
    }
    response
}
