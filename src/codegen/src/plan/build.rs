//! From the components of a schema set to items.

use std::collections::HashMap;

use kapia_schema::{
    AttributeView, Builtin, ElementView, SchemaSet, SimpleType, TypeKind, TypeView, WildcardNamespaces, WildcardView,
};
use kapia_xml::QName;

use super::simple::{self, Outcome};
use super::{
    Enumeration, Field, First, Item, ItemId, Kin, KinMember, Kind, Part, Plan, RAW, Record, Root, Ty, Wanted, boxes,
    naming,
};
use crate::error::Unsupported;
use crate::ident::{self, Names, upper_camel};
use crate::{Error, Result};

const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// Plans the types of all roots of a set; of all its types, if it has no roots.
pub(crate) fn plan(set: &SchemaSet) -> Result<Plan> {
    let mut builder = Builder::new(set);
    let roots: Vec<ElementView<'_>> = set
        .roots()
        .iter()
        .filter(|root| !root.is_abstract)
        .filter_map(|root| set.global_element(root.name.as_name()))
        .collect();
    let mut types = Vec::new();
    for &root in &roots {
        types.push(builder.root(root)?);
    }
    if roots.is_empty() {
        for type_ in set.global_types() {
            builder.type_(type_, Asked::none())?;
        }
    }
    builder.finish(&roots, &types)
}

pub(super) struct Builder<'s> {
    pub(super) items: Vec<Item>,
    known: HashMap<u32, Ty>,
    /// Anonymous simple types that say the same under the same name.
    same: HashMap<(String, String), Ty>,
    /// For every type: the types that are derived from it, itself left out.
    derived: HashMap<u32, Vec<TypeView<'s>>>,
    pub(super) has_unqualified: bool,
    depth: u32,
}

/// Who needs a type: gives a name to an anonymous one.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) name: &'a str,
    pub(super) owner: Option<ItemId>,
    pub(super) doc: Option<&'a str>,
}

impl Asked<'_> {
    fn none() -> Asked<'static> {
        Asked { name: "", owner: None, doc: None }
    }
}

