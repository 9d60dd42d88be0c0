//! The access matrix that a consumer can ask for (regix-contract §7.4).

use kapia_adapter::Operation;
use kapia_registry::{FieldRights, Place};
use kapia_regix::{AccessMatrix, MatrixField};
use kapia_schema::Field;

/// More fields than this are not listed: recursive types would never end.
const DEEPEST: usize = 24;

/// The fields of the answer in the order of RegiX (a parent before its children, alphabetical on each level), each with
/// the decision of the filter.
pub(crate) fn of(operation: &Operation, rights: &FieldRights) -> AccessMatrix {
    let side = &operation.response;
    let root = side.fields.root();
    let name = root.type_name().map_or_else(|| side.root.local.to_string(), |name| name.local.to_string());
    let mut fields = Vec::new();
    list(&root, rights.start(), "", 0, &mut Vec::new(), &mut fields);
    AccessMatrix { name, fields }
}

fn list(
    field: &Field,
    place: Place<'_>,
    path: &str,
    depth: usize,
    above: &mut Vec<String>,
    fields: &mut Vec<MatrixField>,
) {
    let mut children: Vec<(String, Field)> =
        field.children().into_iter().map(|child| (child.local().to_owned(), child)).collect();
    children.sort_by(|(a, _), (b, _)| a.cmp(b));
    children.dedup_by(|(a, _), (b, _)| a == b);
    for (local, child) in children {
        let below = if child.is_attribute() { place.attribute(&local) } else { place.element(&local) };
        let path = if path.is_empty() { local.clone() } else { format!("{path}.{local}") };
        fields.push(MatrixField { path: path.clone(), has_access: below.visible() });
        let type_name = child.type_name().map(|name| name.to_string()).unwrap_or_default();
        let repeats = !type_name.is_empty() && above.contains(&type_name);
        if depth < DEEPEST && !repeats {
            above.push(type_name);
            list(&child, below, &path, depth + 1, above, fields);
            above.pop();
        }
    }
}
