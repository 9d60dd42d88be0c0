//! What the reader accepts, what it refuses, and under which name.
#![allow(clippy::unwrap_used)]

use kapia_xml::{Document, Limits, XmlError};

fn read(text: &str) -> Result<Document, XmlError> {
    Document::read(text.as_bytes().to_vec(), &Limits::default())
}

fn code(text: impl AsRef<[u8]>) -> &'static str {
    Document::read(text.as_ref().to_vec(), &Limits::default()).map_or_else(|error| error.code(), |_| "accepted")
}

#[test]
fn every_broken_rule_has_its_name() {
    for (expected, text) in [
        ("xml-empty", ""),
        ("xml-empty", " \n "),
        ("xml-empty", "\u{FEFF}"),
        ("xml-root", "\u{FEFF}\u{FEFF}<a/>"),
        ("xml-root", "<!-- only a comment -->"),
        ("xml-root", "text"),
        ("xml-root", "<a/><b/>"),
        ("xml-root", "<a/>text"),
        ("xml-doctype", "<!DOCTYPE a><a/>"),
        ("xml-doctype", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"),
        ("xml-entity", "<a>&nbsp;</a>"),
        ("xml-entity", "<a>& </a>"),
        ("xml-entity", "<a b=\"&x;\"/>"),
        ("xml-character-reference", "<a>&#0;</a>"),
        ("xml-character-reference", "<a>&#xFFFE;</a>"),
        ("xml-character-reference", "<a>&#xD800;</a>"),
        ("xml-character-reference", "<a>&#12</a>"),
        ("xml-character-reference", "<a>&#99999999999;</a>"),
        ("xml-character", "<a>\u{1}</a>"),
        ("xml-character", "<a>\u{FFFF}</a>"),
        ("xml-end-tag", "<a></b>"),
        ("xml-end-tag", "<a><b></a></b>"),
        ("xml-end-tag", "<a>"),
        ("xml-end-tag", "<a></ab>"),
        ("xml-markup", "<a b='1'c='2'/>"),
        ("xml-markup", "<a b=1/>"),
        ("xml-markup", "<a b/>"),
        ("xml-markup", "<a b='<'/>"),
        ("xml-markup", "<a b='/>"),
        ("xml-markup", "<a>]]></a>"),
        ("xml-markup", "<a><!-- -- --></a>"),
        ("xml-markup", "<a><!-- --->\n</a>"),
        ("xml-markup", "<a><![CDATA[</a>"),
        ("xml-markup", "<a:b:c xmlns:a='u'/>"),
        ("xml-markup", "< a/>"),
        ("xml-markup", "<1a/>"),
        ("xml-markup", "<a></a b>"),
        ("xml-markup", "<a><?x?y?></a>"),
        ("xml-declaration", "<a/><?xml version='1.0'?>"),
        ("xml-declaration", " <?xml version='1.0'?><a/>"),
        ("xml-declaration", "<?xml version='1.1'?><a/>"),
        ("xml-declaration", "<?xml encoding='utf-8'?><a/>"),
        ("xml-declaration", "<?xml version='1.0' standalone='maybe'?><a/>"),
        ("xml-encoding", "<?xml version='1.0' encoding='windows-1251'?><a/>"),
        ("xml-encoding", "<?xml version='1.0' encoding='utf-7'?><a/>"),
        ("xml-encoding", "<?xml version='1.0' encoding='us-ascii'?><a>я</a>"),
        ("xml-prefix", "<p:a/>"),
        ("xml-prefix", "<a p:b='1'/>"),
        ("xml-prefix", "<a><b xmlns:p='u'/><p:c/></a>"),
        ("xml-namespace", "<a xmlns:p=''/>"),
        ("xml-namespace", "<a xmlns:xmlns='u'/>"),
        ("xml-namespace", "<a xmlns:xml='u'/>"),
        ("xml-namespace", "<a xmlns='http://www.w3.org/2000/xmlns/'/>"),
        ("xml-namespace", "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>"),
        ("xml-namespace", "<xmlns:a/>"),
        ("xml-duplicate-attribute", "<a b='1' b='2'/>"),
        ("xml-duplicate-attribute", "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>"),
        ("xml-duplicate-attribute", "<a xmlns='u' xmlns='v'/>"),
        ("xml-duplicate-attribute", "<a a1='' a2='' a3='' a4='' a5='' a6='' a7='' a8='' a9='' a3=''/>"),
    ] {
        assert_eq!(code(text), expected, "{text}");
    }
}

#[test]
fn other_encodings_are_told_by_name() {
    let utf16: Vec<u8> = "\u{FEFF}<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(code(&utf16), "xml-encoding");
    let utf16_without_mark: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(code(&utf16_without_mark), "xml-encoding");
    assert_eq!(code([0, 0, 0, b'<', 0, 0, 0, b'a']), "xml-encoding");
    assert_eq!(code([b'\n', 0, b'<', 0, b'a', 0]), "xml-encoding");
    assert_eq!(code([0, b' ', 0, b'<', 0, b'a']), "xml-encoding");
    assert_eq!(code(b"<a>\xCF\xF0\xE8</a>"), "xml-encoding");
    assert_eq!(code(b"<a>\xC0\x80</a>"), "xml-encoding");
}

#[test]
fn what_clients_send_is_read() {
    for text in [
        "<?xml version='1.0' encoding='utf-8' standalone='no'?><a/>",
        "<?xml version=\"1.0\"?>\n<!-- c --><?p i?><a/>\n<!-- c -->\n",
        "\u{FEFF}<a/>",
        "\n\t<a/>",
        "<a xmlns=\"\"/>",
        "<a xml:lang='bg' xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
        "<Лице Име='Б'/>",
        "<a b = '1'\n/>",
        "<a ></a\n>",
        "<a><?p?><![CDATA[<&]]>]] ></a>",
        "<a xmlns:p='u' xmlns:q='v' p:b='1' q:b='2' b='3'/>",
        "<a b='1>2'/>",
    ] {
        assert_eq!(code(text), "accepted", "{text}");
    }
}

#[test]
fn every_limit_has_its_name() {
    let small = Limits {
        bytes: 4000,
        depth: 5,
        attributes: 4,
        name: 10,
        namespaces: 3,
        namespace: 15,
        tokens: 40,
        attribute_value: 20,
    };
    let deep = "<a>".repeat(6);
    let nested = "<a xmlns:p='1'><a xmlns:q='2'><a xmlns:r='3'><a xmlns:s='4'/></a></a></a>";
    for (expected, text) in [
        ("xml-too-large", " ".repeat(4001)),
        ("xml-too-deep", deep),
        ("xml-too-many-attributes", "<a a='' b='' c='' d='' e=''/>".into()),
        ("xml-name-too-long", "<abcdefghijk/>".into()),
        ("xml-too-many-namespaces", nested.into()),
        ("xml-too-many-parts", format!("<a>{}</a>", "<b/>".repeat(20))),
        ("xml-attribute-too-long", format!("<a b='{}'/>", "x".repeat(21))),
        ("xml-namespace-too-long", format!("<a xmlns='{}'/>", "x".repeat(16))),
    ] {
        let error = Document::read(text.clone().into_bytes(), &small).unwrap_err();
        assert_eq!(error.code(), expected, "{text}");
        assert!(error.limit(), "{text}");
        assert!(!error.hint().is_empty() && !error.hint_bg().is_empty() && !error.message_bg().is_empty());
    }
}

#[test]
fn an_error_says_line_and_column_in_characters() {
    let error = read("<a>\n  <Име>&x;</Име>\n</a>").unwrap_err();
    assert_eq!((error.line(), error.column()), (2, 8));
    assert_eq!(error.to_string(), "reference to an entity that is not one of the five of XML at line 2, column 8");
}

#[test]
fn positions_deep_in_a_document_are_those_that_one_counts() {
    let line = format!("<Име а='{}'/>\n<b/><c/>", "я".repeat(100));
    let document = read(&format!("<a>{}</a>", line.repeat(50))).unwrap();
    for child in document.root().children() {
        let before = &document.source()[..child.span().start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        let position = document.position(child.span().start);
        assert_eq!((position.line as usize, position.column as usize), (line, column));
    }
    let end = document.position(usize::MAX);
    assert_eq!(end.line, 51);
}

#[test]
fn an_encoding_name_that_is_long_is_not_repeated() {
    let text = format!("<?xml version='1.0' encoding='{}'?><a/>", "x".repeat(100_000));
    let error = read(&text).unwrap_err();
    assert_eq!(error.code(), "xml-declaration");
    assert!(error.to_string().len() < 200 && error.message_bg().len() < 200);
}

#[test]
fn names_texts_and_attributes_are_resolved() {
    let document = read(concat!(
        "<p:a xmlns:p='urn:1' xmlns='urn:2' n=' x&#10;y\r\nz\t' p:m='&lt;'>",
        "t&amp;\r\nu<![CDATA[<&\r]]><b/><c xmlns='' xmlns:p='urn:3'><p:d/></c></p:a>"
    ))
    .unwrap();
    let root = document.root();
    assert!(root.is("urn:1", "a"));
    assert_eq!(root.attribute("", "n").unwrap(), " x\ny z ");
    assert_eq!(root.attribute("urn:1", "m").unwrap(), "<");
    assert_eq!(root.attribute("", "m"), None);
    assert_eq!(root.text(), "t&\nu<&\n");
    let names: Vec<String> = root.children().map(|child| child.name().to_string()).collect();
    assert_eq!(names, ["{urn:2}b", "c"]);
    let deep = root.child("", "c").unwrap().child("urn:3", "d").unwrap();
    assert_eq!(deep.resolve("p"), Some("urn:3"));
    assert_eq!(deep.resolve(""), Some(""));
    assert_eq!(deep.resolve("q"), None);
    assert_eq!(deep.in_scope(), [("p", "urn:3")]);
    assert_eq!(deep.parent().unwrap().parent(), Some(root));
    assert_eq!(&document.source()[deep.span()], "<p:d/>");
    assert_eq!(document.element(deep.id()), deep);
}

#[test]
fn a_document_never_shows_its_content_in_debug() {
    let document = read("<a><EGN>8001010001</EGN></a>").unwrap();
    assert!(!format!("{document:?} {:?}", document.root()).contains("8001010001"));
}

#[test]
fn a_flood_costs_linear_work() {
    // Not timed: with quadratic work these would not end within the patience of a test run.
    let many = format!("<a>{}</a>", "<b c='1'/>".repeat(400_000));
    assert_eq!(code(&many), "accepted");
    let attributes: String = (0..255).map(|n| format!(" a{n}=''")).collect();
    let wide = format!("<r>{}</r>", format!("<a{attributes}/>").repeat(2_000));
    assert_eq!(code(&wide), "accepted");
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert_eq!(code(&deep), "xml-too-deep");
}
