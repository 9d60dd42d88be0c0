//! One schema with all that makes generators stumble: its code is what is checked in, compiles with this test, and keeps
//! what it reads. `KAPIA_BLESS=1` writes the checked-in code anew.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]
#![deny(missing_docs)]

use std::path::{Path, PathBuf};

use kapia_codegen::{Error, Generator, Unsupported};
use kapia_types as xsd;
use support::{Form, normal};

mod support;

/// What was generated.
#[rustfmt::skip]
#[path = "golden/traps.rs"]
pub mod traps;

/// The same for another library, which is not compiled here (docs/decisions/0021-generated-types.md).
const YASERDE: &str = include_str!("golden/yaserde.rs");

use traps::*;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

#[track_caller]
fn survives<T>(read: fn(&str) -> xsd::Result<T>, write: fn(&T) -> String, xml: &str) -> T {
    let document = read(xml).unwrap_or_else(|error| panic!("{error}"));
    let written = write(&document);
    let [before, after] = [xml, &written].map(|xml| normal(xml.as_bytes(), Form::Strict));
    assert!(before == after, "{written}");
    document
}

macro_rules! survives {
    ($type:ident, $xml:expr) => {
        survives(|xml| $type::from_xml(xml), $type::to_xml, AsRef::<str>::as_ref(&$xml))
    };
}

const PERSON: &str = r#"<t:Person xmlns:t="urn:traps" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="007" lang="bg">
  <t:EGN>7501020018</t:EGN><t:type> два  блянка </t:type><t:Име>Ана]]&gt;</t:Име><t:r>-0</t:r><t:Пол>Жена </t:Пол>
  <t:Street>Ю</t:Street><t:Flat>1</t:Flat><t:Flat>2</t:Flat>
  <t:Parent xsi:type="t:KinType"><t:Name>А</t:Name><t:Parent><t:Name>Б</t:Name></t:Parent><t:Since>неизвестна</t:Since></t:Parent>
  <t:Amount Exact="1" Currency="лв.">79228162514264337593543950335.10</t:Amount>
  <t:Death xsi:nil="true"/><t:Remark>само текст &amp; <b/></t:Remark>
  <o:x xmlns:o="urn:o" o:y="t:z"><t:Person/></o:x>
</t:Person>"#;

#[test]
fn the_generated_code_is_what_is_checked_in() {
    let generator = Generator::new().xsd(golden("traps.xsd"));
    for (name, generated) in [
        ("traps.rs", generator.module().unwrap()),
        ("yaserde.rs", yaserde("<xs:element name='B' type='xs:int'/>").unwrap()),
    ] {
        if std::env::var_os("KAPIA_BLESS").is_some() {
            std::fs::write(golden(name), &generated).unwrap();
        }
        assert!(generated == std::fs::read_to_string(golden(name)).unwrap(), "{name} is not what is generated now");
    }
    assert_eq!(generator.module().unwrap(), generator.module().unwrap());
    assert!(YASERDE.contains("YaDeserialize"));
}

