//! Tickets and challenges: what the relay hands out and knows again without keeping it, by a MAC under its own secret.

use alongside_wire::route::TICKET_HEADER;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::id::{MemberKey, SessionId, SpaceId};

/// How long a ticket holds: 1 hour.
pub(crate) const TICKET_S: u32 = 60 * 60;
/// How long a challenge can be answered: 5 minutes.
const CHALLENGE_MS: i64 = 5 * 60 * 1000;

const MAC_BYTES: usize = 32;
const TICKET_BYTES: usize = 16 + 32 + 8 + MAC_BYTES;
const CHALLENGE_BYTES: usize = 16 + 8 + MAC_BYTES;

/// The key of the MACs.
#[derive(Clone)]
pub(crate) struct MacKey([u8; 32]);

impl core::fmt::Debug for MacKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self(_) = self;
        f.debug_struct("MacKey").finish_non_exhaustive()
    }
}

/// What a ticket says, once it is known to be ours: this session speaks for this member of this space, until then. Whether they are
/// still a member is asked of the store at every use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// The space.
    pub(crate) space: SpaceId,
    /// The member.
    pub(crate) member: MemberKey,
}

impl MacKey {
    /// A key of these bytes.
    #[must_use]
    pub(crate) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, purpose: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
        // Every length is fixed but a handle's, which comes last.
        let mut key = hmac::digest::Key::<Hmac<Sha256>>::default();
        key[..self.0.len()].copy_from_slice(&self.0);
        let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&key);
        mac.update(purpose);
        for part in parts {
            mac.update(part);
        }
        mac
    }

    /// A ticket's bytes.
    #[must_use]
    pub(crate) fn ticket(&self, ticket: Ticket, session: SessionId, now_ms: i64) -> Vec<u8> {
        let until = now_ms.saturating_add(i64::from(TICKET_S) * 1000).to_be_bytes();
        let mut bytes = Vec::with_capacity(TICKET_BYTES);
        bytes.extend_from_slice(&ticket.space.0);
        bytes.extend_from_slice(&ticket.member.0);
        bytes.extend_from_slice(&until);
        let mac = self
            .mac(b"ticket\0", &[&bytes, &session.0])
            .finalize()
            .into_bytes();
        bytes.extend_from_slice(&mac);
        bytes
    }

    /// What a ticket says, if it is ours, of this session and not over.
    #[must_use]
    pub(crate) fn read_ticket(&self, bytes: &[u8], session: SessionId, now_ms: i64) -> Option<Ticket> {
        let bytes: &[u8; TICKET_BYTES] = bytes.try_into().ok()?;
        let (said, mac) = bytes.split_at(TICKET_BYTES - MAC_BYTES);
        self.mac(b"ticket\0", &[said, &session.0])
            .verify_slice(mac)
            .ok()?;
        let (space, rest) = said.split_first_chunk()?;
        let (member, until) = rest.split_first_chunk()?;
        let until_ms = i64::from_be_bytes(until.try_into().ok()?);
        (now_ms < until_ms).then_some(Ticket {
            space: SpaceId(*space),
            member: MemberKey(*member),
        })
    }

    /// What a ticket header says.
    #[must_use]
    pub(crate) fn read_header(
        &self,
        headers: &axum::http::HeaderMap,
        session: SessionId,
        now_ms: i64,
    ) -> Option<Ticket> {
        let text = headers.get(TICKET_HEADER)?.as_bytes();
        let mut bytes = [0; TICKET_BYTES + 2];
        let len = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        self.read_ticket(&bytes[..len], session, now_ms)
    }

    /// A challenge for who wants to recover the account of this handle.
    #[must_use]
    pub(crate) fn challenge(&self, handle: &str, nonce: [u8; 16], now_ms: i64) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(CHALLENGE_BYTES);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&now_ms.saturating_add(CHALLENGE_MS).to_be_bytes());
        let mac = self
            .mac(b"challenge\0", &[&bytes, handle.as_bytes()])
            .finalize()
            .into_bytes();
        bytes.extend_from_slice(&mac);
        bytes
    }

    /// Whether a challenge is ours, for this handle, and not over.
    #[must_use]
    pub(crate) fn holds(&self, challenge: &[u8], handle: &str, now_ms: i64) -> bool {
        let Some((said, mac)) = challenge.split_last_chunk::<MAC_BYTES>() else {
            return false;
        };
        let Some((_, until)) = said.split_first_chunk::<16>() else {
            return false;
        };
        let Ok(until) = until.try_into().map(i64::from_be_bytes) else {
            return false;
        };
        now_ms < until
            && self
                .mac(b"challenge\0", &[said, handle.as_bytes()])
                .verify_slice(mac)
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: MacKey = MacKey::new([7; 32]);
    const TICKET: Ticket = Ticket {
        space: SpaceId([1; 16]),
        member: MemberKey([2; 32]),
    };
    const SESSION: SessionId = SessionId([3; 32]);

    #[test]
    fn a_ticket_is_read_by_its_session_for_an_hour() {
        let bytes = KEY.ticket(TICKET, SESSION, 0);
        assert_eq!(KEY.read_ticket(&bytes, SESSION, 3_599_999), Some(TICKET));
        assert_eq!(KEY.read_ticket(&bytes, SESSION, 3_600_000), None);
        assert_eq!(KEY.read_ticket(&bytes, SessionId([4; 32]), 0), None);
        assert_eq!(MacKey::new([8; 32]).read_ticket(&bytes, SESSION, 0), None);
    }

    #[test]
    fn no_bit_of_a_ticket_or_challenge_can_be_changed() {
        let ticket = KEY.ticket(TICKET, SESSION, 0);
        let challenge = KEY.challenge("ada", [5; 16], 0);
        for bit in 0..ticket.len() * 8 {
            let mut changed = ticket.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(KEY.read_ticket(&changed, SESSION, 0), None);
        }
        for bit in 0..challenge.len() * 8 {
            let mut changed = challenge.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!KEY.holds(&changed, "ada", 0));
        }
    }

    #[test]
    fn a_challenge_is_for_one_handle_and_five_minutes() {
        let challenge = KEY.challenge("ada", [5; 16], 0);
        assert!(KEY.holds(&challenge, "ada", 299_999));
        assert!(!KEY.holds(&challenge, "ada", 300_000));
        assert!(!KEY.holds(&challenge, "bob", 0));
    }
}
