//! Texts for people, found by code.

mod catalogue;

use kapia_language::Catalogue;

pub(crate) const CATALOGUE: Catalogue = Catalogue(catalogue::ENTRIES);

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_exists_in_both_languages_with_the_same_values() {
        assert_eq!(super::CATALOGUE.defects(), [""; 0]);
    }
}
