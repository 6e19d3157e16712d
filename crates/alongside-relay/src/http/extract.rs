//! What handlers are handed: bodies that were read, sessions and tickets that were checked.

use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use alongside_wire::problem::Code;
use alongside_wire::{MEDIA_TYPE, decode, encode};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt as _;
use sha2::{Digest as _, Sha256};

use super::refusal::Refusal;
use crate::app::Shared;
use crate::id::{AccountId, MemberKey, SessionId, SpaceId};
use crate::rate::neighbourhood;
use crate::store::Store;

/// How long a body may take to come in.
const BODY_TIME: Duration = Duration::from_secs(30);

/// The address at the other end of a connection, as the server notes it on every request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Whom limits per address count: the peer, or who stands behind a trusted proxy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address(pub(crate) IpAddr);

impl<S: Store> FromRequestParts<Shared<S>> for Address {
    type Rejection = Refusal;

    fn from_request_parts(
        parts: &mut Parts,
        app: &Shared<S>,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send {
        let peer = parts
            .extensions
            .get::<Peer>()
            .map_or(IpAddr::from([0, 0, 0, 0]), |&Peer(peer)| peer);
        let address = behind_proxies(peer, &parts.headers, &app.trusted_proxies);
        std::future::ready(Ok(Self(neighbourhood(address))))
    }
}

/// Every proxy adds whom it saw at the end: the last that is no proxy of ours is who came to the first of ours.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let trusts = |address: &IpAddr| {
        trusted
            .iter()
            .any(|proxy| proxy.to_canonical() == address.to_canonical())
    };
    if !trusts(&peer) {
        return peer;
    }
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut seen = peer;
    for hop in forwarded.iter().rev() {
        let Ok(address) = hop.trim().parse() else { break };
        seen = address;
        if !trusts(&address) {
            break;
        }
    }
    seen
}

/// A body in CBOR of at most so many bytes.
#[derive(Debug)]
pub(super) struct Cbor<T, const MAX_BYTES: usize> {
    pub(super) message: T,
    /// How large it was.
    pub(super) bytes: usize,
}

impl<T, S, const MAX_BYTES: usize> FromRequest<S> for Cbor<T, MAX_BYTES>
where
    T: for<'b> minicbor::Decode<'b, ()> + Send,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let is_cbor = request.headers().get(CONTENT_TYPE).is_some_and(|value| {
            let essence = value
                .as_bytes()
                .split(|&byte| byte == b';')
                .next()
                .unwrap_or_default();
            essence.trim_ascii().eq_ignore_ascii_case(MEDIA_TYPE.as_bytes())
        });
        let declared = request
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<usize>().ok())
            .unwrap_or(0);
        if !is_cbor {
            return Err(Code::WrongMediaType.into());
        }
        if declared > MAX_BYTES {
            return Err(Code::TooLarge.into());
        }
        let body = tokio::time::timeout(BODY_TIME, read_body(request, MAX_BYTES, declared))
            .await
            .map_err(|_| Code::Malformed)??;
        let message = decode(&body).map_err(|_| Code::Malformed)?;
        Ok(Self {
            message,
            bytes: body.len(),
        })
    }
}

async fn read_body(request: Request, max_bytes: usize, declared: usize) -> Result<Bytes, Refusal> {
    let mut body = request.into_body();
    let mut whole: Vec<u8> = Vec::new();
    let mut first = Bytes::new();
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        // The connection broke, or its framing.
        let Ok(data) = frame.map_err(|_| Refusal::from(Code::Malformed))?.into_data() else {
            continue;
        };
        bytes += data.len();
        if bytes > max_bytes {
            return Err(Code::TooLarge.into());
        }
        if first.is_empty() && whole.is_empty() {
            // Most bodies come in one piece, which needs no copy.
            first = data;
        } else {
            if whole.is_empty() {
                whole.reserve(declared.min(max_bytes).max(first.len() + data.len()));
                whole.extend_from_slice(&std::mem::take(&mut first));
            }
            whole.extend_from_slice(&data);
        }
    }
    Ok(if whole.is_empty() { first } else { whole.into() })
}

