//! Tests of the ledger.

mod chains;
mod epochs;
mod hostile;
mod many;
mod members;
mod newcomers;
mod relay_lies;
mod rounds;
