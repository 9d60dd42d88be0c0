//! The tree of elements and attributes that a document type can hold, for field rights, forms and descriptions.

use std::collections::HashSet;
use std::sync::Arc;

use kapia_xml::QName;

use crate::datatype::SimpleType;
use crate::model::{
    AttributeUse, Compositor, Content, ElementIx, GroupIx, Particle, Schema, Term, Type, TypeId, UNBOUNDED,
};
use crate::names::NameId;

/// The fields of a document type: everything below its root.
#[derive(Clone)]
pub struct FieldTree {
    schema: Arc<Schema>,
    root: ElementIx,
}

/// One element or attribute at one place of a document type. Children are computed when asked for, so a recursive type costs nothing.
#[derive(Clone)]
pub struct Field {
    schema: Arc<Schema>,
    kind: Kind,
    path: String,
    min: u32,
    max: u32,
    /// The types above and including this one, to see recursion.
    above: Arc<Above>,
}

#[derive(Clone)]
enum Kind {
    Element(ElementIx),
    Attribute(AttributeUse),
}

struct Above {
    type_: TypeId,
    parent: Option<Arc<Above>>,
}

impl FieldTree {
    pub(crate) fn new(schema: Arc<Schema>, root: ElementIx) -> FieldTree {
        FieldTree { schema, root }
    }

    /// The root element itself; its path is empty.
    pub fn root(&self) -> Field {
        Field {
            schema: Arc::clone(&self.schema),
            kind: Kind::Element(self.root),
            path: String::new(),
            min: 1,
            max: 1,
            above: Arc::new(Above { type_: self.schema.element(self.root).type_, parent: None }),
        }
    }

    /// The attributes, then the elements directly below the root.
    pub fn children(&self) -> Vec<Field> {
        self.root().children()
    }

    /// The field with this path below the root: `A/B/@c`, with `{namespace}local` or the local name alone as a segment
    /// (the local name alone means the first of several).
    pub fn resolve(&self, path: &str) -> Option<Field> {
        let mut at = self.root();
        for segment in segments(path) {
            at = at.child(segment)?;
        }
        Some(at)
    }

    /// All fields in document order; a type that stands inside itself is followed `recursion` times
    /// (0: the first element of it inside itself is shown, its children are not).
    pub fn walk(&self, recursion: usize) -> Walk {
        let mut pending = self.children();
        pending.reverse();
        Walk { pending, recursion }
    }
}

/// An iteration over fields; see [`FieldTree::walk`].
pub struct Walk {
    pending: Vec<Field>,
    recursion: usize,
}

impl Iterator for Walk {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        let field = self.pending.pop()?;
        if field.repetitions() <= self.recursion {
            let children = field.children();
            self.pending.extend(children.into_iter().rev());
        }
        Some(field)
    }
}

impl Field {
    /// The expanded name.
    pub fn name(&self) -> QName {
        let id = self.name_id();
        QName::new(self.schema.names.namespace_of(id), self.schema.names.local(id))
    }

    /// The local name.
    pub fn local(&self) -> &str {
        self.schema.names.local(self.name_id())
    }

    /// Whether it is an attribute.
    pub fn is_attribute(&self) -> bool {
        matches!(self.kind, Kind::Attribute(_))
    }

    /// The place below the root: `A/B/@c`; local names, and `{namespace}local` where siblings share a local name.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How often it occurs at least in one parent; 0 if one parent may go without it.
    pub fn min_occurs(&self) -> u32 {
        self.min
    }

    /// How often it occurs at most in one parent; `None` is unbounded.
    pub fn max_occurs(&self) -> Option<u32> {
        (self.max != UNBOUNDED).then_some(self.max)
    }

    /// Whether every valid parent has it.
    pub fn is_required(&self) -> bool {
        self.min > 0
    }

    /// Whether `xsi:nil="true"` may stand in for the content.
    pub fn is_nillable(&self) -> bool {
        self.element().is_some_and(|ix| self.schema.element(ix).nillable)
    }

    /// The name of the type; `None` for an anonymous type.
    pub fn type_name(&self) -> Option<QName> {
        let id = self.schema.type_name(self.type_id())?;
        Some(QName::new(self.schema.names.namespace_of(id), self.schema.names.local(id)))
    }

    /// The simple type of the value: of an attribute, an element of simple type, or one with simple content.
    pub fn simple_type(&self) -> Option<Arc<SimpleType>> {
        self.schema.simple_content(self.type_id()).map(|simple| Arc::clone(&simple.datatype))
    }

    /// The default or fixed value of the declaration.
    pub fn default_value(&self) -> Option<&str> {
        match &self.kind {
            Kind::Element(ix) => self.schema.element(*ix).value.as_ref(),
            Kind::Attribute(used) => used.constraint(&self.schema),
        }
        .map(|value| &*value.text)
    }

