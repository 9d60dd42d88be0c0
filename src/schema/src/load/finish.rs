//! From drafts to the finished schema.

use std::collections::HashMap;

use crate::catalogue as rules;
use crate::content::{self, ContentModel, TooLarge};
use crate::error::SchemaError;
use crate::model::*;

use super::attributes::AttributeSet;
use super::builder::{At, Builder};
use super::types::{Body, ComplexDraft, SimpleKind, TypeDraft};

/// Values and names are looked up along derivations, and the types of a chain are released one within the other.
const LONGEST_DERIVATION: usize = 1_000;
/// Pairs of a head and an element that may stand in its place; chains of heads make many of few declarations.
const MOST_SUBSTITUTES: usize = 1_000_000;
/// Names in all content models together: a head with many substitutes brings them all wherever it stands.
const MOST_NAMES: usize = 5_000_000;

impl<'f> Builder<'f> {
    pub(super) fn finish(mut self) -> Result<Schema, SchemaError> {
        self.check_attribute_groups()?;
        self.check_groups()?;
        let order = self.order_types()?;
        for &id in &order {
            self.finish_type(id)?;
        }
        self.inherit_types()?;
        self.declared_values()?;
        self.check_attribute_group_uses()?;
        for &id in &order {
            self.finish_attributes(id)?;
        }
        self.schema.types = std::mem::take(&mut self.finished)
            .into_iter()
            .map(|finished| finished.unwrap_or_else(|| unreachable!("every type is in the order")))
            .collect();
        self.element_values()?;
        self.substitution_groups()?;
        self.content_models()?;
        self.check_components()?;
        Ok(self.schema)
    }

    /// §3.8.6 "Model Group Correct" clause 2: no group within itself; §3.8.6 "All Group Limited".
    fn check_groups(&self) -> Result<(), SchemaError> {
        let mut state = vec![0u8; self.schema.groups.len()];
        for start in 0..self.schema.groups.len() {
            let mut pending = vec![(start, false)];
            while let Some((index, done)) = pending.pop() {
                if done {
                    state[index] = 2;
                    continue;
                }
                if state[index] != 0 {
                    continue;
                }
                state[index] = 1;
                pending.push((index, true));
                for particle in &self.schema.groups[index].particles {
                    let Term::Group(inner) = particle.term else { continue };
                    let at = self.group_nodes.get(&GroupIx(index as u32)).copied();
                    let Some(at) = at else { continue };
                    if state[inner.at()] == 1 {
                        return Err(self.error(at, &rules::CIRCULAR_GROUP, &[]));
                    }
                    if self.schema.group(inner).compositor == Compositor::All {
                        return Err(self.error(at, &rules::ALL_LIMITED, &[]));
                    }
                    pending.push((inner.at(), false));
                }
            }
        }
        for (ix, particle, at) in &self.group_refs {
            if self.schema.group(*ix).compositor == Compositor::All && particle.max != 1 {
                return Err(self.error(*at, &rules::ALL_LIMITED, &[]));
            }
        }
        Ok(())
    }

    /// All types, each after those that it is made of; none is more than [`LONGEST_DERIVATION`] steps from a built-in one.
    fn order_types(&self) -> Result<Vec<TypeId>, SchemaError> {
        let mut state = vec![0u8; self.drafts.len()];
        let mut order = Vec::with_capacity(self.drafts.len());
        let mut steps = vec![0usize; self.drafts.len()];
        for start in 0..self.drafts.len() {
            let mut pending = vec![(TypeId(start as u32), false)];
            while let Some((id, done)) = pending.pop() {
                if state[id.at()] == 2 || (state[id.at()] == 1 && !done) {
                    continue;
                }
                let (at, needed) = match &self.drafts[id.at()] {
                    TypeDraft::Ready => {
                        state[id.at()] = 2;
                        order.push(id);
                        continue;
                    }
                    TypeDraft::Simple(simple) => (
                        simple.at,
                        match &simple.kind {
                            SimpleKind::Restriction(base, _) => vec![*base],
                            SimpleKind::List(item) => vec![*item],
                            SimpleKind::Union(members) => members.clone(),
                        },
                    ),
                    TypeDraft::Complex(complex) => {
                        let mut needed = vec![complex.base];
                        if let Body::SimpleRestriction { inline: Some(inline), .. } = complex.body {
                            needed.push(inline);
                        }
                        (complex.at, needed)
                    }
                };
                if done {
                    steps[id.at()] = 1 + needed.iter().map(|other| steps[other.at()]).max().unwrap_or_default();
                    if steps[id.at()] > LONGEST_DERIVATION {
                        return Err(self.error(at, &rules::DERIVATION_TOO_LONG, &[]));
                    }
                    state[id.at()] = 2;
                    order.push(id);
                    continue;
                }
                state[id.at()] = 1;
                pending.push((id, true));
                for other in needed {
                    if state[other.at()] == 1 {
                        return Err(self.error(at, &rules::CIRCULAR_TYPE, &[]));
                    }
                    pending.push((other, false));
                }
            }
        }
        Ok(order)
    }

