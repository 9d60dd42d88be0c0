//! Finding and reading the documents of a set: include, import, redefine, and chameleons (XML Schema part 1 §4.2).

use std::collections::{HashMap, HashSet, VecDeque};

use bytes::Bytes;
use kapia_xml::{Document, Element, ElementId, Limits};

use crate::catalogue as rules;
use crate::error::SchemaError;
use crate::model::{FileIx, Methods};
use crate::rule::Rule;
use crate::source::{SchemaSource, SourceError};

use super::encoding::utf8;
use super::grammar;

pub(super) const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// One schema document in one target namespace (a chameleon is several of these).
pub(super) struct File {
    pub(super) name: String,
    pub(super) document: Document,
    /// Empty when there is none.
    pub(super) target: String,
    /// It has no target namespace of its own and took that of the document that includes it.
    pub(super) chameleon: bool,
    /// It belongs to a main document, not only to an import.
    pub(super) main: bool,
    pub(super) qualified_elements: bool,
    pub(super) qualified_attributes: bool,
    pub(super) block: Methods,
    pub(super) final_: Methods,
    pub(super) imports: HashSet<String>,
    /// `xs:redefine` elements and the documents that they redefine.
    pub(super) redefines: Vec<(ElementId, FileIx)>,
    pub(super) includes: Vec<FileIx>,
}

impl File {
    pub(super) fn root(&self) -> Element<'_> {
        self.document.root()
    }

    pub(super) fn error(&self, at: Element<'_>, rule: &'static Rule, names: Vec<String>) -> SchemaError {
        let position = self.document.position(at.span().start);
        SchemaError { rule, file: self.name.clone(), line: position.line, column: position.column, names }
    }
}

/// Reads the main documents and everything that they need.
pub(super) fn collect(mains: &[&str], source: &dyn SchemaSource) -> Result<(Vec<File>, Absent), SchemaError> {
    let mut collector = Collector {
        source,
        read: HashMap::new(),
        files: Vec::new(),
        known: HashMap::new(),
        pending: VecDeque::new(),
        absent: Absent(Vec::new()),
    };
    for main in mains {
        let (name, document) = collector.open(main).map_err(|fault| match fault {
            Fault::There(error) => error,
            Fault::Here(rule, names) => SchemaError { rule, file: (*main).to_owned(), line: 0, column: 0, names },
        })?;
        let target = target_of(&document);
        collector.add(name, document, target, false, true);
    }
    while let Some(ix) = collector.pending.pop_front() {
        collector.references(ix)?;
    }
    Ok((collector.files, collector.absent))
}

/// Documents that cannot be had: on the network, or not there. A location of an import is a hint only (§4.2.3), and an
/// include whose location leads nowhere includes nothing (§4.2.1), so this is no error until something of the namespace is
/// needed.
pub(super) struct Absent(Vec<(String, SchemaError)>);

impl Absent {
    /// Why a name could not be resolved: the document that would have declared it is absent, or else the error itself.
    pub(super) fn cause_of(self, error: SchemaError) -> SchemaError {
        let missing = |namespace: &str| {
            std::ptr::eq(error.rule, &rules::UNRESOLVED)
                && error.names.get(1).is_some_and(|name| match name.strip_prefix('{') {
                    Some(rest) => rest.strip_prefix(namespace).is_some_and(|rest| rest.starts_with('}')),
                    None => namespace.is_empty(),
                })
        };
        self.0.into_iter().find(|(namespace, _)| missing(namespace)).map_or(error, |(_, absent)| absent)
    }
}

struct Collector<'s> {
    source: &'s dyn SchemaSource,
    read: HashMap<String, Document>,
    files: Vec<File>,
    /// By canonical name and effective target namespace.
    known: HashMap<(String, String), FileIx>,
    pending: VecDeque<FileIx>,
    absent: Absent,
}

