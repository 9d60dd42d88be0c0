//! The portal, against the built program: passwords, pushes, environments, what survives a crash.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;
use support::*;

const SERVICE: &str = "/services/EgovService";
const STAGING: &str = "/staging/services/EgovService";
const EIK: &str = "123456786";
const RECORD: &str = include_str!("../src/cli/demo/service.xml");
const ACTIONS: &str = "urn:egov-gateway:portal:EgovService:1/IEgovService";

/// A gate that tests share which leave it as it was for the others: each has its own numbers of services.
fn gate() -> &'static Gate {
    static GATE: OnceLock<Gate> = OnceLock::new();
    GATE.get_or_init(Gate::demo)
}

/// Numbers of services that no other test has.
fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(50_000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// User and password as they go over the wire.
#[derive(Clone)]
struct User(String);

impl User {
    fn new(name: &str, password: &str) -> User {
        User(format!("Basic {}", base64(format!("{name}:{password}").as_bytes())))
    }

    /// The one that the demo has made.
    fn demo(gate: &Gate) -> User {
        let netrc = std::fs::read_to_string(gate.folder.join("portal.netrc")).unwrap();
        let field = |name: &str| netrc.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        User::new(&field("login "), &field("password "))
    }

    /// One that the command line adds.
    fn added(gate: &Gate, name: &str, more: &[&str]) -> User {
        let arguments = ["portal", "user", "add", name, "--administration", "Община Пример", "--supplier", EIK];
        let output = gate.kapia(&[&arguments, more].concat());
        User::new(name, &shown_password(&output.stdout))
    }
}

fn shown_password(stdout: &str) -> String {
    stdout.lines().map(str::trim).find(|line| line.len() == 29 && line.matches('-').count() == 4).unwrap().to_owned()
}

fn base64(octets: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encode = |group: &[u8]| -> String {
        let number = (0..3).fold(0u32, |number, place| number << 8 | u32::from(*group.get(place).unwrap_or(&0)));
        let letter = |place: usize| match place <= group.len() {
            true => char::from(LETTERS[(number >> (18 - 6 * place) & 63) as usize]),
            false => '=',
        };
        (0..4).map(letter).collect()
    };
    octets.chunks(3).map(encode).collect()
}

/// One message of SOAP 1.1.
fn envelope(request: Option<&str>, body: &str) -> String {
    let context = request.map(|id| {
        format!("<s:Header><RequestContext xmlns=\"urn:egov-gateway:portal:service-record:1\"><RequestId>{id}</RequestId></RequestContext></s:Header>")
    });
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">{}<s:Body>{body}</s:Body></s:Envelope>",
        context.unwrap_or_default()
    )
}

fn operation(name: &str, content: &str) -> String {
    format!("<{name} xmlns=\"urn:egov-gateway:portal:service-record:1\">{content}</{name}>")
}

fn record(number: u64, name: &str) -> String {
    let (begin, end) = (RECORD.find("<ServiceRecord>").unwrap(), RECORD.find("</ServiceRecord>").unwrap());
    RECORD[begin..end + "</ServiceRecord>".len()]
        .replace("<ServiceNumber>1001<", &format!("<ServiceNumber>{number}<"))
        .replace("Издаване на удостоверение за постоянен адрес", name)
}

fn add(number: u64, name: &str) -> String {
    operation("AddService", &record(number, name))
}

fn update(number: u64, name: &str, expected: u64) -> String {
    operation("UpdateService", &format!("{}<ExpectedVersion>{expected}</ExpectedVersion>", record(number, name)))
}

fn get(number: u64) -> String {
    operation(
        "GetService",
        &format!("<ServiceKey><ServiceNumber>{number}</ServiceNumber><SupplierEIK>{EIK}</SupplierEIK></ServiceKey>"),
    )
}

fn posted(path: &str, user: Option<&User>, body: &str) -> Vec<u8> {
    let authorization = user.map(|user| format!("Authorization: {}\r\n", user.0)).unwrap_or_default();
    let kind = if path.ends_with("/soap12") { "application/soap+xml" } else { "text/xml" };
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}; charset=utf-8\r\n{authorization}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Who pushes shows no certificate.
fn post(gate: &Gate, path: &str, user: Option<&User>, body: &str) -> HttpReply {
    let mut connection = gate.tls(None).connect(gate.port).unwrap();
    connection.send(&posted(path, user, body)).unwrap();
    connection.reply().unwrap()
}

