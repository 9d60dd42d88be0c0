//! Reading a package: manifest, schemas, samples, backend.

mod schemas;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use kapia_schema::Options;
use kapia_template::CodeLists;
use kapia_xml::{Document, Limits, XmlError, XmlErrorKind};

use crate::adapter::{Adapter, Answer, Health, Question};
use crate::advice::Advice;
use crate::backend::{Backend, Backends, Opened, Plan, Planned};
use crate::declaration::Declaration;
use crate::failure::{AdapterError, Failure};
use crate::files::{DirectoryFiles, Folder, PackageFiles, PackagePath};
use crate::manifest::{Entry, Manifest, SideEntry, SuccessorEntry};
use crate::message::Message;
use crate::names::FullName;
use crate::operation::{Attachment, Operation, Side};
use crate::parameter::ParameterValues;
use crate::parameters::{OpenedWithParameters, ParameterStore, Parameters, Recipe, Recording};
use crate::policy::Policy;
use crate::problem::{Notice, PackageError, Problem, RefusedOperation};
use crate::section::{Located, Section};
use crate::succession::Succession;
use crate::trouble::Trouble;
use schemas::Schemas;

/// An adapter package that is ready to serve.
///
/// A manifest whose form is wrong refuses the package. An operation that cannot be validated or answered is refused alone.
/// A sample that cannot be read, or is not valid, is a notice.
pub struct Package {
    /// `name` of the manifest.
    pub name: String,
    /// The administration that keeps the register, if the manifest says it.
    pub administration: Option<String>,
    /// The register, if the manifest says it.
    pub register: Option<String>,
    /// The kind of the backend, such as `sample`; `successor` if all operations are old names.
    pub backend: &'static str,
    /// The operations that are served, in the order of the manifest.
    pub operations: Vec<Arc<Operation>>,
    /// The operations that are not served.
    pub refused: Vec<RefusedOperation>,
    /// What the author of the package should look at.
    pub notes: Vec<Notice>,
    /// What answers the operations.
    pub adapter: Arc<dyn Adapter>,
    /// What of it can be set while it serves, if there is anything.
    pub parameters: Option<Arc<Parameters>>,
    /// How calls are let through to it: for whoever serves the package.
    pub policy: Policy,
}

impl Package {
    /// Reads a package with the standard backends.
    pub fn read(files: &dyn PackageFiles) -> Result<Package, PackageError> {
        Package::read_with(files, &Backends::standard())
    }

    /// Reads a package whose backend is one of `backends`.
    pub fn read_with(files: &dyn PackageFiles, backends: &Backends) -> Result<Package, PackageError> {
        let refuse = |problems| PackageError { package: files.label().to_owned(), problems };
        let manifest_bytes =
            PackagePath::parse("adapter.toml").and_then(|path| files.read(&path)).map_err(|problem| {
                let missing = problem.code == "file-missing";
                refuse(vec![if missing { Trouble::ManifestMissing {}.into() } else { problem }])
            })?;
        let manifest = Manifest::parse(&manifest_bytes.bytes, backends).map_err(refuse)?;

        check_circles(&manifest.operations).map_err(refuse)?;
        let codes = Arc::new(manifest.codes);
        let mut reading = Reading { files, schemas: Schemas::default(), codes: Arc::clone(&codes), notes: Vec::new() };
        let mut operations = Vec::with_capacity(manifest.operations.len());
        let mut planned = Vec::with_capacity(manifest.operations.len());
        let mut refused = Vec::new();
        for entry in manifest.operations {
            match reading.operation(&entry) {
                Ok(operation) => {
                    let operation = Arc::new(operation);
                    operations.push(Arc::clone(&operation));
                    if operation.successor.is_none() {
                        planned.push(Planned { operation, settings: entry.settings, line: entry.line });
                    }
                }
                Err(problems) => refused.push(RefusedOperation { name: entry.name, problems }),
            }
        }
        let store = backends.store();
        let opening = Opening { files, codes, planned, package: &manifest.name, store };
        let (opened, parameters) = match &manifest.backend {
            Some((backend, settings)) => opening.open(backend, settings, manifest.parameters).map_err(refuse)?,
            None => (Opened { adapter: Arc::new(NoRegister), refused: Vec::new(), notes: Vec::new() }, None),
        };
        operations.retain(|operation| opened.refused.iter().all(|refused| refused.name != operation.name));
        let mut notes = reading.notes;
        notes.extend(reading.schemas.absent.into_iter().map(|problem| Notice { operation: None, problem }));
        notes.extend(opened.notes);
        refused.extend(opened.refused);
        Ok(Package {
            name: manifest.name,
            administration: manifest.administration,
            register: manifest.register,
            backend: manifest.backend.map_or("successor", |(backend, _)| backend.kind()),
            operations,
            refused,
            notes,
            adapter: opened.adapter,
            parameters,
            policy: manifest.policy,
        })
    }
}

