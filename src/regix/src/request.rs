use crate::context::CallContext;
use crate::{EntryPoint, Method};
use kapia_xml::{Element, ElementId, XSI_NAMESPACE};
use std::fmt;

/// A request for a report, V1 or V2, as the consumer sent it (regix-contract §3.2, §4.2).
#[derive(Clone, Debug, Default)]
pub struct ServiceRequest {
    /// The operation, without outer white space: some clients send a trailing blank (regix-contract §6.1).
    pub operation: Option<String>,
    /// The first element in `Argument`.
    pub argument: Option<ElementId>,
    /// Who calls and why.
    pub context: CallContext,
    /// Token of the electronic identification service; stored with the call, not judged.
    pub eid_token: Option<String>,
    /// Where to push an asynchronous result.
    pub callback_url: Option<String>,
    /// Identifier of the employee: for the register only.
    pub employee_egn: Option<Personal>,
    /// Identifier of the citizen: for the register only.
    pub citizen_egn: Option<Personal>,
    /// Whether the answer shall be signed.
    pub sign_result: bool,
    /// Whether the answer shall hold the access matrix.
    pub return_access_matrix: bool,
    /// V2 processing flags; none in V1.
    pub processing: Processing,
}

/// The V2 flags of `RequestProcessing` and `ResponseProcessing` (regix-contract §2.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)] // each is named as on the wire
pub struct Processing {
    pub verify: bool,
    pub decrypt: bool,
    pub transform_from_pdf: bool,
    pub asynchronous: bool,
    pub encrypt: bool,
    pub transform_to_pdf: bool,
}

/// A personal identifier: it travels to the register and is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal(String);

impl Personal {
    /// Hides an identifier.
    pub fn new(identifier: impl Into<String>) -> Personal {
        Personal(identifier.into())
    }

    /// The identifier, for the register.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(…)")
    }
}

