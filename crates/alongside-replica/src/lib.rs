//! A person's device: what it keeps, what it sends, what it receives.
//!
//! [`client::Client`] is what screens and the command line use. A wish goes through [`Client::dispatch`] into the store before it is
//! anywhere else; [`Client::run`] keeps the device in touch with the relay. The world comes in through [`ports`].

mod account;
mod checkpoint;
mod client;
pub mod conformance;
mod device;
mod feed;
mod inbox;
mod intent;
mod invite;
pub mod memory;
mod net;
mod outbox;
pub mod ports;
mod run;
mod space;
mod sync;
mod trouble;
mod vaulting;
mod wake;
mod writer;

pub use account::{
    LinkCode, MakeAccountError, RecoverError, SignInError, UnlockError, VaultChangeError, WordsError,
};
pub use client::{Change, Client, Connection, Standing, UsInfo};
pub use feed::Feed;
pub use intent::DispatchError;
pub use invite::{InvitationId, InviteError, Joining, LookError, Preview, SentInvitation, SentState};
pub use net::NetError;
pub use space::Decoder;
pub use sync::SyncError;
pub use trouble::Trouble;
