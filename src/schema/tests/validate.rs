//! What validation finds, where, and in which words.
#![allow(clippy::unwrap_used)]

use std::borrow::Cow;

use kapia_schema::{Language, Memory, Options, Prefixes, Report, SchemaSet, Spot, Tag};
use kapia_xml::{Document, Limits, Name};

const SECRET: &str = "ТАЙНА-9902";

fn set(body: &str) -> SchemaSet {
    let text = format!(
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:m" xmlns="urn:m" elementFormDefault="qualified">{body}</xs:schema>"#
    );
    SchemaSet::load("main.xsd", &Memory::new().with("main.xsd", text)).unwrap()
}

fn report(set: &SchemaSet, body: &str) -> Report {
    let text = format!(
        r#"<R xmlns="urn:m" xmlns:m="urn:m" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"{body}</R>"#
    );
    let document = Document::read(text, &Limits::default()).unwrap();
    set.validate(document.root(), &Options::default())
}

/// Code and path of every violation; no text of any of them may hold a value.
fn found(set: &SchemaSet, body: &str) -> Vec<(&'static str, String)> {
    let report = report(set, body);
    for violation in &report.violations {
        for language in [Language::English, Language::Bulgarian] {
            let text = format!(
                "{} {} {:?} {}",
                violation.message(language),
                violation.hint(language),
                violation.expected,
                violation.path
            );
            assert!(!text.contains(SECRET) && !text.contains('…') && !violation.message(language).is_empty(), "{text}");
        }
    }
    report.violations.iter().map(|violation| (violation.code, violation.path.clone())).collect()
}

fn people() -> SchemaSet {
    set(
        "<xs:element name='R'><xs:complexType><xs:sequence>
           <xs:element name='Person' maxOccurs='unbounded'><xs:complexType><xs:sequence>
             <xs:element name='Name' type='xs:string'/><xs:element name='Born' type='xs:date' minOccurs='0' nillable='true'/>
             <xs:element name='Kind' minOccurs='0'><xs:simpleType><xs:restriction base='xs:string'><xs:enumeration value='местно'/><xs:enumeration value='чуждо'/></xs:restriction></xs:simpleType></xs:element>
           </xs:sequence><xs:attribute name='id' type='xs:int' use='required'/></xs:complexType></xs:element>
         </xs:sequence></xs:complexType></xs:element>",
    )
}

#[test]
fn a_violation_names_place_and_expectation_and_no_value() {
    let set = people();
    let report = report(&set, ">\n<Person id='1'><Name/></Person>\n<Person id='2'><Nmae>ТАЙНА-9902</Nmae></Person>");
    let violation = &report.violations[0];
    assert_eq!(
        (violation.code, violation.path.as_str(), violation.line),
        ("cvc-complex-type.2.4.a", "/R/Person[2]/Nmae", 3)
    );
    assert_eq!(violation.expected, ["Name"]);
    assert_eq!(report.violations.len(), 1);
    assert!(
        violation.message(Language::English).contains("Nmae")
            && violation.message(Language::Bulgarian).contains("Nmae")
    );
}

#[test]
fn each_fault_has_its_code_and_its_path() {
    let set = people();
    for (body, code, path) in [
        (">", "cvc-complex-type.2.4.b", "/R"),
        ("><Person><Name/></Person>", "cvc-complex-type.4", "/R/Person/@id"),
        ("><Person id='ТАЙНА-9902'><Name/></Person>", "cvc-datatype-valid.1.2.1", "/R/Person/@id"),
        ("><Person id='1' x='ТАЙНА-9902'><Name/></Person>", "cvc-complex-type.3.2.2", "/R/Person/@x"),
        ("><Person id='1'><Name/><Born>ТАЙНА-9902</Born></Person>", "cvc-datatype-valid.1.2.1", "/R/Person/Born"),
        ("><Person id='1'><Name/><Kind>ТАЙНА-9902</Kind></Person>", "cvc-enumeration-valid", "/R/Person/Kind"),
        (
            "><Person id='1'><Name/><Kind>чуждо</Kind><Kind>местно</Kind></Person>",
            "cvc-complex-type.2.4.d",
            "/R/Person/Kind[2]",
        ),
        ("><Person id='1'><Name><b/></Name></Person>", "cvc-type.3.1.2", "/R/Person/Name"),
        ("><Person id='1'>ТАЙНА-9902<Name/></Person>", "cvc-complex-type.2.3", "/R/Person"),
        ("><Person id='1'><Name xsi:nil='true'/></Person>", "cvc-elt.3.1", "/R/Person/Name/@nil"),
        ("><Person id='1'><Name/><Born xsi:nil='true'>ТАЙНА-9902</Born></Person>", "cvc-elt.3.2.1", "/R/Person/Born"),
        ("><Person id='1'><Name xsi:type='ТАЙНА-9902'/></Person>", "cvc-elt.4.2", "/R/Person/Name/@type"),
        ("><Person id='1'><Name xsi:type='xs:int'/></Person>", "cvc-elt.4.3", "/R/Person/Name/@type"),
        (" a='ТАЙНА-9902'><Person id='1'><Name/></Person>", "cvc-complex-type.3.2.2", "/R/@a"),
    ] {
        assert_eq!(found(&set, body), [(code, path.to_owned())], "{body}");
    }
    for body in [
        "><Person id=' 1 '><Name/><Born xsi:nil='true'/></Person>",
        "><Person id='1'><Name xsi:type='xs:token'> a </Name></Person>",
    ] {
        assert_eq!(found(&set, body), [], "{body}");
    }
}

