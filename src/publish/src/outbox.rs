//! The job that pushes changed records on: what waits in the store for a target goes to that target's service, the
//! changes of one record in their order, each until it has an end.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use kapia_portal::names::{Operation, TYPES};
use kapia_records::{Action, Push, Records, RecordsError, Status};
use kapia_xml::{Document, Limits, Writer};
use time::OffsetDateTime;

use crate::endpoint::{Endpoint, request_id};
use crate::push::EXISTS;
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
    /// After so many attempts it is given up, and the next version of the record is tried.
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

/// How long nobody else takes what one of us is pushing.
const LEASE: Duration = Duration::from_secs(300);

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
        let pushed = match records.next_push(target, OffsetDateTime::now_utc(), LEASE).await? {
            Some(push) => {
                let id = push.id;
                match send(endpoint, &push).await {
                    Ok(told) => records.push_done(id, &told).await?,
                    Err(trouble) if trouble.passes() && push.attempt < pace.attempts => {
                        let at = OffsetDateTime::now_utc() + again(pace, &push, &trouble);
                        tracing::warn!(
                            target,
                            code = trouble.code(),
                            attempt = push.attempt,
                            "a record waits to be pushed on"
                        );
                        records.push_retry(id, at, trouble.code()).await?;
                    }
                    // A password that is wrong now is put right by people, not by giving up.
                    Err(trouble @ Trouble::Unauthorized) => {
                        tracing::error!(target, "the service does not accept user or password");
                        let at = OffsetDateTime::now_utc() + pace.longest_pause;
                        records.push_retry(id, at, trouble.code()).await?;
                    }
                    Err(trouble) => {
                        tracing::error!(
                            target,
                            code = trouble.code(),
                            "a record was not taken and will not be pushed again"
                        );
                        records.push_given_up(id, trouble.code()).await?;
                    }
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

fn again(pace: Pace, push: &Push, trouble: &Trouble) -> Duration {
    match trouble {
        Trouble::ComeAgain(Some(after)) => (*after).min(pace.longest_pause),
        _ => pace.pause.saturating_mul(2_u32.saturating_pow(push.attempt.saturating_sub(1))).min(pace.longest_pause),
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
            Err(Trouble::Fault(fault)) if fault.code == MISSING => save(endpoint, push).await,
            other => other,
        },
        _ => save(endpoint, push).await,
    };
    match answer {
        Ok(answer) => {
            let result = answer.root().child(TYPES, "OperationResult").and_then(|it| it.child(TYPES, "Result"));
            Ok(result.map(|result| result.text().into_owned()).unwrap_or_default())
        }
        Err(Trouble::Fault(fault)) if fault.code == INACTIVE && push.status == Status::Inactive => {
            Ok("UNCHANGED".to_owned())
        }
        Err(trouble) => Err(trouble),
    }
}

async fn save(endpoint: &Endpoint, push: &Push) -> Result<Document, Trouble> {
    match endpoint.ask(Operation::AddService, &push.octets, &request_id()).await {
        Err(Trouble::Fault(fault)) if fault.code == EXISTS => {
            endpoint.ask(Operation::UpdateService, &push.octets, &request_id()).await
        }
        other => other,
    }
}

/// What the service says of a record that it does not have, and of one that is inactive (horizontal-systems §3.4).
const MISSING: &str = "EGS-3004";
const INACTIVE: &str = "EGS-3006";

fn keyed(push: &Push) -> Vec<u8> {
    let mut writer = Writer::new();
    let document = Document::read(push.octets.clone(), &Limits::default()).ok();
    if let Some(key) = document.as_ref().and_then(|document| document.root().child(TYPES, "ServiceKey")) {
        writer.copy(key, &mut kapia_xml::KeepAll);
    }
    writer.leaf("", TYPES, "Reason", "промяна в записа на администрацията");
    writer.into_bytes()
}
