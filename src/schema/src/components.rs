//! The components of a schema set for programs that write something from them: code, forms, other schemas.
//!
//! A view is two words and borrows the set; two views of one component are equal and hash equally.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use kapia_xml::{Name, QName};

use crate::SchemaSet;
use crate::datatype::SimpleType;
use crate::model::{
    ANY_TYPE, AttributeUse, ComplexDef, Compositor, Content, ElementIx, Methods, Namespaces, Particle, Schema, Term,
    Type, TypeId, UNBOUNDED, ValueConstraint, WildcardIx,
};
use crate::names::NameId;

impl SchemaSet {
    /// All global element declarations, those of imported documents included, in the order in which they were declared.
    pub fn global_elements(&self) -> Vec<ElementView<'_>> {
        let schema = self.schema();
        let mut all: Vec<ElementIx> = schema.global_elements.values().copied().collect();
        all.sort();
        all.into_iter().map(|ix| ElementView { schema, ix }).collect()
    }

    /// All named type definitions of the documents, in the order in which they were declared; the built-in ones are left out.
    pub fn global_types(&self) -> Vec<TypeView<'_>> {
        let schema = self.schema();
        let mut all: Vec<TypeId> = schema.global_types.values().copied().collect();
        all.sort();
        let own = |id: &TypeId| {
            schema
                .type_name(*id)
                .is_some_and(|name| schema.names.namespace_of(name) != "http://www.w3.org/2001/XMLSchema")
        };
        all.into_iter().filter(own).map(|id| TypeView { schema, id }).collect()
    }

    /// The global element of this name.
    pub fn global_element(&self, name: Name<'_>) -> Option<ElementView<'_>> {
        let schema = self.schema();
        let id = schema.names.find(name.namespace, name.local)?;
        schema.global_elements.get(&id).map(|&ix| ElementView { schema, ix })
    }

    /// The global type of this name.
    pub fn global_type(&self, name: Name<'_>) -> Option<TypeView<'_>> {
        let schema = self.schema();
        let id = schema.names.find(name.namespace, name.local)?;
        schema.global_types.get(&id).map(|&id| TypeView { schema, id })
    }
}

/// A type definition.
#[derive(Clone, Copy)]
pub struct TypeView<'s> {
    schema: &'s Schema,
    id: TypeId,
}

/// What a type is.
pub enum TypeKind<'s> {
    /// A simple type.
    Simple(&'s Arc<SimpleType>),
    /// A complex type with the value of a simple type as its content.
    SimpleContent(TypeView<'s>),
    /// A complex type without content.
    Empty,
    /// A complex type with elements, between which text may stand if it is mixed.
    Elements {
        /// The content model.
        particle: ParticleView<'s>,
        /// Whether text may stand between the elements.
        mixed: bool,
    },
}

impl<'s> TypeView<'s> {
    /// The name; `None` for an anonymous type.
    pub fn name(self) -> Option<QName> {
        self.schema.type_name(self.id).map(|name| expanded(self.schema, name))
    }

    /// A number that no other type of the set has.
    pub fn id(self) -> u32 {
        self.id.0
    }

    /// What it is.
    pub fn kind(self) -> TypeKind<'s> {
        let complex = match self.schema.type_of(self.id) {
            Type::Simple(simple) => return TypeKind::Simple(&simple.datatype),
            Type::Complex(complex) => complex,
        };
        match &complex.content {
            Content::Empty => TypeKind::Empty,
            Content::Simple(id) => TypeKind::SimpleContent(TypeView { schema: self.schema, id: *id }),
            Content::Elements { mixed, particle, .. } => TypeKind::Elements {
                particle: ParticleView { schema: self.schema, particle: *particle },
                mixed: *mixed,
            },
        }
    }

    /// The simple type of the value: its own, or that of its simple content.
    pub fn simple(self) -> Option<&'s Arc<SimpleType>> {
        self.schema.simple_content(self.id).map(|simple| &simple.datatype)
    }

    /// The type from which it is derived; `xs:anyType` is derived from itself.
    pub fn base(self) -> TypeView<'s> {
        TypeView { schema: self.schema, id: self.schema.base_of(self.id) }
    }

    /// Whether it is `xs:anyType`.
    pub fn is_any_type(self) -> bool {
        self.id == ANY_TYPE
    }

    /// Whether only derived types may stand in a document.
    pub fn is_abstract(self) -> bool {
        self.complex().is_some_and(|complex| complex.abstract_)
    }

    /// Whether it is derived from its base by extension.
    pub fn is_extension(self) -> bool {
        self.complex().is_some_and(|complex| complex.method.has(Methods::EXTENSION))
    }

    /// The attributes, by name; none for a simple type.
    pub fn attributes(self) -> Vec<AttributeView<'s>> {
        let uses = self.complex().map(|complex| complex.attributes.as_slice()).unwrap_or_default();
        uses.iter().map(|used| AttributeView { schema: self.schema, used }).collect()
    }

    /// Which attributes beside the declared ones may stand.
    pub fn any_attribute(self) -> Option<WildcardView<'s>> {
        let ix = self.complex()?.any_attribute?;
        Some(WildcardView { schema: self.schema, ix })
    }

    /// The text of `xs:documentation`, Bulgarian if there are several.
    pub fn documentation(self) -> Option<&'s str> {
        match self.schema.type_of(self.id) {
            Type::Simple(simple) => simple.documentation.as_deref(),
            Type::Complex(complex) => complex.documentation.as_deref(),
        }
    }

    fn complex(self) -> Option<&'s ComplexDef> {
        match self.schema.type_of(self.id) {
            Type::Complex(complex) => Some(complex),
            Type::Simple(_) => None,
        }
    }
}

