//! Habits of real consumers, octet by octet, each after a rule of `wild-clients.md` §3.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::LazyLock;
use std::time::Duration;
use support::*;

static GATE: LazyLock<Gate> = LazyLock::new(Gate::demo);

const V2_BASIC: &str = "/RegiXEntryPointV2.svc/basic";
const V1_WS: &str = "/RegiX/RegiXEntryPoint.svc";
const V2_ACTION: &str = "http://egov.bg/RegiX/IRegiXEntryPointV2/Execute";

// ---- rule 1: addresses ----

#[test]
fn rule_01_every_address_is_served_in_any_case_with_and_without_the_folder() {
    for (entry, soap, file) in [
        (Entry::V1, Soap::V12, "RegiXEntryPoint.svc"),
        (Entry::V1, Soap::V11, "RegiXEntryPoint.svc/basic"),
        (Entry::V2, Soap::V12, "RegiXEntryPointV2.svc"),
        (Entry::V2, Soap::V11, "RegiXEntryPointV2.svc/basic"),
    ] {
        let lower = file.to_lowercase();
        for path in [
            format!("/{file}"),
            format!("/RegiX/{file}"),
            format!("/regix/{file}"),
            format!("/REGIX/{}", file.to_uppercase()),
            format!("/{lower}"),
        ] {
            let mut post = Call::of(entry, soap).post();
            post.target.clone_from(&path);
            answered(&Read::new(GATE.send(&post.octets()), soap), entry, &path);
        }
    }
}

#[test]
fn rule_01_a_post_to_wsdl_is_a_call() {
    for query in ["?wsdl", "?singleWsdl", "?WSDL", "?anything=1"] {
        let mut post = Call::of(Entry::V1, Soap::V12).post();
        post.target = format!("{V1_WS}{query}");
        answered(&Read::new(GATE.send(&post.octets()), Soap::V12), Entry::V1, query);
    }
}

// ---- rule 2: media types ----

#[test]
fn rule_02_parameters_of_the_media_type_come_in_any_order_and_case() {
    let v11 = Call::of(Entry::V2, Soap::V11).envelope();
    for content_type in
        ["text/xml", "text/xml;charset=UTF-8", "Text/XML; Charset=\"utf-8\"", "text/xml ;x=y; charset=utf-8"]
    {
        let post = Post::to(V2_BASIC, v11.clone()).with("content-type", content_type).with("SOAPAction", V2_ACTION);
        answered(&Read::new(GATE.send(&post.octets()), Soap::V11), Entry::V2, content_type);
    }
    let v12 = Call::of(Entry::V2, Soap::V12).envelope();
    for content_type in [
        "application/soap+xml",
        "application/soap+xml; charset=utf-8; action=\"http://egov.bg/RegiX/IRegiXEntryPointV2/Execute\"",
        "application/soap+xml;action=\"urn:the-header-block-counts\";charset=utf-8",
    ] {
        let post = Post::to("/RegiXEntryPointV2.svc", v12.clone()).with("Content-Type", content_type);
        answered(&Read::new(GATE.send(&post.octets()), Soap::V12), Entry::V2, content_type);
    }
}

#[test]
fn rule_02_soap_1_1_at_the_address_of_soap_1_2_is_answered() {
    let mut post = Call::of(Entry::V2, Soap::V11).post();
    post.target = "/RegiXEntryPointV2.svc".into();
    answered(&Read::new(GATE.send(&post.octets()), Soap::V11), Entry::V2, "SOAP 1.1");
}

// ---- rule 3: methods ----

#[test]
fn rule_03_a_get_with_a_body_is_a_call() {
    let envelope = Call::good().envelope();
    let post = Post { method: "GET".into(), ..Post::to(V2_BASIC, envelope) }
        .with("Soapaction", V2_ACTION)
        .with("Content-Type", "text/xml;charset=UTF-8");
    answered(&Read::new(GATE.send(&post.octets()), Soap::V11), Entry::V2, "GET");
}

// ---- rule 4: SOAPAction ----

