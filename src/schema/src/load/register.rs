//! Global names: every top-level component gets its index before any is read, so that references need no order.

use std::sync::Arc;

use kapia_xml::Element;

use crate::catalogue as rules;
use crate::datatype::{Facet, FacetKind, SimpleType};
use crate::error::SchemaError;
use crate::model::*;
use crate::names::NameId;

use super::attributes::AttributeSet;
use super::builder::{At, Builder, Global, Space};
use super::documents::XSD;
use super::types::TypeDraft;

impl<'f> Builder<'f> {
    pub(super) fn register(&mut self) -> Result<(), SchemaError> {
        for ix in (0u32..).zip(self.files).map(|(ix, _)| FileIx(ix)) {
            let root: Element<'f> = self.files[ix.at()].root();
            for element in root.children() {
                let at = At { file: ix, element };
                if let Some(space) = space_of(element.local()) {
                    self.register_one(at, space)?;
                }
            }
        }
        self.add_xml_attributes();
        for (file, redefine, target) in self.redefinitions() {
            for element in redefine.children() {
                let at = At { file, element };
                if let Some(space) = space_of(element.local()) {
                    self.redefine(at, space, target)?;
                }
            }
        }
        Ok(())
    }

    fn register_one(&mut self, at: At<'f>, space: Space) -> Result<(), SchemaError> {
        let name = self.global_name(at);
        if let Some(known) = self.globals.get(&(space, name)) {
            // A document that comes twice under two names is no second declaration if it says the same in the same place.
            let other = self.at(known);
            if self.is_same_text(at, other) {
                return Ok(());
            }
            return Err(self.error(at, &rules::DECLARED_TWICE, &[&self.schema.names.display(name)]));
        }
        let index = self.allocate(at, space, name);
        let global = Global { file: at.file, node: at.element.id(), index };
        self.globals.insert((space, name), global);
        self.order.push((space, name, global));
        Ok(())
    }

    fn is_same_text(&self, one: At<'f>, other: At<'f>) -> bool {
        let (a, b) = (self.file(one), self.file(other));
        one.element.span() == other.element.span() && a.document.source() == b.document.source() && a.name != b.name
    }

    fn allocate(&mut self, at: At<'f>, space: Space, name: NameId) -> u32 {
        match space {
            Space::Type => {
                let id = TypeId(self.drafts.len() as u32);
                self.drafts.push(TypeDraft::Ready);
                self.finished.push(None);
                self.schema.global_types.insert(name, id);
                id.0
            }
            Space::Element => {
                let ix = ElementIx(self.schema.elements.len() as u32);
                let origin = self.origin(at);
                self.schema.elements.push(ElementDecl {
                    name,
                    type_: ANY_TYPE,
                    global: true,
                    nillable: false,
                    abstract_: false,
                    block: Methods::NONE,
                    final_: Methods::NONE,
                    head: None,
                    value: None,
                    constraints: Vec::new(),
                    documentation: None,
                    origin,
                });
                self.element_nodes.push(at);
                self.schema.global_elements.insert(name, ix);
                if self.file(at).main {
                    self.schema.main_elements.push(ix);
                }
                ix.0
            }
            Space::Attribute => {
                let ix = AttributeIx(self.schema.attributes.len() as u32);
                let origin = self.origin(at);
                self.schema.attributes.push(AttributeDecl {
                    name,
                    type_: ANY_SIMPLE_TYPE,
                    value: None,
                    documentation: None,
                    origin,
                });
                self.attribute_nodes.push(at);
                self.schema.global_attributes.insert(name, ix);
                ix.0
            }
            Space::Group => {
                let ix = GroupIx(self.schema.groups.len() as u32);
                self.schema.groups.push(ModelGroup { compositor: Compositor::Sequence, particles: Vec::new() });
                self.group_nodes.insert(ix, at);
                ix.0
            }
            Space::AttributeGroup => {
                self.attribute_groups.push(AttributeSet::default());
                self.attribute_groups.len() as u32 - 1
            }
            Space::Notation | Space::Constraint => 0,
        }
    }

