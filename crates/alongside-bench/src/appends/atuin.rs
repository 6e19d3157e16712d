//! A peer: atuin-server, which keeps encrypted records of many devices in SQLite, as an append-only log for each. An axum server like ours.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::load::{Client, place_of};
use crate::http::{Connection, request};
use crate::server::{Server, free_address};

const ID: &str = "01890000-0000-7000-8000-aaaaaaaaaaaa";
const NUMBER: &str = "1000000000";

/// Where `cargo install` has put it.
pub(super) fn program(peers: &Path) -> std::path::PathBuf {
    peers.join("atuin/bin/atuin-server")
}

pub(super) fn start(peers: &Path, folder: &Path) -> Result<Server> {
    let _emptied = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)?;
    let address = free_address()?;
    let mut command = Command::new(program(peers));
    command
        .args([
            "start",
            "--host",
            "127.0.0.1",
            "--port",
            &address.port().to_string(),
        ])
        .env("ATUIN_CONFIG_DIR", folder)
        .env("ATUIN_OPEN_REGISTRATION", "true")
        .env(
            "ATUIN_DB_URI",
            format!("sqlite://{}", folder.join("atuin.sqlite").display()),
        );
    Server::listening(command, address, "/healthz")
}

/// Clients with an account each, that append records of about so many bytes.
pub(super) fn clients(server: &Server, count: usize, bytes: usize, run: u8) -> Result<Vec<Client>> {
    crate::one_thread()?.block_on(async {
        let mut clients = Vec::with_capacity(count);
        for number in 0..count {
            let name = format!("member-{run}-{number}");
            clients.push(client(server, &name, number, bytes, run).await?);
        }
        Ok(clients)
    })
}

async fn client(server: &Server, name: &str, number: usize, bytes: usize, run: u8) -> Result<Client> {
    let body =
        serde_json::json!({ "email": format!("{name}@localhost"), "username": name, "password": "measured" });
    let headers = [("content-type", "application/json")];
    let mut connection = Connection::open(server.address).await?;
    let register = request("POST", "/register", &headers, body.to_string().as_bytes());
    let answer = connection.ask(&register).await?;
    ensure!(answer.status == 200, "{}", String::from_utf8_lossy(answer.body));
    let answer: serde_json::Value = serde_json::from_slice(answer.body)?;
    let token = answer["session"].as_str().context("no session")?;

    let host = format!("01890000-0000-7000-9000-{:04x}{number:08x}", u16::from(run));
    let record = serde_json::json!([{
        "id": ID, "idx": NUMBER.parse::<u64>()?, "host": { "id": host, "name": "" }, "timestamp": 1_795_348_800_000_000_000_u64,
        "version": "v0", "tag": "history",
        "data": { "data": "d".repeat(bytes * 2 / 3), "content_encryption_key": "k".repeat(bytes / 3) },
    }]);
    let authorization = format!("Token {token}");
    let headers = [
        ("content-type", "application/json"),
        ("authorization", authorization.as_str()),
    ];
    let request = request("POST", "/api/v0/record", &headers, record.to_string().as_bytes());
    let id = place_of(ID.as_bytes(), &request)?;
    let idx = place_of(NUMBER.as_bytes(), &request)?;
    let own = u64::from(run) << 16 | number as u64;
    Ok(Client {
        request,
        renew: Box::new(move |bytes, sent| {
            let unique = format!("{:012x}", own << 24 | sent);
            bytes[id + ID.len() - 12..id + ID.len()].copy_from_slice(unique.as_bytes());
            let next = format!("{:010}", 1_000_000_000 + sent);
            bytes[idx..idx + NUMBER.len()].copy_from_slice(next.as_bytes());
        }),
        sent: 0,
    })
}
