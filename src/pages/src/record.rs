//! A service record as pages need it, read from its canonical XML (horizontal-systems §3.3).
//!
//! The record was validated when it came; reading is lenient here, so that a record with one odd field still has a page.

use kapia_language::Language;
use kapia_xml::{Document, Element, Limits};
use std::borrow::Cow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The namespace of the elements of a record.
const RECORD: &str = "urn:egov-gateway:portal:service-record:1";

/// The record, to look into.
#[derive(Clone)]
pub(crate) struct Record {
    document: Document,
}

/// Why a stored record cannot be shown.
#[derive(Debug, thiserror::Error)]
#[error("a stored record is not readable: {0}")]
pub(crate) struct Unreadable(#[from] kapia_xml::XmlError);

impl Record {
    /// Reads the octets of a `ServiceRecord` element.
    pub fn read(octets: bytes::Bytes) -> Result<Record, Unreadable> {
        Ok(Record { document: Document::read(octets, &Limits::default())? })
    }

    /// The root, for those who look for a field.
    pub fn root(&self) -> Part<'_> {
        Part(self.document.root())
    }
}

/// An element of a record; what is absent has no text and no children.
#[derive(Clone, Copy)]
pub(crate) struct Part<'d>(pub Element<'d>);

impl<'d> Part<'d> {
    /// The first child of that name.
    pub fn part(self, local: &str) -> Option<Part<'d>> {
        self.parts(local).next()
    }

    /// All children of that name.
    pub fn parts(self, local: &str) -> impl Iterator<Item = Part<'d>> {
        self.0.children().filter(move |child| child.is(RECORD, local)).map(Part)
    }

    /// The text of the first child of that name, without outer blanks; none if there is nothing in it.
    pub fn text(self, local: &str) -> Option<String> {
        self.part(local).and_then(Part::own_text)
    }

    /// The texts of all children of that name.
    pub fn texts(self, local: &str) -> Vec<String> {
        self.parts(local).filter_map(Part::own_text).collect()
    }

    /// Its own text.
    pub fn own_text(self) -> Option<String> {
        let text = self.0.text();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A yes or a no.
    pub fn flag(self, local: &str) -> Option<bool> {
        match self.text(local)?.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// A moment with its offset.
    pub fn moment(self, local: &str) -> Option<OffsetDateTime> {
        moment(&self.text(local)?)
    }

    /// The language of the element, Bulgarian unless it says otherwise.
    pub fn language(self) -> Cow<'d, str> {
        self.0.attribute("", "lang").unwrap_or(Cow::Borrowed("bg"))
    }

    /// Of all children of that name the one for a reader of `language`: in it, else in Bulgarian, else the first.
    pub fn best(self, local: &str, language: Language) -> Option<Part<'d>> {
        let in_language = |part: &Part<'d>, wanted: &str| {
            part.language().split('-').next().is_some_and(|main| main.eq_ignore_ascii_case(wanted))
        };
        let wanted = code(language);
        self.parts(local)
            .find(|part| in_language(part, wanted))
            .or_else(|| self.parts(local).find(|part| in_language(part, "bg")))
            .or_else(|| self.part(local))
    }
}

/// `bg` or `en`.
pub(crate) fn code(language: Language) -> &'static str {
    language.pick("en", "bg")
}

/// A moment written as xs:dateTime with an offset.
pub(crate) fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text.trim(), &Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(inner: &str) -> Record {
        Record::read(format!("<ServiceRecord xmlns=\"{RECORD}\">{inner}</ServiceRecord>").into()).unwrap()
    }

    #[test]
    fn a_text_is_found_in_the_language_of_the_reader_or_in_bulgarian() {
        let both = record("<Name lang=\"en\">Permit</Name><Name>Разрешение</Name>");
        let name = |record: &Record, language| record.root().best("Name", language).unwrap().own_text().unwrap();
        assert_eq!(name(&both, Language::English), "Permit");
        assert_eq!(name(&both, Language::Bulgarian), "Разрешение");
        assert_eq!(name(&record("<Name>Разрешение</Name>"), Language::English), "Разрешение");
        assert_eq!(name(&record("<Name lang=\"de\">Erlaubnis</Name>"), Language::English), "Erlaubnis");
    }

    #[test]
    fn an_element_of_another_namespace_is_not_a_field() {
        assert!(record("<Name xmlns=\"urn:other\">x</Name>").root().part("Name").is_none());
    }

    #[test]
    fn a_flag_is_read_in_both_lexical_forms() {
        let record = record("<A>1</A><B>false</B><C>maybe</C>");
        let flag = |name| record.root().flag(name);
        assert_eq!((flag("A"), flag("B"), flag("C"), flag("D")), (Some(true), Some(false), None, None));
    }
}
