//! Invitations: a ciphertext and a public key behind a link; claimed once, by whoever holds the link's secret.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// A new invitation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Invite {
    /// 16 bytes, derived from the invitation's key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub invitation: [u8; 16],
    /// The invitation's public key: its secret is in the link.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// The inviter's public key for this invitation alone.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub inviter: [u8; 32],
    /// Sealed under the link's secret.
    #[n(3)]
    pub blob: ByteVec,
    /// How long it can be claimed, in seconds.
    #[n(4)]
    pub valid_s: u64,
    /// By the inviter's key, [`crate::proof::Purpose::Invite`].
    #[cbor(n(5), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// Answer to GET of an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Invitation {
    /// Sealed under the link's secret.
    #[n(0)]
    pub blob: ByteVec,
    /// Until when it can be claimed, milliseconds since 1970 (UTC).
    #[n(1)]
    pub expires_ms: i64,
    /// Whether it was claimed.
    #[n(2)]
    pub claimed: bool,
}

/// Claims an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Claim {
    /// Sealed under the link's secret.
    #[n(0)]
    pub claim: ByteVec,
    /// By the invitation's key, [`crate::proof::Purpose::Claim`]. The same claim again changes nothing.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// Proves who asks: look, enter and revoke.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Proof {
    /// By the key and for the purpose that the route names.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// Answer to look: the claim, if there is one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Claimed {
    /// As claimed.
    #[n(0)]
    pub claim: Option<ByteVec>,
    /// Until when the invitation can be claimed, milliseconds since 1970 (UTC).
    #[n(1)]
    pub expires_ms: i64,
}

/// The inviter's answer to a claim.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Welcome {
    /// Sealed for the newcomer; none turns the claim away and ends the invitation.
    #[n(0)]
    pub welcome: Option<ByteVec>,
    /// By the inviter's key, [`crate::proof::Purpose::Welcome`] (of no bytes when none).
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// Answer to enter.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Entrance {
    /// Not answered yet.
    #[n(0)]
    Waiting,
    /// Let in.
    #[n(1)]
    Open(#[n(0)] ByteVec),
    /// Turned away, or taken back.
    #[n(2)]
    Closed,
}