#[test]
fn rule_04_the_action_is_quoted_bare_absent_or_empty() {
    for action in
        [Some(format!("\"{V2_ACTION}\"")), Some(V2_ACTION.to_owned()), Some("\"\"".into()), Some(String::new()), None]
    {
        for name in ["SOAPAction", "soapaction", "Soapaction", "SOAPACTION"] {
            let mut post = Post::to(V2_BASIC, Call::good().envelope()).with("Content-Type", "text/xml; charset=utf-8");
            if let Some(action) = &action {
                post = post.with(name, action);
            }
            answered(&Read::new(GATE.send(&post.octets()), Soap::V11), Entry::V2, &format!("{name}: {action:?}"));
        }
    }
}

// ---- rules 5 and 6: addressing ----

#[test]
fn rule_05_action_alone_is_enough_and_then_nothing_is_related_to() {
    // One client sends a newline first and this one header block.
    let envelope = format!(
        "\n<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header><a:Action s:mustUnderstand=\"1\">{}</a:Action></s:Header><s:Body>{}</s:Body></s:Envelope>",
        Entry::V1.action(),
        v1_body(&valid_person(OGNYAN))
    );
    let read = ws("/RegiXEntryPoint.svc", envelope);
    answered(&read, Entry::V1, "Action alone");
    assert_eq!(read.addressing("RelatesTo"), None);
}

#[test]
fn rule_05_addressing_in_a_default_namespace_without_must_understand_is_read() {
    let addressing = "http://www.w3.org/2005/08/addressing";
    let header = format!(
        "<To xmlns=\"{addressing}\">https://another.example/whatever?wsdl</To><Action xmlns=\"{addressing}\">{}</Action><ReplyTo xmlns=\"{addressing}\"><Address>http://www.w3.org/2005/08/addressing/anonymous</Address></ReplyTo><FaultTo xmlns=\"{addressing}\"><Address>http://www.w3.org/2005/08/addressing/anonymous</Address></FaultTo><MessageID xmlns=\"{addressing}\">uuid:9b0e5c9e-1b1f-4a39-9b4f-3a3c2f5e7d10</MessageID>",
        Entry::V1.action()
    );
    let read = ws(V1_WS, java_envelope(&header, &v1_body(&valid_person(OGNYAN))));
    answered(&read, Entry::V1, "default namespace");
    assert_eq!(read.addressing("RelatesTo").as_deref(), Some("uuid:9b0e5c9e-1b1f-4a39-9b4f-3a3c2f5e7d10"));
}

#[test]
fn rule_05_must_understand_is_one_or_true() {
    for value in ["1", "true"] {
        let header = format!(
            "<wsa:Action xmlns:wsa=\"http://www.w3.org/2005/08/addressing\" S:mustUnderstand=\"{value}\">{}</wsa:Action><wsa:To xmlns:wsa=\"http://www.w3.org/2005/08/addressing\" S:mustUnderstand=\"{value}\">https://localhost/RegiXEntryPoint.svc</wsa:To>",
            Entry::V1.action()
        );
        answered(&ws(V1_WS, java_envelope(&header, &v1_body(&valid_person(OGNYAN)))), Entry::V1, value);
    }
}

#[test]
fn rule_06_the_message_id_comes_back_verbatim_in_answers_refusals_and_faults() {
    for id in ["uuid:1-not-a-urn", "urn:uuid:0B6F0D56-0000-4000-8000-00000000000A", "any text &amp; more"] {
        let verbatim = id.replace("&amp;", "&");
        let good = Call { message_id: Some(id.into()), ..Call::of(Entry::V1, Soap::V12) };
        let fault = Call { operation: "no.such.thing".into(), ..good.clone() };
        let stranger = GATE.tls(Some("stranger"));
        for read in [GATE.call(&good), GATE.call(&fault), GATE.call_as(&stranger, &good)] {
            assert_eq!(read.addressing("RelatesTo"), Some(verbatim.clone()));
        }
    }
}

#[test]
fn rule_06_the_reply_action_is_that_of_the_request_with_response_and_must_be_understood() {
    for entry in [Entry::V1, Entry::V2] {
        let read = GATE.call(&Call::of(entry, Soap::V12));
        let expected = format!("<a:Action s:mustUnderstand=\"1\">{}Response</a:Action>", entry.action());
        assert!(read.http.text().contains(&expected), "{}", read.http.text());
    }
}

