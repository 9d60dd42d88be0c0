//! The schema components (XML Schema part 1 §2.2) of one set, finished and immutable; they refer to each other by index.

use std::sync::Arc;

use crate::content::ContentModel;
use crate::datatype::{SimpleType, Value};
use crate::names::{Map, NameId, Names, NsId};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub(crate) struct $name(pub(crate) u32);
        impl $name {
            pub(crate) fn at(self) -> usize {
                self.0 as usize
            }
        })*
    };
}

index! {
    TypeId;
    ElementIx;
    AttributeIx;
    GroupIx;
    WildcardIx;
    ConstraintIx;
    /// A document of the set.
    FileIx;
}

/// `xs:anyType` is always the first type.
pub(crate) const ANY_TYPE: TypeId = TypeId(0);
/// `xs:anySimpleType` is always the second.
pub(crate) const ANY_SIMPLE_TYPE: TypeId = TypeId(1);

/// "Unbounded" as a maximum.
pub(crate) const UNBOUNDED: u32 = u32::MAX;

pub(crate) struct Schema {
    pub(crate) names: Names,
    pub(crate) types: Vec<Type>,
    pub(crate) elements: Vec<ElementDecl>,
    pub(crate) attributes: Vec<AttributeDecl>,
    pub(crate) groups: Vec<ModelGroup>,
    pub(crate) wildcards: Vec<Wildcard>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) global_types: Map<NameId, TypeId>,
    pub(crate) global_elements: Map<NameId, ElementIx>,
    pub(crate) global_attributes: Map<NameId, AttributeIx>,
    /// Global elements of the documents in document order, without those that only an import brought in.
    pub(crate) main_elements: Vec<ElementIx>,
    /// For every head: the members that may stand in its place (§3.3.6 "Substitution Group OK"), without the head.
    pub(crate) substitutes: Map<ElementIx, Vec<ElementIx>>,
    pub(crate) files: Vec<String>,
}

impl Schema {
    pub(crate) fn type_of(&self, id: TypeId) -> &Type {
        &self.types[id.at()]
    }

    pub(crate) fn element(&self, ix: ElementIx) -> &ElementDecl {
        &self.elements[ix.at()]
    }

    pub(crate) fn attribute(&self, ix: AttributeIx) -> &AttributeDecl {
        &self.attributes[ix.at()]
    }

    pub(crate) fn group(&self, ix: GroupIx) -> &ModelGroup {
        &self.groups[ix.at()]
    }

    pub(crate) fn wildcard(&self, ix: WildcardIx) -> &Wildcard {
        &self.wildcards[ix.at()]
    }

    /// The simple type of a type: itself, or the content of a complex type with simple content.
    pub(crate) fn simple_content(&self, id: TypeId) -> Option<&SimpleDef> {
        match self.type_of(id) {
            Type::Simple(simple) => Some(simple),
            Type::Complex(complex) => match complex.content {
                Content::Simple(inner) => match self.type_of(inner) {
                    Type::Simple(simple) => Some(simple),
                    Type::Complex(_) => None,
                },
                _ => None,
            },
        }
    }

    pub(crate) fn base_of(&self, id: TypeId) -> TypeId {
        match self.type_of(id) {
            Type::Simple(simple) => simple.base,
            Type::Complex(complex) => complex.base,
        }
    }

    /// The methods by which `derived` comes from `base`, or `None` when it does not (§3.4.6 "Type Derivation OK" and
    /// §3.14.6 "Type Derivation OK (Simple)", both without their `final` and `block` conditions).
    pub(crate) fn derivation(&self, derived: TypeId, base: TypeId) -> Option<Methods> {
        let mut methods = Methods::NONE;
        let mut at = derived;
        while at != base {
            if at == ANY_TYPE {
                return None;
            }
            if let (Type::Simple(simple), Type::Simple(of)) = (self.type_of(at), self.type_of(base)) {
                // A union also lets its members through (§3.14.6 clause 2.2.4).
                if let Variety::Union(members) = &of.variety
                    && !of.restricts_union(self)
                    && members.iter().any(|&member| self.derivation(at, member).is_some())
                {
                    return Some(methods.with(Methods::RESTRICTION));
                }
                methods = methods.with(Methods::RESTRICTION);
                at = simple.base;
                continue;
            }
            methods = methods.with(match self.type_of(at) {
                Type::Simple(_) => Methods::RESTRICTION,
                Type::Complex(complex) => complex.method,
            });
            at = self.base_of(at);
        }
        Some(methods)
    }

    pub(crate) fn type_name(&self, id: TypeId) -> Option<NameId> {
        match self.type_of(id) {
            Type::Simple(simple) => simple.name,
            Type::Complex(complex) => complex.name,
        }
    }
}

/// A set of derivation methods.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Methods(u8);

