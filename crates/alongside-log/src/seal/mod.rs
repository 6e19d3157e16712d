//! Sealing: boxes under a key, padding, and the envelope that goes to the relay.

pub(crate) mod boxed;
pub mod envelope;
pub(crate) mod padding;
