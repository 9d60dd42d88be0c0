//! Turning messages of another contract into ours, and ours into theirs: the same tables serve both ways.

use std::collections::{BTreeMap, BTreeSet};

use kapia_xml::Element;

use super::schema::TheirSchema;
use super::{ProfileError, Violation};
use crate::names::{Contract, Operation};

/// The tables of a profile as they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    /// Their namespace.
    pub types: String,
    /// Namespaces of what stands in an element of theirs.
    pub inside: BTreeMap<String, String>,
    /// Their name or `parent/name` to the path of ours.
    pub elements: BTreeMap<String, String>,
    /// Elements of theirs that stand around ours and are none of ours.
    pub wrappers: BTreeMap<String, Vec<String>>,
    /// The order of the children of an element of theirs, if it is not ours.
    pub order: BTreeMap<String, Vec<String>>,
    /// Our element, or `parent/name`: their value to ours.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Path of ours below the request, and the value.
    pub defaults: BTreeMap<String, String>,
    /// Elements of ours, or `parent/name`, for which their contract has no place.
    pub unsaid: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Mapping {
    pub(super) tables: Tables,
    /// Their name or `parent/name` to the steps of ours.
    pub(super) inward: BTreeMap<String, Vec<String>>,
    /// The path of ours to what they call it, by the parent with them.
    pub(super) outward: BTreeMap<String, Vec<Theirs>>,
    /// Our wrappers whose children stand elsewhere with them.
    pub(super) opened: BTreeSet<String>,
    /// Path of ours below the request, and the value.
    pub(super) defaults: Vec<(Vec<String>, String)>,
    pub(super) schema: Option<TheirSchema>,
}

/// What they call an element of ours.
#[derive(Clone, Debug)]
pub(super) struct Theirs {
    /// Only below this element of theirs.
    parent: Option<String>,
    name: String,
}

impl Mapping {
    pub(super) fn new(
        tables: Tables,
        schema: Option<TheirSchema>,
        contract: &Contract,
    ) -> Result<Mapping, ProfileError> {
        let known = known_names(contract);
        let is_known = |path: &str| match path.split('/').find(|step| !known.contains(*step)) {
            Some(unknown) => Err(ProfileError::Target(unknown.to_owned())),
            None => Ok(()),
        };
        let (mut inward, mut outward, mut opened) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        for (theirs, ours) in &tables.elements {
            theirs.split('/').try_for_each(check_name)?;
            is_known(ours)?;
            let steps: Vec<String> = ours.split('/').map(str::to_owned).collect();
            if let [wrappers @ .., _] = steps.as_slice() {
                opened.extend(wrappers.iter().cloned());
            }
            let (parent, name) = match theirs.rsplit_once('/') {
                Some((parent, name)) => (Some(parent.to_owned()), name.to_owned()),
                None => (None, theirs.clone()),
            };
            outward.entry(ours.clone()).or_insert_with(Vec::new).push(Theirs { parent, name });
            inward.insert(theirs.clone(), steps);
        }
        for (theirs, ours) in &tables.wrappers {
            theirs.split('/').try_for_each(check_name)?;
            ours.iter().try_for_each(|ours| is_known(ours))?;
        }
        tables.values.keys().chain(&tables.unsaid).try_for_each(|ours| is_known(ours))?;
        let mut defaults = Vec::new();
        for (path, value) in &tables.defaults {
            is_known(path)?;
            defaults.push((path.split('/').map(str::to_owned).collect(), value.clone()));
        }
        Ok(Mapping { tables, inward, outward, opened, defaults, schema })
    }

    /// The namespace of what stands in an element of theirs.
    pub(super) fn inside<'n>(&'n self, local: &str, around: &'n str) -> &'n str {
        self.tables.inside.get(local).map_or(around, String::as_str)
    }

    /// The values of an element of ours: by its parent and name, or else by its name.
    pub(super) fn values(&self, parent: &str, local: &str) -> Option<&BTreeMap<String, String>> {
        self.tables.values.get(&format!("{parent}/{local}")).or_else(|| self.tables.values.get(local))
    }

    /// What stands in a wrapper of theirs.
    pub(super) fn wrapper(&self, parent: &str, local: &str) -> Option<&Vec<String>> {
        self.tables.wrappers.get(&format!("{parent}/{local}")).or_else(|| self.tables.wrappers.get(local))
    }

    /// What their schema says against a message in their names.
    pub(super) fn violations(&self, message: &[u8]) -> Vec<Violation> {
        self.schema.as_ref().map(|schema| schema.violations(message)).unwrap_or_default()
    }

    /// How they call an element of ours below one of theirs.
    pub(super) fn theirs(&self, path: &str, parent: &str) -> Option<&str> {
        let all = self.outward.get(path)?;
        let here = all.iter().find(|theirs| theirs.parent.as_deref() == Some(parent));
        let anywhere = here.or_else(|| all.iter().find(|theirs| theirs.parent.is_none())).or_else(|| all.first());
        anywhere.map(|theirs| theirs.name.as_str())
    }
}

pub(super) fn attributes(element: Element<'_>) -> Vec<(String, String)> {
    element.attributes().map(|a| (a.local().to_owned(), a.value().into_owned())).collect()
}

/// All element names below all messages of our contract, and those of the messages.
fn known_names(contract: &Contract) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let of_operations = Operation::ALL.into_iter().flat_map(|operation| {
        let name = operation.name();
        [name.to_owned(), format!("{name}Response")]
    });
    for root in of_operations.chain(["RequestContext", "EgovServiceFault"].map(str::to_owned)) {
        if let Some(shape) = contract.shape(&root) {
            names.extend(shape.children.values().flatten().map(|(local, _)| local.clone()));
            names.insert(root);
        }
    }
    names
}

/// Names with a colon, blanks or markup would change the message around them.
pub(super) fn check_name(name: &str) -> Result<(), ProfileError> {
    let begins = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    let goes_on = name.chars().all(|each| each.is_alphanumeric() || matches!(each, '_' | '-' | '.'));
    if begins && goes_on { Ok(()) } else { Err(ProfileError::Name(name.to_owned())) }
}
