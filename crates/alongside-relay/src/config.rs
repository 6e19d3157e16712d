//! What a relay is told: by flags, by `ALONGSIDE_…` in the environment, and by a TOML file with the flags' names, in this order of weight.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::clock::Clock;
use crate::http::web::Web;
use crate::rate::Rate;

/// Where things are kept.
#[derive(Clone, Debug)]
pub enum Keep {
    /// In memory: gone when the relay ends.
    Memory,
    /// In SQLite, in this folder, which is made if need be.
    Folder(PathBuf),
}

/// How often, how much.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Signing in, registering and recovering, per address.
    pub sign_in_address: Rate,
    /// The same per address and handle.
    pub sign_in_handle: Rate,
    /// New accounts per address.
    pub register_address: Rate,
    /// Everything else that needs no session, per address.
    pub anonymous_address: Rate,
    /// Requests per account.
    pub account_requests: Rate,
    /// Bytes sent in, per account.
    pub account_bytes: Rate,
    /// New spaces and invitations, per account.
    pub account_new: Rate,
    /// Frames per stream.
    pub stream_frames: Rate,
    /// Streams per account at one time.
    pub streams_per_account: u32,
    /// Bytes that an account may keep here, vault aside.
    pub quota_bytes: u64,
    /// Connections at one time.
    pub connections: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_in_address: Rate::new(60.0, 0.5),
            sign_in_handle: Rate::new(10.0, 1.0 / 15.0),
            register_address: Rate::new(30.0, 1.0 / 30.0),
            anonymous_address: Rate::new(240.0, 20.0),
            account_requests: Rate::new(1200.0, 60.0),
            account_bytes: Rate::new(256.0 * 1024.0 * 1024.0, 4.0 * 1024.0 * 1024.0),
            account_new: Rate::new(40.0, 1.0 / 30.0),
            stream_frames: Rate::new(400.0, 20.0),
            streams_per_account: 32,
            quota_bytes: 1024 * 1024 * 1024,
            connections: 20_000,
        }
    }
}

impl Limits {
    /// With every rate so many times as high; 0 takes the rates away.
    #[must_use]
    pub fn at_pace(self, factor: f64) -> Self {
        let pace = |rate: Rate| {
            if factor <= 0.0 {
                Rate::UNLIMITED
            } else {
                rate.times(factor)
            }
        };
        Self {
            sign_in_address: pace(self.sign_in_address),
            sign_in_handle: pace(self.sign_in_handle),
            register_address: pace(self.register_address),
            anonymous_address: pace(self.anonymous_address),
            account_requests: pace(self.account_requests),
            account_bytes: pace(self.account_bytes),
            account_new: pace(self.account_new),
            stream_frames: pace(self.stream_frames),
            ..self
        }
    }
}

/// Everything that a relay is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where to keep things.
    pub keep: Keep,
    /// The largest that the database may become.
    pub max_store_bytes: Option<u64>,
    /// The web client to serve.
    pub web: Web,
    /// Where people find this relay. With `https`, browsers are told to come by TLS only.
    pub public_url: Option<String>,
    /// Proxies whose `x-forwarded-for` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether new accounts can be made.
    pub open: bool,
    /// Who shows this may read the metrics; nobody may without it.
    pub metrics_token: Option<String>,
    /// How often, how much.
    pub limits: Limits,
    /// How long to wait for requests to end when the relay ends.
    pub grace: Duration,
    /// The time of day.
    pub clock: Clock,
}

impl Default for Config {
    /// On a free port of this machine, in memory.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            keep: Keep::Memory,
            max_store_bytes: None,
            web: Web::None,
            public_url: None,
            trusted_proxies: Vec::new(),
            open: true,
            metrics_token: None,
            limits: Limits::default(),
            grace: Duration::from_secs(10),
            clock: Clock::default(),
        }
    }
}

