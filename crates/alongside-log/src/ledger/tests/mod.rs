//! Tests of the ledger.

mod chains;
mod epochs;
mod flips;
mod forge;
mod hostile;
mod many;
mod members;
mod newcomers;
mod relay_lies;
mod rounds;
mod snapshots;
mod worlds;
