use crate::{ADDRESSING, Bilingual, Fault, FaultCode, Problem, Version};
use kapia_xml::{Document, Element, ElementId};

/// Both spellings of the WS-Security namespace that RegiX clients use (regix-contract §5.1, §16 row 8).
pub const WSS_NAMESPACES: [&str; 2] = [
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401wss-wssecurity-secext-1.0.xsd",
];

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
    /// A header block must be understood and is not.
    #[error("the header {0} must be understood and is not")]
    NotUnderstood(String),
    /// An answer is asked for at another address.
    #[error("{0} asks for the answer at another address")]
    ReplyElsewhere(&'static str),
}

impl EnvelopeError {
    /// The fault that tells the sender.
    pub fn fault(&self) -> Fault {
        let (fault, code, message, hint) = match self {
            EnvelopeError::NotAnEnvelope => (
                FaultCode::Sender,
                "envelope-missing",
                "основният елемент не е плик на SOAP",
                Bilingual::new(
                    "send the message in a SOAP 1.1 or 1.2 envelope",
                    "изпратете съобщението в плик на SOAP 1.1 или 1.2",
                ),
            ),
            EnvelopeError::VersionMismatch { .. } => (
                FaultCode::VersionMismatch,
                "envelope-version",
                "версията на плика не съответства на вида на съдържанието",
                Bilingual::new(
                    "SOAP 1.1 goes with text/xml, SOAP 1.2 with application/soap+xml",
                    "SOAP 1.1 се изпраща с text/xml, SOAP 1.2 с application/soap+xml",
                ),
            ),
            EnvelopeError::NoBody => (
                FaultCode::Sender,
                "envelope-body",
                "пликът няма тяло с елемент в него",
                Bilingual::new(
                    "put the operation's element into the body",
                    "поставете елемента на операцията в тялото",
                ),
            ),
            EnvelopeError::NotUnderstood(_) => (
                FaultCode::MustUnderstand,
                "header-not-understood",
                "заглавка, която трябва да бъде разбрана, не е позната",
                Bilingual::new(
                    "remove the header or its mustUnderstand",
                    "махнете заглавката или нейния mustUnderstand",
                ),
            ),
            EnvelopeError::ReplyElsewhere(_) => (
                FaultCode::InvalidAddressing,
                "reply-elsewhere",
                "отговорът е поискан на друг адрес",
                Bilingual::new(
                    "leave ReplyTo and FaultTo out, or make them anonymous: answers go back on the same connection",
                    "махнете ReplyTo и FaultTo или ги направете анонимни: отговорът се връща по същата връзка",
                ),
            ),
        };
        let problem =
            Problem { code: code.into(), message: Bilingual::new(self.to_string(), message), hint, places: Vec::new() };
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
        let addressing = header.map(read_addressing).unwrap_or_default();
        if version != announced {
            let number = |version| if version == Version::V11 { "1.1" } else { "1.2" };
            let error = EnvelopeError::VersionMismatch { found: number(version), announced: number(announced) };
            return Err((error, addressing));
        }
        let checked = header.map_or(Ok(()), |header| check_header(header, version, understood));
        let body = root.child(soap, "Body").and_then(|body| body.children().next()).ok_or(EnvelopeError::NoBody);
        match checked.and(body) {
            Ok(body) => Ok(Envelope { version, addressing, body: body.id() }),
            Err(error) => Err((error, addressing)),
        }
    }
}

fn read_addressing(header: Element<'_>) -> Addressing {
    let text = |local| header.child(ADDRESSING, local).map(|block| block.text().trim().to_owned());
    Addressing { action: text("Action").filter(|action| !action.is_empty()), message_id: text("MessageID") }
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
    fn what_is_no_envelope_is_told_so() {
        assert_eq!(open("<Envelope/>", Version::V11).err(), Some(EnvelopeError::NotAnEnvelope));
        assert!(matches!(open(&v12(""), Version::V11).err(), Some(EnvelopeError::VersionMismatch { .. })));
        let empty = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body> </e:Body></e:Envelope>";
        assert_eq!(open(empty, Version::V11).err(), Some(EnvelopeError::NoBody));
    }
}
