//! Texts for people, found by code.

mod catalogue;

use kapia_language::{Catalogue, Language};

const CATALOGUE: Catalogue = Catalogue(catalogue::ENTRIES);

pub(crate) fn message(code: &str, language: Language, values: &[(&str, &str)]) -> String {
    CATALOGUE.message(code, language, values)
}

pub(crate) fn hint(code: &str, language: Language, values: &[(&str, &str)]) -> String {
    CATALOGUE.hint(code, language, values)
}

/// The name of a kind of thing, such as `consumer`, in the language.
pub(crate) fn label(kind: &'static str, language: Language) -> &'static str {
    catalogue::LABELS.iter().find(|(known, _)| *known == kind).map_or(kind, |(_, names)| language.of(*names))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::denial::Reason;

    #[test]
    fn every_text_exists_in_both_languages_with_the_same_values() {
        // The languages put the refusal into the sentence at different places, one of them by itself.
        let defects: Vec<String> =
            CATALOGUE.defects().into_iter().filter(|defect| !defect.starts_with("step-refused:")).collect();
        assert_eq!(defects, [""; 0]);
    }

    #[test]
    fn every_denial_has_text_and_hint() {
        for reason in Reason::ALL {
            let entry = CATALOGUE.find(reason.code()).unwrap();
            assert!(entry.hint.iter().all(|hint| !hint.is_empty()), "{}", reason.code());
        }
    }
}
