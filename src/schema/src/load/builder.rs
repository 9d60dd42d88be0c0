//! The state of loading, and how references are resolved.

use std::collections::HashMap;

use kapia_xml::{Element, ElementId};

use crate::catalogue as rules;
use crate::datatype::{Builtin, Prefixes};
use crate::error::SchemaError;
use crate::model::*;
use crate::names::{Map, NameId, Names, NsId};
use crate::rule::Rule;

use super::documents::{File, XSD};
use super::lexical::collapsed;
use super::types::TypeDraft;

/// The symbol spaces (§2.5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Space {
    Type,
    Element,
    Attribute,
    Group,
    AttributeGroup,
    Notation,
    Constraint,
}

impl Space {
    fn word(self) -> &'static str {
        match self {
            Space::Type => "type",
            Space::Element => "element",
            Space::Attribute => "attribute",
            Space::Group => "group",
            Space::AttributeGroup => "attributeGroup",
            Space::Notation => "notation",
            Space::Constraint => "key",
        }
    }
}

/// An element of a schema document.
#[derive(Clone, Copy)]
pub(super) struct At<'f> {
    pub(super) file: FileIx,
    pub(super) element: Element<'f>,
}

/// A global component: where it stands and which index it has in its table.
#[derive(Clone, Copy)]
pub(super) struct Global {
    pub(super) file: FileIx,
    pub(super) node: ElementId,
    pub(super) index: u32,
}

