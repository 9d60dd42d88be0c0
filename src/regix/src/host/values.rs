//! Small values of the protocol, and how XmlSerializer writes them.

use super::HostMessageError;
use crate::request::is_nil;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_xml::{Element, Writer, XSI_NAMESPACE};

/// A parameter of an adapter (adapter-standard §8). The original sends secrets in the clear; who fills this in masks them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Parameter {
    /// What it is, for people.
    pub description: Option<String>,
    /// Its key.
    pub key: String,
    /// Its value as text.
    pub value: Option<String>,
}

/// Shows the key only: values may be secrets.
impl std::fmt::Debug for Parameter {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Parameter({})", self.key)
    }
}

/// A health function of an adapter (adapter-standard §7).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HealthFunction {
    /// Its name for people.
    pub name: String,
    /// What it checks.
    pub description: String,
    /// Its key.
    pub key: String,
}

/// What a function answers, other than a result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A text; `None` is null.
    Text(Option<String>),
    /// A number of seconds.
    Number(u32),
    /// Octets.
    Octets(Vec<u8>),
    /// Parameters.
    Parameters(Vec<Parameter>),
    /// Health functions.
    HealthFunctions(Vec<HealthFunction>),
    /// Nothing: the function returns no value.
    Nothing,
}

impl Value {
    /// The name of the root element over HTTP; `None` for nothing.
    pub(super) fn root(&self) -> Option<&'static str> {
        match self {
            Value::Text(_) => Some("string"),
            Value::Number(_) => Some("unsignedInt"),
            Value::Octets(_) => Some("base64Binary"),
            Value::Parameters(_) => Some("Parameters"),
            Value::HealthFunctions(_) => Some("HealthCheckFunctions"),
            Value::Nothing => None,
        }
    }

    /// Whether XmlSerializer writes it with the declarations of documents, not as a bare value.
    pub(super) fn is_document(&self) -> bool {
        matches!(self, Value::Parameters(_) | Value::HealthFunctions(_))
    }

    /// Writes what stands inside the element that holds the value.
    pub(super) fn write(&self, writer: &mut Writer, namespace: &str) {
        match self {
            Value::Text(text) => writer.text(text.as_deref().unwrap_or_default()),
            Value::Number(number) => writer.text(&number.to_string()),
            Value::Octets(octets) => writer.text(&STANDARD.encode(octets)),
            Value::Parameters(parameters) => {
                writer.start("", namespace, "ParameterList", &[], &[]);
                write_parameters(writer, namespace, parameters);
                writer.end();
            }
            Value::HealthFunctions(functions) => {
                writer.start("", namespace, "HealthInfosList", &[], &[]);
                for function in functions {
                    writer.start("", namespace, "HealthInfo", &[], &[]);
                    writer.leaf("", namespace, "Name", &function.name);
                    writer.leaf("", namespace, "Description", &function.description);
                    writer.leaf("", namespace, "Key", &function.key);
                    writer.end();
                }
                writer.end();
            }
            Value::Nothing => {}
        }
    }
}

/// Writes `ParameterInfo` elements.
pub(super) fn write_parameters(writer: &mut Writer, namespace: &str, parameters: &[Parameter]) {
    for parameter in parameters {
        writer.start("", namespace, "ParameterInfo", &[], &[]);
        if let Some(description) = &parameter.description {
            writer.leaf("", namespace, "Description", description);
        }
        writer.leaf("", namespace, "Key", &parameter.key);
        if let Some(value) = &parameter.value {
            writer.leaf("", namespace, "CurrentValue", value);
        }
        writer.end();
    }
}

/// Reads the `ParameterInfo` elements directly below.
pub(super) fn read_parameters(list: Element<'_>) -> Vec<Parameter> {
    let items = list.children().filter(|item| item.local() == "ParameterInfo");
    let read = |item: Element<'_>| Parameter {
        description: own_text(item, "Description"),
        key: own_text(item, "Key").unwrap_or_default(),
        value: own_text(item, "CurrentValue"),
    };
    items.map(read).collect()
}

/// Reads the `HealthInfo` elements directly below.
pub(super) fn read_functions(list: Element<'_>) -> Vec<HealthFunction> {
    let items = list.children().filter(|item| item.local() == "HealthInfo");
    let read = |item: Element<'_>| HealthFunction {
        name: own_text(item, "Name").unwrap_or_default(),
        description: own_text(item, "Description").unwrap_or_default(),
        key: own_text(item, "Key").unwrap_or_default(),
    };
    items.map(read).collect()
}

/// The text of an element; `None` for a nil one.
pub(super) fn text(element: Element<'_>) -> Option<String> {
    (!is_nil(element)).then(|| element.text().into_owned())
}

/// The text of a child in the namespace of its parent.
pub(super) fn own_text(parent: Element<'_>, local: &str) -> Option<String> {
    parent.child(parent.namespace(), local).and_then(text)
}

/// A boolean as XmlSerializer reads it.
pub(super) fn boolean(element: Element<'_>, name: &'static str) -> Result<bool, HostMessageError> {
    match element.text().trim() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(HostMessageError::Boolean(name)),
    }
}

/// A number of a call: decimal on the wire, whole in practice (regix-contract §2.2).
pub(super) fn number(element: Element<'_>, name: &'static str) -> Result<i64, HostMessageError> {
    let text = element.text();
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fits = fraction.bytes().all(|digit| digit == b'0');
    whole.parse().ok().filter(|_| fits).ok_or(HostMessageError::Number(name))
}

/// Octets in base64, white space inside allowed.
pub(super) fn octets(element: Element<'_>, name: &'static str) -> Result<Vec<u8>, HostMessageError> {
    let text: String = element.text().split_ascii_whitespace().collect();
    STANDARD.decode(text).map_err(|_| HostMessageError::Base64(name))
}

/// A text that may be null: nil then.
pub(super) fn nillable(writer: &mut Writer, namespace: &str, local: &str, text: Option<&str>) {
    match text {
        Some(text) => writer.leaf("", namespace, local, text),
        None => writer.nil("", namespace, local),
    }
}

/// The declarations that XmlSerializer puts on the root of every document.
pub(super) const DECLARED: [(&str, &str); 2] = [("xsd", kapia_soap::XSD), ("xsi", XSI_NAMESPACE)];
