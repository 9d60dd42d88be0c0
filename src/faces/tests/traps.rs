//! What schemas may do and generators stumble over: for each, the WSDL is one set of schemas, and every document gets the verdict
//! in it that it has by the schemas of its package. What cannot be said in a WSDL is left open or refused, never told wrongly.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_faces::Face;
use kapia_language::Language;
use kapia_schema::{Options, SchemaSet};
use kapia_xml::{Document, Limits};
use std::fmt::Write;
use support::*;

const XSI: &str = "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"";

/// A package of operations `Op1`, `Op2`…; every operation asks with a `Question` of its own and has the answer of a schema.
struct Trap {
    face: Face,
    _folder: tempfile::TempDir,
}

/// A schema of this namespace (none, if it is empty) that calls it `t`.
fn schema(namespace: &str, content: &str) -> String {
    let target = match namespace {
        "" => String::new(),
        namespace => format!(" targetNamespace=\"{namespace}\" xmlns:t=\"{namespace}\""),
    };
    format!(
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"{target} elementFormDefault=\"qualified\">{content}</xs:schema>"
    )
}

/// `files` are schemas by name; `answers` name the schema and the root of the answer of each operation.
fn package(files: &[(&str, String)], answers: &[(&str, &str)]) -> (kapia_adapter::Package, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("XMLSchemas");
    std::fs::create_dir(&schemas).unwrap();
    let question = schema(
        "urn:question",
        "<xs:element name=\"Question\"><xs:complexType><xs:sequence><xs:element name=\"Number\" type=\"xs:int\"/></xs:sequence></xs:complexType></xs:element>",
    );
    std::fs::write(schemas.join("question.xsd"), question).unwrap();
    for (name, text) in files {
        std::fs::write(schemas.join(name), text).unwrap();
    }
    let mut manifest =
        "name = \"Traps\"\nadministration = \"Пример\"\nregister = \"Капани\"\n\n[backend]\nkind = \"sample\"\n\n"
            .to_owned();
    for (number, (file, root)) in answers.iter().enumerate() {
        write!(
            manifest,
            "[[operation]]\nname = \"Example.TrapAdapter.APIService.ITrapAPI.Op{}\"\ndescription = \"Капан\"\nrequest = \"question.xsd\"\n\
             request_root = \"{{urn:question}}Question\"\nresponse = \"{file}\"\nresponse_root = \"{root}\"\n\
             [operation.sample]\nkey = \"Number\"\nunknown = \"error\"\n[operation.sample.error]\nen = \"nothing\"\nbg = \"няма\"\n\n",
            number + 1
        )
        .unwrap();
    }
    std::fs::write(folder.path().join("adapter.toml"), manifest).unwrap();
    let files = kapia_adapter::DirectoryFiles::open(folder.path()).unwrap();
    (kapia_adapter::Package::read(&files).unwrap(), folder)
}

fn trap(files: &[(&str, String)], answers: &[(&str, &str)]) -> Trap {
    let (package, folder) = package(files, answers);
    assert_eq!(package.operations.len(), answers.len(), "{:?}", package.refused);
    Trap { face: Face::new(&package.name, "", package.operations.iter().cloned()), _folder: folder }
}

impl Trap {
    /// Asserts that every answer of an operation has this verdict, by its own schema and by the WSDL.
    fn judges(&self, operation: &str, valid: &[&str], invalid: &[&str]) {
        let schemas = schemas_of(self.wsdl());
        let found = self.face.operations.iter().find(|found| found.name == operation).unwrap();
        for (document, expected) in
            valid.iter().map(|text| (text, true)).chain(invalid.iter().map(|text| (text, false)))
        {
            let own = verdict(&found.operation.response.schema, document);
            assert_eq!(own.is_empty(), expected, "the schema of the package: {document}: {own:?}");
            let question = "<Question xmlns=\"urn:question\"><Number>1</Number></Question>";
            let told = violations(&schemas, &response(&self.face, operation, question, document));
            assert_eq!(told.is_empty(), expected, "the WSDL: {document}: {told:?}\n{}", self.wsdl());
        }
    }

    fn wsdl(&self) -> &str {
        self.face.wsdl().unwrap()
    }
}

