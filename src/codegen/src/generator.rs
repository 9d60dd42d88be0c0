//! From files to files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use kapia_schema::{Folder, SchemaSet, SchemaSource, SourceError};
use kapia_xml::{Document, Limits};

use crate::ident::{Names, snake};
use crate::{Error, Result, emit, package, plan, wsdl};

/// What is to be generated, and where to.
#[derive(Clone, Debug, Default)]
pub struct Generator {
    wsdl: Vec<PathBuf>,
    xsd: Vec<PathBuf>,
    packages: Vec<PathBuf>,
    out: Option<PathBuf>,
    yaserde: bool,
    services: bool,
}

impl Generator {
    /// Nothing yet.
    pub fn new() -> Generator {
        Generator::default()
    }

    /// Adds a WSDL file: the types of its schemas.
    pub fn wsdl(mut self, file: impl Into<PathBuf>) -> Generator {
        self.wsdl.push(file.into());
        self
    }

    /// Adds a schema, or a folder: every schema in it that no other one there includes or imports.
    pub fn xsd(mut self, path: impl Into<PathBuf>) -> Generator {
        self.xsd.push(path.into());
        self
    }

    /// Adds an adapter package: a folder with an `adapter.toml`.
    pub fn package(mut self, folder: impl Into<PathBuf>) -> Generator {
        self.packages.push(folder.into());
        self
    }

    /// Structs that derive the traits of `yaserde`, in place of those for `kapia-types`: slower, all values texts, nothing
    /// checked (docs/decisions/0021-generated-types.md).
    pub fn yaserde(mut self, yaserde: bool) -> Generator {
        self.yaserde = yaserde;
        self
    }

    /// Clients and server traits of the WSDL files too, in a module `service` beside the types (docs/codegen.md). An operation
    /// that has no rendering is [`Error::Service`]. With `yaserde` there are none.
    pub fn services(mut self, services: bool) -> Generator {
        self.services = services;
        self
    }

    /// The folder for the result.
    pub fn out(mut self, folder: impl Into<PathBuf>) -> Generator {
        self.out = Some(folder.into());
        self
    }

    /// The text of the only module that the input makes.
    pub fn module(&self) -> Result<String> {
        let mut modules = self.modules()?;
        match (modules.pop(), modules.len()) {
            (Some(Module { content: Content::Text(text), .. }), 0) => Ok(text),
            (None, _) => Err(Error::Nothing),
            (Some(_), more) => Err(Error::Several(more + 1)),
        }
    }

