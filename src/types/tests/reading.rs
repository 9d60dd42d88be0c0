//! What is read, what is written, and what is refused, with types written by hand as the generator would.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use kapia_types as xsd;

const NS: &str = "urn:test";

/// One of everything.
#[derive(Clone, Debug, PartialEq)]
pub struct All {
    /// An attribute.
    pub id: Option<xsd::Number<i32>>,
    /// A number.
    pub amount: xsd::Decimal,
    /// Nil or not.
    pub end: Option<xsd::Nillable<xsd::Date>>,
    /// Texts.
    pub note: Vec<String>,
    /// Itself.
    pub inner: Option<Box<All>>,
    /// Anything.
    pub open: Option<xsd::RawContent>,
    /// Any elements.
    pub any: Vec<xsd::RawElement>,
}

impl xsd::Content for All {
    const TYPE: xsd::TypeName = xsd::TypeName::Named(NS, "AllType");

    fn read(r: &mut xsd::Reader<'_>) -> xsd::Result<Self> {
        Ok(Self {
            id: r.attribute("", "id")?,
            amount: r.required(NS, "Amount")?,
            end: r.optional(NS, "End")?,
            note: r.many(NS, "Note", 0, 2)?,
            inner: r.optional_boxed(NS, "Inner")?,
            open: r.optional(NS, "Open")?,
            any: r.anys(&[xsd::First::Other(NS)], 0, xsd::UNBOUNDED)?,
        })
    }

    fn write(&self, w: &mut xsd::Writer) {
        w.attribute("", "id", self.id.as_ref());
        w.required(NS, "Amount", &self.amount);
        w.optional(NS, "End", self.end.as_ref());
        w.many(NS, "Note", &self.note);
        w.optional(NS, "Inner", self.inner.as_deref());
        w.optional(NS, "Open", self.open.as_ref());
        w.anys(&self.any);
    }
}
xsd::document! { All, NS, "All", qualified }

