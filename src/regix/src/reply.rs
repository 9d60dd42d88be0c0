use crate::{AccessMatrix, EntryPoint, Method, Typed};
use base64::Engine as _;
use kapia_soap::{Version, XSD, begin_reply, end_reply};
use kapia_xml::{CopyPolicy, Element, KeepAll, Writer, XSI_NAMESPACE, escape_attribute};
use std::ops::Range;

/// To whom a reply goes: generation, method, SOAP version and the message id of the request. With the method
/// `ExecuteCallback` of V2 it is a request of ours, which pushes a result to its consumer.
#[derive(Clone, Debug)]
pub struct Reply<'r> {
    /// The generation of the contract.
    pub entry: EntryPoint,
    /// The method that was called.
    pub method: Method,
    /// The SOAP version of the request.
    pub version: Version,
    /// The message id of the request, verbatim.
    pub relates_to: Option<&'r str>,
    /// The typed contract that was called, if it was one; the entry point is V2 then.
    pub typed: Option<Typed<'r>>,
}

/// What a successful answer holds.
pub struct Answer<'a> {
    /// The number of the call.
    pub service_call_id: i64,
    /// The argument, to be echoed.
    pub request: Element<'a>,
    /// The answer of the register.
    pub response: Element<'a>,
    /// The access matrix, when it was asked for.
    pub matrix: Option<&'a AccessMatrix>,
    /// Whether `xsi` and `xsd` are declared on `Data`: the legacy signature counts them (regix-contract §8.4).
    pub legacy_scope: bool,
}

/// A reply and where the parts lie in it that are hashed.
#[derive(Debug)]
pub struct Written {
    /// The octets to send.
    pub octets: Vec<u8>,
    /// The octets of `Data`: canonical form, but for declarations that are repeated on the payloads.
    pub data: Range<usize>,
}