fn send(gate: &Gate, user: &User, body: &str) -> HttpReply {
    post(gate, SERVICE, Some(user), &envelope(None, body))
}

fn read(gate: &Gate, path: &str) -> HttpReply {
    let mut connection = gate.tls(None).connect(gate.port).unwrap();
    connection.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).unwrap();
    connection.reply().unwrap()
}

/// What a browser sees in the end.
fn page(gate: &Gate, path: &str) -> HttpReply {
    let mut reply = read(gate, path);
    for _ in 0..4 {
        let Some(location) = reply.header("location").map(str::to_owned) else { break };
        reply = read(gate, &location);
    }
    reply
}

fn text(reply: &HttpReply) -> String {
    String::from_utf8(reply.body.clone()).unwrap()
}

/// The text of the first element of this name, whatever its prefix.
fn value(reply: &HttpReply, name: &str) -> Option<String> {
    let text = text(reply);
    let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let found = document.descendants().find(|node| node.tag_name().name() == name)?;
    Some(found.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect())
}

#[track_caller]
fn assert_result(reply: &HttpReply, expected: &str) {
    assert_eq!((reply.status, value(reply, "Result").as_deref()), (200, Some(expected)), "{}", text(reply));
}

#[track_caller]
fn assert_fault(reply: &HttpReply, status: u16, code: &str) {
    let fault = value(reply, "EgovServiceFault").unwrap_or_default();
    assert!(reply.status == status && fault.starts_with(code), "{} {}", reply.status, text(reply));
}

#[test]
fn a_push_is_stored_public_and_told_to_everybody_who_may_ask() {
    let (gate, number) = (gate(), number());
    let user = User::demo(gate);
    assert_result(&send(gate, &user, &add(number, "Издаване на скица за проба")), "CREATED");
    assert_result(&send(gate, &user, &add(number, "Издаване на скица за проба")), "UNCHANGED");
    assert_fault(&send(gate, &user, &add(number, "Друго име")), 500, "EGS-3003");
    assert_result(&send(gate, &user, &update(number, "Издаване на скица за опит", 1)), "UPDATED");
    assert_fault(&send(gate, &user, &update(number, "Трето име", 1)), 500, "EGS-3005");

    let key = format!("{EIK}/{number}");
    let list = gate.kapia(&["portal", "list", "--supplier", EIK, "--lines", "5000"]).stdout;
    assert!(list.contains(&key), "{list}");
    let history = gate.kapia(&["portal", "history", &key]).stdout;
    assert!(history.contains("obshtina-primer") && history.lines().count() == 2, "{history}");
    let diff = gate.kapia(&["portal", "diff", &key]).stdout;
    assert!(diff.contains("- Издаване на скица за проба") && diff.contains("+ Издаване на скица за опит"), "{diff}");
    let shown = gate.kapia(&["portal", "show", &key]).stdout;
    assert!(shown.contains("version") && shown.contains("UPDATED") || shown.contains("EGS-3005"), "{shown}");
    let found = gate.kapia(&["portal", "search", "скицата", "опит", "--json"]).stdout;
    assert!(found.contains(&number.to_string()), "{found}");

    let shown = page(gate, &format!("/services/{number}"));
    assert!(shown.status == 200 && text(&shown).contains("Издаване на скица за опит"), "{}", shown.status);
    let json = read(gate, &format!("/epdeau/provider/get-service?format=json&number={number}"));
    assert!(json.status == 200 && text(&json).contains("Издаване на скица за опит"), "{}", text(&json));
}

