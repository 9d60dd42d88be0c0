//! Names that look like others: letters of two alphabets in one word.

use std::collections::BTreeSet;

use kapia_adapter::{Package, Side};

use crate::check;
use crate::listed::Listed;
use crate::record::Record;
use crate::report::Level;
use crate::text::finding;
use crate::unused::Found;

/// Letters of one word that belong to another alphabet than the rest: such a letter and the name of its alphabet, English
/// and Bulgarian; `None` when the word keeps to one alphabet. A word of Cyrillic letters that all look Latin, such as the
/// name of an operation, counts as mixed among Latin ones.
pub fn mixed_alphabets(name: &str) -> Option<(char, [&'static str; 2])> {
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    for word in &words {
        let latin = word.chars().filter(char::is_ascii_alphabetic).count();
        let other: Vec<char> = word.chars().filter(|c| alphabet(*c).is_some()).collect();
        if let (true, Some(letter)) = (latin > 0, other.first()) {
            return Some(match other.len() > latin {
                true => (word.chars().find(char::is_ascii_alphabetic)?, ["Latin", "латинска"]),
                false => (*letter, alphabet(*letter)?),
            });
        }
    }
    let latin_words = words.iter().filter(|word| word.chars().any(|c| c.is_ascii_alphabetic())).count();
    let disguised = words.iter().find(|word| {
        let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
        !letters.is_empty() && letters.iter().all(|letter| looks_latin(*letter))
    });
    let letter = disguised.filter(|_| latin_words > 0)?.chars().find(|c| looks_latin(*c))?;
    Some((letter, alphabet(letter)?))
}

fn alphabet(letter: char) -> Option<[&'static str; 2]> {
    match letter {
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A640}'..='\u{A69F}' => {
            Some(["Cyrillic", "кирилска"])
        }
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Some(["Greek", "гръцка"]),
        '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => Some(["fullwidth", "с пълна ширина"]),
        _ => None,
    }
}

/// Letters of other alphabets that cannot be told from Latin ones (Unicode TR 39, confusables).
fn looks_latin(letter: char) -> bool {
    "АВЕЅІЈКМНОРСТХУаеѕіјорсухԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧο".contains(letter)
}

/// A name as an eye sees it: letters that look Latin become Latin, in lower case.
pub(crate) fn seen(name: &str) -> String {
    const ALIKE: &[(&str, char)] = &[
        ("АаΑ", 'a'),
        ("ВΒ", 'b'),
        ("Сс", 'c'),
        ("ԁ", 'd'),
        ("ЕеΕ", 'e'),
        ("НΗ", 'h'),
        ("ІіΙ", 'i'),
        ("Јј", 'j'),
        ("КкΚ", 'k'),
        ("МмΜ", 'm'),
        ("Ν", 'n'),
        ("ОоΟο", 'o'),
        ("РрΡ", 'p'),
        ("ԛ", 'q'),
        ("Ѕѕ", 's'),
        ("ТтΤ", 't'),
        ("ХхΧ", 'x'),
        ("УуΥ", 'y'),
    ];
    let latin = |c: char| ALIKE.iter().find(|(letters, _)| letters.contains(c)).map_or(c, |(_, latin)| *latin);
    name.chars().map(latin).flat_map(char::to_lowercase).collect()
}

pub(crate) fn look(listed: &Listed, on_disk: &[Found], package: Option<&Package>, record: &mut Record) {
    let mut told = BTreeSet::new();
    let mut name_of =
        |name: &str, file: &str, line: Option<u32>, operation: Option<&str>, level, record: &mut Record| {
            record.look(check::LETTERS);
            let Some((letter, alphabet)) = mixed_alphabets(name) else { return };
            if !told.insert((name.to_owned(), file.to_owned())) {
                return;
            }
            let letter = letter.to_string();
            let same = |text: &str| kapia_adapter::Message::new(text, text);
            let values = [
                ("name", same(name)),
                ("letter", same(&letter)),
                ("alphabet", kapia_adapter::Message::new(alphabet[0], alphabet[1])),
            ];
            let found =
                crate::text::finding_in_both(check::LETTERS, "letters-mixed", &values).at(file, line).level(level);
            record.find(match operation {
                Some(operation) => found.of_operation(operation),
                None => found,
            });
        };
    if let Some((name, line)) = &listed.name {
        name_of(name, "adapter.toml", Some(*line), None, Level::Error, record);
    }
    for entry in &listed.operations {
        name_of(&entry.name, "adapter.toml", Some(entry.line), Some(&entry.name), Level::Error, record);
        // Consumers know the names of published schemas: those cannot be corrected without breaking them.
        for (root, line) in [&entry.request_root, &entry.response_root].into_iter().flatten() {
            name_of(root, "adapter.toml", Some(*line), Some(&entry.name), Level::Warning, record);
        }
    }
    // The names of data are chosen by what they hold; those of documents are written by hand into other files.
    for found in on_disk.iter().filter(|found| !found.is_below("XMLData")) {
        name_of(&found.path, &found.path, None, None, Level::Warning, record);
    }
    for operation in package.iter().flat_map(|package| &package.operations) {
        for side in [&operation.request, &operation.response] {
            for name in names_of(side) {
                name_of(&name, &side.schema_file, None, Some(operation.name.as_str()), Level::Warning, record);
            }
        }
    }
    let mut operations: Vec<(&str, String, u32)> =
        listed.operations.iter().map(|entry| (entry.name.as_str(), seen(&entry.name), entry.line)).collect();
    operations.sort_by(|a, b| a.1.cmp(&b.1).then(a.2.cmp(&b.2)));
    for pair in operations.windows(2) {
        if let [(one, seen_one, _), (other, seen_other, line)] = pair
            && seen_one == seen_other
            && one != other
        {
            let told = finding(check::OPERATION_ONCE, "operation-look-alike", &[("other", one)]);
            record.find(told.at("adapter.toml", *line).of_operation(other));
        }
    }
}

fn names_of(side: &Side) -> BTreeSet<String> {
    side.fields.walk(0).map(|field| field.local().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_two_alphabets_is_found_and_one_of_one_is_not() {
        let letter = |name: &str| mixed_alphabets(name).map(|(letter, names)| (letter, names[0]));
        assert_eq!(letter("A.IThingAPI.GеtThing"), Some(('е', "Cyrillic")));
        assert_eq!(letter("http://example.bg/Patents/АppNumberRequest"), Some(('А', "Cyrillic")));
        assert_eq!(letter("Справкa"), Some(('a', "Latin")));
        assert_eq!(letter("A.IThingAPI.СЕО"), Some(('С', "Cyrillic")));
        assert_eq!(letter("A.IThingAPI.GetThing_2"), None);
        assert_eq!(letter("Справка"), None);
        assert_eq!(letter("столичнабургас.xml"), None);
    }

    #[test]
    fn names_that_look_alike_are_the_same_to_an_eye() {
        assert_eq!(seen("GеtТhing"), seen("GetThing"));
        assert_ne!(seen("GetThing"), seen("GetThings"));
    }
}
