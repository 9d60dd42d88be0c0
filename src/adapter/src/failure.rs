//! Why an adapter gave no answer, in both languages; never with anything out of the argument or the answer.

use std::fmt;

use crate::message::{Message, fill};

/// A question that got no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterError {
    /// Who has to do something about it.
    pub side: Fault,
    /// Kebab-case name of the kind of error, such as `adapter-deadline`; stable.
    pub code: &'static str,
    /// Whether the same call can succeed later without anybody changing anything.
    pub retryable: bool,
    /// What happened.
    pub message: Message,
    /// What to do about it.
    pub hint: Message,
}

/// The side at which the cause of an error lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The consumer that asked.
    Client,
    /// The register, or the package that stands for it.
    Register,
    /// The gate.
    Gateway,
}

impl fmt::Display for AdapterError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.message.en)
    }
}

impl std::error::Error for AdapterError {}

/// The catalogue of adapter errors.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// A file of the package that should be the answer cannot be read; `file` only if the argument did not choose it.
    SampleUnreadable { file: Option<String>, cause: Message, hint: Message },
    /// The key of the argument is not among the answers, and the package wants an error then.
    SampleUnknownKey { message: Option<Message> },
    /// The key is unknown, the package wants "no data", but has no document that says so.
    SampleNoData {},
    /// What the register sent is not a document.
    AnswerUnreadable { code: &'static str, line: u32, column: u32 },
    /// What the register sent is another document.
    AnswerRoot { expected: String, found: String },
    /// The temporary file for a long answer could not be used.
    NoRoom { cause: String },
    /// The caller gives up before the register has answered.
    Deadline {},
    /// The operation is not one of this adapter.
    OperationElsewhere { operation: String },
    /// A template between an old name and its successor gave no document.
    SuccessorTemplate { request: bool, cause: Message, hint: Message },
    /// The argument of the successor breaks its schema.
    SuccessorRequestInvalid { path: String, rule: &'static str },
    /// The answer of the successor breaks its schema, so it is not mapped.
    SuccessorAnswerInvalid { path: String, rule: &'static str },
}

impl From<Failure> for AdapterError {
    fn from(failure: Failure) -> AdapterError {
        let error =
            |side, code, message: Message, hint: Message| AdapterError { side, code, retryable: false, message, hint };
        match failure {
            Failure::SampleUnreadable { file, cause, hint } => {
                let message = match file {
                    Some(file) => fill(
                        "the sample answer {file} of the adapter package cannot be read: {cause}",
                        "примерният отговор {file} на пакета на адаптера не може да се прочете: {cause}",
                        &[("file", &file), ("cause", &cause)],
                    ),
                    None => fill(
                        "the sample answer for this argument cannot be read: {cause}",
                        "примерният отговор за тази заявка не може да се прочете: {cause}",
                        &[("cause", &cause)],
                    ),
                };
                error(Fault::Register, "sample-unreadable", message, hint)
            }
            Failure::SampleUnknownKey { message } => error(
                Fault::Register,
                "sample-unknown-key",
                message.unwrap_or_else(|| {
                    Message::new("the register does not know what was asked for", "регистърът не познава търсеното")
                }),
                Message::new(
                    "ask for one of the example keys of the package",
                    "попитайте с един от примерните ключове на пакета",
                ),
            ),
            Failure::SampleNoData {} => error(
                Fault::Register,
                "sample-no-data",
                Message::new(
                    "the register has no data, and its package has no document that says so",
                    "регистърът няма данни, а пакетът му няма документ, който да го каже",
                ),
                Message::new(
                    "name such a document in `no_data` of the package",
                    "посочете такъв документ в `no_data` на пакета",
                ),
            ),
            Failure::AnswerUnreadable { code, line, column } => error(
                Fault::Register,
                "answer-unreadable",
                fill(
                    "the answer of the register is not a document: {code} at line {line}, column {column}",
                    "отговорът на регистъра не е документ: {code} на ред {line}, колона {column}",
                    &[("code", &code), ("line", &line), ("column", &column)],
                ),
                Message::new(
                    "tell the administration that keeps the register",
                    "уведомете администрацията, която води регистъра",
                ),
            ),
            Failure::AnswerRoot { expected, found } => error(
                Fault::Register,
                "answer-root",
                fill(
                    "the root of the answer is {found}, not {expected}",
                    "коренът на отговора е {found}, а не {expected}",
                    &[("expected", &expected), ("found", &found)],
                ),
                Message::new(
                    "correct the answer of the register, or `response_root` in adapter.toml",
                    "поправете отговора на регистъра или `response_root` в adapter.toml",
                ),
            ),
            Failure::NoRoom { cause } => AdapterError {
                retryable: true,
                ..error(
                    Fault::Gateway,
                    "answer-no-room",
                    fill(
                        "the answer is too long for memory, and the temporary file of the gate could not be used: {cause}",
                        "отговорът е твърде дълъг за паметта, а временният файл на шлюза не може да се използва: {cause}",
                        &[("cause", &cause)],
                    ),
                    Message::new(
                        "tell the operator of the gateway: the folder for temporary files needs room",
                        "уведомете оператора на шлюза: в папката за временни файлове е нужно място",
                    ),
                )
            },
            Failure::Deadline {} => AdapterError {
                retryable: true,
                ..error(
                    Fault::Register,
                    "adapter-deadline",
                    Message::new("the register did not answer in time", "регистърът не отговори навреме"),
                    Message::new("try again later", "опитайте отново по-късно"),
                )
            },
            Failure::SuccessorTemplate { request: true, cause, hint } => error(
                Fault::Register,
                "successor-request",
                fill(
                    "the request could not be put into the words of the operation that has taken its place: {cause}",
                    "заявката не можа да се изрази с думите на операцията наследник: {cause}",
                    &[("cause", &cause)],
                ),
                hint,
            ),
            Failure::SuccessorTemplate { request: false, cause, hint } => error(
                Fault::Register,
                "successor-response",
                fill(
                    "the answer of the operation that has taken its place could not be put into the old words: {cause}",
                    "отговорът на операцията наследник не можа да се изрази със старите думи: {cause}",
                    &[("cause", &cause)],
                ),
                hint,
            ),
            Failure::SuccessorRequestInvalid { path, rule } => error(
                Fault::Register,
                "successor-request-invalid",
                fill(
                    "the request does not fit the operation that has taken its place: {path} ({rule})",
                    "заявката не отговаря на операцията наследник: {path} ({rule})",
                    &[("path", &path), ("rule", &rule)],
                ),
                Message::new(
                    "tell the administration that keeps the register, or call the successor itself",
                    "уведомете администрацията, която води регистъра, или извикайте самия наследник",
                ),
            ),
            Failure::SuccessorAnswerInvalid { path, rule } => error(
                Fault::Register,
                "successor-answer-invalid",
                fill(
                    "the answer of the operation that has taken its place does not match its schema: {path} ({rule})",
                    "отговорът на операцията наследник не отговаря на схемата си: {path} ({rule})",
                    &[("path", &path), ("rule", &rule)],
                ),
                Message::new(
                    "tell the administration that keeps the register",
                    "уведомете администрацията, която води регистъра",
                ),
            ),
            Failure::OperationElsewhere { operation } => error(
                Fault::Gateway,
                "operation-elsewhere",
                fill(
                    "operation {operation} was asked of an adapter that does not have it",
                    "операция {operation} е поискана от адаптер, който я няма",
                    &[("operation", &operation)],
                ),
                Message::new("report this: it is a defect of Kapia", "съобщете за това: дефект на Капия"),
            ),
        }
    }
}
