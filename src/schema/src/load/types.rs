//! Reading type definitions into drafts (§3.4.2, §3.14.2).

use crate::catalogue as rules;
use crate::error::SchemaError;
use crate::model::*;
use crate::names::NameId;

use super::attributes::AttributeSet;
use super::builder::{At, Builder, Space};
use super::documents::methods;

/// A type that was read; what depends on other types is still open.
pub(super) enum TypeDraft<'f> {
    /// Built in, or not read yet.
    Ready,
    Simple(SimpleDraft<'f>),
    Complex(Box<ComplexDraft<'f>>),
}

#[derive(Clone)]
pub(super) struct SimpleDraft<'f> {
    pub(super) name: Option<NameId>,
    pub(super) at: At<'f>,
    pub(super) kind: SimpleKind<'f>,
    pub(super) final_: Methods,
}

#[derive(Clone)]
pub(super) enum SimpleKind<'f> {
    /// The base, and the element that holds the facets.
    Restriction(TypeId, At<'f>),
    List(TypeId),
    Union(Vec<TypeId>),
}

pub(super) struct ComplexDraft<'f> {
    pub(super) name: Option<NameId>,
    pub(super) at: At<'f>,
    pub(super) base: TypeId,
    pub(super) method: Methods,
    pub(super) abstract_: bool,
    pub(super) block: Methods,
    pub(super) final_: Methods,
    pub(super) body: Body<'f>,
    pub(super) attributes: AttributeSet<'f>,
}

pub(super) enum Body<'f> {
    /// Simple content by extension: the content of the base.
    SimpleExtension,
    /// Simple content by restriction: an inline type in place of the content of the base, and the element that holds facets.
    SimpleRestriction { inline: Option<TypeId>, facets: At<'f>, result: TypeId },
    /// What it says itself; with an extension it follows the content of the base.
    Elements { mixed: bool, particle: Option<Particle> },
}

impl<'f> Builder<'f> {
    /// Reads every component; anonymous types are read after the component that holds them.
    pub(super) fn read_components(&mut self) -> Result<(), SchemaError> {
        for (space, name, global) in self.order.clone() {
            let at = self.at(&global);
            self.shadow = self.redefined.get(&(global.file, global.index, space)).map(|&old| (space, name, old));
            self.shadow_uses.clear();
            match space {
                Space::Type => self.read_type(at, Some(name), TypeId(global.index))?,
                Space::Element => self.read_global_element(at, ElementIx(global.index))?,
                Space::Attribute => self.read_global_attribute(at, AttributeIx(global.index))?,
                Space::Group => self.read_group(at, GroupIx(global.index))?,
                Space::AttributeGroup => {
                    let set = self.read_attributes(at)?;
                    self.attribute_groups[global.index as usize] = set;
                }
                Space::Notation => self.read_notation(at)?,
                Space::Constraint => {}
            }
            while let Some((at, id)) = self.unread.pop() {
                self.read_type(at, None, id)?;
            }
            self.note_redefinition(at, global.index)?;
        }
        self.shadow = None;
        self.resolve_keyrefs()
    }

    /// §4.2.2 clauses 6 and 7: a redefining group names itself once, as it is, or it restricts what it redefines.
    fn note_redefinition(&mut self, at: At<'f>, index: u32) -> Result<(), SchemaError> {
        let Some((space, _, old)) = self.shadow else { return Ok(()) };
        match (space, self.shadow_uses.as_slice()) {
            (Space::Group, []) => self.replaced_groups.push((GroupIx(index), GroupIx(old), at)),
            (Space::AttributeGroup, []) => self.replaced_attribute_groups.push((index, old, at)),
            (Space::AttributeGroup, [_]) => {}
            (Space::Group, [once]) if self.occurrences(*once)? == (1, 1) => {}
            (Space::Group | Space::AttributeGroup, _) => return Err(self.error(at, &rules::REDEFINITION_GROUP, &[])),
            _ => {}
        }
        Ok(())
    }

    /// A new type for an anonymous definition, to be read later.
    pub(super) fn anonymous(&mut self, at: At<'f>) -> TypeId {
        let id = self.new_type();
        self.unread.push((at, id));
        id
    }

    pub(super) fn new_type(&mut self) -> TypeId {
        let id = TypeId(self.drafts.len() as u32);
        self.drafts.push(TypeDraft::Ready);
        self.finished.push(None);
        id
    }

    fn read_type(&mut self, at: At<'f>, name: Option<NameId>, id: TypeId) -> Result<(), SchemaError> {
        let draft = if at.element.local() == "simpleType" {
            TypeDraft::Simple(self.read_simple_type(at, name)?)
        } else {
            TypeDraft::Complex(Box::new(self.read_complex_type(at, name)?))
        };
        // §4.2.2 clause 5: a redefining type must be derived from the type that it redefines.
        if let Some((_, redefined, old)) = self.shadow
            && name == Some(redefined)
            && self.base_of_draft(&draft) != Some(TypeId(old))
        {
            return Err(self.error(at, &rules::REDEFINITION_BASE, &[]));
        }
        self.drafts[id.at()] = draft;
        Ok(())
    }

    fn base_of_draft(&self, draft: &TypeDraft<'f>) -> Option<TypeId> {
        match draft {
            TypeDraft::Ready => None,
            TypeDraft::Simple(simple) => Some(match simple.kind {
                SimpleKind::Restriction(base, _) => base,
                _ => ANY_SIMPLE_TYPE,
            }),
            TypeDraft::Complex(complex) => Some(complex.base),
        }
    }

