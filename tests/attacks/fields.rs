//! A register that answers in ways a filter could misread: what is hidden stays hidden, by whatever name it comes.

use super::*;
use crate::support::{GateOptions, ResultRead};
use std::path::Path;
use std::time::{Duration, Instant};

const REQUEST: &str = r##"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:hostile:request" elementFormDefault="qualified">
<xs:element name="Ask"><xs:complexType><xs:sequence>
  <xs:element name="Key" type="xs:string"/>
  <xs:element name="Amount" minOccurs="0" maxOccurs="unbounded"><xs:simpleType><xs:restriction base="xs:decimal"><xs:totalDigits value="20"/><xs:maxInclusive value="99999999999999999999"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="Free" type="xs:decimal" minOccurs="0"/>
  <xs:element name="Whole" type="xs:int" minOccurs="0"/>
  <xs:element name="Real" type="xs:double" minOccurs="0"/>
  <xs:element name="When" type="xs:dateTime" minOccurs="0"/>
  <xs:element name="Span" type="xs:duration" minOccurs="0"/>
  <xs:element name="Code" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="(a+)+b"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="Mail" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="([a-z]+[a-z0-9._]*)*@([a-z]+\.)*[a-z]{2,9}"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="Words" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="(\p{L}{1,500} ?)+"/></xs:restriction></xs:simpleType></xs:element>
  <xs:sequence minOccurs="0" maxOccurs="4000000000"><xs:element name="A" minOccurs="0" maxOccurs="4000000000"/><xs:element name="B" maxOccurs="4000000000"/></xs:sequence>
</xs:sequence></xs:complexType></xs:element></xs:schema>"##;

const RESPONSE: &str = r###"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:hostile:response" xmlns:r="urn:hostile:response" elementFormDefault="qualified">
<xs:complexType name="Person"><xs:sequence>
  <xs:element name="Name" type="xs:string" minOccurs="0"/>
  <xs:element name="Secret" type="xs:string" minOccurs="0" nillable="true"/>
  <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence><xs:attribute name="open" type="xs:string"/><xs:attribute name="closed" type="xs:string"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType>
<xs:complexType name="Rich"><xs:complexContent><xs:extension base="r:Person"><xs:sequence>
  <xs:element name="Salary" type="xs:string"/>
</xs:sequence><xs:attribute name="rank" type="xs:string"/></xs:extension></xs:complexContent></xs:complexType>
<xs:element name="Head" type="r:Person"/>
<xs:element name="Leader" type="r:Rich" substitutionGroup="r:Head"/>
<xs:element name="Answer"><xs:complexType><xs:sequence>
  <xs:element name="Person" type="r:Person" minOccurs="0" maxOccurs="unbounded"/>
  <xs:element ref="r:Head" minOccurs="0"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>"###;

const SECRET: &str = "тайна";

/// By the key that is asked for. What is open says `явно`, what is hidden says [`SECRET`].
const ANSWERS: [(&str, &str); 9] = [
    ("plain", "<Person open='явно' closed='тайна'><Name>явно</Name><Secret>тайна</Secret></Person>"),
    (
        "derived",
        "<Person xsi:type='r:Rich' rank='тайна'><Name>явно</Name><Secret>тайна</Secret><Salary>тайна</Salary></Person>",
    ),
    (
        "rebound",
        "<r:Person xmlns='urn:other'><r:Name>явно</r:Name><q:Secret xmlns:q='urn:hostile:response' xmlns:r='urn:r'>тайна</q:Secret><Name>тайна</Name></r:Person>",
    ),
    ("undeclared", "<Person><Name>явно</Name><x:Name xmlns:x='urn:x' xmlns=''>тайна</x:Name></Person>"),
    ("nil", "<Person><Name>явно</Name><Secret xsi:nil='true'/></Person><Person closed='тайна'/>"),
    (
        "split",
        "<Person><Name>яв<!--тайна-->но<?тайна тайна?></Name><Secret>та<!-- -->й<![CDATA[на]]></Secret></Person>",
    ),
    (
        "foreign",
        "<Person x:open='тайна' xmlns:x='urn:x'><Name>явно</Name><x:Secret>тайна<r:Name>тайна</r:Name></x:Secret></Person>",
    ),
    ("substituted", "<Leader rank='тайна'><Name>явно</Name><Secret>тайна</Secret><Salary>тайна</Salary></Leader>"),
    (
        "entities",
        "<Person><Name>&#x44F;в<![CDATA[н]]>о</Name><Secret>&#x442;айна</Secret></Person><Person closed='&#x442;айна'/>",
    ),
];

const OPERATION: &str = "Kapia.HostileAdapter.APIService.IHostileAPI.Ask";

