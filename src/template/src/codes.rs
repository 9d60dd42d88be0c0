//! Code lists: named tables from the codes of a register to those of a document.

use std::collections::BTreeMap;

/// One table: code to code or text, both as text.
pub type CodeList = BTreeMap<String, String>;

/// The tables of a package by their names, for the function `code`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeLists(BTreeMap<String, CodeList>);

impl CodeLists {
    /// No tables.
    pub fn new() -> CodeLists {
        CodeLists::default()
    }

    /// One table more; it takes the place of one of the same name.
    pub fn insert(&mut self, name: impl Into<String>, list: CodeList) {
        self.0.insert(name.into(), list);
    }

    /// The table of this name.
    pub fn find(&self, name: &str) -> Option<&CodeList> {
        self.0.get(name)
    }

    /// The names of all tables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