pub(super) struct Builder<'f> {
    pub(super) files: &'f [File],
    /// Everything but types, which are drafts until the end.
    pub(super) schema: Schema,
    pub(super) drafts: Vec<TypeDraft<'f>>,
    pub(super) finished: Vec<Option<Type>>,
    pub(super) globals: HashMap<(Space, NameId), Global>,
    /// Components in the order of the documents, redefined ones included.
    pub(super) order: Vec<(Space, NameId, Global)>,
    /// What a redefining component means by its own name.
    pub(super) redefined: HashMap<(FileIx, u32, Space), u32>,
    /// In force while a redefining component is read.
    pub(super) shadow: Option<(Space, NameId, u32)>,
    /// Where a redefining component named itself.
    pub(super) shadow_uses: Vec<At<'f>>,
    /// Groups and attribute groups that redefine without naming themselves: new and old.
    pub(super) replaced_groups: Vec<(GroupIx, GroupIx, At<'f>)>,
    pub(super) replaced_attribute_groups: Vec<(u32, u32, At<'f>)>,
    pub(super) attribute_groups: Vec<super::attributes::AttributeSet<'f>>,
    /// Anonymous types that were met and not read yet.
    pub(super) unread: Vec<(At<'f>, TypeId)>,
    /// Elements that take the type of the head of their substitution group.
    pub(super) inheriting: Vec<(ElementIx, At<'f>)>,
    pub(super) element_nodes: Vec<At<'f>>,
    pub(super) attribute_nodes: Vec<At<'f>>,
    pub(super) keyrefs: Vec<(ConstraintIx, NameId, At<'f>)>,
    pub(super) group_refs: Vec<(GroupIx, Particle, At<'f>)>,
    pub(super) group_nodes: Map<GroupIx, At<'f>>,
}

impl<'f> Builder<'f> {
    pub(super) fn new(files: &'f [File]) -> Builder<'f> {
        let schema = Schema {
            names: Names::new(),
            types: Vec::new(),
            elements: Vec::new(),
            attributes: Vec::new(),
            groups: Vec::new(),
            wildcards: Vec::new(),
            constraints: Vec::new(),
            global_types: Map::default(),
            global_elements: Map::default(),
            global_attributes: Map::default(),
            main_elements: Vec::new(),
            substitutes: Map::default(),
            files: files.iter().map(|file| file.name.clone()).collect(),
        };
        let mut builder = Builder {
            files,
            schema,
            drafts: Vec::new(),
            finished: Vec::new(),
            globals: HashMap::new(),
            order: Vec::new(),
            redefined: HashMap::new(),
            shadow: None,
            shadow_uses: Vec::new(),
            replaced_groups: Vec::new(),
            replaced_attribute_groups: Vec::new(),
            attribute_groups: Vec::new(),
            unread: Vec::new(),
            inheriting: Vec::new(),
            element_nodes: Vec::new(),
            attribute_nodes: Vec::new(),
            keyrefs: Vec::new(),
            group_refs: Vec::new(),
            group_nodes: Map::default(),
        };
        builder.add_builtins();
        builder
    }

    pub(super) fn file(&self, at: At<'f>) -> &'f File {
        &self.files[at.file.at()]
    }

    pub(super) fn at(&self, global: &Global) -> At<'f> {
        At { file: global.file, element: self.files[global.file.at()].document.element(global.node) }
    }

    pub(super) fn error(&self, at: At<'f>, rule: &'static Rule, names: &[&str]) -> SchemaError {
        self.file(at).error(at.element, rule, names.iter().map(|&name| name.to_owned()).collect())
    }

    pub(super) fn origin(&self, at: At<'f>) -> Origin {
        Origin { file: at.file, offset: at.element.span().start }
    }

    /// An error at a component that is already finished.
    pub(super) fn error_at(&self, origin: Origin, rule: &'static Rule, names: &[&str]) -> SchemaError {
        let file = &self.files[origin.file.at()];
        let position = file.document.position(origin.offset);
        SchemaError {
            rule,
            file: file.name.clone(),
            line: position.line,
            column: position.column,
            names: names.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    /// An attribute of a schema element, white space collapsed.
    pub(super) fn value(&self, at: At<'f>, name: &str) -> Option<String> {
        at.element.attribute("", name).map(|value| collapsed(&value).to_owned())
    }

    pub(super) fn flag(&self, at: At<'f>, name: &str) -> bool {
        at.element.attribute("", name).is_some_and(|value| matches!(collapsed(&value), "true" | "1"))
    }

    /// The declared name in the target namespace of its document.
    pub(super) fn global_name(&mut self, at: At<'f>) -> NameId {
        let local = self.value(at, "name").unwrap_or_default();
        self.schema.names.add(&self.files[at.file.at()].target, &local)
    }

    pub(super) fn target(&mut self, at: At<'f>) -> NsId {
        self.schema.names.add_namespace(&self.files[at.file.at()].target)
    }

    pub(super) fn children(&self, at: At<'f>) -> impl Iterator<Item = At<'f>> + use<'f> {
        let file = at.file;
        at.element.children().filter(|child| child.local() != "annotation").map(move |element| At { file, element })
    }

    /// §3.15.3 "QName resolution (Schema Document)": the expanded name, and whether this document may use its namespace.
    pub(super) fn resolve_name(&mut self, at: At<'f>, text: &str) -> Result<NameId, SchemaError> {
        let (prefix, local) = text.split_once(':').unwrap_or(("", text));
        let file = self.file(at);
        let namespace = match at.element.resolve(prefix) {
            Some("") if file.chameleon => file.target.as_str(),
            Some(namespace) => namespace,
            None => return Err(self.error(at, &rules::UNKNOWN_PREFIX, &[prefix])),
        };
        if namespace != XSD && namespace != file.target && !file.imports.contains(namespace) {
            return Err(self.error(at, &rules::NOT_IMPORTED, &[text, namespace]));
        }
        Ok(self.schema.names.add(namespace, local))
    }

    /// The index of a global component that a schema element names.
    pub(super) fn lookup(&mut self, at: At<'f>, space: Space, text: &str) -> Result<u32, SchemaError> {
        let name = self.resolve_name(at, text)?;
        if let Some((shadow_space, shadow_name, index)) = self.shadow
            && (shadow_space, shadow_name) == (space, name)
            && (space != Space::Type || is_base_in_redefinition(at.element))
        {
            self.shadow_uses.push(at);
            return Ok(index);
        }
        match self.globals.get(&(space, name)) {
            Some(global) => Ok(global.index),
            None => {
                let name = self.schema.names.display(name);
                Err(self.error(at, &rules::UNRESOLVED, &[space.word(), &name]))
            }
        }
    }

    pub(super) fn lookup_type(&mut self, at: At<'f>, text: &str) -> Result<TypeId, SchemaError> {
        self.lookup(at, Space::Type, text).map(TypeId)
    }

    /// The text of `xs:documentation`, Bulgarian if there are several.
    pub(super) fn documentation(&self, at: At<'f>) -> Option<Box<str>> {
        let annotations = at.element.children().filter(|child| child.is(XSD, "annotation"));
        let mut first = None;
        for text in
            annotations.flat_map(|annotation| annotation.children()).filter(|child| child.is(XSD, "documentation"))
        {
            let content = whole_text(text);
            if content.is_empty() {
                continue;
            }
            let language = text.attribute(kapia_xml::XML_NAMESPACE, "lang").unwrap_or_default();
            if language.trim().to_ascii_lowercase().starts_with("bg") {
                return Some(content);
            }
            first.get_or_insert(content);
        }
        first
    }

    fn add_builtins(&mut self) {
        for local in BUILTINS {
            let id = TypeId(self.drafts.len() as u32);
            let name = self.schema.names.add(XSD, local);
            self.drafts.push(TypeDraft::Ready);
            self.finished.push(None);
            let nowhere = Global { file: FileIx(0), node: self.files[0].root().id(), index: id.0 };
            self.globals.insert((Space::Type, name), nowhere);
            self.schema.global_types.insert(name, id);
        }
        let any = self.any_type();
        self.finished[ANY_TYPE.at()] = Some(Type::Complex(Box::new(any)));
        for (at, local) in BUILTINS.iter().enumerate().skip(1) {
            if let Some(builtin) = Builtin::by_name(local) {
                self.finished[at] = Some(Type::Simple(self.builtin(local, builtin)));
            }
        }
    }

    /// §3.4.7: mixed content of anything, laxly.
    fn any_type(&mut self) -> ComplexDef {
        let wildcard = WildcardIx(0);
        self.schema.wildcards.push(Wildcard { namespaces: Namespaces::Any, process: Process::Lax });
        let group = GroupIx(0);
        let any = Particle { min: 0, max: UNBOUNDED, term: Term::Wildcard(wildcard) };
        self.schema.groups.push(ModelGroup { compositor: Compositor::Sequence, particles: vec![any] });
        let particle = Particle { min: 1, max: 1, term: Term::Group(group) };
        ComplexDef {
            name: self.schema.names.find(XSD, "anyType"),
            base: ANY_TYPE,
            method: Methods::RESTRICTION,
            abstract_: false,
            block: Methods::NONE,
            final_: Methods::NONE,
            content: Content::Elements { mixed: true, particle, model: crate::content::ContentModel::empty() },
            attributes: Vec::new(),
            any_attribute: Some(wildcard),
            documentation: None,
            origin: Origin { file: FileIx(0), offset: 0 },
        }
    }

    fn builtin(&self, local: &str, builtin: Builtin) -> SimpleDef {
        let names = &self.schema.names;
        let id = |local: &str| TypeId(BUILTINS.iter().position(|&name| name == local).unwrap_or_default() as u32);
        let (base, variety) = match local {
            "anySimpleType" => (ANY_TYPE, Variety::Any),
            "NMTOKENS" => (ANY_SIMPLE_TYPE, Variety::List(id("NMTOKEN"))),
            "IDREFS" => (ANY_SIMPLE_TYPE, Variety::List(id("IDREF"))),
            "ENTITIES" => (ANY_SIMPLE_TYPE, Variety::List(id("ENTITY"))),
            local => (id(builtin_base(local)), Variety::Atomic),
        };
        let reference = match local {
            "ID" => Reference::Id,
            "IDREF" | "IDREFS" => Reference::Idref,
            "ENTITY" | "ENTITIES" => Reference::Entity,
            _ => Reference::None,
        };
        SimpleDef {
            name: names.find(XSD, local),
            datatype: builtin.simple_type(),
            base,
            variety,
            final_: Methods::NONE,
            reference,
            documentation: None,
        }
    }
}

/// Whether an element names the base of a redefining type. Its base alone is the old type; wherever else the name stands, inside
/// the type or elsewhere, it means the new one (§4.2.2, "Individual Component Redefinition").
fn is_base_in_redefinition(at: Element<'_>) -> bool {
    let content = at.parent().filter(|parent| matches!(parent.local(), "simpleContent" | "complexContent"));
    let owner = content.map_or_else(|| at.parent(), Element::parent);
    let is_derivation = matches!(at.local(), "extension" | "restriction");
    is_derivation && owner.and_then(Element::parent).is_some_and(|around| around.is(XSD, "redefine"))
}

fn whole_text(element: Element<'_>) -> Box<str> {
    let mut out = String::new();
    for event in element.events() {
        if let kapia_xml::Event::Text(text) = event {
            out.push_str(&text.value());
        }
    }
    out.trim().into()
}

/// The built-in types; the first two have the indices [`ANY_TYPE`] and [`ANY_SIMPLE_TYPE`].
const BUILTINS: [&str; 46] = [
    "anyType",
    "anySimpleType",
    "string",
    "boolean",
    "decimal",
    "float",
    "double",
    "duration",
    "dateTime",
    "time",
    "date",
    "gYearMonth",
    "gYear",
    "gMonthDay",
    "gDay",
    "gMonth",
    "hexBinary",
    "base64Binary",
    "anyURI",
    "QName",
    "NOTATION",
    "normalizedString",
    "token",
    "language",
    "NMTOKEN",
    "NMTOKENS",
    "Name",
    "NCName",
    "ID",
    "IDREF",
    "IDREFS",
    "ENTITY",
    "ENTITIES",
    "integer",
    "nonPositiveInteger",
    "negativeInteger",
    "long",
    "int",
    "short",
    "byte",
    "nonNegativeInteger",
    "unsignedLong",
    "unsignedInt",
    "unsignedShort",
    "unsignedByte",
    "positiveInteger",
];

fn builtin_base(local: &str) -> &'static str {
    match local {
        "normalizedString" => "string",
        "token" => "normalizedString",
        "language" | "NMTOKEN" | "Name" => "token",
        "NCName" => "Name",
        "ID" | "IDREF" | "ENTITY" => "NCName",
        "integer" => "decimal",
        "nonPositiveInteger" | "long" | "nonNegativeInteger" => "integer",
        "negativeInteger" => "nonPositiveInteger",
        "int" => "long",
        "short" => "int",
        "byte" => "short",
        "unsignedLong" | "positiveInteger" => "nonNegativeInteger",
        "unsignedInt" => "unsignedLong",
        "unsignedShort" => "unsignedInt",
        "unsignedByte" => "unsignedShort",
        _ => "anySimpleType",
    }
}

/// The prefixes in scope at an element of a schema document.
pub(super) struct Scope<'f>(pub(super) Element<'f>);

impl Prefixes for Scope<'_> {
    fn resolve(&self, prefix: &str) -> Option<&str> {
        self.0.resolve(prefix)
    }
}