#[test]
fn a_right_name_in_a_wrong_namespace_is_shown_with_namespaces() {
    let report = report(&people(), "><Person xmlns='urn:x' id='1'/>");
    assert_eq!(report.violations[0].expected, ["{urn:m}Person"]);
    assert!(report.violations[0].message(Language::English).contains("{urn:x}Person"));
}

#[test]
fn a_name_with_letters_of_another_alphabet_is_pointed_out_and_not_taken() {
    let body = "<xs:element name='R'><xs:complexType><xs:sequence><xs:element name='Еmployer' type='xs:string'/>
         </xs:sequence><xs:attribute name='соde'/></xs:complexType></xs:element>";
    let set = set(body);
    assert_eq!(found(&set, "><Еmployer/>"), []);
    let report = report(&set, " code='1'><Employer/>");
    let hints: Vec<String> = report.violations.iter().map(|violation| violation.hint(Language::English)).collect();
    assert!(
        hints[0].contains("соde") && hints[0].contains("character 1 ") && hints[0].contains("U+0441 Cyrillic"),
        "{hints:?}"
    );
    assert!(hints[1].contains("Еmployer") && hints[1].contains("U+0415 Cyrillic"), "{hints:?}");
    assert!(report.violations[1].hint(Language::Bulgarian).contains("U+0415"));
    let document = Document::read("<Р xmlns='urn:m'/>", &Limits::default()).unwrap();
    assert!(set.validate(document.root(), &Options::first()).violations[0].hint(Language::English).contains("check"));
    let people = people();
    let document = Document::read("<R xmlns='urn:m'><Реrson/></R>", &Limits::default()).unwrap();
    let hint = people.validate(document.root(), &Options::first()).violations[0].hint(Language::English);
    assert!(hint.contains("character 1 of Person is U+0050 Latin"), "{hint}");
}

#[test]
fn an_unknown_root_is_refused_with_the_known_ones() {
    let document = Document::read("<Q/>", &Limits::default()).unwrap();
    let report = people().validate(document.root(), &Options::default());
    assert_eq!(
        (report.violations[0].code, report.violations[0].expected.as_slice()),
        ("cvc-elt.1", ["{urn:m}R".to_owned()].as_slice())
    );
}

#[test]
fn a_root_may_name_its_type_only_where_that_is_asked_for() {
    let set = people();
    let report = |text: &str, assess: bool| {
        let xsi = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:xs='http://www.w3.org/2001/XMLSchema'";
        let document = Document::read(format!("<other {xsi} {text}</other>"), &Limits::default()).unwrap();
        let root = document.root();
        let report = if assess { set.assess(root, &Options::first()) } else { set.validate(root, &Options::first()) };
        report.is_valid()
    };
    assert!(report("xsi:type='xs:int'>1", true));
    assert!(!report("xsi:type='xs:int'>x", true));
    assert!(!report(">1", true));
    assert!(!report("xsi:type='xs:int'>1", false));
}

#[test]
fn validation_stops_at_the_asked_number_of_violations() {
    let document = format!("<R xmlns='urn:m'>{}</R>", "<Person><Name/></Person>".repeat(50));
    let document = Document::read(document, &Limits::default()).unwrap();
    for (options, count) in [(Options::first(), 1), (Options::default(), 20), (Options { max_violations: 1_000 }, 50)] {
        let report = people().validate(document.root(), &options);
        assert_eq!((report.violations.len(), report.truncated), (count, count < 50));
    }
}

