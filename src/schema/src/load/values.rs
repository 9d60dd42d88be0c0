//! Default and fixed values: computed once, in the type that they belong to (§3.2.6, §3.3.6).

use crate::catalogue as rules;
use crate::datatype::{Language, ValueError};
use crate::error::SchemaError;
use crate::model::*;

use super::builder::{At, Builder, Scope};

impl<'f> Builder<'f> {
    /// Attribute declarations; also checks that their types are simple.
    pub(super) fn declared_values(&mut self) -> Result<(), SchemaError> {
        for at in 0..self.schema.attributes.len() {
            let (node, decl) = (self.attribute_nodes[at], &self.schema.attributes[at]);
            let simple = self.simple(node, decl.type_)?;
            let Some(constraint) = &decl.value else { continue };
            // §3.2.6 "Attribute Declaration Properties Correct" clause 3.
            if simple.reference == Reference::Id {
                return Err(self.error(node, &rules::ID_WITH_VALUE, &[]));
            }
            let value = simple
                .datatype
                .validate(&constraint.text, &Scope(node.element))
                .map_err(|error| self.value_error(node, &error))?;
            if let Some(constraint) = &mut self.schema.attributes[at].value {
                constraint.value = Some(value);
            }
        }
        Ok(())
    }

    pub(super) fn use_value(&self, used: &mut AttributeUse, at: At<'f>) -> Result<(), SchemaError> {
        let decl = self.schema.attribute(used.attribute);
        let Some(constraint) = &mut used.value else { return Ok(()) };
        let simple = self.simple(at, decl.type_)?;
        if simple.reference == Reference::Id {
            return Err(self.error(at, &rules::ID_WITH_VALUE, &[]));
        }
        let value = simple
            .datatype
            .validate(&constraint.text, &Scope(at.element))
            .map_err(|error| self.value_error(at, &error))?;
        // §3.5.6 "Attribute Use Correct" clause 2.
        if let Some(declared) = decl.value.as_ref().filter(|declared| declared.fixed)
            && (!constraint.fixed || declared.value.as_ref() != Some(&value))
        {
            return Err(self.error(at, &rules::FIXED_CHANGED, &[&self.schema.names.display(decl.name)]));
        }
        constraint.value = Some(value);
        Ok(())
    }

    /// Element declarations, after types are finished (§3.3.6 "Element Default Valid (Immediate)").
    pub(super) fn element_values(&mut self) -> Result<(), SchemaError> {
        for at in 0..self.schema.elements.len() {
            let (node, decl) = (self.element_nodes[at], &self.schema.elements[at]);
            let Some(constraint) = &decl.value else { continue };
            let Some(simple) = self.schema.simple_content(decl.type_) else {
                let emptiable = match self.schema.type_of(decl.type_) {
                    Type::Complex(complex) if complex.is_mixed() => complex.particle().is_some_and(|particle| {
                        crate::content::build(&self.schema, particle).is_ok_and(|model| model.is_emptiable())
                    }),
                    _ => false,
                };
                if !emptiable {
                    return Err(self.error(node, &rules::VALUE_WITHOUT_TEXT, &[]));
                }
                continue;
            };
            if simple.reference == Reference::Id {
                return Err(self.error(node, &rules::ID_WITH_VALUE, &[]));
            }
            let value = simple
                .datatype
                .validate(&constraint.text, &Scope(node.element))
                .map_err(|error| self.value_error(node, &error))?;
            if let Some(constraint) = &mut self.schema.elements[at].value {
                constraint.value = Some(value);
            }
        }
        Ok(())
    }

    fn value_error(&self, at: At<'f>, error: &ValueError) -> SchemaError {
        self.error(at, &rules::WRONG_VALUE, &[&error.message(Language::English), &error.message(Language::Bulgarian)])
    }
}
