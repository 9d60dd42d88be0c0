//! `kapia describe`.

use crate::failure::{Exit, Failure};
use crate::operations;
use crate::readable::label;
use crate::session::Session;
use crate::subject::own_credential;
use crate::text;
use clap::Args;
use kapia_adapter::Side;
use kapia_registry::{ConsumerName, Credential, Explanation, FieldRights, OperationName, Registry};
use kapia_schema::Field;
use std::sync::Arc;
use time::OffsetDateTime;

/// Shows the fields of an operation.
#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// Name of the operation, or its last part.
    operation: String,
    /// Whose rights are shown; by default those of the certificate in [client].
    #[arg(long, value_name = "NAME")]
    consumer: Option<String>,
}

/// How often an element that stands in itself is shown below itself.
const RECURSION: usize = 0;

impl Describe {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let config = session.config()?;
        let loaded = session.packages(&config)?;
        let served = operations::find(&loaded.catalogue, &self.operation)?;
        let operation = &served.operation;
        let registry = session.registry(&config).ok();
        let name = OperationName::parse(operation.name.as_str())?;
        let rights = match (&registry, &self.consumer) {
            (Some(registry), Some(consumer)) => rights_of(session, registry, consumer, &name)?,
            (Some(registry), None) => {
                own_credential(&config).map(|own| Rights::of(&explain(registry, &own, &name), session))
            }
            (None, Some(_)) => {
                session.registry(&config)?;
                None
            }
            (None, None) => None,
        };

        let mut out = format!("{}\n", session.paint.bold(operation.name.as_str()));
        let places = [&served.package.administration, &served.package.register].into_iter().flatten();
        let places = places.map(String::as_str).chain([served.package.name.as_str()]).collect::<Vec<_>>();
        for line in [operation.description.as_str(), &places.join(" · ")] {
            if !line.is_empty() {
                out.push_str(&format!("  {line}\n"));
            }
        }
        if let Some(succession) = &operation.successor {
            let until = succession.until.map(|until| until.to_string());
            let told = session.pick(text::old_name(succession.successor.as_str(), until.as_deref()));
            out.push_str(&format!("  {}\n", session.paint.red(&told)));
        }
        if let Some(further) = served.successor.as_ref().filter(|successor| successor.chain.len() > 1) {
            let way: Vec<&str> = further.chain.iter().map(|name| name.as_str()).collect();
            out.push_str(&format!("  {}\n", session.pick(text::old_name_way(way.join(" → ")))));
        }
        if let Some(rights) = &rights {
            out.push_str(&format!("  {}\n", rights.line));
        }
        let fields = rights.as_ref().map(|rights| rights.fields.as_deref());
        side(session, &session.pick(text::request_word()), &operation.request, None, &mut out);
        side(session, &session.pick(text::answer_word()), &operation.response, fields, &mut out);
        session.say(&out);
        Ok(Exit::Done)
    }
}

/// What a caller may do with the operation.
struct Rights {
    line: String,
    /// What they may see, `None` if they may not call.
    fields: Option<Arc<FieldRights>>,
}

impl Rights {
    fn of(explanation: &Explanation, session: &Session) -> Rights {
        match &explanation.outcome {
            Ok(permit) => {
                let allowed = session.pick(text::may_call(permit.consumer_name()));
                Rights { line: session.paint.green(&allowed), fields: Some(Arc::clone(permit.fields())) }
            }
            Err(denial) => {
                let denied = session.pick(text::may_not_call(denial.message(session.language.named())));
                Rights { line: session.paint.red(&denied), fields: None }
            }
        }
    }
}

fn explain(registry: &Registry, credential: &Credential, operation: &OperationName) -> Explanation {
    registry.explain(Some(credential), operation, OffsetDateTime::now_utc())
}

/// The best that any certificate of the consumer may do.
fn rights_of(
    session: &Session,
    registry: &Registry,
    consumer: &str,
    operation: &OperationName,
) -> Result<Option<Rights>, Failure> {
    let consumer = registry.consumer(&ConsumerName::parse(consumer)?)?;
    let mut all = Vec::new();
    for certificate in &consumer.certificates {
        all.push(explain(registry, &Credential::Sha256(certificate.sha256), operation));
    }
    let best = all.iter().find(|explanation| explanation.outcome.is_ok()).or(all.first());
    match best {
        Some(best) => Ok(Some(Rights::of(best, session))),
        None => Err(Failure::usage(text::consumer_without_certificate(&consumer.name), text::add_certificate_hint())),
    }
}