/// A document that cannot be had, which is the fault of the reference, or that is wrong in itself.
enum Fault {
    Here(&'static Rule, Vec<String>),
    There(SchemaError),
}

impl Collector<'_> {
    fn open(&mut self, location: &str) -> Result<(String, Document), Fault> {
        let opened = match self.source.open(location) {
            Err(SourceError::Missing(_)) if location.contains('%') => self.source.open(&percent_decoded(location)),
            opened => opened,
        };
        let (name, octets): (String, Bytes) = opened.map_err(|error| match error {
            SourceError::Missing(_) => Fault::Here(&rules::MISSING_DOCUMENT, vec![location.to_owned()]),
            error => Fault::Here(&rules::UNREADABLE_DOCUMENT, vec![location.to_owned(), error.to_string()]),
        })?;
        if let Some(document) = self.read.get(&name) {
            return Ok((name, document.clone()));
        }
        let inside =
            |rule, line, column, names| Fault::There(SchemaError { rule, file: name.clone(), line, column, names });
        let octets = utf8(octets).map_err(|encoding| inside(&rules::UNKNOWN_ENCODING, 1, 1, vec![encoding]))?;
        let document = Document::read(octets, &Limits::default()).map_err(|error| {
            inside(
                &rules::NOT_WELL_FORMED,
                error.line(),
                error.column(),
                vec![error.kind().to_string(), error.message_bg()],
            )
        })?;
        grammar::check(&name, &document).map_err(Fault::There)?;
        self.read.insert(name.clone(), document.clone());
        Ok((name, document))
    }

    fn add(&mut self, name: String, document: Document, target: String, chameleon: bool, main: bool) -> FileIx {
        let key = (name.clone(), target.clone());
        if let Some(&ix) = self.known.get(&key) {
            let file = &mut self.files[ix.at()];
            if main && !file.main {
                // What it includes must learn of it too.
                file.main = true;
                self.pending.push_back(ix);
            }
            return ix;
        }
        let root = document.root();
        let ix = FileIx(self.files.len() as u32);
        let file = File {
            name,
            target,
            chameleon,
            main,
            qualified_elements: root.attribute("", "elementFormDefault").is_some_and(|form| form.trim() == "qualified"),
            qualified_attributes: root
                .attribute("", "attributeFormDefault")
                .is_some_and(|form| form.trim() == "qualified"),
            block: methods(&root.attribute("", "blockDefault").unwrap_or_default()),
            final_: methods(&root.attribute("", "finalDefault").unwrap_or_default()),
            imports: HashSet::new(),
            redefines: Vec::new(),
            includes: Vec::new(),
            document: document.clone(),
        };
        self.files.push(file);
        self.known.insert(key, ix);
        self.pending.push_back(ix);
        ix
    }

