//! The backend `rest` against a service: what is sent, what is read, what is told.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use kapia_adapter::{Fault, Health};
use support::{Act, Bench, Service, ask, ask_until, both, failure, is_no_data, json, say, texts};

const KEY: &str = "<Key>a</Key>";

async fn serving(act: impl Fn(&support::Asked) -> Act + Send + Sync + 'static) -> (Service, Bench) {
    let service = Service::start(act).await;
    let bench = Bench::rest(&format!("base = \"{}/api/v1\"", service.address));
    (service, bench)
}

#[tokio::test]
async fn a_json_answer_is_told_in_the_words_of_the_package_without_losing_a_digit() {
    let (service, bench) = serving(|_| {
        json(
            r#"{"name":"Иван \"]]><&","amount":12345678901234567890123456789.100,"items":[{"code":7,"text":"a"},{"text":null}]}"#,
        )
    })
    .await;
    let answer = ask(&bench.open(), "GetPerson", "<Key>a</Key><Date>2026-01-02+02:00</Date>").await.unwrap();
    assert_eq!(texts(&answer), ["Name=Иван \"]]><&", "Amount=12345678901234567890123456789.100", "Item[7]=a"]);
    let asked = service.last();
    assert_eq!((&*asked.method, &*asked.target), ("GET", "/api/v1/people/a?on=2026-01-02"));
    assert_eq!(asked.header("accept-language"), Some("bg"));
    assert_eq!(asked.header("x-consumer"), Some("2.16.100.1.1"));
    assert_eq!(asked.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn whatever_a_value_holds_it_stays_in_its_place() {
    let (service, bench) = serving(|_| json("{\"name\":\"x\"}")).await;
    let package = bench.open();
    let large = "Ж\"".repeat(1 << 18);
    for hostile in
        ["a/b", "../x", "%2e%2e", "a?b#c", "a&b=c", "\"", "\\", "]]>", "'", "{{ x }}", "\",\"admin\":\"1", &large]
    {
        let escaped = hostile.replace('&', "&amp;").replace('>', "&gt;");
        if hostile.len() < 1000 {
            ask(&package, "GetPerson", &format!("<Key>{escaped}</Key><Limit>{escaped}</Limit>")).await.unwrap();
            let target = service.last().target;
            let (path, query) = target.split_once("?limit=").unwrap();
            let segment = path.strip_prefix("/api/v1/people/").unwrap();
            assert_eq!((decoded(segment), decoded(query)), (hostile.to_owned(), hostile.to_owned()));
            assert!(!segment.contains('/') && !query.contains(['&', '#']), "{target}");
        }
        ask(&package, "FindPerson", &format!("<Key>{escaped}</Key>")).await.unwrap();
        let body = service.last().body;
        let expected = hostile.replace('\\', "\\\\").replace('"', "\\\"");
        assert!(body.contains(&format!("\"key\": \"{expected}\",")), "{}", &body[..body.len().min(200)]);
    }
    for refused in [".", ".."] {
        assert_eq!(failure(&package, "GetPerson", &format!("<Key>{refused}</Key>")).await.code, "web-path-value");
    }
    let error = failure(&package, "GetPerson", "<Key/>").await;
    assert_eq!((error.code, error.side, error.retryable), ("web-path-value", Fault::Client, false));
    let error = failure(&package, "FindPerson", "<Key>a</Key><Limit>1,\"admin\":true</Limit>").await;
    assert_eq!((error.code, error.side), ("web-json-value", Fault::Client));
    assert!(!both(&error.message).contains("admin"));
}

fn decoded(text: &str) -> String {
    let mut octets = Vec::new();
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        match octet {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                octets.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            }
            _ => octets.push(octet),
        }
    }
    String::from_utf8(octets).unwrap()
}

