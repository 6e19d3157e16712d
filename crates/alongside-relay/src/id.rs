//! What the relay calls things by. Each is its own type, so that a member's key is never taken for a session.

use alongside_wire::route::{hex, unhex};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($len:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Reads the lower-case hexadecimal of a path.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                unhex(text).map(Self)
            }
        }

        // Ids are shown by their beginnings only: enough to tell two apart in a failing test.
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "({}…)"), hex(&self.0[..4]))
            }
        }
    )*};
}

ids! {
    /// A space.
    SpaceId(16);
    /// A member's key, made for one space alone.
    MemberKey(32);
    /// An envelope's name.
    EnvelopeId(32);
    /// SHA-256 of a session's token.
    SessionId(32);
    /// An invitation.
    InvitationId(16);
    /// A sign-in that was begun.
    LoginId(32);
}

/// An account: a random number, so that nothing has to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);

/// The longest name of a round, in bytes.
pub const MAX_ROUND_BYTES: usize = 32;

/// A round's name within its space: 1 to 32 bytes that say nothing here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoundId(Vec<u8>);

impl RoundId {
    /// A name of these bytes, if there are 1 to 32.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (1..=MAX_ROUND_BYTES)
            .contains(&bytes.len())
            .then(|| Self(bytes.to_vec()))
    }

    /// Reads the lower-case hexadecimal of a path.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        if !text.is_ascii() || !text.len().is_multiple_of(2) || text.len() > 2 * MAX_ROUND_BYTES {
            return None;
        }
        let bytes: Option<Vec<u8>> = (0..text.len())
            .step_by(2)
            .map(|at| unhex::<1>(&text[at..at + 2]).map(|[byte]| byte))
            .collect();
        Self::new(&bytes?)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
