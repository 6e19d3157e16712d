//! How hard a passphrase would be to guess: a program of its own. Its lists of words are larger than the rest of the client, so
//! it is fetched only where somebody chooses a passphrase, and hangs one function on the page.
#![allow(missing_docs, reason = "a program, not a library")]

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;

/// The function's name on the page; `platform/strength.rs` calls it.
const NAME: &str = "alongsideStrength";
/// More letters than this say nothing new about how hard it is to guess, and take long to look at.
const LOOKED_AT_CHARS: usize = 100;

fn main() {
    let estimate = Closure::<dyn Fn(String, String) -> u8>::new(|passphrase: String, known: String| {
        strength(&passphrase, &known.lines().collect::<Vec<_>>())
    });
    let _ = js_sys::Reflect::set(&js_sys::global(), &JsValue::from_str(NAME), estimate.as_ref());
    // The page has it from now on.
    estimate.forget();
}

/// 0 to 4, as zxcvbn estimates it; names that somebody who knows the person would try first count as guessed.
fn strength(passphrase: &str, known: &[&str]) -> u8 {
    let looked_at: String = passphrase.chars().take(LOOKED_AT_CHARS).collect();
    u8::from(zxcvbn::zxcvbn(&looked_at, known).score())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `platform/strength.rs` has it.
    const HOLDS: u8 = 2;

    #[test]
    fn what_is_guessed_at_once_does_not_hold() {
        for weak in ["", "password", "12345678", "samsam", "ada.l2026"] {
            assert!(strength(weak, &["ada.l"]) < HOLDS, "{weak}");
        }
    }

    #[test]
    fn a_few_words_hold_without_any_rule_of_composition() {
        for good in ["lantern gravel otter", "four plums on a bicycle"] {
            assert!(strength(good, &["ada.l"]) >= HOLDS, "{good}");
        }
    }

    #[test]
    fn a_very_long_one_is_looked_at_quickly() {
        assert!(strength(&"lantern gravel otter ".repeat(2_000), &[]) >= HOLDS);
    }
}
