//! Envelopes that mean two things, or want something from us.

use super::*;

const SHAPES: [(Entry, Soap); 4] =
    [(Entry::V1, Soap::V11), (Entry::V1, Soap::V12), (Entry::V2, Soap::V11), (Entry::V2, Soap::V12)];

#[track_caller]
fn assert_fault(read: &Read, code: &str) {
    assert_eq!((read.http.status, read.kapia_code()), (500, Some(code)), "{}", head(read));
    assert_eq!(read.fault().problem.unwrap().code, code);
}

fn send_as(call: &Call, body: String) -> Read {
    Read::new(GATE.send(&call.post_body(body).octets()), call.soap)
}

#[test]
fn a_header_that_must_be_understood_and_is_not_is_refused_in_every_shape() {
    for (entry, soap) in SHAPES {
        for must in ["1", "true", " 1 "] {
            let headers = format!("<u:Unknown xmlns:u=\"urn:unknown\" s:mustUnderstand=\"{must}\"/>");
            assert_fault(&GATE.call(&Call { headers, ..Call::of(entry, soap) }), "header-not-understood");
        }
        // By another prefix of the same namespace too, and behind a header that is understood.
        let headers = format!(
            "<u:Known xmlns:u=\"urn:u\"/><u:Unknown xmlns:u=\"urn:u\" xmlns:t=\"{}\" t:mustUnderstand=\"1\"/>",
            soap.namespace()
        );
        assert_fault(&GATE.call(&Call { headers, ..Call::of(entry, soap) }), "header-not-understood");
        // An attribute of the same name in another namespace asks for nothing.
        let headers = "<u:Unknown xmlns:u=\"urn:u\" u:mustUnderstand=\"1\" mustUnderstand=\"1\"/>".to_owned();
        GATE.call(&Call { headers, ..Call::of(entry, soap) }).result(entry).assert_answer();
    }
}

#[test]
fn a_second_body_a_second_header_and_a_header_behind_the_body_are_refused() {
    for (entry, soap) in SHAPES {
        let call = Call::of(entry, soap);
        let envelope = call.envelope();
        let other = "<s:Body><Evil xmlns=\"urn:evil\"/></s:Body>";
        for body in [
            envelope.replace("</s:Envelope>", &format!("{other}</s:Envelope>")),
            envelope.replace("<s:Body>", &format!("{other}<s:Body>")),
            envelope.replace("<s:Body>", "<s:Header/><s:Header/><s:Body>"),
            envelope.replace("</s:Envelope>", "<s:Header><a/></s:Header></s:Envelope>"),
            envelope.replace("<s:Body>", "<Body xmlns=\"urn:other\"/><s:Body>"),
        ] {
            assert_fault(&send_as(&call, body), "envelope-structure");
        }
    }
}

#[test]
fn a_second_element_in_the_body_is_refused() {
    for (entry, soap) in SHAPES {
        let call = Call::of(entry, soap);
        let envelope = call.envelope();
        let evil = "<Evil xmlns=\"urn:evil\"/>";
        for body in [
            envelope.replace("<s:Body>", &format!("<s:Body>{evil}")),
            envelope.replace("</s:Body>", &format!("{evil}</s:Body>")),
        ] {
            assert_fault(&send_as(&call, body), "envelope-body-several");
        }
    }
}

#[test]
fn an_answer_to_another_address_is_refused_and_nobody_connects_there() {
    let bait = Bait::new();
    let url = bait.url();
    for (entry, soap) in [(Entry::V1, Soap::V12), (Entry::V2, Soap::V12)] {
        for name in ["ReplyTo", "FaultTo"] {
            for address in [url.as_str(), "http://169.254.169.254/latest", "urn:x", "file:///etc/hostname", "none"] {
                let headers = format!("<a:{name}><a:Address>{address}</a:Address></a:{name}>");
                assert_fault(&GATE.call(&Call { headers, ..Call::of(entry, soap) }), "reply-elsewhere");
            }
        }
        let nobody = "http://www.w3.org/2005/08/addressing/none";
        let headers = format!("<a:ReplyTo><a:Address>{nobody}</a:Address></a:ReplyTo>");
        assert_fault(&GATE.call(&Call { headers, ..Call::of(entry, soap) }), "reply-elsewhere");
        // An address in pieces is the address.
        let headers =
            "<a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/<!-- -->elsewhere</a:Address></a:ReplyTo>";
        assert_fault(&GATE.call(&Call { headers: headers.into(), ..Call::of(entry, soap) }), "reply-elsewhere");
    }
    bait.assert_untouched();
}

