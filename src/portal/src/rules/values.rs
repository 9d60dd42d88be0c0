//! Single values: keys, codes, languages, markup, addresses, moments.

use kapia_records::Eik;
use kapia_xml::Element;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Findings, all, one, text};
use crate::dictionaries::Shown;
use crate::fault::{Code, ELIDED, Fault};
use crate::html;

pub(super) fn check_key(record: Element<'_>, findings: &mut Findings<'_>) {
    let Some(eik) = one(record, "ServiceKey").and_then(|key| one(key, "SupplierEIK")) else { return };
    check_eik(eik, findings);
}

fn check_eik(element: Element<'_>, findings: &mut Findings<'_>) {
    let holds = Eik::parse(element.text().trim()).ok().filter(Eik::checksum_holds);
    if holds.is_none() {
        // Nine or thirteen digits are no personal number; the schema lets nothing else through to here.
        findings.add(Fault::new(Code::EikInvalid).with("eik", element.text().trim()), element, "");
    }
}

/// Texts exist once in each language, names at least in Bulgarian.
pub(super) fn check_languages(record: Element<'_>, findings: &mut Findings<'_>) {
    for local in ["Name", "ShortName", "Description"] {
        let mut seen: Vec<String> = Vec::new();
        for element in all(record, local) {
            let language = language_of(element);
            if seen.contains(&language) {
                findings.fault(Code::SchemaViolation, element);
            }
            check_code(&language, "TextLanguage", element, "/@lang", findings);
            if !seen.contains(&language) {
                seen.push(language);
            }
        }
        if local == "Name" && !seen.iter().any(|language| language == "bg") {
            findings.add(Fault::new(Code::FieldMissing), record, "/Name[@lang='bg']");
        }
    }
    for language in all(record, "Language") {
        check_code(&language.text(), "Language", language, "", findings);
    }
}

/// The language of a text; Bulgarian when it does not say.
pub(crate) fn language_of(element: Element<'_>) -> String {
    element.attribute("", "lang").map_or_else(|| "bg".to_owned(), |language| language.trim().to_ascii_lowercase())
}

pub(super) fn check_codes(record: Element<'_>, findings: &mut Findings<'_>) {
    for (local, list) in
        [("Category", "Category"), ("LifeEvent", "LifeEvent"), ("IdentificationMethod", "IdentificationMethod")]
    {
        for coded in all(record, local) {
            check_coded(coded, list, findings);
        }
    }
    for channel in all(record, "Channel") {
        if let Some(coded) = one(channel, "ChannelType") {
            check_coded(coded, "ChannelType", findings);
        }
        let taxes = all(channel, "ProcessTime").flat_map(|time| all(time, "Tax"));
        for currency in taxes.filter_map(|tax| one(tax, "Currency")) {
            check_code(&currency.text(), "Currency", currency, "", findings);
        }
    }
    for (local, list) in [("Evidence", "EvidenceType"), ("Output", "OutputType")] {
        for coded in all(record, local).filter_map(|holder| one(holder, "Type")) {
            check_coded(coded, list, findings);
        }
    }
    for address in all(record, "ServicingUnit").filter_map(|unit| one(unit, "Address")) {
        for (local, list) in [
            ("District", "EkatteDistrict"),
            ("Municipality", "EkatteMunicipality"),
            ("Settlement", "EkatteSettlement"),
            ("Area", "EkatteArea"),
        ] {
            if let Some(unit) = one(address, local) {
                check_coded(unit, list, findings);
            }
        }
    }
}

fn check_coded(coded: Element<'_>, list: &str, findings: &mut Findings<'_>) {
    let Some(code) = one(coded, "Code") else { return };
    check_code(&code.text(), list, code, "", findings);
}

fn check_code(code: &str, list: &str, element: Element<'_>, below: &str, findings: &mut Findings<'_>) {
    let Some(dictionary) = findings.dictionaries.find(list, None) else { return };
    if dictionary.accepts(code) {
        return;
    }
    let value = match dictionary.shown(code) {
        Shown::Whole => code,
        Shown::Elided => ELIDED,
    };
    let title = dictionary.title.clone();
    let fault = Fault::new(Code::UnknownCode).with("value", value).with_both("list", title.english, title.bulgarian);
    findings.add(fault, element, below);
}

pub(super) fn check_markup(record: Element<'_>, findings: &mut Findings<'_>) {
    let single = ["OrderAndAppealTerms", "Limitations"].into_iter().filter_map(|local| one(record, local));
    let stages = all(record, "Stage").filter_map(|stage| one(stage, "Description"));
    let payment = one(record, "Payment").and_then(|payment| one(payment, "Explanations"));
    for element in all(record, "Description").chain(single).chain(stages).chain(payment) {
        if html::check(&element.text()).is_err() {
            findings.fault(Code::HtmlDisallowed, element);
        }
    }
}

