//! The quick exit: the page becomes a neutral one, and the way back does not lead here again.
//!
//! Every entry of this tab's history that belongs to the client lies between the first of them and the current one. Where
//! the browser knows them (`navigation.entries()`), one goes back to the first, replaces it, and a step on the
//! neutral page cuts off what came after. Where it does not, the current entry alone is replaced, and those before
//! open locked.

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

const NEUTRAL: &str = "/away.html";
/// Long enough to go back through the history, too short to be noticed.
const AT_MOST_MS: i32 = 350;

/// Goes, at once. Secrets must have been dropped before.
pub(crate) fn go() {
    let Some(window) = web_sys::window() else {
        return;
    };
    if let Some(body) = window.document().and_then(|document| document.body()) {
        // Hidden and not emptied: the pages in it still follow the device, which is locked by now and has no words left.
        body.set_hidden(true);
    }
    if let Some(document) = window.document() {
        document.set_title("");
    }
    let session = window.session_storage().ok().flatten();
    if let Some(storage) = &session {
        let _ = storage.clear();
    }
    let replace = Closure::<dyn FnMut()>::new(|| {
        if let Some(window) = web_sys::window() {
            let _ = window.location().replace(NEUTRAL);
        }
    });
    let replace_now: js_sys::Function = replace.as_ref().clone().unchecked_into();
    replace.forget();
    if go_to_first_entry(&window, &replace_now) {
        // boot.js sees it, should the first entry belong to an earlier load of the page.
        if let Some(storage) = &session {
            let _ = storage.set_item("leaving", "1");
        }
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&replace_now, AT_MOST_MS);
    } else {
        let _ = replace_now.call0(&JsValue::UNDEFINED);
    }
}

/// Whether there is an earlier entry, and the way to it has begun; `then` is called on arrival.
fn go_to_first_entry(window: &web_sys::Window, then: &js_sys::Function) -> bool {
    let Some(navigation) = super::property(window, "navigation") else {
        return false;
    };
    let Ok(entries) = super::call(&navigation, "entries", &[]) else {
        return false;
    };
    let first = js_sys::Array::from(&entries).get(0);
    let first_key = super::property(&first, "key");
    let current_key =
        super::property(&navigation, "currentEntry").and_then(|entry| super::property(&entry, "key"));
    let (Some(first_key), Some(current_key)) = (first_key, current_key) else {
        return false;
    };
    if first_key == current_key {
        return false;
    }
    let Ok(result) = super::call(&navigation, "traverseTo", &[first_key]) else {
        return false;
    };
    if let Some(finished) = super::property(&result, "finished") {
        let _ = super::call(&finished, "then", &[then.into(), then.into()]);
    }
    true
}
