//! A client for the tests: plain requests, people with accounts, members of spaces.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use alongside_relay::{Clock, Config, Keep, Limits, Relay};
use alongside_wire::account::{
    LoginFinish, LoginStart, LoginStarted, RegisterFinish, RegisterStart, RegisterStarted, Session,
};
use alongside_wire::envelope::Posted;
use alongside_wire::opaque::Suite;
use alongside_wire::problem::{CBOR_MEDIA_TYPE, Code, Problem};
use alongside_wire::proof::{Purpose, message};
use alongside_wire::route::{TICKET_HEADER, pattern, with};
use alongside_wire::space::{AddMember, Append, Appended, AskTicket, OpenSpace, Page, Ticket};
use alongside_wire::{MEDIA_TYPE, decode, encode};
use argon2::{Algorithm, Argon2, Params, Version};
use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opaque_ke::{
    ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialResponse, Identifiers, RegistrationResponse,
};
use rand_core::{OsRng, RngCore as _};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// A relay with a clock that the test turns.
pub(crate) struct World {
    pub(crate) relay: Relay,
    now_ms: Arc<AtomicI64>,
    _folder: Option<TempDir>,
}

pub(crate) const START_MS: i64 = 1_700_000_000_000;

impl World {
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let now_ms = Arc::new(AtomicI64::new(START_MS));
        let clock = now_ms.clone();
        let mut config = Config {
            limits: Limits::default().at_pace(0.0),
            clock: Clock::new(move || clock.load(Ordering::Relaxed)),
            metrics_token: Some("token".to_owned()),
            ..Config::default()
        };
        change(&mut config);
        Self {
            relay: Relay::start(config).await.unwrap(),
            now_ms,
            _folder: None,
        }
    }

    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn on_disk() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keep = Keep::Folder(folder.path().to_owned());
        let world = Self::with(|config| config.keep = keep).await;
        Self {
            _folder: Some(folder),
            ..world
        }
    }

    pub(crate) fn pass(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) fn http(&self) -> Http {
        Http {
            client: Client::builder(TokioExecutor::new()).build_http(),
            url: self.relay.url(),
        }
    }

    pub(crate) async fn person(&self, handle: &str) -> Person {
        let http = self.http();
        let session = register(&http, handle, "a passphrase").await.unwrap();
        Person {
            http,
            handle: handle.to_owned(),
            token: session.token,
        }
    }

    /// Two people who share a space.
    pub(crate) async fn two(&self) -> (Member, Member) {
        let (ada, ben) = (self.person(&new_handle()).await, self.person(&new_handle()).await);
        let ada = ada.open_space().await;
        let ben = ada.admit(ben).await;
        (ada, ben)
    }
}

pub(crate) fn new_handle() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("person{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) client: Client<HttpConnector, Full<Bytes>>,
    pub(crate) url: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn message<T: for<'b> minicbor::Decode<'b, ()>>(&self) -> T {
        assert_eq!(self.status, StatusCode::OK, "{:?}", self.problem());
        assert_eq!(self.headers["content-type"], MEDIA_TYPE);
        decode(&self.body).unwrap()
    }

    pub(crate) fn problem(&self) -> Option<Problem> {
        let problem = if self.headers.get("content-type")? == CBOR_MEDIA_TYPE {
            Problem::from_cbor(&self.body)?
        } else {
            let json: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
            assert_eq!(self.headers["content-type"], "application/problem+json");
            assert_eq!(json["status"], self.status.as_u16());
            assert!(json["title"].is_string() && json["type"].is_string());
            Problem::from(Code::from_text(json["code"].as_str()?)?)
        };
        (problem.code.status() == self.status.as_u16()).then_some(problem)
    }

    pub(crate) fn code(&self) -> Code {
        match self.problem() {
            Some(problem) => problem.code,
            None => panic!("no problem but {} {:?}", self.status, self.body),
        }
    }

    #[track_caller]
    pub(crate) fn done(&self) {
        assert_eq!(self.status, StatusCode::NO_CONTENT, "{:?}", self.problem());
        assert!(self.body.is_empty());
    }
}

