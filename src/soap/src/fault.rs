use crate::reply::{Addressed, begin_reply_to, end_reply};
use crate::{ADDRESSING, Problem, Version};
use kapia_xml::Writer;

/// The namespace of the fault codes of .NET's dispatcher, which RegiX clients know (regix-contract §5.3).
const DISPATCHER: &str = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher";
/// The reply action of a fault that the service raised (regix-contract §5.3).
const DISPATCHER_FAULT_ACTION: &str =
    "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher/fault";
/// The reply action of faults of WS-Addressing itself (W3C REC-ws-addr-soap-20060509 §6).
const ADDRESSING_FAULT_ACTION: &str = "http://www.w3.org/2005/08/addressing/fault";
/// The reply action of faults of SOAP itself (W3C REC-ws-addr-soap-20060509 §6).
const SOAP_FAULT_ACTION: &str = "http://www.w3.org/2005/08/addressing/soap/fault";

/// Who is at fault, in the words of the two SOAP versions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultCode {
    /// An error of the service as .NET reports it: `InternalServiceFault`, what RegiX sends for every exception.
    Service,
    /// An error of the service in the plain words of SOAP: `Server`, or `Receiver` in SOAP 1.2.
    Receiver,
    /// The message cannot be processed as sent.
    Sender,
    /// A header block that must be understood is not.
    MustUnderstand,
    /// The envelope is of another SOAP version.
    VersionMismatch,
    /// No operation for the action (`ActionNotSupported`).
    ActionNotSupported,
    /// An addressing header asks for something that is not done (`InvalidAddressingHeader`).
    InvalidAddressing,
}

impl FaultCode {
    fn action(self) -> &'static str {
        match self {
            FaultCode::Service => DISPATCHER_FAULT_ACTION,
            FaultCode::ActionNotSupported | FaultCode::InvalidAddressing => ADDRESSING_FAULT_ACTION,
            FaultCode::Receiver | FaultCode::Sender | FaultCode::MustUnderstand | FaultCode::VersionMismatch => {
                SOAP_FAULT_ACTION
            }
        }
    }

    /// Local name of the SOAP 1.1 code when it lies in the namespace of the envelope.
    fn v11(self) -> &'static str {
        match self {
            FaultCode::MustUnderstand => "MustUnderstand",
            FaultCode::VersionMismatch => "VersionMismatch",
            FaultCode::Receiver => "Server",
            _ => "Client",
        }
    }

    fn v12(self) -> &'static str {
        match self {
            FaultCode::Service | FaultCode::Receiver => "Receiver",
            FaultCode::MustUnderstand => "MustUnderstand",
            FaultCode::VersionMismatch => "VersionMismatch",
            _ => "Sender",
        }
    }

    /// Prefix, namespace and local name of the subcode (SOAP 1.2) or of the code itself (SOAP 1.1).
    fn subcode(self) -> Option<(&'static str, &'static str, &'static str)> {
        match self {
            FaultCode::Service => Some(("a", DISPATCHER, "InternalServiceFault")),
            FaultCode::ActionNotSupported => Some(("a", ADDRESSING, "ActionNotSupported")),
            FaultCode::InvalidAddressing => Some(("a", ADDRESSING, "InvalidAddressingHeader")),
            _ => None,
        }
    }
}

/// A SOAP fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Who is at fault.
    pub code: FaultCode,
    /// The reason in English: the text that clients show.
    pub reason: String,
    /// More about it for people and programs, written into the detail.
    pub problem: Option<Problem>,
}

impl Fault {
    /// The envelope with the fault; `relates_to` is the message id of the request, if it had one.
    ///
    /// Shapes: SOAP 1.1 with unqualified `faultcode` and `faultstring` (W3C NOTE-SOAP-20000508 §4.4), SOAP 1.2 with
    /// `Code`, `Reason` and one `Text` (W3C REC-soap12-part1 §5.4); a fault carries `RelatesTo` like any reply.
    pub fn write(&self, version: Version, relates_to: Option<&str>) -> Vec<u8> {
        let detail = self.problem.as_ref().map(|problem| |writer: &mut Writer| problem.write(writer));
        self.write_with(version, Addressed::Yes(relates_to), detail)
    }

    /// The same with a detail of another contract in place of the problem, to a request that may not be addressed.
    pub fn write_with(
        &self,
        version: Version,
        addressed: Addressed<'_>,
        detail: Option<impl FnOnce(&mut Writer)>,
    ) -> Vec<u8> {
        let mut writer = Writer::with_capacity(1024 + self.reason.len());
        let soap = version.namespace();
        begin_reply_to(&mut writer, version, self.code.action(), addressed);
        writer.start("s", soap, "Fault", &[], &[]);
        match version {
            Version::V11 => self.write_v11(&mut writer, detail),
            Version::V12 => self.write_v12(&mut writer, soap, detail),
        }
        writer.end();
        end_reply(&mut writer);
        writer.into_bytes()
    }