    fn finish_type(&mut self, id: TypeId) -> Result<(), SchemaError> {
        match std::mem::replace(&mut self.drafts[id.at()], TypeDraft::Ready) {
            TypeDraft::Ready => {}
            TypeDraft::Simple(draft) => {
                let simple = self.finish_simple(&draft)?;
                self.finished[id.at()] = Some(Type::Simple(simple));
            }
            TypeDraft::Complex(draft) => {
                let content = self.finish_content(&draft)?;
                let complex = ComplexDef {
                    name: draft.name,
                    base: draft.base,
                    method: draft.method,
                    abstract_: draft.abstract_,
                    block: draft.block,
                    final_: draft.final_,
                    content,
                    attributes: Vec::new(),
                    any_attribute: None,
                    documentation: self.documentation(draft.at),
                    origin: self.origin(draft.at),
                };
                self.finished[id.at()] = Some(Type::Complex(Box::new(complex)));
                self.drafts[id.at()] = TypeDraft::Complex(draft);
            }
        }
        Ok(())
    }

    /// §3.4.2 "content type", and the parts of §3.4.3 and §3.4.6 on it that decide what the content is.
    fn finish_content(&mut self, draft: &ComplexDraft<'f>) -> Result<Content, SchemaError> {
        let at = draft.at;
        let base = self.finished[draft.base.at()].as_ref();
        let final_ = match base {
            Some(Type::Complex(complex)) => complex.final_,
            Some(Type::Simple(simple)) => simple.final_,
            None => Methods::NONE,
        };
        if final_.has(draft.method) {
            let word = if draft.method == Methods::EXTENSION { "extension" } else { "restriction" };
            return Err(self.error(at, &rules::FINAL_FORBIDS, &[word]));
        }
        match &draft.body {
            Body::SimpleExtension => match base {
                Some(Type::Simple(_)) => Ok(Content::Simple(draft.base)),
                Some(Type::Complex(complex)) => match complex.content {
                    Content::Simple(inner) => Ok(Content::Simple(inner)),
                    // §3.4.3 clause 2.
                    _ => Err(self.error(at, &rules::BASE_HAS_NO_SIMPLE_CONTENT, &[])),
                },
                None => Err(self.error(at, &rules::CIRCULAR_TYPE, &[])),
            },
            Body::SimpleRestriction { inline, facets, result } => {
                let of = match base {
                    Some(Type::Complex(complex)) => match (&complex.content, *inline) {
                        (Content::Simple(inner), None) => *inner,
                        (Content::Simple(inner), Some(inline)) => {
                            if !self.is_restriction_of(inline, *inner) {
                                return Err(self.error(at, &rules::INLINE_NOT_DERIVED, &[]));
                            }
                            inline
                        }
                        (Content::Elements { mixed: true, particle, .. }, Some(inline))
                            if self.is_emptiable(particle) =>
                        {
                            inline
                        }
                        _ => return Err(self.error(at, &rules::BASE_HAS_NO_SIMPLE_CONTENT, &[])),
                    },
                    _ => return Err(self.error(at, &rules::BASE_IS_SIMPLE, &[])),
                };
                let simple = self.restrict(None, of, *facets, Methods::NONE)?;
                self.finished[result.at()] = Some(Type::Simple(simple));
                Ok(Content::Simple(*result))
            }
            Body::Elements { mixed, particle } => {
                let own = match (particle, mixed) {
                    (Some(particle), _) => Some(*particle),
                    (None, true) => Some(self.empty_sequence()),
                    (None, false) => None,
                };
                // §3.4.3 clause 1.
                let Some(Type::Complex(base)) = self.finished[draft.base.at()].as_ref() else {
                    return Err(self.error(at, &rules::BASE_IS_SIMPLE, &[]));
                };
                let elements = |mixed, particle| Content::Elements { mixed, particle, model: ContentModel::empty() };
                if draft.method == Methods::RESTRICTION {
                    return Ok(match own {
                        Some(particle) => elements(*mixed, particle),
                        None => Content::Empty,
                    });
                }
                match (&base.content, own, particle) {
                    (Content::Empty, Some(own), _) => Ok(elements(*mixed, own)),
                    (Content::Empty, None, _) => Ok(Content::Empty),
                    // §3.4.6 "Derivation Valid (Extension)" clause 1.4.
                    (Content::Simple(inner), None, _) => Ok(Content::Simple(*inner)),
                    (Content::Simple(_), Some(_), _) => Err(self.error(at, &rules::EXTENDS_SIMPLE, &[])),
                    (Content::Elements { mixed: base_mixed, particle: base_particle, .. }, own, own_particle) => {
                        let (base_mixed, base_particle) = (*base_mixed, *base_particle);
                        if own.is_none() && own_particle.is_none() {
                            return Ok(elements(base_mixed, base_particle));
                        }
                        if base_mixed != *mixed {
                            return Err(self.error(at, &rules::EXTENSION_MIXED, &[]));
                        }
                        let Some(own) = own_particle else {
                            // Mixed content without particles is an empty sequence, and no group may hold an `all`.
                            if self.is_all(&base_particle) {
                                return Err(self.error(at, &rules::ALL_LIMITED, &[]));
                            }
                            return Ok(elements(base_mixed, base_particle));
                        };
                        if self.is_all(&base_particle) || self.is_all(own) {
                            return Err(self.error(at, &rules::ALL_LIMITED, &[]));
                        }
                        let group = GroupIx(self.schema.groups.len() as u32);
                        self.schema.groups.push(ModelGroup {
                            compositor: Compositor::Sequence,
                            particles: vec![base_particle, *own],
                        });
                        self.group_nodes.insert(group, at);
                        Ok(elements(*mixed, Particle { min: 1, max: 1, term: Term::Group(group) }))
                    }
                }
            }
        }
    }