    /// The text of the module of a schema, or of a WSDL if the name ends so, that lies in a source such as
    /// [`kapia_schema::Memory`] and not in a file; what was added before plays no part.
    pub fn module_from(&self, name: &str, source: &dyn SchemaSource) -> Result<String> {
        let (file, mut names) = (Path::new(name), Names::default());
        let module = match file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wsdl")) {
            true => {
                let missing = |error: SourceError| std::io::Error::new(std::io::ErrorKind::NotFound, error.to_string());
                let (_, octets) = source
                    .open(name)
                    .map_err(|error| Error::Unreadable { path: file.to_owned(), cause: missing(error) })?;
                self.wsdl_module(file, octets, source, &mut names)?
            }
            false => self.module_of(&load(file, name, source)?, &mut names, file)?,
        };
        match module.content {
            Content::Text(text) => Ok(text),
            Content::Folder { .. } => Err(Error::Nothing),
        }
    }

    /// All files: path below the folder, and text. The same input makes the same files.
    pub fn files(&self) -> Result<BTreeMap<PathBuf, String>> {
        let modules = self.modules()?;
        if modules.is_empty() {
            return Err(Error::Nothing);
        }
        let mut files = BTreeMap::new();
        let root = index(&modules, "");
        place(modules, Path::new(""), &mut files);
        files.insert(PathBuf::from("mod.rs"), root);
        Ok(files)
    }

    /// Writes the files that are not there yet or differ, and says which these are. A file that was not generated is never
    /// replaced: then nothing is written ([`Error::NotGenerated`]).
    pub fn run(&self) -> Result<Vec<PathBuf>> {
        let (out, stale) = self.stale()?;
        if let Some(path) = stale.keys().map(|path| out.join(path)).find(|path| is_of_a_person(path)) {
            return Err(Error::NotGenerated(path));
        }
        let mut written = Vec::new();
        for (path, text) in stale {
            let path = out.join(path);
            let unwritable = |cause| Error::Unwritable { path: path.clone(), cause };
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(unwritable)?;
            }
            std::fs::write(&path, text).map_err(unwritable)?;
            written.push(path);
        }
        Ok(written)
    }

    /// Whether what lies in the folder is what [`Generator::run`] would write; [`Error::Stale`] names what is not.
    pub fn check(&self) -> Result<()> {
        let (out, stale) = self.stale()?;
        if stale.is_empty() {
            return Ok(());
        }
        Err(Error::Stale(stale.into_keys().map(|path| out.join(path)).collect()))
    }

    /// Where the type of every document is, for programs that choose a type by schema and root.
    pub fn document_types(&self) -> Result<Vec<DocumentType>> {
        let mut types = Vec::new();
        for module in self.modules()? {
            match module.content {
                Content::Text(_) => types.extend(module.documents),
                Content::Folder { inner, .. } => {
                    for inner in inner {
                        types.extend(inner.documents.into_iter().map(|mut document| {
                            document.path = format!("{}::{}", module.name, document.path);
                            document.package.clone_from(&module.package);
                            document
                        }));
                    }
                }
            }
        }
        Ok(types)
    }

    fn stale(&self) -> Result<(&Path, BTreeMap<PathBuf, String>)> {
        let out = self.out.as_deref().ok_or(Error::NoFolder)?;
        let mut files = self.files()?;
        files.retain(|path, text| std::fs::read_to_string(out.join(path)).ok().as_deref() != Some(&**text));
        Ok((out, files))
    }

    fn modules(&self) -> Result<Vec<Module>> {
        let mut names = Names::default();
        let mut modules = Vec::new();
        for file in &self.wsdl {
            let octets = std::fs::read(file).map_err(|cause| Error::Unreadable { path: file.to_owned(), cause })?;
            let module = self.wsdl_module(file, octets.into(), &Folder::new(folder_of(file)), &mut names)?;
            modules.push(module);
        }
        for path in &self.xsd {
            for file in mains(path)? {
                modules.push(self.module_of(&load_file(&file)?, &mut names, &file)?);
            }
        }
        for folder in &self.packages {
            modules.push(self.package_module(folder, &mut names)?);
        }
        Ok(modules)
    }

    fn wsdl_module(&self, file: &Path, octets: Bytes, beside: &dyn SchemaSource, names: &mut Names) -> Result<Module> {
        let document = wsdl::document(file, octets)?;
        let mut module = self.module_of(&wsdl::schemas(file, &document, beside)?, names, file)?;
        if let (Content::Text(text), true, false) = (&mut module.content, self.services, self.yaserde) {
            text.push_str(&wsdl::service::modules(file, &document, &module.documents)?);
        }
        Ok(module)
    }

    fn module_of(&self, set: &SchemaSet, names: &mut Names, file: &Path) -> Result<Module> {
        let shown = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let plan = plan::plan(set).map_err(|error| error.in_file(file))?;
        let text = if self.yaserde {
            emit::yaserde::module(&plan, &shown).map_err(|error| error.in_file(file))?
        } else {
            emit::module(&plan, &shown)
        };
        let name = names.take(&snake(&stem));
        let documents = plan.documents.iter().map(|document| DocumentType {
            package: String::new(),
            schema: shown.to_lowercase(),
            root: match &*document.namespace {
                "" => document.local.clone(),
                namespace => format!("{{{namespace}}}{}", document.local),
            },
            path: format!("{name}::{}", plan.items.get(document.item.0).map_or("", |item| &item.name)),
        });
        let documents = documents.collect();
        let doc = format!("`{shown}`.");
        let (package, schema) = (String::new(), shown.to_lowercase());
        Ok(Module { name, doc, package, schema, documents, content: Content::Text(text) })
    }

    fn package_module(&self, folder: &Path, names: &mut Names) -> Result<Module> {
        let package = package::read(folder)?;
        let mut inner_names = Names::default();
        let mut inner: Vec<Module> = Vec::new();
        let mut operations = Vec::new();
        for operation in package.operations {
            let mut sides = Vec::new();
            for side in [&operation.request, &operation.response] {
                let key = side.schema.to_lowercase();
                if !inner.iter().any(|module| module.schema == key) {
                    let file = folder.join("XMLSchemas").join(&side.schema);
                    inner.push(Module {
                        schema: key.clone(),
                        ..self.module_of(&load_file(&file)?, &mut inner_names, &file)?
                    });
                }
                let module = inner.iter().find(|module| module.schema == key);
                let root = side.root.trim_start_matches("{}");
                let document = module.and_then(|module| module.documents.iter().find(|known| known.root == root));
                let Some(document) = document else {
                    let path = folder.join("adapter.toml");
                    return Err(Error::NoRoot { path, schema: side.schema.clone(), root: side.root.clone() });
                };
                sides.push(document.path.clone());
            }
            operations.push((operation.name, operation.description, sides));
        }
        let text = if self.yaserde { String::new() } else { emit::operations(&operations) };
        let doc = format!("`{}`.", package.name);
        let name = names.take(&snake(&package.name));
        let content = Content::Folder { text, inner };
        Ok(Module { name, doc, package: package.name, schema: String::new(), documents: Vec::new(), content })
    }
}

