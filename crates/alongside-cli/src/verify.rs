//! `alongside verify`: whether a server hands out the web client of a release, file by file.

use std::path::{Path, PathBuf};

use alongside_replica::NetError;
use alongside_replica::ports::{HttpRequest, Transport as _};
use clap::Args;
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;
use crate::names::hex;
use crate::platform::{Net, Relay};
use crate::terminal::Terminal;
use crate::text;

/// The page that every path of the web client leads to.
const SHELL: &str = "index.html";

/// Compares the web client that a server hands out with a release.
///
/// The first page names every file that it loads by the file's own hash, so that a page that is the release's loads the
/// release's files and no others.
#[derive(Debug, Args)]
pub struct Verify {
    /// The server: https://relay.example
    url: String,
    /// WEB-SHA256SUMS of the release, from where you trust it
    #[arg(long, value_name = "FILE")]
    sums: PathBuf,
    /// Allows http:// to another machine
    #[arg(long)]
    insecure: bool,
}

/// A file of the release.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sum {
    hash: String,
    path: String,
}

impl Verify {
    pub(crate) async fn run(self, terminal: &mut Terminal) -> Result<(), Failure> {
        let relay = Relay::parse(&self.url, self.insecure)?;
        let text = std::fs::read_to_string(&self.sums).map_err(|source| Failure::Unreadable {
            path: self.sums.clone(),
            source,
        })?;
        let sums = read(&self.sums, &text)?;
        let net = Net::to(relay.clone())?;
        let (mut differ, mut missing) = (0, 0);
        for sum in &sums {
            match fetch(&net, &format!("/{}", sum.path)).await? {
                Some(bytes) if hex(&Sha256::digest(&bytes)) == sum.hash => {}
                Some(_) => {
                    differ += 1;
                    terminal.say(text::differs(&sum.path))?;
                }
                None => {
                    missing += 1;
                    terminal.say(text::missing(&sum.path))?;
                }
            }
        }
        // A browser asks for the page itself.
        if let Some(shell) = sums.iter().find(|sum| sum.path == SHELL)
            && fetch(&net, "/").await?.map(|bytes| hex(&Sha256::digest(&bytes))) != Some(shell.hash.clone())
        {
            differ += 1;
            terminal.say(text::differs("/"))?;
        }
        if differ + missing > 0 {
            terminal.say(text::not_the_same(&relay.to_string(), differ, missing))?;
            return Err(Failure::Differs);
        }
        terminal.say(text::all_the_same(&relay.to_string(), sums.len()))?;
        terminal.note(text::VERIFY_LIMIT);
        Ok(())
    }
}

async fn fetch(net: &Net, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    let request = HttpRequest {
        method: "GET",
        path: path.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let reply = net.http(request).await.map_err(|_| NetError::Unreachable)?;
    Ok((reply.status == 200).then_some(reply.body))
}

/// Lines of a hash and a path, as `sha256sum` writes them.
fn read(file: &Path, text: &str) -> Result<Vec<Sum>, Failure> {
    let mut sums = Vec::new();
    for (line, row) in (1..).zip(text.lines()) {
        let sum = row.split_once("  ").filter(|(hash, path)| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
            hash.len() == 64
                && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
                && !path.is_empty()
                && path.bytes().all(plain)
        });
        let Some((hash, path)) = sum else {
            return Err(Failure::NoSums {
                path: file.to_owned(),
                line,
            });
        };
        sums.push(Sum {
            hash: hash.to_ascii_lowercase(),
            path: path.to_owned(),
        });
    }
    if sums.is_empty() {
        return Err(Failure::SumsEmpty {
            path: file.to_owned(),
        });
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_as_they_are_written_and_nothing_else_is() {
        let file = Path::new("sums");
        let hash = "0A".repeat(32);
        let sums = read(file, &format!("{hash}  index.html\n{hash}  assets/a-1.js\n")).unwrap();
        assert_eq!(sums[0].path, "index.html");
        assert_eq!(sums[1].hash, "0a".repeat(32));
        for bad in [
            "abc  index.html",
            &format!("{hash} index.html"),
            &format!("{hash}  a b"),
        ] {
            assert!(
                matches!(read(file, bad), Err(Failure::NoSums { line: 1, .. })),
                "{bad}"
            );
        }
        assert!(matches!(read(file, ""), Err(Failure::SumsEmpty { .. })));
    }
}
