//! The neutral form of a record: what is kept, compared, hashed and shown, whatever contract it came by.
//!
//! One `ServiceRecord` in the namespace of our types: no comments, no blanks between elements or at the ends of values,
//! languages always written, truth written as `true` and `false`, without the status, which is kept beside it. It is a
//! fixed point of Exclusive C14N.

use bytes::Bytes;
use kapia_records::Status;
use kapia_xml::{Document, Element, Limits, Writer, XmlError};

use crate::names::TYPES;
use crate::rules::values::language_of;

/// Elements whose text has a language, by name and parent.
fn has_language(element: Element<'_>) -> bool {
    match element.local() {
        "ShortName" => true,
        "Name" | "Description" => {
            let parent = element.parent().map_or("", Element::local);
            matches!(
                parent,
                "ServiceRecord" | "Category" | "LifeEvent" | "IdentificationMethod" | "ChannelType" | "Type"
            )
        }
        _ => false,
    }
}

/// The octets to keep.
pub fn canonical(record: Element<'_>) -> Bytes {
    let mut writer = Writer::with_capacity(record.span().len());
    write(record, &mut writer, &mut |child| child.local() != "PublicationStatus" || !is_record(child.parent()));
    Bytes::from(writer.into_bytes())
}

/// Kept octets as a document; an error means that what is kept was damaged.
pub fn read(octets: &Bytes) -> Result<Document, XmlError> {
    Document::read(octets.clone(), &Limits::default())
}

/// A kept record as it is handed out: with its status, and with texts of one language only if that is asked for.
pub fn handed_out(record: Element<'_>, status: Status, language: Option<&str>) -> Vec<u8> {
    let mut writer = Writer::with_capacity(record.span().len() + 64);
    writer.start("", TYPES, "ServiceRecord", &[], &[]);
    // A name must remain, so what does not exist in the language stays in Bulgarian.
    let wanted = |element: Element<'_>| {
        let Some(language) = language else { return true };
        let Some(parent) = element.parent() else { return true };
        let siblings: Vec<String> =
            parent.children().filter(|other| other.name() == element.name()).map(language_of).collect();
        let chosen = if siblings.iter().any(|other| other == language) { language } else { "bg" };
        !has_language(element) || language_of(element) == chosen
    };
    for child in record.children() {
        if child.local() == "ValidFrom" {
            writer.leaf("", TYPES, "PublicationStatus", status.as_str());
        }
        if wanted(child) {
            write(child, &mut writer, &mut |element| wanted(element));
        }
    }
    writer.end();
    writer.into_bytes()
}

fn is_record(element: Option<Element<'_>>) -> bool {
    element.is_some_and(|element| element.is(TYPES, "ServiceRecord"))
}

fn write<'d>(element: Element<'d>, writer: &mut Writer, keep: &mut impl FnMut(Element<'d>) -> bool) {
    let language = has_language(element).then(|| language_of(element));
    let attributes: Vec<(&str, &str, &str, &str)> =
        language.iter().map(|language| ("", "", "lang", language.as_str())).collect();
    writer.start("", TYPES, element.local(), &[], &attributes);
    if element.is_leaf() {
        let text = element.text();
        writer.text(plain_truth(element.local(), text.trim()));
    }
    for child in element.children() {
        if keep(child) {
            write(child, writer, keep);
        }
    }
    writer.end();
}

fn plain_truth<'t>(local: &str, text: &'t str) -> &'t str {
    match text {
        "1" if is_truth(local) => "true",
        "0" if is_truth(local) => "false",
        text => text,
    }
}

/// Whether an element of the record is true or false.
pub(crate) fn is_truth(local: &str) -> bool {
    matches!(local, "IsInternalAdminService" | "IsRegime" | "IsFromEU" | "HasCivilPurpose" | "HasBusinessPurpose")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str =
        "<p:ServiceRecord xmlns:p=\"urn:egov-gateway:portal:service-record:1\">\n <p:ServiceKey><!-- x -->
        <p:ServiceNumber> 5 </p:ServiceNumber></p:ServiceKey><p:Name>Име</p:Name><p:Name lang=\"EN\">Name</p:Name>
        <p:IsInternalAdminService>1</p:IsInternalAdminService><p:PublicationStatus>draft</p:PublicationStatus>
        <p:ValidFrom>2026-01-01T00:00:00Z</p:ValidFrom></p:ServiceRecord>";

    fn canonical_of(text: &str) -> String {
        let document = read(&Bytes::copy_from_slice(text.as_bytes())).unwrap();
        String::from_utf8(canonical(document.root()).to_vec()).unwrap()
    }

    #[test]
    fn only_what_means_something_is_kept() {
        let kept = canonical_of(RECORD);
        assert_eq!(
            kept,
            "<ServiceRecord xmlns=\"urn:egov-gateway:portal:service-record:1\"><ServiceKey><ServiceNumber>5</ServiceNumber>\
             </ServiceKey><Name lang=\"bg\">Име</Name><Name lang=\"en\">Name</Name>\
             <IsInternalAdminService>true</IsInternalAdminService><ValidFrom>2026-01-01T00:00:00Z</ValidFrom></ServiceRecord>"
        );
        assert_eq!(canonical_of(&kept), kept);
    }

    #[test]
    fn a_record_is_handed_out_with_its_status_and_in_one_language() {
        let document = read(&Bytes::from(canonical_of(RECORD))).unwrap();
        let out = |language| String::from_utf8(handed_out(document.root(), Status::Published, language)).unwrap();
        assert!(out(None).contains("<PublicationStatus>published</PublicationStatus><ValidFrom>"));
        assert!(out(None).contains("Име") && out(None).contains(">Name<"));
        assert!(out(Some("en")).contains(">Name<") && !out(Some("en")).contains("Име"));
        assert!(out(Some("de")).contains("Име") && !out(Some("de")).contains(">Name<"));
    }
}
