//! Why a call goes as it goes: access, argument, hidden fields, hints of the gateway.

use crate::client::{Heard, Target};
use crate::commands::describe::{local_steps, may_see};
use crate::config::Config;
use crate::session::Session;
use crate::subject::read_certificate;
use crate::text;
use kapia_adapter::Operation;
use kapia_registry::{Credential, FieldRights, OperationName, StepKind};
use kapia_schema::{FieldTree, Options};
use kapia_soap::Bilingual;
use kapia_xml::{Document, Limits};
use time::OffsetDateTime;

/// How many hidden fields are told one by one.
const TOLD: usize = 20;

/// What can be known before the call, from the same tables and schemas that the gateway uses.
pub(super) fn before(session: &Session, config: &Config, target: &Target, operation: &Operation, argument: &str) {
    access(session, config, target, operation);
    heading(session, text::explain_argument(&operation.request.schema_file));
    match Document::read(argument.to_owned(), &Limits::default()) {
        Ok(document) => {
            let report = operation.request.schema.validate(document.root(), &Options::default());
            if report.is_valid() {
                step(session, true, &session.pick(text::explain_valid()));
            }
            for violation in &report.violations {
                let language = session.language.named();
                step(session, false, &format!("{}: {}", violation.path, violation.message(language)));
                let hint = violation.hint(language);
                if !hint.is_empty() {
                    session.say(&format!("      {hint}\n"));
                }
            }
        }
        Err(error) => step(session, false, &session.pick(Bilingual::new(error.to_string(), error.message_bg()))),
    }
    heading(session, text::explain_reply());
}

/// What only the gateway knows.
pub(super) fn after(session: &Session, heard: &Heard) {
    let [code, hint] = &heard.headers;
    for (name, value) in [("Kapia-Code", code), ("Kapia-Hint", hint)] {
        if let Some(value) = value {
            session.say(&format!("  {name}: {value}\n"));
        }
    }
}

fn access(session: &Session, config: &Config, target: &Target, operation: &Operation) {
    heading(session, text::explain_access());
    let certificate = target.identity.as_ref().and_then(|(file, _)| read_certificate(file).ok());
    let own = certificate.map(|certificate| Credential::Certificate(certificate.thumbprints));
    let (registry, name) = match (session.registry(config), OperationName::parse(operation.name.as_str())) {
        (Ok(registry), Ok(name)) => (registry, name),
        (Err(failure), _) => return session.say(&failure.told(session.language, false)),
        (_, Err(error)) => return step(session, false, &error.message(session.language.named())),
    };
    let explanation = registry.explain(own.as_ref(), &name, OffsetDateTime::now_utc());
    for told in &explanation.steps {
        let message = told.message(session.language.named());
        match told.kind() {
            StepKind::Passed => step(session, true, &message),
            StepKind::Refused => step(session, false, &message),
            StepKind::Note => session.say(&format!("  · {message}\n")),
        }
    }
    match &explanation.outcome {
        Ok(permit) => hidden(session, &operation.response.fields, permit.fields()),
        Err(denial) => session.say(&format!("      {}\n", denial.hint(session.language.named()))),
    }
}

/// The fields that this caller does not see; of a hidden branch only its top.
fn hidden(session: &Session, tree: &FieldTree, rights: &FieldRights) {
    if rights.is_everything() {
        return step(session, true, &session.pick(text::explain_all_fields()));
    }
    let mut hidden = Vec::new();
    let mut pending = tree.children();
    pending.reverse();
    while let Some(field) = pending.pop() {
        if !may_see(rights, &field) {
            hidden.push(local_steps(field.path()).join("/"));
        } else if field.repetitions() == 0 {
            let children = field.children();
            pending.extend(children.into_iter().rev());
        }
    }
    if hidden.is_empty() {
        return step(session, true, &session.pick(text::explain_all_fields()));
    }
    let more = hidden.len().saturating_sub(TOLD);
    let mut told = hidden.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more > 0 {
        told.push_str(&format!(", … +{more}"));
    }
    session.say(&format!("  · {}\n", session.pick(text::explain_hidden(hidden.len(), told))));
}

fn heading(session: &Session, title: Bilingual) {
    session.say(&format!("{}\n", session.paint.bold(&session.pick(title))));
}

fn step(session: &Session, passed: bool, message: &str) {
    let mark = if passed { session.paint.green("✓") } else { session.paint.red("✗") };
    session.say(&format!("  {mark} {message}\n"));
}
