//! Structs for `yaserde`: for projects that already use it.
//!
//! All values of simple types are texts, so that nothing of them is lost; no facet is checked. What `yaserde` cannot keep is
//! refused by name.

use super::layout::{self, Text};
use crate::error::Unsupported;
use crate::plan::{ElementPart, Kind, Part, Plan, Record, Ty};
use crate::{Error, Result};

/// Writes the module of a plan.
pub(crate) fn module(plan: &Plan, source: &str) -> Result<String> {
    let mut text = Text::default();
    text.out.push_str(super::HEADER);
    text.line(&format!("// Source: {source}."));
    text.blank();
    text.line("use yaserde::{YaDeserialize, YaSerialize};");
    for (at, item) in plan.items.iter().enumerate() {
        match &item.kind {
            Kind::Record(record) if record.group.is_none() => {
                text.blank();
                text.doc(&item.doc);
                record_text(plan, at, record, &mut text)?;
            }
            // Their users have a text in their place.
            Kind::Simple(_) | Kind::Enumeration(_) | Kind::Alias(_) | Kind::Open => {}
            _ => return Err(refused(&item.name)),
        }
    }
    Ok(text.out)
}

fn refused(place: &str) -> Error {
    Error::unsupported(place, Unsupported::Yaserde)
}

fn record_text(plan: &Plan, at: usize, record: &Record, text: &mut Text) -> Result<()> {
    let name = plan.items.get(at).map(|item| item.name.as_str()).unwrap_or_default();
    let root = plan.documents.iter().find(|root| root.item.0 == at);
    text.line("#[derive(Clone, Debug, Default, PartialEq, YaSerialize, YaDeserialize)]");
    let local = match (root, &record.type_name) {
        (Some(root), _) => root.local.clone(),
        (None, Some((_, local))) => local.clone(),
        (None, None) => name.to_owned(),
    };
    let namespaces = namespaces(record, root.map(|root| root.namespace.as_str()));
    text.block("#[yaserde(", ")]", |text| {
        let last = if namespaces.is_empty() { "" } else { "," };
        text.line(&format!("rename = {}{last}", layout::literal(&local)));
        if let Some(root) = root.filter(|root| !root.namespace.is_empty()) {
            let at = namespaces.iter().position(|known| *known == root.namespace).unwrap_or_default();
            text.line(&format!("prefix = \"n{}\",", at + 1));
        }
        if !namespaces.is_empty() {
            text.block("namespaces = {", "}", |text| {
                let last = namespaces.len() - 1;
                for (at, namespace) in namespaces.iter().enumerate() {
                    let comma = if at == last { "" } else { "," };
                    text.line(&format!("\"n{}\" = {}{comma}", at + 1, layout::literal(namespace)));
                }
            });
        }
    });
    if record.parts.is_empty() {
        text.line(&format!("pub struct {name} {{}}"));
        return Ok(());
    }
    let mut result = Ok(());
    text.block(&format!("pub struct {name} {{"), "}", |text| {
        for part in &record.parts {
            if result.is_ok() {
                result = part_text(plan, name, &namespaces, part, text);
            }
        }
    });
    result
}

fn part_text(plan: &Plan, owner: &str, namespaces: &[&str], part: &Part, text: &mut Text) -> Result<()> {
    match part {
        Part::Attribute { field, local, namespace, required } if namespace.is_empty() => {
            text.doc(&field.doc);
            text.line(&format!("#[yaserde(attribute = true, rename = {})]", layout::literal(local)));
            let ty = if *required { "String" } else { "Option<String>" };
            text.line(&format!("pub {}: {ty},", field.name));
        }
        Part::Text { field } => {
            text.doc(&field.doc);
            text.line("#[yaserde(text = true)]");
            text.line(&format!("pub {}: String,", field.name));
        }
        Part::Element(element) => element_text(plan, owner, namespaces, element, text)?,
        Part::All { elements } => {
            for element in elements {
                element_text(plan, owner, namespaces, element, text)?;
            }
        }
        Part::Condition { .. } => {}
        _ => return Err(refused(owner)),
    }
    Ok(())
}

fn element_text(plan: &Plan, owner: &str, namespaces: &[&str], element: &ElementPart, text: &mut Text) -> Result<()> {
    let ty = ty(plan, &element.field.ty).filter(|_| !element.boxed).ok_or_else(|| refused(owner))?;
    text.doc(&element.field.doc);
    let prefix = namespaces.iter().position(|known| *known == element.namespace);
    let prefix = prefix.map(|at| format!(", prefix = \"n{}\"", at + 1)).unwrap_or_default();
    text.line(&format!("#[yaserde(rename = {}{prefix})]", layout::literal(&element.local)));
    let ty = match (element.max > 1, element.min == 0 || element.condition.is_some()) {
        (true, _) => format!("Vec<{ty}>"),
        (false, true) => format!("Option<{ty}>"),
        (false, false) => ty,
    };
    text.line(&format!("pub {}: {ty},", element.field.name));
    Ok(())
}

/// The type of a field; `None` for what cannot be kept.
fn ty(plan: &Plan, ty: &Ty) -> Option<String> {
    match ty {
        Ty::Given("xsd::RawContent") | Ty::Nillable(_) => None,
        Ty::Given(_) => Some("String".to_owned()),
        Ty::Item(id) => plan.items.get(id.0).and_then(|item| match &item.kind {
            Kind::Record(_) => Some(item.name.clone()),
            Kind::Simple(_) | Kind::Enumeration(_) => Some("String".to_owned()),
            Kind::Alias(inner) => self::ty(plan, inner),
            _ => None,
        }),
    }
}

/// The namespaces that the fields of a struct need.
fn namespaces<'r>(record: &'r Record, own: Option<&'r str>) -> Vec<&'r str> {
    let mut all: Vec<&str> = own.into_iter().collect();
    for part in &record.parts {
        match part {
            Part::Element(element) => all.push(&element.namespace),
            Part::All { elements } => all.extend(elements.iter().map(|element| element.namespace.as_str())),
            _ => {}
        }
    }
    let mut unique: Vec<&str> = Vec::new();
    for namespace in all.into_iter().filter(|namespace| !namespace.is_empty()) {
        if !unique.contains(&namespace) {
            unique.push(namespace);
        }
    }
    unique
}