/// A body in CBOR on its way out.
#[derive(Debug)]
pub(super) struct Reply<T>(pub(super) T);

impl<T: minicbor::Encode<()>> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let mut response = Response::new(encode(&self.0).into());
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response
    }
}

/// The hash under which a session is known.
pub(crate) fn session_of(token: &[u8; 32]) -> SessionId {
    SessionId(Sha256::digest(token).into())
}

/// Who asks: an account, in one of its sessions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    pub(super) account: AccountId,
    pub(super) session: SessionId,
}

fn bearer(headers: &HeaderMap) -> Option<SessionId> {
    let text = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = text.split_at_checked(7)?;
    if !scheme.eq_ignore_ascii_case(b"bearer ") {
        return None;
    }
    let mut bytes = [0; 34];
    let len = URL_SAFE_NO_PAD.decode_slice(token, &mut bytes).ok()?;
    bytes[..len]
        .try_into()
        .ok()
        .map(|token: [u8; 32]| session_of(&token))
}

impl<S: Store> FromRequestParts<Shared<S>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared<S>) -> Result<Self, Refusal> {
        let session = bearer(&parts.headers).ok_or(Code::SessionEnded)?;
        let account = app.account_of(session).await?;
        app.pace_account(account, 0)?;
        Ok(Self { account, session })
    }
}

/// A placeholder of the path.
async fn path_text<S: Store>(parts: &mut Parts, app: &Shared<S>, name: &str) -> Result<String, Refusal> {
    let params = RawPathParams::from_request_parts(parts, app)
        .await
        .map_err(|_| Code::NotFound)?;
    let value = params
        .iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned());
    value.ok_or(Code::NotFound.into())
}

macro_rules! path_ids {
    ($($(#[$doc:meta])* $name:ident($id:ty) = $placeholder:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(super) struct $name(pub(super) $id);

        impl<S: Store> FromRequestParts<Shared<S>> for $name {
            type Rejection = Refusal;

            async fn from_request_parts(parts: &mut Parts, app: &Shared<S>) -> Result<Self, Refusal> {
                let text = path_text(parts, app, $placeholder).await?;
                <$id>::from_hex(&text).map(Self).ok_or(Code::NotFound.into())
            }
        }
    )*};
}

path_ids! {
    /// The space that a path names.
    InPath(SpaceId) = "space";
    /// The round that a path names.
    Round(crate::id::RoundId) = "round";
    /// The session that a path names.
    Named(SessionId) = "session";
    /// The invitation that a path names.
    Invited(crate::id::InvitationId) = "invitation";
}

/// Who asks within a space: a session that speaks for a member, by its ticket. Whether they still are one, the store says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Speaker {
    pub(super) caller: Caller,
    pub(super) space: SpaceId,
    pub(super) member: MemberKey,
}

impl<S: Store> FromRequestParts<Shared<S>> for Speaker {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared<S>) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, app).await?;
        // No ticket, another space's, no space at all: one answer.
        let ticket = app
            .mac
            .read_header(&parts.headers, caller.session, app.clock.now_ms())
            .ok_or(Code::TicketNeeded)?;
        match InPath::from_request_parts(parts, app).await {
            Ok(InPath(space)) if space == ticket.space => Ok(Self {
                caller,
                space,
                member: ticket.member,
            }),
            Ok(_) | Err(_) => Err(Code::TicketNeeded.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
        let [peer, proxy, client, liar]: [IpAddr; 4] =
            ["192.0.2.9", "10.0.0.1", "198.51.100.7", "203.0.113.5"].map(|text| text.parse().unwrap());
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            HeaderValue::from_str(&format!("{liar}, {client}")).unwrap(),
        );
        assert_eq!(behind_proxies(peer, &headers, &[]), peer);
        assert_eq!(behind_proxies(peer, &headers, &[proxy]), peer);
        assert_eq!(behind_proxies(proxy, &headers, &[proxy]), client);
        headers.insert(
            "x-forwarded-for",
            HeaderValue::from_str(&format!("{liar}, {client}, {proxy}")).unwrap(),
        );
        assert_eq!(behind_proxies(proxy, &headers, &[proxy]), client);
    }
}
