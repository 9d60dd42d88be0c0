//! Attributes (§3.2.4, §3.4.4 clauses 3 to 5).

use kapia_xml::{Name, XSI_NAMESPACE};

use crate::catalogue as rules;
use crate::datatype::{Prefixes, Value};
use crate::model::*;
use crate::names::{NameId, NsId};

use super::{Tag, Validator};

impl<M: Clone> Validator<'_, M> {
    pub(super) fn attributes<T: Tag<Mark = M>>(&mut self, tag: &T, type_: TypeId, mark: &M) {
        let schema = self.schema;
        let complex = match schema.type_of(type_) {
            Type::Complex(complex) => Some(complex),
            Type::Simple(_) => None,
        };
        let uses = complex.map(|complex| complex.attributes.as_slice()).unwrap_or_default();
        let mut seen = std::mem::take(&mut self.seen);
        seen.clear();
        seen.resize(uses.len(), false);
        let mut ids = 0;
        for (name, value) in tag.attributes() {
            if name.namespace == XSI_NAMESPACE
                && matches!(name.local, "type" | "nil" | "schemaLocation" | "noNamespaceSchemaLocation")
            {
                // `@*` in a field selects these too.
                if self.identity.wants_attributes() {
                    let (id, namespace) = self.intern(name);
                    self.take_attribute(id, namespace, Value::String(value.as_ref().into()), mark);
                }
                continue;
            }
            let (id, namespace) = self.intern(name);
            let Some(complex) = complex else {
                self.report_attribute(mark, name.local, &rules::ATTRIBUTE_ON_SIMPLE, Vec::new());
                continue;
            };
            if let Some((at, used)) = id.and_then(|id| complex.attribute(id)) {
                seen[at] = true;
                let constraint = used.constraint(schema);
                self.attribute(schema.attribute(used.attribute), constraint, name, (id, namespace), &value, tag, mark);
            } else if let Some(wildcard) = complex
                .any_attribute
                .map(|ix| schema.wildcard(ix))
                .filter(|wildcard| wildcard.namespaces.allow(namespace))
            {
                let decl = id.and_then(|id| schema.global_attributes.get(&id)).map(|&ix| schema.attribute(ix));
                match (wildcard.process, decl) {
                    (Process::Skip, _) | (Process::Lax, None) => {}
                    (_, Some(decl)) => {
                        // Attribute uses hold one ID at most, as the schema was checked; a wildcard may let another in.
                        ids += usize::from(self.is_id(decl));
                        self.attribute(decl, decl.value.as_ref(), name, (id, namespace), &value, tag, mark);
                    }
                    (Process::Strict, None) => {
                        self.report_attribute(mark, name.local, &rules::ATTRIBUTE_NOT_DECLARED, Vec::new())
                    }
                }
            } else {
                let expected = uses.iter().map(|used| schema.names.local(used.name).to_owned()).collect();
                self.report_attribute(mark, name.local, &rules::ATTRIBUTE_UNKNOWN, expected);
                self.point_out(name.local, uses.iter().map(|used| schema.names.local(used.name)));
            }
        }
        if ids > 1 || ids == 1 && uses.iter().any(|used| self.is_id(schema.attribute(used.attribute))) {
            self.report(mark, &rules::TWO_ID_ATTRIBUTES, &[], Vec::new());
        }
        for (used, _) in uses.iter().zip(&seen).filter(|(_, seen)| !**seen) {
            if used.required {
                self.report_attribute(mark, schema.names.local(used.name), &rules::ATTRIBUTE_REQUIRED, Vec::new());
            } else if let Some(constraint) = used.constraint(schema)
                && let Some(value) = &constraint.value
            {
                let type_ = schema.attribute(used.attribute).type_;
                if schema.simple_content(type_).is_some_and(|simple| simple.reference != Reference::None) {
                    self.note_reference(type_, &constraint.text, tag, mark, Some(schema.names.local(used.name)));
                }
                if self.identity.wants_attributes() {
                    let namespace = schema.names.ns_of(used.name);
                    self.take_attribute(Some(used.name), Some(namespace), value.clone(), mark);
                }
            }
        }
        self.seen = seen;
    }

    fn is_id(&self, decl: &AttributeDecl) -> bool {
        self.schema.simple_content(decl.type_).is_some_and(|simple| simple.reference == Reference::Id)
    }

    #[allow(clippy::too_many_arguments)]
    fn attribute(
        &mut self,
        decl: &AttributeDecl,
        constraint: Option<&ValueConstraint>,
        name: Name<'_>,
        (id, namespace): (Option<NameId>, Option<NsId>),
        text: &str,
        scope: &dyn Prefixes,
        mark: &M,
    ) {
        let Type::Simple(simple) = self.schema.type_of(decl.type_) else { return };
        let fixed = constraint.filter(|constraint| constraint.fixed);
        let wanted = self.identity.wants_attributes();
        match self.judge(simple, text, scope, wanted || fixed.is_some()) {
            Err(error) => self.report_value(mark, Some(name.local), error),
            Ok(value) => {
                if simple.reference != Reference::None {
                    self.note_reference(decl.type_, text, scope, mark, Some(name.local));
                }
                if let Some(constraint) = fixed.filter(|constraint| constraint.value != value) {
                    self.report_attribute(mark, name.local, &rules::FIXED_ATTRIBUTE, vec![constraint.text.to_string()]);
                }
                if let Some(value) = value.filter(|_| wanted) {
                    self.take_attribute(id, namespace, value, mark);
                }
            }
        }
    }
}
