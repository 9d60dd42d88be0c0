//! The job that pushes changed records on: what waits in the store for a target goes to that target's service, the
//! changes of one record in their order, each until it has an end.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use kapia_language::Language;
use kapia_portal::Operation;
use kapia_portal::fault::Code;
use kapia_portal::names::TYPES;
use kapia_records::{Action, Push, Records, RecordsError, Status};
use kapia_xml::{Document, Limits, Writer};
use time::OffsetDateTime;

use crate::endpoint::{Endpoint, request_id};
use crate::push::{may_exist, plainer};
use crate::trouble::Trouble;

/// How the job works.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How often it looks for what is due when nothing was.
    pub look: Duration,
    /// Before the second attempt; it doubles.
    pub pause: Duration,
    /// The longest pause between attempts.
    pub longest_pause: Duration,
    /// A change that the service itself cannot take now is given up after so many attempts, and the next version of the
    /// record is tried. What stands between us and the service gives up nothing.
    pub attempts: u32,
}

impl Default for Pace {
    /// Every two seconds; from ten seconds to an hour, about two days in all.
    fn default() -> Pace {
        Pace {
            look: Duration::from_secs(2),
            pause: Duration::from_secs(10),
            longest_pause: Duration::from_secs(3600),
            attempts: 56,
        }
    }
}

/// How long nobody else takes what one of us is pushing: two messages, and what is around them. Whoever ends in the middle
/// has lost nothing: it is taken up again after that.
fn lease(endpoint: &Endpoint) -> Duration {
    endpoint.patience().saturating_mul(2) + Duration::from_secs(10)
}

/// Pushes what waits for `target` until `stop`; what is being sent then is ended first.
///
/// # Errors
/// The store cannot be read or written.
pub async fn push_changes(
    records: &Records,
    target: &str,
    endpoint: &Endpoint,
    pace: Pace,
    stop: impl Future<Output = ()>,
) -> Result<(), RecordsError> {
    let mut stop = pin!(stop);
    loop {
        let pushed = match records.next_push(target, OffsetDateTime::now_utc(), lease(endpoint)).await? {
            Some(push) => {
                let id = push.id;
                match send(endpoint, &push).await {
                    Ok(told) => records.push_done(id, &told).await?,
                    Err(trouble) => match next(pace, push.attempt, &trouble) {
                        Some(rest) => {
                            let (code, attempt) = (trouble.code(), push.attempt);
                            if trouble.passes() {
                                tracing::warn!(target, code, attempt, "a record waits to be pushed on");
                            } else {
                                let cause = trouble.message(Language::English);
                                let hint = trouble.hint(Language::English);
                                tracing::error!(target, code, attempt, cause, hint, "nothing can be pushed on");
                            }
                            records.push_retry(id, OffsetDateTime::now_utc() + rest, code).await?;
                        }
                        None => {
                            let code = trouble.code();
                            tracing::error!(target, code, "a record was not taken and will not be pushed again");
                            records.push_given_up(id, code).await?;
                        }
                    },
                }
                true
            }
            None => false,
        };
        let rest = if pushed { Duration::ZERO } else { pace.look };
        tokio::select! {
            biased;
            () = &mut stop => return Ok(()),
            () = tokio::time::sleep(rest) => {}
        }
    }
}

/// How long to wait for the next attempt; `None` gives the change up. A wrong password or address is put right by people,
/// and the change waits for them.
fn next(pace: Pace, attempt: u32, trouble: &Trouble) -> Option<Duration> {
    let growing = || {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        pace.pause.saturating_mul(doubled).min(pace.longest_pause)
    };
    match trouble {
        Trouble::ComeAgain(Some(after)) => Some((*after).min(pace.longest_pause)),
        trouble if trouble.is_about_the_message() => (trouble.passes() && attempt < pace.attempts).then(growing),
        trouble if trouble.passes() => Some(growing()),
        _ => Some(pace.longest_pause),
    }
}

