//! Names for items.

use std::collections::HashMap;

use super::{Item, Wanted};
use crate::ident::Names;

/// Names that generated code uses itself.
const RESERVED: &[&str] = &[
    "String", "Option", "Vec", "Box", "Result", "Self", "Ok", "Err", "Some", "None", "Into", "TryFrom", "AsRef",
    "Default",
];

/// Names all items: types of the schema first, then anonymous ones, then what depends on others.
pub(super) fn name(items: &mut [Item]) -> Names {
    let mut names = Names::without(RESERVED);
    for item in items.iter_mut() {
        if let Wanted::Named(wanted) = &item.wanted {
            item.name = names.take(&free_of_reserved(wanted));
        }
    }
    let mut asked: HashMap<String, usize> = HashMap::new();
    for item in items.iter() {
        if let Wanted::Anonymous { name, .. } = &item.wanted {
            *asked.entry(name.clone()).or_default() += 1;
        }
    }
    for at in 0..items.len() {
        let name = match &items[at].wanted {
            Wanted::Named(_) => continue,
            Wanted::Anonymous { name, owner } => {
                let alone = asked.get(name) == Some(&1) && names.is_free(name);
                match owner.and_then(|owner| items.get(owner.0)) {
                    Some(owner) if !alone => format!("{}{name}", owner.name),
                    None if !names.is_free(name) && !RESERVED.contains(&name.as_str()) => format!("{name}Element"),
                    _ => free_of_reserved(name),
                }
            }
            Wanted::Derived { front, owner, behind } => {
                let owner = items.get(owner.0).map(|owner| owner.name.as_str()).unwrap_or_default();
                format!("{front}{owner}{behind}")
            }
        };
        items[at].name = names.take(&name);
    }
    names
}

fn free_of_reserved(name: &str) -> String {
    match name {
        "" => "Unnamed".to_owned(),
        name if RESERVED.contains(&name) => format!("{name}Type"),
        name => name.to_owned(),
    }
}
