//! Text that may stand on paper: no control, direction or invisible characters, so that what is read is what was sent.

use std::borrow::Cow;

/// The text without characters that have no place on paper: control characters become spaces (line feeds stay), direction
/// marks (UAX #9 §2), zero-width characters and soft hyphens go, private and unassigned ones become U+FFFD.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| matches!(fate(c), Fate::Keep)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match fate(c) {
            Fate::Keep => out.push(c),
            Fate::Space => out.push(' '),
            Fate::Drop => {}
            Fate::Replace => out.push(char::REPLACEMENT_CHARACTER),
        }
    }
    Cow::Owned(out)
}

enum Fate {
    Keep,
    Space,
    Drop,
    Replace,
}

fn fate(c: char) -> Fate {
    match c {
        '\n' => Fate::Keep,
        '\r' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' => Fate::Drop,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => Fate::Drop,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' | '\u{fff9}'..='\u{fffb}' => Fate::Drop,
        '\u{2028}' | '\u{2029}' => Fate::Space,
        c if c.is_control() => Fate::Space,
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => Fate::Replace,
        c if u32::from(c) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c) => Fate::Replace,
        _ => Fate::Keep,
    }
}

/// One line: cleaned, every run of white space one space.
pub(crate) fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_mark_cannot_turn_a_text_around() {
        assert_eq!(clean("сума \u{202e}0001\u{202c} лв."), "сума 0001 лв.");
    }

    #[test]
    fn controls_become_spaces_and_private_characters_become_replacements() {
        assert_eq!(clean("a\tb\u{0}c\u{e000}d\u{10ffff}e"), "a b c\u{fffd}d\u{fffd}e");
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(clean("Каменен праг № 5 „А“\nвтори ред"), Cow::Borrowed(_)));
    }
}
