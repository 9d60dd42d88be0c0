//! The contract in typed clothes: the same fields and the same `Data`, in the namespace of one package, with an element of
//! its own for every operation (docs/decisions/0022-typed-faces.md).
//!
//! What a typed call asks becomes a [`ServiceRequest`], so that it goes the way of every call; what differs is where the
//! names stand. Errors are faults always.

use crate::context::CallContext;
use crate::request::{Reader, check_of};
use crate::{CheckRequest, EntryPoint, Method, RequestError, ServiceRequest};
use kapia_soap::{Addressed, Fault, Problem, Version, begin_reply_to, end_reply};
use kapia_xml::{Element, Writer};

/// The types and fields that every typed contract shares, as a schema; `{{namespace}}` stands for that of the contract.
pub const TYPED_FACE: &str = include_str!("../../../wsdl/TypedFace.xsd");
/// The schema of the detail of typed faults.
pub const TYPED_PROBLEM: &str = include_str!("../../../wsdl/TypedProblem.xsd");
/// The namespace of the detail of typed faults.
pub const PROBLEM_NAMESPACE: &str = "urn:kapia:faces:1";

/// What a typed message asks of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TypedStep {
    /// A call.
    Call,
    /// The answer to an asynchronous call.
    Result,
    /// A word that the answer to an asynchronous call has been received.
    Received,
}

impl TypedStep {
    /// The name of the step in the contract, from that of the operation.
    pub fn name(self, operation: &str) -> String {
        match self {
            TypedStep::Call => operation.to_owned(),
            TypedStep::Result => format!("{operation}Result"),
            TypedStep::Received => format!("{operation}Received"),
        }
    }

    /// The method of V2 that does the same.
    pub fn method(self) -> Method {
        match self {
            TypedStep::Call => Method::Execute,
            TypedStep::Result => Method::CheckResult,
            TypedStep::Received => Method::AcknowledgeResultReceived,
        }
    }
}

/// The elements of a typed request that the contract spells out for each operation.
#[derive(Clone, Copy, Debug)]
pub struct TypedNames {
    /// The document that is asked with.
    pub argument: &'static str,
    /// What is signed: request, response and matrix.
    pub data: &'static str,
    /// The request in it.
    pub request: &'static str,
    /// The response in it.
    pub response: &'static str,
    /// The access matrix in it.
    pub matrix: &'static str,
    /// Whether the answer is there.
    pub ready: &'static str,
    /// The number of the call.
    pub call: &'static str,
    /// The code of an asynchronous call.
    pub code: &'static str,
}

/// As they stand on the wire.
pub const TYPED_NAMES: TypedNames = TypedNames {
    argument: "Argument",
    data: "Data",
    request: "Request",
    response: "Response",
    matrix: "Matrix",
    ready: "IsReady",
    call: "ServiceCallID",
    code: "VerificationCode",
};

const FIELDS: [&str; 7] =
    ["Argument", "EIDToken", "CallContext", "EmployeeEGN", "CitizenEGN", "SignResult", "ReturnAccessMatrix"];
const TAKES: &str = "Argument, EIDToken, CallContext, EmployeeEGN, CitizenEGN, SignResult, ReturnAccessMatrix";
const ARGUMENT_TAKES: &str = "Argument with one document in it";
const CONTEXT_TAKES: &str = "the fields of CallContext that the WSDL names";

/// Reads a typed call of the operation with this full name. Whoever generates code sends what the WSDL says, so what it
/// does not say is refused: an element that is misspelt would be a wish that nobody hears.
pub fn read_typed(operation: &str, element: Element<'_>) -> Result<ServiceRequest, RequestError> {
    let namespace = element.namespace();
    let mut reader = Reader::default();
    let mut seen = [false; FIELDS.len()];
    for child in element.children() {
        let known = FIELDS.iter().position(|field| child.is(namespace, field));
        match known.and_then(|at| seen.get_mut(at)) {
            Some(seen @ false) => *seen = true,
            _ => return Err(RequestError::Unexpected(TAKES)),
        }
        match child.local() {
            "Argument" if child.children().count() > 1 => return Err(RequestError::Unexpected(ARGUMENT_TAKES)),
            "CallContext" if !CallContext::is_exact(child) => return Err(RequestError::Unexpected(CONTEXT_TAKES)),
            _ => reader.field(EntryPoint::V2, child)?,
        }
    }
    let mut request = reader.into_request();
    request.operation = Some(operation.to_owned());
    Ok(request)
}

/// Reads which asynchronous call is meant; what is missing is `None`.
pub fn read_typed_check(element: Element<'_>) -> CheckRequest {
    check_of(Some(element), element.namespace())
}

