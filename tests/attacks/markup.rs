//! What is not the XML that we read: document types, entities, floods, characters and encodings.

use super::*;

// ---- document types and entities ----

#[test]
fn a_document_type_is_refused_wherever_it_stands_and_nothing_is_fetched() {
    let bait = Bait::new();
    let url = bait.url();
    let envelope = Call::good().envelope();
    for doctype in [
        "<!DOCTYPE x>".to_owned(),
        format!("<!DOCTYPE x SYSTEM \"{url}\">"),
        format!("<!DOCTYPE x PUBLIC \"-//x\" \"{url}\">"),
        format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"{url}\">]>"),
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>".to_owned(),
        format!("<!DOCTYPE x [<!ENTITY % p SYSTEM \"{url}\"> %p;]>"),
        "<!DOCTYPE x [<!ENTITY % p \"<!ENTITY e 'v'>\"> %p;]>".to_owned(),
        "<!DOCTYPE x [<!ATTLIST x a CDATA \"v\">]>".to_owned(),
    ] {
        assert_refused(format!("{doctype}{envelope}"), 400, "xml-doctype");
        assert_refused(format!("<?xml version=\"1.0\"?>\n<!-- c -->{doctype}{envelope}"), 400, "xml-doctype");
        assert_refused(with_before("<Operation>", &doctype), 400, "xml-doctype");
        assert_refused(format!("{envelope}{doctype}"), 400, "xml-doctype");
    }
    // XML knows the word in capitals only.
    assert_refused(format!("<!doctype x>{envelope}"), 400, "xml-markup");
    bait.assert_untouched();
}

#[test]
fn an_entity_flood_dies_at_its_first_declaration_and_unknown_entities_are_named() {
    let mut laughs = "<!DOCTYPE x [<!ENTITY a0 \"ha\">".to_owned();
    for n in 1..20 {
        let inner = format!("&a{};", n - 1).repeat(10);
        laughs.push_str(&format!("<!ENTITY a{n} \"{inner}\">"));
    }
    assert_refused(format!("{laughs}]>{}", with_block("&a19;")), 400, "xml-doctype");
    for reference in ["&a19;", "&nbsp;", "&e", "& ", "&;", "&AMP;", "&amp", "&%p;"] {
        assert_refused(with_block(reference), 400, "xml-entity");
        let attribute = format!("<a b=\"{reference}\"/>");
        assert_refused(with_block(&attribute), 400, "xml-entity");
    }
    // The five, and numbers, as many as one likes.
    assert_answered(with_block(&"&amp;&#65;&#x41;".repeat(200_000)));
}

#[test]
fn a_message_names_addresses_and_nobody_connects_to_them() {
    let bait = Bait::new();
    let url = bait.url();
    let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    assert_answered(with_block(&format!(
        "<?xml-stylesheet href=\"{url}\"?><i:include xmlns:i=\"http://www.w3.org/2001/XInclude\" href=\"{url}\"/>"
    )));
    assert_answered(with_block(&format!("<a {xsi} xsi:schemaLocation=\"urn:x {url}\"/>")));
    let argument = Call::good().argument.unwrap();
    for attribute in ["schemaLocation=\"urn:x ", "noNamespaceSchemaLocation=\""] {
        let located = argument.replacen(" xmlns=", &format!(" {xsi} xsi:{attribute}{url}\" xmlns="), 1);
        assert_answered(Call { argument: Some(located), ..Call::good() }.envelope());
    }
    bait.assert_untouched();
}

// ---- floods ----

#[test]
fn elements_nested_too_deeply_are_refused() {
    let nested = |depth: usize| format!("{}{}", "<d>".repeat(depth), "</d>".repeat(depth));
    assert_answered(with_block(&nested(125))); // three more are around it
    for depth in [126, 1_000, 1_000_000] {
        assert_refused(with_block(&nested(depth)), 400, "xml-too-deep");
    }
    assert_refused("<d>".repeat(5_000_000), 400, "xml-too-deep");
}

