//! HTTP/1.1 as lean as can be: requests that are written as they are, over a connection that stays open. What measures a server must take less
//! of the machine than the server does.

use std::net::{IpAddr, SocketAddr};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer; its body lies in the connection until the next one.
#[derive(Debug)]
pub(crate) struct Answer<'c> {
    pub(crate) status: u16,
    pub(crate) body: &'c [u8],
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4096),
        })
    }

    /// Sends a whole request and waits for the whole answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut until = None;
        let (start, end) = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if until.is_none() {
                until = head_of(&self.buffer)?;
            }
            match until {
                Some((start, len)) if self.buffer.len() >= start + len => break (start, start + len),
                _ => {}
            }
        };
        let status = std::str::from_utf8(self.buffer.get(9..12).unwrap_or_default())?.parse()?;
        Ok(Answer {
            status,
            body: &self.buffer[start..end],
        })
    }
}

/// Where the body begins and how long it is, once the head is there.
fn head_of(bytes: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end])?;
    let length = head.lines().skip(1).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim())
    });
    let length = match length {
        Some(length) => length.parse().context("a length")?,
        // No content, or not modified.
        None if head.starts_with("HTTP/1.1 204") => 0,
        None => bail!("an answer without a length: {head}"),
    };
    Ok(Some((end + 4, length)))
}

/// A request with a body, ready to be sent.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in headers {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push_str("\r\n");
    }
    if !body.is_empty() {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A connection from a loopback address of one's choice: each has its own ports.
pub(crate) async fn connect_from(source: IpAddr, address: SocketAddr) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(source, 0))?;
    Ok(socket.connect(address).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_found_behind_its_head_whatever_the_case_of_its_length() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(head_of(bytes).unwrap(), Some((bytes.len() - 3, 3)));
        assert_eq!(head_of(&bytes[..20]).unwrap(), None);
    }
}