    fn references(&mut self, ix: FileIx) -> Result<(), SchemaError> {
        let document = self.files[ix.at()].document.clone();
        let (main, again) = (self.files[ix.at()].main, !self.files[ix.at()].includes.is_empty());
        if again {
            for included in self.files[ix.at()].includes.clone() {
                let file = &mut self.files[included.at()];
                if main && !file.main {
                    file.main = true;
                    self.pending.push_back(included);
                }
            }
            return Ok(());
        }
        for child in document.root().children().filter(|child| child.namespace() == XSD) {
            match child.local() {
                "include" | "redefine" => self.include(ix, child, main)?,
                "import" => self.import(ix, child)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn include(&mut self, ix: FileIx, at: Element<'_>, main: bool) -> Result<(), SchemaError> {
        let location = at.attribute("", "schemaLocation").unwrap_or_default();
        let target = self.files[ix.at()].target.clone();
        // §4.2.2 clause 1: what is redefined must be there.
        let is_needed = at.local() == "redefine" && at.children().any(|child| !child.is(XSD, "annotation"));
        let (name, document) = match self.locate(ix, at, &location) {
            Err(error) if is_absent(&error) && !is_needed => {
                self.absent.0.push((target, error));
                return Ok(());
            }
            located => located?,
        };
        let own = target_of(&document);
        if own != target && !own.is_empty() {
            let rule = if at.local() == "include" { &rules::INCLUDE_NAMESPACE } else { &rules::REDEFINE_NAMESPACE };
            return Err(self.files[ix.at()].error(at, rule, vec![location.trim().to_owned()]));
        }
        if at.local() == "redefine" && name == self.files[ix.at()].name {
            return Err(self.files[ix.at()].error(at, &rules::REDEFINES_ITSELF, Vec::new()));
        }
        let chameleon = own.is_empty() && !target.is_empty();
        let included = self.add(name, document, target, chameleon, main);
        let file = &mut self.files[ix.at()];
        file.includes.push(included);
        if at.local() == "redefine" {
            file.redefines.push((at.id(), included));
        }
        Ok(())
    }

    fn import(&mut self, ix: FileIx, at: Element<'_>) -> Result<(), SchemaError> {
        let file = &mut self.files[ix.at()];
        let namespace = at.attribute("", "namespace").unwrap_or_default().trim().to_owned();
        // §4.2.3 "Import Constraints and Semantics" clause 1.
        if namespace == file.target {
            return Err(file.error(at, &rules::IMPORT_OWN, vec![namespace]));
        }
        file.imports.insert(namespace.clone());
        let Some(location) = at.attribute("", "schemaLocation") else { return Ok(()) };
        let (name, document) = match self.locate(ix, at, &location) {
            Err(error) if is_absent(&error) => {
                self.absent.0.push((namespace, error));
                return Ok(());
            }
            located => located?,
        };
        let own = target_of(&document);
        if own != namespace {
            let names = vec![location.trim().to_owned(), own, namespace];
            return Err(self.files[ix.at()].error(at, &rules::IMPORT_NAMESPACE, names));
        }
        self.add(name, document, own, false, false);
        Ok(())
    }

    fn locate(&mut self, ix: FileIx, at: Element<'_>, location: &str) -> Result<(String, Document), SchemaError> {
        let location = location.trim();
        let file = &self.files[ix.at()];
        if is_remote(location) {
            return Err(file.error(at, &rules::REMOTE_LOCATION, vec![location.to_owned()]));
        }
        let joined = joined(&file.name, location);
        match self.open(&joined) {
            Ok(found) => Ok(found),
            Err(Fault::There(error)) => Err(error),
            Err(Fault::Here(rule, names)) => Err(self.files[ix.at()].error(at, rule, names)),
        }
    }
}

fn is_absent(error: &SchemaError) -> bool {
    [&rules::MISSING_DOCUMENT, &rules::REMOTE_LOCATION].into_iter().any(|rule| std::ptr::eq(error.rule, rule))
}

fn target_of(document: &Document) -> String {
    document.root().attribute("", "targetNamespace").map(|ns| ns.trim().to_owned()).unwrap_or_default()
}

/// Whether a location has a scheme; one letter and a colon is a drive.
fn is_remote(location: &str) -> bool {
    let Some((scheme, _)) = location.split_once(':') else { return location.starts_with("//") };
    scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// The location as seen from the folder of the main document.
fn joined(base: &str, location: &str) -> String {
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    let location = location.split('#').next().unwrap_or_default();
    for part in location.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|&last| last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn percent_decoded(location: &str) -> String {
    let octets = location.as_bytes();
    let mut out = Vec::with_capacity(octets.len());
    let mut at = 0;
    while at < octets.len() {
        let pair = location.get(at + 1..at + 3).filter(|_| octets[at] == b'%');
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(octet) => {
                out.push(octet);
                at += 3;
            }
            None => {
                out.push(octets[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The methods named in a list such as `block="restriction extension"` or `#all`.
pub(super) fn methods(list: &str) -> Methods {
    list.split_ascii_whitespace().fold(Methods::NONE, |all, name| {
        all.with(match name {
            "restriction" => Methods::RESTRICTION,
            "extension" => Methods::EXTENSION,
            "substitution" => Methods::SUBSTITUTION,
            "list" => Methods::LIST,
            "union" => Methods::UNION,
            "#all" => Methods::ALL,
            _ => Methods::NONE,
        })
    })
}
