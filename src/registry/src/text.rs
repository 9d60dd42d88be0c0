//! The catalogue: every text of this crate that a person can receive, in English and Bulgarian.

mod catalogue;

use catalogue::{ENTRIES, LABELS};

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

pub(crate) fn hint(code: &str, language: Language, values: &[(&str, &str)]) -> String {
    find(code).map_or_else(String::new, |entry| fill(entry.hint[language as usize], values))
}

/// The name of a kind of thing, such as `consumer`, in the language.
pub(crate) fn label(kind: &'static str, language: Language) -> &'static str {
    LABELS.iter().find(|(known, _)| *known == kind).map_or(kind, |(_, names)| names[language as usize])
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
    use crate::denial::Reason;
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
            let [english, bulgarian] = entry.message;
            assert!(!english.is_empty() && cyrillic(bulgarian) && !cyrillic(english), "{}", entry.code);
            if entry.code == "step-refused" {
                continue;
            }
            assert_eq!(placeholders(english), placeholders(bulgarian), "{}", entry.code);
            let [english, bulgarian] = entry.hint;
            assert_eq!(english.is_empty(), bulgarian.is_empty(), "{}", entry.code);
            assert_eq!(placeholders(english), placeholders(bulgarian), "{}", entry.code);
            assert!(bulgarian.is_empty() || cyrillic(bulgarian), "{}", entry.code);
            for text in entry.message.iter().chain(&entry.hint) {
                assert!(!text.ends_with('.'), "{} ends with a full stop", entry.code);
            }
        }
    }

    #[test]
    fn codes_are_unique_and_every_denial_has_text_and_hint() {
        let codes: HashSet<&str> = ENTRIES.iter().map(|entry| entry.code).collect();
        assert_eq!(codes.len(), ENTRIES.len());
        for reason in Reason::ALL {
            let entry = find(reason.code()).unwrap();
            assert!(entry.hint.iter().all(|hint| !hint.is_empty()), "{}", reason.code());
        }
    }

    #[test]
    fn a_value_is_never_read_as_a_template() {
        assert_eq!(fill("a {x} b", &[("x", "{y}"), ("y", "wrong")]), "a {y} b");
        assert_eq!(fill("open {", &[]), "open {");
    }
}
