//! Randomness.

/// Fills with unpredictable bytes. Without a source of them nothing may go on, so the program ends: bytes that can be guessed would be
/// keys that can be guessed.
pub(super) fn fill(bytes: &mut [u8]) {
    if getrandom::fill(bytes).is_err() {
        std::process::abort();
    }
}