/// A gate with the hostile register, whose consumer may see names and open attributes.
pub static HOSTILE: LazyLock<Gate> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("Hostile");
    write_package(&package);
    let gate = Gate::start(GateOptions { adapters: vec![folder.path().to_owned()], ..GateOptions::default() });
    gate.kapia(&["grant", "revoke", "demo", OPERATION, "--field", "**"]);
    let fields = ["Person/Name", "Person/@open", "Head/Name", "Leader/Name"];
    for field in fields {
        let said = gate.kapia_says(&["grant", "add", "demo", OPERATION, "--field", field]);
        assert!(said.code == Some(0) || field == "Leader/Name", "{}", said.stderr);
    }
    // A running gate sees the change within about a second. Should the field leave for ever, the tests say so.
    let until = Instant::now() + Duration::from_secs(10);
    while Instant::now() < until {
        let read = gate.call(&ask("plain", ""));
        let response = read.written(read.result(Entry::V2).response.unwrap()).to_owned();
        if response.contains("open=") && response.contains("<Name>") && !response.contains(SECRET) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    gate
});

fn write_package(package: &Path) {
    let write = |name: &str, content: &str| {
        let file = package.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    };
    let mut manifest = format!(
        "name = \"Hostile\"\nadministration = \"Никоя\"\nregister = \"Враждебен\"\n[backend]\nkind = \"sample\"\n[[operation]]\nname = \"{OPERATION}\"\ndescription = \"Отговаря лукаво\"\nrequest = \"Request.xsd\"\nrequest_root = \"{{urn:hostile:request}}Ask\"\nresponse = \"Response.xsd\"\nresponse_root = \"{{urn:hostile:response}}Answer\"\n[operation.sample]\nkey = \"Key\"\nunknown = \"no-data\"\nno_data = \"nothing.xml\"\n[operation.sample.answers]\n"
    );
    write("XMLSchemas/Request.xsd", REQUEST);
    write("XMLSchemas/Response.xsd", RESPONSE);
    write("XMLData/nothing.xml", "<Answer xmlns='urn:hostile:response'/>");
    for (key, content) in ANSWERS {
        manifest.push_str(&format!("\"{key}\" = \"{key}.xml\"\n"));
        let xsi = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";
        let answer =
            format!("<Answer xmlns='urn:hostile:response' xmlns:r='urn:hostile:response' {xsi}>{content}</Answer>");
        write(&format!("XMLData/{key}.xml"), &answer);
    }
    write("adapter.toml", &manifest);
}

/// A call of the hostile operation.
pub fn ask(key: &str, more: &str) -> Call {
    let argument = format!("<Ask xmlns=\"urn:hostile:request\"><Key>{key}</Key>{more}</Ask>");
    Call { operation: OPERATION.into(), argument: Some(argument), ..Call::good() }
}

fn answer(key: &str) -> (Read, ResultRead) {
    let read = HOSTILE.call(&ask(key, "").signed());
    let result = read.result(Entry::V2);
    result.assert_answer();
    (read, result)
}

/// What is open is there, what is hidden is not, and what was sent is what was signed.
#[track_caller]
fn assert_filtered(key: &str) -> String {
    let (read, result) = answer(key);
    let response = read.written(result.response.unwrap()).to_owned();
    assert!(!response.contains(SECRET), "{key}: what is hidden has left:\n{response}");
    assert!(!read.http.everything().contains(SECRET), "{key}");
    crate::support::verifies_in_rust(&read, Entry::V2, &HOSTILE.certs).unwrap();
    response
}

#[test]
fn a_hidden_field_and_attribute_never_leave() {
    let response = assert_filtered("plain");
    assert!(response.contains("open=\"явно\"") && response.contains("<Name>явно</Name>"), "{response}");
}

#[test]
fn a_derived_type_brings_no_field_that_is_not_granted() {
    let response = assert_filtered("derived");
    assert!(response.contains("<Name>явно</Name>"), "{response}");
    assert_eq!(response.matches("Salary").count(), 0);
}

#[test]
fn a_member_of_a_substitution_group_brings_no_field_that_is_not_granted() {
    let (read, result) = answer("substituted");
    let response = read.written(result.response.unwrap());
    assert!(!response.contains(SECRET) && !response.contains("Salary"), "{response}");
}

#[test]
fn prefixes_that_are_bound_anew_hide_and_open_nothing() {
    for key in ["rebound", "undeclared", "foreign"] {
        let response = assert_filtered(key);
        assert!(response.contains("явно"), "{key}: {response}");
    }
}

#[test]
fn a_nil_field_and_a_split_value_are_filtered_like_others() {
    let response = assert_filtered("split");
    assert!(response.contains(">явно</"), "what is split is written whole: {response}");
    assert!(assert_filtered("nil").contains("явно"));
    assert!(assert_filtered("entities").contains(">явно</"));
}
