//! A table of `adapter.toml` with the line of every key, and the reading of it that reports everything that is wrong at once.

mod references;

use std::fmt;

use toml::de::{DeTable, DeValue};

use crate::adapter::Sensitive;
use crate::advice::Advice;
use crate::message::Message;
use crate::problem::Problem;
use crate::trouble::Trouble;

pub use references::names_parameter;

/// One table of `adapter.toml`; `Debug` shows keys only, since values may be secrets.
#[derive(Clone)]
pub struct Section {
    title: String,
    line: u32,
    entries: Vec<Entry>,
}

#[derive(Clone)]
struct Entry {
    key: String,
    line: u32,
    value: Value,
    /// What stood there before values of parameters took the places of their names.
    written: Option<String>,
    /// Whether one of those parameters is a secret.
    secret: bool,
}

#[derive(Clone)]
enum Value {
    Text(String),
    Number(i64),
    Flag(bool),
    Texts(Vec<String>),
    /// A text with an expression about a parameter: only a template can make sense of it.
    Expression,
    Section(Section),
    Sections(Vec<Section>),
    Other(Message),
}

/// The value of a key that is free to choose.
#[derive(Clone, Copy, Debug)]
pub enum Free<'s> {
    /// A text that is not blank, without white space around it.
    Text(&'s str),
    /// A table.
    Section(&'s Section),
}

/// A secret out of `adapter.toml`.
#[derive(Clone, Debug)]
pub struct SecretText {
    /// The secret.
    pub value: Sensitive,
    /// Whether it stands in the file itself, for everybody who can read it.
    pub in_clear: bool,
    /// The line of the key, from 1.
    pub line: u32,
}

/// A value and the line of `adapter.toml` on which its key stands, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// The line.
    pub line: u32,
}

impl Section {
    /// Reads a whole file; on syntax errors all of them are returned.
    pub(crate) fn parse(text: &str) -> Result<Section, Vec<Problem>> {
        let (document, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(section(text, "adapter.toml", 1, document.get_ref()));
        }
        let syntax = |error: &toml::de::Error| {
            let line = line_of(text, error.span().map_or(0, |span| span.start));
            Problem::from(Trouble::ManifestSyntax { detail: error.message().to_owned() }).at("adapter.toml", line)
        };
        Err(errors.iter().take(10).map(syntax).collect())
    }

    /// The line on which the table begins, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Whether there is a key of this name.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// Begins to read; every key must be asked for before [`Keys::finish`], which reports the others as unknown.
    pub fn keys<'s, 'p>(&'s self, problems: &'p mut Vec<Problem>) -> Keys<'s, 'p> {
        Keys { section: self, asked: Vec::new(), all: false, problems }
    }
}

/// The reading of one [`Section`]: each question about a key records what is wrong with it.
pub struct Keys<'s, 'p> {
    section: &'s Section,
    asked: Vec<&'static str>,
    all: bool,
    problems: &'p mut Vec<Problem>,
}

