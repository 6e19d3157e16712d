//! The time, the day it is for the person, and waiting.

use std::time::Duration;

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

/// Milliseconds since 1970 (UTC).
pub(super) fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// The day by the system's calendar and zone.
pub(super) fn today() -> Date {
    Zoned::now().date()
}

/// Waits.
pub(super) async fn sleep(ms: u32) {
    tokio::time::sleep(Duration::from_millis(u64::from(ms))).await;
}