#[test]
fn rule_06_a_reply_of_soap_1_1_has_no_header() {
    for entry in [Entry::V1, Entry::V2] {
        for call in [Call::of(entry, Soap::V11), Call { argument: None, ..Call::of(entry, Soap::V11) }] {
            assert!(!GATE.call(&call).has_header());
        }
    }
}

// ---- rule 7: other headers ----

#[test]
fn rule_07_unknown_header_blocks_are_ignored() {
    let headers = "<ActivityId CorrelationId=\"7\" xmlns=\"http://schemas.microsoft.com/2004/09/ServiceModel/Diagnostics\">8</ActivityId><Security xmlns=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401wss-wssecurity-secext-1.0.xsd\"><token/></Security><x:H xmlns:x=\"urn:x\" s:mustUnderstand=\"0\"/>";
    for soap in [Soap::V11, Soap::V12] {
        let call = Call { headers: headers.into(), ..Call::of(Entry::V1, soap) };
        answered(&GATE.call(&call), Entry::V1, "unknown headers");
    }
    let post = Call::good().post().with("VsDebuggerCausalityData", "uIDPo").with("Cookie", "a=b");
    answered(&Read::new(GATE.send(&post.octets()), Soap::V11), Entry::V2, "unknown headers of HTTP");
}

#[test]
fn rule_07_a_reply_asks_nobody_to_understand_more_than_addressing() {
    for soap in [Soap::V11, Soap::V12] {
        let read = GATE.call(&Call::of(Entry::V2, soap).signed());
        let count = read.http.text().matches("mustUnderstand").count();
        assert_eq!(count, usize::from(soap == Soap::V12));
    }
}

// ---- rule 8: the request is never held against the WSDL ----

#[test]
fn rule_08_any_call_context_is_accepted() {
    for context in [
        None,
        Some(String::new()),
        Some("<AdministrationOId>2.16.100.1.1.1.1</AdministrationOId>".into()),
        Some("<LawReason>чл. 1</LawReason>".into()),
        Some("<LawReason>чл. 1</LawReason><AdministrationName>Пример</AdministrationName><AdministrationOId>1</AdministrationOId>".into()),
        Some("<ServiceURI></ServiceURI><ServiceType/><EmployeeIdentifier></EmployeeIdentifier><LawReason/><Remark></Remark>".into()),
        Some("<Remark xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>".into()),
    ] {
        for entry in [Entry::V1, Entry::V2] {
            let call = Call { context: context.clone(), ..Call::of(entry, Soap::V11) };
            answered(&GATE.call(&call), entry, &format!("{context:?}"));
        }
    }
}

#[test]
fn rule_08_empty_and_missing_flags_and_nil_members_are_defaults() {
    let nil = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"";
    for fields in [
        String::new(),
        "<RequestProcessing/><ResponseProcessing></ResponseProcessing>".to_owned(),
        format!("<EIDToken {nil}/><CallbackURL {nil}/><EmployeeEGN {nil}/><CitizenEGN {nil}/>"),
        "<EIDToken></EIDToken><CallbackURL/><EmployeeEGN/><CitizenEGN></CitizenEGN>".to_owned(),
        "<EmployeeEGN>System</EmployeeEGN><CitizenEGN>XXXXXXXXXX</CitizenEGN>".to_owned(),
    ] {
        let body = Call::good()
            .envelope()
            .replace("<SignResult>false</SignResult><ReturnAccessMatrix>false</ReturnAccessMatrix>", &fields);
        assert!(!body.contains("SignResult"));
        let read = Read::new(GATE.send(&Call::good().post_body(body).octets()), Soap::V11);
        let result = answered(&read, Entry::V2, &fields);
        assert!(result.signature.is_none() && result.matrix.is_none());
    }
}

#[test]
fn rule_08_elements_come_in_any_order() {
    let data = format!(
        "<ReturnAccessMatrix>true</ReturnAccessMatrix><SignResult>1</SignResult><CallContext><Remark>r</Remark><ServiceURI>u</ServiceURI></CallContext><Argument>{}</Argument><Unknown/><Operation>{}</Operation>",
        valid_person(OGNYAN),
        operation("ValidPersonSearch")
    );
    let result = answered(&v2_basic(&data), Entry::V2, "any order");
    assert!(result.signature.is_some() && result.matrix.is_some());
}

