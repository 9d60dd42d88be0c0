//! What search engines read: JSON-LD in the vocabulary of schema.org.

use crate::dates;
use crate::record::code;
use crate::serve::Administration;
use crate::view::service::{Said, Service, Unit};
use kapia_language::Language;
use kapia_records::{Record, Supplier};
use minijinja::Value;
use serde_json::{Map, Value as Json, json};

/// A `GovernmentService`.
pub(crate) fn service(
    service: &Service,
    record: &Record,
    administration: &Administration,
    url: Option<&str>,
    language: Language,
) -> Value {
    let mut audience = Vec::new();
    if service.civil {
        audience.push(json!({ "@type": "Audience", "audienceType": "citizens" }));
    }
    if service.business {
        audience.push(json!({ "@type": "BusinessAudience", "audienceType": "businesses" }));
    }
    let mut channels = Vec::new();
    if let Some(address) = service.url.as_ref().filter(|_| service.online) {
        channels
            .push(json!({ "@type": "ServiceChannel", "serviceUrl": address, "availableLanguage": languages(record) }));
    }
    channels.extend(service.units.iter().map(at_desk));
    let mut identifiers =
        vec![json!({ "@type": "PropertyValue", "propertyID": "ServiceNumber", "value": service.number })];
    identifiers
        .extend(service.oid.iter().map(|oid| json!({ "@type": "PropertyValue", "propertyID": "OID", "value": oid })));
    let offers: Vec<Json> = service
        .channels
        .iter()
        .flat_map(|channel| &channel.lines)
        .flat_map(|line| line.fees.iter().filter_map(move |fee| Some((line, fee.in_euro()?))))
        .map(|(line, price)| json!({ "@type": "Offer", "name": line.kind, "price": price, "priceCurrency": "EUR" }))
        .collect();
    let outputs: Vec<Json> =
        service.outputs.iter().map(|output| json!({ "@type": "Thing", "name": output.name })).collect();
    let value = json!({
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "@id": url,
        "url": url,
        "name": said(&service.name, language),
        "alternateName": service.short_name.as_ref().map(|name| said(name, language)),
        "description": text_or_none(&service.lead),
        "identifier": identifiers,
        "serviceType": service.section,
        "category": service.categories.iter().map(|category| category.text.clone()).collect::<Vec<_>>(),
        "keywords": text_or_none(&service.keywords.join(", ")),
        "audience": audience,
        "areaServed": { "@type": "Country", "name": "BG" },
        "jurisdiction": { "@type": "Country", "name": "BG" },
        "provider": {
            "@type": "GovernmentOrganization",
            "name": administration.title,
            "identifier": administration.eik,
            "url": administration.url,
        },
        "availableChannel": channels,
        "offers": offers,
        "serviceOutput": outputs,
        "validFrom": dates::rfc3339(record.facts.valid_from),
    });
    data(value)
}

/// A `GovernmentOrganization`.
pub(crate) fn administration(supplier: &Supplier, url: Option<&str>) -> Value {
    data(json!({
        "@context": "https://schema.org",
        "@type": "GovernmentOrganization",
        "@id": url,
        "name": supplier.title_bg,
        "alternateName": supplier.title_en,
        "identifier": supplier.eik.to_string(),
        "url": supplier.url.as_deref().and_then(crate::view::service::web),
        "mainEntityOfPage": url,
    }))
}

fn at_desk(unit: &Unit) -> Json {
    json!({
        "@type": "ServiceChannel",
        "name": unit.name,
        "servicePhone": unit.phones.first().map(|phone| json!({ "@type": "ContactPoint", "telephone": plain(&phone.text), "email": unit.email.as_ref().map(|mail| mail.text.clone()) })),
        "serviceLocation": {
            "@type": "GovernmentOffice",
            "name": unit.name,
            "openingHours": unit.hours.as_deref().map(plain),
            "faxNumber": unit.fax,
            "address": {
                "@type": "PostalAddress",
                "streetAddress": unit.street,
                "addressLocality": text_or_none(&unit.settlement),
                "postalCode": unit.post_code,
                "addressCountry": "BG",
            },
        },
    })
}

/// Without the spaces that keep a text on one line.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

fn languages(record: &Record) -> Vec<&'static str> {
    if record.facts.name_en.is_some() { vec!["bg", "en"] } else { vec!["bg"] }
}

fn said(text: &Said, language: Language) -> Json {
    json!({ "@language": text.lang.as_deref().unwrap_or(code(language)), "@value": text.text })
}

fn text_or_none(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// JSON that can stand in a script element: nothing in it can end the element (HTML §4.12.1.3).
fn data(value: Json) -> Value {
    let text = without_nothing(value).to_string();
    Value::from_safe_string(text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}

/// Leaves out what has no value, and what would be empty then.
fn without_nothing(value: Json) -> Json {
    match value {
        Json::Object(fields) => {
            let kept = fields.into_iter().map(|(name, value)| (name, without_nothing(value)));
            let kept: Map<String, Json> = kept.filter(|(_, value)| says_something(value)).collect();
            // A type alone says nothing.
            if kept.keys().all(|name| name == "@type") { Json::Null } else { Json::Object(kept) }
        }
        Json::Array(items) => Json::Array(items.into_iter().map(without_nothing).filter(says_something).collect()),
        other => other,
    }
}

fn says_something(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Array(items) => !items.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_can_end_the_script_element() {
        let text = data(json!({ "name": "</script><script>alert(1)</script><!-- & -->" })).to_string();
        assert!(!text.contains(['<', '>', '&']), "{text}");
        assert_eq!(
            serde_json::from_str::<Json>(&text).unwrap()["name"],
            "</script><script>alert(1)</script><!-- & -->"
        );
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let value = json!({ "a": null, "b": [], "c": { "@type": "X", "d": null }, "e": "x" });
        assert_eq!(without_nothing(value), json!({ "e": "x" }));
    }
}
