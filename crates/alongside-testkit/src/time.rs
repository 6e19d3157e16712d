//! Time that passes only when a world lets it, and futures that are polled by hand, so that a device can be cut off at any point.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// A world's time, milliseconds since 1970 (UTC).
#[derive(Debug, Default)]
pub struct Time {
    now_ms: Cell<i64>,
    sleepers: RefCell<Vec<(i64, Waker)>>,
}

impl Time {
    /// A world that begins then.
    #[must_use]
    pub fn at(now_ms: i64) -> Rc<Self> {
        let time = Self::default();
        time.now_ms.set(now_ms);
        Rc::new(time)
    }

    /// What time it is.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now_ms.get()
    }

    /// Lets time pass.
    pub fn pass(&self, ms: i64) {
        self.now_ms.set(self.now_ms.get() + ms);
        let now_ms = self.now_ms.get();
        self.sleepers.borrow_mut().retain(|(until_ms, waker)| {
            let over = *until_ms <= now_ms;
            if over {
                waker.wake_by_ref();
            }
            !over
        });
    }

    /// When the next who sleeps wants to be woken.
    #[must_use]
    pub fn next_waking(&self) -> Option<i64> {
        self.sleepers.borrow().iter().map(|(until_ms, _)| *until_ms).min()
    }

    /// Sleeps.
    pub async fn sleep(&self, ms: u32) {
        let until_ms = self.now_ms() + i64::from(ms);
        poll_fn(|context| {
            if self.now_ms() >= until_ms {
                return Poll::Ready(());
            }
            self.sleepers
                .borrow_mut()
                .push((until_ms, context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

/// A point at which something else may happen, or nothing ever again.
pub async fn breathe() {
    let mut breathed = false;
    poll_fn(|context| {
        if core::mem::replace(&mut breathed, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Something under way that nobody waits for yet.
pub type Underway<T> = Pin<Box<dyn Future<Output = T>>>;

/// Polls at most so many times.
pub fn poll_up_to<T>(future: &mut Underway<T>, polls: usize) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
    }
    None
}

/// Polls to the end. What waits for a time that does not pass would never end.
pub fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = core::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("it waits for something that does not come");
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Several loops at once, in a time that jumps to whenever the next of them wants to be woken.
#[derive(Default)]
pub struct Together {
    tasks: Vec<(Arc<Flag>, Option<Underway<()>>)>,
}

impl core::fmt::Debug for Together {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Together")
            .field("tasks", &self.tasks.len())
            .finish()
    }
}

impl Together {
    /// Adds one, and says its number.
    pub fn spawn(&mut self, task: impl Future<Output = ()> + 'static) -> usize {
        let flag = Arc::new(Flag::default());
        flag.0.store(true, Ordering::Relaxed);
        self.tasks.push((flag, Some(Box::pin(task))));
        self.tasks.len() - 1
    }

    /// Ends one, wherever it is.
    pub fn end(&mut self, task: usize) {
        if let Some((_, slot)) = self.tasks.get_mut(task) {
            *slot = None;
        }
    }

    /// Whether one is still under way.
    #[must_use]
    pub fn is_underway(&self, task: usize) -> bool {
        self.tasks.get(task).is_some_and(|(_, slot)| slot.is_some())
    }

    /// Polls whoever is awake until nobody is.
    pub fn settle(&mut self) {
        for round in 0.. {
            assert!(round < 1_000_000, "they never come to rest");
            let mut any = false;
            for (flag, slot) in &mut self.tasks {
                if !flag.0.swap(false, Ordering::Relaxed) {
                    continue;
                }
                let Some(task) = slot else { continue };
                any = true;
                let waker = Waker::from(Arc::clone(flag));
                if task.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                    *slot = None;
                }
            }
            if !any {
                return;
            }
        }
    }

    /// Lets so much time pass, with everything that happens in it.
    pub fn run_for(&mut self, time: &Time, ms: i64) {
        let end_ms = time.now_ms() + ms;
        loop {
            self.settle();
            match time.next_waking() {
                Some(next_ms) if next_ms <= end_ms => time.pass((next_ms - time.now_ms()).max(0)),
                Some(_) | None => break,
            }
        }
        time.pass(end_ms - time.now_ms());
        self.settle();
    }
}
