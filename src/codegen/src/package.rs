//! What an `adapter.toml` says about operations and their schemas.

use std::path::Path;

use serde::Deserialize;

use crate::{Error, Result};

pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) operations: Vec<Operation>,
}

pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) request: Side,
    pub(crate) response: Side,
}

pub(crate) struct Side {
    pub(crate) schema: String,
    pub(crate) root: String,
}

#[derive(Deserialize)]
struct Manifest {
    name: String,
    #[serde(default)]
    operation: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    description: Option<String>,
    request: Option<String>,
    request_root: Option<String>,
    response: Option<String>,
    response_root: Option<String>,
}

/// Reads the operations of a package; old names, which have no schemas of their own, are left out.
pub(crate) fn read(folder: &Path) -> Result<Package> {
    let path = folder.join("adapter.toml");
    let text = std::fs::read_to_string(&path).map_err(|cause| Error::Unreadable { path: path.clone(), cause })?;
    let manifest: Manifest = toml::from_str(text.strip_prefix('\u{FEFF}').unwrap_or(&text))
        .map_err(|cause| Error::Manifest { path: path.clone(), cause: cause.message().to_owned() })?;
    let operations = manifest.operation.into_iter().filter_map(|entry| {
        Some(Operation {
            request: Side { schema: entry.request?, root: entry.request_root? },
            response: Side { schema: entry.response?, root: entry.response_root? },
            description: entry.description.unwrap_or_default(),
            name: entry.name,
        })
    });
    Ok(Package { name: manifest.name, operations: operations.collect() })
}
