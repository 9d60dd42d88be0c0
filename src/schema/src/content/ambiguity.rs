use crate::model::{Schema, UNBOUNDED};
use crate::names::{Map, NameId, NsId};

use super::tree::{NONE, Shape, Tree, Turn};
use super::{Match, TooLarge};

/// Two particles that compete for one child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clash(pub(crate) Match, pub(crate) Match);

/// Steps that the search may take: a model in which nearly every particle may follow nearly every other is as large as the
/// square of its text.
const MOST_STEPS: usize = 5_000_000;

/// §3.8.6 "Unique Particle Attribution": looks for two leaves that share a name and can both come next.
pub(super) fn find(tree: &Tree, schema: &Schema) -> Result<Option<Clash>, TooLarge> {
    let contested = Contested::new(tree, schema);
    if contested.leaves == 0 {
        return Ok(None);
    }
    let mut steps = 0;
    let mut rivals = Vec::new();
    let leaves = (0u32..).zip(&tree.nodes).filter(|(_, node)| matches!(node.shape, Shape::Leaf(_))).map(|(at, _)| at);
    for last in std::iter::once(NONE).chain(leaves) {
        rivals.clear();
        tree.followers(last, &mut steps, MOST_STEPS, &mut |leaf, turn| {
            if contested.is(leaf) {
                rivals.push((leaf, turn));
            }
        })?;
        if let Some(clash) = contested.clash(tree, schema, last, &rivals, &mut steps)? {
            return Ok(Some(clash));
        }
    }
    Ok(None)
}

/// The leaves that some name might match together with another leaf.
struct Contested {
    leaves: usize,
    /// Of every leaf by its place in the tree: the names that other leaves have as well.
    shared: Map<u32, Vec<NameId>>,
    /// Of every leaf that a wildcard might meet: the namespaces of its names.
    spaces: Map<u32, Vec<NsId>>,
}

impl Contested {
    fn new(tree: &Tree, schema: &Schema) -> Contested {
        let mut shared: Map<u32, Vec<NameId>> = Map::default();
        let mut spaces: Map<u32, Vec<NsId>> = Map::default();
        for group in tree.by_name.chunk_by(|a, b| a.name == b.name) {
            if group.iter().any(|named| named.leaf != group[0].leaf) {
                for named in group {
                    shared.entry(named.leaf).or_default().push(named.name);
                }
            }
        }
        if !tree.wildcards.is_empty() {
            let mut allowed: Map<NsId, bool> = Map::default();
            for named in &tree.by_name {
                let ns = schema.names.ns_of(named.name);
                let allows = |&(_, ix): &(u32, _)| schema.wildcard(ix).namespaces.allow(Some(ns));
                if *allowed.entry(ns).or_insert_with(|| tree.wildcards.iter().any(allows)) {
                    let known = spaces.entry(named.leaf).or_default();
                    if !known.contains(&ns) {
                        known.push(ns);
                    }
                }
            }
            if tree.wildcards.len() > 1 || !spaces.is_empty() {
                for &(leaf, _) in &tree.wildcards {
                    spaces.entry(leaf).or_default();
                }
            }
        }
        let leaves = shared.len() + spaces.len();
        Contested { leaves, shared, spaces }
    }

    fn is(&self, leaf: u32) -> bool {
        self.shared.contains_key(&leaf) || self.spaces.contains_key(&leaf)
    }

    /// Two of the leaves that can come next after `last`, which some child matches both.
    fn clash(
        &self,
        tree: &Tree,
        schema: &Schema,
        last: u32,
        rivals: &[(u32, Option<Turn>)],
        steps: &mut usize,
    ) -> Result<Option<Clash>, TooLarge> {
        let mut by_name: Map<NameId, Vec<(u32, Option<Turn>)>> = Map::default();
        for &(leaf, turn) in rivals {
            for &name in self.shared.get(&leaf).map(Vec::as_slice).unwrap_or_default() {
                let others = by_name.entry(name).or_default();
                for &(other, way) in others.iter() {
                    step(steps)?;
                    if other != leaf && together(tree, last, way, turn) {
                        return Ok(Some(Clash(term(tree, other), term(tree, leaf))));
                    }
                }
                others.push((leaf, turn));
            }
        }
        for &(leaf, turn) in rivals {
            let Match::Wildcard(wildcard) = term(tree, leaf) else { continue };
            let allowed = &schema.wildcard(wildcard).namespaces;
            for &(other, way) in rivals {
                step(steps)?;
                let meets = match term(tree, other) {
                    Match::Wildcard(ix) => other > leaf && allowed.overlaps(&schema.wildcard(ix).namespaces),
                    Match::Element(_) => {
                        self.spaces.get(&other).is_some_and(|spaces| spaces.iter().any(|&ns| allowed.allow(Some(ns))))
                    }
                };
                if meets && together(tree, last, turn, way) {
                    return Ok(Some(Clash(term(tree, leaf), term(tree, other))));
                }
            }
        }
        Ok(None)
    }
}

fn step(steps: &mut usize) -> Result<(), TooLarge> {
    *steps += 1;
    if *steps > MOST_STEPS { Err(TooLarge::Nodes) } else { Ok(()) }
}

fn term(tree: &Tree, leaf: u32) -> Match {
    match tree.node(leaf).shape {
        Shape::Leaf(term) => term,
        _ => unreachable!("only leaves are compared"),
    }
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
