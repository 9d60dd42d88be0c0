//! The shape of schema documents: which elements and attributes stand where (the schema for schemas, XML Schema part 1
//! appendix A, as a table).

use std::collections::HashSet;

use kapia_xml::{Document, Element, Node};

use crate::catalogue as rules;
use crate::error::SchemaError;
use crate::rule::Rule;

use super::documents::XSD;
use super::lexical::{is_any_uri, is_boolean, is_integer, is_language, is_nc_name, is_qname};

/// Checks a whole schema document; the first thing out of place is the error.
pub(super) fn check(file: &str, document: &Document) -> Result<(), SchemaError> {
    let root = document.root();
    let mut checker = Checker { file, document, ids: HashSet::new() };
    if !root.is(XSD, "schema") {
        return Err(checker.error(root, &rules::NOT_A_SCHEMA, vec![root.name().to_string()]));
    }
    let mut pending = vec![(root, Place::Top)];
    while let Some((element, place)) = pending.pop() {
        let Some(shape) = shape(element.local(), place) else {
            return Err(checker.error(element, &rules::ELEMENT_NOT_ALLOWED, vec![element.local().to_owned()]));
        };
        checker.attributes(element, &shape)?;
        if matches!(shape.content, Children::Anything) {
            continue;
        }
        let children = checker.children(element, &shape)?;
        let inner = place_below(element.local(), place);
        pending.extend(children.into_iter().rev().map(|child| (child, inner)));
    }
    Ok(())
}

/// Where an element stands: some elements have two or three shapes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    /// Directly in `schema` or `redefine`.
    Global,
    Local,
    /// The model group of a named group.
    NamedGroup,
    SimpleType,
    SimpleContent,
    ComplexContent,
}

fn place_below(local: &str, place: Place) -> Place {
    match local {
        "schema" | "redefine" => Place::Global,
        "group" if place == Place::Global => Place::NamedGroup,
        "simpleType" => Place::SimpleType,
        "simpleContent" => Place::SimpleContent,
        "complexContent" => Place::ComplexContent,
        _ => Place::Local,
    }
}

struct Shape {
    attributes: &'static [(&'static str, Kind)],
    required: &'static [&'static str],
    content: Children,
}

enum Children {
    Anything,
    /// Slots in order.
    Slots(Vec<Slot>),
    /// After the annotation either the first slot alone, or the others.
    Either(Slot, Vec<Slot>),
}

#[derive(Clone, Copy)]
struct Slot {
    names: &'static [&'static str],
    min: usize,
    many: bool,
}

const fn maybe(names: &'static [&'static str]) -> Slot {
    Slot { names, min: 0, many: false }
}

const fn one(names: &'static [&'static str]) -> Slot {
    Slot { names, min: 1, many: false }
}

const fn any(names: &'static [&'static str]) -> Slot {
    Slot { names, min: 0, many: true }
}

const fn some(names: &'static [&'static str]) -> Slot {
    Slot { names, min: 1, many: true }
}

/// The value of an attribute of a schema element.
#[derive(Clone, Copy)]
enum Kind {
    NcName,
    QName,
    QNames,
    Boolean,
    Count,
    MaxCount,
    /// `minOccurs` of `all`.
    ZeroOrOne,
    One,
    Uri,
    /// A namespace name, which is never empty.
    Namespace,
    Text,
    Words(&'static [&'static str]),
    /// `#all` or a list of these.
    Methods(&'static [&'static str]),
    Namespaces,
}

use Kind::{
    Boolean, Count, MaxCount, Methods, Namespace, Namespaces, NcName, One, QName, QNames, Text, Uri, Words, ZeroOrOne,
};

const ANNOTATION: Slot = maybe(&["annotation"]);
const COMPONENTS: &[&str] =
    &["simpleType", "complexType", "group", "attributeGroup", "element", "attribute", "notation", "annotation"];
const GROUPS: Slot = maybe(&["group", "all", "choice", "sequence"]);
const ATTRIBUTES: Slot = any(&["attribute", "attributeGroup"]);
const ANY_ATTRIBUTE: Slot = maybe(&["anyAttribute"]);
const FACETS: &[&str] = &[
    "minExclusive",
    "minInclusive",
    "maxExclusive",
    "maxInclusive",
    "totalDigits",
    "fractionDigits",
    "length",
    "minLength",
    "maxLength",
    "enumeration",
    "whiteSpace",
    "pattern",
];
const COMPLEX: [Slot; 4] = [ANNOTATION, GROUPS, ATTRIBUTES, ANY_ATTRIBUTE];
const PARTICLES: [Slot; 2] = [ANNOTATION, any(&["element", "group", "choice", "sequence", "any"])];
const NOTHING: [Slot; 1] = [ANNOTATION];
const OCCURS: &[(&str, Kind)] = &[("minOccurs", Count), ("maxOccurs", MaxCount)];
const FORM: Kind = Words(&["qualified", "unqualified"]);
const DERIVATION: &[&str] = &["extension", "restriction"];

