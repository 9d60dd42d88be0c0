//! What came of loading packages, in a few lines.

use crate::language::Language;
use crate::packages::Unusable;
use crate::text;
use kapia_adapter::{Catalogue, Message, Problem};
use std::collections::BTreeMap;

/// How many of a kind are told one by one.
const TOLD: usize = 3;

/// Lines about everything that a person should know of the packages; none if all is well.
pub(crate) fn remarks(catalogue: &Catalogue, unusable: &Unusable, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for folder in &unusable.empty {
        lines.push(language.pick(text::remark_empty(folder.display())));
    }
    let replaced = catalogue.replaced();
    if !replaced.is_empty() {
        let told =
            first(replaced.iter().map(|replaced| format!("{} ({})", replaced.operation.operation(), replaced.new)));
        lines.push(language.pick(text::remark_replaced(replaced.len(), told)));
    }
    let refused = &unusable.packages;
    if !refused.is_empty() {
        let told = first(refused.iter().map(|error| match error.problems.first() {
            Some(problem) => format!("{}: {}", error.package, brief(problem, language)),
            None => error.package.clone(),
        }));
        lines.push(language.pick(text::remark_packages_refused(refused.len(), told)));
    }
    let mut operations: Vec<_> = catalogue.refused().collect();
    operations.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
    if !operations.is_empty() {
        let told = first(operations.iter().map(|refused| match refused.problems.first() {
            Some(problem) => format!("{}: {}", refused.name.operation(), brief(problem, language)),
            None => refused.name.to_string(),
        }));
        lines.push(language.pick(text::remark_operations_refused(operations.len(), told)));
    }
    let kept: Vec<_> = catalogue.kept().iter().filter_map(|notice| notice.operation.as_ref()).collect();
    if !kept.is_empty() {
        let told = first(kept.iter().map(|name| name.operation().to_owned()));
        lines.push(language.pick(text::remark_kept(kept.len(), told)));
    }
    let mut defects: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for package in catalogue.packages() {
        for note in package.notes.iter().filter(|note| !note.problem.code.starts_with("parameter-")) {
            let file = note.problem.file.as_deref().unwrap_or_default();
            defects.entry(note.problem.code).or_default().push(format!("{}/{file}", package.name));
        }
    }
    let lacking: Vec<String> = catalogue
        .packages()
        .iter()
        .flat_map(|package| package.notes.iter().map(move |note| (package, note)))
        .filter(|(_, note)| note.problem.code.starts_with("parameter-"))
        .map(|(package, note)| format!("{}: {}", package.name, brief(&note.problem, language)))
        .collect();
    if !lacking.is_empty() {
        lines.push(language.pick(text::remark_parameters(lacking.len(), first(lacking.into_iter()))));
    }
    for (code, files) in defects {
        let count = files.len();
        let told = first(files.into_iter());
        lines.push(language.pick(match code.starts_with("sample-") {
            true => text::remark_samples(count, code, told),
            false => text::remark_notes(count, code, told),
        }));
    }
    lines
}

fn first(all: impl ExactSizeIterator<Item = String>) -> String {
    let more = all.len().saturating_sub(TOLD);
    let told = all.take(TOLD).collect::<Vec<_>>().join("; ");
    if more == 0 { told } else { format!("{told}; … +{more}") }
}

fn brief(problem: &Problem, language: Language) -> String {
    let Message { en, bg } = &problem.cause;
    match language {
        Language::Bg => bg.to_string(),
        Language::En => en.to_string(),
    }
}
