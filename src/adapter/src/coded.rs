//! What went wrong in a backend, before it is told: a code of its catalogue, what fills the text, and what a caller may do.

use kapia_language::{Catalogue, Language};

use crate::failure::{AdapterError, Fault};
use crate::message::Message;
use crate::problem::Problem;

/// A code with the values of its text: names, numbers and rules, never what an argument, a row or an answer holds.
///
/// As it is made the fault is the register's, and does not pass by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coded {
    /// The code in the catalogue.
    pub code: &'static str,
    /// Who has to do something about it.
    pub side: Fault,
    /// Whether the same call can succeed later.
    pub retryable: bool,
    catalogue: &'static Catalogue,
    values: Vec<(&'static str, [String; 2])>,
}

impl Coded {
    /// A code of a catalogue, without values.
    pub fn new(catalogue: &'static Catalogue, code: &'static str) -> Coded {
        Coded { code, side: Fault::Register, retryable: false, catalogue, values: Vec::new() }
    }

    /// A value in English and in Bulgarian.
    pub fn fill(&mut self, name: &'static str, value: [String; 2]) {
        self.values.push((name, value));
    }

    /// Whether it has a value of this name.
    pub fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(known, _)| *known == name)
    }

    /// The text.
    pub fn message(&self) -> Message {
        self.texts(|language, values| self.catalogue.message(self.code, language, values))
    }

    /// What to do about it.
    pub fn hint(&self) -> Message {
        self.texts(|language, values| self.catalogue.hint(self.code, language, values))
    }

    /// What asking gives; `message` in the place of the catalogue's, if there is one.
    pub fn into_error(self, message: Option<Message>) -> AdapterError {
        AdapterError {
            side: self.side,
            code: self.code,
            retryable: self.retryable,
            message: message.unwrap_or_else(|| self.message()),
            hint: self.hint(),
        }
    }

    /// What reading a package gives.
    pub fn into_problem(self) -> Problem {
        Problem { code: self.code, file: None, line: None, cause: self.message(), hint: self.hint() }
    }

    fn texts(&self, text: impl Fn(Language, &[(&str, &str)]) -> String) -> Message {
        let one = |language: Language| {
            let values = self.values.iter();
            let values: Vec<(&str, &str)> =
                values.map(|(name, [en, bg])| (*name, language.pick(en.as_str(), bg))).collect();
            text(language, &values)
        };
        Message::new(one(Language::English), one(Language::Bulgarian))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_language::{Entry, entry};

    const ENTRIES: &[Entry] =
        &[entry("x-lost", ["{what} is lost", "{what} липсва"], ["find {what}", "намерете {what}"])];

    #[test]
    fn a_code_is_told_in_both_languages_with_its_values() {
        let mut coded = Coded::new(&Catalogue(ENTRIES), "x-lost");
        assert!(!coded.has("what"));
        coded.fill("what", ["the key".to_owned(), "ключът".to_owned()]);
        coded.retryable = true;
        let error = coded.clone().into_error(None);
        assert_eq!((error.code, error.side, error.retryable), ("x-lost", Fault::Register, true));
        assert_eq!((&*error.message.en, &*error.hint.bg), ("the key is lost", "намерете ключът"));
        let problem = coded.clone().into_problem();
        assert_eq!((problem.code, &*problem.cause.bg), ("x-lost", "ключът липсва"));
        assert_eq!(&*coded.into_error(Some(Message::new("own", "свое"))).message.en, "own");
    }
}
