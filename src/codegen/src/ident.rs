//! Rust names for XML names: ASCII, in the case that Rust wants, never a keyword.

use std::collections::HashSet;

/// Names longer than this are cut at a word.
const LONGEST: usize = 48;

/// The name of a type or variant: `SupplierEIK` → `SupplierEik`, `Мъж` → `Mazh`, `01` → `V01`.
pub fn upper_camel(name: &str) -> String {
    let mut out = String::new();
    for word in words(name) {
        if out.len() + word.len() > LONGEST && !out.is_empty() {
            break;
        }
        // Two numbers beside one another would become another number.
        if out.ends_with(|c: char| c.is_ascii_digit()) && word.starts_with(|c: char| c.is_ascii_digit()) {
            out.push('_');
        }
        let mut letters = word.chars();
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        out.extend(letters.take(LONGEST).map(|c| c.to_ascii_lowercase()));
    }
    match out.chars().next() {
        None => String::new(),
        Some(c) if c.is_ascii_digit() => format!("V{out}"),
        Some(_) if out == "Self" => "Self_".to_owned(),
        Some(_) => out,
    }
}

/// The name of a field, function or module: `SupplierEIK` → `supplier_eik`, `type` → `r#type`.
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    for word in words(name) {
        if out.len() + word.len() > LONGEST && !out.is_empty() {
            break;
        }
        if !out.is_empty() {
            out.push('_');
        }
        out.extend(word.chars().take(LONGEST).map(|c| c.to_ascii_lowercase()));
    }
    match out.chars().next() {
        None => "value".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("v{out}"),
        Some(_) if matches!(&*out, "self" | "super" | "crate") => format!("{out}_"),
        Some(_) if KEYWORDS.contains(&&*out) => format!("r#{out}"),
        Some(_) => out,
    }
}

/// Gives every name once: the second one gets a number.
#[derive(Default, Clone)]
pub struct Names(HashSet<String>);

impl Names {
    /// With names that nobody gets.
    pub fn without(reserved: &[&str]) -> Names {
        Names(reserved.iter().map(|&name| name.to_owned()).collect())
    }

    /// Whether the name is still free.
    pub fn is_free(&self, name: &str) -> bool {
        !self.0.contains(name)
    }

    /// The name itself, or with the first number that makes it free.
    pub fn take(&mut self, name: &str) -> String {
        let mut taken = name.to_owned();
        let mut number = 2;
        while !self.0.insert(taken.clone()) {
            let gap =
                if name.contains(|c: char| c.is_ascii_uppercase()) && !name.ends_with(|c: char| c.is_ascii_digit()) {
                    ""
                } else {
                    "_"
                };
            taken = format!("{}{gap}{number}", name.strip_prefix("r#").unwrap_or(name));
            number += 1;
        }
        taken
    }
}

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Splits at case changes and at everything that is no letter or digit: `IDNumberV2` → `ID`, `Number`, `V2`.
fn words(name: &str) -> Vec<String> {
    // One word, as everybody says it.
    let characters: Vec<char> = name.replace("RegiX", "Regix").chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &c) in characters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| characters.get(at)).copied();
        let after = characters.get(at + 1).copied();
        let starts = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || before.is_uppercase() && after.is_some_and(char::is_lowercase)
            });
        if starts || !c.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        latin(c, &mut word);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// The Transliteration Act of Bulgaria, Art. 3 to 6; other letters of the alphabet as their nearest relatives.
fn latin(c: char, out: &mut String) {
    let lower = c.to_lowercase().next().unwrap_or(c);
    let latin = match lower {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'ѝ' => "i",
        'й' | 'ь' | 'ы' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "h",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "sht",
        'ъ' => "a",
        'ю' => "yu",
        'я' => "ya",
        _ => {
            if c.is_ascii_alphanumeric() {
                out.push(c);
            }
            return;
        }
    };
    out.push_str(latin);
}

#[cfg(test)]
mod tests {
    use super::{Names, snake, upper_camel};

    #[test]
    fn acronyms_are_one_word() {
        assert_eq!([snake("SupplierEIK"), snake("EGN"), snake("IDNumberV2")], ["supplier_eik", "egn", "id_number_v2"]);
        assert_eq!([upper_camel("SupplierEIK"), upper_camel("EGN")], ["SupplierEik", "Egn"]);
        assert_eq!(upper_camel("pensionType_2-b.c"), "PensionType2BC");
    }

    #[test]
    fn bulgarian_is_written_as_the_law_says() {
        assert_eq!(
            [upper_camel("Мъж"), upper_camel("ЩЪРКЕЛ"), snake("ДатаНаРаждане")],
            ["Mazh", "Shtarkel", "data_na_razhdane"]
        );
        assert_eq!(upper_camel("Юридическо лице (с идеална цел)"), "YuridicheskoLitseSIdealnaTsel");
    }

    #[test]
    fn no_name_is_a_keyword_or_begins_with_a_digit() {
        assert_eq!([snake("type"), snake("Self"), snake("2A"), snake("+")], ["r#type", "self_", "v2_a", "value"]);
        assert_eq!(
            [upper_camel("Self"), upper_camel("01"), upper_camel("1.2"), upper_camel("")],
            ["Self_", "V01", "V1_2", ""]
        );
    }

    #[test]
    fn the_second_of_a_name_gets_a_number() {
        let mut names = Names::without(&["String"]);
        assert_eq!([names.take("String"), names.take("egn"), names.take("egn")], ["String2", "egn", "egn_2"]);
        assert_eq!([names.take("r#type"), names.take("r#type")], ["r#type", "type_2"]);
        assert_eq!([names.take("V1"), names.take("V1")], ["V1", "V1_2"]);
    }
}
