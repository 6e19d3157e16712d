//! What pages are made of.

pub(crate) mod audience;
pub(crate) mod chart;
pub(crate) mod choice;
pub(crate) mod field;
pub(crate) mod icon;
pub(crate) mod mark;
pub(crate) mod page;
pub(crate) mod passphrase;
pub(crate) mod qr;
pub(crate) mod reasons;
pub(crate) mod scale;
pub(crate) mod sheet;
pub(crate) mod submit;
pub(crate) mod wordlist;

use std::sync::atomic::{AtomicU32, Ordering};

/// A name for an element, unlike any other on the page.
pub(crate) fn fresh_id(what: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{what}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