fn verdict(schema: &SchemaSet, document: &str) -> Vec<String> {
    let document = Document::read(document.as_bytes().to_vec(), &Limits::default()).unwrap();
    let report = schema.validate(document.root(), &Options::default());
    report.violations.iter().map(|violation| format!("{} at {}", violation.code, violation.path)).collect()
}

#[test]
fn what_is_included_without_a_namespace_has_the_one_of_who_includes_it() {
    let shared = "<xs:complexType name=\"Person\"><xs:sequence><xs:element name=\"Name\" type=\"Text\"/>\
        <xs:element ref=\"Remark\" minOccurs=\"0\"/></xs:sequence></xs:complexType>\
        <xs:simpleType name=\"Text\"><xs:restriction base=\"xs:string\"><xs:maxLength value=\"5\"/></xs:restriction></xs:simpleType>\
        <xs:element name=\"Remark\" type=\"Text\"/>";
    let include = |namespace: &str| {
        schema(namespace, "<xs:include schemaLocation=\"shared.xsd\"/><xs:element name=\"Answer\" type=\"t:Person\"/>")
    };
    // The same document in two namespaces, and on its own without one.
    let files = [
        ("shared.xsd", schema("", shared)),
        ("a.xsd", include("urn:a")),
        ("b.xsd", include("urn:b")),
        (
            "c.xsd",
            schema("", "<xs:include schemaLocation=\"shared.xsd\"/><xs:element name=\"Answer\" type=\"Person\"/>"),
        ),
    ];
    let trap = trap(&files, &[("a.xsd", "{urn:a}Answer"), ("b.xsd", "{urn:b}Answer"), ("c.xsd", "Answer")]);
    for (operation, namespace, other) in [("Op1", "urn:a", "urn:b"), ("Op2", "urn:b", "urn:a"), ("Op3", "", "urn:a")] {
        let document = |namespace: &str, inside: &str| format!("<Answer xmlns=\"{namespace}\">{inside}</Answer>");
        let good = "<Name>Ана</Name><Remark>да</Remark>";
        trap.judges(
            operation,
            &[&document(namespace, good), &document(namespace, "<Name>Ана</Name>")],
            &[
                &document(namespace, "<Name>Анастасия</Name>"),
                &document(namespace, &format!("<Name xmlns=\"{other}\">Ана</Name>")),
                &document(namespace, "<Name>Ана</Name><Remark>не знам</Remark>"),
            ],
        );
    }
}