#[test]
fn soap_12_has_a_port_of_its_own_and_the_contract_needs_no_password() {
    let gate = gate();
    let ping = operation("Ping", "");
    let body = envelope(None, &ping).replace("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope");
    let reply = post(gate, "/services/EgovService/soap12", Some(&User::demo(gate)), &body);
    assert_eq!(value(&reply, "Environment").as_deref(), Some("Production"), "{}", text(&reply));
    assert!(reply.header("content-type").unwrap().starts_with("application/soap+xml"));
    for query in ["wsdl", "singleWsdl", "WSDL"] {
        let reply = read(gate, &format!("{SERVICE}?{query}"));
        assert!(reply.status == 200 && text(&reply).contains("https://localhost/services/EgovService"), "{query}");
    }
    let staging = read(gate, &format!("{STAGING}?wsdl"));
    assert!(text(&staging).contains("https://localhost/staging/services/EgovService"));
    let person = read(gate, SERVICE);
    assert!(person.status == 200 && text(&person).contains("?singleWsdl"));
}

#[test]
fn a_wrong_password_and_an_unknown_name_hear_the_same() {
    let gate = Gate::demo();
    let ping = envelope(None, &operation("Ping", ""));
    let wrong = User::new("obshtina-primer", "wrong");
    let unknown = User::new("nobody-at-all", "wrong");
    let mut heard = Vec::new();
    for user in [Some(&wrong), Some(&unknown), None] {
        let reply = post(&gate, SERVICE, user, &ping);
        assert_fault(&reply, 401, "EGS-2003");
        assert_eq!(reply.header("www-authenticate"), Some("Basic realm=\"EgovService\", charset=\"UTF-8\""));
        let correlation = value(&reply, "CorrelationId").unwrap();
        assert_eq!(correlation.len(), 26);
        let headers: BTreeMap<_, _> = reply.headers.iter().filter(|(name, _)| name != "date").cloned().collect();
        heard.push((headers, text(&reply).replace(&correlation, "…")));
    }
    assert!(heard.iter().all(|one| *one == heard[0]), "{heard:#?}");
    assert!(!text(&post(&gate, SERVICE, Some(&wrong), &ping)).contains("wrong"));
    for secret in ["nobody-at-all", "d3Jvbmc"] {
        assert!(!gate.said().contains(secret), "what somebody typed stands in the log");
    }

    // Three more make five for the name that exists.
    for _ in 0..2 {
        post(&gate, SERVICE, Some(&wrong), &ping);
    }
    let fifth = post(&gate, SERVICE, Some(&wrong), &ping);
    assert_eq!(fifth.status, 401);
    let locked = post(&gate, SERVICE, Some(&User::demo(&gate)), &ping);
    assert_fault(&locked, 401, "EGS-2003");
    let seconds: u64 = locked.header("retry-after").unwrap().parse().unwrap();
    assert!((800..=900).contains(&seconds), "{seconds}");
    let events = gate.kapia(&["portal", "user", "show", "obshtina-primer"]).stdout;
    assert!(events.contains("locked-out") && events.contains("127.0.0.0/24"), "{events}");
    let metrics = gate.admin("/metrics").1;
    assert!(metrics.contains("kapia_portal_logins_total{environment=\"production\",outcome=\"locked-out\"} 1"));
    // Another name from the same network is heard.
    let other = User::added(&gate, "obshtina-vtora", &[]);
    assert_eq!(post(&gate, SERVICE, Some(&other), &ping).status, 200);
}

#[test]
fn a_locked_user_is_told_so_at_once_and_only_with_the_right_password() {
    let gate = gate();
    let user = User::added(gate, "zakliuchen", &[]);
    let ping = operation("Ping", "");
    assert_eq!(send(gate, &user, &ping).status, 200);
    gate.kapia(&["portal", "user", "lock", "zakliuchen", "--comment", "изтекъл договор"]);
    assert_fault(&send(gate, &user, &ping), 500, "EGS-2002");
    assert_fault(&send(gate, &User::new("zakliuchen", "wrong"), &ping), 401, "EGS-2003");
    gate.kapia(&["portal", "user", "unlock", "zakliuchen"]);
    assert_eq!(send(gate, &user, &ping).status, 200);
    let list = gate.kapia(&["portal", "user", "list"]).stdout;
    assert!(list.contains("zakliuchen") && list.contains("active"), "{list}");
    let wrong = gate.kapia_says(&["portal", "user", "lock", "zakliuchem"]);
    assert!(wrong.code == Some(2) && wrong.stderr.contains("did you mean zakliuchen"), "{}", wrong.stderr);
}

