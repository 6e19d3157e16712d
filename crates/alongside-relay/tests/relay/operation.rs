//! Health, metrics, problems' forms.

use alongside_wire::account::{PutVault, VaultStored};
use alongside_wire::encode;
use alongside_wire::problem::{CBOR_MEDIA_TYPE, Code};
use alongside_wire::route::pattern;
use axum::body::Bytes;
use axum::http::StatusCode;

use crate::client::World;

#[tokio::test]
async fn a_relay_says_that_it_is_alive_and_ready() {
    let world = World::on_disk().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(world.http().get(path).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn metrics_are_for_those_with_the_token_and_name_nobody() {
    let world = World::on_disk().await;
    let (ada, _) = world.two().await;
    ada.append(&["x"]).await;
    let http = world.http();
    for authorization in ["", "Bearer toke", "Bearer tokens", "Basic token"] {
        let answer = http
            .ask(
                "GET",
                "/metrics",
                &[("authorization", authorization)],
                Bytes::new(),
            )
            .await;
        assert_eq!(answer.code(), Code::NotFound, "{authorization}");
    }
    let answer = http
        .ask(
            "GET",
            "/metrics",
            &[("authorization", "Bearer token")],
            Bytes::new(),
        )
        .await;
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(text.contains("alongside_requests_total{area=\"spaces\",status=\"2xx\"}"));
    assert!(text.contains("alongside_store_transactions_total"));
    for (name, value) in text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.rsplit_once(' '))
    {
        assert!(value.parse::<f64>().is_ok(), "{name} {value}");
        let labels = name.split_once('{').map_or("", |(_, labels)| labels);
        let known = |label: &str| {
            ["area=", "status=", "le="]
                .iter()
                .any(|known| label.starts_with(known))
        };
        assert!(
            labels
                .trim_end_matches('}')
                .split(',')
                .all(|label| label.is_empty() || known(label)),
            "{name}"
        );
    }
    let hidden = [
        ada.person.handle.clone(),
        alongside_wire::route::hex(&ada.space),
        "rounds".to_owned(),
    ];
    assert!(hidden.iter().all(|hidden| !text.contains(hidden)));
}

#[tokio::test]
async fn without_a_token_there_are_no_metrics() {
    let world = World::with(|config| config.metrics_token = None).await;
    let answer = world
        .http()
        .ask("GET", "/metrics", &[("authorization", "Bearer ")], Bytes::new())
        .await;
    assert_eq!(answer.code(), Code::NotFound);
}

#[tokio::test]
async fn problems_are_json_unless_cbor_is_accepted() {
    let world = World::new().await;
    for (accept, media_type) in [
        ("*/*", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("application/cbor", CBOR_MEDIA_TYPE),
        (
            "text/html, application/concise-problem-details+cbor;q=0.5",
            CBOR_MEDIA_TYPE,
        ),
    ] {
        for path in [pattern::VAULT, "/v1/nothing", "/nothing"] {
            let answer = world
                .http()
                .ask("GET", path, &[("accept", accept)], Bytes::new())
                .await;
            assert_eq!(answer.headers["content-type"], media_type, "{path}");
            assert!(answer.problem().is_some());
            assert_eq!(answer.headers["x-content-type-options"], "nosniff");
            assert_eq!(answer.headers["cache-control"], "no-store");
        }
    }
}

#[tokio::test]
async fn a_body_says_that_it_is_cbor_and_is() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    let bearer = ada.bearer();
    let body = encode(&PutVault {
        replaces: 1,
        sealed: vec![1].into(),
    });
    let put = async |media_type: Option<&str>, body: Vec<u8>| {
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(media_type.map(|media_type| ("content-type", media_type)));
        ada.http.ask("PUT", pattern::VAULT, &headers, body).await
    };
    assert_eq!(put(None, body.clone()).await.code(), Code::WrongMediaType);
    assert_eq!(
        put(Some("application/json"), body.clone()).await.code(),
        Code::WrongMediaType
    );
    let trailing = [body.clone(), vec![0]].concat();
    assert_eq!(
        put(Some("application/cbor"), trailing).await.code(),
        Code::Malformed
    );
    assert_eq!(
        put(Some("application/cbor"), Vec::new()).await.code(),
        Code::Malformed
    );
    let stored: VaultStored = put(Some("Application/CBOR; x=y"), body).await.message();
    assert_eq!(stored.generation, 2);
}
