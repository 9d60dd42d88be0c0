//! What it takes to open the backend of a package again: its tables, and its files as they were when it was read.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use kapia_template::CodeLists;

use super::names_of;
use crate::adapter::{Adapter, Sensitive};
use crate::backend::{Backend, Opened, Plan, Planned};
use crate::declaration::Implied;
use crate::files::{PackageFile, PackageFiles, PackagePath};
use crate::names::FullName;
use crate::parameter::ParameterValues;
use crate::problem::Problem;
use crate::section::Section;

/// A backend and everything that it is opened with, but for the values of parameters.
pub(crate) struct Recipe {
    pub backend: Arc<dyn Backend>,
    pub settings: Section,
    pub codes: Arc<CodeLists>,
    pub planned: Vec<Planned>,
    /// What is read when it is opened again.
    pub files: Arc<dyn PackageFiles>,
    /// What was read when it was opened for the first time.
    pub read: Arc<Mutex<HashMap<String, PackageFile>>>,
    /// Operations that were refused when it was opened for the first time.
    pub refused: Mutex<Option<Vec<FullName>>>,
}

impl Recipe {
    pub fn open(
        &self,
        implied: &[Implied],
        set: &BTreeMap<String, Sensitive>,
        values: &ParameterValues,
        files: &dyn PackageFiles,
    ) -> Result<Opened, Vec<Problem>> {
        let mut settings = self.settings.resolved(values);
        for implied in implied {
            if let Some(value) = set.get(&implied.declaration.name) {
                settings = settings.with(implied.key, implied.instead_of, &implied.declaration, value.reveal());
            }
        }
        let planned: Vec<Planned> = self
            .planned
            .iter()
            .map(|planned| Planned {
                settings: planned.settings.as_ref().map(|section| section.resolved(values)),
                ..planned.clone()
            })
            .collect();
        let plan = Plan { files, settings: &settings, codes: &self.codes, parameters: values, operations: &planned };
        let opened = self.backend.open(&plan)?;
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get_or_insert_with(|| names_of(&opened.refused));
        Ok(opened)
    }

    /// Opens it with other values; an operation that is refused now and was not before refuses the whole.
    pub fn open_again(
        &self,
        implied: &[Implied],
        set: &BTreeMap<String, Sensitive>,
        values: &ParameterValues,
    ) -> Result<Arc<dyn Adapter>, Vec<Problem>> {
        let files = Recording { files: &*self.files, read: Arc::clone(&self.read) };
        let opened = self.open(implied, set, values, &files)?;
        let before = self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default();
        match opened.refused.into_iter().find(|refused| !before.contains(&refused.name)) {
            Some(lost) => Err(lost.problems),
            None => Ok(opened.adapter),
        }
    }
}

/// The files of a package, each read once: later changes on the disk belong to the next reading of the package.
pub(crate) struct Recording<'f> {
    pub files: &'f dyn PackageFiles,
    pub read: Arc<Mutex<HashMap<String, PackageFile>>>,
}

impl PackageFiles for Recording<'_> {
    fn label(&self) -> &str {
        self.files.label()
    }

    fn read(&self, path: &PackagePath) -> Result<PackageFile, Problem> {
        let key = path.to_string();
        if let Some(known) = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let file = self.files.read(path)?;
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(key, file.clone());
        Ok(file)
    }

    fn names(&self, folder: &PackagePath) -> Vec<String> {
        self.files.names(folder)
    }

    fn on_disk(&self, path: &PackagePath) -> Option<Result<PathBuf, Problem>> {
        self.files.on_disk(path)
    }

    fn outside(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.outside(path)
    }

    fn keep(&self) -> Arc<dyn PackageFiles> {
        self.files.keep()
    }
}
