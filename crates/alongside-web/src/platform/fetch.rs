//! The way to the relay: `fetch` to where this page came from, and a WebSocket.

use alongside_replica::ports::{HttpReply, HttpRequest, Transport, Unreachable};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Headers, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response,
};

use super::socket::Socket;

/// How long an answer may take.
const PATIENCE_MS: f64 = 20_000.0;

/// The network, as this page may use it.
pub(crate) struct Net;

impl Transport for Net {
    type Socket = Socket;

    async fn http(&self, request: HttpRequest) -> Result<HttpReply, Unreachable> {
        ask(request).await.map_err(|_| Unreachable)
    }

    async fn connect(&self, path: &str) -> Result<Socket, Unreachable> {
        Socket::open(path).await
    }
}

async fn ask(request: HttpRequest) -> Result<HttpReply, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let options = RequestInit::new();
    options.set_method(request.method);
    options.set_headers(&headers);
    options.set_cache(RequestCache::NoStore);
    options.set_credentials(RequestCredentials::Omit);
    options.set_redirect(RequestRedirect::Error);
    options.set_referrer_policy(ReferrerPolicy::NoReferrer);
    options.set_signal(Some(&web_sys::AbortSignal::timeout_with_f64(PATIENCE_MS)));
    if !request.body.is_empty() {
        options.set_body(&Uint8Array::from(request.body.as_slice()));
    }
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(&request.path, &options))
        .await?
        .dyn_into()?;
    let body = JsFuture::from(response.array_buffer()?).await?;
    Ok(HttpReply {
        status: response.status(),
        body: Uint8Array::new(&body).to_vec(),
    })
}
