//! Every text of this crate that a person can receive.

mod answering;
mod loading;

use kapia_language::{Catalogue, Entry};

pub(crate) const CATALOGUE: Catalogue = Catalogue(&ENTRIES);

const ENTRIES: [Entry; answering::ENTRIES.len() + loading::ENTRIES.len()] = {
    let mut all = [answering::ENTRIES[0]; answering::ENTRIES.len() + loading::ENTRIES.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < answering::ENTRIES.len() {
            answering::ENTRIES[at]
        } else {
            loading::ENTRIES[at - answering::ENTRIES.len()]
        };
        at += 1;
    }
    all
};

const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

#[cfg(test)]
mod tests {
    use super::CATALOGUE;

    #[test]
    fn every_text_exists_in_both_languages() {
        assert_eq!(CATALOGUE.defects(), Vec::<String>::new());
    }

    #[test]
    fn every_code_that_the_sources_name_is_in_the_catalogue_and_the_other_way_round() {
        let mut named = std::collections::BTreeSet::new();
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() || path.ends_with("text.rs") {
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for (at, _) in source.match_indices("\"web-") {
                named.insert(source[at + 1..].split('"').next().unwrap().to_owned());
            }
        }
        let known = super::ENTRIES.iter().map(|entry| entry.code.to_owned()).collect();
        assert_eq!(named, known);
    }
}
