//! What every store does, whichever it is: each claim is made of a new store of each kind.

/// Runs a claim on a new store of each kind.
macro_rules! claims {
    ($($claim:ident)*) => {
        mod memory {
            $(#[tokio::test]
            async fn $claim() {
                crate::store::conformance::support::in_memory(super::$claim).await;
            })*
        }
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $claim() {
                crate::store::conformance::support::on_disk(super::$claim).await;
            })*
        }
    };
}

mod accounts;
mod invitations;
mod rounds;
mod spaces;
mod support;