pub(super) fn check_addresses(record: Element<'_>, findings: &mut Findings<'_>) {
    match one(record, "ServiceURL") {
        Some(url) => check_service_url(url, findings),
        None if is_electronic(record) => {
            findings.add(Fault::new(Code::FieldMissing), record, "/ServiceURL");
        }
        None => {}
    }
    if let Some(address) = one(record, "SuggestionsAddress") {
        let value = address.text();
        let value = value.trim();
        if !is_mail(value) && !is_web(value) {
            findings.fault(Code::SchemaViolation, address);
        }
    }
    let holders = ["ModelDocument", "RegulatoryDocument", "PublicRegister"].into_iter();
    let documents = holders
        .flat_map(|local| all(record, local))
        .chain(all(record, "Stage").flat_map(|stage| all(stage, "Document")));
    let links = documents
        .filter_map(|document| one(document, "URL"))
        .chain(all(record, "Evidence").filter_map(|evidence| one(evidence, "TemplateURL")))
        .chain(all(record, "ServicingUnit").filter_map(|unit| one(unit, "Web")));
    for link in links {
        if !is_web(link.text().trim()) {
            findings.fault(Code::SchemaViolation, link);
        }
    }
}

/// An http address is only remarked by default, since real services still have one; anything but the web is refused.
fn check_service_url(url: Element<'_>, findings: &mut Findings<'_>) {
    let value = url.text();
    let value = value.trim();
    if !is_web(value) || (findings.strictness.https_only && !value.to_ascii_lowercase().starts_with("https://")) {
        findings.fault(Code::UrlUnusable, url);
    } else if !value.to_ascii_lowercase().starts_with("https://") {
        findings.warn(Code::UrlUnusable, url);
    }
}

fn is_electronic(record: Element<'_>) -> bool {
    matches!(text(record, "ProvisionLevel").as_deref(), Some("ApplicationEnabled" | "RequestAndPayService"))
}

fn is_mail(address: &str) -> bool {
    let parts = address.split_once('@');
    parts.is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
        && !address.contains(|each: char| each.is_whitespace() || each.is_control() || each == ':')
}

/// Whether an address leads to a host of the web.
fn is_web(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_alphanumeric() || first == '['))
        && html::link_is_safe(address)
        && !address.contains(['"', '<', '>', '\\'])
}

pub(super) fn check_validity(record: Element<'_>, findings: &mut Findings<'_>) {
    let (from, to) = (one(record, "ValidFrom"), one(record, "ValidTo"));
    for element in [from, to].into_iter().flatten() {
        if moment(&element.text()).is_none() {
            findings.fault(Code::SchemaViolation, element);
        }
    }
    if let (Some(from), Some(to)) = (from, to)
        && let (Some(begins), Some(ends)) = (moment(&from.text()), moment(&to.text()))
        && ends < begins
    {
        findings.fault(Code::TermsInconsistent, to);
    }
}

/// A moment of `xs:dateTime` with a zone; what the calendar of the program cannot hold is none.
pub(crate) fn moment(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    // Midnight at the end of a day is written 24:00:00 by XML Schema and unknown to RFC 3339.
    if let Some((day, rest)) = text.split_once("T24:00:00") {
        let zone = rest.trim_start_matches(['.', '0']);
        let zone = if zone.is_empty() { rest } else { zone };
        let begin = OffsetDateTime::parse(&format!("{day}T00:00:00{zone}"), &Rfc3339).ok()?;
        return begin.checked_add(time::Duration::DAY);
    }
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_carry_their_zone() {
        assert_eq!(moment("2026-01-01T00:00:00+02:00").unwrap().unix_timestamp(), 1_767_218_400);
        assert_eq!(moment("2025-12-31T24:00:00+02:00"), moment("2026-01-01T00:00:00+02:00"));
        assert_eq!(moment("2026-01-01T00:00:00.5Z").unwrap().millisecond(), 500);
        assert_eq!(moment("2026-01-01T00:00:00"), None);
        assert_eq!(moment("-0044-03-15T00:00:00Z"), None);
    }

    #[test]
    fn only_the_web_is_an_address_of_a_service() {
        for (address, expected) in [
            ("https://example.bg/x", true),
            ("HTTP://example.bg", true),
            ("https://", false),
            ("https:///x", false),
            ("ftp://example.bg", false),
            ("javascript:alert(1)//https://x", false),
            ("https://example.bg/\"><script>", false),
        ] {
            assert_eq!(is_web(address), expected, "{address}");
        }
    }
}