#[test]
fn attributes_too_many_or_too_long_are_refused() {
    let many = |count: usize| (0..count).map(|n| format!(" a{n}=''")).collect::<String>();
    assert_answered(with_block(&format!("<e{}/>", many(256))));
    assert_refused(with_block(&format!("<e{}/>", many(257))), 400, "xml-too-many-attributes");
    let long = |length: usize| format!("<e a='{}'/>", "x".repeat(length));
    assert_answered(with_block(&long(1024 * 1024)));
    assert_refused(with_block(&long(1024 * 1024 + 1)), 400, "xml-attribute-too-long");
}

#[test]
fn namespaces_too_many_are_refused_on_one_element_and_on_a_path_of_them() {
    let declared = |from: usize, to: usize| (from..to).map(|n| format!(" xmlns:n{n}='u{n}'")).collect::<String>();
    let path = |last: usize| format!("<e{}><e{}/></e>", declared(0, 150), declared(150, last));
    // Three are declared around it: those of the envelope, of the block, and none of its own.
    assert_answered(with_block(&path(254)));
    assert_refused(with_block(&path(400)), 400, "xml-too-many-namespaces");
    assert_refused(with_block(&format!("<e{}/>", declared(0, 256))), 400, "xml-too-many-namespaces");
    // One after the other they are none too many.
    assert_answered(with_block(&format!("<e{}/>", declared(0, 200)).repeat(1_000)));
}

#[test]
fn namespace_names_too_long_are_refused_so_that_no_message_repeats_them() {
    assert_answered(with_block(&format!("<e xmlns='{}'/>", "u".repeat(2048))));
    for declaration in ["xmlns", "xmlns:p"] {
        let read = assert_refused(
            with_block(&format!("<e {declaration}='{}'/>", "u".repeat(2049))),
            400,
            "xml-namespace-too-long",
        );
        assert!(read.http.body.len() < 4_000);
    }
    let blown = format!("<e xmlns='{}'/>", "&#117;".repeat(100_000));
    assert_refused(with_block(&blown), 400, "xml-namespace-too-long");
}

#[test]
fn names_too_long_are_refused() {
    for (length, fits) in [(1024, true), (1025, false), (2_000_000, false)] {
        let name = "n".repeat(length);
        for body in [format!("<{name}/>"), format!("<e {name}='1'/>"), format!("<?{name} d?>")] {
            match fits {
                true => drop(assert_answered(with_block(&body))),
                false => drop(assert_refused(with_block(&body), 400, "xml-name-too-long")),
            }
        }
    }
    assert_refused(with_block(&format!("<e></{}>", "n".repeat(100_000))), 400, "xml-name-too-long");
}

#[test]
fn parts_too_many_are_refused() {
    assert_refused(with_block(&"<a/>".repeat(2_000_001)), 400, "xml-too-many-parts");
}

#[test]
fn a_message_too_large_is_refused_before_it_is_read() {
    let length = 26 * 1024 * 1024 + 1;
    let head = Call::good().post_body("").with("Content-Length", &length.to_string()).head();
    let read = Read::new(raw(head).reply().unwrap(), Soap::V11);
    assert_eq!((read.http.status, read.kapia_code()), (413, Some("body-too-large")));
}

#[test]
fn text_comments_and_cdata_of_many_megabytes_are_carried_and_change_nothing() {
    let megabytes = 4 * 1024 * 1024;
    assert_answered(with_block(&"x".repeat(megabytes)));
    assert_answered(with_block(&format!("<!--{}-->", "x".repeat(megabytes))));
    assert_answered(with_block(&format!("<![CDATA[{}]]>", "<".repeat(megabytes))));
    assert_answered(with_block(&"<!---->".repeat(300_000)));
    assert_answered(with_block(&"<![CDATA[]]>".repeat(300_000)));
    assert_answered(with_block(&"]".repeat(megabytes)));
}

#[test]
fn attribute_names_that_collide_in_a_known_hash_are_carried_like_others() {
    // All of these have the same value under the usual polynomial with 31; ours is keyed at random.
    let name = |n: u32| (0..8).map(|bit| if n >> bit & 1 == 0 { "Aa" } else { "BB" }).collect::<String>();
    let attributes: String = (0..256).map(|n| format!(" {}=''", name(n))).collect();
    assert_answered(with_block(&format!("<e{attributes}/>").repeat(400)));
    let namespaces: String = (0..200).map(|n| format!(" xmlns:{}='{}'", name(n), name(n))).collect();
    assert_answered(with_block(&format!("<e{namespaces}/>").repeat(400)));
}