impl Methods {
    pub(crate) const NONE: Methods = Methods(0);
    pub(crate) const RESTRICTION: Methods = Methods(1);
    pub(crate) const EXTENSION: Methods = Methods(2);
    pub(crate) const SUBSTITUTION: Methods = Methods(4);
    pub(crate) const LIST: Methods = Methods(8);
    pub(crate) const UNION: Methods = Methods(16);
    pub(crate) const ALL: Methods = Methods(31);

    pub(crate) fn with(self, other: Methods) -> Methods {
        Methods(self.0 | other.0)
    }

    pub(crate) fn and(self, other: Methods) -> Methods {
        Methods(self.0 & other.0)
    }

    pub(crate) fn has(self, other: Methods) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn meets(self, other: Methods) -> bool {
        self.0 & other.0 != 0
    }
}

/// Where a component was declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Origin {
    pub(crate) file: FileIx,
    pub(crate) offset: usize,
}

pub(crate) enum Type {
    Simple(SimpleDef),
    Complex(Box<ComplexDef>),
}

pub(crate) struct SimpleDef {
    pub(crate) name: Option<NameId>,
    pub(crate) datatype: Arc<SimpleType>,
    pub(crate) base: TypeId,
    pub(crate) variety: Variety,
    pub(crate) final_: Methods,
    pub(crate) reference: Reference,
    pub(crate) documentation: Option<Box<str>>,
}