#[test]
fn what_is_redefined_means_the_new_declaration_everywhere_but_in_its_own_base() {
    let old = "<xs:complexType name=\"Person\"><xs:sequence><xs:element name=\"Name\" type=\"t:Name\"/></xs:sequence></xs:complexType>\
        <xs:simpleType name=\"Name\"><xs:restriction base=\"xs:string\"><xs:minLength value=\"2\"/></xs:restriction></xs:simpleType>\
        <xs:group name=\"Rest\"><xs:sequence><xs:element name=\"First\" type=\"xs:int\"/></xs:sequence></xs:group>\
        <xs:attributeGroup name=\"Marks\"><xs:attribute name=\"a\" type=\"xs:int\"/></xs:attributeGroup>";
    let newer = "<xs:redefine schemaLocation=\"old.xsd\">\
        <xs:complexType name=\"Person\"><xs:complexContent><xs:extension base=\"t:Person\"><xs:sequence>\
        <xs:element name=\"Partner\" type=\"t:Person\" minOccurs=\"0\"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>\
        <xs:simpleType name=\"Name\"><xs:restriction base=\"t:Name\"><xs:maxLength value=\"4\"/></xs:restriction></xs:simpleType>\
        <xs:group name=\"Rest\"><xs:sequence><xs:group ref=\"t:Rest\"/><xs:element name=\"Second\" type=\"xs:int\"/></xs:sequence></xs:group>\
        <xs:attributeGroup name=\"Marks\"><xs:attributeGroup ref=\"t:Marks\"/><xs:attribute name=\"b\" type=\"xs:int\"/></xs:attributeGroup>\
        </xs:redefine>";
    let answer = "<xs:element name=\"Answer\"><xs:complexType><xs:sequence><xs:element name=\"Person\" type=\"t:Person\"/>\
        <xs:group ref=\"t:Rest\"/></xs:sequence><xs:attributeGroup ref=\"t:Marks\"/></xs:complexType></xs:element>";
    // Redefined once more.
    let newest = "<xs:redefine schemaLocation=\"newer.xsd\"><xs:complexType name=\"Person\"><xs:complexContent>\
        <xs:extension base=\"t:Person\"><xs:attribute name=\"kind\" type=\"xs:string\" use=\"required\"/></xs:extension></xs:complexContent></xs:complexType>\
        </xs:redefine>";
    let files = [
        ("old.xsd", schema("urn:r", old)),
        ("newer.xsd", schema("urn:r", newer)),
        ("once.xsd", schema("urn:r", &format!("<xs:include schemaLocation=\"newer.xsd\"/>{answer}"))),
        ("twice.xsd", schema("urn:r", &format!("{newest}{answer}"))),
    ];
    let once = trap(&files, &[("once.xsd", "{urn:r}Answer")]);
    let document =
        |person: &str, rest: &str| format!("<Answer xmlns=\"urn:r\" a=\"1\" b=\"2\">{person}{rest}</Answer>");
    let rest = "<First>1</First><Second>2</Second>";
    once.judges(
        "Op1",
        &[
            &document("<Person><Name>Ана</Name></Person>", rest),
            // Below the new declaration the name means the new one again.
            &document(
                "<Person><Name>Ана</Name><Partner><Name>Бо</Name><Partner><Name>Ви</Name></Partner></Partner></Person>",
                rest,
            ),
        ],
        &[
            &document("<Person><Name>А</Name></Person>", rest),
            &document("<Person><Name>Анна</Name></Person>", "<First>1</First>"),
            &document("<Person><Name>Антон</Name></Person>", rest),
            &document("<Person><Name>Ана</Name><Partner/></Person>", rest),
        ],
    );
    let twice = trap(&files, &[("twice.xsd", "{urn:r}Answer")]);
    twice.judges(
        "Op1",
        &[&document("<Person kind=\"1\"><Name>Ана</Name><Partner kind=\"2\"><Name>Бо</Name></Partner></Person>", rest)],
        &[
            &document("<Person><Name>Ана</Name></Person>", rest),
            &document("<Person kind=\"1\"><Name>Ана</Name><Partner><Name>Бо</Name></Partner></Person>", rest),
        ],
    );
}

#[test]
fn members_of_a_substitution_group_stand_for_its_head() {
    let content = "<xs:element name=\"Owner\" type=\"t:Owner\" abstract=\"true\"/>\
        <xs:complexType name=\"Owner\"><xs:sequence><xs:element name=\"Name\" type=\"xs:string\"/></xs:sequence></xs:complexType>\
        <xs:element name=\"Person\" substitutionGroup=\"t:Owner\"/>\
        <xs:element name=\"Company\" substitutionGroup=\"t:Owner\"><xs:complexType><xs:complexContent><xs:extension base=\"t:Owner\">\
        <xs:sequence><xs:element name=\"EIK\" type=\"xs:string\"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:element>\
        <xs:element name=\"Bank\" substitutionGroup=\"t:Company\"/>\
        <xs:element name=\"Answer\"><xs:complexType><xs:sequence><xs:element ref=\"t:Owner\" maxOccurs=\"3\"/></xs:sequence></xs:complexType></xs:element>";
    let bare = content.replace("t:", "");
    let files = [("a.xsd", schema("urn:s", content)), ("b.xsd", schema("", &bare))];
    let trap = trap(&files, &[("a.xsd", "{urn:s}Answer"), ("b.xsd", "Answer")]);
    for (operation, namespace) in [("Op1", "urn:s"), ("Op2", "")] {
        let document = |inside: &str| format!("<Answer xmlns=\"{namespace}\">{inside}</Answer>");
        let (person, company) = ("<Person><Name>Ана</Name></Person>", "<Company><Name>А</Name><EIK>1</EIK></Company>");
        trap.judges(
            operation,
            &[&document(person), &document(&format!("{company}<Bank><Name>Б</Name><EIK>2</EIK></Bank>{person}"))],
            &[
                &document("<Owner><Name>Ана</Name></Owner>"),
                &document("<Person><EIK>1</EIK></Person>"),
                &document("<Company><Name>А</Name></Company>"),
                &document("<Bank><Name>Б</Name></Bank>"),
                &document(&person.repeat(4)),
            ],
        );
    }
}

