//! A command that could not do its work: the cause, a hint, and the exit code.

use crate::language::Language;
use crate::text;
use kapia_adapter::{AdapterError, PackageError, Problem};
use kapia_codegen::Error as GenerationError;
use kapia_deferred::DeferredError;
use kapia_journal::{Broken, HeadError, JournalError};
use kapia_packaging::PackagingError;
use kapia_pages::PagesError;
use kapia_pki::PkiError;
use kapia_records::{FormError, RecordsError};
use kapia_registry::{NameError, PatternError, PeriodError, RegistryError, SealError, ThumbprintError};
use kapia_server::ServerError;
use kapia_signature::{KeyError, SignError};
use kapia_soap::Bilingual;

/// How a command ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Refused, or not what was hoped for.
    Refused = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// No connection.
    Connection = 3,
}

/// Cause and hint in both languages, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The code that the process ends with.
    pub exit: Exit,
    cause: Bilingual,
    hint: Option<Bilingual>,
}

impl Failure {
    /// The command line, or something it names, is wrong.
    pub fn usage(cause: Bilingual, hint: Bilingual) -> Failure {
        Failure { exit: Exit::Usage, cause, hint: Some(hint) }
    }

    /// The work itself did not succeed.
    pub fn refused(cause: Bilingual, hint: Bilingual) -> Failure {
        Failure { exit: Exit::Refused, cause, hint: Some(hint) }
    }

    /// Nobody could be reached.
    pub fn connection(cause: Bilingual, hint: Bilingual) -> Failure {
        Failure { exit: Exit::Connection, cause, hint: Some(hint) }
    }

    /// `error: cause`, and on the next line `hint: …`.
    pub fn told(&self, language: Language, colour: bool) -> String {
        let (red, cyan, plain) = if colour { ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m") } else { ("", "", "") };
        let error = language.pick(text::error_word());
        let mut told = format!("{red}{error}:{plain} {}\n", language.of_text(&self.cause));
        if let Some(hint) = self.hint.as_ref().map(|hint| language.of_text(hint)).filter(|hint| !hint.is_empty()) {
            let word = language.pick(text::hint_word());
            told.push_str(&format!("{cyan}{word}:{plain} {hint}\n"));
        }
        told
    }
}

/// For the error types of our crates, which all tell message and hint in a language.
macro_rules! told_by {
    ($($error:ident: $exit:ident),* $(,)?) => { $(
        impl From<$error> for Failure {
            fn from(error: $error) -> Failure {
                use kapia_language::Language::{Bulgarian, English};
                Failure {
                    exit: Exit::$exit,
                    cause: Bilingual::new(error.message(English), error.message(Bulgarian)),
                    hint: Some(Bilingual::new(error.hint(English), error.hint(Bulgarian))),
                }
            }
        }
    )* };
}

told_by!(
    DeferredError: Refused,
    SealError: Refused,
    RegistryError: Usage,
    NameError: Usage,
    PatternError: Usage,
    PeriodError: Usage,
    ThumbprintError: Usage,
    PkiError: Usage,
    ServerError: Usage,
    KeyError: Usage,
    SignError: Usage,
    JournalError: Refused,
    HeadError: Usage,
    Broken: Refused,
    PackagingError: Usage,
    GenerationError: Usage,
    RecordsError: Usage,
    PagesError: Usage,
    FormError: Usage,
);

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::usage(
            Bilingual::new(problem.cause.en, problem.cause.bg),
            Bilingual::new(problem.hint.en, problem.hint.bg),
        )
    }
}

impl From<AdapterError> for Failure {
    fn from(error: AdapterError) -> Failure {
        Failure::usage(Bilingual::new(error.message.en, error.message.bg), Bilingual::new(error.hint.en, error.hint.bg))
    }
}

impl From<PackageError> for Failure {
    fn from(error: PackageError) -> Failure {
        Failure { exit: Exit::Usage, cause: Bilingual::new(error.to_string(), error.bulgarian()), hint: None }
    }
}
