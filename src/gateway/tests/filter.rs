//! A hidden field never leaves: the plan of the filter against the plain reading of the rights.
#![allow(clippy::unwrap_used)]

use kapia_gateway::FilterPlan;
use kapia_registry::{FieldPattern, FieldRights, Verdict};
use kapia_schema::{FieldTree, Memory, SchemaSet};
use kapia_xml::{Document, Element, Limits, QName, Writer};
use proptest::prelude::*;

const SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:r" xmlns="urn:r" elementFormDefault="qualified">
  <xs:element name="R" type="T"/>
  <xs:complexType name="T">
    <xs:sequence>
      <xs:element name="A" type="T" minOccurs="0" maxOccurs="unbounded"/>
      <xs:element name="B" type="L" minOccurs="0" maxOccurs="unbounded"/>
      <xs:element name="C" minOccurs="0" type="xs:string"/>
      <xs:element name="N" nillable="true" type="xs:string"/>
      <xs:any namespace="\#\#other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:attribute name="i" type="xs:string"/>
    <xs:attribute name="j" type="xs:string"/>
  </xs:complexType>
  <xs:complexType name="L">
    <xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="i" type="xs:string"/></xs:extension></xs:simpleContent>
  </xs:complexType>
</xs:schema>"#;

fn fields() -> FieldTree {
    let schema = SCHEMA.replace("\\#\\#", "##");
    let source = Memory::new().with("r.xsd", schema);
    let set = SchemaSet::load("r.xsd", &source).unwrap();
    set.fields(&QName::new("urn:r", "R")).unwrap()
}

fn rights(allow: &[&str], deny: &[&str]) -> FieldRights {
    let parse = |patterns: &[&str]| patterns.iter().map(|p| p.parse::<FieldPattern>().unwrap()).collect::<Vec<_>>();
    FieldRights::from_patterns(parse(allow), parse(deny))
}

fn filtered(document: &Document, rights: &FieldRights) -> (String, u64) {
    let plan = FilterPlan::new(&fields(), rights);
    let mut policy = plan.start();
    let mut writer = Writer::new();
    writer.copy(document.root(), &mut policy);
    (String::from_utf8(writer.into_bytes()).unwrap(), policy.hidden())
}

fn read(text: &str) -> Document {
    Document::read(text.as_bytes().to_vec(), &Limits::default()).unwrap()
}

#[test]
fn only_what_is_granted_is_left_and_nil_is_said_where_the_schema_asks_for_it() {
    let document = read("<R xmlns='urn:r' i='1' j='2'><A><C>3</C><N>4</N></A><B i='5'>6</B><C>7</C><N>8</N></R>");
    let (text, hidden) = filtered(&document, &rights(&["A", "A/C", "B", "@j"], &[]));
    assert_eq!(
        text,
        "<R xmlns=\"urn:r\" j=\"2\"><A><C>3</C><N xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"></N></A><B>6</B><N xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"></N></R>"
    );
    assert_eq!(hidden, 5);
}

#[test]
fn a_deny_beats_an_allow_at_any_depth_and_in_every_repetition() {
    let document = read("<R xmlns='urn:r'><A><B>1</B><N/></A><A><A><B>2</B><N/></A><B>3</B><N/></A><N/></R>");
    let (text, _) = filtered(&document, &rights(&["**"], &["A/B"]));
    assert_eq!(text, "<R xmlns=\"urn:r\"><A><N></N></A><A><A><B>2</B><N></N></A><N></N></A><N></N></R>");
}

#[test]
fn a_name_in_a_foreign_namespace_never_passes_for_a_granted_field() {
    let document = read("<R xmlns='urn:r' xmlns:x='urn:x' x:i='0'><C>1</C><x:C>2</x:C><N/><C xmlns='urn:x'>3</C></R>");
    let (text, _) = filtered(&document, &rights(&["C", "N", "@i"], &[]));
    assert_eq!(text, "<R xmlns=\"urn:r\"><C>1</C><N></N></R>");
}

#[test]
fn without_rights_the_root_alone_is_left() {
    let document = read("<R xmlns='urn:r' i='1'><C>1</C><!-- c --><?p d?></R>");
    assert_eq!(filtered(&document, &rights(&[], &[])).0, "<R xmlns=\"urn:r\"></R>");
}

