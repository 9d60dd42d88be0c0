//! Texts for people, found by code.

mod catalogue;

use kapia_adapter::Message;
use kapia_language::{Catalogue, Language};

pub(crate) const CATALOGUE: Catalogue = Catalogue(catalogue::ENTRIES);

/// A text of the catalogue in both languages.
pub(crate) fn message(code: &str, values: &[(&str, &str)]) -> Message {
    Message::new(
        CATALOGUE.message(code, Language::English, values),
        CATALOGUE.message(code, Language::Bulgarian, values),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_exists_in_both_languages_with_the_same_values() {
        assert_eq!(super::CATALOGUE.defects(), [""; 0]);
    }
}
