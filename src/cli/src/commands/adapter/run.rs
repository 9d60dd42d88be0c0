//! `kapia adapter run`.

use crate::argument::{self, Setting};
use crate::command::runtime;
use crate::failure::{Exit, Failure};
use crate::packages::backends;
use crate::session::Session;
use crate::{operations, readable, text};
use clap::Args;
use kapia_adapter::{CallFacts, Catalogue, Outcome, Question, Served, read_packages};
use kapia_language::Language;
use kapia_schema::{Options, Violation};
use kapia_soap::Bilingual;
use kapia_xml::{Document, Limits};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// One question to one package.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Folder of the package, or one of packages that answer for each other.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Name of the operation, or the last part of it.
    #[arg(value_name = "OPERATION")]
    operation: String,
    /// Set a field of the sample request: a path below the root, such as Person/Names[2]/@lang.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<Setting>,
    /// Take the argument from a file instead of the sample request; - is standard input.
    #[arg(long, value_name = "FILE")]
    argument: Option<PathBuf>,
    /// Show the answer as it came.
    #[arg(long)]
    raw: bool,
    /// How long to wait for the answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
}

impl Run {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let mut packages = Vec::new();
        for found in read_packages(&self.folder, &backends())? {
            packages.push(found.package?);
        }
        let catalogue = Catalogue::build(packages);
        let served = operations::find(&catalogue, &self.operation)?;
        let operation = &served.operation;

        let written = argument::request(&operation.request, self.argument.as_deref(), &self.set)?;
        let unread = |error: &kapia_xml::XmlError| {
            Failure::usage(
                text::bad_argument(operation.request.root.local.as_ref(), error, error.message_bg()),
                Bilingual::new(error.hint(), error.hint_bg()),
            )
        };
        let argument = Document::read(written, &Limits::default()).map_err(|error| unread(&error))?;
        let report = operation.request.schema.validate(argument.root(), &Options::default());
        if let Some(first) = report.violations.first() {
            let cause = both(first, |first| text::argument_invalid(report.violations.len(), first));
            return Err(Failure::refused(cause, hint(first)));
        }

        let began = Instant::now();
        let document = self.ask(served, &argument)?;
        let (document, outcome) = document;
        let milliseconds = format!("{:.1}", began.elapsed().as_secs_f64() * 1000.0);
        if self.raw {
            session.say(&format!("{}\n", document.source().trim_end()));
        }
        let report = operation.response.schema.validate(document.root(), &Options::default());
        if let Some(first) = report.violations.first() {
            let cause = both(first, |first| text::answer_invalid(report.violations.len(), first));
            return Err(Failure::refused(cause, text::answer_invalid_hint()));
        }
        if !self.raw {
            session.say(&readable::document(document.root(), Some(&operation.response.fields), session.paint));
            let outcome = session.pick(match outcome {
                Outcome::Data => text::ran_data(),
                Outcome::NoData => text::ran_no_data(),
            });
            session.tell(text::ran(outcome, milliseconds, document.source().len()));
        }
        Ok(Exit::Done)
    }

    fn ask(&self, served: &Served, argument: &Document) -> Result<(Document, Outcome), Failure> {
        let patience = Duration::from_secs(self.wait.max(1));
        let call = CallFacts {
            consumer_name: "kapia adapter run".to_owned(),
            deadline: Some(Instant::now() + patience),
            ..CallFacts::default()
        };
        let question = Question { operation: &served.operation, argument: argument.root(), call: &call };
        let asked = runtime()?.block_on(async { tokio::time::timeout(patience, served.adapter().ask(question)).await });
        match asked {
            Ok(Ok(answer)) => {
                let outcome = answer.outcome();
                Ok((answer.into_document(), outcome))
            }
            Ok(Err(error)) => {
                let told = |message: &str| format!("{message} [{}]", error.code);
                let cause = Bilingual::new(told(&error.message.en), told(&error.message.bg));
                Err(Failure::refused(cause, Bilingual::new(&*error.hint.en, &*error.hint.bg)))
            }
            Err(_) => Err(Failure::refused(text::register_silent(self.wait), text::register_silent_hint())),
        }
    }
}

/// A text about a violation, told in each language with the violation in that language.
fn both(violation: &Violation, text: impl Fn(String) -> Bilingual) -> Bilingual {
    let place = format!("{}:{} {}", violation.line, violation.column, violation.path);
    let told = |language| text(format!("{place}: {}", violation.message(language)));
    Bilingual::new(told(Language::English).en, told(Language::Bulgarian).bg)
}

fn hint(violation: &Violation) -> Bilingual {
    Bilingual::new(violation.hint(Language::English), violation.hint(Language::Bulgarian))
}
