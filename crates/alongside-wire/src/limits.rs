//! Sizes and counts that both sides hold to.

/// The longest handle, in characters.
pub const MAX_HANDLE_CHARS: usize = 32;
/// The shortest handle, in characters.
pub const MIN_HANDLE_CHARS: usize = 3;
/// The largest sealed header or payload of an envelope.
pub const MAX_PART_BYTES: usize = 256 * 1024;
/// The most envelopes in one append.
pub const MAX_APPEND: usize = 256;
/// The largest body of any request.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
/// The most envelopes in one page.
pub const MAX_PAGE: u32 = 4096;
/// A page ends after about this many bytes, but is never empty when there is more.
pub const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;
/// The largest vault.
pub const MAX_VAULT_BYTES: usize = 1024 * 1024;
/// The most members of a space.
pub const MAX_MEMBERS: usize = 12;
/// The largest blob, claim or welcome of an invitation.
pub const MAX_INVITATION_BYTES: usize = 64 * 1024;
/// The longest that an invitation can stay open, in seconds: 30 days.
pub const MAX_INVITATION_S: u64 = 30 * 24 * 60 * 60;
/// The most spaces that one stream watches.
pub const MAX_WATCHES: usize = 64;

/// Whether a handle can be one: 3 to 32 characters of `a-z 0-9 . _ -`, beginning and ending with a letter or digit.
/// Clients lower-case what is typed before they ask.
#[must_use]
pub fn is_handle(handle: &str) -> bool {
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = handle.as_bytes();
    (MIN_HANDLE_CHARS..=MAX_HANDLE_CHARS).contains(&bytes.len())
        && bytes.iter().all(|byte| plain(byte) || b"._-".contains(byte))
        && bytes.first().is_some_and(plain)
        && bytes.last().is_some_and(plain)
}
