//! Canonical form: the cases of the recommendations, and the writer as a fixed point of it.
#![allow(clippy::unwrap_used)]

use kapia_xml::canonical::{Method, canonicalize};
use kapia_xml::{CopyPolicy, Document, Element, Keep, KeepAll, Limits, Writer};

fn read(text: &str) -> Document {
    Document::read(text.as_bytes().to_vec(), &Limits::default()).unwrap()
}

fn canonical(element: Element<'_>, method: Method, prefixes: &[&str]) -> String {
    let mut out = Vec::new();
    canonicalize(element, method, prefixes, None, &mut out);
    String::from_utf8(out).unwrap()
}

fn exclusive(text: &str) -> String {
    canonical(read(text).root(), Method::Exclusive, &[])
}

#[test]
fn texts_and_attributes_are_escaped_as_the_recommendation_says() {
    let text =
        "<a b='&quot;&#10;&#13;&#9;&lt;&gt;&amp;\n'>&gt;&lt;&amp;&#13;\r\n\"<![CDATA[<>]]><!-- gone --><?p  d ?></a>";
    let expected = "<a b=\"&quot;&#xA;&#xD;&#x9;&lt;>&amp; \">&gt;&lt;&amp;&#xD;\n\"&lt;&gt;<?p d ?></a>";
    assert_eq!(exclusive(text), expected);
}

#[test]
fn attributes_stand_by_namespace_and_name_and_declarations_by_prefix() {
    let text = "<e b:attr='o' attr2='all' attr='out' a:attr='sorted' xmlns:b='http://ietf' xmlns:a='http://w3' xmlns='http://e'/>";
    let expected = "<e xmlns=\"http://e\" xmlns:a=\"http://w3\" xmlns:b=\"http://ietf\" attr=\"out\" attr2=\"all\" b:attr=\"o\" a:attr=\"sorted\"></e>";
    assert_eq!(exclusive(text), expected);
}

#[test]
fn the_exclusive_form_of_a_part_does_not_depend_on_where_it_stands() {
    // The example of Exclusive XML Canonicalization §2.2: same part, two surroundings.
    let inner = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>";
    for text in [
        format!("<n0:pdu xmlns:n0='http://a.example' xmlns:n3='ftp://example.org'>{inner}</n0:pdu>"),
        format!(
            "<n2:pdu xmlns:n1='http://example.net' xmlns:n2='http://foo.example' xml:lang='fr' xml:space='retain'>{inner}</n2:pdu>"
        ),
    ] {
        let document = read(&text);
        let part = document.root().children().next().unwrap();
        assert_eq!(canonical(part, Method::Exclusive, &[]), inner);
    }
}

#[test]
fn the_inclusive_form_takes_namespaces_and_xml_attributes_of_the_surroundings() {
    let document = read(
        "<n2:pdu xmlns:n1='u1' xmlns:n2='u2' xml:lang='fr' xml:space='retain'><n1:e xml:lang='en' xmlns:n1='u1'><n1:f/></n1:e></n2:pdu>",
    );
    let part = document.root().children().next().unwrap();
    assert_eq!(
        canonical(part, Method::Inclusive, &[]),
        "<n1:e xmlns:n1=\"u1\" xmlns:n2=\"u2\" xml:lang=\"en\" xml:space=\"retain\"><n1:f></n1:f></n1:e>"
    );
}

#[test]
fn a_default_namespace_is_undeclared_only_where_it_must_be() {
    let text = "<b:x xmlns:b='u:2' xmlns='u:1'><y xmlns=''><z/></y><b:w/></b:x>";
    assert_eq!(exclusive(text), "<b:x xmlns:b=\"u:2\"><y><z></z></y><b:w></b:w></b:x>");
    let text = "<x xmlns='u:1'><y xmlns=''><z xmlns='u:1'/></y></x>";
    assert_eq!(exclusive(text), "<x xmlns=\"u:1\"><y xmlns=\"\"><z xmlns=\"u:1\"></z></y></x>");
    assert_eq!(canonical(read(text).root(), Method::Inclusive, &[]), exclusive(text));
}

#[test]
fn listed_prefixes_are_kept_though_nothing_visible_uses_them() {
    let document = read("<e xmlns:xsd='urn:xsd' xmlns:q='urn:q'><f xmlns='urn:f' t='xsd:string'/></e>");
    let part = document.root().children().next().unwrap();
    assert_eq!(
        canonical(part, Method::Exclusive, &["xsd"]),
        "<f xmlns=\"urn:f\" xmlns:xsd=\"urn:xsd\" t=\"xsd:string\"></f>"
    );
}

#[test]
fn one_subtree_can_be_left_out() {
    let document = read("<a><b>1</b><s><c/>2</s><b>3</b></a>");
    let skipped = document.root().child("", "s").unwrap().id();
    let mut out = Vec::new();
    canonicalize(document.root(), Method::Exclusive, &[], Some(skipped), &mut out);
    assert_eq!(out, b"<a><b>1</b><b>3</b></a>");
}

