//! Field rights: which fields of an answer a caller may see.

use std::collections::HashMap;

use crate::pattern::FieldPattern;

/// Allowed and denied patterns of one caller for one operation, ready to be walked along a document.
///
/// A field is visible if it and all its ancestors below the root are allowed and none of them is denied; deny
/// beats allow; what no pattern names is hidden. The root itself is always visible (regix-contract §7.2: without rights
/// the answer is empty, not an error).
#[derive(Debug)]
pub struct FieldRights {
    nodes: Vec<Node>,
    allowed: Vec<FieldPattern>,
    denied: Vec<FieldPattern>,
    everything: bool,
    nothing: bool,
}

/// What the rights say about one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The field and all its ancestors are allowed and none of them is denied.
    Visible,
    /// The field or one of its ancestors is denied by a pattern.
    Denied,
    /// No deny stands in the way, but the field or one of its ancestors is not allowed by any pattern.
    NotAllowed,
}

impl FieldRights {
    /// Rights from patterns; the order and repetitions do not matter.
    pub(crate) fn new(mut allowed: Vec<FieldPattern>, mut denied: Vec<FieldPattern>) -> Self {
        for patterns in [&mut allowed, &mut denied] {
            patterns.sort();
            patterns.dedup();
        }
        let mut nodes = vec![Node::default()];
        for pattern in &allowed {
            let node = grow(&mut nodes, pattern);
            node.allow = true;
            node.allow_below |= pattern.is_below();
        }
        for pattern in &denied {
            let node = grow(&mut nodes, pattern);
            node.deny = true;
            node.deny_below |= pattern.is_below();
        }
        // Children come after their parents, so one pass from the end sees every subtree finished.
        for at in (0..nodes.len()).rev() {
            let below = nodes[at].children().any(|child| nodes[child].deny || nodes[child].denies_inside);
            nodes[at].denies_inside = below || nodes[at].deny_below;
        }
        let mut rights = Self { nodes, allowed, denied, everything: false, nothing: false };
        rights.everything = rights.start().all_below();
        rights.nothing = !rights.start().any_below();
        rights
    }

    /// Rights under which every field is visible; for tests of other crates and for operations without a consumer.
    pub fn everything() -> Self {
        Self::new(vec![FieldPattern::everything()], Vec::new())
    }

    /// Rights from patterns that somebody else has decided on, such as the matrix that a core hands to a host; a
    /// [`crate::Permit`] never carries rights made this way.
    pub fn from_patterns(
        allowed: impl IntoIterator<Item = FieldPattern>,
        denied: impl IntoIterator<Item = FieldPattern>,
    ) -> Self {
        Self::new(allowed.into_iter().collect(), denied.into_iter().collect())
    }

    /// What the rights say about the field at `path`, local names below the root, attributes with `@`.
    pub fn decide(&self, path: &[&str]) -> Verdict {
        let mut place = self.start();
        for step in path {
            place = match step.strip_prefix('@') {
                Some(local) => place.attribute(local),
                None => place.element(step),
            };
        }
        place.verdict()
    }

    /// The place of the root, from which a walk over a document begins.
    pub fn start(&self) -> Place<'_> {
        let root = &self.nodes[0];
        Place {
            rights: self,
            node: Some(0),
            verdict: Verdict::Visible,
            allow_below: root.allow_below,
            deny_below: root.deny_below,
        }
    }

    /// Whether every field there could be is visible.
    pub fn is_everything(&self) -> bool {
        self.everything
    }

    /// Whether no field at all can be visible.
    pub fn is_nothing(&self) -> bool {
        self.nothing
    }

    /// The patterns that allow, sorted, each once.
    pub fn allowed(&self) -> &[FieldPattern] {
        &self.allowed
    }

    /// The patterns that deny, sorted, each once.
    pub fn denied(&self) -> &[FieldPattern] {
        &self.denied
    }

    /// Allow patterns that open nothing, because a field above them is not allowed or is denied.
    pub fn unreachable(&self) -> impl Iterator<Item = &FieldPattern> {
        self.allowed.iter().filter(|pattern| self.decide(&pattern.path()) != Verdict::Visible)
    }
}

/// A place in a document during a walk: cheap to copy, one step per element.
#[derive(Debug, Clone, Copy)]
pub struct Place<'r> {
    rights: &'r FieldRights,
    node: Option<usize>,
    verdict: Verdict,
    allow_below: bool,
    deny_below: bool,
}