impl Reply<'_> {
    /// The namespace of the data inside.
    pub fn data(&self) -> &str {
        self.typed.map_or(self.entry.data(), |typed| typed.namespace)
    }

    /// Writes a successful answer (regix-contract §3.5, §4.3; order of wild-clients rule 11).
    ///
    /// `Data` is written once, in canonical form; `sign` is given its octets and the prefixes that values in it rely
    /// on, and gives back the signature element to put directly behind it, or nothing. What such values rely on is
    /// then declared on the payloads too.
    pub fn answer<E>(
        &self,
        answer: &Answer<'_>,
        policy: &mut impl CopyPolicy,
        sign: impl FnOnce(&[u8], &[&str]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Written, E> {
        let namespace = self.data();
        let size = answer.request.span().len() + answer.response.span().len();
        let mut writer = Writer::with_capacity(size + size / 4 + 6144);
        self.begin_result(&mut writer, true);
        if self.entry == EntryPoint::V0 {
            let relied_on = relied_on(answer);
            writer.list_prefixes(&relied_on.iter().map(|(prefix, _)| *prefix).collect::<Vec<_>>());
            let start = writer.position();
            writer.start("", namespace, "Result", &[], &[]);
            writer.copy(answer.response, policy);
            writer.end();
            let data = start..writer.position();
            self.end_result(&mut writer, None, answer.service_call_id, None);
            return Ok(Written { octets: writer.into_bytes(), data });
        }
        let part = write_data(&mut writer, namespace, answer, policy, sign)?;
        self.end_result(&mut writer, None, answer.service_call_id, None);
        Ok(part.finish(answer, writer.into_bytes()))
    }

    /// Writes a result with `HasError` (regix-contract §5.3): V2 with a nil `Data`, V1 with a `Data` that holds only a
    /// nil `Matrix`, V0 without a `Result`, where RegiX itself fails (regix-contract §3.6).
    pub fn error(&self, text: &str, is_ready: bool, service_call_id: i64) -> Vec<u8> {
        let mut writer = Writer::with_capacity(2048 + text.len());
        if self.is_execute_result() {
            self.execute_result(&mut writer, service_call_id, Some(text));
            return writer.into_bytes();
        }
        self.begin_result(&mut writer, is_ready);
        self.no_data(&mut writer);
        self.end_result(&mut writer, Some(text), service_call_id, None);
        writer.into_bytes()
    }

    /// Writes that a call is accepted and its answer comes later: not ready, no error, the number, and in V2 the code
    /// with which the answer is fetched (regix-contract §10 item 3).
    pub fn accepted(&self, service_call_id: i64, verification_code: Option<&str>) -> Vec<u8> {
        let mut writer = Writer::with_capacity(2048);
        if self.is_execute_result() {
            self.execute_result(&mut writer, service_call_id, None);
            return writer.into_bytes();
        }
        self.begin_result(&mut writer, false);
        self.no_data(&mut writer);
        self.end_result(&mut writer, None, service_call_id, verification_code);
        writer.into_bytes()
    }

    /// Writes that a call has no answer yet: not ready, no error, the number, no code (regix-contract §10 item 4).
    pub fn pending(&self, service_call_id: i64) -> Vec<u8> {
        self.accepted(service_call_id, None)
    }

    /// Writes the empty answer to `AcknowledgeResultReceived`.
    pub fn acknowledged(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(1024);
        if let Some(typed) = &self.typed {
            typed.begin(&mut writer, self.version, true);
            writer.end();
            end_reply(&mut writer);
            return writer.into_bytes();
        }
        begin_reply(&mut writer, self.version, &self.entry.reply_action(self.method), self.relates_to);
        writer.start("", self.entry.contract(), &format!("{}Response", self.method.name()), &[], &[]);
        writer.end();
        end_reply(&mut writer);
        writer.into_bytes()
    }

    /// Whether the reply is a `ServiceExecuteResult`, which has no room for data (regix-contract §3.2).
    fn is_execute_result(&self) -> bool {
        self.entry != EntryPoint::V2 && self.method == Method::Execute
    }

    fn execute_result(&self, writer: &mut Writer, service_call_id: i64, error: Option<&str>) {
        let contract = self.entry.contract();
        begin_reply(writer, self.version, &self.entry.reply_action(self.method), self.relates_to);
        writer.start("", contract, "ExecuteResponse", &[], &[]);
        writer.start("", contract, "ExecuteResult", &[], &[]);
        writer.leaf("", contract, "ServiceCallID", &service_call_id.to_string());
        self.has_error(writer, error);
        writer.end();
        writer.end();
        end_reply(writer);
    }

    /// What stands in place of `Data` when there is none.
    fn no_data(&self, writer: &mut Writer) {
        match self.entry {
            _ if self.typed.is_some() => {}
            EntryPoint::V0 => {}
            EntryPoint::V1 => {
                writer.start("", self.entry.data(), "Data", &[], &[("", "", "id", "data")]);
                writer.nil("", self.entry.data(), "Matrix");
                writer.end();
            }
            EntryPoint::V2 => writer.nil("", self.entry.data(), "Data"),
        }
    }

    pub(crate) fn begin_result(&self, writer: &mut Writer, is_ready: bool) {
        if let Some(typed) = &self.typed {
            return typed.begin(writer, self.version, is_ready);
        }
        let contract = self.entry.contract();
        let method = self.method.name();
        begin_reply(writer, self.version, &self.entry.reply_action(self.method), self.relates_to);
        if self.method == Method::ExecuteCallback {
            // A result that is pushed is a request (regix-contract §4.1).
            writer.start("", contract, method, &[], &[]);
            writer.start("", contract, self.method.parameter(), &[], &[]);
        } else {
            writer.start("", contract, &format!("{method}Response"), &[], &[]);
            writer.start("", contract, &format!("{method}Result"), &[], &[]);
        }
        if self.entry == EntryPoint::V2 {
            writer.start("", self.entry.data(), "ServiceResultData", &[], &[]);
        }
        writer.leaf("", self.entry.data(), "IsReady", if is_ready { "true" } else { "false" });
    }

    pub(crate) fn end_result(
        &self,
        writer: &mut Writer,
        error: Option<&str>,
        service_call_id: i64,
        code: Option<&str>,
    ) {
        if let Some(typed) = &self.typed {
            return typed.end(writer, service_call_id, code);
        }
        let data = self.entry.data();
        self.has_error(writer, error);
        if self.entry != EntryPoint::V0 {
            writer.leaf("", data, "ServiceCallID", &service_call_id.to_string());
        }
        if self.entry == EntryPoint::V2 {
            if let Some(code) = code {
                writer.leaf("", data, "VerificationCode", code);
            }
            writer.end();
        }
        writer.end();
        writer.end();
        end_reply(writer);
    }

    fn has_error(&self, writer: &mut Writer, error: Option<&str>) {
        let data = self.entry.data();
        writer.leaf("", data, "HasError", if error.is_some() { "true" } else { "false" });
        match error {
            Some(text) => writer.leaf("", data, "Error", text),
            None => writer.nil("", data, "Error"),
        }
    }
}

/// Where `Data` and the payloads in it lie among the octets that are written so far.
pub(crate) struct DataPart<'a> {
    data: Range<usize>,
    request_at: usize,
    response_at: usize,
    scope: Vec<(&'a str, &'a str)>,
}

