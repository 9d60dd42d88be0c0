//! A package out of schemas, examples or a WSDL: complete with `sample`, and all but the connection with the other kinds.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use kapia_adapter::FullName;
use kapia_language::Language;
use kapia_schema::{FieldTree, Folder, Memory, SchemaSet};
use kapia_xml::{Document, Limits, QName};

use crate::draft::{Draft, DraftOperation};
use crate::error::PackagingError;
use crate::example::example;
use crate::filling::{Asked, Kind, fill};
use crate::import::package_name;
use crate::{infer, surroundings, wsdl};

/// What a package is made out of.
#[derive(Clone, Debug)]
pub enum Seed {
    /// Pairs of schemas, of a request and of its response, with everything that they refer to in their folders.
    Schemas(Vec<(PathBuf, PathBuf)>),
    /// Pairs of examples: schemas are made out of them.
    Samples(Vec<(PathBuf, PathBuf)>),
    /// A WSDL with its schemas in it.
    Wsdl(PathBuf),
}

/// A package, and what its author must say before it can be asked.
pub struct Scaffolded {
    /// The package, not written yet.
    pub draft: Draft,
    /// Lines about keys of `adapter.toml`, the same in both languages; empty if nothing is missing.
    pub fill_in: Vec<String>,
}

/// One operation before it has a name.
struct Sketch {
    short: Option<String>,
    request: Documented,
    response: Documented,
}

struct Documented {
    file: String,
    root: QName,
    schema: SchemaSet,
    sample: Option<Bytes>,
}

/// Makes a package. `operations` are full names in the order of the pairs, or short ones; `roots` choose among the elements
/// of schemas that declare several.
pub fn scaffold(
    name: &str,
    operations: &[String],
    roots: &[String],
    seed: &Seed,
    kind: &Kind,
) -> Result<Scaffolded, PackagingError> {
    let mut draft = Draft { name: package_name(name)?, ..Draft::default() };
    let sketches = match seed {
        Seed::Schemas(pairs) => of_schemas(pairs, roots, &mut draft)?,
        Seed::Samples(pairs) => of_samples(pairs, &mut draft)?,
        Seed::Wsdl(file) => of_wsdl(file, &mut draft)?,
    };
    let mut found = Vec::new();
    for (at, sketch) in sketches.iter().enumerate() {
        let full = full_name(name, operations.get(at), sketch)?;
        found.push(described(&full, sketch, &mut draft)?);
    }
    let asked: Vec<Asked<'_>> = found
        .iter()
        .enumerate()
        .map(|(at, one)| Asked {
            short: &one.short,
            at,
            request: one.request.as_ref(),
            response: one.response.as_ref(),
            question: &one.question,
            answer: &one.answer,
        })
        .collect();
    let filled = fill(kind, &asked)?;
    draft.backend = filled.backend;
    draft.files.extend(filled.files);
    let mut settings = filled.operations.into_iter();
    for one in found {
        let settings = settings.next().unwrap_or_default();
        draft.operations.push(DraftOperation { settings, ..one.operation });
    }
    Ok(Scaffolded { draft, fill_in: filled.fill_in })
}

/// An operation without its backend.
struct Described {
    operation: DraftOperation,
    short: String,
    request: Option<FieldTree>,
    response: Option<FieldTree>,
    question: Document,
    answer: Document,
}

