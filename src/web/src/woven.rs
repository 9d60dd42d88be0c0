//! Texts with values in them: `/people/{{ request.EGN }}`, and JSON bodies. Values and what stands around them stay apart
//! until whoever writes the text has made each value harmless for its place.

use kapia_language::Language;
use kapia_schema::FieldTree;
use kapia_template::{Bounds, Setting, Template, TemplateError, Values};
use kapia_xml::{Document, Limits, Node};

use crate::fault::Fault;
use crate::json::{Json, escape_string, is_number};

/// A text with values in it, compiled.
pub(crate) struct Woven(Template);

/// What a rendering consists of.
pub(crate) enum Part {
    /// As the package writes it.
    Literal(String),
    /// Empty: there was none.
    Value(String),
}

/// What the template language may use.
#[derive(Clone)]
pub(crate) struct Known<'k> {
    pub names: Vec<(&'k str, Option<FieldTree>)>,
    pub codes: std::sync::Arc<kapia_template::CodeLists>,
}

impl Woven {
    /// Compiles a text; `name` is what errors call it.
    pub fn compile(name: &str, source: &str, known: &Known<'_>) -> Result<Woven, TemplateError> {
        // The language of templates is one of XML: a value becomes an element, the rest its text.
        let mut woven = Vec::with_capacity(source.len() + 64);
        woven.extend_from_slice(b"<t>");
        let mut rest = source;
        while let Some(at) = rest.find('{') {
            let end = match rest.as_bytes().get(at + 1) {
                Some(b'{') => end_of(&rest[at..], "}}"),
                Some(b'%') => end_of(&rest[at..], "%}"),
                Some(b'#') => rest[at..].find("#}").map(|found| found + 2),
                _ => {
                    kapia_xml::escape_text(&rest[..=at], &mut woven);
                    rest = &rest[at + 1..];
                    continue;
                }
            };
            kapia_xml::escape_text(&rest[..at], &mut woven);
            let end = end.map_or(rest.len(), |end| at + end);
            let inside = &rest[at..end];
            let is_value = inside.starts_with("{{");
            if is_value {
                woven.extend_from_slice(b"<v>");
            }
            woven.extend_from_slice(inside.as_bytes());
            if is_value {
                woven.extend_from_slice(b"</v>");
            }
            rest = &rest[end..];
        }
        kapia_xml::escape_text(rest, &mut woven);
        woven.extend_from_slice(b"</t>");
        let woven = String::from_utf8_lossy(&woven);
        let setting =
            Setting { names: known.names.clone(), document: None, codes: std::sync::Arc::clone(&known.codes) };
        Template::compile_with(name, &woven, &setting).map(Woven)
    }

    /// A condition: whether an expression holds.
    pub fn condition(name: &str, expression: &str, known: &Known<'_>) -> Result<Woven, TemplateError> {
        Woven::compile(name, &format!("{{% if {expression} %}}1{{% endif %}}"), known)
    }

    /// Whether the condition holds.
    pub fn holds(&self, values: &Values) -> Result<bool, Fault> {
        Ok(!self.parts(values)?.is_empty())
    }

    /// The whole text; `None` if it consists of nothing but values, and none of them is there.
    pub fn text(&self, values: &Values) -> Result<Option<String>, Fault> {
        let parts = self.parts(values)?;
        let there = |part: &Part| match part {
            Part::Literal(_) => true,
            Part::Value(value) => !value.is_empty(),
        };
        if !parts.is_empty() && !parts.iter().any(there) {
            return Ok(None);
        }
        Ok(Some(parts.iter().map(Part::as_str).collect()))
    }

    /// The parts in their order.
    pub fn parts(&self, values: &Values) -> Result<Vec<Part>, Fault> {
        let (octets, _) = self.0.render_to_vec(values, &Bounds::default()).map_err(|error| of_template(&error))?;
        let limits = Limits { bytes: usize::MAX, ..Limits::default() };
        let document = Document::read(octets, &limits).map_err(|_| Fault::internal())?;
        let part = |node: Node<'_>| match node {
            Node::Text(text) => Some(Part::Literal(text.value().into_owned())),
            Node::Element(value) => Some(Part::Value(value.text().into_owned())),
            _ => None,
        };
        Ok(document.root().nodes().filter_map(part).collect())
    }

    /// A JSON text: between quotes a value is escaped, elsewhere it must be a number, `true`, `false`, or nothing (`null`).
    pub fn json(&self, values: &Values) -> Result<Vec<u8>, Fault> {
        let mut out = String::new();
        let (mut quoted, mut escaped) = (false, false);
        for part in self.parts(values)? {
            match part {
                Part::Literal(text) => {
                    for octet in text.bytes() {
                        match octet {
                            _ if escaped => escaped = false,
                            b'\\' if quoted => escaped = true,
                            b'"' => quoted = !quoted,
                            _ => {}
                        }
                    }
                    out.push_str(&text);
                }
                Part::Value(value) if quoted => escape_string(&value, &mut out),
                Part::Value(value) if value.is_empty() => out.push_str("null"),
                Part::Value(value) if is_number(&value) || matches!(&*value, "true" | "false") => out.push_str(&value),
                Part::Value(_) => return Err(Fault::new("web-json-value").of_client()),
            }
        }
        match Json::read(out.as_bytes()) {
            Ok(_) => Ok(out.into_bytes()),
            Err(wrong) => {
                Err(Fault::new("web-json-body").with("rule", wrong.rule).with("line", wrong.line.to_string()))
            }
        }
    }
}

