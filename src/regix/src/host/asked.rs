use super::values::{boolean, number, octets, own_text, read_parameters, text};
use super::{Access, CallParameters, Function, HostMessageError, MATRIX, Parameter, WRAPPER};
use crate::request::is_nil;
use crate::{CheckRequest, Processing, SIGNED_DATA, TEMPURI};
use kapia_xml::{Document, Element, ElementId};

/// What a host is asked, as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// A function without argument.
    Ask(Function),
    /// The outcome of one health function.
    CheckHealthFunction(String),
    /// The same octets back.
    Ping(Vec<u8>),
    /// An operation of the adapter.
    Execute(Box<Execution>),
    /// The result of an asynchronous operation.
    CheckResult(CheckRequest),
    /// That the result of an asynchronous operation has arrived.
    AcknowledgeResultReceived(CheckRequest),
    /// Another value for each of these parameters.
    SetParameters(Vec<Parameter>),
}

/// An operation that a host is to execute.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Execution {
    /// The operation, without outer white space; the part behind the last dot chooses the method.
    pub operation: Option<String>,
    /// The element in `Argument`.
    pub argument: Option<ElementId>,
    /// The processing flags of the request, which replace those of the parameters (adapter-standard §5 step 1).
    pub processing: Processing,
    /// What may be seen of the answer; nothing when no matrix was handed over.
    pub access: Access,
    /// The element `AMEntry` from which that was read.
    pub access_at: Option<ElementId>,
    /// Everything else that the core tells.
    pub parameters: CallParameters,
}

impl Asked {
    /// Reads a call over HTTP: the function of the path, the query, and the document of the body if there is one.
    pub fn of_http(
        function: Function,
        query: Option<&str>,
        body: Option<&Document>,
    ) -> Result<Asked, HostMessageError> {
        let root = || body.map(Document::root).ok_or(HostMessageError::Missing("the body"));
        Ok(match function {
            Function::Execute => {
                let root = root()?;
                if !root.is(WRAPPER, "RequestWrapper") {
                    return Err(HostMessageError::Root("RequestWrapper"));
                }
                let wrapped = |local| root.child(WRAPPER, local).filter(|child| !is_nil(*child));
                let parameters = wrapped("AdditionalParameters")
                    .and_then(|outer| outer.children().find(|child| child.local() == "AdapterAdditionalParameters"));
                Asked::execute(wrapped("Request"), wrapped("AccessMatrix"), parameters)?
            }
            Function::CheckResult => Asked::CheckResult(check(root()?)?),
            Function::AcknowledgeResultReceived => Asked::AcknowledgeResultReceived(check(root()?)?),
            Function::Ping => Asked::Ping(octets(named(root()?, "base64Binary")?, "base64Binary")?),
            Function::CheckHealthFunction => {
                Asked::CheckHealthFunction(text(named(root()?, "string")?).unwrap_or_default())
            }
            Function::SetParameter => {
                let value = |name| query_value(query.unwrap_or_default(), name);
                let key = value("key").ok_or(HostMessageError::Missing("key"))?;
                Asked::SetParameters(vec![Parameter { description: None, key, value: value("value") }])
            }
            Function::SetParameters => Asked::SetParameters(read_parameters(named(root()?, "ArrayOfParameterInfo")?)),
            function => Asked::Ask(function),
        })
    }

    /// Reads a call over SOAP: the element in the body of the envelope.
    pub fn of_soap(call: Element<'_>) -> Result<(Function, Asked), HostMessageError> {
        let function = Function::ALL.into_iter().find(|function| call.is(TEMPURI, function.name()));
        let function = function.filter(|function| function.is_soap()).ok_or(HostMessageError::Function)?;
        let child = |local| call.child(TEMPURI, local).filter(|child| !is_nil(*child));
        let required = |local: &'static str| child(local).ok_or(HostMessageError::Missing(local));
        let asked = match function {
            Function::Execute => {
                Asked::execute(child("request"), child("accessMatrix"), child("additionalParameters"))?
            }
            Function::CheckResult => Asked::CheckResult(check(required("checkResult")?)?),
            Function::AcknowledgeResultReceived => Asked::AcknowledgeResultReceived(check(required("checkResult")?)?),
            Function::Ping => Asked::Ping(octets(required("data")?, "data")?),
            Function::CheckHealthFunction => Asked::CheckHealthFunction(text(required("key")?).unwrap_or_default()),
            Function::SetParameter => {
                let key = text(required("key")?).unwrap_or_default();
                Asked::SetParameters(vec![Parameter { description: None, key, value: child("value").and_then(text) }])
            }
            Function::SetParameters => Asked::SetParameters(read_parameters(required("parameters")?)),
            function => Asked::Ask(function),
        };
        Ok((function, asked))
    }

