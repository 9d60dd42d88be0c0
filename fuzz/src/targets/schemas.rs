//! Schemas, documents against a schema, and patterns.

use super::Target;
use super::xml::limits;
use kapia_schema::{Memory, Options, SchemaSet};
use kapia_xml::Document;
use std::sync::OnceLock;

pub const LOADING: Target = Target { name: "schema", seeds: schemas, words: WORDS, run: load };
pub const VALIDATION: Target = Target { name: "validation", seeds: documents, words: super::XML_WORDS, run: validate };
pub const PATTERN: Target = Target { name: "pattern", seeds: patterns, words: PATTERN_WORDS, run: matching };

pub(super) const WORDS: &[&str] = &[
    "<xs:element name=\"e\"/>",
    "<xs:sequence>",
    "</xs:sequence>",
    "<xs:choice minOccurs=\"0\">",
    "</xs:choice>",
    "<xs:any namespace=\"##other\" processContents=\"lax\"/>",
    " type=\"xs:int\"",
    " type=\"t\"",
    " ref=\"r\"",
    " base=\"t\"",
    " maxOccurs=\"4000000000\"",
    " minOccurs=\"0\"",
    " nillable=\"true\"",
    " substitutionGroup=\"r\"",
    " abstract=\"true\"",
    "<xs:include schemaLocation=\"main.xsd\"/>",
    "<xs:import namespace=\"n\" schemaLocation=\"main.xsd\"/>",
    "<xs:pattern value=\"(a+)+\"/>",
    "<xs:enumeration value=\"1\"/>",
    "<xs:totalDigits value=\"99999999999\"/>",
    "<xs:unique name=\"u\"><xs:selector xpath=\".//*\"/><xs:field xpath=\"@a\"/></xs:unique>",
    "##any",
    "restriction",
];

const SCHEMA: &str = r###"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:m" xmlns="urn:m" elementFormDefault="qualified">
<xs:simpleType name="code"><xs:restriction base="xs:string"><xs:maxLength value="9"/><xs:pattern value="[a-z]+"/></xs:restriction></xs:simpleType>
<xs:simpleType name="codes"><xs:list itemType="code"/></xs:simpleType>
<xs:simpleType name="either"><xs:union memberTypes="code xs:int xs:date xs:duration"/></xs:simpleType>
<xs:complexType name="base"><xs:sequence><xs:element name="a" type="code" minOccurs="0" maxOccurs="3"/></xs:sequence><xs:attribute name="id" type="xs:ID"/></xs:complexType>
<xs:complexType name="more"><xs:complexContent><xs:extension base="base"><xs:choice minOccurs="0" maxOccurs="5"><xs:element name="b" type="either"/><xs:element name="c" type="codes"/></xs:choice><xs:attribute name="d" type="xs:decimal"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:extension></xs:complexContent></xs:complexType>
<xs:element name="head" type="base" nillable="true"/><xs:element name="one" type="more" substitutionGroup="head"/>
<xs:element name="root"><xs:complexType mixed="true"><xs:sequence><xs:element ref="head" maxOccurs="unbounded"/><xs:any namespace="##other" minOccurs="0" maxOccurs="2" processContents="lax"/></xs:sequence></xs:complexType>
<xs:key name="k"><xs:selector xpath="*"/><xs:field xpath="@id"/></xs:key></xs:element></xs:schema>"###;

const DOCUMENT: &str = "<root xmlns=\"urn:m\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">t<one id=\"i\" d=\"1.50\"><a>abc</a><b>2020-01-02</b><c>a b</c></one><head id=\"j\" xsi:type=\"more\"><b>P1Y</b></head><head id=\"k\" xsi:nil=\"true\"/><o xmlns=\"urn:o\"/></root>";

pub(super) fn schemas() -> Vec<Vec<u8>> {
    vec![
        SCHEMA.as_bytes().to_vec(),
        br#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="main.xsd"/><xs:complexType name="t"><xs:sequence maxOccurs="unbounded"><xs:element name="e" type="t" minOccurs="0"/><xs:choice><xs:element name="f"/><xs:any namespace="urn:x"/></xs:choice></xs:sequence></xs:complexType><xs:element name="r" type="t"/></xs:schema>"#.to_vec(),
        br#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:group name="g"><xs:all><xs:element name="a"/></xs:all></xs:group><xs:complexType name="t"><xs:group ref="g"/></xs:complexType><xs:redefine schemaLocation="main.xsd"/></xs:schema>"#.to_vec(),
    ]
}

