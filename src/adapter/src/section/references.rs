//! `{{ parameter.NAME }}` in the texts of a table: found, and replaced by values.

use super::{Entry, Section, Value};
use crate::declaration::Declaration;
use crate::parameter::ParameterValues;
use crate::parameter::kind::ParameterKind;

/// A name between braces, and the line where it stands.
pub(crate) struct Reference<'s> {
    pub name: &'s str,
    pub line: u32,
}

/// A text in pieces.
enum Piece<'t> {
    Literal(&'t str),
    Name(&'t str),
    /// Something about a parameter that only a template can make sense of.
    Expression,
}

impl Section {
    /// The text of a key, if it is one.
    pub fn peek(&self, key: &str) -> Option<&str> {
        self.entries.iter().find(|entry| entry.key == key).and_then(|entry| match &entry.value {
            Value::Text(text) => Some(text.trim()),
            _ => None,
        })
    }

    /// All references in this table and the tables below it.
    pub(crate) fn references(&self) -> Vec<Reference<'_>> {
        let mut found = Vec::new();
        for entry in &self.entries {
            match &entry.value {
                Value::Text(text) => found.extend(pieces(text).into_iter().filter_map(|piece| match piece {
                    Piece::Name(name) => Some(Reference { name, line: entry.line }),
                    _ => None,
                })),
                Value::Section(section) => found.extend(section.references()),
                Value::Sections(sections) => found.extend(sections.iter().flat_map(Section::references)),
                _ => {}
            }
        }
        found
    }

    /// The same table with the values of parameters in the places of their names; what was written is kept beside it.
    pub(crate) fn resolved(&self, values: &ParameterValues) -> Section {
        let entries = self.entries.iter().map(|entry| entry.resolved(values)).collect();
        Section { title: self.title.clone(), line: self.line, entries }
    }

    /// The same table with a value in the place of a key; other keys that mean the same fall away.
    pub(crate) fn with(&self, key: &'static str, instead_of: &[&str], declared: &Declaration, value: &str) -> Section {
        let mut entries: Vec<Entry> = self.entries.clone();
        let line = entries.iter().find(|entry| entry.key == key).map_or(self.line, |entry| entry.line);
        entries.retain(|entry| entry.key != key && !instead_of.contains(&entry.key.as_str()));
        let value = typed(key, &declared.kind, value);
        entries.push(Entry { key: key.to_owned(), line, value, written: Some(String::new()), secret: declared.secret });
        Section { title: self.title.clone(), line: self.line, entries }
    }
}

impl Entry {
    fn resolved(&self, values: &ParameterValues) -> Entry {
        let value = match &self.value {
            Value::Text(text) => return self.resolved_text(text, values),
            Value::Section(section) => Value::Section(section.resolved(values)),
            Value::Sections(sections) => {
                Value::Sections(sections.iter().map(|section| section.resolved(values)).collect())
            }
            other => other.clone(),
        };
        Entry { value, ..self.clone() }
    }

    fn resolved_text(&self, text: &str, values: &ParameterValues) -> Entry {
        let pieces = pieces(text);
        if pieces.iter().all(|piece| matches!(piece, Piece::Literal(_))) {
            return self.clone();
        }
        let named = |name: &str| values.find(name);
        let secret =
            pieces.iter().any(|piece| matches!(piece, Piece::Name(name) if named(name).is_some_and(|it| it.secret)));
        let value = match pieces.as_slice() {
            [Piece::Name(name)] => named(name).map(|it| typed(&self.key, &it.kind, it.value.reveal())),
            pieces => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => Some((*text).to_owned()),
                    Piece::Name(name) => named(name).map(|it| it.value.reveal().to_owned()),
                    Piece::Expression => None,
                })
                .collect::<Option<String>>()
                .map(Value::Text),
        };
        let value = value.unwrap_or(Value::Expression);
        Entry { key: self.key.clone(), line: self.line, value, written: Some(text.to_owned()), secret }
    }
}

/// The value as `adapter.toml` would write it for this key.
fn typed(key: &str, kind: &ParameterKind, value: &str) -> Value {
    let number = match kind {
        ParameterKind::Integer { .. } => value.parse().ok(),
        ParameterKind::Duration { .. } => {
            let unit = if key.ends_with("_seconds") { 1000 } else { 1 };
            ParameterKind::milliseconds(value).and_then(|it| i64::try_from(it.div_ceil(unit)).ok())
        }
        ParameterKind::Boolean => return Value::Flag(value == "true"),
        _ => None,
    };
    number.map_or_else(|| Value::Text(value.to_owned()), Value::Number)
}

/// Whether a text speaks of a parameter, as in `{{ parameter.name }}`.
pub fn names_parameter(text: &str) -> bool {
    pieces(text).iter().any(|piece| !matches!(piece, Piece::Literal(_)))
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((inside, before, after)) = next(rest) {
        if !before.is_empty() {
            pieces.push(Piece::Literal(before));
        }
        let name = inside.strip_prefix("parameter.").filter(|name| Declaration::is_name(name));
        pieces.push(name.map_or(Piece::Expression, Piece::Name));
        rest = after;
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Literal(rest));
    }
    pieces
}

/// The first braces that speak of a parameter, what is before them, and what is after.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find('{').map(|at| from + at) {
        let end = match text.as_bytes().get(at + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            _ => {
                from = at + 1;
                continue;
            }
        };
        let length = text.get(at + 2..)?.find(end)?;
        let (inside, after) = (text.get(at + 2..at + 2 + length)?, text.get(at + 4 + length..)?);
        if inside
            .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))
            .any(|word| word.starts_with("parameter."))
        {
            return Some((inside.trim(), text.get(..at)?, after));
        }
        from = at + 4 + length;
    }
    None
}
