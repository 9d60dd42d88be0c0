//! The rows of a query as a value of a template: asked for when the template first looks at them.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

use kapia_template::{Columns, Value, record};
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind};

use crate::bound::Bound;
use crate::conversation::{Conversation, Row, Stream};
use crate::fault::Fault;
use crate::parameter::Given;
use crate::query::{Group, Query};

/// What the argument gives to the queries of an operation, by [`Query::index`].
pub(crate) type Inputs = Vec<Vec<Given>>;

/// The rows of one query, to be gone through once.
pub(crate) struct Rows(Mutex<State>, Asking);

/// What it takes to ask.
#[derive(Clone)]
struct Asking {
    query: Arc<Query>,
    conversation: Arc<Conversation>,
    inputs: Arc<Inputs>,
}

enum State {
    /// With the row of the parent, if there is one.
    Fresh(Option<Parent>),
    Open {
        first: Option<Row>,
        stream: Arc<Stream>,
    },
    Spent,
}

struct Parent {
    query: Arc<str>,
    columns: Arc<[Box<str>]>,
    row: Row,
}

impl Rows {
    /// Rows that nobody has asked for yet.
    pub fn new(query: &Arc<Query>, conversation: &Arc<Conversation>, inputs: &Arc<Inputs>) -> Arc<Rows> {
        let asking =
            Asking { query: Arc::clone(query), conversation: Arc::clone(conversation), inputs: Arc::clone(inputs) };
        Arc::new(Rows(Mutex::new(State::Fresh(None)), asking))
    }

    /// Whether there is at least one row. Only on a thread that may wait.
    pub fn any(&self) -> Result<bool, Fault> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Fresh(parent) = &mut *state {
            let stream = self.1.open(parent.take()).map_err(|fault| fault.in_query(&self.1.query.name))?;
            let first = stream.next().transpose()?;
            *state = State::Open { first, stream };
        }
        match &*state {
            State::Open { first, .. } => Ok(first.is_some()),
            _ => Err(self.1.fault("sql-rows-spent")),
        }
    }

    fn run(&self) -> Result<Running, Fault> {
        self.any()?;
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *state, State::Spent) {
            State::Open { first, stream } => Running::new(self.1.clone(), first, stream),
            _ => Err(self.1.fault("sql-rows-spent")),
        }
    }
}

impl Asking {
    fn open(&self, parent: Option<Parent>) -> Result<Arc<Stream>, Fault> {
        let mut values = Vec::with_capacity(self.query.parameters.len());
        let given = self.inputs.get(self.query.index).map(Vec::as_slice).unwrap_or_default();
        for (parameter, given) in self.query.parameters.iter().zip(given) {
            values.push(match given {
                Given::Value(bound) => bound.clone(),
                Given::Column(column) => match &parent {
                    Some(parent) => {
                        let at = find(&parent.columns, column, &parent.query)?;
                        parameter.bound(parent.row.get(at).filter(|cell| !cell.is_none()).map(ToString::to_string))?
                    }
                    None => Bound::Null,
                },
            });
        }
        Ok(self.conversation.open(&self.query.statement, values))
    }

    fn fault(&self, code: &'static str) -> Fault {
        Fault::new(code).with("query", &*self.query.name)
    }

    /// The children of a row, which nobody has asked for yet.
    fn children<'a>(&'a self, columns: &'a Arc<[Box<str>]>, row: &'a Row) -> impl Iterator<Item = Value> + 'a {
        self.query.children.iter().map(move |child| {
            let parent = Parent { query: Arc::clone(&self.query.name), columns: Arc::clone(columns), row: row.clone() };
            let asking = Asking { query: Arc::clone(child), ..self.clone() };
            Value::from_object(Rows(Mutex::new(State::Fresh(Some(parent))), asking))
        })
    }
}

/// An exact name, or else the only one that differs in case alone: databases fold names as they please.
fn find(columns: &[Box<str>], wanted: &str, query: &str) -> Result<usize, Fault> {
    if let Some(exact) = columns.iter().position(|name| **name == *wanted) {
        return Ok(exact);
    }
    let folded = wanted.to_lowercase();
    let mut alike = columns.iter().enumerate().filter(|(_, name)| name.to_lowercase() == folded);
    match (alike.next(), alike.next()) {
        (Some((at, _)), None) => Ok(at),
        _ => {
            let missing = Fault::new("sql-column-missing").with("query", query).with("column", wanted);
            Err(missing.known(wanted, columns.iter().map(AsRef::as_ref)))
        }
    }
}

/// Rows as the template goes through them.
struct Running {
    asking: Asking,
    stream: Arc<Stream>,
    /// The row that has been read already.
    ahead: Option<Row>,
    columns: Arc<[Box<str>]>,
    /// The columns, what a group calls its rows, and the children.
    shown: Columns,
    grouping: Option<Grouping>,
    ended: bool,
}

