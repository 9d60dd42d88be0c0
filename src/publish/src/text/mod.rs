//! Texts for people, found by code.

mod catalogue;

use kapia_language::{Catalogue, Language};

use crate::report::Told;

pub(crate) const CATALOGUE: Catalogue = Catalogue(catalogue::ENTRIES);

fn values<'v>(values: &'v [(&'static str, String)]) -> Vec<(&'v str, &'v str)> {
    values.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

pub(crate) fn message(code: &str, language: Language, given: &[(&'static str, String)]) -> String {
    CATALOGUE.message(code, language, &values(given))
}

pub(crate) fn hint(code: &str, language: Language, given: &[(&'static str, String)]) -> String {
    CATALOGUE.hint(code, language, &values(given))
}

/// Message and hint as a line of a report.
pub(crate) fn told(code: &str, given: &[(&'static str, String)]) -> Told {
    let text = |language| format!("{}; {}", message(code, language, given), hint(code, language, given));
    Told { code: code.to_owned(), bg: text(Language::Bulgarian), en: text(Language::English), fields: Vec::new() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_exists_in_both_languages_with_the_same_values() {
        assert_eq!(super::CATALOGUE.defects(), [""; 0]);
    }
}