#[test]
fn a_member_takes_the_type_of_a_head_that_gives_it_none_of_its_own_name_and_a_block_is_kept() {
    let content = "<xs:element name=\"Head\"><xs:complexType><xs:sequence><xs:element name=\"N\" type=\"xs:int\"/></xs:sequence></xs:complexType></xs:element>\
        <xs:element name=\"Member\" substitutionGroup=\"t:Head\"/><xs:element name=\"Below\" substitutionGroup=\"t:Member\"/>\
        <xs:element name=\"Alone\" block=\"substitution\" type=\"xs:int\"/><xs:element name=\"Never\" substitutionGroup=\"t:Alone\"/>\
        <xs:element name=\"Answer\"><xs:complexType><xs:sequence><xs:element ref=\"t:Head\"/><xs:element ref=\"t:Alone\"/></xs:sequence></xs:complexType></xs:element>";
    // Within an `xs:all` a group stays one.
    let all = content.replace("sequence><xs:element ref", "all><xs:element ref");
    let all = all.replace("ref=\"t:Alone\"/></xs:sequence>", "ref=\"t:Alone\"/></xs:all>");
    for content in [content, &all] {
        let trap = trap(&[("a.xsd", schema("urn:s", content))], &[("a.xsd", "{urn:s}Answer")]);
        let document = |inside: &str| format!("<Answer xmlns=\"urn:s\">{inside}<Alone>1</Alone></Answer>");
        trap.judges(
            "Op1",
            &[
                &document("<Head><N>1</N></Head>"),
                &document("<Member><N>1</N></Member>"),
                &document("<Below><N>1</N></Below>"),
            ],
            &[&document("<Below><N>a</N></Below>"), &document("<Member/>"), &document("")],
        );
        let blocked = "<Answer xmlns=\"urn:s\"><Head><N>1</N></Head><Never>1</Never></Answer>";
        match content.contains("xs:all") {
            // `block` is not written, and a group that stays one is open then; the gate judges by the schema of the package.
            true => assert!(!verdict(&trap.face.operations[0].operation.response.schema, blocked).is_empty()),
            false => trap.judges("Op1", &[], &[blocked]),
        }
    }
}

#[test]
fn members_of_one_version_do_not_stand_in_another_one() {
    let version = |member: &str| {
        schema(
            "urn:g",
            &format!(
                "<xs:element name=\"Head\" type=\"xs:string\" abstract=\"true\"/><xs:element name=\"{member}\" substitutionGroup=\"t:Head\"/>\
                 <xs:element name=\"Answer\"><xs:complexType><xs:sequence><xs:element ref=\"t:Head\"/></xs:sequence></xs:complexType></xs:element>"
            ),
        )
    };
    let trap = trap(
        &[("a.xsd", version("A")), ("b.xsd", version("B"))],
        &[("a.xsd", "{urn:g}Answer"), ("b.xsd", "{urn:g}Answer")],
    );
    let [a, b] = ["A", "B"].map(|name| format!("<Answer xmlns=\"urn:g\"><{name}>1</{name}></Answer>"));
    trap.judges("Op1", &[&a], &[&b]);
    trap.judges("Op2", &[&b], &[&a]);
}

const HOLDERS: &str = "<xs:complexType name=\"Holder\" abstract=\"true\"><xs:sequence><xs:element name=\"Since\" type=\"xs:date\"/></xs:sequence></xs:complexType>\
    <xs:complexType name=\"Person\"><xs:complexContent><xs:extension base=\"t:Holder\"><xs:sequence><xs:element name=\"EGN\" type=\"t:Number\"/>\
    </xs:sequence></xs:extension></xs:complexContent></xs:complexType>\
    <xs:simpleType name=\"Number\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"[0-9]+\"/></xs:restriction></xs:simpleType>\
    <xs:simpleType name=\"Short\"><xs:restriction base=\"t:Number\"><xs:maxLength value=\"2\"/></xs:restriction></xs:simpleType>\
    <xs:element name=\"Answer\"><xs:complexType><xs:sequence><xs:element name=\"Holder\" type=\"t:Holder\"/></xs:sequence></xs:complexType></xs:element>";

