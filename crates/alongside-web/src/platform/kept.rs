//! The few settings of this device that are no secret: they lie in `localStorage`, and hold no words of anybody.

use wasm_bindgen_futures::JsFuture;

/// A setting of this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// `light`, `dark`, or nothing for what the system has.
    Theme,
    /// A language tag, or nothing for what the browser prefers.
    Language,
    /// That an account was opened here: without it an emptied store would look like a new device.
    Opened,
}

impl Setting {
    const fn key(self) -> &'static str {
        match self {
            Self::Theme => "theme",
            Self::Language => "language",
            Self::Opened => "opened",
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// What is set.
pub(crate) fn get(setting: Setting) -> Option<String> {
    storage()?.get_item(setting.key()).ok().flatten()
}

/// Sets it, or takes it away. Where the browser keeps nothing, it holds until the page is gone.
pub(crate) fn set(setting: Setting, value: Option<&str>) {
    let Some(storage) = storage() else {
        return;
    };
    let _ = match value {
        Some(value) => storage.set_item(setting.key(), value),
        None => storage.remove_item(setting.key()),
    };
}

/// Asks the browser not to clear what is kept here when it runs short of room.
pub(crate) async fn ask_to_stay() -> bool {
    let asked = web_sys::window()
        .and_then(|window| super::property(&window.navigator(), "storage"))
        .and_then(|storage| super::call(&storage, "persist", &[]).ok());
    let Some(promise) = asked else {
        return false;
    };
    JsFuture::from(js_sys::Promise::resolve(&promise))
        .await
        .is_ok_and(|granted| granted.is_truthy())
}
