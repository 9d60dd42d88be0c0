//! Names that look alike but are written with letters of two alphabets: real schemas have Cyrillic letters in Latin names,
//! and who types the name anew cannot see why it is refused.

/// The expected name that only looks like this one, and the first character of it that is another letter: its place from 1
/// and its code point.
pub(super) fn lookalike<'e>(name: &str, expected: impl Iterator<Item = &'e str>) -> Option<[String; 3]> {
    for candidate in expected {
        if candidate == name || !candidate.chars().map(shape).eq(name.chars().map(shape)) {
            continue;
        }
        let differing = candidate.chars().zip(name.chars()).enumerate().find(|(_, (one, other))| one != other);
        if let Some((at, (letter, _))) = differing {
            return Some([candidate.to_owned(), (at + 1).to_string(), described(letter)]);
        }
    }
    None
}

fn described(letter: char) -> String {
    let alphabet = match letter {
        '\u{400}'..='\u{52f}' => " Cyrillic",
        '\u{370}'..='\u{3ff}' => " Greek",
        c if c.is_ascii() => " Latin",
        _ => "",
    };
    format!("U+{:04X}{alphabet}", u32::from(letter))
}

/// The Latin letter that a Cyrillic or Greek one looks like.
fn shape(letter: char) -> char {
    match letter {
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'С' => 'C',
        'Е' | 'Ε' => 'E',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' => 'I',
        'Ј' => 'J',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'Ѕ' => 'S',
        'Т' | 'Τ' => 'T',
        'Х' | 'Χ' => 'X',
        'У' | 'Υ' | 'Ү' => 'Y',
        'Ζ' => 'Z',
        'а' | 'α' => 'a',
        'с' => 'c',
        'ԁ' => 'd',
        'е' => 'e',
        'һ' => 'h',
        'і' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'у' | 'γ' => 'y',
        'ν' => 'v',
        'х' | 'χ' => 'x',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_another_alphabet_are_pointed_out() {
        let found = lookalike("Employer", ["Name", "Еmployer"].into_iter());
        assert_eq!(found, Some(["Еmployer", "1", "U+0415 Cyrillic"].map(str::to_owned)));
        let found = lookalike("Соde", ["Code"].into_iter());
        assert_eq!(found, Some(["Code", "1", "U+0043 Latin"].map(str::to_owned)));
    }

    #[test]
    fn the_same_name_and_another_name_are_no_lookalikes() {
        assert_eq!(lookalike("Code", ["Code", "Cod", "Codes", "Kode"].into_iter()), None);
    }
}