    fn empty_sequence(&mut self) -> Particle {
        let group = GroupIx(self.schema.groups.len() as u32);
        self.schema.groups.push(ModelGroup { compositor: Compositor::Sequence, particles: Vec::new() });
        Particle { min: 1, max: 1, term: Term::Group(group) }
    }

    fn is_all(&self, particle: &Particle) -> bool {
        matches!(particle.term, Term::Group(ix) if self.schema.group(ix).compositor == Compositor::All)
    }

    fn is_emptiable(&self, particle: &Particle) -> bool {
        content::build(&self.schema, particle).is_ok_and(|model| model.is_emptiable())
    }

    /// Whether a simple type comes from another by restriction, before all types are finished.
    fn is_restriction_of(&self, id: TypeId, of: TypeId) -> bool {
        let (Some(Type::Simple(one)), Some(Type::Simple(other))) = (&self.finished[id.at()], &self.finished[of.at()])
        else {
            return false;
        };
        of == ANY_SIMPLE_TYPE || one.datatype.is_derived_from(&other.datatype)
    }

    /// §3.4.2 "attribute uses" and "attribute wildcard".
    fn finish_attributes(&mut self, id: TypeId) -> Result<(), SchemaError> {
        let TypeDraft::Complex(draft) = std::mem::replace(&mut self.drafts[id.at()], TypeDraft::Ready) else {
            return Ok(());
        };
        let set: AttributeSet<'f> = draft.attributes;
        let own = self.flatten(&set)?;
        let (inherited, base_wildcard) = match &self.finished[draft.base.at()] {
            Some(Type::Complex(base)) => {
                (base.attributes.clone(), base.any_attribute.map(|ix| self.schema.wildcard(ix).clone()))
            }
            _ => (Vec::new(), None),
        };
        let mut uses: Vec<AttributeUse> = Vec::new();
        for (mut used, at) in own.uses {
            self.use_value(&mut used, at)?;
            if draft.method == Methods::EXTENSION && inherited.iter().any(|other| other.name == used.name) {
                return Err(self.error(at, &rules::ATTRIBUTE_TWICE, &[&self.schema.names.display(used.name)]));
            }
            uses.push(used);
        }
        // §3.4.6 "Complex Type Definition Properties Correct" clause 5: one ID at most.
        let ids = uses.iter().filter(|used| self.is_id(used)).count();
        if ids > 1 || (ids == 1 && draft.method == Methods::EXTENSION && inherited.iter().any(|used| self.is_id(used)))
        {
            return Err(self.error(draft.at, &rules::TWO_IDS, &[]));
        }
        let is_own = |name| uses.iter().any(|used| used.name == name);
        let kept: Vec<AttributeUse> = inherited
            .into_iter()
            .filter(|used| {
                draft.method == Methods::EXTENSION || (!is_own(used.name) && !own.prohibited.contains(&used.name))
            })
            .collect();
        uses.extend(kept);
        uses.sort_by_key(|used| used.name);
        let wildcard = match (own.wildcard, base_wildcard) {
            (own, _) if draft.method == Methods::RESTRICTION => own,
            (None, base) => base,
            (Some(own), None) => Some(own),
            (Some(own), Some(base)) => match own.namespaces.union(&base.namespaces) {
                Some(namespaces) => Some(Wildcard { namespaces, process: own.process }),
                None => return Err(self.error(draft.at, &rules::WILDCARD_UNION, &[])),
            },
        };
        let wildcard = wildcard.map(|wildcard| self.add_wildcard(wildcard));
        if let Some(Type::Complex(complex)) = &mut self.finished[id.at()] {
            complex.attributes = uses;
            complex.any_attribute = wildcard;
        }
        Ok(())
    }

