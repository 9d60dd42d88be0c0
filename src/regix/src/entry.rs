use crate::{REGIX, SIGNED_DATA, TEMPURI};

/// The generations of the consumer contract (regix-contract §3 and §4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EntryPoint {
    /// `RegiXService.svc`, the oldest: SOAP 1.1 only, never signed, the bare answer in `Result` (regix-contract §3.6).
    V0,
    /// `RegiXEntryPoint.svc`.
    V1,
    /// `RegiXEntryPointV2.svc`.
    V2,
}

/// What a message asks an entry point to do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Method {
    /// V0, V1: call and wait.
    ExecuteSynchronous,
    /// V0, V1: start an asynchronous call. V2: call, asynchronous when the flag says so.
    Execute,
    /// Ask for the result of an asynchronous call.
    CheckResult,
    /// V2: say that a result has been received.
    AcknowledgeResultReceived,
    /// V2: what a consumer offers so that the gateway can push a result; never answered by a gateway.
    ExecuteCallback,
}

impl Method {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Method::ExecuteSynchronous => "ExecuteSynchronous",
            Method::Execute => "Execute",
            Method::CheckResult => "CheckResult",
            Method::AcknowledgeResultReceived => "AcknowledgeResultReceived",
            Method::ExecuteCallback => "ExecuteCallback",
        }
    }

    /// Name of the one child of the method's element.
    pub(crate) fn parameter(self) -> &'static str {
        match self {
            Method::CheckResult | Method::AcknowledgeResultReceived => "argument",
            _ => "request",
        }
    }
}

impl EntryPoint {
    /// Every generation, oldest first.
    pub const ALL: [EntryPoint; 3] = [EntryPoint::V0, EntryPoint::V1, EntryPoint::V2];

    /// A short name for logs, metrics and the journal.
    pub fn name(self) -> &'static str {
        match self {
            EntryPoint::V0 => "v0",
            EntryPoint::V1 => "v1",
            EntryPoint::V2 => "v2",
        }
    }

    /// The methods of this generation.
    pub fn methods(self) -> &'static [Method] {
        match self {
            EntryPoint::V0 | EntryPoint::V1 => &[Method::ExecuteSynchronous, Method::Execute, Method::CheckResult],
            EntryPoint::V2 => {
                &[Method::Execute, Method::CheckResult, Method::AcknowledgeResultReceived, Method::ExecuteCallback]
            }
        }
    }

    /// The method whose element this is: the namespace of the contract and the name of the method.
    pub fn method(self, namespace: &str, local: &str) -> Option<Method> {
        self.methods().iter().copied().find(|method| namespace == self.contract() && local == method.name())
    }

    /// The namespace of the method elements.
    pub fn contract(self) -> &'static str {
        match self {
            EntryPoint::V1 => TEMPURI,
            EntryPoint::V0 | EntryPoint::V2 => REGIX,
        }
    }

    /// The namespace of the data inside.
    pub fn data(self) -> &'static str {
        match self {
            EntryPoint::V0 => REGIX,
            EntryPoint::V1 => TEMPURI,
            EntryPoint::V2 => SIGNED_DATA,
        }
    }

    /// The action of a request: SOAPAction header and `wsa:Action` alike.
    pub fn action(self, method: Method) -> String {
        match self {
            EntryPoint::V0 => format!("http://egov.bg/RegiX/IRegiXService/{}", method.name()),
            EntryPoint::V1 => format!("http://tempuri.org/IRegiXEntryPoint/{}", method.name()),
            EntryPoint::V2 => format!("http://egov.bg/RegiX/IRegiXEntryPointV2/{}", method.name()),
        }
    }

    /// The action of the reply: the request's with `Response` (wild-clients rule 6).
    pub fn reply_action(self, method: Method) -> String {
        self.action(method) + "Response"
    }
}
