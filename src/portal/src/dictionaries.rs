//! Code lists: those of the contract and of the state's registers, and tables that an installation adds.
//!
//! A table is TOML:
//!
//! ```toml
//! [[dictionary]]
//! name = "LifeEvent"
//! version = "2026-01"
//! title = { bg = "Житейско събитие", en = "Life event" }
//! code = [ { code = "0006-000201", bg = "Раждане на дете", en = "Birth of a child" } ]
//! ```
//!
//! Codes of a list that is known already are added to it; `replace = true` puts the table in its place, as its newest
//! version. A list without any code is open: it accepts every code.

mod builtin;

use serde::Deserialize;

/// All code lists of an installation.
#[derive(Clone, Debug)]
pub struct Dictionaries {
    lists: Vec<Dictionary>,
}

/// One version of one code list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dictionary {
    /// The name by which `GetNomenclature` asks for it.
    pub name: String,
    /// The version.
    pub version: String,
    /// What people call it.
    pub title: Title,
    /// The codes, in order.
    pub codes: Vec<Entry>,
    form: Form,
}

/// A text in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Title {
    /// In Bulgarian.
    #[serde(rename = "bg")]
    pub bulgarian: String,
    /// In English.
    #[serde(rename = "en")]
    pub english: String,
}

/// One code.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The code.
    pub code: String,
    /// Its meaning in Bulgarian.
    pub bg: String,
    /// Its meaning in English; may be empty.
    #[serde(default)]
    pub en: String,
}

/// How codes of a list look: what looks otherwise is refused by an open list and is never repeated in a fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// `0006-000076`: four digits, a hyphen, six digits.
    Registered,
    /// Two or three letters.
    Letters,
    /// Three capital letters and this many digits (EKATTE: districts, municipalities).
    Territory(usize),
    /// Five digits, or with a hyphen and two more (EKATTE: settlements, areas).
    Place,
    /// Anything; never repeated.
    Word,
}

/// Whether a code may be repeated to the one who sent it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// As it is.
    Whole,
    /// Not at all.
    Elided,
}