    fn execute(
        request: Option<Element<'_>>,
        matrix: Option<Element<'_>>,
        parameters: Option<Element<'_>>,
    ) -> Result<Asked, HostMessageError> {
        let request = request.ok_or(HostMessageError::Missing("Request"))?;
        let entry = matrix.and_then(|matrix| matrix.child(MATRIX, "AMEntry")).filter(|entry| !is_nil(*entry));
        let mut execution = Execution {
            access: entry.map(Access::read).transpose()?.unwrap_or_default(),
            access_at: entry.map(Element::id),
            parameters: parameters.map(CallParameters::read).transpose()?.unwrap_or_default(),
            ..Execution::default()
        };
        execution.read_request(request)?;
        Ok(Asked::Execute(Box::new(execution)))
    }
}

impl Execution {
    /// The name of the method: what stands behind the last dot of the operation.
    pub fn method(&self) -> &str {
        let operation = self.operation.as_deref().unwrap_or_default();
        operation.rsplit_once('.').map_or(operation, |(_, method)| method)
    }

    /// What the adapter reads of `ServiceRequestData`: everything else reaches it in the parameters.
    fn read_request(&mut self, request: Element<'_>) -> Result<(), HostMessageError> {
        let child = |local| request.child(SIGNED_DATA, local);
        self.operation = child("Operation").and_then(text).map(|name| name.trim().to_owned());
        self.argument = child("Argument").and_then(|argument| argument.children().next()).map(Element::id);
        for (local, set) in [
            ("RequestProcessing", Processing::set_request_flag as fn(&mut Processing, &str) -> bool),
            ("ResponseProcessing", Processing::set_response_flag),
        ] {
            let listed = child(local).and_then(text).unwrap_or_default();
            if !listed.split_ascii_whitespace().all(|flag| set(&mut self.processing, flag)) {
                return Err(HostMessageError::Flag(local));
            }
        }
        for local in ["SignResult", "ReturnAccessMatrix"] {
            child(local).map(|flag| boolean(flag, local)).transpose()?;
        }
        Ok(())
    }
}

/// A root that XmlSerializer and DataContractSerializer name alike, in namespaces of their own.
fn named<'d>(root: Element<'d>, local: &'static str) -> Result<Element<'d>, HostMessageError> {
    if root.local() == local { Ok(root) } else { Err(HostMessageError::Root(local)) }
}

/// The members of `ServiceCheckResultArgument`, in the namespace of what holds them.
fn check(argument: Element<'_>) -> Result<CheckRequest, HostMessageError> {
    let id = argument.child(argument.namespace(), "ServiceCallID").filter(|id| !is_nil(*id));
    Ok(CheckRequest {
        service_call_id: id.map(|id| number(id, "ServiceCallID")).transpose()?,
        verification_code: own_text(argument, "VerificationCode").map(|code| code.trim().to_owned()),
    })
}

/// The first value of a name in a query, decoded as forms are (`+` is a blank).
fn query_value(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        decoded(key).eq_ignore_ascii_case(name).then(|| decoded(value))
    })
}

fn decoded(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'+' => b' ',
            b'%' => {
                let digits = rest.clone().take(2).map(|digit| char::from(digit).to_digit(16)).collect::<Vec<_>>();
                match digits.as_slice() {
                    [Some(high), Some(low)] => {
                        rest.nth(1);
                        // Two hexadecimal digits are never more than an octet.
                        u8::try_from(high * 16 + low).unwrap_or(b'?')
                    }
                    _ => b'%',
                }
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&octets).into_owned()
}
