//! The web client's files inside the program.

use std::borrow::Cow;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$ALONGSIDE_WEB_DIST"]
struct Files;

/// The file of this path.
pub(crate) fn file(path: &str) -> Option<Cow<'static, [u8]>> {
    Files::get(path).map(|file| file.data)
}
