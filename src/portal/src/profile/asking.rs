//! The other side of a profile: asking a service that listens under it, and reading what it answers.

use bytes::Bytes;
use kapia_soap::{ADDRESSING, Version};
use kapia_xml::{Document, Element, KeepAll, Limits, Writer};

use super::{Fitted, Places, Profile};
use crate::fault::Detail;
use crate::names::{Contract, Operation, TYPES};

/// Characters of a reason that are kept: it is for a person, and somebody else wrote it.
const REASON: usize = 500;

/// A message to a service that listens under a profile.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The envelope.
    pub body: Vec<u8>,
    version: Version,
    action: String,
    operation: Operation,
    /// The name of the request in it.
    request: String,
    /// From their paths to ours.
    places: Places,
}

/// Why what came back is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unheard {
    /// No SOAP message.
    NotSoap,
    /// A SOAP message, and none of the operation.
    OtherAnswer,
    /// A fault of the contract.
    Fault(Box<Detail>),
    /// A fault that the contract does not have.
    OtherFault {
        /// What it says, at most 500 characters, as somebody else wrote it.
        reason: String,
        /// Whether the service blames itself, so that repeating may help.
        passes: bool,
    },
}

impl Asked {
    /// The headers of HTTP: names and values.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        match self.version {
            Version::V11 => vec![
                ("Content-Type", Version::V11.content_type().to_owned()),
                ("SOAPAction", format!("\"{}\"", self.action)),
            ],
            Version::V12 => {
                vec![("Content-Type", format!("{}; action=\"{}\"", Version::V12.content_type(), self.action))]
            }
        }
    }
}

impl Profile {
    /// Whether the service has this operation.
    pub fn offers(&self, operation: Operation) -> bool {
        self.offered(operation).is_some()
    }

    /// A request for `address`, whose children are `content` in our names; `None` if the operation is not offered or the
    /// content cannot be read.
    pub fn ask(
        &self,
        contract: &Contract,
        operation: Operation,
        content: &[u8],
        request_id: &str,
        address: &str,
    ) -> Option<Asked> {
        let offered = self.offered(operation)?;
        let request = request(operation, content);
        let (octets, places) = match &self.mapping {
            None => (request, Places::default()),
            Some(mapping) => {
                let turned = mapping.outbound(&request, &offered.request, contract)?;
                (turned.octets, turned.places)
            }
        };
        let soap = self.soap.namespace();
        let mut writer = Writer::with_capacity(octets.len() + 1024);
        writer.start("s", soap, "Envelope", &[], &[]);
        if self.says_header || self.addressing {
            writer.start("s", soap, "Header", &[], &[]);
            if self.addressing {
                writer.leaf("a", ADDRESSING, "Action", &offered.action);
                writer.leaf("a", ADDRESSING, "MessageID", &format!("urn:uuid:{request_id}"));
                writer.leaf("a", ADDRESSING, "To", address);
            }
            if self.says_header {
                writer.raw(&self.context(contract, request_id));
            }
            writer.end();
        }
        writer.start("s", soap, "Body", &[], &[]);
        writer.raw(&octets);
        writer.end();
        writer.end();
        Some(Asked {
            body: writer.into_bytes(),
            version: self.soap,
            action: offered.action.clone(),
            operation,
            request: offered.request.clone(),
            places,
        })
    }

