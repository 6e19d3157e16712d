//! More: names and looks, this device and others, sheets, passphrase, signing out, and which build this is.

mod about;
mod device;
mod more;
mod prefer;
mod secrets;

pub(crate) use about::About;
pub(crate) use device::{Device, SignOut};
pub(crate) use more::More;
pub(crate) use prefer::Settings;
pub(crate) use secrets::{ChangePassphrase, Recovery};