#[test]
fn rule_08_sign_result_in_no_namespace_gets_an_unsigned_answer() {
    let data = format!(
        "<Operation>{}</Operation><Argument>{}</Argument><SignResult xmlns=\"\">true</SignResult><ReturnAccessMatrix xmlns=\"\">true</ReturnAccessMatrix>",
        operation("ValidPersonSearch"),
        valid_person(OGNYAN)
    );
    let result = answered(&v2_basic(&data), Entry::V2, "no namespace");
    assert!(result.signature.is_none() && result.matrix.is_none());
}

#[test]
fn rule_08_an_operation_with_blanks_around_it_is_found() {
    for around in ["{} ", " {}", "\n    {}\n  "] {
        let operation = around.replace("{}", operation("ValidPersonSearch"));
        for entry in [Entry::V1, Entry::V2] {
            let call = Call { operation: operation.clone(), ..Call::of(entry, Soap::V12) };
            answered(&GATE.call(&call), entry, around);
        }
    }
}

// ---- rule 9: XML ----

#[test]
fn rule_09_any_declaration_or_none_and_white_space_before_it_are_read() {
    for before in [
        "",
        "\n",
        "\r\n  \t",
        "<?xml version='1.0' encoding='UTF-8'?>",
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"no\"?>",
        "<?xml version='1.0'?>\n",
        "\n<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- made by a template -->\n",
    ] {
        let body = format!("{before}{}", Call::good().envelope());
        let read = Read::new(GATE.send(&Call::good().post_body(body).octets()), Soap::V11);
        answered(&read, Entry::V2, &format!("{before:?}"));
    }
}

#[test]
fn rule_09_comments_and_indentation_stand_anywhere() {
    let egn = OGNYAN;
    let envelope = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:reg=\"http://egov.bg/RegiX\" xmlns:tem=\"http://egov.bg/RegiX/SignedData\">\n  <!-- head -->\n  <soapenv:Header/>\n  <soapenv:Body>\n    <!-- body -->\n    <reg:Execute>\n      <!--Optional:-->\n      <reg:request>\n        <tem:ServiceRequestData>\n          <tem:Operation>{}</tem:Operation>\n          <tem:Argument>\n            <!-- the question -->\n            <ValidPersonRequest xmlns=\"http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest request.xsd\">\n              <!-- a number -->\n              <EGN>{egn}</EGN>\n              <?nothing to do?>\n            </ValidPersonRequest>\n          </tem:Argument>\n          <tem:CallContext/>\n          <tem:SignResult>true</tem:SignResult>\n        </tem:ServiceRequestData>\n      </reg:request>\n    </reg:Execute>\n  </soapenv:Body>\n</soapenv:Envelope>\n",
        operation("ValidPersonSearch")
    );
    let read = Read::new(GATE.send(&Call::good().post_body(envelope).octets()), Soap::V11);
    let result = answered(&read, Entry::V2, "comments");
    let echoed = read.written(result.request.unwrap());
    assert!(!echoed.contains("<!--") && !echoed.contains("<?") && !echoed.contains('\n'), "{echoed}");
    verifies_in_rust(&read, Entry::V2, &GATE.certs).unwrap();
}

#[test]
fn rule_09_prefixes_of_the_argument_may_be_declared_on_ancestors() {
    let body = format!(
        "<ns2:ExecuteSynchronous xmlns:ns2=\"http://tempuri.org/\" xmlns:ns4=\"http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest\"><ns2:request><ns2:Operation>{} </ns2:Operation><ns2:Argument><ns4:ValidPersonRequest><ns4:EGN>{OGNYAN}</ns4:EGN></ns4:ValidPersonRequest></ns2:Argument><ns2:CallContext/><ns2:SignResult>true</ns2:SignResult></ns2:request></ns2:ExecuteSynchronous>",
        operation("ValidPersonSearch")
    );
    let header = format!("<Action xmlns=\"http://www.w3.org/2005/08/addressing\">{}</Action>", Entry::V1.action());
    let envelope = format!("<?xml version='1.0' encoding='UTF-8'?>{}", java_envelope(&header, &body));
    let read = ws(V1_WS, envelope);
    let result = answered(&read, Entry::V1, "ancestors");
    let echoed = read.written(result.request.unwrap());
    assert!(
        echoed.starts_with("<ns4:ValidPersonRequest xmlns:ns4=\"http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest\">"),
        "the prefix travels with the argument: {echoed}"
    );
    verifies_in_rust(&read, Entry::V1, &GATE.certs).unwrap();
}