fn all(inside: &str) -> String {
    format!(r#"<All xmlns="urn:test" xmlns:xsi="{}">{inside}</All>"#, xsd::XSI)
}

fn refused(xml: &str) -> (String, String) {
    let error = All::from_xml(xml).unwrap_err();
    assert!(!error.bulgarian().is_empty() && error.to_string().contains(error.code()), "{error}");
    (error.code().to_owned(), error.path().to_owned())
}

fn code(xml: &str) -> String {
    refused(xml).0
}

#[track_caller]
fn survives(xml: &str) {
    let read = All::from_xml(xml).unwrap();
    let written = read.to_xml();
    assert_eq!(All::from_xml(&written).unwrap(), read, "{written}");
}

#[test]
fn what_is_read_is_written() {
    for inside in [
        "<Amount>007.50</Amount>",
        "<Amount>1</Amount><End xsi:nil='true'/><Note> a\tb </Note><Note/>",
        "<Amount>1</Amount><End>2026-11-22+02:00</End><Inner id='07'><Amount>2</Amount></Inner>",
        "<Amount>1</Amount><Note><![CDATA[a]]&gt;&amp;b]]>]]&gt;</Note>",
    ] {
        survives(&all(inside));
    }
    let xml = all("<Amount>1</Amount><End xsi:nil='true'/>").replace('\'', "\"").replace("></End>", "/>");
    let read = All::from_xml(&xml).unwrap();
    assert!(read.to_xml().contains("<End xsi:nil=\"true\"/>"), "{}", read.to_xml());
    assert_eq!(read.end, Some(xsd::Nillable::Nil));
}

#[test]
fn text_is_what_xml_says_it_is() {
    let xml = all("<Amount>1</Amount><Note>a\r\nb&#13;&lt;&#x416;<![CDATA[<&]]><!-- c --></Note>");
    assert_eq!(All::from_xml(xml).unwrap().note, ["a\nb\r<Ж<&"]);
}

#[test]
fn open_content_keeps_its_markup_and_its_namespaces() {
    let xml = format!(
        r#"<a:All xmlns:a="urn:test" xmlns:n1="urn:one" xmlns="urn:default" xmlns:xsi="{}" xmlns:x="{}"><a:Amount>1</a:Amount><a:Open xsi:type="x:string" n1:k="v">текст <n1:b c="x:int">]]&gt;</n1:b><d/></a:Open><e n1:f="1"><g xmlns=""/></e></a:All>"#,
        xsd::XSI,
        xsd::XSD
    );
    let read = All::from_xml(&xml).unwrap();
    assert_eq!(read.any[0].as_xml(), r#"<e xmlns:n1="urn:one" xmlns="urn:default" n1:f="1"><g xmlns=""/></e>"#);
    assert_eq!(read.open.as_ref().unwrap().attributes().len(), 2);
    let written = read.to_xml();
    let again = All::from_xml(&written).unwrap();
    assert_eq!(again.any, read.any, "{written}");
    assert_eq!(again.open.unwrap().markup(), read.open.unwrap().markup(), "{written}");
    // The names outside are what they were, although the prefix `n1` and the default mean something else inside.
    assert!(written.starts_with(r#"<All xmlns="urn:test""#) && written.contains("<k:Open"), "{written}");
}

#[test]
fn elements_of_no_namespace_stay_so() {
    let xml = r#"<a:All xmlns:a="urn:test"><a:Amount>1</a:Amount><a:Open><b/></a:Open></a:All>"#;
    let written = All::from_xml(xml).unwrap().to_xml();
    assert!(written.contains(r#"<b/>"#) && written.contains(r#"xmlns="""#), "{written}");
    survives(xml);
}

#[test]
fn open_content_can_be_made() {
    let open = xsd::RawContent::from_text("a < b & c");
    assert_eq!((open.markup(), open.text().unwrap()), ("a &lt; b &amp; c", "a < b & c".to_owned()));
    let element = xsd::RawElement::parse(r#"<p:a xmlns:p="urn:p">1</p:a>"#).unwrap();
    assert_eq!(element.as_xml(), r#"<p:a xmlns:p="urn:p">1</p:a>"#);
    assert_eq!(xsd::RawContent::from_elements([&element]).markup(), element.as_xml());
    assert!(xsd::RawElement::parse("<a/><b/>").is_err() && xsd::RawElement::parse("<a>").is_err());
}

#[test]
fn a_part_of_a_larger_message_takes_its_prefixes_from_there() {
    let xml = b"<t:All><t:Amount>1</t:Amount></t:All>";
    let read = All::from_xml_within(xml, &xsd::Limits::default(), &[("t", NS)]).unwrap();
    assert_eq!(read.amount.as_str(), "1");
    assert_eq!(All::from_xml(xml).unwrap_err().code(), "xml-prefix");
}

#[test]
fn errors_name_rule_and_place_and_never_the_value() {
    assert_eq!(refused(&all("")), ("element-missing".into(), "/All".into()));
    assert_eq!(refused(&all("<Amount>тайна</Amount>")), ("value-lexical".into(), "/All/Amount".into()));
    assert_eq!(
        refused(&all("<Amount>1</Amount><Inner id='тайна'><Amount>1</Amount></Inner>")),
        ("value-lexical".into(), "/All/Inner/@id".into())
    );
    assert_eq!(code(&all("<Amount>1</Amount><Note/><Note/><Note/>")), "element-too-many");
    assert_eq!(refused(&all("<Amount>1</Amount><Note/><Note><a/></Note>")).1, "/All/Note[2]");
    assert_eq!(code(&all("<Amount>1</Amount><Amount>1</Amount>")), "element-unexpected");
    assert_eq!(code(&all("<Amount other='1'>1</Amount>")), "attribute-unexpected");
    assert_eq!(code(&all("x<Amount>1</Amount>")), "text-unexpected");
    assert_eq!(code(&all("<Amount>1<b/></Amount>")), "element-in-value");
    assert_eq!(code("<All xmlns='urn:other'/>"), "element-root");
    assert_eq!(code(&all("<Amount xsi:nil='true'/>")), "nil-not-allowed");
    assert_eq!(code(&all("<Amount>1</Amount><End xsi:nil='true'>2026-11-22</End>")), "nil-not-empty");
    let error = All::from_xml("<All xmlns='urn:test'>\n  <Amount>тайна</Amount></All>").unwrap_err();
    assert_eq!((error.line(), error.english().contains("тайна")), (2, false));
}

#[test]
fn a_type_may_be_named_only_as_it_is_declared() {
    assert!(All::from_xml(all("<Amount>1</Amount>").replacen("<All ", "<All xsi:type='AllType' ", 1)).is_ok());
    assert!(
        All::from_xml(all("<Amount xmlns:x='http://www.w3.org/2001/XMLSchema' xsi:type='x:decimal'>1</Amount>"))
            .is_ok()
    );
    assert_eq!(code(&all("<Amount>1</Amount>").replacen("<All ", "<All xsi:type='Other' ", 1)), "type-unknown");
}

#[test]
fn hostile_documents_end_in_a_named_error() {
    for (xml, expected) in [
        ("<!DOCTYPE a><All xmlns='urn:test'/>".to_owned(), "xml-doctype"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><All xmlns='urn:test'>&b;</All>".to_owned(), "xml-doctype"),
        (all("<Amount>&b;</Amount>"), "xml-reference"),
        (all("<Amount>1</Amount><Open>&b;</Open>"), "xml-reference"),
        (all("<Amount>1</Amount><Note>]]></Note>"), "xml-text"),
        (all("<Amount>1</Amount><Open a='1' a='2'/>"), "xml-attribute"),
        (all("<Amount>1</Amount><Open xmlns:p='u' xmlns:q='u' p:a='1' q:a='2'/>"), "xml-attribute"),
        (all("<Amount>1</Amount><Open a='<'/>"), "xml-attribute"),
        (all("<Amount>1</Amount><Open><p:a/></Open>"), "xml-prefix"),
        (all("<Amount>1</Amount><Open><a xmlns:p=''/></Open>"), "xml-namespace"),
        (all("<Amount>1</Amount><Open><a xmlns:xml='u'/></Open>"), "xml-namespace"),
        (all("<Amount>1</Amount><Open><1a/></Open>"), "xml-name"),
        (all("<Amount>\u{1}</Amount>"), "xml-character"),
        (all("<Amount>1</Amount>") + "<a/>", "xml-after-root"),
        (all("<Amount>1</Amount>") + "x", "xml-after-root"),
        (all("<Amount>1"), "xml-not-well-formed"),
        ("<?xml version='1.1'?>".to_owned() + &all("<Amount>1</Amount>"), "xml-declaration"),
        ("<?xml version='1.0' encoding='windows-1251'?>".to_owned() + &all("<Amount>1</Amount>"), "xml-encoding"),
        (String::new(), "xml-not-well-formed"),
    ] {
        assert_eq!(code(&xml), expected, "{xml}");
    }
    assert_eq!(All::from_xml([0xFF, 0xFE]).unwrap_err().code(), "xml-encoding");
}

#[test]
fn depth_size_and_counts_have_limits() {
    let deep = |n: usize| all(&format!("<Amount>1</Amount><Open>{}{}</Open>", "<a>".repeat(n), "</a>".repeat(n)));
    survives(&deep(126));
    assert_eq!(code(&deep(127)), "xml-too-deep");
    let nested = |n: usize| {
        let open = "<Inner><Amount>1</Amount>".repeat(n);
        all(&format!("<Amount>1</Amount>{open}{}", "</Inner>".repeat(n)))
    };
    survives(&nested(126));
    assert_eq!(code(&nested(100_000)), "xml-too-deep");
    let attributes: String = (0..300).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(code(&all(&format!("<Amount>1</Amount><Open{attributes}/>"))), "xml-too-many-attributes");
    let namespaces: String = (0..255).map(|n| format!(" xmlns:a{n}='u'")).collect();
    assert_eq!(code(&all(&format!("<Amount>1</Amount><Open{namespaces}/>"))), "xml-too-many-namespaces");
    let small = xsd::Limits { bytes: 10, ..xsd::Limits::default() };
    let xml = all("<Amount>1</Amount>");
    assert_eq!(All::from_xml_within(xml.as_bytes(), &small, &[]).unwrap_err().code(), "xml-too-large");
}

#[test]
fn prologue_and_epilogue_may_hold_what_means_nothing() {
    let inside = all("<!-- a --><Amount>1</Amount><?b c?>");
    let xml = format!("\u{FEFF}<?xml version='1.0' encoding='UTF-8'?>\n<!-- d -->{inside}\n<!-- e -->\n");
    assert!(All::from_xml(xml).is_ok());
}
