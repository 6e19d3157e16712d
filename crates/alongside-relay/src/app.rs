//! What all requests share.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use alongside_wire::opaque::Suite;
use alongside_wire::problem::{Code, Problem};
use opaque_ke::ServerSetup;
use rand_core::{OsRng, RngCore as _};
use tokio::sync::{Semaphore, watch};

use crate::bus::Bus;
use crate::clock::{Clock, day_of};
use crate::config::{Config, Limits};
use crate::http::refusal::Refusal;
use crate::id::{AccountId, SessionId};
use crate::metrics::Metrics;
use crate::quota::Quotas;
use crate::rate::{Buckets, TooOften};
use crate::sessions::SessionCache;
use crate::store::{Secrets, Store, StoreError};
use crate::ticket::MacKey;

/// The limits, with who has used how much of them.
#[derive(Debug)]
pub(crate) struct Rates {
    pub(crate) sign_in_address: Buckets<IpAddr>,
    pub(crate) sign_in_handle: Buckets<(IpAddr, String)>,
    pub(crate) register_address: Buckets<IpAddr>,
    pub(crate) anonymous_address: Buckets<IpAddr>,
    pub(crate) account_requests: Buckets<AccountId>,
    pub(crate) account_bytes: Buckets<AccountId>,
    pub(crate) account_new: Buckets<AccountId>,
}

impl Rates {
    fn new(limits: &Limits) -> Self {
        Self {
            sign_in_address: Buckets::new(limits.sign_in_address),
            sign_in_handle: Buckets::new(limits.sign_in_handle),
            register_address: Buckets::new(limits.register_address),
            anonymous_address: Buckets::new(limits.anonymous_address),
            account_requests: Buckets::new(limits.account_requests),
            account_bytes: Buckets::new(limits.account_bytes),
            account_new: Buckets::new(limits.account_new),
        }
    }
}

/// See the module.
pub(crate) struct App<S> {
    pub(crate) store: S,
    pub(crate) opaque: ServerSetup<Suite>,
    pub(crate) mac: MacKey,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) open: bool,
    pub(crate) public_url: Option<String>,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) metrics_token: Option<String>,
    pub(crate) bus: Bus,
    pub(crate) sessions: SessionCache,
    pub(crate) rates: Rates,
    pub(crate) quotas: Quotas,
    pub(crate) metrics: Metrics,
    pub(crate) web: crate::http::web::Web,
    /// Turns true when the relay ends.
    pub(crate) closing: watch::Receiver<bool>,
    /// A permit for each stream, so that its end can be waited for.
    pub(crate) streams: Arc<Semaphore>,
    streams_of: Mutex<HashMap<AccountId, u32>>,
}

pub(crate) type Shared<S> = Arc<App<S>>;

/// A relay's secrets that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They are no OPAQUE set-up of this version.
    #[error("the secrets in the store cannot be read")]
    Unreadable,
}

impl<S: Store> App<S> {
    pub(crate) async fn new(
        store: S,
        config: Config,
        metrics: Metrics,
        closing: watch::Receiver<bool>,
    ) -> Result<Self, SecretsError> {
        let fresh = Secrets {
            opaque: ServerSetup::<Suite>::new(&mut OsRng).serialize().to_vec(),
            mac: random(),
        };
        let kept = store.secrets(fresh).await?;
        let streams = usize::try_from(config.limits.connections).unwrap_or(Semaphore::MAX_PERMITS);
        let opaque = ServerSetup::deserialize(&kept.opaque).map_err(|_| SecretsError::Unreadable)?;
        Ok(Self {
            store,
            opaque,
            mac: MacKey::new(kept.mac),
            clock: config.clock,
            rates: Rates::new(&config.limits),
            quotas: Quotas::new(config.limits.quota_bytes),
            limits: config.limits,
            open: config.open,
            public_url: config.public_url,
            trusted_proxies: config.trusted_proxies,
            metrics_token: config.metrics_token,
            bus: Bus::default(),
            sessions: SessionCache::default(),
            metrics,
            web: config.web,
            closing,
            streams: Arc::new(Semaphore::new(streams)),
            streams_of: Mutex::new(HashMap::new()),
        })
    }

    /// Whose session this is.
    pub(crate) async fn account_of(&self, session: SessionId) -> Result<AccountId, Refusal> {
        let look_up = match self.sessions.get(session) {
            Ok(account) => return Ok(account),
            Err(look_up) => look_up,
        };
        let row = self.store.session(session).await?.ok_or(Code::SessionEnded)?;
        let today = day_of(self.clock.now_ms());
        if row.used_day < today {
            self.store.touch_session(session, today).await?;
        }
        self.sessions.remember(look_up, session, row.account);
        Ok(row.account)
    }

    /// A session of this account has ended: here it ends at once.
    pub(crate) fn sessions_changed(&self, account: AccountId) {
        self.sessions.forget(account);
        self.bus.publish(crate::bus::Topic::Account(account));
    }

    /// A refusal when this came too often.
    pub(crate) fn paced(&self, taken: Result<(), TooOften>) -> Result<(), Refusal> {
        taken.map_err(|TooOften { retry_after_s }| {
            self.metrics
                .slowed
                .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Refusal(Problem {
                code: Code::SlowDown,
                retry_after_s: Some(retry_after_s),
            })
        })
    }

    /// A request of this account, with so many bytes in it.
    pub(crate) fn pace_account(&self, account: AccountId, bytes: usize) -> Result<(), Refusal> {
        self.paced(self.rates.account_requests.take(account, 1.0))?;
        if bytes > 0 {
            // Bodies have at most a few MiB: their sizes are exact in a double.
            #[expect(clippy::cast_precision_loss, reason = "sizes of bodies are far below 2^52")]
            self.paced(self.rates.account_bytes.take(account, bytes as f64))?;
        }
        Ok(())
    }

    /// Takes one of the streams that an account may have.
    pub(crate) fn take_stream(self: &Arc<Self>, account: AccountId) -> Option<StreamSeat<S>> {
        let mut streams = self.streams_of.lock().unwrap_or_else(PoisonError::into_inner);
        let count = streams.entry(account).or_default();
        if *count >= self.limits.streams_per_account {
            return None;
        }
        *count += 1;
        Some(StreamSeat {
            app: self.clone(),
            account,
        })
    }
}

/// One of the streams that an account may have, as long as this lives.
pub(crate) struct StreamSeat<S> {
    app: Shared<S>,
    account: AccountId,
}

impl<S> Drop for StreamSeat<S> {
    fn drop(&mut self) {
        let mut streams = self.app.streams_of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = streams.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                streams.remove(&self.account);
            }
        }
    }
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.fill_bytes(&mut bytes);
    bytes
}
