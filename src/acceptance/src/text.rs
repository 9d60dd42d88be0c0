//! The texts of the findings that are the checks' own.

mod catalogue;

use kapia_adapter::Message;
use kapia_language::{Catalogue, Language};

use crate::check::Check;
use crate::report::Finding;

const CATALOGUE: Catalogue = Catalogue(catalogue::ENTRIES);

/// A finding of a check, with the texts of its code.
pub(crate) fn finding(check: &'static Check, code: &'static str, values: &[(&str, &str)]) -> Finding {
    let same: Vec<(&str, Message)> = values.iter().map(|(name, value)| (*name, Message::new(*value, *value))).collect();
    finding_in_both(check, code, &same)
}

/// The same with values that differ by language.
pub(crate) fn finding_in_both(check: &'static Check, code: &'static str, values: &[(&str, Message)]) -> Finding {
    let english: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, &*value.en)).collect();
    let bulgarian: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, &*value.bg)).collect();
    let [english, bulgarian] = [english.as_slice(), bulgarian.as_slice()];
    let cause = Message::new(
        CATALOGUE.message(code, Language::English, english),
        CATALOGUE.message(code, Language::Bulgarian, bulgarian),
    );
    let hint = Message::new(
        CATALOGUE.hint(code, Language::English, english),
        CATALOGUE.hint(code, Language::Bulgarian, bulgarian),
    );
    Finding {
        check: check.code,
        code: code.to_owned(),
        level: check.level,
        operation: None,
        file: None,
        line: None,
        cause,
        hint,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_exists_in_both_languages_with_the_same_values() {
        assert_eq!(super::CATALOGUE.defects(), [""; 0]);
    }
}
