//! Who is calling, when it is not the certificate of the connection that says so: proxies that end TLS, tokens, and the
//! service bus; and everybody who pretends to be one of them.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_journal::{Entry as Row, Filter, Identification, Outcome, Reader};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use support::sts::{Assertion, BEARER, Sts, WSS, WSS_MISSPELT, confirmation, security};
use support::*;

const NOT_FOUND: &str = "Access denied! ConsumerCertificate is not found.";
const NOT_ACTIVE: &str = "Access denied! ConsumerCertificate is not active";
/// The object identifier of the consumer that the demo registers.
const OID: &str = "2.16.100.1.1.999.1.1";
/// That of another consumer, who has a certificate and no rights.
const OTHER_OID: &str = "2.16.100.1.1.999.2.1";

/// A gate that nobody has told of proxies, tokens and buses.
static PLAIN: LazyLock<Gate> = LazyLock::new(Gate::demo);

/// A gate behind a proxy on this machine, which shows no certificate; its tokens are signed with the server's key, and
/// its service bus shows the signer's certificate.
static GATE: LazyLock<Gate> = LazyLock::new(|| {
    let sections = r#"[[proxy]]
addresses = ["127.0.0.1"]
identity = "certificate-or-hash"

[[proxy]]
addresses = ["10.0.0.0/8"]

[service_bus]
listen = ["127.0.0.1:0"]
certificates = ["certs/signer.pem"]

[sts]
certificates = ["certs/server.pem"]
audiences = ["urn:egov:bg:services:oid:2.16.100.1.1.1"]

[gateway]"#;
    let gate = Gate::start(GateOptions {
        serve: true,
        settings: vec![("[gateway]", sections.to_owned())],
        ..GateOptions::default()
    });
    // Known, so that only the rules under test can refuse it.
    let stranger = gate.certs.join("stranger.pem");
    gate.kapia(&["consumer", "add", "other", "--oid", OTHER_OID, "--certificate", stranger.to_str().unwrap()]);
    let call = Call::good();
    let began = std::time::Instant::now();
    while gate.call_as(&gate.tls(Some("stranger")), &call).result(Entry::V2).error.as_deref() == Some(NOT_FOUND) {
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "the new consumer is never seen");
    }
    gate
});

// ---- certificates in headers ----

#[test]
fn a_certificate_that_the_proxy_forwards_identifies_its_consumer() {
    let _alone = alone();
    let read = through_proxy(&Call::good(), &[("SSL_CLIENT_CERT", &one_line("consumer"))]);
    read.result(Entry::V2).assert_answer();
    let row = last_row(&GATE);
    assert_eq!(row.record.identified_by, Some(Identification::ForwardedCertificate));
    assert_eq!(row.record.consumer.unwrap().name, "demo");
    assert_eq!(row.record.certificate.unwrap().sha1.to_string(), hash("consumer"));
    let told = GATE.kapia(&["journal", "tail", "-n", "1", "--json"]).stdout;
    assert!(told.contains("\"identified_by\":\"forwarded-certificate\""), "{told}");
}

#[test]
fn the_certificate_of_a_connection_is_written_down_as_such() {
    let _alone = alone();
    GATE.call(&Call::good()).result(Entry::V2).assert_answer();
    assert_eq!(last_row(&GATE).record.identified_by, Some(Identification::Tls));
    through_proxy(&Call::good(), &[]).result(Entry::V2).assert_refused(NOT_FOUND);
    assert_eq!(last_row(&GATE).record.identified_by, None);
}

