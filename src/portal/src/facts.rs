//! What lists, search and pages need of a record.

use kapia_records::{Facts, SecurityLevel};
use kapia_xml::Element;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::dictionaries::{Dictionaries, Dictionary};
use crate::html;
use crate::names::Shape;
use crate::neutral::is_truth;
use crate::places;
use crate::rules::values::{language_of, moment};
use crate::rules::{all, one, text};

/// The facts of a checked record in its neutral form; `shape` is the one of `AddService`.
pub fn of(record: Element<'_>, shape: &Shape, dictionaries: &Dictionaries) -> Facts {
    Facts {
        name_bg: in_language(record, "Name", "bg").unwrap_or_default(),
        name_en: in_language(record, "Name", "en"),
        short_name_bg: in_language(record, "ShortName", "bg"),
        short_name_en: in_language(record, "ShortName", "en"),
        description_bg: in_language(record, "Description", "bg").map(|text| html::plain(&text)).unwrap_or_default(),
        description_en: in_language(record, "Description", "en").map(|text| html::plain(&text)),
        keywords: all(record, "Keyword").map(|keyword| keyword.text().trim().to_owned()).collect(),
        oid: text(record, "ServiceOID"),
        supplier_code: one(record, "ServiceKey").and_then(|key| text(key, "SupplierCode")),
        section: text(record, "Section"),
        subsection: text(record, "Subsection"),
        security_level: match text(record, "SecurityLevel").as_deref() {
            Some("Low") => SecurityLevel::Low,
            Some("Substantial") => SecurityLevel::Substantial,
            Some("High") => SecurityLevel::High,
            _ => SecurityLevel::None,
        },
        internal: text(record, "IsInternalAdminService").is_some_and(|value| value == "true" || value == "1"),
        valid_from: text(record, "ValidFrom").and_then(|text| moment(&text)).unwrap_or(OffsetDateTime::UNIX_EPOCH),
        valid_to: text(record, "ValidTo").and_then(|text| moment(&text)),
        details: Details { shape, dictionaries }.children(record, "ServiceRecord"),
    }
}

fn in_language(record: Element<'_>, local: &str, language: &str) -> Option<String> {
    let found = all(record, local).find(|element| language_of(*element) == language)?;
    Some(found.text().trim().to_owned())
}

/// The record as JSON for pages: the names of the contract; what may repeat is a list; a text with languages is an object
/// by language; a code is `{Code, Name: {bg, en}}`; markup is checked HTML; truth is a boolean; all else is a string.
struct Details<'s> {
    shape: &'s Shape,
    dictionaries: &'s Dictionaries,
}

impl Details<'_> {
    fn children(&self, parent: Element<'_>, path: &str) -> Value {
        let mut object = Map::new();
        for child in parent.children() {
            let path = format!("{path}/{}", child.local());
            let local = child.local().to_owned();
            if has_languages(child) {
                if let Value::Object(texts) = object.entry(local).or_insert_with(|| Value::Object(Map::new())) {
                    texts.insert(language_of(child), self.leaf(child, &path));
                }
            } else if self.shape.repeatable.contains(&path) {
                if let Value::Array(list) = object.entry(local).or_insert_with(|| Value::Array(Vec::new())) {
                    list.push(self.value(child, &path));
                }
            } else {
                object.insert(local, self.value(child, &path));
            }
        }
        Value::Object(object)
    }

    fn value(&self, element: Element<'_>, path: &str) -> Value {
        if let Some(code) = one(element, "Code") {
            let code = code.text().trim().to_owned();
            let names = self.names_in(element);
            return self.coded(&code, list_of(path), names);
        }
        if !element.is_leaf() {
            return self.children(element, path);
        }
        match enumeration_of(element.local()) {
            Some(list) => self.coded(element.text().trim(), list, None),
            None => self.leaf(element, path),
        }
    }

    fn leaf(&self, element: Element<'_>, path: &str) -> Value {
        let text = element.text();
        let text = text.trim();
        if is_truth(element.local()) {
            return Value::Bool(text == "true" || text == "1");
        }
        if is_markup(&places::plain(path)) {
            return Value::String(html::safe(text).unwrap_or_default());
        }
        Value::String(text.to_owned())
    }

    /// Names that came with the code.
    fn names_in(&self, coded: Element<'_>) -> Option<Map<String, Value>> {
        let names: Map<String, Value> =
            all(coded, "Name").map(|name| (language_of(name), Value::String(name.text().trim().to_owned()))).collect();
        (!names.is_empty()).then_some(names)
    }

    /// A code with its names: those of the list first, which are checked, then those that came with it.
    fn coded(&self, code: &str, list: &str, sent: Option<Map<String, Value>>) -> Value {
        let known = self.dictionaries.find(list, None).and_then(|list: &Dictionary| {
            let entry = list.codes.iter().find(|entry| entry.code == code)?;
            let mut names = Map::new();
            names.insert("bg".to_owned(), Value::String(entry.bg.clone()));
            if !entry.en.is_empty() {
                names.insert("en".to_owned(), Value::String(entry.en.clone()));
            }
            Some(names)
        });
        let mut object = Map::new();
        object.insert("Code".to_owned(), Value::String(code.to_owned()));
        if let Some(names) = known.or(sent) {
            object.insert("Name".to_owned(), Value::Object(names));
        }
        Value::Object(object)
    }
}

fn has_languages(element: Element<'_>) -> bool {
    element.attribute("", "lang").is_some()
}

fn is_markup(path: &str) -> bool {
    matches!(
        path,
        "ServiceRecord/Description"
            | "ServiceRecord/OrderAndAppealTerms"
            | "ServiceRecord/Limitations"
            | "ServiceRecord/Stage/Description"
            | "ServiceRecord/Payment/Explanations"
    )
}

/// The code list of a coded value at this place.
fn list_of(path: &str) -> &'static str {
    match path {
        "ServiceRecord/Category" => "Category",
        "ServiceRecord/LifeEvent" => "LifeEvent",
        "ServiceRecord/IdentificationMethod" => "IdentificationMethod",
        "ServiceRecord/Channel/ChannelType" => "ChannelType",
        "ServiceRecord/Evidence/Type" => "EvidenceType",
        "ServiceRecord/Output/Type" => "OutputType",
        "ServiceRecord/ServicingUnit/Address/District" => "EkatteDistrict",
        "ServiceRecord/ServicingUnit/Address/Municipality" => "EkatteMunicipality",
        "ServiceRecord/ServicingUnit/Address/Settlement" => "EkatteSettlement",
        "ServiceRecord/ServicingUnit/Address/Area" => "EkatteArea",
        _ => "",
    }
}

/// The code list of an element whose values the schema enumerates.
fn enumeration_of(local: &str) -> Option<&'static str> {
    Some(match local {
        "ProvisionLevel" => "ProvisionLevel",
        "SecurityLevel" => "SecurityLevel",
        "ApplicationMethod" => "ApplicationMethod",
        "TermType" => "TermType",
        "Unit" => "TermUnit",
        "Kind" => "PaymentKind",
        "Generation" => "PaymentGeneration",
        "Method" => "PaymentMethod",
        "Currency" => "Currency",
        "Language" => "Language",
        _ => return None,
    })
}
