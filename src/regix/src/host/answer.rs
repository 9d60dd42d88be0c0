use super::values::{DECLARED, octets, read_functions, read_parameters, text};
use super::{Binding, Function, HostMessageError, Value};
use crate::TEMPURI;
use kapia_soap::{begin_reply, end_reply};
use kapia_xml::{Document, Element, Writer};

impl Binding {
    /// Writes the answer of a function that returns a value; empty over HTTP if it returns none.
    pub fn value(self, function: Function, value: &Value, relates_to: Option<&str>) -> Vec<u8> {
        let mut writer = Writer::with_capacity(512);
        match self {
            Binding::Http => {
                if let Some(root) = value.root() {
                    let declared: &[(&str, &str)] = if value.is_document() { &DECLARED } else { &[] };
                    writer.start("", "", root, declared, &[]);
                    value.write(&mut writer, "");
                    writer.end();
                }
            }
            Binding::Wcf(version) => {
                begin_reply(&mut writer, version, &function.reply_action(), relates_to);
                let name = function.name();
                writer.start("", TEMPURI, &format!("{name}Response"), &[], &[]);
                if *value != Value::Nothing {
                    writer.start("", TEMPURI, &format!("{name}Result"), &[], &[]);
                    value.write(&mut writer, TEMPURI);
                    writer.end();
                }
                writer.end();
                end_reply(&mut writer);
            }
        }
        writer.into_bytes()
    }

    /// The element that holds the value or the result of a function: the root over HTTP, the result in the body over SOAP.
    pub(super) fn held<'d>(
        self,
        function: Function,
        document: &'d Document,
        root: &'static str,
    ) -> Result<Element<'d>, HostMessageError> {
        match self {
            Binding::Http => {
                let held = document.root();
                if held.local() == root { Ok(held) } else { Err(HostMessageError::Root(root)) }
            }
            Binding::Wcf(version) => {
                let soap = version.namespace();
                let envelope = document.root();
                if !envelope.is(soap, "Envelope") {
                    return Err(HostMessageError::Root("Envelope"));
                }
                let answer = envelope.child(soap, "Body").and_then(|body| body.children().next());
                let answer = answer.ok_or(HostMessageError::Missing("Body"))?;
                let name = function.name();
                if !answer.is(TEMPURI, &format!("{name}Response")) {
                    return Err(HostMessageError::Missing("the answer of the function"));
                }
                let held = answer.child(TEMPURI, &format!("{name}Result"));
                held.ok_or(HostMessageError::Missing("the result of the function"))
            }
        }
    }
}

/// Reads what a function has returned. The kind of value is that of the function.
pub fn read_value(binding: Binding, function: Function, document: &Document) -> Result<Value, HostMessageError> {
    let held = |root| binding.held(function, document, root);
    Ok(match function {
        Function::GetAdapterUptime | Function::GetSystemUptime => {
            let seconds = held("unsignedInt")?.text().trim().parse();
            Value::Number(seconds.map_err(|_| HostMessageError::Number("unsignedInt"))?)
        }
        Function::Ping => Value::Octets(octets(held("base64Binary")?, "base64Binary")?),
        Function::GetParameters => {
            let list = list(held("Parameters")?, "ParameterList");
            Value::Parameters(list.map(read_parameters).unwrap_or_default())
        }
        Function::GetHealthCheckFunctions => {
            let list = list(held("HealthCheckFunctions")?, "HealthInfosList");
            Value::HealthFunctions(list.map(read_functions).unwrap_or_default())
        }
        Function::AcknowledgeResultReceived | Function::SetParameter | Function::SetParameters => Value::Nothing,
        _ => Value::Text(text(held("string")?)),
    })
}

/// Whether a document is an envelope with a fault in it; what the fault says is not read.
pub fn read_fault(binding: Binding, document: &Document) -> bool {
    let Binding::Wcf(version) = binding else { return false };
    let soap = version.namespace();
    let body = document.root().child(soap, "Body");
    document.root().is(soap, "Envelope") && body.and_then(|body| body.child(soap, "Fault")).is_some()
}

fn list<'d>(held: Element<'d>, local: &str) -> Option<Element<'d>> {
    held.children().find(|child| child.local() == local)
}
