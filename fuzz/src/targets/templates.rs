//! Templates, and the answers of services that templates make into documents.

use super::{Target, XML_WORDS};
use kapia_language::Language;
use kapia_schema::{FieldTree, Memory, SchemaSet};
use kapia_template::{Bounds, CodeList, CodeLists, Outcome, Setting, Template, Value, Values, element};
use kapia_web::{AnswerForm, try_answer};
use kapia_xml::{Document, Element, Limits, QName};
use std::sync::{Arc, OnceLock};

pub const TEMPLATE: Target = Target { name: "template", seeds: templates, words: WORDS, run: render };
pub const UPSTREAM: Target = Target { name: "upstream", seeds: answers, words: UPSTREAM_WORDS, run: answer };

const WORDS: &[&str] = &[
    "{{ ",
    " }}",
    "{% for x in list %}",
    "{% endfor %}",
    "{% if x %}",
    "{% elif y %}",
    "{% else %}",
    "{% endif %}",
    "{% set y = ",
    " %}",
    "{#",
    "#}",
    "{%- ",
    " -%}",
    "request.K",
    "request.L",
    "list",
    "loop.index",
    "loop.last",
    "|trim",
    "|date",
    "|code('sex')",
    "|upper",
    "|default('x')",
    "|birth_date",
    "|count",
    " == ",
    " ~ ",
    "'",
    "\"",
    "[",
    "]",
    "range(",
    "no_data()",
    "<Q xmlns=\"urn:q\">",
    "</Q>",
    "<K>",
    "</K>",
    " a=\"",
    "\"",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "99999999999",
    "{% macro m() %}",
    "{% include 'x' %}",
    "{% raw %}",
    "{% endraw %}",
    "&amp;",
    "hostile",
];

/// A value that would be an element if anything let it be one.
const HOSTILE: &str = "<hostile a='1'>]]>&{{ 7 * 7 }}\"";

const BOUNDS: Bounds = Bounds { octets: 64 << 10, steps: 20_000 };

const SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:q" elementFormDefault="qualified">
  <xs:element name="Q"><xs:complexType><xs:sequence>
    <xs:element name="K" type="xs:string" minOccurs="0" maxOccurs="unbounded" nillable="true"/>
    <xs:element name="L" minOccurs="0"><xs:complexType><xs:sequence><xs:element name="M" type="xs:date"/></xs:sequence>
      <xs:attribute name="a" type="xs:string"/></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element></xs:schema>"#;

fn templates() -> Vec<Vec<u8>> {
    [
        "<Q xmlns=\"urn:q\"><K>{{ request.K|trim }}</K>{% for x in list %}<K>{{ x }}</K>{% endfor %}</Q>",
        "<Q xmlns=\"urn:q\">{% if request.K == 'b' %}<L a=\"{{ word }}\"><M>{{ '2020-01-02'|date }}</M></L>{% else %}{{ no_data() }}{% endif %}</Q>",
        "<Q xmlns=\"urn:q\">{% set y = word ~ 'x' %}<K>{{ y|code('sex') }}</K>{# remark #}</Q>",
    ]
    .map(|source| source.as_bytes().to_vec())
    .to_vec()
}

fn render(data: &[u8]) -> String {
    let Ok(source) = std::str::from_utf8(data) else { return "octets".to_owned() };
    let mut words = Vec::new();
    for document in [None, Some(fields().clone())] {
        let setting = Setting {
            names: vec![("request", None), ("list", None), ("word", None)],
            document,
            codes: Arc::new(codes()),
        };
        match Template::compile_with("t.xml", source, &setting) {
            Ok(template) => words.push(rendered(&template, source)),
            Err(error) => {
                assert!(error.line() >= 1 && Language::ALL.iter().all(|language| !error.message(*language).is_empty()));
                words.push(error.code().to_owned());
            }
        }
    }
    words.join(" ")
}

