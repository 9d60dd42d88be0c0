//! Constraints on schemas that need all components: restrictions, substitution groups, consistent declarations.

use crate::catalogue as rules;
use crate::content::{self, Match};
use crate::error::SchemaError;
use crate::model::*;

use super::builder::{At, Builder};
use super::restrict;

impl<'f> Builder<'f> {
    pub(super) fn check_components(&mut self) -> Result<(), SchemaError> {
        self.check_redefinitions()?;
        for type_ in &self.schema.types {
            let Type::Complex(complex) = type_ else { continue };
            if complex.method == Methods::RESTRICTION && complex.base != ANY_TYPE {
                self.check_restricted_attributes(complex)?;
                self.check_restricted_content(complex)?;
            }
            self.check_consistent(complex)?;
        }
        for decl in &self.schema.elements {
            self.check_element(decl)?;
        }
        for decl in &self.schema.attributes {
            if self.schema.simple_content(decl.type_).is_some_and(|simple| simple.datatype.is_bare_notation()) {
                return Err(self.error_at(decl.origin, &rules::BARE_NOTATION, &[]));
            }
        }
        Ok(())
    }

    /// §4.2.2 clauses 6.2.2 and 7.2.2.
    fn check_redefinitions(&mut self) -> Result<(), SchemaError> {
        for &(new, old, at) in &self.replaced_groups {
            let particle = |ix| Particle { min: 1, max: 1, term: Term::Group(ix) };
            if restrict::is_restriction(&self.schema, &particle(new), &particle(old)).is_err() {
                return Err(self.error(at, &rules::REDEFINITION_NOT_RESTRICTION, &[]));
            }
        }
        for (new, old, at) in std::mem::take(&mut self.replaced_attribute_groups) {
            let new = self.bare_type(new, at)?;
            let old = self.bare_type(old, at)?;
            if self.compare_attributes(&new, &old).is_err() {
                return Err(self.error(at, &rules::REDEFINITION_NOT_RESTRICTION, &[]));
            }
        }
        Ok(())
    }

    /// A type that has nothing but the attributes of a group.
    fn bare_type(&mut self, group: u32, at: At<'f>) -> Result<ComplexDef, SchemaError> {
        let set = self.attribute_groups[group as usize].clone();
        let flat = self.flatten(&set)?;
        let mut attributes: Vec<AttributeUse> = flat.uses.into_iter().map(|(used, _)| used).collect();
        attributes.sort_by_key(|used| used.name);
        let any_attribute = flat.wildcard.map(|wildcard| self.add_wildcard(wildcard));
        Ok(ComplexDef {
            name: None,
            base: ANY_TYPE,
            method: Methods::RESTRICTION,
            abstract_: false,
            block: Methods::NONE,
            final_: Methods::NONE,
            content: Content::Empty,
            attributes,
            any_attribute,
            documentation: None,
            origin: self.origin(at),
        })
    }

    /// §3.4.6 "Derivation Valid (Restriction, Complex)" clauses 2 to 4.
    fn check_restricted_attributes(&self, complex: &ComplexDef) -> Result<(), SchemaError> {
        match self.schema.type_of(complex.base) {
            Type::Complex(base) => self.compare_attributes(complex, base),
            Type::Simple(_) => Ok(()),
        }
    }

