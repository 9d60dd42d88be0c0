//! Every word on a page that is not of a record, in English and Bulgarian.

mod errors;
mod labels;
mod problems;
mod words;

use kapia_language::{Catalogue, Language};

pub(crate) use errors::ERRORS;
pub(crate) use labels::label;
pub(crate) use problems::PROBLEMS;

/// The words of pages.
pub(crate) const WORDS: Catalogue = Catalogue(words::WORDS);

/// The text of a key, with values by name.
pub(crate) fn say(key: &str, language: Language, values: &[(&str, &str)]) -> String {
    WORDS.message(key, language, values)
}

/// The text for a number of things: `{key}-one` for one, `{key}-many` otherwise, with the number as `{count}`.
pub(crate) fn count(key: &str, language: Language, number: u64) -> String {
    let form = if number == 1 { "one" } else { "many" };
    let separator = language.pick(",", "\u{a0}");
    let shown = crate::money::grouped(i64::try_from(number).unwrap_or(i64::MAX), separator);
    say(&format!("{key}-{form}"), language, &[("count", &shown)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_exists_in_both_languages() {
        assert!(WORDS.defects().is_empty(), "{:?}", WORDS.defects());
        assert!(ERRORS.defects().is_empty(), "{:?}", ERRORS.defects());
        assert!(PROBLEMS.defects().is_empty(), "{:?}", PROBLEMS.defects());
        assert!(labels::LABELS.defects().is_empty(), "{:?}", labels::LABELS.defects());
    }

    #[test]
    fn every_text_is_said_somewhere() {
        fn sources(folder: &std::path::Path, out: &mut String) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    sources(&path, out);
                } else if !path.ends_with("text/words.rs") {
                    out.push_str(&std::fs::read_to_string(&path).unwrap());
                }
            }
        }
        let mut all = String::new();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        sources(&root.join("src"), &mut all);
        sources(&root.join("templates"), &mut all);
        for entry in WORDS.0 {
            let key = entry.code.trim_end_matches("-one").trim_end_matches("-many");
            assert!(all.contains(&format!("\"{key}\"")), "{key} is said nowhere");
        }
    }

    #[test]
    fn one_thing_is_not_said_as_many_are() {
        assert_eq!(count("services", Language::English, 1), "1 service");
        assert_eq!(count("services", Language::Bulgarian, 1), "1 услуга");
        assert_eq!(count("services", Language::English, 1234), "1,234 services");
        assert_eq!(count("services", Language::Bulgarian, 1234), "1\u{a0}234 услуги");
    }
}
