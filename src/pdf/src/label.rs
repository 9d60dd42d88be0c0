//! What a field is called on paper: the first sentence of its documentation, or its name made readable.

use kapia_schema::Field;

use crate::printable::clean;

/// Characters of a label; the rest of a sentence that goes on longer is cut off at a word.
const LONGEST: usize = 160;

/// The label of a field, or of an element that the schema does not name.
pub(crate) fn label(field: Option<&Field>, local: &str) -> String {
    field.and_then(Field::documentation).and_then(first_sentence).unwrap_or_else(|| readable(local))
}

/// The first sentence or line of a documentation text without its full stop; `None` if nothing printable is in it.
fn first_sentence(documentation: &str) -> Option<String> {
    let mut text = String::new();
    for line in documentation.lines().map(|line| clean(line.trim())) {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            text = line;
        } else if line.chars().next().is_some_and(char::is_lowercase) {
            // A sentence that an editor has broken over lines.
            text.push(' ');
            text.push_str(&line);
        } else {
            break;
        }
        if text.len() > 8 * LONGEST {
            break;
        }
    }
    let text = shorten(cut_at_sentence(&text), LONGEST);
    let bare = text.trim_end_matches(['.', ':', ';', ',', ' ']);
    // `с.` and `гр.` keep what makes them an abbreviation.
    let last = bare.rsplit(' ').next().unwrap_or_default();
    let abbreviation = last.chars().count() <= 2 && last.chars().all(char::is_lowercase);
    let text = if abbreviation && text.starts_with(&format!("{bare}.")) { format!("{bare}.") } else { bare.to_owned() };
    text.chars().any(char::is_alphanumeric).then_some(text)
}

fn cut_at_sentence(text: &str) -> &str {
    for (at, c) in text.char_indices() {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        match c {
            // `гр. София` goes on, `Името. Празно, ако…` does not.
            '.' | '!' | '?' if ends_sentence(text.get(..at).unwrap_or_default(), rest) => {
                return text.get(..at).unwrap_or(text);
            }
            ';' if rest.starts_with(' ') => return text.get(..at).unwrap_or(text),
            _ => {}
        }
    }
    text
}

fn ends_sentence(before: &str, rest: &str) -> bool {
    let Some(after) = rest.strip_prefix(' ') else { return false };
    let last = before.rsplit(' ').next().unwrap_or_default();
    after.chars().next().is_some_and(char::is_uppercase) && last.chars().filter(|c| c.is_alphanumeric()).count() > 3
}

/// At most `most` characters, cut at a word if there is one, with an ellipsis.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    let Some((cut, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let head = text.get(..cut).unwrap_or(text);
    let head = match head.rfind(' ') {
        Some(space) if space > head.len() / 2 => head.get(..space).unwrap_or(head),
        _ => head,
    };
    format!("{}…", head.trim_end_matches(['.', ',', ';', ':', ' ']))
}

/// `PersonNames` → `Person names`, `EGN` → `EGN`, `XMLDataType` → `XML data type`.
fn readable(local: &str) -> String {
    let letters: Vec<char> = clean(local).chars().map(|c| if matches!(c, '_' | '-' | '.') { ' ' } else { c }).collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied().unwrap_or(' ');
        let after = letters.get(at + 1).copied().unwrap_or(' ');
        let starts = c.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && after.is_lowercase()));
        if (starts || c == ' ') && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c != ' ' {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    let mut text = String::new();
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            text.push(' ');
        }
        let initials = word.chars().count() > 1 && word.chars().all(|c| c.is_uppercase() || c.is_numeric());
        let mut characters = word.chars();
        match characters.next() {
            Some(first) if at == 0 => {
                text.extend(first.to_uppercase());
                text.push_str(characters.as_str());
            }
            _ if initials => text.push_str(word),
            _ => text.push_str(&word.to_lowercase()),
        }
    }
    shorten(if text.is_empty() { crate::words::EMPTY } else { &text }, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_the_first_sentence_without_its_full_stop() {
        let cases = [
            ("Кога е роден човекът.", "Кога е роден човекът"),
            ("Кога е починал човекът; липсва, ако е жив.", "Кога е починал човекът"),
            ("Населено място, например гр. София или с. Бояна.", "Населено място, например гр. София или с. Бояна"),
            ("\n      ЕГН на лицето\n      Десет цифри.\n", "ЕГН на лицето"),
            ("Име на лицето по\n  документ за самоличност", "Име на лицето по документ за самоличност"),
            ("Градът или селото, с означение гр. или с.", "Градът или селото, с означение гр. или с."),
            ("Името. Празно, ако не е вписано.", "Името"),
        ];
        for (documentation, label) in cases {
            assert_eq!(first_sentence(documentation).as_deref(), Some(label), "{documentation:?}");
        }
    }

    #[test]
    fn a_documentation_of_nothing_gives_no_label() {
        for empty in ["", "   \n ", "---", "\u{202e}\u{200b}", "..."] {
            assert_eq!(first_sentence(empty), None, "{empty:?}");
        }
    }

    #[test]
    fn a_long_label_is_cut_at_a_word() {
        let label = first_sentence(&"дълго ".repeat(1000)).unwrap();
        assert!(label.chars().count() <= LONGEST + 1 && label.ends_with("дълго…"), "{label}");
        assert_eq!(first_sentence(&"ж".repeat(100_000)).unwrap().chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_name_without_documentation_is_made_readable() {
        let cases = [
            ("PersonNames", "Person names"),
            ("EGN", "EGN"),
            ("EGNNumber", "EGN number"),
            ("personEGN", "Person EGN"),
            ("birth_date", "Birth date"),
            ("ИмеНаЛице", "Име на лице"),
            ("a", "A"),
        ];
        for (name, label) in cases {
            assert_eq!(readable(name), label);
        }
    }
}
