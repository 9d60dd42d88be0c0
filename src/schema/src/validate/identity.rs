//! Identity constraints: unique, key and keyref (§3.11.4).

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::catalogue as rules;
use crate::content::Child;
use crate::datatype::Value;
use crate::model::*;
use crate::names::{NameId, NsId};

use super::{Frame, Validator};

pub(super) struct Identity<M> {
    /// Names of the open elements that are not skipped; kept only while a constraint is in force.
    names: Vec<Child>,
    scopes: Vec<Scope<M>>,
    targets: Vec<Target<M>>,
    awaited: Vec<Awaited>,
    tables: Vec<Table<M>>,
    depth: usize,
}

/// A constraint in force: the element that carries it is open.
struct Scope<M> {
    constraint: ConstraintIx,
    depth: usize,
    keys: HashMap<Box<[Value]>, M>,
    references: Vec<(Box<[Value]>, M)>,
}

/// An open element that a selector chose.
struct Target<M> {
    scope: usize,
    depth: usize,
    values: Vec<Option<Value>>,
    /// A field that exists but has no simple value, or exists twice, was reported.
    spoiled: bool,
    mark: M,
}

/// An open element whose value is a field.
struct Awaited {
    target: usize,
    field: usize,
    depth: usize,
}

/// The keys that a keyref at this depth can refer to.
struct Table<M> {
    constraint: ConstraintIx,
    depth: usize,
    /// `None` marks a key that two children brought, which then counts for neither.
    keys: HashMap<Box<[Value]>, Option<M>>,
}

impl<M> Default for Identity<M> {
    fn default() -> Self {
        Identity {
            names: Vec::new(),
            scopes: Vec::new(),
            targets: Vec::new(),
            awaited: Vec::new(),
            tables: Vec::new(),
            depth: 0,
        }
    }
}

impl<M: Clone> Identity<M> {
    /// Whether the value of the innermost element is a field.
    pub(super) fn wants_element(&self) -> bool {
        // Called when the frame is popped but not yet left.
        self.awaited.last().is_some_and(|awaited| awaited.depth == self.depth)
    }

    pub(super) fn wants_attributes(&self) -> bool {
        !self.targets.is_empty()
    }

    /// An element begins; `depth` counts from 1.
    pub(super) fn enter(&mut self, schema: &Schema, child: Child, decl: Option<ElementIx>, mark: &M) {
        self.depth += 1;
        self.names.push(child);
        let constraints = decl.map(|ix| schema.element(ix).constraints.as_slice()).unwrap_or_default();
        for &constraint in constraints {
            self.scopes.push(Scope { constraint, depth: self.depth, keys: HashMap::new(), references: Vec::new() });
        }
        if self.scopes.is_empty() {
            return;
        }
        for (at, scope) in self.scopes.iter().enumerate() {
            let constraint = &schema.constraints[scope.constraint.at()];
            if constraint.selector.iter().any(|path| matches(path, &self.names[scope.depth..])) {
                let values = vec![None; constraint.fields.len()];
                self.targets.push(Target { scope: at, depth: self.depth, values, spoiled: false, mark: mark.clone() });
            }
        }
        for (at, target) in self.targets.iter().enumerate() {
            let constraint = &schema.constraints[self.scopes[target.scope].constraint.at()];
            for (field, paths) in constraint.fields.iter().enumerate() {
                if paths.iter().any(|path| path.attribute.is_none() && matches(path, &self.names[target.depth..])) {
                    self.awaited.push(Awaited { target: at, field, depth: self.depth });
                }
            }
        }
    }
}

fn matches(path: &Path, below: &[Child]) -> bool {
    let Some(skip) = below.len().checked_sub(path.steps.len()) else { return false };
    (path.anywhere || skip == 0)
        && path.steps.iter().zip(&below[skip..]).all(|(test, child)| test.matches(child.name, child.namespace))
}

