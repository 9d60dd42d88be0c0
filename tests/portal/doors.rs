//! Where the service is, and what it takes.

use crate::speaking::*;
use crate::support::*;

#[test]
fn soap_12_has_a_port_of_its_own_and_the_contract_needs_no_password() {
    let gate = gate();
    let ping = element("Ping", "");
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
fn a_listener_of_its_own_serves_the_portal_alone_and_asks_browsers_for_nothing() {
    let settings = vec![("workflow = \"direct\"", "workflow = \"direct\"\nlisten = [\"127.0.0.1:0\"]".to_owned())];
    let gate = Gate::start(GateOptions { serve: true, settings, log: Some("info"), ..GateOptions::default() });
    let said = gate.said();
    let line = said.lines().find(|line| line.contains("listening, further")).unwrap();
    let port: u16 = line.split("127.0.0.1:").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let user = User::demo(&gate);
    let mut connection = gate.tls(Some("consumer")).connect(port).unwrap();
    connection.send(&posted(SERVICE, Some(&user), &envelope(None, &element("Ping", "")))).unwrap();
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
    let ping = element("Ping", "");
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
    let body = envelope(None, &element("Ping", ""));
    let user = User::demo(gate);
    let mut octets = String::from_utf8(posted(SERVICE, Some(&user), &body)).unwrap();
    octets = octets.replacen("Host:", &format!("SOAPAction: \"{ACTIONS}/AddService\"\r\nHost:"), 1);
    let mut connection = gate.tls(None).connect(gate.port).unwrap();
    connection.send(octets.as_bytes()).unwrap();
    assert_fault(&connection.reply().unwrap(), 500, "EGS-1003");
}

#[test]
fn whatever_certificate_somebody_shows_the_password_decides() {
    let gate = gate();
    let user = User::demo(gate);
    let ping = envelope(None, &element("Ping", ""));
    for who in [None, Some("consumer"), Some("stranger"), Some("expired")] {
        let mut connection = gate.tls(who).connect(gate.port).unwrap();
        let statuses = [Some(&user), None].map(|user| {
            connection.send(&posted(SERVICE, user, &ping)).unwrap();
            connection.reply().unwrap().status
        });
        assert_eq!(statuses, [200, 401], "{who:?}");
    }
}

#[test]
fn nothing_of_a_context_is_needed_and_nothing_of_it_is_written_down() {
    let gate = gate();
    let user = User::demo(gate);
    let context = "<InformationSystemOID>2.16.100.1.1.999.7</InformationSystemOID>\
                   <OperatorIdentifier>8001014527</OperatorIdentifier><RNU>2026-ABC-1</RNU>";
    let header = format!(
        "<s:Header><RequestContext xmlns=\"urn:egov-gateway:portal:service-record:1\">{context}</RequestContext></s:Header><s:Body>"
    );
    let message = envelope(None, &element("Ping", "")).replace("<s:Body>", &header);
    let reply = post(gate, SERVICE, Some(&user), &message);
    assert_eq!(reply.status, 200, "{}", text(&reply));
    assert!(!text(&reply).contains("8001014527") && !gate.said().contains("8001014527"));
}
