//! Finishing simple types: bases first, facets on top (§3.14.6).

use std::sync::Arc;

use crate::catalogue as rules;
use crate::datatype::{Facet, FacetKind, Language, Scope, SimpleType, Value};
use crate::error::SchemaError;
use crate::model::*;
use crate::names::NameId;

use super::builder::{At, Builder, Space};
use super::lexical::collapsed;
use super::types::{SimpleDraft, SimpleKind};

impl<'f> Builder<'f> {
    pub(super) fn finish_simple(&mut self, draft: &SimpleDraft<'f>) -> Result<SimpleDef, SchemaError> {
        let at = draft.at;
        let name = draft.name.map(|name| self.schema.names.local(name).to_owned());
        let documentation = self.documentation(at);
        match &draft.kind {
            SimpleKind::Restriction(base, facets) => {
                let def = self.restrict(draft.name, *base, *facets, draft.final_)?;
                Ok(SimpleDef { documentation, ..def })
            }
            SimpleKind::List(item) => {
                let inner = self.simple(at, *item)?;
                let (reference, forbidden) = (inner.reference, inner.final_.has(Methods::LIST));
                let datatype = SimpleType::list(&inner.datatype, name).map_err(|error| self.facet_error(at, &error))?;
                // §3.14.6 "Derivation Valid (Restriction, Simple)" clause 2.2.1.
                if forbidden {
                    return Err(self.error(at, &rules::FINAL_FORBIDS, &["list"]));
                }
                Ok(SimpleDef {
                    name: draft.name,
                    datatype: Arc::new(datatype),
                    base: ANY_SIMPLE_TYPE,
                    variety: Variety::List(*item),
                    final_: draft.final_,
                    reference,
                    documentation,
                })
            }
            SimpleKind::Union(members) => {
                let mut reference = Reference::None;
                let mut datatypes = Vec::new();
                for &member in members {
                    let inner = self.simple(at, member)?;
                    if inner.reference != Reference::None {
                        reference = Reference::Mixed;
                    }
                    if inner.final_.has(Methods::UNION) {
                        return Err(self.error(at, &rules::FINAL_FORBIDS, &["union"]));
                    }
                    datatypes.push(Arc::clone(&inner.datatype));
                }
                Ok(SimpleDef {
                    name: draft.name,
                    datatype: Arc::new(SimpleType::union(datatypes, name)),
                    base: ANY_SIMPLE_TYPE,
                    variety: Variety::Union(members.clone()),
                    final_: draft.final_,
                    reference,
                    documentation,
                })
            }
        }
    }

    /// A finished simple type, or an error where a complex one is named.
    pub(super) fn simple(&self, at: At<'f>, id: TypeId) -> Result<&SimpleDef, SchemaError> {
        match &self.finished[id.at()] {
            Some(Type::Simple(simple)) => Ok(simple),
            _ => Err(self.error(at, &rules::NOT_A_SIMPLE_TYPE, &[])),
        }
    }

    /// The restriction of a simple type by the facets that stand in an element.
    pub(super) fn restrict(
        &mut self,
        name: Option<NameId>,
        base: TypeId,
        at: At<'f>,
        final_: Methods,
    ) -> Result<SimpleDef, SchemaError> {
        let facets = self.facets(at);
        let of = self.simple(at, base)?;
        if of.final_.has(Methods::RESTRICTION) {
            return Err(self.error(at, &rules::FINAL_FORBIDS, &["restriction"]));
        }
        let local = name.map(|name| self.schema.names.local(name).to_owned());
        // The content of a complex type may be xs:anySimpleType, and a restriction of that type may leave it as it is.
        if base == ANY_SIMPLE_TYPE
            && facets.is_empty()
            && at.element.parent().is_some_and(|parent| parent.local() == "simpleContent")
        {
            let (datatype, variety, reference) = (Arc::clone(&of.datatype), of.variety.clone(), of.reference);
            return Ok(SimpleDef { name, datatype, base, variety, final_, reference, documentation: None });
        }
        let datatype =
            SimpleType::restrict(&of.datatype, facets, local).map_err(|error| self.facet_error(at, &error))?;
        self.check_notations(at, &datatype)?;
        Ok(SimpleDef {
            name,
            datatype: Arc::new(datatype),
            base,
            variety: of.variety.clone(),
            final_,
            reference: of.reference,
            documentation: None,
        })
    }

    /// Part 2 §3.2.19: the values of a NOTATION type name declared notations.
    fn check_notations(&self, at: At<'f>, datatype: &SimpleType) -> Result<(), SchemaError> {
        for value in datatype.enumeration_values().unwrap_or_default() {
            let Value::Notation { namespace, local } = value else { continue };
            let name = self.schema.names.find(namespace, local);
            if name.is_none_or(|name| !self.globals.contains_key(&(Space::Notation, name))) {
                return Err(self.error(at, &rules::UNRESOLVED, &["notation", local]));
            }
        }
        Ok(())
    }

    fn facets(&self, at: At<'f>) -> Vec<Facet> {
        let mut facets = Vec::new();
        for child in self.children(at) {
            let Some(kind) = FacetKind::by_name(child.element.local()) else { continue };
            let value = child.element.attribute("", "value").unwrap_or_default();
            // An enumeration or pattern is a value of the base type or an expression; the other values are numbers and words.
            let value = match kind {
                FacetKind::Enumeration | FacetKind::Pattern => value.into_owned(),
                FacetKind::MinInclusive
                | FacetKind::MinExclusive
                | FacetKind::MaxInclusive
                | FacetKind::MaxExclusive => value.into_owned(),
                _ => collapsed(&value).to_owned(),
            };
            let scope = match kind {
                FacetKind::Enumeration => self.scope(child),
                _ => Scope::default(),
            };
            facets.push(Facet { kind, value, fixed: self.flag(child, "fixed"), scope });
        }
        facets
    }

    fn scope(&self, at: At<'f>) -> Scope {
        let file = self.file(at);
        let mut scope: Vec<(&str, &str)> = at.element.in_scope();
        if file.chameleon && !scope.iter().any(|(prefix, _)| prefix.is_empty()) {
            scope.push(("", &file.target));
        }
        scope.into_iter().collect()
    }

    pub(super) fn facet_error(&self, at: At<'f>, error: &crate::datatype::FacetError) -> SchemaError {
        self.error(
            at,
            &rules::FACET,
            &[&error.code(), &error.message(Language::English), &error.message(Language::Bulgarian)],
        )
    }
}