/// A document type of the generated code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentType {
    /// The package that it comes from; empty for a schema or a WSDL file alone.
    pub package: String,
    /// The file of the schema, in small letters.
    pub schema: String,
    /// The root element: `{namespace}local`, or the local name alone.
    pub root: String,
    /// The path of the type below the module of the result.
    pub path: String,
}

struct Module {
    name: String,
    doc: String,
    package: String,
    /// The file of the schema, in small letters.
    schema: String,
    documents: Vec<DocumentType>,
    content: Content,
}

enum Content {
    Text(String),
    /// What stands in `mod.rs` beside the modules.
    Folder {
        text: String,
        inner: Vec<Module>,
    },
}

/// Whether there is a file that does not begin as generated ones do.
fn is_of_a_person(path: &Path) -> bool {
    match std::fs::read(path) {
        Ok(text) => !text.starts_with(emit::MARK.as_bytes()) && !text.trim_ascii().is_empty(),
        Err(_) => false,
    }
}

/// The text of a `mod.rs`.
fn index(modules: &[Module], text: &str) -> String {
    let mut out = emit::HEADER.to_owned();
    let mut order: Vec<&Module> = modules.iter().collect();
    order.sort_by(|a, b| a.name.cmp(&b.name));
    for module in order {
        out.push_str(&format!("\n/// {}\npub mod {};\n", module.doc, module.name));
    }
    out.push_str(text);
    out
}

fn place(modules: Vec<Module>, folder: &Path, files: &mut BTreeMap<PathBuf, String>) {
    for module in modules {
        let name = module.name.strip_prefix("r#").unwrap_or(&module.name).to_owned();
        match module.content {
            Content::Text(text) => {
                files.insert(folder.join(format!("{name}.rs")), text);
            }
            Content::Folder { text, inner } => {
                let folder = folder.join(&name);
                files.insert(folder.join("mod.rs"), index(&inner, &text));
                place(inner, &folder, files);
            }
        }
    }
}

fn load_file(file: &Path) -> Result<SchemaSet> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    load(file, &name, &Folder::new(folder_of(file)))
}

fn load(file: &Path, name: &str, source: &dyn SchemaSource) -> Result<SchemaSet> {
    SchemaSet::load(name, source).map_err(|cause| Error::Schema {
        path: file.with_file_name(cause.file()),
        line: cause.line(),
        cause: Box::new(cause),
    })
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The schemas that a path means.
fn mains(path: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |cause| Error::Unreadable { path: path.to_owned(), cause };
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xsd")) {
            files.push(file);
        }
    }
    files.sort();
    let mut used = BTreeSet::new();
    for file in &files {
        let octets = std::fs::read(file).map_err(|cause| Error::Unreadable { path: file.clone(), cause })?;
        let Ok(document) = Document::read(octets, &Limits::default()) else { continue };
        let own = file.file_name().map(|name| name.to_string_lossy().to_lowercase());
        let locations = document.root().children().filter_map(|child| child.attribute("", "schemaLocation"));
        let names = locations.map(|location| location.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase());
        used.extend(names.filter(|name| Some(name) != own.as_ref()));
    }
    if files.is_empty() {
        return Err(Error::NoSchemas(path.to_owned()));
    }
    let is_used =
        |file: &PathBuf| file.file_name().is_some_and(|name| used.contains(&*name.to_string_lossy().to_lowercase()));
    // Where all include one another, none comes first.
    if !files.iter().all(is_used) {
        files.retain(|file| !is_used(file));
    }
    Ok(files)
}