#[test]
fn coercive_parsing_ends_at_the_first_thing_that_is_wrong() {
    for (body, code) in [
        ("<a ".repeat(1_000_000), "xml-markup"),
        ("<a a=\"".repeat(1_000_000), "xml-markup"),
        ("</a>".repeat(1_000_000), "xml-markup"),
        ("<!--".repeat(1_000_000), "xml-markup"),
        ("<![CDATA[".repeat(1_000_000), "xml-markup"),
        ("<?".repeat(1_000_000), "xml-markup"),
        ("<?x ".repeat(1_000_000), "xml-markup"),
        ("&".repeat(4_000_000), "xml-root"),
        ("<".repeat(4_000_000), "xml-markup"),
        (" ".repeat(4_000_000), "xml-empty"),
    ] {
        let shown: String = body.chars().take(12).collect();
        let read = send(body);
        assert_eq!((read.http.status, read.kapia_code()), (400, Some(code)), "{shown}");
    }
}

// ---- attributes and characters ----

#[test]
fn an_attribute_that_occurs_twice_is_refused_also_by_two_prefixes_of_one_namespace() {
    for body in [
        "<e a='1' a='2'/>",
        "<e a='1' b='2' c='3' d='4' e='5' f='6' g='7' h='8' i='9' j='10' a='11'/>",
        "<e xmlns:p='u' xmlns:q='u' p:a='1' q:a='2'/>",
        "<e p:a='1' q:a='2' xmlns:p='u' xmlns:q='u'/>",
        "<e xmlns:p='u' xmlns:q='&#117;' p:a='1' q:a='2'/>",
        "<o xmlns:p='u'><e xmlns:q='u' q:a='1' p:a='2'/></o>",
        "<e xmlns='u' xmlns='u'/>",
        "<e xmlns:p='u' xmlns:p='v'/>",
    ] {
        assert_refused(with_block(body), 400, "xml-duplicate-attribute");
    }
    assert_answered(with_block("<e xmlns='u' xmlns:p='u' a='1' p:a='2'/>"));
}

#[test]
fn characters_that_xml_does_not_have_are_refused_as_octets_and_as_references() {
    for character in ["\0", "\u{1}", "\u{8}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] {
        assert_refused(with_block(character), 400, "xml-character");
        assert_refused(with_block(&format!("<!--{character}-->")), 400, "xml-character");
        assert_refused(with_block(&format!("<e a='{character}'/>")), 400, "xml-character");
    }
    for reference in ["&#0;", "&#x0;", "&#8;", "&#xB;", "&#xD800;", "&#xFFFE;", "&#x110000;", "&#4294967337;", "&#-1;"]
    {
        assert_refused(with_block(reference), 400, "xml-character-reference");
    }
    for octets in [&b"\xED\xA0\x80"[..], b"\xC0\x80", b"\xE0\x80\xBC", b"\xF4\x90\x80\x80", b"\xFF", b"\xC3"] {
        let (before, after) =
            Call::good().envelope().split_once("<Operation>").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let body = [before.as_bytes(), octets, b"<Operation>", after.as_bytes()].concat();
        assert_refused(body, 400, "xml-encoding");
    }
}

#[test]
fn a_prefix_that_is_not_declared_or_must_not_be_is_refused() {
    assert_refused(with_block("<p:e/>"), 400, "xml-prefix");
    assert_refused(with_block("<e p:a=''/>"), 400, "xml-prefix");
    for body in [
        "<e xmlns:p=''/>",
        "<e xmlns:xml='urn:x'/>",
        "<e xmlns:xmlns='urn:x'/>",
        "<e xmlns:p='http://www.w3.org/2000/xmlns/'/>",
        "<e xmlns='http://www.w3.org/XML/1998/namespace'/>",
        "<xmlns:e/>",
    ] {
        assert_refused(with_block(body), 400, "xml-namespace");
    }
}

// ---- encodings ----