impl Http {
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        let response = self.client.request(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Full::new(body.into())).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[("accept", MEDIA_TYPE)], Bytes::new())
            .await
    }

    pub(crate) async fn post<T: minicbor::Encode<()>>(&self, path: &str, message: &T) -> Answer {
        self.ask(
            "POST",
            path,
            &[("accept", MEDIA_TYPE), ("content-type", MEDIA_TYPE)],
            encode(message),
        )
        .await
    }
}

/// A stretch that costs next to nothing.
pub(crate) fn cheap() -> Argon2<'static> {
    Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(8, 1, 1, None).unwrap(),
    )
}

/// The client's half of a registration: what to send first, and what to make of the answer.
pub(crate) async fn upload(
    passphrase: &str,
    ask: impl AsyncFnOnce(Vec<u8>) -> Result<RegisterStarted, Code>,
) -> Result<Vec<u8>, Code> {
    let started = ClientRegistration::<Suite>::start(&mut OsRng, passphrase.as_bytes()).unwrap();
    let reply = ask(started.message.serialize().to_vec()).await?;
    let response = RegistrationResponse::deserialize(&reply.response).unwrap();
    let ksf = cheap();
    let parameters = ClientRegistrationFinishParameters::new(Identifiers::default(), Some(&ksf));
    let finished = started
        .state
        .finish(&mut OsRng, passphrase.as_bytes(), response, parameters)
        .unwrap();
    Ok(finished.message.serialize().to_vec())
}

fn outcome<T: for<'b> minicbor::Decode<'b, ()>>(answer: &Answer) -> Result<T, Code> {
    if answer.status == StatusCode::OK {
        Ok(answer.message())
    } else {
        Err(answer.code())
    }
}

pub(crate) async fn register(http: &Http, handle: &str, passphrase: &str) -> Result<Session, Code> {
    let upload = upload(passphrase, async |request| {
        let start = RegisterStart {
            handle: handle.to_owned(),
            request: request.into(),
        };
        outcome(&http.post(pattern::REGISTER_START, &start).await)
    })
    .await?;
    let finish = RegisterFinish {
        handle: handle.to_owned(),
        upload: upload.into(),
        vault: b"vault".to_vec().into(),
    };
    outcome(&http.post(pattern::REGISTER_FINISH, &finish).await)
}

pub(crate) async fn login(http: &Http, handle: &str, passphrase: &str) -> Result<Session, Code> {
    let started = ClientLogin::<Suite>::start(&mut OsRng, passphrase.as_bytes()).unwrap();
    let start = LoginStart {
        handle: handle.to_owned(),
        request: started.message.serialize().to_vec().into(),
    };
    let reply: LoginStarted = outcome(&http.post(pattern::LOGIN_START, &start).await)?;
    let response = CredentialResponse::deserialize(&reply.response).unwrap();
    let ksf = cheap();
    let parameters = ClientLoginFinishParameters::new(None, Identifiers::default(), Some(&ksf));
    // A wrong passphrase, or no account: the client notices by itself, and has nothing to send.
    let Ok(finished) = started
        .state
        .finish(&mut OsRng, passphrase.as_bytes(), response, parameters)
    else {
        return Err(Code::WrongCredentials);
    };
    let finish = LoginFinish {
        state: reply.state,
        finalization: finished.message.serialize().to_vec().into(),
    };
    outcome(&http.post(pattern::LOGIN_FINISH, &finish).await)
}

/// Somebody with an account, in a session.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) http: Http,
    pub(crate) handle: String,
    pub(crate) token: [u8; 32],
}

