use crate::model::{Compositor, ElementIx, GroupIx, Particle, Schema, Term, UNBOUNDED};
use crate::names::NameId;

use super::all::{All, Member};
use super::tree::{NONE, Named, Node, Shape, Tree, Turn};
use super::{ContentModel, Match};

/// Why a model was not built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TooLarge {
    /// More particles than [`MOST_NODES`] once named groups are put in place, or deeper than [`DEEPEST`].
    Nodes,
    /// Counters nest so that one input could mean more than [`MOST_COUNTS`] different counts.
    Counts,
}

/// Named groups in named groups grow like the powers of two; a real model has some hundreds of particles.
const MOST_NODES: usize = 200_000;
/// The walk over the particles is recursive.
const DEEPEST: usize = 1_000;
/// Steps of the search for counts that the input does not determine.
const MOST_STEPS: usize = 5_000_000;
/// Configurations that one state may hold.
const MOST_COUNTS: u64 = 1_024;

/// Compiles the model of a particle. Groups must not be circular, and substitution groups must be known.
pub(crate) fn build(schema: &Schema, particle: &Particle) -> Result<ContentModel, TooLarge> {
    if let Some(group) = all_group(schema, particle) {
        return Ok(ContentModel::All(all(schema, group, particle.min == 0)));
    }
    let mut draft = Draft { schema, count: 0 };
    let expr = draft.expression(particle, 0)?;
    let mut tree = Tree { nodes: Vec::new(), by_name: Vec::new(), wildcards: Vec::new(), stride: 1 };
    if let Some(expr) = expr {
        lay(&mut tree, &expr, NONE, 0, 0);
    }
    for (leaf, node) in (0u32..).zip(&tree.nodes) {
        match node.shape {
            Shape::Leaf(Match::Element(ix)) => {
                tree.by_name.extend(names(schema, ix).map(|(name, element)| Named { name, leaf, element }));
            }
            Shape::Leaf(Match::Wildcard(ix)) => tree.wildcards.push((leaf, ix)),
            _ => {}
        }
    }
    tree.by_name.sort_by_key(|named| (named.name, named.leaf));
    if tree.has_too_many_counts() {
        return Err(TooLarge::Counts);
    }
    Ok(ContentModel::Tree(tree))
}

/// The `all` group that is the whole model, be it directly or as the only, once-occurring child of other groups.
fn all_group(schema: &Schema, particle: &Particle) -> Option<GroupIx> {
    let mut particle = *particle;
    for _ in 0..DEEPEST {
        let Term::Group(ix) = particle.term else { return None };
        let group = schema.group(ix);
        match (group.compositor, group.particles.as_slice()) {
            (Compositor::All, _) => return Some(ix),
            (_, [only]) if particle.max == 1 && particle.min == 1 => particle = *only,
            _ => return None,
        }
    }
    None
}

fn all(schema: &Schema, group: GroupIx, optional: bool) -> All {
    let mut all = All { members: Vec::new(), by_name: Vec::new(), optional };
    for particle in &schema.group(group).particles {
        let Term::Element(element) = particle.term else { continue };
        if particle.max == 0 {
            continue;
        }
        let at = all.members.len() as u32;
        all.members.push(Member { element, required: particle.min > 0 });
        all.by_name.extend(names(schema, element).map(|(name, ix)| (name, at, ix)));
    }
    all.by_name.sort();
    all
}

/// The names that an element particle matches: its own unless abstract (an abstract element must be replaced), and those of its substitution group.
fn names(schema: &Schema, ix: ElementIx) -> impl Iterator<Item = (NameId, ElementIx)> {
    let members = schema.substitutes.get(&ix).map(Vec::as_slice).unwrap_or_default();
    std::iter::once(ix).chain(members.iter().copied()).map(|ix| (schema.element(ix).name, ix))
}

/// A particle with its groups put in place and simplified.
struct Expression {
    min: u32,
    max: u32,
    body: Body,
}

enum Body {
    Leaf(Match),
    Sequence(Vec<Expression>),
    Choice(Vec<Expression>),
}

