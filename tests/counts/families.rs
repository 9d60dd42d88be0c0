//! The families: what an attacker can have much of. Preparing is not counted, what a family returns is.

use crate::framing::Framing;
use kapia_gateway::FilterPlan;
use kapia_registry::{FieldPattern, FieldRights};
use kapia_regix::{EntryPoint, Method, read_request};
use kapia_schema::{Memory, Options, SchemaSet};
use kapia_signature::{
    Algorithms, Certificate, Placement, Policy, Profile, Refusal, Request, Signer, SigningKey, Verifier,
};
use kapia_soap::{Envelope, Version};
use kapia_xml::canonical::{Method as Canonical, canonicalize};
use kapia_xml::{Document, KeepAll, Limits, QName, Writer};
use std::hint::black_box;
use std::sync::OnceLock;

/// Something to have much of.
pub struct Family {
    /// What there is much of, and what is done with it.
    pub name: &'static str,
    /// How much of it; counted at this size and at four times this size.
    pub size: usize,
    /// Makes the input; what is returned is counted.
    pub prepare: fn(usize) -> Box<dyn FnOnce()>,
}

macro_rules! families {
    ($($(#[doc = $doc:literal])* $function:ident ($size:literal) $name:literal)*) => {
        /// All of them.
        pub const FAMILIES: &[Family] = &[$(Family { name: $name, size: $size, prepare: $function }),*];
    };
}

families! {
    depth(500) "elements in each other, read"
    attributes(300) "attributes of one element, read"
    prefixed_attributes(200) "attributes with prefixes of their own, read"
    colliding_attributes(256) "attribute names of one weak hash, read"
    namespaces_of_one_element(200) "namespaces of one element, read"
    namespaces_in_scope(200) "namespaces in scope and a user of each, read"
    namespaces_after_each_other(300) "elements with a namespace of their own, read"
    long_name(20_000) "characters of one name, read"
    long_text(40_000) "characters of one text, read and taken"
    long_attribute(20_000) "characters of one attribute, read and taken"
    references(2_000) "references in one text, read and taken"
    comments(500) "comments that split one text, read and taken"
    cdata(500) "CDATA sections of one text, read and taken"
    end_tags_missing(2_000) "start tags without an end, refused"
    markup_unfinished(100_000) "beginnings of comments, refused"
    positions(1_000) "positions on one line, told"
    canonical_exclusive(200) "namespaces in scope and a user of each, exclusive C14N"
    canonical_inclusive(200) "namespaces in scope and a user of each, C14N"
    canonical_listed(200) "namespaces declared anew and listed, exclusive C14N"
    canonical_xml_attributes(200) "xml: attributes around a part, C14N"
    copied(200) "elements copied with listed prefixes"
    value_prefixes(300) "prefixes in values, found"
    filtered(400) "elements of a hostile answer, filtered"
    violations(200) "violations of a schema, told with their places"
    children(400) "children of one content model, validated"
    giant_repetition(1_000_000) "maxOccurs of a nested model, loaded and validated"
    schema_parts(40) "elements and types of a schema, loaded"
    validated_attributes(200) "attributes under xs:anyAttribute, validated"
    validated_pieces(400) "pieces of one value, validated"
    list_items(1_000) "items of one list, validated"
    ids_and_references(200) "IDs and references to them, validated"
    unexpected_elements(300) "elements that no model expects, validated"
    identities(200) "identities under xs:unique, validated"
    digits(20_000) "digits of a decimal with facets, validated"
    pattern(20_000) "characters against (a+)+b, validated"
    header_blocks(300) "header blocks of an envelope, opened"
    unknown_fields(300) "unknown fields of a request, read"
    trusted_keys(2) "trusted keys that do not fit, tried"
    signed_ids(500) "ids around a signed element, verified"
    signed_content(400) "elements of a signed element, verified"
    shown_certificates(200) "certificates in KeyInfo, refused"
    chunks(1_000) "chunks of one octet, framed"
    header_lines(100) "lines of a head, framed"
}

fn wide() -> Limits {
    let all = u32::MAX;
    Limits {
        depth: all,
        attributes: all,
        name: 65_535 * 16,
        namespaces: all,
        namespace: all,
        tokens: all,
        attribute_value: all,
        ..Limits::default()
    }
}

fn read(text: String) -> Document {
    Document::read(text, &wide()).unwrap()
}

fn reading(text: String) -> Box<dyn FnOnce()> {
    Box::new(move || {
        black_box(Document::read(text, &wide()).unwrap());
    })
}

fn taking(text: String) -> Box<dyn FnOnce()> {
    Box::new(move || {
        let document = Document::read(text, &wide()).unwrap();
        black_box(document.root().text().len());
    })
}

fn refusing(text: String, code: &'static str) -> Box<dyn FnOnce()> {
    Box::new(move || assert_eq!(Document::read(text, &wide()).unwrap_err().code(), code))
}

fn repeat(n: usize, piece: impl Fn(usize) -> String) -> String {
    (0..n).map(piece).collect()
}

// ---- reading ----

fn depth(n: usize) -> Box<dyn FnOnce()> {
    reading(format!("{}{}", "<d>".repeat(n), "</d>".repeat(n)))
}

fn attributes(n: usize) -> Box<dyn FnOnce()> {
    reading(format!("<e{}/>", repeat(n, |n| format!(" a{n:05}='{n}'"))))
}

fn prefixed_attributes(n: usize) -> Box<dyn FnOnce()> {
    let declared = repeat(n, |n| format!(" xmlns:p{n:05}='u{n}'"));
    reading(format!("<e{declared}{}/>", repeat(n, |n| format!(" p{n:05}:a=''"))))
}

fn colliding_attributes(n: usize) -> Box<dyn FnOnce()> {
    // "Aa" and "BB" have one value under the polynomial with 31.
    let name = |n: usize| repeat(12, |bit| if n >> bit & 1 == 0 { "Aa".into() } else { "BB".into() });
    reading(format!("<e{}/>", repeat(n, |n| format!(" {}=''", name(n)))))
}

fn namespaces_of_one_element(n: usize) -> Box<dyn FnOnce()> {
    reading(format!("<e{}/>", repeat(n, |n| format!(" xmlns:p{n:05}='u{n}'"))))
}

/// Declares `n` namespaces and uses each on a child of its own.
fn scope_and_users(n: usize) -> String {
    let declared = repeat(n, |n| format!(" xmlns:p{n:05}='u{n}'"));
    format!("<e{declared}>{}</e>", repeat(n, |n| format!("<p{n:05}:c p{n:05}:a=''/>")))
}

fn namespaces_in_scope(n: usize) -> Box<dyn FnOnce()> {
    reading(scope_and_users(n))
}

fn namespaces_after_each_other(n: usize) -> Box<dyn FnOnce()> {
    reading(format!("<e>{}</e>", repeat(n, |n| format!("<p{n:05}:c xmlns:p{n:05}='u{n}'/>"))))
}

fn long_name(n: usize) -> Box<dyn FnOnce()> {
    // Read to its end, and then refused.
    let text = format!("<{}/>", "n".repeat(n));
    Box::new(move || assert_eq!(Document::read(text, &Limits::default()).unwrap_err().code(), "xml-name-too-long"))
}

fn long_text(n: usize) -> Box<dyn FnOnce()> {
    taking(format!("<e>{}</e>", "текст]>".repeat(n / 7)))
}

fn long_attribute(n: usize) -> Box<dyn FnOnce()> {
    let document = format!("<e a='{}'/>", "т\tе&amp;".repeat(n / 8));
    Box::new(move || {
        let document = read(document);
        black_box(document.root().attribute("", "a").unwrap().len());
    })
}

fn references(n: usize) -> Box<dyn FnOnce()> {
    taking(format!("<e>{}</e>", "&amp;&#65;".repeat(n / 2)))
}

fn comments(n: usize) -> Box<dyn FnOnce()> {
    taking(format!("<e>{}</e>", "a<!-- -->".repeat(n)))
}

fn cdata(n: usize) -> Box<dyn FnOnce()> {
    taking(format!("<e>{}</e>", "<![CDATA[a]]>".repeat(n)))
}

fn end_tags_missing(n: usize) -> Box<dyn FnOnce()> {
    refusing("<e>".repeat(n), "xml-end-tag")
}

fn markup_unfinished(n: usize) -> Box<dyn FnOnce()> {
    refusing(format!("<e>{}</e>", "<!-".repeat(n)), "xml-markup")
}

fn positions(n: usize) -> Box<dyn FnOnce()> {
    let document = read(format!("<e>{}</e>", "<c/>".repeat(n)));
    Box::new(move || {
        let columns: u64 =
            document.root().children().map(|child| u64::from(document.position(child.span().start).column)).sum();
        black_box(columns);
    })
}

// ---- writing ----

fn canonicalizing(text: String, method: Canonical, listed: Vec<String>) -> Box<dyn FnOnce()> {
    let document = read(text);
    Box::new(move || {
        let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
        let mut out = Vec::new();
        canonicalize(document.root(), method, &listed, None, &mut out);
        black_box(out);
    })
}

fn canonical_exclusive(n: usize) -> Box<dyn FnOnce()> {
    let root = format!("<r{}/>", repeat(n, |n| format!(" p{n:05}:a=''")));
    let declared = repeat(n, |n| format!(" xmlns:p{n:05}='u{n}'"));
    // Used on the root and on a child each, so that all are rendered and each is looked up.
    let users = repeat(n, |n| format!("<p{n:05}:c p{n:05}:a=''/>"));
    let root = root.replacen("<r", &format!("<r{declared}"), 1).replace("/>", &format!(">{users}</r>"));
    canonicalizing(root, Canonical::Exclusive, Vec::new())
}

fn canonical_inclusive(n: usize) -> Box<dyn FnOnce()> {
    canonicalizing(scope_and_users(n), Canonical::Inclusive, Vec::new())
}

fn canonical_listed(n: usize) -> Box<dyn FnOnce()> {
    let declared = repeat(n, |n| format!(" xmlns:p{n:05}='u{n}'"));
    let users = repeat(n, |n| format!("<c xmlns:p{n:05}='v{n}'><c/></c>"));
    let listed = (0..n).map(|n| format!("p{n:05}")).collect();
    canonicalizing(format!("<e{declared}>{users}</e>"), Canonical::Exclusive, listed)
}

fn canonical_xml_attributes(n: usize) -> Box<dyn FnOnce()> {
    let around = repeat(10, |level| format!("<e{}>", repeat(n / 10, |n| format!(" xml:a{level}x{n}=''"))));
    let document = read(format!("{around}<part/>{}", "</e>".repeat(10)));
    Box::new(move || {
        let mut part = document.root();
        while let Some(child) = part.children().next() {
            part = child;
        }
        let mut out = Vec::new();
        canonicalize(part, Canonical::Inclusive, &[], None, &mut out);
        black_box(out);
    })
}

fn copied(n: usize) -> Box<dyn FnOnce()> {
    let declared = repeat(100, |n| format!(" xmlns:p{n}='u{n}'"));
    let document = read(format!("<e{declared}>{}</e>", repeat(n, |n| format!("<c t='p{}:x'>v</c>", n % 100))));
    Box::new(move || {
        let mut writer = Writer::new();
        let listed: Vec<&str> = document.root().value_prefixes().into_iter().map(|(prefix, _)| prefix).collect();
        assert_eq!(listed.len(), 64);
        writer.list_prefixes(&listed);
        writer.copy(document.root(), &mut KeepAll);
        black_box(writer.into_bytes());
    })
}

fn value_prefixes(n: usize) -> Box<dyn FnOnce()> {
    let document = read(format!("<e>{}</e>", repeat(n, |n| format!("<c xmlns:p{n:05}='u'>p{n:05}:x</c>"))));
    Box::new(move || {
        black_box(document.root().value_prefixes());
    })
}

fn filtered(n: usize) -> Box<dyn FnOnce()> {
    let schema = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:r" elementFormDefault="qualified"><xs:element name="R"><xs:complexType><xs:sequence maxOccurs="unbounded"><xs:element name="A"/><xs:element name="B"/></xs:sequence></xs:complexType></xs:element></xs:schema>"#;
    let set = SchemaSet::load("r.xsd", &Memory::new().with("r.xsd", schema)).unwrap();
    let fields = set.fields(&QName::new("urn:r", "R")).unwrap();
    let rights = FieldRights::from_patterns(["A".parse::<FieldPattern>().unwrap()], []);
    let plan = FilterPlan::new(&fields, &rights);
    let hostile = "<A xmlns:x='urn:x' x:a='1'>1</A><B>2</B><x:A xmlns:x='urn:x'>3</x:A><A xmlns='urn:x'>4</A>";
    let document = read(format!("<R xmlns='urn:r'>{}</R>", hostile.repeat(n / 4)));
    Box::new(move || {
        let mut writer = Writer::new();
        writer.copy(document.root(), &mut plan.start());
        black_box(writer.into_bytes());
    })
}

// ---- schemas ----

fn validating(body: &str, text: String, valid: bool) -> Box<dyn FnOnce()> {
    let schema = format!(r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{body}</xs:schema>"#);
    let set = SchemaSet::load("s.xsd", &Memory::new().with("s.xsd", schema)).unwrap();
    let document = read(text);
    Box::new(move || {
        let report = set.validate(document.root(), &Options { max_violations: usize::MAX });
        assert_eq!(report.is_valid(), valid);
        black_box(report);
    })
}

fn violations(n: usize) -> Box<dyn FnOnce()> {
    let body = r#"<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" type="xs:int" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>"#;
    validating(body, format!("<r>{}</r>", "<a>x</a>".repeat(n)), false)
}

fn children(n: usize) -> Box<dyn FnOnce()> {
    let body = r#"<xs:element name="r"><xs:complexType><xs:sequence maxOccurs="unbounded"><xs:choice><xs:element name="a"/><xs:element name="b"/></xs:choice><xs:element name="c" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>"#;
    validating(body, format!("<r>{}</r>", "<a/><c/><b/><c/>".repeat(n / 4)), true)
}

fn giant_repetition(n: usize) -> Box<dyn FnOnce()> {
    let schema = format!(
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:complexType><xs:sequence maxOccurs="{n}"><xs:element name="a" minOccurs="0" maxOccurs="{n}"/><xs:element name="b" maxOccurs="{n}"/></xs:sequence></xs:complexType></xs:element></xs:schema>"#
    );
    let document = read(format!("<r>{}</r>", "<a/><b/>".repeat(50)));
    Box::new(move || {
        let set = SchemaSet::load("s.xsd", &Memory::new().with("s.xsd", schema)).unwrap();
        assert!(set.validate(document.root(), &Options::default()).is_valid());
    })
}

fn schema_parts(n: usize) -> Box<dyn FnOnce()> {
    let parts = repeat(n, |n| {
        format!(
            r#"<xs:complexType name="t{n}"><xs:sequence><xs:element name="e" type="xs:int"/></xs:sequence></xs:complexType><xs:element name="g{n}" type="t{n}"/>"#
        )
    });
    let schema = format!(r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{parts}</xs:schema>"#);
    Box::new(move || {
        black_box(SchemaSet::load("s.xsd", &Memory::new().with("s.xsd", schema)).unwrap());
    })
}

fn identities(n: usize) -> Box<dyn FnOnce()> {
    let body = r#"<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" maxOccurs="unbounded"><xs:complexType><xs:attribute name="i" type="xs:string"/></xs:complexType></xs:element></xs:sequence></xs:complexType><xs:unique name="u"><xs:selector xpath="a"/><xs:field xpath="@i"/></xs:unique></xs:element>"#;
    validating(body, format!("<r>{}</r>", repeat(n, |n| format!("<a i='{n}'/>"))), true)
}

fn validated_attributes(n: usize) -> Box<dyn FnOnce()> {
    let body = r#"<xs:element name="r"><xs:complexType><xs:attribute name="a00001"/><xs:anyAttribute processContents="lax"/></xs:complexType></xs:element>"#;
    validating(body, format!("<r{}/>", repeat(n, |n| format!(" a{n:05}='{n}'"))), true)
}

fn validated_pieces(n: usize) -> Box<dyn FnOnce()> {
    let body = r#"<xs:element name="r"><xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="1000000"/></xs:restriction></xs:simpleType></xs:element>"#;
    validating(body, format!("<r>{}</r>", "a<!-- -->&amp;<![CDATA[b]]>".repeat(n)), true)
}

fn list_items(n: usize) -> Box<dyn FnOnce()> {
    let body = r#"<xs:element name="r"><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType></xs:element>"#;
    validating(body, format!("<r>{}</r>", "7 ".repeat(n)), true)
}

fn ids_and_references(n: usize) -> Box<dyn FnOnce()> {
    let body = r#"<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" maxOccurs="unbounded"><xs:complexType><xs:attribute name="i" type="xs:ID"/><xs:attribute name="j" type="xs:IDREF"/></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>"#;
    let children = repeat(n, |at| format!("<a i='i{at}' j='i{}'/>", n - 1 - at));
    validating(body, format!("<r>{children}</r>"), true)
}

fn unexpected_elements(n: usize) -> Box<dyn FnOnce()> {
    let body = r#"<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>"#;
    validating(body, format!("<r>{}</r>", repeat(n, |n| format!("<x{n}><y/></x{n}>"))), false)
}

fn digits(n: usize) -> Box<dyn FnOnce()> {
    let body = r#"<xs:element name="r"><xs:simpleType><xs:restriction base="xs:decimal"><xs:maxInclusive value="99999999999999999999"/><xs:fractionDigits value="9"/></xs:restriction></xs:simpleType></xs:element>"#;
    validating(body, format!("<r>{}</r>", "7".repeat(n)), false)
}

fn pattern(n: usize) -> Box<dyn FnOnce()> {
    let body = r#"<xs:element name="r"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="(a+)+b"/></xs:restriction></xs:simpleType></xs:element>"#;
    validating(body, format!("<r>{}</r>", "a".repeat(n)), false)
}

// ---- messages ----

fn header_blocks(n: usize) -> Box<dyn FnOnce()> {
    let blocks = repeat(n, |n| format!("<b{n} xmlns='urn:b'/>"));
    let soap = Version::V12.namespace();
    let document =
        read(format!("<s:Envelope xmlns:s='{soap}'><s:Header>{blocks}</s:Header><s:Body><x/></s:Body></s:Envelope>"));
    Box::new(move || {
        black_box(Envelope::open(&document, Version::V12, &[]).unwrap());
    })
}

fn unknown_fields(n: usize) -> Box<dyn FnOnce()> {
    let fields = repeat(n, |n| format!("<F{n}>x</F{n}>"));
    let document = read(format!(
        "<r:Execute xmlns:r='http://egov.bg/RegiX'><r:request><ServiceRequestData xmlns='http://egov.bg/RegiX/SignedData'>{fields}<CallContext>{fields}</CallContext></ServiceRequestData></r:request></r:Execute>"
    ));
    Box::new(move || {
        black_box(read_request(EntryPoint::V2, Method::Execute, document.root()).unwrap());
    })
}

// ---- signatures ----

/// A key with its certificate, made once: making one is work that is not ours.
fn party() -> &'static (String, String) {
    static PARTY: OnceLock<(String, String)> = OnceLock::new();
    PARTY.get_or_init(|| {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        (key.serialize_pem(), certificate.pem())
    })
}

fn stranger() -> Certificate {
    static STRANGER: OnceLock<Certificate> = OnceLock::new();
    let make = || {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        Certificate::from_pem(&certificate.pem()).unwrap().remove(0)
    };
    STRANGER.get_or_init(make).clone()
}

/// A document with a signed element, something around it and something in it; `change` changes the signature.
fn signed(around: &str, content: &str, change: impl Fn(String) -> String) -> Document {
    let (key, certificate) = party();
    let data = format!("<Data xmlns=\"urn:d\" id=\"data\">{content}</Data>");
    let signer = Signer::new(SigningKey::from_pem(key, certificate).unwrap(), Profile::Default).unwrap();
    let request = Request {
        digest_input: data.as_bytes().into(),
        reference_id: "data",
        prefixes: &[],
        scope: &[],
        signing_time: time::OffsetDateTime::UNIX_EPOCH,
        unique: "1",
    };
    let signature = change(String::from_utf8(signer.sign(&request).unwrap()).unwrap());
    read(format!("<Message>{around}<Result>{data}{signature}</Result></Message>"))
}

fn verifying(document: Document, trusted: Vec<Certificate>, refusal: Option<Refusal>) -> Box<dyn FnOnce()> {
    let verifier = Verifier::new(trusted, Algorithms::MODERN);
    Box::new(move || {
        let verified = verifier.verify(&document, &Policy::new(Placement::SiblingBefore));
        assert_eq!(verified.err().map(|error| error.refusal()), refusal);
    })
}

fn own() -> Vec<Certificate> {
    Certificate::from_pem(&party().1).unwrap()
}

fn trusted_keys(n: usize) -> Box<dyn FnOnce()> {
    let without_key_info = |signature: String| {
        let (start, rest) = signature.split_once("<ds:KeyInfo>").unwrap();
        format!("{start}{}", rest.split_once("</ds:KeyInfo>").unwrap().1)
    };
    verifying(signed("", "x", without_key_info), vec![stranger(); n], Some(Refusal::Value))
}

fn signed_ids(n: usize) -> Box<dyn FnOnce()> {
    let around = repeat(n, |n| format!("<i id='i{n}' Id='j{n}' xml:id='k{n}'/>"));
    // The same work for the key each time, which would hide that for the ids: refused before it by what comes later.
    let document = signed(&around, "x", |signature| signature);
    verifying(document, own(), None)
}

fn signed_content(n: usize) -> Box<dyn FnOnce()> {
    verifying(signed("", &"<c a=\"b\">текст</c>".repeat(n), |signature| signature), own(), None)
}

fn shown_certificates(n: usize) -> Box<dyn FnOnce()> {
    let many = "<ds:X509Certificate>MAAwADAA</ds:X509Certificate>".repeat(n);
    let change = move |signature: String| signature.replacen("<ds:X509Data>", &format!("<ds:X509Data>{many}"), 1);
    verifying(signed("", "x", change), own(), Some(Refusal::KeyInfo))
}

// ---- framing ----

fn framed(octets: String, head_limit: usize) -> Box<dyn FnOnce()> {
    Box::new(move || {
        let mut framing = Framing::new(head_limit);
        // As it comes from a socket: in pieces.
        octets.as_bytes().chunks(512).for_each(|piece| framing.follow(piece));
        black_box(framing.take());
    })
}

fn chunks(n: usize) -> Box<dyn FnOnce()> {
    let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    framed(format!("{head}{}0\r\n\r\n", "1;e\r\nx\r\n".repeat(n)), 32 * 1024)
}

fn header_lines(n: usize) -> Box<dyn FnOnce()> {
    let lines = repeat(n, |n| format!("X-{n}: {n}\r\n"));
    framed(format!("POST / HTTP/1.1\r\nHost: h\r\n{lines}\r\n"), 1024 * 1024)
}
