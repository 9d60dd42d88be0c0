//! Attribute declarations, uses and groups, and the attributes that a complex type ends up with (§3.2.2, §3.6.2, §3.4.2).

use std::collections::HashSet;

use crate::catalogue as rules;
use crate::error::SchemaError;
use crate::model::*;
use crate::names::{Map, NameId};

use super::builder::{At, Builder, Space};

/// Attributes as they stand in a type or an attribute group.
#[derive(Clone, Default)]
pub(super) struct AttributeSet<'f> {
    pub(super) items: Vec<(Item, Option<At<'f>>)>,
    pub(super) wildcard: Option<WildcardIx>,
    pub(super) at: Option<At<'f>>,
}

#[derive(Clone)]
pub(super) enum Item {
    Use(AttributeUse),
    /// `use="prohibited"`: takes an inherited attribute away in a restriction.
    Prohibited(NameId),
    /// A reference to an attribute group, by its index.
    Group(u32),
}

/// What a type says about its own attributes, groups put in place.
pub(super) struct Flat<'f> {
    pub(super) uses: Vec<(AttributeUse, At<'f>)>,
    pub(super) prohibited: Vec<NameId>,
    pub(super) wildcard: Option<Wildcard>,
}

impl<'f> Builder<'f> {
    pub(super) fn read_global_attribute(&mut self, at: At<'f>, ix: AttributeIx) -> Result<(), SchemaError> {
        let name = self.schema.attribute(ix).name;
        let decl = self.read_attribute_declaration(at, name)?;
        self.schema.attributes[ix.at()] = decl;
        Ok(())
    }

