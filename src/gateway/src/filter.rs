//! Hiding what the consumer may not see, on the finished answer, whatever backend made it.
//!
//! A plan joins the rights (patterns over local names) with the schema of the answer: it knows, for every declared
//! element by its expanded name, whether it is copied whole, entered, or left out. Whatever the plan does not name is
//! left out. So an element in a foreign namespace, or under a prefix game, never passes for a field that is granted.
//!
//! The rule for hidden fields that the schema requires: an element that is nillable stays as `xsi:nil`, because the
//! schema then allows saying nothing; every other one is absent. The answer is then incomplete by its schema, exactly
//! where the consumer has no right, and no invented value ever stands in for a hidden one.

use kapia_registry::{FieldRights, Place};
use kapia_schema::{Field, FieldTree};
use kapia_xml::{Attribute, CopyPolicy, Element, Keep, XSI_NAMESPACE};
use std::collections::HashMap;

/// What a consumer may see of the answers of one operation; made once for one set of rights, used for many answers.
#[derive(Debug)]
pub struct FilterPlan {
    /// `None` when everything is visible.
    root: Option<Node>,
}

#[derive(Debug, Default)]
struct Node {
    /// Declared children that may occur, by local name; few share one.
    elements: HashMap<Box<str>, Vec<(Box<str>, Step)>>,
    attributes: Vec<(Box<str>, Box<str>)>,
}

#[derive(Debug)]
enum Step {
    /// Copied with everything below it.
    Whole,
    /// Copied as far as its own plan says.
    Into(Node),
    /// Hidden, and said to be nil because the schema requires the element and lets it be nil.
    Nil,
}

impl FilterPlan {
    /// The plan of rights over the fields of an answer.
    pub fn new(fields: &FieldTree, rights: &FieldRights) -> FilterPlan {
        let root = (!rights.is_everything()).then(|| plan(&fields.root(), rights.start()));
        FilterPlan { root }
    }

    /// The plan that hides nothing.
    pub fn everything() -> FilterPlan {
        FilterPlan { root: None }
    }

    /// Whether nothing is hidden.
    pub fn shows_everything(&self) -> bool {
        self.root.is_none()
    }

    /// A policy for copying one answer; the root itself is always kept.
    pub fn start(&self) -> Filtered<'_> {
        Filtered { plan: self, path: Vec::new(), whole: 0, hidden: 0 }
    }
}

fn plan(field: &Field, place: Place<'_>) -> Node {
    let mut node = Node::default();
    for child in field.children() {
        let name = child.name();
        if child.is_attribute() {
            if place.attribute(&name.local).visible() {
                node.attributes.push((name.namespace, name.local));
            }
            continue;
        }
        let below = place.element(&name.local);
        let step = if below.all_below() {
            Some(Step::Whole)
        } else if below.visible() {
            // The patterns end somewhere, and where they end everything below is visible or nothing is: so this ends
            // for recursive types too.
            Some(Step::Into(if below.any_below() { plan(&child, below) } else { Node::default() }))
        } else if child.is_required() && child.is_nillable() {
            Some(Step::Nil)
        } else {
            None
        };
        if let Some(step) = step {
            let same_local = node.elements.entry(name.local).or_default();
            // One element may be declared at several places of a model; the more open reading never wins.
            if !same_local.iter().any(|(namespace, _)| *namespace == name.namespace) {
                same_local.push((name.namespace, step));
            }
        }
    }
    node
}

/// The filter at work on one answer.
#[derive(Debug)]
pub struct Filtered<'p> {
    plan: &'p FilterPlan,
    path: Vec<&'p Node>,
    /// How many elements are open inside one that is copied whole.
    whole: usize,
    hidden: u64,
}

impl Filtered<'_> {
    /// How many elements and attributes were left out or made nil so far.
    pub fn hidden(&self) -> u64 {
        self.hidden
    }
}

impl<'p> CopyPolicy for Filtered<'p> {
    fn enter(&mut self, element: Element<'_>) -> Keep {
        let Some(root) = &self.plan.root else { return Keep::Yes };
        if self.whole > 0 {
            self.whole += 1;
            return Keep::Yes;
        }
        let Some(parent) = self.path.last() else {
            self.path.push(root);
            return Keep::Yes;
        };
        let steps = parent.elements.get(element.local()).map_or(&[][..], Vec::as_slice);
        match steps.iter().find(|(namespace, _)| namespace.as_ref() == element.namespace()) {
            Some((_, Step::Whole)) => {
                self.whole = 1;
                Keep::Yes
            }
            Some((_, Step::Into(node))) => {
                self.path.push(node);
                Keep::Yes
            }
            Some((_, Step::Nil)) => {
                self.hidden += 1;
                Keep::Nil
            }
            None => {
                self.hidden += 1;
                Keep::No
            }
        }
    }

    fn attribute(&mut self, attribute: &Attribute<'_>) -> bool {
        if self.plan.root.is_none() || self.whole > 0 {
            return true;
        }
        // The type and the nilness of a visible element are not data of their own.
        let said = attribute.namespace() == XSI_NAMESPACE && matches!(attribute.local(), "type" | "nil");
        let named = |(namespace, local): &(Box<str>, Box<str>)| {
            local.as_ref() == attribute.local() && namespace.as_ref() == attribute.namespace()
        };
        let kept = said || self.path.last().is_some_and(|node| node.attributes.iter().any(named));
        self.hidden += u64::from(!kept);
        kept
    }

    fn leave(&mut self) {
        if self.whole > 0 {
            self.whole -= 1;
        } else {
            self.path.pop();
        }
    }
}
