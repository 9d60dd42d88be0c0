//! Kinds of backends: what `[backend] kind = "…"` can name.

use std::sync::Arc;

use kapia_template::CodeLists;

use crate::adapter::Adapter;
use crate::files::PackageFiles;
use crate::operation::Operation;
use crate::problem::{Notice, Problem, RefusedOperation};
use crate::sample::SampleBackend;
use crate::section::Section;

/// A kind of backend: makes an [`Adapter`] for a package out of its tables.
///
/// A package chooses it by `[backend] kind`; each operation may hold a table of the same name with settings of its own.
pub trait Backend: Send + Sync {
    /// The name of the kind, such as `sample`.
    fn kind(&self) -> &'static str;

    /// Prepares to serve a package; the error holds everything that is wrong with its tables, and refuses the package.
    fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>>;
}

/// What a backend gets to know of a package.
pub struct Plan<'p> {
    /// The files of the package.
    pub files: &'p dyn PackageFiles,
    /// The table `[backend]`, with `kind` in it.
    pub settings: &'p Section,
    /// The tables of codes for its templates.
    pub codes: &'p Arc<CodeLists>,
    /// The operations whose schemas are good, without old names.
    pub operations: &'p [Planned],
}

/// An operation and its place in `adapter.toml`.
pub struct Planned {
    /// The operation.
    pub operation: Arc<Operation>,
    /// The table of the operation that bears the name of the backend's kind.
    pub settings: Option<Section>,
    /// The line of `[[operation]]`, from 1.
    pub line: u32,
}

/// A prepared backend.
pub struct Opened {
    /// What will answer.
    pub adapter: Arc<dyn Adapter>,
    /// Operations that it cannot answer.
    pub refused: Vec<RefusedOperation>,
    /// What the author of the package should look at.
    pub notes: Vec<Notice>,
}

/// The kinds of backends that packages may name.
pub struct Backends(Vec<Box<dyn Backend>>);

impl Backends {
    /// The kinds that are part of this crate: `sample`.
    pub fn standard() -> Backends {
        Backends(vec![Box::new(SampleBackend)])
    }

    /// One kind more; it takes the place of a kind of the same name.
    #[must_use]
    pub fn with(mut self, backend: Box<dyn Backend>) -> Backends {
        self.0.retain(|known| known.kind() != backend.kind());
        self.0.push(backend);
        self
    }

    /// The kind of this name.
    pub fn find(&self, kind: &str) -> Option<&dyn Backend> {
        self.0.iter().find(|backend| backend.kind() == kind).map(AsRef::as_ref)
    }

    /// The names of all kinds.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|backend| backend.kind())
    }
}
