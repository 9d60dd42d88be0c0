//! Packages for tests, questions to them, and a form in which documents can be compared.
#![allow(dead_code)]

pub mod population;
pub mod servers;
pub mod suite;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use kapia_adapter::{
    AdapterError, Answer, Backends, CallFacts, DirectoryFiles, FoundPackage, Message, Outcome, Package, PackageError,
    Question, Sensitive, read_packages,
};
use kapia_sql::SqlBackend;
use kapia_xml::{Document, Element, Limits, Node};
use tempfile::TempDir;

const REQUEST: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:ask" xmlns="urn:ask" elementFormDefault="qualified">
  <xs:element name="Ask"><xs:complexType><xs:sequence>
    <xs:element name="Key" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
    <xs:element name="Number" type="xs:string" minOccurs="0"/>
    <xs:element name="Period" minOccurs="0"><xs:complexType>
      <xs:sequence><xs:element name="From" type="xs:date" minOccurs="0"/></xs:sequence>
      <xs:attribute name="kind"/>
    </xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"#;

const RESPONSE: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:told" xmlns="urn:told" elementFormDefault="qualified">
  <xs:element name="Told"><xs:complexType><xs:sequence>
    <xs:element name="Row" type="Row" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:complexType name="Row"><xs:sequence>
    <xs:element name="V" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:simpleContent>
      <xs:extension base="xs:string"><xs:attribute name="of"/></xs:extension>
    </xs:simpleContent></xs:complexType></xs:element>
    <xs:element name="Row" type="Row" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType>
</xs:schema>"#;

/// One element `V` for each row, with the column `v`.
pub const PLAIN: &str =
    r#"<Told xmlns="urn:told">{% for row in rows %}<Row><V>{{ row.v }}</V></Row>{% endfor %}</Told>"#;

/// One package with one operation, in a folder of its own.
pub struct Bench {
    pub folder: TempDir,
}

impl Bench {
    /// `backend`: the rest of [backend]; `operation`: what follows [operation.sql].
    pub fn new(backend: &str, operation: &str, template: &str) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("XMLSchemas/Ask.xsd", REQUEST);
        write("XMLSchemas/Told.xsd", RESPONSE);
        write("responses/Get.xml", template);
        write("adapter.toml", &manifest(backend, operation));
        Bench { folder }
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn read(&self) -> Result<Package, PackageError> {
        read(self.folder.path())
    }

    /// The package, whose one operation is served.
    pub fn open(&self) -> Package {
        let package = self.read().unwrap_or_else(|error| panic!("{error}"));
        assert!(package.refused.is_empty(), "{:#?}", package.refused);
        package
    }
}

pub fn manifest(backend: &str, operation: &str) -> String {
    format!(
        "name = \"bench\"\n[backend]\nkind = \"sql\"\n{backend}\n\n[[operation]]\nname = \"A.IAPI.Get\"\n\
         request = \"Ask.xsd\"\nrequest_root = \"{{urn:ask}}Ask\"\nresponse = \"Told.xsd\"\n\
         response_root = \"{{urn:told}}Told\"\n[operation.sql]\n{operation}\n"
    )
}

/// `[[operation.sql.query]]` with the name `rows`.
pub fn rows(sql: &str, further: &str) -> String {
    format!("[[operation.sql.query]]\nname = \"rows\"\nsql = '''{sql}'''\n{further}\n")
}

pub fn read(folder: &Path) -> Result<Package, PackageError> {
    Package::read_with(&DirectoryFiles::open(folder).unwrap(), &backends())
}

pub fn read_all(folder: &Path) -> Vec<FoundPackage> {
    read_packages(folder, &backends()).unwrap()
}

fn backends() -> Backends {
    Backends::standard().with(Box::new(SqlBackend))
}

pub fn call() -> CallFacts {
    CallFacts {
        service_call_id: 42,
        consumer_oid: Some("2.16.100.1.1".to_owned()),
        consumer_name: "Община Горна порта".to_owned(),
        employee_egn: Some(Sensitive::new("7605239965")),
        ..CallFacts::default()
    }
}

/// The argument with these children of its root.
pub fn argument(inside: &str) -> Document {
    Document::read(format!(r#"<Ask xmlns="urn:ask">{inside}</Ask>"#), &Limits::default()).unwrap()
}

/// Asks the only operation of a package.
pub async fn ask(package: &Package, inside: &str) -> Result<Answer, AdapterError> {
    ask_until(package, inside, None).await
}

pub async fn ask_until(package: &Package, inside: &str, deadline: Option<Instant>) -> Result<Answer, AdapterError> {
    let document = argument(inside);
    let call = CallFacts { deadline, ..call() };
    let operation = &package.operations[0];
    let question = Question { operation, argument: document.root(), call: &call };
    package.adapter.ask(question).await
}

/// The texts of all elements `V`.
pub fn texts(answer: &Answer) -> Vec<String> {
    let events = answer.document().root().events();
    let starts = events.filter_map(|event| match event {
        kapia_xml::Event::Start(element) if element.local() == "V" => Some(element.text().into_owned()),
        _ => None,
    });
    starts.collect()
}

pub async fn told(package: &Package, inside: &str) -> Vec<String> {
    texts(&ask(package, inside).await.unwrap_or_else(|error| panic!("{error} ({})", error.code)))
}

pub async fn code(package: &Package, inside: &str) -> &'static str {
    failure(package, inside).await.code
}

pub async fn failure(package: &Package, inside: &str) -> AdapterError {
    match ask(package, inside).await {
        Ok(answer) => panic!("an answer instead of an error: {answer:?}"),
        Err(error) => error,
    }
}

/// Everything that counts of a document: names, attributes, texts; neither prefixes nor white space between elements.
pub fn normal(document: &Document) -> String {
    fn walk(element: Element<'_>, depth: usize, out: &mut String) {
        let mut attributes: Vec<String> = element
            .attributes()
            .map(|attribute| format!(" {{{}}}{}={:?}", attribute.namespace(), attribute.local(), attribute.value()))
            .collect();
        attributes.sort();
        let only_text = element.children().next().is_none();
        // White space alone stands where elements might have stood.
        let text = if only_text { element.text().into_owned() } else { String::new() };
        let text = if text.trim().is_empty() { String::new() } else { text };
        writeln!(out, "{}{}{} {text:?}", "  ".repeat(depth), element.name(), attributes.concat()).unwrap();
        for node in element.nodes() {
            match node {
                Node::Element(child) => walk(child, depth + 1, out),
                Node::Text(text) if !only_text => assert!(text.is_blank(), "text beside elements"),
                _ => {}
            }
        }
    }
    let mut out = String::new();
    walk(document.root(), 0, &mut out);
    out
}

pub fn is_no_data(answer: &Answer) -> bool {
    answer.outcome() == Outcome::NoData
}

pub fn both(message: &Message) -> String {
    format!("{} | {}", message.en, message.bg)
}