fn described(full: &FullName, sketch: &Sketch, draft: &mut Draft) -> Result<Described, PackagingError> {
    let short = full.operation().to_owned();
    let mut sample = |side: &Documented, ending: &str| -> Result<(String, Document), PackagingError> {
        let file = format!("{short}{ending}.xml");
        let octets = match &side.sample {
            Some(octets) => octets.clone(),
            None => made(side)?,
        };
        let path = format!("XMLSamples/{file}");
        let document = read(&octets, &path)?;
        draft.files.insert(path, octets);
        Ok((file, document))
    };
    let (sample_request, question) = sample(&sketch.request, "Request")?;
    let (sample_response, answer) = sample(&sketch.response, "Response")?;
    let request = sketch.request.schema.fields(&sketch.request.root);
    let response = sketch.response.schema.fields(&sketch.response.root);
    let mut metadata = None;
    if let Some(fields) = &request {
        let file = format!("{short}.xml");
        let form = surroundings::form(full.as_str(), &short, fields).write();
        let form =
            Document::read(form, &Limits::default()).map(|form| surroundings::indented(&form)).unwrap_or_default();
        draft.files.insert(format!("XMLMetaData/{file}"), form.into());
        metadata = Some(file);
    }
    let operation = DraftOperation {
        name: full.to_string(),
        description: None,
        request: sketch.request.file.clone(),
        request_root: sketch.request.root.to_string(),
        sample_request: Some(sample_request),
        response: sketch.response.file.clone(),
        response_root: sketch.response.root.to_string(),
        sample_response: Some(sample_response),
        metadata,
        answers: None,
        settings: String::new(),
    };
    Ok(Described { operation, short, request, response, question, answer })
}

/// `Company.RegiX.VehicleAdapter` asked with `VehicleRequest` is `….APIService.IVehicleAPI.GetVehicle`.
fn full_name(package: &str, given: Option<&String>, sketch: &Sketch) -> Result<FullName, PackagingError> {
    let adapter = package.rsplit('.').next().unwrap_or(package);
    let base = adapter.strip_suffix("Adapter").filter(|base| !base.is_empty()).unwrap_or(adapter);
    let root = &sketch.request.root.local;
    let of_root = || {
        let plain = root.strip_suffix("Request").filter(|plain| !plain.is_empty()).unwrap_or(root);
        if plain.starts_with("Get") { plain.to_owned() } else { format!("Get{plain}") }
    };
    let short = given.cloned().or_else(|| sketch.short.clone()).unwrap_or_else(of_root);
    let full = if short.contains('.') { short } else { format!("{package}.APIService.I{base}API.{short}") };
    full.parse().map_err(|_| PackagingError::new("operation-name", &[("name", &full)]))
}

fn made(side: &Documented) -> Result<Bytes, PackagingError> {
    let impossible =
        |cause: &str| PackagingError::new("example-impossible", &[("root", &side.root.to_string()), ("cause", cause)]);
    let fields = side.schema.fields(&side.root).ok_or_else(|| impossible("-"))?;
    example(&side.schema, &fields).map(Bytes::from).map_err(|cause| impossible(&cause))
}

fn of_schemas(
    pairs: &[(PathBuf, PathBuf)],
    roots: &[String],
    draft: &mut Draft,
) -> Result<Vec<Sketch>, PackagingError> {
    let mut side = |file: &PathBuf| {
        let (folder, name) = split(file);
        let set = SchemaSet::load(&name, &Folder::new(&folder)).map_err(|error| {
            let cause = format!("{} ({}:{})", error.message(Language::English), error.file(), error.line());
            PackagingError::new("schema-unusable", &[("file", &file.display().to_string()), ("cause", &cause)])
        })?;
        for name in set.files() {
            add(draft, &format!("XMLSchemas/{name}"), octets_of(&folder.join(name))?)?;
        }
        let written = set.files().first().cloned().unwrap_or(name);
        let root = root_of(&set, &written, roots)?;
        Ok(Documented { file: written, root, schema: set, sample: None })
    };
    pairs
        .iter()
        .map(|(request, response)| Ok(Sketch { short: None, request: side(request)?, response: side(response)? }))
        .collect()
}

/// The only element, or the one that was chosen, or the one that bears the name of the file.
fn root_of(set: &SchemaSet, file: &str, chosen: &[String]) -> Result<QName, PackagingError> {
    let roots: Vec<QName> = set.roots().into_iter().filter(|root| !root.is_abstract).map(|root| root.name).collect();
    let stem = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".xsd");
    let is_chosen = |root: &&QName| chosen.iter().any(|name| **name == *root.local || *name == root.to_string());
    let found = match roots.as_slice() {
        [] => return Err(PackagingError::new("root-none", &[("file", file)])),
        [only] => Some(only),
        several => several.iter().find(is_chosen).or_else(|| several.iter().find(|root| *root.local == *stem)),
    };
    found.cloned().ok_or_else(|| {
        let names = roots.iter().map(|root| root.local.as_ref()).collect::<Vec<_>>().join(", ");
        PackagingError::new("root-several", &[("file", file), ("roots", &names), ("option", "--root NAME")])
    })
}

