use crate::{ADDRESSING, Bilingual, Fault, FaultCode, Problem, Version};
use kapia_xml::{Document, Element, ElementId};

/// Both spellings of the WS-Security namespace that RegiX clients use (regix-contract §5.1, §16 row 8).
pub const WSS_NAMESPACES: [&str; 2] = [
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401wss-wssecurity-secext-1.0.xsd",
];

/// The longest `Action` and `MessageID`, in octets: both are compared, repeated and written down.
pub const LONGEST_HEADER: usize = 2048;

/// What the addressing headers said; all of it optional (wild-clients rule 5).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Addressing {
    /// `Action`, without outer white space.
    pub action: Option<String>,
    /// `MessageID`, verbatim.
    pub message_id: Option<String>,
}

/// An opened envelope: its version, its addressing, and where its one body element lies.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The SOAP version.
    pub version: Version,
    /// The addressing headers.
    pub addressing: Addressing,
    /// The first element of the body.
    pub body: ElementId,
    /// The blocks of WS-Security that are for us, in either spelling of its namespace.
    pub security: Vec<ElementId>,
}

/// Why an envelope cannot be processed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// The root is not an envelope of either version.
    #[error("the root element is not a SOAP envelope")]
    NotAnEnvelope,
    /// The envelope is of the version that this address does not take.
    #[error("the envelope is SOAP {found} but the content type announces SOAP {announced}")]
    VersionMismatch {
        /// Version of the envelope: `1.1` or `1.2`.
        found: &'static str,
        /// Version of the content type.
        announced: &'static str,
    },
    /// There is no body, or nothing in it.
    #[error("the envelope has no body with an element in it")]
    NoBody,
    /// A second header or body, a header behind the body, or in SOAP 1.2 anything else beside them.
    #[error("the envelope holds more than one header and one body, in this order")]
    Structure,
    /// Two receivers could each take another one of them.
    #[error("the body holds more than one element")]
    SeveralInBody,
    /// An addressing header occurs twice, and two receivers could each believe another one.
    #[error("the addressing header {0} occurs more than once")]
    HeaderRepeated(&'static str),
    /// An addressing header is longer than [`LONGEST_HEADER`].
    #[error("the addressing header {0} is longer than {LONGEST_HEADER} octets")]
    HeaderTooLong(&'static str),
    /// A header block must be understood and is not.
    #[error("the header {0} must be understood and is not")]
    NotUnderstood(String),
    /// An answer is asked for at another address.
    #[error("{0} asks for the answer at another address")]
    ReplyElsewhere(&'static str),
}

impl EnvelopeError {
    /// The stable name of the error, such as `header-not-understood`.
    pub fn code(&self) -> &'static str {
        match self {
            EnvelopeError::NotAnEnvelope => "envelope-missing",
            EnvelopeError::VersionMismatch { .. } => "envelope-version",
            EnvelopeError::NoBody => "envelope-body",
            EnvelopeError::Structure => "envelope-structure",
            EnvelopeError::SeveralInBody => "envelope-body-several",
            EnvelopeError::HeaderRepeated(_) => "header-repeated",
            EnvelopeError::HeaderTooLong(_) => "header-too-long",
            EnvelopeError::NotUnderstood(_) => "header-not-understood",
            EnvelopeError::ReplyElsewhere(_) => "reply-elsewhere",
        }
    }

    /// The fault that tells the sender.
    pub fn fault(&self) -> Fault {
        let (fault, message, hint) = match self {
            EnvelopeError::NotAnEnvelope => (
                FaultCode::Sender,
                "основният елемент не е плик на SOAP",
                Bilingual::new(
                    "send the message in a SOAP 1.1 or 1.2 envelope",
                    "изпратете съобщението в плик на SOAP 1.1 или 1.2",
                ),
            ),
            EnvelopeError::VersionMismatch { .. } => (
                FaultCode::VersionMismatch,
                "версията на плика не съответства на вида на съдържанието",
                Bilingual::new(
                    "SOAP 1.1 goes with text/xml, SOAP 1.2 with application/soap+xml",
                    "SOAP 1.1 се изпраща с text/xml, SOAP 1.2 с application/soap+xml",
                ),
            ),
            EnvelopeError::NoBody => (
                FaultCode::Sender,
                "пликът няма тяло с елемент в него",
                Bilingual::new(
                    "put the operation's element into the body",
                    "поставете елемента на операцията в тялото",
                ),
            ),
            EnvelopeError::Structure => (
                FaultCode::Sender,
                "пликът съдържа повече от една заглавна част и едно тяло, в този ред",
                Bilingual::new(
                    "send at most one Header, then exactly one Body",
                    "изпратете най-много един Header, след него точно един Body",
                ),
            ),
            EnvelopeError::SeveralInBody => (
                FaultCode::Sender,
                "тялото съдържа повече от един елемент",
                Bilingual::new(
                    "put the operation's element alone into the body",
                    "поставете в тялото само елемента на операцията",
                ),
            ),
            EnvelopeError::HeaderRepeated(_) => (
                FaultCode::InvalidAddressing,
                "заглавка на адресирането се среща повече от веднъж",
                Bilingual::new("send each addressing header once", "изпратете всяка заглавка на адресирането веднъж"),
            ),
            EnvelopeError::HeaderTooLong(_) => (
                FaultCode::InvalidAddressing,
                "заглавка на адресирането е твърде дълга",
                Bilingual::new(
                    "a message id is an identifier such as urn:uuid:..., an action is the one of the WSDL",
                    "идентификаторът на съобщение е от вида urn:uuid:..., а действието е това от WSDL",
                ),
            ),
            EnvelopeError::NotUnderstood(_) => (
                FaultCode::MustUnderstand,
                "заглавка, която трябва да бъде разбрана, не е позната",
                Bilingual::new(
                    "remove the header or its mustUnderstand",
                    "махнете заглавката или нейния mustUnderstand",
                ),
            ),
            EnvelopeError::ReplyElsewhere(_) => (
                FaultCode::InvalidAddressing,
                "отговорът е поискан на друг адрес",
                Bilingual::new(
                    "leave ReplyTo and FaultTo out, or make them anonymous: answers go back on the same connection",
                    "махнете ReplyTo и FaultTo или ги направете анонимни: отговорът се връща по същата връзка",
                ),
            ),
        };
        let problem = Problem {
            code: self.code().into(),
            message: Bilingual::new(self.to_string(), message),
            hint,
            places: Vec::new(),
        };
        Fault { code: fault, reason: self.to_string(), problem: Some(problem) }
    }
}

impl Envelope {
    /// Opens the envelope of a message whose content type announced a version.
    ///
    /// `understood` names header blocks (namespace, local) that the caller reads itself; addressing is always
    /// understood. Blocks for another role are ignored (SOAP 1.2 part 1 §2.2). On an error the addressing read so far
    /// is given back too, so that the fault can relate to its request.
    pub fn open(
        document: &Document,
        announced: Version,
        understood: &[(&str, &str)],
    ) -> Result<Envelope, (EnvelopeError, Addressing)> {
        let root = document.root();
        let version = match Version::of_namespace(root.namespace()) {
            Some(version) if root.local() == "Envelope" => version,
            _ => return Err((EnvelopeError::NotAnEnvelope, Addressing::default())),
        };
        let soap = version.namespace();
        let header = root.child(soap, "Header");
        let (addressing, read) = header.map_or((Addressing::default(), Ok(())), read_addressing);
        if version != announced {
            let number = |version| if version == Version::V11 { "1.1" } else { "1.2" };
            let error = EnvelopeError::VersionMismatch { found: number(version), announced: number(announced) };
            return Err((error, addressing));
        }
        let checked = header.map_or(Ok(()), |header| check_header(header, version, understood));
        let body = check_structure(root, version).and_then(|()| only_in_body(root, version));
        match read.and(checked).and(body) {
            Ok(body) => {
                let security = header.map_or_else(Vec::new, |header| security_of(header, version));
                Ok(Envelope { version, addressing, body: body.id(), security })
            }
            Err(error) => Err((error, addressing)),
        }
    }
}

/// At most one header, then exactly one body; what follows in SOAP 1.1 is not ours (NOTE-SOAP-20000508 §4).
fn check_structure(root: Element<'_>, version: Version) -> Result<(), EnvelopeError> {
    let soap = version.namespace();
    let mut rest = root.children().peekable();
    rest.next_if(|child| child.is(soap, "Header"));
    if rest.next_if(|child| child.is(soap, "Body")).is_none() {
        return Err(if rest.next().is_none() { EnvelopeError::NoBody } else { EnvelopeError::Structure });
    }
    match rest.find(|child| version == Version::V12 || child.namespace() == soap) {
        None => Ok(()),
        Some(_) => Err(EnvelopeError::Structure),
    }
}

fn only_in_body(root: Element<'_>, version: Version) -> Result<Element<'_>, EnvelopeError> {
    let mut children = root.child(version.namespace(), "Body").into_iter().flat_map(Element::children);
    match (children.next(), children.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(EnvelopeError::NoBody),
        (Some(_), Some(_)) => Err(EnvelopeError::SeveralInBody),
    }
}

fn security_of(header: Element<'_>, version: Version) -> Vec<ElementId> {
    let is_security = |block: &Element<'_>| WSS_NAMESPACES.iter().any(|namespace| block.is(namespace, "Security"));
    header.children().filter(is_security).filter(|block| is_for_us(*block, version)).map(Element::id).collect()
}

/// Each header may occur once (W3C REC-ws-addr-core-20060509 §3.2); one that is wrong is not given back at all.
fn read_addressing(header: Element<'_>) -> (Addressing, Result<(), EnvelopeError>) {
    const ONCE: [&str; 6] = ["Action", "MessageID", "To", "From", "ReplyTo", "FaultTo"];
    let mut addressing = Addressing::default();
    let mut outcome = Ok(());
    for local in ONCE {
        let mut blocks = header.children().filter(|block| block.is(ADDRESSING, local));
        let Some(block) = blocks.next() else { continue };
        if blocks.next().is_some() {
            outcome = outcome.and(Err(EnvelopeError::HeaderRepeated(local)));
            continue;
        }
        if !matches!(local, "Action" | "MessageID") {
            continue;
        }
        let text = block.text();
        let text = text.trim();
        if text.len() > LONGEST_HEADER {
            outcome = outcome.and(Err(EnvelopeError::HeaderTooLong(local)));
        } else if local == "MessageID" {
            addressing.message_id = Some(text.to_owned());
        } else {
            addressing.action = Some(text.to_owned()).filter(|action| !action.is_empty());
        }
    }
    (addressing, outcome)
}

fn check_header(header: Element<'_>, version: Version, understood: &[(&str, &str)]) -> Result<(), EnvelopeError> {
    for block in header.children() {
        if block.namespace() == ADDRESSING {
            match block.local() {
                "ReplyTo" => check_anonymous(block, "ReplyTo")?,
                "FaultTo" => check_anonymous(block, "FaultTo")?,
                _ => {}
            }
        } else if must_understand(block, version)
            && !understood.contains(&(block.namespace(), block.local()))
            && is_for_us(block, version)
        {
            return Err(EnvelopeError::NotUnderstood(block.name().to_string()));
        }
    }
    Ok(())
}

fn check_anonymous(block: Element<'_>, name: &'static str) -> Result<(), EnvelopeError> {
    let address = block.child(ADDRESSING, "Address").map(|address| address.text().trim().to_owned());
    match address.as_deref() {
        None | Some("" | "http://www.w3.org/2005/08/addressing/anonymous") => Ok(()),
        // Nobody asks for no answer to a synchronous call; the fault address alone may be "none".
        Some("http://www.w3.org/2005/08/addressing/none") if name == "FaultTo" => Ok(()),
        Some(_) => Err(EnvelopeError::ReplyElsewhere(name)),
    }
}

fn must_understand(block: Element<'_>, version: Version) -> bool {
    block.attribute(version.namespace(), "mustUnderstand").is_some_and(|value| matches!(value.trim(), "1" | "true"))
}

fn is_for_us(block: Element<'_>, version: Version) -> bool {
    let role = match version {
        Version::V11 => block.attribute(version.namespace(), "actor"),
        Version::V12 => block.attribute(version.namespace(), "role"),
    };
    match role.as_deref() {
        None => true,
        Some(role) => matches!(
            role,
            "" | "http://schemas.xmlsoap.org/soap/actor/next"
                | "http://www.w3.org/2003/05/soap-envelope/role/next"
                | "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_xml::Limits;

    fn open(text: &str, version: Version) -> Result<(Document, Envelope), EnvelopeError> {
        let document = Document::read(text.as_bytes().to_vec(), &Limits::default()).unwrap();
        let envelope = Envelope::open(&document, version, &[("urn:known", "Block")]).map_err(|(error, _)| error)?;
        Ok((document, envelope))
    }

    fn v12(header: &str) -> String {
        format!(
            "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Header>{header}</e:Header><e:Body>\n<x/></e:Body></e:Envelope>"
        )
    }

    #[test]
    fn the_message_id_is_kept_verbatim_and_the_action_trimmed() {
        let header = "<Action xmlns='http://www.w3.org/2005/08/addressing'> urn:a\n</Action><MessageID xmlns='http://www.w3.org/2005/08/addressing'>uuid:1</MessageID>";
        let (document, envelope) = open(&v12(header), Version::V12).unwrap();
        assert_eq!(envelope.addressing.action.as_deref(), Some("urn:a"));
        assert_eq!(envelope.addressing.message_id.as_deref(), Some("uuid:1"));
        assert!(document.element(envelope.body).is("", "x"));
    }

    #[test]
    fn a_header_that_must_be_understood_and_is_not_is_a_fault() {
        for (header, expected) in [
            ("<h xmlns='urn:h'/>", None),
            ("<h xmlns='urn:h' e:mustUnderstand='false'/>", None),
            ("<h xmlns='urn:h' e:mustUnderstand='1' e:role='urn:other'/>", None),
            ("<Block xmlns='urn:known' e:mustUnderstand='true'/>", None),
            ("<To xmlns='http://www.w3.org/2005/08/addressing' e:mustUnderstand='true'>http://anything</To>", None),
            ("<h xmlns='urn:h' e:mustUnderstand='1'/>", Some(EnvelopeError::NotUnderstood("{urn:h}h".into()))),
            ("<h xmlns='urn:h' e:mustUnderstand='true'/>", Some(EnvelopeError::NotUnderstood("{urn:h}h".into()))),
        ] {
            assert_eq!(open(&v12(header), Version::V12).err(), expected, "{header}");
        }
    }

    #[test]
    fn security_is_found_in_both_spellings_but_not_for_another_role() {
        let [right, wrong] = WSS_NAMESPACES;
        let header = format!(
            "<w:Security xmlns:w='{right}'/><Security xmlns='{wrong}' e:mustUnderstand='1'/><Security xmlns='urn:other'/><w:Security xmlns:w='{right}' e:role='urn:other'/>"
        );
        let document = Document::read(v12(&header).into_bytes(), &Limits::default()).unwrap();
        let understood = WSS_NAMESPACES.map(|namespace| (namespace, "Security"));
        let envelope = Envelope::open(&document, Version::V12, &understood).unwrap();
        let found: Vec<&str> = envelope.security.iter().map(|id| document.element(*id).namespace()).collect();
        assert_eq!(found, [right, wrong]);
    }

    #[test]
    fn answers_never_go_to_another_address() {
        let reply_to = |name: &str, address: &str| {
            format!("<a:{name} xmlns:a='{ADDRESSING}'><a:Address>{address}</a:Address></a:{name}>")
        };
        let anonymous = "http://www.w3.org/2005/08/addressing/anonymous";
        assert!(open(&v12(&reply_to("ReplyTo", anonymous)), Version::V12).is_ok());
        for name in ["ReplyTo", "FaultTo"] {
            let error = open(&v12(&reply_to(name, "http://10.0.0.1/")), Version::V12).err();
            assert!(matches!(error, Some(EnvelopeError::ReplyElsewhere(_))));
        }
    }

    #[test]
    fn a_second_body_or_header_and_a_second_element_in_the_body_are_refused() {
        let of = |version: Version, content: &str| {
            let soap = version.namespace();
            open(&format!("<e:Envelope xmlns:e='{soap}'>{content}</e:Envelope>"), version).map(|_| ()).err()
        };
        for version in [Version::V11, Version::V12] {
            for (content, expected) in [
                ("<e:Header/><e:Body><x/></e:Body>", None),
                ("<e:Body><x/></e:Body>", None),
                ("<e:Body><x/></e:Body><e:Body><y/></e:Body>", Some(EnvelopeError::Structure)),
                ("<e:Header/><e:Header/><e:Body><x/></e:Body>", Some(EnvelopeError::Structure)),
                ("<e:Body><x/></e:Body><e:Header/>", Some(EnvelopeError::Structure)),
                ("<e:Body><x/><y/></e:Body>", Some(EnvelopeError::SeveralInBody)),
                ("<e:Body/>", Some(EnvelopeError::NoBody)),
                ("<e:Header/>", Some(EnvelopeError::NoBody)),
                ("<Body><x/></Body>", Some(EnvelopeError::Structure)),
                ("<Body xmlns='urn:other'><x/></Body><e:Body><y/></e:Body>", Some(EnvelopeError::Structure)),
            ] {
                assert_eq!(of(version, content), expected, "{version:?} {content}");
            }
        }
        let trailing = "<e:Body><x/></e:Body><t xmlns='urn:t'/>";
        assert_eq!(of(Version::V11, trailing), None);
        assert_eq!(of(Version::V12, trailing), Some(EnvelopeError::Structure));
    }

    #[test]
    fn an_addressing_header_that_occurs_twice_or_is_too_long_is_refused_and_not_repeated() {
        let header = |name: &str, text: &str| format!("<a:{name} xmlns:a='{ADDRESSING}'>{text}</a:{name}>");
        for name in ["Action", "MessageID", "To", "From", "ReplyTo", "FaultTo"] {
            let twice = format!("{}{}", header(name, "urn:1"), header(name, "urn:1"));
            let document = Document::read(v12(&twice), &Limits::default()).unwrap();
            let (error, addressing) = Envelope::open(&document, Version::V12, &[]).unwrap_err();
            assert_eq!(error.code(), "header-repeated", "{name}");
            assert_eq!(addressing, Addressing::default(), "{name}");
        }
        for name in ["Action", "MessageID"] {
            let fits = header(name, &"x".repeat(LONGEST_HEADER));
            assert!(open(&v12(&fits), Version::V12).is_ok());
            let long = header(name, &"x".repeat(LONGEST_HEADER + 1));
            assert_eq!(open(&v12(&long), Version::V12).err(), Some(EnvelopeError::HeaderTooLong(name)));
        }
    }

    #[test]
    fn what_is_no_envelope_is_told_so() {
        assert_eq!(open("<Envelope/>", Version::V11).err(), Some(EnvelopeError::NotAnEnvelope));
        assert!(matches!(open(&v12(""), Version::V11).err(), Some(EnvelopeError::VersionMismatch { .. })));
        let empty = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body> </e:Body></e:Envelope>";
        assert_eq!(open(empty, Version::V11).err(), Some(EnvelopeError::NoBody));
    }
}
