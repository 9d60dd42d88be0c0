//! The character classes of XML 1.0 (fifth edition) §2.2 and §2.3.

/// Production [2] Char.
pub(crate) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// Production [4] NameStartChar without the colon.
pub(crate) fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | '_' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Production [4a] NameChar without the colon.
pub(crate) fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// NCName of Namespaces in XML 1.0 §3.
pub(crate) fn is_nc_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(is_name_start) && characters.all(is_name_char)
}

/// Production [3] S, one octet of it.
pub(crate) fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\n' | b'\r')
}

/// The first character that is not a Char: its offset and code.
///
/// One pass over the octets; UTF-8 is known to be valid, so that only control characters, U+FFFE and U+FFFF remain.
pub(crate) fn first_illegal(source: &str) -> Option<(usize, u32)> {
    let octets = source.as_bytes();
    let control = octets
        .iter()
        .position(|octet| *octet < 0x20 && !matches!(octet, b'\t' | b'\n' | b'\r'))
        .map(|at| (at, u32::from(octets[at])));
    let before = &octets[..control.map_or(octets.len(), |(at, _)| at)];
    let not_a_character = memchr::memchr_iter(0xEF, before)
        .find(|at| matches!(octets.get(*at..*at + 3), Some([_, 0xBF, 0xBE | 0xBF])))
        .map(|at| (at, 0xFFC0 | u32::from(octets[at + 2] & 0x3F)));
    not_a_character.or(control)
}