/// An element declaration.
#[derive(Clone, Copy)]
pub struct ElementView<'s> {
    schema: &'s Schema,
    ix: ElementIx,
}

impl<'s> ElementView<'s> {
    /// The expanded name.
    pub fn name(self) -> QName {
        expanded(self.schema, self.schema.element(self.ix).name)
    }

    /// Its type.
    pub fn type_(self) -> TypeView<'s> {
        TypeView { schema: self.schema, id: self.schema.element(self.ix).type_ }
    }

    /// Whether `xsi:nil="true"` may stand in for the content.
    pub fn is_nillable(self) -> bool {
        self.schema.element(self.ix).nillable
    }

    /// Whether only a member of its substitution group may stand in a document.
    pub fn is_abstract(self) -> bool {
        self.schema.element(self.ix).abstract_
    }

    /// The value in its declaration.
    pub fn value(self) -> Option<DeclaredValue<'s>> {
        self.schema.element(self.ix).value.as_ref().map(DeclaredValue::of)
    }

    /// The elements that may stand in its place, without itself.
    pub fn substitutes(self) -> Vec<ElementView<'s>> {
        let members = self.schema.substitutes.get(&self.ix).map(Vec::as_slice).unwrap_or_default();
        members.iter().map(|&ix| ElementView { schema: self.schema, ix }).collect()
    }

    /// The text of `xs:documentation` of the declaration itself, Bulgarian if there are several.
    pub fn documentation(self) -> Option<&'s str> {
        self.schema.element(self.ix).documentation.as_deref()
    }
}

/// The value that a declaration gives to an element or attribute without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredValue<'s> {
    /// The text.
    pub text: &'s str,
    /// Whether no other value is allowed.
    pub is_fixed: bool,
}

impl<'s> DeclaredValue<'s> {
    fn of(value: &'s ValueConstraint) -> DeclaredValue<'s> {
        DeclaredValue { text: &value.text, is_fixed: value.fixed }
    }
}

/// An attribute of a type.
#[derive(Clone, Copy)]
pub struct AttributeView<'s> {
    schema: &'s Schema,
    used: &'s AttributeUse,
}

impl<'s> AttributeView<'s> {
    /// The expanded name.
    pub fn name(self) -> QName {
        expanded(self.schema, self.used.name)
    }

    /// Its simple type.
    pub fn type_(self) -> TypeView<'s> {
        TypeView { schema: self.schema, id: self.schema.attribute(self.used.attribute).type_ }
    }

    /// Whether it must stand.
    pub fn is_required(self) -> bool {
        self.used.required
    }

    /// The value in its declaration.
    pub fn value(self) -> Option<DeclaredValue<'s>> {
        self.used.constraint(self.schema).map(DeclaredValue::of)
    }

    /// The text of `xs:documentation`, Bulgarian if there are several.
    pub fn documentation(self) -> Option<&'s str> {
        let declared = &self.schema.attribute(self.used.attribute).documentation;
        self.used.documentation.as_deref().or(declared.as_deref())
    }
}

