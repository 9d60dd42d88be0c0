//! The two languages of every text that a person can receive, and catalogues of such texts.
//!
//! Every crate keeps its own texts; what they share is how a text is found by its code and how values are put into it.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod catalogue;
mod near;

pub use catalogue::{Catalogue, Entry, entry, joined, stray_codes};
pub use near::near_names;

/// A language in which texts exist.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Language {
    /// English, the language of `Display` and of logs.
    #[default]
    English,
    /// Bulgarian.
    Bulgarian,
}

impl Language {
    /// Both languages.
    pub const ALL: [Language; 2] = [Language::English, Language::Bulgarian];

    /// The one of two renderings that is in this language.
    pub fn pick<T>(self, english: T, bulgarian: T) -> T {
        match self {
            Language::English => english,
            Language::Bulgarian => bulgarian,
        }
    }

    /// The same for a pair, English first.
    pub fn of<T>(self, texts: [T; 2]) -> T {
        let [english, bulgarian] = texts;
        self.pick(english, bulgarian)
    }
}
