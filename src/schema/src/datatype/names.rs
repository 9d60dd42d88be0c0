//! Lexical spaces that are made of characters of XML names, and those of `xs:language` and `xs:anyURI`.

/// Characters that begin a name: NameStartChar of XML 1.0, fifth edition, production 4.
#[rustfmt::skip]
pub(super) const START: &[(char, char)] = &[
    (':', ':'), ('A', 'Z'), ('_', '_'), ('a', 'z'), ('\u{c0}', '\u{d6}'), ('\u{d8}', '\u{f6}'), ('\u{f8}', '\u{2ff}'), ('\u{370}', '\u{37d}'),
    ('\u{37f}', '\u{1fff}'), ('\u{200c}', '\u{200d}'), ('\u{2070}', '\u{218f}'), ('\u{2c00}', '\u{2fef}'), ('\u{3001}', '\u{d7ff}'),
    ('\u{f900}', '\u{fdcf}'), ('\u{fdf0}', '\u{fffd}'), ('\u{10000}', '\u{effff}'),
];

/// Characters of a name: NameChar, production 4a.
#[rustfmt::skip]
pub(super) const ALL: &[(char, char)] = &[
    ('-', '.'), ('0', ':'), ('A', 'Z'), ('_', '_'), ('a', 'z'), ('\u{b7}', '\u{b7}'), ('\u{c0}', '\u{d6}'), ('\u{d8}', '\u{f6}'), ('\u{f8}', '\u{37d}'),
    ('\u{37f}', '\u{1fff}'), ('\u{200c}', '\u{200d}'), ('\u{203f}', '\u{2040}'), ('\u{2070}', '\u{218f}'), ('\u{2c00}', '\u{2fef}'), ('\u{3001}', '\u{d7ff}'),
    ('\u{f900}', '\u{fdcf}'), ('\u{fdf0}', '\u{fffd}'), ('\u{10000}', '\u{effff}'),
];

/// Whether a sorted table of ranges has the character.
pub(super) fn within(ranges: &[(char, char)], c: char) -> bool {
    let after = ranges.partition_point(|&(first, _)| first <= c);
    after.checked_sub(1).and_then(|index| ranges.get(index)).is_some_and(|&(_, last)| c <= last)
}

pub(super) fn is_nmtoken(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| within(ALL, c))
}

pub(super) fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|c| within(START, c)) && is_nmtoken(text)
}

pub(crate) fn is_ncname(text: &str) -> bool {
    is_name(text) && !text.contains(':')
}

/// Prefix (empty: none) and local part of a QName.
pub(crate) fn qname(text: &str) -> Option<(&str, &str)> {
    match text.split_once(':') {
        Some((prefix, local)) => (is_ncname(prefix) && is_ncname(local)).then_some((prefix, local)),
        None => is_ncname(text).then_some(("", text)),
    }
}

/// `[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*` (Part 2 §3.3.3).
pub(crate) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let fits = |part: &str| (1..=8).contains(&part.len());
    parts.next().is_some_and(|first| fits(first) && first.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|part| fits(part) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// A reference of RFC 2396 and 2732 after the escaping of XLink §5.4 (Part 2 §3.2.17).
///
/// The escaping takes away nearly every fault; what stays are `%` without two hexadecimal digits, a second `#`, and a
/// colon in the first segment that no scheme precedes and nothing follows.
pub(crate) fn is_uri(text: &str) -> bool {
    let first = text.split(['/', '?', '#']).next().unwrap_or(text);
    if let Some((scheme, _)) = first.split_once(':')
        && !(is_scheme(scheme) && scheme.len() + 1 < text.len())
    {
        return false;
    }
    let mut fragments = 0;
    let bytes = text.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'#' => fragments += 1,
            b'%' if !bytes.get(index + 1..index + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)) => {
                return false;
            }
            _ => {}
        }
    }
    fragments <= 1
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_xml() {
        for good in ["a", "_a", "a-b.c", "Име", "a1", "\u{10000}", "a\u{b7}"] {
            assert!(is_ncname(good), "{good}");
        }
        for bad in ["", "1a", "-a", ".a", "a b", "a:b", "a\u{d7}", "\u{300}a"] {
            assert!(!is_ncname(bad), "{bad}");
        }
        assert!(is_name("a:b:c") && is_name(":") && !is_name("1"));
        assert!(is_nmtoken("1-2") && !is_nmtoken("") && !is_nmtoken("a b"));
    }

    #[test]
    fn a_qualified_name_has_one_colon_at_most() {
        assert_eq!(qname("p:a"), Some(("p", "a")));
        assert_eq!(qname("a"), Some(("", "a")));
        for bad in ["", ":", "a:", ":a", "a:b:c", "1:a", "a:1", "a :b"] {
            assert_eq!(qname(bad), None, "{bad}");
        }
    }

    #[test]
    fn languages_have_parts_of_one_to_eight() {
        for good in ["bg", "bg-BG", "x-klingon", "en-a1-b2", "abcdefgh-12345678"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["", "b-", "-b", "abcdefghi", "b1", "bg--BG", "bg_BG", "bg-123456789"] {
            assert!(!is_language(bad), "{bad}");
        }
    }

    #[test]
    fn nearly_everything_is_a_uri() {
        for good in [
            "",
            "http://пример.бг/път с интервал?q=<>",
            "urn:a:b#c",
            "../x",
            "%41",
            "a|b{c}",
            "/:a",
            "?:",
            "//",
            "\\\\a",
        ] {
            assert!(is_uri(good), "{good}");
        }
        for bad in ["%", "%4", "%zz", "a#b#c", ":a", "b:", "1:a", "схема:a"] {
            assert!(!is_uri(bad), "{bad}");
        }
    }

    #[test]
    fn the_tables_of_name_characters_are_sorted() {
        for table in [START, ALL] {
            assert!(table.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }
}
