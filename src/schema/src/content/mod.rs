//! Content models: which child may come next (XML Schema part 1 §3.8.4, §3.9.4).
//!
//! A model is the tree of its particles, laid out flat. A state is the leaf that matched last with one counter for every
//! counted particle around it; the next state follows by walking from that leaf up to a common ancestor and down to the
//! leaf that could match. So a model is as large as its schema text (`maxOccurs="5000"` is one counter), and a step costs the
//! depth of the tree. Where counters nest so that one input means several counts, all of them are kept, up to a bound that
//! is checked when the model is built.

mod all;
mod ambiguity;
mod build;
mod tree;

use crate::model::{ElementIx, Schema, WildcardIx};
use crate::names::{NameId, NsId};

pub(crate) use ambiguity::Clash;
pub(crate) use build::{TooLarge, build};

/// What one child matched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Match {
    Element(ElementIx),
    Wildcard(WildcardIx),
}

/// A compiled content model.
pub(crate) enum ContentModel {
    Tree(tree::Tree),
    All(all::All),
}

impl ContentModel {
    /// A model that stands in until the real one is built.
    pub(crate) fn empty() -> ContentModel {
        ContentModel::All(all::All { members: Vec::new(), by_name: Vec::new(), optional: true })
    }

    /// Appends the state before the first child.
    pub(crate) fn begin(&self, states: &mut Vec<u32>) {
        match self {
            ContentModel::Tree(tree) => tree.begin(states),
            ContentModel::All(all) => all.begin(states),
        }
    }

    /// Takes one child; the state is `states[from..]`, which stays as it was if the child does not match.
    pub(crate) fn step(&self, schema: &Schema, states: &mut Vec<u32>, from: usize, child: Child) -> Option<Match> {
        match self {
            ContentModel::Tree(tree) => tree.step(schema, states, from, child),
            ContentModel::All(all) => all.step(&mut states[from..], child),
        }
    }

    /// Whether the content may end here.
    pub(crate) fn may_end(&self, state: &[u32]) -> bool {
        match self {
            ContentModel::Tree(tree) => tree.may_end(state),
            ContentModel::All(all) => all.may_end(state),
        }
    }

    /// What may come next, in the order of the schema; only those still required if `required`.
    pub(crate) fn expected(&self, state: &[u32]) -> Vec<Match> {
        match self {
            ContentModel::Tree(tree) => tree.expected(state),
            ContentModel::All(all) => all.expected(state),
        }
    }

    /// The declaration that this name has anywhere in the model, for going on after an error.
    pub(crate) fn declared(&self, name: NameId) -> Option<ElementIx> {
        match self {
            ContentModel::Tree(tree) => tree.declared(name),
            ContentModel::All(all) => all.declared(name),
        }
    }

    /// Whether no child at all is fine.
    pub(crate) fn is_emptiable(&self) -> bool {
        let mut state = Vec::new();
        self.begin(&mut state);
        self.may_end(&state)
    }

    /// An element that the model holds with two types (§3.8.6 "Element Declarations Consistent").
    pub(crate) fn inconsistency(&self, schema: &Schema) -> Option<ElementIx> {
        let differ = |one: ElementIx, other: ElementIx| {
            let type_ = schema.element(one).type_;
            one != other && (type_ != schema.element(other).type_ || schema.type_name(type_).is_none())
        };
        let named: Vec<(NameId, ElementIx)> = match self {
            ContentModel::Tree(tree) => tree.by_name.iter().map(|named| (named.name, named.element)).collect(),
            ContentModel::All(all) => all.by_name.iter().map(|&(name, _, element)| (name, element)).collect(),
        };
        named.windows(2).find(|pair| pair[0].0 == pair[1].0 && differ(pair[0].1, pair[1].1)).map(|pair| pair[0].1)
    }

    /// The first place where two particles compete for one child (§3.8.6 "Unique Particle Attribution").
    pub(crate) fn ambiguity(&self, schema: &Schema) -> Result<Option<Clash>, TooLarge> {
        match self {
            ContentModel::Tree(tree) => ambiguity::find(tree, schema),
            ContentModel::All(all) => Ok(all.ambiguity()),
        }
    }

    /// How many names the model knows.
    pub(crate) fn names(&self) -> usize {
        match self {
            ContentModel::Tree(tree) => tree.by_name.len(),
            ContentModel::All(all) => all.by_name.len(),
        }
    }
}

/// The name of a child, as far as the schema set knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Child {
    pub(crate) name: Option<NameId>,
    pub(crate) namespace: Option<NsId>,
}
