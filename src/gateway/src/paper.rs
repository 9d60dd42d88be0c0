//! The answer as a PDF, when the consumer asks for one (regix-contract §9).

use crate::ended::Ended;
use crate::filter::FilterPlan;
use kapia_adapter::{Operation, Served};
use kapia_journal::Outcome;
use kapia_language::Language::{Bulgarian, English};
use kapia_pdf::{Page, Part, PdfError, Section};
use kapia_regix::{Condition, binary_answer};
use kapia_soap::Bilingual;
use kapia_xml::{Document, ElementId, Limits, Writer};
use std::sync::Arc;
use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset};

/// What a page needs to know of a call; owned, because it is set on another thread.
pub(crate) struct Paper {
    pub operation: Arc<Operation>,
    pub administration: String,
    pub register: String,
    pub request: (Document, ElementId),
    pub answer: (Document, ElementId),
    pub plan: Arc<FilterPlan>,
    pub executed: OffsetDateTime,
    pub service_call_id: i64,
    pub consumer: String,
    pub legal_reason: Option<String>,
    pub limits: Limits,
}

impl Paper {
    /// Administration and register of an operation, as its package names them.
    pub fn kept_by(served: &Served) -> (String, String) {
        let named = |name: &Option<String>| name.clone().unwrap_or_default();
        (named(&served.package.administration), named(&served.package.register))
    }

    /// The document that takes the place of the answer, and how many fields were hidden before it was printed.
    pub async fn print(self) -> Result<(Document, u64), Box<Ended>> {
        let printed = tokio::task::spawn_blocking(move || self.print_now()).await;
        printed.unwrap_or_else(|_| Err(failed("pdf-failed", None)))
    }

    fn print_now(&self) -> Result<(Document, u64), Box<Ended>> {
        let mut filtered = self.plan.start();
        let (answer, root) = &self.answer;
        let root = answer.element(*root);
        let mut writer = Writer::with_capacity(root.span().len());
        writer.copy(root, &mut filtered);
        let hidden = filtered.hidden();
        let read = |octets: Vec<u8>| Document::read(octets, &self.limits).map_err(|_| failed("pdf-too-large", None));
        let answer = read(writer.into_bytes())?;
        let (request, argument) = &self.request;
        let section = |part, root, fields| Section { part, root, fields: Some(fields) };
        let page = Page {
            title: &self.operation.description,
            operation: self.operation.name.as_str(),
            administration: &self.administration,
            register: &self.register,
            sections: vec![
                section(Part::Response, answer.root(), &self.operation.response.fields),
                section(Part::Request, request.element(*argument), &self.operation.request.fields),
            ],
            executed: in_sofia(self.executed),
            service_call_id: self.service_call_id,
            consumer: &self.consumer,
            legal_reason: self.legal_reason.as_deref(),
            hidden_fields: hidden > 0,
        };
        let file = kapia_pdf::render(&page).map_err(|error| failed("pdf-failed", Some(&error)))?;
        Ok((read(binary_answer(&file))?, hidden))
    }
}

/// The same moment by Bulgarian clocks: two hours ahead of UTC, three from the last Sunday of March to the last Sunday of
/// October, both at 01:00 UTC (Directive 2000/84/EC).
fn in_sofia(moment: OffsetDateTime) -> OffsetDateTime {
    let moment = moment.to_offset(UtcOffset::UTC);
    let changes = |month| {
        let last = Date::from_calendar_date(moment.year(), month, 31).unwrap_or(moment.date());
        let sunday = last - Duration::days(i64::from(last.weekday().number_days_from_sunday()));
        sunday.with_time(Time::MIDNIGHT).assume_utc() + Duration::hours(1)
    };
    let summer = changes(Month::March) <= moment && moment < changes(Month::October);
    moment.to_offset(UtcOffset::from_hms(if summer { 3 } else { 2 }, 0, 0).unwrap_or(UtcOffset::UTC))
}

fn failed(code: &'static str, error: Option<&PdfError>) -> Box<Ended> {
    let cause = error.map_or_else(|| "the answer cannot be printed".to_owned(), |error| error.message(English));
    let hint = match error {
        Some(error) => Bilingual::new(error.hint(English), error.hint(Bulgarian)),
        None => Bilingual::new("ask for the answer as XML", "поискайте отговора като XML"),
    };
    Ended::new(Outcome::InternalError, Condition::Core(cause), code, hint)
}

#[cfg(test)]
mod tests {
    use super::in_sofia;
    use time::macros::datetime;

    #[test]
    fn clocks_change_on_the_last_sundays_of_march_and_october() {
        for (moment, hours) in [
            (datetime!(2026-01-15 12:00 UTC), 2),
            (datetime!(2026-03-29 00:59 UTC), 2),
            (datetime!(2026-03-29 01:00 UTC), 3),
            (datetime!(2026-07-01 12:00 UTC), 3),
            (datetime!(2026-10-25 00:59 UTC), 3),
            (datetime!(2026-10-25 01:00 UTC), 2),
        ] {
            assert_eq!(in_sofia(moment).offset().whole_hours(), hours, "{moment}");
        }
    }
}
