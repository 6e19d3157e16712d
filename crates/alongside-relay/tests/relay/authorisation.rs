//! Nobody gets anything of a space that is not theirs, on any route; nor learns that it is there.

use alongside_wire::envelope::{EnvelopeId, Posted};
use alongside_wire::problem::Code;
use alongside_wire::route::{TICKET_HEADER, pattern, with};
use alongside_wire::space::{AddMember, Append, Deposit, EnvelopeName, Remove};
use alongside_wire::stream::ClientFrame;
use alongside_wire::{MEDIA_TYPE, encode};
use axum::http::StatusCode;
use ed25519_dalek::SigningKey;

use crate::client::{Answer, Http, Member, World, base64url, heads, posted, random};
use crate::stream::Socket;

const ROUND: [u8; 16] = [3; 16];

/// Every operation within a space, with a body that would work.
fn operations(target: EnvelopeId, newcomer: [u8; 32]) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let intruding: Vec<Posted> = vec![posted("intruding")];
    vec![
        ("POST", pattern::MEMBERS, encode(&AddMember { member: newcomer })),
        ("POST", pattern::LEAVE, Vec::new()),
        ("GET", pattern::ENTRIES, Vec::new()),
        ("POST", pattern::ENTRIES, encode(&Append { envelopes: intruding })),
        (
            "POST",
            pattern::REMOVE,
            encode(&Remove {
                envelopes: vec![EnvelopeName(target)],
            }),
        ),
        ("GET", pattern::ROUND, Vec::new()),
        (
            "PUT",
            pattern::ROUND,
            encode(&Deposit {
                envelope: posted("intruding"),
            }),
        ),
        ("DELETE", pattern::ROUND, Vec::new()),
    ]
}

#[test]
fn every_route_of_spaces_is_tried() {
    let tried: Vec<&str> = operations([0; 32], [0; 32])
        .iter()
        .map(|(_, path, _)| *path)
        .collect();
    let all = crate::openapi::paths_of_wire();
    for path in all.iter().filter(|path| path.starts_with("/v1/spaces/{space}/")) {
        assert!(
            tried.contains(&path.as_str()) || path == pattern::TICKET,
            "{path} is not tried"
        );
    }
}

async fn ask(
    http: &Http,
    token: Option<&[u8; 32]>,
    ticket: Option<&[u8]>,
    (method, path, body): (&str, &str, &[u8]),
) -> Answer {
    let bearer = token.map(|token| format!("Bearer {}", base64url(token)));
    let ticket = ticket.map(base64url);
    let mut headers = vec![("content-type", MEDIA_TYPE), ("accept", MEDIA_TYPE)];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    headers.extend(ticket.as_deref().map(|ticket| (TICKET_HEADER, ticket)));
    http.ask(method, path, &headers, body.to_vec()).await
}

/// What it is, the session's token, the ticket, what is answered.
type Attempt<'a> = (&'a str, Option<&'a [u8; 32]>, Option<&'a [u8]>, Code);

