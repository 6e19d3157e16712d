//! `alongside serve`: from settings to the end.

use std::io::Write as _;

use tracing_subscriber::filter::LevelFilter;

use crate::config::{ConfigError, LogFormat, LogLevel, Settings};
use crate::http::web::Web;
use crate::serve::{Relay, StartError};

/// A relay that could not be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It cannot do what it is told.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The system refused something.
    #[error("the system refused")]
    System(#[from] std::io::Error),
}

/// Runs a relay until it is told to end, by SIGTERM or ctrl-c. Says on standard output where it serves, once it does.
///
/// # Errors
/// When it cannot start.
pub fn run(settings: Settings, built_in: Web) -> Result<(), RunError> {
    let settings = settings.with_file()?;
    log_to_stderr(
        settings.log.unwrap_or(LogLevel::Info),
        settings.log_format.unwrap_or(LogFormat::Text),
    );
    let config = settings.into_config(built_in)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let relay = Relay::start(config).await?;
        {
            let mut out = std::io::stdout().lock();
            // Whoever started this may have closed its standard output: it serves all the same.
            let _closed = writeln!(out, "Alongside is at {}", relay.url()).and_then(|()| out.flush());
        }
        told_to_end().await?;
        relay.stop().await;
        Ok(())
    })
}

#[cfg(unix)]
async fn told_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn told_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

fn log_to_stderr(level: LogLevel, format: LogFormat) {
    let level = match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(false);
    // Another log may be set up already when this runs inside something else.
    let _set = match format {
        LogFormat::Text => log.with_target(false).try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
