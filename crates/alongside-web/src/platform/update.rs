//! A newer build that waits: the service worker pins the one in use until the person takes the other.

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration};

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    // Missing where the page is not served over a secure address.
    super::property(&navigator, "serviceWorker")?.dyn_into().ok()
}

/// Calls `ready` when a newer build waits to be taken.
pub(crate) fn watch(ready: impl Fn() + Clone + 'static) {
    let Some(container) = container() else {
        return;
    };
    spawn_local(async move {
        let Ok(promise) = container.ready() else {
            return;
        };
        let Ok(registration) = JsFuture::from(promise).await else {
            return;
        };
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        if registration.waiting().is_some() {
            ready();
        }
        let found = registration.clone();
        let on_found = Closure::<dyn FnMut()>::new(move || {
            let Some(worker) = found.installing() else {
                return;
            };
            let (settling, ready) = (worker.clone(), ready.clone());
            let on_state = Closure::<dyn FnMut()>::new(move || {
                let installed = super::property(&settling, "state")
                    .and_then(|state| state.as_string())
                    .is_some_and(|state| state == "installed");
                // On the very first visit there is nothing older that it could replace.
                if installed && container_has_controller() {
                    ready();
                }
            });
            let _ = worker.add_event_listener_with_callback("statechange", on_state.as_ref().unchecked_ref());
            on_state.forget();
        });
        registration.set_onupdatefound(Some(on_found.as_ref().unchecked_ref()));
        on_found.forget();
    });
}

fn container_has_controller() -> bool {
    container().is_some_and(|container| container.controller().is_some())
}

/// Takes the newer build: it comes to life, and the page is loaded again from it.
pub(crate) fn take() {
    let Some(container) = container() else {
        reload();
        return;
    };
    let on_change = Closure::<dyn FnMut()>::new(reload);
    container.set_oncontrollerchange(Some(on_change.as_ref().unchecked_ref()));
    on_change.forget();
    spawn_local(async move {
        let registration = match container.ready() {
            Ok(promise) => JsFuture::from(promise).await.ok(),
            Err(_) => None,
        };
        let waiting = registration
            .map(JsCast::unchecked_into::<ServiceWorkerRegistration>)
            .and_then(|registration| registration.waiting());
        match waiting {
            Some(worker) => {
                let _ = worker.post_message(&JsValue::from_str("skip-waiting"));
            }
            None => reload(),
        }
    });
}

/// Loads the page anew: nothing that was in memory is left.
pub(crate) fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}