#[test]
fn a_spoofed_header_from_somebody_who_is_no_proxy_identifies_nobody() {
    let _alone = alone();
    // Of the very consumer that is registered there.
    let said = [("SSL_CLIENT_CERT", one_line_of(&PLAIN, "consumer")), ("cert_hash", hash_of(&PLAIN, "consumer"))];
    for (name, value) in said {
        let headers = [(name, value.as_str())];
        let read = posted(&PLAIN, &PLAIN.tls(None), &Call::good(), &headers);
        refused(&read, NOT_FOUND, "denied-no-certificate");
        assert_eq!(last_row(&PLAIN).record.certificate, None);
        let read = posted(&PLAIN, &PLAIN.tls(Some("stranger")), &Call::good(), &headers);
        refused(&read, NOT_FOUND, "denied-certificate-unknown");
    }
    let page = PLAIN.admin("/metrics").1;
    assert!(page.contains("kapia_forwarded_identities_total{outcome=\"ignored\"} 4\n"), "{page}");
    // Operators are told, but not by everybody who likes to fill a log.
    assert_eq!(PLAIN.said().matches("came from no configured proxy").count(), 1);
}

#[test]
fn a_client_with_a_certificate_of_its_own_cannot_speak_as_the_proxy() {
    let _alone = alone();
    // From the proxy's address, but with a certificate that the proxy does not have.
    let read = posted(&GATE, &GATE.tls(Some("expired")), &Call::good(), &[("SSL_CLIENT_CERT", &one_line("consumer"))]);
    refused(&read, NOT_ACTIVE, "certificate-expired");
}

#[test]
fn a_forwarded_certificate_is_refused_as_one_of_the_connection_would_be() {
    let _alone = alone();
    let foreign = tempfile::tempdir().unwrap();
    let now = time::OffsetDateTime::now_utc();
    let foreign =
        kapia_pki::ExampleAuthority::create(foreign.path(), &kapia_pki::Names::default(), now).unwrap().consumer;
    let foreign = std::fs::read_to_string(foreign.certificate).unwrap().replace('\n', " ");
    for (certificate, text, code) in [
        (one_line("expired"), NOT_ACTIVE, "certificate-expired"),
        (foreign, NOT_FOUND, "certificate-issuer-unknown"),
        (one_line("ca"), NOT_FOUND, "certificate-wrong-purpose"),
        (one_line("signer"), NOT_FOUND, "denied-certificate-unknown"),
    ] {
        let read = through_proxy(&Call::good(), &[("SSL_CLIENT_CERT", &certificate)]);
        refused(&read, text, code);
    }
}

#[test]
fn a_forwarded_thumbprint_identifies_where_the_operator_allows_it() {
    let _alone = alone();
    let upper = hash("consumer").to_uppercase();
    through_proxy(&Call::good(), &[("cert_hash", &upper)]).result(Entry::V2).assert_answer();
    let row = last_row(&GATE);
    assert_eq!(row.record.identified_by, Some(Identification::ForwardedHash));
    assert_eq!(row.record.certificate.unwrap().sha1.to_string(), hash("consumer"));
    let nobody = "0".repeat(40);
    let read = through_proxy(&Call::good(), &[("cert_hash", &nobody)]);
    refused(&read, NOT_FOUND, "denied-certificate-unknown");
}

#[test]
fn headers_that_contradict_repeat_or_resemble_each_other_are_refused_by_name() {
    let _alone = alone();
    let (ours, other) = (one_line("consumer"), one_line("stranger"));
    let (our_hash, other_hash) = (hash("consumer"), hash("stranger"));
    for (headers, code) in [
        (&[("SSL_CLIENT_CERT", ours.as_str()), ("cert_hash", &other_hash)][..], "forwarded-headers-disagree"),
        (&[("SSL_CLIENT_CERT", &other), ("SSL_CLIENT_CERT", &ours)], "forwarded-header-repeated"),
        (&[("cert_hash", &our_hash), ("cert_hash", &our_hash)], "forwarded-header-repeated"),
        (&[("SSL_CLIENT_CERT", &other), ("SSL-CLIENT-CERT", &ours)], "forwarded-header-lookalike"),
        (&[("cert-hash", &our_hash)], "forwarded-header-lookalike"),
        (&[("SSL_CLIENT_CERT", "garbage")], "forwarded-certificate-malformed"),
        (&[("cert_hash", "garbage")], "forwarded-hash-malformed"),
    ] {
        refused(&through_proxy(&Call::good(), headers), NOT_FOUND, code);
        let row = last_row(&GATE);
        assert_eq!(row.record.error_code.as_deref(), Some(code));
        assert_eq!(row.record.outcome, Outcome::Denied);
    }
    let read = through_proxy(&Call::good(), &[("SSL_CLIENT_CERT", &ours), ("cert_hash", &our_hash)]);
    read.result(Entry::V2).assert_answer();
}

