//! How much room an account takes up. Counted here and noted in the store every few seconds, so that an append touches its space and
//! nothing else, and the store does not show side by side who wrote where.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::id::AccountId;
use crate::store::{Store, StoreError};

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    /// As noted in the store, once that was asked.
    noted: Option<i64>,
    /// Not noted yet.
    pending: i64,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Quotas {
    limit_bytes: i64,
    tallies: Mutex<HashMap<AccountId, Tally>>,
}

/// What comes of asking for room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// There is enough.
    Enough,
    /// There is not.
    OverQuota,
}

impl Quotas {
    /// Nobody has used anything that is not noted.
    #[must_use]
    pub(crate) fn new(limit_bytes: u64) -> Self {
        Self {
            limit_bytes: i64::try_from(limit_bytes).unwrap_or(i64::MAX),
            tallies: Mutex::new(HashMap::new()),
        }
    }

    fn tallies(&self) -> MutexGuard<'_, HashMap<AccountId, Tally>> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this account has room for so many bytes more.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn room<S: Store>(
        &self,
        store: &S,
        account: AccountId,
        bytes: i64,
    ) -> Result<Room, StoreError> {
        let known = self
            .tallies()
            .get(&account)
            .and_then(|tally| Some((tally.noted?, tally.pending)));
        let (noted, pending) = match known {
            Some(known) => known,
            None => {
                let noted = store
                    .account(account)
                    .await?
                    .map_or(0, |account| account.used_bytes);
                let mut tallies = self.tallies();
                let tally = tallies.entry(account).or_default();
                (*tally.noted.get_or_insert(noted), tally.pending)
            }
        };
        let used = noted.saturating_add(pending).saturating_add(bytes);
        Ok(if used > self.limit_bytes {
            Room::OverQuota
        } else {
            Room::Enough
        })
    }

    /// Counts bytes that were kept, or freed when negative.
    pub(crate) fn count(&self, account: AccountId, bytes: i64) {
        if bytes != 0 {
            let mut tallies = self.tallies();
            let tally = tallies.entry(account).or_default();
            tally.pending = tally.pending.saturating_add(bytes);
        }
    }

    /// Notes in the store what is pending.
    ///
    /// # Errors
    /// When the store fails; what was not noted stays pending.
    pub(crate) async fn note<S: Store>(&self, store: &S) -> Result<(), StoreError> {
        let pending: Vec<(AccountId, i64)> = {
            let mut tallies = self.tallies();
            // Those at rest are read again from the store when they come back.
            tallies.retain(|_, tally| tally.pending != 0);
            tallies
                .iter()
                .map(|(&account, tally)| (account, tally.pending))
                .collect()
        };
        for (account, bytes) in pending {
            let noted = store.charge(account, bytes).await?;
            let mut tallies = self.tallies();
            match (noted, tallies.get_mut(&account)) {
                (Some(noted), Some(tally)) => {
                    tally.noted = Some(noted);
                    tally.pending = tally.pending.saturating_sub(bytes);
                }
                (Some(_), None) => {}
                (None, _) => {
                    tallies.remove(&account);
                }
            }
        }
        Ok(())
    }
}
