//! A server that does nothing: what one of this make costs at least.

use anyhow::Result;
use axum::Router;
use axum::extract::WebSocketUpgrade;
use axum::extract::ws::WebSocket;
use axum::response::Response;
use axum::routing::get;
use tokio::net::TcpListener;

/// Answers `/` with nothing, and at `/ws` holds WebSockets open without a word.
#[expect(clippy::print_stdout, reason = "how it says where it serves")]
pub(crate) async fn serve() -> Result<()> {
    let app = Router::new()
        .route("/", get(|| async {}))
        .route("/ws", get(upgrade));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("bare is at http://{}/", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

async fn upgrade(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(hold)
}

async fn hold(mut socket: WebSocket) {
    while let Some(Ok(_)) = socket.recv().await {}
}
