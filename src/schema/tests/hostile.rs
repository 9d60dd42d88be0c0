//! Nothing that a schema or a document says makes the engine panic, loop or run out of stack.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use kapia_schema::{Memory, Options, SchemaSet};
use kapia_xml::{Document, Event, Limits, QName};

const SEED: &str = r###"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:m" xmlns="urn:m" xmlns:m="urn:m" elementFormDefault="qualified">
<xs:include schemaLocation="part.xsd"/>
<xs:simpleType name="code"><xs:restriction base="xs:string"><xs:minLength value="1"/><xs:maxLength value="9"/><xs:pattern value="[a-z]+"/></xs:restriction></xs:simpleType>
<xs:simpleType name="codes"><xs:list itemType="code"/></xs:simpleType>
<xs:simpleType name="either"><xs:union memberTypes="code xs:int"><xs:simpleType><xs:restriction base="xs:date"/></xs:simpleType></xs:union></xs:simpleType>
<xs:complexType name="base" abstract="true"><xs:sequence><xs:element name="a" type="code" minOccurs="0" maxOccurs="3"/></xs:sequence><xs:attribute name="id" type="xs:ID"/></xs:complexType>
<xs:complexType name="more"><xs:complexContent><xs:extension base="base"><xs:choice minOccurs="2" maxOccurs="5"><xs:element name="b" type="either"/><xs:group ref="g"/></xs:choice><xs:attributeGroup ref="ag"/></xs:extension></xs:complexContent></xs:complexType>
<xs:complexType name="less"><xs:complexContent><xs:restriction base="more"><xs:sequence><xs:element name="a" type="code" minOccurs="0"/><xs:choice minOccurs="2" maxOccurs="3"><xs:element name="b" type="either"/><xs:group ref="g"/></xs:choice></xs:sequence></xs:restriction></xs:complexContent></xs:complexType>
<xs:complexType name="text"><xs:simpleContent><xs:extension base="codes"><xs:attribute ref="global" use="required"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:extension></xs:simpleContent></xs:complexType>
<xs:group name="g"><xs:sequence><xs:element name="c" type="text" maxOccurs="unbounded"/><xs:any namespace="##other" minOccurs="0" processContents="lax"/></xs:sequence></xs:group>
<xs:attributeGroup name="ag"><xs:attribute name="x" type="xs:date" default="2020-01-01"/><xs:anyAttribute/></xs:attributeGroup>
<xs:attribute name="global" type="either" fixed="7"/>
<xs:element name="head" type="base" abstract="true"/><xs:element name="one" type="more" substitutionGroup="head"/><xs:element name="two" type="less" substitutionGroup="one" block="#all" nillable="true"/>
<xs:element name="root"><xs:complexType mixed="true"><xs:sequence><xs:element ref="head" maxOccurs="unbounded"/><xs:element name="all"><xs:complexType><xs:all><xs:element name="p"/><xs:element name="q" minOccurs="0"/></xs:all></xs:complexType></xs:element></xs:sequence></xs:complexType>
<xs:key name="k"><xs:selector xpath=".//m:one | m:two/m:x"/><xs:field xpath="@id"/></xs:key><xs:keyref name="r" refer="k"><xs:selector xpath="."/><xs:field xpath="@id|a"/></xs:keyref></xs:element>
</xs:schema>"###;

const PART: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:complexType name="part"><xs:sequence><xs:element name="part" type="part" minOccurs="0"/></xs:sequence></xs:complexType></xs:schema>"#;

const DOCUMENT: &str = r#"<root xmlns="urn:m" xmlns:m="urn:m" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">text<one id="i1" x="2020-02-02"><a>abc</a><b>7</b><c m:global="7">a b c</c><c m:global="7" o:z="1" xmlns:o="urn:o">q</c><o xmlns="urn:o"/></one><two xsi:type="less" xsi:nil="false"><b>x</b><b>y</b></two><all><q/><p/></all></root>"#;

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