#[test]
fn derived_types_stand_for_abstract_and_for_plain_ones() {
    let trap = trap(&[("a.xsd", schema("urn:h", HOLDERS))], &[("a.xsd", "{urn:h}Answer")]);
    let document = |attributes: &str, number: &str| {
        format!(
            "<Answer xmlns=\"urn:h\" xmlns:h=\"urn:h\" {XSI}><Holder{attributes}><Since>2026-01-01</Since>{number}</Holder></Answer>"
        )
    };
    let person = " i:type=\"h:Person\"";
    trap.judges(
        "Op1",
        &[&document(person, "<EGN>123</EGN>"), &document(person, "<EGN i:type=\"h:Short\">12</EGN>")],
        &[
            &document("", ""),
            &document("", "<EGN>123</EGN>"),
            &document(person, ""),
            &document(person, "<EGN i:type=\"h:Short\">123</EGN>"),
            &document(" i:type=\"h:Holder\"", ""),
        ],
    );
}

#[test]
fn two_versions_of_one_namespace_are_kept_apart() {
    let version = |more: &str| {
        schema(
            "urn:v",
            &format!(
                "<xs:complexType name=\"Person\"><xs:sequence><xs:element name=\"Name\" type=\"xs:string\"/>{more}</xs:sequence></xs:complexType>\
                 <xs:element name=\"Answer\"><xs:complexType><xs:sequence><xs:element name=\"Person\" type=\"t:Person\"/></xs:sequence></xs:complexType></xs:element>"
            ),
        )
    };
    let files = [("a.xsd", version("")), ("b.xsd", version("<xs:element name=\"Age\" type=\"xs:int\"/>"))];
    let trap = trap(&files, &[("a.xsd", "{urn:v}Answer"), ("b.xsd", "{urn:v}Answer")]);
    let document = |more: &str| format!("<Answer xmlns=\"urn:v\"><Person><Name>Ана</Name>{more}</Person></Answer>");
    let (young, old) = (document("<Age>7</Age>"), document(""));
    trap.judges("Op1", &[&old], &[&young]);
    trap.judges("Op2", &[&young], &[&old]);
}

#[test]
fn an_element_of_another_namespace_in_two_versions_is_not_judged_by_the_wrong_one() {
    let part = |name: &str| {
        schema(
            "urn:part",
            &format!(
                "<xs:element name=\"Part\"><xs:complexType><xs:sequence><xs:element name=\"{name}\" type=\"xs:int\"/></xs:sequence></xs:complexType></xs:element>"
            ),
        )
    };
    let whole = |file: &str| {
        schema(
            "urn:whole",
            &format!(
                "<xs:import namespace=\"urn:part\" schemaLocation=\"{file}\"/><xs:element name=\"Answer\" xmlns:p=\"urn:part\"><xs:complexType>\
                 <xs:sequence><xs:element ref=\"p:Part\" maxOccurs=\"2\"/></xs:sequence></xs:complexType></xs:element>"
            ),
        )
    };
    let files =
        [("p1.xsd", part("One")), ("p2.xsd", part("Two")), ("a.xsd", whole("p1.xsd")), ("b.xsd", whole("p2.xsd"))];
    let trap = trap(&files, &[("a.xsd", "{urn:whole}Answer"), ("b.xsd", "{urn:whole}Answer")]);
    let document =
        |name: &str| format!("<Answer xmlns=\"urn:whole\"><Part xmlns=\"urn:part\"><{name}>1</{name}></Part></Answer>");
    trap.judges("Op1", &[&document("One")], &[&document("Two")]);
    // Left open there, so that a wrong document passes; a right one must.
    trap.judges("Op2", &[&document("Two")], &["<Answer xmlns=\"urn:whole\"/>"]);
}