/// How much is said in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What went wrong.
    Error,
    /// And what may.
    Warn,
    /// And beginnings and ends.
    Info,
    /// And every request: its kind, outcome and duration.
    Debug,
    /// And more.
    Trace,
}

/// How the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// The flags of `alongside serve`, and what its file can say.
#[derive(Clone, Debug, Default, Deserialize, clap::Args)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// A TOML file with these settings, named as the flags are (`listen = "0.0.0.0:8787"`). Flags and environment outweigh it.
    #[arg(long, env = "ALONGSIDE_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8787]
    #[arg(long, env = "ALONGSIDE_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Folder for the database; made if it is not there [default: alongside-data]
    #[arg(long, env = "ALONGSIDE_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Folder with the web client to serve, in place of the one built in
    #[arg(long, env = "ALONGSIDE_WEB", value_name = "DIR")]
    pub web: Option<PathBuf>,
    /// Where people find this relay, such as https://alongside.example. With https, browsers are told to come by TLS only
    #[arg(long, env = "ALONGSIDE_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Address of a reverse proxy whose x-forwarded-for is believed; can be given several times. Without it all who come through a proxy
    /// share one address's limits
    #[arg(
        long = "trusted-proxy",
        env = "ALONGSIDE_TRUSTED_PROXY",
        value_name = "IP",
        value_delimiter = ','
    )]
    #[serde(rename = "trusted-proxy")]
    pub trusted_proxies: Option<Vec<IpAddr>>,
    /// Whether new accounts can be made here [default: true]
    #[arg(long, env = "ALONGSIDE_OPEN", value_name = "BOOL")]
    pub open: Option<bool>,
    /// Bytes that an account may keep here [default: 1073741824]
    #[arg(long, env = "ALONGSIDE_QUOTA_BYTES", value_name = "BYTES")]
    pub quota_bytes: Option<u64>,
    /// The largest that the database may become [default: as the disk allows]
    #[arg(long, env = "ALONGSIDE_MAX_STORE_BYTES", value_name = "BYTES")]
    pub max_store_bytes: Option<u64>,
    /// The most connections at one time [default: 20000]
    #[arg(long, env = "ALONGSIDE_MAX_CONNECTIONS", value_name = "N")]
    pub max_connections: Option<u32>,
    /// The most streams of one account at one time [default: 32]
    #[arg(long, env = "ALONGSIDE_STREAMS_PER_ACCOUNT", value_name = "N")]
    pub streams_per_account: Option<u32>,
    /// Multiplies every rate limit; 0 takes them away, for tests and measurements [default: 1]
    #[arg(long, env = "ALONGSIDE_RATE_FACTOR", value_name = "FACTOR")]
    pub rate_factor: Option<f64>,
    /// Serves /metrics to those who show this as a bearer token; without it to nobody
    #[arg(
        long,
        env = "ALONGSIDE_METRICS_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub metrics_token: Option<String>,
    /// How many seconds requests may take to end when the relay is stopped [default: 10]
    #[arg(long, env = "ALONGSIDE_GRACE_S", value_name = "SECONDS")]
    pub grace_s: Option<u64>,
    /// How much is said on standard error [default: info]
    #[arg(long, env = "ALONGSIDE_LOG", value_name = "LEVEL")]
    pub log: Option<LogLevel>,
    /// How it is said [default: text]
    #[arg(long, env = "ALONGSIDE_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
}

/// Settings that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file does not say what it should.
    #[error("{} is not as expected", path.display())]
    NotToml {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: toml::de::Error,
    },
    /// The public URL is none.
    #[error("{0:?} is no http or https URL of an origin alone")]
    BadPublicUrl(String),
}

