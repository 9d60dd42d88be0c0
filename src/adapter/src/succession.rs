//! What an old name says about the operation that has taken its place.

use std::fmt;
use std::sync::Arc;

use kapia_template::CodeLists;
use time::{Date, OffsetDateTime};

use crate::names::FullName;
use crate::operation::Attachment;

/// An old name of an operation that answers under another name now: its consumers are served by the successor, in the
/// documents that they have always sent and received.
pub struct Succession {
    /// The operation that has taken its place; it may itself have a successor.
    pub successor: FullName,
    /// The first day of the successor, if it is told.
    pub since: Option<Date>,
    /// The last day (in UTC) on which the old name is served.
    pub until: Option<Date>,
    /// The template that makes the successor's argument of the old one; without it the argument is passed on as it is.
    pub(crate) request: Option<Attachment>,
    /// The template that makes the old answer of the successor's; without it the answer is passed back as it is.
    pub(crate) response: Option<Attachment>,
    pub(crate) codes: Arc<CodeLists>,
    /// Where the manifest says all this.
    pub(crate) line: u32,
}

impl Succession {
    /// Whether the last day of the old name is over.
    pub fn has_ended(&self, now: OffsetDateTime) -> bool {
        self.until.is_some_and(|until| now.to_offset(time::UtcOffset::UTC).date() > until)
    }
}

impl fmt::Debug for Succession {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Succession(by {}, until {:?})", self.successor, self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn the_last_day_is_still_served() {
        let mut succession = Succession {
            successor: "A.B".parse().unwrap(),
            since: None,
            until: Some(date!(2027 - 01 - 01)),
            request: None,
            response: None,
            codes: Arc::default(),
            line: 1,
        };
        assert!(!succession.has_ended(datetime!(2027-01-01 23:59:59 UTC)));
        assert!(succession.has_ended(datetime!(2027-01-02 00:00:00 UTC)));
        assert!(!succession.has_ended(datetime!(2027-01-02 01:00:00 +2)));
        succession.until = None;
        assert!(!succession.has_ended(datetime!(9999-01-01 0:00 UTC)));
    }
}
