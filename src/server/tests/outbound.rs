//! Posting to addresses that consumers named, over real sockets: what arrives, and everything that must not happen.
#![allow(clippy::unwrap_used)]

mod harness;
mod receiver;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use harness::WORLD;
use kapia_server::{
    AllowedHosts, Delivered, HeaderMap, OutboundClient, OutboundConfig, OutboundError, Resolve, ServerError, Step,
    Target,
};
use receiver::{Conduct, Receiver};

const HOST: &str = "ours.example";
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Stands for what a consumer may write into a path.
const PERSONAL: &str = "8001010008";

/// A name server whose answers follow a script; the last one is given again and again.
struct Script {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Resolve for Script {
    async fn resolve(&self, _: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let turn = self.asked.fetch_add(1, SeqCst).min(self.answers.len() - 1);
        Ok(self.answers[turn].iter().map(|address| SocketAddr::new(*address, port)).collect())
    }
}

fn script(answers: &[&[IpAddr]]) -> Arc<Script> {
    Arc::new(Script { answers: answers.iter().map(|answer| answer.to_vec()).collect(), asked: AtomicUsize::new(0) })
}

fn config() -> OutboundConfig {
    OutboundConfig {
        certificate: Some(WORLD.ours.consumer.certificate.clone()),
        key: Some(WORLD.ours.consumer.key.clone()),
        authorities: vec![WORLD.ours.ca.certificate.clone()],
        private_addresses_allowed: true,
        ..OutboundConfig::default()
    }
}

fn client(change: impl FnOnce(&mut OutboundConfig)) -> OutboundClient {
    client_with(script(&[&[LOOPBACK]]), change)
}

fn client_with(resolver: Arc<dyn Resolve>, change: impl FnOnce(&mut OutboundConfig)) -> OutboundClient {
    let mut config = config();
    change(&mut config);
    OutboundClient::with_resolver(config, resolver).unwrap()
}

fn target_at(client: &OutboundClient, scheme: &str, host: &str, port: u16) -> Target {
    let allowed = AllowedHosts::parse([format!("{host}:{port}")]).unwrap();
    client.target(&format!("{scheme}://{host}:{port}/callback/{PERSONAL}?x=%D0%B0"), &allowed).unwrap()
}

async fn post(client: &OutboundClient, receiver: &Receiver) -> Result<Delivered, OutboundError> {
    let target = target_at(client, "https", HOST, receiver.port());
    client.post(&target, Bytes::from_static(b"<Envelope/>"), HeaderMap::new()).await
}

async fn refusal(client: &OutboundClient, receiver: &Receiver) -> OutboundError {
    let error = post(client, receiver).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(PERSONAL));
    error
}

#[tokio::test]
async fn a_post_arrives_whole_and_its_answer_comes_back() {
    let receiver = Receiver::start(Conduct::reply("200 OK", "X: y\r\nContent-Length: 4", b"done")).await;
    let client = client(|_| {});
    let body = Bytes::from(vec![b'x'; 3_000_000]);
    let mut headers = HeaderMap::new();
    headers.insert("SOAPAction", "\"http://egov.bg/RegiX/IRegiXEntryPointV2/ExecuteCallback\"".parse().unwrap());
    headers.insert("Content-Type", "text/xml; charset=utf-8".parse().unwrap());
    let target = target_at(&client, "https", HOST, receiver.port());
    let delivered = client.post(&target, body.clone(), headers).await.unwrap();
    assert_eq!(delivered, Delivered { status: 200, body: Bytes::from_static(b"done"), retry_after: None });
    let seen = receiver.only();
    assert!(seen.head.starts_with(&format!("POST /callback/{PERSONAL}?x=%D0%B0 HTTP/1.1\r\n")), "{}", seen.head);
    for line in [
        format!("host: {HOST}:{}", receiver.port()),
        "content-length: 3000000".to_owned(),
        "connection: close".to_owned(),
        "soapaction: \"http://egov.bg/RegiX/IRegiXEntryPointV2/ExecuteCallback\"".to_owned(),
        "content-type: text/xml; charset=utf-8".to_owned(),
    ] {
        assert!(seen.head.contains(&format!("\r\n{line}\r\n")), "{line} in {}", seen.head);
    }
    assert_eq!(seen.body, body);
}