#[test]
fn a_refusal_of_a_header_repeats_nothing_of_it() {
    let _alone = alone();
    let read = through_proxy(&Call::good(), &[("SSL_CLIENT_CERT", "secret8001010008")]);
    assert!(!read.http.everything().contains("8001010008"));
    assert!(!GATE.said().contains("secret"));
}

#[test]
fn a_forwarded_chain_of_addresses_is_written_down_as_regix_does() {
    let _alone = alone();
    let chain = "203.0.113.7, 192.0.2.1";
    through_proxy(&Call::good(), &[("X-Forwarded-For", chain), ("cert_hash", &hash("consumer"))]);
    let address = last_row(&GATE).record.client_address;
    assert!(address.starts_with(&format!("X-Forwarded-For={chain};proxy ip=127.0.0.1:")), "{address}");
}

// ---- tokens beside a certificate ----

#[test]
fn a_token_that_agrees_with_the_certificate_is_accepted_in_both_spellings() {
    let _alone = alone();
    for namespace in [WSS, WSS_MISSPELT] {
        for (entry, soap) in
            [(Entry::V1, Soap::V11), (Entry::V1, Soap::V12), (Entry::V2, Soap::V11), (Entry::V2, Soap::V12)]
        {
            let call = Call { headers: security(namespace, &signed(&token(OID))), ..Call::of(entry, soap) };
            GATE.call(&call).result(entry).assert_answer();
        }
    }
    assert_eq!(last_row(&GATE).record.identified_by, Some(Identification::Tls));
}

#[test]
fn a_token_about_another_consumer_is_refused_for_either_of_them() {
    let _alone = alone();
    for (who, oid) in [("consumer", OTHER_OID), ("stranger", OID), ("consumer", "2.16.100.9")] {
        for namespace in [WSS, WSS_MISSPELT] {
            let call = with_token(&signed(&token(oid)), namespace);
            refused(&GATE.call_as(&GATE.tls(Some(who)), &call), NOT_FOUND, "token-other-consumer");
        }
    }
}

#[test]
fn a_token_agrees_with_a_forwarded_certificate_or_is_refused() {
    let _alone = alone();
    let headers = [("SSL_CLIENT_CERT", one_line("consumer"))];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    through_proxy(&with_token(&signed(&token(OID)), WSS), &headers).result(Entry::V2).assert_answer();
    let read = through_proxy(&with_token(&signed(&token(OTHER_OID)), WSS), &headers);
    refused(&read, NOT_FOUND, "token-other-consumer");
}

#[test]
fn a_token_alone_identifies_nobody_at_the_public_address() {
    let _alone = alone();
    let read = GATE.call_as(&GATE.tls(None), &with_token(&signed(&token(OID)), WSS));
    refused(&read, NOT_FOUND, "denied-no-certificate");
}

