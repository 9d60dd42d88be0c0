use crate::model::{ElementIx, Schema, UNBOUNDED, WildcardIx};
use crate::names::NameId;

use super::{Child, Match, TooLarge};

pub(super) const NONE: u32 = u32::MAX;

/// A model of sequences and choices. Nodes stand in document order, so a subtree is a range.
pub(crate) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// Sorted by name: which leaf a name matches, and as which declaration (a member of a substitution group matches its head's leaf).
    pub(super) by_name: Vec<Named>,
    /// Leaves that are wildcards.
    pub(super) wildcards: Vec<(u32, WildcardIx)>,
    /// Words per configuration: the leaf and its counters.
    pub(super) stride: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) name: NameId,
    pub(super) leaf: u32,
    pub(super) element: ElementIx,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) shape: Shape,
    pub(super) parent: u32,
    /// One past the last node of the subtree.
    pub(super) end: u32,
    /// Least number of iterations; 0 also where one iteration may be empty, for empty ones are never counted.
    pub(super) min: u32,
    pub(super) max: u32,
    /// The counter of this node within a configuration, or `NONE`.
    pub(super) slot: u32,
    pub(super) nullable: bool,
    /// In a sequence: how many siblings before it may not be empty.
    pub(super) required_before: u32,
    /// Of a sequence: how many children may not be empty.
    pub(super) required: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Sequence,
    Choice,
    Leaf(Match),
}

impl Node {
    pub(super) fn repeats(&self) -> bool {
        self.max > 1
    }
}

/// How a walk from one leaf turns towards the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Another iteration of this node.
    Repeat(u32),
    /// From this node on to a later sibling.
    Forward(u32),
}

impl Tree {
    pub(super) fn begin(&self, states: &mut Vec<u32>) {
        states.extend(std::iter::repeat_n(0, self.stride));
    }

    pub(super) fn step(&self, schema: &Schema, states: &mut Vec<u32>, from: usize, child: Child) -> Option<Match> {
        if let Some(name) = child.name {
            let start = self.by_name.partition_point(|named| named.name < name);
            for named in self.by_name[start..].iter().take_while(|named| named.name == name) {
                if self.advance(states, from, named.leaf) {
                    return Some(Match::Element(named.element));
                }
            }
        }
        for &(leaf, wildcard) in &self.wildcards {
            if schema.wildcard(wildcard).namespaces.allow(child.namespace) && self.advance(states, from, leaf) {
                return Some(Match::Wildcard(wildcard));
            }
        }
        None
    }

    pub(super) fn may_end(&self, state: &[u32]) -> bool {
        state.chunks_exact(self.stride).any(|configuration| {
            let Some(mut at) = configuration[0].checked_sub(1) else {
                return self.nodes.first().is_none_or(|root| root.nullable);
            };
            loop {
                if !self.may_leave(at, configuration) {
                    return false;
                }
                let parent = self.node(at).parent;
                if parent == NONE {
                    return true;
                }
                if !self.rest_is_nullable(at) {
                    return false;
                }
                at = parent;
            }
        })
    }

    pub(super) fn expected(&self, state: &[u32]) -> Vec<Match> {
        let mut found = Vec::new();
        let mut scratch = Vec::new();
        for (leaf, node) in self.nodes.iter().enumerate() {
            let Shape::Leaf(term) = node.shape else { continue };
            scratch.clear();
            scratch.extend_from_slice(state);
            if self.advance(&mut scratch, 0, leaf as u32) && !found.contains(&term) {
                found.push(term);
            }
        }
        found
    }

    pub(super) fn declared(&self, name: NameId) -> Option<ElementIx> {
        let at = self.by_name.binary_search_by_key(&name, |named| named.name).ok()?;
        Some(self.by_name[at].element)
    }

    pub(super) fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    /// Replaces the configurations `states[from..]` by those after `leaf`; leaves them alone and says `false` if there are none.
    fn advance(&self, states: &mut Vec<u32>, from: usize, leaf: u32) -> bool {
        let end = states.len();
        let mut at = from;
        while at < end {
            self.follow(states, at, leaf, end);
            at += self.stride;
        }
        if states.len() == end {
            return false;
        }
        states.drain(from..end);
        true
    }

