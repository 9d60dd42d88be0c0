//! One call's conversation with a database: one statement at a time, rows as they come.
//!
//! The template runs on a blocking thread and pulls rows; a task owns the connection and pushes them. While only one query
//! is open its rows are never all in memory. Whoever opens a second query before the first is at its end keeps the rest
//! of the first in memory, since a connection can only do one thing at a time.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use kapia_template::Value;
use tokio::sync::mpsc;

use crate::bound::Bound;
use crate::fault::Fault;
use crate::statement::Statement;

/// The cells of a row, in the order of the columns.
pub(crate) type Row = Vec<Value>;

/// A query to be asked.
pub(crate) struct Command {
    pub statement: Arc<Statement>,
    pub values: Vec<Bound>,
    pub out: Out,
}

/// What comes of it, in this order: columns, rows, an end.
enum Batch {
    Columns(Vec<Box<str>>),
    Rows(Vec<Row>),
    End,
    Failed(Fault),
}

/// Rows on their way out of a connection.
pub(crate) struct Out {
    channel: mpsc::Sender<Batch>,
    query: Arc<str>,
    rows: Vec<Row>,
    octets: usize,
    row: u64,
    left: Arc<AtomicU64>,
    cap: u64,
}

/// Something that is full and must be sent.
pub(crate) struct Full(Batch);

/// Whoever asked does not want any more.
pub(crate) struct Unwanted;

impl Out {
    const ROWS: usize = 64;
    const OCTETS: usize = 128 << 10;

    /// The name of the query.
    pub fn query(&self) -> &Arc<str> {
        &self.query
    }

    /// The number of the row that comes next, from 1.
    pub fn row(&self) -> u64 {
        self.row + 1
    }

    /// The names of the columns, before any row.
    pub fn columns(&self, names: Vec<Box<str>>) -> Result<Full, Fault> {
        for (at, name) in names.iter().enumerate() {
            if names.iter().take(at).any(|earlier| earlier == name) {
                return Err(Fault::new("sql-column-twice").with("query", &*self.query).with("column", &**name));
            }
        }
        Ok(Full(Batch::Columns(names)))
    }

    /// One row more; `octets` is about how much memory it takes.
    pub fn push(&mut self, row: Row, octets: usize) -> Result<Option<Full>, Fault> {
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if left.is_err() {
            return Err(Fault::new("sql-row-cap").with("query", &*self.query).with("cap", self.cap.to_string()));
        }
        self.row += 1;
        self.rows.push(row);
        self.octets += octets;
        let full = self.rows.len() >= Out::ROWS || self.octets >= Out::OCTETS;
        Ok(full.then(|| self.take()))
    }

    fn take(&mut self) -> Full {
        self.octets = 0;
        Full(Batch::Rows(std::mem::take(&mut self.rows)))
    }

    pub async fn send(&self, full: Full) -> Result<(), Unwanted> {
        self.channel.send(full.0).await.map_err(|_| Unwanted)
    }

    /// The same on a thread that may wait.
    pub fn send_blocking(&self, full: Full) -> Result<(), Unwanted> {
        self.channel.blocking_send(full.0).map_err(|_| Unwanted)
    }

    /// The rows that are left, and the end.
    pub async fn end(&mut self) {
        let rest = self.take();
        if self.send(rest).await.is_ok() {
            let _ = self.channel.send(Batch::End).await;
        }
    }

    /// What tells the other side that there will be no more, and why.
    pub fn failing(&self) -> Failing {
        Failing(self.channel.clone())
    }
}

/// A way to end an [`Out`] that has been given away.
pub(crate) struct Failing(mpsc::Sender<Batch>);

impl Failing {
    pub async fn fail(self, fault: Fault) {
        let _ = self.0.send(Batch::Failed(fault)).await;
    }
}

/// The side of the template.
pub(crate) struct Conversation {
    commands: mpsc::UnboundedSender<Command>,
    active: Mutex<Weak<Stream>>,
    fault: Mutex<Option<Fault>>,
    left: Arc<AtomicU64>,
    cap: u64,
}

impl Conversation {
    /// Both ends; at most `cap` rows in all.
    pub fn new(cap: u64) -> (Arc<Conversation>, mpsc::UnboundedReceiver<Command>) {
        let (commands, received) = mpsc::unbounded_channel();
        let conversation = Conversation {
            commands,
            active: Mutex::default(),
            fault: Mutex::default(),
            left: Arc::new(AtomicU64::new(cap)),
            cap,
        };
        (Arc::new(conversation), received)
    }

    /// Begins a query. Only on a thread that may wait.
    pub fn open(&self, statement: &Arc<Statement>, values: Vec<Bound>) -> Arc<Stream> {
        let mut active = lock(&self.active);
        if let Some(earlier) = active.upgrade() {
            earlier.hold_the_rest();
        }
        let (channel, received) = mpsc::channel(2);
        let out = Out {
            channel,
            query: Arc::clone(&statement.query),
            rows: Vec::new(),
            octets: 0,
            row: 0,
            left: Arc::clone(&self.left),
            cap: self.cap,
        };
        let stream = Arc::new(Stream(Mutex::new(Coming {
            held: VecDeque::new(),
            columns: Arc::default(),
            received: Some(received),
            fault: None,
        })));
        if self.commands.send(Command { statement: Arc::clone(statement), values, out }).is_err() {
            lock(&stream.0).fault = Some(Fault::lost());
        }
        *active = Arc::downgrade(&stream);
        stream
    }

    /// Remembers why the answer cannot be; the first reason counts.
    pub fn fail(&self, fault: Fault) {
        lock(&self.fault).get_or_insert(fault);
    }

    /// Why the answer cannot be, if it cannot.
    pub fn fault(&self) -> Option<Fault> {
        lock(&self.fault).clone()
    }
}

/// The rows of one query, coming in.
pub(crate) struct Stream(Mutex<Coming>);

struct Coming {
    held: VecDeque<Row>,
    columns: Arc<[Box<str>]>,
    received: Option<mpsc::Receiver<Batch>>,
    fault: Option<Fault>,
}

impl Stream {
    /// The next row. Only on a thread that may wait.
    pub fn next(&self) -> Option<Result<Row, Fault>> {
        let mut coming = lock(&self.0);
        while coming.held.is_empty() && coming.receive() {}
        match coming.held.pop_front() {
            Some(row) => Some(Ok(row)),
            None => coming.fault.take().map(Err),
        }
    }

    /// The names of the columns, once [`Stream::next`] has been asked.
    pub fn columns(&self) -> Arc<[Box<str>]> {
        Arc::clone(&lock(&self.0).columns)
    }

    fn hold_the_rest(&self) {
        let mut coming = lock(&self.0);
        while coming.receive() {}
    }
}

impl Coming {
    /// Waits for one batch; `false` if there will be no more.
    fn receive(&mut self) -> bool {
        let Some(received) = &mut self.received else { return false };
        match received.blocking_recv() {
            Some(Batch::Columns(names)) => self.columns = names.into(),
            Some(Batch::Rows(rows)) => self.held.extend(rows),
            Some(Batch::End) => self.received = None,
            Some(Batch::Failed(fault)) => {
                self.received = None;
                self.fault = Some(fault);
            }
            None => {
                self.received = None;
                self.fault = Some(Fault::lost());
            }
        }
        self.received.is_some()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