impl Part {
    pub fn as_str(&self) -> &str {
        match self {
            Part::Literal(text) | Part::Value(text) => text,
        }
    }
}

/// A template that gave nothing.
pub(crate) fn of_template(error: &TemplateError) -> Fault {
    Fault::new("web-template")
        .with("file", error.template())
        .with("line", error.line().to_string())
        .with_both("cause", Language::ALL.map(|language| error.message(language)))
        .with_both("advice", Language::ALL.map(|language| error.hint(language)))
}

/// Behind the end of an expression or statement; its texts in quotes may hold anything.
fn end_of(text: &str, end: &str) -> Option<usize> {
    let mut quote = None;
    let mut skip = false;
    for (at, character) in text.char_indices().skip(2) {
        match (quote, character) {
            _ if skip => skip = false,
            (Some(_), '\\') => skip = true,
            (Some(open), closing) if open == closing => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, _) if text[at..].starts_with(end) => return Some(at + end.len()),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_template::Value;

    fn known() -> Known<'static> {
        Known { names: vec![("x", None), ("list", None)], codes: Default::default() }
    }

    fn values(x: &str) -> Values {
        Values::new().with("x", Value::from(x)).with("list", Value::from(vec!["а", "б\""]))
    }

    #[test]
    fn json_is_written_around_values_that_cannot_leave_their_place() {
        let source = r#"{"a{": "{{ x }}", "n": {{ x|count if false else 7 }}, "e\"": [{% for one in list %}"{{ one }}"{% if not loop.last %},{% endif %}{% endfor %}], "o": {"p":{}}}"#;
        let woven = Woven::compile("body", source, &known()).unwrap();
        for hostile in
            ["\"", "\\", "]]>", "{{ x }}", "\n\t\r", "<a>&amp;", "Ж😀", "\",\"admin\":true,\"", &"Ж\"".repeat(1 << 19)]
        {
            let octets = woven.json(&values(hostile)).unwrap();
            let json = Json::read(&octets).unwrap();
            assert_eq!(json.member("a{").unwrap().text(), Some(hostile));
            assert_eq!(json.member("n").unwrap().text(), Some("7"));
            let Json::List(list) = json.member("e\"").unwrap() else { panic!("no list") };
            assert_eq!(list[1].text(), Some("б\""));
        }
    }

    #[test]
    fn outside_quotes_stands_a_number_or_nothing() {
        let woven = Woven::compile("body", r#"{"n": {{ x }}}"#, &known()).unwrap();
        assert_eq!(woven.json(&values("12345678901234567890.10")).unwrap(), br#"{"n": 12345678901234567890.10}"#);
        assert_eq!(woven.json(&values("")).unwrap(), br#"{"n": null}"#);
        for hostile in ["1,\"m\":2", "01", "x", "\"x\"", "[]"] {
            assert_eq!(woven.json(&values(hostile)).unwrap_err().code, "web-json-value");
        }
    }

    #[test]
    fn a_text_of_a_value_that_is_not_there_is_not_there() {
        let woven = Woven::compile("query", "{{ x }}", &known()).unwrap();
        assert_eq!(woven.text(&values("")).unwrap(), None);
        assert_eq!(woven.text(&values(" a&b ")).unwrap().as_deref(), Some(" a&b "));
        let woven = Woven::compile("query", "Bearer {{ x }}<", &known()).unwrap();
        assert_eq!(woven.text(&values("")).unwrap().as_deref(), Some("Bearer <"));
        assert!(Woven::compile("query", "{{ y }}", &known()).is_err());
        assert!(Woven::compile("query", "{{ x", &known()).is_err());
    }

    #[test]
    fn a_condition_holds_or_does_not() {
        let woven = Woven::condition("no_data_when", "x == 'none'", &known()).unwrap();
        assert!(woven.holds(&values("none")).unwrap());
        assert!(!woven.holds(&values("some")).unwrap());
    }
}
