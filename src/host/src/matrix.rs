use kapia_regix::host::Access;
use kapia_schema::{Field, FieldTree};

/// How often a type may stand inside itself in a matrix: recursive types have no end.
const RECURSION: usize = 2;
/// More properties than this are not listed.
const MOST: usize = 50_000;

/// The matrix that lets every field of a document through, whatever classes a .NET adapter has for it.
///
/// Its keys are properties of generated classes, which a schema only suggests (regix-contract §7.1). A mapper looks up
/// the properties that its class has and passes over other keys, so the matrix names every property that the usual
/// generators make of a field: the element's name without characters that an identifier cannot hold; for a list the
/// properties of its items directly below it too, since an item has no name of its own; `Value` for the text of an
/// element with attributes, `Text` for that of mixed content, `Any` for what a wildcard lets through. `further` are
/// paths of properties that none of this gives.
pub fn full_access<'f>(fields: &FieldTree, further: impl IntoIterator<Item = &'f str>) -> Access {
    let mut root = Access::granted();
    let mut left = MOST;
    grant(&mut root, &fields.root(), &mut left);
    for path in further {
        path.split('.').fold(&mut root, |at, key| at.grant(key));
    }
    root
}

fn grant(access: &mut Access, field: &Field, left: &mut usize) {
    let children = field.children();
    if field.simple_type().is_some() && !children.is_empty() {
        access.grant("Value");
    }
    if field.content_is_mixed() {
        access.grant("Text");
    }
    if field.has_open_content() {
        access.grant("Any");
    }
    for child in &children {
        if child.repetitions() > RECURSION || *left == 0 {
            continue;
        }
        *left -= 1;
        let mut below = Access::granted();
        grant(&mut below, child, left);
        if is_only_item(field, &children, child) {
            access.merge(&below);
        }
        access.grant(&identifier(child.local())).merge(&below);
    }
}

/// Whether a field is the repeated element of a list below the root: its parent holds it and nothing else.
fn is_only_item(parent: &Field, siblings: &[Field], field: &Field) -> bool {
    !parent.path().is_empty() && siblings.len() == 1 && !field.is_attribute() && field.max_occurs() != Some(1)
}

/// The property that generators make of a name: what an identifier cannot hold is left out.
fn identifier(local: &str) -> String {
    let kept: String = local.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    if kept.starts_with(|c: char| c.is_numeric()) { format!("Item{kept}") } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_schema::{Memory, SchemaSet};
    use kapia_xml::QName;

    fn paths(access: &Access, above: &str, found: &mut Vec<String>) {
        for (key, below) in access.below() {
            let path = if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") };
            assert!(below.has_access, "{path}");
            found.push(path.clone());
            paths(below, &path, found);
        }
    }

    fn of(schema: &'static str, further: &[&str]) -> Vec<String> {
        let schema = format!(
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t' xmlns='urn:t' \
             elementFormDefault='qualified'>{schema}</xs:schema>"
        );
        let set = SchemaSet::load("a.xsd", &Memory::new().with("a.xsd", schema)).unwrap();
        let mut found = Vec::new();
        let access = full_access(&set.fields(&QName::new("urn:t", "R")).unwrap(), further.iter().copied());
        paths(&access, "", &mut found);
        found.sort();
        found
    }

    #[test]
    fn a_list_is_named_with_and_without_its_items() {
        let found = of(
            "<xs:element name='R'><xs:complexType><xs:sequence>
               <xs:element name='Name' type='xs:string'/>
               <xs:element name='Persons'><xs:complexType><xs:sequence>
                 <xs:element name='Person' maxOccurs='unbounded'><xs:complexType><xs:sequence>
                   <xs:element name='EGN' type='xs:string'/></xs:sequence></xs:complexType></xs:element>
               </xs:sequence></xs:complexType></xs:element>
             </xs:sequence></xs:complexType></xs:element>",
            &[],
        );
        assert_eq!(found, ["Name", "Persons", "Persons.EGN", "Persons.Person", "Persons.Person.EGN"]);
    }

    #[test]
    fn names_become_identifiers_and_text_beside_attributes_is_a_property() {
        let found = of(
            "<xs:element name='R'><xs:complexType><xs:sequence>
               <xs:element name='birth-date'><xs:complexType><xs:simpleContent><xs:extension base='xs:date'>
                 <xs:attribute name='approximate' type='xs:boolean'/>
               </xs:extension></xs:simpleContent></xs:complexType></xs:element>
               <xs:element name='other' type='xs:string'/>
             </xs:sequence></xs:complexType></xs:element>",
            &["Item.Special"],
        );
        assert_eq!(found, ["Item", "Item.Special", "birthdate", "birthdate.Value", "birthdate.approximate", "other"]);
    }

    #[test]
    fn a_type_inside_itself_ends() {
        let found = of(
            "<xs:complexType name='T'><xs:sequence><xs:element name='A' type='xs:string'/>
               <xs:element name='T' type='T' minOccurs='0'/></xs:sequence></xs:complexType>
             <xs:element name='R' type='T'/>",
            &[],
        );
        assert_eq!(found, ["A", "T", "T.A", "T.T", "T.T.A"]);
    }
}
