//! Asking the relay: requests with their sessions and tickets, and what can come of them.

use alongside_wire::problem::{self, Code, Problem};
use alongside_wire::{MEDIA_TYPE, decode, encode, route};
use minicbor::{Decode, Encode};

use crate::ports::{HttpRequest, Transport, Unreachable};

/// Why the relay did not do as asked, as far as a person is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// It cannot be reached, or the answer did not come.
    #[error("the relay cannot be reached")]
    Unreachable,
    /// Too often.
    #[error("the relay asks to wait")]
    SlowDown {
        /// When to try again, in seconds.
        retry_after_s: Option<u32>,
    },
    /// Its disk is full, or it cannot write.
    #[error("the relay has no room left")]
    RelayFull,
    /// This account has used the room that it has.
    #[error("this account has used the room it has on the relay")]
    OverQuota,
    /// It no longer speaks, or not yet, what this client speaks.
    #[error("this client and the relay are of versions that do not go together")]
    UpdateNeeded,
    /// The session is over: sign in again.
    #[error("the session has ended")]
    SessionEnded,
    /// Something that should not happen.
    #[error("the relay answered something unexpected")]
    Unexpected,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AskError {
    Unreachable,
    Problem(Problem),
    Garbled,
}

impl From<Unreachable> for AskError {
    fn from(Unreachable: Unreachable) -> Self {
        Self::Unreachable
    }
}

impl AskError {
    /// The problem's code, if the relay named one.
    pub(crate) fn code(&self) -> Option<Code> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Unreachable | Self::Garbled => None,
        }
    }

    /// Whether asking the same again later can help.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Unreachable => true,
            Self::Garbled => true,
            Self::Problem(problem) => matches!(
                problem.code,
                Code::SlowDown | Code::Unavailable | Code::Full | Code::OverQuota | Code::SessionEnded
            ),
        }
    }
}

impl From<&AskError> for NetError {
    fn from(error: &AskError) -> Self {
        match error {
            AskError::Unreachable => Self::Unreachable,
            AskError::Garbled => Self::Unexpected,
            AskError::Problem(problem) => match problem.code {
                Code::SlowDown => Self::SlowDown {
                    retry_after_s: problem.retry_after_s,
                },
                Code::Unavailable => Self::Unreachable,
                Code::Full => Self::RelayFull,
                Code::OverQuota => Self::OverQuota,
                Code::SessionEnded => Self::SessionEnded,
                Code::WrongMediaType | Code::MethodNotAllowed => Self::UpdateNeeded,
                Code::Malformed
                | Code::BadHandle
                | Code::BadProof
                | Code::WrongCredentials
                | Code::WrongAccountProof
                | Code::TicketNeeded
                | Code::NotFound
                | Code::HandleTaken
                | Code::VaultConflict
                | Code::SpaceExists
                | Code::RoundOver
                | Code::MembersFull
                | Code::InvitationUsed
                | Code::InvitationOver
                | Code::TooLarge
                | Code::AccountsClosed => Self::Unexpected,
            },
        }
    }
}

impl From<AskError> for NetError {
    fn from(error: AskError) -> Self {
        Self::from(&error)
    }
}

/// A request being put together.
pub(crate) struct Ask {
    request: HttpRequest,
}

impl Ask {
    pub(crate) fn new(method: &'static str, path: impl Into<String>) -> Self {
        let headers = vec![("accept", MEDIA_TYPE.to_owned())];
        Self {
            request: HttpRequest {
                method,
                path: path.into(),
                headers,
                body: Vec::new(),
            },
        }
    }

    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self::new("POST", path)
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn body<T: Encode<()>>(mut self, message: &T) -> Self {
        self.request.headers.push(("content-type", MEDIA_TYPE.to_owned()));
        self.request.body = encode(message);
        self
    }

    pub(crate) fn session(mut self, token: &[u8; 32]) -> Self {
        self.request
            .headers
            .push(("authorization", format!("Bearer {}", base64url(token))));
        self
    }

    pub(crate) fn ticket(mut self, ticket: &[u8]) -> Self {
        self.request
            .headers
            .push((route::TICKET_HEADER, base64url(ticket)));
        self
    }

    /// Sends it and reads the answer.
    pub(crate) async fn send<T, R>(self, transport: &T) -> Result<R, AskError>
    where
        T: Transport,
        R: for<'b> Decode<'b, ()>,
    {
        let body = self.send_bytes(transport).await?;
        decode(&body).map_err(|_| AskError::Garbled)
    }

    /// Sends it; nothing is expected in the answer.
    pub(crate) async fn send_for_nothing<T: Transport>(self, transport: &T) -> Result<(), AskError> {
        self.send_bytes(transport).await.map(drop)
    }

    async fn send_bytes<T: Transport>(self, transport: &T) -> Result<Vec<u8>, AskError> {
        let reply = transport.http(self.request).await?;
        match reply.status {
            200..=299 => Ok(reply.body),
            _ => Err(match Problem::from_cbor(&reply.body) {
                Some(problem) => AskError::Problem(problem),
                // A proxy's own page, most likely.
                None if reply.status >= 500 => AskError::Unreachable,
                None if reply.status == 429 => AskError::Problem(problem::Code::SlowDown.into()),
                None => AskError::Garbled,
            }),
        }
    }
}

/// base64url without padding (RFC 4648, section 5).
pub(crate) fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