impl Person {
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", base64url(&self.token))
    }

    pub(crate) fn session(&self) -> [u8; 32] {
        Sha256::digest(self.token).into()
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: impl Into<Bytes>) -> Answer {
        let bearer = self.bearer();
        let headers = [
            ("accept", MEDIA_TYPE),
            ("content-type", MEDIA_TYPE),
            ("authorization", bearer.as_str()),
        ];
        self.http.ask(method, path, &headers, body).await
    }

    pub(crate) async fn post<T: minicbor::Encode<()>>(&self, path: &str, message: &T) -> Answer {
        self.ask("POST", path, encode(message)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, Bytes::new()).await
    }

    pub(crate) fn sign(&self, key: &SigningKey, purpose: Purpose, parts: &[&[u8]]) -> [u8; 64] {
        let session = self.session();
        let parts: Vec<&[u8]> = parts.iter().copied().chain([&session[..]]).collect();
        key.sign(&message(purpose, &parts)).to_bytes()
    }

    pub(crate) async fn open_space(self) -> Member {
        let (space, key) = (random(), SigningKey::from_bytes(&random()));
        let signature = self.sign(&key, Purpose::OpenSpace, &[&space]);
        let open = OpenSpace {
            space,
            member: key.verifying_key().to_bytes(),
            signature,
        };
        self.post(pattern::SPACES, &open).await.done();
        self.into_member(space, key).await
    }

    pub(crate) async fn into_member(self, space: [u8; 16], key: SigningKey) -> Member {
        let ticket: Ticket = self.ask_ticket(space, &key).await.message();
        Member {
            person: self,
            space,
            key,
            ticket: ticket.ticket.to_vec(),
        }
    }

    pub(crate) async fn ask_ticket(&self, space: [u8; 16], key: &SigningKey) -> Answer {
        let signature = self.sign(key, Purpose::Ticket, &[&space]);
        let ask = AskTicket {
            member: key.verifying_key().to_bytes(),
            signature,
        };
        self.post(&with(pattern::TICKET, &space), &ask).await
    }
}

/// Somebody in a space.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) person: Person,
    pub(crate) space: [u8; 16],
    pub(crate) key: SigningKey,
    pub(crate) ticket: Vec<u8>,
}

impl Member {
    pub(crate) fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    pub(crate) async fn admit(&self, person: Person) -> Self {
        let key = SigningKey::from_bytes(&random());
        let add = AddMember {
            member: key.verifying_key().to_bytes(),
        };
        self.ask("POST", &with(pattern::MEMBERS, &self.space), encode(&add))
            .await
            .done();
        person.into_member(self.space, key).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: impl Into<Bytes>) -> Answer {
        let (bearer, ticket) = (self.person.bearer(), base64url(&self.ticket));
        let headers = [
            ("accept", MEDIA_TYPE),
            ("content-type", MEDIA_TYPE),
            ("authorization", bearer.as_str()),
            (TICKET_HEADER, ticket.as_str()),
        ];
        self.person.http.ask(method, path, &headers, body).await
    }

    pub(crate) async fn try_append(&self, envelopes: Vec<Posted>) -> Answer {
        self.ask(
            "POST",
            &with(pattern::ENTRIES, &self.space),
            encode(&Append { envelopes }),
        )
        .await
    }

    pub(crate) async fn append(&self, texts: &[&str]) -> Appended {
        self.try_append(texts.iter().map(|text| posted(text)).collect())
            .await
            .message()
    }

    pub(crate) async fn read(&self, query: &str) -> Page {
        let path = format!("{}?{query}", with(pattern::ENTRIES, &self.space));
        self.ask("GET", &path, Bytes::new()).await.message()
    }
}

pub(crate) fn posted(text: &str) -> Posted {
    Posted {
        head: text.as_bytes().to_vec().into(),
        payload: format!("payload of {text}").into_bytes().into(),
    }
}

pub(crate) fn heads(page: &Page) -> Vec<String> {
    page.entries
        .iter()
        .map(|entry| String::from_utf8(entry.head.to_vec()).unwrap())
        .collect()
}
