//! Texts for people, found by code.

mod catalogue;

use kapia_language::{Catalogue, Language};

const CATALOGUE: Catalogue = Catalogue(catalogue::ENTRIES);

pub(crate) fn message(code: &str, language: Language, values: &[(&str, &str)]) -> String {
    CATALOGUE.message(code, language, values)
}

pub(crate) fn hint(code: &str, language: Language) -> String {
    CATALOGUE.hint(code, language, &[])
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_exists_in_both_languages_with_the_same_values() {
        assert_eq!(super::CATALOGUE.defects(), [""; 0]);
    }
}