#[test]
fn a_person_keeps_everything() {
    let person = survives!(Person, PERSON);
    assert_eq!((person.id.get(), person.id.to_string()), (7, "007".to_owned()));
    assert_eq!((person.pol, person.pol.unwrap().as_str()), (Some(Pol::Zhena), "Жена "));
    assert_eq!(person.r#type.as_deref(), Some(" два  блянка "));
    assert!(matches!(&person.parent, Some(AnyKin::KinType(kin)) if kin.since.as_str() == "неизвестна"));
    assert_eq!(person.amount[0].value.as_str(), "79228162514264337593543950335.10");
    assert_eq!(person.death, Some(xsd::Nillable::Nil));
    assert_eq!(person.flat.len(), 2);
}

#[test]
fn what_the_schema_forbids_is_refused_by_name() {
    for (from, to, code, path) in [
        ("7501020018", "750102001", "value-pattern", "/Person/EGN"),
        ("Жена ", "Жена", "value-enumeration", "/Person/Пол"),
        ("<t:Street>Ю</t:Street>", "", "element-unexpected", "/Person"),
        ("<t:Flat>1</t:Flat><t:Flat>2</t:Flat>", "", "element-unexpected", "/Person"),
        ("<t:Flat>2</t:Flat>", "<t:Flat>2345</t:Flat>", "value-max-length", "/Person/Flat[2]"),
        (" id=\"007\"", "", "attribute-missing", "/Person/@id"),
        (" id=\"007\"", " id=\"65536\"", "value-lexical", "/Person/@id"),
        ("t:KinType", "t:Amount", "type-unknown", "/Person/Parent"),
        ("неизвестна", "2026-02-30", "value-union", "/Person/Parent/Since"),
        ("Currency=\"лв.\"", "Currency=\"\"", "value-min-length", "/Person/Amount[1]/@Currency"),
    ] {
        let error = Person::from_xml(PERSON.replacen(from, to, 1)).unwrap_err();
        assert_eq!((error.code(), error.path()), (code, path));
    }
}

#[test]
fn constructors_check_facets_and_errors_name_the_rule_only() {
    assert!(Egn::new("7501020018").is_ok() && Share::new("1.49".parse::<xsd::Decimal>().unwrap()).is_ok());
    let error = Egn::try_from("тайна").unwrap_err();
    assert_eq!(error.to_string(), "EGN: the text does not match the pattern");
    assert_eq!((error.rule().code(), error.bulgarian().as_str()), ("pattern", "EGN: текстът не отговаря на шаблона"));
    assert_eq!("1.5".parse::<Share>().unwrap_err().to_string(), "Share: the value must be below 1.5");
    assert_eq!(Code::try_from(" a ").unwrap().as_str(), "a");
    assert!(Codes::try_from("a bc d").is_ok() && Codes::try_from("a bcde").is_err());
    assert_eq!(Pol::ALL.len(), 6);
}

#[test]
fn an_empty_element_means_its_default() {
    let without_any = PERSON.replace("<o:x", "<t:Count/><o:x");
    let person = Person::from_xml(without_any).unwrap();
    assert_eq!(person.count.as_ref().map(xsd::Number::get), Some(5));
}

#[test]
fn choices_keep_their_order() {
    let choices = |inside: &str| format!("<Choices xmlns='urn:traps' а='1'>{inside}</Choices>");
    let rest = "<E>a b</E><F><Name/></F><E>c</E><G>2026-11-22T08:30:00Z</G><H>1E3</H><G>2026-11-22T24:00:00</G><Second>x</Second><First/>";
    for first in
        ["<A>0</A>", "<B><Name>1</Name></B><B><Name>2</Name></B>", "<C/>", "<C/><D>1.40</D>", "<x:y xmlns:x='urn:x'/>"]
    {
        survives!(Choices, choices(&format!("{first}{rest}")));
    }
    let read = survives!(Choices, choices(&format!("<A>0</A>{rest}")));
    assert!(matches!(read.choices[..], [ChoicesChoice2::E(_), ChoicesChoice2::F(_), ChoicesChoice2::E(_)]));
    for wrong in ["", "<A>0</A>", "<D>1</D><G>2026-11-22T08:30:00Z</G>", "<A>0</A><A>1</A><G>2026-11-22T08:30:00Z</G>"]
    {
        assert_eq!(Choices::from_xml(choices(wrong)).unwrap_err().code(), "element-unexpected", "{wrong}");
    }
}

#[test]
fn any_order_is_read_and_elements_of_no_namespace_stay_there() {
    let xml = "<t:Any.Order xmlns:t='urn:traps'><Plain><Inside>1</Inside></Plain><t:All>2</t:All></t:Any.Order>";
    let read = AnyOrder::from_xml(xml).unwrap();
    assert_eq!(read.plain.as_ref().unwrap().inside, "1");
    assert_eq!(
        read.to_xml(),
        r#"<n1:Any.Order xmlns:n1="urn:traps"><n1:All>2</n1:All><Plain><Inside>1</Inside></Plain></n1:Any.Order>"#
    );
    assert_eq!(
        AnyOrder::from_xml(xml.replace("<t:All>2", "<t:which>1</t:which><t:which>2</t:which><t:All>2"))
            .unwrap_err()
            .code(),
        "element-twice"
    );
    assert_eq!(AnyOrder::from_xml("<Any.Order xmlns='urn:traps'/>").unwrap_err().code(), "element-missing");
}

#[test]
fn plain_values_empty_types_and_mixed_text_are_documents_too() {
    survives!(Ping, "<Ping xmlns='urn:traps'/>");
    survives!(Number, "<Number xmlns='urn:traps'>00.10</Number>");
    survives!(Mixed, "<Mixed xmlns='urn:traps'>а<b>б</b> в </Mixed>");
    survives!(KinElement, "<Kin xmlns='urn:traps'><Name/><Since>2026-11-22</Since></Kin>");
    assert_eq!(Ping::from_xml("<Ping xmlns='urn:traps'> <a/></Ping>").unwrap_err().code(), "element-unexpected");
}

fn yaserde(elements: &str) -> kapia_codegen::Result<String> {
    let folder = tempfile::tempdir().unwrap();
    let schema = format!(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:y' elementFormDefault='qualified'>\
         <xs:element name='A'><xs:complexType><xs:sequence>{elements}<xs:element name='C' minOccurs='0' maxOccurs='2'>\
         <xs:complexType><xs:simpleContent><xs:extension base='xs:decimal'><xs:attribute name='d' type='xs:date'/>\
         </xs:extension></xs:simpleContent></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"
    );
    let file = folder.path().join("y.xsd");
    std::fs::write(&file, schema).unwrap();
    Generator::new().xsd(file).yaserde(true).module()
}

#[test]
fn what_yaserde_cannot_keep_is_refused() {
    for elements in [
        "<xs:choice><xs:element name='B'/><xs:element name='D'/></xs:choice>",
        "<xs:any/>",
        "<xs:element name='B'/>",
        "<xs:element name='B' type='xs:int' nillable='true'/>",
    ] {
        let refused = yaserde(elements);
        assert!(matches!(refused, Err(Error::Unsupported { what: Unsupported::Yaserde, .. })), "{elements}");
    }
}

#[test]
fn a_folder_gives_the_schemas_that_no_other_one_needs_and_check_finds_what_is_stale() {
    let out = tempfile::tempdir().unwrap();
    let generator = Generator::new().xsd(golden("")).out(out.path());
    let names = |files: Vec<PathBuf>| -> Vec<String> {
        files.iter().map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names(generator.run().unwrap()), ["mod.rs", "traps.rs"]);
    assert!(generator.run().unwrap().is_empty() && generator.check().is_ok());
    std::fs::write(out.path().join("traps.rs"), "").unwrap();
    assert!(matches!(generator.check(), Err(Error::Stale(files)) if names(files.clone()) == ["traps.rs"]));
    assert!(matches!(Generator::new().module(), Err(Error::Nothing)));
    assert!(matches!(Generator::new().xsd(golden("")).run(), Err(Error::NoFolder)));
}