struct Grouping {
    by: usize,
    present: Option<usize>,
    members: Columns,
    /// Fingerprints of the groups that have been: one that comes again means that the rows are not in order.
    seen: HashSet<u64>,
    hashing: RandomState,
}

impl Running {
    fn new(asking: Asking, ahead: Option<Row>, stream: Arc<Stream>) -> Result<Running, Fault> {
        let columns = stream.columns();
        let query = Arc::clone(&asking.query);
        let names = columns.iter().map(AsRef::as_ref);
        let group = query.group.as_ref().map(|group| &*group.rows);
        let children = query.children.iter().map(|child| &*child.name);
        let shown: Vec<&str> = names.chain(group).chain(children).collect();
        for (at, name) in shown.iter().enumerate() {
            if shown.iter().take(at).any(|earlier| earlier == name) {
                return Err(asking.fault("sql-column-twice").with("column", *name));
            }
        }
        let grouping = match (&query.group, &ahead) {
            (Some(group), Some(_)) => Some(Grouping::new(group, &columns, &query.name)?),
            _ => None,
        };
        Ok(Running { shown: Columns::new(shown), asking, stream, ahead, columns, grouping, ended: false })
    }

    fn read(&mut self) -> Result<Option<Row>, Fault> {
        match self.ahead.take() {
            Some(row) => Ok(Some(row)),
            None => self.stream.next().transpose(),
        }
    }

    fn step(&mut self) -> Result<Option<Value>, Fault> {
        let Some(row) = self.read()? else { return Ok(None) };
        let members = match self.grouping.is_some() {
            true => Some(self.members(&row)?),
            false => None,
        };
        let children: Vec<Value> = self.asking.children(&self.columns, &row).collect();
        let mut cells = row;
        cells.extend(members);
        cells.extend(children);
        Ok(Some(record(&self.shown, cells)))
    }

    /// The rows that follow with the same key, this one included.
    fn members(&mut self, first: &Row) -> Result<Value, Fault> {
        let Some(mut grouping) = self.grouping.take() else { return Ok(Value::from(())) };
        let key = grouping.key(first);
        let mut members = Vec::new();
        members.extend(grouping.member(first));
        while let Some(row) = self.read()? {
            if grouping.key(&row) != key {
                self.ahead = Some(row);
                break;
            }
            members.extend(grouping.member(&row));
        }
        let is_new = grouping.seen.insert(grouping.hashing.hash_one(&key));
        if !is_new {
            let column = self.columns.get(grouping.by).map(|name| name.to_string()).unwrap_or_default();
            return Err(self.asking.fault("sql-group-order").with("column", column));
        }
        self.grouping = Some(grouping);
        Ok(Value::from(members))
    }
}

impl Grouping {
    fn new(group: &Group, columns: &[Box<str>], query: &str) -> Result<Grouping, Fault> {
        Ok(Grouping {
            by: find(columns, &group.by, query)?,
            present: group.present.as_ref().map(|column| find(columns, column, query)).transpose()?,
            members: Columns::new(columns.iter().cloned()),
            seen: HashSet::new(),
            hashing: RandomState::new(),
        })
    }

    fn key(&self, row: &Row) -> Option<String> {
        row.get(self.by).filter(|cell| !cell.is_none()).map(ToString::to_string)
    }

    fn member(&self, row: &Row) -> Option<Value> {
        let absent = self.present.is_some_and(|at| row.get(at).is_none_or(Value::is_none));
        (!absent).then(|| record(&self.members, row.clone()))
    }
}

impl Iterator for Running {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        if self.ended {
            return None;
        }
        match self.step() {
            Ok(Some(value)) => Some(value),
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(fault) => {
                self.ended = true;
                Some(failed(&self.asking.conversation, fault))
            }
        }
    }
}

/// Ends the rendering; the reason is told by the conversation, in words of ours.
fn failed(conversation: &Conversation, fault: Fault) -> Value {
    conversation.fail(fault);
    Value::from(Error::new(ErrorKind::InvalidOperation, ""))
}

impl fmt::Debug for Rows {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Rows({})", self.1.query.name)
    }
}

impl Object for Rows {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match self.run() {
            Ok(running) => Enumerator::Iter(Box::new(Shared(Mutex::new(running)))),
            Err(fault) => Enumerator::Iter(Box::new(std::iter::once(failed(&self.1.conversation, fault)))),
        }
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        None
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.any().unwrap_or_else(|fault| {
            self.1.conversation.fail(fault);
            true
        })
    }
}

/// The lock is never contended: it only makes the iterator shareable, as the engine's trait demands.
struct Shared(Mutex<Running>);

impl Iterator for Shared {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).next()
    }
}
