//! Check 17 and ours: the backend can be asked, every operation answers its sample request, the answer is valid.

use kapia_adapter::{Adapter, CallFacts, Health, Message, Operation, Package, Question};
use kapia_language::Language;
use kapia_schema::Options;
use kapia_xml::{Document, Limits};

use crate::check;
use crate::examine::Setting;
use crate::record::Record;
use crate::report::{Finding, Level};
use crate::text::{finding, finding_in_both};

pub(crate) async fn look(package: &Package, setting: &Setting<'_>, record: &mut Record) {
    // A package of old names alone has no backend of its own.
    if package.backend == "successor" || setting.offline && package.backend != "sample" {
        return;
    }
    if !reachable(package, setting, record).await {
        return;
    }
    for operation in package.operations.iter().filter(|operation| operation.successor.is_none()) {
        ask_with_sample(&*package.adapter, operation, setting, record).await;
    }
}

/// Asks an operation its sample request, if that is one that the gate would let through.
pub(crate) async fn ask_with_sample(
    adapter: &dyn Adapter,
    operation: &Operation,
    setting: &Setting<'_>,
    record: &mut Record,
) {
    let Some(argument) = argument(operation) else { return };
    record.look(check::ANSWERS);
    let found = ask(adapter, operation, &argument, setting, record).await;
    found.into_iter().for_each(|finding| record.find(finding.of_operation(operation.name.as_str())));
}

async fn reachable(package: &Package, setting: &Setting<'_>, record: &mut Record) -> bool {
    record.look(check::REACHABLE);
    let health = tokio::time::timeout(setting.patience, package.adapter.health()).await;
    let (code, detail) = match health {
        Ok(Health::Up) => return true,
        Ok(Health::Degraded(detail)) => ("backend-degraded", detail),
        Ok(Health::Down(detail)) => ("backend-down", detail),
        Err(_) => ("backend-down", Message::new("it does not answer", "не отговаря")),
    };
    let degraded = code == "backend-degraded";
    let told = finding_in_both(check::REACHABLE, code, &[("detail", detail)]).at("adapter.toml", None);
    record.find(if degraded { told.level(Level::Warning) } else { told });
    degraded
}

fn argument(operation: &Operation) -> Option<Document> {
    let sample = operation.request.sample.as_ref()?;
    let document = Document::read(sample.bytes.clone(), &Limits::default()).ok()?;
    let fits = document.root().name() == operation.request.root.as_name()
        && operation.request.schema.validate(document.root(), &Options::first()).is_valid();
    fits.then_some(document)
}

async fn ask(
    adapter: &dyn Adapter,
    operation: &Operation,
    argument: &Document,
    setting: &Setting<'_>,
    record: &mut Record,
) -> Vec<Finding> {
    let call = CallFacts {
        consumer_name: "kapia adapter check".to_owned(),
        deadline: Some(std::time::Instant::now() + setting.patience),
        ..CallFacts::default()
    };
    let question = Question { operation, argument: argument.root(), call: &call };
    let answer = match tokio::time::timeout(setting.patience, adapter.ask(question)).await {
        Err(_) => {
            let seconds = setting.patience.as_secs().to_string();
            return vec![finding(check::ANSWERS, "operation-silent", &[("seconds", &seconds)])];
        }
        Ok(Err(error)) => {
            let code = Message::new(error.code, error.code);
            let told =
                finding_in_both(check::ANSWERS, "operation-failed", &[("detail", error.message), ("code", code)]);
            return vec![Finding { hint: error.hint, ..told }];
        }
        Ok(Ok(answer)) => answer,
    };
    record.look(check::ANSWER_VALID);
    let report = operation.response.schema.validate(answer.document().root(), &Options::default());
    let told = report.violations.iter().take(3).map(|violation| {
        let path = Message::new(violation.path.as_str(), violation.path.as_str());
        let detail = Message::new(violation.message(Language::English), violation.message(Language::Bulgarian));
        finding_in_both(check::ANSWER_VALID, "answer-invalid", &[("path", path), ("detail", detail)])
    });
    told.collect()
}