fn rendered(template: &Template, source: &str) -> String {
    let request = Document::read("<Q xmlns=\"urn:q\"><K>b</K></Q>", &Limits::default()).expect("a document");
    let values = Values::new()
        .with("request", element(&request, request.root().id(), None))
        .with("list", Value::from(vec![HOSTILE, "a", ""]))
        .with("word", Value::from(HOSTILE));
    match template.render_to_vec(&values, &BOUNDS) {
        Ok((octets, outcome)) => {
            assert!(octets.len() as u64 <= BOUNDS.octets, "more was written than is allowed");
            let again = template.render_to_vec(&values, &BOUNDS).expect("what was rendered once is rendered again");
            assert_eq!(again.0, octets);
            if outcome == Outcome::NoData {
                return "no-data".to_owned();
            }
            let document = Document::read(octets, &Limits::default()).expect("a template gives a document");
            assert!(source.contains("hostile") || !holds(document.root(), "hostile"), "a value became markup");
            format!("document {}", document.root().children().count().min(4))
        }
        Err(error) => error.code().to_owned(),
    }
}

fn holds(element: Element<'_>, name: &str) -> bool {
    element.local() == name || element.children().any(|child| holds(child, name))
}

fn fields() -> &'static FieldTree {
    static FIELDS: OnceLock<FieldTree> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let set = SchemaSet::load("q.xsd", &Memory::new().with("q.xsd", SCHEMA)).expect("a schema");
        set.fields(&QName::new("urn:q", "Q")).expect("its root")
    })
}

fn codes() -> CodeLists {
    let mut codes = CodeLists::new();
    codes.insert("sex", CodeList::from([("1".to_owned(), "Мъж".to_owned())]));
    codes
}

const UPSTREAM_WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"name\":",
    "\"items\":",
    "\"text\":",
    "null",
    "true",
    "1e999",
    "-0",
    "0.10",
    "\\u0000",
    "\\ud800",
    "\\ud83d\\ude00",
    "\"",
    "\\\\",
    "\u{feff}",
    "]]>",
    "<hostile/>",
    "<name>",
    "</name>",
    "<items>",
    "</items>",
    "Ж",
];

/// What is made of any answer, whatever is in it.
const OF_ANSWER: &str = "<r xmlns=\"urn:r\"><n a=\"{{ answer.name }}\">{{ answer.name|trim }}</n>\
    {% for one in answer.items %}<i>{{ one.text }}{% for two in one.items %}<j>{{ two }}</j>{% endfor %}</i>{% endfor %}\
    {% if answer.items is empty %}<none/>{% endif %}<deep>{{ answer.a.b.c.d }}</deep></r>";

fn answers() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [
        r#"{"name": "А", "items": [{"text": 1.10, "items": ["x", null, true]}, {"text": "<hostile/>"}], "a": {"b": {"c": {"d": "z"}}}}"#,
        "[]",
        "<r><name>А</name><items><text>1</text><items>x</items></items><items/><a><b><c><d>z</d></c></b></a></r>",
    ]
    .map(|seed| seed.as_bytes().to_vec())
    .to_vec();
    seeds.extend(XML_WORDS.iter().take(3).map(|word| format!("<r>{word}</r>").into_bytes()));
    seeds
}

fn answer(data: &[u8]) -> String {
    let mut words = Vec::new();
    for form in [AnswerForm::Json, AnswerForm::Xml] {
        let told = try_answer(form, data, OF_ANSWER, &BOUNDS);
        if form == AnswerForm::Json && told.is_ok() {
            let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
            serde_json::from_slice::<serde::de::IgnoredAny>(data).expect("what we read as JSON is JSON");
        }
        words.push(match told {
            Ok(octets) => {
                let document = Document::read(octets, &Limits::default()).expect("a template gives a document");
                assert!(!holds(document.root(), "hostile"), "a value became markup");
                format!("document {}", document.root().children().count().min(6))
            }
            Err(error) => {
                assert!(!error.message.en.is_empty() && !error.message.bg.is_empty());
                error.code.to_owned()
            }
        });
    }
    words.join(" ")
}