#[test]
fn what_the_writer_copies_is_its_own_canonical_form_in_place_and_cut_out() {
    let samples = [
        "<a xmlns='urn:1' xmlns:x='urn:x' x:i='2' h='1'>\n <b/>\n <!-- c --><c xmlns=''>t&#13;&lt;</c> <x:d>  </x:d></a>",
        "<q:a xmlns:q='urn:1'><q:b xmlns:q='urn:2' q:z='&#9;'/><b xmlns='urn:1'/></q:a>",
        "<a><b xmlns='u'><c xmlns=''/></b></a>",
    ];
    for sample in samples {
        let source = read(sample);
        let mut writer = Writer::new();
        let around = [("xsi", kapia_xml::XSI_NAMESPACE), ("x", "urn:x"), ("", "urn:data")];
        writer.start("s", "urn:soap", "Body", &around, &[]);
        let start = writer.position();
        writer.start_part("", "urn:data", "Data", &[], &[("", "", "id", "data")]);
        writer.copy(source.root(), &mut KeepAll);
        writer.nil("", "urn:data", "Matrix");
        writer.end();
        let end = writer.position();
        writer.nil("", "urn:data", "Error");
        writer.end();
        let written = String::from_utf8(writer.into_bytes()).unwrap();
        let data = &written[start..end];
        let message = read(&written);
        assert_eq!(canonical(message.root().children().next().unwrap(), Method::Exclusive, &[]), data);
        assert_eq!(exclusive(data), data);
        assert_eq!(canonical(read(data).root(), Method::Inclusive, &[]), data);
        assert!(written.ends_with("<Error xsi:nil=\"true\"></Error></s:Body>"), "the context comes back: {written}");
    }
}

#[test]
fn a_part_that_is_cut_out_is_complete_and_canonical() {
    let source = read("<p:a xmlns:p='urn:p' xmlns:xsd='urn:xsd'><p:b t='xsd:int'/></p:a>");
    let mut writer = Writer::new();
    writer.list_prefixes(&["xsd"]);
    writer.start("", "urn:data", "Data", &[("xsd", "urn:xsd")], &[("", "", "id", "data")]);
    writer.copy(source.root(), &mut KeepAll);
    writer.end();
    let written = String::from_utf8(writer.into_bytes()).unwrap();
    let alone = read(&written);
    assert_eq!(canonical(alone.root(), Method::Exclusive, &["xsd"]), written);
    let wrapped = read(&format!("<s:E xmlns:s='urn:s' xmlns:xsd='urn:xsd'>{written}</s:E>"));
    let inner = wrapped.root().children().next().unwrap();
    assert_eq!(canonical(inner, Method::Exclusive, &["xsd"]), written);
}

#[test]
fn the_policy_leaves_out_elements_and_attributes_with_all_they_hold() {
    struct Hide;
    impl CopyPolicy for Hide {
        fn enter(&mut self, element: Element<'_>) -> Keep {
            match element.local() {
                "secret" => Keep::No,
                "empty" => Keep::Nil,
                _ => Keep::Yes,
            }
        }
        fn attribute(&mut self, attribute: &kapia_xml::Attribute<'_>) -> bool {
            attribute.local() != "hidden"
        }
    }
    let source = read(
        "<a hidden='1' shown='2'><secret x='3'><b>4</b></secret><!--5--><?p 6?><empty y='7'>8<c/></empty><d>9</d></a>",
    );
    let mut writer = Writer::new();
    writer.copy(source.root(), &mut Hide);
    let written = String::from_utf8(writer.into_bytes()).unwrap();
    assert_eq!(
        written,
        "<a shown=\"2\"><empty xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"></empty><d>9</d></a>"
    );
}

#[test]
fn white_space_between_elements_goes_and_white_space_that_is_a_value_stays() {
    let source = read("<a>\n <b>  </b>\n <c> <d/> </c>\n</a>");
    let mut writer = Writer::new();
    writer.copy(source.root(), &mut KeepAll);
    assert_eq!(writer.bytes(), b"<a><b>  </b><c><d></d></c></a>");
}

#[test]
fn many_namespaces_are_written_as_few_are() {
    // Beyond sixteen in scope other tables are used; nothing may change by that.
    for count in [3, 16, 17, 60] {
        let declared: String = (0..count).map(|n| format!(" xmlns:p{n:02}=\"u{n}\"")).collect();
        let used: String = (0..count).map(|n| format!(" p{n:02}:a=\"{n}\"")).collect();
        let inner: String = (0..count)
            .map(|n| {
                format!("<p{n:02}:c></p{n:02}:c><p{n:02}:c xmlns:p{n:02}=\"v\"><p{n:02}:d></p{n:02}:d></p{n:02}:c>")
            })
            .collect();
        let read = read(&format!("<e{declared}{used}>{inner}</e>"));
        let mut attributes: Vec<String> = (0..count).map(|n| format!("u{n} p{n:02}:a=\"{n}\"")).collect();
        attributes.sort();
        let attributes: String = attributes.iter().map(|a| format!(" {}", a.split_once(' ').unwrap().1)).collect();
        let expected = format!("<e{declared}{attributes}>{inner}</e>");
        assert_eq!(canonical(read.root(), Method::Exclusive, &[]), expected);
        assert_eq!(canonical(read.root(), Method::Inclusive, &[]), expected);
        let mut writer = Writer::new();
        writer.copy(read.root(), &mut KeepAll);
        assert_eq!(String::from_utf8(writer.into_bytes()).unwrap(), expected);
    }
}

#[test]
fn listed_prefixes_are_written_where_they_are_declared_and_nowhere_again() {
    let document = read(
        "<r xmlns:p='1' xmlns:q='2'><e xmlns:p='3'><f/><f xmlns:p='1'><g xmlns:p='1'/></f></e><q:h xmlns='4'><i xmlns=''/></q:h></r>",
    );
    assert_eq!(
        canonical(document.root(), Method::Exclusive, &["p", ""]),
        "<r xmlns:p=\"1\"><e xmlns:p=\"3\"><f></f><f xmlns:p=\"1\"><g></g></f></e><q:h xmlns=\"4\" xmlns:q=\"2\"><i xmlns=\"\"></i></q:h></r>"
    );
}