fn load(data: &[u8]) -> String {
    let source = Memory::new().with("main.xsd", data.to_vec());
    match SchemaSet::load("main.xsd", &source) {
        Ok(set) => {
            let roots = set.roots();
            for root in roots.iter().take(4) {
                if let Some(fields) = set.fields(&root.name) {
                    fields.walk(2).take(200).for_each(|field| drop(field.name()));
                }
            }
            let report = Document::read(DOCUMENT, &limits())
                .map(|document| set.validate(document.root(), &Options::default()).is_valid());
            format!("loaded {} {report:?}", roots.len().min(3))
        }
        Err(error) => {
            let told = error.to_string();
            // The kind of error without its names and places.
            told.chars().filter(|c| c.is_ascii_lowercase() || *c == ' ').take(40).collect()
        }
    }
}

fn schema() -> &'static SchemaSet {
    static SET: OnceLock<SchemaSet> = OnceLock::new();
    SET.get_or_init(|| SchemaSet::load("main.xsd", &Memory::new().with("main.xsd", SCHEMA)).expect("our schema loads"))
}

fn documents() -> Vec<Vec<u8>> {
    vec![DOCUMENT.as_bytes().to_vec(), b"<root xmlns='urn:m'><head id='x'><a>b</a></head></root>".to_vec()]
}

fn validate(data: &[u8]) -> String {
    let Ok(document) = Document::read(data.to_vec(), &limits()) else { return "no xml".into() };
    let all = schema().validate(document.root(), &Options { max_violations: 1_000 });
    let first = schema().validate(document.root(), &Options::first());
    assert_eq!(all.is_valid(), first.is_valid());
    assert_eq!(all.violations.first().map(|v| v.code), first.violations.first().map(|v| v.code));
    let length = document.source().lines().count().max(1) as u32;
    for violation in &all.violations {
        assert!((1..=length + 1).contains(&violation.line) && violation.path.starts_with('/'));
    }
    let mut codes: Vec<&str> = all.violations.iter().map(|violation| violation.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(" ")
}

const PATTERN_WORDS: &[&str] = &[
    "(a+)+",
    "[a-z-[aeiou]]",
    "\\p{L}",
    "\\P{IsCyrillic}",
    "\\d{1,100}",
    "\\i\\c*",
    "(a|b)*",
    "{0,}",
    "\\-",
    "[^",
    "]",
    "|",
    ".",
    "\n",
];

fn patterns() -> Vec<Vec<u8>> {
    [
        "(a+)+b\naaab",
        "[a-z-[aeiou]]{2,4}\nbcd",
        "\\p{L}{1,20}( \\p{L}+)*\nедно две",
        "\\d{10}|[A-Z]\\d{5,9}\n7605239965",
        "(\\i\\c*)?.\nxx",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect()
}

/// A pattern up to the first line end, and what it is matched with: as a facet, because patterns are nothing else here.
fn matching(data: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(data) else { return "not utf-8".into() };
    let (pattern, value) = text.split_once('\n').unwrap_or((text, ""));
    let (mut attribute, mut content) = (Vec::new(), Vec::new());
    kapia_xml::escape_attribute(pattern, &mut attribute);
    kapia_xml::escape_text(value, &mut content);
    let schema = [
        br#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value=""#.as_slice(),
        &attribute,
        br#""/></xs:restriction></xs:simpleType></xs:element></xs:schema>"#,
    ]
    .concat();
    let Ok(set) = SchemaSet::load("main.xsd", &Memory::new().with("main.xsd", schema)) else { return "refused".into() };
    let document = [b"<r>".as_slice(), &content, b"</r>"].concat();
    let Ok(document) = Document::read(document, &limits()) else { return "no value".into() };
    let report = set.validate(document.root(), &Options::default());
    report.violations.first().map_or("matches".into(), |violation| violation.code.to_owned())
}