/// What makes a reply a typed one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Typed<'r> {
    /// The namespace of the contract.
    pub namespace: &'r str,
    /// The name of the operation in the contract.
    pub operation: &'r str,
    /// What was asked.
    pub step: TypedStep,
    /// The action of the request.
    pub action: &'r str,
    /// Whether the request was addressed.
    pub addressed: Addressed<'r>,
}

impl Typed<'_> {
    /// Begins a reply up to what stands before `Data`. A call is answered or it is a fault; only who asks later has to be
    /// told that there is nothing yet.
    pub(crate) fn begin(&self, writer: &mut Writer, version: Version, is_ready: bool) {
        begin_reply_to(writer, version, &format!("{}Response", self.action), self.addressed);
        writer.start("", self.namespace, &format!("{}Response", self.step.name(self.operation)), &[], &[]);
        if self.step == TypedStep::Result {
            writer.leaf("", self.namespace, TYPED_NAMES.ready, if is_ready { "true" } else { "false" });
        }
    }

    /// Writes what stands behind `Data`, and ends the reply.
    pub(crate) fn end(&self, writer: &mut Writer, service_call_id: i64, code: Option<&str>) {
        writer.leaf("", self.namespace, TYPED_NAMES.call, &service_call_id.to_string());
        if let Some(code) = code {
            writer.leaf("", self.namespace, TYPED_NAMES.code, code);
        }
        writer.end();
        end_reply(writer);
    }
}

/// What a typed fault tells beside its problem.
#[derive(Clone, Copy, Debug, Default)]
pub struct TypedFault {
    /// Whether the same call can succeed later without anybody changing anything.
    pub retryable: bool,
    /// The number of the call, if it got so far.
    pub service_call_id: Option<i64>,
}

impl TypedFault {
    /// Writes a fault with the detail of [`TYPED_PROBLEM`].
    pub fn write(self, fault: &Fault, version: Version, addressed: Addressed<'_>) -> Vec<u8> {
        let detail = fault.problem.as_ref().map(|problem| |writer: &mut Writer| self.detail(problem, writer));
        fault.write_with(version, addressed, detail)
    }

    fn detail(self, problem: &Problem, writer: &mut Writer) {
        const SPACE: &str = PROBLEM_NAMESPACE;
        let leaf = |writer: &mut Writer, local, text: &str| writer.leaf("", SPACE, local, text);
        let optional = |writer: &mut Writer, local, text: &str| match text {
            "" => {}
            text => writer.leaf("", SPACE, local, text),
        };
        writer.start("", SPACE, "Problem", &[], &[]);
        leaf(writer, "Code", &problem.code);
        leaf(writer, "MessageBg", &problem.message.bg);
        leaf(writer, "MessageEn", &problem.message.en);
        optional(writer, "HintBg", &problem.hint.bg);
        optional(writer, "HintEn", &problem.hint.en);
        leaf(writer, "Retryable", if self.retryable { "true" } else { "false" });
        if let Some(id) = self.service_call_id {
            leaf(writer, "CallId", &id.to_string());
        }
        for place in &problem.places {
            writer.start("", SPACE, "Place", &[], &[]);
            leaf(writer, "Line", &place.line.to_string());
            leaf(writer, "Column", &place.column.to_string());
            leaf(writer, "Path", &place.path);
            leaf(writer, "Rule", &place.rule);
            place.expected.iter().for_each(|expected| leaf(writer, "Expected", expected));
            leaf(writer, "MessageBg", &place.message.bg);
            leaf(writer, "MessageEn", &place.message.en);
            optional(writer, "HintBg", &place.hint.bg);
            optional(writer, "HintEn", &place.hint.en);
            writer.end();
        }
        writer.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, Reply};
    use kapia_soap::{Bilingual, FaultCode, Place};
    use kapia_xml::{Document, KeepAll, Limits};
    use std::convert::Infallible;

    fn read(text: &str) -> Document {
        Document::read(text.as_bytes().to_vec(), &Limits::default()).unwrap()
    }

    fn request(fields: &str) -> Result<ServiceRequest, RequestError> {
        let document = read(&format!("<GetRequest xmlns='urn:t'>{fields}</GetRequest>"));
        read_typed("A.B.Get", document.root())
    }

    #[test]
    fn a_typed_request_is_a_request_of_its_operation() {
        let request = request(
            "<Argument><q xmlns='urn:q'/></Argument><CallContext><LawReason>чл. 1</LawReason></CallContext><SignResult>true</SignResult>",
        )
        .unwrap();
        assert_eq!(request.operation.as_deref(), Some("A.B.Get"));
        assert_eq!(request.context.get("LawReason"), Some("чл. 1"));
        assert!(request.argument.is_some() && request.sign_result && !request.return_access_matrix);
    }

