//! What the tabs of one browser tell each other: that something changed, and that all are to lock. Hints only, without content.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

const NAME: &str = "alongside-tabs";

/// What one tab tells the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hint {
    /// Something new is in the store.
    Changed,
    /// Lock, now.
    Lock,
}

impl Hint {
    const fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Lock => "lock",
        }
    }
}

/// The channel between the tabs.
pub(crate) struct Tabs(Option<BroadcastChannel>);

impl Tabs {
    /// Joins, and listens until the page is gone.
    pub(crate) fn join(heard: impl Fn(Hint) + 'static) -> Self {
        let channel = BroadcastChannel::new(NAME).ok();
        if let Some(channel) = &channel {
            let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                let word = event.data().as_string();
                for hint in [Hint::Changed, Hint::Lock] {
                    if word.as_deref() == Some(hint.word()) {
                        heard(hint);
                    }
                }
            });
            channel.set_onmessage(Some(listen.as_ref().unchecked_ref()));
            listen.forget();
        }
        Self(channel)
    }

    /// Tells the others.
    pub(crate) fn tell(&self, hint: Hint) {
        if let Some(channel) = &self.0 {
            let _ = channel.post_message(&hint.word().into());
        }
    }
}
