//! The description of an input form (adapter-standard §12): one document per operation, read and written.

use kapia_xml::{Document, Element, Writer};

/// The namespace of descriptions of forms.
pub const FORM: &str = "http://egov.bg/RegiX/RegiXClientMetadata";
/// A form whose literal text is this says that there is none (adapter-standard §12).
pub const NO_FORM: &str = "---";
/// Deeper nesting is not read: the standard types nine levels.
const DEEPEST: usize = 32;

/// The description of the form of one operation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Form {
    /// The full name of the operation.
    pub operation: String,
    /// The local name of the request root.
    pub root: String,
    /// The namespace of the request root; empty if it has none.
    pub namespace: String,
    /// What people call the operation.
    pub title: String,
    /// The fields, in the order of the document.
    pub fields: Vec<FormField>,
}

/// One field of a form.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FormField {
    /// The local name of the element that it becomes.
    pub name: String,
    /// The label beside it.
    pub label: String,
    /// The namespace of the element, if it is not that of the element around it.
    pub namespace: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether it becomes an element; `false` for what only the form needs.
    pub is_element: bool,
    /// Its place among its siblings.
    pub order: Option<i64>,
    /// Bits: 1 ЕГН, 2 ЛНЧ, 4 ЕИК; 0 if it identifies nobody.
    pub identifies: u8,
    /// The type as it is written, such as `string`, `Date` or `Complex`.
    pub kind: String,
    /// The values to choose from, each with the text beside it.
    pub values: Vec<(String, String)>,
    /// The fields inside it.
    pub fields: Vec<FormField>,
    /// The line on which it begins, from 1; 0 in a form that was not read.
    pub line: u32,
}

/// Why a document is not the description of a form.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FormError {
    /// Another root.
    #[error("the root is not the description of a form")]
    Root,
    /// A name without which nothing can be done with it.
    #[error("the description names no {0}")]
    Missing(&'static str),
    /// Nested too deeply.
    #[error("the fields are nested more than 32 levels deep")]
    Depth,
}

impl Form {
    /// Reads a description; names are trimmed, as its readers do.
    pub fn read(document: &Document) -> Result<Form, FormError> {
        let root = document.root();
        if !root.is(FORM, "AdapterOperation") {
            return Err(FormError::Root);
        }
        let required = |name: &'static str| text(root, name).ok_or(FormError::Missing(name));
        Ok(Form {
            operation: required("OperationName")?,
            root: required("RequestObjectName")?,
            namespace: text(root, "Namespace").unwrap_or_default(),
            title: text(root, "DisplayOperationName").unwrap_or_default(),
            fields: fields(root.child(FORM, "Parameters"), 0)?,
        })
    }

    /// The document, as its readers expect it: every element in its place.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.start("", FORM, "AdapterOperation", &[], &[]);
        let code = self.operation.rsplit('.').next().unwrap_or_default();
        for (name, value) in [
            ("OperationName", self.operation.as_str()),
            ("Code", code),
            ("ControllerName", "APIS"),
            ("RequestObjectName", &self.root),
            ("Namespace", &self.namespace),
            ("IsActive", "true"),
            ("DisplayOperationName", &self.title),
        ] {
            out.leaf("", FORM, name, value);
        }
        out.start("", FORM, "Parameters", &[], &[]);
        self.fields.iter().for_each(|field| field.write(&mut out));
        out.end();
        out.end();
        out.into_bytes()
    }
}

impl FormField {
    fn write(&self, out: &mut Writer) {
        let flag = |flag: bool| if flag { "true" } else { "false" };
        out.start("", FORM, "Parameter", &[], &[]);
        out.start("", FORM, "ParameterInfo", &[], &[]);
        out.leaf("", FORM, "ParameterName", &self.name);
        out.leaf("", FORM, "ParameterLabel", &self.label);
        out.leaf("", FORM, "IsRequired", flag(self.required));
        out.leaf("", FORM, "IsXmlElement", flag(self.is_element));
        if let Some(order) = self.order {
            out.leaf("", FORM, "OrderNumber", &order.to_string());
        }
        if let Some(namespace) = &self.namespace {
            out.leaf("", FORM, "Namespace", namespace);
        }
        if self.identifies > 0 {
            out.leaf("", FORM, "IdentifierType", &self.identifies.to_string());
        }
        out.start("", FORM, "ParameterType", &[], &[]);
        out.leaf("", FORM, "Type", &self.kind);
        out.start("", FORM, "EnumValues", &[], &[]);
        for (value, shown) in &self.values {
            out.start("", FORM, "EnumValue", &[], &[]);
            out.leaf("", FORM, "Value", value);
            out.leaf("", FORM, "DisplayText", shown);
            out.end();
        }
        out.end();
        out.end();
        out.end();
        out.start("", FORM, "ChildParamteters", &[], &[]);
        self.fields.iter().for_each(|field| field.write(out));
        out.end();
        out.end();
    }
}