    /// Appends every configuration that follows `states[at..at + stride]` when `leaf` matches; no duplicates after `fresh`.
    fn follow(&self, states: &mut Vec<u32>, at: usize, leaf: u32, fresh: usize) {
        match states[at].checked_sub(1) {
            None => {
                if self.is_first(leaf, NONE) {
                    self.emit(states, at, leaf, None, fresh);
                }
            }
            Some(last) => {
                let stride = self.stride;
                let mut turns: [Option<Turn>; 4] = [None; 4];
                let mut more = Vec::new();
                let mut count = 0;
                let configuration = &states[at..at + stride];
                self.turns(
                    last,
                    leaf,
                    |node| self.may_repeat(node, configuration),
                    |node| self.may_leave(node, configuration),
                    |turn| {
                        match turns.get_mut(count) {
                            Some(place) => *place = Some(turn),
                            None => more.push(turn),
                        }
                        count += 1;
                    },
                );
                for turn in turns.into_iter().flatten().chain(more) {
                    self.emit(states, at, leaf, Some(turn), fresh);
                }
            }
        }
    }

    /// All ways from one leaf to another, innermost first, as far as `may_repeat` and `may_leave` allow.
    pub(super) fn turns(
        &self,
        last: u32,
        leaf: u32,
        may_repeat: impl Fn(u32) -> bool,
        may_leave: impl Fn(u32) -> bool,
        mut found: impl FnMut(Turn),
    ) {
        let mut at = last;
        loop {
            let node = self.node(at);
            if node.repeats() && at <= leaf && leaf < node.end && may_repeat(at) && self.is_first(leaf, at) {
                found(Turn::Repeat(at));
            }
            if node.parent == NONE || !may_leave(at) {
                return;
            }
            let parent = self.node(node.parent);
            if parent.shape == Shape::Sequence {
                if node.end <= leaf && leaf < parent.end && self.is_reached(at, leaf) {
                    found(Turn::Forward(at));
                }
                if !self.rest_is_nullable(at) {
                    return;
                }
            }
            at = node.parent;
        }
    }

    /// Every leaf that can come next after `last` (`NONE`: at the beginning) with some counts, and by which turn; a leaf that
    /// several turns reach is found by each. Stops with an error after `most` steps in all.
    pub(super) fn followers(
        &self,
        last: u32,
        steps: &mut usize,
        most: usize,
        found: &mut dyn FnMut(u32, Option<Turn>),
    ) -> Result<(), TooLarge> {
        if last == NONE {
            return self.firsts(0, steps, most, &mut |leaf| found(leaf, None));
        }
        let mut at = last;
        loop {
            let node = self.node(at);
            if node.repeats() {
                self.firsts(at, steps, most, &mut |leaf| found(leaf, Some(Turn::Repeat(at))))?;
            }
            if node.parent == NONE {
                return Ok(());
            }
            let parent = self.node(node.parent);
            if parent.shape == Shape::Sequence {
                let mut sibling = node.end;
                let mut is_open = true;
                while is_open && sibling < parent.end {
                    self.firsts(sibling, steps, most, &mut |leaf| found(leaf, Some(Turn::Forward(at))))?;
                    is_open = self.node(sibling).nullable;
                    sibling = self.node(sibling).end;
                }
                if !self.rest_is_nullable(at) {
                    return Ok(());
                }
            }
            at = node.parent;
        }
    }

    /// The leaves that can be the first match of an iteration of a node.
    fn firsts(&self, top: u32, steps: &mut usize, most: usize, found: &mut dyn FnMut(u32)) -> Result<(), TooLarge> {
        let Some(end) = self.nodes.get(top as usize).map(|node| node.end) else { return Ok(()) };
        let mut at = top;
        while at < end {
            *steps += 1;
            if *steps > most {
                return Err(TooLarge::Nodes);
            }
            let node = self.node(at);
            // Below a node that something required stands before, nothing is first; nor in what follows it there.
            if at != top && node.required_before != 0 {
                at = self.node(node.parent).end;
            } else {
                if matches!(node.shape, Shape::Leaf(_)) {
                    found(at);
                }
                at += 1;
            }
        }
        Ok(())
    }

    fn may_repeat(&self, at: u32, configuration: &[u32]) -> bool {
        let node = self.node(at);
        node.max == UNBOUNDED || node.slot == NONE || configuration[1 + node.slot as usize] < node.max
    }