#[test]
fn an_encoding_that_is_declared_wrongly_is_refused() {
    let envelope = Call::good().envelope();
    let declared = |name: &str| format!("<?xml version=\"1.0\" encoding=\"{name}\"?>{envelope}");
    for name in ["utf-8", "UTF-8", "uTf-8"] {
        assert_answered(declared(name));
    }
    for name in ["windows-1251", "utf-16", "utf-32", "utf-7", "iso-8859-1", "utf8", "ibm037", "ucs-2", "us-ascii"] {
        assert_refused(declared(name), 400, "xml-encoding");
    }
    for name in ["", "utf-8;x", "-", &"x".repeat(1_000_000)] {
        let read = assert_refused(declared(name), 400, "xml-declaration");
        assert!(read.http.body.len() < 4_000, "what was sent is not repeated");
    }
    for text in [
        "<?xml version=\"1.1\"?>",
        "<?xml version=\"1.0\" encoding=\"utf-8\" encoding=\"utf-16\"?>",
        "<?xml encoding=\"utf-8\" version=\"1.0\"?>",
        "<?xml version=\"1.0\"?><?xml version=\"1.0\" encoding=\"utf-16\"?>",
        "<?xml version=\"1.0\"",
    ] {
        assert_refused(format!("{text}{envelope}"), 400, "xml-declaration");
    }
}

#[test]
fn other_encodings_are_refused_by_name_with_and_without_a_byte_order_mark() {
    let envelope = Call::good().envelope();
    let utf16 = |mark: &str, order: fn(u16) -> [u8; 2]| {
        format!("{mark}{envelope}").encode_utf16().flat_map(order).collect::<Vec<u8>>()
    };
    let utf32 = |mark: &str, order: fn(u32) -> [u8; 4]| {
        format!("{mark}{envelope}").chars().flat_map(|c| order(c.into())).collect::<Vec<u8>>()
    };
    for mark in ["", "\u{FEFF}"] {
        assert_refused(utf16(mark, u16::to_le_bytes), 400, "xml-encoding");
        assert_refused(utf16(mark, u16::to_be_bytes), 400, "xml-encoding");
        assert_refused(utf32(mark, u32::to_le_bytes), 400, "xml-encoding");
        assert_refused(utf32(mark, u32::to_be_bytes), 400, "xml-encoding");
    }
    // The start of `<?xml` in EBCDIC, and windows-1251 without a word about it.
    assert_refused(b"\x4C\x6F\xA7\x94\x93\x40".to_vec(), 400, "xml-encoding");
    let cyrillic = envelope.replace("Проверка", "?").replace("чл. 1 от пример", "?").into_bytes();
    let at = cyrillic.iter().position(|octet| *octet == b'?').unwrap();
    assert_refused([&cyrillic[..at], b"\xCF\xF0\xEE", &cyrillic[at + 1..]].concat(), 400, "xml-encoding");
}

#[test]
fn utf_7_is_only_text_whoever_announces_it() {
    let body = "+ADw-s:Envelope xmlns:s=+ACI-http://schemas.xmlsoap.org/soap/envelope/+ACIAPg-";
    let mut post = Call::good().post_body(body);
    post.headers.retain(|(name, _)| name != "Content-Type");
    let read = Read::new(GATE.send(&post.with("Content-Type", "text/xml; charset=utf-7").octets()), Soap::V11);
    assert_eq!((read.http.status, read.kapia_code()), (400, Some("xml-root")));
    // In a value it stays what it is.
    assert_answered(with_block("+ADw-script+AD4-"));
}

#[test]
fn one_byte_order_mark_is_skipped_and_more_are_text() {
    let envelope = Call::good().envelope();
    assert_answered(format!("\u{FEFF}{envelope}"));
    assert_answered(format!("\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>{envelope}"));
    assert_refused(format!("\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-16\"?>{envelope}"), 400, "xml-encoding");
    assert_refused(format!("\u{FEFF}\u{FEFF}{envelope}"), 400, "xml-root");
    assert_refused(format!("{envelope}\u{FEFF}"), 400, "xml-root");
    assert_refused("\u{FEFF}", 400, "xml-empty");
}