/// Writes `Data`, and behind it the signature that `sign` makes over its octets.
pub(crate) fn write_data<'a, E>(
    writer: &mut Writer,
    namespace: &str,
    answer: &Answer<'a>,
    policy: &mut impl CopyPolicy,
    sign: impl FnOnce(&[u8], &[&str]) -> Result<Option<Vec<u8>>, E>,
) -> Result<DataPart<'a>, E> {
    let relied_on = relied_on(answer);
    let listed: Vec<&str> = relied_on.iter().map(|(prefix, _)| *prefix).collect();
    writer.list_prefixes(&listed);
    let start = writer.position();
    let scope = if answer.legacy_scope { vec![("xsd", XSD), ("xsi", XSI_NAMESPACE)] } else { relied_on.clone() };
    writer.start_part("", namespace, "Data", &scope, &[("", "", "id", "data")]);
    writer.start("", namespace, "Request", &[], &[("", "", "id", "request")]);
    let request_at = writer.position();
    writer.copy(answer.request, &mut KeepAll);
    writer.end();
    writer.start("", namespace, "Response", &[], &[("", "", "id", "response")]);
    let response_at = writer.position();
    writer.copy(answer.response, policy);
    writer.end();
    match answer.matrix {
        Some(matrix) => matrix.write(writer, namespace),
        None => writer.nil("", namespace, "Matrix"),
    }
    writer.end();
    let data = start..writer.position();
    if let Some(signature) = sign(&writer.bytes()[data.clone()], &listed)? {
        writer.raw(&signature);
    }
    Ok(DataPart { data, request_at, response_at, scope })
}

impl DataPart<'_> {
    /// The finished octets, with declarations repeated on the payloads.
    pub(crate) fn finish(self, answer: &Answer<'_>, octets: Vec<u8>) -> Written {
        let mut written = Written { octets, data: self.data };
        // The later one first, so that the place of the earlier one stays what it was.
        written.repeat_declarations(self.response_at, answer.response, &self.scope);
        written.repeat_declarations(self.request_at, answer.request, &self.scope);
        written
    }
}

/// The document that stands in `Response` when the answer is a file, such as a PDF (regix-contract §9).
pub fn binary_answer(file: &[u8]) -> Vec<u8> {
    const NAMESPACE: &str = "http://egov.bg/RegiX/BinaryArgument";
    let mut writer = Writer::with_capacity(file.len() / 3 * 4 + 256);
    writer.start("", NAMESPACE, "BinaryArgument", &[], &[]);
    writer.leaf("", NAMESPACE, "Binary", &base64::engine::general_purpose::STANDARD.encode(file));
    writer.end();
    writer.into_bytes()
}

impl Written {
    /// Declares on a payload's root what `Data` already declares and the payload relies on, as RegiX does: clients cut
    /// the payload out and read it alone (wild-clients rule 12). Canonical form leaves the repetition out, so what was
    /// signed stays what it was.
    fn repeat_declarations(&mut self, at: usize, root: Element<'_>, declared: &[(&str, &str)]) {
        self.data.end += declare_again(&mut self.octets, at, root, declared);
    }
}