    /// An element without a type of its own has that of the head of its substitution group (§3.3.2).
    fn inherit_types(&mut self) -> Result<(), SchemaError> {
        let inheriting: HashMap<ElementIx, At<'f>> = std::mem::take(&mut self.inheriting).into_iter().collect();
        for (&ix, &at) in &inheriting {
            let mut from = ix;
            let mut steps = 0;
            while inheriting.contains_key(&from)
                && let Some(head) = self.schema.element(from).head
            {
                from = head;
                steps += 1;
                if steps > inheriting.len() {
                    return Err(self.error(at, &rules::CIRCULAR_SUBSTITUTION, &[]));
                }
            }
            self.schema.elements[ix.at()].type_ = self.schema.element(from).type_;
        }
        Ok(())
    }

    /// For every head all elements that may stand in its place (§3.3.6 "Substitution Group").
    fn substitution_groups(&mut self) -> Result<(), SchemaError> {
        let schema = &mut self.schema;
        let globals: Vec<ElementIx> = schema.global_elements.values().copied().collect();
        let mut found: Vec<(ElementIx, ElementIx)> = Vec::new();
        for &member in &globals {
            let mut head = schema.element(member).head;
            let mut steps = 0;
            while let Some(at) = head {
                if at == member || steps > LONGEST_DERIVATION {
                    let origin = schema.element(member).origin;
                    let rule = if at == member { &rules::CIRCULAR_SUBSTITUTION } else { &rules::DERIVATION_TOO_LONG };
                    return Err(self.error_at(origin, rule, &[]));
                }
                if is_substitutable(schema, member, at) {
                    found.push((at, member));
                }
                if found.len() > MOST_SUBSTITUTES {
                    return Err(self.error_at(self.schema.element(member).origin, &rules::MODEL_TOO_LARGE, &[]));
                }
                head = schema.element(at).head;
                steps += 1;
            }
        }
        found.sort();
        for (head, member) in found {
            schema.substitutes.entry(head).or_default().push(member);
        }
        Ok(())
    }

    fn content_models(&mut self) -> Result<(), SchemaError> {
        let mut names = 0;
        for at in 0..self.schema.types.len() {
            let Type::Complex(complex) = &self.schema.types[at] else { continue };
            let Content::Elements { particle, .. } = &complex.content else { continue };
            let origin = complex.origin;
            let too_large = |fault| match fault {
                TooLarge::Nodes => self.error_at(origin, &rules::MODEL_TOO_LARGE, &[]),
                TooLarge::Counts => self.error_at(origin, &rules::MODEL_TOO_AMBIGUOUS, &[]),
            };
            let built = content::build(&self.schema, particle).map_err(too_large)?;
            names += built.names();
            if names > MOST_NAMES {
                return Err(too_large(TooLarge::Nodes));
            }
            if let Some(clash) = built.ambiguity(&self.schema).map_err(too_large)? {
                let names = self.clash_names(clash);
                return Err(self.error_at(origin, &rules::AMBIGUOUS, &[&names[0], &names[1]]));
            }
            if let Type::Complex(complex) = &mut self.schema.types[at]
                && let Content::Elements { model, .. } = &mut complex.content
            {
                *model = built;
            }
        }
        Ok(())
    }
}

/// §3.3.6 "Substitution Group OK (Transitive)".
fn is_substitutable(schema: &Schema, member: ElementIx, head: ElementIx) -> bool {
    let (member, head) = (schema.element(member), schema.element(head));
    if head.block.has(Methods::SUBSTITUTION) {
        return false;
    }
    let Some(methods) = schema.derivation(member.type_, head.type_) else { return false };
    let mut blocked = head.block;
    let mut at = member.type_;
    while at != ANY_TYPE {
        at = schema.base_of(at);
        if let Type::Complex(complex) = schema.type_of(at) {
            blocked = blocked.with(complex.block);
        }
        if at == head.type_ {
            break;
        }
    }
    !methods.meets(blocked)
}