/// Deletes, doubles or moves an element, or swaps two attribute values.
fn mutated(text: &str, random: &mut Random) -> String {
    let document = Document::read(text.to_owned(), &Limits::default()).unwrap();
    let elements: Vec<_> = document
        .root()
        .events()
        .filter_map(|event| match event {
            Event::Start(element) => Some(element),
            _ => None,
        })
        .skip(1)
        .collect();
    if elements.is_empty() {
        return text.to_owned();
    }
    let one = elements[random.below(elements.len())].span();
    let other = elements[random.below(elements.len())].span();
    match random.below(5) {
        0 => format!("{}{}", &text[..one.start], &text[one.end..]),
        1 => format!("{}{}{}", &text[..one.end], &text[one.clone()], &text[one.end..]),
        2 => format!("{}{}{}", &text[..one.start], &text[other], &text[one.start..]),
        _ => {
            let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
            let pairs: Vec<(usize, usize)> = quotes.chunks_exact(2).map(|pair| (pair[0] + 1, pair[1])).collect();
            let (a, b) = (pairs[random.below(pairs.len())], pairs[random.below(pairs.len())]);
            let value = text[b.0..b.1].to_owned();
            format!("{}{value}{}", &text[..a.0], &text[a.1..])
        }
    }
}

#[test]
fn mutated_schemas_and_documents_never_break_the_engine() {
    let mut random = Random(7);
    let (mut loaded, mut invalid) = (0, 0);
    let mut documents = vec![DOCUMENT.to_owned()];
    for round in 0..4_000 {
        let mut schema = SEED.to_owned();
        for _ in 0..random.below(4) {
            let next = mutated(&schema, &mut random);
            if Document::read(next.clone(), &Limits::default()).is_ok() {
                schema = next;
            }
        }
        let next = mutated(&documents[random.below(documents.len())], &mut random);
        if next.len() < 20_000 && Document::read(next.clone(), &Limits::default()).is_ok() {
            documents.push(next);
        }
        let begin = Instant::now();
        let source = Memory::new().with("main.xsd", schema.clone()).with("part.xsd", PART);
        if let Ok(set) = SchemaSet::load("main.xsd", &source) {
            loaded += 1;
            let document =
                Document::read(documents[random.below(documents.len())].clone(), &Limits::default()).unwrap();
            invalid += usize::from(!set.validate(document.root(), &Options::default()).is_valid());
            if let Some(tree) = set.fields(&QName::new("urn:m", "root")) {
                assert!(tree.walk(1).take(100_000).count() < 100_000);
            }
        }
        assert!(begin.elapsed() < Duration::from_secs(5), "round {round} took {:?}:\n{schema}", begin.elapsed());
    }
    assert!(loaded > 500 && invalid > 100, "{loaded} loaded, {invalid} invalid");
}

#[test]
fn groups_in_groups_as_deep_as_allowed_need_no_stack() {
    let schema = |depth: usize| {
        let mut body =
            r#"<xs:group name="g0"><xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence></xs:group>"#
                .to_owned();
        for n in 1..depth {
            let (inner, kind) = (n - 1, if n % 2 == 0 { "sequence" } else { "choice" });
            body += &format!(
                r#"<xs:group name="g{n}"><xs:{kind}><xs:element name="e{n}"/><xs:group ref="g{inner}" minOccurs="0" maxOccurs="2"/></xs:{kind}></xs:group>"#
            );
        }
        let last = depth - 1;
        format!(
            r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{body}<xs:complexType name="t"><xs:group ref="g{last}"/></xs:complexType>
            <xs:complexType name="u"><xs:complexContent><xs:restriction base="t"><xs:group ref="g{last}"/></xs:restriction></xs:complexContent></xs:complexType>
            <xs:element name="r" type="u"/></xs:schema>"#
        )
    };
    for (depth, loads) in [(150, true), (450, true), (2_000, false)] {
        let loaded = SchemaSet::load("main.xsd", &Memory::new().with("main.xsd", schema(depth)));
        assert_eq!(loaded.is_ok(), loads, "{depth}: {:?}", loaded.err());
        let Ok(set) = loaded else { continue };
        let document = Document::read("<r><unknown/></r>", &Limits::default()).unwrap();
        assert!(!set.validate(document.root(), &Options::default()).is_valid());
        assert!(set.fields(&QName::new("", "r")).unwrap().walk(0).count() >= depth);
    }
}

