use super::values::{DECLARED, boolean, number, text};
use super::{Binding, Function, HostMessageError};
use crate::reply::write_data;
use crate::request::is_nil;
use crate::{Answer, Personal, SIGNED_DATA, TEMPURI, Written};
use kapia_soap::{begin_reply, end_reply};
use kapia_xml::{CopyPolicy, Document, ElementId, Writer};

/// What a host has answered to `Execute` or `CheckResult`: `ServiceResultData` (regix-contract §4.2).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HostResult {
    /// Whether the answer is there: said so, or there is a response document (adapter-standard §2.4).
    pub is_ready: bool,
    /// Whether the adapter failed.
    pub has_error: bool,
    /// What it says of that; it may hold anything, personal data too, so it never prints.
    pub error: Option<Personal>,
    /// The response document.
    pub response: Option<ElementId>,
    /// The number of the call.
    pub service_call_id: i64,
    /// With what the result of an asynchronous call is fetched.
    pub verification_code: Option<String>,
}

/// Reads a result.
pub fn read_result(binding: Binding, function: Function, document: &Document) -> Result<HostResult, HostMessageError> {
    let result = binding.held(function, document, "ServiceResultData")?;
    let child = |local| result.child(SIGNED_DATA, local);
    let flag = |local: &'static str| child(local).map_or(Ok(false), |element| boolean(element, local));
    let data = child("Data").filter(|data| !is_nil(*data));
    let response = data.and_then(|data| data.child(SIGNED_DATA, "Response"));
    let response = response.and_then(|container| container.children().next());
    Ok(HostResult {
        is_ready: flag("IsReady")? || response.is_some(),
        has_error: flag("HasError")?,
        error: child("Error").and_then(text).map(Personal::new),
        response: response.map(|response| response.id()),
        service_call_id: child("ServiceCallID").map_or(Ok(0), |id| number(id, "ServiceCallID"))?,
        verification_code: child("VerificationCode").and_then(text).map(|code| code.trim().to_owned()),
    })
}

impl Binding {
    /// Writes a result that holds an answer; `sign` is given the octets of `Data` and the prefixes that values in it
    /// rely on, and gives back the signature to put directly behind it, or nothing.
    pub fn result<E>(
        self,
        function: Function,
        answer: &Answer<'_>,
        relates_to: Option<&str>,
        policy: &mut impl CopyPolicy,
        sign: impl FnOnce(&[u8], &[&str]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Written, E> {
        let size = answer.request.span().len() + answer.response.span().len();
        let mut writer = Writer::with_capacity(size + size / 4 + 6144);
        self.begin_result(&mut writer, function, relates_to);
        writer.leaf("", SIGNED_DATA, "IsReady", "true");
        let part = write_data(&mut writer, SIGNED_DATA, answer, policy, sign)?;
        self.end_result(&mut writer, None, answer.service_call_id);
        Ok(part.finish(answer, writer.into_bytes()))
    }

    /// Writes a result that holds an error, with HTTP status 200: not ready, no data (adapter-standard §3.2).
    pub fn error(self, function: Function, text: &str, service_call_id: i64, relates_to: Option<&str>) -> Vec<u8> {
        let mut writer = Writer::with_capacity(1024 + text.len());
        self.begin_result(&mut writer, function, relates_to);
        writer.leaf("", SIGNED_DATA, "IsReady", "false");
        writer.nil("", SIGNED_DATA, "Data");
        self.end_result(&mut writer, Some(text), service_call_id);
        writer.into_bytes()
    }

    fn begin_result(self, writer: &mut Writer, function: Function, relates_to: Option<&str>) {
        match self {
            Binding::Http => writer.start("", SIGNED_DATA, "ServiceResultData", &DECLARED, &[]),
            Binding::Wcf(version) => {
                let name = function.name();
                begin_reply(writer, version, &function.reply_action(), relates_to);
                writer.start("", TEMPURI, &format!("{name}Response"), &[], &[]);
                writer.start("", TEMPURI, &format!("{name}Result"), &[], &[]);
            }
        }
    }

    fn end_result(self, writer: &mut Writer, error: Option<&str>, service_call_id: i64) {
        writer.leaf("", SIGNED_DATA, "HasError", if error.is_some() { "true" } else { "false" });
        match error {
            Some(text) => writer.leaf("", SIGNED_DATA, "Error", text),
            None => writer.nil("", SIGNED_DATA, "Error"),
        }
        writer.leaf("", SIGNED_DATA, "ServiceCallID", &service_call_id.to_string());
        writer.end();
        if let Binding::Wcf(_) = self {
            writer.end();
            end_reply(writer);
        }
    }
}
