//! Which tab writes. One holds a Web Lock and leads; the others follow what it writes, and may take over.

use std::rc::Rc;

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

const NAME: &str = "alongside-writer";

/// Stands in line for leading; `on_change` hears of every change, until the page is gone.
pub(crate) fn stand_in_line(on_change: Rc<dyn Fn(bool)>) {
    request(false, on_change);
}

/// Takes the lead from the tab that has it.
pub(crate) fn take_over(on_change: Rc<dyn Fn(bool)>) {
    request(true, on_change);
}

fn request(steal: bool, on_change: Rc<dyn Fn(bool)>) {
    let Some(manager) = web_sys::window().and_then(|window| super::property(&window.navigator(), "locks"))
    else {
        // A browser without locks is turned away at the start (boot.js); alone, one leads.
        on_change(true);
        return;
    };
    let granted = Rc::clone(&on_change);
    let hold = Closure::once_into_js(move |_lock: JsValue| -> Promise {
        granted(true);
        // Held until the page is gone or another tab steals it.
        Promise::new(&mut |_, _| {})
    });
    let options = Object::new();
    let _ = Reflect::set(&options, &"steal".into(), &steal.into());
    let Ok(held) = super::call(&manager, "request", &[NAME.into(), options.into(), hold]) else {
        on_change(true);
        return;
    };
    let held: Promise = held.unchecked_into();
    spawn_local(async move {
        if JsFuture::from(held).await.is_err() {
            // Stolen: follow, and stand in line again for when the other tab closes.
            on_change(false);
            request(false, on_change);
        }
    });
}