#[test]
fn a_document_that_names_a_type_of_two_versions_is_left_open_and_not_told_wrongly() {
    let newer = HOLDERS.replace("xs:date", "xs:gYear");
    let files = [("a.xsd", schema("urn:h", HOLDERS)), ("b.xsd", schema("urn:h", &newer))];
    let trap = trap(&files, &[("a.xsd", "{urn:h}Answer"), ("b.xsd", "{urn:h}Answer")]);
    let document = |since: &str| {
        format!(
            "<Answer xmlns=\"urn:h\" xmlns:h=\"urn:h\" {XSI}><Holder i:type=\"h:Person\"><Since>{since}</Since><EGN>1</EGN></Holder></Answer>"
        )
    };
    trap.judges("Op1", &[&document("2026-01-01")], &[&document("2026")]);
    trap.judges("Op2", &[&document("2026")], &[]);
    assert!(trap.wsdl().contains("<xs:any namespace=\"urn:h\" processContents=\"skip\"/>"), "{}", trap.wsdl());
    assert!(trap.wsdl().contains("xsi:type"), "and that is told");
}

#[test]
fn imports_need_no_location_if_somebody_brings_the_namespace() {
    let files = [
        (
            "types.xsd",
            schema("urn:types", "<xs:simpleType name=\"N\"><xs:restriction base=\"xs:int\"/></xs:simpleType>"),
        ),
        (
            "bridge.xsd",
            schema(
                "urn:bridge",
                "<xs:import namespace=\"urn:types\" schemaLocation=\"types.xsd\"/><xs:element name=\"B\" type=\"xs:int\"/>",
            ),
        ),
        (
            "a.xsd",
            schema(
                "urn:a",
                "<xs:import namespace=\"urn:types\"/><xs:import namespace=\"urn:bridge\" schemaLocation=\"bridge.xsd\"/>\
                 <xs:element name=\"Answer\" xmlns:n=\"urn:types\" type=\"n:N\"/>",
            ),
        ),
        (
            "alone.xsd",
            schema(
                "urn:a",
                "<xs:import namespace=\"urn:types\"/><xs:element name=\"Answer\" xmlns:n=\"urn:types\" type=\"n:N\"/>",
            ),
        ),
    ];
    let trap = trap(&files, &[("a.xsd", "{urn:a}Answer")]);
    trap.judges("Op1", &["<Answer xmlns=\"urn:a\">7</Answer>"], &["<Answer xmlns=\"urn:a\">седем</Answer>"]);
    // Where nobody brings it, the operation is refused by name.
    let (package, _folder) = package(&files, &[("alone.xsd", "{urn:a}Answer"), ("a.xsd", "{urn:a}Answer")]);
    assert_eq!(package.operations.len(), 1);
    assert!(package.refused[0].name.to_string().ends_with(".Op1"));
    assert!(!package.refused[0].problems.is_empty());
}

#[test]
fn nil_and_what_is_there_by_itself_stay_what_they_are() {
    let content = "<xs:import namespace=\"http://www.w3.org/XML/1998/namespace\"/><xs:attribute name=\"unit\" type=\"xs:string\" default=\"лв. \"/>\
        <xs:element name=\"Death\" type=\"xs:date\" nillable=\"true\"/>\
        <xs:element name=\"Country\" type=\"xs:string\" default=\"BG\"/><xs:element name=\"Version\" type=\"xs:decimal\" fixed=\"1.0\"/>\
        <xs:element name=\"Answer\"><xs:complexType><xs:sequence>\
        <xs:element ref=\"t:Death\"/><xs:element name=\"Birth\" type=\"xs:date\" nillable=\"true\" minOccurs=\"0\"/>\
        <xs:element ref=\"t:Country\" minOccurs=\"0\"/><xs:element ref=\"t:Version\" minOccurs=\"0\"/>\
        </xs:sequence><xs:attribute ref=\"t:unit\" fixed=\"EUR\"/><xs:attribute name=\"kind\" type=\"xs:int\" default=\"7\"/>\
        <xs:attribute name=\"form\" type=\"xs:string\" fixed=\" a \"/><xs:attribute ref=\"xml:lang\"/></xs:complexType></xs:element>";
    let bare = content.replace("t:unit", "unit").replace("ref=\"t:", "ref=\"");
    let files = [("a.xsd", schema("urn:n", content)), ("b.xsd", schema("", &bare))];
    let trap = trap(&files, &[("a.xsd", "{urn:n}Answer"), ("b.xsd", "Answer")]);
    for (operation, namespace, unit) in [("Op1", "urn:n", "n:unit"), ("Op2", "", "unit")] {
        let document = |attributes: &str, inside: &str| {
            let declared = if namespace.is_empty() { "" } else { "xmlns=\"urn:n\" xmlns:n=\"urn:n\" " };
            format!("<Answer {declared}{XSI} {attributes}>{inside}</Answer>")
        };
        let nil = "<Death i:nil=\"true\"/>";
        trap.judges(
            operation,
            &[
                &document("", nil),
                &document(
                    &format!("{unit}=\"EUR\" kind=\"1\" form=\" a \" xml:lang=\"bg\""),
                    "<Death>2026-01-01</Death>",
                ),
                &document("", &format!("{nil}<Birth i:nil=\"1\"/><Country/><Version>1.00</Version>")),
            ],
            &[
                &document("", "<Death/>"),
                &document("", &format!("{nil}<Country i:nil=\"true\"/>")),
                &document("", &format!("{nil}<Version>1.1</Version>")),
                &document(&format!("{unit}=\"BGN\""), nil),
                &document("form=\"b\"", nil),
                &document("lang=\"bg\"", nil),
            ],
        );
    }
    let told = defaults(&trap);
    assert_eq!(told, ["BG", "7"], "{}", trap.wsdl());
}

