//! From the existing layout to a package: what the files say, what people must say, and nothing that is guessed.

use std::collections::{BTreeMap, BTreeSet};

use kapia_adapter::{Folder, FullName, Message};
use kapia_language::Language;
use kapia_regix::form::{Form, NO_FORM};
use kapia_xml::{Document, Limits, QName};

use crate::draft::{Draft, DraftOperation};
use crate::error::PackagingError;
use crate::matching::Schemas;
use crate::mock::{self, Asked};
use crate::source::Source;
use crate::text::message;

/// What a person has said about a source.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Full names of operations that the source does not describe.
    pub operations: Vec<String>,
    /// `name`, `administration`, `register`, `contract`, or `OPERATION.KEY` with a key of `[[operation]]`.
    pub values: BTreeMap<String, String>,
}

/// What came of an import.
pub enum Import {
    /// A package.
    Done(Imported),
    /// Nothing: the source does not say these things.
    Lacks(Vec<Lack>),
}

/// A package made out of a source.
pub struct Imported {
    /// The package, not written yet.
    pub draft: Draft,
    /// What a person should know about it.
    pub remarks: Vec<Message>,
}

/// A thing that the source does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The key of [`Wishes::values`] that says it.
    pub key: String,
    /// What is asked.
    pub question: Message,
    /// What it may be, as far as that is known.
    pub options: Vec<String>,
}

/// The keys of an operation that may be given.
const KEYS: [&str; 9] = [
    "name",
    "description",
    "request",
    "request_root",
    "sample_request",
    "response",
    "response_root",
    "sample_response",
    "metadata",
];

/// Makes a package out of a source and what a person has said about it.
pub fn import(mut source: Source, wishes: &Wishes) -> Result<Import, PackagingError> {
    if let Some(name) =
        wishes.values.get("name").filter(|name| source.assemblies.len() > 1 && source.assemblies.contains(*name))
    {
        source.keep(name);
    }
    if source.assemblies.len() > 1 {
        let names = source.assemblies.iter().cloned().collect::<Vec<_>>().join(", ");
        return Err(PackagingError::new("source-several", &[("path", &source.label), ("names", &names)]));
    }
    let mut importing =
        Importing { schemas: Schemas::of(&source), source: &source, wishes, lacks: Vec::new(), remarks: Vec::new() };
    let found = importing.operations()?;
    importing.check_wishes(&found)?;
    let mut operations = Vec::with_capacity(found.len());
    for found in &found {
        operations.extend(importing.operation(found)?);
    }
    let Importing { lacks, remarks, .. } = importing;
    if !lacks.is_empty() {
        return Ok(Import::Lacks(lacks));
    }
    let name = wishes.values.get("name").or(source.assemblies.first()).unwrap_or(&source.label).clone();
    let draft = Draft {
        name: package_name(&name)?,
        administration: wishes.values.get("administration").cloned(),
        register: wishes.values.get("register").cloned(),
        backend: "kind = \"sample\"".to_owned(),
        files: files_of(&source),
        operations,
    };
    Ok(Import::Done(Imported { draft, remarks }))
}

pub(crate) fn package_name(name: &str) -> Result<String, PackagingError> {
    let fits = !name.is_empty()
        && name.chars().count() <= 128
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if fits { Ok(name.to_owned()) } else { Err(PackagingError::new("package-name", &[("name", name)])) }
}

fn files_of(source: &Source) -> BTreeMap<String, bytes::Bytes> {
    let mut files = BTreeMap::new();
    for folder in [Folder::Schemas, Folder::Samples, Folder::MetaData, Folder::Data] {
        for name in source.names(folder) {
            if let Some((name, bytes)) = source.find(folder, name) {
                files.insert(format!("{}/{name}", folder.name()), bytes.clone());
            }
        }
    }
    files
}

/// An operation that was found.
struct Found {
    name: String,
    /// The last part of its name.
    short: String,
    form: Option<(String, Form)>,
}

struct Importing<'i> {
    source: &'i Source,
    schemas: Schemas,
    wishes: &'i Wishes,
    lacks: Vec<Lack>,
    remarks: Vec<Message>,
}