fn of_samples(pairs: &[(PathBuf, PathBuf)], draft: &mut Draft) -> Result<Vec<Sketch>, PackagingError> {
    let mut side = |file: &PathBuf| {
        let octets = octets_of(file)?;
        let shown = file.display().to_string();
        let document = read(&octets, &shown)?;
        let unusable = |cause: &str| PackagingError::new("sample-unusable", &[("file", &shown), ("cause", cause)]);
        let text = infer::schema(&document).map_err(unusable)?;
        let root = QName::new(document.root().namespace(), document.root().local());
        let name = format!("{}.xsd", root.local);
        let set = SchemaSet::load(&name, &Memory::new().with(&name, text.clone()))
            .map_err(|error| unusable(&error.to_string()))?;
        add(draft, &format!("XMLSchemas/{name}"), text.into())?;
        Ok(Documented { file: name, root, schema: set, sample: Some(octets) })
    };
    pairs
        .iter()
        .map(|(request, response)| Ok(Sketch { short: None, request: side(request)?, response: side(response)? }))
        .collect()
}

fn of_wsdl(file: &Path, draft: &mut Draft) -> Result<Vec<Sketch>, PackagingError> {
    let shown = file.display().to_string();
    let unusable = |cause: &str| PackagingError::new("wsdl-unusable", &[("file", &shown), ("cause", cause)]);
    let described = wsdl::read(octets_of(file)?).map_err(|cause| unusable(&cause))?;
    let memory = described.schemas.iter().fold(Memory::new(), |memory, (name, bytes)| memory.with(name, bytes.clone()));
    let side = |root: &QName| {
        for (name, _) in &described.schemas {
            let set = SchemaSet::load(name, &memory).map_err(|error| unusable(&error.to_string()))?;
            if set.roots().iter().any(|known| known.name == *root) {
                return Ok(Documented { file: name.clone(), root: root.clone(), schema: set, sample: None });
            }
        }
        Err(unusable(&format!("no schema in it declares {root}")))
    };
    let mut sketches = Vec::new();
    for operation in &described.operations {
        let (request, response) = (side(&operation.request)?, side(&operation.response)?);
        for used in [&request, &response] {
            for name in used.schema.files() {
                if let Some((name, bytes)) = described.schemas.iter().find(|(known, _)| known == name) {
                    draft.files.insert(format!("XMLSchemas/{name}"), bytes.clone());
                }
            }
        }
        sketches.push(Sketch { short: Some(operation.name.clone()), request, response });
    }
    Ok(sketches)
}

fn add(draft: &mut Draft, path: &str, bytes: Bytes) -> Result<(), PackagingError> {
    match draft.files.insert(path.to_owned(), bytes.clone()) {
        Some(other) if other != bytes => Err(PackagingError::new("source-twice", &[("path", path)])),
        _ => Ok(()),
    }
}

fn split(file: &Path) -> (PathBuf, String) {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    (folder.to_owned(), file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()))
}

fn octets_of(file: &Path) -> Result<Bytes, PackagingError> {
    fs::read(file).map(Bytes::from).map_err(|error| {
        let values = [("path", file.display().to_string()), ("cause", error.kind().to_string())];
        PackagingError::new("source-unreadable", &values.each_ref().map(|(name, value)| (*name, value.as_str())))
    })
}

fn read(octets: &Bytes, file: &str) -> Result<Document, PackagingError> {
    Document::read(octets.clone(), &Limits::default())
        .map_err(|error| PackagingError::new("sample-unusable", &[("file", file), ("cause", &error.to_string())]))
}