#[test]
fn attributes_of_xml_itself_need_no_schema_of_theirs_in_the_wsdl() {
    let xml = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"http://www.w3.org/XML/1998/namespace\">\
        <xs:attribute name=\"lang\" type=\"xs:language\"/><xs:attribute name=\"space\" type=\"xs:NCName\"/><xs:attributeGroup name=\"specialAttrs\">\
        <xs:attribute ref=\"xml:lang\"/><xs:attribute ref=\"xml:space\"/></xs:attributeGroup></xs:schema>";
    let content = "<xs:import namespace=\"http://www.w3.org/XML/1998/namespace\" schemaLocation=\"xml.xsd\"/>\
        <xs:element name=\"Answer\"><xs:complexType><xs:attributeGroup ref=\"xml:specialAttrs\"/></xs:complexType></xs:element>";
    let trap = trap(&[("xml.xsd", xml.to_owned()), ("a.xsd", schema("urn:x", content))], &[("a.xsd", "{urn:x}Answer")]);
    trap.judges(
        "Op1",
        &["<Answer xmlns=\"urn:x\" xml:lang=\"bg\" xml:space=\"preserve\"/>"],
        &["<Answer xmlns=\"urn:x\" lang=\"bg\"/>"],
    );
}

/// The defaults of elements and of attributes that are not references, in their order, in the namespace `urn:n`.
fn defaults(trap: &Trap) -> Vec<String> {
    let document = Document::read(trap.wsdl().to_owned(), &Limits::default()).unwrap();
    let types = document.root().children().find(|child| child.local() == "types").unwrap();
    let schema = types.children().find(|schema| schema.attribute("", "targetNamespace").as_deref() == Some("urn:n"));
    let mut found = Vec::new();
    for event in schema.unwrap().events() {
        if let kapia_xml::Event::Start(element) = event
            && let Some(value) =
                element.attribute("", "default").filter(|_| element.attribute("", "name").as_deref() != Some("unit"))
        {
            found.push(value.into_owned());
        }
    }
    found
}

#[test]
fn what_cannot_be_said_in_one_wsdl_is_refused_with_the_reason_in_both_languages() {
    let content = "<xs:simpleType name=\"Kind\"><xs:restriction base=\"xs:QName\"><xs:enumeration value=\"own:a\" xmlns:own=\"urn:own\"/>\
        </xs:restriction></xs:simpleType><xs:element name=\"Answer\" type=\"t:Kind\"/>";
    let trap = trap(&[("a.xsd", schema("urn:q", content))], &[("a.xsd", "{urn:q}Answer")]);
    let unwritten = trap.face.wsdl().unwrap_err();
    for (language, start) in [
        (Language::English, "the schemas of the package `Traps` do not fit into one WSDL: "),
        (Language::Bulgarian, "схемите на пакета `Traps` не се събират в един WSDL: "),
    ] {
        assert!(unwritten.message(language).starts_with(start), "{unwritten}");
        assert!(!unwritten.hint(language).is_empty());
    }
    assert!(trap.face.find("urn:kapia:adapter:Traps:1", "Op1Request").is_some(), "who knows it may still ask");
}
