//! Clients that append one thing after another, each over its own open connection, each waiting for the answer before the next.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::task::JoinSet;

use crate::http::Connection;
use crate::process::cpu_seconds;
use crate::server::Server;

/// What a client sends: always the same bytes but for what makes each one new.
pub(super) struct Client {
    pub(super) request: Vec<u8>,
    /// Makes the request a new one, for each number another.
    pub(super) renew: Box<dyn Fn(&mut [u8], u64) + Send>,
    /// How many it has sent.
    pub(super) sent: u64,
}

/// What a while of it came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// Processor time that the server took for each, in microseconds.
    pub(super) cpu_us: f64,
    /// The part of one core that this program took.
    pub(super) own_cores: f64,
}

/// Time for connections to be opened and caches to fill.
const WARM_UP: Duration = Duration::from_millis(500);

/// Lets them go on for so long.
pub(super) fn drive(server: &Server, clients: &mut Vec<Client>, time: Duration) -> Result<Load> {
    let count = clients.len();
    let runtime = crate::one_thread()?;
    let taken = std::mem::take(clients);
    let begin = Instant::now() + WARM_UP;
    let end = begin + time;
    runtime.block_on(async {
        let mut going: JoinSet<Result<(Client, Vec<Duration>)>> = JoinSet::new();
        for client in taken {
            going.spawn(one(server.address, client, begin, end));
        }
        tokio::time::sleep_until(begin.into()).await;
        let (server_before, own_before) = (server.cpu_seconds()?, cpu_seconds(std::process::id())?);
        tokio::time::sleep_until(end.into()).await;
        let (server_after, own_after) = (server.cpu_seconds()?, cpu_seconds(std::process::id())?);
        let mut latencies = Vec::new();
        while let Some(ended) = going.join_next().await {
            let (client, times) = ended??;
            clients.push(client);
            latencies.extend(times);
        }
        ensure!(
            clients.len() == count && latencies.len() > count,
            "too few answers to say anything"
        );
        latencies.sort_unstable();
        let at = |part: f64| {
            let index = ((latencies.len() - 1) as f64 * part) as usize;
            latencies[index].as_secs_f64() * 1000.0
        };
        let seconds = time.as_secs_f64();
        Ok(Load {
            per_second: latencies.len() as f64 / seconds,
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            cpu_us: (server_after - server_before) * 1e6 / latencies.len() as f64,
            own_cores: (own_after - own_before) / seconds,
        })
    })
}

async fn one(
    address: std::net::SocketAddr,
    mut client: Client,
    begin: Instant,
    end: Instant,
) -> Result<(Client, Vec<Duration>)> {
    let mut connection = Connection::open(address).await?;
    let mut times = Vec::with_capacity(1 << 14);
    loop {
        client.sent += 1;
        (client.renew)(&mut client.request, client.sent);
        let asked = Instant::now();
        let answer = connection.ask(&client.request).await?;
        ensure!(
            answer.status == 200,
            "answered {}: {}",
            answer.status,
            String::from_utf8_lossy(answer.body)
        );
        let now = Instant::now();
        // What begins before the end and is answered after it would count twice over many clients: it is left out.
        if now >= end {
            return Ok((client, times));
        }
        if asked >= begin {
            times.push(now - asked);
        }
    }
}

/// Where some bytes stand in others.
pub(super) fn place_of(needle: &[u8], bytes: &[u8]) -> Result<usize> {
    let at = bytes.windows(needle.len()).position(|window| window == needle);
    at.ok_or_else(|| anyhow::anyhow!("the request does not contain what makes it new"))
}