#[tokio::test]
async fn no_route_gives_a_stranger_anything_or_tells_whether_a_space_is_there() {
    let world = World::on_disk().await;
    let (ada, ben) = world.two().await;
    ada.append(&["ours"]).await;
    let round = with(&with(pattern::ROUND, &ada.space), &ROUND);
    let put = ada
        .ask(
            "PUT",
            &round,
            encode(&Deposit {
                envelope: posted("hers"),
            }),
        )
        .await;
    assert_eq!(put.status, StatusCode::OK);
    let eve: Member = world.person("eve").await.open_space().await;
    let nowhere: [u8; 16] = random();

    let own = Some(&eve.person.token);
    let mut forged = eve.ticket.clone();
    forged[..16].copy_from_slice(&ada.space);
    let attempts: [Attempt<'_>; 7] = [
        ("no session", None, None, Code::SessionEnded),
        (
            "no session, a member's ticket",
            None,
            Some(&ada.ticket),
            Code::SessionEnded,
        ),
        ("no ticket", own, None, Code::TicketNeeded),
        (
            "a ticket of another space",
            own,
            Some(&eve.ticket),
            Code::TicketNeeded,
        ),
        (
            "a member's ticket in another session",
            own,
            Some(&ada.ticket),
            Code::TicketNeeded,
        ),
        ("a forged ticket", own, Some(&forged), Code::TicketNeeded),
        ("an empty ticket", own, Some(&[]), Code::TicketNeeded),
    ];
    for (method, pattern, body) in operations(posted("ours").id(), eve.public()) {
        for (what, token, ticket, expected) in &attempts {
            let mut seen = Vec::new();
            for space in [ada.space, nowhere] {
                let path = with(&with(pattern, &space), &ROUND);
                let answer = ask(&eve.person.http, *token, *ticket, (method, &path, &body)).await;
                assert_eq!(answer.code(), *expected, "{method} {pattern} with {what}");
                seen.push((answer.status, answer.body, answer.headers.len()));
            }
            assert_eq!(seen[0], seen[1], "{method} {pattern} with {what}");
        }
    }
    // Nor does one get a ticket: not with a key of one's own, nor with a member's key but not its proof.
    for key in [eve.key.clone(), SigningKey::from_bytes(&random())] {
        let [there, not_there] = [
            eve.person.ask_ticket(ada.space, &key).await,
            eve.person.ask_ticket(nowhere, &key).await,
        ];
        assert_eq!((there.code(), there.body), (Code::NotFound, not_there.body));
    }
    for space in [ada.space, nowhere] {
        let signature = eve
            .person
            .sign(&eve.key, alongside_wire::proof::Purpose::Ticket, &[&space]);
        let asked = alongside_wire::space::AskTicket {
            member: ada.public(),
            signature,
        };
        let answer = eve.person.post(&with(pattern::TICKET, &space), &asked).await;
        assert_eq!(answer.code(), Code::BadProof);
    }
    // Nor over a stream.
    let mut stream = Socket::open(&world, &eve.person).await;
    for ticket in [eve.ticket.clone(), ada.ticket.clone(), forged, Vec::new()] {
        for space in [ada.space, nowhere] {
            let ticket = ticket.clone().into();
            stream
                .send(&ClientFrame::Watch {
                    space,
                    ticket,
                    after: 0,
                    removed_after: 0,
                })
                .await;
            let refused = stream.next().await;
            let code = Code::TicketNeeded.text().to_owned();
            assert_eq!(
                refused,
                alongside_wire::stream::ServerFrame::Refused {
                    space: Some(space),
                    code
                }
            );
        }
    }
    // And all is as it was.
    assert_eq!(heads(&ben.read("").await), ["ours"]);
    let put = ben
        .ask(
            "PUT",
            &round,
            encode(&Deposit {
                envelope: posted("his"),
            }),
        )
        .await;
    assert_eq!(put.status, StatusCode::OK);
    let mut revealed = heads(&ben.read("").await);
    revealed.sort_unstable();
    assert_eq!(revealed, ["hers", "his", "ours"]);
}

#[tokio::test]
async fn no_route_in_a_session_answers_without_one() {
    let world = World::new().await;
    let http = world.http();
    let session = with(pattern::SESSION, &[0; 32]);
    for (method, path) in [
        ("POST", pattern::PASSPHRASE_START),
        ("POST", pattern::PASSPHRASE_FINISH),
        ("PUT", pattern::RECOVERY_KEY),
        ("DELETE", pattern::ACCOUNT),
        ("GET", pattern::SESSIONS),
        ("DELETE", session.as_str()),
        ("GET", pattern::VAULT),
        ("PUT", pattern::VAULT),
        ("POST", pattern::SPACES),
        ("POST", pattern::INVITATIONS),
    ] {
        for token in [None, Some(random())] {
            let answer = ask(&http, token.as_ref(), None, (method, path, &[])).await;
            assert_eq!(answer.code(), Code::SessionEnded, "{method} {path}");
        }
    }
    for authorization in [
        "",
        "Bearer",
        "Bearer ",
        "Basic AAAA",
        "Bearer !!!!",
        "Bearer AAAA",
        "bearer",
    ] {
        let answer = http
            .ask(
                "GET",
                pattern::VAULT,
                &[("authorization", authorization)],
                Vec::new(),
            )
            .await;
        assert_eq!(answer.code(), Code::SessionEnded, "{authorization:?}");
    }
}
