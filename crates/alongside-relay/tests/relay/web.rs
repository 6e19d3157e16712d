//! Serving the web client.

use std::borrow::Cow;

use alongside_relay::Web;
use alongside_wire::problem::Code;
use axum::body::Bytes;
use axum::http::StatusCode;

use crate::client::World;

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

async fn with_folder() -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web");
    std::fs::create_dir_all(path.join("assets")).unwrap();
    for (name, text) in [
        ("index.html", "<!doctype html>shell"),
        ("sw.js", "worker"),
        ("assets/client-0a1b.wasm", "plain"),
        ("assets/client-0a1b.wasm.br", "brotli"),
        ("assets/client-0a1b.wasm.gz", "gzip"),
        (".hidden.txt", "hidden"),
        ("../outside.txt", "outside"),
    ] {
        std::fs::write(path.join(name), text).unwrap();
    }
    (World::with(|config| config.web = Web::Folder(path)).await, folder)
}

#[tokio::test]
async fn the_shell_is_served_for_every_path_of_its_own_under_a_strict_policy() {
    let (world, _folder) = with_folder().await;
    for path in ["/", "/us/check-in", "/index.html", "/join", "/v1x"] {
        let answer = world.http().get(path).await;
        assert_eq!(
            (answer.status, &answer.body[..]),
            (StatusCode::OK, &b"<!doctype html>shell"[..]),
            "{path}"
        );
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(answer.headers["content-security-policy"], POLICY);
        assert_eq!(answer.headers["cache-control"], "no-cache");
        for (name, value) in [
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.headers[name], value);
        }
        assert!(
            answer.headers["permissions-policy"]
                .to_str()
                .unwrap()
                .contains("geolocation=()")
        );
        assert!(!answer.headers.contains_key("strict-transport-security"));
    }
}

#[tokio::test]
async fn assets_are_compressed_for_those_who_take_it_and_kept_for_ever() {
    let (world, _folder) = with_folder().await;
    let path = "/assets/client-0a1b.wasm";
    for (accept, body, encoding) in [
        ("gzip, deflate, br", "brotli", Some("br")),
        ("gzip", "gzip", Some("gzip")),
        ("br;q=0, gzip;q=0.0", "plain", None),
        ("", "plain", None),
    ] {
        let answer = world
            .http()
            .ask("GET", path, &[("accept-encoding", accept)], Bytes::new())
            .await;
        assert_eq!(answer.body, body, "{accept}");
        assert_eq!(
            answer
                .headers
                .get("content-encoding")
                .map(|value| value.to_str().unwrap()),
            encoding
        );
        assert_eq!(answer.headers["content-type"], "application/wasm");
        assert_eq!(answer.headers["vary"], "accept-encoding");
        assert!(
            answer.headers["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let (world, _folder) = with_folder().await;
    let first = world.http().get("/sw.js").await;
    let tag = first.headers["etag"].to_str().unwrap();
    assert_eq!(first.headers["cache-control"], "no-cache");
    let again = world
        .http()
        .ask("GET", "/sw.js", &[("if-none-match", tag)], Bytes::new())
        .await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let other = world
        .http()
        .ask("GET", "/sw.js", &[("if-none-match", "\"other\"")], Bytes::new())
        .await;
    assert_eq!(other.status, StatusCode::OK);
    let head = world.http().ask("HEAD", "/sw.js", &[], Bytes::new()).await;
    assert_eq!(
        (head.status, head.body.len(), &head.headers["content-length"]),
        (StatusCode::OK, 0, &first.headers["content-length"])
    );
}

#[tokio::test]
async fn what_is_not_there_hidden_or_outside_is_not_found() {
    let (world, _folder) = with_folder().await;
    for path in [
        "/assets/none.js",
        "/assets/",
        "/favicon.ico",
        "/.hidden.txt",
        "/../outside.txt",
        "/assets/../../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/v1/none",
        "/v1",
    ] {
        assert_eq!(world.http().get(path).await.code(), Code::NotFound, "{path}");
    }
    let posted = world.http().ask("POST", "/", &[], Bytes::new()).await;
    assert_eq!(posted.code(), Code::MethodNotAllowed);
}

#[tokio::test]
async fn a_built_in_client_is_served_alike_and_by_tls_browsers_are_told_so() {
    fn file(path: &str) -> Option<Cow<'static, [u8]>> {
        (path == "index.html").then_some(Cow::Borrowed(b"built in"))
    }
    let world = World::with(|config| {
        config.web = Web::BuiltIn(file);
        config.public_url = Some("https://alongside.example".to_owned());
    })
    .await;
    let answer = world.http().get("/").await;
    assert_eq!(&answer.body[..], b"built in");
    assert_eq!(answer.headers["strict-transport-security"], "max-age=63072000");
    assert_eq!(world.http().get("/x.js").await.code(), Code::NotFound);
}