/// A part of a content model, with how often it may stand.
#[derive(Clone, Copy)]
pub struct ParticleView<'s> {
    schema: &'s Schema,
    particle: Particle,
}

/// What a particle is about.
pub enum TermView<'s> {
    /// An element, or a member of its substitution group.
    Element(ElementView<'s>),
    /// Any element of some namespaces.
    Wildcard(WildcardView<'s>),
    /// All parts one after the other.
    Sequence(Vec<ParticleView<'s>>),
    /// One of the parts.
    Choice(Vec<ParticleView<'s>>),
    /// All parts in any order.
    All(Vec<ParticleView<'s>>),
}

impl<'s> ParticleView<'s> {
    /// How often at least.
    pub fn min_occurs(self) -> u32 {
        self.particle.min
    }

    /// How often at most; `None` is unbounded.
    pub fn max_occurs(self) -> Option<u32> {
        (self.particle.max != UNBOUNDED).then_some(self.particle.max)
    }

    /// What it is about.
    pub fn term(self) -> TermView<'s> {
        let schema = self.schema;
        match self.particle.term {
            Term::Element(ix) => TermView::Element(ElementView { schema, ix }),
            Term::Wildcard(ix) => TermView::Wildcard(WildcardView { schema, ix }),
            Term::Group(ix) => {
                let group = schema.group(ix);
                let parts = group.particles.iter().map(|&particle| ParticleView { schema, particle }).collect();
                match group.compositor {
                    Compositor::Sequence => TermView::Sequence(parts),
                    Compositor::Choice => TermView::Choice(parts),
                    Compositor::All => TermView::All(parts),
                }
            }
        }
    }
}

/// A wildcard: elements or attributes of some namespaces.
#[derive(Clone, Copy)]
pub struct WildcardView<'s> {
    schema: &'s Schema,
    ix: WildcardIx,
}

/// The namespaces that a wildcard lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WildcardNamespaces<N> {
    /// Every one, and none.
    Any,
    /// Every namespace but this one and but "no namespace".
    Other(N),
    /// See [`WildcardView::listed`].
    Listed,
}

impl<'s> WildcardView<'s> {
    /// Which namespaces it lets through.
    pub fn namespaces(self) -> WildcardNamespaces<&'s str> {
        match &self.schema.wildcard(self.ix).namespaces {
            Namespaces::Any => WildcardNamespaces::Any,
            Namespaces::Not(not) => WildcardNamespaces::Other(self.schema.names.uri(*not)),
            Namespaces::Only(_) => WildcardNamespaces::Listed,
        }
    }

    /// The namespaces of a list, `""` being "no namespace".
    pub fn listed(self) -> Vec<&'s str> {
        match &self.schema.wildcard(self.ix).namespaces {
            Namespaces::Only(list) => list.iter().map(|&ns| self.schema.names.uri(ns)).collect(),
            _ => Vec::new(),
        }
    }
}

fn expanded(schema: &Schema, name: NameId) -> QName {
    QName::new(schema.names.namespace_of(name), schema.names.local(name))
}

macro_rules! identity {
    ($($view:ident $field:ident;)*) => {
        $(
            impl PartialEq for $view<'_> {
                fn eq(&self, other: &Self) -> bool {
                    std::ptr::eq(self.schema, other.schema) && self.$field == other.$field
                }
            }
            impl Eq for $view<'_> {}
            impl Hash for $view<'_> {
                fn hash<H: Hasher>(&self, state: &mut H) {
                    self.$field.hash(state);
                }
            }
        )*
    };
}
identity! {
    TypeView id;
    ElementView ix;
    WildcardView ix;
}

impl fmt::Debug for TypeView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "TypeView({name})"),
            None => write!(f, "TypeView(#{})", self.id.0),
        }
    }
}

impl fmt::Debug for ElementView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ElementView({})", self.name())
    }
}