/// What a backend is opened with.
struct Opening<'o> {
    files: &'o dyn PackageFiles,
    codes: Arc<CodeLists>,
    planned: Vec<Planned>,
    package: &'o str,
    store: Option<Arc<dyn ParameterStore>>,
}

impl Opening<'_> {
    fn open(
        self,
        backend: &Arc<dyn Backend>,
        settings: &Section,
        declared: Vec<Declaration>,
    ) -> Result<(Opened, Option<Arc<Parameters>>), Vec<Problem>> {
        let Opening { files, codes, planned, package, store } = self;
        let implied = backend.implied(settings);
        if declared.is_empty() && implied.is_empty() {
            let parameters = &ParameterValues::default();
            let opened = backend.open(&Plan { files, settings, codes: &codes, parameters, operations: &planned })?;
            return Ok((opened, None));
        }
        let recording = Recording { files, read: Arc::default() };
        let recipe = Recipe {
            backend: Arc::clone(backend),
            settings: settings.clone(),
            codes,
            planned,
            files: files.keep(),
            read: Arc::clone(&recording.read),
            refused: Mutex::default(),
        };
        let OpenedWithParameters { parameters, refused, notes } =
            Parameters::open(package, declared, implied, recipe, store, &recording)?;
        let parameters = Arc::new(parameters);
        let adapter: Arc<dyn Adapter> = Arc::clone(&parameters) as Arc<dyn Adapter>;
        Ok((Opened { adapter, refused, notes }, Some(parameters)))
    }
}

impl fmt::Debug for Package {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Package({}: {} operations, {} refused)", self.name, self.operations.len(), self.refused.len())
    }
}

/// A folder that holds a package, and what came of reading it.
pub struct FoundPackage {
    /// The folder.
    pub folder: PathBuf,
    /// The package, or why it cannot be served.
    pub package: Result<Package, PackageError>,
}

/// Reads every package directly below a folder, in the order of their names; a folder that holds an `adapter.toml` itself is one package.
///
/// Folders without an `adapter.toml`, and names that begin with a dot, are no packages. The error says why the folder cannot be listed.
pub fn read_packages(folder: &Path, backends: &Backends) -> Result<Vec<FoundPackage>, Problem> {
    let outer = DirectoryFiles::open(folder)?;
    if outer.is_package()? {
        return Ok(vec![FoundPackage { folder: folder.to_owned(), package: Package::read_with(&outer, backends) }]);
    }
    let names = outer.names(&PackagePath::top());
    Ok(names.into_iter().filter_map(|name| find_package(folder.join(name), backends)).collect())
}

fn find_package(folder: PathBuf, backends: &Backends) -> Option<FoundPackage> {
    let files = DirectoryFiles::open(&folder).ok()?;
    let package = match files.is_package() {
        Ok(true) => Package::read_with(&files, backends),
        Ok(false) => return None,
        Err(problem) => Err(PackageError { package: files.label().to_owned(), problems: vec![problem] }),
    };
    Some(FoundPackage { folder, package })
}

/// A circle of old names within one manifest refuses the package: there is no order in which it could be right.
fn check_circles(entries: &[Entry]) -> Result<(), Vec<Problem>> {
    let next = |name: &FullName| {
        entries
            .iter()
            .find(|entry| entry.name == *name)
            .and_then(|entry| Some((entry, &entry.successor.as_ref()?.name)))
    };
    for entry in entries {
        let mut way = vec![&entry.name];
        while let Some((_, successor)) = way.last().and_then(|name| next(name)) {
            if *successor == entry.name {
                let names: Vec<&str> = way.iter().copied().chain([successor]).map(FullName::as_str).collect();
                let trouble = Trouble::SuccessorCycle { names: names.join(" → ") };
                let line = entry.successor.as_ref().map_or(entry.line, |successor| successor.line);
                return Err(vec![Problem::from(trouble).at("adapter.toml", line)]);
            }
            if way.contains(&successor) {
                break;
            }
            way.push(successor);
        }
    }
    Ok(())
}

/// What stands for the register of a package that has none: all its operations are old names.
struct NoRegister;

#[async_trait]
impl Adapter for NoRegister {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        Err(Failure::OperationElsewhere { operation: question.operation.name.to_string() }.into())
    }

    async fn health(&self) -> Health {
        Health::Up
    }
}

/// The reading of one package.
struct Reading<'f> {
    files: &'f dyn PackageFiles,
    schemas: Schemas,
    codes: Arc<CodeLists>,
    notes: Vec<Notice>,
}