    fn read_simple_type(&mut self, at: At<'f>, name: Option<NameId>) -> Result<SimpleDraft<'f>, SchemaError> {
        let final_ = self.value(at, "final").map_or(self.file(at).final_, |list| methods(&list));
        let Some(inner) = self.children(at).next() else {
            return Err(self.error(at, &rules::ELEMENT_MISSING, &["restriction, list, union", "simpleType"]));
        };
        let inline: Vec<At<'f>> = self.children(inner).filter(|child| child.element.local() == "simpleType").collect();
        let one_of = |builder: &mut Self, attribute: &str| {
            match (builder.value(inner, attribute), inline.first()) {
                (Some(name), None) => builder.lookup_type(inner, &name),
                (None, Some(&inline)) => Ok(builder.anonymous(inline)),
                // §3.14.3 clauses 2 and 3.
                (Some(_), Some(_)) => Err(builder.error(inner, &rules::NAME_AND_INLINE, &[attribute, "simpleType"])),
                (None, None) => Err(builder.error(inner, &rules::NEITHER_NAME_NOR_INLINE, &[attribute, "simpleType"])),
            }
        };
        let kind = match inner.element.local() {
            "list" => SimpleKind::List(one_of(self, "itemType")?),
            "union" => {
                let mut members = Vec::new();
                for member in self.value(inner, "memberTypes").unwrap_or_default().split_ascii_whitespace() {
                    members.push(self.lookup_type(inner, member)?);
                }
                for inline in inline {
                    members.push(self.anonymous(inline));
                }
                if members.is_empty() {
                    return Err(self.error(inner, &rules::NEITHER_NAME_NOR_INLINE, &["memberTypes", "simpleType"]));
                }
                SimpleKind::Union(members)
            }
            _ => SimpleKind::Restriction(one_of(self, "base")?, inner),
        };
        Ok(SimpleDraft { name, at, kind, final_ })
    }

    fn read_complex_type(&mut self, at: At<'f>, name: Option<NameId>) -> Result<ComplexDraft<'f>, SchemaError> {
        let file = self.file(at);
        let block = self
            .value(at, "block")
            .map_or(file.block, |list| methods(&list))
            .and(Methods::EXTENSION.with(Methods::RESTRICTION));
        let final_ = self
            .value(at, "final")
            .map_or(file.final_, |list| methods(&list))
            .and(Methods::EXTENSION.with(Methods::RESTRICTION));
        let mut draft = ComplexDraft {
            name,
            at,
            base: ANY_TYPE,
            method: Methods::RESTRICTION,
            abstract_: self.flag(at, "abstract"),
            block,
            final_,
            body: Body::SimpleExtension,
            attributes: AttributeSet::default(),
        };
        let first = self.children(at).next();
        let content = first.filter(|child| matches!(child.element.local(), "simpleContent" | "complexContent"));
        let Some(content) = content else {
            draft.body = self.read_body(at, self.flag(at, "mixed"))?;
            draft.attributes = self.read_attributes(at)?;
            return Ok(draft);
        };
        let Some(inner) = self.children(content).next() else {
            return Err(self.error(
                content,
                &rules::ELEMENT_MISSING,
                &["restriction, extension", content.element.local()],
            ));
        };
        let base = self.value(inner, "base").unwrap_or_default();
        draft.base = self.lookup_type(inner, &base)?;
        draft.method = if inner.element.local() == "extension" { Methods::EXTENSION } else { Methods::RESTRICTION };
        draft.attributes = self.read_attributes(inner)?;
        draft.body = match (content.element.local(), draft.method) {
            ("simpleContent", Methods::EXTENSION) => Body::SimpleExtension,
            ("simpleContent", _) => {
                let inline = self.children(inner).find(|child| child.element.local() == "simpleType");
                let inline = inline.map(|inline| self.anonymous(inline));
                Body::SimpleRestriction { inline, facets: inner, result: self.new_type() }
            }
            _ => {
                let mixed = if content.element.attribute("", "mixed").is_some() {
                    self.flag(content, "mixed")
                } else {
                    self.flag(at, "mixed")
                };
                self.read_body(inner, mixed)?
            }
        };
        Ok(draft)
    }

    /// §3.4.2 "effective content": no particle, or one that can hold nothing at all, is no content.
    fn read_body(&mut self, at: At<'f>, mixed: bool) -> Result<Body<'f>, SchemaError> {
        let group =
            self.children(at).find(|child| matches!(child.element.local(), "group" | "all" | "choice" | "sequence"));
        let particle = match group {
            None => None,
            Some(group) => {
                let hollow = self.children(group).next().is_none();
                let particle = self.read_particle(group)?;
                match group.element.local() {
                    "all" | "sequence" if hollow => None,
                    "choice" if hollow && particle.is_none_or(|particle| particle.min == 0) => None,
                    _ => particle,
                }
            }
        };
        Ok(Body::Elements { mixed, particle })
    }

    fn read_notation(&mut self, at: At<'f>) -> Result<(), SchemaError> {
        if self.value(at, "public").is_none() && self.value(at, "system").is_none() {
            return Err(self.error(at, &rules::ATTRIBUTE_MISSING, &["public", "notation"]));
        }
        Ok(())
    }
}