    fn may_leave(&self, at: u32, configuration: &[u32]) -> bool {
        let node = self.node(at);
        node.slot == NONE || configuration[1 + node.slot as usize] >= node.min
    }

    fn rest_is_nullable(&self, at: u32) -> bool {
        let node = self.node(at);
        let parent = self.node(node.parent);
        parent.shape != Shape::Sequence || node.required_before + u32::from(!node.nullable) == parent.required
    }

    /// Whether `leaf` can be the first match of a fresh iteration of `top` (`NONE`: of the whole model).
    pub(super) fn is_first(&self, leaf: u32, top: u32) -> bool {
        let mut at = leaf;
        while at != top {
            let node = self.node(at);
            if node.parent == NONE {
                return true;
            }
            if node.required_before != 0 {
                return false;
            }
            at = node.parent;
        }
        true
    }

    /// Whether `leaf`, below a later sibling of `from`, can be the next match after `from` is left.
    fn is_reached(&self, from: u32, leaf: u32) -> bool {
        let from = self.node(from);
        let mut at = leaf;
        loop {
            let node = self.node(at);
            if node.parent == from.parent {
                return from.required_before + u32::from(!from.nullable) == node.required_before;
            }
            if node.required_before != 0 {
                return false;
            }
            at = node.parent;
        }
    }

    fn emit(&self, states: &mut Vec<u32>, at: usize, leaf: u32, turn: Option<Turn>, fresh: usize) {
        let new = states.len();
        states.extend_from_within(at..at + self.stride);
        states[new] = leaf + 1;
        let top = match turn {
            None => NONE,
            Some(Turn::Repeat(node)) => node,
            Some(Turn::Forward(node)) => self.node(node).parent,
        };
        if self.stride > 1 {
            let counters = &mut states[new + 1..];
            let mut depth = 0;
            let mut node = leaf;
            while node != top {
                let inner = self.node(node);
                if inner.slot != NONE {
                    counters[inner.slot as usize] = 1;
                    depth = depth.max(inner.slot + 1);
                }
                if inner.parent == NONE {
                    break;
                }
                node = inner.parent;
            }
            if let Some(Turn::Repeat(node)) = turn
                && let Node { slot, min, max, .. } = *self.node(node)
                && slot != NONE
            {
                let counter = &mut counters[slot as usize];
                // Past the minimum of an unbounded particle the count means nothing any more.
                *counter = if max == UNBOUNDED { (*counter + 1).min(min) } else { *counter + 1 };
            }
            // Counters of particles that were left must not tell configurations apart.
            let used = self.slots_of(leaf).max(depth) as usize;
            counters[used..].fill(0);
            self.keep_weakest(states, leaf, fresh);
        } else if new > fresh {
            states.truncate(new);
        }
    }

    /// Drops the last configuration if another allows whatever it allows, or else those that it makes superfluous.
    fn keep_weakest(&self, states: &mut Vec<u32>, leaf: u32, fresh: usize) {
        let mut at = fresh;
        while at < states.len() - self.stride {
            let (known, added) = states.split_at(states.len() - self.stride);
            let known = &known[at..at + self.stride];
            if self.covers(leaf, known, added) {
                states.truncate(states.len() - self.stride);
                return;
            }
            if self.covers(leaf, added, known) {
                states.drain(at..at + self.stride);
            } else {
                at += self.stride;
            }
        }
    }

    /// Whether whatever may follow `one` may follow `other` too: equal counts, or a smaller one that has reached its minimum.
    fn covers(&self, leaf: u32, other: &[u32], one: &[u32]) -> bool {
        let mut at = leaf;
        while at != NONE {
            let node = self.node(at);
            if node.slot != NONE {
                let slot = 1 + node.slot as usize;
                if other[slot] != one[slot] && (other[slot] < node.min || other[slot] > one[slot]) {
                    return false;
                }
            }
            at = node.parent;
        }
        true
    }

    /// How many counters the configuration of a leaf has.
    fn slots_of(&self, leaf: u32) -> u32 {
        let mut at = leaf;
        while at != NONE {
            let node = self.node(at);
            if node.slot != NONE {
                return node.slot + 1;
            }
            at = node.parent;
        }
        0
    }
}
