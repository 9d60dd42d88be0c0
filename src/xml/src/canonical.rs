//! Canonical XML 1.0 and Exclusive XML Canonicalization 1.0, without comments, of a subtree.
//!
//! Rules: W3C REC-xml-c14n-20010315 and REC-xml-exc-c14n-20020718. The node set is the element with everything below
//! it, minus one subtree that the enveloped-signature transform leaves out. Version 1.1 is not offered: clients that
//! verify do not know it (wild-clients rule 13).

use crate::tape::{Element, ElementId, Event};
use crate::{XML_NAMESPACE, escape_attribute, escape_text};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Which of the two canonical forms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Canonical XML 1.0: every namespace in scope counts.
    Inclusive,
    /// Exclusive XML Canonicalization 1.0: only namespaces that the element visibly uses.
    Exclusive,
}

/// Appends the canonical octets of a subtree.
///
/// `prefixes` is the `PrefixList` of `InclusiveNamespaces` (an empty string stands for `#default`); it has no meaning
/// for the inclusive method. `skip` names one element below that is left out.
pub fn canonicalize(
    element: Element<'_>,
    method: Method,
    prefixes: &[&str],
    skip: Option<ElementId>,
    out: &mut Vec<u8>,
) {
    let mut rendered = Rendered::default();
    let mut skipping = None;
    let prefixes: HashSet<&str> = prefixes.iter().copied().collect();
    for event in element.events() {
        match (skipping, event) {
            (Some(skipped), Event::End(ended)) if ended.id() == skipped => skipping = None,
            (Some(_), _) | (None, Event::Comment(_)) => {}
            (None, Event::Start(started)) if Some(started.id()) == skip => skipping = skip,
            (None, Event::Start(started)) => {
                let apex = started.id() == element.id();
                let declare = namespaces(started, method, &prefixes, apex, &rendered);
                let mut attributes: Vec<Written<'_>> = started.attributes().map(Written::from).collect();
                if apex && method == Method::Inclusive {
                    inherit_xml_attributes(started, &mut attributes);
                }
                rendered.enter(&declare);
                write_start(started.prefix(), started.local(), declare, attributes, out);
            }
            (None, Event::End(ended)) => {
                rendered.leave();
                write_end(ended.prefix(), ended.local(), out);
            }
            (None, Event::Text(text)) => escape_text(&text.value(), out),
            (None, Event::Instruction { target, data }) => write_instruction(target, data, out),
        }
    }
}

/// An attribute about to be written.
pub(crate) struct Written<'w> {
    pub prefix: &'w str,
    pub namespace: &'w str,
    pub local: &'w str,
    pub value: Cow<'w, str>,
}

impl<'w> From<crate::Attribute<'w>> for Written<'w> {
    fn from(attribute: crate::Attribute<'w>) -> Self {
        Written {
            prefix: attribute.prefix(),
            namespace: attribute.namespace(),
            local: attribute.local(),
            value: attribute.value(),
        }
    }
}

/// Up to this many rendered declarations are searched one by one; beyond, a table of the nearest of each prefix is kept.
const FEW: usize = 16;

/// The namespace nodes that output ancestors have rendered, innermost last.
#[derive(Default)]
pub(crate) struct Rendered {
    stack: Vec<Declared>,
    nearest: HashMap<Box<str>, usize>,
    /// For each open element: how long the stack was, and where its context began.
    marks: Vec<(usize, usize)>,
    /// Declarations below this index are forgotten: they lie outside the part that is being written.
    context: usize,
}

struct Declared {
    prefix: Box<str>,
    namespace: Box<str>,
    /// Of the declarations in the table: the outer one that this one hides.
    hides: Option<usize>,
}

impl Rendered {
    pub fn enter(&mut self, declared: &[(Cow<'_, str>, Cow<'_, str>)]) {
        self.marks.push((self.stack.len(), self.context));
        for (prefix, namespace) in declared {
            self.stack.push(Declared {
                prefix: prefix.as_ref().into(),
                namespace: namespace.as_ref().into(),
                hides: None,
            });
            if self.stack.len() > FEW {
                let first = if self.nearest.is_empty() { 0 } else { self.stack.len() - 1 };
                for at in first..self.stack.len() {
                    self.stack[at].hides = self.nearest.insert(self.stack[at].prefix.clone(), at);
                }
            }
        }
    }

    pub fn leave(&mut self) {
        let (mark, context) = self.marks.pop().unwrap_or_default();
        self.context = context;
        if mark <= FEW {
            self.nearest.clear();
        }
        while self.stack.len() > mark {
            let Some(declared) = self.stack.pop() else { return };
            match declared.hides {
                _ if self.nearest.is_empty() => {}
                Some(outer) => {
                    self.nearest.insert(declared.prefix, outer);
                }
                None => {
                    self.nearest.remove(&declared.prefix);
                }
            }
        }
    }

    /// Forgets what is declared around the element that is entered next.
    pub fn isolate(&mut self) -> usize {
        std::mem::replace(&mut self.context, self.stack.len())
    }

    /// Makes the element entered last give back this context when it ends.
    pub fn restore_on_leave(&mut self, context: usize) {
        if let Some(mark) = self.marks.last_mut() {
            mark.1 = context;
        }
    }

