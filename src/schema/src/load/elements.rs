//! Reading element declarations and identity constraints (§3.3.2, §3.11.2).

use crate::catalogue as rules;
use crate::error::SchemaError;
use crate::model::*;
use crate::names::NameId;

use super::builder::{At, Builder, Global, Space};
use super::documents::methods;
use super::xpath;

impl<'f> Builder<'f> {
    pub(super) fn read_global_element(&mut self, at: At<'f>, ix: ElementIx) -> Result<(), SchemaError> {
        let name = self.schema.element(ix).name;
        let mut decl = self.read_declaration(at, name)?;
        decl.global = true;
        decl.abstract_ = self.flag(at, "abstract");
        decl.final_ = self
            .value(at, "final")
            .map_or(self.file(at).final_, |list| methods(&list))
            .and(Methods::EXTENSION.with(Methods::RESTRICTION));
        if let Some(head) = self.value(at, "substitutionGroup") {
            decl.head = Some(ElementIx(self.lookup(at, Space::Element, &head)?));
            if !self.has_own_type(at) {
                self.inheriting.push((ix, at));
            }
        }
        self.schema.elements[ix.at()] = decl;
        Ok(())
    }

    /// A local element: its own declaration, or the global one that it refers to.
    pub(super) fn read_local_element(&mut self, at: At<'f>) -> Result<ElementIx, SchemaError> {
        let (name, reference) = (self.value(at, "name"), self.value(at, "ref"));
        match (name, reference) {
            (None, Some(reference)) => {
                // §3.3.3 clause 2.2.
                for attribute in ["nillable", "default", "fixed", "form", "block", "type"] {
                    if at.element.attribute("", attribute).is_some() {
                        return Err(self.error(at, &rules::WITH_REF, &[attribute]));
                    }
                }
                if let Some(child) = self.children(at).next() {
                    return Err(self.error(at, &rules::WITH_REF, &[child.element.local()]));
                }
                Ok(ElementIx(self.lookup(at, Space::Element, &reference)?))
            }
            (Some(local), None) => {
                let qualified = match self.value(at, "form").as_deref() {
                    Some(form) => form == "qualified",
                    None => self.file(at).qualified_elements,
                };
                let target = if qualified { self.file(at).target.as_str() } else { "" };
                let name = self.schema.names.add(target, &local);
                let ix = ElementIx(self.schema.elements.len() as u32);
                let origin = self.origin(at);
                self.schema.elements.push(ElementDecl {
                    name,
                    type_: ANY_TYPE,
                    global: false,
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
                self.schema.elements[ix.at()] = self.read_declaration(at, name)?;
                Ok(ix)
            }
            // §3.3.3 clause 2.1.
            (Some(_), Some(_)) => Err(self.error(at, &rules::NAME_AND_REF, &["element"])),
            (None, None) => Err(self.error(at, &rules::NEITHER_NAME_NOR_REF, &["element"])),
        }
    }

    fn has_own_type(&self, at: At<'f>) -> bool {
        at.element.attribute("", "type").is_some()
            || self.children(at).any(|child| matches!(child.element.local(), "simpleType" | "complexType"))
    }

    fn read_declaration(&mut self, at: At<'f>, name: NameId) -> Result<ElementDecl, SchemaError> {
        let inline = self.children(at).find(|child| matches!(child.element.local(), "simpleType" | "complexType"));
        let type_ = match (self.value(at, "type"), inline) {
            (Some(_), Some(inline)) => {
                return Err(self.error(at, &rules::NAME_AND_INLINE, &["type", inline.element.local()]));
            }
            (Some(named), None) => self.lookup_type(at, &named)?,
            (None, Some(inline)) => self.anonymous(inline),
            (None, None) => ANY_TYPE,
        };
        let block = self.value(at, "block").map_or(self.file(at).block, |list| methods(&list));
        let mut constraints = Vec::new();
        for child in self.children(at).filter(|child| matches!(child.element.local(), "unique" | "key" | "keyref")) {
            constraints.push(self.read_constraint(child)?);
        }
        Ok(ElementDecl {
            name,
            type_,
            global: false,
            nillable: self.flag(at, "nillable"),
            abstract_: false,
            block: block.and(Methods::EXTENSION.with(Methods::RESTRICTION).with(Methods::SUBSTITUTION)),
            final_: Methods::NONE,
            head: None,
            value: self.read_value(at, "element")?,
            constraints,
            documentation: self.documentation(at),
            origin: self.origin(at),
        })
    }

    /// The `default` or `fixed` attribute; the value itself is computed when types are finished.
    pub(super) fn read_value(&mut self, at: At<'f>, what: &str) -> Result<Option<ValueConstraint>, SchemaError> {
        let (default, fixed) = (at.element.attribute("", "default"), at.element.attribute("", "fixed"));
        match (default, fixed) {
            (Some(_), Some(_)) => Err(self.error(at, &rules::DEFAULT_AND_FIXED, &[what])),
            (Some(text), None) => Ok(Some(ValueConstraint { fixed: false, text: text.into(), value: None })),
            (None, Some(text)) => Ok(Some(ValueConstraint { fixed: true, text: text.into(), value: None })),
            (None, None) => Ok(None),
        }
    }

    fn read_constraint(&mut self, at: At<'f>) -> Result<ConstraintIx, SchemaError> {
        let name = self.global_name(at);
        let ix = ConstraintIx(self.schema.constraints.len() as u32);
        let global = Global { file: at.file, node: at.element.id(), index: ix.0 };
        if let Some(known) = self.globals.insert((Space::Constraint, name), global)
            && known.node != global.node
        {
            return Err(self.error(at, &rules::DECLARED_TWICE, &[&self.schema.names.display(name)]));
        }
        let kind = match at.element.local() {
            "unique" => ConstraintKind::Unique,
            "key" => ConstraintKind::Key,
            _ => {
                let refer = self.value(at, "refer").unwrap_or_default();
                let refer = self.resolve_name(at, &refer)?;
                self.keyrefs.push((ix, refer, at));
                ConstraintKind::Keyref(ix)
            }
        };
        let mut constraint = Constraint { name, kind, selector: Vec::new(), fields: Vec::new(), referred: false };
        for child in self.children(at) {
            let text = self.value(child, "xpath").unwrap_or_default();
            let is_field = child.element.local() == "field";
            let names = &mut self.schema.names;
            let parsed =
                xpath::parse(&text, is_field, &mut |prefix| child.element.resolve(prefix).map(str::to_owned), names);
            let Some(paths) = parsed else { return Err(self.error(child, &rules::XPATH, &[child.element.local()])) };
            if is_field {
                constraint.fields.push(paths);
            } else {
                constraint.selector = paths;
            }
        }
        self.schema.constraints.push(constraint);
        Ok(ix)
    }

    pub(super) fn resolve_keyrefs(&mut self) -> Result<(), SchemaError> {
        for (ix, refer, at) in std::mem::take(&mut self.keyrefs) {
            let found = self.globals.get(&(Space::Constraint, refer)).map(|global| ConstraintIx(global.index));
            let key = found.filter(|key| !matches!(self.schema.constraints[key.at()].kind, ConstraintKind::Keyref(_)));
            let Some(key) = key else {
                let name = self.schema.names.display(refer);
                return Err(self.error(at, &rules::UNRESOLVED, &["key", &name]));
            };
            // §3.11.6 "Identity-constraint Definition Properties Correct" clause 2.
            if self.schema.constraints[key.at()].fields.len() != self.schema.constraints[ix.at()].fields.len() {
                return Err(self.error(at, &rules::KEYREF_FIELDS, &[&self.schema.names.display(refer)]));
            }
            self.schema.constraints[key.at()].referred = true;
            self.schema.constraints[ix.at()].kind = ConstraintKind::Keyref(key);
        }
        Ok(())
    }
}
