//! The traps of real registers and of XML Schema 1.0 itself, one test each; what other files hold is not said again.
#![allow(clippy::unwrap_used)]

use kapia_schema::{Language, Memory, Options, SchemaSet};
use kapia_xml::{Document, Limits};

fn schema(attributes: &str, body: &str) -> String {
    format!(r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" {attributes}>{body}</xs:schema>"#)
}

fn set(body: &str) -> SchemaSet {
    SchemaSet::load("main.xsd", &Memory::new().with("main.xsd", schema("", body))).unwrap()
}

/// The code of the first violation, or "valid".
fn verdict(set: &SchemaSet, document: &str) -> &'static str {
    let document = Document::read(document.to_owned(), &Limits::default()).unwrap();
    set.validate(document.root(), &Options::first()).violations.first().map_or("valid", |violation| violation.code)
}

fn verdicts<const N: usize>(set: &SchemaSet, documents: [&str; N]) -> [&'static str; N] {
    documents.map(|document| verdict(set, document))
}

#[test]
fn anything_may_stand_in_any_type_even_nil_but_not_a_nil_that_is_no_boolean() {
    let set = set("<xs:element name='r'/><xs:element name='known' type='xs:int'/>");
    let xsi = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";
    assert_eq!(verdict(&set, &format!("<r {xsi} any='1'>text<a xsi:nil='true'/><known>1</known></r>")), "valid");
    assert_eq!(verdict(&set, &format!("<r {xsi}><a xsi:nil='x'/></r>")), "cvc-xsi-nil");
    assert_eq!(verdict(&set, &format!("<r {xsi}><known>x</known></r>")), "cvc-datatype-valid.1.2.1");
}

#[test]
fn numbers_of_29_digits_are_exact() {
    let set = set(
        "<xs:element name='r'><xs:simpleType><xs:restriction base='xs:decimal'><xs:maxInclusive value='12345678901234567890123456789'/>
         <xs:totalDigits value='29'/></xs:restriction></xs:simpleType></xs:element>",
    );
    let found = verdicts(
        &set,
        [
            "<r>12345678901234567890123456789</r>",
            "<r>12345678901234567890123456789.0</r>",
            "<r>12345678901234567890123456788.9</r>",
            "<r>12345678901234567890123456790</r>",
        ],
    );
    assert_eq!(found, ["valid", "valid", "cvc-totalDigits-valid", "cvc-maxInclusive-valid"]);
}

#[test]
fn base64_is_checked_to_the_last_character() {
    let set = set("<xs:element name='r' type='xs:base64Binary'/>");
    for (text, valid) in [
        ("QUJD", true),
        ("QUI=", true),
        ("QQ==", true),
        (" Q U\nJ D ", true),
        ("", true),
        ("QUJ", false),
        ("QUJ=", false),
        ("QR==", false),
        ("QUJD=", false),
        ("QU-_", false),
    ] {
        let expected = if valid { "valid" } else { "cvc-datatype-valid.1.2.1" };
        assert_eq!(verdict(&set, &format!("<r>{text}</r>")), expected, "{text:?}");
    }
}

#[test]
fn unqualified_locals_have_no_namespace_whatever_the_default_is() {
    let body = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='a'/><xs:element name='b' form='qualified'/></xs:sequence>
         </xs:complexType></xs:element>";
    let source = Memory::new().with("main.xsd", schema("targetNamespace='urn:t'", body));
    let set = SchemaSet::load("main.xsd", &source).unwrap();
    let found = verdicts(
        &set,
        [
            "<t:r xmlns:t='urn:t'><a/><t:b/></t:r>",
            "<r xmlns='urn:t'><a xmlns=''/><b/></r>",
            "<r xmlns='urn:t'><a/><b/></r>",
        ],
    );
    assert_eq!(found, ["valid", "valid", "cvc-complex-type.2.4.a"]);
}

#[test]
fn a_schema_without_target_namespace_takes_documents_without_namespace() {
    let set =
        set("<xs:element name='r' type='t'/><xs:simpleType name='t'><xs:restriction base='xs:int'/></xs:simpleType>");
    assert_eq!(
        verdicts(&set, ["<r>1</r>", "<r xmlns=''>1</r>", "<r xmlns='urn:t'>1</r>"]),
        ["valid", "valid", "cvc-elt.1"]
    );
}

