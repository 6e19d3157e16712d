//! The WebSocket.

use std::time::Duration;

use alongside_relay::Limits;
use alongside_wire::limits::MAX_WATCHES;
use alongside_wire::proof::Purpose;
use alongside_wire::route::{pattern, with};
use alongside_wire::space::{EnvelopeName, Page, Remove};
use alongside_wire::stream::{ClientFrame, ServerFrame};
use alongside_wire::{decode, encode};
use axum::body::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::client::{Member, Person, START_MS, World, heads, posted, random};

/// A client's end of a stream.
pub(crate) struct Socket {
    pub(crate) inner: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    /// A socket that has not said hello.
    pub(crate) async fn connect(world: &World) -> Self {
        let url = format!("ws://{}{}", world.relay.address(), pattern::STREAM);
        Self {
            inner: connect_async(url).await.unwrap().0,
        }
    }

    pub(crate) async fn open(world: &World, person: &Person) -> Self {
        let mut socket = Self::connect(world).await;
        socket.send(&ClientFrame::Hello { token: person.token }).await;
        assert_eq!(socket.next().await, ServerFrame::Welcome { now_ms: START_MS });
        socket
    }

    pub(crate) async fn send(&mut self, frame: &ClientFrame) {
        self.inner
            .send(Message::Binary(encode(frame).into()))
            .await
            .unwrap();
    }

