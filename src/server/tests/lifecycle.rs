//! Start, readiness, drain, and what operators see.
#![allow(clippy::unwrap_used)]

mod harness;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use harness::{BOTH, PATIENCE, Stage, client, connect, start, until};
use kapia_server::{Server, ServerConfig, ServerError};
use tokio::time::timeout;

const GET: &str = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

#[tokio::test]
async fn a_drain_finishes_what_is_in_flight_and_takes_nothing_new() {
    let server = start(|_| {}).await;
    let stage = server.stage.clone();
    let (address, handle) = (server.address, server.handle.clone());
    let mut idle = server.connect(None).await;
    assert_eq!(idle.ask(GET).await.status, 200);
    let mut fresh = server.connect(None).await;
    let mut busy = server.connect(None).await;
    busy.send("POST /hold HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab").await;
    until("the call begins", || stage.begun.load(SeqCst) == 2).await;

    assert_eq!(handle.ready(), Ok(()));
    let served = server.drain();
    idle.assert_closed().await;
    fresh.assert_closed().await;
    assert!(handle.ready().unwrap_err().contains("stopping"));
    let refused = timeout(PATIENCE, connect(address, &client(None, BOTH))).await.unwrap();
    assert!(refused.is_err());
    assert!(!served.is_finished());

    stage.release.notify_one();
    let reply = busy.reply().await.unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (200, "none POST /hold - 2"));
    assert!(reply.headers.contains("connection: close"), "{}", reply.headers);
    busy.assert_closed().await;
    let served = timeout(PATIENCE, served).await.unwrap().unwrap();
    assert_eq!((served.requests, served.cut_connections, served.unfinished), (2, 0, 0));
}

#[tokio::test]
async fn a_drain_waits_for_a_request_whose_body_is_still_arriving() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(None).await;
    conn.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab").await;
    for _ in 0..200 {
        if server.metric("kapia_http_requests_in_flight").await == 1 {
            break;
        }
    }
    let served = server.drain();
    conn.assert_silent(200).await;
    let reply = conn.ask("cd").await;
    assert_eq!(reply.body, "none POST /x - 4");
    assert_eq!(timeout(PATIENCE, served).await.unwrap().unwrap().cut_connections, 0);
}

#[tokio::test]
async fn a_drain_has_an_end() {
    let server = start(|config| config.limits.drain_seconds = 1).await;
    let stage = server.stage.clone();
    let mut busy = server.connect(None).await;
    busy.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n").await;
    until("the call begins", || stage.begun.load(SeqCst) == 1).await;
    let served = server.stop().await;
    assert_eq!((served.cut_connections, served.unfinished), (1, 1));
    assert!((1..5).contains(&served.drain.as_secs()));
    assert!(busy.reply().await.is_err());
}

#[tokio::test]
async fn a_drain_waits_for_a_call_whose_client_has_gone() {
    let server = start(|_| {}).await;
    let stage = server.stage.clone();
    let mut conn = server.connect(None).await;
    conn.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n").await;
    until("the call begins", || stage.begun.load(SeqCst) == 1).await;
    drop(conn);
    let served = server.drain();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!served.is_finished());
    stage.release.notify_one();
    let served = timeout(PATIENCE, served).await.unwrap().unwrap();
    assert_eq!(served.unfinished, 0);
    assert_eq!(stage.ended.load(SeqCst), 1);
}