    #[test]
    fn what_the_contract_does_not_know_is_refused_and_not_passed_over() {
        for fields in [
            "<SignResults>true</SignResults>",
            "<SignResult xmlns=''>true</SignResult>",
            "<SignResult>true</SignResult><SignResult>false</SignResult>",
            "<Argument><q/><q/></Argument>",
            "<CallContext><LawReasons/></CallContext>",
            "<CallContext><Remark>1</Remark><Remark>2</Remark></CallContext>",
            "<CallbackURL>https://localhost/</CallbackURL>",
        ] {
            assert!(matches!(request(fields), Err(RequestError::Unexpected(_))), "{fields}");
        }
        assert_eq!(request("<SignResult>yes</SignResult>").err(), Some(RequestError::Boolean("SignResult")));
    }

    fn reply(step: TypedStep) -> Reply<'static> {
        let typed = Typed { namespace: "urn:t", operation: "Get", step, action: "urn:t:Get", addressed: Addressed::No };
        Reply {
            entry: EntryPoint::V2,
            method: step.method(),
            version: Version::V12,
            relates_to: None,
            typed: Some(typed),
        }
    }

    #[test]
    fn an_answer_holds_the_data_that_is_signed_in_the_namespace_of_the_contract() {
        let (argument, response) = (read("<q xmlns='urn:q'>1</q>"), read("<r xmlns='urn:r'>2</r>"));
        let answer = Answer {
            service_call_id: 7,
            request: argument.root(),
            response: response.root(),
            matrix: None,
            legacy_scope: false,
        };
        let sign = |_: &[u8], _: &[&str]| Ok::<_, Infallible>(Some(b"<Signature></Signature>".to_vec()));
        let written = reply(TypedStep::Call).answer(&answer, &mut KeepAll, sign).unwrap();
        let text = String::from_utf8(written.octets).unwrap();
        let body = "<GetResponse xmlns=\"urn:t\"><Data xmlns=\"urn:t\" id=\"data\">\
            <Request id=\"request\"><q xmlns=\"urn:q\">1</q></Request><Response id=\"response\"><r xmlns=\"urn:r\">2</r></Response>\
            <Matrix xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"></Matrix></Data><Signature></Signature>\
            <ServiceCallID>7</ServiceCallID></GetResponse></s:Body></s:Envelope>";
        assert!(text.ends_with(body), "{text}");
        assert!(!text.contains("Header"), "who does not address is not addressed: {text}");
    }

    #[test]
    fn a_call_that_waits_has_a_number_and_who_asks_for_its_answer_learns_that_there_is_none() {
        let accepted = String::from_utf8(reply(TypedStep::Call).accepted(7, Some("7.abc"))).unwrap();
        assert!(accepted.contains(
            "<GetResponse xmlns=\"urn:t\"><ServiceCallID>7</ServiceCallID><VerificationCode>7.abc</VerificationCode></GetResponse>"
        ));
        let pending = String::from_utf8(reply(TypedStep::Result).pending(7)).unwrap();
        assert!(pending.contains("<GetResultResponse xmlns=\"urn:t\"><IsReady>false</IsReady><ServiceCallID>7<"));
        let received = String::from_utf8(reply(TypedStep::Received).acknowledged()).unwrap();
        assert!(received.contains("<GetReceivedResponse xmlns=\"urn:t\"></GetReceivedResponse>"));
    }

    #[test]
    fn the_detail_of_a_fault_is_valid_against_its_schema() {
        let place = Place { line: 3, column: 7, path: "/q".into(), expected: vec!["a".into()], ..Place::default() };
        let problem = Problem {
            code: "argument-invalid".into(),
            message: Bilingual::new("cause", "причина"),
            hint: Bilingual::default(),
            places: vec![place],
        };
        let fault = Fault { code: FaultCode::Sender, reason: "cause".into(), problem: Some(problem) };
        let typed = TypedFault { retryable: true, service_call_id: Some(7) };
        let text = String::from_utf8(typed.write(&fault, Version::V11, Addressed::No)).unwrap();
        let detail = "<detail><Problem xmlns=\"urn:kapia:faces:1\"><Code>argument-invalid</Code><MessageBg>причина</MessageBg>\
            <MessageEn>cause</MessageEn><Retryable>true</Retryable><CallId>7</CallId><Place><Line>3</Line>";
        assert!(text.contains(detail), "{text}");
    }
}
