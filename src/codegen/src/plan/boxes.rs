//! Which fields must be boxed, because the type would otherwise hold itself.

use super::{Item, ItemId, Kind, Part, Ty};

/// Sets `boxed` where a struct reaches itself through values.
pub(super) fn set(items: &mut [Item]) {
    let edges: Vec<Vec<ItemId>> = items.iter().map(held).collect();
    for (at, item) in items.iter_mut().enumerate() {
        let Kind::Record(record) = &mut item.kind else { continue };
        for part in &mut record.parts {
            let elements = match part {
                Part::Element(element) => std::slice::from_mut(element),
                Part::All { elements } => elements.as_mut_slice(),
                _ => continue,
            };
            for element in elements.iter_mut().filter(|element| element.max <= 1) {
                element.boxed = target(&element.field.ty).is_some_and(|to| reaches(&edges, to, ItemId(at)));
            }
        }
    }
}

/// The items that a value of this one holds without a pointer between.
fn held(item: &Item) -> Vec<ItemId> {
    match &item.kind {
        Kind::Record(record) => record
            .parts
            .iter()
            .flat_map(|part| match part {
                Part::Element(element) if element.max <= 1 => Vec::from_iter(target(&element.field.ty)),
                Part::All { elements } => elements.iter().filter_map(|element| target(&element.field.ty)).collect(),
                // Structs in enums are boxed; a group struct is held directly.
                Part::Group { item, max, .. } if *max <= 1 => vec![*item],
                _ => Vec::new(),
            })
            .collect(),
        Kind::Wrapper(ty) | Kind::Alias(ty) => Vec::from_iter(target(ty)),
        _ => Vec::new(),
    }
}

fn target(ty: &Ty) -> Option<ItemId> {
    match ty {
        Ty::Given(_) => None,
        Ty::Item(id) => Some(*id),
        Ty::Nillable(inner) => target(inner),
    }
}

fn reaches(edges: &[Vec<ItemId>], from: ItemId, to: ItemId) -> bool {
    let mut seen = vec![false; edges.len()];
    let mut pending = vec![from];
    while let Some(at) = pending.pop() {
        if at == to {
            return true;
        }
        if !std::mem::replace(&mut seen[at.0], true) {
            pending.extend(&edges[at.0]);
        }
    }
    false
}