fn fields(around: Option<Element<'_>>, depth: usize) -> Result<Vec<FormField>, FormError> {
    if depth > DEEPEST {
        return Err(FormError::Depth);
    }
    let parameters = around.into_iter().flat_map(Element::children).filter(|child| child.is(FORM, "Parameter"));
    parameters.map(|parameter| field(parameter, depth)).collect()
}

fn field(parameter: Element<'_>, depth: usize) -> Result<FormField, FormError> {
    let info = parameter.child(FORM, "ParameterInfo").ok_or(FormError::Missing("ParameterInfo"))?;
    let flag = |name, usual| text(info, name).map_or(usual, |value| matches!(value.as_str(), "true" | "1"));
    let kind = info.child(FORM, "ParameterType");
    let values = kind.and_then(|kind| kind.child(FORM, "EnumValues")).into_iter().flat_map(Element::children);
    let shown =
        |value: Element<'_>| (text(value, "Value").unwrap_or_default(), text(value, "DisplayText").unwrap_or_default());
    Ok(FormField {
        name: text(info, "ParameterName").ok_or(FormError::Missing("ParameterName"))?,
        label: text(info, "ParameterLabel").unwrap_or_default(),
        namespace: text(info, "Namespace"),
        required: flag("IsRequired", false),
        is_element: flag("IsXmlElement", true),
        order: text(info, "OrderNumber").and_then(|order| order.parse().ok()),
        identifies: text(info, "IdentifierType").and_then(|bits| bits.parse().ok()).unwrap_or(0),
        kind: kind.and_then(|kind| text(kind, "Type")).unwrap_or_default(),
        values: values.filter(|value| value.is(FORM, "EnumValue")).map(shown).collect(),
        fields: fields(parameter.child(FORM, "ChildParamteters"), depth + 1)?,
        line: parameter.line(),
    })
}

/// The trimmed text of a child, if there is any.
fn text(element: Element<'_>, local: &str) -> Option<String> {
    let text = element.child(FORM, local)?.text().trim().to_owned();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_xml::Limits;

    #[test]
    fn what_is_written_is_read_again() {
        let inner = FormField {
            name: "Kind".into(),
            is_element: true,
            kind: "KindType".into(),
            values: vec![("1".into(), "един".into())],
            line: 1,
            ..FormField::default()
        };
        let form = Form {
            operation: "A.B.IC.Get".into(),
            root: "Request".into(),
            namespace: "urn:a".into(),
            title: "Справка".into(),
            fields: vec![FormField {
                name: "Person".into(),
                label: "Лице & още".into(),
                namespace: Some("urn:b".into()),
                required: true,
                is_element: true,
                order: Some(2),
                identifies: 3,
                kind: "Complex".into(),
                fields: vec![inner],
                line: 1,
                ..FormField::default()
            }],
        };
        let document = Document::read(form.write(), &Limits::default()).unwrap();
        assert_eq!(Form::read(&document), Ok(form));
    }

    #[test]
    fn another_document_is_not_a_form() {
        let read = |text: &'static str| Form::read(&Document::read(text, &Limits::default()).unwrap());
        assert_eq!(read("<AdapterOperation/>"), Err(FormError::Root));
        let nameless = "<AdapterOperation xmlns='http://egov.bg/RegiX/RegiXClientMetadata'><OperationName>A.B</OperationName></AdapterOperation>";
        assert_eq!(read(nameless), Err(FormError::Missing("RequestObjectName")));
    }
}
