//! Twenty thousand requests that are wrong in some way, over every route and over the WebSocket: each is answered with a problem document
//! that the description of its route knows, none with a fault of the relay's.

use std::time::Duration;

use alongside_wire::account::{
    LoginFinish, LoginStart, PassphraseFinish, PutVault, RecoverFinish, RecoverStart, RecoveryKey,
    RecoveryKeys, RegisterFinish, RegisterStart,
};
use alongside_wire::encode;
use alongside_wire::invitation::{Claim, Invite, Proof, Welcome};
use alongside_wire::problem::Code;
use alongside_wire::route::{TICKET_HEADER, pattern};
use alongside_wire::space::{AddMember, Append, AskTicket, Deposit, EnvelopeName, OpenSpace, Remove};
use alongside_wire::stream::{ClientFrame, ServerFrame};
use axum::body::Bytes;
use axum::http::Request;
use futures_util::SinkExt as _;
use http_body_util::Full;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Member, World, base64url, posted};
use crate::openapi::Documented;
use crate::stream::Socket;

const REQUESTS: usize = 20_000;
const TASKS: usize = 4;

/// Draws what is wrong with a request.
struct Dice(ChaCha20Rng);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.0.next_u64() % u64::try_from(limit).unwrap()).unwrap()
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.bytes(N).try_into().unwrap()
    }

    fn some_bytes(&mut self) -> minicbor::bytes::ByteVec {
        let len = self.below(80);
        self.bytes(len).into()
    }

    /// A message of some route, well formed, of no meaning.
    fn message(&mut self) -> Vec<u8> {
        let handle = [
            "ada",
            "nobody",
            "",
            "Ada!",
            "a-very-long-handle-that-is-longer-than-it-may-be",
        ];
        let handle = self.pick(&handle).to_owned();
        match self.below(19) {
            0 => encode(&RegisterStart {
                handle,
                request: self.some_bytes(),
            }),
            1 => encode(&RegisterFinish {
                handle,
                upload: self.some_bytes(),
                vault: self.some_bytes(),
            }),
            2 => encode(&LoginStart {
                handle,
                request: self.some_bytes(),
            }),
            3 => encode(&LoginFinish {
                state: self.bytes(32).into(),
                finalization: self.bytes(64).into(),
            }),
            4 => encode(&RecoverStart { handle }),
            5 => encode(&RecoverFinish {
                handle,
                challenge: self.some_bytes(),
                account: self.array(),
                both: self.array(),
            }),
            6 => {
                let vault = PutVault {
                    replaces: self.0.next_u64(),
                    sealed: self.some_bytes(),
                };
                encode(&PassphraseFinish {
                    upload: self.some_bytes(),
                    vault,
                })
            }
            7 => encode(&RecoveryKey {
                keys: Some(RecoveryKeys {
                    account: self.array(),
                    both: self.array(),
                }),
            }),
            8 => encode(&PutVault {
                replaces: self.0.next_u64(),
                sealed: self.some_bytes(),
            }),
            9 => encode(&OpenSpace {
                space: self.array(),
                member: self.array(),
                signature: self.array(),
            }),
            10 => encode(&AskTicket {
                member: self.array(),
                signature: self.array(),
            }),
            11 => encode(&AddMember { member: self.array() }),
            12 => encode(&Append {
                envelopes: Vec::new(),
            }),
            13 => encode(&Remove {
                envelopes: vec![EnvelopeName(self.array())],
            }),
            14 => encode(&Deposit {
                envelope: posted("x"),
            }),
            15 => encode(&Invite {
                invitation: self.array(),
                key: self.array(),
                inviter: self.array(),
                blob: self.some_bytes(),
                valid_s: self.0.next_u64(),
                signature: self.array(),
            }),
            16 => encode(&Claim {
                claim: self.some_bytes(),
                signature: self.array(),
            }),
            17 => encode(&Proof {
                signature: self.array(),
            }),
            _ => encode(&Welcome {
                welcome: Some(self.some_bytes()),
                signature: self.array(),
            }),
        }
    }

    /// Bytes that are a message, or nearly one, or none at all.
    fn body(&mut self) -> Vec<u8> {
        let mut body = self.message();
        match self.below(12) {
            0 => body.truncate(self.below(body.len().max(1))),
            1..=3 => {
                for _ in 0..=self.below(4) {
                    let at = self.below(body.len());
                    body[at] ^= 1 << self.below(8);
                }
            }
            4 => body.extend(self.bytes(3)),
            5 => body = Vec::new(),
            6 => {
                let len = self.below(300);
                body = self.bytes(len);
            }
            // Arrays within arrays, promises of much to come, endless arrays.
            7 => body = vec![0x81; 1 + self.below(4000)],
            8 => body = [&[0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..], &body].concat(),
            9 => body = [&[0x82, 0x5b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff][..], &body].concat(),
            10 => body = vec![0x9f; 500],
            _ => {}
        }
        if self.one_in(400) {
            body.resize(1024 * 1024 + self.below(6 * 1024 * 1024), 0);
        }
        body
    }

    fn id(&mut self, real: &[u8]) -> String {
        let garbage = [
            "", "0", "zz", "..", "%00", "%ff%fe", "{space}", "00 ", "ÄÖ", "a/b", "%2f", "1%2e",
        ];
        match self.below(4) {
            0 => self
                .pick(&garbage)
                .replace(' ', "%20")
                .replace('Ä', "%c3%84")
                .replace('Ö', "%c3%96")
                .replace(['{', '}'], "_"),
            1 => alongside_wire::route::hex(&self.bytes(real.len())),
            2 => alongside_wire::route::hex(real).to_uppercase(),
            _ => alongside_wire::route::hex(real),
        }
    }

    fn headers(&mut self, member: &Member) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
        match self.below(6) {
            0 => {}
            1 => add("authorization", format!("Bearer {}", base64url(&self.bytes(32)))),
            2 => add(
                "authorization",
                self.pick(&["", "Bearer", "Basic AAAA", "Bearer !", "Bearer AAAAAAAA", "x\ty"])
                    .to_owned(),
            ),
            _ => add("authorization", member.person.bearer()),
        }
        match self.below(6) {
            0 => {}
            1 => {
                let len = self.below(120);
                add(TICKET_HEADER, base64url(&self.bytes(len)));
            }
            2 => {
                let mut ticket = member.ticket.clone();
                let at = self.below(ticket.len());
                ticket[at] ^= 1 << self.below(8);
                add(TICKET_HEADER, base64url(&ticket));
            }
            _ => add(TICKET_HEADER, base64url(&member.ticket)),
        }
        match self.below(8) {
            0 => {}
            1 => add(
                "content-type",
                self.pick(&["text/plain", "application/json", "", "application/cborx", ";;;"])
                    .to_owned(),
            ),
            _ => add("content-type", "application/cbor".to_owned()),
        }
        add(
            "accept",
            self.pick(&["application/cbor", "*/*", "text/html", "", "application/json;q=x"])
                .to_owned(),
        );
        if self.one_in(6) {
            let (name, value) = self.pick(&[
                &("x-forwarded-for", "not an address"),
                &("upgrade", "websocket"),
                &("sec-websocket-key", "short"),
                &("origin", "https://evil.example"),
                &("content-encoding", "gzip"),
                &("range", "bytes=0-"),
                &("if-none-match", "*"),
                &("accept-encoding", "br;q=nonsense"),
            ]);
            add(name, (*value).to_owned());
        }
        headers
    }

    fn query(&mut self) -> String {
        let number = self.0.next_u64().to_string();
        match self.below(8) {
            0 => format!("?after={number}99"),
            1 => "?limit=0".to_owned(),
            2 => "?after=&limit=-1".to_owned(),
            3 => "?%00=%ff&&&=&removed_after=%31".to_owned(),
            4 => format!("?after={number}&removed_after={number}&limit={number}"),
            _ => String::new(),
        }
    }
}

