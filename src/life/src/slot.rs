//! One place of a package: what serves there, and what was refused.

use std::sync::{Arc, Weak};

use kapia_adapter::{Backends, DirectoryFiles, EmbeddedFiles, FullName, Package, PackageError, PackageFiles, Problem};
use time::OffsetDateTime;

use crate::guard::Guard;
use crate::place::{Fingerprint, Place, Stamp, Walk, fingerprint_of};
use crate::text;
use crate::watched::{Beside, Watched};

/// A place and what came of reading it.
#[derive(Clone)]
pub(crate) struct Slot {
    pub place: Place,
    /// What was seen before it was read last.
    pub stamp: Option<Stamp>,
    /// What was read last; `None` if it changed meanwhile.
    pub fingerprint: Option<Fingerprint>,
    pub beside: Arc<Beside>,
    pub serving: Option<Living>,
    pub refused: Option<Refusal>,
}

/// A version that serves.
#[derive(Clone)]
pub(crate) struct Living {
    pub package: Arc<Package>,
    pub guard: Arc<Guard>,
    pub fingerprint: Option<Fingerprint>,
    pub beside: Arc<Beside>,
    pub loaded: OffsetDateTime,
}

/// A version that was refused; the one before, if there was one, serves on.
#[derive(Clone)]
pub(crate) struct Refusal {
    pub error: Arc<PackageError>,
    pub fingerprint: Option<Fingerprint>,
    pub at: OffsetDateTime,
}

/// A version that serves no new calls, until its last call has ended.
pub(crate) struct Draining {
    pub name: String,
    pub place: Place,
    pub fingerprint: Option<Fingerprint>,
    pub since: OffsetDateTime,
    pub guard: Weak<Guard>,
}

/// What was found at a place.
pub(crate) struct Reading {
    pub stamp: Option<Stamp>,
    pub fingerprint: Option<Fingerprint>,
    pub beside: Beside,
    pub package: Result<Package, PackageError>,
}

impl Reading {
    /// Reads a package. A change that comes while it is read is noticed at the next look.
    pub fn of(place: &Place, embedded: &[EmbeddedFiles], backends: &Backends) -> Reading {
        match place {
            Place::Embedded(name) => {
                let files = embedded.iter().find(|files| files.label() == name);
                let package = match files {
                    Some(files) => Package::read_with(files, backends),
                    None => Err(PackageError { package: name.clone(), problems: Vec::new() }),
                };
                let fingerprint = files.map(|files| fingerprint_of(files.contents()));
                Reading { stamp: None, fingerprint, beside: Beside::default(), package }
            }
            Place::Folder { folder, .. } => {
                let before = Walk::of(folder);
                let refuse = |problem| PackageError { package: place.to_string(), problems: vec![problem] };
                let (package, beside) = match DirectoryFiles::open(folder) {
                    Ok(files) => {
                        let watched = Watched::new(&files);
                        let package = Package::read_with(&watched, backends);
                        (package, watched.beside())
                    }
                    Err(problem) => (Err(refuse(problem)), Beside::default()),
                };
                let stamp = before.stamp(&beside);
                let fingerprint = before.fingerprint(&beside);
                let settled = Walk::of(folder).stamp(&beside) == stamp;
                Reading { stamp: Some(stamp), fingerprint: settled.then_some(fingerprint), beside, package }
            }
        }
    }
}

/// An operation that this version would lose by a mistake refuses the version; one that it gives up is its own affair.
pub(crate) fn refuse_losses(before: Option<&Living>, package: &Package) -> Result<(), PackageError> {
    let Some(before) = before else { return Ok(()) };
    let served = |name: &FullName| before.package.operations.iter().any(|operation| operation.name == *name);
    let lost: Vec<Problem> =
        package.refused.iter().filter(|refused| served(&refused.name)).map(text::operation_lost).collect();
    if lost.is_empty() { Ok(()) } else { Err(PackageError { package: package.name.clone(), problems: lost }) }
}
