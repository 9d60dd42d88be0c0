//! What a kind of file is.

use std::time::Duration;

/// A kind of file: its mark, its tables, how it is written, and what people call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Store {
    /// The stable codes of its errors; made by [`codes!`](crate::codes).
    pub codes: Codes,
    /// What people call it.
    pub words: Words,
    /// Marks a file as one of this kind (`application_id` of SQLite).
    pub application: i64,
    /// The statements that bring a file from each version to the next, an empty file first; what was released never changes.
    pub steps: &'static [&'static str],
    /// How long to wait for another program that holds the file locked.
    pub patience: Duration,
    /// Settings of a connection that writes, in addition to those of every store.
    pub settings: &'static [(&'static str, i64)],
}

/// What people call a store, English first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// As the subject of a sentence: `the journal`, `дневникът`.
    pub subject: [&'static str; 2],
    /// After a verb or a preposition: `the journal`, `дневника`.
    pub object: [&'static str; 2],
    /// As a kind: `a journal`, `дневник`.
    pub kind: [&'static str; 2],
    /// What it means that it cannot be written: `calls are refused until then`.
    pub consequence: [&'static str; 2],
    /// How to check the file.
    pub check: [&'static str; 2],
}

/// The codes of the errors of one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the code of the trouble of its name")]
pub struct Codes {
    pub in_use: &'static str,
    pub foreign: &'static str,
    pub newer: &'static str,
    pub file: &'static str,
    pub full: &'static str,
    pub io: &'static str,
    pub busy: &'static str,
    pub storage: &'static str,
}

/// The [`Codes`] that begin with the name of a store: `codes!("journal")` has `journal-full` and the others.
#[macro_export]
macro_rules! codes {
    ($name:literal) => {
        $crate::Codes {
            in_use: concat!($name, "-in-use"),
            foreign: concat!($name, "-foreign"),
            newer: concat!($name, "-newer"),
            file: concat!($name, "-file"),
            full: concat!($name, "-full"),
            io: concat!($name, "-io"),
            busy: concat!($name, "-busy"),
            storage: concat!($name, "-storage"),
        }
    };
}
