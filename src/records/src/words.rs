//! Words as people search them: small letters, without what only marks their place in a sentence.

/// The most words of one question.
const MOST_TERMS: usize = 8;
/// The longest word of a question, in characters.
const LONGEST: usize = 40;
/// Shorter words stay as they are.
const SHORTEST_STEM: usize = 4;

/// Words between words, in both languages.
const SMALL: [&str; 34] = [
    "на", "за", "от", "в", "във", "с", "със", "и", "или", "по", "до", "при", "към", "без", "не", "се", "са", "е", "да",
    "че", "the", "a", "an", "of", "for", "to", "in", "on", "and", "or", "by", "with", "from", "is",
];

/// What Bulgarian words end with: articles and endings of number and gender, longest first.
const BULGARIAN: [&str; 27] = [
    "ията", "ието", "иите", "ията", "ите", "ият", "ата", "ята", "ото", "ето", "ият", "ове", "еве", "ия", "ие", "ии",
    "ът", "ят", "та", "а", "я", "о", "е", "и", "у", "ю", "ъ",
];
const ENGLISH: [&str; 4] = ["ies", "es", "s", "y"];

/// The words of a text, in small letters, with single spaces between them; everything else is a space.
pub(crate) fn folded(text: &str, out: &mut String) {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        // What nearly all letters are goes a short way: whole descriptions come through here.
        let small = match character {
            'а'..='я' | 'a'..='z' | '0'..='9' => character,
            'А'..='Я' => char::from_u32(u32::from(character) + 0x20).unwrap_or(character),
            'A'..='Z' => character.to_ascii_lowercase(),
            ' ' => {
                gap(out);
                continue;
            }
            _ => {
                character.to_lowercase().for_each(|small| fold(small, out));
                continue;
            }
        };
        // Some systems write й as и and a mark above it.
        if small == 'и' && characters.peek() == Some(&'\u{306}') {
            characters.next();
            out.push('й');
        } else {
            out.push(small);
        }
    }
    gap(out);
}

fn fold(small: char, out: &mut String) {
    if is_of_word(small) {
        out.push(small);
    } else if small != '\u{301}' {
        gap(out);
    }
}

fn gap(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

/// The words of a question, each once, in their order.
pub(crate) fn terms(text: &str) -> Vec<String> {
    let mut words = String::new();
    // A question is short; what comes after its first thousand characters is no question.
    folded(&text.chars().take(1000).collect::<String>(), &mut words);
    let mut terms: Vec<String> = Vec::new();
    let says_something = |word: &&str| !SMALL.contains(word);
    // Words that stand everywhere narrow nothing down; alone they are all that was asked.
    let all_small = !words.split_whitespace().any(|word| says_something(&word));
    for word in words.split_whitespace().filter(|word| all_small || says_something(word)) {
        let word: String = word.chars().take(LONGEST).collect();
        if !terms.contains(&word) {
            terms.push(word);
        }
        if terms.len() == MOST_TERMS {
            break;
        }
    }
    terms
}

/// How the word begins in all its forms: удостоверението, удостоверения, удостоверение → удостоверен.
pub(crate) fn stem(word: &str) -> &str {
    let cyrillic = word.chars().any(|letter| ('\u{400}'..='\u{52f}').contains(&letter));
    let endings: &[&str] = if cyrillic { &BULGARIAN } else { &ENGLISH };
    let long_enough = |stem: &&str| stem.chars().count() >= SHORTEST_STEM;
    let cut = |word| endings.iter().find_map(|ending| str::strip_suffix(word, ending).filter(long_enough));
    match cut(word) {
        // издаването, издаване → издаван
        Some(shorter) if cyrillic => cut(shorter).unwrap_or(shorter),
        Some(shorter) => shorter,
        None => word,
    }
}

// Only letters and digits that the index takes for such, too: Latin, Greek, Cyrillic.
fn is_of_word(character: char) -> bool {
    let known =
        matches!(character, '\0'..='\u{2af}' | '\u{370}'..='\u{481}' | '\u{48a}'..='\u{527}' | '\u{1e00}'..='\u{1eff}');
    known && character.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let mut out = String::new();
        folded(text, &mut out);
        out
    }

    #[test]
    fn case_punctuation_and_marks_make_no_difference() {
        assert_eq!(
            words("  Издаване на УДОСТОВЕРЕНИЕ (чл. 5, ал.2) – „ЕГН“"),
            "издаване на удостоверение чл 5 ал 2 егн "
        );
        assert_eq!(words("Мои\u{306}"), "мой ");
        assert_eq!(words("за\u{301}мък"), "замък ");
        assert_eq!(words("е-услуга\u{0}*\"'"), "е услуга ");
    }

    #[test]
    fn forms_of_a_word_have_one_beginning() {
        for form in ["удостоверение", "удостоверението", "удостоверения", "удостоверенията"]
        {
            assert_eq!(stem(form), "удостоверен", "{form}");
        }
        for form in ["издаване", "издаването"] {
            assert_eq!(stem(form), "издаван", "{form}");
        }
        for form in ["лиценз", "лиценза", "лицензи", "лицензът", "лицензите"] {
            assert_eq!(stem(form), "лиценз", "{form}");
        }
        for form in ["регистър", "данък", "дете", "id", "2835"] {
            assert_eq!(stem(form), form);
        }
        assert_eq!(
            [stem("certificates"), stem("permits"), stem("companies"), stem("company")],
            ["certificat", "permit", "compan", "compan"]
        );
    }

    #[test]
    fn small_words_are_passed_over_unless_nothing_else_was_asked() {
        assert_eq!(terms("Паркиране на хора с увреждания"), ["паркиране", "хора", "увреждания"]);
        assert_eq!(terms("certificate of the address"), ["certificate", "address"]);
        assert_eq!(terms("на за"), ["на", "за"]);
    }

    #[test]
    fn a_question_is_short() {
        let long = "дума ".repeat(100) + &(0..100).map(|number| format!("w{number} ")).collect::<String>();
        assert_eq!(terms(&long).len(), 8);
        assert_eq!(terms(&long)[0], "дума");
        assert_eq!(terms(&"я".repeat(5000))[0].chars().count(), 40);
        assert!(terms(" .,-").is_empty());
    }
}
