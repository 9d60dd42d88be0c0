//! An argument that can be edited: read from a sample, changed field by field, written again.

use crate::failure::Failure;
use crate::{input, text};
use kapia_adapter::{Side, near_names};
use kapia_schema::{Field, FieldTree};
use kapia_xml::{Document, Element, Limits, Node, XMLNS_NAMESPACE, escape_attribute, escape_text};
use std::path::Path;

/// A document as a tree that can be changed; comments and instructions are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Argument {
    root: Branch,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Branch {
    prefix: String,
    namespace: String,
    local: String,
    /// Prefix and namespace.
    declared: Vec<(String, String)>,
    /// Name as written, local name, value.
    attributes: Vec<(String, String, String)>,
    content: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Branch(Branch),
    Text(String),
}

/// A field to be set: a path below the root, such as `Person/Names[2]/@lang`, and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    path: String,
    value: String,
}

impl std::str::FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Setting, String> {
        match text.split_once('=') {
            Some((path, value)) if !path.trim().is_empty() => {
                Ok(Setting { path: path.trim().trim_matches('/').to_owned(), value: value.to_owned() })
            }
            _ => Err("PATH=VALUE, for example EGN=7605239965".to_owned()),
        }
    }
}

/// The request of a person as one element of text: a file, or else the sample of the operation, with fields set.
pub(crate) fn request(side: &Side, file: Option<&Path>, settings: &[Setting]) -> Result<String, Failure> {
    let document = match (file, &side.sample) {
        (Some(file), _) => Some((input::read(file)?, file.display().to_string())),
        (None, Some(sample)) => Some((sample.bytes.to_vec(), sample.file.clone())),
        (None, None) => None,
    };
    let document = document.map(|(octets, name)| document_of(octets, &name)).transpose()?;
    // Nothing to change: the element goes as it was written.
    if let (Some(document), true) = (&document, settings.is_empty()) {
        return Ok(document.source()[document.root().span()].to_owned());
    }
    let mut argument = document.as_ref().map_or_else(|| Argument::empty(&side.fields), Argument::of);
    settings.iter().try_for_each(|setting| argument.set(&side.fields, setting))?;
    Ok(argument.write())
}

fn document_of(octets: Vec<u8>, name: &str) -> Result<Document, Failure> {
    Document::read(octets, &Limits::default()).map_err(|error| {
        let cause = text::bad_argument(name, &error, error.message_bg());
        Failure::usage(cause, kapia_soap::Bilingual::new(error.hint(), error.hint_bg()))
    })
}

impl Argument {
    /// A tree of a document that was read.
    pub fn of(document: &Document) -> Argument {
        Argument { root: Branch::of(document.root()) }
    }

    /// An empty root, for operations without a sample.
    pub fn empty(fields: &FieldTree) -> Argument {
        let name = fields.root().name();
        let declared = vec![(String::new(), name.namespace.to_string())];
        let root = Branch { namespace: name.namespace.into(), local: name.local.into(), declared, ..Branch::default() };
        Argument { root }
    }

    /// Sets one field. What is missing on the way is inserted where the schema has it.
    pub fn set(&mut self, fields: &FieldTree, setting: &Setting) -> Result<(), Failure> {
        let mut at = &mut self.root;
        let mut field = fields.root();
        // The default namespace where `at` stands; it decides whether an inserted element needs a declaration.
        let mut scope = Scope::default();
        for step in setting.path.split('/') {
            let (name, index) = indexed(step).ok_or_else(|| bad_step(setting, step))?;
            let child = field.child(name).ok_or_else(|| unknown_field(setting, &field, name))?;
            scope.enter(at);
            if child.is_attribute() {
                at.set_attribute(&child, &setting.value);
                return Ok(());
            }
            at = at.child(&field, &child, index, &scope).ok_or_else(|| bad_step(setting, step))?;
            field = child;
        }
        if !field.children().iter().all(Field::is_attribute) {
            return Err(not_a_value(setting, &field));
        }
        at.attributes.retain(|(name, ..)| name != "xsi:nil");
        at.content = vec![Piece::Text(setting.value.clone())];
        Ok(())
    }

    /// The document as text, complete in itself.
    pub fn write(&self) -> String {
        let mut out = Vec::new();
        self.root.write(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }
}

impl Branch {
    fn of(element: Element<'_>) -> Branch {
        let owned = |(prefix, namespace): (&str, &str)| (prefix.to_owned(), namespace.to_owned());
        let attribute = |attribute: kapia_xml::Attribute<'_>| {
            let (prefix, local) = (attribute.prefix(), attribute.local());
            let name = if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") };
            (name, local.to_owned(), attribute.value().into_owned())
        };
        let blank = !element.is_leaf();
        let content = element.nodes().filter_map(|node| match node {
            Node::Element(child) => Some(Piece::Branch(Branch::of(child))),
            Node::Text(text) if blank && text.is_blank() => None,
            Node::Text(text) => Some(Piece::Text(text.value().into_owned())),
            _ => None,
        });
        Branch {
            prefix: element.prefix().to_owned(),
            namespace: element.namespace().to_owned(),
            local: element.local().to_owned(),
            declared: element.declarations().map(owned).collect(),
            attributes: element.attributes().map(attribute).collect(),
            content: content.collect(),
        }
    }