#[test]
fn content_of_any_type_is_judged_laxly() {
    let set = set("<xs:element name='R'/><xs:element name='Known' type='xs:int'/>");
    assert_eq!(found(&set, "><a xsi:nil='true'>x</a><b c='d'/>text"), []);
    assert_eq!(found(&set, "><a><Known>ТАЙНА-9902</Known></a>").len(), 1);
    assert_eq!(found(&set, "><a xsi:type='xs:int'>ТАЙНА-9902</a>").len(), 1);
}

#[test]
fn wildcards_skip_or_ask_for_declarations() {
    let set = set(
        "<xs:element name='Known' type='xs:int'/><xs:element name='R'><xs:complexType><xs:sequence>
         <xs:element name='S'><xs:complexType><xs:sequence><xs:any processContents='skip' maxOccurs='unbounded'/></xs:sequence></xs:complexType></xs:element>
         <xs:any namespace='##targetNamespace' minOccurs='0' maxOccurs='unbounded'/></xs:sequence></xs:complexType></xs:element>",
    );
    assert_eq!(found(&set, "><S><Known>x<y/></Known></S><Known>1</Known>"), []);
    assert_eq!(found(&set, "><S><a/></S><Unknown/>"), [("cvc-complex-type.2.4.c", "/R/Unknown".to_owned())]);
    // xsi:type does where a declaration is missing, and is held to.
    assert_eq!(found(&set, "><S><a/></S><Unknown xsi:type='xs:int'>1</Unknown>"), []);
    assert_eq!(
        found(&set, "><S><a/></S><Unknown xsi:type='xs:int'>x</Unknown>"),
        [("cvc-datatype-valid.1.2.1", "/R/Unknown".to_owned())]
    );
    assert_eq!(found(&set, "><S><a/></S><o xmlns='urn:o'/>"), [("cvc-complex-type.2.4.a", "/R/o".to_owned())]);
}

#[test]
fn a_substitute_stands_for_its_head_unless_that_is_blocked() {
    let set = set(
        "<xs:complexType name='T'/><xs:complexType name='E'><xs:complexContent><xs:extension base='T'><xs:attribute name='a'/></xs:extension></xs:complexContent></xs:complexType>
         <xs:element name='H' type='T'/><xs:element name='M' type='E' substitutionGroup='H'/>
         <xs:element name='B' type='T' block='extension'/><xs:element name='N' type='E' substitutionGroup='B'/><xs:element name='O' type='T' substitutionGroup='B'/>
         <xs:element name='R'><xs:complexType><xs:choice maxOccurs='unbounded'><xs:element ref='H'/><xs:element ref='B'/></xs:choice></xs:complexType></xs:element>",
    );
    assert_eq!(found(&set, "><H/><M a='1'/><B/><O/><H xsi:type='E' a='1'/>"), []);
    assert_eq!(found(&set, "><N/>"), [("cvc-complex-type.2.4.a", "/R/N".to_owned())]);
    assert_eq!(found(&set, "><B xsi:type='E'/>"), [("cvc-elt.4.3", "/R/B/@type".to_owned())]);
}

#[test]
fn ids_are_unique_and_references_find_them() {
    let set = set(
        "<xs:element name='R'><xs:complexType><xs:sequence><xs:element name='A' maxOccurs='unbounded'><xs:complexType>
         <xs:attribute name='id' type='xs:ID'/><xs:attribute name='of' type='xs:IDREFS'/></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>",
    );
    assert_eq!(found(&set, "><A id='a' of='b a'/><A id=' b '/>"), []);
    assert_eq!(found(&set, "><A id='a'/><A id='a'/>"), [("cvc-id.2", "/R/A[2]/@id".to_owned())]);
    assert_eq!(found(&set, "><A id='a' of='a c'/>"), [("cvc-id.1", "/R/A/@of".to_owned())]);
}

