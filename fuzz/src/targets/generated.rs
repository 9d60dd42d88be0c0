//! What is written from schemas and contracts of others: Rust, and typed contracts.

use super::Target;
use kapia_adapter::{EmbeddedFiles, Package};
use kapia_codegen::{Error, Generator};
use kapia_faces::Face;
use kapia_schema::Memory;

pub const CODEGEN: Target =
    Target { name: "codegen", seeds: super::schemas::schemas, words: super::schemas::WORDS, run: types };
pub const CONTRACT: Target = Target { name: "contract", seeds: contracts, words: CONTRACT_WORDS, run: services };
pub const FACE: Target = Target { name: "face", seeds: answers, words: super::schemas::WORDS, run: face };

const CONTRACT_WORDS: &[&str] = &[
    "<wsdl:operation name=\"New\">",
    "</wsdl:operation>",
    "<wsdl:input message=\"t:NewIn\"/>",
    "<wsdl:output message=\"t:NewOut\"/>",
    "<wsdl:fault name=\"Closed\" message=\"t:Closed\"/>",
    "<wsdl:part name=\"body\" element=\"t:Renew\"/>",
    "<soap:header message=\"t:Context\" part=\"context\" use=\"literal\"/>",
    "<soap:body use=\"literal\" parts=\"body\"/>",
    "style=\"rpc\"",
    "use=\"encoded\"",
    "<xs:element name=\"Result\" type=\"xs:string\"/>",
    "name=\"self\"",
    "name=\"Пол\"",
    "</wsdl:portType><wsdl:portType name=\"B\">",
    "*/",
    "\\\"",
    "r#\"",
    "\n",
];

fn types(data: &[u8]) -> String {
    rust("main.xsd", data)
}

fn contracts() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../../src/codegen/tests/golden/faults.wsdl").to_vec()]
}

fn services(data: &[u8]) -> String {
    rust("main.wsdl", data)
}

/// Whatever comes out is the same every time and has no open bracket or text.
fn rust(name: &str, data: &[u8]) -> String {
    let source = Memory::new().with(name, data.to_vec());
    let generator = Generator::new().services(true);
    let ours = match generator.module_from(name, &source) {
        Ok(text) => {
            assert_eq!(generator.module_from(name, &source).ok().as_ref(), Some(&text), "two runs differ");
            assert!(is_closed(&text), "a bracket or a text is not closed:\n{text}");
            format!("module {} {}", text.contains("pub mod "), text.lines().count().min(400) / 40)
        }
        Err(error) => told(&error),
    };
    let theirs = generator.yaserde(true).module_from(name, &source);
    format!("{ours} {}", theirs.is_ok())
}

fn told(error: &Error) -> String {
    use kapia_language::Language::{Bulgarian, English};
    assert!(!error.message(Bulgarian).is_empty());
    // The kind of error without its names and places.
    error.message(English).chars().filter(|c| c.is_ascii_lowercase() || *c == ' ').take(60).collect()
}

/// Whether brackets, texts and comments of a program end where they must.
fn is_closed(program: &str) -> bool {
    let mut open: Vec<char> = Vec::new();
    let mut rest = program;
    while let Some(c) = rest.chars().next() {
        let hashes = rest.strip_prefix('r').map_or(0, |rest| rest.len() - rest.trim_start_matches('#').len());
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, below)| below);
            continue;
        }
        if c == 'r' && rest.get(1 + hashes..).is_some_and(|rest| rest.starts_with('"')) {
            let end = format!("\"{}", "#".repeat(hashes));
            let Some(at) = rest[hashes + 2..].find(&end) else { return false };
            rest = &rest[hashes + 2 + at + end.len()..];
            continue;
        }
        if c == '"' {
            let mut escaped = false;
            let end = rest[1..].char_indices().find(|(_, c)| {
                let ends = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            let Some((at, _)) = end else { return false };
            rest = &rest[at + 2..];
            continue;
        }
        match c {
            '(' | '[' | '{' => open.push(c),
            ')' | ']' | '}' => {
                let matching = open.pop();
                if !matches!((matching, c), (Some('('), ')') | (Some('['), ']') | (Some('{'), '}')) {
                    return false;
                }
            }
            _ => {}
        }
        rest = &rest[c.len_utf8()..];
    }
    open.is_empty()
}

const MANIFEST: &str = r#"name = "p"
administration = "А"
register = "Р"
[backend]
kind = "sample"
[[operation]]
name = "A.B.C.D.E"
description = "d"
request = "q.xsd"
request_root = "{urn:q}Q"
response = "r.xsd"
response_root = "{urn:m}root"
[operation.sample]
key = "K"
unknown = "error"
[operation.sample.error]
en = "nothing"
bg = "няма"
[[operation]]
name = "A.B.C.D.F"
description = "d"
request = "q.xsd"
request_root = "{urn:q}Q"
response = "s.xsd"
response_root = "{urn:m}root"
[operation.sample]
key = "K"
unknown = "error"
[operation.sample.error]
en = "nothing"
bg = "няма"
"#;

fn answers() -> Vec<Vec<u8>> {
    super::schemas::schemas().into_iter().take(1).collect()
}

/// A package with any schema beside another version of it has a typed contract that is one, or says why not.
fn face(data: &[u8]) -> String {
    let question = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"urn:q\"><xs:element name=\"Q\"><xs:complexType><xs:sequence>\
        <xs:element name=\"K\" type=\"xs:string\"/></xs:sequence></xs:complexType></xs:element></xs:schema>";
    let known = super::schemas::schemas().into_iter().next().unwrap_or_default();
    let files = [
        ("adapter.toml", MANIFEST.as_bytes().to_vec()),
        ("XMLSchemas/q.xsd", question.as_bytes().to_vec()),
        ("XMLSchemas/r.xsd", known),
        ("XMLSchemas/s.xsd", data.to_vec()),
    ];
    let Ok(package) = Package::read(&EmbeddedFiles::new("p", files)) else { return "no package".into() };
    let operations = package.operations.len();
    let face = Face::new(&package.name, "", package.operations.iter().cloned());
    match face.wsdl() {
        Ok(wsdl) => format!("{operations} {} {}", wsdl.contains("\"skip\""), wsdl.lines().count() / 4),
        Err(unwritten) => {
            let told = unwritten.to_string();
            told.chars().filter(|c| c.is_ascii_lowercase() || *c == ' ').take(100).collect()
        }
    }
}
