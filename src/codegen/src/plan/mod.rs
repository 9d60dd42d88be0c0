//! What is generated for one schema set: items with their parts, before any text is written.

mod boxes;
mod build;
mod naming;
mod shape;
mod simple;

pub(crate) use build::plan;

/// An item of the module: a place in [`Plan::items`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct ItemId(pub(crate) usize);

/// A module.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) items: Vec<Item>,
    /// The document types.
    pub(crate) documents: Vec<Root>,
}

/// A global element: where its type is, and what it is called.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) namespace: String,
    pub(crate) local: String,
    pub(crate) item: ItemId,
    /// Another name for the item, if the element is called otherwise.
    pub(crate) alias: Option<String>,
    pub(crate) prefixed: bool,
    pub(crate) doc: String,
}

#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) wanted: Wanted,
    pub(crate) doc: String,
    pub(crate) kind: Kind,
}

/// What an item would like to be called.
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    /// The name of a type of the schema.
    Named(String),
    /// The name of the element or attribute that has the anonymous type.
    Anonymous { name: String, owner: Option<ItemId> },
    /// The name of another item with something in front and behind.
    Derived { front: &'static str, owner: ItemId, behind: String },
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// Not filled in yet.
    Open,
    Record(Record),
    Choice(Choice),
    Simple(Simple),
    Enumeration(Enumeration),
    Kin(Kin),
    /// An element of its own around a type that has another one, or none.
    Wrapper(Ty),
    Alias(Ty),
}

/// A struct: a complex type, or a group of elements without an element of its own.
#[derive(Debug)]
pub(crate) struct Record {
    /// Namespace and local name of the type.
    pub(crate) type_name: Option<(String, String)>,
    pub(crate) parts: Vec<Part>,
    /// The elements with which it can begin, if it is a group.
    pub(crate) group: Option<Vec<First>>,
    pub(crate) is_default: bool,
}

#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) first: Vec<First>,
    pub(crate) payload: Payload,
}

#[derive(Debug)]
pub(crate) enum Payload {
    Element { namespace: String, local: String, ty: Ty, default: Option<String> },
    Elements { namespace: String, local: String, ty: Ty, min: u32, max: u32 },
    Group(ItemId),
    Groups { item: ItemId, min: u32, max: u32 },
    Any { first: Vec<First>, min: u32, max: u32 },
}

/// A part of a struct, in the order in which it is read.
#[derive(Debug)]
pub(crate) enum Part {
    Attribute {
        field: Field,
        namespace: String,
        local: String,
        required: bool,
    },
    OtherAttributes {
        field: Field,
    },
    /// The value of simple content.
    Text {
        field: Field,
    },
    Element(ElementPart),
    Group {
        field: Field,
        item: ItemId,
        min: u32,
        max: u32,
        condition: Option<usize>,
    },
    Any {
        field: Field,
        first: Vec<First>,
        min: u32,
        max: u32,
        condition: Option<usize>,
    },
    /// Whether an optional sequence is there.
    Condition {
        index: usize,
        first: Vec<First>,
    },
    /// Elements in any order.
    All {
        elements: Vec<ElementPart>,
    },
}

#[derive(Debug)]
pub(crate) struct ElementPart {
    pub(crate) field: Field,
    pub(crate) namespace: String,
    pub(crate) local: String,
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) default: Option<String>,
    pub(crate) condition: Option<usize>,
    pub(crate) boxed: bool,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) ty: Ty,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Ty {
    /// A type of Rust or of the run-time.
    Given(&'static str),
    Item(ItemId),
    Nillable(Box<Ty>),
}

pub(crate) const RAW: Ty = Ty::Given("xsd::RawContent");

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum First {
    Element(String, String),
    Any,
    In(Vec<String>),
    Other(String),
}

/// A restricted simple type.
#[derive(Debug, PartialEq, Eq, Hash, Clone)]
pub(crate) struct Simple {
    pub(crate) inner: &'static str,
    pub(crate) xsd: String,
    pub(crate) facets: Facets,
}

/// Facets as Rust text: name of the field and expression.
pub(crate) type Facets = Vec<(&'static str, FacetText)>;

#[derive(Debug, PartialEq, Eq, Hash, Clone)]
pub(crate) enum FacetText {
    /// An expression.
    Plain(String),
    /// A list of literals.
    List(Vec<String>),
    /// The members of a union.
    Members(Vec<Facets>),
    /// The items of a list.
    Item(Facets),
}

#[derive(Debug)]
pub(crate) struct Enumeration {
    pub(crate) xsd: String,
    pub(crate) white_space: &'static str,
    /// Name and text.
    pub(crate) variants: Vec<(String, String)>,
}

/// A type or one that is derived from it: what `xsi:type` says.
#[derive(Debug)]
pub(crate) struct Kin {
    /// Whether an element may go without `xsi:type`.
    pub(crate) is_abstract: bool,
    /// The base first, unless it is abstract.
    pub(crate) members: Vec<KinMember>,
}

#[derive(Debug)]
pub(crate) struct KinMember {
    pub(crate) namespace: String,
    pub(crate) local: String,
    pub(crate) item: ItemId,
}
