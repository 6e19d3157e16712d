//! Sessions that were looked up a moment ago, so that not every request asks the store. A session that ends here is forgotten at once;
//! one that ends at another relay of the same store, within [`TRUSTED_FOR`].

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::id::{AccountId, SessionId};

/// How long a session is taken to be as it was.
pub(crate) const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// The most that are remembered.
const MAX_REMEMBERED: usize = 65_536;

#[derive(Debug, Default)]
struct Inner {
    known: HashMap<SessionId, (AccountId, Instant)>,
    /// Counts forgettings: what was looked up before one must not be remembered after it.
    forgettings: u64,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct SessionCache {
    inner: Mutex<Inner>,
}

/// When a look-up began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LookUp {
    forgettings: u64,
    at: Instant,
}

impl SessionCache {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose session it is, or else the beginning of a look-up.
    ///
    /// # Errors
    /// When it is not remembered.
    pub(crate) fn get(&self, session: SessionId) -> Result<AccountId, LookUp> {
        let (inner, now) = (self.inner(), Instant::now());
        match inner.known.get(&session) {
            Some(&(account, until)) if now < until => Ok(account),
            Some(_) | None => Err(LookUp {
                forgettings: inner.forgettings,
                at: now,
            }),
        }
    }

    /// Remembers what a look-up found.
    pub(crate) fn remember(&self, look_up: LookUp, session: SessionId, account: AccountId) {
        let mut inner = self.inner();
        if inner.forgettings != look_up.forgettings {
            return;
        }
        if inner.known.len() >= MAX_REMEMBERED {
            let now = Instant::now();
            inner.known.retain(|_, &mut (_, until)| now < until);
            if inner.known.len() >= MAX_REMEMBERED {
                inner.known.clear();
            }
        }
        inner.known.insert(session, (account, look_up.at + TRUSTED_FOR));
    }

    /// Forgets all sessions of an account.
    pub(crate) fn forget(&self, account: AccountId) {
        let mut inner = self.inner();
        inner.forgettings += 1;
        inner.known.retain(|_, &mut (of, _)| of != account);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: SessionId = SessionId([1; 32]);
    const ACCOUNT: AccountId = AccountId(1);

    #[test]
    fn what_was_looked_up_before_a_session_ended_is_not_remembered_after_it() {
        let cache = SessionCache::default();
        let look_up = cache.get(SESSION).unwrap_err();
        cache.remember(look_up, SESSION, ACCOUNT);
        assert_eq!(cache.get(SESSION).ok(), Some(ACCOUNT));
        let early = cache.get(SessionId([2; 32])).unwrap_err();
        cache.forget(ACCOUNT);
        assert!(cache.get(SESSION).is_err());
        cache.remember(early, SESSION, ACCOUNT);
        assert!(cache.get(SESSION).is_err());
    }
}
