//! Proofs towards the relay: an Ed25519 signature over a purpose and its parts. Each purpose has its own name, so that a proof for one
//! is none for another.

use ed25519_dalek::{Signature, VerifyingKey};

/// What a proof is for. A new use shall have a new purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A member opens a space. Parts: space, session.
    OpenSpace,
    /// A member asks for a ticket. Parts: space, session.
    Ticket,
    /// An inviter makes an invitation. Parts: invitation, SHA-256 of the blob, session.
    Invite,
    /// A newcomer claims an invitation, by the invitation's key. Parts: invitation, SHA-256 of the claim, session.
    Claim,
    /// A holder of the link reads or watches what became of it, by the invitation's key. Parts: invitation, session.
    Watch,
    /// The inviter looks at the claim, by the inviter's key. Parts: invitation, session.
    Look,
    /// The inviter answers a claim, by the inviter's key. Parts: invitation, SHA-256 of the welcome, session.
    Welcome,
    /// The inviter takes the invitation back, by the inviter's key. Parts: invitation, session.
    Revoke,
    /// A person recovers an account, by the key of both sheets. Parts: handle, challenge.
    Recover,
    /// The same, by the key of the account words. Parts: handle, challenge.
    RecoverAccount,
}

impl Purpose {
    /// The purpose's frozen name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenSpace => "alongside/1/relay/open-space",
            Self::Ticket => "alongside/1/relay/ticket",
            Self::Invite => "alongside/1/relay/invite",
            Self::Claim => "alongside/1/relay/claim",
            Self::Watch => "alongside/1/relay/watch",
            Self::Look => "alongside/1/relay/look",
            Self::Welcome => "alongside/1/relay/welcome",
            Self::Revoke => "alongside/1/relay/revoke",
            Self::Recover => "alongside/1/relay/recover",
            Self::RecoverAccount => "alongside/1/relay/recover-account",
        }
    }
}

/// The bytes that are signed: the purpose's name, a zero byte, and every part behind its length (32 bits, big endian).
#[must_use]
pub fn message(purpose: Purpose, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::from(purpose.name());
    bytes.push(0);
    for part in parts {
        let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

/// Whether this is the key's signature for exactly this purpose and these parts. Strict: no malleable signatures, no weak keys.
#[must_use]
pub fn holds(key: &[u8; 32], signature: &[u8; 64], purpose: Purpose, parts: &[&[u8]]) -> bool {
    VerifyingKey::from_bytes(key).is_ok_and(|key| {
        key.verify_strict(&message(purpose, parts), &Signature::from_bytes(signature))
            .is_ok()
    })
}
