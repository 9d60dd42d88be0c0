//! The backend `soap` against a service: envelopes, security headers, faults.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_adapter::{Fault, Health};
use kapia_soap::{Version, WSS_NAMESPACES};
use kapia_xml::{Document, Limits};
use support::{Act, Asked, Bench, Service, ask, both, failure, is_no_data, say, texts};

const KEY: &str = "<Key>a</Key>";
const PORTS: [(Version, &str); 2] = [(Version::V11, "PeopleSoap"), (Version::V12, "PeopleSoap12")];

fn envelope(version: Version, status: u16, body: &str) -> Act {
    let text = format!("<s:Envelope xmlns:s=\"{}\"><s:Body>{body}</s:Body></s:Envelope>", version.namespace());
    say(status, version.content_type(), &text)
}

async fn serving(port: &str, act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> (Service, Bench) {
    let service = Service::start(act).await;
    let bench = Bench::soap(&format!("address = \"{}/People.asmx\"\nport = \"{port}\"", service.address));
    (service, bench)
}

fn read(text: &str) -> Document {
    Document::read(text.to_owned(), &Limits::default()).unwrap()
}

#[tokio::test]
async fn a_person_is_asked_for_in_either_version_of_soap() {
    for (version, port) in PORTS {
        let found = r#"<r:FindPersonResponse xmlns:r="urn:register:people"><r:person><r:name>Ана ]]&gt;</r:name><r:amount>12345678901234567890123456789.100</r:amount><r:item code="1">x</r:item></r:person></r:FindPersonResponse>"#;
        let (service, bench) = serving(port, move |_| envelope(version, 200, found)).await;
        let package = bench.open();
        let answer = ask(&package, "GetPerson", "<Key>&lt;/p:key&gt; &amp;\"</Key>").await.unwrap();
        assert_eq!(texts(&answer), ["Name=Ана ]]>", "Amount=12345678901234567890123456789.100", "Item[1]=x"]);
        let asked = service.last();
        let sent = read(&asked.body);
        let body = sent.root().child(version.namespace(), "Body").unwrap();
        let person = body.child("urn:register:people", "FindPerson").unwrap();
        assert_eq!(person.child("urn:register:people", "key").unwrap().text(), "</p:key> &\"");
        match version {
            Version::V11 => assert_eq!(asked.header("soapaction"), Some("\"urn:register:people/FindPerson\"")),
            Version::V12 => {
                let kind = asked.header("content-type").unwrap();
                assert!(kind.ends_with("; action=\"urn:register:people/FindPerson\""), "{kind}");
                assert_eq!(asked.header("soapaction"), None);
            }
        }
        assert_eq!(package.adapter.health().await, Health::Up);
        let large = "Ж<".repeat(1 << 18).replace('<', "&lt;");
        ask(&package, "GetPerson", &format!("<Key>{large}</Key>")).await.unwrap();
    }
}

#[tokio::test]
async fn an_empty_answer_is_one_without_data() {
    let found = r#"<FindPersonResponse xmlns="urn:register:people"/>"#;
    let (_service, bench) = serving("PeopleSoap", move |_| envelope(Version::V11, 200, found)).await;
    assert!(is_no_data(&ask(&bench.open(), "GetPerson", KEY).await.unwrap()));
}

#[tokio::test]
async fn user_tokens_are_in_clear_or_digested_and_never_the_same_twice() {
    let found = r#"<r xmlns="urn:register:people"><person/></r>"#;
    for kind in ["digest", "text"] {
        let (service, bench) = serving("PeopleSoap12", move |_| envelope(Version::V12, 200, found)).await;
        std::fs::write(bench.folder.path().join("secret"), "па<рола&\n").unwrap();
        let token = format!("kind = \"soap\"\nusername = \"ре<гикс\"\nsecret_file = \"secret\"\ntoken = \"{kind}\"");
        bench.change("adapter.toml", "kind = \"soap\"", &token);
        let package = bench.open();
        let mut nonces = Vec::new();
        for _ in 0..2 {
            ask(&package, "GetPerson", KEY).await.unwrap();
            let sent = read(&service.last().body);
            let header = sent.root().child(Version::V12.namespace(), "Header").unwrap();
            let token = header.child(WSS_NAMESPACES[0], "Security").unwrap().children().next().unwrap();
            let text = |local: &str| {
                token.children().find(|child| child.local() == local).map(|child| child.text().into_owned()).unwrap()
            };
            assert_eq!(text("Username"), "ре<гикс");
            if kind == "text" {
                assert_eq!(text("Password"), "па<рола&");
            } else {
                let nonce = STANDARD.decode(text("Nonce")).unwrap();
                let octets = [&nonce[..], text("Created").as_bytes(), "па<рола&".as_bytes()].concat();
                let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &octets);
                assert_eq!(text("Password"), STANDARD.encode(hash));
            }
            nonces.push(text("Nonce"));
        }
        assert_ne!(nonces[0], nonces[1]);
    }
}

fn fault(version: Version, code: &str, detail: &str) -> Act {
    let body = match version {
        Version::V11 => format!(
            "<s:Fault xmlns:p=\"urn:p\"><faultcode>{code}</faultcode><faultstring>Тайна 7605239965</faultstring><detail>{detail}</detail></s:Fault>"
        ),
        Version::V12 => format!(
            "<s:Fault xmlns:p=\"urn:p\"><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{code}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"bg\">Тайна 7605239965</s:Text></s:Reason><s:Detail>{detail}</s:Detail></s:Fault>"
        ),
    };
    envelope(version, 500, &body)
}

