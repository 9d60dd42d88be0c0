//! ID and IDREF (§3.3.4 "Validation Root Valid (ID/IDREF)").

use std::collections::HashMap;

use crate::catalogue as rules;
use crate::datatype::Prefixes;
use crate::model::*;

use super::{Validator, collapse};

pub(super) struct References<M> {
    ids: HashMap<Box<str>, ()>,
    idrefs: Vec<(Box<str>, M, Option<String>)>,
}

impl<M> Default for References<M> {
    fn default() -> Self {
        References { ids: HashMap::new(), idrefs: Vec::new() }
    }
}

impl<M: Clone> Validator<'_, M> {
    /// Notes what a valid text of a type that names something says.
    pub(super) fn note_reference(
        &mut self,
        type_: TypeId,
        text: &str,
        scope: &dyn Prefixes,
        mark: &M,
        attribute: Option<&str>,
    ) {
        let schema = self.schema;
        let Type::Simple(simple) = schema.type_of(type_) else { return };
        match (simple.reference, &simple.variety) {
            (Reference::None, _) => {}
            (_, Variety::List(item)) => {
                for word in text.split_ascii_whitespace() {
                    self.note_reference(*item, word, scope, mark, attribute);
                }
            }
            (_, Variety::Union(members)) => {
                let fits = |&&member: &&TypeId| matches!(schema.type_of(member), Type::Simple(simple) if simple.datatype.check(text, scope).is_ok());
                if let Some(&member) = members.iter().find(fits) {
                    self.note_reference(member, text, scope, mark, attribute);
                }
            }
            (Reference::Id, _) => {
                if self.references.ids.insert(collapse(text).into(), ()).is_some() {
                    self.report_reference(mark, attribute, &rules::ID_REPEATED);
                }
            }
            (Reference::Idref, _) => {
                self.references.idrefs.push((collapse(text).into(), mark.clone(), attribute.map(str::to_owned)));
            }
            (Reference::Entity | Reference::Mixed, _) => self.report_reference(mark, attribute, &rules::ENTITY_UNKNOWN),
        }
    }

    pub(super) fn check_references(&mut self) {
        for (idref, mark, attribute) in std::mem::take(&mut self.references.idrefs) {
            if !self.references.ids.contains_key(&idref) {
                self.report_reference(&mark, attribute.as_deref(), &rules::IDREF_DANGLING);
            }
        }
    }

    fn report_reference(&mut self, mark: &M, attribute: Option<&str>, rule: &'static crate::rule::Rule) {
        match attribute {
            Some(attribute) => self.report_attribute(mark, attribute, rule, Vec::new()),
            None => self.report(mark, rule, &[], Vec::new()),
        }
    }
}