struct Draft<'s> {
    schema: &'s Schema,
    count: usize,
}

impl Draft<'_> {
    /// `None` is a particle that can only be empty.
    fn expression(&mut self, particle: &Particle, depth: usize) -> Result<Option<Expression>, TooLarge> {
        let Particle { min, max, term } = *particle;
        self.count += 1;
        if self.count > MOST_NODES || depth > DEEPEST {
            return Err(TooLarge::Nodes);
        }
        if max == 0 {
            return Ok(None);
        }
        let body = match term {
            Term::Element(ix) => Body::Leaf(Match::Element(ix)),
            Term::Wildcard(ix) => Body::Leaf(Match::Wildcard(ix)),
            Term::Group(ix) => {
                let group = self.schema.group(ix);
                let mut children = Vec::with_capacity(group.particles.len());
                let mut has_empty_branch = false;
                for particle in &group.particles {
                    match self.expression(particle, depth + 1)? {
                        Some(child) => children.push(child),
                        // A branch that occurs never is no branch; one that is an empty group may be taken.
                        None => has_empty_branch |= particle.max > 0,
                    }
                }
                if group.compositor == Compositor::Choice {
                    choice(children, has_empty_branch, group.particles.iter().all(|particle| particle.max == 0))
                } else {
                    sequence(children)
                }
            }
        };
        if matches!(&body, Body::Sequence(children) if children.is_empty()) {
            return Ok(None);
        }
        Ok(Some(simplify(Expression { min, max, body })))
    }
}

fn sequence(children: Vec<Expression>) -> Body {
    // A sequence that occurs once within a sequence adds nothing but depth.
    let mut flat = Vec::with_capacity(children.len());
    for child in children {
        match child {
            Expression { min: 1, max: 1, body: Body::Sequence(inner) } => flat.extend(inner),
            child => flat.push(child),
        }
    }
    Body::Sequence(flat)
}

fn choice(children: Vec<Expression>, has_empty_branch: bool, unsatisfiable: bool) -> Body {
    if children.is_empty() && !unsatisfiable {
        return Body::Sequence(Vec::new());
    }
    let mut flat = Vec::with_capacity(children.len());
    for child in children {
        match child {
            Expression { min: 1, max: 1, body: Body::Choice(inner) } if !inner.is_empty() => flat.extend(inner),
            child => flat.push(child),
        }
    }
    if has_empty_branch {
        return Body::Sequence(vec![Expression { min: 0, max: 1, body: Body::Choice(flat) }]);
    }
    Body::Choice(flat)
}

/// Puts the counts of a group with one child and those of the child together where that means the same:
/// `(a{m,n}){p,q}` is `a{pm,qn}` if the ranges of p, p+1, … iterations leave no gap.
fn simplify(expr: Expression) -> Expression {
    let Expression { min, max, body } = expr;
    let mut children = match body {
        Body::Sequence(children) | Body::Choice(children) if children.len() == 1 => children,
        body => return Expression { min, max, body },
    };
    let Some(child) = children.pop() else { return Expression { min, max, body: Body::Sequence(children) } };
    let seamless = |least: u32| {
        let (m, n) = (u64::from(child.min), u64::from(child.max));
        child.max == UNBOUNDED || max <= least || u64::from(least) * n + 1 >= (u64::from(least) + 1) * m
    };
    let most = times(max, child.max);
    if (min > 0 && seamless(min)) || (min == 0 && child.min <= 1) {
        return Expression { min: times(min, child.min), max: most, body: child.body };
    }
    if min == 0 && seamless(1) {
        let inner = Expression { min: child.min, max: most, body: child.body };
        return Expression { min: 0, max: 1, body: Body::Sequence(vec![inner]) };
    }
    Expression { min, max, body: Body::Sequence(vec![child]) }
}

fn times(a: u32, b: u32) -> u32 {
    if a == 0 || b == 0 {
        0
    } else if a == UNBOUNDED || b == UNBOUNDED {
        UNBOUNDED
    } else {
        a.saturating_mul(b).min(UNBOUNDED - 1)
    }
}