impl<'s> Builder<'s> {
    fn new(set: &'s SchemaSet) -> Builder<'s> {
        let mut derived: HashMap<u32, Vec<TypeView<'s>>> = HashMap::new();
        for type_ in set.global_types() {
            if matches!(type_.kind(), TypeKind::Simple(_)) {
                continue;
            }
            let mut base = type_.base();
            while !base.is_any_type()
                && matches!(base.kind(), TypeKind::Elements { .. } | TypeKind::Empty | TypeKind::SimpleContent(_))
            {
                derived.entry(base.id()).or_default().push(type_);
                base = base.base();
            }
        }
        Builder {
            items: Vec::new(),
            known: HashMap::new(),
            same: HashMap::new(),
            derived,
            has_unqualified: false,
            depth: 0,
        }
    }

    fn root(&mut self, root: ElementView<'s>) -> Result<Ty> {
        let local = root.name().local.trim().to_owned();
        let type_ = root.type_();
        let wanted = match type_.kind() {
            TypeKind::Simple(_) if type_.name().is_none() => format!("{local}Value"),
            _ => local,
        };
        self.element_type(root, Asked { name: &wanted, owner: None, doc: root.documentation() })
    }

    fn finish(mut self, roots: &[ElementView<'s>], types: &[Ty]) -> Result<Plan> {
        boxes::set(&mut self.items);
        self.set_defaults();
        // A struct is the document of one element; its other elements, and values, get a struct around them.
        let mut owners: HashMap<ItemId, usize> = HashMap::new();
        for (at, (root, ty)) in roots.iter().zip(types).enumerate() {
            if let Ty::Item(id) = ty
                && matches!(self.items[id.0].kind, Kind::Record(_))
            {
                let owner = owners.entry(*id).or_insert(at);
                if root.type_().name().is_some_and(|name| name.local == root.name().local) {
                    *owner = at;
                }
            }
        }
        let first_wrapper = self.items.len();
        let mut placed = Vec::new();
        for (at, (root, ty)) in roots.iter().zip(types).enumerate() {
            let item = match ty {
                Ty::Item(id) if owners.get(id) == Some(&at) => *id,
                ty => {
                    let local = root.name().local;
                    let wanted = Wanted::Anonymous { name: upper_camel(&local), owner: None };
                    let id = self.open(wanted, doc(root.documentation().or(root.type_().documentation()), &local));
                    self.items[id.0].kind = Kind::Wrapper(ty.clone());
                    id
                }
            };
            placed.push(item);
        }
        let mut names = naming::name(&mut self.items);
        let mut documents = Vec::new();
        for (root, item) in roots.iter().zip(placed) {
            let name = root.name();
            let wanted = upper_camel(&name.local);
            let is_own_name =
                self.items[item.0].name == wanted || item.0 >= first_wrapper || root.type_().name().is_none();
            documents.push(Root {
                prefixed: self.has_unqualified && !name.namespace.is_empty(),
                alias: if is_own_name { None } else { alias(&mut names, &wanted) },
                doc: doc(root.documentation(), &name.local),
                namespace: name.namespace.to_string(),
                local: name.local.to_string(),
                item,
            });
        }
        Ok(Plan { items: self.items, documents })
    }

    /// A struct whose fields may all be absent gets `Default`.
    fn set_defaults(&mut self) {
        for item in &mut self.items {
            if let Kind::Record(record) = &mut item.kind {
                record.is_default = record.parts.iter().all(|part| match part {
                    Part::Attribute { required, .. } => !required,
                    Part::OtherAttributes { .. } | Part::Condition { .. } => true,
                    Part::Text { .. } => false,
                    Part::Element(element) => element.max > 1 || element.min == 0 || element.condition.is_some(),
                    Part::Group { min, max, condition, .. } | Part::Any { min, max, condition, .. } => {
                        *max > 1 || *min == 0 || condition.is_some()
                    }
                    Part::All { elements } => elements.iter().all(|element| element.min == 0),
                });
            }
        }
    }

    /// The type of an element, `xsi:nil` and `xsi:type` included.
    pub(super) fn element_type(&mut self, element: ElementView<'s>, asked: Asked<'_>) -> Result<Ty> {
        let ty = self.kin(element.type_(), asked)?;
        Ok(if element.is_nillable() && ty != RAW { Ty::Nillable(Box::new(ty)) } else { ty })
    }

    /// A type or one derived from it.
    fn kin(&mut self, type_: TypeView<'s>, asked: Asked<'_>) -> Result<Ty> {
        let base = self.type_(type_, asked)?;
        let (Some(derived), Some(_)) = (self.derived.get(&type_.id()).cloned(), type_.name()) else { return Ok(base) };
        let Ty::Item(base) = base else { return Ok(base) };
        let known = self.items.iter().position(|item| {
            matches!((&item.kind, &item.wanted), (Kind::Kin(_) | Kind::Open, Wanted::Derived { front: "Any", owner, .. }) if *owner == base)
        });
        if let Some(known) = known {
            return Ok(Ty::Item(ItemId(known)));
        }
        let wanted = Wanted::Derived { front: "Any", owner: base, behind: String::new() };
        let name = type_.name().map(|name| name.local.to_string()).unwrap_or_default();
        let id = self.open(wanted, format!("`{name}` or a type that is derived from it: what `xsi:type` says."));
        let mut members = Vec::new();
        for member in [type_].into_iter().chain(derived) {
            let (Some(name), false) = (member.name(), member.is_abstract()) else { continue };
            if let Ty::Item(item) = self.type_(member, Asked::none())? {
                members.push(KinMember { namespace: name.namespace.to_string(), local: name.local.to_string(), item });
                // The name of a type in no namespace can be written only where nothing is the default.
                self.has_unqualified |= name.namespace.is_empty();
            }
        }
        self.items[id.0].kind = Kind::Kin(Kin { is_abstract: type_.is_abstract(), members });
        Ok(Ty::Item(id))
    }

    pub(super) fn type_(&mut self, type_: TypeView<'s>, asked: Asked<'_>) -> Result<Ty> {
        if let Some(known) = self.known.get(&type_.id()) {
            return Ok(known.clone());
        }
        let name = type_.name();
        let kind = type_.kind();
        if let (Some(XSD), TypeKind::Simple(simple)) = (name.as_ref().map(|name| &*name.namespace), &kind) {
            let builtin = simple.builtin_ancestor();
            let is_open = matches!(builtin, Builtin::AnySimpleType | Builtin::QName | Builtin::Notation);
            return Ok(if is_open { RAW } else { Ty::Given(simple::given(builtin)) });
        }
        match kind {
            TypeKind::Simple(simple) => {
                let ty = self.simple(simple, name.as_ref(), type_.documentation(), asked, RAW)?;
                self.known.insert(type_.id(), ty.clone());
                Ok(ty)
            }
            TypeKind::Elements { mixed: true, .. } => {
                self.known.insert(type_.id(), RAW);
                Ok(RAW)
            }
            _ => self.record(type_, asked),
        }
    }

    /// A simple type; `names` is what a name in a namespace becomes here.
    fn simple(
        &mut self,
        simple: &SimpleType,
        name: Option<&QName>,
        documentation: Option<&str>,
        asked: Asked<'_>,
        names: Ty,
    ) -> Result<Ty> {
        let xsd = name.map_or(asked.name, |name| &name.local).trim().to_owned();
        let outcome = simple::outcome(simple, &xsd);
        let kind = match outcome {
            Outcome::Name => return Ok(names),
            Outcome::Given(given) if name.is_none() => return Ok(Ty::Given(given)),
            Outcome::Given(given) => Kind::Alias(Ty::Given(given)),
            Outcome::Enumeration { white_space, texts } => {
                let variants = variants(&texts);
                Kind::Enumeration(Enumeration { xsd: xsd.clone(), white_space, variants })
            }
            Outcome::Simple(simple) => Kind::Simple(simple),
        };
        let key = (upper_camel(&xsd), format!("{kind:?}"));
        if name.is_none()
            && let Some(same) = self.same.get(&key)
        {
            return Ok(same.clone());
        }
        let wanted = match name {
            Some(_) => Wanted::Named(upper_camel(&xsd)),
            None => Wanted::Anonymous { name: upper_camel(asked.name), owner: asked.owner },
        };
        let id = self.open(wanted, doc(documentation.or(asked.doc), &xsd));
        self.items[id.0].kind = kind;
        if name.is_none() {
            self.same.insert(key, Ty::Item(id));
        }
        Ok(Ty::Item(id))
    }

    fn record(&mut self, type_: TypeView<'s>, asked: Asked<'_>) -> Result<Ty> {
        self.depth += 1;
        let name = type_.name();
        let shown = name.as_ref().map_or(asked.name, |name| &name.local).trim().to_owned();
        if self.depth > 200 {
            return Err(Error::unsupported(&shown, Unsupported::TooDeep));
        }
        let wanted = match &name {
            Some(_) => Wanted::Named(upper_camel(&shown)),
            None => Wanted::Anonymous { name: upper_camel(&shown), owner: asked.owner },
        };
        let id = self.open(wanted, doc(type_.documentation().or(asked.doc), &shown));
        self.known.insert(type_.id(), Ty::Item(id));
        let mut fields = Names::default();
        let mut parts = Vec::new();
        for attribute in type_.attributes() {
            parts.push(self.attribute(attribute, id, &mut fields)?);
        }
        if type_.any_attribute().is_some() {
            let field = Field {
                name: fields.take("other_attributes"),
                doc: "Attributes that the schema does not name.".to_owned(),
                ty: Ty::Given("xsd::Attribute"),
            };
            parts.push(Part::OtherAttributes { field });
        }
        match type_.kind() {
            TypeKind::Elements { particle, .. } => self.parts(particle, id, &mut fields, &mut parts)?,
            TypeKind::SimpleContent(inner) => {
                let ty = match inner.name() {
                    Some(_) => self.type_(inner, Asked::none())?,
                    None => match inner.kind() {
                        TypeKind::Simple(simple) => {
                            let asked = Asked { name: &format!("{shown}Value"), owner: None, doc: None };
                            self.simple(simple, None, None, asked, RAW)?
                        }
                        _ => RAW,
                    },
                };
                if ty == RAW {
                    return Err(Error::unsupported(&shown, Unsupported::QualifiedName));
                }
                let field = Field { name: fields.take("value"), doc: "The value.".to_owned(), ty };
                parts.push(Part::Text { field });
            }
            TypeKind::Empty | TypeKind::Simple(_) => {}
        }
        let type_name = name.map(|name| (name.namespace.to_string(), name.local.trim().to_owned()));
        self.items[id.0].kind = Kind::Record(Record { type_name, parts, group: None, is_default: false });
        self.depth -= 1;
        Ok(Ty::Item(id))
    }

    fn attribute(&mut self, attribute: AttributeView<'s>, owner: ItemId, fields: &mut Names) -> Result<Part> {
        let name = attribute.name();
        let local = name.local.trim().to_owned();
        let type_ = attribute.type_();
        let asked = Asked { name: &local, owner: Some(owner), doc: attribute.documentation() };
        let ty = match (self.type_(type_, asked)?, type_.simple().map(|simple| simple.builtin_ancestor())) {
            (ty, _) if ty != RAW => ty,
            (_, Some(Builtin::AnySimpleType)) => Ty::Given("String"),
            _ => {
                return Err(Error::unsupported(&format!("@{local}"), Unsupported::QualifiedName));
            }
        };
        let mut text = doc(attribute.documentation().or(type_.documentation()), &local);
        text.push_str(&format!(" Attribute `{local}`"));
        match attribute.value() {
            Some(value) if value.is_fixed => text.push_str(&format!(", always `{}`.", value.text)),
            Some(value) => text.push_str(&format!(", `{}` when absent.", value.text)),
            None => text.push('.'),
        }
        Ok(Part::Attribute {
            field: Field { name: fields.take(&ident::snake(&local)), doc: text, ty },
            namespace: name.namespace.to_string(),
            local,
            required: attribute.is_required(),
        })
    }

    pub(super) fn open(&mut self, wanted: Wanted, doc: String) -> ItemId {
        self.items.push(Item { name: String::new(), wanted, doc, kind: Kind::Open });
        ItemId(self.items.len() - 1)
    }
}

/// The first name that is free among the one wanted and those that say that it is an element.
fn alias(names: &mut Names, wanted: &str) -> Option<String> {
    let alternatives = [wanted.to_owned(), format!("{wanted}Element")];
    alternatives.into_iter().find(|name| names.is_free(name)).map(|name| names.take(&name))
}

/// The documentation, or what can be said without it.
pub(super) fn doc(documentation: Option<&str>, name: &str) -> String {
    match documentation.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => text.to_owned(),
        None => format!("`{}`.", name.trim()),
    }
}

pub(super) fn wildcard(wildcard: WildcardView<'_>) -> First {
    match wildcard.namespaces() {
        WildcardNamespaces::Any => First::Any,
        WildcardNamespaces::Other(namespace) => First::Other(namespace.to_owned()),
        WildcardNamespaces::Listed => First::In(wildcard.listed().into_iter().map(str::to_owned).collect()),
    }
}

/// Names for the values of an enumeration.
fn variants(texts: &[String]) -> Vec<(String, String)> {
    let mut names = Names::default();
    let named = texts.iter().enumerate().map(|(at, text)| {
        let name = match upper_camel(text) {
            name if !name.is_empty() => name,
            _ if text.trim().is_empty() => "Empty".to_owned(),
            _ => format!("Value{}", at + 1),
        };
        (names.take(&name), text.clone())
    });
    named.collect()
}
