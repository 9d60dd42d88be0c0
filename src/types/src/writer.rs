//! Writing: text appended to one string; namespaces are declared once, on the root.

use crate::raw::{Attribute, RawContent, RawElement, declare};
use crate::{Content, Document, Group, Value, XSI, characters};

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Writes what generated code hands over, in the order in which it does.
pub struct Writer {
    out: String,
    /// Whether the last start tag may still get attributes.
    open: bool,
    /// Where the last start tag begins.
    tag: usize,
    /// The default namespace of the root, `""` if it declares none.
    default: &'static str,
    /// Namespaces other than the default, in order of their first use; the prefix follows from the place.
    others: Vec<String>,
    /// After the name of the root, where declarations go.
    root: usize,
    /// The names of the open elements that do not have their usual prefix.
    renamed: Vec<(usize, String)>,
    depth: usize,
}

impl Writer {
    /// The document as text, without an XML declaration.
    pub fn document<D: Document>(document: &D) -> String {
        let default = if D::PREFIXED { "" } else { D::NAMESPACE };
        let mut writer = Writer {
            out: String::with_capacity(1024),
            open: false,
            tag: 0,
            default,
            others: Vec::new(),
            root: 0,
            renamed: Vec::new(),
            depth: 0,
        };
        writer.required(D::NAMESPACE, D::NAME, document);
        writer.declare()
    }

    /// An attribute, if it is there.
    pub fn attribute<V: Value>(&mut self, namespace: &'static str, local: &str, value: Option<&V>) {
        if let Some(value) = value {
            self.raw_attribute(namespace, local, &value.lexical());
        }
    }