    fn compare_attributes(&self, complex: &ComplexDef, base: &ComplexDef) -> Result<(), SchemaError> {
        let schema = &self.schema;
        let base_wildcard = base.any_attribute.map(|ix| schema.wildcard(ix));
        let refuse = |rule, name| Err(self.error_at(complex.origin, rule, &[&schema.names.display(name)]));
        for used in &complex.attributes {
            match base.attribute(used.name) {
                Some((_, of)) => {
                    let (one, other) = (schema.attribute(used.attribute), schema.attribute(of.attribute));
                    let fixed = of.constraint(schema).filter(|value| value.fixed);
                    let same_fixed = fixed.is_none_or(|fixed| {
                        used.constraint(schema).is_some_and(|value| value.fixed && value.value == fixed.value)
                    });
                    if (of.required && !used.required)
                        || schema.derivation(one.type_, other.type_).is_none()
                        || !same_fixed
                    {
                        return refuse(&rules::RESTRICTION_ATTRIBUTE, used.name);
                    }
                }
                None => {
                    let namespace = schema.names.ns_of(used.name);
                    if !base_wildcard.is_some_and(|wildcard| wildcard.namespaces.allow(Some(namespace))) {
                        return refuse(&rules::RESTRICTION_ATTRIBUTE, used.name);
                    }
                }
            }
        }
        if let Some(missing) = base.attributes.iter().find(|of| of.required && complex.attribute(of.name).is_none()) {
            return refuse(&rules::RESTRICTION_REQUIRED, missing.name);
        }
        if let Some(own) = complex.any_attribute.map(|ix| schema.wildcard(ix)) {
            let fits =
                base_wildcard.is_some_and(|of| own.namespaces.is_subset(&of.namespaces) && own.process >= of.process);
            if !fits {
                return Err(self.error_at(complex.origin, &rules::RESTRICTION_WILDCARD, &[]));
            }
        }
        Ok(())
    }

    /// §3.4.6 "Derivation Valid (Restriction, Complex)" clause 5.
    fn check_restricted_content(&self, complex: &ComplexDef) -> Result<(), SchemaError> {
        let schema = &self.schema;
        let Type::Complex(base) = schema.type_of(complex.base) else { return Ok(()) };
        let found = match (&complex.content, &base.content) {
            // Decided when the content was made.
            (Content::Simple(_), _) | (Content::Empty, Content::Empty) => Ok(()),
            (Content::Empty, Content::Elements { model, .. }) if model.is_emptiable() => Ok(()),
            (Content::Elements { mixed, particle, .. }, Content::Elements { mixed: base_mixed, particle: of, .. }) => {
                if *mixed && !base_mixed {
                    Err("derivation-ok-restriction.5.4.1")
                } else {
                    restrict::is_restriction(schema, particle, of)
                }
            }
            (Content::Empty, _) => Err("derivation-ok-restriction.5.3"),
            (Content::Elements { .. }, _) => Err("derivation-ok-restriction.5.4"),
        };
        found.map_err(|fault| self.error_at(complex.origin, &rules::RESTRICTION_CONTENT, &[fault]))
    }

    /// §3.8.6 "Element Declarations Consistent".
    fn check_consistent(&self, complex: &ComplexDef) -> Result<(), SchemaError> {
        let Content::Elements { model, .. } = &complex.content else { return Ok(()) };
        match model.inconsistency(&self.schema) {
            Some(ix) => Err(self.error_at(
                complex.origin,
                &rules::INCONSISTENT,
                &[&self.schema.names.display(self.schema.element(ix).name)],
            )),
            None => Ok(()),
        }
    }

    fn check_element(&self, decl: &ElementDecl) -> Result<(), SchemaError> {
        let schema = &self.schema;
        if schema.simple_content(decl.type_).is_some_and(|simple| simple.datatype.is_bare_notation()) {
            return Err(self.error_at(decl.origin, &rules::BARE_NOTATION, &[]));
        }
        // §3.3.6 "Element Declaration Properties Correct" clause 4.
        if let Some(head) = decl.head.map(|ix| schema.element(ix)) {
            let derivation = schema.derivation(decl.type_, head.type_);
            if derivation.is_none_or(|methods| methods.meets(head.final_)) {
                return Err(self.error_at(decl.origin, &rules::SUBSTITUTION_TYPE, &[&schema.names.display(head.name)]));
            }
        }
        Ok(())
    }

    pub(super) fn clash_names(&self, clash: content::Clash) -> [String; 2] {
        [clash.0, clash.1].map(|term| match term {
            Match::Element(ix) => self.schema.names.display(self.schema.element(ix).name),
            Match::Wildcard(_) => "xs:any".to_owned(),
        })
    }
}
