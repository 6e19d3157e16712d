//! What went wrong, for programs and people: RFC 9457 problem details, and their CBOR twin, RFC 9290, for those who accept CBOR.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $title:literal;)*) => {
        /// Every problem that a relay reports. Its frozen text is what clients decide by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The frozen text.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// A short title in English, for people who read the wire.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    /// The request is not what the route expects.
    Malformed = "malformed", 400, "The request is not of the expected shape";
    /// The handle cannot be one.
    BadHandle = "bad-handle", 400, "A handle has 3 to 32 of a-z 0-9 . _ -";
    /// A proof does not hold.
    BadProof = "bad-proof", 403, "The proof does not hold";
    /// Wrong passphrase, or no such account: the two are not told apart.
    WrongCredentials = "wrong-credentials", 403, "Handle and passphrase do not go together";
    /// Recovering: the account words' proof does not hold, or there is no such account.
    WrongAccountProof = "wrong-account-proof", 403, "The account words' proof does not hold";
    /// No session, or one that has ended.
    SessionEnded = "session-ended", 401, "There is no such session, or it has ended";
    /// A ticket is missing, of another space or session, or over.
    TicketNeeded = "ticket-needed", 403, "A ticket for this space is needed";
    /// Nothing there, or nothing for this session.
    NotFound = "not-found", 404, "There is nothing here";
    /// The route does not know the method.
    MethodNotAllowed = "method-not-allowed", 405, "This cannot be done here";
    /// The handle belongs to somebody.
    HandleTaken = "handle-taken", 409, "The handle is taken";
    /// The vault was replaced meanwhile.
    VaultConflict = "vault-conflict", 409, "The vault has another generation";
    /// The space exists with other members.
    SpaceExists = "space-exists", 409, "There is such a space";
    /// The round is over.
    RoundOver = "round-over", 409, "The round was revealed";
    /// There are as many members as there can be.
    MembersFull = "members-full", 409, "A space has at most 12 members";
    /// Somebody claimed it.
    InvitationUsed = "invitation-used", 409, "The invitation was used";
    /// It is over, was taken back, or never was.
    InvitationOver = "invitation-over", 410, "The invitation is over";
    /// Larger than this relay takes.
    TooLarge = "too-large", 413, "This is larger than fits";
    /// The body is not CBOR by its own account.
    WrongMediaType = "wrong-media-type", 415, "Bodies are application/cbor";
    /// Too often; try again later.
    SlowDown = "slow-down", 429, "Too many requests; try again later";
    /// The relay makes no new accounts.
    AccountsClosed = "accounts-closed", 403, "This relay makes no new accounts";
    /// The account has used what it may.
    OverQuota = "over-quota", 507, "This account has used the room it has here";
    /// The relay's disk is full.
    Full = "full", 507, "The relay has no room left";
    /// The relay cannot answer now.
    Unavailable = "unavailable", 503, "The relay cannot answer now; try again later";
}

impl Code {
    /// The code with this text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.text() == text)
    }
}

/// The media type of a problem in CBOR, RFC 9290.
pub const CBOR_MEDIA_TYPE: &str = "application/concise-problem-details+cbor";
/// The media type of a problem in JSON, RFC 9457.
pub const JSON_MEDIA_TYPE: &str = "application/problem+json";

/// A problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which.
    pub code: Code,
    /// When to try again, in seconds, where that helps.
    pub retry_after_s: Option<u32>,
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self {
            code,
            retry_after_s: None,
        }
    }
}

impl Problem {
    /// RFC 9290: `{-1: title, -4: status, "alongside": {0: code, 1: retry after}}`.
    #[must_use]
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes);
        let written = encoder
            .map(3)
            .and_then(|e| e.i8(-1)?.str(self.code.title()))
            .and_then(|e| e.i8(-4)?.u16(self.code.status()))
            .and_then(|e| {
                e.str("alongside")?
                    .map(if self.retry_after_s.is_some() { 2 } else { 1 })
            })
            .and_then(|e| e.u8(0)?.str(self.code.text()))
            .and_then(|e| match self.retry_after_s {
                Some(seconds) => e.u8(1)?.u32(seconds),
                None => Ok(e),
            });
        debug_assert!(written.is_ok(), "writing into a Vec is infallible");
        bytes
    }

    /// Reads [`Problem::to_cbor`], skipping what it does not know.
    #[must_use]
    pub fn from_cbor(bytes: &[u8]) -> Option<Self> {
        let mut decoder = Decoder::new(bytes);
        let mut problem = None;
        for _ in 0..decoder.map().ok()?? {
            if matches!(decoder.datatype().ok()?, Type::String) && decoder.str().ok()? == "alongside" {
                problem = Some(Self::extension(&mut decoder)?);
            } else {
                if !matches!(decoder.datatype().ok()?, Type::String) {
                    decoder.skip().ok()?;
                }
                decoder.skip().ok()?;
            }
        }
        problem
    }

    fn extension(decoder: &mut Decoder<'_>) -> Option<Self> {
        let mut code = None;
        let mut retry_after_s = None;
        for _ in 0..decoder.map().ok()?? {
            match decoder.u32().ok()? {
                0 => code = Code::from_text(decoder.str().ok()?),
                1 => retry_after_s = Some(decoder.u32().ok()?),
                _ => decoder.skip().ok()?,
            }
        }
        Some(Self {
            code: code?,
            retry_after_s,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_read_as_it_was_written() {
        for &code in Code::ALL {
            for retry_after_s in [None, Some(7)] {
                let problem = Problem { code, retry_after_s };
                assert_eq!(Problem::from_cbor(&problem.to_cbor()), Some(problem));
            }
        }
    }
}
