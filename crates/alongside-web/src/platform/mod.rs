//! The browser as a platform for the replica: its storage, its network, its clock and its randomness; and what only a
//! browser has: several tabs, a service worker, a page to leave quickly.

pub(crate) mod away;
pub(crate) mod clock;
#[cfg(debug_assertions)]
pub(crate) mod conformance;
pub(crate) mod fetch;
pub(crate) mod indexeddb;
pub(crate) mod kept;
pub(crate) mod locks;
pub(crate) mod random;
pub(crate) mod socket;
pub(crate) mod strength;
pub(crate) mod tabs;
pub(crate) mod update;

use alongside_replica::ports::{Platform, StoreError};
use jiff::civil::Date;
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use self::fetch::Net;
use self::indexeddb::IndexedDb;

/// This browser.
pub(crate) struct Browser {
    store: IndexedDb,
    net: Net,
}

impl Browser {
    /// Opens what this browser keeps.
    ///
    /// # Errors
    /// [`StoreError`], where it keeps nothing or a newer version has been here.
    pub(crate) async fn open() -> Result<Self, StoreError> {
        Ok(Self {
            store: IndexedDb::open("alongside").await?,
            net: Net,
        })
    }
}

impl Platform for Browser {
    type Store = IndexedDb;
    type Transport = Net;

    fn store(&self) -> &IndexedDb {
        &self.store
    }

    fn transport(&self) -> &Net {
        &self.net
    }

    fn now_ms(&self) -> i64 {
        clock::now_ms()
    }

    fn today(&self) -> Date {
        clock::today()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        random::fill(bytes);
    }

    async fn sleep(&self, ms: u32) {
        clock::sleep(ms).await;
    }
}

/// Calls a method by its name: for what `web_sys` does not know yet, and may be missing in a browser.
pub(crate) fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    Reflect::apply(&function, object, &arguments.iter().cloned().collect::<Array>())
}

/// A property by its name, `None` where it is missing.
pub(crate) fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into())
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}
