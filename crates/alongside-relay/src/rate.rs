//! How often somebody may do something: a bucket of tokens each, that fills up again with time.
//!
//! Signing in is limited by address, and by address and handle together; never by handle alone, or a stranger could lock a person out.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The most buckets kept. Beyond that, those who have none share one.
const MAX_BUCKETS: usize = 100_000;

/// How much at once, and how much in the long run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Tokens in a full bucket.
    pub burst: f64,
    /// Tokens that come back each second.
    pub per_second: f64,
}

impl Rate {
    /// So many at once, and so many a second.
    #[must_use]
    pub const fn new(burst: f64, per_second: f64) -> Self {
        Self { burst, per_second }
    }

    /// No limit.
    pub const UNLIMITED: Self = Self::new(f64::INFINITY, f64::INFINITY);

    /// This many times as much.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self::new(self.burst * factor, self.per_second * factor)
    }
}

/// Too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOften {
    /// When there will be enough again.
    pub retry_after_s: u32,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    tokens: f64,
    at: Instant,
}

impl Level {
    fn at(self, now: Instant, rate: Rate) -> Self {
        let passed_s = now.saturating_duration_since(self.at).as_secs_f64();
        Self {
            tokens: (self.tokens + passed_s * rate.per_second).min(rate.burst),
            at: now,
        }
    }

    fn take(&mut self, cost: f64, rate: Rate) -> Result<(), TooOften> {
        // What costs more than a bucket holds may be had from a full one, and is paid off afterwards.
        let needed = cost.min(rate.burst);
        if self.tokens >= needed {
            self.tokens -= cost;
            return Ok(());
        }
        let wait_s = ((needed - self.tokens) / rate.per_second)
            .ceil()
            .clamp(1.0, 3600.0);
        // Between 1 and 3600, so nothing is lost.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped just above"
        )]
        Err(TooOften {
            retry_after_s: wait_s as u32,
        })
    }
}

#[derive(Debug)]
struct Levels<K> {
    own: HashMap<K, Level>,
    shared: Level,
}

/// The buckets of everybody for one kind of thing.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: Rate,
    levels: Mutex<Levels<K>>,
}

impl<K: Eq + Hash> Buckets<K> {
    /// Full buckets.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let shared = Level {
            tokens: rate.burst,
            at: Instant::now(),
        };
        Self {
            rate,
            levels: Mutex::new(Levels {
                own: HashMap::new(),
                shared,
            }),
        }
    }

    /// Takes so many tokens out of this one's bucket.
    ///
    /// # Errors
    /// When there are too few.
    pub fn take(&self, key: K, cost: f64) -> Result<(), TooOften> {
        self.take_at(key, cost, Instant::now())
    }

    fn take_at(&self, key: K, cost: f64, now: Instant) -> Result<(), TooOften> {
        if self.rate.burst.is_infinite() {
            return Ok(());
        }
        let rate = self.rate;
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let Levels { own, shared } = &mut *levels;
        if own.len() >= MAX_BUCKETS && !own.contains_key(&key) {
            own.retain(|_, level| level.at(now, rate).tokens < rate.burst);
        }
        let level = if own.len() >= MAX_BUCKETS && !own.contains_key(&key) {
            shared
        } else {
            own.entry(key).or_insert(Level {
                tokens: rate.burst,
                at: now,
            })
        };
        *level = level.at(now, rate);
        level.take(cost, rate)
    }
}

/// An address as limits see it: one household or phone is one /64 in IPv6.
#[must_use]
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_with_time_and_is_its_owners_alone() {
        let buckets = Buckets::new(Rate::new(2.0, 0.5));
        let now = Instant::now();
        assert_eq!(buckets.take_at("a", 1.0, now), Ok(()));
        assert_eq!(buckets.take_at("a", 1.0, now), Ok(()));
        assert_eq!(buckets.take_at("a", 1.0, now), Err(TooOften { retry_after_s: 2 }));
        assert_eq!(buckets.take_at("b", 1.0, now), Ok(()));
        assert_eq!(buckets.take_at("a", 1.0, now + Duration::from_secs(2)), Ok(()));
    }

    #[test]
    fn what_costs_more_than_a_bucket_holds_is_paid_off_afterwards() {
        let buckets = Buckets::new(Rate::new(10.0, 1.0));
        let now = Instant::now();
        assert_eq!(buckets.take_at("a", 30.0, now), Ok(()));
        assert_eq!(
            buckets.take_at("a", 1.0, now + Duration::from_secs(20)),
            Err(TooOften { retry_after_s: 1 })
        );
        assert_eq!(buckets.take_at("a", 1.0, now + Duration::from_secs(21)), Ok(()));
    }

    #[test]
    fn many_strangers_do_not_fill_the_memory_nor_shut_out_those_who_are_known() {
        let buckets = Buckets::new(Rate::new(2.0, 0.001));
        let now = Instant::now();
        for stranger in 0..=MAX_BUCKETS {
            let _spent = buckets.take_at(stranger, 1.0, now);
        }
        assert!(buckets.levels.lock().unwrap().own.len() <= MAX_BUCKETS);
        assert_eq!(buckets.take_at(0, 1.0, now), Ok(()));
    }

    #[test]
    fn a_household_counts_as_one_address() {
        let [a, b, c] =
            ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"].map(|text| text.parse().unwrap());
        assert_eq!(neighbourhood(a), neighbourhood(b));
        assert_ne!(neighbourhood(a), neighbourhood(c));
        assert_eq!(
            neighbourhood("::ffff:192.0.2.1".parse().unwrap()),
            "192.0.2.1".parse::<IpAddr>().unwrap()
        );
    }
}