impl<'s> Keys<'s, '_> {
    /// The line of a key that has been asked for, or is asked for by this, if it is there.
    pub fn line_of(&mut self, key: &'static str) -> Option<u32> {
        self.find(key).map(|entry| entry.line)
    }

    /// The line on which the table begins, from 1.
    pub fn line(&self) -> u32 {
        self.section.line
    }

    /// An optional text that is not blank; the value of a secret parameter is refused here, since nobody keeps it from being shown.
    pub fn text(&mut self, key: &'static str) -> Option<Located<String>> {
        let entry = self.find(key)?;
        self.shown(entry, key)?;
        self.plain_text(entry, key)
    }

    /// An optional text that is a secret.
    pub fn secret(&mut self, key: &'static str) -> Option<SecretText> {
        let entry = self.find(key)?;
        // White space around the value of a parameter belongs to it.
        let value = match (&entry.value, &entry.written) {
            (Value::Text(text), Some(_)) if !text.is_empty() => text.clone(),
            (Value::Number(number), Some(_)) => number.to_string(),
            _ => self.plain_text(entry, key)?.value,
        };
        Some(SecretText { value: Sensitive::new(value), in_clear: entry.written.is_none(), line: entry.line })
    }

    /// An optional text as it is written: `{{ … }}` in it is the business of whoever asks.
    pub fn written_text(&mut self, key: &'static str) -> Option<Located<String>> {
        let entry = self.find(key)?;
        match &entry.written {
            Some(written) if !written.is_empty() => {
                Some(Located { value: written.trim().to_owned(), line: entry.line })
            }
            _ => self.plain_text(entry, key),
        }
    }

    /// The same of a key that must be there.
    pub fn required_written_text(&mut self, key: &'static str) -> Option<Located<String>> {
        if self.require(key) { self.written_text(key) } else { None }
    }

    /// An optional text, number, or `true` or `false`, as a text.
    pub fn scalar(&mut self, key: &'static str) -> Option<Located<String>> {
        let entry = self.find(key)?;
        let value = match &entry.value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            _ => return self.wrong_type(entry, key, Message::new("a text or a number", "текст или число")),
        };
        Some(Located { value, line: entry.line })
    }

    /// An optional list of texts.
    pub fn texts(&mut self, key: &'static str) -> Option<Located<Vec<String>>> {
        let entry = self.find(key)?;
        match &entry.value {
            Value::Texts(texts) => Some(Located { value: texts.clone(), line: entry.line }),
            _ => self.wrong_type(entry, key, Message::new("a list of texts", "списък от текстове")),
        }
    }

    /// A text for people; a blank one is as if it were not there.
    pub fn description(&mut self, key: &'static str) -> Option<String> {
        let blank = matches!(&self.find(key)?.value, Value::Text(text) if text.trim().is_empty());
        if blank { None } else { self.text(key).map(|text| text.value) }
    }

    /// A text that must be there.
    pub fn required_text(&mut self, key: &'static str) -> Option<Located<String>> {
        if self.require(key) { self.text(key) } else { None }
    }

    /// An optional whole number within bounds.
    pub fn number(&mut self, key: &'static str, allowed: std::ops::RangeInclusive<u64>) -> Option<Located<u64>> {
        let entry = self.find(key)?;
        self.shown(entry, key)?;
        let Value::Number(number) = entry.value else {
            return self.wrong_type(entry, key, Message::new("a whole number", "цяло число"));
        };
        match u64::try_from(number).ok().filter(|number| allowed.contains(number)) {
            Some(value) => Some(Located { value, line: entry.line }),
            None => self.not_allowed(entry, key, format!("{}…{}", allowed.start(), allowed.end())),
        }
    }

    /// An optional `true` or `false`.
    pub fn flag(&mut self, key: &'static str) -> Option<Located<bool>> {
        let entry = self.find(key)?;
        self.shown(entry, key)?;
        match entry.value {
            Value::Flag(value) => Some(Located { value, line: entry.line }),
            _ => self.wrong_type(entry, key, Message::new("true or false", "true или false")),
        }
    }

    /// An optional text out of a fixed list.
    pub fn one_of<T: Copy>(&mut self, key: &'static str, allowed: &[(&'static str, T)]) -> Option<Located<T>> {
        let Located { value, line } = self.text(key)?;
        match allowed.iter().find(|(name, _)| *name == value) {
            Some((_, meaning)) => Some(Located { value: *meaning, line }),
            None => {
                let names: Vec<String> = allowed.iter().map(|(name, _)| format!("\"{name}\"")).collect();
                self.report(
                    line,
                    Trouble::KeyValue { section: self.section.title.clone(), key, allowed: names.join(", ") },
                )
            }
        }
    }

    /// An optional table below this one.
    pub fn section(&mut self, key: &'static str) -> Option<&'s Section> {
        let entry = self.find(key)?;
        match &entry.value {
            Value::Section(section) => Some(section),
            _ => self.wrong_type(entry, key, Message::new(format!("a table [{key}]"), format!("таблица [{key}]"))),
        }
    }

    /// A table that must be there.
    pub fn required_section(&mut self, key: &'static str) -> Option<&'s Section> {
        if self.require(key) { self.section(key) } else { None }
    }

    /// All tables of a list of tables; none if the key is not there.
    pub fn sections(&mut self, key: &'static str) -> &'s [Section] {
        let Some(entry) = self.find(key) else { return &[] };
        match &entry.value {
            Value::Sections(sections) => sections,
            _ => self
                .wrong_type(
                    entry,
                    key,
                    Message::new(format!("a list of tables [[{key}]]"), format!("списък от таблици [[{key}]]")),
                )
                .unwrap_or(&[]),
        }
    }

    /// An optional date such as `"2027-01-31"`.
    pub fn date(&mut self, key: &'static str) -> Option<Located<time::Date>> {
        let Located { value, line } = self.text(key)?;
        match time::Date::parse(&value, time::macros::format_description!("[year]-[month]-[day]")) {
            Ok(value) => Some(Located { value, line }),
            Err(_) => self.report(line, Trouble::DateShape { section: self.section.title.clone(), key }),
        }
    }

    /// All tables of a table whose keys are free.
    pub fn free_sections(&mut self) -> Vec<(&'s str, &'s Section)> {
        let section = self.section;
        let mut sections = Vec::new();
        for entry in &section.entries {
            match &entry.value {
                Value::Section(below) => sections.push((entry.key.as_str(), below)),
                _ => {
                    self.wrong_type::<()>(entry, "…", Message::new("a table", "таблица"));
                }
            }
        }
        sections
    }

    /// The same as [`Keys::free_texts`], as they are written: `{{ … }}` in them is the business of whoever asks.
    pub fn free_written_texts(&mut self) -> Vec<(&'s str, Located<&'s str>)> {
        let section = self.section;
        let mut texts = Vec::new();
        for entry in &section.entries {
            match &entry.written {
                Some(written) => texts.push((entry.key.as_str(), Located { value: written.trim(), line: entry.line })),
                None => texts.extend(self.free_text(entry)),
            }
        }
        texts
    }

    /// All keys of a table whose keys are free, each with a text; the key itself never appears in a problem, since it may be a personal identifier.
    pub fn free_texts(&mut self) -> Vec<(&'s str, Located<&'s str>)> {
        let section = self.section;
        section.entries.iter().filter_map(|entry| self.free_text(entry)).collect()
    }

    /// All keys of a table whose keys are free, each with a text or a table; the key itself never appears in a problem.
    pub fn free_entries(&mut self) -> Vec<(&'s str, Located<Free<'s>>)> {
        let mut found = Vec::new();
        for entry in &self.section.entries {
            if self.shown(entry, "…").is_none() {
                continue;
            }
            let value = match &entry.value {
                Value::Text(text) if !text.trim().is_empty() => Free::Text(text.trim()),
                Value::Section(section) => Free::Section(section),
                _ => {
                    let expected = Message::new("a text in quotes or a table", "текст в кавички или таблица");
                    self.wrong_type::<()>(entry, "…", expected);
                    continue;
                }
            };
            found.push((entry.key.as_str(), Located { value, line: entry.line }));
        }
        found
    }

    /// Records a problem at a line of this file.
    pub fn problem(&mut self, line: u32, problem: impl Into<Problem>) {
        self.problems.push(problem.into().at("adapter.toml", line));
    }

    /// What the table is called in messages, such as `[[operation]] at line 12`.
    pub fn title(&self) -> &str {
        &self.section.title
    }

    /// Lets every other key stand: it cannot be judged.
    pub(crate) fn ignore_the_rest(&mut self) {
        self.all = true;
    }

    /// Reports every key that was not asked for.
    pub fn finish(self) {
        for entry in &self.section.entries {
            if !self.all && !self.asked.contains(&entry.key.as_str()) {
                let advice = Advice::about(&entry.key, self.asked.iter().copied());
                let trouble =
                    Trouble::KeyUnknown { section: self.section.title.clone(), key: entry.key.clone(), advice };
                self.problems.push(Problem::from(trouble).at("adapter.toml", entry.line));
            }
        }
    }

    /// Nothing if the value may not be shown, or is none without a template.
    fn shown(&mut self, entry: &Entry, key: &'static str) -> Option<()> {
        let section = || self.section.title.clone();
        match &entry.value {
            Value::Expression => {
                let trouble = Trouble::ParameterExpression { section: section(), key };
                self.report(entry.line, trouble)
            }
            _ if entry.secret => {
                let trouble = Trouble::ParameterSecretPlace { section: section(), key };
                self.report(entry.line, trouble)
            }
            _ => Some(()),
        }
    }

    fn plain_text(&mut self, entry: &Entry, key: &'static str) -> Option<Located<String>> {
        let text = match &entry.value {
            Value::Text(text) => text.trim(),
            Value::Number(number) if entry.written.is_some() => {
                return Some(Located { value: number.to_string(), line: entry.line });
            }
            _ => return self.wrong_type(entry, key, Message::new("a text in quotes", "текст в кавички")),
        };
        if text.is_empty() {
            return self
                .report(entry.line, Trouble::KeyEmpty { section: self.section.title.clone(), key: key.to_owned() });
        }
        Some(Located { value: text.to_owned(), line: entry.line })
    }

    fn free_text(&mut self, entry: &'s Entry) -> Option<(&'s str, Located<&'s str>)> {
        self.shown(entry, "…")?;
        match &entry.value {
            Value::Text(text) if !text.trim().is_empty() => {
                Some((entry.key.as_str(), Located { value: text.trim(), line: entry.line }))
            }
            Value::Text(_) => {
                self.report(entry.line, Trouble::KeyEmpty { section: self.section.title.clone(), key: "…".to_owned() })
            }
            _ => self.wrong_type(entry, "…", Message::new("a text in quotes", "текст в кавички")),
        }
    }

    fn find(&mut self, key: &'static str) -> Option<&'s Entry> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.section.entries.iter().find(|entry| entry.key == key)
    }

    fn require(&mut self, key: &'static str) -> bool {
        let there = self.find(key).is_some();
        if !there {
            self.report::<()>(self.section.line, Trouble::KeyMissing { section: self.section.title.clone(), key });
        }
        there
    }

    fn wrong_type<T>(&mut self, entry: &Entry, key: &'static str, expected: Message) -> Option<T> {
        let found = match &entry.value {
            Value::Text(_) => Message::new("a text", "текст"),
            Value::Number(_) => Message::new("a number", "число"),
            Value::Flag(_) => Message::new("true or false", "true или false"),
            Value::Texts(_) => Message::new("a list", "списък"),
            Value::Expression => Message::new("an expression", "израз"),
            Value::Section(_) => Message::new("a table", "таблица"),
            Value::Sections(_) => Message::new("a list of tables", "списък от таблици"),
            Value::Other(kind) => kind.clone(),
        };
        self.report(entry.line, Trouble::KeyType { section: self.section.title.clone(), key, expected, found })
    }

    fn not_allowed<T>(&mut self, entry: &Entry, key: &'static str, allowed: String) -> Option<T> {
        self.report(entry.line, Trouble::KeyValue { section: self.section.title.clone(), key, allowed })
    }

    fn report<T>(&mut self, line: u32, trouble: Trouble) -> Option<T> {
        self.problem(line, trouble);
        None
    }
}

fn section(text: &str, title: &str, line: u32, table: &DeTable<'_>) -> Section {
    let mut entries: Vec<(usize, Entry)> = table
        .iter()
        .map(|(key, value)| {
            let start = key.span().start;
            let name = key.get_ref().to_string();
            let line = line_of(text, start);
            let value = read_value(text, title, &name, line, value.get_ref());
            (start, Entry { value, key: name, line, written: None, secret: false })
        })
        .collect();
    entries.sort_by_key(|(start, _)| *start);
    Section { title: title.to_owned(), line, entries: entries.into_iter().map(|(_, entry)| entry).collect() }
}

fn read_value(text: &str, parent: &str, key: &str, line: u32, value: &DeValue<'_>) -> Value {
    let title = |bracketed: String, line: u32| {
        if parent == "adapter.toml" { format!("{bracketed} at line {line}") } else { format!("[{key}] at line {line}") }
    };
    match value {
        DeValue::String(value) => Value::Text(value.to_string()),
        DeValue::Integer(value) => match i64::from_str_radix(value.as_str(), value.radix()) {
            Ok(number) => Value::Number(number),
            Err(_) => Value::Other(Message::new("a number that is too large", "твърде голямо число")),
        },
        DeValue::Table(table) => Value::Section(section(text, &title(format!("[{key}]"), line), line, table)),
        DeValue::Array(list) if !list.is_empty() && list.iter().all(|item| item.get_ref().is_table()) => {
            let tables = list.iter().filter_map(|item| {
                let line = line_of(text, item.span().start);
                Some(section(text, &title(format!("[[{key}]]"), line), line, item.get_ref().as_table()?))
            });
            Value::Sections(tables.collect())
        }
        DeValue::Array(list) => {
            let texts: Option<Vec<String>> =
                list.iter().map(|item| Some(item.get_ref().as_str()?.to_owned())).collect();
            texts.map_or_else(|| Value::Other(Message::new("a list", "списък")), Value::Texts)
        }
        DeValue::Boolean(value) => Value::Flag(*value),
        DeValue::Float(_) => Value::Other(Message::new("a fraction", "дробно число")),
        DeValue::Datetime(_) => Value::Other(Message::new("a date or time", "дата или час")),
    }
}

fn line_of(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().get(..offset.min(text.len())).unwrap_or_default();
    u32::try_from(before.iter().filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX)
}

impl fmt::Debug for Section {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "Section({}: {})",
            self.title,
            self.entries.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>().join(", ")
        )
    }
}
