//! Every text of this crate that a person can receive.

mod answering;
mod loading;

use kapia_language::{Catalogue, Entry, joined};

pub(crate) const CATALOGUE: Catalogue = Catalogue(&ENTRIES);

const ENTRIES: [Entry; answering::ENTRIES.len() + loading::ENTRIES.len()] =
    joined(answering::ENTRIES, loading::ENTRIES);

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::CATALOGUE;

    #[test]
    fn every_text_exists_in_both_languages() {
        assert_eq!(CATALOGUE.defects(), Vec::<String>::new());
    }

    #[test]
    fn every_code_that_the_sources_name_is_in_the_catalogue_and_the_other_way_round() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert_eq!(kapia_language::stray_codes(CATALOGUE, &sources, "web-"), Vec::<String>::new());
    }
}
