//! Rows of a query as values: read one by one while the document is written, so that no answer needs to be in memory.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Enumerator, Object, ObjectRepr, Value};

use crate::fault::Fault;

/// The names of the columns of a query, shared by its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(Arc<[Box<str>]>);

impl Columns {
    /// Names in the order of the cells.
    pub fn new<N: Into<Box<str>>>(names: impl IntoIterator<Item = N>) -> Columns {
        Columns(names.into_iter().map(Into::into).collect())
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// An exact name, or else the only one that differs in case alone: databases fold names as they please.
    fn find(&self, wanted: &str) -> Option<usize> {
        if let Some(exact) = self.0.iter().position(|name| **name == *wanted) {
            return Some(exact);
        }
        let folded = wanted.to_lowercase();
        let mut alike = self.0.iter().enumerate().filter(|(_, name)| name.to_lowercase() == folded);
        match (alike.next(), alike.next()) {
            (Some((at, _)), None) => Some(at),
            _ => None,
        }
    }
}

/// One row: `row.name` is the cell of that column, `none` where it is NULL; a column that is not there is an error.
pub fn record(columns: &Columns, cells: Vec<Value>) -> Value {
    Value::from_object(Record { columns: columns.clone(), cells })
}

struct Record {
    columns: Columns,
    cells: Vec<Value>,
}

impl fmt::Debug for Record {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Record({})", self.columns.names().collect::<Vec<_>>().join(", "))
    }
}

impl Object for Record {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.cells.get(self.columns.find(key)?).cloned()
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

/// Why the rows stopped coming: a code for programs, and a text that names no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// What happened, in English and in Bulgarian.
    pub message: [String; 2],
}

/// Rows that are fetched one by one, and can be gone through once. `more` tells whether there is at least one, so that
/// `{% if rows %}` needs no look ahead by the template: the first row is fetched here.
///
/// An error in the middle ends the rendering with `template-rows`.
pub fn rows(mut rows: impl Iterator<Item = Result<Value, RowError>> + Send + 'static) -> Value {
    let first = rows.next();
    let any = first.is_some();
    let all: Source = Box::new(first.into_iter().chain(rows));
    Value::from_object(Rows { any, source: Mutex::new(Some(all)) })
}

type Source = Box<dyn Iterator<Item = Result<Value, RowError>> + Send>;

struct Rows {
    any: bool,
    source: Mutex<Option<Source>>,
}

impl fmt::Debug for Rows {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Rows({})", if self.any { "some" } else { "none" })
    }
}

impl Object for Rows {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match self.source.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(source) => Enumerator::Iter(Box::new(Running { source: Mutex::new(source), ended: false })),
            None => {
                let spent = minijinja::Error::from(Fault::new("template-rows-spent"));
                Enumerator::Iter(Box::new(std::iter::once(Value::from(spent))))
            }
        }
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        None
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.any
    }
}

/// The lock is never contended: it only makes the iterator shareable, as the engine's trait demands.
struct Running {
    source: Mutex<Source>,
    ended: bool,
}

impl Iterator for Running {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        if self.ended {
            return None;
        }
        match self.source.get_mut().unwrap_or_else(PoisonError::into_inner).next()? {
            Ok(row) => Some(row),
            Err(error) => {
                self.ended = true;
                let fault = Fault::new("template-rows").with_both("cause", error.message);
                Some(Value::from(minijinja::Error::from(fault)))
            }
        }
    }
}
