//! Distinguished names as text (RFC 4514) and the OID that RegiX certificates carry in ST.

use x509_parser::der_parser::asn1_rs::{Any, Tag, ToDer};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// The RFC 4514 text of a name: last RDN first, `,` between RDNs, `+` inside one.
///
/// Types that RFC 4514 §3 lists, and a few registered ones, go by their short name; others are dotted numbers
/// with the DER octets in hex.
pub(crate) fn rfc4514(name: &X509Name<'_>) -> String {
    let relative: Vec<String> = name.iter_rdn().map(|rdn| rdn.iter().map(pair).collect::<Vec<_>>().join("+")).collect();
    relative.into_iter().rev().collect::<Vec<_>>().join(",")
}

/// The administration's OID in a stateOrProvinceName written `OID:2.16…`, with or without blanks (regix-contract §13).
pub(crate) fn administration_oid(name: &X509Name<'_>) -> Option<String> {
    name.iter_attributes()
        .filter(|attribute| attribute.attr_type().to_id_string() == "2.5.4.8")
        .filter_map(|attribute| text(attribute.attr_value()))
        .find_map(|value| {
            let value = value.trim();
            let (word, oid) = (value.get(..4)?, value.get(4..)?.trim());
            let dotted = oid.split('.').count() > 2
                && oid.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()));
            (word.eq_ignore_ascii_case("OID:") && dotted).then(|| oid.to_owned())
        })
}

fn pair(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type().to_id_string();
    let value = text(attribute.attr_value());
    match (short(&oid), value) {
        (Some(short), Some(value)) => format!("{short}={}", escape(&value)),
        (short, _) => {
            let der = attribute.attr_value().to_der_vec().unwrap_or_default();
            let hex: String = der.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{}=#{hex}", short.unwrap_or(&oid))
        }
    }
}

fn short(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "sn",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.42" => "givenName",
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "email",
        _ => return None,
    })
}

/// The string kinds of X.520 DirectoryString and its relatives.
fn text(value: &Any<'_>) -> Option<String> {
    let data = value.data;
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            String::from_utf8(data.to_vec()).ok()
        }
        Tag::BmpString => {
            let units: Vec<u16> =
                data.chunks_exact(2).filter_map(|unit| unit.try_into().ok().map(u16::from_be_bytes)).collect();
            String::from_utf16(&units).ok().filter(|_| data.len().is_multiple_of(2))
        }
        Tag::UniversalString => {
            data.chunks(4).map(|unit| unit.try_into().ok().map(u32::from_be_bytes).and_then(char::from_u32)).collect()
        }
        // Issuers that still write T61String mean Latin-1 by it.
        Tag::T61String => Some(data.iter().map(|&byte| char::from(byte)).collect()),
        _ => None,
    }
}

fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (index, character) in value.chars().enumerate() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => out.extend(['\\', character]),
            '#' if index == 0 => out.push_str("\\#"),
            ' ' if index == 0 || index == last => out.push_str("\\ "),
            control if control.is_control() => {
                let mut octets = [0; 4];
                for byte in control.encode_utf8(&mut octets).bytes() {
                    out.push_str(&format!("\\{byte:02x}"));
                }
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_escaped_as_rfc_4514_says() {
        assert_eq!(escape("a,b+c\"d\\e<f>g;h"), "a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h");
        assert_eq!(escape(" #x "), "\\ #x\\ ");
        assert_eq!(escape("#x"), "\\#x");
        assert_eq!(escape("a\u{0}b\n"), "a\\00b\\0a");
        assert_eq!(escape("Агенция"), "Агенция");
    }
}
