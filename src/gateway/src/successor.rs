//! Calls by an old name: answered by the operation that has taken its place, told so everywhere, and refused when the
//! last day of the name is over.
//!
//! The mapping of the documents is part of what answers the name (`kapia_adapter::Served::adapter`), so that every way in
//! which a register is asked has it. The name that was called is the name that counts: rights, both schemas, the filter
//! and the journal are those of the old operation (docs/decisions/0011-successors.md).

use crate::ended::Ended;
use crate::message::Outgoing;
use crate::trace::Trace;
use kapia_adapter::{Operation, Served, Succession};
use kapia_journal::{Outcome, Warning};
use kapia_regix::Condition;
use kapia_soap::Bilingual;
use std::sync::Arc;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

/// Lets a call by an old name go on, with a warning in its record; after the last day it ends as a service that is
/// switched off does (regix-contract §5.3).
pub(crate) fn admit(served: &Served, now: OffsetDateTime, trace: &mut Trace) -> Result<(), Box<Ended>> {
    let Some(succession) = &served.operation.successor else { return Ok(()) };
    note(served, trace);
    trace.superseded(&served.operation);
    if succession.has_ended(now) {
        return Err(ended(succession));
    }
    Ok(())
}

/// The warning alone, for the later steps of a call that was let go on when it was accepted.
pub(crate) fn note(served: &Served, trace: &mut Trace) {
    if let Some(succession) = &served.operation.successor {
        let about = succession.successor.to_string();
        trace.record.warnings.push(Warning { code: "operation-superseded".into(), about });
    }
}

fn ended(succession: &Succession) -> Box<Ended> {
    let successor = &succession.successor;
    let until = succession.until.map(|until| until.to_string()).unwrap_or_default();
    let hint = Bilingual::new(
        format!("this name of the operation was served until {until}; call {successor}"),
        format!("това име на операцията се обслужваше до {until}; извикайте {successor}"),
    );
    Ended::new(Outcome::Denied, Condition::ServiceDisabled, "operation-ended", hint)
}

/// Says in the head of a reply that the name is an old one: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and our own
/// code and hint where nothing else is said there.
pub(crate) fn tell(operation: Option<&Arc<Operation>>, outgoing: &mut Outgoing) {
    let Some(succession) = operation.and_then(|operation| operation.successor.as_ref()) else { return };
    if let Some(since) = succession.since {
        outgoing.headers.push(("Deprecation", format!("@{}", midnight(since).unix_timestamp())));
    }
    let ends = succession.until.and_then(Date::next_day);
    if let Some(Ok(moment)) = ends.map(|day| midnight(day).format(HTTP_DATE)) {
        outgoing.headers.push(("Sunset", moment));
    }
    if outgoing.code.is_none() {
        outgoing.code = Some("operation-superseded".into());
        let until = succession.until.map(|until| format!(" before the end of {until}")).unwrap_or_default();
        outgoing.hint = Some(format!("this is an old name: call {}{until}", succession.successor));
    }
}

/// RFC 9110 §5.6.7.
const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

fn midnight(date: Date) -> OffsetDateTime {
    date.with_time(Time::MIDNIGHT).assume_utc()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn moments_have_the_form_of_http() {
        let moment = midnight(date!(2027 - 01 - 02)).format(HTTP_DATE).unwrap();
        assert_eq!(moment, "Sat, 02 Jan 2027 00:00:00 GMT");
        assert_eq!(midnight(date!(2025 - 06 - 01)).unix_timestamp(), 1_748_736_000);
    }
}