fn document() -> impl Strategy<Value = String> {
    let attributes = (any::<bool>(), any::<bool>())
        .prop_map(|(i, j)| format!("{}{}", if i { " i='s'" } else { "" }, if j { " j='s'" } else { "" }));
    let leaf = prop_oneof![
        Just("<C>s</C>".to_owned()),
        Just("<B i='s'>s</B>".to_owned()),
        Just("<N>s</N>".to_owned()),
        Just("<x:C xmlns:x='urn:x'>s</x:C>".to_owned()),
        Just("<Z xmlns=''>s</Z>".to_owned()),
    ];
    let content = leaf.prop_recursive(4, 24, 4, move |inner| {
        (attributes.clone(), prop::collection::vec(inner, 0..4))
            .prop_map(|(attributes, children)| format!("<A{attributes}>{}</A>", children.concat()))
    });
    prop::collection::vec(content, 0..5)
        .prop_map(|children| format!("<R xmlns='urn:r' i='s'>{}</R>", children.concat()))
}

fn patterns() -> impl Strategy<Value = Vec<String>> {
    let step = prop::sample::select(vec!["A", "B", "C", "N"]);
    let pattern = (prop::collection::vec(step, 0..4), prop::sample::select(vec!["", "**", "@i", "@j"])).prop_map(
        |(steps, end)| {
            let mut parts: Vec<&str> = steps;
            if !end.is_empty() {
                parts.push(end);
            }
            if parts.is_empty() { "C".to_owned() } else { parts.join("/") }
        },
    );
    prop::collection::vec(pattern, 0..7)
}

/// What is left by the plain reading: paths with their attributes, in document order.
fn expected(element: Element<'_>, path: &mut Vec<String>, rights: &FieldRights, out: &mut Vec<String>) {
    let decide = |path: &[String]| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        rights.decide(&path) == Verdict::Visible
    };
    for attribute in element.attributes() {
        path.push(format!("@{}", attribute.local()));
        if decide(path) && attribute.namespace().is_empty() {
            out.push(path.join("/"));
        }
        path.pop();
    }
    for child in element.children() {
        path.push(child.local().to_owned());
        // Declared are the elements of the schema's namespace; below a pattern that opens everything others pass too.
        let declared = child.namespace() == "urn:r";
        let open = {
            let mut below = path.clone();
            below.push("undeclared".into());
            decide(&below)
        };
        if decide(path) && (declared || open) {
            out.push(path.join("/"));
            expected(child, path, rights, out);
        }
        path.pop();
    }
}

fn found(element: Element<'_>, path: &mut Vec<String>, out: &mut Vec<String>) {
    for attribute in element.attributes().filter(|attribute| attribute.namespace().is_empty()) {
        out.push(format!("{}@{}", path.iter().map(|step| format!("{step}/")).collect::<String>(), attribute.local()));
    }
    for child in element.children().filter(|child| child.attribute(kapia_xml::XSI_NAMESPACE, "nil").is_none()) {
        path.push(child.local().to_owned());
        out.push(path.join("/"));
        found(child, path, out);
        path.pop();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_hidden_leaves_and_nothing_visible_is_lost(text in document(), allow in patterns(), deny in patterns()) {
        let document = read(&text);
        let borrowed = |patterns: &[String]| patterns.iter().map(String::as_str).map(str::to_owned).collect::<Vec<_>>();
        let (allow, deny) = (borrowed(&allow), borrowed(&deny));
        let rights = rights(
            &allow.iter().map(String::as_str).collect::<Vec<_>>(),
            &deny.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        let (filtered, _) = filtered(&document, &rights);
        let left = read(&filtered);
        let mut actual = Vec::new();
        found(left.root(), &mut Vec::new(), &mut actual);
        let mut wanted = Vec::new();
        expected(document.root(), &mut Vec::new(), &rights, &mut wanted);
        // Where everything below is open, an undeclared element passes only if no deny lies inside its parent; the
        // filter is allowed to be stricter there, never laxer.
        let undeclared_hidden: Vec<_> = wanted.iter().filter(|path| !actual.contains(path)).collect();
        prop_assert!(actual.iter().all(|path| wanted.contains(path)), "left {actual:?} of {wanted:?}");
        prop_assert!(
            undeclared_hidden.iter().all(|_| text.contains("urn:x") || text.contains("<Z")),
            "lost {undeclared_hidden:?}"
        );
    }
}