    fn is(&self, field: &Field) -> bool {
        let name = field.name();
        self.local == *name.local && self.namespace == *name.namespace
    }

    fn set_attribute(&mut self, field: &Field, value: &str) {
        match self.attributes.iter_mut().find(|(_, local, _)| local == field.local()) {
            Some((.., known)) => value.clone_into(known),
            None => self.attributes.push((field.local().to_owned(), field.local().to_owned(), value.to_owned())),
        }
    }

    /// The child of this name and number (from 1), inserted if it is the next one; `None` if there are fewer before it.
    fn child(&mut self, parent: &Field, field: &Field, index: usize, scope: &Scope) -> Option<&mut Branch> {
        let is_it = |piece: &Piece| matches!(piece, Piece::Branch(branch) if branch.is(field));
        let places: Vec<usize> = (0..self.content.len()).filter(|at| is_it(&self.content[*at])).collect();
        let at = match places.get(index.checked_sub(1)?) {
            Some(at) => *at,
            None if index == places.len() + 1 => {
                let at = places.last().map_or_else(|| self.place_of(parent, field), |last| last + 1);
                self.content.insert(at, Piece::Branch(scope.branch(field)));
                at
            }
            None => return None,
        };
        match self.content.get_mut(at) {
            Some(Piece::Branch(branch)) => Some(branch),
            _ => None,
        }
    }

    /// Before the first sibling that the schema has after the field.
    fn place_of(&self, parent: &Field, field: &Field) -> usize {
        let order = parent.children();
        let rank = |branch: &Branch| order.iter().position(|known| !known.is_attribute() && branch.is(known));
        let own = order.iter().position(|known| known.path() == field.path());
        let later = self.content.iter().position(|piece| match piece {
            Piece::Branch(branch) => rank(branch) > own,
            Piece::Text(_) => false,
        });
        later.unwrap_or(self.content.len())
    }

    fn write(&self, out: &mut Vec<u8>) {
        let name = if self.prefix.is_empty() { self.local.clone() } else { format!("{}:{}", self.prefix, self.local) };
        out.extend_from_slice(format!("<{name}").as_bytes());
        for (prefix, namespace) in &self.declared {
            let declaration = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
            write_attribute(&declaration, namespace, out);
        }
        for (name, _, value) in &self.attributes {
            write_attribute(name, value, out);
        }
        out.push(b'>');
        for piece in &self.content {
            match piece {
                Piece::Branch(branch) => branch.write(out),
                Piece::Text(text) => escape_text(text, out),
            }
        }
        out.extend_from_slice(format!("</{name}>").as_bytes());
    }
}

/// Which prefixes mean what on the way down.
#[derive(Default)]
struct Scope(Vec<(String, String)>);

impl Scope {
    fn enter(&mut self, branch: &Branch) {
        self.0.extend(branch.declared.iter().cloned());
    }

    fn namespace(&self, prefix: &str) -> &str {
        self.0.iter().rev().find(|(known, _)| known == prefix).map_or("", |(_, namespace)| namespace)
    }

    /// A new element for a field, under a prefix that means its namespace here, or with a declaration of its own.
    fn branch(&self, field: &Field) -> Branch {
        let name = field.name();
        let namespace = name.namespace.to_string();
        let mut branch = Branch { namespace, local: name.local.into(), ..Branch::default() };
        if self.namespace("") == branch.namespace {
            return branch;
        }
        let known = self.0.iter().rev().find(|(prefix, uri)| {
            *uri == branch.namespace && !prefix.is_empty() && self.namespace(prefix) == uri && uri != XMLNS_NAMESPACE
        });
        match known {
            Some((prefix, _)) if !branch.namespace.is_empty() => branch.prefix.clone_from(prefix),
            _ => branch.declared.push((String::new(), branch.namespace.clone())),
        }
        branch
    }
}

fn write_attribute(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!(" {name}=\"").as_bytes());
    escape_attribute(value, out);
    out.push(b'"');
}

/// `Names[2]` is `Names` and 2.
fn indexed(step: &str) -> Option<(&str, usize)> {
    match step.strip_suffix(']') {
        Some(inner) => {
            let (name, index) = inner.rsplit_once('[')?;
            Some((name, index.parse().ok().filter(|index| *index > 0)?))
        }
        None => Some((step, 1)),
    }
}

fn bad_step(setting: &Setting, step: &str) -> Failure {
    Failure::usage(text::set_bad_step(&setting.path, step), text::set_bad_step_hint())
}

