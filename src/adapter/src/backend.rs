//! Kinds of backends: what `[backend] kind = "…"` can name.

pub(crate) mod reading;

use std::sync::Arc;

use kapia_template::CodeLists;

use crate::adapter::Adapter;
use crate::declaration::Implied;
use crate::files::PackageFiles;
use crate::operation::Operation;
use crate::parameter::ParameterValues;
use crate::parameters::ParameterStore;
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

    /// Keys of `[backend]` that can be set while it serves, though the package declares no parameter for them.
    fn implied(&self, _settings: &Section) -> Vec<Implied> {
        Vec::new()
    }
}

/// What a backend gets to know of a package.
pub struct Plan<'p> {
    /// The files of the package.
    pub files: &'p dyn PackageFiles,
    /// The table `[backend]`, with `kind` in it.
    pub settings: &'p Section,
    /// The tables of codes for its templates.
    pub codes: &'p Arc<CodeLists>,
    /// The values of the parameters of the package; in `settings` they stand in the places of their names already.
    pub parameters: &'p ParameterValues,
    /// The operations whose schemas are good, without old names.
    pub operations: &'p [Planned],
}

/// An operation and its place in `adapter.toml`.
#[derive(Clone)]
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

/// The kinds of backends that packages may name, and where the values of their parameters stand.
#[derive(Clone)]
pub struct Backends {
    kinds: Vec<Arc<dyn Backend>>,
    store: Option<Arc<dyn ParameterStore>>,
}

impl Backends {
    /// The kinds that are part of this crate: `sample`.
    pub fn standard() -> Backends {
        Backends { kinds: vec![Arc::new(SampleBackend)], store: None }
    }

    /// One kind more; it takes the place of a kind of the same name.
    #[must_use]
    pub fn with(mut self, backend: Box<dyn Backend>) -> Backends {
        self.kinds.retain(|known| known.kind() != backend.kind());
        self.kinds.push(Arc::from(backend));
        self
    }

    /// The same kinds, with values of parameters from a store; without one every parameter has its default.
    #[must_use]
    pub fn with_parameters(mut self, store: Arc<dyn ParameterStore>) -> Backends {
        self.store = Some(store);
        self
    }

    pub(crate) fn store(&self) -> Option<Arc<dyn ParameterStore>> {
        self.store.clone()
    }

    /// The kind of this name.
    pub fn find(&self, kind: &str) -> Option<&Arc<dyn Backend>> {
        self.kinds.iter().find(|backend| backend.kind() == kind)
    }

    /// The names of all kinds.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.iter().map(|backend| backend.kind())
    }
}
