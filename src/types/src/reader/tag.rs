//! A start tag: its name and its attributes, resolved.

use quick_xml::events::BytesStart;

use super::scope::{At, Scope};
use crate::error::Fault;
use crate::raw::Attribute;
use crate::{Limits, XSI, characters};

/// The start tag that was read last.
#[derive(Default)]
pub(super) struct Tag {
    local: String,
    namespace: At,
    attributes: Vec<Attribute>,
    /// Whether there is an attribute of the namespace of `xsi:type`.
    pub(super) has_xsi: bool,
    /// Where it begins.
    pub(super) offset: usize,
}

impl Tag {
    pub(super) fn local(&self) -> &str {
        &self.local
    }

    pub(super) fn namespace<'s>(&self, scope: &'s Scope) -> &'s str {
        scope.namespace(self.namespace)
    }

    /// The name for an error text, not too long.
    pub(super) fn shown(&self) -> &str {
        match self.local.char_indices().nth(100) {
            Some((end, _)) => &self.local[..end],
            None => &self.local,
        }
    }

    /// Reads a tag and opens its scope.
    pub(super) fn read(
        &mut self,
        start: &BytesStart<'_>,
        offset: usize,
        scope: &mut Scope,
        limits: &Limits,
    ) -> Result<(), Fault> {
        self.attributes.clear();
        self.has_xsi = false;
        self.offset = offset;
        scope.open();
        if scope.depth() > limits.depth as usize {
            return Err(Fault::Limit(
                "xml-too-deep",
                "elements stand deeper inside one another than is allowed",
                "елементите са вложени по-дълбоко от разрешеното",
            ));
        }
        if !characters::is_blank(start.attributes_raw()) {
            self.read_attributes(start, scope, limits)?;
        }
        let (prefix, local) = split(start.name().into_inner())?;
        self.namespace = scope.find(prefix).ok_or(PREFIX)?;
        self.local.clear();
        self.local.push_str(local);
        Ok(())
    }

    fn read_attributes(&mut self, start: &BytesStart<'_>, scope: &mut Scope, limits: &Limits) -> Result<(), Fault> {
        let mut count = 0;
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| ATTRIBUTE)?;
            count += 1;
            if count > limits.attributes {
                return Err(Fault::Limit(
                    "xml-too-many-attributes",
                    "an element has more attributes than are allowed",
                    "елемент има повече атрибути от разрешените",
                ));
            }
            let name = attribute.key.into_inner();
            let value = characters::attribute_value(&attribute.value).ok_or(ATTRIBUTE)?;
            if name == "xmlns" {
                scope.declare("", value, limits)?;
            } else if let Some(prefix) = name.strip_prefix("xmlns:") {
                if !characters::is_name(prefix) {
                    return Err(NAME);
                }
                scope.declare(prefix, value, limits)?;
            } else {
                let (prefix, local) = split(name)?;
                self.attributes.push(Attribute {
                    prefix: prefix.to_owned(),
                    namespace: String::new(),
                    local: local.to_owned(),
                    value,
                });
            }
        }
        // Declarations count for the whole tag, wherever they stand in it.
        for at in 0..self.attributes.len() {
            if !self.attributes[at].prefix.is_empty() {
                let namespace = scope.resolve(&self.attributes[at].prefix).ok_or(PREFIX)?.to_owned();
                self.has_xsi |= namespace == XSI;
                self.attributes[at].namespace = namespace;
            }
            let (before, rest) = self.attributes.split_at(at);
            if let Some(this) = rest.first()
                && before.iter().any(|other| other.local == this.local && other.namespace == this.namespace)
            {
                return Err(ATTRIBUTE);
            }
        }
        Ok(())
    }

    pub(super) fn take_attribute(&mut self, namespace: &str, local: &str) -> Option<String> {
        let at = self.attributes.iter().position(|known| known.local == local && known.namespace == namespace)?;
        Some(self.attributes.swap_remove(at).value)
    }

    pub(super) fn take_all(&mut self) -> Vec<Attribute> {
        std::mem::take(&mut self.attributes)
    }

    pub(super) fn take_others(&mut self) -> Vec<Attribute> {
        let (xsi, others) = self.take_all().into_iter().partition(|attribute| attribute.namespace == XSI);
        self.attributes = xsi;
        others
    }

    /// Forgets the attributes of a namespace.
    pub(super) fn pass_over(&mut self, namespace: &str) {
        self.attributes.retain(|attribute| attribute.namespace != namespace);
    }

    /// An attribute that nobody asked for.
    pub(super) fn left(&self) -> Option<&Attribute> {
        let is_hint = |known: &&Attribute| {
            known.namespace == XSI && matches!(&*known.local, "schemaLocation" | "noNamespaceSchemaLocation")
        };
        self.attributes.iter().find(|known| !is_hint(known))
    }
}

fn split(name: &str) -> Result<(&str, &str), Fault> {
    let (prefix, local) = match name.split_once(':') {
        Some((prefix, local)) if characters::is_name(prefix) => (prefix, local),
        Some(_) => return Err(NAME),
        None => ("", name),
    };
    if characters::is_name(local) { Ok((prefix, local)) } else { Err(NAME) }
}

const PREFIX: Fault = Fault::Xml("xml-prefix", "a prefix is not declared", "използван е недеклариран префикс");
const NAME: Fault = Fault::Xml("xml-name", "a name is not a name of XML", "името не е име в XML");
const ATTRIBUTE: Fault = Fault::Xml(
    "xml-attribute",
    "an attribute is not well-formed or stands twice",
    "атрибут не е правилно записан или се повтаря",
);