#[test]
fn the_address_of_the_message_routes_nothing() {
    let bait = Bait::new();
    for to in [bait.url(), "http://169.254.169.254/".into(), "urn:x".into(), "x".repeat(1_000_000)] {
        let call = Call::of(Entry::V2, Soap::V12);
        let honest = format!("https://localhost{}", Entry::V2.path(Soap::V12));
        let envelope = call.envelope();
        assert!(envelope.contains(&honest));
        send_as(&call, envelope.replace(&honest, &to)).result(Entry::V2).assert_answer();
    }
    let headers = format!("<a:From><a:Address>{}</a:Address></a:From>", bait.url());
    GATE.call(&Call { headers, ..Call::of(Entry::V2, Soap::V12) }).result(Entry::V2).assert_answer();
    bait.assert_untouched();
}

#[test]
fn an_addressing_header_that_occurs_twice_is_refused() {
    for (name, value) in [
        ("Action", Entry::V2.action()),
        ("MessageID", "urn:uuid:2"),
        ("To", "urn:to"),
        ("ReplyTo", ""),
        ("FaultTo", ""),
        ("From", ""),
    ] {
        let headers = format!("<a:{name}>{value}</a:{name}>").repeat(2);
        let read = GATE.call(&Call { headers, ..Call::of(Entry::V2, Soap::V12) });
        assert_fault(&read, "header-repeated");
        assert_eq!(read.fault().subcode.as_deref(), Some("InvalidAddressingHeader"));
    }
}

#[test]
fn a_message_id_of_any_length_is_not_reflected() {
    let call = Call { message_id: Some("x".repeat(100_000)), ..Call::of(Entry::V2, Soap::V12) };
    let read = GATE.call(&call);
    assert_fault(&read, "header-too-long");
    assert_eq!(read.addressing("RelatesTo"), None);
    assert!(read.http.body.len() < 4_000);
    // What fits comes back escaped, whatever it is.
    let hostile = "&lt;/a:RelatesTo>\"'&#13;&#10;X: y";
    let read = GATE.call(&Call { message_id: Some(hostile.into()), ..Call::of(Entry::V2, Soap::V12) });
    read.result(Entry::V2).assert_answer();
    assert_eq!(read.addressing("RelatesTo").as_deref(), Some("</a:RelatesTo>\"'\r\nX: y"));
}

#[test]
fn an_action_that_is_not_that_of_the_body_is_refused() {
    for (entry, soap) in SHAPES {
        let other = if entry == Entry::V1 { Entry::V2 } else { Entry::V1 };
        let checks = format!("{}x", entry.action());
        for action in [other.action(), "urn:x", "http://egov.bg/RegiX/IRegiXEntryPointV2/CheckResult", checks.as_str()]
        {
            let read = GATE.call(&Call { action: action.into(), ..Call::of(entry, soap) });
            assert_eq!((read.http.status, read.kapia_code()), (500, Some("action-mismatch")), "{action}");
            assert_eq!(read.fault().subcode.as_deref(), Some("ActionNotSupported"));
        }
    }
}

#[test]
fn a_method_of_another_address_or_an_unknown_one_is_refused() {
    let call = Call::good();
    for element in ["ExecuteSynchronous", "Evil", "execute"] {
        let body = call
            .envelope()
            .replace("<Execute ", &format!("<{element} "))
            .replace("</Execute>", &format!("</{element}>"));
        let read = send(body);
        assert_eq!((read.http.status, read.kapia_code()), (500, Some("method-unknown")), "{element}");
    }
    let body = call
        .envelope()
        .replace("<Execute xmlns=\"http://egov.bg/RegiX\">", "<Execute xmlns=\"http://egov.bg/RegiX/\">");
    assert_eq!(send(body).kapia_code(), Some("method-unknown"));
}

#[test]
fn an_envelope_of_another_version_or_none_is_refused() {
    let read = send(Call::of(Entry::V2, Soap::V12).envelope());
    assert_fault(&read, "envelope-version");
    for body in ["<Envelope/>", "<e:Envelope xmlns:e='urn:x'/>", "<html/>"] {
        assert_fault(&send(body), "envelope-missing");
    }
    let empty = format!("<e:Envelope xmlns:e='{}'/>", Soap::V11.namespace());
    assert_fault(&send(empty), "envelope-body");
}