fn slots<const N: usize>(
    attributes: &'static [(&'static str, Kind)],
    required: &'static [&'static str],
    content: [Slot; N],
) -> Option<Shape> {
    Some(Shape { attributes, required, content: Children::Slots(content.to_vec()) })
}

fn shape(local: &str, place: Place) -> Option<Shape> {
    match (local, place) {
        ("schema", Place::Top) => slots(
            &[
                ("attributeFormDefault", FORM),
                ("blockDefault", Methods(&["extension", "restriction", "substitution"])),
                ("elementFormDefault", FORM),
                ("finalDefault", Methods(&["extension", "restriction", "list", "union"])),
                ("targetNamespace", Namespace),
                ("version", Text),
            ],
            &[],
            [any(&["include", "import", "redefine", "annotation"]), any(COMPONENTS)],
        ),
        ("include", _) => slots(&[("schemaLocation", Uri)], &["schemaLocation"], NOTHING),
        ("redefine", _) => slots(
            &[("schemaLocation", Uri)],
            &["schemaLocation"],
            [any(&["annotation", "simpleType", "complexType", "group", "attributeGroup"])],
        ),
        ("import", _) => slots(&[("namespace", Uri), ("schemaLocation", Uri)], &[], NOTHING),
        ("element", Place::Global) => slots(
            &[
                ("abstract", Boolean),
                ("block", Methods(&["extension", "restriction", "substitution"])),
                ("default", Text),
                ("final", Methods(DERIVATION)),
                ("fixed", Text),
                ("name", NcName),
                ("nillable", Boolean),
                ("substitutionGroup", QName),
                ("type", QName),
            ],
            &["name"],
            ELEMENT,
        ),
        ("element", _) => slots(
            &[
                ("block", Methods(&["extension", "restriction", "substitution"])),
                ("default", Text),
                ("fixed", Text),
                ("form", FORM),
                ("maxOccurs", MaxCount),
                ("minOccurs", Count),
                ("name", NcName),
                ("nillable", Boolean),
                ("ref", QName),
                ("type", QName),
            ],
            &[],
            ELEMENT,
        ),
        ("attribute", Place::Global) => slots(
            &[("default", Text), ("fixed", Text), ("name", NcName), ("type", QName)],
            &["name"],
            [ANNOTATION, maybe(&["simpleType"])],
        ),
        ("attribute", _) => slots(
            &[
                ("default", Text),
                ("fixed", Text),
                ("form", FORM),
                ("name", NcName),
                ("ref", QName),
                ("type", QName),
                ("use", Words(&["optional", "prohibited", "required"])),
            ],
            &[],
            [ANNOTATION, maybe(&["simpleType"])],
        ),
        ("complexType", place) => Some(Shape {
            attributes: if place == Place::Global {
                &[
                    ("abstract", Boolean),
                    ("block", Methods(DERIVATION)),
                    ("final", Methods(DERIVATION)),
                    ("mixed", Boolean),
                    ("name", NcName),
                ]
            } else {
                &[("mixed", Boolean)]
            },
            required: if place == Place::Global { &["name"] } else { &[] },
            content: Children::Either(one(&["simpleContent", "complexContent"]), COMPLEX.to_vec()),
        }),
        ("complexContent", _) => slots(&[("mixed", Boolean)], &[], [ANNOTATION, one(DERIVATION)]),
        ("simpleContent", _) => slots(&[], &[], [ANNOTATION, one(DERIVATION)]),
        ("restriction" | "extension", Place::ComplexContent) => slots(&[("base", QName)], &["base"], COMPLEX),
        ("restriction", Place::SimpleContent) => slots(
            &[("base", QName)],
            &["base"],
            [ANNOTATION, maybe(&["simpleType"]), any(FACETS), ATTRIBUTES, ANY_ATTRIBUTE],
        ),
        ("extension", Place::SimpleContent) => {
            slots(&[("base", QName)], &["base"], [ANNOTATION, ATTRIBUTES, ANY_ATTRIBUTE])
        }
        ("restriction", Place::SimpleType) => {
            slots(&[("base", QName)], &[], [ANNOTATION, maybe(&["simpleType"]), any(FACETS)])
        }
        ("simpleType", Place::Global) => slots(
            &[("final", Methods(&["list", "union", "restriction"])), ("name", NcName)],
            &["name"],
            [ANNOTATION, one(&["restriction", "list", "union"])],
        ),
        ("simpleType", _) => slots(&[], &[], [ANNOTATION, one(&["restriction", "list", "union"])]),
        ("list", _) => slots(&[("itemType", QName)], &[], [ANNOTATION, maybe(&["simpleType"])]),
        ("union", _) => slots(&[("memberTypes", QNames)], &[], [ANNOTATION, any(&["simpleType"])]),
        ("attributeGroup", Place::Global) => {
            slots(&[("name", NcName)], &["name"], [ANNOTATION, ATTRIBUTES, ANY_ATTRIBUTE])
        }
        ("attributeGroup", _) => slots(&[("ref", QName)], &["ref"], NOTHING),
        ("group", Place::Global) => {
            slots(&[("name", NcName)], &["name"], [ANNOTATION, one(&["all", "choice", "sequence"])])
        }
        ("group", _) => slots(&[("maxOccurs", MaxCount), ("minOccurs", Count), ("ref", QName)], &["ref"], NOTHING),
        ("all", Place::NamedGroup) => slots(&[], &[], [ANNOTATION, any(&["element"])]),
        ("choice" | "sequence", Place::NamedGroup) => slots(&[], &[], PARTICLES),
        ("all", _) => slots(&[("minOccurs", ZeroOrOne), ("maxOccurs", One)], &[], [ANNOTATION, any(&["element"])]),
        ("choice" | "sequence", _) => slots(OCCURS, &[], PARTICLES),
        ("any", _) => slots(
            &[("maxOccurs", MaxCount), ("minOccurs", Count), ("namespace", Namespaces), ("processContents", PROCESS)],
            &[],
            NOTHING,
        ),
        ("anyAttribute", _) => slots(&[("namespace", Namespaces), ("processContents", PROCESS)], &[], NOTHING),
        ("notation", _) => slots(&[("name", NcName), ("public", Text), ("system", Uri)], &["name"], NOTHING),
        ("unique" | "key", _) => slots(&[("name", NcName)], &["name"], IDENTITY),
        ("keyref", _) => slots(&[("name", NcName), ("refer", QName)], &["name", "refer"], IDENTITY),
        ("selector" | "field", _) => slots(&[("xpath", Text)], &["xpath"], NOTHING),
        ("enumeration" | "pattern", _) => slots(&[("value", Text)], &["value"], NOTHING),
        (facet, _) if FACETS.contains(&facet) => slots(&[("value", Text), ("fixed", Boolean)], &["value"], NOTHING),
        ("annotation", _) => slots(&[], &[], [any(&["appinfo", "documentation"])]),
        ("appinfo" | "documentation", _) => {
            Some(Shape { attributes: &[("source", Uri)], required: &[], content: Children::Anything })
        }
        _ => None,
    }
}

