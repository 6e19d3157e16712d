//! Counters for whoever runs the relay. They name no account, space or address, and lump what is done within spaces together: a count of
//! deposits alone would tell that somebody has answered.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::store::sqlite::Commits;

macro_rules! areas {
    ($($(#[$doc:meta])* $name:ident = $label:literal;)*) => {
        /// What a request is about, coarsely.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Area { $($(#[$doc])* $name,)* }

        impl Area {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            /// How it is called.
            #[must_use]
            pub(crate) const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)* }
            }
        }
    };
}

areas! {
    /// Accounts, sessions and vaults.
    Accounts = "accounts";
    /// Everything within spaces.
    Spaces = "spaces";
    /// Invitations.
    Invitations = "invitations";
    /// Opening a stream.
    Stream = "stream";
    /// Health, metrics, OpenAPI.
    Operation = "operation";
    /// The web client.
    Web = "web";
}

impl Area {
    /// What a path is about.
    #[must_use]
    pub(crate) fn of(path: &str) -> Self {
        match path
            .strip_prefix("/v1/")
            .map(|rest| rest.split('/').next().unwrap_or_default())
        {
            Some("spaces") => Self::Spaces,
            Some("accounts" | "sessions" | "vault") => Self::Accounts,
            Some("invitations") => Self::Invitations,
            Some("stream") => Self::Stream,
            Some(_) => Self::Operation,
            None if matches!(path, "/healthz" | "/readyz" | "/metrics" | "/openapi.json") => Self::Operation,
            None => Self::Web,
        }
    }
}

const CLASSES: usize = 5;
const BOUNDS_MS: [u64; 8] = [1, 5, 10, 25, 50, 100, 500, 2500];

#[derive(Debug, Default)]
struct OfArea {
    by_class: [AtomicU64; CLASSES],
    within: [AtomicU64; BOUNDS_MS.len()],
    sum_us: AtomicU64,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    areas: [OfArea; Area::ALL.len()],
    /// Streams that are open now.
    pub(crate) streams: AtomicU64,
    /// Connections that are open now.
    pub(crate) connections: AtomicU64,
    /// Requests and frames that came too often.
    pub(crate) slowed: AtomicU64,
    /// Set when the store is SQLite.
    commits: Option<Arc<Commits>>,
}

/// Counts something as long as this lives.
#[derive(Debug)]
pub(crate) struct Gauge<'a>(&'a AtomicU64);

impl<'a> Gauge<'a> {
    /// One more.
    #[must_use]
    pub(crate) fn up(count: &'a AtomicU64) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Gauge<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counters of a relay on such a store.
    pub(crate) fn of_store(commits: Arc<Commits>) -> Self {
        Self {
            commits: Some(commits),
            ..Self::default()
        }
    }

    /// A request was answered.
    pub(crate) fn answered(&self, area: Area, status: u16, took: Duration) {
        let Some(of) = self.areas.get(area as usize) else {
            return;
        };
        if let Some(count) = of.by_class.get(usize::from(status / 100).saturating_sub(1)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        for (bound, count) in BOUNDS_MS.iter().zip(&of.within) {
            if took_us <= bound * 1000 {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
        of.sum_us.fetch_add(took_us, Ordering::Relaxed);
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub(crate) fn text(&self) -> String {
        let mut out = String::with_capacity(8192);
        // Writing into a String cannot fail.
        let _infallible = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        writeln!(
            out,
            "# HELP alongside_requests_total Requests answered.\n# TYPE alongside_requests_total counter"
        )?;
        for (area, of) in Area::ALL.iter().zip(&self.areas) {
            for (class, count) in of.by_class.iter().enumerate() {
                let (area, class) = (area.label(), class + 1);
                writeln!(
                    out,
                    "alongside_requests_total{{area=\"{area}\",status=\"{class}xx\"}} {}",
                    get(count)
                )?;
            }
        }
        let name = "alongside_request_seconds";
        writeln!(
            out,
            "# HELP {name} How long requests took.\n# TYPE {name} histogram"
        )?;
        for (area, of) in Area::ALL.iter().zip(&self.areas) {
            let area = area.label();
            for (bound_ms, count) in BOUNDS_MS.iter().zip(&of.within) {
                let (s, ms) = (bound_ms / 1000, bound_ms % 1000);
                writeln!(
                    out,
                    "{name}_bucket{{area=\"{area}\",le=\"{s}.{ms:03}\"}} {}",
                    get(count)
                )?;
            }
            let all: u64 = of.by_class.iter().map(get).sum();
            writeln!(out, "{name}_bucket{{area=\"{area}\",le=\"+Inf\"}} {all}")?;
            let (s, us) = (get(&of.sum_us) / 1_000_000, get(&of.sum_us) % 1_000_000);
            writeln!(
                out,
                "{name}_sum{{area=\"{area}\"}} {s}.{us:06}\n{name}_count{{area=\"{area}\"}} {all}"
            )?;
        }
        let mut one = |name: &str, kind: &str, help: &str, value: u64| {
            writeln!(
                out,
                "# HELP alongside_{name} {help}\n# TYPE alongside_{name} {kind}\nalongside_{name} {value}"
            )
        };
        one("streams", "gauge", "Streams that are open.", get(&self.streams))?;
        one(
            "connections",
            "gauge",
            "Connections that are open.",
            get(&self.connections),
        )?;
        one(
            "slowed_total",
            "counter",
            "Requests and frames that came too often.",
            get(&self.slowed),
        )?;
        if let Some(commits) = &self.commits {
            let (transactions, pieces) = (get(&commits.transactions), get(&commits.pieces));
            one(
                "store_transactions_total",
                "counter",
                "Transactions flushed to disk.",
                transactions,
            )?;
            one(
                "store_writes_total",
                "counter",
                "Pieces of work in these transactions.",
                pieces,
            )?;
        }
        Ok(())
    }
}
