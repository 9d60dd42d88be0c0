//! White space processing (Part 2 §4.3.6).

use std::borrow::Cow;

/// What happens to white space before a literal is judged; a later one is narrower.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum WhiteSpace {
    /// Nothing.
    Preserve,
    /// Tabs and line ends become spaces.
    Replace,
    /// As `Replace`; then runs become one space, and ends are cut.
    Collapse,
}

impl WhiteSpace {
    /// The facet's value as written in schemas.
    pub fn name(self) -> &'static str {
        match self {
            WhiteSpace::Preserve => "preserve",
            WhiteSpace::Replace => "replace",
            WhiteSpace::Collapse => "collapse",
        }
    }

    pub(super) fn by_name(name: &str) -> Option<WhiteSpace> {
        [WhiteSpace::Preserve, WhiteSpace::Replace, WhiteSpace::Collapse].into_iter().find(|space| space.name() == name)
    }

    /// The literal after processing; copied only if something inside changes.
    pub fn apply(self, raw: &str) -> Cow<'_, str> {
        match self {
            WhiteSpace::Preserve => Cow::Borrowed(raw),
            WhiteSpace::Replace if raw.contains(['\t', '\n', '\r']) => Cow::Owned(raw.replace(['\t', '\n', '\r'], " ")),
            WhiteSpace::Replace => Cow::Borrowed(raw),
            WhiteSpace::Collapse => {
                let trimmed = raw.trim_matches(SPACE);
                if is_collapsed(trimmed) {
                    Cow::Borrowed(trimmed)
                } else {
                    Cow::Owned(words(trimmed).collect::<Vec<_>>().join(" "))
                }
            }
        }
    }
}

/// The parts between white space: the items of a list.
pub(super) fn words(raw: &str) -> impl Iterator<Item = &str> {
    raw.split(SPACE).filter(|word| !word.is_empty())
}

const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

fn is_collapsed(trimmed: &str) -> bool {
    let mut after_space = false;
    trimmed.bytes().all(|byte| match byte {
        b'\t' | b'\n' | b'\r' => false,
        b' ' => !std::mem::replace(&mut after_space, true),
        _ => {
            after_space = false;
            true
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_that_needs_no_change_is_not_copied() {
        for space in [WhiteSpace::Preserve, WhiteSpace::Replace, WhiteSpace::Collapse] {
            assert!(matches!(space.apply("а б"), Cow::Borrowed("а б")));
        }
        assert!(matches!(WhiteSpace::Collapse.apply("\r\n а б\t "), Cow::Borrowed("а б")));
    }

    #[test]
    fn only_the_four_spaces_of_xml_are_white() {
        assert_eq!(WhiteSpace::Replace.apply("a\tb\r\nc"), "a b  c");
        assert_eq!(WhiteSpace::Collapse.apply(" a\tb \r\nc "), "a b c");
        assert_eq!(WhiteSpace::Collapse.apply("\u{a0}a\u{2003}"), "\u{a0}a\u{2003}");
        assert_eq!(WhiteSpace::Collapse.apply(" \n "), "");
    }
}