    fn write_v11(&self, writer: &mut Writer, detail: Option<impl FnOnce(&mut Writer)>) {
        match self.code.subcode() {
            Some((prefix, namespace, local)) => {
                writer.start("", "", "faultcode", &[(prefix, namespace)], &[]);
                writer.text(&format!("{prefix}:{local}"));
            }
            None => {
                writer.start("", "", "faultcode", &[], &[]);
                writer.text(&format!("s:{}", self.code.v11()));
            }
        }
        writer.end();
        writer.start("", "", "faultstring", &[], &[("xml", kapia_xml::XML_NAMESPACE, "lang", "en-US")]);
        writer.text(&self.reason);
        writer.end();
        if let Some(detail) = detail {
            writer.start("", "", "detail", &[], &[]);
            detail(writer);
            writer.end();
        }
    }

    fn write_v12(&self, writer: &mut Writer, soap: &str, detail: Option<impl FnOnce(&mut Writer)>) {
        writer.start("s", soap, "Code", &[], &[]);
        writer.leaf("s", soap, "Value", &format!("s:{}", self.code.v12()));
        if let Some((prefix, namespace, local)) = self.code.subcode() {
            writer.start("s", soap, "Subcode", &[], &[]);
            writer.start("s", soap, "Value", &[(prefix, namespace)], &[]);
            writer.text(&format!("{prefix}:{local}"));
            writer.end();
            writer.end();
        }
        writer.end();
        writer.start("s", soap, "Reason", &[], &[]);
        writer.start("s", soap, "Text", &[], &[("xml", kapia_xml::XML_NAMESPACE, "lang", "en-US")]);
        writer.text(&self.reason);
        writer.end();
        writer.end();
        if let Some(detail) = detail {
            writer.start("s", soap, "Detail", &[], &[]);
            detail(writer);
            writer.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bilingual, Place};

    fn fault(code: FaultCode) -> Fault {
        let place =
            Place { line: 3, column: 7, path: "/Request/EGN".into(), expected: vec!["EGN".into()], ..Place::default() };
        let problem = Problem {
            code: "argument-invalid".into(),
            message: Bilingual::new("cause", "причина"),
            hint: Bilingual::new("do this", "направете това"),
            places: vec![place],
        };
        Fault { code, reason: "reason <1>".into(), problem: Some(problem) }
    }

    fn written(code: FaultCode, version: Version, relates_to: Option<&str>) -> String {
        String::from_utf8(fault(code).write(version, relates_to)).unwrap()
    }

    #[test]
    fn a_soap_1_1_fault_has_unqualified_parts_and_no_header() {
        let text = written(FaultCode::Service, Version::V11, Some("uuid:1"));
        assert!(
            text.starts_with("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body "),
            "{text}"
        );
        assert!(text.contains("><s:Fault><faultcode xmlns:a=\"http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher\">a:InternalServiceFault</faultcode><faultstring xml:lang=\"en-US\">reason &lt;1&gt;</faultstring><detail><Problem xmlns=\"urn:kapia:fault:1\" code=\"argument-invalid\">"), "{text}");
        assert!(!text.contains("RelatesTo"));
    }

    #[test]
    fn a_soap_1_2_fault_relates_to_its_request_and_has_a_subcode() {
        let text = written(FaultCode::Service, Version::V12, Some("uuid:1"));
        assert!(text.contains("<a:RelatesTo>uuid:1</a:RelatesTo>"), "{text}");
        assert!(text.contains("<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value xmlns:a="), "{text}");
        assert!(
            text.contains("<s:Reason><s:Text xml:lang=\"en-US\">reason &lt;1&gt;</s:Text></s:Reason><s:Detail>"),
            "{text}"
        );
    }

    #[test]
    fn every_code_gives_a_well_formed_envelope_in_both_versions() {
        for version in [Version::V11, Version::V12] {
            for code in [
                FaultCode::Service,
                FaultCode::Sender,
                FaultCode::MustUnderstand,
                FaultCode::VersionMismatch,
                FaultCode::ActionNotSupported,
                FaultCode::InvalidAddressing,
            ] {
                let octets = fault(code).write(version, None);
                let document = kapia_xml::Document::read(octets, &kapia_xml::Limits::default()).unwrap();
                assert!(document.root().is(version.namespace(), "Envelope"));
            }
        }
    }
}