impl Settings {
    /// These, with what the file says where they say nothing.
    ///
    /// # Errors
    /// When the file cannot be read or understood.
    pub fn with_file(self) -> Result<Self, ConfigError> {
        let Some(path) = self.config.clone() else {
            return Ok(self);
        };
        let file = read(&path)?;
        Ok(Self {
            config: self.config,
            listen: self.listen.or(file.listen),
            data: self.data.or(file.data),
            web: self.web.or(file.web),
            public_url: self.public_url.or(file.public_url),
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies),
            open: self.open.or(file.open),
            quota_bytes: self.quota_bytes.or(file.quota_bytes),
            max_store_bytes: self.max_store_bytes.or(file.max_store_bytes),
            max_connections: self.max_connections.or(file.max_connections),
            streams_per_account: self.streams_per_account.or(file.streams_per_account),
            rate_factor: self.rate_factor.or(file.rate_factor),
            metrics_token: self.metrics_token.or(file.metrics_token),
            grace_s: self.grace_s.or(file.grace_s),
            log: self.log.or(file.log),
            log_format: self.log_format.or(file.log_format),
        })
    }

    /// What a relay is told by these; `built_in` is the web client that it serves when they name no folder.
    ///
    /// # Errors
    /// When they contradict what is possible.
    pub fn into_config(self, built_in: Web) -> Result<Config, ConfigError> {
        let defaults = Config::default();
        let limits = Limits {
            quota_bytes: self.quota_bytes.unwrap_or(defaults.limits.quota_bytes),
            connections: self.max_connections.unwrap_or(defaults.limits.connections),
            streams_per_account: self
                .streams_per_account
                .unwrap_or(defaults.limits.streams_per_account),
            ..defaults.limits.at_pace(self.rate_factor.unwrap_or(1.0))
        };
        Ok(Config {
            listen: self.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8787))),
            keep: Keep::Folder(self.data.unwrap_or_else(|| PathBuf::from("alongside-data"))),
            max_store_bytes: self.max_store_bytes,
            web: self.web.map_or(built_in, Web::Folder),
            public_url: self.public_url.map(origin).transpose()?,
            trusted_proxies: self.trusted_proxies.unwrap_or_default(),
            open: self.open.unwrap_or(true),
            metrics_token: self.metrics_token,
            limits,
            grace: self.grace_s.map_or(defaults.grace, Duration::from_secs),
            clock: defaults.clock,
        })
    }
}

fn read(path: &Path) -> Result<Settings, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    toml::from_str(&text).map_err(|source| ConfigError::NotToml {
        path: path.to_owned(),
        source,
    })
}

/// Scheme and host alone, as an `Origin` header has it.
fn origin(url: String) -> Result<String, ConfigError> {
    let trimmed = url.trim_end_matches('/').to_ascii_lowercase();
    let host = trimmed
        .strip_prefix("https://")
        .or_else(|| trimmed.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(trimmed),
        Some(_) | None => Err(ConfigError::BadPublicUrl(url)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_outweigh_the_file_and_the_file_outweighs_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.toml");
        std::fs::write(&path, "listen = \"127.0.0.1:1\"\nquota-bytes = 5\nopen = false\n").unwrap();
        let flags = Settings {
            config: Some(path),
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 2))),
            ..Settings::default()
        };
        let config = flags.with_file().unwrap().into_config(Web::None).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.limits.quota_bytes, 5);
        assert!(!config.open);
        assert_eq!(config.limits.connections, 20_000);
    }

    #[test]
    fn a_file_with_a_setting_that_there_is_none_of_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.toml");
        std::fs::write(&path, "listn = \"127.0.0.1:1\"\n").unwrap();
        let refused = Settings {
            config: Some(path),
            ..Settings::default()
        }
        .with_file();
        assert!(matches!(refused, Err(ConfigError::NotToml { .. })));
    }

    #[test]
    fn a_public_url_is_an_origin() {
        assert_eq!(
            origin("https://Alongside.example/".to_owned()).unwrap(),
            "https://alongside.example"
        );
        for bad in ["alongside.example", "https://", "https://a/b", "ftp://a"] {
            assert!(origin(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