const ELEMENT: [Slot; 3] = [ANNOTATION, maybe(&["simpleType", "complexType"]), any(&["unique", "key", "keyref"])];
const IDENTITY: [Slot; 3] = [ANNOTATION, one(&["selector"]), some(&["field"])];
const PROCESS: Kind = Words(&["lax", "skip", "strict"]);

struct Checker<'d> {
    file: &'d str,
    document: &'d Document,
    ids: HashSet<String>,
}

impl Checker<'_> {
    fn error(&self, at: Element<'_>, rule: &'static Rule, names: Vec<String>) -> SchemaError {
        let position = self.document.position(at.span().start);
        SchemaError { rule, file: self.file.to_owned(), line: position.line, column: position.column, names }
    }

    fn attributes(&mut self, element: Element<'_>, shape: &Shape) -> Result<(), SchemaError> {
        let names = |attribute: &str| vec![attribute.to_owned(), element.local().to_owned()];
        for attribute in element.attributes() {
            let local = attribute.local();
            match attribute.namespace() {
                "" => {}
                XSD => return Err(self.error(element, &rules::ATTRIBUTE_NOT_ALLOWED, names(local))),
                kapia_xml::XML_NAMESPACE if local == "lang" && !is_language(attribute.value().trim()) => {
                    return Err(self.error(element, &rules::ATTRIBUTE_VALUE, names("xml:lang")));
                }
                _ => continue,
            }
            let value = attribute.value();
            if local == "id" && !matches!(shape.content, Children::Anything) {
                if !is_nc_name(value.trim()) {
                    return Err(self.error(element, &rules::ATTRIBUTE_VALUE, names(local)));
                }
                if !self.ids.insert(value.trim().to_owned()) {
                    return Err(self.error(element, &rules::ID_TWICE, vec![value.trim().to_owned()]));
                }
                continue;
            }
            let Some(&(_, kind)) = shape.attributes.iter().find(|known| known.0 == local) else {
                return Err(self.error(element, &rules::ATTRIBUTE_NOT_ALLOWED, names(local)));
            };
            if !kind.admits(&value) {
                return Err(self.error(element, &rules::ATTRIBUTE_VALUE, names(local)));
            }
        }
        match shape.required.iter().find(|required| element.attribute("", required).is_none()) {
            Some(missing) => Err(self.error(element, &rules::ATTRIBUTE_MISSING, names(missing))),
            None => Ok(()),
        }
    }

    fn children<'d>(&self, element: Element<'d>, shape: &Shape) -> Result<Vec<Element<'d>>, SchemaError> {
        let mut children = Vec::new();
        for node in element.nodes() {
            match node {
                Node::Element(child) if child.namespace() == XSD => children.push(child),
                Node::Element(child) => {
                    return Err(self.error(
                        child,
                        &rules::ELEMENT_NOT_ALLOWED,
                        vec![child.name().to_string(), element.local().to_owned()],
                    ));
                }
                Node::Text(text) if !text.is_blank() => {
                    return Err(self.error(element, &rules::TEXT_NOT_ALLOWED, vec![element.local().to_owned()]));
                }
                _ => {}
            }
        }
        let fitting = match &shape.content {
            Children::Anything => return Ok(children),
            Children::Slots(slots) => fit(&children, slots),
            Children::Either(only, slots) => {
                let after = children.iter().position(|child| child.local() != "annotation").unwrap_or(children.len());
                match children.get(after) {
                    Some(child) if only.names.contains(&child.local()) => fit(&children, &[ANNOTATION, *only]),
                    _ => fit(&children, slots),
                }
            }
        };
        match fitting {
            Ok(()) => Ok(children),
            Err(Misfit::Extra(child)) => Err(self.error(
                child,
                &rules::ELEMENT_NOT_ALLOWED,
                vec![child.local().to_owned(), element.local().to_owned()],
            )),
            Err(Misfit::Missing(slot)) => Err(self.error(
                element,
                &rules::ELEMENT_MISSING,
                vec![slot.names.join(", "), element.local().to_owned()],
            )),
        }
    }
}