#[test]
fn a_token_that_is_not_to_be_believed_is_refused_by_name() {
    let _alone = alone();
    let good = signed(&token(OID));
    let forged = Assertion { id: "_evil".into(), ..token(OID) };
    let (start, end) = (good.find("<ds:Signature ").unwrap(), good.find("</ds:Signature>").unwrap() + 15);
    let wrapped = forged.xml().replace(
        "</saml2:Issuer>",
        &format!(
            "</saml2:Issuer>{}",
            good[start..end].replace(
                "</ds:Signature>",
                &format!("<ds:Object>{}{}</ds:Object></ds:Signature>", &good[..start], &good[end..])
            )
        ),
    );
    let other_key = key("stranger").signed(&token(OID));
    let once = signed(&Assertion { within: format!("{}<saml2:OneTimeUse/>", token(OID).within), ..token(OID) });
    let elsewhere = Assertion { within: audience("urn:elsewhere"), ..token(OID) };
    for (content, code) in [
        (token(OID).xml(), "token-unsigned"),
        (other_key, "token-signature"),
        (wrapped, "token-signature"),
        (good.replace(OID, OTHER_OID), "token-signature"),
        (signed(&token(OID).lasting(-600, -300)), "token-expired"),
        (signed(&token(OID).lasting(300, 600)), "token-not-yet-valid"),
        (signed(&elsewhere), "token-audience"),
        (once, "token-one-time-use"),
        (format!("{good}{good}"), "token-several"),
    ] {
        refused(&GATE.call(&with_token(&content, WSS)), NOT_FOUND, code);
        assert_eq!(last_row(&GATE).record.error_code.as_deref(), Some(code));
    }
}

#[test]
fn a_token_may_be_used_for_many_calls_until_it_ends() {
    let _alone = alone();
    let call = with_token(&signed(&token(OID)), WSS);
    for _ in 0..3 {
        GATE.call(&call).result(Entry::V2).assert_answer();
    }
}

#[test]
fn without_a_configured_issuer_a_token_is_passed_over_and_counted() {
    let _alone = alone();
    for content in [key("stranger").signed(&token(OTHER_OID)), token(OTHER_OID).xml()] {
        for namespace in [WSS, WSS_MISSPELT] {
            let call = with_token(&content, namespace);
            let read = PLAIN.call(&call);
            read.result(Entry::V2).assert_answer();
            // The certificate decides, whatever the token says: RegiX would have answered as the other consumer.
            assert_eq!(last_row(&PLAIN).record.consumer.unwrap().oid.as_deref(), Some(OID));
        }
    }
    assert!(PLAIN.admin("/metrics").1.contains("kapia_tokens_total{outcome=\"ignored\"} 4\n"));
}

#[test]
fn other_content_of_the_security_header_is_ignored_as_before() {
    let _alone = alone();
    let call = Call { headers: security(WSS, "<o:Timestamp/>"), ..Call::good() };
    GATE.call(&call).result(Entry::V2).assert_answer();
}

// ---- the service bus ----

#[test]
fn the_service_bus_speaks_for_the_consumer_of_its_token() {
    let _alone = alone();
    for namespace in [WSS, WSS_MISSPELT] {
        let read = on_bus(Some("signer"), &with_token(&signed(&token(OID)), namespace), BUS);
        read.result(Entry::V2).assert_answer();
        let record = last_row(&GATE).record;
        assert_eq!(record.identified_by, Some(Identification::Token));
        assert_eq!(record.consumer.unwrap().oid.as_deref(), Some(OID));
        assert_eq!(record.certificate.unwrap().sha1.to_string(), hash("signer"), "what the connection showed");
    }
    // Its rights are those of the consumer, not of the bus.
    let read = on_bus(Some("signer"), &with_token(&signed(&token(OTHER_OID)), WSS), BUS);
    refused(&read, "Access denied!", "denied-no-access");
}

#[test]
fn nobody_else_is_served_at_the_listener_of_the_service_bus() {
    let _alone = alone();
    let call = with_token(&signed(&token(OID)), WSS);
    for who in [None, Some("consumer"), Some("stranger"), Some("expired")] {
        refused(&on_bus(who, &call, BUS), NOT_FOUND, "service-bus-stranger");
    }
}

