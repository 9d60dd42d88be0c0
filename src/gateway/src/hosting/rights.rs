//! A matrix as a core hands it over, as rights over the fields of a document.

use kapia_adapter::Operation;
use kapia_registry::{FieldPattern, FieldRights};
use kapia_regix::host::Access;
use kapia_regix::{AccessMatrix, MatrixField};
use kapia_schema::{Field, FieldTree};

/// The rights that a matrix gives over a document (regix-contract §7.3).
///
/// Keys of a matrix are properties of the core's classes for the document: a property is named as its element, without
/// characters that an identifier cannot hold. Where the schema has a list (an element that holds one repeated element
/// and nothing else), classes may have a property for the list alone, whose items have no name of their own: then what
/// stands below the list's property is said of the items. The text of an element that has attributes or mixed content
/// is a property too (`Value`, `Text`), and hiding it hides the element. What a wildcard lets through is never shown.
pub(super) fn rights(fields: &FieldTree, access: &Access) -> FieldRights {
    let mut allowed = Vec::new();
    if access.has_access {
        allow(&fields.root(), access, &mut allowed);
    }
    FieldRights::from_patterns(allowed, [])
}

fn allow(field: &Field, access: &Access, allowed: &mut Vec<FieldPattern>) {
    let children = field.children();
    for child in &children {
        let named = access.property(&identifier(child.local()));
        // A property that is named and closed stays closed, even where the list above it is open.
        let below = match named {
            Some(named) => named,
            None if is_only_item(field, &children, child) => access,
            None => continue,
        };
        if !below.has_access || !text_is_open(child, below) {
            continue;
        }
        let path = pattern_of(child.path());
        let Ok(pattern) = FieldPattern::parse(&path) else { continue };
        allowed.push(pattern);
        // A matrix ends, a recursive type does not: an item without a name must not be followed into itself.
        if named.is_some() || child.repetitions() == 0 {
            allow(child, below, allowed);
        }
    }
}

/// Whether the text of an element, if it is a property of its own, may be seen.
fn text_is_open(field: &Field, access: &Access) -> bool {
    let open = |key| access.property(key).is_some_and(|access| access.has_access);
    let children = field.children();
    // What has no fields of its own is one value, of whatever type.
    children.is_empty()
        || ((field.simple_type().is_none() || open("Value")) && (!field.content_is_mixed() || open("Text")))
}

