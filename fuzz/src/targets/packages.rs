//! `adapter.toml` and the records of the journal.

use super::Target;
use kapia_adapter::{EmbeddedFiles, Package};
use kapia_journal::Record;

pub const MANIFEST: Target = Target { name: "manifest", seeds: manifests, words: WORDS, run: read };
pub const RECORD: Target = Target { name: "record", seeds: records, words: RECORD_WORDS, run: record };

const WORDS: &[&str] = &[
    "[[operation]]\n",
    "[backend]\n",
    "kind = \"sample\"\n",
    "name = \"",
    "request = \"",
    "request_root = \"{urn:q}Q\"\n",
    "response_root = \"{urn:q}Q\"\n",
    "[operation.sample]\n",
    "[operation.sample.answers]\n",
    "key = \"K\"\n",
    "\"1\" = \"a.xml\"\n",
    "../",
    "\u{0}",
    "{",
    "}",
    "''' ",
    "\"\"\"",
    "[operation.x.y.z]\n",
    "= 1e999",
    "2020-01-01",
    "unknown = \"no-data\"\n",
];

const MANIFEST_TEXT: &str = "name = \"p\"\nadministration = \"А\"\nregister = \"Р\"\n[backend]\nkind = \"sample\"\n[[operation]]\nname = \"A.B.C.D.E\"\ndescription = \"d\"\nrequest = \"q.xsd\"\nrequest_root = \"{urn:q}Q\"\nresponse = \"q.xsd\"\nresponse_root = \"{urn:q}Q\"\n[operation.sample]\nkey = \"K\"\nunknown = \"no-data\"\nno_data = \"a.xml\"\n[operation.sample.answers]\n\"1\" = \"a.xml\"\n";

fn manifests() -> Vec<Vec<u8>> {
    vec![MANIFEST_TEXT.as_bytes().to_vec(), b"name = \"p\"\n[backend]\nkind = \"sample\"\n".to_vec()]
}

fn read(data: &[u8]) -> String {
    let schema = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:q" elementFormDefault="qualified"><xs:element name="Q"><xs:complexType><xs:sequence><xs:element name="K" type="xs:string"/></xs:sequence></xs:complexType></xs:element></xs:schema>"#;
    let files = [
        ("adapter.toml", data.to_vec()),
        ("XMLSchemas/q.xsd", schema.as_bytes().to_vec()),
        ("XMLData/a.xml", b"<Q xmlns=\"urn:q\"><K>1</K></Q>".to_vec()),
    ];
    match Package::read(&EmbeddedFiles::new("p", files)) {
        Ok(package) => format!("{} {}", package.operations.len().min(3), package.refused.len().min(3)),
        Err(error) => {
            let told = error.to_string();
            told.chars().filter(|c| c.is_ascii_lowercase() || *c == ' ').take(60).collect()
        }
    }
}

const RECORD_WORDS: &[&str] = &[
    "null",
    "{}",
    "[]",
    "\"\"",
    "1e99",
    "-1",
    "\\u0000",
    "\"context\":",
    "\"EmployeeEGN\":\"1\",",
    "9999-12-31T23:59:60Z",
    "\"outcome\":\"answered\"",
];

fn records() -> Vec<Vec<u8>> {
    let entry = kapia_journal::EntryPoint { version: "V2".into(), soap: "1.1".into() };
    let mut record = Record::new(time::OffsetDateTime::UNIX_EPOCH, entry);
    record.operation = "A.B.C".into();
    record.message_id = Some("urn:uuid:1".into());
    record.request = kapia_journal::Part::of(b"request");
    record.stage("open", std::time::Duration::from_micros(7));
    vec![serde_json::to_vec(&record).expect("a record is JSON")]
}

fn record(data: &[u8]) -> String {
    match serde_json::from_slice::<Record>(data) {
        Ok(record) => {
            let text = serde_json::to_vec(&record).expect("a record is JSON");
            let again: Record = serde_json::from_slice(&text).expect("what is written is read");
            assert_eq!(again, record, "a record changes when it is written");
            format!("{:?} {}", record.outcome, record.stages.len().min(3))
        }
        Err(error) => {
            let told = error.to_string();
            told.chars().filter(|c| c.is_ascii_lowercase() || *c == ' ').take(40).collect()
        }
    }
}