#[test]
fn a_password_counts_in_its_own_environment_only() {
    let gate = gate();
    let staging = User::added(gate, "samo-proba", &["--environment", "staging"]);
    let ping = envelope(None, &operation("Ping", ""));
    let reply = post(gate, STAGING, Some(&staging), &ping);
    assert_eq!(value(&reply, "Environment").as_deref(), Some("Staging"), "{}", text(&reply));
    assert_fault(&post(gate, SERVICE, Some(&staging), &ping), 401, "EGS-2003");
    assert_fault(&post(gate, STAGING, Some(&User::demo(gate)), &ping), 401, "EGS-2003");
    let number = number();
    assert_result(&post(gate, STAGING, Some(&staging), &envelope(None, &add(number, "Проба"))), "CREATED");
    assert_fault(&send(gate, &User::demo(gate), &get(number)), 500, "EGS-3004");
}

#[test]
fn nobody_writes_services_of_others() {
    let gate = gate();
    let body = add(number(), "Чужда услуга").replace(EIK, "000000107");
    assert_fault(&send(gate, &User::demo(gate), &body), 500, "EGS-2001");
}

#[test]
fn while_a_password_is_changed_both_are_right() {
    let gate = gate();
    let old = User::added(gate, "smiana", &[]);
    let ping = operation("Ping", "");
    let rotate = |more: &[&str]| {
        let arguments = ["portal", "user", "rotate", "smiana"];
        User::new("smiana", &shown_password(&gate.kapia(&[&arguments, more].concat()).stdout))
    };
    let new = rotate(&["--overlap", "3"]);
    assert_eq!([send(gate, &old, &ping).status, send(gate, &new, &ping).status], [200, 200]);
    let newest = rotate(&["--at-once"]);
    let statuses = [&old, &new, &newest].map(|user| send(gate, user, &ping).status);
    assert_eq!(statuses, [401, 401, 200]);
}

#[test]
fn a_replayed_request_receives_the_same_answer_and_is_done_once() {
    let (gate, number) = (gate(), number());
    let user = User::demo(gate);
    let id = format!("6f1c2c1e-7d0b-4b57-9b1c-{number:012}");
    let body = envelope(Some(&id), &add(number, "Повторена заявка"));
    let first = post(gate, SERVICE, Some(&user), &body);
    assert_result(&first, "CREATED");
    let again = post(gate, SERVICE, Some(&user), &body);
    assert_result(&again, "CREATED");
    assert_eq!(value(&first, "Timestamp"), value(&again, "Timestamp"));
    let other = envelope(Some(&id), &add(number, "Друго съдържание"));
    assert_fault(&post(gate, SERVICE, Some(&user), &other), 500, "EGS-5001");
    let history = gate.kapia(&["portal", "history", &format!("{EIK}/{number}")]).stdout;
    assert_eq!(history.lines().count(), 1, "{history}");
}