/// Why a table of code lists cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DictionaryError {
    /// The table is no TOML of the expected form.
    #[error("the table of code lists cannot be read: {0}")]
    Malformed(#[from] toml::de::Error),
    /// A code occurs twice in one list.
    #[error("the code list {list} has the code {code} twice; leave one of them out")]
    Twice {
        /// The list.
        list: String,
        /// The code.
        code: String,
    },
    /// A code is empty or has blanks at its ends.
    #[error("the code list {list} has an empty code or one with outer blanks")]
    Blank {
        /// The list.
        list: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    dictionary: Vec<Added>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Added {
    name: String,
    version: String,
    title: Option<Title>,
    #[serde(default)]
    replace: bool,
    #[serde(default)]
    code: Vec<Entry>,
}

impl Default for Dictionaries {
    fn default() -> Dictionaries {
        Dictionaries::builtin()
    }
}

impl Dictionaries {
    /// The lists that are known from the contract and from the state's registers.
    pub fn builtin() -> Dictionaries {
        Dictionaries { lists: builtin::lists() }
    }

    /// These lists with a table of an installation added.
    pub fn with_table(mut self, text: &str) -> Result<Dictionaries, DictionaryError> {
        let table: Table = toml::from_str(text)?;
        for added in table.dictionary {
            if added.code.iter().any(|entry| entry.code.is_empty() || entry.code.trim() != entry.code) {
                return Err(DictionaryError::Blank { list: added.name });
            }
            let known = self.find(&added.name, None).cloned();
            let mut list = Dictionary {
                title: added
                    .title
                    .or_else(|| known.as_ref().map(|known| known.title.clone()))
                    .unwrap_or_else(|| Title { bulgarian: added.name.clone(), english: added.name.clone() }),
                form: known.as_ref().map_or(Form::Word, |known| known.form),
                codes: known.map(|known| known.codes).filter(|_| !added.replace).unwrap_or_default(),
                name: added.name,
                version: added.version,
            };
            for entry in added.code {
                if list.codes.iter().any(|other| other.code == entry.code) {
                    return Err(DictionaryError::Twice { list: list.name, code: entry.code });
                }
                list.codes.push(entry);
            }
            self.lists.retain(|other| other.name != list.name || other.version != list.version);
            self.lists.push(list);
        }
        Ok(self)
    }

    /// The newest version of a list, or the one asked for; names are compared without regard to case.
    pub fn find(&self, name: &str, version: Option<&str>) -> Option<&Dictionary> {
        self.lists
            .iter()
            .rev()
            .find(|list| list.name.eq_ignore_ascii_case(name) && version.is_none_or(|version| list.version == version))
    }

    /// The names of all lists.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.lists.iter().map(|list| list.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Dictionary {
    /// Whether the code may be used.
    pub fn accepts(&self, code: &str) -> bool {
        if self.codes.is_empty() {
            return self.form.holds(code);
        }
        self.codes.iter().any(|entry| entry.code == code)
    }

    /// Whether the code may be repeated in a fault: only what looks like a code of this list.
    pub fn shown(&self, code: &str) -> Shown {
        if self.form != Form::Word && self.form.holds(code) { Shown::Whole } else { Shown::Elided }
    }
}

impl Form {
    fn holds(self, code: &str) -> bool {
        let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Form::Registered => code.split_once('-').is_some_and(|(owner, own)| digits(owner, 4) && digits(own, 6)),
            Form::Letters => matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_alphabetic()),
            Form::Territory(count) => {
                code.is_char_boundary(3) && code.len() >= 3 && {
                    let (letters, number) = code.split_at(3);
                    letters.bytes().all(|byte| byte.is_ascii_uppercase()) && digits(number, count)
                }
            }
            Form::Place => match code.split_once('-') {
                Some((settlement, area)) => digits(settlement, 5) && digits(area, 2),
                None => digits(code, 5),
            },
            Form::Word => !code.trim().is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_of_the_contract_are_known_in_both_languages() {
        let lists = Dictionaries::builtin();
        for name in lists.names() {
            let list = lists.find(name, None).unwrap();
            assert!(!list.title.bulgarian.is_empty() && !list.title.english.is_empty());
            for entry in &list.codes {
                assert!(!entry.bg.is_empty() && !entry.en.is_empty(), "{name} {}", entry.code);
            }
        }
        let channel = lists.find("channeltype", None).unwrap();
        assert!(channel.accepts("0006-000077") && !channel.accepts("0006-999999"));
        assert_eq!(channel.shown("0006-999999"), Shown::Whole);
        assert_eq!(channel.shown("8001014509"), Shown::Elided);
        assert!(lists.find("Language", None).unwrap().accepts("bg"));
    }

    #[test]
    fn a_table_adds_codes_and_may_replace_a_list() {
        let table = r#"
            [[dictionary]]
            name = "ChannelType"
            version = "2"
            code = [ { code = "0006-000090", bg = "ново", en = "new" } ]
            [[dictionary]]
            name = "LifeEvent"
            version = "1"
            replace = true
            code = [ { code = "A", bg = "а" } ]
        "#;
        let lists = Dictionaries::builtin().with_table(table).unwrap();
        let channel = lists.find("ChannelType", None).unwrap();
        assert!(channel.accepts("0006-000090") && channel.accepts("0006-000076"));
        assert!(!lists.find("ChannelType", Some("1")).unwrap().accepts("0006-000090"));
        let event = lists.find("LifeEvent", None).unwrap();
        assert!(event.accepts("A") && !event.accepts("B"));
    }

    #[test]
    fn a_wrong_table_is_refused_with_its_cause() {
        let twice = "[[dictionary]]\nname='X'\nversion='1'\ncode=[{code='a',bg='x'},{code='a',bg='y'}]";
        assert!(matches!(Dictionaries::builtin().with_table(twice), Err(DictionaryError::Twice { .. })));
        let blank = "[[dictionary]]\nname='X'\nversion='1'\ncode=[{code=' a',bg='x'}]";
        assert!(matches!(Dictionaries::builtin().with_table(blank), Err(DictionaryError::Blank { .. })));
        assert!(Dictionaries::builtin().with_table("dictionary = 1").is_err());
    }

    #[test]
    fn an_open_list_takes_what_has_its_form() {
        let lists = Dictionaries::builtin();
        for (list, good, bad) in [
            ("EkatteDistrict", "SOF", "София"),
            ("EkatteMunicipality", "SOF46", "SOF4"),
            ("EkatteSettlement", "68134", "6813"),
            ("EkatteArea", "68134-01", "68134-1"),
        ] {
            let list = lists.find(list, None).unwrap();
            assert!(list.accepts(good) && !list.accepts(bad), "{}", list.name);
        }
    }
}
