//! `[parameters.NAME]`: what of a package can be set while it serves.

use kapia_template::CodeLists;

use crate::advice::Advice;
use crate::message::Message;
use crate::parameter::kind::ParameterKind;
use crate::problem::Problem;
use crate::section::{Keys, Section};
use crate::trouble::Trouble;

/// A parameter as its package declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Its name: ASCII letters, digits, `_`, `-` and `.`, at most 100, a letter first.
    pub name: String,
    /// What its values look like.
    pub kind: ParameterKind,
    /// Whether its values may be set and are never shown.
    pub secret: bool,
    /// What stands where nobody has set anything.
    pub default: Option<String>,
    /// What it is, for people.
    pub about: Message,
    /// The line of `adapter.toml` that declares it, from 1; 0 if the backend does.
    pub line: u32,
}

/// A parameter that a kind of backend has by itself: one of the keys of `[backend]`, to be set while it serves.
#[derive(Clone, Debug)]
pub struct Implied {
    /// The parameter.
    pub declaration: Declaration,
    /// The key of `[backend]` in whose place a value stands that was set.
    pub key: &'static str,
    /// Other keys of `[backend]` that mean the same and fall away then.
    pub instead_of: &'static [&'static str],
}

impl Declaration {
    /// Whether a text can be the name of a parameter.
    pub fn is_name(text: &str) -> bool {
        text.len() <= 100
            && text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    }

    /// Reads the table `[parameters]`; what is wrong goes into `problems`.
    pub(crate) fn read_all(section: &Section, codes: &CodeLists, problems: &mut Vec<Problem>) -> Vec<Declaration> {
        let tables = section.keys(problems).free_sections();
        tables.into_iter().filter_map(|(name, table)| Declaration::read(name, table, codes, problems)).collect()
    }

    fn read(name: &str, table: &Section, codes: &CodeLists, problems: &mut Vec<Problem>) -> Option<Declaration> {
        let before = problems.len();
        let mut keys = table.keys(problems);
        if !Declaration::is_name(name) {
            keys.problem(table.line(), Trouble::ParameterName {});
        }
        let kind = read_kind(&mut keys, codes);
        let secret = keys.flag("secret").is_some_and(|secret| secret.value);
        let default = keys.scalar("default");
        let about = keys.required_section("description");
        if secret && let Some(default) = &default {
            keys.problem(default.line, Trouble::ParameterDefaultSecret {});
        }
        let default = match (&kind, default) {
            (Some(kind), Some(written)) => match kind.check(&written.value) {
                Ok(default) => Some(default),
                Err(rule) => {
                    keys.problem(written.line, Trouble::ParameterDefault { rule });
                    None
                }
            },
            _ => None,
        };
        keys.finish();
        let about = about.and_then(|table| table.message(problems));
        (problems.len() == before).then_some(())?;
        Some(Declaration { name: name.to_owned(), kind: kind?, secret, default, about: about?, line: table.line() })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Integer,
    Boolean,
    Duration,
    Url,
    Code,
}

const TYPES: [(&str, Type); 6] = [
    ("text", Type::Text),
    ("integer", Type::Integer),
    ("boolean", Type::Boolean),
    ("duration", Type::Duration),
    ("url", Type::Url),
    ("code", Type::Code),
];

fn read_kind(keys: &mut Keys<'_, '_>, codes: &CodeLists) -> Option<ParameterKind> {
    let line = keys.line();
    keys.required_text("type");
    let Some(wanted) = keys.one_of("type", &TYPES) else {
        // The other keys cannot be judged while the type is not known.
        keys.ignore_the_rest();
        return None;
    };
    match wanted.value {
        Type::Text => Some(ParameterKind::Text),
        Type::Boolean => Some(ParameterKind::Boolean),
        Type::Url => Some(ParameterKind::Url),
        Type::Integer => {
            let read = |written: Option<crate::section::Located<String>>| written.map(|it| it.value.parse::<i64>());
            let (least, most) = (read(keys.scalar("min")), read(keys.scalar("max")));
            match (least.transpose(), most.transpose()) {
                (Ok(least), Ok(most)) if least <= most || most.is_none() => {
                    Some(ParameterKind::Integer { least, most })
                }
                _ => {
                    keys.problem(line, Trouble::ParameterRange {});
                    None
                }
            }
        }
        Type::Duration => {
            let read = |written: Option<crate::section::Located<String>>| {
                written.map(|it| ParameterKind::milliseconds(&it.value).ok_or(()))
            };
            let (least, most) = (read(keys.scalar("min")), read(keys.scalar("max")));
            match (least.transpose(), most.transpose()) {
                (Ok(least), Ok(most)) if least <= most || most.is_none() => {
                    Some(ParameterKind::Duration { least, most })
                }
                _ => {
                    keys.problem(line, Trouble::ParameterRange {});
                    None
                }
            }
        }
        Type::Code => {
            let listed = keys.texts("values");
            let named = keys.text("codes");
            match (listed, named) {
                (Some(values), None) if !values.value.is_empty() => Some(ParameterKind::Code(values.value)),
                (None, Some(named)) => match codes.find(&named.value) {
                    Some(list) => Some(ParameterKind::Code(list.keys().cloned().collect())),
                    None => {
                        let known: Vec<&str> = codes.names().collect();
                        let advice = Advice::about(&named.value, known);
                        keys.problem(named.line, Trouble::ParameterCodes { name: named.value.clone(), advice });
                        None
                    }
                },
                _ => {
                    keys.problem(line, Trouble::ParameterValues {});
                    None
                }
            }
        }
    }
}
