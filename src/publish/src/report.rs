//! What became of each record.

use kapia_language::Language;
use kapia_portal::Violation;
use kapia_portal::fault::{Detail, Fault};
use serde::Serialize;

use crate::source::Origin;
use crate::text;
use crate::trouble::Trouble;

const LEFT_OUT: &str = "push-left-out";

/// What became of all of them.
#[derive(Debug, Serialize)]
pub struct Report {
    /// One for each record, in the order in which they were found.
    pub records: Vec<Line>,
    /// Messages sent, repetitions included.
    pub messages: u32,
}

/// What became of one record.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Where it stands.
    pub origin: Origin,
    /// `ЕИК/number`, as far as it could be read.
    pub key: String,
    /// How it ended.
    pub ended: Ended,
    /// The version that the service has now, if it told one.
    pub version: Option<u64>,
    /// Why not, or what the service remarked.
    pub told: Vec<Told>,
}

/// How it ended for one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// The service has it for the first time.
    Created,
    /// The service had another version of it.
    Updated,
    /// The service had it already.
    Unchanged,
    /// It would have been sent: this was a rehearsal.
    WouldBeSent,
    /// It breaks the rules: it was not sent, or the service refused it.
    Rejected,
    /// It was not sent, or nobody knows: something stood between us and the service.
    NotSent,
}

/// A fault, a warning, or a trouble.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// Its number or name.
    pub code: String,
    /// In Bulgarian.
    pub bg: String,
    /// In English.
    pub en: String,
    /// Paths of elements.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

impl Told {
    pub(crate) fn detail(detail: Detail) -> Told {
        Told { code: detail.code, bg: detail.bg, en: detail.en, fields: detail.fields }
    }

    /// What the service has no place for.
    pub(crate) fn left_out(paths: Vec<String>) -> Told {
        let mut told = text::told(LEFT_OUT, &[]);
        told.fields = paths;
        told
    }

    /// What the schema of the service does not allow.
    pub(crate) fn violation(violation: Violation) -> Told {
        let told = |language, cause: String| text::message("push-their-schema", language, &[("cause", cause)]);
        Told {
            code: "push-their-schema".to_owned(),
            bg: told(Language::Bulgarian, violation.bg),
            en: told(Language::English, violation.en),
            fields: vec![violation.path],
        }
    }

    /// Whether it is only what the service has no place for, so that no answer says it again.
    pub fn is_of_the_way(&self) -> bool {
        self.code == LEFT_OUT
    }

    pub(crate) fn fault(fault: &Fault) -> Told {
        Told::detail(fault.detail(""))
    }

    pub(crate) fn trouble(trouble: &Trouble) -> Told {
        let both = |language| {
            let (message, hint) = (trouble.message(language), trouble.hint(language));
            if hint.is_empty() { message } else { format!("{message}; {hint}") }
        };
        Told {
            code: trouble.code().to_owned(),
            bg: both(Language::Bulgarian),
            en: both(Language::English),
            fields: match trouble {
                Trouble::Fault(fault) => fault.fields.clone(),
                _ => Vec::new(),
            },
        }
    }

    /// The text in a language.
    pub fn text(&self, language: Language) -> &str {
        language.pick(self.en.as_str(), self.bg.as_str())
    }
}

/// How many ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// [`Ended::Created`].
    pub created: usize,
    /// [`Ended::Updated`].
    pub updated: usize,
    /// [`Ended::Unchanged`].
    pub unchanged: usize,
    /// [`Ended::WouldBeSent`].
    pub would_be_sent: usize,
    /// [`Ended::Rejected`].
    pub rejected: usize,
    /// [`Ended::NotSent`].
    pub not_sent: usize,
}

impl Report {
    /// How many ended how.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for line in &self.records {
            *match line.ended {
                Ended::Created => &mut counts.created,
                Ended::Updated => &mut counts.updated,
                Ended::Unchanged => &mut counts.unchanged,
                Ended::WouldBeSent => &mut counts.would_be_sent,
                Ended::Rejected => &mut counts.rejected,
                Ended::NotSent => &mut counts.not_sent,
            } += 1;
        }
        counts
    }
}

/// How far a push has come.
#[derive(Clone, Debug)]
pub enum Progress {
    /// So many of all have ended.
    Ended {
        /// Records.
        done: usize,
        /// Of so many.
        all: usize,
    },
    /// The service takes no batches: it is asked record by record.
    OneByOne,
    /// A message will be sent again, after so many seconds.
    Again {
        /// Why.
        trouble: Trouble,
        /// Seconds.
        seconds: u64,
        /// Which attempt comes next, from 2.
        attempt: u32,
    },
}