/// One change. A repetition after an answer that was lost finds the record as it shall be, which is no fault.
async fn send(endpoint: &Endpoint, push: &Push) -> Result<String, Trouble> {
    let id = request_id();
    let answer = match (push.action, push.status) {
        // What will end is told when it has ended.
        (Action::Ending, _) => return Ok("LATER".to_owned()),
        (Action::Deactivated, _) | (_, Status::Inactive) => {
            endpoint.ask(Operation::DeactivateService, &keyed(push), &id).await
        }
        // What the public may not see is not told to others.
        (_, status) if status != Status::Published => return Ok("NOT-PUBLISHED".to_owned()),
        (Action::Reactivated, _) => match endpoint.ask(Operation::ReactivateService, &keyed(push), &id).await {
            // Never told there: so it is told as new.
            Err(Trouble::Fault(fault)) if fault.code == Code::ServiceNotFound.number() => save(endpoint, push).await,
            // A service that knows nothing of it takes the record again.
            Err(Trouble::NotOffered(_)) => save(endpoint, push).await,
            other => other,
        },
        _ => save(endpoint, push).await,
    };
    match answer {
        Ok(answer) => {
            let result = answer.root().child(TYPES, "OperationResult").and_then(|it| it.child(TYPES, "Result"));
            Ok(result.map_or_else(|| "TAKEN".to_owned(), |result| result.text().into_owned()))
        }
        Err(Trouble::Fault(fault))
            if fault.code == Code::ServiceInactive.number() && push.status == Status::Inactive =>
        {
            Ok("UNCHANGED".to_owned())
        }
        Err(trouble) => Err(trouble),
    }
}

async fn save(endpoint: &Endpoint, push: &Push) -> Result<Document, Trouble> {
    let (add, update) = (Operation::AddService, Operation::UpdateService);
    if !endpoint.offers(add) && endpoint.offers(update) {
        return endpoint.ask(update, &push.octets, &request_id()).await;
    }
    match endpoint.ask(add, &push.octets, &request_id()).await {
        Err(first) if may_exist(&first) && endpoint.offers(update) => {
            endpoint.ask(update, &push.octets, &request_id()).await.map_err(|second| plainer(first, second))
        }
        other => other,
    }
}

fn keyed(push: &Push) -> Vec<u8> {
    let mut writer = Writer::new();
    let document = Document::read(push.octets.clone(), &Limits::default()).ok();
    if let Some(key) = document.as_ref().and_then(|document| document.root().child(TYPES, "ServiceKey")) {
        writer.copy(key, &mut kapia_xml::KeepAll);
    }
    writer.leaf("", TYPES, "Reason", "промяна в записа на администрацията");
    writer.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_the_record_itself_gives_a_change_up() {
        let pace = Pace::default();
        let after = |attempt, trouble: Trouble| next(pace, attempt, &trouble).map(|rest| rest.as_secs());
        for attempt in [1, 56, 10_000] {
            // Somebody has to do something.
            assert_eq!(after(attempt, Trouble::Unauthorized), Some(3600));
            assert_eq!(after(attempt, Trouble::WebPage(200)), Some(3600));
            assert_eq!(after(attempt, Trouble::Untrusted(kapia_http::Mistrust::Name)), Some(3600));
            assert!(after(attempt, Trouble::Unreachable).is_some() && after(attempt, Trouble::Deadline).is_some());
            assert_eq!(after(attempt, Trouble::NotOffered(Operation::DeactivateService)), None);
        }
        assert_eq!(after(1, Trouble::Broken), Some(10));
        assert_eq!(after(3, Trouble::Broken), Some(40));
        assert_eq!(after(1, Trouble::ComeAgain(Some(Duration::from_secs(7)))), Some(7));
        let fault = |passes| Trouble::OtherFault { reason: "не".into(), passes };
        assert_eq!((after(1, fault(false)), after(1, fault(true)), after(56, fault(true))), (None, Some(10), None));
    }
}
