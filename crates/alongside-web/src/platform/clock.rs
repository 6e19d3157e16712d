//! The time, the day it is for the person, and waiting.

use jiff::civil::Date;
use js_sys::Promise;
use wasm_bindgen_futures::JsFuture;

/// Milliseconds since 1970 (UTC).
pub(crate) fn now_ms() -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number of milliseconds, far below 2^53"
    )]
    let now = js_sys::Date::now() as i64;
    now
}

/// The day by the person's own calendar and zone.
pub(crate) fn today() -> Date {
    let now = js_sys::Date::new_0();
    let year = i16::try_from(now.get_full_year()).unwrap_or(1970);
    let month = i8::try_from(now.get_month() + 1).unwrap_or(1);
    let day = i8::try_from(now.get_date()).unwrap_or(1);
    Date::new(year, month, day).unwrap_or_default()
}

/// Waits.
pub(crate) async fn sleep(ms: u32) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let promise = Promise::new(&mut |done, _| {
        let ms = i32::try_from(ms).unwrap_or(i32::MAX);
        // Without a timer the promise would wait forever.
        if window
            .set_timeout_with_callback_and_timeout_and_arguments_0(&done, ms)
            .is_err()
        {
            let _ = done.call0(&wasm_bindgen::JsValue::UNDEFINED);
        }
    });
    let _ = JsFuture::from(promise).await;
}

/// Lets the browser draw what has just been said ("Opening …") before work that holds it up.
pub(crate) async fn breathe() {
    sleep(40).await;
}