/// A path with local names alone: rights are said of local names, and the filter looks at namespaces itself.
fn pattern_of(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, namespace)) = rest.split_once('{') {
        out.push_str(before);
        rest = namespace.split_once('}').map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// Whether a field is the repeated element of a list below the root: the class of the root itself is no list.
fn is_only_item(parent: &Field, siblings: &[Field], field: &Field) -> bool {
    !parent.path().is_empty() && siblings.len() == 1 && !field.is_attribute() && field.max_occurs() != Some(1)
}

fn identifier(local: &str) -> String {
    local.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The matrix as an answer returns it: its own lines, in its own order (regix-contract §7.4).
pub(super) fn returned(operation: &Operation, access: &Access) -> AccessMatrix {
    let side = &operation.response;
    let root = side.fields.root();
    let name = root.type_name().map_or_else(|| side.root.local.to_string(), |name| name.local.to_string());
    let mut fields = Vec::new();
    list(access, "", &mut fields);
    AccessMatrix { name, fields }
}

fn list(access: &Access, above: &str, fields: &mut Vec<MatrixField>) {
    for (key, below) in access.below() {
        let path = if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") };
        fields.push(MatrixField { path: path.clone(), has_access: below.has_access });
        list(below, &path, fields);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_schema::{Memory, SchemaSet};
    use kapia_xml::QName;

    const SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" xmlns="urn:t"
        elementFormDefault="qualified">
      <xs:complexType name="P"><xs:sequence>
        <xs:element name="Name" type="xs:string"/><xs:element name="EGN" type="xs:string"/>
        <xs:element name="Child" type="P" minOccurs="0"/>
      </xs:sequence></xs:complexType>
      <xs:element name="R"><xs:complexType><xs:sequence>
        <xs:element name="birth-date" type="xs:date"/>
        <xs:element name="Weight"><xs:complexType><xs:simpleContent><xs:extension base="xs:decimal">
          <xs:attribute name="unit" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
        <xs:element name="Anything"/>
        <xs:element name="Aliases"><xs:complexType><xs:sequence>
          <xs:element name="Alias" type="xs:string" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
        <xs:element name="Persons"><xs:complexType><xs:sequence>
          <xs:element name="Person" type="P" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element></xs:schema>"#;

    fn allowed(open: &[&str], closed: &[&str]) -> Vec<String> {
        let set = SchemaSet::load("a.xsd", &Memory::new().with("a.xsd", SCHEMA)).unwrap();
        let fields = set.fields(&QName::new("urn:t", "R")).unwrap();
        let mut access = Access::granted();
        for path in open {
            path.split('.').fold(&mut access, |at, key| at.grant(key));
        }
        for path in closed {
            path.split('.').fold(&mut access, |at, key| at.grant(key)).has_access = false;
        }
        rights(&fields, &access).allowed().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_no_line_opens_is_closed() {
        assert_eq!(allowed(&[], &[]), Vec::<String>::new());
        assert_eq!(allowed(&["birthdate"], &[]), ["birth-date"]);
        assert_eq!(allowed(&["Anything"], &[]), ["Anything"]);
        assert_eq!(allowed(&["Nothing", "birthdate"], &["birthdate"]), Vec::<String>::new());
    }

    #[test]
    fn a_list_is_open_with_the_name_of_its_items_or_without() {
        assert_eq!(allowed(&["Aliases"], &[]), ["Aliases", "Aliases/Alias"]);
        assert_eq!(allowed(&["Aliases"], &["Aliases.Alias"]), ["Aliases"]);
        let flat = allowed(&["Persons.Name", "Persons.Child.EGN"], &[]);
        let nested = allowed(&["Persons.Person.Name", "Persons.Person.Child.EGN"], &[]);
        assert_eq!(flat, nested);
        assert_eq!(
            flat,
            ["Persons", "Persons/Person", "Persons/Person/Child", "Persons/Person/Child/EGN", "Persons/Person/Name"]
        );
    }

    #[test]
    fn a_list_directly_below_the_root_has_a_name() {
        let schema = SCHEMA.replace("name=\"R\"", "name=\"Other\"").replace(
            "</xs:schema>",
            "<xs:element name=\"R\"><xs:complexType><xs:sequence>\
             <xs:element name=\"Person\" type=\"P\" maxOccurs=\"unbounded\"/></xs:sequence></xs:complexType></xs:element></xs:schema>",
        );
        let set = SchemaSet::load("a.xsd", &Memory::new().with("a.xsd", schema)).unwrap();
        let fields = set.fields(&QName::new("urn:t", "R")).unwrap();
        let mut access = Access::granted();
        access.grant("Name");
        assert!(rights(&fields, &access).is_nothing(), "the root is no list");
        access.grant("Person").grant("Name");
        let rights = rights(&fields, &access);
        let allowed: Vec<String> = rights.allowed().iter().map(ToString::to_string).collect();
        assert_eq!(allowed, ["Person", "Person/Name"]);
    }

    #[test]
    fn a_text_beside_attributes_is_a_property_of_its_own() {
        assert_eq!(allowed(&["Weight.unit"], &[]), Vec::<String>::new(), "an open attribute must not open the text");
        assert_eq!(allowed(&["Weight.Value"], &[]), ["Weight"]);
        assert_eq!(allowed(&["Weight.Value", "Weight.unit"], &[]), ["Weight", "Weight/@unit"]);
    }

    #[test]
    fn a_closed_root_opens_nothing() {
        let set = SchemaSet::load("a.xsd", &Memory::new().with("a.xsd", SCHEMA)).unwrap();
        let fields = set.fields(&QName::new("urn:t", "R")).unwrap();
        let mut access = Access::granted();
        access.grant("birthdate");
        access.has_access = false;
        assert!(rights(&fields, &access).is_nothing());
    }

    #[test]
    fn the_returned_matrix_says_what_was_handed_over() {
        let mut access = Access::granted();
        access.grant("A").grant("B").has_access = false;
        let mut fields = Vec::new();
        list(&access, "", &mut fields);
        let lines: Vec<(&str, bool)> = fields.iter().map(|field| (field.path.as_str(), field.has_access)).collect();
        assert_eq!(lines, [("A", true), ("A.B", false)]);
    }
}
