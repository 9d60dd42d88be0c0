//! Lexical forms of the attributes of schema documents.

/// Removes the white space around a name: such attributes have `whiteSpace="collapse"`, so `name="X "` declares `X`.
pub(super) fn collapsed(value: &str) -> &str {
    value.trim_matches([' ', '\t', '\r', '\n'])
}

pub(super) fn is_nc_name(value: &str) -> bool {
    let mut chars = value.chars();
    chars.next().is_some_and(|c| is_name_start(c) && c != ':') && chars.all(|c| is_name_char(c) && c != ':')
}

pub(super) fn is_qname(value: &str) -> bool {
    match value.split_once(':') {
        Some((prefix, local)) => is_nc_name(prefix) && is_nc_name(local),
        None => is_nc_name(value),
    }
}

pub(super) fn is_boolean(value: &str) -> bool {
    matches!(value, "true" | "false" | "1" | "0")
}

/// A number that is not negative.
pub(super) fn is_integer(value: &str) -> bool {
    let digits = value.strip_prefix('+').unwrap_or(value);
    let digits = if value.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b == b'0')) {
        "0"
    } else {
        digits
    };
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn is_any_uri(value: &str) -> bool {
    let fragments = value.matches('#').count();
    let percent = value
        .match_indices('%')
        .all(|(at, _)| value.get(at + 1..at + 3).is_some_and(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit())));
    fragments <= 1 && percent && !value.starts_with(':')
}

pub(super) fn is_language(value: &str) -> bool {
    let mut parts = value.split('-');
    let part = |part: &str| (1..=8).contains(&part.len());
    parts.next().is_some_and(|first| part(first) && first.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|rest| part(rest) && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// XML 1.0 fifth edition, production [4].
fn is_name_start(c: char) -> bool {
    matches!(c, ':' | 'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// XML 1.0 fifth edition, production [4a].
fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
