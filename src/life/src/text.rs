//! Every text of this crate that a person can receive.

use std::time::Duration;

use kapia_adapter::{AdapterError, CallLimits, Fault, Message, Problem, RefusedOperation};
use kapia_language::{Catalogue, Entry, Language};

use crate::lane::Full;

const CATALOGUE: Catalogue = Catalogue(&ENTRIES);

const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

const ENTRIES: [Entry; 8] = [
    entry(
        "adapter-queue-full",
        [
            "the register is answering {calls} calls and {queue} more are waiting",
            "регистърът отговаря на {calls} заявки и още {queue} чакат",
        ],
        [
            "try again in a moment, and send fewer calls at a time",
            "опитайте отново след малко и изпращайте по-малко заявки едновременно",
        ],
    ),
    entry(
        "adapter-queue-wait",
        [
            "no turn came within {time} ms: the register is answering {calls} calls",
            "за {time} ms не дойде ред: регистърът отговаря на {calls} заявки",
        ],
        [
            "try again in a moment, and send fewer calls at a time",
            "опитайте отново след малко и изпращайте по-малко заявки едновременно",
        ],
    ),
    entry(
        "adapter-breaker-open",
        [
            "the register has failed again and again and is left alone for now",
            "регистърът отказва многократно и засега не се пита",
        ],
        ["try again in {seconds} seconds", "опитайте отново след {seconds} секунди"],
    ),
    entry(
        "adapter-timeout",
        ["the register did not answer within {time} ms", "регистърът не отговори за {time} ms"],
        ["try again later", "опитайте отново по-късно"],
    ),
    entry(
        "adapter-closed",
        ["the package of the operation has just been replaced", "пакетът на операцията току-що беше заменен"],
        ["try again", "опитайте отново"],
    ),
    entry(
        "operation-lost",
        [
            "operation {operation} is served and could not be any more: {cause}",
            "операция {operation} се обслужва, а няма да може: {cause}",
        ],
        ["{advice}", "{advice}"],
    ),
    entry(
        "folder-emptied",
        [
            "all packages of {path} have gone; the ones that were there serve on",
            "всички пакети в {path} ги няма; тези, които бяха там, продължават да се обслужват",
        ],
        [
            "put them back, or have the program reload with SIGHUP to let them go",
            "върнете ги или накарайте програмата да се презареди със SIGHUP, за да отпаднат",
        ],
    ),
    entry(
        "register-silent",
        ["the register gave no sign of life within {time} ms", "регистърът не даде признак на живот за {time} ms"],
        ["", ""],
    ),
];

/// There is no place for a call.
pub(crate) fn full(full: Full, limits: &CallLimits) -> AdapterError {
    let (calls, queue) = (limits.calls.to_string(), limits.queue.to_string());
    let time = limits.queue_wait.as_millis().to_string();
    let values = [("calls", calls.as_str()), ("queue", queue.as_str()), ("time", time.as_str())];
    match full {
        Full::Queue => refused("adapter-queue-full", &values),
        Full::Wait | Full::Deadline => refused("adapter-queue-wait", &values),
    }
}

/// The breaker refuses.
pub(crate) fn resting(left: Duration) -> AdapterError {
    // Rounded up: whoever comes at the told moment is let through.
    let seconds = (left.as_secs() + u64::from(left.subsec_nanos() > 0)).max(1).to_string();
    refused("adapter-breaker-open", &[("seconds", &seconds)])
}

/// The time that the package gives the register is over.
pub(crate) fn too_slow(time: Duration) -> AdapterError {
    refused("adapter-timeout", &[("time", &time.as_millis().to_string())])
}

/// The instance has been let go.
pub(crate) fn closed() -> AdapterError {
    refused("adapter-closed", &[])
}

/// An operation that was served is refused by the new version of its package.
pub(crate) fn operation_lost(refused: &RefusedOperation) -> Problem {
    let first = refused.problems.first();
    let cause = first.map(|problem| problem.cause.clone()).unwrap_or_else(|| Message::new("", ""));
    let advice = first.map(|problem| problem.hint.clone()).unwrap_or_else(|| Message::new("", ""));
    let one = |language: Language| {
        let values = [
            ("operation", refused.name.as_str()),
            ("cause", language.pick(&*cause.en, &cause.bg)),
            ("advice", language.pick(&*advice.en, &advice.bg)),
        ];
        (CATALOGUE.message("operation-lost", language, &values), CATALOGUE.hint("operation-lost", language, &values))
    };
    let [english, bulgarian] = [one(Language::English), one(Language::Bulgarian)];
    let problem = Problem {
        code: "operation-lost",
        file: None,
        line: None,
        cause: Message::new(english.0, bulgarian.0),
        hint: Message::new(english.1, bulgarian.1),
    };
    match first.and_then(|problem| Some((problem.file.clone()?, problem.line))) {
        Some((file, line)) => problem.at(file, line),
        None => problem,
    }
}

/// A folder has no packages any more.
pub(crate) fn folder_emptied(path: &str) -> Problem {
    let (cause, hint) = both("folder-emptied", &[("path", path)]);
    Problem { code: "folder-emptied", file: None, line: None, cause, hint }
}

/// No answer to the question whether the register can be asked.
pub(crate) fn silent(time: Duration) -> Message {
    both("register-silent", &[("time", &time.as_millis().to_string())]).0
}

fn refused(code: &'static str, values: &[(&str, &str)]) -> AdapterError {
    let (message, hint) = both(code, values);
    AdapterError { side: Fault::Register, code, retryable: true, message, hint }
}

fn both(code: &str, values: &[(&str, &str)]) -> (Message, Message) {
    let message = |language| CATALOGUE.message(code, language, values);
    let hint = |language| CATALOGUE.hint(code, language, values);
    let (english, bulgarian) = (Language::English, Language::Bulgarian);
    (Message::new(message(english), message(bulgarian)), Message::new(hint(english), hint(bulgarian)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_exists_in_both_languages() {
        // A hint that consists of the hint of another problem has no language of its own.
        let defects: Vec<String> =
            CATALOGUE.defects().into_iter().filter(|defect| !defect.contains("operation-lost")).collect();
        assert_eq!(defects, Vec::<String>::new());
    }

    #[test]
    fn the_told_moment_is_never_too_early() {
        assert_eq!(&*resting(Duration::from_millis(1500)).hint.en, "try again in 2 seconds");
        assert_eq!(&*resting(Duration::from_millis(1)).hint.bg, "опитайте отново след 1 секунди");
    }
}
