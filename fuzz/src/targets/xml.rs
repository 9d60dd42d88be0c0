//! The reader, the canonicaliser and the writer, each against the others.

use super::{Target, XML_WORDS};
use kapia_xml::canonical::{Method, canonicalize};
use kapia_xml::{Document, Element, Event, KeepAll, Limits, Writer};

pub const READER: Target = Target { name: "xml", seeds, words: XML_WORDS, run };

pub fn limits() -> Limits {
    Limits {
        bytes: 1 << 20,
        depth: 64,
        attributes: 40,
        name: 100,
        namespaces: 60,
        namespace: 1_000,
        tokens: 10_000,
        attribute_value: 10_000,
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let many: String = (0..20).map(|n| format!(" xmlns:p{n}='u{n}' p{n}:a='{n}'")).collect();
    [
        "<a/>",
        "<?xml version='1.0' encoding='utf-8'?>\r\n<!-- c --><a b='1'>t</a><?p d?>",
        "<p:a xmlns:p='u' xmlns='v' p:b='&lt;&#10;' b='\t'><c xmlns=''>x<![CDATA[<&]]>&amp;<!--y--></c><p:d/></p:a>",
        "<a xml:lang='bg'><b xmlns:p='u'><p:c xmlns:p='w' t='p:x'/></b> <b>\n</b></a>",
        "<a xmlns='u'><b xmlns=''><c xmlns='u'/></b></a>",
        "\u{FEFF}<Лице Име='Иван'>&#x416;&#13;</Лице>",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .chain([format!("<a{many}><b{many}/></a>").into_bytes()])
    .collect()
}

fn run(data: &[u8]) -> String {
    let document = match Document::read(data.to_vec(), &limits()) {
        Ok(document) => document,
        Err(error) => {
            assert!(error.line() >= 1 && error.column() >= 1);
            assert!(error.to_string().len() < 1_000, "an error repeats what was sent");
            return error.code().to_owned();
        }
    };
    positions_are_those_that_one_counts(&document);
    let exclusive = canonical(document.root(), Method::Exclusive);
    let again = read_again(&exclusive);
    assert_eq!(meaning(document.root()), meaning(again.root()), "canonical form means something else");
    assert_eq!(canonical(again.root(), Method::Exclusive), exclusive, "exclusive C14N is no fixed point");
    let inclusive = canonical(document.root(), Method::Inclusive);
    assert_eq!(canonical(read_again(&inclusive).root(), Method::Inclusive), inclusive, "C14N is no fixed point");

    let mut writer = Writer::new();
    let prefixes = document.root().value_prefixes();
    let listed: Vec<&str> = prefixes.iter().map(|(prefix, _)| *prefix).collect();
    writer.list_prefixes(&listed);
    writer.start_part("", "urn:data", "Data", &prefixes, &[("", "", "id", "data")]);
    writer.copy(document.root(), &mut KeepAll);
    writer.end();
    let written = writer.into_bytes();
    let copy = read_again(&written);
    let mut out = Vec::new();
    canonicalize(copy.root(), Method::Exclusive, &listed, None, &mut out);
    assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(&written), "the writer is not canonical");
    for element in elements(document.root()) {
        assert_eq!(element.parent().map_or(0, |parent| parent.span().start).min(element.span().start), {
            element.parent().map_or(0, |parent| parent.span().start)
        });
        assert!(element.in_scope().len() <= 60);
    }
    format!("read {} {}", exclusive.len() == data.len(), listed.len())
}

/// Positions by index and by counting from the start.
fn positions_are_those_that_one_counts(document: &Document) {
    let source = document.source();
    for element in elements(document.root()).step_by(7) {
        let before = &source[..element.span().start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let position = document.position(element.span().start);
        assert_eq!((position.line as usize, position.column as usize), (line, column));
    }
}

fn read_again(octets: &[u8]) -> Document {
    // Escapes make it longer, and what was written may declare more.
    let limits =
        Limits { attributes: 1_000, namespaces: 1_000, namespace: 10_000, attribute_value: 1 << 20, ..limits() };
    Document::read(octets.to_vec(), &limits).expect("what we write is XML")
}

fn canonical(element: Element<'_>, method: Method) -> Vec<u8> {
    let mut out = Vec::new();
    canonicalize(element, method, &[], None, &mut out);
    out
}

fn elements(root: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    root.events().filter_map(|event| match event {
        Event::Start(element) => Some(element),
        _ => None,
    })
}

/// Expanded names, values and texts in order; texts joined, comments left out.
fn meaning(root: Element<'_>) -> Vec<String> {
    elements(root)
        .map(|element| {
            let mut attributes: Vec<_> =
                element.attributes().map(|a| format!("{}={:?}", a.name(), a.value())).collect();
            attributes.sort();
            format!("{} {attributes:?} {:?}", element.name(), element.text())
        })
        .collect()
}