enum Misfit<'d> {
    Extra(Element<'d>),
    Missing(Slot),
}

fn fit<'d>(children: &[Element<'d>], slots: &[Slot]) -> Result<(), Misfit<'d>> {
    let mut rest = children.iter().peekable();
    for slot in slots {
        let mut count = 0usize;
        while let Some(child) = rest.peek()
            && slot.names.contains(&child.local())
            && (slot.many || count == 0)
        {
            rest.next();
            count += 1;
        }
        if count < slot.min {
            return Err(match rest.next() {
                Some(child) => Misfit::Extra(*child),
                None => Misfit::Missing(*slot),
            });
        }
    }
    match rest.next() {
        Some(child) => Err(Misfit::Extra(*child)),
        None => Ok(()),
    }
}

impl Kind {
    fn admits(self, raw: &str) -> bool {
        let value = raw.trim_matches([' ', '\t', '\r', '\n']);
        match self {
            NcName => is_nc_name(value),
            QName => is_qname(value),
            QNames => value.split_ascii_whitespace().all(is_qname),
            Boolean => is_boolean(value),
            Count => is_integer(value),
            MaxCount => value == "unbounded" || is_integer(value),
            ZeroOrOne => is_integer(value) && matches!(value.trim_start_matches('+').trim_start_matches('0'), "" | "1"),
            One => is_integer(value) && value.trim_start_matches('+').trim_start_matches('0') == "1",
            Uri => is_any_uri(value),
            Namespace => !value.is_empty() && is_any_uri(value),
            Text => true,
            Words(words) => words.contains(&value),
            Methods(words) => value == "#all" || value.split_ascii_whitespace().all(|word| words.contains(&word)),
            Namespaces => {
                matches!(value, "##any" | "##other")
                    || value.split_ascii_whitespace().all(|word| {
                        matches!(word, "##targetNamespace" | "##local") || (!word.starts_with("##") && is_any_uri(word))
                    })
            }
        }
    }
}