    /// Whether an output ancestor has already said that the prefix means this namespace.
    pub fn knows(&self, prefix: &str, namespace: &str) -> bool {
        let nearest = if self.nearest.is_empty() {
            self.stack[self.context..].iter().rev().find(|known| known.prefix.as_ref() == prefix)
        } else {
            self.nearest.get(prefix).filter(|at| **at >= self.context).and_then(|at| self.stack.get(*at))
        };
        match nearest {
            Some(known) => known.namespace.as_ref() == namespace,
            // No default namespace at all needs no declaration that there is none.
            None => prefix.is_empty() && namespace.is_empty(),
        }
    }
}

pub(crate) type Declarations<'d> = Vec<(Cow<'d, str>, Cow<'d, str>)>;

fn namespaces<'d>(
    element: Element<'d>,
    method: Method,
    prefixes: &HashSet<&str>,
    apex: bool,
    rendered: &Rendered,
) -> Declarations<'d> {
    let mut found: Declarations<'d> = Vec::new();
    let mut add = |prefix: &'d str, namespace: &'d str| {
        if prefix != "xml" && !rendered.knows(prefix, namespace) {
            found.push((prefix.into(), namespace.into()));
        }
    };
    if method == Method::Exclusive {
        add(element.prefix(), element.namespace());
        element
            .attributes()
            .filter(|attribute| !attribute.prefix().is_empty())
            .for_each(|attribute| add(attribute.prefix(), attribute.namespace()));
    }
    in_inclusive_scope(element, apex, |prefix| method == Method::Inclusive || prefixes.contains(prefix))
        .for_each(|(prefix, namespace)| add(prefix, namespace));
    distinct(found)
}

/// The namespace nodes that count though nothing visible uses them. Below the apex those of the element itself are
/// enough: where it declares nothing, its parent has rendered what there is.
pub(crate) fn in_inclusive_scope<'d>(
    element: Element<'d>,
    apex: bool,
    listed: impl Fn(&str) -> bool,
) -> impl Iterator<Item = (&'d str, &'d str)> {
    let around = if apex { element.in_scope() } else { Vec::new() };
    let own = (!apex).then(|| element.declarations());
    around.into_iter().chain(own.into_iter().flatten()).filter(move |(prefix, _)| listed(prefix))
}

/// In the order in which they are written, the first of each prefix only.
pub(crate) fn distinct(mut declare: Declarations<'_>) -> Declarations<'_> {
    declare.sort_by(|one, other| one.0.cmp(&other.0));
    declare.dedup_by(|later, first| later.0 == first.0);
    declare
}

/// Canonical XML 1.0 §2.4: attributes of the `xml` namespace come along from ancestors outside the node set.
fn inherit_xml_attributes<'d>(element: Element<'d>, attributes: &mut Vec<Written<'d>>) {
    let own = element.attributes().filter(|attribute| attribute.namespace() == XML_NAMESPACE);
    let mut known: HashSet<&str> = own.map(|attribute| attribute.local()).collect();
    for ancestor in std::iter::successors(element.parent(), |ancestor| ancestor.parent()) {
        for attribute in ancestor.attributes().filter(|attribute| attribute.namespace() == XML_NAMESPACE) {
            if known.insert(attribute.local()) {
                attributes.push(attribute.into());
            }
        }
    }
}

/// Writes a start tag: namespace declarations, which are [`distinct`], then attributes by namespace and local name.
pub(crate) fn write_start(
    prefix: &str,
    local: &str,
    declare: Declarations<'_>,
    mut attributes: Vec<Written<'_>>,
    out: &mut Vec<u8>,
) {
    attributes.sort_by(|a, b| (a.namespace, a.local).cmp(&(b.namespace, b.local)));
    out.push(b'<');
    write_name(prefix, local, out);
    for (prefix, namespace) in &declare {
        if prefix.is_empty() {
            out.extend_from_slice(b" xmlns");
        } else {
            out.extend_from_slice(b" xmlns:");
            out.extend_from_slice(prefix.as_bytes());
        }
        write_value(namespace, out);
    }
    for attribute in &attributes {
        out.push(b' ');
        write_name(attribute.prefix, attribute.local, out);
        write_value(&attribute.value, out);
    }
    out.push(b'>');
}

pub(crate) fn write_end(prefix: &str, local: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"</");
    write_name(prefix, local, out);
    out.push(b'>');
}

fn write_name(prefix: &str, local: &str, out: &mut Vec<u8>) {
    if !prefix.is_empty() {
        out.extend_from_slice(prefix.as_bytes());
        out.push(b':');
    }
    out.extend_from_slice(local.as_bytes());
}

fn write_value(value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"=\"");
    escape_attribute(value, out);
    out.push(b'"');
}

fn write_instruction(target: &str, data: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<?");
    out.extend_from_slice(target.as_bytes());
    if !data.is_empty() {
        out.push(b' ');
        out.extend_from_slice(data.replace("\r\n", "\n").replace('\r', "\n").as_bytes());
    }
    out.extend_from_slice(b"?>");
}