    /// Whether the default value is the only one allowed.
    pub fn is_fixed(&self) -> bool {
        match &self.kind {
            Kind::Element(ix) => self.schema.element(*ix).value.as_ref(),
            Kind::Attribute(used) => used.constraint(&self.schema),
        }
        .is_some_and(|value| value.fixed)
    }

    /// The text of `xs:documentation` of the declaration, or else of its type; Bulgarian if there are several languages.
    pub fn documentation(&self) -> Option<&str> {
        let own = match &self.kind {
            Kind::Element(ix) => self.schema.element(*ix).documentation.as_deref(),
            Kind::Attribute(used) => {
                used.documentation.as_deref().or(self.schema.attribute(used.attribute).documentation.as_deref())
            }
        };
        own.or_else(|| match self.schema.type_of(self.type_id()) {
            Type::Simple(simple) => simple.documentation.as_deref(),
            Type::Complex(complex) => complex.documentation.as_deref(),
        })
    }

    /// Whether text may stand between its child elements.
    pub fn content_is_mixed(&self) -> bool {
        self.complex().is_some_and(|complex| complex.is_mixed())
    }

    /// Whether it holds elements only (or nothing), so that white space between them means nothing.
    pub fn is_element_only(&self) -> bool {
        self.complex().is_some_and(|complex| match complex.content {
            Content::Empty => true,
            Content::Elements { mixed, .. } => !mixed,
            Content::Simple(_) => false,
        })
    }

    /// Whether a wildcard lets elements through that this tree cannot name (`xs:any`, `xs:anyType`).
    pub fn has_open_content(&self) -> bool {
        let Some(particle) = self.complex().and_then(|complex| complex.particle()) else { return false };
        let mut pending = vec![*particle];
        let mut seen = HashSet::new();
        while let Some(particle) = pending.pop() {
            match particle.term {
                _ if particle.max == 0 => {}
                Term::Wildcard(_) => return true,
                Term::Element(_) => {}
                Term::Group(ix) if seen.insert(ix) => pending.extend(&self.schema.group(ix).particles),
                Term::Group(_) => {}
            }
        }
        false
    }

    /// How many elements above this one have the same type.
    pub fn repetitions(&self) -> usize {
        let own = self.above.type_;
        let mut count = 0;
        let mut at = self.above.parent.as_deref();
        while let Some(above) = at {
            count += usize::from(above.type_ == own);
            at = above.parent.as_deref();
        }
        count
    }

    /// The attributes (by name), then the child elements (in document order).
    pub fn children(&self) -> Vec<Field> {
        let Some(complex) = self.complex() else { return Vec::new() };
        let mut children = Vec::new();
        for used in &complex.attributes {
            children.push(self.below(Kind::Attribute(used.clone()), used.name, u32::from(used.required), 1, false));
        }
        let Some(particle) = complex.particle() else { return children };
        let mut found = Occurrences { schema: &self.schema, order: Vec::new() };
        let counts = found.of(particle);
        // An element-only tree of xs:anyType names nothing.
        for ix in found.order.clone() {
            let Some(&(_, min, max)) = counts.iter().find(|count| count.0 == ix) else { continue };
            let name = self.schema.element(ix).name;
            let shared = found.order.iter().any(|&other| {
                let other = self.schema.element(other).name;
                other != name && self.schema.names.local(other) == self.schema.names.local(name)
            });
            children.push(self.below(Kind::Element(ix), name, min, max, shared));
        }
        children
    }

    /// The child with this segment: `local`, `{namespace}local`, `@local`, `@{namespace}local`.
    pub fn child(&self, segment: &str) -> Option<Field> {
        let (attribute, wanted) = match segment.strip_prefix('@') {
            Some(rest) => (true, rest),
            None => (false, segment),
        };
        let (namespace, local) = match wanted.strip_prefix('{').and_then(|rest| rest.rsplit_once('}')) {
            Some((namespace, local)) => (Some(namespace), local),
            None => (None, wanted),
        };
        self.children().into_iter().find(|child| {
            child.is_attribute() == attribute
                && child.local() == local
                && namespace.is_none_or(|ns| self.schema.names.namespace_of(child.name_id()) == ns)
        })
    }

    fn below(&self, kind: Kind, name: NameId, min: u32, max: u32, qualified: bool) -> Field {
        let mut path = self.path.clone();
        if !path.is_empty() {
            path.push('/');
        }
        if matches!(kind, Kind::Attribute(_)) {
            path.push('@');
        }
        if qualified {
            path.push_str(&format!("{{{}}}", self.schema.names.namespace_of(name)));
        }
        path.push_str(self.schema.names.local(name));
        let above = match &kind {
            Kind::Element(element) => {
                let type_ = self.schema.element(*element).type_;
                Arc::new(Above { type_, parent: Some(Arc::clone(&self.above)) })
            }
            Kind::Attribute(_) => Arc::clone(&self.above),
        };
        Field { schema: Arc::clone(&self.schema), kind, path, min, max, above }
    }