#[tokio::test]
async fn a_json_body_holds_numbers_and_null() {
    let (service, bench) = serving(|_| json("{\"name\":\"x\"}")).await;
    let package = bench.open();
    ask(&package, "FindPerson", "<Key>a</Key><Limit>007e1</Limit>").await.unwrap_err();
    ask(&package, "FindPerson", "<Key>a</Key><Date>2026-01-02</Date><Limit>10.50</Limit>").await.unwrap();
    let asked = service.last();
    assert_eq!((&*asked.method, asked.header("content-type")), ("POST", Some("application/json")));
    let packed: String = asked.body.split_whitespace().collect();
    assert_eq!(packed, r#"{"key":"a","filter":{"on":"2026-01-02","limit":10.50}}"#);
    ask(&package, "FindPerson", KEY).await.unwrap();
    let packed: String = service.last().body.split_whitespace().collect();
    assert_eq!(packed, r#"{"key":"a","filter":{"on":null,"limit":null}}"#);
}

#[tokio::test]
async fn xml_goes_both_ways() {
    let answer = r#"<r:person xmlns:r="urn:register:people"><name>other</name><r:name>Ана &amp; Ко</r:name><amount>0.10</amount><item code="1">]]&gt;</item></r:person>"#;
    let (service, bench) = serving(move |_| say(200, "application/xml", answer)).await;
    let found = ask(&bench.open(), "ReadPerson", "<Key>&lt;&amp;\"]]&gt;</Key>").await.unwrap();
    assert_eq!(texts(&found), ["Name=Ана & Ко", "Amount=0.10", "Item[1]=]]>"]);
    let body = service.last().body;
    let sent = kapia_xml::Document::read(body, &kapia_xml::Limits::default()).unwrap();
    assert_eq!(sent.root().child("urn:register:people", "key").unwrap().text(), "<&\"]]>");
}

#[tokio::test]
async fn statuses_have_their_meaning() {
    let (_service, bench) = serving(|asked| {
        let status = asked.target.rsplit('/').next().unwrap().parse().unwrap();
        say(status, "application/json", "{\"secret\":\"Тайна\"}")
    })
    .await;
    let package = bench.open();
    assert!(is_no_data(&ask(&package, "GetPerson", "<Key>404</Key>").await.unwrap()));
    for (status, code, retryable) in [
        (400, "web-status", false),
        (401, "web-forbidden", false),
        (403, "web-forbidden", false),
        (410, "web-status", false),
        (302, "web-redirect", false),
        (429, "web-unavailable", true),
        (500, "web-unavailable", true),
        (503, "web-unavailable", true),
    ] {
        let error = failure(&package, "GetPerson", &format!("<Key>{status}</Key>")).await;
        assert_eq!((error.code, error.retryable, error.side), (code, retryable, Fault::Register), "{status}");
        assert!(!both(&error.message).contains("Тайна"));
    }
    bench.change(
        "adapter.toml",
        "status.404 = \"no-data\"",
        "status.404 = \"error\"\nstatus.4xx = \"no-data\"\nstatus.500 = \"error\"",
    );
    let package = bench.open();
    assert!(is_no_data(&ask(&package, "GetPerson", "<Key>410</Key>").await.unwrap()));
    assert_eq!(failure(&package, "GetPerson", "<Key>404</Key>").await.code, "web-status");
    assert!(!failure(&package, "GetPerson", "<Key>500</Key>").await.retryable);
}

#[tokio::test]
async fn an_answer_of_fifty_thousand_elements_is_told_whole_and_in_order() {
    let items: Vec<String> = (0..50_000).map(|at| format!("{{\"code\":{at},\"text\":\"т\"}}")).collect();
    let body = format!("{{\"items\":[{}]}}", items.join(","));
    let (_service, bench) = serving(move |_| json(&body)).await;
    let found = texts(&ask(&bench.open(), "GetPerson", KEY).await.unwrap());
    assert_eq!((found.len(), &*found[0], &*found[49_999]), (50_000, "Item[0]=т", "Item[49999]=т"));
}

#[tokio::test]
async fn an_answer_that_says_nothing_is_one_without_data() {
    let (_service, bench) = serving(|_| json(r#"{"items":[],"name":null}"#)).await;
    assert!(is_no_data(&ask(&bench.open(), "FindPerson", KEY).await.unwrap()));
}

#[tokio::test]
async fn answers_that_are_none_are_told_by_their_kind_and_without_what_they_hold() {
    let (_service, bench) = serving(|asked| match asked.target.rsplit('/').next().unwrap() {
        "html" => say(200, "text/html", "<html>Тайна"),
        "garbage" => json("{\"Тайна\": \u{1}"),
        "twice" => json("{\"name\":\"Тайна\",\"name\":\"2\"}"),
        "nul" => json("{\"name\":\"Тайна\\u0000\"}"),
        "empty" => json(""),
        "cut" => Act::BreakAfter(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"name\":\"a".to_vec(),
        ),
        "cut-head" => Act::BreakAfter(b"HTTP/1.1 200 OK\r\nContent-".to_vec()),
        "noise" => Act::BreakAfter(b"\x00\xff\xfe hello".to_vec()),
        "gzip" => Act::Say(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}".to_vec(),
        ),
        "large" => Act::BreakAfter(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n".to_vec(),
        ),
        "endless" => Act::Endless("application/json"),
        other => panic!("{other}"),
    })
    .await;
    bench.change("adapter.toml", "kind = \"rest\"", "kind = \"rest\"\nanswer_bytes = 1000000");
    let package = bench.open();
    for (key, code, retryable) in [
        ("html", "web-content-type", false),
        ("garbage", "web-json-unreadable", false),
        ("twice", "web-json-unreadable", false),
        ("nul", "web-template", false),
        ("empty", "web-json-unreadable", false),
        ("cut", "web-broken-off", true),
        ("cut-head", "web-broken-off", true),
        ("noise", "web-broken-off", true),
        ("gzip", "web-content-type", false),
        ("large", "web-answer-too-large", false),
        ("endless", "web-answer-too-large", false),
    ] {
        let error = failure(&package, "GetPerson", &format!("<Key>{key}</Key>")).await;
        assert_eq!((error.code, error.retryable), (code, retryable), "{key}");
        assert!(!both(&error.message).contains("Тайна"), "{key}");
    }
}

#[tokio::test]
async fn a_slow_service_costs_no_more_than_the_deadline() {
    let (_service, bench) = serving(|_| Act::Wait(Duration::from_secs(20))).await;
    bench.change("adapter.toml", "kind = \"rest\"", "kind = \"rest\"\nanswer_timeout_ms = 700");
    let package = bench.open();
    for deadline in [None, Some(Duration::from_millis(200))] {
        let began = Instant::now();
        let error = ask_until(&package, "GetPerson", KEY, deadline.map(|left| began + left)).await.unwrap_err();
        assert_eq!((error.code, error.retryable), ("web-deadline", true));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_service_that_is_gone_is_unreachable_and_down() {
    let bench = Bench::rest("base = \"http://127.0.0.1:1/api\"");
    let package = bench.open();
    let error = failure(&package, "GetPerson", KEY).await;
    assert_eq!((error.code, error.retryable), ("web-unreachable", true));
    assert!(matches!(package.adapter.health().await, Health::Down(_)));
}

#[tokio::test]
async fn health_is_what_the_service_says() {
    let act = |asked: &support::Asked| say(if asked.target == "/api/v1/alive" { 200 } else { 404 }, "text/plain", "");
    let (service, bench) = serving(act).await;
    assert_eq!(bench.open().adapter.health().await, Health::Up);
    bench.change("adapter.toml", "kind = \"rest\"", "kind = \"rest\"\nhealth = \"/alive\"");
    assert_eq!(bench.open().adapter.health().await, Health::Up);
    assert_eq!(service.last().target, "/api/v1/alive");
    bench.change("adapter.toml", "/alive", "/dead");
    assert!(matches!(bench.open().adapter.health().await, Health::Down(_)));
}

#[tokio::test]
async fn connections_are_kept_between_calls() {
    let (service, bench) = serving(|_| json("{\"name\":\"x\"}")).await;
    let package = bench.open();
    for _ in 0..20 {
        ask(&package, "GetPerson", KEY).await.unwrap();
    }
    assert_eq!((service.asked().len(), service.connections()), (20, 1));
}

#[test]
fn what_is_wrong_with_a_package_is_said_before_the_first_call() {
    for (from, to, codes) in [
        ("base = \"https://localhost/api/v1\"", "base = \"ftp://x\"", &["web-address"][..]),
        ("base = \"https://localhost/api/v1\"", "base = \"https://u:p@x/\"", &["web-address"]),
        ("base = \"https://localhost/api/v1\"", "base = \"https://x/?a=b\"", &["web-address"]),
        ("kind = \"rest\"", "kind = \"rest\"\nauth = \"basic\"\nuser = \"u\"", &["web-key-needed"]),
        ("kind = \"rest\"", "kind = \"rest\"\nuser = \"u\"", &["web-key-useless"]),
        ("kind = \"rest\"", "kind = \"rest\"\ncertificate = \"c.pem\"", &["web-identity-half"]),
        ("kind = \"rest\"", "kind = \"rest\"\nwhat = \"c.pem\"", &["manifest-key-unknown"]),
        ("path = \"/search\"", "path = \"search\"", &["web-path"]),
        ("path = \"/search\"", "path = \"/search?x=1\"", &["web-path"]),
        ("path = \"/search\"", "path = \"/search/{{ request.Kye }}\"", &["web-expression"]),
        ("headers.X-Consumer", "headers.Host", &["web-header-name"]),
        ("status.404 = \"no-data\"", "status.999 = \"no-data\"", &["web-ending"]),
        ("status.404 = \"no-data\"", "no_data = \"x.xml\"", &["web-no-data-useless"]),
        ("template = \"Person.xml\"\nstatus", "template = \"Peron.xml\"\nstatus", &["file-missing"]),
        ("no_data_when = \"answer.items is empty", "no_data_when = \"answr.items is empty", &["web-expression"]),
    ] {
        let bench = Bench::rest("base = \"https://localhost/api/v1\"");
        bench.change("adapter.toml", from, to);
        assert_eq!(bench.wrong(), codes, "{to}");
    }
}
