//! The schema sets of a package: one for each main file, so that versions that share a namespace never meet.

use std::cell::RefCell;
use std::collections::HashMap;

use bytes::Bytes;
use kapia_schema::{Language, SchemaError, SchemaSet, SchemaSource, SourceError};

use crate::files::{Folder, PackageFiles, PackagePath};
use crate::message::Message;
use crate::problem::Problem;
use crate::trouble::Trouble;

/// Sets that are loaded already, by the path of their main file; operations that name the same file share its set.
#[derive(Default)]
pub(super) struct Schemas {
    sets: HashMap<String, Result<SchemaSet, Problem>>,
    /// Documents that are named and are not there, of sets that can do without them.
    pub absent: Vec<Problem>,
}

impl Schemas {
    /// The set of a main file, and the path of that file.
    pub fn load(&mut self, files: &dyn PackageFiles, named: &str) -> Result<(String, SchemaSet), Problem> {
        let file = files.read(&PackagePath::below(Folder::Schemas, named)?)?;
        let path = file.path;
        let Schemas { sets, absent } = self;
        let set = sets.entry(path.clone()).or_insert_with(|| {
            let (set, missing) = load(files, &path);
            if set.is_ok() {
                absent.extend(missing.into_iter().filter(|problem| !absent.contains(problem)).collect::<Vec<_>>());
            }
            set
        });
        Ok((path, set.clone()?))
    }
}

/// A set, and the documents that it names and that are not there.
fn load(files: &dyn PackageFiles, main: &str) -> (Result<SchemaSet, Problem>, Vec<Problem>) {
    let source = Source { files, refusal: RefCell::default(), absent: RefCell::default() };
    let name = inside(main);
    let set = SchemaSet::load(&name, &source).map_err(|error| broken(&error, source.refusal.into_inner()));
    let absent = source.absent.into_inner().into_iter().map(|(location, refusal)| {
        Problem::from(Trouble::SchemaAbsent { location, advice: refusal.hint }).at(main, None)
    });
    (set, absent.collect())
}

/// A schema error, with the refusal of the file that caused it where there was one: that knows the near names.
fn broken(error: &SchemaError, refusal: Option<Problem>) -> Problem {
    let cause = Message::new(error.message(Language::English), error.message(Language::Bulgarian));
    let file = format!("{}/{}", Folder::Schemas.name(), error.file());
    let (detail, advice) = match refusal {
        Some(refusal) if refusal.code == "file-missing" => (cause, refusal.hint),
        Some(refusal) => {
            let english = format!("{}; {}", cause.en, refusal.cause.en);
            (Message::new(english, format!("{}; {}", cause.bg, refusal.cause.bg)), refusal.hint)
        }
        None => (cause, Message::new(error.hint(Language::English), error.hint(Language::Bulgarian))),
    };
    Problem::from(Trouble::SchemaBroken { detail, advice }).at(file, Some(error.line()).filter(|line| *line > 0))
}

/// The `XMLSchemas` folder of a package as the place where all its schema documents come from.
struct Source<'f> {
    files: &'f dyn PackageFiles,
    refusal: RefCell<Option<Problem>>,
    /// Locations that lead nowhere.
    absent: RefCell<Vec<(String, Problem)>>,
}

impl SchemaSource for Source<'_> {
    fn open(&self, location: &str) -> Result<(String, Bytes), SourceError> {
        let read = PackagePath::below(Folder::Schemas, location).and_then(|path| self.files.read(&path));
        self.absent.borrow_mut().retain(|(earlier, _)| !is_encoded_form_of(earlier, location));
        match read {
            Ok(file) => {
                // A refusal that was got over, such as a percent-encoded name, explains nothing that comes later.
                self.refusal.replace(None);
                Ok((inside(&file.path), file.bytes))
            }
            Err(problem) => {
                let error = match problem.code {
                    "file-missing" => SourceError::Missing(location.to_owned()),
                    "file-unreadable" | "file-too-large" | "file-not-plain" => SourceError::Unreadable {
                        name: location.to_owned(),
                        cause: std::io::Error::other(problem.cause.en.as_ref()),
                    },
                    _ => SourceError::Outside(location.to_owned()),
                };
                if matches!(error, SourceError::Missing(_)) {
                    self.absent.borrow_mut().push((location.to_owned(), problem.clone()));
                }
                self.refusal.replace(Some(problem));
                Err(error)
            }
        }
    }
}

/// Whether a location that led nowhere is this one with percent signs in it, which is tried first.
fn is_encoded_form_of(earlier: &str, location: &str) -> bool {
    let Some((before, _)) = earlier.split_once('%') else { return false };
    location.starts_with(before) && earlier != location
}

/// A path of the package as seen from `XMLSchemas`.
fn inside(path: &str) -> String {
    match path.split_once('/') {
        Some((folder, below)) if folder.eq_ignore_ascii_case(Folder::Schemas.name()) => below.to_owned(),
        _ => format!("../{path}"),
    }
}