impl Reading<'_> {
    fn operation(&mut self, entry: &Entry) -> Result<Operation, Vec<Problem>> {
        let mut problems = Vec::new();
        let request = self.side(entry, &entry.request, &mut problems);
        let response = self.side(entry, &entry.response, &mut problems);
        let metadata = self.attachment(Folder::MetaData, entry.metadata.as_ref(), &mut problems);
        let successor = entry.successor.as_ref().map(|successor| self.succession(successor, &mut problems));
        match (request, response) {
            (Some(request), Some(response)) if problems.is_empty() => Ok(Operation {
                name: entry.name.clone(),
                description: entry.description.clone(),
                successor,
                asynchronous: entry.asynchronous,
                request,
                response,
                metadata,
            }),
            _ => Err(problems),
        }
    }

    fn succession(&self, entry: &SuccessorEntry, problems: &mut Vec<Problem>) -> Succession {
        Succession {
            successor: entry.name.clone(),
            since: entry.since,
            until: entry.until,
            request: self.attachment(Folder::Successors, entry.request.as_ref(), problems),
            response: self.attachment(Folder::Successors, entry.response.as_ref(), problems),
            codes: Arc::clone(&self.codes),
            line: entry.line,
        }
    }

    fn side(&mut self, entry: &Entry, side: &SideEntry, problems: &mut Vec<Problem>) -> Option<Side> {
        let sample = self.attachment(Folder::Samples, side.sample.as_ref(), problems);
        let loaded = self.schemas.load(self.files, &side.schema.value);
        let (schema_file, schema) =
            loaded.map_err(|problem| problems.push(in_manifest(problem, side.schema.line))).ok()?;
        let root = side.root.value.clone();
        let Some(fields) = schema.fields(&root) else {
            let roots: Vec<String> = schema.roots().iter().map(|root| root.name.to_string()).collect();
            let trouble = Trouble::RootUnknown {
                root: root.to_string(),
                advice: Advice::about(&root.to_string(), roots.iter().map(String::as_str)),
            };
            problems.push(Problem::from(trouble).at("adapter.toml", side.root.line));
            return None;
        };
        let side = Side { schema, schema_file, root, fields, sample };
        self.notes.extend(
            look_at_sample(&side).into_iter().map(|problem| Notice { operation: Some(entry.name.clone()), problem }),
        );
        Some(side)
    }

    fn attachment(
        &self,
        folder: Folder,
        named: Option<&Located<String>>,
        problems: &mut Vec<Problem>,
    ) -> Option<Attachment> {
        let named = named?;
        let read = PackagePath::below(folder, &named.value).and_then(|path| self.files.read(&path));
        match read {
            Ok(file) => Some(Attachment { file: file.path, bytes: file.bytes }),
            Err(problem) => {
                problems.push(in_manifest(problem, named.line));
                None
            }
        }
    }
}

/// A problem that knows no place of its own stands where the manifest names the file.
fn in_manifest(problem: Problem, line: u32) -> Problem {
    if problem.file.is_some() { problem } else { problem.at("adapter.toml", line) }
}

/// What is wrong with the sample of a side, if anything.
fn look_at_sample(side: &Side) -> Option<Problem> {
    let sample = side.sample.as_ref()?;
    match read_sample(side, sample) {
        Ok(document) => check_sample(side, &sample.file, &document),
        Err(problem) => Some(problem),
    }
}

/// Reads an example document of a side.
pub(crate) fn read_sample(side: &Side, sample: &Attachment) -> Result<Document, Problem> {
    let document =
        Document::read(sample.bytes.clone(), &Limits::default()).map_err(|error| unreadable(sample, &error))?;
    let found = document.root().name();
    if found != side.root.as_name() {
        let trouble = Trouble::SampleRoot { expected: side.root.to_string(), found: found.to_string() };
        return Err(Problem::from(trouble).at(&sample.file, document.root().line()));
    }
    Ok(document)
}

/// What a sample breaks of its schema.
pub(crate) fn check_sample(side: &Side, file: &str, document: &Document) -> Option<Problem> {
    let report = side.schema.validate(document.root(), &Options::default());
    let first = report.violations.first()?;
    let trouble = Trouble::SampleInvalid { path: first.path.clone(), code: first.code, count: report.violations.len() };
    Some(Problem::from(trouble).at(file, first.line))
}

/// The problem of a file that is not a document; octets that are not UTF-8 are told from other damage, since they are common.
fn unreadable(sample: &Attachment, error: &XmlError) -> Problem {
    let (trouble, line) = match error.kind() {
        XmlErrorKind::NotUtf8 => (Trouble::SampleEncoding { line: error.line() }, error.line()),
        kind => (Trouble::SampleMalformed { detail: Message::new(kind.to_string(), error.message_bg()) }, error.line()),
    };
    Problem::from(trouble).at(&sample.file, line)
}
