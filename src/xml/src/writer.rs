//! Writing canonical form once: the octets that are hashed are the octets that are sent.

use crate::canonical::{Declarations, Rendered, Written, distinct, in_inclusive_scope, write_end, write_start};
use crate::tape::{Element, Event};
use crate::windows::Window;
use crate::{XSI_NAMESPACE, escape_text};
use std::collections::HashSet;

/// What to do with an element that is being copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// Write it and go on inside.
    Yes,
    /// Leave it out with everything in it.
    No,
    /// Write it empty with `xsi:nil="true"` and nothing of what it holds.
    Nil,
}

/// Decides what of a subtree is written by [`Writer::copy`]; called in document order.
pub trait CopyPolicy {
    /// Whether an element is written. [`CopyPolicy::leave`] follows only for those answered with [`Keep::Yes`].
    fn enter(&mut self, element: Element<'_>) -> Keep;

    /// Whether an attribute of the element entered last is written.
    fn attribute(&mut self, attribute: &crate::Attribute<'_>) -> bool;

    /// The element entered and kept last ends.
    fn leave(&mut self) {}

    /// Whether white space between the children of an element is data; asked only of elements with child elements.
    fn keeps_blanks(&mut self, _parent: Element<'_>) -> bool {
        false
    }
}

/// The policy that hides nothing and drops white space between elements.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeepAll;

impl CopyPolicy for KeepAll {
    fn enter(&mut self, _element: Element<'_>) -> Keep {
        Keep::Yes
    }

    fn attribute(&mut self, _attribute: &crate::Attribute<'_>) -> bool {
        true
    }
}

/// How far the copy of a document has come that is written window by window.
#[derive(Debug, Default)]
pub struct Copying {
    /// The elements that are open, written or not.
    open: Vec<Copied>,
    /// How many are open where the outermost one begins that is not written.
    hidden: Option<usize>,
}

#[derive(Debug, Default)]
struct Copied {
    has_children: bool,
    keeps_blanks: Option<bool>,
}

impl Copied {
    fn keeps_blanks(&mut self, parent: Element<'_>, policy: &mut impl CopyPolicy) -> bool {
        let leaf = !self.has_children && parent.is_leaf();
        *self.keeps_blanks.get_or_insert_with(|| leaf || policy.keeps_blanks(parent))
    }
}

/// Writes elements in canonical form.
///
/// An element begun with [`Writer::start_part`] is a fixed point of Exclusive C14N without comments: canonicalising it
/// again, in place or cut out, gives the same octets. Comments and processing instructions are never written.
#[derive(Default)]
pub struct Writer {
    out: Vec<u8>,
    taken: usize,
    rendered: Rendered,
    open: Vec<(Box<str>, Box<str>)>,
    listed: HashSet<Box<str>>,
}

impl Writer {
    /// A writer with nothing written.
    pub fn new() -> Writer {
        Writer::default()
    }

    /// A writer with room for this many octets.
    pub fn with_capacity(octets: usize) -> Writer {
        Writer { out: Vec::with_capacity(octets), ..Writer::default() }
    }

    /// Makes [`Writer::copy`] declare these prefixes wherever they are in scope in the source, used or not: the
    /// `PrefixList` of `InclusiveNamespaces`, for prefixes that occur in values such as `xsi:type`.
    pub fn list_prefixes(&mut self, prefixes: &[&str]) {
        self.listed = prefixes.iter().map(|prefix| (*prefix).into()).collect();
    }

    /// Begins an element. Its own namespace and those of its attributes are declared when no ancestor has declared
    /// them; `declare` adds declarations that nothing visible uses. Attributes are (prefix, namespace, local, value).
    pub fn start(
        &mut self,
        prefix: &str,
        namespace: &str,
        local: &str,
        declare: &[(&str, &str)],
        attributes: &[(&str, &str, &str, &str)],
    ) {
        let used = attributes.iter().filter(|(prefix, ..)| !prefix.is_empty());
        let wanted = std::iter::once((prefix, namespace))
            .chain(used.map(|(prefix, namespace, ..)| (*prefix, *namespace)))
            .chain(declare.iter().copied());
        let attributes = attributes
            .iter()
            .map(|(prefix, namespace, local, value)| Written { prefix, namespace, local, value: (*value).into() })
            .collect();
        self.open_element(prefix, local, wanted, attributes);
    }

    /// Begins an element as [`Writer::start`] does, but as if nothing were declared around it: the part that ends with
    /// its end is complete in itself, so that it means and hashes the same in place and cut out.
    pub fn start_part(
        &mut self,
        prefix: &str,
        namespace: &str,
        local: &str,
        declare: &[(&str, &str)],
        attributes: &[(&str, &str, &str, &str)],
    ) {
        let outer = self.rendered.isolate();
        self.start(prefix, namespace, local, declare, attributes);
        self.rendered.restore_on_leave(outer);
    }

    /// Text inside the open element.
    pub fn text(&mut self, text: &str) {
        escape_text(text, &mut self.out);
    }

    /// Ends the element begun last.
    pub fn end(&mut self) {
        if let Some((prefix, local)) = self.open.pop() {
            self.rendered.leave();
            write_end(&prefix, &local, &mut self.out);
        }
    }

    /// An element that holds text only.
    pub fn leaf(&mut self, prefix: &str, namespace: &str, local: &str, text: &str) {
        self.start(prefix, namespace, local, &[], &[]);
        self.text(text);
        self.end();
    }

    /// An element that is nil: `xsi:nil="true"` and no content.
    pub fn nil(&mut self, prefix: &str, namespace: &str, local: &str) {
        self.start(prefix, namespace, local, &[], &[("xsi", XSI_NAMESPACE, "nil", "true")]);
        self.end();
    }

    /// Octets that are canonical already, such as a signature; they must be complete elements that declare what they
    /// use.
    pub fn raw(&mut self, octets: &[u8]) {
        self.out.extend_from_slice(octets);
    }

    /// Writes a subtree of a document with its own prefixes, as far as the policy keeps it. White space between
    /// elements is left out unless the policy says that it is data.
    pub fn copy(&mut self, element: Element<'_>, policy: &mut impl CopyPolicy) {
        self.copy_events(element.events(), Vec::new(), &mut Copying::default(), policy);
    }

    /// Writes the next window of a document as [`Writer::copy`] writes a whole one; `copying` and the policy go from
    /// window to window.
    pub fn copy_window(&mut self, window: &Window, copying: &mut Copying, policy: &mut impl CopyPolicy) {
        self.copy_events(window.events(), window.reopened().collect(), copying, policy);
    }

    fn copy_events<'d>(
        &mut self,
        events: impl Iterator<Item = Event<'d>>,
        mut inside: Vec<Element<'d>>,
        copying: &mut Copying,
        policy: &mut impl CopyPolicy,
    ) {
        for event in events {
            match event {
                Event::Start(element) => {
                    if let Some(parent) = copying.open.last_mut() {
                        parent.has_children = true;
                    }
                    inside.push(element);
                    copying.open.push(Copied::default());
                    if copying.hidden.is_some() {
                        continue;
                    }
                    match policy.enter(element) {
                        Keep::Yes => self.copy_start(element, copying.open.len() == 1, policy),
                        Keep::No => copying.hidden = Some(copying.open.len()),
                        Keep::Nil => {
                            copying.hidden = Some(copying.open.len());
                            self.nil(element.prefix(), element.namespace(), element.local());
                        }
                    }
                }
                Event::End(_) => {
                    inside.pop();
                    match copying.hidden {
                        Some(depth) if depth == copying.open.len() => copying.hidden = None,
                        Some(_) => {}
                        None => {
                            policy.leave();
                            self.end();
                        }
                    }
                    copying.open.pop();
                }
                Event::Text(text) if copying.hidden.is_none() => {
                    let kept = !text.is_blank()
                        || match (inside.last(), copying.open.last_mut()) {
                            (Some(parent), Some(known)) => known.keeps_blanks(*parent, policy),
                            _ => true,
                        };
                    if kept {
                        self.text(&text.value());
                    }
                }
                Event::Text(_) | Event::Comment(_) | Event::Instruction { .. } => {}
            }
        }
    }

    /// Takes out what was written since the last time; positions count on, and what is open stays open.
    pub fn take(&mut self) -> Vec<u8> {
        self.taken += self.out.len();
        std::mem::take(&mut self.out)
    }

    /// How many octets are written: a mark for hashing a part.
    pub fn position(&self) -> usize {
        self.taken + self.out.len()
    }

    /// What is written so far and was not taken out.
    pub fn bytes(&self) -> &[u8] {
        &self.out
    }

    /// All that was written and not taken out.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn copy_start(&mut self, element: Element<'_>, apex: bool, policy: &mut impl CopyPolicy) {
        let attributes: Vec<Written<'_>> =
            element.attributes().filter(|attribute| policy.attribute(attribute)).map(Written::from).collect();
        let used: Vec<(&str, &str)> = attributes
            .iter()
            .filter(|attribute| !attribute.prefix.is_empty())
            .map(|attribute| (attribute.prefix, attribute.namespace))
            .collect();
        let listed: Vec<(&str, &str)> = if self.listed.is_empty() {
            Vec::new()
        } else {
            in_inclusive_scope(element, apex, |prefix| self.listed.contains(prefix)).collect()
        };
        let own = std::iter::once((element.prefix(), element.namespace()));
        self.open_element(element.prefix(), element.local(), own.chain(used).chain(listed), attributes);
    }

    fn open_element<'w>(
        &mut self,
        prefix: &str,
        local: &str,
        wanted: impl Iterator<Item = (&'w str, &'w str)>,
        attributes: Vec<Written<'_>>,
    ) {
        let unknown = |(prefix, namespace): &(&str, &str)| *prefix != "xml" && !self.rendered.knows(prefix, namespace);
        let declare: Declarations<'_> =
            distinct(wanted.filter(unknown).map(|(prefix, namespace)| (prefix.into(), namespace.into())).collect());
        self.rendered.enter(&declare);
        self.open.push((prefix.into(), local.into()));
        write_start(prefix, local, declare, attributes, &mut self.out);
    }
}
