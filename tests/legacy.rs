//! Signatures as RegiX makes them, for verifiers that know nothing else.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::LazyLock;
use support::*;

static GATE: LazyLock<Gate> = LazyLock::new(|| {
    let settings = vec![("profile = \"default\"", "profile = \"legacy\"".to_owned())];
    Gate::start(GateOptions { settings, serve: true, ..GateOptions::default() })
});

const SCOPE: [(&str, &str); 2] =
    [("xsi", "http://www.w3.org/2001/XMLSchema-instance"), ("xsd", "http://www.w3.org/2001/XMLSchema")];

#[test]
fn a_legacy_signature_verifies_cut_out_under_a_root_with_exactly_the_three_namespaces() {
    for (name, argument) in arguments() {
        for (entry, soap) in
            [(Entry::V2, Soap::V11), (Entry::V2, Soap::V12), (Entry::V1, Soap::V12), (Entry::V1, Soap::V11)]
        {
            let read = GATE.call(&signed(entry, soap, name, &argument));
            read.result(entry).assert_answer();
            let alone = cut_out(&read.http.body, entry, &SCOPE);
            xmlsec1(&alone, entry, &GATE.certs).unwrap_or_else(|error| panic!("{name} {entry:?} {soap:?}: {error}"));

            let text = String::from_utf8(alone).unwrap();
            let changed = text.replacen("</Response>", "<x></x></Response>", 1);
            assert!(xmlsec1(changed.as_bytes(), entry, &GATE.certs).is_err(), "a changed answer verifies");
        }
    }
}

#[test]
fn a_legacy_signature_has_the_parts_of_regix() {
    let read = GATE.call(&signed(Entry::V2, Soap::V11, "ValidPersonSearch", &valid_person(OGNYAN)));
    let text = read.http.text();
    for part in [
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\">",
        "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#rsa-sha1\">",
        "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\">",
        "<ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\">",
        "Type=\"http://uri.etsi.org/01903#SignedProperties\"",
        "URI=\"#data\"",
        "<ds:RSAKeyValue>",
        "<ds:X509IssuerSerial>",
        "SigningTime>",
        "SigningCertificateV2>",
        "ПОДПИСАН ОТ",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let data = &text[text.find("<Data ").unwrap()..];
    let tag = &data[..data.find('>').unwrap()];
    SCOPE.iter().for_each(|(prefix, uri)| assert!(tag.contains(&format!("xmlns:{prefix}=\"{uri}\"")), "{tag}"));
}

#[test]
fn the_default_signature_verifies_with_xmlsec1_in_place_and_cut_out() {
    let gate = Gate::demo();
    for (name, argument) in arguments() {
        for (entry, soap) in
            [(Entry::V2, Soap::V11), (Entry::V2, Soap::V12), (Entry::V1, Soap::V12), (Entry::V1, Soap::V11)]
        {
            let read = gate.call(&signed(entry, soap, name, &argument));
            for octets in
                [read.http.body.clone(), cut_out(&read.http.body, entry, &[]), cut_out(&read.http.body, entry, &SCOPE)]
            {
                xmlsec1(&octets, entry, &gate.certs)
                    .unwrap_or_else(|error| panic!("{name} {entry:?} {soap:?}: {error}"));
            }
        }
    }
}

fn arguments() -> [(&'static str, String); 3] {
    [
        ("ValidPersonSearch", valid_person(OGNYAN)),
        // Values that rely on prefixes.
        ("PersonDataSearch", person_data(RALITSA)),
        ("GetActualState", actual_state("999001024")),
    ]
}

fn signed(entry: Entry, soap: Soap, name: &str, argument: &str) -> Call {
    Call { operation: operation(name).into(), argument: Some(argument.into()), matrix: true, ..Call::of(entry, soap) }
        .signed()
}
