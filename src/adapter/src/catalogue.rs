//! All operations that are served, whatever package they come from.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use kapia_language::near_names;

use crate::adapter::Adapter;
use crate::advice::Advice;
use crate::message::{Message, fill};
use crate::names::{FullName, NameError};
use crate::operation::Operation;
use crate::package::Package;
use crate::problem::{Notice, Problem, RefusedOperation};
use crate::successor::{Successor, resolve};
use crate::trouble::Trouble;

/// The operations of several packages by their full names; immutable, so that a reload puts a new one in its place.
#[derive(Default)]
pub struct Catalogue {
    packages: Vec<Arc<Package>>,
    served: HashMap<FullName, Served>,
    contracts: BTreeMap<String, BTreeSet<FullName>>,
    refused: HashMap<FullName, RefusedOperation>,
    replaced: Vec<Replaced>,
    kept: Vec<Notice>,
}

/// An operation and what answers it.
#[derive(Clone, Debug)]
pub struct Served {
    /// The operation.
    pub operation: Arc<Operation>,
    /// The package that it comes from.
    pub package: Arc<Package>,
    /// What serves it, if it is an old name.
    pub successor: Option<Arc<Successor>>,
}

impl Served {
    /// What answers the operation.
    pub fn adapter(&self) -> &dyn Adapter {
        match &self.successor {
            Some(successor) => &*successor.adapter,
            None => &*self.package.adapter,
        }
    }
}

/// An operation that stands in two packages: the later one serves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The operation.
    pub operation: FullName,
    /// The package that would have served it.
    pub old: String,
    /// The package that serves it.
    pub new: String,
}

impl Catalogue {
    /// Puts packages together; where two have an operation of one name, the later one serves it, unless it refuses it.
    pub fn build(packages: Vec<Package>) -> Catalogue {
        Catalogue::of(packages.into_iter().map(Arc::new))
    }

    /// The same of packages that serve elsewhere too, such as in the catalogue before a reload.
    pub fn of(packages: impl IntoIterator<Item = Arc<Package>>) -> Catalogue {
        let mut catalogue = Catalogue::default();
        for package in packages {
            catalogue.add(package);
        }
        catalogue.resolve_old_names();
        for name in catalogue.served.keys() {
            catalogue.contracts.entry(name.contract().to_owned()).or_default().insert(name.clone());
        }
        catalogue
    }

    fn add(&mut self, package: Arc<Package>) {
        for operation in &package.operations {
            self.refused.remove(&operation.name);
            let served = Served { operation: Arc::clone(operation), package: Arc::clone(&package), successor: None };
            if let Some(before) = self.served.insert(operation.name.clone(), served) {
                self.replaced.push(Replaced {
                    operation: operation.name.clone(),
                    old: before.package.name.clone(),
                    new: package.name.clone(),
                });
            }
        }
        for refused in &package.refused {
            match self.served.get(&refused.name) {
                Some(served) => {
                    let problem = Problem::from(Trouble::Kept { package: served.package.name.clone() });
                    self.kept.push(Notice { operation: Some(refused.name.clone()), problem });
                }
                None => {
                    self.refused.insert(refused.name.clone(), refused.clone());
                }
            }
        }
        self.packages.push(package);
    }

    /// Finds what serves each old name; one that nothing can serve is refused, and an earlier package that has the
    /// operation itself goes on serving it.
    fn resolve_old_names(&mut self) {
        let mut results: Vec<_> = resolve(&self.served).into_iter().collect();
        results.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (name, result) in results {
            match result {
                Ok(successor) => {
                    if let Some(served) = self.served.get_mut(&name) {
                        served.successor = Some(successor);
                    }
                }
                Err(problems) => self.refuse(name, problems),
            }
        }
    }

    fn refuse(&mut self, name: FullName, problems: Vec<Problem>) {
        self.served.remove(&name);
        let earlier = self.packages.iter().rev().find_map(|package| {
            let own = |operation: &&Arc<Operation>| operation.name == name && operation.successor.is_none();
            let operation = package.operations.iter().find(own)?;
            Some(Served { operation: Arc::clone(operation), package: Arc::clone(package), successor: None })
        });
        match earlier {
            Some(served) => {
                let problem = Problem::from(Trouble::Kept { package: served.package.name.clone() });
                self.kept.push(Notice { operation: Some(name.clone()), problem });
                self.served.insert(name, served);
            }
            None => {
                self.refused.insert(name.clone(), RefusedOperation { name, problems });
            }
        }
    }