#[test]
fn the_service_bus_without_a_good_token_is_nobody() {
    let _alone = alone();
    for (call, code) in [
        (Call::good(), "token-missing"),
        (with_token(&token(OID).xml(), WSS), "token-unsigned"),
        (with_token(&key("stranger").signed(&token(OID)), WSS), "token-signature"),
        (with_token(&signed(&token(OID).lasting(-600, -300)), WSS), "token-expired"),
        (with_token(&signed(&token("2.16.100.9")), WSS), "denied-oid-unknown"),
    ] {
        refused(&on_bus(Some("signer"), &call, BUS), NOT_FOUND, code);
    }
}

#[test]
fn only_the_service_bus_may_vouch_for_a_sender() {
    let _alone = alone();
    let vouched = confirmation("urn:oasis:names:tc:SAML:2.0:cm:sender-vouches", "", "");
    let call = with_token(&signed(&Assertion { confirmation: vouched, ..token(OID) }), WSS);
    on_bus(Some("signer"), &call, BUS).result(Entry::V2).assert_answer();
    refused(&GATE.call(&call), NOT_FOUND, "token-confirmation");
    let bearer = Assertion { confirmation: confirmation(BEARER, "", ""), ..token(OID) };
    GATE.call(&with_token(&signed(&bearer), WSS)).result(Entry::V2).assert_answer();
}

#[test]
fn the_two_listeners_do_not_serve_each_others_addresses() {
    let _alone = alone();
    let call = with_token(&signed(&token(OID)), WSS);
    let mut connection = GATE.connect();
    connection.send(&call.post_body(call.envelope()).at(BUS).octets()).unwrap();
    assert_eq!(connection.reply().unwrap().status, 404, "the address of the bus at the public listener");
    let mut connection = GATE.tls(Some("signer")).connect(bus_port()).unwrap();
    connection.send(&call.post().octets()).unwrap();
    assert_eq!(connection.reply().unwrap().status, 404, "a public address at the listener of the bus");
}

#[test]
fn a_message_of_the_service_bus_may_be_larger_than_in_regix() {
    let _alone = alone();
    let call = with_token(&signed(&token(OID)), WSS);
    let envelope = call.envelope().replace("<s:Body>", &format!("<!--{}--><s:Body>", "x".repeat(200_000)));
    let mut connection = GATE.tls(Some("signer")).connect(bus_port()).unwrap();
    connection.send(&call.post_body(envelope).at(BUS).octets()).unwrap();
    Read::new(connection.reply().unwrap(), Soap::V11).result(Entry::V2).assert_answer();
}

// ---- the configuration ----

#[test]
fn a_reload_takes_proxies_and_issuers_as_they_are_then() {
    let gate = Gate::start(GateOptions { serve: true, settings: Vec::new(), ..GateOptions::default() });
    let hash = hash_of(&gate, "consumer");
    let forged = key("stranger").signed(&token(OTHER_OID));
    let through_proxy = || posted(&gate, &gate.tls(None), &Call::good(), &[("cert_hash", &hash)]);
    refused(&through_proxy(), NOT_FOUND, "denied-no-certificate");
    gate.call(&with_token(&forged, WSS)).result(Entry::V2).assert_answer();

    let file = gate.folder.join("kapia.toml");
    let before = std::fs::read_to_string(&file).unwrap();
    let sections = "[[proxy]]\naddresses = [\"127.0.0.1\"]\nidentity = \"certificate-or-hash\"\n[sts]\ncertificates = [\"certs/server.pem\"]\n";
    std::fs::write(&file, format!("{before}\n{sections}")).unwrap();
    gate.signal("HUP");
    within_ten_seconds(|| !through_proxy().result(Entry::V2).has_error);
    refused(&gate.call(&with_token(&forged, WSS)), NOT_FOUND, "token-signature");

    // A section that makes no sense changes nothing.
    std::fs::write(&file, format!("{before}\n[sts]\ncertificates = []\n")).unwrap();
    gate.signal("HUP");
    within_ten_seconds(|| gate.said().contains("not reloaded"));
    through_proxy().result(Entry::V2).assert_answer();
}