    /// The next frame; none when the relay closed the stream.
    pub(crate) async fn next_or_close(&mut self) -> Option<ServerFrame> {
        loop {
            match timeout(Duration::from_secs(10), self.inner.next())
                .await
                .expect("a frame in time")
            {
                Some(Ok(Message::Binary(bytes))) => return Some(decode(&bytes).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    pub(crate) async fn next(&mut self) -> ServerFrame {
        self.next_or_close().await.expect("the stream is open")
    }

    pub(crate) async fn stays_silent(&mut self, time: Duration) {
        let heard = timeout(time, self.next_or_close()).await;
        assert!(heard.is_err(), "heard {heard:?}");
    }

    pub(crate) async fn watch(&mut self, member: &Member, after: u64, removed_after: u64) {
        let ticket = member.ticket.clone().into();
        self.send(&ClientFrame::Watch {
            space: member.space,
            ticket,
            after,
            removed_after,
        })
        .await;
    }

    async fn page(&mut self) -> Page {
        let frame = self.next().await;
        let ServerFrame::More { page, .. } = frame else {
            panic!("{frame:?}")
        };
        page
    }

    async fn refusal(&mut self) -> String {
        let frame = self.next().await;
        let ServerFrame::Refused { code, .. } = frame else {
            panic!("{frame:?}")
        };
        code
    }
}

#[tokio::test]
async fn a_stream_catches_up_and_goes_on() {
    let world = World::on_disk().await;
    let (ada, ben) = world.two().await;
    ada.append(&["one", "two"]).await;
    let mut stream = Socket::open(&world, &ben.person).await;
    stream.watch(&ben, 1, 0).await;
    assert_eq!(heads(&stream.page().await), ["two"]);
    ada.append(&["three"]).await;
    assert_eq!(heads(&stream.page().await), ["three"]);
    ben.append(&["four"]).await;
    let page = stream.page().await;
    assert_eq!((heads(&page), page.head), (vec!["four".to_owned()], 4));
    let envelopes = vec![EnvelopeName(posted("one").id())];
    ada.ask(
        "POST",
        &with(pattern::REMOVE, &ada.space),
        encode(&Remove { envelopes }),
    )
    .await
    .done();
    let page = stream.page().await;
    assert_eq!(
        (page.entries.len(), page.removals.len(), page.removals[0].number),
        (0, 1, 1)
    );
    stream.send(&ClientFrame::Unwatch { space: ben.space }).await;
    stream.send(&ClientFrame::Ping { number: 7 }).await;
    assert_eq!(stream.next().await, ServerFrame::Pong { number: 7 });
    ada.append(&["five"]).await;
    stream.stays_silent(Duration::from_millis(200)).await;
}

#[tokio::test]
async fn an_empty_space_is_answered_once_so_that_the_client_knows_it_is_heard() {
    let world = World::new().await;
    let (ada, _) = world.two().await;
    let mut stream = Socket::open(&world, &ada.person).await;
    stream.watch(&ada, 0, 0).await;
    assert_eq!(stream.page().await.head, 0);
    stream.stays_silent(Duration::from_millis(100)).await;
    stream.watch(&ada, 0, 0).await;
    assert_eq!(stream.page().await.head, 0);
}

#[tokio::test]
async fn a_long_past_comes_in_pages_in_order_and_without_gaps() {
    let world = World::on_disk().await;
    let (ada, ben) = world.two().await;
    for piece in 0..20 {
        let texts: Vec<String> = (0..100)
            .map(|n| format!("{piece} {n} {}", "x".repeat(100)))
            .collect();
        ada.append(&texts.iter().map(String::as_str).collect::<Vec<_>>())
            .await;
    }
    let mut stream = Socket::open(&world, &ben.person).await;
    stream.watch(&ben, 0, 0).await;
    let (mut next, mut pages) = (1, 0);
    while next <= 2000 {
        for entry in stream.page().await.entries {
            assert_eq!(entry.number, next);
            next += 1;
        }
        pages += 1;
    }
    assert!(pages > 5, "{pages} pages");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_for_a_while_misses_nothing() {
    let world = World::on_disk().await;
    let (ada, ben) = world.two().await;
    let mut stream = Socket::open(&world, &ben.person).await;
    stream.watch(&ben, 0, 0).await;
    let total = 60;
    for piece in 0..total {
        let payload = vec![piece; 200 * 1024];
        let envelope = alongside_wire::envelope::Posted {
            head: vec![piece].into(),
            payload: payload.into(),
        };
        ada.try_append(vec![envelope])
            .await
            .message::<alongside_wire::space::Appended>();
    }
    let mut next = 1;
    while next <= u64::from(total) {
        for entry in stream.page().await.entries {
            assert_eq!(entry.number, next);
            next += 1;
        }
    }
}

#[tokio::test]
async fn one_stream_watches_many_spaces_but_not_any_number() {
    let world = World::new().await;
    let (ada, _) = world.two().await;
    let mut stream = Socket::open(&world, &ada.person).await;
    for _ in 0..MAX_WATCHES {
        let member = ada.person.clone().open_space().await;
        stream.watch(&member, 0, 0).await;
        stream.page().await;
    }
    stream.watch(&ada, 0, 0).await;
    assert_eq!(stream.refusal().await, "too-large");
}

#[tokio::test]
async fn a_watch_needs_a_ticket_of_this_space_member_and_session() {
    let world = World::new().await;
    let (ada, ben) = world.two().await;
    let mut stream = Socket::open(&world, &ben.person).await;
    let foreign = Member {
        ticket: ada.ticket.clone(),
        ..ben.clone()
    };
    stream.watch(&foreign, 0, 0).await;
    assert_eq!(stream.refusal().await, "ticket-needed");
    let elsewhere = Member {
        space: random(),
        ..ben.clone()
    };
    stream.watch(&elsewhere, 0, 0).await;
    assert_eq!(stream.refusal().await, "ticket-needed");
    stream.watch(&ben, 0, 0).await;
    stream.page().await;
    ben.ask("POST", &with(pattern::LEAVE, &ben.space), Bytes::new())
        .await
        .done();
    assert_eq!(stream.refusal().await, "ticket-needed");
    ada.append(&["among us"]).await;
    stream.stays_silent(Duration::from_millis(200)).await;
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let world = World::new().await;
    let (ada, ben) = world.two().await;
    let mut stream = Socket::open(&world, &ben.person).await;
    stream.watch(&ben, 0, 0).await;
    stream.page().await;
    let session = with(pattern::SESSION, &ben.person.session());
    ben.person.ask("DELETE", &session, Bytes::new()).await.done();
    assert_eq!(stream.refusal().await, "session-ended");
    assert_eq!(stream.next_or_close().await, None);
    ada.append(&["x"]).await;
}

#[tokio::test]
async fn who_does_not_say_hello_first_is_sent_away() {
    let world = World::new().await;
    let mut stream = Socket::connect(&world).await;
    stream.send(&ClientFrame::Ping { number: 1 }).await;
    assert_eq!(stream.refusal().await, "session-ended");
    assert_eq!(stream.next_or_close().await, None);
    let mut stream = Socket::connect(&world).await;
    stream.send(&ClientFrame::Hello { token: random() }).await;
    assert_eq!(stream.refusal().await, "session-ended");
    assert_eq!(stream.next_or_close().await, None);
}

#[tokio::test]
async fn an_account_has_so_many_streams_and_no_more() {
    let world = World::with(|config| {
        config.limits = Limits {
            streams_per_account: 2,
            ..config.limits
        }
    })
    .await;
    let ada = world.person("ada").await;
    let first = Socket::open(&world, &ada).await;
    let _second = Socket::open(&world, &ada).await;
    let mut third = Socket::open(&world, &ada).await;
    assert_eq!(third.refusal().await, "slow-down");
    drop(first);
    // The relay notices the end of the first in its own time.
    loop {
        let mut again = Socket::open(&world, &ada).await;
        again.send(&ClientFrame::Ping { number: 1 }).await;
        if again.next().await == (ServerFrame::Pong { number: 1 }) {
            break;
        }
    }
}

#[tokio::test]
async fn what_becomes_of_an_invitation_is_told_to_those_with_its_keys() {
    use alongside_wire::invitation::{Claim, Invite};
    use sha2::{Digest as _, Sha256};
    let world = World::new().await;
    let (ada, ben) = (world.person("ada").await, world.person("ben").await);
    let [key, inviter] = [(); 2].map(|()| ed25519_dalek::SigningKey::from_bytes(&random()));
    let invitation: [u8; 16] = random();
    let invite = Invite {
        invitation,
        key: key.verifying_key().to_bytes(),
        inviter: inviter.verifying_key().to_bytes(),
        blob: b"blob".to_vec().into(),
        valid_s: 60,
        signature: ada.sign(
            &inviter,
            Purpose::Invite,
            &[&invitation, &Sha256::digest(b"blob")],
        ),
    };
    ada.post(pattern::INVITATIONS, &invite).await.done();
    let mut hers = Socket::open(&world, &ada).await;
    let mut his = Socket::open(&world, &ben).await;
    let signature = ada.sign(&inviter, Purpose::Look, &[&invitation]);
    hers.send(&ClientFrame::WatchInvitation {
        invitation,
        signature,
    })
    .await;
    let signature = ben.sign(&inviter, Purpose::Watch, &[&invitation]);
    his.send(&ClientFrame::WatchInvitation {
        invitation,
        signature,
    })
    .await;
    assert_eq!(his.refusal().await, "bad-proof");
    his.send(&ClientFrame::WatchInvitation {
        invitation: random(),
        signature,
    })
    .await;
    assert_eq!(his.refusal().await, "invitation-over");
    hers.stays_silent(Duration::from_millis(100)).await;
    let signature = ben.sign(&key, Purpose::Claim, &[&invitation, &Sha256::digest(b"ben")]);
    let claim = Claim {
        claim: b"ben".to_vec().into(),
        signature,
    };
    ben.post(&with(pattern::CLAIM, &invitation), &claim).await.done();
    assert_eq!(hers.next().await, ServerFrame::Invitation { invitation });
    // Who comes late is told at once.
    let signature = ben.sign(&key, Purpose::Watch, &[&invitation]);
    his.send(&ClientFrame::WatchInvitation {
        invitation,
        signature,
    })
    .await;
    assert_eq!(his.next().await, ServerFrame::Invitation { invitation });
}

#[tokio::test]
async fn a_page_of_another_site_opens_no_stream() {
    let world = World::new().await;
    let ask = async |origin: String| {
        let url = format!("ws://{}{}", world.relay.address(), pattern::STREAM);
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        connect_async(request).await
    };
    assert!(ask(format!("http://{}", world.relay.address())).await.is_ok());
    match ask("https://evil.example".to_owned()).await {
        Err(tungstenite::Error::Http(response)) => assert_eq!(response.status(), 403),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn streams_are_closed_when_the_relay_ends_and_it_does_not_wait_for_the_idle() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    let mut stream = Socket::open(&world, &ada).await;
    let started = std::time::Instant::now();
    world.relay.stop().await;
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(stream.next_or_close().await, None);
}
