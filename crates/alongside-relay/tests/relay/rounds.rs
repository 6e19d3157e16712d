//! Rounds: nothing tells that somebody has answered.

use std::time::Duration;

use alongside_wire::encode;
use alongside_wire::problem::Code;
use alongside_wire::route::{pattern, with};
use alongside_wire::space::{Deposit, OwnDeposit};
use alongside_wire::stream::ServerFrame;
use axum::body::Bytes;
use axum::http::StatusCode;

use crate::client::{Answer, Member, World, heads, posted};
use crate::stream::Socket;

const ROUND: [u8; 16] = [0xab; 16];

fn path(member: &Member) -> String {
    with(&with(pattern::ROUND, &member.space), &ROUND)
}

async fn deposit(member: &Member, text: &str) -> Answer {
    member
        .ask(
            "PUT",
            &path(member),
            encode(&Deposit {
                envelope: posted(text),
            }),
        )
        .await
}

async fn own(member: &Member) -> Option<alongside_wire::envelope::Posted> {
    member
        .ask("GET", &path(member), Bytes::new())
        .await
        .message::<OwnDeposit>()
        .envelope
}

#[tokio::test]
async fn answers_are_revealed_together() {
    let world = World::on_disk().await;
    let (ada, ben) = world.two().await;
    let first = deposit(&ada, "from ada").await;
    assert_eq!(
        (own(&ada).await, own(&ben).await),
        (Some(posted("from ada")), None)
    );
    let last = deposit(&ben, "from ben").await;
    assert_eq!((first.status, &first.body), (last.status, &last.body));
    let mut revealed = heads(&ada.read("").await);
    let by_key = if ada.public() < ben.public() {
        ["from ada", "from ben"]
    } else {
        ["from ben", "from ada"]
    };
    assert_eq!(revealed, by_key);
    assert_eq!((own(&ada).await, own(&ben).await), (None, None));
    assert_eq!(deposit(&ada, "again").await.code(), Code::RoundOver);
    assert_eq!(
        ada.ask("DELETE", &path(&ada), Bytes::new()).await.code(),
        Code::RoundOver
    );
    revealed.sort_unstable();
    assert_eq!(revealed, ["from ada", "from ben"]);
}

/// All that one can learn over HTTP without acting.
async fn everything_seen_by(member: &Member) -> Vec<(StatusCode, Bytes)> {
    let mut seen = Vec::new();
    let spaces = [with(pattern::ENTRIES, &member.space), path(member)];
    for path in spaces {
        let answer = member.ask("GET", &path, Bytes::new()).await;
        seen.push((answer.status, answer.body));
    }
    for path in [
        pattern::VAULT,
        pattern::SESSIONS,
        "/readyz",
        "/metrics",
        "/openapi.json",
    ] {
        let answer = member.person.get(path).await;
        seen.push((answer.status, answer.body));
    }
    seen
}

#[tokio::test]
async fn nothing_tells_that_the_other_has_answered_replaced_or_taken_back() {
    let world = World::on_disk().await;
    let (ada, ben) = world.two().await;
    ada.append(&["before"]).await;
    let mut stream = Socket::open(&world, &ben.person).await;
    stream.watch(&ben, 0, 0).await;
    let ServerFrame::More { .. } = stream.next().await else {
        panic!("no page")
    };
    let before = everything_seen_by(&ben).await;
    for step in ["PUT", "PUT", "DELETE", "PUT"] {
        let body = if step == "PUT" {
            encode(&Deposit {
                envelope: posted("from ada"),
            })
        } else {
            Vec::new()
        };
        assert!(ada.ask(step, &path(&ada), body).await.status.is_success());
        assert_eq!(everything_seen_by(&ben).await, before);
    }
    stream.stays_silent(Duration::from_millis(300)).await;
    // His own answer is taken as hers was, and only then there is something to see.
    assert_eq!(deposit(&ben, "from ben").await.status, StatusCode::OK);
    let ServerFrame::More { page, .. } = stream.next().await else {
        panic!("no page")
    };
    assert_eq!((page.entries.len(), page.head), (2, 3));
}

#[tokio::test]
async fn who_leaves_holds_up_nobody() {
    let world = World::new().await;
    let (ada, ben) = world.two().await;
    let eve = ada.admit(world.person("eve").await).await;
    deposit(&ada, "from ada").await;
    deposit(&ben, "from ben").await;
    assert_eq!(ada.read("").await.head, 0);
    eve.ask("POST", &with(pattern::LEAVE, &eve.space), Bytes::new())
        .await
        .done();
    assert_eq!(ada.read("").await.head, 2);
}

#[tokio::test]
async fn a_round_of_another_name_is_another_round_and_a_bad_name_is_none() {
    let world = World::new().await;
    let (ada, _) = world.two().await;
    deposit(&ada, "x").await;
    let other = with(&with(pattern::ROUND, &ada.space), &[1]);
    assert_eq!(
        ada.ask("GET", &other, Bytes::new())
            .await
            .message::<OwnDeposit>()
            .envelope,
        None
    );
    for bad in ["", "0", "zz", "0A", &"00".repeat(33)] {
        let path = format!("{}{bad}", with(pattern::ROUND, &ada.space).replace("{round}", ""));
        assert_eq!(
            ada.ask("GET", &path, Bytes::new()).await.code(),
            Code::NotFound,
            "{bad}"
        );
    }
}