/// Why the content of a method element cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RequestError {
    /// The wrapper with the request data is missing.
    #[error("element {0} is missing in the request")]
    NoData(&'static str),
    /// A boolean is neither `true`, `false`, `1` nor `0`.
    #[error("Instance validation error: the value of {0} is not a valid boolean.")]
    Boolean(&'static str),
    /// An unknown processing flag.
    #[error("Instance validation error: the list of {0} holds a value that is not valid.")]
    Flag(&'static str),
    /// A typed request holds something that its contract does not know, or one thing twice.
    #[error("the request holds an element that has no place there, or one twice; the place takes {0}")]
    Unexpected(&'static str),
}

/// Reads the request of an `Execute` or `ExecuteSynchronous` element.
///
/// The envelope is never validated against the WSDL (wild-clients rule 8): children come in any order, children in
/// another namespace are ignored, missing ones take their defaults. Fails only where RegiX's deserialisation does.
pub fn read_request(entry: EntryPoint, method: Method, element: Element<'_>) -> Result<ServiceRequest, RequestError> {
    let parameter =
        element.child(entry.contract(), method.parameter()).ok_or(RequestError::NoData(method.parameter()))?;
    let data = match entry {
        EntryPoint::V0 | EntryPoint::V1 => parameter,
        EntryPoint::V2 => {
            parameter.child(entry.data(), "ServiceRequestData").ok_or(RequestError::NoData("ServiceRequestData"))?
        }
    };
    let mut reader = Reader::default();
    for child in data.children().filter(|child| child.namespace() == entry.data()) {
        reader.field(entry, child)?;
    }
    Ok(reader.into_request())
}

/// Which asynchronous call a consumer asks about (regix-contract §3.2, §4.2).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CheckRequest {
    /// The number of the call; `None` when it is missing or no whole number.
    pub service_call_id: Option<i64>,
    /// The code that was given when the call was accepted; V1 has none.
    pub verification_code: Option<String>,
}

/// Reads the request of a `CheckResult` or `AcknowledgeResultReceived` element; what is missing is `None`.
pub fn read_check(entry: EntryPoint, method: Method, element: Element<'_>) -> CheckRequest {
    let argument = element.child(entry.contract(), method.parameter());
    let data = match entry {
        EntryPoint::V0 | EntryPoint::V1 => argument,
        EntryPoint::V2 => argument.and_then(|argument| argument.child(entry.data(), "ServiceCheckResultArgument")),
    };
    check_of(data, entry.data())
}

/// Which call the children of an element mean.
pub(crate) fn check_of(data: Option<Element<'_>>, namespace: &str) -> CheckRequest {
    let field = |local| data.and_then(|data| data.child(namespace, local)).and_then(text);
    CheckRequest {
        service_call_id: field("ServiceCallID").and_then(|number| whole(&number)),
        verification_code: field("VerificationCode").map(|code| code.trim().to_owned()),
    }
}

/// A whole number that is written as a decimal: some stacks write `17.0` (regix-contract §3.2: decimal).
fn whole(number: &str) -> Option<i64> {
    let number = number.trim();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    whole.parse().ok().filter(|_| fraction.bytes().all(|digit| digit == b'0'))
}

/// Whether an element says `xsi:nil`.
pub(crate) fn is_nil(element: Element<'_>) -> bool {
    element.attribute(XSI_NAMESPACE, "nil").is_some_and(|nil| matches!(nil.trim(), "true" | "1"))
}

/// What [`Reader::field`] reads.
const FIELDS: [&str; 11] = [
    "Operation",
    "Argument",
    "CallContext",
    "EIDToken",
    "CallbackURL",
    "EmployeeEGN",
    "CitizenEGN",
    "SignResult",
    "ReturnAccessMatrix",
    "RequestProcessing",
    "ResponseProcessing",
];

/// Reads a request field by field.
#[derive(Default)]
pub(crate) struct Reader<'d> {
    request: ServiceRequest,
    seen: Vec<&'d str>,
}

impl<'d> Reader<'d> {
    pub fn into_request(self) -> ServiceRequest {
        self.request
    }

    pub fn field(&mut self, entry: EntryPoint, child: Element<'d>) -> Result<(), RequestError> {
        // The first of a name counts: that is what .NET's reader does with the second. Names that mean nothing here are
        // not kept: there may be any number of them.
        if !FIELDS.contains(&child.local()) || self.seen.contains(&child.local()) {
            return Ok(());
        }
        self.seen.push(child.local());
        let request = &mut self.request;
        match child.local() {
            "Operation" => request.operation = text(child).map(|name| name.trim().to_owned()),
            "Argument" => request.argument = child.children().next().map(Element::id),
            // In the oldest contract the context is one text (regix-contract §3.6).
            "CallContext" if entry == EntryPoint::V0 => request.context = CallContext::of_remark(text(child)),
            "CallContext" if !is_nil(child) => request.context = CallContext::read(child),
            "EIDToken" => request.eid_token = text(child),
            "CallbackURL" => request.callback_url = text(child).map(|url| url.trim().to_owned()),
            "EmployeeEGN" => request.employee_egn = text(child).map(Personal),
            "CitizenEGN" => request.citizen_egn = text(child).map(Personal),
            "SignResult" | "ReturnAccessMatrix" if entry == EntryPoint::V0 => {}
            "SignResult" => request.sign_result = boolean(child, "SignResult")?,
            "ReturnAccessMatrix" => request.return_access_matrix = boolean(child, "ReturnAccessMatrix")?,
            "RequestProcessing" if entry == EntryPoint::V2 => self.request_processing(child)?,
            "ResponseProcessing" if entry == EntryPoint::V2 => self.response_processing(child)?,
            _ => {}
        }
        Ok(())
    }

    fn request_processing(&mut self, child: Element<'_>) -> Result<(), RequestError> {
        let flags = &mut self.request.processing;
        for token in child.text().split_ascii_whitespace() {
            match token {
                "Verify" => flags.verify = true,
                "Decrypt" => flags.decrypt = true,
                "TransformFromPDF" => flags.transform_from_pdf = true,
                "Asynchronous" => flags.asynchronous = true,
                _ => return Err(RequestError::Flag("RequestProcessing")),
            }
        }
        Ok(())
    }

    fn response_processing(&mut self, child: Element<'_>) -> Result<(), RequestError> {
        let flags = &mut self.request.processing;
        for token in child.text().split_ascii_whitespace() {
            match token {
                "Encrypt" => flags.encrypt = true,
                "TransformToPDF" => flags.transform_to_pdf = true,
                _ => return Err(RequestError::Flag("ResponseProcessing")),
            }
        }
        Ok(())
    }
}

fn text(element: Element<'_>) -> Option<String> {
    (!is_nil(element)).then(|| element.text().into_owned())
}

fn boolean(element: Element<'_>, name: &'static str) -> Result<bool, RequestError> {
    if is_nil(element) {
        return Ok(false);
    }
    match element.text().trim() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(RequestError::Boolean(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_xml::{Document, Limits};

    fn v2(content: &str) -> Result<ServiceRequest, RequestError> {
        let text = format!(
            "<r:Execute xmlns:r='http://egov.bg/RegiX' xmlns:xsi='{XSI_NAMESPACE}'><r:request><s:ServiceRequestData xmlns:s='http://egov.bg/RegiX/SignedData'>{content}</s:ServiceRequestData></r:request></r:Execute>"
        );
        let document = Document::read(text.into_bytes(), &Limits::default()).unwrap();
        read_request(EntryPoint::V2, Method::Execute, document.root())
    }

    #[test]
    fn elements_come_in_any_order_and_the_operation_is_trimmed() {
        let request =
            v2("<s:SignResult>1</s:SignResult><s:Operation> A.B.C </s:Operation><s:RequestProcessing/>").unwrap();
        assert_eq!(request.operation.as_deref(), Some("A.B.C"));
        assert!(request.sign_result && !request.return_access_matrix);
    }

    #[test]
    fn elements_in_no_namespace_are_ignored() {
        let request = v2("<SignResult>true</SignResult><ReturnAccessMatrix>nonsense</ReturnAccessMatrix>").unwrap();
        assert!(!request.sign_result);
    }

    #[test]
    fn a_missing_context_an_empty_one_and_a_nil_field_are_all_the_same() {
        for content in ["", "<s:CallContext/>", "<s:CallContext><s:Remark xsi:nil='true'/></s:CallContext>"] {
            assert_eq!(v2(content).unwrap().context, CallContext::default(), "{content}");
        }
        let request =
            v2("<s:CallContext><s:LawReason/><s:AdministrationOId>2.16</s:AdministrationOId></s:CallContext>").unwrap();
        let fields: Vec<_> = request.context.iter().collect();
        assert_eq!(fields, [("AdministrationOId", "2.16"), ("LawReason", "")]);
    }

    #[test]
    fn flags_are_a_list_and_unknown_ones_are_refused() {
        let request = v2("<s:RequestProcessing>Asynchronous Verify</s:RequestProcessing>").unwrap();
        assert!(request.processing.asynchronous && request.processing.verify && !request.processing.decrypt);
        assert_eq!(
            v2("<s:ResponseProcessing>Print</s:ResponseProcessing>").err(),
            Some(RequestError::Flag("ResponseProcessing"))
        );
        assert_eq!(v2("<s:SignResult/>").err(), Some(RequestError::Boolean("SignResult")));
    }

    #[test]
    fn the_oldest_contract_has_a_text_for_context_and_no_flags() {
        let text = "<ExecuteSynchronous xmlns='http://egov.bg/RegiX'><request><Operation>A.B</Operation><Argument><q/></Argument><CallContext>проверка</CallContext><SignResult>true</SignResult></request></ExecuteSynchronous>";
        let document = Document::read(text.as_bytes().to_vec(), &Limits::default()).unwrap();
        let request = read_request(EntryPoint::V0, Method::ExecuteSynchronous, document.root()).unwrap();
        assert_eq!(request.context.iter().collect::<Vec<_>>(), [("Remark", "проверка")]);
        assert!(request.argument.is_some() && !request.sign_result);
    }

    #[test]
    fn a_check_names_its_call_and_its_code() {
        let text = "<r:CheckResult xmlns:r='http://egov.bg/RegiX'><r:argument><ServiceCheckResultArgument xmlns='http://egov.bg/RegiX/SignedData'><VerificationCode>7.x</VerificationCode><ServiceCallID> 7 </ServiceCallID></ServiceCheckResultArgument></r:argument></r:CheckResult>";
        let document = Document::read(text.as_bytes().to_vec(), &Limits::default()).unwrap();
        let check = read_check(EntryPoint::V2, Method::CheckResult, document.root());
        assert_eq!((check.service_call_id, check.verification_code.as_deref()), (Some(7), Some("7.x")));
        assert_eq!(read_check(EntryPoint::V1, Method::CheckResult, document.root()), CheckRequest::default());
    }

    #[test]
    fn the_number_of_a_call_is_a_decimal_without_a_fraction() {
        for (written, number) in [
            ("17", Some(17)),
            (" 17.00 ", Some(17)),
            ("+17", Some(17)),
            ("17.5", None),
            ("17.0x", None),
            ("", None),
            (".", None),
        ] {
            assert_eq!(whole(written), number, "{written}");
        }
    }

    #[test]
    fn personal_identifiers_are_masked_in_debug() {
        let request = v2("<s:CitizenEGN>8001010001</s:CitizenEGN><s:EmployeeEGN>XXXXXXXXXX</s:EmployeeEGN>").unwrap();
        assert_eq!(request.citizen_egn.as_ref().map(Personal::reveal), Some("8001010001"));
        assert!(!format!("{request:?}").contains("8001010001"));
    }
}