#[tokio::test]
async fn operators_see_health_readiness_and_metrics_and_nothing_else() {
    let server = start(|_| {}).await;
    assert_eq!(server.connect(None).await.ask(GET).await.status, 200);
    let healthy = server.admin("/healthz").await;
    assert_eq!((healthy.status, healthy.body.as_str()), (200, "ok\n"));
    assert_eq!(server.admin("/readyz").await.status, 200);
    *server.stage.unready.lock().unwrap() = Some("no adapters".to_owned());
    let unready = server.admin("/readyz").await;
    assert_eq!((unready.status, unready.body.as_str()), (503, "not ready: no adapters\n"));
    assert_eq!(server.admin("/healthz").await.status, 200);
    for path in ["/", "/x", "/metrics/", "/healthz/.."] {
        assert_eq!(server.admin(path).await.status, 404, "{path}");
    }
    // The public listener has none of it.
    let reply = server.connect(None).await.ask("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!(reply.body, "none GET /metrics - 0");
}

#[tokio::test]
async fn the_metrics_page_is_prometheus_text() {
    let server = start(|_| {}).await;
    assert_eq!(server.connect(None).await.ask(GET).await.status, 200);
    let page = server.admin("/metrics").await;
    assert!(page.headers.contains("content-type: text/plain; version=0.0.4; charset=utf-8"));
    assert!(page.body.ends_with("test_exchange 1\n"));
    let mut typed = std::collections::HashSet::new();
    for line in page.body.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            assert!(typed.insert(rest.split(' ').next().unwrap().to_owned()), "{line}");
        } else if !line.starts_with('#') {
            let (series, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
            let name = series.split('{').next().unwrap();
            let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            assert!(
                typed.contains(name) || base.is_some_and(|base| typed.contains(base)) || name == "test_exchange",
                "{line}"
            );
        }
    }
    assert_eq!(server.metric("kapia_http_requests_total{status=\"2xx\"}").await, 1);
    assert_eq!(server.metric("kapia_http_request_duration_seconds_count").await, 1);
    assert!(server.metric("kapia_http_received_bytes_total").await >= GET.len() as u64);
    assert!(server.metric("kapia_http_sent_bytes_total").await > 50);
    assert_eq!(server.metric("kapia_ready").await, 1);
}

#[tokio::test]
async fn a_server_that_cannot_be_right_does_not_start() {
    let bind = async |change: fn(&mut ServerConfig)| {
        let mut config = harness::config();
        change(&mut config);
        Server::bind(config, Arc::new(Stage::default())).await.err().unwrap()
    };
    let error = bind(|config| config.admin_listen = Some((Ipv4Addr::UNSPECIFIED, 0).into())).await;
    assert!(matches!(error, ServerError::AdminBeyondLoopback(_)), "{error}");
    let error = bind(|config| config.listen.clear()).await;
    assert!(matches!(error, ServerError::NoListener), "{error}");
    let error = bind(|config| config.limits.body_bytes = 0).await;
    assert!(error.to_string().contains("body_bytes"), "{error}");
    let error = bind(|config| config.tls.key = "none.pem".into()).await;
    assert!(error.to_string().contains("none.pem"), "{error}");

    let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut config = harness::config();
    config.listen = vec![taken.local_addr().unwrap()];
    let error = Server::bind(config, Arc::new(Stage::default())).await.err().unwrap();
    assert!(error.to_string().contains(&taken.local_addr().unwrap().to_string()), "{error}");
}

#[tokio::test]
async fn the_admin_listener_may_be_opened_to_others_on_purpose_only() {
    let server = start(|config| {
        config.admin_listen = Some((Ipv4Addr::UNSPECIFIED, 0).into());
        config.admin_beyond_loopback = true;
    })
    .await;
    assert!(server.admin.ip().is_unspecified());
}

#[test]
fn the_configuration_is_plain_toml_with_defaults_and_no_unknown_words() {
    let config: ServerConfig = toml::from_str("").unwrap();
    assert_eq!(config, ServerConfig::default());
    assert_eq!(config.limits.body_bytes, 27_262_976);
    let text = toml::to_string(&config).unwrap();
    assert_eq!(toml::from_str::<ServerConfig>(&text).unwrap(), config);

    let config: ServerConfig = toml::from_str(
        "listen = [\"127.0.0.1:8443\", \"[::1]:8443\"]\n[tls]\nstrict_handshake = true\n[limits]\nbody_bytes = 1000\n",
    )
    .unwrap();
    assert_eq!(config.listen.len(), 2);
    assert!(config.tls.strict_handshake);
    assert_eq!(config.limits.body_bytes, 1000);
    assert_eq!(config.limits.headers, 100);
    assert!(toml::from_str::<ServerConfig>("[limits]\nbody_byte = 1\n").is_err());
}