impl<M: Clone> Validator<'_, M> {
    /// An attribute of the element that begins: its value may be a field.
    pub(super) fn take_attribute(&mut self, name: Option<NameId>, namespace: Option<NsId>, value: Value, mark: &M) {
        let schema = self.schema;
        let identity = &mut self.identity;
        let mut twice = Vec::new();
        for target in &mut identity.targets {
            let constraint = &schema.constraints[identity.scopes[target.scope].constraint.at()];
            for (field, paths) in constraint.fields.iter().enumerate() {
                let is_field = paths.iter().any(|path| {
                    path.attribute.is_some_and(|test| test.matches(name, namespace))
                        && matches(path, &identity.names[target.depth..])
                });
                if is_field
                    && target.values[field].replace(value.clone()).is_some()
                    && !std::mem::replace(&mut target.spoiled, true)
                {
                    twice.push(constraint.name);
                }
            }
        }
        for constraint in twice {
            let label = schema.names.local(constraint);
            self.report(mark, &rules::FIELD_TWICE, &[label], Vec::new());
        }
    }

    /// An element ends, with its value if it has a simple one.
    pub(super) fn leave(&mut self, frame: &Frame<M>, value: Option<Value>) {
        let depth = self.identity.depth;
        if !self.identity.scopes.is_empty() {
            self.take_element(frame, value, depth);
            self.close_targets(depth);
            self.close_scopes(depth);
        }
        if !self.identity.tables.is_empty() {
            self.lift_tables(depth);
        }
        self.identity.names.pop();
        self.identity.depth -= 1;
    }

    fn take_element(&mut self, frame: &Frame<M>, value: Option<Value>, depth: usize) {
        let schema = self.schema;
        let has_simple_type = schema.simple_content(frame.type_).is_some();
        while let Some(awaited) = self.identity.awaited.pop_if(|awaited| awaited.depth == depth) {
            let target = &mut self.identity.targets[awaited.target];
            let constraint = &schema.constraints[self.identity.scopes[target.scope].constraint.at()];
            let twice = target.values[awaited.field].is_some();
            // §3.11.4 clause 4.2.3: a field of a key is no nillable element.
            let nillable =
                constraint.kind == ConstraintKind::Key && frame.decl.is_some_and(|ix| schema.element(ix).nillable);
            if twice || !has_simple_type || nillable {
                if !std::mem::replace(&mut target.spoiled, true) {
                    let label = schema.names.local(constraint.name);
                    let rule = if twice || !has_simple_type { &rules::FIELD_TWICE } else { &rules::KEY_NILLABLE };
                    self.report(&frame.mark, rule, &[label], Vec::new());
                }
                continue;
            }
            target.values[awaited.field] = value.clone();
        }
    }

    fn close_targets(&mut self, depth: usize) {
        let schema = self.schema;
        while let Some(target) = self.identity.targets.pop_if(|target| target.depth == depth) {
            let scope = &mut self.identity.scopes[target.scope];
            let constraint = &schema.constraints[scope.constraint.at()];
            let label = schema.names.local(constraint.name);
            let complete: Option<Box<[Value]>> = target.values.into_iter().collect();
            let rule = match (complete, constraint.kind) {
                _ if target.spoiled => continue,
                (None, ConstraintKind::Key) => &rules::KEY_INCOMPLETE,
                (None, _) => continue,
                (Some(values), ConstraintKind::Keyref(_)) => {
                    scope.references.push((values, target.mark));
                    continue;
                }
                (Some(values), _) => match scope.keys.entry(values) {
                    Entry::Vacant(free) => {
                        free.insert(target.mark);
                        continue;
                    }
                    Entry::Occupied(_) => &rules::KEY_REPEATED,
                },
            };
            self.report(&target.mark, rule, &[label], Vec::new());
        }
    }

    fn close_scopes(&mut self, depth: usize) {
        let schema = self.schema;
        let mut keyrefs = Vec::new();
        while let Some(scope) = self.identity.scopes.pop_if(|scope| scope.depth == depth) {
            let constraint = &schema.constraints[scope.constraint.at()];
            match constraint.kind {
                ConstraintKind::Keyref(key) => keyrefs.push((key, constraint.name, scope.references)),
                _ if constraint.referred => {
                    let tables = &mut self.identity.tables;
                    let at =
                        tables.iter().position(|table| table.constraint == scope.constraint && table.depth == depth);
                    let table = match at {
                        Some(at) => &mut tables[at],
                        None => {
                            tables.push(Table { constraint: scope.constraint, depth, keys: HashMap::new() });
                            let Some(last) = tables.last_mut() else { continue };
                            last
                        }
                    };
                    // Its own keys go before those of its children.
                    table.keys.extend(scope.keys.into_iter().map(|(values, mark)| (values, Some(mark))));
                }
                _ => {}
            }
        }
        for (key, name, references) in keyrefs {
            for (values, mark) in references {
                let tables = self.identity.tables.iter();
                let known = tables
                    .filter(|table| table.constraint == key && table.depth == depth)
                    .any(|table| matches!(table.keys.get(&values), Some(Some(_))));
                if !known {
                    let label = schema.names.local(name);
                    self.report(&mark, &rules::KEYREF_DANGLING, &[label], Vec::new());
                }
            }
        }
    }

    /// The tables of an element that ends join those of its parent.
    fn lift_tables(&mut self, depth: usize) {
        let tables = &mut self.identity.tables;
        let mut at = 0;
        while at < tables.len() {
            if tables[at].depth != depth {
                at += 1;
                continue;
            }
            let constraint = tables[at].constraint;
            match tables.iter().position(|table| table.depth == depth - 1 && table.constraint == constraint) {
                None => {
                    tables[at].depth = depth - 1;
                    at += 1;
                }
                Some(parent) => {
                    let child = tables.swap_remove(at);
                    // swap_remove may have moved the parent's table into the gap.
                    let parent = if parent == tables.len() { at } else { parent };
                    for (values, mark) in child.keys {
                        tables[parent].keys.entry(values).and_modify(|known| *known = None).or_insert(mark);
                    }
                }
            }
        }
    }
}
