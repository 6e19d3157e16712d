//! The cryptographic log, pure: identities, devices, spaces, epochs, entries, envelopes, the vault, invitations.
//!
//! It knows membership and nothing else of the domain. It reads no clock and draws no randomness of its own: both are given to
//! it. Nothing here waits or touches the outside world. The formats are written down byte for byte in docs/protocol.md.

mod code;
mod cose;
pub mod entry;
mod hash;
pub mod identity;
pub mod ids;
pub mod invitation;
pub mod keep;
pub mod ledger;
pub mod purpose;
pub mod seal;
mod sealing_to;
#[cfg(test)]
mod testing;
pub mod vault;
#[cfg(test)]
mod vectors;
pub mod words;
