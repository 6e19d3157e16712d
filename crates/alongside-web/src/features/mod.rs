//! A folder for each feature: its pages, and nothing of the device but through the session.

pub(crate) mod account;
pub(crate) mod checkin;
pub(crate) mod help;
pub(crate) mod history;
pub(crate) mod invitation;
pub(crate) mod me;
pub(crate) mod members;
pub(crate) mod rhythm;
pub(crate) mod settings;
pub(crate) mod today;
pub(crate) mod us;
