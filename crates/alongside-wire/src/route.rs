//! Where things are asked for. Every path begins with `/v1/`; ids in paths are lower-case hexadecimal.

/// A path with `{name}` placeholders, as routers write it.
pub mod pattern {
    /// Protocol versions, the relay's time, limits. GET.
    pub const HELLO: &str = "/v1/hello";
    /// POST.
    pub const REGISTER_START: &str = "/v1/accounts/register/start";
    /// POST.
    pub const REGISTER_FINISH: &str = "/v1/accounts/register/finish";
    /// POST.
    pub const LOGIN_START: &str = "/v1/accounts/login/start";
    /// POST.
    pub const LOGIN_FINISH: &str = "/v1/accounts/login/finish";
    /// POST.
    pub const RECOVER_START: &str = "/v1/accounts/recover/start";
    /// POST.
    pub const RECOVER_FINISH: &str = "/v1/accounts/recover/finish";
    /// POST, in a session: a new passphrase, its first half.
    pub const PASSPHRASE_START: &str = "/v1/accounts/passphrase/start";
    /// POST, in a session: a new passphrase and the vault that goes with it; ends all other sessions.
    pub const PASSPHRASE_FINISH: &str = "/v1/accounts/passphrase/finish";
    /// PUT, in a session: the recovery key.
    pub const RECOVERY_KEY: &str = "/v1/accounts/recovery";
    /// DELETE, in a session: the whole account.
    pub const ACCOUNT: &str = "/v1/accounts/me";
    /// GET, in a session.
    pub const SESSIONS: &str = "/v1/sessions";
    /// DELETE, in a session.
    pub const SESSION: &str = "/v1/sessions/{session}";
    /// GET and PUT, in a session.
    pub const VAULT: &str = "/v1/vault";
    /// POST, in a session.
    pub const SPACES: &str = "/v1/spaces";
    /// POST, in a session.
    pub const TICKET: &str = "/v1/spaces/{space}/ticket";
    /// POST, with a ticket.
    pub const MEMBERS: &str = "/v1/spaces/{space}/members";
    /// POST, with a ticket.
    pub const LEAVE: &str = "/v1/spaces/{space}/leave";
    /// GET (`after`, `removed_after`, `limit`) and POST, with a ticket.
    pub const ENTRIES: &str = "/v1/spaces/{space}/entries";
    /// POST, with a ticket.
    pub const REMOVE: &str = "/v1/spaces/{space}/remove";
    /// GET, PUT and DELETE, with a ticket.
    pub const ROUND: &str = "/v1/spaces/{space}/rounds/{round}";
    /// POST, in a session.
    pub const INVITATIONS: &str = "/v1/invitations";
    /// GET, by anybody who knows the id; changes nothing.
    pub const INVITATION: &str = "/v1/invitations/{invitation}";
    /// POST, in a session, with the invitation's key.
    pub const CLAIM: &str = "/v1/invitations/{invitation}/claim";
    /// POST, in a session, with the inviter's key: the claim, if there is one.
    pub const LOOK: &str = "/v1/invitations/{invitation}/look";
    /// POST, in a session, with the inviter's key.
    pub const WELCOME: &str = "/v1/invitations/{invitation}/welcome";
    /// POST, in a session, with the invitation's key: the welcome, if there is one.
    pub const ENTER: &str = "/v1/invitations/{invitation}/enter";
    /// POST, in a session, with the inviter's key.
    pub const REVOKE: &str = "/v1/invitations/{invitation}/revoke";
    /// The WebSocket.
    pub const STREAM: &str = "/v1/stream";
}

/// The header that carries a space's ticket, base64url without padding.
pub const TICKET_HEADER: &str = "alongside-ticket";

/// Fills the first placeholder of a pattern.
#[must_use]
pub fn with(pattern: &str, id: &[u8]) -> String {
    match (pattern.find('{'), pattern.find('}')) {
        (Some(start), Some(end)) if start < end => {
            let mut path = String::from(&pattern[..start]);
            path.push_str(&hex(id));
            path.push_str(&pattern[end + 1..]);
            path
        }
        _ => pattern.to_owned(),
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

/// Reads lower-case hexadecimal of exactly `N` bytes.
#[must_use]
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}