    /// The attributes of the `xml` namespace, unless a document declares them itself.
    fn add_xml_attributes(&mut self) {
        for (local, type_) in [("lang", "language"), ("space", "NCName"), ("base", "anyURI"), ("id", "ID")] {
            let name = self.schema.names.add(kapia_xml::XML_NAMESPACE, local);
            if self.globals.contains_key(&(Space::Attribute, name)) {
                continue;
            }
            let at = At { file: FileIx(0), element: self.files[0].root() };
            let index = self.allocate(at, Space::Attribute, name);
            let type_ =
                self.schema.names.find(XSD, type_).and_then(|name| self.schema.global_types.get(&name).copied());
            let type_ = type_.unwrap_or(ANY_SIMPLE_TYPE);
            self.schema.attributes[index as usize].type_ =
                if local == "space" { self.one_of(type_, &["default", "preserve"]) } else { type_ };
            self.globals.insert((Space::Attribute, name), Global { file: at.file, node: at.element.id(), index });
        }
    }

    /// A restriction of a built-in type to some values.
    fn one_of(&mut self, base: TypeId, values: &[&str]) -> TypeId {
        let facets = values.iter().map(|&value| Facet::new(FacetKind::Enumeration, value)).collect();
        let Some(Type::Simple(of)) = &self.finished[base.at()] else { return base };
        let Ok(datatype) = SimpleType::restrict(&of.datatype, facets, None) else { return base };
        let (variety, reference) = (of.variety.clone(), of.reference);
        let (datatype, final_) = (Arc::new(datatype), Methods::NONE);
        let id = self.new_type();
        self.finished[id.at()] = Some(Type::Simple(SimpleDef {
            name: None,
            datatype,
            base,
            variety,
            final_,
            reference,
            documentation: None,
        }));
        id
    }

    /// The `xs:redefine` elements, those of redefined documents first.
    fn redefinitions(&self) -> Vec<(FileIx, Element<'f>, FileIx)> {
        let mut state = vec![0u8; self.files.len()];
        let mut found = Vec::new();
        for start in (0u32..).zip(self.files).map(|(ix, _)| FileIx(ix)) {
            let mut pending = vec![(start, false)];
            while let Some((ix, done)) = pending.pop() {
                let file = &self.files[ix.at()];
                if done {
                    found
                        .extend(file.redefines.iter().map(|&(node, target)| (ix, file.document.element(node), target)));
                } else if state[ix.at()] == 0 {
                    state[ix.at()] = 1;
                    pending.push((ix, true));
                    pending.extend(file.includes.iter().map(|&included| (included, false)));
                }
            }
        }
        found
    }

    /// §4.2.2: the redefining component takes the name; by that name it means the old one itself.
    fn redefine(&mut self, at: At<'f>, space: Space, target: FileIx) -> Result<(), SchemaError> {
        let name = self.global_name(at);
        let old = self.globals.get(&(space, name)).copied().filter(|old| self.is_within(old.file, target));
        let Some(old) = old else {
            return Err(self.error(at, &rules::REDEFINES_NOTHING, &[&self.schema.names.display(name)]));
        };
        let index = self.allocate(at, space, name);
        let global = Global { file: at.file, node: at.element.id(), index };
        self.globals.insert((space, name), global);
        self.order.push((space, name, global));
        self.redefined.insert((at.file, index, space), old.index);
        Ok(())
    }

    fn is_within(&self, file: FileIx, document: FileIx) -> bool {
        let mut seen = vec![false; self.files.len()];
        let mut pending = vec![document];
        while let Some(ix) = pending.pop() {
            if ix == file {
                return true;
            }
            if !std::mem::replace(&mut seen[ix.at()], true) {
                pending.extend(&self.files[ix.at()].includes);
            }
        }
        false
    }
}

pub(super) fn space_of(local: &str) -> Option<Space> {
    Some(match local {
        "simpleType" | "complexType" => Space::Type,
        "element" => Space::Element,
        "attribute" => Space::Attribute,
        "group" => Space::Group,
        "attributeGroup" => Space::AttributeGroup,
        "notation" => Space::Notation,
        _ => return None,
    })
}