#[test]
fn without_an_issuer_of_tokens_there_is_no_service_bus() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kapia.toml");
    let text = std::fs::read_to_string(GATE.folder.join("kapia.toml")).unwrap();
    let (start, end) = (text.find("[sts]").unwrap(), text.find("[gateway]").unwrap());
    let text = [&text[..start], &text[end..]].concat().replace("\"certs/", &format!("\"{}/", GATE.certs.display()));
    std::fs::write(&file, text).unwrap();
    let ended =
        std::process::Command::new(program()).args(["--lang", "en", "serve", "--config"]).arg(&file).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{told}");
    assert!(told.contains("no [sts]"), "{told}");
}

// ---- the scene ----

fn within_ten_seconds(mut holds: impl FnMut() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < std::time::Duration::from_secs(10), "it never comes true");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// One test at a time looks at the last record of a journal.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the service bus calls, with the spelling of RegiX.
const BUS: &str = "/RegiX/RegiXEntryPointV2.svc/serviceBus";

fn token(oid: &str) -> Assertion {
    Assertion { within: audience("urn:egov:bg:services:oid:2.16.100.1.1.1"), ..Assertion::of(oid) }
}

fn audience(audience: &str) -> String {
    format!("<saml2:AudienceRestriction><saml2:Audience>{audience}</saml2:Audience></saml2:AudienceRestriction>")
}

fn key(name: &str) -> Sts {
    Sts::of(&std::fs::read_to_string(GATE.certs.join(format!("{name}-key.pem"))).unwrap())
}

/// As the configured issuer signs it.
fn signed(token: &Assertion) -> String {
    key("server").signed(token)
}

fn with_token(content: &str, namespace: &str) -> Call {
    Call { headers: security(namespace, content), ..Call::good() }
}

fn one_line(name: &str) -> String {
    one_line_of(&GATE, name)
}

/// PEM in one line, as Apache writes it.
fn one_line_of(gate: &Gate, name: &str) -> String {
    std::fs::read_to_string(gate.certs.join(format!("{name}.pem"))).unwrap().replace('\n', " ")
}

fn hash(name: &str) -> String {
    hash_of(&GATE, name)
}

fn hash_of(gate: &Gate, name: &str) -> String {
    let der = kapia_pki::read_certificates(&gate.certs.join(format!("{name}.pem"))).unwrap().remove(0);
    kapia_pki::Thumbprints::of(&der).sha1.to_string()
}

fn through_proxy(call: &Call, headers: &[(&str, &str)]) -> Read {
    posted(&GATE, &GATE.tls(None), call, headers)
}

fn posted(gate: &Gate, tls: &Tls, call: &Call, headers: &[(&str, &str)]) -> Read {
    let post = headers.iter().fold(call.post(), |post, (name, value)| post.with(name, value));
    let mut connection = tls.connect(gate.port).unwrap();
    connection.send(&post.octets()).unwrap();
    Read::new(connection.reply().unwrap(), call.soap)
}

fn on_bus(who: Option<&str>, call: &Call, path: &str) -> Read {
    let mut connection = GATE.tls(who).connect(bus_port()).unwrap();
    connection.send(&call.post_body(call.envelope()).at(path).octets()).unwrap();
    Read::new(connection.reply().unwrap(), Soap::V11)
}

fn bus_port() -> u16 {
    let said = GATE.said();
    let line = said.lines().find(|line| line.contains("listening for the service bus")).unwrap();
    let digits = line.rsplit("127.0.0.1:").next().unwrap();
    digits.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

fn refused(read: &Read, text: &str, code: &str) {
    read.result(Entry::V2).assert_refused(text);
    assert_eq!(read.kapia_code(), Some(code));
    assert!(read.http.header("kapia-hint").is_some_and(|hint| !hint.is_empty()));
}

fn last_row(gate: &Gate) -> Row {
    let reader = Reader::open(gate.folder.join("journal.db")).unwrap();
    reader.page(&Filter::default(), 0, usize::MAX).unwrap().pop().unwrap()
}