    fn element(&self) -> Option<ElementIx> {
        match self.kind {
            Kind::Element(ix) => Some(ix),
            Kind::Attribute(_) => None,
        }
    }

    fn name_id(&self) -> NameId {
        match &self.kind {
            Kind::Element(ix) => self.schema.element(*ix).name,
            Kind::Attribute(used) => used.name,
        }
    }

    fn type_id(&self) -> TypeId {
        match &self.kind {
            Kind::Element(ix) => self.schema.element(*ix).type_,
            Kind::Attribute(used) => self.schema.attribute(used.attribute).type_,
        }
    }

    fn complex(&self) -> Option<&crate::model::ComplexDef> {
        match self.schema.type_of(self.type_id()) {
            Type::Complex(complex) => Some(complex),
            Type::Simple(_) => None,
        }
    }
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Field({:?} {}..{:?})", self.path, self.min, self.max_occurs())
    }
}

/// Splits at `/` outside braces, since a namespace holds slashes.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0usize;
    path.split(move |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == '/' && depth == 0
    })
    .filter(|segment| !segment.is_empty())
}

/// Effective occurrences of every element of one content model.
struct Occurrences<'s> {
    schema: &'s Schema,
    /// The first declaration of every name, in document order.
    order: Vec<ElementIx>,
}

type Counts = Vec<(ElementIx, u32, u32)>;

impl Occurrences<'_> {
    fn of(&mut self, particle: &Particle) -> Counts {
        if particle.max == 0 {
            return Vec::new();
        }
        let inner = match particle.term {
            Term::Wildcard(_) => return Vec::new(),
            Term::Element(ix) => self.element(ix),
            Term::Group(ix) => self.group(ix),
        };
        inner.into_iter().map(|(ix, min, max)| (ix, times(min, particle.min), times(max, particle.max))).collect()
    }

    /// The element, or with a substitution group every member that may stand for it.
    fn element(&mut self, ix: ElementIx) -> Counts {
        let members = self.schema.substitutes.get(&ix).map(Vec::as_slice).unwrap_or_default();
        let mut alternatives: Vec<ElementIx> = Vec::with_capacity(1 + members.len());
        alternatives
            .extend([ix].into_iter().chain(members.iter().copied()).filter(|&ix| !self.schema.element(ix).abstract_));
        let min = u32::from(alternatives.len() == 1);
        alternatives.into_iter().map(|ix| (self.known(ix), min, 1)).collect()
    }

    fn known(&mut self, ix: ElementIx) -> ElementIx {
        let name = self.schema.element(ix).name;
        match self.order.iter().find(|&&other| self.schema.element(other).name == name) {
            Some(&other) => other,
            None => {
                self.order.push(ix);
                ix
            }
        }
    }

    fn group(&mut self, ix: GroupIx) -> Counts {
        let group = self.schema.group(ix);
        let choice = group.compositor == Compositor::Choice;
        let branches = group.particles.iter().filter(|particle| particle.max > 0).count();
        let mut total: Counts = Vec::new();
        let mut seen_in: Vec<(ElementIx, usize)> = Vec::new();
        for particle in &group.particles {
            for (ix, min, max) in self.of(particle) {
                match total.iter_mut().find(|count| count.0 == ix) {
                    None => total.push((ix, min, max)),
                    Some(count) if choice => *count = (ix, count.1.min(min), count.2.max(max)),
                    Some(count) => *count = (ix, plus(count.1, min), plus(count.2, max)),
                }
                match seen_in.iter_mut().find(|seen| seen.0 == ix) {
                    None => seen_in.push((ix, 1)),
                    Some(seen) => seen.1 += 1,
                }
            }
        }
        if choice {
            // An element that only some branches have is optional.
            for count in &mut total {
                if seen_in.iter().any(|seen| seen.0 == count.0 && seen.1 < branches) {
                    count.1 = 0;
                }
            }
        }
        total
    }
}

fn times(a: u32, b: u32) -> u32 {
    if a == 0 || b == 0 {
        return 0;
    }
    if a == UNBOUNDED || b == UNBOUNDED { UNBOUNDED } else { a.saturating_mul(b).min(UNBOUNDED - 1) }
}

fn plus(a: u32, b: u32) -> u32 {
    if a == UNBOUNDED || b == UNBOUNDED { UNBOUNDED } else { a.saturating_add(b).min(UNBOUNDED - 1) }
}
