//! Which schema sets load, and what is said about those that do not.
#![allow(clippy::unwrap_used)]

use kapia_schema::{Language, Memory, Options, SchemaError, SchemaSet};
use kapia_xml::{Document, Limits};

fn schema(attributes: &str, body: &str) -> String {
    format!(r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" {attributes}>{body}</xs:schema>"#)
}

fn load(files: &[(&str, String)]) -> Result<SchemaSet, SchemaError> {
    let source = files.iter().fold(Memory::new(), |source, (name, text)| source.with(name, text.clone()));
    SchemaSet::load(files[0].0, &source)
}

fn refusal(files: &[(&str, String)]) -> SchemaError {
    load(files).expect_err("the set must be refused")
}

fn is_valid(set: &SchemaSet, document: &str) -> bool {
    let document = Document::read(document.to_owned(), &Limits::default()).unwrap();
    set.validate(document.root(), &Options::default()).is_valid()
}

#[test]
fn a_missing_document_is_an_error_that_names_file_and_line() {
    let needed = "\n<xs:include schemaLocation='other.xsd'/><xs:element name='r' type='t'/>";
    let error = refusal(&[("main.xsd", schema("", needed))]);
    assert_eq!((error.code(), error.file(), error.line()), ("schema-missing-document", "main.xsd", 2));
    assert!(
        error.message(Language::English).contains("other.xsd")
            && error.message(Language::Bulgarian).contains("other.xsd")
    );
}

#[test]
fn an_imported_document_that_is_absent_matters_only_when_it_is_needed() {
    for (location, code) in
        [("http://example.org/a.xsd", "schema-remote-location"), ("gone.xsd", "schema-missing-document")]
    {
        let import = format!("<xs:import namespace='urn:a' schemaLocation='{location}'/>");
        assert!(load(&[("main.xsd", schema("", &import))]).is_ok(), "{location}");
        let needed = format!("{import}<xs:element name='r' xmlns:a='urn:a' type='a:t'/>");
        let error = refusal(&[("main.xsd", schema("", &needed))]);
        assert_eq!(error.code(), code);
        assert!(error.message(Language::English).contains(location));
    }
}

#[test]
fn an_included_document_that_is_absent_matters_only_when_it_is_needed() {
    let inside = |body: &str| schema("targetNamespace='urn:t' xmlns='urn:t'", body);
    for (location, code) in
        [("http://example.org/a.xsd", "schema-remote-location"), ("gone.xsd", "schema-missing-document")]
    {
        let include = format!("<xs:include schemaLocation='{location}'/>");
        assert!(load(&[("main.xsd", inside(&include))]).is_ok(), "{location}");
        let needed = format!("{include}<xs:element name='r' type='t'/>");
        assert_eq!(refusal(&[("main.xsd", inside(&needed))]).code(), code);
        // What is redefined must be there; a redefinition of nothing is an include.
        let nothing = format!("<xs:redefine schemaLocation='{location}'><xs:annotation/></xs:redefine>");
        assert!(load(&[("main.xsd", inside(&nothing))]).is_ok(), "{location}");
        let group = "<xs:attributeGroup name='g'/>";
        let redefine = format!("<xs:redefine schemaLocation='{location}'>{group}</xs:redefine>");
        assert_eq!(refusal(&[("main.xsd", inside(&redefine))]).code(), code);
    }
}

#[test]
fn a_location_on_the_network_is_never_read_but_the_namespace_may_be_here() {
    let remote = "<xs:import namespace='urn:a' schemaLocation='http://example.org/a.xsd'/>";
    let local = "<xs:import namespace='urn:a' schemaLocation='a.xsd'/>";
    let a =
        schema("targetNamespace='urn:a'", "<xs:simpleType name='t'><xs:restriction base='xs:string'/></xs:simpleType>");
    let b = schema("targetNamespace='urn:b' xmlns:a='urn:a'", &format!("{remote}<xs:element name='r' type='a:t'/>"));
    let main = schema("", &format!("{local}<xs:import namespace='urn:b' schemaLocation='b.xsd'/>"));
    assert!(load(&[("main.xsd", main), ("a.xsd", a), ("b.xsd", b)]).is_ok());
}

#[test]
fn an_import_without_location_is_fine() {
    assert!(load(&[("main.xsd", schema("", "<xs:import namespace='urn:a'/>"))]).is_ok());
}

#[test]
fn a_name_must_be_imported_to_be_used() {
    let main = schema("xmlns:a='urn:a'", "<xs:element name='r' type='a:t'/>");
    assert_eq!(refusal(&[("main.xsd", main)]).code(), "src-resolve.4");
}

#[test]
fn a_chameleon_takes_the_namespace_of_the_document_that_includes_it() {
    let main = schema(
        "targetNamespace='urn:m' xmlns='urn:m'",
        "<xs:include schemaLocation='c.xsd'/><xs:element name='r' type='t'/>",
    );
    let chameleon = schema(
        "",
        "<xs:complexType name='t'><xs:sequence><xs:element name='c' type='s'/></xs:sequence></xs:complexType>
         <xs:simpleType name='s'><xs:restriction base='xs:int'/></xs:simpleType>",
    );
    let set = load(&[("main.xsd", main), ("c.xsd", chameleon)]).unwrap();
    assert!(is_valid(&set, "<r xmlns='urn:m'><c xmlns=''>1</c></r>"));
    assert!(!is_valid(&set, "<r xmlns='urn:m'><c xmlns=''>x</c></r>"));
}

#[test]
fn documents_may_include_and_import_each_other_and_letter_case_does_not_matter() {
    let a = schema(
        "targetNamespace='urn:a' xmlns:b='urn:b'",
        "<xs:include schemaLocation='A2.XSD'/><xs:import namespace='urn:b' schemaLocation='./B.xsd'/><xs:element name='a' type='b:t'/>",
    );
    let a2 = schema("targetNamespace='urn:a'", "<xs:include schemaLocation='a.xsd'/>");
    let b = schema(
        "targetNamespace='urn:b' xmlns:a='urn:a'",
        "<xs:import namespace='urn:a' schemaLocation='a.xsd'/>
         <xs:complexType name='t'><xs:sequence><xs:element ref='a:a' minOccurs='0'/></xs:sequence></xs:complexType>",
    );
    let set = load(&[("a.xsd", a), ("a2.xsd", a2), ("b.xsd", b)]).unwrap();
    assert!(is_valid(&set, "<a xmlns='urn:a'><a/></a>"));
    assert_eq!(set.roots().len(), 1);
}

#[test]
fn white_space_around_a_declared_name_does_not_belong_to_it() {
    let main = schema(
        "",
        "<xs:complexType name=' T '><xs:sequence><xs:element name='x ' type='xs:int'/></xs:sequence></xs:complexType>
         <xs:element name='r' type='T'/>",
    );
    assert!(is_valid(&load(&[("main.xsd", main)]).unwrap(), "<r><x>1</x></r>"));
}

#[test]
fn letters_of_two_alphabets_are_two_names() {
    let main = schema("targetNamespace='urn:регистър'", "<xs:element name='Еmail' type='xs:string'/>");
    let set = load(&[("main.xsd", main)]).unwrap();
    assert!(is_valid(&set, "<Еmail xmlns='urn:регистър'/>"));
    assert!(!is_valid(&set, "<Email xmlns='urn:регистър'/>"));
}

#[test]
fn a_schema_in_utf_16_loads() {
    let text = format!("<?xml version='1.0' encoding='utf-16'?>{}", schema("", "<xs:element name='ц'/>"));
    let octets: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let set = SchemaSet::load("main.xsd", &Memory::new().with("main.xsd", octets)).unwrap();
    assert!(is_valid(&set, "<ц/>"));
}

#[test]
fn a_redefined_type_replaces_the_old_one_and_is_derived_from_it() {
    let old = schema(
        "",
        "<xs:complexType name='t'><xs:sequence><xs:element name='a'/></xs:sequence></xs:complexType><xs:element name='r' type='t'/>",
    );
    let redefine = |base: &str| {
        schema(
            "",
            &format!(
                "<xs:redefine schemaLocation='old.xsd'><xs:complexType name='t'><xs:complexContent><xs:extension base='{base}'>
                 <xs:sequence><xs:element name='b'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:redefine>"
            ),
        )
    };
    let set = load(&[("main.xsd", redefine("t")), ("old.xsd", old.clone())]).unwrap();
    assert!(is_valid(&set, "<r><a/><b/></r>") && !is_valid(&set, "<r><a/></r>"));
    assert_eq!(refusal(&[("main.xsd", redefine("xs:anyType")), ("old.xsd", old)]).code(), "src-redefine.5");
}

#[test]
fn a_redefined_type_means_itself_where_it_names_itself_but_in_its_base() {
    let old = schema("", "<xs:complexType name='t'><xs:sequence><xs:element name='a'/></xs:sequence></xs:complexType>");
    let redefined = schema(
        "",
        "<xs:redefine schemaLocation='old.xsd'><xs:complexType name='t'><xs:complexContent><xs:extension base='t'><xs:sequence>
         <xs:element name='again' type='t' minOccurs='0'/><xs:element name='more' minOccurs='0'><xs:complexType><xs:complexContent>
         <xs:extension base='t'/></xs:complexContent></xs:complexType></xs:element></xs:sequence></xs:extension></xs:complexContent>
         </xs:complexType></xs:redefine><xs:element name='r' type='t'/>",
    );
    let set = load(&[("main.xsd", redefined), ("old.xsd", old)]).unwrap();
    assert!(is_valid(&set, "<r><a/><again><a/><again><a/></again></again></r>"));
    assert!(is_valid(&set, "<r><a/><more><a/><again><a/></again></more></r>"));
    assert!(!is_valid(&set, "<r><a/><again><again/></again></r>"));
}

#[test]
fn the_shape_of_a_schema_document_is_checked() {
    for (body, code) in [
        ("<xs:element nam='r'/>", "s4s-att-not-allowed"),
        ("<xs:element/>", "s4s-att-must-appear"),
        ("<xs:element name='1'/>", "s4s-att-invalid-value"),
        ("<xs:sequence/>", "s4s-elt-must-match"),
        ("<xs:complexType name='t'><xs:attribute name='a'/><xs:sequence/></xs:complexType>", "s4s-elt-must-match"),
        ("<xs:element name='r'>text</xs:element>", "s4s-elt-character"),
        ("<xs:element name='r'/><xs:element name='r'/>", "sch-props-correct.2"),
        ("<xs:element name='r' type='t'/>", "src-resolve"),
        ("<xs:element name='r' type='q:t'/>", "src-resolve.prefix"),
        ("<xs:complexType name='t'><xs:sequence minOccurs='3' maxOccurs='2'/></xs:complexType>", "p-props-correct.2"),
        ("<xs:simpleType name='t'><xs:restriction base='t'/></xs:simpleType>", "st-ct-circular"),
        ("<xs:group name='g'><xs:sequence><xs:group ref='g'/></xs:sequence></xs:group>", "mg-props-correct.2"),
        (
            "<xs:simpleType name='t'><xs:restriction base='xs:int'><xs:pattern value='['/></xs:restriction></xs:simpleType>",
            "st-facet-valid",
        ),
        ("<xs:element name='r' type='xs:int' default='x'/>", "e-a-props-correct.2"),
    ] {
        assert_eq!(refusal(&[("main.xsd", schema("", body))]).code(), code, "{body}");
    }
}

#[test]
fn particles_that_compete_for_a_child_are_refused() {
    let ambiguous = [
        "<xs:element name='a' minOccurs='0'/><xs:element name='a'/>",
        "<xs:element name='a' minOccurs='2' maxOccurs='3'/><xs:element name='a'/>",
        "<xs:any/><xs:element name='b'/><xs:choice><xs:any minOccurs='0'/><xs:element name='c'/></xs:choice>",
    ];
    for body in ambiguous {
        let main = schema("", &format!("<xs:complexType name='t'><xs:sequence>{body}</xs:sequence></xs:complexType>"));
        assert_eq!(refusal(&[("main.xsd", main)]).code(), "cos-nonambig", "{body}");
    }
    let fine = "<xs:complexType name='t'><xs:sequence><xs:element name='a' minOccurs='2' maxOccurs='2' type='xs:int'/><xs:element name='a' type='xs:int'/></xs:sequence></xs:complexType>";
    assert!(load(&[("main.xsd", schema("", fine))]).is_ok());
}

#[test]
fn named_groups_that_grow_like_powers_of_two_are_refused_and_not_expanded() {
    let mut body =
        "<xs:group name='g0'><xs:sequence><xs:element name='a' type='xs:int'/></xs:sequence></xs:group>".to_owned();
    for n in 1..60 {
        let inner = n - 1;
        body += &format!(
            "<xs:group name='g{n}'><xs:sequence><xs:group ref='g{inner}'/><xs:group ref='g{inner}'/></xs:sequence></xs:group>"
        );
    }
    body += "<xs:complexType name='t'><xs:group ref='g59'/></xs:complexType>";
    assert_eq!(refusal(&[("main.xsd", schema("", &body))]).code(), "schema-model-too-large");
}

#[test]
fn long_chains_of_types_and_groups_need_no_stack() {
    assert_eq!(refusal(&[("main.xsd", chain(1_100))]).code(), "schema-derivation-too-long");
    let set = load(&[("main.xsd", chain(900))]).unwrap();
    assert!(is_valid(&set, "<r a1='1' a100='x'/>") && !is_valid(&set, "<r a101='1'/>"));
}

fn chain(length: usize) -> String {
    let mut body =
        "<xs:complexType name='t0'/><xs:simpleType name='s0'><xs:restriction base='xs:string'/></xs:simpleType>
         <xs:element name='e0' type='s0'/><xs:attributeGroup name='a0'/>"
            .to_owned();
    for n in 1..length {
        let m = n - 1;
        body += &format!(
            "<xs:complexType name='t{n}'><xs:complexContent><xs:extension base='t{m}'><xs:attribute name='a{n}'/></xs:extension></xs:complexContent></xs:complexType>
             <xs:element name='e{n}' substitutionGroup='e{m}'/><xs:attributeGroup name='a{n}'><xs:attributeGroup ref='a{m}'/></xs:attributeGroup>"
        );
        if n < 400 {
            body += &format!("<xs:simpleType name='s{n}'><xs:restriction base='s{m}'/></xs:simpleType>");
        }
    }
    schema("", &(body + "<xs:element name='r' type='t100'/>"))
}

#[test]
fn a_chain_of_extensions_too_deep_for_one_model_is_an_error() {
    let mut body = "<xs:complexType name='t0'/>".to_owned();
    for n in 1..1_010 {
        let m = n - 1;
        body += &format!(
            "<xs:complexType name='t{n}'><xs:complexContent><xs:extension base='t{m}'><xs:choice><xs:element name='e{n}'/><xs:element name='f{n}'/></xs:choice></xs:extension></xs:complexContent></xs:complexType>"
        );
    }
    assert_eq!(refusal(&[("main.xsd", schema("", &body))]).code(), "schema-derivation-too-long");
}

#[test]
fn derivations_are_checked() {
    let base = "<xs:complexType name='b'><xs:sequence><xs:element name='x' type='xs:int' minOccurs='0' maxOccurs='5'/><xs:element name='y' type='xs:string'/></xs:sequence>
         <xs:attribute name='a' type='xs:int'/><xs:attribute name='q' use='required'/></xs:complexType>";
    let derived = |method: &str, content: &str| {
        format!(
            "{base}<xs:complexType name='d'><xs:complexContent><xs:{method} base='b'>{content}</xs:{method}></xs:complexContent></xs:complexType>"
        )
    };
    let kept = "<xs:sequence><xs:element name='x' type='xs:short' maxOccurs='2'/><xs:element name='y' type='xs:token'/></xs:sequence>";
    assert!(load(&[("main.xsd", schema("", &derived("restriction", kept)))]).is_ok());
    assert!(
        load(&[("main.xsd", schema("", &derived("extension", "<xs:sequence><xs:element name='z'/></xs:sequence>")))])
            .is_ok()
    );
    for (method, content, code) in [
        (
            "restriction",
            "<xs:sequence><xs:element name='x' type='xs:int' maxOccurs='6'/><xs:element name='y' type='xs:string'/></xs:sequence>",
            "derivation-ok-restriction.5",
        ),
        (
            "restriction",
            "<xs:sequence><xs:element name='x' type='xs:string'/><xs:element name='y' type='xs:string'/></xs:sequence>",
            "derivation-ok-restriction.5",
        ),
        (
            "restriction",
            "<xs:sequence><xs:element name='x' type='xs:int'/></xs:sequence>",
            "derivation-ok-restriction.5",
        ),
        ("restriction", "", "derivation-ok-restriction.5"),
        ("restriction", &format!("{kept}<xs:attribute name='a' type='xs:string'/>"), "derivation-ok-restriction.2"),
        ("restriction", &format!("{kept}<xs:attribute name='new'/>"), "derivation-ok-restriction.2"),
        ("restriction", &format!("{kept}<xs:attribute name='q' use='prohibited'/>"), "derivation-ok-restriction.3"),
        ("restriction", &format!("{kept}<xs:anyAttribute/>"), "derivation-ok-restriction.4"),
        ("extension", "<xs:all><xs:element name='z'/></xs:all>", "cos-all-limited.1"),
        ("extension", "<xs:attribute name='a'/>", "ct-props-correct.4"),
        ("extension", "<xs:sequence><xs:element name='y' type='xs:int'/></xs:sequence>", "cos-element-consistent"),
    ] {
        assert_eq!(refusal(&[("main.xsd", schema("", &derived(method, content)))]).code(), code, "{method} {content}");
    }
}

#[test]
fn bounds_are_values_of_the_base_and_no_group_holds_an_all() {
    let small = "<xs:simpleType name='s'><xs:restriction base='xs:int'><xs:totalDigits value='2'/></xs:restriction></xs:simpleType>
         <xs:simpleType name='e'><xs:restriction base='xs:int'><xs:enumeration value='1'/><xs:enumeration value='3'/></xs:restriction></xs:simpleType>";
    let all = "<xs:complexType name='a' mixed='true'><xs:all><xs:element name='x'/></xs:all></xs:complexType>";
    let bound = |base: &str, value: &str| {
        let body = format!(
            "{small}<xs:simpleType name='t'><xs:restriction base='{base}'><xs:maxInclusive value='{value}'/></xs:restriction></xs:simpleType>"
        );
        load(&[("main.xsd", schema("", &body))]).err().map(|error| error.code())
    };
    assert_eq!([bound("s", "99"), bound("e", "3")], [None, None]);
    assert_eq!([bound("s", "100"), bound("e", "2")], [Some("st-facet-valid"); 2]);
    // Between a time with zone and one without lies no order, if they are near.
    let day = |literal: &str| {
        let body = format!("<xs:simpleType name='d'><xs:restriction base='xs:date'><xs:minInclusive value='2024-01-01Z'/></xs:restriction></xs:simpleType>
             <xs:simpleType name='t'><xs:restriction base='d'><xs:maxInclusive value='{literal}'/></xs:restriction></xs:simpleType>");
        load(&[("main.xsd", schema("", &body))]).is_ok()
    };
    assert!(day("2024-01-01Z") && day("2024-06-01") && !day("2024-01-01"));
    let extended = |mixed: &str| {
        let body = format!(
            "{all}<xs:complexType name='b'{mixed}><xs:complexContent><xs:extension base='a'/></xs:complexContent></xs:complexType>"
        );
        load(&[("main.xsd", schema("", &body))]).err().map(|error| error.code())
    };
    assert_eq!(extended(""), None);
    assert_eq!(extended(" mixed='true'"), Some("cos-all-limited.1"));
}

#[test]
fn identity_constraints_are_checked() {
    let with = |constraint: &str| schema("", &format!("<xs:element name='r'>{constraint}</xs:element>"));
    for xpath in ["a", "./a", ".//a", "child::a/b", "a | b", "*", ". // a"] {
        let main = with(&format!(
            "<xs:unique name='u'><xs:selector xpath='{xpath}'/><xs:field xpath='{xpath}/@id'/></xs:unique>"
        ));
        assert!(load(&[("main.xsd", main)]).is_ok(), "{xpath}");
    }
    for xpath in ["", "/a", "//a", "a//b", "..", "a[1]", "@id", "p:a", "a/", "a |", "parent::a", "a b"] {
        let main =
            with(&format!("<xs:unique name='u'><xs:selector xpath='{xpath}'/><xs:field xpath='@id'/></xs:unique>"));
        assert_eq!(refusal(&[("main.xsd", main)]).code(), "c-selector-xpath", "{xpath}");
    }
    let keyref = "<xs:keyref name='f' refer='k'><xs:selector xpath='a'/><xs:field xpath='@x'/></xs:keyref>";
    assert_eq!(refusal(&[("main.xsd", with(keyref))]).code(), "src-resolve");
    let two = format!(
        "<xs:key name='k'><xs:selector xpath='a'/><xs:field xpath='@x'/><xs:field xpath='@y'/></xs:key>{keyref}"
    );
    assert_eq!(refusal(&[("main.xsd", with(&two))]).code(), "c-props-correct.2");
}