#[tokio::test]
async fn what_belongs_to_the_connection_cannot_be_set_by_the_caller() {
    let receiver = Receiver::start(Conduct::done()).await;
    let client = client(|_| {});
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "evil.example"),
        ("transfer-encoding", "chunked"),
        ("content-length", "1"),
        ("connection", "upgrade"),
        ("upgrade", "h2c"),
        ("expect", "100-continue"),
        ("te", "trailers"),
    ] {
        headers.append(name, value.parse().unwrap());
    }
    let target = target_at(&client, "https", HOST, receiver.port());
    client.post(&target, Bytes::from_static(b"<Envelope/>"), headers).await.unwrap();
    let mut names: Vec<String> =
        receiver.only().head.lines().skip(1).map(|line| line.split(':').next().unwrap().into()).collect();
    names.retain(|name| !name.is_empty());
    names.sort();
    assert_eq!(names, ["connection", "content-length", "host"]);
    assert!(receiver.only().head.contains("content-length: 11\r\n"));
}

#[tokio::test]
async fn the_gateway_shows_its_certificate_to_who_asks() {
    let receiver = Receiver::start(Conduct::done()).await;
    post(&client(|_| {}), &receiver).await.unwrap();
    let shown = receiver.only().certificate.unwrap();
    assert_eq!(kapia_pki::Thumbprints::of(&shown), WORLD.ours.consumer.read().unwrap().thumbprints);
    let bare = client(|config| (config.certificate, config.key) = (None, None));
    post(&bare, &receiver).await.unwrap();
    assert_eq!(receiver.seen()[1].certificate, None);
}

#[tokio::test]
async fn a_receiver_that_wants_a_certificate_and_gets_none_is_a_matter_of_tls() {
    let bare = client(|config| (config.certificate, config.key) = (None, None));
    const EACH: [&[&rustls::SupportedProtocolVersion]; 2] = [&[&rustls::version::TLS12], &[&rustls::version::TLS13]];
    for versions in EACH {
        let receiver = Receiver::start(Conduct { certificate_required: true, versions, ..Conduct::done() }).await;
        let error = refusal(&bare, &receiver).await;
        assert_eq!(error.code(), "outbound-tls", "{versions:?}: {error}");
        assert!(error.is_passing());
        post(&client(|_| {}), &receiver).await.unwrap();
    }
}

#[tokio::test]
async fn a_receiver_with_a_certificate_of_somebody_else_gets_nothing() {
    let foreign = Conduct { pair: &WORLD.foreign.server, ..Conduct::done() };
    let expired = Conduct { pair: &WORLD.ours.expired, ..Conduct::done() };
    let misused = Conduct { pair: &WORLD.ours.consumer, ..Conduct::done() };
    for conduct in [foreign, expired, misused] {
        let receiver = Receiver::start(conduct).await;
        let error = refusal(&client(|_| {}), &receiver).await;
        assert_eq!(error.code(), "outbound-certificate", "{error}");
        assert!(receiver.seen().is_empty());
    }
}

