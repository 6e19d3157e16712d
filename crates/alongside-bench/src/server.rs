//! A server as a process of its own: ours, a peer's, or one that does nothing.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::process;

/// How the programs say where they serve.
const SERVES_AT: &str = " is at http://";
const START_DEADLINE: Duration = Duration::from_secs(30);

/// A running server. Dropping it ends it and removes what it stored.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    folder: Option<PathBuf>,
}

impl Server {
    /// Our relay, on an empty store in a folder that this makes, with no rate limits: a measurement has one address and few accounts.
    pub(crate) fn relay(program: &Path, folder: &Path, arguments: &[&str]) -> Result<Self> {
        let _emptied = fs::remove_dir_all(folder);
        fs::create_dir_all(folder)?;
        let mut command = Command::new(program);
        command.args([
            OsStr::new("serve"),
            "--listen".as_ref(),
            "127.0.0.1:0".as_ref(),
            "--data".as_ref(),
            folder.as_ref(),
        ]);
        command
            .args(["--rate-factor", "0", "--log", "warn"])
            .args(arguments);
        let mut server = Self::announced(command)?;
        server.folder = Some(folder.to_owned());
        Ok(server)
    }

    /// This program's own server that does nothing.
    pub(crate) fn bare() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bare-server");
        Self::announced(command)
    }

    /// One that says on its standard output where it is.
    pub(crate) fn announced(mut command: Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {}", command.get_program().display()))?;
        let mut lines = BufReader::new(child.stdout.take().context("the program has no output")?);
        let address = match address_in(&mut lines) {
            Ok(address) => address,
            Err(error) => {
                child.kill()?;
                child.wait()?;
                return Err(error);
            }
        };
        // Read on, or it stops when the pipe is full.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Ok(Self {
            child,
            address,
            folder: None,
        })
    }

    /// One that was told where to listen, and is there once this path is answered.
    pub(crate) fn listening(mut command: Command, address: SocketAddr, path: &str) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("could not start {}", command.get_program().display()))?;
        let server = Self {
            child,
            address,
            folder: None,
        };
        let started = Instant::now();
        while !answers(address, path) {
            if started.elapsed() > START_DEADLINE {
                bail!("{} does not serve", command.get_program().display());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Processor time taken so far, in seconds.
    pub(crate) fn cpu_seconds(&self) -> Result<f64> {
        process::cpu_seconds(self.pid())
    }

    pub(crate) fn resident_mib(&self) -> Result<f64> {
        process::resident_mib(self.pid())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, and what it stored may be gone: nothing is lost by either.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// A port that nobody listens on now.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

fn address_in(lines: &mut impl BufRead) -> Result<SocketAddr> {
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        if let Some((_, rest)) = line.split_once(SERVES_AT) {
            let address = rest.split(['/', ' ', '\n']).next().unwrap_or_default();
            return address
                .parse()
                .with_context(|| format!("{address} is no address"));
        }
        line.clear();
    }
    bail!("the program ended before it served")
}

/// Whether this path is answered with success.
pub(crate) fn answers(address: SocketAddr, path: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        )?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(start.starts_with(b"HTTP/1.1 2"))
    };
    ask().unwrap_or(false)
}