#[test]
fn of_two_clients_that_change_the_same_version_one_wins() {
    let (gate, number) = (gate(), number());
    let user = User::demo(gate);
    assert_result(&send(gate, &user, &add(number, "Оспорвана услуга")), "CREATED");
    let replies: Vec<HttpReply> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|client| {
                let body = update(number, &format!("Промяна на клиент {client}"), 1);
                let user = user.clone();
                scope.spawn(move || send(gate, &user, &body))
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let won = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(won, 1);
    for lost in replies.iter().filter(|reply| reply.status != 200) {
        assert_fault(lost, 500, "EGS-3005");
    }
    assert_eq!(value(&send(gate, &user, &get(number)), "Version").as_deref(), Some("2"));
}

#[test]
fn a_thousand_records_are_pushed_in_batches_and_cost_one_password() {
    let gate = Gate::demo();
    let user = User::demo(&gate);
    let began = std::time::Instant::now();
    for batch in 0..20u64 {
        let records: String = (0..50).map(|place| record(batch * 50 + place + 1, &format!("Услуга {place}"))).collect();
        let body = operation("SaveServices", &format!("{records}<Mode>AllOrNothing</Mode>"));
        let reply = send(&gate, &user, &body);
        assert_eq!(text(&reply).matches("CREATED").count(), 50, "{}", text(&reply));
    }
    println!("1000 records in {:.1?}", began.elapsed());
    let list = gate.kapia(&["portal", "list", "--json", "--lines", "1"]).stdout;
    assert!(list.contains("\"total\": 1000"), "{list}");
    let metrics = gate.admin("/metrics").1;
    assert!(
        metrics.contains("kapia_portal_logins_total{environment=\"production\",outcome=\"admitted\"} 20"),
        "{metrics}"
    );
}

#[test]
fn a_crash_loses_nothing_that_was_answered_and_asking_again_does_nothing_twice() {
    let mut gate = Gate::start(GateOptions { serve: true, ..GateOptions::default() });
    let user = User::demo(&gate);
    let body = |number: u64| {
        let id = format!("00000000-0000-4000-8000-{number:012}");
        envelope(Some(&id), &add(number, &format!("Услуга {number}")))
    };
    let answered: Mutex<Vec<u64>> = Mutex::default();
    std::thread::scope(|scope| {
        for client in 0..4u64 {
            let (tls, port, user, answered) = (gate.tls(None), gate.port, user.clone(), &answered);
            scope.spawn(move || {
                for place in 0..10_000 {
                    let number = client * 10_000 + place + 1;
                    let Ok(mut connection) = tls.connect(port) else { return };
                    if connection.send(&posted(SERVICE, Some(&user), &body(number))).is_err() {
                        return;
                    }
                    let Ok(reply) = connection.reply() else { return };
                    // Two requests a minute are not what this test is about.
                    if reply.status == 429 {
                        return;
                    }
                    assert_result(&reply, "CREATED");
                    answered.lock().unwrap().push(number);
                }
            });
        }
        std::thread::sleep(Duration::from_millis(2500));
        gate.kill();
    });
    gate.restart();
    let answered = answered.into_inner().unwrap();
    assert!(answered.len() > 20, "only {} were answered before the crash", answered.len());
    let list = gate.kapia(&["portal", "list", "--json", "--lines", "100000"]).stdout;
    let stored: serde_json::Value = serde_json::from_str(&list).unwrap();
    let stored: Vec<u64> =
        stored["records"].as_array().unwrap().iter().map(|record| record["key"]["service"].as_u64().unwrap()).collect();
    let lost: Vec<&u64> = answered.iter().filter(|number| !stored.contains(number)).collect();
    assert!(lost.is_empty(), "answered, and lost: {lost:?}");
    // Whoever heard nothing asks again with the same id: the record was made once, by whichever of the two.
    for client in 0..4u64 {
        let last = answered.iter().filter(|number| (**number - 1) / 10_000 == client).max().copied();
        let next = last.unwrap_or(client * 10_000) + 1;
        let reply = post(&gate, SERVICE, Some(&user), &body(next));
        assert_result(&reply, "CREATED");
        assert_eq!(value(&reply, "Version").as_deref(), Some("1"));
    }
}

#[test]
fn review_lets_people_publish() {
    let settings = vec![("workflow = \"direct\"", "workflow = \"review\"".to_owned())];
    let gate = Gate::start(GateOptions { serve: true, settings, ..GateOptions::default() });
    let user = User::demo(&gate);
    let reply = send(&gate, &user, &add(7001, "Чака преглед"));
    assert_eq!(value(&reply, "PublicationStatus").as_deref(), Some("draft"), "{}", text(&reply));
    assert_eq!(page(&gate, "/services/7001").status, 404);
    let key = format!("{EIK}/7001");
    let published = gate.kapia(&["portal", "publish", &key, "--comment", "прегледано"]).stdout;
    assert!(published.contains("is published, version 3"), "{published}");
    assert_eq!(page(&gate, "/services/7001").status, 200);
    let back = gate.kapia_says(&["portal", "publish", &key, "--status", "draft"]);
    assert!(back.code == Some(1) && back.stderr.contains("cannot become draft"), "{}", back.stderr);
    gate.kapia(&["portal", "deactivate", &key, "--comment", "закрита"]);
    assert_ne!(page(&gate, "/services/7001").status, 200);
    assert_fault(&send(&gate, &user, &update(7001, "Закъсняла промяна", 4)), 500, "EGS-3006");
    gate.kapia(&["portal", "reactivate", &key, "--comment", "по погрешка"]);
    assert_eq!(page(&gate, "/services/7001").status, 200);
    let history = gate.kapia(&["portal", "history", &key]).stdout;
    assert!(history.contains("закрита") && history.contains("прегледано"), "{history}");
}

#[test]
fn a_listener_of_its_own_serves_the_portal_alone_and_asks_browsers_for_nothing() {
    let settings = vec![("workflow = \"direct\"", "workflow = \"direct\"\nlisten = [\"127.0.0.1:0\"]".to_owned())];
    let gate = Gate::start(GateOptions { serve: true, settings, log: Some("info"), ..GateOptions::default() });
    let said = gate.said();
    let line = said.lines().find(|line| line.contains("listening, further")).unwrap();
    let port: u16 = line.split("127.0.0.1:").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let user = User::demo(&gate);
    let mut connection = gate.tls(Some("consumer")).connect(port).unwrap();
    connection.send(&posted(SERVICE, Some(&user), &envelope(None, &operation("Ping", "")))).unwrap();
    assert_eq!(connection.reply().unwrap().status, 200);
    connection.send(b"GET /RegiXEntryPointV2.svc?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert_eq!(connection.reply().unwrap().status, 404, "consumers are elsewhere");
    assert_eq!(read(&gate, &format!("{SERVICE}?wsdl")).status, 404, "and the portal is not with them");
    // Without TLS there is nothing, not even a redirect: it would come after the password.
    use std::io::{Read as _, Write as _};
    let mut plain = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    plain.write_all(&posted(SERVICE, Some(&user), "")).unwrap();
    let mut reply = Vec::new();
    let _ = plain.read_to_end(&mut reply);
    assert!(!String::from_utf8_lossy(&reply).contains("HTTP/"), "{reply:?}");
}

#[test]
fn too_many_messages_and_too_large_ones_are_refused_in_words() {
    let settings = vec![(
        "workflow = \"direct\"",
        "workflow = \"direct\"\nmessages_per_minute = 3\nlargest_message_mib = 1".to_owned(),
    )];
    let gate = Gate::start(GateOptions { serve: true, settings, ..GateOptions::default() });
    let user = User::demo(&gate);
    let large = envelope(None, &add(1, &"я".repeat(600 * 1024)));
    assert_fault(&post(&gate, SERVICE, Some(&user), &large), 500, "EGS-1004");
    let ping = operation("Ping", "");
    assert_eq!([send(&gate, &user, &ping).status, send(&gate, &user, &ping).status], [200, 200]);
    let paced = send(&gate, &user, &ping);
    assert_fault(&paced, 429, "EGS-6001");
    let seconds: u64 = paced.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&seconds), "{seconds}");
    // What the server itself does not read is told in the same words.
    let mut connection = gate.tls(None).connect(gate.port).unwrap();
    let head = format!(
        "POST {SERVICE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: 100000000\r\n\r\n"
    );
    connection.send(head.as_bytes()).unwrap();
    assert_fault(&connection.reply().unwrap(), 413, "EGS-1004");
}

#[test]
fn the_action_of_another_operation_is_refused() {
    let gate = gate();
    let body = envelope(None, &operation("Ping", ""));
    let user = User::demo(gate);
    let mut octets = String::from_utf8(posted(SERVICE, Some(&user), &body)).unwrap();
    octets = octets.replacen("Host:", &format!("SOAPAction: \"{ACTIONS}/AddService\"\r\nHost:"), 1);
    let mut connection = gate.tls(None).connect(gate.port).unwrap();
    connection.send(octets.as_bytes()).unwrap();
    assert_fault(&connection.reply().unwrap(), 500, "EGS-1003");
}
