//! `alongside serve`, as a program: what it says, what survives it, how it ends.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that meets the unexpected fails"
)]

#[path = "../../alongside-relay/tests/relay/client.rs"]
#[expect(dead_code, reason = "these tests need a part of the relay's test client only")]
mod client;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use alongside_wire::account::Vault;
use alongside_wire::route::{pattern, with};
use alongside_wire::space::{Append, Appended, Deposit, OwnDeposit};
use alongside_wire::{MEDIA_TYPE, decode, encode};
use axum::body::Bytes;
use axum::http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process};

use crate::client::{Http, Member, Person, base64url, heads, posted, register};

/// The program, running.
struct Program {
    child: Child,
    url: String,
}

/// A test that fails leaves no program behind.
impl Drop for Program {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Program {
    fn start(data: &Path, listen: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_alongside"))
            .args([
                "serve",
                "--listen",
                listen,
                "--rate-factor",
                "0",
                "--log",
                "warn",
                "--data",
            ])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .strip_prefix("Alongside is at ")
            .and_then(|line| line.strip_suffix('\n'))
            .unwrap();
        Self {
            child,
            url: url.to_owned(),
        }
    }

    fn http(&self) -> Http {
        Http {
            client: Client::builder(TokioExecutor::new()).build_http(),
            url: self.url.clone(),
        }
    }

    /// As `kill -9` does.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Appends until the relay is gone; what was acknowledged is noted.
async fn append_until_the_end(
    member: Member,
    writer: usize,
    acknowledged: Arc<Mutex<BTreeMap<u64, String>>>,
) {
    for piece in 0.. {
        let text = format!("{} {writer} {piece}", member.person.http.url);
        let path = format!(
            "{}{}",
            member.person.http.url,
            with(pattern::ENTRIES, &member.space)
        );
        let request = Request::post(path)
            .header("content-type", MEDIA_TYPE)
            .header("authorization", member.person.bearer())
            .header(alongside_wire::route::TICKET_HEADER, base64url(&member.ticket))
            .body(Full::new(Bytes::from(encode(&Append {
                envelopes: vec![posted(&text)],
            }))))
            .unwrap();
        let Ok(response) = member.person.http.client.request(request).await else {
            return;
        };
        assert_eq!(response.status(), 200);
        let Ok(body) = response.into_body().collect().await else {
            return;
        };
        let Ok(Appended { numbers, .. }) = decode(&body.to_bytes()) else {
            return;
        };
        acknowledged.lock().unwrap().insert(numbers[0], text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), "127.0.0.1:0");
    let session = register(&program.http(), "ada", "a passphrase").await.unwrap();
    let person = Person {
        http: program.http(),
        handle: "ada".to_owned(),
        token: session.token,
    };
    let mut ada = person.open_space().await;
    let round = with(&with(pattern::ROUND, &ada.space), &[1; 16]);
    let deposit = encode(&Deposit {
        envelope: posted("hers"),
    });
    assert_eq!(ada.ask("PUT", &round, deposit).await.status, 200);
    let acknowledged = Arc::new(Mutex::new(BTreeMap::new()));
    for life in 0..4 {
        let writers: Vec<_> = (0..16)
            .map(|writer| tokio::spawn(append_until_the_end(ada.clone(), writer, acknowledged.clone())))
            .collect();
        // Killed in full flight: as soon as so many more are acknowledged.
        let enough = acknowledged.lock().unwrap().len() + 100 + 37 * life;
        while acknowledged.lock().unwrap().len() < enough {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        program.kill();
        for writer in writers {
            writer.await.unwrap();
        }
        program = Program::start(folder.path(), "127.0.0.1:0");
        // Session, ticket and deposit are as they were.
        ada.person.http = program.http();
        assert_eq!(
            ada.person.get(pattern::VAULT).await.message::<Vault>().generation,
            1
        );
        let own: OwnDeposit = ada.ask("GET", &round, Bytes::new()).await.message();
        assert_eq!(own.envelope, Some(posted("hers")));
        let page = ada.read("").await;
        assert_eq!(page.entries.len(), usize::try_from(page.head).unwrap());
        let there = heads(&page);
        for (number, text) in acknowledged.lock().unwrap().iter() {
            assert_eq!(&there[usize::try_from(*number).unwrap() - 1], text);
        }
    }
    program.kill();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_in_good_order_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), "127.0.0.1:0");
    assert_eq!(program.http().get("/readyz").await.status, 200);
    kill_process(Pid::from_child(&program.child), Signal::TERM).unwrap();
    let told = Instant::now();
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
    assert!(told.elapsed() < Duration::from_secs(10));
    assert!(
        !folder.path().join("relay.sqlite-wal").exists(),
        "the write-ahead log is still there"
    );
}

#[test]
fn every_setting_is_documented_with_its_variable() {
    let help = Command::new(env!("CARGO_BIN_EXE_alongside"))
        .args(["serve", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for flag in [
        "config",
        "listen",
        "data",
        "web",
        "public-url",
        "trusted-proxy",
        "open",
        "quota-bytes",
        "max-store-bytes",
        "max-connections",
        "streams-per-account",
        "rate-factor",
        "metrics-token",
        "grace-s",
        "log",
        "log-format",
    ] {
        assert!(help.contains(&format!("--{flag} ")), "--{flag}");
        let variable = format!("ALONGSIDE_{}", flag.to_uppercase().replace('-', "_"));
        assert!(help.contains(&variable), "{variable}");
    }
    let flags = help
        .lines()
        .filter(|line| line.trim_start().starts_with("--"))
        .count();
    assert_eq!(flags, 16);
}

#[test]
fn what_it_cannot_do_it_says_and_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relay.toml");
    std::fs::write(&file, "lissten = 1\n").unwrap();
    let refused = |arguments: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_alongside"))
            .arg("serve")
            .args(arguments)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(!child.wait().unwrap().success());
        said
    };
    assert!(refused(&["--config", file.to_str().unwrap()]).contains("lissten"));
    assert!(refused(&["--public-url", "alongside.example"]).contains("alongside.example"));
    let blocked = folder.path().join("relay.toml/data");
    assert!(refused(&["--data", blocked.to_str().unwrap()]).contains("data folder"));
    let data = folder.path().join("data");
    let program = Program::start(&data, "127.0.0.1:0");
    assert!(
        refused(&["--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()]).contains("another relay")
    );
    program.kill();
}
