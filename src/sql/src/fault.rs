//! What went wrong, before it is told: a code of the catalogue, and what becomes of the connection.

use std::fmt;
use std::ops::Deref;

use kapia_adapter::{AdapterError, Coded, Message, Problem};

use crate::text::CATALOGUE;

/// What went wrong, and what becomes of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    told: Coded,
    /// Whether the connection can be used again.
    pub keeps_connection: bool,
    /// What the log says beside the message: texts of the server that hold no values.
    pub for_operator: Option<String>,
    own: Option<Message>,
}

impl Fault {
    pub fn new(code: &'static str) -> Fault {
        Fault { told: Coded::new(&CATALOGUE, code), keeps_connection: true, for_operator: None, own: None }
    }

    /// Time is over; whoever asked gives up.
    pub fn deadline() -> Fault {
        Fault::new("sql-deadline").passing()
    }

    /// The connection ended in the middle of something.
    pub fn lost() -> Fault {
        Fault::new("sql-lost").passing().broken()
    }

    /// A defect of this program.
    pub fn internal() -> Fault {
        let mut fault = Fault::new("sql-internal").broken();
        fault.told.side = kapia_adapter::Fault::Gateway;
        fault
    }

    /// What a package says itself when there are no rows.
    pub fn own(message: Message) -> Fault {
        Fault { own: Some(message), ..Fault::new("sql-no-rows") }
    }

    /// A value that is the same in both languages.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<String>) -> Fault {
        let value = value.into();
        self.with_both(name, [value.clone(), value])
    }

    /// A value in English and in Bulgarian.
    #[must_use]
    pub fn with_both(mut self, name: &'static str, value: [String; 2]) -> Fault {
        self.told.fill(name, value);
        self
    }

    /// The query in which it happened, unless one is known.
    #[must_use]
    pub fn in_query(self, query: &str) -> Fault {
        if self.told.has("query") { self } else { self.with("query", query) }
    }

    /// Names that may have been meant: the near ones, or else those that there are.
    #[must_use]
    pub fn known<'n>(self, wanted: &str, there: impl IntoIterator<Item = &'n str>) -> Fault {
        const SHOWN: usize = 12;
        let there: Vec<&str> = there.into_iter().collect();
        let near = kapia_language::near_names(wanted, there.iter().copied());
        let shown = if near.is_empty() { there.into_iter().take(SHOWN).collect() } else { near };
        self.with("known", if shown.is_empty() { "—".to_owned() } else { shown.join(", ") })
    }

    /// The same call can succeed later.
    #[must_use]
    pub fn passing(mut self) -> Fault {
        self.told.retryable = true;
        self
    }

    /// The connection is of no use any more.
    #[must_use]
    pub fn broken(mut self) -> Fault {
        self.keeps_connection = false;
        self
    }

    /// The cause lies in what was asked.
    #[must_use]
    pub fn of_client(mut self) -> Fault {
        self.told.side = kapia_adapter::Fault::Client;
        self
    }

    /// Beside the message, for the log.
    #[must_use]
    pub fn told_operator(mut self, text: impl Into<String>) -> Fault {
        self.for_operator = Some(text.into());
        self
    }

    pub fn message(&self) -> Message {
        self.own.clone().unwrap_or_else(|| self.told.message())
    }
}

impl Deref for Fault {
    type Target = Coded;

    fn deref(&self) -> &Coded {
        &self.told
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.message())
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for AdapterError {
    fn from(fault: Fault) -> AdapterError {
        fault.told.into_error(fault.own)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        fault.told.into_problem()
    }
}