impl<'r> Place<'r> {
    /// The place of a child element with this local name.
    pub fn element(self, local: &str) -> Self {
        self.enter(|node| node.elements.get(local))
    }

    /// The place of an attribute with this local name.
    pub fn attribute(self, local: &str) -> Self {
        self.enter(|node| node.attributes.get(local))
    }

    /// Whether the field at this place may be seen.
    pub fn visible(self) -> bool {
        self.verdict == Verdict::Visible
    }

    /// The same with the reason.
    pub fn verdict(self) -> Verdict {
        self.verdict
    }

    /// Whether this place and whatever may stand below it is visible, so that it can be copied without a further look.
    pub fn all_below(self) -> bool {
        self.visible() && self.allow_below && self.node.is_none_or(|node| !self.rights.nodes[node].denies_inside)
    }

    /// Whether anything below this place could be visible.
    pub fn any_below(self) -> bool {
        let opened = |node: usize| {
            let nodes = &self.rights.nodes;
            nodes[node].children().any(|child| nodes[child].allow && !nodes[child].deny)
        };
        self.visible() && !self.deny_below && (self.allow_below || self.node.is_some_and(opened))
    }

    fn enter(self, find: impl FnOnce(&'r Node) -> Option<&'r usize>) -> Self {
        let nodes = &self.rights.nodes;
        let index = self.node.and_then(|node| find(&nodes[node])).copied();
        let node = index.map(|index| &nodes[index]);
        let denied = self.deny_below || node.is_some_and(|node| node.deny);
        let allowed = self.allow_below || node.is_some_and(|node| node.allow);
        let verdict = match self.verdict {
            Verdict::Denied => Verdict::Denied,
            _ if denied => Verdict::Denied,
            Verdict::Visible if allowed => Verdict::Visible,
            _ => Verdict::NotAllowed,
        };
        Self {
            node: index,
            verdict,
            allow_below: self.allow_below || node.is_some_and(|node| node.allow_below),
            ..self
        }
    }
}

#[derive(Debug, Default)]
struct Node {
    elements: HashMap<Box<str>, usize>,
    attributes: HashMap<Box<str>, usize>,
    allow: bool,
    allow_below: bool,
    deny: bool,
    deny_below: bool,
    denies_inside: bool,
}

impl Node {
    fn children(&self) -> impl Iterator<Item = usize> {
        self.elements.values().chain(self.attributes.values()).copied()
    }
}

fn grow<'n>(nodes: &'n mut Vec<Node>, pattern: &FieldPattern) -> &'n mut Node {
    let mut at = 0;
    for step in pattern.steps() {
        let fresh = nodes.len();
        let node = &mut nodes[at];
        at = match step.strip_prefix('@') {
            Some(local) => *node.attributes.entry(local.into()).or_insert(fresh),
            None => *node.elements.entry(step.into()).or_insert(fresh),
        };
        if at == fresh {
            nodes.push(Node::default());
        }
    }
    &mut nodes[at]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn patterns(texts: &[&str]) -> Vec<FieldPattern> {
        texts.iter().map(|text| FieldPattern::parse(text).unwrap()).collect()
    }

    fn rights(allowed: &[&str], denied: &[&str]) -> FieldRights {
        FieldRights::new(patterns(allowed), patterns(denied))
    }

    #[test]
    fn without_rows_nothing_is_visible() {
        let rights = rights(&[], &[]);
        assert!(rights.is_nothing() && !rights.is_everything());
        assert_eq!(rights.decide(&["A"]), Verdict::NotAllowed);
        assert_eq!(rights.decide(&[]), Verdict::Visible);
    }

    #[test]
    fn a_field_needs_its_ancestors() {
        let alone = rights(&["A/B"], &[]);
        assert_eq!(alone.decide(&["A", "B"]), Verdict::NotAllowed);
        assert_eq!(alone.unreachable().count(), 1);
        assert!(alone.is_nothing());
        let both = rights(&["A", "A/B"], &[]);
        assert_eq!(both.decide(&["A", "B"]), Verdict::Visible);
        assert_eq!(both.decide(&["A", "C"]), Verdict::NotAllowed);
        assert_eq!(both.unreachable().count(), 0);
    }

    #[test]
    fn a_deny_beats_every_allow_and_covers_what_is_below() {
        let rights = rights(&["**", "A/B/C"], &["A/B"]);
        assert_eq!(rights.decide(&["A"]), Verdict::Visible);
        assert_eq!(rights.decide(&["A", "B"]), Verdict::Denied);
        assert_eq!(rights.decide(&["A", "B", "C"]), Verdict::Denied);
        assert!(!rights.is_everything());
    }

    #[test]
    fn a_deny_of_everything_leaves_nothing_but_the_root() {
        let rights = rights(&["**"], &["**"]);
        assert!(rights.is_nothing());
        assert_eq!(rights.decide(&["A"]), Verdict::Denied);
        assert_eq!(rights.decide(&["A", "B"]), Verdict::Denied);
        assert!(rights.start().visible() && !rights.start().any_below());
    }

    #[test]
    fn an_attribute_and_an_element_of_the_same_name_are_two_fields() {
        let rights = rights(&["A", "A/@id"], &[]);
        assert_eq!(rights.decide(&["A", "@id"]), Verdict::Visible);
        assert_eq!(rights.decide(&["A", "id"]), Verdict::NotAllowed);
    }

    #[test]
    fn a_whole_subtree_may_be_copied_only_if_no_deny_waits_inside() {
        let rights = rights(&["**"], &["A/B/C"]);
        assert!(!rights.start().element("A").all_below());
        assert!(!rights.start().element("A").element("B").all_below());
        assert!(rights.start().element("A").element("X").all_below());
        assert!(rights.start().element("Z").all_below());
        assert!(!rights.start().element("A").element("B").element("C").any_below());
    }

    fn steps() -> impl Strategy<Value = Vec<&'static str>> {
        prop::collection::vec(prop::sample::select(vec!["A", "B", "C"]), 0..4)
    }

    fn pattern() -> impl Strategy<Value = FieldPattern> {
        (steps(), any::<bool>(), any::<bool>()).prop_map(|(steps, below, attribute)| {
            let mut text = steps.join("/");
            if attribute && !below && !steps.is_empty() {
                text.push_str("/@A");
            }
            if below || text.is_empty() {
                text.push_str(if text.is_empty() { "**" } else { "/**" });
            }
            FieldPattern::parse(&text).unwrap()
        })
    }

    // The rule as the brief words it, with no tree and no walk.
    fn naive(allowed: &[FieldPattern], denied: &[FieldPattern], path: &[&str]) -> Verdict {
        let prefixes = || (1..=path.len()).map(|length| &path[..length]);
        let hit = |patterns: &[FieldPattern], path: &[&str]| patterns.iter().any(|pattern| pattern.covers(path));
        if prefixes().any(|path| hit(denied, path)) {
            Verdict::Denied
        } else if prefixes().all(|path| hit(allowed, path)) {
            Verdict::Visible
        } else {
            Verdict::NotAllowed
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn the_tree_agrees_with_the_rule_word_for_word(
            allowed in prop::collection::vec(pattern(), 0..6),
            denied in prop::collection::vec(pattern(), 0..3),
            mut path in steps(),
            attribute in any::<bool>(),
        ) {
            if attribute { path.push("@A"); }
            prop_assume!(!path.is_empty());
            let rights = FieldRights::new(allowed.clone(), denied.clone());
            prop_assert_eq!(rights.decide(&path), naive(&allowed, &denied, &path));
        }

        #[test]
        fn the_shortcuts_never_promise_what_the_rule_refuses(
            allowed in prop::collection::vec(pattern(), 0..6),
            denied in prop::collection::vec(pattern(), 0..3),
            path in steps(),
            further in steps(),
        ) {
            let rights = FieldRights::new(allowed, denied);
            let place = path.iter().fold(rights.start(), |place, step| place.element(step));
            let deep: Vec<&str> = path.iter().chain(&further).copied().collect();
            if place.all_below() {
                prop_assert_eq!(rights.decide(&deep), Verdict::Visible);
            }
            if !place.any_below() && !further.is_empty() {
                prop_assert_ne!(rights.decide(&deep), Verdict::Visible);
            }
            if rights.is_everything() { prop_assert_eq!(rights.decide(&deep), Verdict::Visible); }
            if rights.is_nothing() && !deep.is_empty() { prop_assert_ne!(rights.decide(&deep), Verdict::Visible); }
        }
    }
}
