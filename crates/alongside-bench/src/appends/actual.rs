//! A peer: the sync server of Actual, a budget that several devices and people share, which keeps encrypted messages in SQLite. On node.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::load::{Client, place_of};
use crate::http::{Connection, request};
use crate::server::{Server, free_address};

const TIME: &str = "2026-11-22T00:00:00.000Z";
const FROM: &str = "10.100.100.100";
/// It lets an address ask 500 times a minute: who asks more, as all of these do from one machine, comes from further addresses.
const ASKS_PER_ADDRESS: u64 = 400;

/// Where npm has put it.
pub(super) fn program(peers: &Path) -> PathBuf {
    peers.join("actual/node_modules/@actual-app/sync-server/build/app.js")
}

pub(super) fn start(peers: &Path, folder: &Path) -> Result<Server> {
    let _emptied = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)?;
    let address = free_address()?;
    let mut command = Command::new("node");
    command
        .arg(program(peers))
        .env("NODE_ENV", "production")
        .env("ACTUAL_DATA_DIR", folder)
        .env("ACTUAL_HOSTNAME", "127.0.0.1")
        .env("ACTUAL_PORT", address.port().to_string())
        .env("ACTUAL_TRUSTED_PROXIES", "127.0.0.1");
    Server::listening(command, address, "/health")
}

/// Clients with a budget each, that append messages of about so many bytes.
pub(super) fn clients(server: &Server, count: usize, bytes: usize, run: u8) -> Result<Vec<Client>> {
    crate::one_thread()?.block_on(async {
        let mut connection = Connection::open(server.address).await?;
        let token = sign_in(&mut connection).await?;
        let mut clients = Vec::with_capacity(count);
        for number in 0..count {
            clients.push(client(&mut connection, &token, number, bytes, run).await?);
        }
        Ok(clients)
    })
}

async fn ask(
    connection: &mut Connection,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<serde_json::Value> {
    let asked = request("POST", path, headers, body);
    let answer = connection.ask(&asked).await?;
    serde_json::from_slice(answer.body)
        .with_context(|| format!("{path}: {}", String::from_utf8_lossy(answer.body)))
}

async fn sign_in(connection: &mut Connection) -> Result<String> {
    let headers = [("content-type", "application/json")];
    let body = br#"{"password":"measured"}"#;
    // The first time it sets the password; afterwards it says that there is one.
    ask(connection, "/account/bootstrap", &headers, body).await?;
    let answer = ask(connection, "/account/login", &headers, body).await?;
    Ok(answer["data"]["token"].as_str().context("no token")?.to_owned())
}

async fn client(
    connection: &mut Connection,
    token: &str,
    number: usize,
    bytes: usize,
    run: u8,
) -> Result<Client> {
    let file = format!("file-{run}-{number}");
    let headers = [
        ("content-type", "application/encrypted-file"),
        ("x-actual-token", token),
        ("x-actual-file-id", &file),
        ("x-actual-name", "measured"),
        ("x-actual-format", "2"),
        ("x-forwarded-for", &format!("10.99.{run}.{number}")),
    ];
    let answer = ask(connection, "/sync/upload-user-file", &headers, b"budget").await?;
    ensure!(answer["status"] == "ok", "{answer}");
    let group = answer["groupId"].as_str().context("no group")?;

    let timestamp = format!("{TIME}-0000-{number:016x}");
    let mut message = Vec::new();
    field(&mut message, 1, timestamp.as_bytes());
    message.extend_from_slice(&[2 << 3, 1]);
    field(&mut message, 3, &vec![run; bytes]);
    let mut body = Vec::new();
    field(&mut body, 1, &message);
    field(&mut body, 2, file.as_bytes());
    field(&mut body, 3, group.as_bytes());
    // Nothing is newer than that: what the others wrote is not sent back.
    field(&mut body, 6, b"9999-12-31T00:00:00.000Z-0000-0000000000000000");
    let headers = [
        ("content-type", "application/actual-sync"),
        ("x-actual-token", token),
        ("x-forwarded-for", FROM),
    ];
    let request = request("POST", "/sync/sync", &headers, &body);
    let time = place_of(TIME.as_bytes(), &request)?;
    let from = place_of(FROM.as_bytes(), &request)?;
    Ok(Client {
        request,
        renew: Box::new(move |bytes, sent| {
            bytes[time + 11..time + 23].copy_from_slice(clock(sent).as_bytes());
            let address = number as u64 * 1000 + sent / ASKS_PER_ADDRESS;
            let [a, b, c] = [address / 10_000 % 100, address / 100 % 100, address % 100];
            let address = format!("10.{}.{}.{}", 100 + a, 100 + b, 100 + c);
            bytes[from..from + FROM.len()].copy_from_slice(address.as_bytes());
        }),
        sent: 0,
    })
}

/// A field of Protocol Buffers that has a length.
fn field(bytes: &mut Vec<u8>, number: u8, value: &[u8]) {
    bytes.push(number << 3 | 2);
    let mut len = value.len();
    while len >= 0x80 {
        bytes.push(u8::try_from(len & 0x7f).unwrap_or(0) | 0x80);
        len >>= 7;
    }
    bytes.push(u8::try_from(len).unwrap_or(0));
    bytes.extend_from_slice(value);
}

/// A time of day for each number of milliseconds.
fn clock(ms: u64) -> String {
    let (hours, minutes, seconds) = (ms / 3_600_000 % 24, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}.{:03}", ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_field_has_a_length_of_two_bytes() {
        let mut bytes = Vec::new();
        field(&mut bytes, 3, &[7; 300]);
        assert_eq!(bytes[..4], [0x1a, 0xac, 0x02, 7]);
        assert_eq!(bytes.len(), 303);
    }

    #[test]
    fn every_millisecond_of_a_day_has_its_time() {
        assert_eq!(clock(3_661_001), "01:01:01.001");
    }
}