#[test]
fn a_long_document_takes_time_in_proportion_to_its_length() {
    let schema = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:complexType>
        <xs:sequence minOccurs="2" maxOccurs="100000"><xs:element name="a" minOccurs="0" maxOccurs="100000"/><xs:element name="b" minOccurs="2" maxOccurs="100000"/></xs:sequence></xs:complexType>
        <xs:unique name="u"><xs:selector xpath="a"/><xs:field xpath="@id"/></xs:unique></xs:element></xs:schema>"#;
    let set = SchemaSet::load("main.xsd", &Memory::new().with("main.xsd", schema)).unwrap();
    let children: String = (0..20_000).map(|n| format!("<a id='{n}'/><b/><b/><b/>")).collect();
    let document = Document::read(format!("<r>{children}</r>"), &Limits::default()).unwrap();
    let begin = Instant::now();
    assert!(set.validate(document.root(), &Options::default()).is_valid());
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

fn wrapped(body: &str) -> String {
    format!(r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{body}</xs:schema>"#)
}

fn load(body: &str) -> Result<SchemaSet, kapia_schema::SchemaError> {
    SchemaSet::load("main.xsd", &Memory::new().with("main.xsd", wrapped(body)))
}

/// Work that grows with the square of its input or faster would take minutes here.
fn soon<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let done = work();
    assert!(begin.elapsed() < Duration::from_secs(30), "{what} took {:?}", begin.elapsed());
    done
}

#[test]
fn one_name_in_a_thousand_places_is_checked_for_ambiguity_in_short_time() {
    let (count, type_) = (2_000, "<xs:element name='a' type='xs:int'/>");
    let same = format!("<xs:complexType name='t'><xs:sequence>{}</xs:sequence></xs:complexType>", type_.repeat(count));
    assert!(soon("one name", || load(&same)).is_ok());
    let wild = "<xs:any/>".repeat(count);
    let wild = format!("<xs:complexType name='t'><xs:sequence>{wild}</xs:sequence></xs:complexType>");
    assert!(soon("one wildcard", || load(&wild)).is_ok());
    let last = format!("{}<xs:any minOccurs='0'/><xs:any/>", type_.repeat(count));
    let last = format!("<xs:complexType name='t'><xs:sequence>{last}</xs:sequence></xs:complexType>");
    assert_eq!(soon("a late clash", || load(&last)).unwrap_err().code(), "cos-nonambig");
}

#[test]
fn a_model_in_which_everything_may_follow_everything_is_refused_by_name() {
    // Each name twice, so that it must be looked at, and yet nowhere both: the second comes after a mark of its own.
    let pairs: String = (0..6_000)
        .map(|n| format!("<xs:element name='a{n}' minOccurs='0' type='xs:int'/><xs:sequence minOccurs='0'><xs:element name='m{n}'/><xs:element name='a{n}' type='xs:int'/></xs:sequence>"))
        .collect();
    let body = format!("<xs:complexType name='t'><xs:sequence>{pairs}</xs:sequence></xs:complexType>");
    assert_eq!(soon("all after all", || load(&body)).unwrap_err().code(), "schema-model-too-large");
}

#[test]
fn giant_counts_cost_nothing_and_are_exact() {
    let body = "<xs:element name='r'><xs:complexType><xs:sequence maxOccurs='99999999999999999999'><xs:element name='a' minOccurs='1000000000' maxOccurs='4000000000' type='xs:int'/>
         </xs:sequence></xs:complexType></xs:element>";
    let set = soon("giant counts", || load(body)).unwrap();
    let document = Document::read("<r><a>1</a></r>", &Limits::default()).unwrap();
    let report = set.validate(document.root(), &Options::first());
    assert_eq!(report.violations[0].code, "cvc-complex-type.2.4.b");
}

#[test]
fn counts_that_the_input_does_not_determine_are_refused_by_name() {
    // After an `a` the next may begin another iteration of the inner or of the outer sequence.
    let body = "<xs:complexType name='t'><xs:sequence minOccurs='2000' maxOccurs='4000'><xs:sequence minOccurs='2000' maxOccurs='3000'>
         <xs:element name='a'/><xs:element name='b' minOccurs='0'/></xs:sequence><xs:element name='c' minOccurs='0'/></xs:sequence></xs:complexType>";
    assert_eq!(soon("open counts", || load(body)).unwrap_err().code(), "schema-model-too-ambiguous");
}

#[test]
fn patterns_that_blow_up_elsewhere_are_matched_in_linear_time_or_refused_by_name() {
    let text = "a".repeat(200_000) + "!";
    for (pattern, code) in [
        ("(a*)*", "cvc-pattern-valid"),
        ("(a|aa)+b", "cvc-pattern-valid"),
        ("([a-z]+)*[0-9]", "cvc-pattern-valid"),
        ("(.*)(.*)(.*)(.*)x", "cvc-pattern-valid"),
        ("((a{1,100}){1,100}){1,100}", "cvc-pattern-too-large"),
    ] {
        let set = load(&format!(
            "<xs:element name='r'><xs:simpleType><xs:restriction base='xs:string'><xs:pattern value='{pattern}'/></xs:restriction></xs:simpleType></xs:element>"
        ))
        .unwrap();
        let document = Document::read(format!("<r>{text}</r>"), &Limits::default()).unwrap();
        let report = soon(pattern, || set.validate(document.root(), &Options::first()));
        assert_eq!(report.violations[0].code, code, "{pattern}");
    }
}

#[test]
fn numbers_of_a_million_digits_are_judged_in_linear_time() {
    let body = [
        "decimal",
        "integer",
        "double",
        "float",
        "duration",
        "gYear",
        "date",
        "hexBinary",
        "base64Binary",
        "unsignedByte",
    ]
    .map(|type_| format!("<xs:element name='{type_}' type='xs:{type_}'/>"))
    .concat();
    let set = load(&body).unwrap();
    let digits = "1".repeat(1_000_000);
    for (type_, text, valid) in [
        ("decimal", digits.clone(), true),
        ("decimal", format!("0.{digits}"), true),
        ("integer", format!("-{digits}"), true),
        ("double", format!("{digits}e{digits}"), true),
        ("float", format!("0.{digits}"), true),
        ("unsignedByte", digits.clone(), false),
        ("hexBinary", digits.clone(), true),
        ("base64Binary", digits.clone(), true),
        ("gYear", digits.clone(), false),
        ("date", format!("{digits}-01-01"), false),
        ("duration", format!("P{digits}Y"), false),
        ("duration", format!("PT0.{digits}S"), true),
    ] {
        let document = Document::read(format!("<{type_}>{text}</{type_}>"), &Limits::default()).unwrap();
        let report = soon(type_, || set.validate(document.root(), &Options::first()));
        assert_eq!(report.is_valid(), valid, "{type_}: {:?}", report.violations.first());
    }
}

#[test]
fn chains_of_heads_have_a_bound() {
    let chain: String = (1..900).map(|n| format!("<xs:element name='h{n}' substitutionGroup='h{}'/>", n - 1)).collect();
    let leaves: String = (0..2_000).map(|n| format!("<xs:element name='l{n}' substitutionGroup='h899'/>")).collect();
    let body = format!("<xs:element name='h0'/>{chain}{leaves}");
    assert_eq!(soon("heads", || load(&body)).unwrap_err().code(), "schema-model-too-large");
}