impl<'i> Importing<'i> {
    /// By their forms, by what was said, and by their samples.
    fn operations(&mut self) -> Result<Vec<Found>, PackagingError> {
        let mut found = self.by_forms();
        for name in &self.wishes.operations {
            let name: FullName = name.parse().map_err(|_| PackagingError::new("operation-name", &[("name", name)]))?;
            if !found.iter().any(|known| known.name == name.as_str()) {
                found.push(Found { name: name.to_string(), short: name.operation().to_owned(), form: None });
            }
        }
        let claimed: BTreeSet<String> = found
            .iter()
            .flat_map(|known| [true, false].map(|request| self.sample_file(known, request)))
            .flatten()
            .collect();
        let nameless: Vec<String> = self
            .short_names(&claimed)
            .into_iter()
            .filter(|short| !found.iter().any(|known| known.short.eq_ignore_ascii_case(short)))
            .collect();
        let contract = if nameless.is_empty() { None } else { self.contract(&found, &nameless) };
        if let Some(contract) = contract {
            for short in nameless {
                let name = format!("{contract}.{short}");
                name.parse::<FullName>().map_err(|_| PackagingError::new("operation-name", &[("name", &name)]))?;
                self.remarks.push(message("remark-no-form", &[("operation", &short)]));
                found.push(Found { name, short, form: None });
            }
        }
        if found.is_empty() && self.lacks.is_empty() {
            return Err(PackagingError::new("no-operations", &[]));
        }
        for known in &mut found {
            if let Some(name) = self.wishes.values.get(&format!("{}.name", known.short)) {
                name.parse::<FullName>().map_err(|_| PackagingError::new("operation-name", &[("name", name)]))?;
                known.name.clone_from(name);
            }
        }
        Ok(found)
    }