impl SimpleDef {
    fn restricts_union(&self, schema: &Schema) -> bool {
        matches!(schema.type_of(self.base), Type::Simple(base) if matches!(base.variety, Variety::Union(_)))
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Variety {
    /// `xs:anySimpleType` itself.
    Any,
    Atomic,
    List(TypeId),
    Union(Vec<TypeId>),
}

/// Whether values of a simple type name something in the document (§3.3.4 "Validation Root Valid (ID/IDREF)").
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reference {
    None,
    Id,
    Idref,
    /// `xs:ENTITY`: no document here can declare one.
    Entity,
    /// A union that has one of the others among its members.
    Mixed,
}

pub(crate) struct ComplexDef {
    pub(crate) name: Option<NameId>,
    pub(crate) base: TypeId,
    pub(crate) method: Methods,
    pub(crate) abstract_: bool,
    pub(crate) block: Methods,
    pub(crate) final_: Methods,
    pub(crate) content: Content,
    /// Sorted by name.
    pub(crate) attributes: Vec<AttributeUse>,
    pub(crate) any_attribute: Option<WildcardIx>,
    pub(crate) documentation: Option<Box<str>>,
    pub(crate) origin: Origin,
}

impl ComplexDef {
    pub(crate) fn attribute(&self, name: NameId) -> Option<(usize, &AttributeUse)> {
        let at = self.attributes.binary_search_by_key(&name, |used| used.name).ok()?;
        Some((at, &self.attributes[at]))
    }

    pub(crate) fn particle(&self) -> Option<&Particle> {
        match &self.content {
            Content::Elements { particle, .. } => Some(particle),
            _ => None,
        }
    }

    pub(crate) fn is_mixed(&self) -> bool {
        matches!(self.content, Content::Elements { mixed: true, .. })
    }
}

pub(crate) enum Content {
    Empty,
    Simple(TypeId),
    Elements { mixed: bool, particle: Particle, model: ContentModel },
}

#[derive(Clone)]
pub(crate) struct ElementDecl {
    pub(crate) name: NameId,
    pub(crate) type_: TypeId,
    pub(crate) global: bool,
    pub(crate) nillable: bool,
    pub(crate) abstract_: bool,
    pub(crate) block: Methods,
    pub(crate) final_: Methods,
    pub(crate) head: Option<ElementIx>,
    pub(crate) value: Option<ValueConstraint>,
    pub(crate) constraints: Vec<ConstraintIx>,
    pub(crate) documentation: Option<Box<str>>,
    pub(crate) origin: Origin,
}

#[derive(Clone)]
pub(crate) struct AttributeDecl {
    pub(crate) name: NameId,
    pub(crate) type_: TypeId,
    pub(crate) value: Option<ValueConstraint>,
    pub(crate) documentation: Option<Box<str>>,
    pub(crate) origin: Origin,
}

#[derive(Clone)]
pub(crate) struct AttributeUse {
    pub(crate) name: NameId,
    pub(crate) attribute: AttributeIx,
    pub(crate) required: bool,
    /// Of the use; if absent, that of the declaration counts.
    pub(crate) value: Option<ValueConstraint>,
    pub(crate) documentation: Option<Box<str>>,
}

impl AttributeUse {
    pub(crate) fn constraint<'a>(&'a self, schema: &'a Schema) -> Option<&'a ValueConstraint> {
        self.value.as_ref().or(schema.attribute(self.attribute).value.as_ref())
    }
}

#[derive(Clone)]
pub(crate) struct ValueConstraint {
    pub(crate) fixed: bool,
    pub(crate) text: Box<str>,
    /// The value of the text in the type of the declaration; `None` in mixed content, where the text itself counts.
    pub(crate) value: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Particle {
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) term: Term,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    Element(ElementIx),
    Wildcard(WildcardIx),
    Group(GroupIx),
}

#[derive(Clone, Debug)]
pub(crate) struct ModelGroup {
    pub(crate) compositor: Compositor,
    pub(crate) particles: Vec<Particle>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Compositor {
    Sequence,
    Choice,
    All,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Wildcard {
    pub(crate) namespaces: Namespaces,
    pub(crate) process: Process,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Process {
    Skip,
    Lax,
    Strict,
}

/// Which namespaces a wildcard lets through (§3.10.1); the lists are sorted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Namespaces {
    Any,
    /// Every namespace but this one and but "no namespace".
    Not(NsId),
    Only(Vec<NsId>),
}

impl Namespaces {
    /// `None` is a namespace that the schema set never mentions.
    pub(crate) fn allow(&self, namespace: Option<NsId>) -> bool {
        match self {
            Namespaces::Any => true,
            Namespaces::Not(not) => namespace != Some(*not) && namespace != Some(NsId::ABSENT),
            Namespaces::Only(list) => namespace.is_some_and(|ns| list.contains(&ns)),
        }
    }

    /// §3.10.6 "Wildcard Subset".
    pub(crate) fn is_subset(&self, of: &Namespaces) -> bool {
        match (self, of) {
            (_, Namespaces::Any) => true,
            (Namespaces::Not(a), Namespaces::Not(b)) => a == b,
            (Namespaces::Only(list), of) => list.iter().all(|&ns| of.allow(Some(ns))),
            _ => false,
        }
    }

    pub(crate) fn overlaps(&self, other: &Namespaces) -> bool {
        match (self, other) {
            (Namespaces::Only(list), other) | (other, Namespaces::Only(list)) => {
                list.iter().any(|&ns| other.allow(Some(ns)))
            }
            _ => true,
        }
    }

    /// §3.10.6 "Attribute Wildcard Union"; `None` when it cannot be expressed.
    pub(crate) fn union(&self, other: &Namespaces) -> Option<Namespaces> {
        use Namespaces::{Any, Not, Only};
        Some(match (self, other) {
            (a, b) if a == b => a.clone(),
            (Any, _) | (_, Any) => Any,
            (Only(a), Only(b)) => {
                let mut all: Vec<NsId> = a.iter().chain(b).copied().collect();
                all.sort();
                all.dedup();
                Only(all)
            }
            // Two different negations: everything but "no namespace".
            (Not(_), Not(_)) => Not(NsId::ABSENT),
            (Not(not), Only(list)) | (Only(list), Not(not)) => {
                let (has_not, has_absent) = (list.contains(not), list.contains(&NsId::ABSENT));
                match (*not == NsId::ABSENT, has_not, has_absent) {
                    (true, _, true) | (false, true, true) => Any,
                    (true, _, false) => Not(NsId::ABSENT),
                    (false, true, false) => Not(NsId::ABSENT),
                    (false, false, true) => return None,
                    (false, false, false) => Not(*not),
                }
            }
        })
    }

    /// §3.10.6 "Attribute Wildcard Intersection"; `None` when it cannot be expressed.
    pub(crate) fn intersection(&self, other: &Namespaces) -> Option<Namespaces> {
        use Namespaces::{Any, Not, Only};
        Some(match (self, other) {
            (a, b) if a == b => a.clone(),
            (Any, x) | (x, Any) => x.clone(),
            (Only(list), x) | (x, Only(list)) => Only(list.iter().copied().filter(|&ns| x.allow(Some(ns))).collect()),
            (Not(NsId::ABSENT), x) | (x, Not(NsId::ABSENT)) => x.clone(),
            (Not(_), Not(_)) => return None,
        })
    }
}

pub(crate) struct Constraint {
    pub(crate) name: NameId,
    pub(crate) kind: ConstraintKind,
    pub(crate) selector: Vec<Path>,
    pub(crate) fields: Vec<Vec<Path>>,
    /// Whether some keyref refers to it, so that its table must travel upwards.
    pub(crate) referred: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ConstraintKind {
    Unique,
    Key,
    Keyref(ConstraintIx),
}

/// One branch of a selector or field (§3.11.6): `.//a/b/@c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) anywhere: bool,
    pub(crate) steps: Vec<NameTest>,
    pub(crate) attribute: Option<NameTest>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameTest {
    Any,
    In(NsId),
    Name(NameId),
}

impl NameTest {
    pub(crate) fn matches(self, name: Option<NameId>, namespace: Option<NsId>) -> bool {
        match self {
            NameTest::Any => true,
            NameTest::In(ns) => namespace == Some(ns),
            NameTest::Name(wanted) => name == Some(wanted),
        }
    }
}