/// Writes the declarations that a payload's root relies on behind its name; gives their octets.
pub(crate) fn declare_again(
    octets: &mut Vec<u8>,
    at: usize,
    root: Element<'_>,
    declared: &[(impl AsRef<str>, impl AsRef<str>)],
) -> usize {
    let mut repeated = Vec::new();
    for (prefix, namespace) in declared.iter().map(|(prefix, namespace)| (prefix.as_ref(), namespace.as_ref())) {
        if root.resolve(prefix) == Some(namespace) {
            repeated.extend_from_slice(b" xmlns:");
            repeated.extend_from_slice(prefix.as_bytes());
            repeated.extend_from_slice(b"=\"");
            escape_attribute(namespace, &mut repeated);
            repeated.push(b'"');
        }
    }
    let prefix = if root.prefix().is_empty() { 0 } else { root.prefix().len() + 1 };
    let after_name = at + 1 + prefix + root.local().len();
    let length = repeated.len();
    octets.splice(after_name..after_name, repeated);
    length
}

/// The prefixes that values of the two payloads rely on, with the namespace each first means.
fn relied_on<'a>(answer: &Answer<'a>) -> Vec<(&'a str, &'a str)> {
    let mut found = answer.request.value_prefixes();
    for (prefix, namespace) in answer.response.value_prefixes() {
        if !found.iter().any(|(known, _)| *known == prefix) {
            found.push((prefix, namespace));
        }
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_xml::{Document, Limits};
    use std::convert::Infallible;

    fn read(text: &str) -> Document {
        Document::read(text.as_bytes().to_vec(), &Limits::default()).unwrap()
    }

    fn answer(reply: &Reply<'_>, matrix: Option<&AccessMatrix>) -> String {
        let request = read("<q:Req xmlns:q='urn:q'><q:EGN>1</q:EGN></q:Req>");
        let response = read("<Resp xmlns='urn:r'>\n <Name>Х</Name>\n</Resp>");
        let answer = Answer {
            service_call_id: 7,
            request: request.root(),
            response: response.root(),
            matrix,
            legacy_scope: false,
        };
        let written = reply
            .answer(&answer, &mut KeepAll, |_, _| Ok::<_, Infallible>(Some(b"<Signature></Signature>".to_vec())))
            .unwrap();
        String::from_utf8(written.octets).unwrap()
    }

    const V2: Reply<'_> =
        Reply { entry: EntryPoint::V2, method: Method::Execute, version: Version::V11, relates_to: None, typed: None };
    const V1: Reply<'_> = Reply {
        entry: EntryPoint::V1,
        method: Method::ExecuteSynchronous,
        version: Version::V12,
        relates_to: Some("uuid:1"),
        typed: None,
    };

    #[test]
    fn a_v2_answer_has_the_golden_shape() {
        assert_eq!(
            answer(&V2, None),
            concat!(
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">",
                "<s:Body xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">",
                "<ExecuteResponse xmlns=\"http://egov.bg/RegiX\"><ExecuteResult>",
                "<ServiceResultData xmlns=\"http://egov.bg/RegiX/SignedData\"><IsReady>true</IsReady>",
                "<Data xmlns=\"http://egov.bg/RegiX/SignedData\" id=\"data\">",
                "<Request id=\"request\"><q:Req xmlns:q=\"urn:q\"><q:EGN>1</q:EGN></q:Req></Request>",
                "<Response id=\"response\"><Resp xmlns=\"urn:r\"><Name>Х</Name></Resp></Response>",
                "<Matrix xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"></Matrix></Data>",
                "<Signature></Signature><HasError>false</HasError><Error xsi:nil=\"true\"></Error>",
                "<ServiceCallID>7</ServiceCallID></ServiceResultData></ExecuteResult></ExecuteResponse></s:Body></s:Envelope>"
            )
        );
    }

    #[test]
    fn a_v1_answer_has_the_golden_shape() {
        assert_eq!(
            answer(&V1, None),
            concat!(
                "<s:Envelope xmlns:a=\"http://www.w3.org/2005/08/addressing\" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\">",
                "<s:Header><a:Action s:mustUnderstand=\"1\">http://tempuri.org/IRegiXEntryPoint/ExecuteSynchronousResponse</a:Action>",
                "<a:RelatesTo>uuid:1</a:RelatesTo></s:Header>",
                "<s:Body xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">",
                "<ExecuteSynchronousResponse xmlns=\"http://tempuri.org/\"><ExecuteSynchronousResult><IsReady>true</IsReady>",
                "<Data xmlns=\"http://tempuri.org/\" id=\"data\">",
                "<Request id=\"request\"><q:Req xmlns:q=\"urn:q\"><q:EGN>1</q:EGN></q:Req></Request>",
                "<Response id=\"response\"><Resp xmlns=\"urn:r\"><Name>Х</Name></Resp></Response>",
                "<Matrix xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"></Matrix></Data>",
                "<Signature></Signature><HasError>false</HasError><Error xsi:nil=\"true\"></Error>",
                "<ServiceCallID>7</ServiceCallID></ExecuteSynchronousResult></ExecuteSynchronousResponse></s:Body></s:Envelope>"
            )
        );
    }

    #[test]
    fn the_matrix_stands_where_the_nil_stood() {
        let field = |path: &str, has_access| crate::MatrixField { path: path.into(), has_access };
        let matrix = AccessMatrix { name: "RespType".into(), fields: vec![field("A", true), field("A.B", false)] };
        assert!(answer(&V2, Some(&matrix)).contains(concat!(
            "</Response><Matrix id=\"AccessMatrix\"><HasAccess>true</HasAccess><Name>RespType</Name><Properties>",
            "<Property><HasAccess>true</HasAccess><Name>A</Name></Property>",
            "<Property><HasAccess>false</HasAccess><Name>A.B</Name></Property></Properties></Matrix></Data>"
        )));
    }

    #[test]
    fn an_error_has_a_nil_data_in_v2_and_a_nil_matrix_in_v1() {
        let v2 = String::from_utf8(V2.error("Access denied!", false, 0)).unwrap();
        assert!(v2.contains(concat!(
            "<IsReady>false</IsReady><Data xsi:nil=\"true\"></Data><HasError>true</HasError>",
            "<Error>Access denied!</Error><ServiceCallID>0</ServiceCallID></ServiceResultData>"
        )));
        let v1 = String::from_utf8(V1.error("x", true, 9)).unwrap();
        assert!(v1.contains(concat!(
            "<IsReady>true</IsReady><Data id=\"data\"><Matrix xsi:nil=\"true\"></Matrix></Data><HasError>true</HasError>",
            "<Error>x</Error><ServiceCallID>9</ServiceCallID></ExecuteSynchronousResult>"
        )));
    }

    #[test]
    fn a_v0_answer_is_the_bare_document_in_result() {
        let reply = Reply {
            entry: EntryPoint::V0,
            method: Method::ExecuteSynchronous,
            version: Version::V11,
            relates_to: None,
            typed: None,
        };
        let text = answer(&reply, None);
        assert!(text.contains(concat!(
            "<ExecuteSynchronousResponse xmlns=\"http://egov.bg/RegiX\"><ExecuteSynchronousResult><IsReady>true</IsReady>",
            "<Result><Resp xmlns=\"urn:r\"><Name>Х</Name></Resp></Result><HasError>false</HasError>",
            "<Error xsi:nil=\"true\"></Error></ExecuteSynchronousResult></ExecuteSynchronousResponse>"
        )), "{text}");
        let error = String::from_utf8(reply.error("Access denied!", false, 0)).unwrap();
        assert!(error.contains(
            "<IsReady>false</IsReady><HasError>true</HasError><Error>Access denied!</Error></ExecuteSynchronousResult>"
        ));
    }

    #[test]
    fn a_file_is_an_answer_in_base64() {
        let text = String::from_utf8(binary_answer(b"%PDF")).unwrap();
        assert_eq!(
            text,
            "<BinaryArgument xmlns=\"http://egov.bg/RegiX/BinaryArgument\"><Binary>JVBERg==</Binary></BinaryArgument>"
        );
    }

    #[test]
    fn an_accepted_call_is_not_ready_and_has_a_code_in_v2_and_none_in_v1() {
        let v2 = String::from_utf8(V2.accepted(7, Some("7.abc"))).unwrap();
        assert!(v2.contains(concat!(
            "<IsReady>false</IsReady><Data xsi:nil=\"true\"></Data><HasError>false</HasError><Error xsi:nil=\"true\"></Error>",
            "<ServiceCallID>7</ServiceCallID><VerificationCode>7.abc</VerificationCode></ServiceResultData></ExecuteResult>"
        )));
        let v1 = Reply { method: Method::Execute, ..V1.clone() };
        let v1 = String::from_utf8(v1.accepted(7, None)).unwrap();
        assert!(v1.contains(concat!(
            "<ExecuteResponse xmlns=\"http://tempuri.org/\"><ExecuteResult><ServiceCallID>7</ServiceCallID>",
            "<HasError>false</HasError><Error xsi:nil=\"true\"></Error></ExecuteResult></ExecuteResponse>"
        )));
    }

    #[test]
    fn a_refused_v1_execute_is_an_execute_result_with_the_error() {
        let v1 = Reply { method: Method::Execute, ..V1.clone() };
        let v1 = String::from_utf8(v1.error("Access denied!", false, 0)).unwrap();
        assert!(v1.contains(concat!(
            "<ExecuteResult><ServiceCallID>0</ServiceCallID><HasError>true</HasError>",
            "<Error>Access denied!</Error></ExecuteResult></ExecuteResponse>"
        )));
    }

    #[test]
    fn a_result_that_is_pushed_stands_in_the_request_of_a_callback() {
        let push = Reply { method: Method::ExecuteCallback, ..V2.clone() };
        let text = answer(&push, None);
        assert!(
            text.contains(concat!(
                "<ExecuteCallback xmlns=\"http://egov.bg/RegiX\"><request>",
                "<ServiceResultData xmlns=\"http://egov.bg/RegiX/SignedData\"><IsReady>true</IsReady>",
                "<Data xmlns=\"http://egov.bg/RegiX/SignedData\" id=\"data\">"
            )),
            "{text}"
        );
        assert!(text.ends_with("</ServiceResultData></request></ExecuteCallback></s:Body></s:Envelope>"), "{text}");
        assert_eq!(push.entry.action(push.method), "http://egov.bg/RegiX/IRegiXEntryPointV2/ExecuteCallback");
    }

    #[test]
    fn an_acknowledgement_is_answered_with_an_empty_element() {
        let reply = Reply { method: Method::AcknowledgeResultReceived, ..V2.clone() };
        let text = String::from_utf8(reply.acknowledged()).unwrap();
        assert!(text.contains(
            "<AcknowledgeResultReceivedResponse xmlns=\"http://egov.bg/RegiX\"></AcknowledgeResultReceivedResponse>"
        ));
    }

    #[test]
    fn a_type_named_in_a_value_keeps_its_prefix() {
        let request = read("<R xmlns='urn:q'/>");
        let response = read(
            "<R xmlns='urn:r' xmlns:xsd='http://www.w3.org/2001/XMLSchema' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><v i:type='xsd:string'>1</v></R>",
        );
        let answer = Answer {
            service_call_id: 1,
            request: request.root(),
            response: response.root(),
            matrix: None,
            legacy_scope: false,
        };
        let mut listed = Vec::new();
        let written = V2
            .answer(&answer, &mut KeepAll, |_, prefixes| {
                listed = prefixes.iter().map(|prefix| prefix.to_string()).collect();
                Ok::<_, Infallible>(None)
            })
            .unwrap();
        let text = String::from_utf8(written.octets).unwrap();
        assert_eq!(listed, ["xsd"]);
        assert!(text.contains("<Data xmlns=\"http://egov.bg/RegiX/SignedData\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" id=\"data\">"), "{text}");
        assert!(text.contains("<R xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns=\"urn:r\"><v "), "{text}");
        assert!(text.contains("<R xmlns=\"urn:q\"></R>"), "{text}");
    }
}