    /// The header block that makes repeating safe.
    fn context(&self, contract: &Contract, request_id: &str) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.start("", TYPES, "RequestContext", &[], &[]);
        writer.leaf("", TYPES, "RequestId", request_id);
        writer.end();
        let block = writer.into_bytes();
        let Some(mapping) = &self.mapping else { return block };
        mapping.outbound(&block, &self.header, contract).map_or(block, |turned| turned.octets)
    }

    /// What becomes of a record on its way: one `ServiceRecord` in our names.
    pub fn fitted(&self, contract: &Contract, record: &[u8]) -> Fitted {
        let adds = [Operation::AddService, Operation::UpdateService, Operation::SaveServices];
        let offered = adds.into_iter().find_map(|operation| Some((operation, self.offered(operation)?)));
        let (Some(mapping), Some((operation, offered))) = (&self.mapping, offered) else { return Fitted::default() };
        let Some(turned) = mapping.outbound(&request(operation, record), &offered.request, contract) else {
            return Fitted::default();
        };
        Fitted { violations: mapping.violations(&turned.octets), left_out: turned.left_out.into_iter().collect() }
    }

    /// The answer to a message, in our names: the one element of the body, alone.
    pub fn hear(&self, contract: &Contract, asked: &Asked, octets: Bytes) -> Result<Document, Unheard> {
        let document = Document::read(octets, &Limits::default()).map_err(|_| Unheard::NotSoap)?;
        let root = document.root();
        let version = Version::of_namespace(root.namespace()).ok_or(Unheard::NotSoap)?;
        let soap = version.namespace();
        let body = root.child(soap, "Body").ok_or(Unheard::NotSoap)?;
        let said = body.children().next().ok_or(Unheard::OtherAnswer)?;
        if said.is(soap, "Fault") {
            return Err(self.fault(contract, asked, said, version));
        }
        let offered = self.offered(asked.operation).ok_or(Unheard::OtherAnswer)?;
        if said.local() != offered.response {
            return Err(Unheard::OtherAnswer);
        }
        let octets = match &self.mapping {
            Some(mapping) => mapping.inbound(said, &format!("{}Response", asked.operation.name()), contract).0,
            None => {
                let mut writer = Writer::new();
                writer.copy(said, &mut KeepAll);
                writer.into_bytes()
            }
        };
        Document::read(octets, &Limits::default()).map_err(|_| Unheard::OtherAnswer)
    }

    /// Whether an answer that names no outcome means that the request was carried out: publicly known is only that success
    /// is an answer and failure a fault (horizontal-systems §1.1).
    pub fn answers_without_outcome(&self) -> bool {
        self.mapping.is_some()
    }

    fn fault(&self, contract: &Contract, asked: &Asked, fault: Element<'_>, version: Version) -> Unheard {
        let soap = version.namespace();
        let text = |element: Option<Element<'_>>| element.map(|element| element.text().trim().to_owned());
        let (detail, code, reason) = match version {
            Version::V11 => {
                (fault.child("", "detail"), text(fault.child("", "faultcode")), text(fault.child("", "faultstring")))
            }
            Version::V12 => (
                fault.child(soap, "Detail"),
                text(fault.child(soap, "Code").and_then(|code| code.child(soap, "Value"))),
                text(fault.child(soap, "Reason").and_then(|reason| reason.child(soap, "Text"))),
            ),
        };
        let reason: String = reason.unwrap_or_default().chars().take(REASON).collect();
        let declared = detail.and_then(|detail| detail.children().find(|child| child.local() == self.fault));
        if let Some(declared) = declared {
            let turned = self.mapping.as_ref().and_then(|mapping| {
                let octets = mapping.inbound(declared, "EgovServiceFault", contract).0;
                Document::read(octets, &Limits::default()).ok()
            });
            let mut told = Detail::of(turned.as_ref().map_or(declared, Document::root));
            for field in &mut told.fields {
                if self.mapping.is_some() {
                    *field = asked.places.of_any(field, &asked.request);
                }
            }
            // A fault without a code says no more than its reason.
            if !told.code.is_empty() {
                let some = [&told.bg, &told.en, &reason].into_iter().find(|text| !text.is_empty());
                let some = some.cloned().unwrap_or_default();
                for text in [&mut told.bg, &mut told.en] {
                    if text.is_empty() {
                        text.clone_from(&some);
                    }
                }
                return Unheard::Fault(Box::new(told));
            }
        }
        let side = code.unwrap_or_default();
        let side = side.rsplit(':').next().unwrap_or_default();
        Unheard::OtherFault { reason, passes: matches!(side, "Server" | "Receiver") }
    }
}

fn request(operation: Operation, content: &[u8]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(content.len() + 128);
    writer.start("", TYPES, operation.name(), &[], &[]);
    writer.raw(content);
    writer.end();
    writer.into_bytes()
}