/// Sends one request and says whether it was refused. A request that happens to be right is answered as such.
async fn one(
    dice: &mut Dice,
    member: &Member,
    documented: &Documented,
    operations: &[(String, String)],
) -> bool {
    let (path, mut method) = operations[dice.below(operations.len())].clone();
    if dice.one_in(8) {
        method = dice
            .pick(&[
                "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW",
            ])
            .to_owned();
    }
    // Neither the session nor the membership shall be over before the test is.
    let ends = [pattern::LEAVE, pattern::ACCOUNT, pattern::SESSION].contains(&path.as_str());
    if ends && !dice.one_in(3) {
        return false;
    }
    let mut address = path.clone();
    while let (Some(start), Some(end)) = (address.find('{'), address.find('}')) {
        let real: &[u8] = if address[start..].starts_with("{space}") {
            &member.space
        } else {
            &[7; 16]
        };
        address = format!("{}{}{}", &address[..start], dice.id(real), &address[end + 1..]);
    }
    if dice.one_in(30) {
        address = dice
            .pick(&[
                "/v1/",
                "/v1//",
                "/v1/spaces/",
                "/v1/nothing",
                "/v1/%ff",
                "//v1/hello",
                "/v1/hello/",
            ])
            .to_owned();
    }
    let mut headers = dice.headers(member);
    if ends {
        headers.retain(|(name, _)| name != "authorization");
    }
    let body = dice.body();
    let mut request = Request::builder().method(method.as_str()).uri(format!(
        "{}{address}{}",
        member.person.http.url,
        dice.query()
    ));
    for (name, value) in &headers {
        request = request.header(name, value);
    }
    let Ok(request) = request.body(Full::new(Bytes::from(body))) else {
        return false;
    };
    let answer = member.person.http.send(request).await;
    let what = format!("{method} {address} {headers:?}: {answer:?}");
    assert!(answer.status.as_u16() < 500, "{what}");
    if answer.status.as_u16() < 400 {
        return false;
    }
    if method == "HEAD" {
        return true;
    }
    let Some(problem) = answer.problem() else {
        panic!("no problem document: {what}")
    };
    let whole = address.split('/').count() == path.split('/').count() && !address.contains('%');
    if whole && !address.ends_with('/') && address != "/v1/nothing" && address != "//v1/hello" {
        assert!(
            documented.allows(&path, &method, problem.code),
            "{:?} is not described: {what}",
            problem.code
        );
    }
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_malformed_request_is_answered_with_a_problem_and_the_relay_stays_well() {
    let world = World::with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]).await;
    let (ada, ben) = world.two().await;
    ada.append(&["before"]).await;
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let member = ben.clone();
            tokio::spawn(async move {
                let mut dice = Dice(ChaCha20Rng::seed_from_u64(u64::try_from(task).unwrap()));
                let documented = Documented::ask(&member.person.http).await;
                let operations = documented.operations();
                let mut refused = 0;
                while refused < REQUESTS / TASKS {
                    refused += usize::from(one(&mut dice, &member, &documented, &operations).await);
                }
                refused
            })
        })
        .collect();
    let mut refused = 0;
    for task in tasks {
        refused += task.await.unwrap();
    }
    assert!(refused >= REQUESTS);
    assert_eq!(ada.person.http.get("/readyz").await.status, 200);
    ada.append(&["after"]).await;
    ben.read("").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_malformed_frame_is_refused_or_ends_its_stream_and_the_relay_stays_well() {
    let world = World::new().await;
    let (ada, ben) = world.two().await;
    let mut dice = Dice(ChaCha20Rng::seed_from_u64(99));
    let (mut refused, mut closed) = (0, 0);
    let mut stream = Socket::open(&world, &ben.person).await;
    while refused + closed < 4000 {
        let frame = match dice.below(6) {
            0 => ClientFrame::Watch {
                space: if dice.one_in(2) { ben.space } else { dice.array() },
                ticket: dice.some_bytes(),
                after: dice.0.next_u64(),
                removed_after: dice.0.next_u64(),
            },
            1 => ClientFrame::WatchInvitation {
                invitation: dice.array(),
                signature: dice.array(),
            },
            2 => ClientFrame::Hello { token: dice.array() },
            _ => ClientFrame::Ping { number: 5 },
        };
        let mut bytes = encode(&frame);
        match dice.below(4) {
            0 => bytes.truncate(dice.below(bytes.len())),
            1 => {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
            2 => bytes = dice.body().into_iter().take(3000).collect(),
            _ => {}
        }
        if dice.one_in(300) {
            bytes = vec![0; 5000 + dice.below(100_000)];
        }
        let message = if dice.one_in(20) {
            Message::Text("{}".into())
        } else {
            Message::Binary(bytes.into())
        };
        let sent = stream.inner.send(message).await;
        // A marker behind it: whatever comes before its echo is the answer.
        if sent.is_ok() {
            let marker = encode(&ClientFrame::Ping { number: u32::MAX });
            let _closed = stream.inner.send(Message::Binary(marker.into())).await;
        }
        loop {
            match stream.next_or_close().await {
                Some(ServerFrame::Pong { number: u32::MAX }) => break,
                Some(ServerFrame::Refused { code, .. }) => {
                    assert!(
                        Code::from_text(&code).is_some_and(|code| code.status() < 500),
                        "{code}"
                    );
                    refused += 1;
                }
                Some(ServerFrame::Pong { .. }) => {}
                Some(other) => panic!("{other:?}"),
                None => {
                    closed += 1;
                    stream = Socket::open(&world, &ben.person).await;
                    break;
                }
            }
        }
    }
    assert!(refused > 3000, "{refused} refused, {closed} closed");
    // Before the hello nothing else counts, either.
    for _ in 0..200 {
        let mut stream = Socket::connect(&world).await;
        let body = dice.body().into_iter().take(3000).collect::<Vec<u8>>();
        stream.inner.send(Message::Binary(body.into())).await.unwrap();
        let answer = timeout(Duration::from_secs(10), stream.next_or_close())
            .await
            .unwrap();
        assert!(
            matches!(answer, Some(ServerFrame::Refused { .. }) | None),
            "{answer:?}"
        );
    }
    let mut stream = Socket::open(&world, &ben.person).await;
    stream.watch(&ben, 0, 0).await;
    assert!(matches!(stream.next().await, ServerFrame::More { .. }));
    ada.append(&["after"]).await;
    assert!(matches!(stream.next().await, ServerFrame::More { .. }));
}
