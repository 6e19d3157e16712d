//! How a connection to a relay is opened: TCP, and TLS with the roots that the system trusts.

use std::sync::Arc;
use std::time::Duration;

use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::relay::Relay;

/// How long until a server is there.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

pub(super) type Connector = HttpsConnector<HttpConnector>;

/// What opens connections to this relay.
pub(super) fn connector(relay: &Relay) -> std::io::Result<Connector> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)?;
    let config = if relay.is_secure() {
        builder.with_native_roots()?.with_no_client_auth()
    } else {
        // Reading the system's roots takes longer than all else that a command does on this machine.
        builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth()
    };
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT_PATIENCE));
    Ok(HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp))
}