#[test]
fn two_versions_of_one_namespace_are_two_sets() {
    let version = |type_: &str| schema("targetNamespace='urn:t'", &format!("<xs:element name='r' type='{type_}'/>"));
    let source = Memory::new().with("v1/main.xsd", version("xs:int")).with("v2/main.xsd", version("xs:date"));
    let first = SchemaSet::load("v1/main.xsd", &source).unwrap();
    let second = SchemaSet::load("v2/main.xsd", &source).unwrap();
    let document = "<r xmlns='urn:t'>1</r>";
    assert_eq!([verdict(&first, document), verdict(&second, document)], ["valid", "cvc-datatype-valid.1.2.1"]);
    // In one set they contradict each other.
    let both = SchemaSet::load_all(&["v1/main.xsd", "v2/main.xsd"], &source);
    assert_eq!(both.unwrap_err().code(), "sch-props-correct.2");
}

#[test]
fn imports_may_run_in_a_circle() {
    let file = |own: &str, other: &str| {
        schema(
            &format!("targetNamespace='urn:{own}' xmlns:o='urn:{other}'"),
            &format!(
                "<xs:import namespace='urn:{other}' schemaLocation='{other}.xsd'/><xs:complexType name='t'><xs:sequence>
                 <xs:element ref='o:r' minOccurs='0'/></xs:sequence></xs:complexType><xs:element name='r' type='o:t'/>"
            ),
        )
    };
    let source = Memory::new().with("a.xsd", file("a", "b")).with("b.xsd", file("b", "a"));
    let set = SchemaSet::load("a.xsd", &source).unwrap();
    assert_eq!(verdict(&set, "<r xmlns='urn:a'><r/></r>"), "valid");
    assert_eq!(verdict(&set, "<r xmlns='urn:a'><r xmlns='urn:b'/></r>"), "cvc-complex-type.2.4.a");
}

#[test]
fn a_sample_in_utf_16_or_undeclared_windows_1251_is_refused_by_name() {
    let utf16: Vec<u8> = "\u{feff}<r>я</r>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let windows = b"<r>\xcf\xe5\xf2\xfa\xf0</r>".to_vec();
    for octets in [utf16, windows] {
        let error = Document::read(octets, &Limits::default()).unwrap_err();
        assert!(error.to_string().contains("UTF-8") || error.hint().contains("UTF-8"), "{error}: {}", error.hint());
    }
}

#[test]
fn a_schema_in_undeclared_windows_1251_is_refused_with_its_name_and_a_hint() {
    let mut octets = schema("", "<xs:element name='r'/><!-- ").into_bytes();
    octets.truncate(octets.len() - "</xs:schema>".len());
    octets.extend(b"\xcf\xe5\xf2\xfa\xf0 --></xs:schema>");
    let error = SchemaSet::load("main.xsd", &Memory::new().with("main.xsd", octets)).unwrap_err();
    assert_eq!(error.file(), "main.xsd");
    let text = format!("{error} {}", error.hint(Language::English));
    assert!(text.contains("UTF-8"), "{text}");
    assert!(error.hint(Language::Bulgarian).contains("XML") || error.message(Language::Bulgarian).contains("UTF-8"));
}

#[test]
fn a_choice_takes_one_branch_and_an_all_each_once() {
    let set = set(
        "<xs:element name='c'><xs:complexType><xs:choice><xs:element name='a'/><xs:sequence><xs:element name='b'/><xs:element name='c'/></xs:sequence></xs:choice></xs:complexType></xs:element>
         <xs:element name='d'><xs:complexType><xs:all><xs:element name='a'/><xs:element name='b' minOccurs='0'/></xs:all></xs:complexType></xs:element>",
    );
    let found = verdicts(&set, ["<c><a/></c>", "<c><b/><c/></c>", "<c><a/><b/></c>", "<c><b/></c>", "<c/>"]);
    assert_eq!(found[..2], ["valid", "valid"]);
    assert_eq!(found[2..], ["cvc-complex-type.2.4.d", "cvc-complex-type.2.4.b", "cvc-complex-type.2.4.b"]);
    let found = verdicts(&set, ["<d><b/><a/></d>", "<d><a/></d>", "<d><b/></d>", "<d><a/><a/></d>"]);
    assert_eq!(found, ["valid", "valid", "cvc-complex-type.2.4.b", "cvc-complex-type.2.4.a"]);
}