#[test]
fn keys_are_complete_and_unique_and_keyrefs_find_them() {
    let set = set(
        "<xs:element name='R'><xs:complexType><xs:choice maxOccurs='unbounded'>
           <xs:element name='K'><xs:complexType><xs:sequence><xs:element name='n' type='xs:decimal' minOccurs='0'/></xs:sequence><xs:attribute name='a'/></xs:complexType></xs:element>
           <xs:element name='F'><xs:complexType><xs:attribute name='a'/><xs:attribute name='n' type='xs:decimal'/></xs:complexType></xs:element>
         </xs:choice></xs:complexType>
         <xs:key name='k'><xs:selector xpath='m:K' xmlns:m='urn:m'/><xs:field xpath='@a'/><xs:field xpath='m:n' xmlns:m='urn:m'/></xs:key>
         <xs:keyref name='f' refer='k'><xs:selector xpath='.//m:F' xmlns:m='urn:m'/><xs:field xpath='@a'/><xs:field xpath='@n'/></xs:keyref></xs:element>",
    );
    assert_eq!(found(&set, "><K a='x'><n>1</n></K><K a='x'><n>2</n></K><F a='x' n='1.0'/><F a='y'/>"), []);
    assert_eq!(
        found(&set, "><K a='x'><n>1</n></K><K a='x'><n>1.00</n></K>"),
        [("cvc-identity-constraint.4.1", "/R/K[2]".to_owned())]
    );
    assert_eq!(found(&set, "><K a='x'/>"), [("cvc-identity-constraint.4.2", "/R/K".to_owned())]);
    assert_eq!(
        found(&set, "><K a='x'><n>1</n></K><F a='x' n='2'/>"),
        [("cvc-identity-constraint.4.3", "/R/F".to_owned())]
    );
}

#[test]
fn default_and_fixed_values_count() {
    let set = set(
        "<xs:element name='R'><xs:complexType><xs:sequence><xs:element name='d' type='xs:int' default='7' minOccurs='0'/><xs:element name='f' type='xs:decimal' fixed='1' minOccurs='0'/></xs:sequence>
         <xs:attribute name='a' type='xs:decimal' fixed='2.0'/></xs:complexType></xs:element>",
    );
    assert_eq!(found(&set, " a='2'><d/><f>1.0</f>"), []);
    assert_eq!(found(&set, "><f>2</f>"), [("cvc-elt.5.2.2", "/R/f".to_owned())]);
    assert_eq!(found(&set, " a='3'>"), [("cvc-attribute.4", "/R/@a".to_owned())]);
}

/// A start tag that no document holds.
struct Pushed(&'static str, Vec<(&'static str, &'static str)>);

impl Prefixes for Pushed {
    fn resolve(&self, _: &str) -> Option<&str> {
        None
    }
}

impl Tag for Pushed {
    type Mark = &'static str;

    fn name(&self) -> Name<'_> {
        Name { namespace: "urn:m", local: self.0 }
    }

    fn attributes(&self) -> impl Iterator<Item = (Name<'_>, Cow<'_, str>)> {
        self.1.iter().map(|&(local, value)| (Name { namespace: "", local }, Cow::Borrowed(value)))
    }

    fn mark(&self) -> &'static str {
        self.0
    }
}

#[test]
fn the_validator_can_be_driven_without_a_document() {
    let set = people();
    let mut validator = set.validator(&Options::default());
    validator.start(&Pushed("R", vec![]));
    validator.start(&Pushed("Person", vec![("id", "1")]));
    validator.start(&Pushed("Name", vec![]));
    validator.text("Ив");
    validator.text("ан");
    validator.end(&());
    validator.start(&Pushed("Born", vec![]));
    validator.text("2000-");
    validator.text("02-30");
    validator.end(&());
    validator.end(&());
    validator.end(&());
    let report = validator.finish(&mut |&mark| Spot { line: 1, column: 1, path: format!("/{mark}") });
    assert_eq!(report.violations.len(), 1);
    assert_eq!(report.violations[0].path, "/Born");
    assert!(!report.truncated);
}

#[test]
fn a_document_read_by_windows_gets_the_report_of_the_whole() {
    let set = people();
    let person = |id: usize, born: &str| format!("<Person id='{id}'>\n <Name>Иван</Name><Born>{born}</Born></Person>");
    let documents = [
        format!("<R xmlns='urn:m'>{}</R>", person(1, "2000-01-01")),
        format!("<R xmlns='urn:m'>{}\n{}</R>", person(1, "2000-02-30"), person(1, "ж")),
        format!("<R xmlns='urn:m'><Other/>{}<Person/></R>", person(7, "2000-01-01")),
    ];
    for text in documents {
        let document = Document::read(text.clone().into_bytes(), &Limits::default()).unwrap();
        for max_violations in [1, 100] {
            let options = Options { max_violations };
            let whole = set.validate(document.root(), &options);
            for size in [1, 20, 10_000] {
                let read = || kapia_xml::Windows::of_size(text.as_bytes(), &Limits::default(), size);
                let windows = set.validate_windows(read, &options, |_| ()).unwrap();
                assert_eq!(windows.is_valid(), whole.is_valid());
                if max_violations > 1 {
                    assert_eq!(format!("{windows:?}"), format!("{whole:?}"), "{size} {text}");
                }
            }
        }
    }
}
