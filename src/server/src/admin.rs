//! Health and metrics for operators, on a listener of their own.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::metrics::gauge;
use crate::server::Shared;

const CONNECTIONS: usize = 64;
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves until it is dropped; it outlives a drain, so that the drain can be watched.
pub(crate) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    let routes = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(get(further))
        .with_state(shared);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept(), if connections.len() < CONNECTIONS => accepted,
        };
        let Ok((socket, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let service = TowerToHyperService::new(routes.clone());
        connections.spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .max_header_size(8 * 1024)
                .serve_connection(TokioIo::new(socket), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "admin connection ended");
            }
        });
    }
}

async fn ready(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    match shared.ready() {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")),
    }
}

async fn further(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    match shared.exchange.admin(uri.path(), uri.query()).await {
        Some(page) => ([(header::CONTENT_TYPE, page.content_type)], page.body).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn metrics(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    let mut page = String::with_capacity(8 * 1024);
    shared.metrics.write(&mut page);
    let tls = shared.tls.load();
    let moment = |time: OffsetDateTime| time.unix_timestamp();
    gauge(
        &mut page,
        "kapia_tls_certificate_not_after_seconds",
        "When the server certificate ends, in Unix time.",
        moment(tls.identity.leaf().not_after),
    );
    if let Some(stale_after) = tls.trust.stale_after() {
        gauge(
            &mut page,
            "kapia_tls_revocation_list_next_update_seconds",
            "When the first revocation list should be replaced, in Unix time.",
            moment(stale_after),
        );
    }
    gauge(&mut page, "kapia_ready", "Whether requests can be answered.", shared.ready().is_ok().into());
    gauge(&mut page, "kapia_draining", "Whether the server is stopping.", shared.draining().into());
    shared.exchange.metrics(&mut page);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page)
}
