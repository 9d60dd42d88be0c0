use super::parameters::truth;
use super::values::{DECLARED, write_parameters};
use super::{Binding, CallParameters, Function, Parameter, RenderedAccess, WRAPPER};
use crate::{CheckRequest, SIGNED_DATA, TEMPURI};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_soap::{ADDRESSING, Version, XSD};
use kapia_xml::{Element, KeepAll, Writer, XSI_NAMESPACE};

/// What a core asks of a host.
#[derive(Clone, Copy, Debug)]
pub enum Call<'a> {
    /// A function without argument.
    Ask(Function),
    /// The outcome of one health function.
    CheckHealthFunction(&'a str),
    /// The same octets back.
    Ping(&'a [u8]),
    /// An operation of the adapter.
    Execute(Execute<'a>),
    /// The result of an asynchronous operation.
    CheckResult(&'a CheckRequest),
    /// That the result of an asynchronous operation has arrived and can be forgotten.
    AcknowledgeResultReceived(&'a CheckRequest),
    /// Another value for a parameter.
    SetParameter {
        /// Its key.
        key: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// Other values for several parameters.
    SetParameters(&'a [Parameter]),
}

/// An operation to be executed.
#[derive(Clone, Copy, Debug)]
pub struct Execute<'a> {
    /// Its name; what stands behind the last dot chooses the method of the adapter.
    pub operation: &'a str,
    /// The request document.
    pub argument: Element<'a>,
    /// What may be seen of the answer.
    pub access: &'a RenderedAccess,
    /// Everything else that the adapter is told.
    pub parameters: &'a CallParameters,
}

/// A call as it goes over HTTP.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Whether it goes with GET; with POST otherwise.
    pub is_get: bool,
    /// What is appended to the address of the adapter: the name of a function and perhaps a query, or nothing.
    pub relative: String,
    /// `SOAPAction`, with its quotes.
    pub soap_action: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Call<'_> {
    /// The function that is called.
    pub fn function(&self) -> Function {
        match self {
            Call::Ask(function) => *function,
            Call::CheckHealthFunction(_) => Function::CheckHealthFunction,
            Call::Ping(_) => Function::Ping,
            Call::Execute(_) => Function::Execute,
            Call::CheckResult(_) => Function::CheckResult,
            Call::AcknowledgeResultReceived(_) => Function::AcknowledgeResultReceived,
            Call::SetParameter { .. } => Function::SetParameter,
            Call::SetParameters(_) => Function::SetParameters,
        }
    }

    /// The call as it goes out. `to` is the address of the adapter and `message_id` unique: both for SOAP 1.2 only,
    /// which is spoken with addressing.
    pub fn write(&self, binding: Binding, to: &str, message_id: &str) -> Message {
        let function = self.function();
        match binding {
            Binding::Http => Message {
                is_get: function.is_get(),
                relative: match self {
                    Call::SetParameter { key, value } => {
                        format!("{}?key={}&value={}", function.name(), encoded(key), encoded(value))
                    }
                    _ => function.name().to_owned(),
                },
                soap_action: None,
                body: self.http_body(),
            },
            Binding::Wcf(version) => Message {
                is_get: false,
                relative: String::new(),
                soap_action: (version == Version::V11).then(|| format!("\"{}\"", function.action())),
                body: self.envelope(version, to, message_id),
            },
        }
    }

    fn http_body(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(1024);
        match self {
            Call::Ask(_) | Call::SetParameter { .. } => {}
            Call::CheckHealthFunction(key) => writer.leaf("", "", "string", key),
            Call::Ping(octets) => writer.leaf("", "", "base64Binary", &STANDARD.encode(octets)),
            Call::Execute(execute) => {
                writer.start("", WRAPPER, "RequestWrapper", &DECLARED, &[]);
                writer.start("", WRAPPER, "Request", &[], &[]);
                execute.write_request(&mut writer);
                writer.end();
                writer.start("", WRAPPER, "AccessMatrix", &[], &[]);
                writer.raw(execute.access.octets());
                writer.end();
                writer.start("", WRAPPER, "AdditionalParameters", &[], &[]);
                writer.start("", "", "AdapterAdditionalParameters", &[], &[]);
                execute.parameters.write_members(&mut writer, "");
                writer.end();
                writer.end();
                writer.end();
            }
            Call::CheckResult(check) | Call::AcknowledgeResultReceived(check) => {
                writer.start("", "", "ServiceCheckResultArgument", &DECLARED, &[]);
                write_check(&mut writer, "", check);
                writer.end();
            }
            Call::SetParameters(parameters) => {
                writer.start("", "", "ArrayOfParameterInfo", &DECLARED, &[]);
                write_parameters(&mut writer, "", parameters);
                writer.end();
            }
        }
        writer.into_bytes()
    }

    fn envelope(&self, version: Version, to: &str, message_id: &str) -> Vec<u8> {
        let mut writer = Writer::with_capacity(2048);
        let soap = version.namespace();
        writer.start("s", soap, "Envelope", &[], &[]);
        if version == Version::V12 {
            writer.start("s", soap, "Header", &[("a", ADDRESSING)], &[]);
            writer.start("a", ADDRESSING, "Action", &[], &[("s", soap, "mustUnderstand", "1")]);
            writer.text(&self.function().action());
            writer.end();
            writer.leaf("a", ADDRESSING, "MessageID", message_id);
            writer.start("a", ADDRESSING, "To", &[], &[("s", soap, "mustUnderstand", "1")]);
            writer.text(to);
            writer.end();
            writer.end();
        }
        writer.start("s", soap, "Body", &[("xsi", XSI_NAMESPACE), ("xsd", XSD)], &[]);
        writer.start("", TEMPURI, self.function().name(), &[], &[]);
        match self {
            Call::Ask(_) => {}
            Call::CheckHealthFunction(key) => writer.leaf("", TEMPURI, "key", key),
            Call::Ping(octets) => writer.leaf("", TEMPURI, "data", &STANDARD.encode(octets)),
            Call::Execute(execute) => {
                writer.start("", TEMPURI, "request", &[], &[]);
                execute.write_request(&mut writer);
                writer.end();
                writer.start("", TEMPURI, "accessMatrix", &[], &[]);
                writer.raw(execute.access.octets());
                writer.end();
                writer.start("", TEMPURI, "additionalParameters", &[], &[]);
                execute.parameters.write_members(&mut writer, TEMPURI);
                writer.end();
            }
            Call::CheckResult(check) | Call::AcknowledgeResultReceived(check) => {
                writer.start("", TEMPURI, "checkResult", &[], &[]);
                write_check(&mut writer, TEMPURI, check);
                writer.end();
            }
            Call::SetParameter { key, value } => {
                writer.leaf("", TEMPURI, "key", key);
                writer.leaf("", TEMPURI, "value", value);
            }
            Call::SetParameters(parameters) => {
                writer.start("", TEMPURI, "parameters", &[], &[]);
                write_parameters(&mut writer, TEMPURI, parameters);
                writer.end();
            }
        }
        writer.end();
        writer.end();
        writer.end();
        writer.into_bytes()
    }
}

impl Execute<'_> {
    /// The members of `ServiceRequestData`, as a core writes them that passes an operation on: what concerns a person
    /// stands in the additional parameters alone.
    fn write_request(&self, writer: &mut Writer) {
        let leaf = |writer: &mut Writer, local: &str, text: &str| writer.leaf("", SIGNED_DATA, local, text);
        leaf(writer, "RequestProcessing", &self.parameters.processing.request_flags());
        leaf(writer, "ResponseProcessing", &self.parameters.processing.response_flags());
        leaf(writer, "Operation", self.operation);
        let prefixes: Vec<&str> = self.argument.value_prefixes().into_iter().map(|(prefix, _)| prefix).collect();
        writer.start("", SIGNED_DATA, "Argument", &[], &[]);
        writer.list_prefixes(&prefixes);
        writer.copy(self.argument, &mut KeepAll);
        writer.list_prefixes(&[]);
        writer.end();
        for personal in ["EIDToken", "CallbackURL", "EmployeeEGN", "CitizenEGN"] {
            writer.nil("", SIGNED_DATA, personal);
        }
        leaf(writer, "SignResult", truth(self.parameters.sign_result));
        leaf(writer, "ReturnAccessMatrix", truth(self.parameters.return_access_matrix));
    }
}

fn write_check(writer: &mut Writer, namespace: &str, check: &CheckRequest) {
    if let Some(id) = check.service_call_id {
        writer.leaf("", namespace, "ServiceCallID", &id.to_string());
    }
    if let Some(code) = &check.verification_code {
        writer.leaf("", namespace, "VerificationCode", code);
    }
}

/// A value in a query (RFC 3986 §2.3: unreserved characters stay).
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
            out.push(char::from(octet));
        } else {
            out.push_str(&format!("%{octet:02X}"));
        }
    }
    out
}
