//! What stays on one line: abbreviations with what they introduce, the groups of a telephone number, numbers with their unit.

/// What belongs to the word after it.
const BEFORE: [&str; 25] = [
    "№",
    "§",
    "ул.",
    "бул.",
    "пл.",
    "гр.",
    "с.",
    "общ.",
    "обл.",
    "кв.",
    "ж.к.",
    "жк",
    "бл.",
    "вх.",
    "ет.",
    "ап.",
    "п.",
    "к.",
    "тел.",
    "факс",
    "чл.",
    "ал.",
    "т.",
    "буква",
    "стая",
];
/// What belongs to the word before it.
const AFTER: [&str; 7] = ["ч.", "г.", "лв.", "лв", "€", "к.", "ч.,"];

/// The text with spaces that do not break where a line must not end.
pub(crate) fn kept(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = "";
    for (place, word) in text.split(' ').enumerate() {
        if place > 0 {
            out.push(if belong_together(before, word) { '\u{a0}' } else { ' ' });
        }
        out.push_str(word);
        before = word;
    }
    out
}

fn belong_together(before: &str, after: &str) -> bool {
    let digit = |character: Option<char>| character.is_some_and(|character| character.is_ascii_digit());
    let numbers = digit(before.chars().next_back()) && digit(after.chars().next());
    let introduced = BEFORE.contains(&before.trim_start_matches(['(', '„', '"']));
    let unit = digit(before.chars().next_back()) && AFTER.contains(&after);
    !before.is_empty() && !after.is_empty() && (numbers || introduced || unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_ends_after_an_abbreviation_or_within_a_number() {
        for (text, expected) in [
            ("гр. София 1000, ул. „Портата“ № 1", "гр.~София 1000, ул.~„Портата“ №~1"),
            ("тел. 02 123 4567, факс 02 123 4568", "тел.~02~123~4567, факс~02~123~4568"),
            ("п. к. 1000, стая 5 и 6", "п.~к.~1000, стая~5 и 6"),
            ("Понеделник – петък, 9:00 – 17:30 ч.", "Понеделник – петък, 9:00 – 17:30~ч."),
            ("чл. 5, ал. 2, т. 3, буква „а“", "чл.~5, ал.~2, т.~3, буква~„а“"),
            ("обикновен текст без нищо", "обикновен текст без нищо"),
            ("", ""),
        ] {
            assert_eq!(kept(text).replace('\u{a0}', "~"), expected);
        }
    }

    #[test]
    fn nothing_but_spaces_changes() {
        for text in ["  две  и  три ", "тел.\n02 1", "№", " №  1"] {
            assert_eq!(kept(text).replace('\u{a0}', " "), text);
        }
    }
}