    fn by_forms(&mut self) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for file in self.source.names(Folder::MetaData) {
            let Some((file, bytes)) = self.source.find(Folder::MetaData, file) else { continue };
            if bytes.trim_ascii() == NO_FORM.as_bytes() {
                continue;
            }
            let form = Document::read(bytes.clone(), &Limits::default()).ok().and_then(|read| Form::read(&read).ok());
            let named = form.and_then(|form| Some((form.operation.parse::<FullName>().ok()?, form)));
            match named {
                None => self.remarks.push(message("remark-form", &[("file", file)])),
                Some((name, _)) if found.iter().any(|known| known.name == name.as_str()) => {
                    let values = [("file", file), ("operation", name.operation())];
                    self.remarks.push(message("remark-form-twice", &values));
                }
                Some((name, form)) => found.push(Found {
                    name: name.to_string(),
                    short: name.operation().to_owned(),
                    form: Some((file.to_owned(), form)),
                }),
            }
        }
        found
    }

    /// What samples are called that no operation has claimed, without `Request` and `Response`.
    fn short_names(&self, claimed: &BTreeSet<String>) -> BTreeSet<String> {
        let stem = |name: &str| {
            let stem = name.strip_suffix(".xml").or_else(|| name.strip_suffix(".XML"))?;
            let short = stem.strip_suffix("Request").or_else(|| stem.strip_suffix("Response"))?;
            (!short.is_empty() && !short.contains('/')).then(|| short.to_owned())
        };
        self.source.names(Folder::Samples).filter(|name| !claimed.contains(*name)).filter_map(stem).collect()
    }

    /// The sample of a side by its usual name, or else the one whose root the form states, and its partner.
    fn sample_file(&self, found: &Found, request: bool) -> Option<String> {
        let named = |ending: &str| {
            let usual = format!("{}{ending}.xml", found.short);
            self.source.find(Folder::Samples, &usual).map(|(name, _)| name.to_owned())
        };
        if let Some(name) = named(if request { "Request" } else { "Response" }) {
            return Some(name);
        }
        let of_request = named("Request").or_else(|| {
            let form = &found.form.as_ref()?.1;
            let is_it = |name: &&str| {
                let root = self.source.find(Folder::Samples, name).and_then(|(_, bytes)| readable(bytes));
                root.is_some_and(|document| document.root().is(&form.namespace, &form.root))
            };
            self.source.names(Folder::Samples).find(is_it).map(str::to_owned)
        })?;
        if request {
            return Some(of_request);
        }
        let partner = of_request.replace("Request", "Response");
        self.source.find(Folder::Samples, &partner).map(|(name, _)| name.to_owned()).filter(|name| *name != of_request)
    }

    /// The interface of operations that have no form.
    fn contract(&mut self, found: &[Found], nameless: &[String]) -> Option<String> {
        if let Some(contract) = self.wishes.values.get("contract") {
            return Some(contract.trim_end_matches('.').to_owned());
        }
        let known: BTreeSet<&str> =
            found.iter().filter_map(|known| known.name.rsplit_once('.')).map(|(contract, _)| contract).collect();
        if let (1, Some(contract)) = (known.len(), known.first()) {
            return Some((*contract).to_owned());
        }
        // A mock names the interface of the adapter; the one that consumers call differs from it only by its ending.
        let mocks = self.source.names(Folder::Data).filter_map(|name| name.split_once("Adapter."));
        let interface = mocks.map(|(interface, _)| format!("{interface}API")).next();
        let adapter = self.source.assemblies.first().unwrap_or(&self.source.label);
        let options = match interface {
            _ if !known.is_empty() => known.into_iter().map(str::to_owned).collect(),
            Some(interface) => vec![format!("TechnoLogica.{adapter}.APIService.{interface}")],
            None => Vec::new(),
        };
        let names = nameless.join(", ");
        self.lacks.push(Lack {
            key: "contract".to_owned(),
            question: message("ask-contract", &[("names", &names)]),
            options,
        });
        None
    }

    /// A key that nothing asks for is a mistake of the person who gave it.
    fn check_wishes(&self, found: &[Found]) -> Result<(), PackagingError> {
        let general = ["name", "administration", "register", "contract"];
        for key in self.wishes.values.keys() {
            let of_operation = key.rsplit_once('.').is_some_and(|(operation, key)| {
                (KEYS.contains(&key) || key == "key") && found.iter().any(|known| known.short == operation)
            });
            // As long as an interface is missing, its operations are not known yet.
            if !general.contains(&key.as_str()) && !of_operation && self.lacks.is_empty() {
                let operation = found.first().map_or("OPERATION", |known| &known.short);
                let of_operation = KEYS.iter().map(|key| format!("{operation}.{key}"));
                let known: Vec<String> = general.iter().map(|key| (*key).to_owned()).chain(of_operation).collect();
                return Err(PackagingError::new("wish-unknown", &[("key", key), ("known", &known.join(", "))]));
            }
        }
        Ok(())
    }

    fn operation(&mut self, found: &Found) -> Result<Option<DraftOperation>, PackagingError> {
        let form = found.form.as_ref().map(|(_, form)| form);
        let stated = form.map(|form| QName::new(form.namespace.as_str(), form.root.as_str()));
        let request = self.side(found, true, stated)?;
        let response = self.side(found, false, None)?;
        let (Some(request), Some(response)) = (request, response) else { return Ok(None) };
        let metadata = self.wish(found, "metadata").cloned().or_else(|| Some(found.form.as_ref()?.0.clone()));
        let answers = self.answers(found, &response);
        Ok(Some(DraftOperation {
            name: found.name.clone(),
            description: self
                .wish(found, "description")
                .cloned()
                .or_else(|| form.map(|form| form.title.clone()).filter(|title| !title.is_empty())),
            request: request.schema,
            request_root: request.root.to_string(),
            sample_request: request.sample,
            response: response.schema,
            response_root: response.root.to_string(),
            sample_response: response.sample,
            metadata,
            answers,
            settings: String::new(),
        }))
    }

    fn side(
        &mut self,
        found: &Found,
        request: bool,
        stated: Option<QName>,
    ) -> Result<Option<SideFound>, PackagingError> {
        let (word, ending) = if request { ("request", "Request") } else { ("response", "Response") };
        let side = Message::new(word, if request { "заявката" } else { "отговора" });
        let usual = format!("{}{ending}.xsd", found.short);
        let (sample, document) = self.sample(found, word, request)?;
        if sample.is_none() {
            let of = |language: Language| {
                crate::text::CATALOGUE.message(
                    "remark-no-sample",
                    language,
                    &[("operation", &found.short), ("side", language.pick(&side.en, &side.bg))],
                )
            };
            self.remarks.push(Message::new(of(Language::English), of(Language::Bulgarian)));
        }
        let shown = document.as_ref().map(|document| {
            let name = document.root().name();
            QName::new(name.namespace, name.local)
        });
        let wished = match self.wish(found, word) {
            Some(file) => Some(self.schemas.find(file).map(str::to_owned).ok_or_else(|| {
                let values = [("key", format!("{}.{word}", found.short)), ("file", file.clone())];
                PackagingError::new("file-unknown", &values.each_ref().map(|(name, value)| (*name, value.as_str())))
            })?),
            None => None,
        };
        let wished_root = self.wish(found, &format!("{word}_root")).and_then(|root| root.parse::<QName>().ok());
        // What a sample shows is what is on the wire; what a form states is next; then what a schema with the usual name has.
        let of_file = |schemas: &Schemas, file: &str| match schemas.roots(file) {
            [only] => Some(only.clone()),
            _ => None,
        };
        let usual_root = wished.as_deref().or(self.schemas.find(&usual)).and_then(|file| of_file(&self.schemas, file));
        let candidates: Vec<QName> = match wished_root {
            Some(root) => vec![root],
            None => [shown, stated, usual_root].into_iter().flatten().collect(),
        };
        for root in candidates {
            let files = match &wished {
                Some(file) => vec![file.as_str()],
                None => self.schemas.describing(root.as_name(), &usual, &found.short, document.as_ref()),
            };
            if let Some(file) = files.first() {
                return Ok(Some(SideFound { schema: (*file).to_owned(), root, sample }));
            }
        }
        let lack = |code: &str, key: String, options: Vec<String>| {
            let of = |language: Language| {
                let values = [("operation", found.short.as_str()), ("side", language.pick(&*side.en, &*side.bg))];
                crate::text::CATALOGUE.message(code, language, &values)
            };
            Lack { key, question: Message::new(of(Language::English), of(Language::Bulgarian)), options }
        };
        let file = wished.as_deref().or(self.schemas.find(&usual));
        self.lacks.push(match file {
            Some(file) => {
                let roots = self.schemas.roots(file).iter().map(ToString::to_string).collect();
                lack("ask-root", format!("{}.{word}_root", found.short), roots)
            }
            None => {
                let files = self.schemas.files().map(str::to_owned).collect();
                lack("ask-schema", format!("{}.{word}", found.short), files)
            }
        });
        Ok(None)
    }

    /// The sample of a side with its document; a mock's usual answer serves where there is no other.
    fn sample(
        &self,
        found: &Found,
        word: &str,
        request: bool,
    ) -> Result<(Option<String>, Option<Document>), PackagingError> {
        let key = format!("sample_{word}");
        if let Some(wished) = self.wish(found, &key) {
            let Some((file, bytes)) = self.source.find(Folder::Samples, wished) else {
                let values = [("key", format!("{}.{key}", found.short)), ("file", wished.clone())];
                let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
                return Err(PackagingError::new("file-unknown", &values));
            };
            return Ok((Some(file.to_owned()), readable(bytes)));
        }
        let sample = self.sample_file(found, request);
        if let Some((file, bytes)) = sample.and_then(|file| self.source.find(Folder::Samples, &file)) {
            return Ok((Some(file.to_owned()), readable(bytes)));
        }
        let usual = format!(".{}.response.xml", found.short.to_lowercase());
        let named = self.source.names(Folder::Data).find(|name| !request && name.to_lowercase().ends_with(&usual));
        let mocked = named.and_then(|name| self.source.find(Folder::Data, name));
        Ok(match mocked {
            Some((file, bytes)) => (Some(format!("../{}/{file}", Folder::Data.name())), readable(bytes)),
            None => (None, None),
        })
    }

    fn answers(&mut self, found: &Found, response: &SideFound) -> Option<(String, BTreeMap<String, String>)> {
        let of_form = || mock::key(&found.form.as_ref()?.1.fields);
        let key = self.wish(found, "key").cloned().or_else(of_form)?;
        let schema = self.schemas.load(&response.schema)?;
        let root = &response.root;
        let asked = Asked {
            operation: &found.short,
            response_root: root,
            response: &schema,
            stems: vec![
                root.local.to_string(),
                found.short.clone(),
                format!("{}Response", found.short),
                root.local.trim_end_matches("Response").to_owned(),
            ],
            key,
        };
        let answers = mock::answers(self.source, &asked, &mut self.remarks);
        if answers.is_empty() {
            return None;
        }
        let count = answers.len().to_string();
        let values = [("operation", found.short.as_str()), ("count", count.as_str()), ("key", asked.key.as_str())];
        self.remarks.push(message("remark-answers", &values));
        Some((asked.key, answers))
    }

    fn wish(&self, found: &Found, key: &str) -> Option<&'i String> {
        self.wishes.values.get(&format!("{}.{key}", found.short))
    }
}

/// A document, also one in an undeclared encoding: what is asked of it is its root. The file itself stays as it is, and
/// the checks will say what is wrong with it.
fn readable(bytes: &bytes::Bytes) -> Option<Document> {
    Document::read(bytes.clone(), &Limits::default())
        .or_else(|_| Document::read(String::from_utf8_lossy(bytes).into_owned(), &Limits::default()))
        .ok()
}

struct SideFound {
    schema: String,
    root: QName,
    sample: Option<String>,
}
