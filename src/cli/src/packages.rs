//! The adapter packages of a configuration: the ones inside the program, then the folders in their order.

use crate::config::Config;
use crate::failure::Failure;
use kapia_adapter::{Backend, Backends, Catalogue, EmbeddedFiles, FoundPackage, Package, PackageError, read_packages};
use kapia_registry::{LoadedOperation, OperationName};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The example packages, so that the program works from any folder.
#[derive(rust_embed::Embed)]
#[folder = "../../adapters"]
struct Embedded;

/// What came of loading.
pub(crate) struct Loaded {
    /// The operations that can be served.
    pub catalogue: Catalogue,
    /// What gave nothing.
    pub unusable: Unusable,
}

/// Folders and packages that gave nothing.
#[derive(Default)]
pub(crate) struct Unusable {
    /// Packages that cannot be served at all.
    pub packages: Vec<PackageError>,
    /// Folders without any package.
    pub empty: Vec<PathBuf>,
}

impl Loaded {
    /// Reads the packages of a configuration, and then those of `further` folders, with their own values of parameters.
    pub fn read(config: &Config, further: &[PathBuf]) -> Result<Loaded, Failure> {
        Loaded::read_with(config, further, &backends())
    }

    /// The same with these backends.
    pub fn read_with(config: &Config, further: &[PathBuf], backends: &Backends) -> Result<Loaded, Failure> {
        let mut packages = Vec::new();
        let mut unusable = Unusable::default();
        if config.adapters.embedded {
            for files in embedded() {
                packages.push(Package::read_with(&files, backends)?);
            }
        }
        for folder in config.adapters.folders.iter().chain(further) {
            let read = read_folder(folder, backends)?;
            if read.is_empty() {
                unusable.empty.push(folder.clone());
            }
            for found in read {
                match found.package {
                    Ok(package) => packages.push(package),
                    Err(error) => unusable.packages.push(error),
                }
            }
        }
        Ok(Loaded { catalogue: Catalogue::build(packages), unusable })
    }
}

/// What the registry is told about a catalogue.
pub(crate) fn operations_of(catalogue: &Catalogue) -> Vec<LoadedOperation> {
    let operations = catalogue.operations().filter_map(|served| {
        let name = OperationName::parse(served.operation.name.as_str()).ok()?;
        let title = served.operation.description.clone();
        Some(LoadedOperation { name, title, adapter: served.package.name.clone() })
    });
    operations.collect()
}

/// Makes a kind of backend.
pub type NewBackend = fn() -> Box<dyn Backend>;

/// The kinds of a program that is more than ours.
static FURTHER: OnceLock<&'static [NewBackend]> = OnceLock::new();

/// Makes further kinds known; only the first time counts.
pub(crate) fn add_kinds(kinds: &'static [NewBackend]) {
    FURTHER.get_or_init(|| kinds);
}

/// The kinds of backends that a package may name.
pub(crate) fn backends() -> Backends {
    let ours = Backends::standard()
        .with(Box::new(kapia_host::HostBackend))
        .with(Box::new(kapia_sql::SqlBackend))
        .with(Box::new(kapia_web::RestBackend))
        .with(Box::new(kapia_web::SoapBackend));
    FURTHER.get().copied().unwrap_or_default().iter().fold(ours, |known, new| known.with(new()))
}

/// The example packages inside the program.
pub(crate) fn embedded() -> Vec<EmbeddedFiles> {
    let files = Embedded::iter().filter_map(|path| {
        let file = Embedded::get(&path)?;
        Some((path.into_owned(), file.data.into_owned()))
    });
    EmbeddedFiles::packages(files)
}

/// The packages of a folder, read by as many threads as the machine has processors.
fn read_folder(folder: &Path, backends: &Backends) -> Result<Vec<FoundPackage>, Failure> {
    let packages = below(folder);
    if packages.is_empty() {
        return Ok(read_packages(folder, backends)?);
    }
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(packages.len());
    let share = packages.len().div_ceil(workers.max(1));
    let found = std::thread::scope(|scope| {
        let readers: Vec<_> = packages
            .chunks(share)
            .map(|share| {
                scope.spawn(move || {
                    let read = share.iter().map(|folder| read_packages(folder, backends));
                    read.collect::<Result<Vec<_>, _>>()
                })
            })
            .collect();
        readers
            .into_iter()
            .map(|reader| reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Result<Vec<_>, _>>()
    })?;
    Ok(found.into_iter().flatten().flatten().collect())
}

/// The folders directly below that hold a manifest, in the order of their names; none if the folder is a package itself.
fn below(folder: &Path) -> Vec<PathBuf> {
    let is_package = |folder: &Path| {
        std::fs::read_dir(folder)
            .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().eq_ignore_ascii_case("adapter.toml")))
    };
    if is_package(folder) {
        return Vec::new();
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut packages: Vec<PathBuf> = entries
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| entry.path())
        .filter(|path| is_package(path))
        .collect();
    packages.sort();
    packages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_package_inside_the_program_is_served_without_remarks() {
        let mut config = Config::default();
        config.adapters.embedded = true;
        let loaded = Loaded::read(&config, &[]).unwrap();
        assert!(loaded.unusable.packages.is_empty());
        assert_eq!(loaded.catalogue.packages().len(), 6);
        assert_eq!(loaded.catalogue.refused().count(), 0);
        for package in loaded.catalogue.packages() {
            assert!(package.notes.is_empty(), "{}", package.notes[0]);
        }
    }
}
