//! Characters, references and names of XML 1.0.

use std::borrow::Cow;

/// XML white space (§2.3).
pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|octet| matches!(octet, b' ' | b'\t' | b'\n' | b'\r'))
}

/// Whether every character may stand in a document (§2.2).
pub(crate) fn all_allowed(text: &str) -> bool {
    let control = |octet: u8| octet < 0x20 && !matches!(octet, b'\t' | b'\n' | b'\r');
    let octets = text.as_bytes();
    // U+FFFE and U+FFFF are the only others that UTF-8 can hold and XML cannot.
    let beyond = || octets.contains(&0xEF) && text.contains(['\u{FFFE}', '\u{FFFF}']);
    !(octets.iter().any(|&octet| control(octet)) || beyond())
}

fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// A name without a colon (Namespaces in XML §3).
pub(crate) fn is_name(text: &str) -> bool {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'_';
    if text.bytes().all(plain) {
        return text.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    }
    let mut characters = text.chars();
    characters.next().is_some_and(starts_name) && characters.all(|c| starts_name(c) || continues_name(c))
}

/// Whether all characters may stand in a name, colons included.
pub(crate) fn are_of_names(text: &str) -> bool {
    text.chars().all(|c| c == ':' || starts_name(c) || continues_name(c))
}

fn starts_name(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

fn continues_name(c: char) -> bool {
    matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// The character that a reference `name` (without `&` and `;`) means: one of the five, or by number (§4.1, §4.6).
pub(crate) fn reference(name: &str) -> Option<char> {
    let number = match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => name.strip_prefix('#')?,
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    // `from_str_radix` takes a sign; XML does not.
    if !digits.bytes().all(|octet| octet.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).filter(|&c| is_allowed(c))
}

/// Line ends as §2.11 wants them.
pub(crate) fn line_ends(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The value of an attribute from its text between the quotes (§3.3.3); `None` if it is not well-formed.
pub(crate) fn attribute_value(raw: &str) -> Option<String> {
    let mut value = String::with_capacity(raw.len());
    let ends = line_ends(raw);
    let mut rest = &*ends;
    while let Some(at) = rest.find(['&', '<', '\t', '\n']) {
        let (before, from) = rest.split_at(at);
        value.push_str(before);
        if let Some(after) = from.strip_prefix('&') {
            let (name, behind) = after.split_once(';')?;
            value.push(reference(name)?);
            rest = behind;
        } else if from.starts_with('<') {
            return None;
        } else {
            value.push(' ');
            rest = from.get(1..)?;
        }
    }
    value.push_str(rest);
    Some(value)
}

/// Text with references in place of what markup would take for its own; characters that no document may hold become U+FFFD.
pub(crate) fn escape_text(text: &str, out: &mut String) {
    escape(text, out, |octet| match octet {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

/// As [`escape_text`], for a value between double quotes.
pub(crate) fn escape_attribute(text: &str, out: &mut String) {
    escape(text, out, |octet| match octet {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

fn escape(text: &str, out: &mut String, replace: impl Fn(u8) -> Option<&'static str>) {
    if !all_allowed(text) {
        let clean: String = text.chars().map(|c| if is_allowed(c) { c } else { '\u{FFFD}' }).collect();
        return escape(&clean, out, replace);
    }
    let mut from = 0;
    for (at, octet) in text.bytes().enumerate() {
        if let Some(reference) = replace(octet) {
            out.push_str(&text[from..at]);
            out.push_str(reference);
            from = at + 1;
        }
    }
    out.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use super::{all_allowed, attribute_value, escape_text, is_name, reference};

    #[test]
    fn references_are_the_five_and_numbers_of_characters_that_xml_has() {
        assert_eq!([reference("amp"), reference("#x416"), reference("#1046")], [Some('&'), Some('Ж'), Some('Ж')]);
        for wrong in ["nbsp", "#", "#x", "#0", "#xFFFE", "#xD800", "#+65", "#X41", ""] {
            assert_eq!(reference(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn attribute_values_are_normalised_but_references_stay_what_they_mean() {
        assert_eq!(attribute_value("a\r\nb\tc&#10;d&quot;").unwrap(), "a b c\nd\"");
        assert_eq!(attribute_value("a<b"), None);
        assert_eq!(attribute_value("a&b"), None);
    }

    #[test]
    fn text_is_escaped_so_that_reading_gives_it_back() {
        let mut out = String::new();
        escape_text("a]]>b & <c>\r\u{1}", &mut out);
        assert_eq!(out, "a]]&gt;b &amp; &lt;c&gt;&#xD;\u{FFFD}");
    }

    #[test]
    fn names_and_characters_are_those_of_xml() {
        assert!(is_name("Име-1") && is_name("_x") && !is_name("1a") && !is_name("a:b") && !is_name(""));
        assert!(all_allowed("ред\r\n\t") && !all_allowed("\u{0}") && !all_allowed("\u{FFFF}"));
    }
}
