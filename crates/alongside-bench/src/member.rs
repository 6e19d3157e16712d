//! Members of spaces at a relay, as far as the relay is concerned: accounts, sessions, keys and tickets, without a device behind them. Their
//! passphrases are stretched cheaply: that is the client's to do, and not what is measured.

use std::net::SocketAddr;

use alongside_log::identity::{Identity, RelayKey};
use alongside_log::ids::SpaceId;
use alongside_wire::proof::{self, Purpose};
use alongside_wire::route::{self, pattern};
use alongside_wire::{MEDIA_TYPE, account, opaque, space};
use anyhow::{Context as _, Result, bail, ensure};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use minicbor::bytes::ByteVec;
use opaque_ke::{ClientRegistration, ClientRegistrationFinishParameters, Identifiers, RegistrationResponse};
use rand_core::OsRng;

use crate::http::{Connection, request};

/// A session of an account at a relay.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) token: [u8; 32],
}

/// A member of a space, in a session.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) session: Session,
    pub(crate) space: [u8; 16],
    pub(crate) ticket: Vec<u8>,
}

/// Makes an account.
pub(crate) async fn register(relay: SocketAddr, handle: &str) -> Result<Session> {
    let mut connection = Connection::open(relay).await?;
    let start = ClientRegistration::<opaque::Suite>::start(&mut OsRng, b"measured")
        .map_err(|e| anyhow::anyhow!("{e}"))?;
    let body = account::RegisterStart {
        handle: handle.to_owned(),
        request: ByteVec::from(start.message.serialize().to_vec()),
    };
    let answer: account::RegisterStarted = post(&mut connection, pattern::REGISTER_START, &[], &body).await?;
    let response = RegistrationResponse::deserialize(&answer.response).map_err(|e| anyhow::anyhow!("{e}"))?;
    let cheap = Params::new(8, 1, 1, None).map_err(|e| anyhow::anyhow!("{e}"))?;
    let stretch = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
    let parameters = ClientRegistrationFinishParameters::new(Identifiers::default(), Some(&stretch));
    let finished = start
        .state
        .finish(&mut OsRng, b"measured", response, parameters)
        .map_err(|e| anyhow::anyhow!("{e}"))?;
    let body = account::RegisterFinish {
        handle: handle.to_owned(),
        upload: ByteVec::from(finished.message.serialize().to_vec()),
        vault: ByteVec::from(vec![0; 512]),
    };
    let session: account::Session = post(&mut connection, pattern::REGISTER_FINISH, &[], &body).await?;
    Ok(Session { token: session.token })
}

impl Session {
    /// The header that shows it.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", base64url(&self.token))
    }

    fn signed(&self, key: &RelayKey, purpose: Purpose, space: &[u8; 16]) -> [u8; 64] {
        let session = alongside_wire::envelope::payload_hash(&self.token);
        key.sign(&proof::message(purpose, &[space, &session]))
    }

    /// Opens a space of this member's own.
    pub(crate) async fn open_space(&self, relay: SocketAddr, space: [u8; 16]) -> Result<Member> {
        let key = Identity::make(&mut OsRng).member_key(SpaceId::from_bytes(space));
        let body = space::OpenSpace {
            space,
            member: key.public(),
            signature: self.signed(&key, Purpose::OpenSpace, &space),
        };
        let mut connection = Connection::open(relay).await?;
        let headers = [("authorization", self.bearer())];
        post_for_nothing(&mut connection, pattern::SPACES, &headers, &body).await?;
        self.ticket(relay, space, &key).await
    }

    /// Comes into a space that somebody else opened.
    pub(crate) async fn join_space(&self, relay: SocketAddr, inviter: &Member) -> Result<Member> {
        let key = Identity::make(&mut OsRng).member_key(SpaceId::from_bytes(inviter.space));
        let mut connection = Connection::open(relay).await?;
        let path = route::with(pattern::MEMBERS, &inviter.space);
        let body = space::AddMember { member: key.public() };
        post_for_nothing(&mut connection, &path, &inviter.headers(), &body).await?;
        self.ticket(relay, inviter.space, &key).await
    }

    async fn ticket(&self, relay: SocketAddr, space: [u8; 16], key: &RelayKey) -> Result<Member> {
        let mut connection = Connection::open(relay).await?;
        let body = space::AskTicket {
            member: key.public(),
            signature: self.signed(key, Purpose::Ticket, &space),
        };
        let path = route::with(pattern::TICKET, &space);
        let headers = [("authorization", self.bearer())];
        let answer: space::Ticket = post(&mut connection, &path, &headers, &body).await?;
        Ok(Member {
            session: self.clone(),
            space,
            ticket: answer.ticket.into(),
        })
    }
}

impl Member {
    /// The headers that show who asks.
    pub(crate) fn headers(&self) -> [(&'static str, String); 2] {
        [
            ("authorization", self.session.bearer()),
            (route::TICKET_HEADER, base64url(&self.ticket)),
        ]
    }
}

async fn post<T, R>(
    connection: &mut Connection,
    path: &str,
    headers: &[(&str, String)],
    body: &T,
) -> Result<R>
where
    T: minicbor::Encode<()>,
    R: for<'b> minicbor::Decode<'b, ()>,
{
    let bytes = posted(path, headers, body);
    let answer = connection.ask(&bytes).await?;
    if answer.status != 200 && answer.status != 201 {
        bail!(
            "{path}: {} {}",
            answer.status,
            String::from_utf8_lossy(answer.body)
        );
    }
    alongside_wire::decode(answer.body).with_context(|| format!("{path}: another answer than expected"))
}

async fn post_for_nothing<T: minicbor::Encode<()>>(
    connection: &mut Connection,
    path: &str,
    headers: &[(&str, String)],
    body: &T,
) -> Result<()> {
    let bytes = posted(path, headers, body);
    let answer = connection.ask(&bytes).await?;
    ensure!(
        answer.status / 100 == 2,
        "{path}: {} {}",
        answer.status,
        String::from_utf8_lossy(answer.body)
    );
    Ok(())
}

/// A request with a CBOR body.
pub(crate) fn posted<T: minicbor::Encode<()>>(path: &str, headers: &[(&str, String)], body: &T) -> Vec<u8> {
    let mut all = vec![("content-type", MEDIA_TYPE), ("accept", MEDIA_TYPE)];
    all.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
    request("POST", path, &all, &alongside_wire::encode(body))
}

/// base64url without padding (RFC 4648, section 5).
fn base64url(bytes: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
