//! Envelopes and faults as they are sent (horizontal-systems §3.4, Appendix B).

use bytes::Bytes;
use kapia_soap::{ADDRESSING, Addressing, Version};
use kapia_xml::{Writer, XML_NAMESPACE};

use crate::fault::Detail;

/// What is sent back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The HTTP content type.
    pub content_type: &'static str,
    /// The envelope.
    pub body: Bytes,
}

/// Why SOAP itself, and not only the service, refuses a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Refusal {
    #[default]
    Service,
    MustUnderstand,
    VersionMismatch,
}

/// How one message is answered.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub version: Version,
    /// The addressing of the request: who does not address is not answered with addresses, since a stock client does not
    /// understand them.
    pub addressing: Addressing,
    /// Why SOAP refuses it, if it does.
    pub refusal: Refusal,
}

impl Wire {
    pub fn new(version: Version) -> Wire {
        Wire { version, addressing: Addressing::default(), refusal: Refusal::default() }
    }

    /// An answer; `body` is the element of the response.
    pub fn reply(&self, action: &str, body: &[u8]) -> Reply {
        let mut writer = Writer::with_capacity(body.len() + 512);
        self.begin(&mut writer, action);
        writer.raw(body);
        self.end(writer, 200)
    }

    /// A fault; `element` is the declared element of the detail, `types` the namespace of its code in SOAP 1.2.
    pub fn fault(&self, detail: &Detail, element: &[u8], types: &str, senders: bool) -> Reply {
        let soap = self.version.namespace();
        let mut writer = Writer::with_capacity(element.len() + 1024);
        self.begin(&mut writer, "http://www.w3.org/2005/08/addressing/soap/fault");
        writer.start("s", soap, "Fault", &[], &[]);
        let code = match (self.refusal, self.version, senders) {
            (Refusal::MustUnderstand, ..) => "MustUnderstand",
            (Refusal::VersionMismatch, ..) => "VersionMismatch",
            (Refusal::Service, Version::V11, true) => "Client",
            (Refusal::Service, Version::V11, false) => "Server",
            (Refusal::Service, Version::V12, true) => "Sender",
            (Refusal::Service, Version::V12, false) => "Receiver",
        };
        match self.version {
            Version::V11 => {
                writer.leaf("", "", "faultcode", &format!("s:{code}"));
                writer.start("", "", "faultstring", &[], &[("xml", XML_NAMESPACE, "lang", "bg")]);
                writer.text(&detail.bg);
                writer.end();
                writer.start("", "", "detail", &[], &[]);
            }
            Version::V12 => {
                writer.start("s", soap, "Code", &[], &[]);
                writer.leaf("s", soap, "Value", &format!("s:{code}"));
                writer.start("s", soap, "Subcode", &[], &[]);
                writer.start("s", soap, "Value", &[("t", types)], &[]);
                writer.text(&format!("t:{}", detail.code));
                writer.end();
                writer.end();
                writer.end();
                writer.start("s", soap, "Reason", &[], &[]);
                // More than one would be right (SOAP 1.2 part 1 §5.4.2), but gSOAP 2.8 then reads no fault at all.
                writer.start("s", soap, "Text", &[], &[("xml", XML_NAMESPACE, "lang", "bg")]);
                writer.text(&detail.bg);
                writer.end();
                writer.end();
                writer.start("s", soap, "Detail", &[], &[]);
            }
        }
        writer.raw(element);
        writer.end();
        writer.end();
        // SOAP 1.2 part 2 §7.5 would have 400 for a sender's fault, and Apache CXF throws the body of a 400 away.
        self.end(writer, 500)
    }

    fn begin(&self, writer: &mut Writer, action: &str) {
        let soap = self.version.namespace();
        writer.start("s", soap, "Envelope", &[], &[]);
        if self.addressing != Addressing::default() {
            writer.start("s", soap, "Header", &[], &[]);
            writer.leaf("a", ADDRESSING, "Action", action);
            if let Some(message) = &self.addressing.message_id {
                writer.leaf("a", ADDRESSING, "RelatesTo", message);
            }
            writer.end();
        }
        writer.start("s", soap, "Body", &[], &[]);
    }

    fn end(&self, mut writer: Writer, status: u16) -> Reply {
        writer.end();
        writer.end();
        Reply { status, content_type: self.version.content_type(), body: Bytes::from(writer.into_bytes()) }
    }
}
