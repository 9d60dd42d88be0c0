use crate::model::{Schema, UNBOUNDED};

use super::Match;
use super::tree::{NONE, Shape, Tree, Turn};

/// Two particles that compete for one child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clash(pub(crate) Match, pub(crate) Match);

/// §3.8.6 "Unique Particle Attribution": looks for two leaves that share a name and can both come next.
pub(super) fn find(tree: &Tree, schema: &Schema) -> Option<Clash> {
    let rivals = rivals(tree, schema);
    if rivals.is_empty() {
        return None;
    }
    let leaves = (0u32..).zip(&tree.nodes).filter(|(_, node)| matches!(node.shape, Shape::Leaf(_))).map(|(at, _)| at);
    let starts: Vec<u32> = std::iter::once(NONE).chain(leaves).collect();
    for (one, other) in rivals {
        if starts.iter().any(|&last| compete(tree, last, one, other)) {
            return Some(Clash(term(tree, one), term(tree, other)));
        }
    }
    None
}

fn term(tree: &Tree, leaf: u32) -> Match {
    match tree.node(leaf).shape {
        Shape::Leaf(term) => term,
        _ => unreachable!("only leaves are compared"),
    }
}

/// Pairs of leaves that some name matches both.
fn rivals(tree: &Tree, schema: &Schema) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for group in tree.by_name.chunk_by(|a, b| a.name == b.name) {
        for (at, one) in group.iter().enumerate() {
            pairs.extend(
                group[at + 1..].iter().filter(|other| other.leaf != one.leaf).map(|other| (one.leaf, other.leaf)),
            );
        }
    }
    for (at, &(leaf, wildcard)) in tree.wildcards.iter().enumerate() {
        let allowed = &schema.wildcard(wildcard).namespaces;
        let named = tree.by_name.iter().filter(|named| allowed.allow(Some(schema.names.ns_of(named.name))));
        pairs.extend(named.map(|named| (leaf, named.leaf)));
        let others =
            tree.wildcards[at + 1..].iter().filter(|other| allowed.overlaps(&schema.wildcard(other.1).namespaces));
        pairs.extend(others.map(|other| (leaf, other.0)));
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Whether both leaves can come next after `last` (`NONE`: at the beginning) with the same counts.
fn compete(tree: &Tree, last: u32, one: u32, other: u32) -> bool {
    let ways = |leaf| {
        let mut found = Vec::new();
        if last == NONE {
            if tree.can_begin(leaf) {
                found.push(None);
            }
        } else {
            tree.turns(last, leaf, |_| true, |_| true, |turn| found.push(Some(turn)));
        }
        found
    };
    let (first, second) = (ways(one), ways(other));
    first.iter().any(|&a| second.iter().any(|&b| together(tree, last, a, b)))
}

/// Whether two turns can be open at once: a particle with a fixed count is either repeated or left, never both.
fn together(tree: &Tree, last: u32, a: Option<Turn>, b: Option<Turn>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return true };
    let fixed = |at: u32| {
        let node = tree.node(at);
        node.max != UNBOUNDED && node.min == node.max
    };
    // The walk goes upwards; the turn that comes first on it decides about its own node only.
    let mut at = last;
    loop {
        let repeats = [a, b].map(|turn| turn == Turn::Repeat(at));
        if repeats == [true, true] {
            return true;
        }
        if repeats.contains(&true) {
            return !fixed(at);
        }
        if a == Turn::Forward(at) || b == Turn::Forward(at) {
            return true;
        }
        at = tree.node(at).parent;
        if at == NONE {
            return true;
        }
    }
}