    /// The `attribute`, `attributeGroup` and `anyAttribute` children of an element.
    pub(super) fn read_attributes(&mut self, at: At<'f>) -> Result<AttributeSet<'f>, SchemaError> {
        let mut set = AttributeSet { at: Some(at), ..AttributeSet::default() };
        for child in self.children(at) {
            match child.element.local() {
                "attribute" => {
                    if let Some(item) = self.read_use(child)? {
                        set.items.push((item, Some(child)));
                    }
                }
                "attributeGroup" => {
                    let name = self.value(child, "ref").unwrap_or_default();
                    let index = self.lookup(child, Space::AttributeGroup, &name)?;
                    set.items.push((Item::Group(index), Some(child)));
                }
                "anyAttribute" => set.wildcard = Some(self.read_wildcard(child)),
                _ => {}
            }
        }
        Ok(set)
    }

    fn read_use(&mut self, at: At<'f>) -> Result<Option<Item>, SchemaError> {
        let usage = self.value(at, "use");
        let value = self.read_value(at, "attribute")?;
        // §3.2.3 clause 2.
        if value.as_ref().is_some_and(|value| !value.fixed) && usage.as_deref().is_some_and(|usage| usage != "optional")
        {
            return Err(self.error(at, &rules::DEFAULT_NOT_OPTIONAL, &[]));
        }
        let attribute = match (self.value(at, "name"), self.value(at, "ref")) {
            (None, Some(reference)) => {
                // §3.2.3 clause 3.2.
                for other in ["form", "type"] {
                    if at.element.attribute("", other).is_some() {
                        return Err(self.error(at, &rules::WITH_REF, &[other]));
                    }
                }
                if let Some(child) = self.children(at).next() {
                    return Err(self.error(at, &rules::WITH_REF, &[child.element.local()]));
                }
                AttributeIx(self.lookup(at, Space::Attribute, &reference)?)
            }
            (Some(local), None) => {
                let qualified = match self.value(at, "form").as_deref() {
                    Some(form) => form == "qualified",
                    None => self.file(at).qualified_attributes,
                };
                let target = if qualified { self.file(at).target.as_str() } else { "" };
                let name = self.schema.names.add(target, &local);
                let mut decl = self.read_attribute_declaration(at, name)?;
                // The value belongs to the use.
                decl.value = None;
                let ix = AttributeIx(self.schema.attributes.len() as u32);
                self.schema.attributes.push(decl);
                self.attribute_nodes.push(at);
                ix
            }
            (Some(_), Some(_)) => return Err(self.error(at, &rules::NAME_AND_REF, &["attribute"])),
            (None, None) => return Err(self.error(at, &rules::NEITHER_NAME_NOR_REF, &["attribute"])),
        };
        let name = self.schema.attribute(attribute).name;
        if usage.as_deref() == Some("prohibited") {
            return Ok(Some(Item::Prohibited(name)));
        }
        let required = usage.as_deref() == Some("required");
        Ok(Some(Item::Use(AttributeUse { name, attribute, required, value, documentation: self.documentation(at) })))
    }

    fn read_attribute_declaration(&mut self, at: At<'f>, name: NameId) -> Result<AttributeDecl, SchemaError> {
        // §3.2.6 "xmlns Not Allowed" and "xsi: Not Allowed".
        if self.schema.names.local(name) == "xmlns" {
            return Err(self.error(at, &rules::NO_XMLNS, &[]));
        }
        if self.schema.names.namespace_of(name) == kapia_xml::XSI_NAMESPACE {
            return Err(self.error(at, &rules::NO_XSI, &[]));
        }
        let inline = self.children(at).find(|child| child.element.local() == "simpleType");
        let type_ = match (self.value(at, "type"), inline) {
            (Some(_), Some(_)) => return Err(self.error(at, &rules::NAME_AND_INLINE, &["type", "simpleType"])),
            (Some(named), None) => self.lookup_type(at, &named)?,
            (None, Some(inline)) => self.anonymous(inline),
            (None, None) => ANY_SIMPLE_TYPE,
        };
        Ok(AttributeDecl {
            name,
            type_,
            value: self.read_value(at, "attribute")?,
            documentation: self.documentation(at),
            origin: self.origin(at),
        })
    }

    /// Puts attribute groups in place; the wildcard is the intersection of all (§3.4.2 "complete wildcard").
    pub(super) fn flatten(&mut self, set: &AttributeSet<'f>) -> Result<Flat<'f>, SchemaError> {
        let mut flat = Flat {
            uses: Vec::new(),
            prohibited: Vec::new(),
            wildcard: set.wildcard.map(|ix| self.schema.wildcard(ix).clone()),
        };
        let mut known: Map<NameId, AttributeIx> = Map::default();
        let mut expanded = HashSet::new();
        // A prohibited attribute of a group is no part of the group (§3.6.2), so it takes nothing away.
        flat.prohibited.extend(set.items.iter().filter_map(|(item, _)| match item {
            Item::Prohibited(name) => Some(*name),
            _ => None,
        }));
        let mut pending: Vec<(Item, Option<At<'f>>)> = set.items.iter().rev().cloned().collect();
        while let Some((item, at)) = pending.pop() {
            let Some(at) = at.or(set.at) else { continue };
            match item {
                Item::Prohibited(_) => {}
                Item::Use(used) => {
                    match known.insert(used.name, used.attribute) {
                        None => flat.uses.push((used, at)),
                        // §3.4.6 "Complex Type Definition Properties Correct" clause 4.
                        Some(_) => {
                            return Err(self.error(
                                at,
                                &rules::ATTRIBUTE_TWICE,
                                &[&self.schema.names.display(used.name)],
                            ));
                        }
                    }
                }
                Item::Group(index) => {
                    // The uses of a group are the same ones wherever it stands.
                    if !expanded.insert(index) {
                        continue;
                    }
                    let group = self.attribute_groups[index as usize].clone();
                    if let Some(ix) = group.wildcard {
                        let other = self.schema.wildcard(ix).clone();
                        flat.wildcard = Some(match flat.wildcard.take() {
                            None => other,
                            Some(own) => match own.namespaces.intersection(&other.namespaces) {
                                Some(namespaces) => Wildcard { namespaces, process: own.process },
                                None => return Err(self.error(at, &rules::WILDCARD_INTERSECTION, &[])),
                            },
                        });
                    }
                    pending.extend(group.items.into_iter().rev());
                }
            }
        }
        Ok(flat)
    }

    /// §3.6.6 "Attribute Group Definition Properties Correct", also for groups that no type uses.
    pub(super) fn check_attribute_group_uses(&mut self) -> Result<(), SchemaError> {
        for set in self.attribute_groups.clone() {
            let flat = self.flatten(&set)?;
            let mut ids = 0;
            for (mut used, at) in flat.uses {
                self.use_value(&mut used, at)?;
                ids += usize::from(self.is_id(&used));
                if ids > 1 {
                    return Err(self.error(at, &rules::TWO_IDS, &[]));
                }
            }
        }
        Ok(())
    }

    pub(super) fn is_id(&self, used: &AttributeUse) -> bool {
        let type_ = self.schema.attribute(used.attribute).type_;
        matches!(&self.finished[type_.at()], Some(Type::Simple(simple)) if simple.reference == Reference::Id)
    }

    /// §3.6.6 clause 3: an attribute group must not hold itself.
    pub(super) fn check_attribute_groups(&self) -> Result<(), SchemaError> {
        let mut state = vec![0u8; self.attribute_groups.len()];
        for start in 0..self.attribute_groups.len() {
            let mut pending = vec![(start, false, None)];
            while let Some((index, done, at)) = pending.pop() {
                if done {
                    state[index] = 2;
                    continue;
                }
                match state[index] {
                    0 => state[index] = 1,
                    1 => match at {
                        Some(at) => return Err(self.error(at, &rules::CIRCULAR_ATTRIBUTE_GROUP, &[])),
                        None => continue,
                    },
                    _ => continue,
                }
                pending.push((index, true, None));
                for (item, at) in &self.attribute_groups[index].items {
                    if let Item::Group(inner) = item {
                        pending.push((*inner as usize, false, *at));
                    }
                }
            }
        }
        Ok(())
    }
}
