//! A template of an answer tried out without a service.

use bytes::Bytes;
use kapia_adapter::AdapterError;
use kapia_template::{Bounds, Setting, Template, Values, element};
use kapia_xml::Limits;

use crate::fault::Fault;
use crate::json::Json;
use crate::rest::read_xml;
use crate::woven::of_template;

/// What services answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerForm {
    /// RFC 8259.
    Json,
    /// XML 1.0.
    Xml,
}

/// The document that a template of `responses` makes of these octets as `answer`, within bounds; the error is the one that a
/// consumer would get.
pub fn try_answer(form: AnswerForm, octets: &[u8], template: &str, bounds: &Bounds) -> Result<Vec<u8>, AdapterError> {
    let value = match form {
        AnswerForm::Json => Json::read(octets)
            .map_err(|wrong| {
                Fault::new("web-json-unreadable").with("rule", wrong.rule).with("line", wrong.line.to_string())
            })?
            .to_value(),
        AnswerForm::Xml => {
            let document = read_xml(&Bytes::copy_from_slice(octets), &Limits::default())?;
            element(&document, document.root().id(), None)
        }
    };
    let setting = Setting { names: vec![("answer", None)], ..Setting::default() };
    let template = Template::compile_with("template", template, &setting).map_err(|error| of_template(&error))?;
    let rendered = template.render_to_vec(&Values::new().with("answer", value), bounds);
    Ok(rendered.map_err(|error| of_template(&error))?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "<a>{% for one in answer.list %}<b>{{ one.name }}</b>{% endfor %}</a>";

    #[test]
    fn an_answer_is_made_into_a_document_without_a_service() {
        let json = br#"{"list": [{"name": "<x>&"}, {"name": 1.10}]}"#;
        let told = try_answer(AnswerForm::Json, json, TEMPLATE, &Bounds::default()).unwrap();
        assert_eq!(String::from_utf8(told).unwrap(), "<a><b>&lt;x&gt;&amp;</b><b>1.10</b></a>");
        let xml = b"<r><list><name>A</name></list></r>";
        let told = try_answer(AnswerForm::Xml, xml, TEMPLATE, &Bounds::default()).unwrap();
        assert_eq!(told, b"<a><b>A</b></a>");
        for (form, wrong, code) in
            [(AnswerForm::Json, "{", "web-json-unreadable"), (AnswerForm::Xml, "<a>", "web-xml-unreadable")]
        {
            assert_eq!(try_answer(form, wrong.as_bytes(), TEMPLATE, &Bounds::default()).unwrap_err().code, code);
        }
        let steps = Bounds { steps: 5, ..Bounds::default() };
        assert_eq!(try_answer(AnswerForm::Json, json, TEMPLATE, &steps).unwrap_err().code, "web-template");
    }
}