#[test]
fn rule_09_a_prefix_that_only_a_value_uses_travels_with_the_argument() {
    let data = format!(
        "<Operation>{}</Operation><Argument><q:PersonDataRequest xmlns:q=\"http://egov.bg/RegiX/GRAO/NBD/PersonDataRequest\"><q:EGN xsi:type=\"types:PersonNumber\">{RALITSA}</q:EGN></q:PersonDataRequest></Argument><SignResult>true</SignResult>",
        operation("PersonDataSearch")
    );
    let body = v2_body(&data);
    let envelope = format!(
        "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:types=\"http://egov.bg/RegiX/GRAO/NBD\"><SOAP-ENV:Body>{body}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    );
    let read = Read::new(GATE.send(&Call::good().post_body(envelope).octets()), Soap::V11);
    let result = answered(&read, Entry::V2, "a prefix in a value");
    let argument = read.document.element(result.request.unwrap());
    let egn = argument.children().next().unwrap();
    assert_eq!(egn.resolve("types"), Some("http://egov.bg/RegiX/GRAO/NBD"));
    verifies_in_rust(&read, Entry::V2, &GATE.certs).unwrap();
}

// ---- rules 10 to 12: the octets of a reply ----

#[test]
fn rule_10_the_frame_has_the_octets_that_clients_look_for() {
    for (entry, soap) in [(Entry::V1, Soap::V12), (Entry::V2, Soap::V11)] {
        let read = GATE.call(&Call::of(entry, soap));
        let text = read.http.text();
        assert!(text.starts_with("<s:Envelope xmlns:"), "neither declaration nor blank before the envelope");
        let method = entry.method();
        for (octets, times) in [
            (format!("<{method}Response xmlns=\"{}\">", entry.contract()), 1),
            (format!("<{method}Result>"), 1),
            ("<Data xmlns=\"".to_owned() + entry.data() + "\" id=\"data\">", 1),
            ("<Request id=\"request\">".into(), 1),
            ("<Response id=\"response\">".into(), 1),
            (" xsi:nil=\"true\"></Matrix></Data><HasError>".into(), 1),
            ("<HasError>false</HasError><Error xsi:nil=\"true\"></Error><ServiceCallID>".into(), 1),
            ("VerificationCode".into(), 0),
            (">\n".into(), 0),
            ("> <".into(), 0),
        ] {
            assert_eq!(text.matches(&octets).count(), times, "{octets} in\n{text}");
        }
    }
}

#[test]
fn rule_12_no_element_named_response_stands_before_the_container() {
    for (entry, soap) in [(Entry::V1, Soap::V12), (Entry::V2, Soap::V11)] {
        let read = GATE.call(&Call::of(entry, soap).signed());
        let named = read.document.root().events().filter_map(|event| match event {
            kapia_xml::Event::Start(element) => Some(element),
            _ => None,
        });
        let first = named.into_iter().find(|element| element.local() == "Response").unwrap();
        assert_eq!(first.attribute("", "id").as_deref(), Some("response"));
        assert_eq!(read.http.text().find("<Response"), read.http.text().find("<Response id=\"response\">"));
    }
}

#[test]
fn rule_12_the_payload_is_unprefixed_and_declares_what_it_uses() {
    for call in [
        Call::good(),
        Call::to("PersonDataSearch", person_data(RALITSA)),
        Call::to("RelationsSearch", relations(OGNYAN)),
        Call::to("GetActualState", actual_state("999001024")),
        Call::to("GetPersonalIdentity", personal_identity("990000011", OGNYAN)),
        Call::to("GetEmploymentContracts", employment_contracts(RALITSA, "EGN")),
    ] {
        let read = GATE.call(&call);
        let result = answered(&read, Entry::V2, &call.operation);
        let payload = read.written(result.response.unwrap());
        // A client cuts the payload out with a regular expression and parses it alone.
        let alone = kapia_xml::Document::read(payload.as_bytes().to_vec(), &kapia_xml::Limits::default()).unwrap();
        for event in alone.root().events() {
            if let kapia_xml::Event::Start(element) = event {
                assert_eq!(element.prefix(), "", "{}", element.name());
            }
        }
        assert!(!payload.contains("CDATA") && !payload.contains("&lt;"));
    }
}

#[test]
fn rule_12_prefixes_that_only_values_use_are_declared_on_the_payload_too() {
    // A typed client reads the payload alone and resolves `xsi:type="xsd:string"` in it.
    for (entry, soap) in [(Entry::V1, Soap::V12), (Entry::V2, Soap::V11)] {
        for sign in [false, true] {
            let call = Call {
                operation: operation("PersonDataSearch").into(),
                argument: Some(person_data(RALITSA)),
                sign,
                ..Call::of(entry, soap)
            };
            let read = GATE.call(&call);
            let result = answered(&read, entry, "types of values");
            let payload = read.written(result.response.unwrap());
            let alone = kapia_xml::Document::read(payload.as_bytes().to_vec(), &kapia_xml::Limits::default()).unwrap();
            let typed = alone.root().events().filter_map(|event| match event {
                kapia_xml::Event::Start(element) => {
                    Some((element, element.attribute("http://www.w3.org/2001/XMLSchema-instance", "type")?))
                }
                _ => None,
            });
            let mut count = 0;
            for (element, typed) in typed {
                let (prefix, _) = typed.split_once(':').unwrap();
                let meant = element.resolve(prefix);
                assert_eq!(meant, Some("http://www.w3.org/2001/XMLSchema"), "{typed} in\n{payload}");
                count += 1;
            }
            assert_eq!(count, 6);
            if sign {
                verifies_in_rust(&read, entry, &GATE.certs).unwrap();
            }
        }
    }
}

#[test]
fn rule_12_days_have_no_zone() {
    let read = GATE.call(&Call::good());
    assert!(read.http.text().contains("<BirthDate>1976-05-23</BirthDate>"));
}

// ---- rule 13: the signature ----

#[test]
fn rule_13_a_qualified_sign_result_gets_a_signature_directly_after_the_data() {
    for (entry, soap) in
        [(Entry::V1, Soap::V11), (Entry::V1, Soap::V12), (Entry::V2, Soap::V11), (Entry::V2, Soap::V12)]
    {
        let read = GATE.call(&Call::of(entry, soap).signed());
        let result = answered(&read, entry, "signed");
        assert!(result.signature.is_some(), "the order of elements is checked where the result is read");
        verifies_in_rust(&read, entry, &GATE.certs).unwrap();
        for (attribute, value) in [("id=\"data\"", 1), ("URI=\"#data\"", 1), ("<ds:X509Certificate>", 0)] {
            let found = read.http.text().matches(attribute).count();
            assert!(found == value || value == 0, "{attribute} stands {found} times");
        }
    }
}

#[test]
fn rule_13_a_changed_octet_in_the_data_breaks_the_signature() {
    let read = GATE.call(&Call::good().signed());
    let mut http = read.http.clone();
    http.body = read.http.text().replace("Светлинов", "Светлинoв").into_bytes();
    assert_ne!(http.body, read.http.body);
    assert!(verifies_in_rust(&Read::new(http, Soap::V11), Entry::V2, &GATE.certs).is_err());
}

// ---- rule 16: the WSDL ----

#[test]
fn rule_16_the_wsdl_is_read_without_a_certificate_at_every_address() {
    let tls = GATE.tls(None);
    for (target, service, ports) in [
        ("/RegiXEntryPoint.svc.singlewsdl.xml", "RegiXEntryPoint", &["WSHttpBinding_IRegiXEntryPoint"][..]),
        ("/regix/RegiXEntryPoint.svc?singleWsdl", "RegiXEntryPoint", &["WSHttpBinding_IRegiXEntryPoint"]),
        ("/RegiX/RegiXEntryPoint.svc?wsdl", "RegiXEntryPoint", &["WSHttpBinding_IRegiXEntryPoint"]),
        (
            "/RegiXEntryPointV2.svc.singlewsdl.xml",
            "RegiXEntryPointV2",
            &["WSHttpBinding_IRegiXEntryPointV2", "BasicHttpBinding_IRegiXEntryPointV2"],
        ),
        (
            "/REGIX/regixentrypointv2.svc?WSDL",
            "RegiXEntryPointV2",
            &["WSHttpBinding_IRegiXEntryPointV2", "BasicHttpBinding_IRegiXEntryPointV2"],
        ),
        ("/RegiXEntryPointV2.svc/basic?wsdl", "RegiXEntryPointV2", &["BasicHttpBinding_IRegiXEntryPointV2"]),
    ] {
        let mut connection = tls.connect(GATE.port).unwrap();
        let get = format!("GET {target} HTTP/1.1\r\nHost: gate.example:9111\r\nConnection: close\r\n\r\n");
        connection.send(get.as_bytes()).unwrap();
        let reply = connection.reply().unwrap();
        assert_eq!(reply.status, 200, "{target}");
        assert!(reply.header("content-type").unwrap().starts_with("text/xml"), "{target}");
        assert!(connection.is_closed_by_peer(), "PHP reads to the end of the connection");
        let wsdl = roxmltree::Document::parse(reply.text()).unwrap();
        let named = |element: &str, name: &str| {
            wsdl.descendants().any(|node| node.tag_name().name() == element && node.attribute("name") == Some(name))
        };
        assert!(named("service", service), "{target}");
        ports.iter().for_each(|port| assert!(named("port", port), "{target}: {port}"));
        let locations: Vec<&str> = wsdl
            .descendants()
            .filter(|node| node.tag_name().name() == "address")
            .filter_map(|node| node.attribute("location"))
            .collect();
        assert!(!locations.is_empty());
        locations.iter().for_each(|location| assert!(location.starts_with("https://gate.example:9111/"), "{location}"));
        let imported = wsdl.descendants().any(|node| {
            matches!(node.tag_name().name(), "import" | "include")
                && node.attribute("schemaLocation").or(node.attribute("location")).is_some()
        });
        assert!(!imported, "{target} is not self-contained");
    }
}

// ---- rule 17: HTTP ----

#[test]
fn rule_17_expect_100_continue_is_answered_at_once() {
    let call = Call::good();
    let body = call.envelope();
    let head = call.post_body("").with("Content-Length", &body.len().to_string()).with("Expect", "100-continue").head();
    let mut connection = GATE.connect();
    connection.send(head.as_bytes()).unwrap();
    assert_eq!(connection.reply().unwrap().status, 100);
    connection.send(body.as_bytes()).unwrap();
    answered(&Read::new(connection.reply().unwrap(), Soap::V11), Entry::V2, "Expect");
}

#[test]
fn rule_17_a_body_in_chunks_of_any_size_is_read() {
    for size in [1, 7, 4096] {
        let post = Call::good().post();
        answered(&Read::new(GATE.send(&post.chunked(size)), Soap::V11), Entry::V2, &size.to_string());
    }
}

#[test]
fn rule_17_a_body_in_small_pieces_is_read() {
    let octets = Call::good().post().octets();
    let mut connection = GATE.connect();
    for piece in octets.chunks(octets.len() / 20 + 1) {
        connection.send(piece).unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    answered(&Read::new(connection.reply().unwrap(), Soap::V11), Entry::V2, "small pieces");
}

#[test]
fn rule_17_a_connection_is_kept_and_used_again_after_faults_too() {
    let mut connection = GATE.connect();
    for round in 0..10 {
        let call = if round % 2 == 0 { Call::good() } else { Call { argument: None, ..Call::good() } };
        connection.send(&call.post().octets()).unwrap();
        let read = Read::new(connection.reply().unwrap(), Soap::V11);
        assert_eq!(read.http.status, if round % 2 == 0 { 200 } else { 500 });
    }
}

#[test]
fn rule_17_connection_close_is_honoured() {
    let mut connection = GATE.connect();
    connection.send(&Call::good().post().with("Connection", "close").octets()).unwrap();
    let reply = connection.reply().unwrap();
    assert_eq!(reply.header("connection"), Some("close"));
    answered(&Read::new(reply, Soap::V11), Entry::V2, "close");
    assert!(connection.is_closed_by_peer());
}

#[test]
fn rule_17_nothing_is_compressed() {
    let post = Call::good().post().with("Accept-Encoding", "gzip, deflate, br");
    let reply = GATE.send(&post.octets());
    assert_eq!(reply.header("content-encoding"), None);
    answered(&Read::new(reply, Soap::V11), Entry::V2, "Accept-Encoding");
}

#[test]
fn rule_17_http_2_is_not_agreed_on() {
    let offering = GATE.tls(Some("consumer")).offering(&[b"h2", b"http/1.1"]);
    let mut connection = offering.connect(GATE.port).unwrap();
    connection.send(&Call::good().post().octets()).unwrap();
    answered(&Read::new(connection.reply().unwrap(), Soap::V11), Entry::V2, "ALPN");
    assert_ne!(connection.application_protocol().as_deref(), Some(&b"h2"[..]));
}

// ---- rule 18: TLS ----

#[test]
fn rule_18_tls_1_2_and_1_3_are_both_spoken() {
    for (version, expected) in [
        (&rustls::version::TLS12, rustls::ProtocolVersion::TLSv1_2),
        (&rustls::version::TLS13, rustls::ProtocolVersion::TLSv1_3),
    ] {
        let mut connection = Tls::only(&GATE.certs, "consumer", version).connect(GATE.port).unwrap();
        connection.send(&Call::good().post().octets()).unwrap();
        answered(&Read::new(connection.reply().unwrap(), Soap::V11), Entry::V2, "TLS");
        assert_eq!(connection.version(), Some(expected));
    }
}

// ---- rules 19 and 20 ----

#[test]
fn rule_19_a_repeated_message_id_is_executed_again() {
    let call = Call::of(Entry::V2, Soap::V12);
    let numbers = [(); 3].map(|()| answered(&GATE.call(&call), Entry::V2, "again").call_id);
    assert!(numbers[0] < numbers[1] && numbers[1] < numbers[2], "{numbers:?}");
}

#[test]
fn rule_19_an_unsigned_answer_is_not_inflated() {
    let call = Call::good();
    let read = GATE.call(&call);
    assert!(read.http.body.len() < 2048, "{} octets", read.http.body.len());
}

#[test]
fn rule_20_the_argument_is_echoed() {
    let read = GATE.call(&Call::good());
    let result = answered(&read, Entry::V2, "echo");
    assert_eq!(read.written(result.request.unwrap()), valid_person(OGNYAN));
}

// ---- the means ----

fn answered(read: &Read, entry: Entry, what: &str) -> ResultRead {
    assert_eq!(read.http.status, 200, "{what}: {}", read.http.everything());
    let result = read.result(entry);
    assert!(!result.has_error, "{what}: {result:?}");
    result.assert_answer();
    result
}

fn ws(path: &str, envelope: String) -> Read {
    let post = Post::to(path, envelope).with("Content-Type", "application/soap+xml; charset=utf-8");
    Read::new(GATE.send(&post.octets()), Soap::V12)
}

fn v2_basic(data: &str) -> Read {
    let envelope = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{}</s:Body></s:Envelope>",
        v2_body(data)
    );
    Read::new(GATE.send(&Call::good().post_body(envelope).octets()), Soap::V11)
}

fn v2_body(data: &str) -> String {
    format!(
        "<Execute xmlns=\"http://egov.bg/RegiX\"><request><ServiceRequestData xmlns=\"http://egov.bg/RegiX/SignedData\">{data}</ServiceRequestData></request></Execute>"
    )
}

fn v1_body(argument: &str) -> String {
    format!(
        "<ExecuteSynchronous xmlns=\"http://tempuri.org/\"><request><Operation>{}</Operation><Argument>{argument}</Argument></request></ExecuteSynchronous>",
        operation("ValidPersonSearch")
    )
}

fn java_envelope(header: &str, body: &str) -> String {
    format!(
        "<S:Envelope xmlns:S=\"http://www.w3.org/2003/05/soap-envelope\"><S:Header>{header}</S:Header><S:Body>{body}</S:Body></S:Envelope>"
    )
}
