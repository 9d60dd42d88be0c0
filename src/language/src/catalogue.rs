use std::collections::BTreeSet;
use std::path::Path;

use crate::Language;

/// One text and what to do about it, English first, with `{name}` where a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The stable code by which the text is found.
    pub code: &'static str,
    /// The cause.
    pub message: [&'static str; 2],
    /// What to do; empty when there is nothing to do.
    pub hint: [&'static str; 2],
}

/// An entry.
pub const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

/// Two lists of entries as one; `N` is the length of both together.
pub const fn joined<const N: usize>(first: &[Entry], second: &[Entry]) -> [Entry; N] {
    let mut all = [entry("", ["", ""], ["", ""]); N];
    let mut at = 0;
    while at < N {
        all[at] = if at < first.len() { first[at] } else { second[at - first.len()] };
        at += 1;
    }
    all
}

/// The texts of one crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Catalogue(pub &'static [Entry]);

impl Catalogue {
    /// The entry of a code.
    pub fn find(self, code: &str) -> Option<&'static Entry> {
        self.0.iter().find(|entry| entry.code == code)
    }

    /// The cause, with values by name; the code itself when there is no such entry.
    pub fn message(self, code: &str, language: Language, values: &[(&str, &str)]) -> String {
        self.find(code).map_or_else(|| code.to_owned(), |entry| fill(language.of(entry.message), values))
    }

    /// What to do, with values by name; empty when there is no such entry.
    pub fn hint(self, code: &str, language: Language, values: &[(&str, &str)]) -> String {
        self.find(code).map_or_else(String::new, |entry| fill(language.of(entry.hint), values))
    }

    /// What is wrong with the catalogue: texts of one language only, different values, full stops, codes used twice.
    /// For a test of each crate: the list must be empty.
    pub fn defects(self) -> Vec<String> {
        let mut defects = Vec::new();
        for (at, entry) in self.0.iter().enumerate() {
            let mut note = |what: &str| defects.push(format!("{}: {what}", entry.code));
            if self.0[..at].iter().any(|earlier| earlier.code == entry.code) {
                note("the code is used twice");
            }
            if entry.message[0].is_empty() {
                note("there is no message");
            }
            for [english, bulgarian] in [entry.message, entry.hint] {
                if english.is_empty() != bulgarian.is_empty() {
                    note("a text exists in one language only");
                }
                if cyrillic(english) || !bulgarian.is_empty() && !cyrillic(bulgarian) {
                    note("a text is in the wrong language");
                }
                if placeholders(english) != placeholders(bulgarian) {
                    note("the languages name different values");
                }
                if english.ends_with('.') || bulgarian.ends_with('.') {
                    note("a text ends with a full stop");
                }
            }
        }
        defects
    }
}

/// For a test of each crate: codes beginning with `prefix` that stand in the sources below a folder without being in the
/// catalogue, and the other way round; folders and files named `text` hold the catalogue itself. The list must be empty.
pub fn stray_codes(catalogue: Catalogue, sources: &Path, prefix: &str) -> Vec<String> {
    let mut named = BTreeSet::new();
    let mut folders = vec![sources.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.file_stem().is_some_and(|name| name == "text") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap_or_default();
            for (at, opening) in source.match_indices(&format!("\"{prefix}")) {
                let code = source[at + opening.len()..].split('"').next().unwrap_or_default();
                named.insert(format!("{prefix}{code}"));
            }
        }
    }
    let known: BTreeSet<String> = catalogue.0.iter().map(|entry| entry.code.to_owned()).collect();
    named.symmetric_difference(&known).cloned().collect()
}

/// One pass over the template, so that a value that contains braces stays as it is.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = from.split_once('}') else {
            out.push('{');
            out.push_str(from);
            return out;
        };
        out.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn placeholders(template: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        template.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn cyrillic(text: &str) -> bool {
    text.chars().any(|character| ('\u{410}'..='\u{44F}').contains(&character))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Entry = Entry {
        code: "file-missing",
        message: ["the file {path} is missing", "файлът {path} липсва"],
        hint: ["create it", "създайте го"],
    };

    #[test]
    fn a_text_is_found_in_both_languages_with_its_values() {
        let catalogue = Catalogue(&[GOOD]);
        let values = [("path", "x.toml")];
        assert_eq!(catalogue.message("file-missing", Language::English, &values), "the file x.toml is missing");
        assert_eq!(catalogue.message("file-missing", Language::Bulgarian, &values), "файлът x.toml липсва");
        assert_eq!(catalogue.hint("file-missing", Language::Bulgarian, &[]), "създайте го");
        assert_eq!(catalogue.message("unheard-of", Language::English, &[]), "unheard-of");
        assert!(catalogue.defects().is_empty());
    }

    #[test]
    fn a_value_is_never_read_as_a_template() {
        assert_eq!(fill("a {x} b", &[("x", "{y}"), ("y", "wrong")]), "a {y} b");
        assert_eq!(fill("open {", &[]), "open {");
    }

    #[test]
    fn every_kind_of_defect_is_found() {
        const fn entry(message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
            Entry { code: "code", message, hint }
        }
        const DEFECTIVE: [Entry; 6] = [
            entry(["a", "б"], ["", ""]),
            entry(["a.", "б"], ["", ""]),
            entry(["a", "b"], ["", ""]),
            entry(["a {x}", "б {y}"], ["", ""]),
            entry(["a", "б"], ["only one", ""]),
            entry(["", ""], ["", ""]),
        ];
        let defects = Catalogue(&DEFECTIVE).defects();
        for expected in
            ["used twice", "full stop", "wrong language", "different values", "one language only", "no message"]
        {
            assert!(defects.iter().any(|defect| defect.contains(expected)), "{expected}: {defects:?}");
        }
    }
}