#[tokio::test]
async fn the_certificate_must_be_that_of_the_name_and_not_of_the_address() {
    let receiver = Receiver::start(Conduct::done()).await;
    let client = client(|_| {});
    // The certificate is good for 127.0.0.1, where this name leads.
    let target = target_at(&client, "https", "other.example", receiver.port());
    let error = client.post(&target, Bytes::new(), HeaderMap::new()).await.unwrap_err();
    assert_eq!(error.code(), "outbound-certificate", "{error}");
    assert!(receiver.seen().is_empty());
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let elsewhere = Receiver::start(Conduct::done()).await;
    for status in [301, 302, 303, 307, 308, 300, 304] {
        let head = format!("Location: https://{HOST}:{}/\r\nContent-Length: 0", elsewhere.port());
        let receiver = Receiver::start(Conduct::reply(&format!("{status} Moved"), &head, b"")).await;
        let error = refusal(&client(|_| {}), &receiver).await;
        assert_eq!(error, OutboundError::Redirect { host: HOST.to_owned(), status });
        assert_eq!(receiver.seen().len(), 1);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn errors_of_the_receiver_are_answers_and_a_wish_to_wait_is_heard() {
    for status in [400u16, 404, 500, 503] {
        let head = "Retry-After: 120\r\nContent-Length: 5";
        let receiver = Receiver::start(Conduct::reply(&format!("{status} No"), head, b"fault")).await;
        let delivered = post(&client(|_| {}), &receiver).await.unwrap();
        assert_eq!((delivered.status, delivered.body.as_ref()), (status, &b"fault"[..]));
        assert_eq!(delivered.retry_after, Some(120));
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read_whole() {
    let announced = Conduct::reply("200 OK", "Content-Length: 1001", &[b'x'; 1001]);
    let chunk = format!("3e9\r\n{}\r\n0\r\n\r\n", "x".repeat(1001));
    let chunked = Conduct::reply("200 OK", "Transfer-Encoding: chunked", chunk.as_bytes());
    let until_close = Conduct::reply("200 OK", "Connection: close", &[b'x'; 1001]);
    for conduct in [announced, chunked, until_close] {
        let receiver = Receiver::start(conduct).await;
        let error = refusal(&client(|config| config.answer_bytes = 1000), &receiver).await;
        assert_eq!(error, OutboundError::TooLarge { host: HOST.to_owned(), limit: 1000 });
    }
    let receiver = Receiver::start(Conduct::reply("200 OK", "Content-Length: 1000", &[b'x'; 1000])).await;
    assert_eq!(post(&client(|config| config.answer_bytes = 1000), &receiver).await.unwrap().body.len(), 1000);
}

#[tokio::test]
async fn a_head_without_end_and_what_is_no_http_end_the_exchange() {
    let endless = Conduct::reply("200 OK", &format!("X: {}", "y".repeat(300_000)), b"");
    let many = Conduct::reply("200 OK", &"X: y\r\n".repeat(3000), b"");
    let no_http = Conduct { reply: b"SSH-2.0-x\r\n\r\n".to_vec(), ..Conduct::done() };
    let nothing = Conduct { reply: Vec::new(), ..Conduct::done() };
    let cut = Conduct::reply("200 OK", "Content-Length: 10", b"12345");
    for conduct in [endless, many, no_http, nothing, cut] {
        let receiver = Receiver::start(conduct).await;
        let error = refusal(&client(|_| {}), &receiver).await;
        assert_eq!(error.code(), "outbound-broken", "{error}");
    }
}

async fn late(client: &OutboundClient, receiver: &Receiver, step: Step) {
    let since = Instant::now();
    let error = refusal(client, receiver).await;
    assert_eq!(error, OutboundError::Timeout { host: HOST.to_owned(), step });
    assert!((900..4000).contains(&since.elapsed().as_millis()), "{:?}", since.elapsed());
}

#[tokio::test]
async fn who_is_slow_is_left_at_each_step() {
    let impatient = |config: &mut OutboundConfig| (config.connect_seconds, config.total_seconds) = (1, 1);
    let drip =
        Conduct { pause: Duration::from_millis(50), ..Conduct::reply("200 OK", "Content-Length: 900", &[b'x'; 900]) };
    late(&client(impatient), &Receiver::start(drip).await, Step::Answer).await;
    let silent = Conduct { silent: true, ..Conduct::done() };
    late(&client(impatient), &Receiver::start(silent).await, Step::Answer).await;
    let mute = Conduct { no_handshake: true, ..Conduct::done() };
    late(&client(impatient), &Receiver::start(mute).await, Step::Handshake).await;

    struct Never;
    #[async_trait]
    impl Resolve for Never {
        async fn resolve(&self, _: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
            std::future::pending().await
        }
    }
    let receiver = Receiver::start(Conduct::done()).await;
    late(&client_with(Arc::new(Never), impatient), &receiver, Step::Resolve).await;
}

#[tokio::test]
async fn a_name_server_that_changes_its_mind_is_not_asked_again() {
    let receiver = Receiver::start(Conduct::done()).await;
    // Fine when it is looked at; the metadata service of a cloud when it would be used.
    let rebinding = script(&[&[LOOPBACK], &[IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254))]]);
    let client = client_with(rebinding.clone(), |_| {});
    post(&client, &receiver).await.unwrap();
    assert_eq!(rebinding.asked.load(SeqCst), 1, "one post, one question");
    assert_eq!(receiver.connections(), 1);
    // A later post looks again, and sees.
    let error = refusal(&client, &receiver).await;
    assert_eq!(error, OutboundError::ForbiddenAddress { host: HOST.to_owned(), range: "link-local" });
    assert_eq!(receiver.connections(), 1);
}

#[tokio::test]
async fn one_forbidden_address_among_good_ones_is_enough() {
    let receiver = Receiver::start(Conduct::done()).await;
    for forbidden in ["169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "fe80::1", "fd00:ec2::254", "::"] {
        let forbidden: IpAddr = forbidden.parse().unwrap();
        for answer in [[LOOPBACK, forbidden], [forbidden, LOOPBACK]] {
            let error = refusal(&client_with(script(&[&answer]), |_| {}), &receiver).await;
            assert_eq!(error.code(), "outbound-forbidden-address", "{forbidden}");
        }
    }
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn addresses_of_this_machine_and_of_private_networks_need_permission() {
    let receiver = Receiver::start(Conduct::done()).await;
    for private in
        ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fc00::1", "::ffff:127.0.0.1"]
    {
        let private: IpAddr = private.parse().unwrap();
        let strict = client_with(script(&[&[private]]), |config| config.private_addresses_allowed = false);
        let error = refusal(&strict, &receiver).await;
        assert_eq!(error, OutboundError::PrivateAddress { host: HOST.to_owned() }, "{private}");
    }
    assert_eq!(receiver.connections(), 0);
    let mapped = IpAddr::V6(Ipv4Addr::LOCALHOST.to_ipv6_mapped());
    post(&client_with(script(&[&[mapped]]), |_| {}), &receiver).await.unwrap();
}

#[tokio::test]
async fn an_address_that_does_not_answer_gives_way_to_the_next() {
    let receiver = Receiver::start(Conduct::done()).await;
    let both = script(&[&[IpAddr::V6(Ipv6Addr::LOCALHOST), LOOPBACK]]);
    post(&client_with(both, |_| {}), &receiver).await.unwrap();
    let dead = script(&[&[IpAddr::V6(Ipv6Addr::LOCALHOST)]]);
    assert_eq!(refusal(&client_with(dead, |_| {}), &receiver).await.code(), "outbound-connect");
    let none = script(&[&[]]);
    assert_eq!(refusal(&client_with(none, |_| {}), &receiver).await.code(), "outbound-resolve");
}

#[tokio::test]
async fn the_resolver_of_the_system_is_asked_by_default() {
    let receiver = Receiver::start(Conduct::done()).await;
    let client = OutboundClient::new(config()).unwrap();
    let target = target_at(&client, "https", "localhost", receiver.port());
    client.post(&target, Bytes::new(), HeaderMap::new()).await.unwrap();
    let target = target_at(&client, "https", "no-such-host.invalid", receiver.port());
    let error = client.post(&target, Bytes::new(), HeaderMap::new()).await.unwrap_err();
    assert!(matches!(error.code(), "outbound-resolve" | "outbound-timeout"), "{error}");
}

#[tokio::test]
async fn plain_http_is_spoken_only_where_it_is_allowed() {
    let receiver = Receiver::start(Conduct { plain: true, ..Conduct::done() }).await;
    let allowed = AllowedHosts::parse([format!("{HOST}:{}", receiver.port())]).unwrap();
    let url = format!("http://{HOST}:{}/", receiver.port());
    assert_eq!(client(|_| {}).target(&url, &allowed), Err(OutboundError::PlainHttp));
    let open = client(|config| config.plain_http_allowed = true);
    let target = open.target(&url, &allowed).unwrap();
    assert_eq!(open.post(&target, Bytes::new(), HeaderMap::new()).await.unwrap().status, 200);
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_at_the_start() {
    let refused = |change: fn(&mut OutboundConfig)| {
        let mut config = config();
        change(&mut config);
        OutboundClient::new(config).err().unwrap()
    };
    assert!(matches!(refused(|config| config.key = None), ServerError::Tls(_)));
    assert!(matches!(refused(|config| config.total_seconds = 0), ServerError::ZeroLimit("total_seconds")));
    assert!(matches!(refused(|config| config.connect_seconds = 0), ServerError::ZeroLimit("connect_seconds")));
    assert!(matches!(
        refused(|config| config.authorities = vec!["no-such-file.pem".into()]),
        ServerError::Certificates(_)
    ));
    assert!(matches!(
        refused(|config| config.key = Some(WORLD.ours.stranger.key.clone())),
        ServerError::Certificates(_)
    ));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_names_the_host_and_nothing_of_the_path() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let receiver = Receiver::start(Conduct::done()).await;
    post(&client(|_| {}), &receiver).await.unwrap();
    refusal(&client(|config| config.private_addresses_allowed = false), &receiver).await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains(HOST) && text.contains("outbound-private-address"), "{text}");
    assert!(!text.contains(PERSONAL) && !text.contains("callback/") && !text.contains("Envelope"), "{text}");
}

const AGAIN: &str = "KAPIA_TEST_PROXIED";

#[test]
fn proxies_of_the_environment_are_not_used() {
    if std::env::var_os(AGAIN).is_some() {
        return;
    }
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "a_post_arrives_whole_and_its_answer_comes_back"]).env(AGAIN, "1");
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(name, "http://127.0.0.1:1");
    }
    let output = child.env_remove("NO_PROXY").env_remove("no_proxy").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
