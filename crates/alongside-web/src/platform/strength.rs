//! How hard a passphrase would be to guess, by the program of its own that is fetched for it.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Guessed at once or in moments: below this a passphrase protects nothing.
const HOLDS: u8 = 2;
/// Where the program did not arrive, length alone must do.
const HOLDS_UNSEEN_CHARS: usize = 16;

/// Fetches the program, once for a page. Whether it is there then.
pub(crate) async fn load() -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    // boot.js knows under which names its files are served.
    let Ok(loading) = super::call(&window, "alongsideLoadStrength", &[]) else {
        return false;
    };
    JsFuture::from(Promise::resolve(&loading)).await.is_ok()
}

/// 0 to 4, once the program is there.
pub(crate) fn estimate(passphrase: &str, known: &[&str]) -> Option<u8> {
    let window = web_sys::window()?;
    let estimate: Function = super::property(&window, "alongsideStrength")?.dyn_into().ok()?;
    let estimated = estimate.call2(&JsValue::NULL, &passphrase.into(), &known.join("\n").into());
    let score = estimated.ok()?.as_f64()?;
    (0..=4_u8).find(|step| (f64::from(*step) - score).abs() < 0.5)
}

/// Whether a new passphrase can stand between somebody and everything in here.
pub(crate) async fn holds(passphrase: &str, known: &[&str]) -> bool {
    load().await;
    estimate(passphrase, known).map_or_else(
        || passphrase.chars().count() >= HOLDS_UNSEEN_CHARS,
        |score| score >= HOLDS,
    )
}
