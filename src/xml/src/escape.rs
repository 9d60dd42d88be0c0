//! Character escapes: Canonical XML 1.0 §2.3 on the way out, XML 1.0 §2.11, §3.3.3 and §4.1 on the way in.

use std::borrow::Cow;

/// Appends text content in canonical form: `&`, `<`, `>` and carriage return escaped (Canonical XML 1.0 §2.3).
pub fn escape_text(text: &str, out: &mut Vec<u8>) {
    escape(text, out, |octet| match octet {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

/// Appends an attribute value in canonical form: `&`, `<`, `"`, tab, line feed and carriage return escaped
/// (Canonical XML 1.0 §2.3).
pub fn escape_attribute(text: &str, out: &mut Vec<u8>) {
    escape(text, out, |octet| match octet {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'"' => Some(b"&quot;"),
        b'\t' => Some(b"&#x9;"),
        b'\n' => Some(b"&#xA;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

fn escape(text: &str, out: &mut Vec<u8>, replace: impl Fn(u8) -> Option<&'static [u8]>) {
    let octets = text.as_bytes();
    let mut done = 0;
    for (at, octet) in octets.iter().enumerate() {
        if let Some(replacement) = replace(*octet) {
            out.extend_from_slice(&octets[done..at]);
            out.extend_from_slice(replacement);
            done = at + 1;
        }
    }
    out.extend_from_slice(&octets[done..]);
}

/// Text content as the application sees it: line ends normalised, references replaced. The reader has checked them.
pub(crate) fn unescape_text(raw: &str) -> Cow<'_, str> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr2(b'&', b'\r', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('\r') { line_end(rest, '\n', &mut text) } else { reference(rest, &mut text) };
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The content of a CDATA section: only line ends are normalised.
pub(crate) fn normalize_line_ends(raw: &str) -> Cow<'_, str> {
    Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
}

/// An attribute value after normalisation (XML 1.0 §3.3.3, attributes of type CDATA).
pub(crate) fn unescape_attribute(raw: &str) -> Cow<'_, str> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.bytes().position(|octet| matches!(octet, b'&' | b'\t' | b'\n' | b'\r')) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = match rest.as_bytes()[0] {
            b'&' => reference(rest, &mut text),
            b'\r' => line_end(rest, ' ', &mut text),
            _ => {
                text.push(' ');
                &rest[1..]
            }
        };
    }
    text.push_str(rest);
    Cow::Owned(text)
}

fn line_end<'r>(rest: &'r str, with: char, text: &mut String) -> &'r str {
    text.push(with);
    rest.strip_prefix("\r\n").unwrap_or(&rest[1..])
}

fn reference<'r>(rest: &'r str, text: &mut String) -> &'r str {
    let end = memchr::memchr(b';', rest.as_bytes()).unwrap_or(rest.len() - 1);
    if let Some(character) = resolve_reference(&rest[1..end]) {
        text.push(character);
    }
    &rest[end + 1..]
}

/// The character that a reference stands for, given what stands between `&` and `;`; `None` when it is not allowed.
pub(crate) fn resolve_reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix('x') {
                Some(hex) if !hex.is_empty() && hex.bytes().all(|octet| octet.is_ascii_hexdigit()) => {
                    u32::from_str_radix(hex, 16).ok()?
                }
                None if !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit()) => {
                    digits.parse().ok()?
                }
                _ => return None,
            };
            char::from_u32(code).filter(|character| crate::characters::is_char(*character))
        }
    }
}