#[test]
fn groups_of_elements_and_attributes_stand_where_they_are_named() {
    let set = set(
        "<xs:group name='g'><xs:choice><xs:element name='a'/><xs:element name='b'/></xs:choice></xs:group>
         <xs:attributeGroup name='ag'><xs:attribute name='x' use='required'/><xs:anyAttribute namespace='##other' processContents='skip'/></xs:attributeGroup>
         <xs:element name='r'><xs:complexType><xs:sequence><xs:group ref='g' minOccurs='2' maxOccurs='3'/></xs:sequence><xs:attributeGroup ref='ag'/></xs:complexType></xs:element>",
    );
    let found = verdicts(
        &set,
        [
            "<r x='' o:y='' xmlns:o='urn:o'><a/><b/></r>",
            "<r x=''><b/><b/><b/></r>",
            "<r><a/><a/></r>",
            "<r x='' y=''><a/><a/></r>",
            "<r x=''><a/></r>",
        ],
    );
    assert_eq!(found, ["valid", "valid", "cvc-complex-type.4", "cvc-complex-type.3.2.2", "cvc-complex-type.2.4.b"]);
}

#[test]
fn a_type_may_be_restricted_extended_and_named_in_the_document() {
    let set = set(
        "<xs:complexType name='base'><xs:sequence><xs:element name='a' minOccurs='0' maxOccurs='2' type='xs:int'/></xs:sequence></xs:complexType>
         <xs:complexType name='less'><xs:complexContent><xs:restriction base='base'><xs:sequence><xs:element name='a' type='xs:byte'/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType>
         <xs:complexType name='more'><xs:complexContent><xs:extension base='base'><xs:sequence><xs:element name='b'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
         <xs:complexType name='other'/><xs:element name='r' type='base'/>",
    );
    let r = |type_: &str, body: &str| {
        let xsi = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";
        verdict(&set, &format!("<r {xsi} xsi:type='{type_}'>{body}</r>"))
    };
    assert_eq!([r("less", "<a>1</a>"), r("more", "<a>300</a><b/>"), r("base", "")], ["valid"; 3]);
    assert_eq!([r("less", ""), r("less", "<a>300</a>")], ["cvc-complex-type.2.4.b", "cvc-maxInclusive-valid"]);
    assert_eq!([r("more", ""), r("other", "")], ["cvc-complex-type.2.4.b", "cvc-elt.4.3"]);
}

#[test]
fn lists_and_unions_take_the_first_member_that_fits() {
    let set = set(
        "<xs:simpleType name='size'><xs:union memberTypes='xs:int'><xs:simpleType><xs:restriction base='xs:token'><xs:enumeration value='small'/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>
         <xs:element name='l'><xs:simpleType><xs:restriction><xs:simpleType><xs:list itemType='size'/></xs:simpleType><xs:maxLength value='2'/></xs:restriction></xs:simpleType></xs:element>",
    );
    let found = verdicts(&set, ["<l> 1  small </l>", "<l/>", "<l>1 2 3</l>", "<l>large</l>"]);
    assert_eq!(found[..3], ["valid", "valid", "cvc-maxLength-valid"]);
    assert_ne!(found[3], "valid");
}

#[test]
fn a_type_may_hold_itself() {
    let set = set(
        "<xs:complexType name='t'><xs:sequence><xs:element name='n' type='xs:int'/><xs:element name='r' type='t' minOccurs='0'/></xs:sequence></xs:complexType>
         <xs:element name='r' type='t'/>",
    );
    let depth = 100;
    let deep = |inner: &str| format!("{}{inner}{}", "<r><n>1</n>".repeat(depth), "</r>".repeat(depth));
    assert_eq!(verdict(&set, &deep("")), "valid");
    assert_eq!(verdict(&set, &deep("<r/>")), "cvc-complex-type.2.4.b");
}