#[tokio::test]
async fn faults_have_their_meaning_and_nothing_of_their_text_goes_on() {
    for (version, port) in PORTS {
        let (_service, bench) = serving(port, move |asked| {
            let sent = read(&asked.body);
            let key = sent.root().child(version.namespace(), "Body").unwrap().children().next().unwrap().text();
            let key = if key.is_empty() {
                sent.root()
                    .events()
                    .find_map(|event| match event {
                        kapia_xml::Event::Start(element) if element.local() == "key" => {
                            Some(element.text().into_owned())
                        }
                        _ => None,
                    })
                    .unwrap()
            } else {
                key.into_owned()
            };
            match &*key {
                "detail" => fault(version, "p:Other", "<NotFound xmlns=\"urn:register:people\"/>"),
                "elsewhere" => fault(version, "p:Other", "<NotFound xmlns=\"urn:other\"/>"),
                "code" => fault(version, "p:Client.Unknown", ""),
                "busy" => fault(version, "p:Busy", ""),
                _ => fault(version, "s:Server", "<Тайна xmlns=\"urn:x\"/>"),
            }
        })
        .await;
        let package = bench.open();
        for key in ["detail", "code"] {
            assert!(is_no_data(&ask(&package, "GetPerson", &format!("<Key>{key}</Key>")).await.unwrap()), "{key}");
        }
        for (key, retryable) in [("busy", true), ("elsewhere", false), ("other", false)] {
            let error = failure(&package, "GetPerson", &format!("<Key>{key}</Key>")).await;
            assert_eq!((error.code, error.retryable, error.side), ("web-soap-fault", retryable, Fault::Register));
            let text = both(&error.message);
            assert!(!text.contains("Тайна") && !text.contains("7605239965"));
        }
    }
}

#[tokio::test]
async fn answers_that_are_none_are_told_by_their_kind() {
    let (_service, bench) = serving("PeopleSoap", |asked| {
        let key = asked.body.split("<p:key>").nth(1).unwrap().split('<').next().unwrap();
        let kind = "text/xml; charset=utf-8";
        match key {
            "html" => say(200, "text/html", "<html/>"),
            "soap12" => envelope(Version::V12, 200, "<x/>"),
            "bare" => say(200, kind, "<x/>"),
            "two" => envelope(Version::V11, 200, "<x/><y/>"),
            "garbage" => say(200, kind, "Тайна"),
            "doctype" => say(200, kind, "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"),
            "503" => say(503, "text/html", "<html/>"),
            "500" => say(500, "text/html", "<html/>"),
            "301" => say(301, kind, ""),
            _ => {
                Act::BreakAfter(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 100\r\n\r\n<s:".to_vec())
            }
        }
    })
    .await;
    let package = bench.open();
    for (key, code, retryable) in [
        ("html", "web-content-type", false),
        ("soap12", "web-content-type", false),
        ("bare", "web-soap-envelope", false),
        ("two", "web-soap-envelope", false),
        ("garbage", "web-xml-unreadable", false),
        ("doctype", "web-xml-unreadable", false),
        ("503", "web-unavailable", true),
        ("500", "web-unavailable", true),
        ("301", "web-redirect", false),
        ("cut", "web-broken-off", true),
    ] {
        let error = failure(&package, "GetPerson", &format!("<Key>{key}</Key>")).await;
        assert_eq!((error.code, error.retryable), (code, retryable), "{key}");
        assert!(!both(&error.message).contains("Тайна"), "{key}");
    }
}

#[test]
fn what_is_wrong_with_a_package_is_said_before_the_first_call() {
    let address = "address = \"https://localhost/People.asmx\"";
    for (from, to, codes) in [
        ("wsdl = \"upstream/People.wsdl\"", "wsdl = \"upstream/Peopel.wsdl\"", &["file-missing"][..]),
        ("wsdl = \"upstream/People.wsdl\"", "wsdl = \"requests/FindPerson.xml\"", &["web-wsdl-port"]),
        (address, "port = \"PeopleSoap13\"", &["web-wsdl-port"]),
        (address, "address = \"mailto:x\"", &["web-address"]),
        (address, "username = \"x\"", &["web-user-token"]),
        (address, "token = \"text\"", &["web-user-token"]),
        (address, "base = \"https://x\"", &["manifest-key-unknown"]),
        ("operation = \"FindPerson\"", "operation = \"FindPreson\"", &["web-soap-operation"]),
        ("faults.Busy = \"retry\"", "faults.Busy = \"answer\"", &["web-ending"]),
        ("request = \"FindPerson.xml\"", "request = \"Other.xml\"", &["file-missing"]),
    ] {
        let bench = Bench::soap(address);
        bench.change("adapter.toml", from, to);
        assert_eq!(bench.wrong(), codes, "{to}");
    }
}

#[tokio::test]
async fn a_request_that_is_not_of_the_contract_is_not_sent() {
    let (service, bench) = serving("PeopleSoap", |_| envelope(Version::V11, 200, "<x/>")).await;
    bench.change("requests/FindPerson.xml", "p:FindPerson", "p:DropPerson");
    assert_eq!(failure(&bench.open(), "GetPerson", KEY).await.code, "web-soap-root");
    assert!(service.asked().is_empty());
}
