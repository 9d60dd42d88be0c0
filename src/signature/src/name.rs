//! Distinguished names as text: RFC 4514 with the additions of XML Signature 1.1 §4.5.4.1.

use std::fmt::Write as _;

use x509_parser::asn1_rs::ToDer as _;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// The name in RFC 4514 form: the last relative name first, unknown types dotted with `#`-hexadecimal values.
pub(crate) fn rfc4514(name: &X509Name<'_>) -> String {
    let mut relative: Vec<_> = name.iter_rdn().collect();
    relative.reverse();
    let mut text = String::new();
    for (index, rdn) in relative.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        for (index, attribute) in rdn.iter().enumerate() {
            if index > 0 {
                text.push('+');
            }
            write_attribute(attribute, &mut text);
        }
    }
    text
}

fn write_attribute(attribute: &AttributeTypeAndValue<'_>, text: &mut String) {
    let oid = attribute.attr_type().to_id_string();
    if let (Some(short), Ok(value)) = (short_name(&oid), attribute.as_str()) {
        text.push_str(short);
        text.push('=');
        escape(value, text);
        return;
    }
    text.push_str(&oid);
    text.push_str("=#");
    let der = attribute.attr_value().to_der_vec().unwrap_or_default();
    for octet in der {
        let _ = write!(text, "{octet:02x}");
    }
}

/// The table of RFC 4514 §3; every other type has only its number.
fn short_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.4.3" => "CN",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.6" => "C",
        "2.5.4.9" => "STREET",
        "0.9.2342.19200300.100.1.25" => "DC",
        "0.9.2342.19200300.100.1.1" => "UID",
        _ => return None,
    })
}

fn escape(value: &str, text: &mut String) {
    let last = value.chars().count().saturating_sub(1);
    for (index, character) in value.chars().enumerate() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => {
                text.push('\\');
                text.push(character);
            }
            ' ' if index == last => text.push_str("\\20"),
            ' ' | '#' if index == 0 => {
                text.push('\\');
                text.push(character);
            }
            control if (control as u32) < 0x20 => {
                let _ = write!(text, "\\{:02X}", control as u32);
            }
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn special_characters_are_escaped() {
        for (value, expected) in [
            ("Агенция, ЕАД", "Агенция\\, ЕАД"),
            ("#1", "\\#1"),
            (" x ", "\\ x\\20"),
            ("a\nb", "a\\0Ab"),
            ("a=b", "a=b"),
            (" ", "\\20"),
        ] {
            let mut text = String::new();
            escape(value, &mut text);
            assert_eq!(text, expected);
        }
    }
}
