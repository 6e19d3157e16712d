//! The relay over HTTP and WebSocket, as clients see it.

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