    /// Attributes that the schema does not name.
    pub fn other_attributes(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            self.raw_attribute(&attribute.namespace, &attribute.local, &attribute.value);
        }
    }

    /// The text of an element.
    pub fn text<V: Value>(&mut self, value: &V) {
        let text = value.lexical();
        if !text.is_empty() {
            self.close();
            characters::escape_text(&text, &mut self.out);
        }
    }

    /// An element.
    pub fn required<T: Content>(&mut self, namespace: &'static str, local: &'static str, value: &T) {
        self.start(namespace, local);
        value.write(self);
        self.end(namespace, local);
    }

    /// An element, if it is there.
    pub fn optional<T: Content>(&mut self, namespace: &'static str, local: &'static str, value: Option<&T>) {
        if let Some(value) = value {
            self.required(namespace, local, value);
        }
    }

    /// An element for each of these.
    pub fn many<T: Content>(&mut self, namespace: &'static str, local: &'static str, values: &[T]) {
        for value in values {
            self.required(namespace, local, value);
        }
    }

    /// A group for each of these; an `Option` is one as well.
    pub fn groups<'g, G: Group + 'g>(&mut self, groups: impl IntoIterator<Item = &'g G>) {
        for group in groups {
            group.write(self);
        }
    }

    /// `xsi:type` with the name of a derived type.
    pub fn derived(&mut self, namespace: &'static str, local: &str) {
        let name = match self.prefix(namespace) {
            Some(prefix) => format!("{prefix}:{local}"),
            None => local.to_owned(),
        };
        self.raw_attribute(XSI, "type", &name);
    }

    /// An element that the schema does not name.
    pub fn any(&mut self, element: &RawElement) {
        self.close();
        let xml = element.as_xml();
        if self.default.is_empty() || element.declares_default() {
            self.out.push_str(xml);
            return;
        }
        let name = xml.find([' ', '\t', '\r', '\n', '>', '/']).unwrap_or(xml.len());
        self.out.push_str(&xml[..name]);
        self.out.push_str(" xmlns=\"\"");
        self.out.push_str(&xml[name..]);
    }

    /// Elements that the schema does not name.
    pub fn anys<'e>(&mut self, elements: impl IntoIterator<Item = &'e RawElement>) {
        for element in elements {
            self.any(element);
        }
    }

    /// Attributes and content as they stand, into the element that was begun.
    pub(crate) fn raw(&mut self, content: &RawContent) {
        let declarations = content.declarations();
        let default = declarations.iter().find(|(prefix, _)| prefix.is_empty()).map(|(_, namespace)| &**namespace);
        // Without any markup the default means nothing.
        let changes_default = match default {
            Some(namespace) => namespace != self.default,
            None => !self.default.is_empty() && content.markup().contains('<'),
        };
        self.rename(declarations, changes_default);
        if changes_default {
            declare("", default.unwrap_or_default(), &mut self.out);
        }
        for (prefix, namespace) in declarations.iter().filter(|(prefix, _)| !prefix.is_empty()) {
            declare(prefix, namespace, &mut self.out);
        }
        for attribute in content.attributes() {
            let prefix = (!attribute.prefix.is_empty()).then_some(&*attribute.prefix);
            self.push_attribute(prefix, &attribute.local, &attribute.value);
        }
        if !content.markup().is_empty() {
            self.close();
            self.out.push_str(content.markup());
        }
    }

    /// `xsi:nil="true"`.
    pub(crate) fn nil(&mut self) {
        self.raw_attribute(XSI, "nil", "true");
    }

    /// Gives the element that was begun a prefix of its own, where the declarations of raw content would change its name.
    fn rename(&mut self, declarations: &[(String, String)], changes_default: bool) {
        let name = self.out.get(self.tag + 1..).unwrap_or_default().to_owned();
        let (prefix, local) = match name.split_once(':') {
            Some((prefix, local)) => (prefix, local),
            None => ("", &*name),
        };
        let namespace = match self.others.iter().position(|_| !prefix.is_empty()) {
            Some(_) => {
                self.others.iter().enumerate().find(|(at, _)| usual_prefix(*at) == prefix).map(|(_, ns)| ns.clone())
            }
            None => Some(self.default.to_owned()),
        };
        let namespace = namespace.unwrap_or_default();
        let hidden = declarations.iter().any(|(known, ns)| known == prefix && *ns != namespace);
        let in_default = prefix.is_empty() && changes_default && !namespace.is_empty();
        if !(hidden && !prefix.is_empty() || in_default) {
            return;
        }
        let mut free = "k".to_owned();
        while declarations.iter().any(|(known, _)| *known == free) {
            free.push('k');
        }
        let renamed = format!("{free}:{local}");
        self.out.truncate(self.tag + 1);
        self.out.push_str(&renamed);
        declare(&free, &namespace, &mut self.out);
        if self.depth == 1 {
            self.root = self.tag + 1 + renamed.len();
        }
        self.renamed.push((self.depth, renamed));
    }

    fn start(&mut self, namespace: &'static str, local: &'static str) {
        self.close();
        self.tag = self.out.len();
        self.out.push('<');
        self.name(namespace, local);
        if self.depth == 0 {
            self.root = self.out.len();
        }
        self.open = true;
        self.depth += 1;
    }

    fn end(&mut self, namespace: &'static str, local: &'static str) {
        let renamed = self.renamed.pop_if(|(depth, _)| *depth == self.depth);
        self.depth -= 1;
        if std::mem::take(&mut self.open) {
            self.out.push_str("/>");
            return;
        }
        self.out.push_str("</");
        match renamed {
            Some((_, name)) => self.out.push_str(&name),
            None => self.name(namespace, local),
        }
        self.out.push('>');
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            self.out.push('>');
        }
    }

    fn name(&mut self, namespace: &str, local: &str) {
        if let Some(prefix) = self.prefix(namespace) {
            self.out.push_str(&prefix);
            self.out.push(':');
        }
        self.out.push_str(local);
    }

    /// The prefix of a namespace; `None` for the default one and for none.
    fn prefix(&mut self, namespace: &str) -> Option<String> {
        if namespace == self.default || namespace.is_empty() {
            return None;
        }
        Some(self.other(namespace))
    }

    fn other(&mut self, namespace: &str) -> String {
        if namespace == XML {
            return "xml".to_owned();
        }
        let known = self.others.iter().position(|other| other == namespace);
        let at = known.unwrap_or_else(|| {
            self.others.push(namespace.to_owned());
            self.others.len() - 1
        });
        if namespace == XSI { "xsi".to_owned() } else { usual_prefix(at) }
    }

    fn raw_attribute(&mut self, namespace: &str, local: &str, value: &str) {
        // An attribute never takes the default namespace.
        let prefix = (!namespace.is_empty()).then(|| self.other(namespace));
        self.push_attribute(prefix.as_deref(), local, value);
    }

    fn push_attribute(&mut self, prefix: Option<&str>, local: &str, value: &str) {
        self.out.push(' ');
        if let Some(prefix) = prefix {
            self.out.push_str(prefix);
            self.out.push(':');
        }
        self.out.push_str(local);
        self.out.push_str("=\"");
        characters::escape_attribute(value, &mut self.out);
        self.out.push('"');
    }

    /// Puts the declarations into the start tag of the root.
    fn declare(mut self) -> String {
        let mut declarations = String::new();
        if !self.default.is_empty() && !self.renames_root() {
            declare("", self.default, &mut declarations);
        }
        for (at, namespace) in self.others.iter().enumerate() {
            let prefix = if namespace == XSI { "xsi".to_owned() } else { usual_prefix(at) };
            declare(&prefix, namespace, &mut declarations);
        }
        self.out.insert_str(self.root, &declarations);
        self.out
    }

    /// Whether the root declares its namespaces itself, because all of it is raw.
    fn renames_root(&self) -> bool {
        self.out.get(1..self.root).is_some_and(|name| name.starts_with('k') && name.contains(':'))
    }
}

fn usual_prefix(at: usize) -> String {
    format!("n{}", at + 1)
}
