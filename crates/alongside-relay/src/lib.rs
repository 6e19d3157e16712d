//! The server: keeps and hands on opaque bytes, and can read none of them.
//!
//! A request comes in through `http` (or a frame through `stream`), is checked against its session, ticket and limits, becomes one
//! operation on a `store`, and its outcome one answer. Handlers hold no state: what is shared is in `app`, and what must last in the store.

mod app;
mod bus;
pub mod clock;
pub mod config;
mod http;
pub mod id;
mod metrics;
mod quota;
pub mod rate;
mod run;
mod serve;
mod sessions;
pub mod store;
mod stream;
mod ticket;

pub use self::app::SecretsError;
pub use self::clock::Clock;
pub use self::config::{Config, Keep, Limits, Settings};
pub use self::http::web::Web;
pub use self::run::{RunError, run};
pub use self::serve::{Relay, StartError};
