//! Randomness.

/// `crypto.getRandomValues` takes at most this much at once.
const MAX_BYTES_AT_ONCE: usize = 65_536;

/// Fills with unpredictable bytes. Without a source of them nothing may go on, so it throws: bytes that can be guessed would be keys
/// that can be guessed.
pub(crate) fn fill(bytes: &mut [u8]) {
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    for part in bytes.chunks_mut(MAX_BYTES_AT_ONCE) {
        let filled = crypto
            .as_ref()
            .is_some_and(|crypto| crypto.get_random_values_with_u8_array(part).is_ok());
        if !filled {
            wasm_bindgen::throw_str("this browser has no source of randomness");
        }
    }
}
