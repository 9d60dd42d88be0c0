//! Values in pieces: what one stage reads, every stage reads.

use super::*;
use crate::support::{operation, valid_person, verifies_in_rust};
use kapia_xml::Element;

/// Ways to write a number that is on record so that it is not one run of characters.
const SPLIT: [&str; 8] = [
    "760523<!-- -->9965",
    "<!---->7605239965<!-- x -->",
    "76052<![CDATA[39965]]>",
    "<![CDATA[76]]><![CDATA[05]]>239965",
    "7605<?x y?>239965",
    "&#55;60523996&#x35;",
    "7<![CDATA[6]]>&#48;<!--5-->5239965",
    "7605239965<![CDATA[]]>",
];

#[test]
fn a_value_in_pieces_is_read_whole_by_schema_register_echo_and_signature() {
    let plain = GATE.call(&Call::good().signed());
    let expected = plain.written(plain.result(Entry::V2).response.unwrap()).to_owned();
    for split in SPLIT {
        let read = GATE.call(&Call { argument: Some(valid_person(split)), ..Call::good() }.signed());
        let result = read.result(Entry::V2);
        result.assert_answer();
        assert_eq!(read.written(result.response.unwrap()), expected, "{split}");
        assert_eq!(read.document.element(result.request.unwrap()).children().next().unwrap().text(), "7605239965");
        verifies_in_rust(&read, Entry::V2, &GATE.certs).unwrap();
    }
}

#[test]
fn a_value_whose_first_piece_alone_would_pass_is_refused() {
    for split in ["7605239965<!-- -->1", "7605239965<![CDATA[x]]>", "7605239965<?x?>0", "7605239965&#32;x"] {
        let call = Call { argument: Some(valid_person(split)), ..Call::good() };
        let read = GATE.call(&call);
        assert_eq!((read.http.status, read.kapia_code()), (500, Some("argument-invalid")), "{split}");
    }
}

#[test]
fn fields_of_the_request_in_pieces_are_read_whole() {
    let name = operation("ValidPersonSearch");
    let (start, end) = name.split_at(name.len() - 6);
    for split in [format!("{start}<!-- x -->{end}"), format!("<![CDATA[{start}]]>{end}"), format!("{start}<?x?>{end}")]
    {
        GATE.call(&Call { operation: split, ..Call::good() }).result(Entry::V2).assert_answer();
    }
    // A known name is no cover for what follows it.
    for split in [format!("{name}<!-- -->x"), format!("{name}<![CDATA[.x]]>"), format!("{name}&#46;x")] {
        let read = GATE.call(&Call { operation: split, ..Call::good() });
        assert_eq!(read.http.status, 500);
        read.fault();
    }
    let signed = Call::good().envelope().replace("<SignResult>false", "<SignResult>tr<!-- -->u<![CDATA[e]]>");
    let read = send(signed);
    assert!(read.result(Entry::V2).signature.is_some());
    let message_id = Some("urn:<!-- -->uuid:<![CDATA[1]]>".to_owned());
    let read = GATE.call(&Call { message_id, ..Call::of(Entry::V2, Soap::V12) });
    assert_eq!(read.addressing("RelatesTo").as_deref(), Some("urn:uuid:1"));
}

#[test]
fn an_element_in_a_value_is_never_text() {
    for argument in [valid_person("760523<b/>9965"), valid_person("<b>7605239965</b>")] {
        let read = GATE.call(&Call { argument: Some(argument), ..Call::good() });
        assert_eq!(read.kapia_code(), Some("argument-invalid"));
    }
}

#[test]
fn prefix_games_do_not_change_what_an_argument_is() {
    let namespace = "http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest";
    let good = |argument: String| {
        let read = GATE.call(&Call { argument: Some(argument), ..Call::good() });
        read.result(Entry::V2).assert_answer();
        meaning(read.document.element(read.result(Entry::V2).request.unwrap()))
    };
    let plain = good(valid_person("7605239965"));
    for argument in [
        format!("<p:ValidPersonRequest xmlns:p='{namespace}'><p:EGN>7605239965</p:EGN></p:ValidPersonRequest>"),
        format!(
            "<p:ValidPersonRequest xmlns:p='{namespace}'><q:EGN xmlns:q='{namespace}' xmlns:p='urn:other'>7605239965</q:EGN></p:ValidPersonRequest>"
        ),
        format!(
            "<ValidPersonRequest xmlns='{namespace}'><s:EGN xmlns:s='{namespace}'>7605239965</s:EGN></ValidPersonRequest>"
        ),
        format!(
            "<s:ValidPersonRequest xmlns:s='{namespace}' xmlns='urn:x'><EGN xmlns='{namespace}'>7605239965</EGN></s:ValidPersonRequest>"
        ),
    ] {
        assert_eq!(good(argument.clone()), plain, "{argument}");
    }
    for (argument, code) in [
        (
            format!("<ValidPersonRequest xmlns='{namespace}'><EGN xmlns=''>7605239965</EGN></ValidPersonRequest>"),
            "argument-invalid",
        ),
        (
            format!(
                "<p:ValidPersonRequest xmlns:p='{namespace}' xmlns=''><EGN>7605239965</EGN></p:ValidPersonRequest>"
            ),
            "argument-invalid",
        ),
        (
            format!(
                "<p:ValidPersonRequest xmlns:p='{namespace}'><p:EGN xmlns:p='urn:other'>7605239965</p:EGN></p:ValidPersonRequest>"
            ),
            "argument-invalid",
        ),
        (
            format!("<ValidPersonRequest xmlns='{namespace}&#32;'><EGN>7605239965</EGN></ValidPersonRequest>"),
            "argument-root",
        ),
        ("<ValidPersonRequest><EGN>7605239965</EGN></ValidPersonRequest>".to_owned(), "argument-root"),
    ] {
        let read = GATE.call(&Call { argument: Some(argument.clone()), ..Call::good() });
        assert_eq!((read.http.status, read.kapia_code()), (500, Some(code)), "{argument}");
    }
}

#[test]
fn an_argument_cannot_choose_another_type_or_say_that_it_is_nil() {
    let xsi = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";
    let xsd = "xmlns:xsd='http://www.w3.org/2001/XMLSchema'";
    for attribute in [
        format!("{xsi} {xsd} xsi:type='xsd:string'"),
        format!("{xsi} xsi:type='unknown'"),
        format!("{xsi} xsi:type='p:unknown'"),
        format!("{xsi} xsi:type=''"),
        format!("{xsi} xsi:nil='true'"),
        format!("{xsi} xsi:nil='1'"),
        format!("{xsi} xsi:other='1'"),
        format!("xmlns:t='http://www.w3.org/2001/XMLSchema-instance' {xsd} t:type='xsd:anyType'"),
    ] {
        let argument = valid_person("7605239965").replace("<EGN>", &format!("<EGN {attribute}>"));
        let read = GATE.call(&Call { argument: Some(argument), ..Call::good() });
        assert_eq!((read.http.status, read.kapia_code()), (500, Some("argument-invalid")), "{attribute}");
    }
    // The element's own type may be said, and another attribute of the same local name is not it.
    let own = valid_person("7605239965")
        .replace("<EGN>", &format!("<EGN {xsi} xmlns:r='http://egov.bg/RegiX/GRAO/NBD' xsi:type='r:PersonNumber'>"));
    GATE.call(&Call { argument: Some(own), ..Call::good() }).result(Entry::V2).assert_answer();
}

/// Expanded names and texts, without prefixes.
fn meaning(element: Element<'_>) -> String {
    let children: String = element.children().map(meaning).collect();
    format!("({} {:?} {children})", element.name(), element.text())
}
