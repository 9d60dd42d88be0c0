//! `[backend]` and `[operation.sample]` of a package with the backend `sample`.

use std::time::Duration;

use super::key::{KeyPath, collapse};
use crate::message::Message;
use crate::problem::Problem;
use crate::section::{Keys, Located, Section};
use crate::trouble::Trouble;

/// How an operation chooses its answer.
#[derive(Default)]
pub(super) struct Settings {
    pub key: Option<Located<KeyPath>>,
    pub unknown: Unknown,
    pub no_data: Option<Located<String>>,
    pub error: Option<Message>,
    /// Values with collapsed white space, and the file for each.
    pub answers: Vec<(String, Located<String>)>,
    pub delay: Option<Duration>,
}

/// What a value is answered with that is not among the answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Unknown {
    #[default]
    Sample,
    NoData,
    Error,
}

const LONGEST_DELAY_MS: u64 = 600_000;

/// `[backend]`: the delay of every operation that has none of its own.
pub(super) fn read_backend(section: &Section, problems: &mut Vec<Problem>) -> Duration {
    let mut keys = section.keys(problems);
    keys.text("kind");
    let delay = read_delay(&mut keys);
    keys.finish();
    delay.unwrap_or_default()
}

impl Settings {
    /// Reads `[operation.sample]`.
    pub fn read(section: &Section, problems: &mut Vec<Problem>) -> Settings {
        let mut keys = section.keys(problems);
        let written = keys.text("key");
        let unknown = keys
            .one_of("unknown", &[("sample", Unknown::Sample), ("no-data", Unknown::NoData), ("error", Unknown::Error)]);
        let no_data = keys.text("no_data");
        let answers = keys.section("answers");
        let error = keys.section("error");
        let delay = read_delay(&mut keys);

        let meaning = unknown.map(|unknown| unknown.value).unwrap_or_default();
        let line = section.line();
        if written.is_none() {
            let named = [("unknown", unknown.map(|it| it.line)), ("answers", answers.map(Section::line))];
            for (key, line) in named.into_iter().filter_map(|(key, line)| Some((key, line?))) {
                useless(&mut keys, line, key, "key");
            }
        } else if answers.is_none() && meaning == Unknown::Sample {
            useless(&mut keys, written.as_ref().map_or(line, |key| key.line), "key", "answers");
        }
        if let Some(named) = no_data.as_ref().filter(|_| meaning != Unknown::NoData) {
            useless(&mut keys, named.line, "no_data", "unknown = \"no-data\"");
        }
        if let Some(table) = error.filter(|_| meaning != Unknown::Error) {
            useless(&mut keys, table.line(), "error", "unknown = \"error\"");
        }
        let key = written.and_then(|written| match KeyPath::parse(&written.value) {
            Ok(value) => Some(Located { value, line: written.line }),
            Err(problem) => {
                keys.problem(written.line, problem);
                None
            }
        });
        keys.finish();
        Settings {
            key,
            unknown: meaning,
            no_data,
            error: error.and_then(|table| table.message(problems)),
            answers: answers.map(|table| read_answers(table, problems)).unwrap_or_default(),
            delay,
        }
    }
}

fn read_delay(keys: &mut Keys<'_, '_>) -> Option<Duration> {
    keys.number("delay_ms", 0..=LONGEST_DELAY_MS).map(|delay| Duration::from_millis(delay.value))
}

fn read_answers(section: &Section, problems: &mut Vec<Problem>) -> Vec<(String, Located<String>)> {
    let mut keys = section.keys(problems);
    let mut answers: Vec<(String, Located<String>)> = Vec::new();
    let mut lines = std::collections::HashMap::new();
    for (value, file) in keys.free_texts() {
        let value = collapse(value);
        match lines.insert(value.clone(), file.line) {
            Some(first) => keys.problem(file.line, Trouble::AnswerTwice { first }),
            None => answers.push((value, Located { value: file.value.to_owned(), line: file.line })),
        }
    }
    answers
}

fn useless(keys: &mut Keys<'_, '_>, line: u32, key: &'static str, needs: &'static str) {
    let section = keys.title().to_owned();
    keys.problem(line, Trouble::KeyUseless { section, key, needs });
}
