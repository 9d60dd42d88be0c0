//! The catalogue: every text of this crate that a person can receive, in English and Bulgarian.

mod catalogue;

use catalogue::ENTRIES;

/// Language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Bulgarian.
    Bulgarian,
}

impl Language {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::English, Self::Bulgarian];
}

/// One text and what to do about it, in both languages, with `{name}` where a value goes.
struct Entry {
    code: &'static str,
    message: [&'static str; 2],
    hint: [&'static str; 2],
}

pub(crate) fn message(code: &str, language: Language, values: &[(&str, &str)]) -> String {
    find(code).map_or_else(|| code.to_owned(), |entry| fill(entry.message[language as usize], values))
}

pub(crate) fn hint(code: &str, language: Language) -> String {
    find(code).map_or_else(String::new, |entry| entry.hint[language as usize].to_owned())
}

fn find(code: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.code == code)
}

// One pass over the template, so that a value that contains braces stays as it is.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = from.split_once('}') else {
            out.push('{');
            out.push_str(from);
            return out;
        };
        out.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn placeholders(template: &str) -> HashSet<&str> {
        template.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
    }

    fn cyrillic(text: &str) -> bool {
        text.chars().any(|character| ('\u{410}'..='\u{44F}').contains(&character))
    }

    #[test]
    fn every_text_exists_in_both_languages_with_the_same_values() {
        for entry in ENTRIES {
            for [english, bulgarian] in [entry.message, entry.hint] {
                assert!(!english.is_empty() && !cyrillic(english) && cyrillic(bulgarian), "{}", entry.code);
                assert_eq!(placeholders(english), placeholders(bulgarian), "{}", entry.code);
                assert!(!english.ends_with('.') && !bulgarian.ends_with('.'), "{}", entry.code);
            }
        }
    }

    #[test]
    fn codes_are_unique() {
        let codes: HashSet<&str> = ENTRIES.iter().map(|entry| entry.code).collect();
        assert_eq!(codes.len(), ENTRIES.len());
    }

    #[test]
    fn a_value_is_never_read_as_a_template() {
        assert_eq!(fill("a {x} b", &[("x", "{y}"), ("y", "wrong")]), "a {y} b");
    }
}