/// `rights`: outside, whether there are any to be shown; inside, whether the caller may call at all.
fn side(session: &Session, title: &str, side: &Side, rights: Option<Option<&FieldRights>>, out: &mut String) {
    let root = side.fields.root();
    let about = root.documentation().map(label).filter(|label| !label.is_empty());
    let about = about.map(|about| session.paint.dim(&format!("  — {about}"))).unwrap_or_default();
    out.push_str(&format!("\n{} {}{about}\n", session.paint.bold(title), root.name()));
    let fields: Vec<Field> = side.fields.walk(RECURSION).collect();
    let depth = |field: &Field| depth(field.path());
    let width = |field: &Field| 2 * depth(field) + shown_name(field).chars().count();
    let column = fields.iter().map(width).max().unwrap_or(0).min(48);
    for field in &fields {
        let mark = match rights {
            None => "  ".to_owned(),
            Some(rights) if visible(rights, field) => session.paint.green("✓ "),
            Some(_) => session.paint.red("✗ "),
        };
        let gap = " ".repeat(column.saturating_sub(width(field)) + 2);
        let indent = "  ".repeat(depth(field));
        let again = if field.repetitions() > RECURSION { " ↻" } else { "" };
        out.push_str(&format!(
            "  {mark}{indent}{}{gap}{:<5} {}{again}",
            shown_name(field),
            occurrence(field),
            kind(session, field)
        ));
        if let Some(about) = field.documentation().map(label).filter(|label| !label.is_empty()) {
            out.push_str(&session.paint.dim(&format!("  — {about}")));
        }
        out.push('\n');
    }
    if rights.is_some_and(|rights| fields.iter().any(|field| !visible(rights, field))) {
        out.push_str(&format!("  {}\n", session.paint.dim(&session.pick(text::rights_legend()))));
    }
}

fn visible(rights: Option<&FieldRights>, field: &Field) -> bool {
    rights.is_some_and(|rights| may_see(rights, field))
}

/// Whether a field may be seen, by its path of local names.
pub(crate) fn may_see(rights: &FieldRights, field: &Field) -> bool {
    let steps = local_steps(field.path());
    let mut place = rights.start();
    for step in &steps {
        place = match step.strip_prefix('@') {
            Some(attribute) => place.attribute(attribute),
            None => place.element(step),
        };
    }
    place.visible()
}

/// The steps of a path without their namespaces: rights know local names.
pub(crate) fn local_steps(path: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut inside = false;
    for c in path.chars() {
        match c {
            '{' => inside = true,
            '}' => inside = false,
            _ if inside => {}
            '/' => steps.push(String::new()),
            c => steps.iter_mut().last().into_iter().for_each(|step| step.push(c)),
        }
    }
    steps
}

fn depth(path: &str) -> usize {
    local_steps(path).len() - 1
}

fn shown_name(field: &Field) -> String {
    if field.is_attribute() { format!("@{}", field.local()) } else { field.local().to_owned() }
}

fn occurrence(field: &Field) -> String {
    match (field.min_occurs(), field.max_occurs()) {
        (min, Some(max)) if min == max => min.to_string(),
        (min, Some(max)) => format!("{min}..{max}"),
        (min, None) => format!("{min}..*"),
    }
}

fn kind(session: &Session, field: &Field) -> String {
    let nillable = if field.is_nillable() { ", nil" } else { "" };
    let kind = match field.simple_type() {
        Some(simple) => simple.describe(session.language.named()),
        None => field.type_name().map(|name| name.local.to_string()).unwrap_or_default(),
    };
    format!("{kind}{nillable}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lose_their_namespaces() {
        assert_eq!(local_steps("A/{http://x/y}B/@{urn:z}c"), ["A", "B", "@c"]);
        assert_eq!(depth("A/{http://x/y}B"), 1);
    }
}
