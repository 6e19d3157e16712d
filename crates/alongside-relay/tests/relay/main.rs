//! The relay over HTTP and WebSocket, as clients see it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets the unexpected fails"
)]

mod accounts;
mod authorisation;
mod client;
mod invitations;
mod malformed;
mod openapi;
mod operation;
mod rounds;
mod spaces;
mod stream;
mod web;