fn unknown_field(setting: &Setting, parent: &Field, name: &str) -> Failure {
    let written =
        |field: &Field| if field.is_attribute() { format!("@{}", field.local()) } else { field.local().to_owned() };
    let known: Vec<String> = parent.children().iter().map(written).collect();
    let hint = match near_names(name, known.iter().map(String::as_str)).as_slice() {
        [] if known.is_empty() => text::holds_a_value(parent.local()),
        [] => text::one_of(known.join(", ")),
        near => text::did_you_mean(near.join(", ")),
    };
    let above = if parent.path().is_empty() { parent.local() } else { parent.path() };
    Failure::usage(text::set_unknown(&setting.path, above, name), hint)
}

fn not_a_value(setting: &Setting, field: &Field) -> Failure {
    let below: Vec<String> = field.children().iter().map(|child| child.path().to_owned()).collect();
    Failure::usage(text::set_not_a_value(&setting.path), text::one_of(below.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use kapia_schema::{Memory, SchemaSet};
    use kapia_xml::QName;

    const SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" xmlns="urn:t"
        elementFormDefault="qualified">
      <xs:element name="Request"><xs:complexType><xs:sequence>
        <xs:element name="EGN" type="xs:string"/>
        <xs:element name="Person" minOccurs="0"><xs:complexType><xs:sequence>
          <xs:element name="Name" type="xs:string" minOccurs="0" maxOccurs="3"/>
          <xs:element name="Age" type="xs:string" minOccurs="0" form="unqualified"/>
        </xs:sequence><xs:attribute name="kind" type="xs:string"/></xs:complexType></xs:element>
        <xs:element name="Date" type="xs:date" minOccurs="0"/>
      </xs:sequence></xs:complexType></xs:element></xs:schema>"#;

    fn fields() -> FieldTree {
        let schema = SchemaSet::load("a.xsd", &Memory::new().with("a.xsd", SCHEMA)).unwrap();
        schema.fields(&QName::new("urn:t", "Request")).unwrap()
    }

    fn set(source: &'static str, settings: &[&str]) -> Result<String, Failure> {
        let mut argument = Argument::of(&Document::read(source, &Limits::default()).unwrap());
        settings.iter().try_for_each(|setting| argument.set(&fields(), &setting.parse().unwrap()))?;
        Ok(argument.write())
    }

    const SAMPLE: &str = "<Request xmlns=\"urn:t\">\n  <EGN>1</EGN>\n  <Date>2020-01-01</Date>\n</Request>";

    #[test]
    fn an_element_that_is_there_gets_the_value() {
        assert_eq!(
            set(SAMPLE, &["EGN=a<b"]).unwrap(),
            "<Request xmlns=\"urn:t\"><EGN>a&lt;b</EGN><Date>2020-01-01</Date></Request>"
        );
    }

    #[test]
    fn what_is_missing_is_inserted_in_the_order_of_the_schema() {
        assert_eq!(
            set(SAMPLE, &["Person/Age=7", "Person/Name=x", "Person/Name[2]=y", "Person/@kind=k"]).unwrap(),
            "<Request xmlns=\"urn:t\"><EGN>1</EGN><Person kind=\"k\"><Name>x</Name><Name>y</Name>\
             <Age xmlns=\"\">7</Age></Person><Date>2020-01-01</Date></Request>"
        );
    }

    #[test]
    fn an_inserted_element_takes_the_prefix_of_its_namespace() {
        let prefixed = "<t:Request xmlns:t=\"urn:t\"><t:EGN>1</t:EGN></t:Request>";
        assert_eq!(
            set(prefixed, &["Person/Name=x", "Person/Age=7"]).unwrap(),
            "<t:Request xmlns:t=\"urn:t\"><t:EGN>1</t:EGN><t:Person><t:Name>x</t:Name><Age>7</Age></t:Person></t:Request>"
        );
    }

    #[test]
    fn an_unknown_field_is_refused_with_the_one_that_was_meant() {
        let told = |setting| set(SAMPLE, &[setting]).unwrap_err().told(Language::En, false);
        assert!(told("EGM=1").ends_with("hint: did you mean EGN\n"), "{}", told("EGM=1"));
        assert!(told("Person/Xyzzy=1").contains("one of: @kind, Name, Age"), "{}", told("Person/Xyzzy=1"));
        assert!(told("Person=1").contains("Person/@kind, Person/Name, Person/Age"), "{}", told("Person=1"));
        assert!(told("Person/Name[3]=1").contains("Name[3]"));
    }

    #[test]
    fn without_a_sample_the_document_grows_from_its_root() {
        let mut argument = Argument::empty(&fields());
        argument.set(&fields(), &"EGN=5".parse().unwrap()).unwrap();
        assert_eq!(argument.write(), "<Request xmlns=\"urn:t\"><EGN>5</EGN></Request>");
    }
}