    /// The operation of this name, exactly but for white space around it.
    pub fn find<'c>(&'c self, name: &str) -> Result<&'c Served, Unserved<'c>> {
        let name: FullName = name.parse().map_err(Unserved::NotAName)?;
        if let Some(served) = self.served.get(&name) {
            return Ok(served);
        }
        if let Some(refused) = self.refused.get(&name) {
            return Err(Unserved::Refused(refused));
        }
        let unknown = UnknownName { catalogue: self, name };
        Err(if self.contracts.contains_key(unknown.name.contract()) {
            Unserved::UnknownOperation(unknown)
        } else {
            Unserved::UnknownContract(unknown)
        })
    }

    /// All operations that are served, in the order of their names.
    pub fn operations(&self) -> impl Iterator<Item = &Served> {
        self.contracts.values().flatten().filter_map(|name| self.served.get(name))
    }

    /// How many operations are served.
    pub fn len(&self) -> usize {
        self.served.len()
    }

    /// Whether no operation is served.
    pub fn is_empty(&self) -> bool {
        self.served.is_empty()
    }

    /// All contracts that have a served operation, sorted.
    pub fn contracts(&self) -> impl Iterator<Item = &str> {
        self.contracts.keys().map(String::as_str)
    }

    /// The packages in the order in which they were given.
    pub fn packages(&self) -> &[Arc<Package>] {
        &self.packages
    }

    /// Operations that stand in two packages.
    pub fn replaced(&self) -> &[Replaced] {
        &self.replaced
    }

    /// Operations that no package serves and at least one refuses.
    pub fn refused(&self) -> impl Iterator<Item = &RefusedOperation> {
        self.refused.values()
    }

    /// Operations that an earlier package goes on serving because a later one refuses them.
    pub fn kept(&self) -> &[Notice] {
        &self.kept
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Catalogue({} packages, {} operations)", self.packages.len(), self.served.len())
    }
}

/// Why a name finds no operation.
#[derive(Debug)]
pub enum Unserved<'c> {
    /// It is not the full name of an operation.
    NotAName(NameError),
    /// No operation that is served has this contract.
    UnknownContract(UnknownName<'c>),
    /// The contract is known, the operation is not.
    UnknownOperation(UnknownName<'c>),
    /// A package has the operation but refuses to serve it.
    Refused(&'c RefusedOperation),
}

/// A name that is not known; names that are near it are looked for only when asked.
#[derive(Debug)]
pub struct UnknownName<'c> {
    catalogue: &'c Catalogue,
    name: FullName,
}

impl<'c> UnknownName<'c> {
    /// The name as it was asked for.
    pub fn name(&self) -> &FullName {
        &self.name
    }

    /// At most three full names that may have been meant, nearest first.
    pub fn near(&self) -> Vec<&'c str> {
        match self.catalogue.contracts.get(self.name.contract()) {
            Some(names) => {
                let near = near_names(self.name.operation(), names.iter().map(FullName::operation));
                near.into_iter()
                    .filter_map(|operation| names.iter().find(|name| name.operation() == operation))
                    .map(FullName::as_str)
                    .collect()
            }
            None => near_names(self.name.as_str(), self.catalogue.contracts.values().flatten().map(FullName::as_str)),
        }
    }
}

impl Unserved<'_> {
    /// What to do about it, in both languages.
    pub fn hint(&self) -> Message {
        match self {
            Unserved::NotAName(error) => fill(
                "{error}; write it as Company.RegiX.ThingAdapter.APIService.IThingAPI.GetThing",
                "{error}; напишете го като Company.RegiX.ThingAdapter.APIService.IThingAPI.GetThing",
                &[("error", error)],
            ),
            Unserved::UnknownContract(unknown) | Unserved::UnknownOperation(unknown) => {
                let names = unknown.catalogue.contracts.get(unknown.name.contract());
                match (unknown.near().as_slice(), names) {
                    ([], None) => Message::new(
                        "no package that is loaded has this contract; check the name, or load the package",
                        "никой зареден пакет няма този договор; проверете името или заредете пакета",
                    ),
                    ([], Some(names)) => crate::message::Bilingual::message(&Advice::about(
                        unknown.name.operation(),
                        names.iter().map(FullName::operation),
                    )),
                    (near, _) => {
                        let near = near.join(", ");
                        fill("did you mean {near}", "може би имахте предвид {near}", &[("near", &near)])
                    }
                }
            }
            Unserved::Refused(refused) => match refused.problems.first() {
                Some(first) => fill(
                    "the package of the operation has a defect ({code}); its provider must correct it",
                    "пакетът на операцията има дефект ({code}); доставчикът ѝ трябва да го поправи",
                    &[("code", &first.code)],
                ),
                None => Message::new("the package of the operation has a defect", "пакетът на операцията има дефект"),
            },
        }
    }
}
