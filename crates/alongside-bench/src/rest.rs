//! The relay while nobody asks it for anything: how long it takes to be ready, what it needs then, and what it needs for ten thousand who only
//! listen. Beside it, a server of the same make that does nothing.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::thread::sleep;
use std::time::{Duration, Instant};

use alongside_wire::stream::ClientFrame;
use anyhow::{Context as _, Result, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use minicbor::bytes::ByteVec;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::Run;
use crate::http::connect_from;
use crate::member::{Member, register};
use crate::process::raise_open_files;
use crate::result::{Budget, Measurement, Report, today};
use crate::server::{Server, answers};

const STARTS: usize = 15;
/// Long enough for what is done after a start to be over.
const SETTLED: Duration = Duration::from_secs(3);
const LISTENERS: usize = 10_000;
/// An account has several devices and tabs.
const LISTENERS_OF_ONE: usize = 20;
/// Each source address has its own ports; these are all this machine.
const SOURCES: usize = 8;
const AT_ONCE: usize = 200;

type Socket = WebSocketStream<TcpStream>;

pub(crate) fn measure(run: &Run) -> Result<Report> {
    let (mut starts, mut bare_starts, mut idle, mut bare_idle) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..run.runs(STARTS) {
        starts.push(ready_after(|| relay(run), "/readyz")?.1);
        bare_starts.push(ready_after(Server::bare, "/")?.1);
    }
    for _ in 0..run.runs(3) {
        let (ours, _) = ready_after(|| relay(run), "/readyz")?;
        let (bare, _) = ready_after(Server::bare, "/")?;
        sleep(SETTLED);
        idle.push(ours.resident_mib()?);
        bare_idle.push(bare.resident_mib()?);
    }
    let mut report = Report {
        order: 40,
        title: "The relay at rest".to_owned(),
        day: today(),
        quick: false,
        about: "The real program with its SQLite store on an empty folder. The bare server is a process of the same make (tokio, axum, the same \
                compiler and profile) that answers one path with nothing and holds WebSockets open without a word."
            .to_owned(),
        measurements: vec![
            Measurement::new("start to ready", "ms", &starts)
                .beside("a bare server", &bare_starts)
                .budget(Budget::AtMost(100.0))
                .how("From before the process is made until its readiness path answers with success, the store made and migrated."),
            Measurement::new("idle memory", "MiB", &idle)
                .beside("a bare server", &bare_idle)
                .budget(Budget::AtMost(20.0))
                .how("Resident, three seconds after the start, shared pages of the program itself included."),
        ],
        missing: Vec::new(),
    };
    let files = raise_open_files()?;
    let wanted = if run.quick { LISTENERS / 10 } else { LISTENERS };
    if files < wanted as u64 + 100 {
        report.missing.push(format!(
            "{wanted} WebSockets: this system lets a process have {files} files open."
        ));
    } else {
        report.measurements.push(listeners(run, wanted)?);
    }
    Ok(report)
}

fn relay(run: &Run) -> Result<Server> {
    Server::relay(
        &run.program,
        &run.scratch("rest"),
        &["--max-connections", "30000"],
    )
}

/// A server, and how many milliseconds it took to be ready.
fn ready_after(start: impl FnOnce() -> Result<Server>, path: &str) -> Result<(Server, f64)> {
    let started = Instant::now();
    let server = start()?;
    while !answers(server.address, path) {
        ensure!(started.elapsed() < SETTLED * 10, "it does not become ready");
        sleep(Duration::from_millis(1));
    }
    Ok((server, started.elapsed().as_secs_f64() * 1000.0))
}

fn listeners(run: &Run, count: usize) -> Result<Measurement> {
    let runtime = crate::one_thread()?;
    let bare = Server::bare()?;
    let bare_mib = runtime.block_on(async {
        let sockets = connect_all(count, &bare, "/ws", &[]).await?;
        tokio::time::sleep(SETTLED).await;
        let mib = bare.resident_mib()?;
        drop(sockets);
        anyhow::Ok(mib)
    })?;
    let server = relay(run)?;
    let mib = runtime.block_on(async {
        let members = members(server.address, count / LISTENERS_OF_ONE).await?;
        let sockets = connect_all(count, &server, "/v1/stream", &members).await?;
        tokio::time::sleep(SETTLED).await;
        let mib = server.resident_mib()?;
        drop(sockets);
        anyhow::Ok(mib)
    })?;
    let name = format!("memory with {count} idle WebSockets");
    let measurement = Measurement::new(name, "MiB", &[mib])
        .beside("a bare server with as many", &[bare_mib])
        .how(format!(
            "{} accounts with {LISTENERS_OF_ONE} streams each: every one has said who it is and watches a space, and has been told that it is \
             welcome. Resident memory of the whole process, three seconds after the last came. {:.1} KiB a stream.",
            count / LISTENERS_OF_ONE,
            mib * 1024.0 / count as f64
        ));
    // A tenth of them says little about what was promised for all.
    Ok(if count == LISTENERS {
        measurement.budget(Budget::AtMost(150.0))
    } else {
        measurement
    })
}

async fn members(relay: SocketAddr, count: usize) -> Result<Vec<Member>> {
    let mut members = Vec::with_capacity(count);
    for number in 0..count {
        let session = register(relay, &format!("listener{number}")).await?;
        let mut space = [5; 16];
        space[..8].copy_from_slice(&(number as u64).to_be_bytes());
        members.push(session.open_space(relay, space).await?);
    }
    Ok(members)
}

async fn connect_all(count: usize, server: &Server, path: &str, members: &[Member]) -> Result<Vec<Socket>> {
    let mut sockets = Vec::with_capacity(count);
    let mut coming = JoinSet::new();
    for number in 0..count {
        if coming.len() >= AT_ONCE {
            sockets.push(coming.join_next().await.context("one was coming")???);
        }
        let source = IpAddr::V4(Ipv4Addr::new(127, 0, 0, u8::try_from(2 + number % SOURCES)?));
        let url = format!("ws://{}{path}", server.address);
        let member = members.get(number / LISTENERS_OF_ONE).cloned();
        coming.spawn(listen(source, server.address, url, member));
    }
    while let Some(socket) = coming.join_next().await {
        sockets.push(socket??);
    }
    Ok(sockets)
}

/// Connects, and as a member says who it is and what it watches.
async fn listen(source: IpAddr, address: SocketAddr, url: String, member: Option<Member>) -> Result<Socket> {
    let stream = connect_from(source, address).await?;
    // Its own buffers small: ten thousand of the usual size would not fit beside the server.
    let config = WebSocketConfig::default()
        .read_buffer_size(512)
        .write_buffer_size(0);
    let (mut socket, _) = tokio_tungstenite::client_async_with_config(url, stream, Some(config)).await?;
    if let Some(member) = member {
        let hello = ClientFrame::Hello {
            token: member.session.token,
        };
        let watch = ClientFrame::Watch {
            space: member.space,
            ticket: ByteVec::from(member.ticket),
            after: 0,
            removed_after: 0,
        };
        for frame in [hello, watch] {
            socket
                .send(Message::binary(alongside_wire::encode(&frame)))
                .await?;
        }
        let welcome = socket.next().await.context("no welcome")??;
        ensure!(welcome.is_binary(), "{welcome}");
    }
    Ok(socket)
}