impl Expression {
    fn body_is_nullable(&self) -> bool {
        match &self.body {
            Body::Leaf(_) => false,
            Body::Sequence(children) => children.iter().all(Expression::is_nullable),
            Body::Choice(children) => children.iter().any(Expression::is_nullable),
        }
    }

    fn is_nullable(&self) -> bool {
        self.min == 0 || self.body_is_nullable()
    }
}

fn lay(tree: &mut Tree, expr: &Expression, parent: u32, required_before: u32, slots: u32) {
    let at = tree.nodes.len();
    // An iteration that is empty is never counted, so a body that may be empty needs no minimum.
    let min = if expr.body_is_nullable() { 0 } else { expr.min };
    let counted = expr.max > 1 && (expr.max != UNBOUNDED || min > 1);
    let inner_slots = slots + u32::from(counted);
    tree.stride = tree.stride.max(1 + inner_slots as usize);
    tree.nodes.push(Node {
        shape: match expr.body {
            Body::Leaf(term) => Shape::Leaf(term),
            Body::Sequence(_) => Shape::Sequence,
            Body::Choice(_) => Shape::Choice,
        },
        parent,
        end: 0,
        min,
        max: expr.max,
        slot: if counted { slots } else { NONE },
        nullable: expr.is_nullable(),
        required_before,
        required: 0,
    });
    let mut required = 0;
    match &expr.body {
        Body::Leaf(_) => {}
        Body::Sequence(children) => {
            for child in children {
                lay(tree, child, at as u32, required, inner_slots);
                required += u32::from(!child.is_nullable());
            }
        }
        Body::Choice(children) => {
            for child in children {
                lay(tree, child, at as u32, 0, inner_slots);
            }
        }
    }
    let end = tree.nodes.len() as u32;
    let node = &mut tree.nodes[at];
    node.end = end;
    node.required = required;
}

impl Tree {
    /// Whether some leaf has counters whose product is large, and whose counts the input does not determine.
    fn has_too_many_counts(&self) -> bool {
        let product = |leaf: u32, counts: &dyn Fn(u32) -> bool| {
            let mut product = 1u64;
            let mut at = leaf;
            while at != NONE {
                let node = self.node(at);
                // Among the counts that have reached the minimum the smallest stands for all.
                if node.slot != NONE && node.min > 1 && counts(at) {
                    product = product.saturating_mul(u64::from(node.min));
                }
                at = node.parent;
            }
            product
        };
        let leaves: Vec<u32> = (0u32..)
            .zip(&self.nodes)
            .filter(|(_, node)| matches!(node.shape, Shape::Leaf(_)))
            .map(|(at, _)| at)
            .collect();
        if leaves.iter().all(|&leaf| product(leaf, &|_| true) <= MOST_COUNTS) {
            return false;
        }
        let Ok(undetermined) = self.undetermined(&leaves) else { return true };
        leaves.iter().any(|&leaf| product(leaf, &|at| undetermined[at as usize]) > MOST_COUNTS)
    }

    /// The nodes that may be repeated where another turn reaches the same leaf too.
    fn undetermined(&self, leaves: &[u32]) -> Result<Vec<bool>, TooLarge> {
        let mut open = vec![false; self.nodes.len()];
        let mut steps = 0;
        let mut turns: Vec<(u32, Turn)> = Vec::new();
        for &last in leaves {
            turns.clear();
            self.followers(last, &mut steps, MOST_STEPS, &mut |leaf, turn| {
                turns.extend(turn.map(|turn| (leaf, turn)))
            })?;
            turns.sort_by_key(|&(leaf, _)| leaf);
            for ways in turns.chunk_by(|a, b| a.0 == b.0).filter(|ways| ways.len() > 1) {
                for &(_, turn) in ways {
                    if let Turn::Repeat(at) = turn {
                        open[at as usize] = true;
                    }
                }
            }
        }
        Ok(open)
    }
}
