//! The WebSocket: one for all spaces of a session. Frames are binary, one message each. They are hints with contents: a client that
//! misses one catches up from its number.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::space::Page;

/// From the client.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum ClientFrame {
    /// First of all: who speaks.
    #[n(0)]
    Hello {
        /// The session's token.
        #[cbor(n(0), with = "minicbor::bytes")]
        token: [u8; 32],
    },
    /// Send what comes after these numbers in this space, now and from now on. Again for a space: from these numbers instead.
    #[n(1)]
    Watch {
        /// The space.
        #[cbor(n(0), with = "minicbor::bytes")]
        space: [u8; 16],
        /// Its ticket.
        #[n(1)]
        ticket: ByteVec,
        /// The last number held.
        #[n(2)]
        after: u64,
        /// The last removal held.
        #[n(3)]
        removed_after: u64,
    },
    /// No more of this space.
    #[n(2)]
    Unwatch {
        /// The space.
        #[cbor(n(0), with = "minicbor::bytes")]
        space: [u8; 16],
    },
    /// Say when something becomes of an invitation.
    #[n(3)]
    WatchInvitation {
        /// The invitation.
        #[cbor(n(0), with = "minicbor::bytes")]
        invitation: [u8; 16],
        /// Of purpose Look by the inviter's key, or of purpose Watch by the invitation's.
        #[cbor(n(1), with = "minicbor::bytes")]
        signature: [u8; 64],
    },
    /// Answered with the same number.
    #[n(4)]
    Ping {
        /// Any number.
        #[n(0)]
        number: u32,
    },
}

impl core::fmt::Debug for ClientFrame {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Hello { token: _ } => "Hello",
            Self::Watch { .. } => "Watch",
            Self::Unwatch { .. } => "Unwatch",
            Self::WatchInvitation { .. } => "WatchInvitation",
            Self::Ping { .. } => "Ping",
        })
    }
}

/// From the relay.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ServerFrame {
    /// Answer to Hello.
    #[n(0)]
    Welcome {
        /// The relay's clock, milliseconds since 1970 (UTC).
        #[n(0)]
        now_ms: i64,
    },
    /// More of a space.
    #[n(1)]
    More {
        /// The space.
        #[cbor(n(0), with = "minicbor::bytes")]
        space: [u8; 16],
        /// What came after the last page.
        #[n(1)]
        page: Page,
    },
    /// Something became of an invitation: look, or enter.
    #[n(2)]
    Invitation {
        /// The invitation.
        #[cbor(n(0), with = "minicbor::bytes")]
        invitation: [u8; 16],
    },
    /// A frame was refused; the stream goes on unless the problem is about the session.
    #[n(3)]
    Refused {
        /// The space concerned, if one is.
        #[cbor(n(0), with = "minicbor::bytes")]
        space: Option<[u8; 16]>,
        /// A code of [`crate::problem::Code`].
        #[n(1)]
        code: String,
    },
    /// Answer to Ping.
    #[n(4)]
    Pong {
        /// The number sent.
        #[n(0)]
        number: u32,
    },
}
