//! The tree of fields of a document type.
#![allow(clippy::unwrap_used)]

use kapia_schema::{FieldTree, Memory, SchemaSet};
use kapia_xml::QName;

fn tree(body: &str) -> FieldTree {
    let text = format!(
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:m" xmlns="urn:m" elementFormDefault="qualified">
           <xs:import namespace="urn:o" schemaLocation="o.xsd"/>{body}</xs:schema>"#
    );
    let other = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:o"><xs:element name="Name" type="xs:int"/></xs:schema>"#;
    let set = SchemaSet::load("main.xsd", &Memory::new().with("main.xsd", text).with("o.xsd", other)).unwrap();
    set.fields(&QName::new("urn:m", "R")).unwrap()
}

fn shown(tree: &FieldTree, recursion: usize) -> Vec<String> {
    tree.walk(recursion)
        .map(|field| match field.max_occurs() {
            Some(max) => format!("{} {}..{max}", field.path(), field.min_occurs()),
            None => format!("{} {}..*", field.path(), field.min_occurs()),
        })
        .collect()
}

#[test]
fn fields_come_in_document_order_with_effective_occurrences() {
    let tree = tree(
        "<xs:element name='R'><xs:complexType><xs:sequence>
           <xs:element name='A' minOccurs='0'/>
           <xs:sequence minOccurs='0' maxOccurs='3'><xs:element name='B' maxOccurs='2'/><xs:element name='C' minOccurs='0'/></xs:sequence>
           <xs:choice><xs:element name='D'/><xs:sequence><xs:element name='E'/><xs:element name='F' maxOccurs='unbounded'/></xs:sequence></xs:choice>
           <xs:element name='G' minOccurs='0' maxOccurs='0'/>
         </xs:sequence><xs:attribute name='id' use='required'/><xs:attribute name='lang'/></xs:complexType></xs:element>",
    );
    assert_eq!(shown(&tree, 0), ["@id 1..1", "@lang 0..1", "A 0..1", "B 0..6", "C 0..3", "D 0..1", "E 0..1", "F 0..*"]);
}

#[test]
fn an_element_that_stands_twice_in_one_content_is_one_field() {
    let tree = tree(
        "<xs:element name='R'><xs:complexType><xs:sequence><xs:element name='A' type='xs:int'/><xs:element name='B'/><xs:element name='A' type='xs:int'/></xs:sequence></xs:complexType></xs:element>",
    );
    assert_eq!(shown(&tree, 0), ["A 2..2", "B 1..1"]);
}

#[test]
fn siblings_with_one_local_name_carry_their_namespaces() {
    let tree = tree(
        "<xs:element name='R'><xs:complexType><xs:sequence><xs:element name='Name' type='xs:string'/>
         <xs:element xmlns:o='urn:o' ref='o:Name'/><xs:element name='Age'/></xs:sequence></xs:complexType></xs:element>",
    );
    assert_eq!(shown(&tree, 0), ["{urn:m}Name 1..1", "{urn:o}Name 1..1", "Age 1..1"]);
    assert_eq!(tree.resolve("{urn:o}Name").unwrap().name(), QName::new("urn:o", "Name"));
    assert_eq!(tree.resolve("Name").unwrap().name(), QName::new("urn:m", "Name"));
    assert!(tree.resolve("{urn:x}Name").is_none() && tree.resolve("Age/Name").is_none());
}

#[test]
fn a_recursive_type_is_followed_as_far_as_asked() {
    let tree = tree(
        "<xs:complexType name='T'><xs:sequence><xs:element name='Child' type='T' minOccurs='0'/><xs:element name='X'/></xs:sequence></xs:complexType>
         <xs:element name='R' type='T'/>",
    );
    assert_eq!(shown(&tree, 0), ["Child 0..1", "X 1..1"]);
    assert_eq!(shown(&tree, 1), ["Child 0..1", "Child/Child 0..1", "Child/X 1..1", "X 1..1"]);
    assert_eq!(tree.walk(3).filter(|field| field.local() == "Child").count(), 4);
    let deep = tree.resolve("Child/Child/Child/Child/Child/Child/X").unwrap();
    assert_eq!(deep.path(), "Child/Child/Child/Child/Child/Child/X");
}

#[test]
fn a_field_knows_its_type_content_and_bulgarian_documentation() {
    let tree = tree(
        "<xs:simpleType name='S'><xs:annotation><xs:documentation>of the type</xs:documentation></xs:annotation><xs:restriction base='xs:string'/></xs:simpleType>
         <xs:element name='R'><xs:complexType><xs:sequence>
         <xs:element name='A' type='S' nillable='true' default='x'/>
         <xs:element name='B'><xs:annotation><xs:documentation xml:lang='en'>English</xs:documentation><xs:documentation xml:lang='bg-BG'> Български </xs:documentation></xs:annotation>
           <xs:complexType mixed='true'><xs:sequence><xs:any minOccurs='0' processContents='lax'/></xs:sequence></xs:complexType></xs:element>
         <xs:element name='C'><xs:complexType><xs:simpleContent><xs:extension base='xs:date'><xs:attribute name='unit' fixed='d'/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
         <xs:element name='D'/>
         </xs:sequence></xs:complexType></xs:element>",
    );
    let field = |path: &str| tree.resolve(path).unwrap();
    assert!(tree.root().is_element_only() && tree.root().path().is_empty());
    let a = field("A");
    assert_eq!((a.type_name().unwrap().local.as_ref(), a.is_nillable(), a.default_value()), ("S", true, Some("x")));
    assert_eq!(a.documentation(), Some("of the type"));
    assert!(a.simple_type().is_some() && !a.is_element_only());
    let b = field("B");
    assert_eq!(b.documentation(), Some("Български"));
    assert!(b.content_is_mixed() && b.has_open_content() && b.type_name().is_none() && b.simple_type().is_none());
    let unit = field("C/@unit");
    assert!(unit.is_attribute() && unit.is_fixed() && !unit.is_required());
    assert_eq!(field("C").simple_type().unwrap().name(), Some("date"));
    let d = field("D");
    assert!(d.has_open_content() && d.content_is_mixed() && d.children().is_empty());
}

#[test]
fn members_of_a_substitution_group_are_fields_in_place_of_an_abstract_head() {
    let tree = tree(
        "<xs:element name='H' abstract='true'/><xs:element name='M1' substitutionGroup='H'/><xs:element name='M2' substitutionGroup='H'/>
         <xs:element name='R'><xs:complexType><xs:sequence><xs:element ref='H' maxOccurs='2'/></xs:sequence></xs:complexType></xs:element>",
    );
    assert_eq!(shown(&tree, 0), ["M1 0..2", "M2 0..2"]);
}
