//! Examining packages: every check in its turn.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kapia_adapter::{Backends, DirectoryFiles, Folder, Package, PackageFiles, PackagePath, Problem};

use crate::answers;
use crate::check::{self, Check};
use crate::documents;
use crate::fields::{self, Filter};
use crate::forms;
use crate::listed::Listed;
use crate::names;
use crate::neighbours;
use crate::record::Record;
use crate::report::{Finding, Level, Report};
use crate::successors;
use crate::text::finding;
use crate::unused;
use crate::watched::Watched;

/// How packages are examined.
pub struct Setting<'s> {
    /// The kinds of backends that packages may name.
    pub backends: &'s Backends,
    /// The filter of the gate.
    pub filter: &'s dyn Filter,
    /// Whether backends other than `sample` are left in peace: nothing is asked that needs a network.
    pub offline: bool,
    /// How long one answer, or the state of a backend, is waited for.
    pub patience: Duration,
}

/// Examines the packages in these folders, together: names are compared between them.
pub async fn examine(folders: &[PathBuf], setting: &Setting<'_>) -> Vec<Report> {
    let mut examined = Vec::with_capacity(folders.len());
    let mut packages = Vec::new();
    for (at, folder) in folders.iter().enumerate() {
        let (one, package) = examine_one(folder, setting).await;
        packages.extend(package.map(|package| (at, package)));
        examined.push(one);
    }
    neighbours::compare(&mut examined);
    successors::look(&mut examined, packages, setting).await;
    examined
        .into_iter()
        .map(|Examined { mut report, record, .. }| {
            report.findings = record.findings.clone();
            report.settle(|code| record.looked_at(code));
            report
        })
        .collect()
}

/// A package that was looked at alone.
pub(crate) struct Examined {
    pub report: Report,
    pub record: Record,
    pub listed: Listed,
}

async fn examine_one(folder: &Path, setting: &Setting<'_>) -> (Examined, Option<Package>) {
    let mut record = Record::default();
    let label = folder.file_name().map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into());
    let mut report = Report {
        folder: folder.display().to_string(),
        package: label,
        backend: String::new(),
        operations: Vec::new(),
        checks: Vec::new(),
        findings: Vec::new(),
    };
    record.look(check::OPENS);
    let files = match DirectoryFiles::open(folder) {
        Ok(files) => Watched::new(files),
        Err(problem) => {
            record.find(Finding::of(check::OPENS, problem));
            return (Examined { report, record, listed: Listed::default() }, None);
        }
    };
    let listed = files.peek("adapter.toml").map(|file| Listed::read(&file.bytes)).unwrap_or_default();
    if let Some((name, _)) = &listed.name {
        report.package.clone_from(name);
    }
    report.operations = listed.operations.iter().map(|entry| entry.name.clone()).collect();

    // Every file is looked at before the package is read: what is broken in a document is told by the document.
    documents::schemas_and_samples_are_named(&listed, &files, &mut record);
    let package = Package::read_with(&files, setting.backends);
    let on_disk = unused::files_below(folder);
    documents::encodings(&on_disk, &files, &mut record);
    names::look(&listed, &on_disk, package.as_ref().ok(), &mut record);
    match &package {
        Ok(package) => {
            report.backend = package.backend.to_owned();
            look_into(package, &listed, &files, setting, &mut record).await;
        }
        Err(error) => {
            for problem in &error.problems {
                let check = check_of(problem, check::OPENS);
                record.find(Finding::of(check, problem.clone()));
            }
        }
    }
    documents::data(&on_disk, package.as_ref().ok(), &files, &mut record);
    if package.is_ok() {
        unused::look(&on_disk, &files, &mut record);
    }
    (Examined { report, record, listed }, package.ok())
}

async fn look_into(package: &Package, listed: &Listed, files: &Watched, setting: &Setting<'_>, record: &mut Record) {
    for refused in &package.refused {
        for problem in &refused.problems {
            let check = check_of(problem, check::SERVED);
            record.look(check);
            record.find(Finding::of(check, problem.clone()).of_operation(refused.name.as_str()));
        }
    }
    for notice in &package.notes {
        // Samples and answers are looked at more closely by checks of their own.
        if notice.problem.code.starts_with("sample-") && notice.problem.code != "sample-no-data" {
            continue;
        }
        let check = check_of(&notice.problem, check::PACKAGE_NOTES);
        let told = Finding::of(check, notice.problem.clone()).level(Level::Warning);
        record.find(match &notice.operation {
            Some(name) => told.of_operation(name.as_str()),
            None => told,
        });
    }
    record.look(check::PACKAGE_NOTES);
    interface(package, listed, record);
    for operation in &package.operations {
        record.look(check::SERVED);
        record.look(check::SCHEMA_COMPILES);
        if !files.names(&Folder::Responses.path()).is_empty() {
            record.look(check::TEMPLATES);
        }
        let request = documents::sample(operation, true, record);
        let response = documents::sample(operation, false, record);
        documents::transformations(operation, files, record);
        forms::look(operation, request.as_ref(), record);
        if let Some(response) = &response {
            fields::look(operation, response, setting.filter, record);
        }
    }
    answers::look(package, setting, record).await;
}

/// Checks 4 and 5: one interface, and the package named after its adapter.
fn interface(package: &Package, listed: &Listed, record: &mut Record) {
    let mut contracts: Vec<&str> = package.operations.iter().map(|operation| operation.name.contract()).collect();
    contracts.sort_unstable();
    contracts.dedup();
    record.look(check::INTERFACE);
    if let [one, .., other] = contracts.as_slice() {
        let count = contracts.len().to_string();
        let values = [("count", count.as_str()), ("one", one), ("other", other)];
        record.find(finding(check::INTERFACE, "interfaces", &values).at("adapter.toml", None));
    }
    let mut adapters =
        contracts.iter().filter_map(|contract| contract.split('.').find(|step| step.ends_with("Adapter")));
    if let Some(adapter) = adapters.next_back() {
        record.look(check::NAME_FITS);
        if !package.name.to_lowercase().contains(&adapter.trim_end_matches("Adapter").to_lowercase()) {
            let line = listed.name.as_ref().map(|(_, line)| *line);
            record.find(finding(check::NAME_FITS, "name-elsewhere", &[("adapter", adapter)]).at("adapter.toml", line));
        }
    }
}

/// Which check a problem belongs to that reading the package has found.
pub(crate) fn check_of(problem: &Problem, otherwise: &'static Check) -> &'static Check {
    match problem.code {
        "manifest-operation-twice" => check::OPERATION_ONCE,
        "schema-broken" | "schema-absent" | "root-unknown" => check::SCHEMA_COMPILES,
        code if code.starts_with("template") || code.starts_with("successor-template") => check::TEMPLATES,
        _ if in_folder(problem, &["responses", "successors"]) => check::TEMPLATES,
        _ => otherwise,
    }
}

fn in_folder(problem: &Problem, folders: &[&str]) -> bool {
    let folder = problem.file.as_deref().and_then(|file| file.split_once('/')).map(|(folder, _)| folder);
    folder.is_some_and(|folder| folders.iter().any(|known| folder.eq_ignore_ascii_case(known)))
}

/// A path of a file of the package, as the manifest names it below a folder of its own.
pub(crate) fn below(folder: Folder, named: &str) -> Result<PackagePath, Problem> {
    PackagePath::below(folder, named)
}
