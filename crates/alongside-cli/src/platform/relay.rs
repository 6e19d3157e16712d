//! The address of a relay.

use core::fmt;
use std::net::IpAddr;

use hyper::Uri;

/// Scheme and host of a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    secure: bool,
    authority: String,
}

/// Why an address is not used as a relay's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRelay {
    /// It is no address of a server.
    #[error("{given:?} is no address of a relay")]
    NotAnAddress {
        /// As given.
        given: String,
    },
    /// Without TLS, everyone on the way could see who talks to whom, and hand out another's answers.
    #[error("{given:?} is not protected on the way")]
    NotSecure {
        /// As given.
        given: String,
    },
}

impl Relay {
    /// Reads `https://relay.example`, with a port perhaps, and nothing after it. Where no scheme is given it is `https`; `http` is
    /// for this machine alone, unless `insecure`.
    ///
    /// # Errors
    /// [`BadRelay`].
    pub fn parse(given: &str, insecure: bool) -> Result<Self, BadRelay> {
        let bad = || BadRelay::NotAnAddress {
            given: given.to_owned(),
        };
        let trimmed = given.trim();
        let whole = if trimmed.contains("://") {
            trimmed.to_owned()
        } else {
            format!("https://{trimmed}")
        };
        let uri: Uri = whole.parse().map_err(|_| bad())?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) | None => return Err(bad()),
        };
        let authority = uri.authority().ok_or_else(bad)?;
        let plain = !authority.as_str().contains('@')
            && !authority.host().is_empty()
            && matches!(uri.path(), "" | "/")
            && uri.query().is_none();
        if !plain {
            return Err(bad());
        }
        if !secure && !insecure && !is_this_machine(authority.host()) {
            return Err(BadRelay::NotSecure {
                given: given.to_owned(),
            });
        }
        Ok(Self {
            secure,
            authority: authority.as_str().to_ascii_lowercase(),
        })
    }

    /// Whether it is reached by TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    pub(super) fn http(&self, path: &str) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.authority)
    }

    pub(super) fn websocket(&self, path: &str) -> String {
        let scheme = if self.secure { "wss" } else { "ws" };
        format!("{scheme}://{}{path}", self.authority)
    }
}

impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.http(""))
    }
}

/// Whether a host is this machine, by an address that cannot be another's.
fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_scheme_is_reached_by_tls() {
        let relay = Relay::parse(" Relay.Example:8443/ ", false).unwrap();
        assert_eq!(relay.to_string(), "https://relay.example:8443");
        assert_eq!(
            relay.websocket("/v1/stream"),
            "wss://relay.example:8443/v1/stream"
        );
    }

    #[test]
    fn without_tls_only_this_machine_is_reached_unless_one_insists() {
        for near in ["http://127.0.0.1:8787", "http://localhost", "http://[::1]:1"] {
            assert_eq!(Relay::parse(near, false).unwrap().to_string(), near);
        }
        for far in [
            "http://relay.example",
            "http://10.0.0.1",
            "http://127.0.0.1.example",
        ] {
            assert!(
                matches!(Relay::parse(far, false), Err(BadRelay::NotSecure { .. })),
                "{far}"
            );
            assert!(Relay::parse(far, true).is_ok(), "{far}");
        }
    }

    #[test]
    fn an_address_is_that_of_a_server_and_no_more() {
        for bad in [
            "",
            "https://",
            "ftp://a",
            "https://a/b",
            "https://a?b",
            "https://me@a",
            "a b",
        ] {
            assert!(
                matches!(Relay::parse(bad, true), Err(BadRelay::NotAnAddress { .. })),
                "{bad}"
            );
        }
    }
}
