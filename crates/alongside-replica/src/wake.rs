//! Wakes the loop that talks to the relay: there is something to do.

use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;

use futures_util::task::AtomicWaker;

/// A flag that one loop waits for.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    raised: Cell<bool>,
    waker: AtomicWaker,
}

impl Wake {
    /// There is something to do.
    pub(crate) fn wake(&self) {
        self.raised.set(true);
        self.waker.wake();
    }

    /// Waits until there is, and lowers the flag.
    pub(crate) async fn woken(&self) {
        poll_fn(|context| {
            self.waker.register(context.waker());
            if self.raised.replace(false) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}
