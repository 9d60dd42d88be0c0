use kapia_soap::Version;

/// How messages travel between core and host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binding {
    /// Plain documents over HTTP, one path for each function (adapter-standard §3).
    Http,
    /// SOAP with the generic functions of `IAdapterService` (adapter-standard §4); WCF hosts take 1.1.
    Wcf(Version),
}

impl Binding {
    /// `Content-Type` of requests and answers.
    pub fn content_type(self) -> &'static str {
        match self {
            Binding::Http => "application/xml; charset=utf-8",
            Binding::Wcf(version) => version.content_type(),
        }
    }

    /// Whether a `Content-Type` can hold an answer of this binding; the parameters do not matter.
    pub fn takes(self, content_type: &str) -> bool {
        match self {
            Binding::Http => {
                let media_type = content_type.split(';').next().unwrap_or_default().trim();
                ["application/xml", "text/xml"].iter().any(|xml| media_type.eq_ignore_ascii_case(xml))
            }
            Binding::Wcf(version) => Version::of_content_type(content_type) == Some(version),
        }
    }
}

/// A function of `IAdapterService`, or one that the HTTP host adds (adapter-standard §2.1, §3.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // each is named as on the wire
pub enum Function {
    Execute,
    CheckResult,
    AcknowledgeResultReceived,
    Ping,
    GetAdapterVersion,
    GetAdapterUptime,
    GetSystemUptime,
    GetHostMachineInfo,
    CheckRegisterConnection,
    GetParameters,
    SetParameter,
    SetParameters,
    GetHealthCheckFunctions,
    CheckHealthFunction,
    GetPublicKeyString,
    GetAdapterServiceInterface,
    GetAdapterServiceType,
    GetAdapterServiceName,
}

impl Function {
    /// Every function, in the order of the standard.
    pub const ALL: [Function; 18] = [
        Function::Execute,
        Function::CheckResult,
        Function::AcknowledgeResultReceived,
        Function::Ping,
        Function::GetAdapterVersion,
        Function::GetAdapterUptime,
        Function::GetSystemUptime,
        Function::GetHostMachineInfo,
        Function::CheckRegisterConnection,
        Function::GetParameters,
        Function::SetParameter,
        Function::SetParameters,
        Function::GetHealthCheckFunctions,
        Function::CheckHealthFunction,
        Function::GetPublicKeyString,
        Function::GetAdapterServiceInterface,
        Function::GetAdapterServiceType,
        Function::GetAdapterServiceName,
    ];

    /// The name: the last step of the path over HTTP, the element over SOAP.
    pub fn name(self) -> &'static str {
        match self {
            Function::Execute => "Execute",
            Function::CheckResult => "CheckResult",
            Function::AcknowledgeResultReceived => "AcknowledgeResultReceived",
            Function::Ping => "Ping",
            Function::GetAdapterVersion => "GetAdapterVersion",
            Function::GetAdapterUptime => "GetAdapterUptime",
            Function::GetSystemUptime => "GetSystemUptime",
            Function::GetHostMachineInfo => "GetHostMachineInfo",
            Function::CheckRegisterConnection => "CheckRegisterConnection",
            Function::GetParameters => "GetParameters",
            Function::SetParameter => "SetParameter",
            Function::SetParameters => "SetParameters",
            Function::GetHealthCheckFunctions => "GetHealthCheckFunctions",
            Function::CheckHealthFunction => "CheckHealthFunction",
            Function::GetPublicKeyString => "GetPublicKeyString",
            Function::GetAdapterServiceInterface => "GetAdapterServiceInterface",
            Function::GetAdapterServiceType => "GetAdapterServiceType",
            Function::GetAdapterServiceName => "GetAdapterServiceName",
        }
    }

    /// The function of this name, in any case: ASP.NET matches paths so.
    pub fn of(name: &str) -> Option<Function> {
        Function::ALL.into_iter().find(|function| function.name().eq_ignore_ascii_case(name))
    }

    /// Whether it has no argument, and so is asked with GET over HTTP (adapter-standard §3.4).
    pub fn is_get(self) -> bool {
        !matches!(
            self,
            Function::Execute
                | Function::CheckResult
                | Function::AcknowledgeResultReceived
                | Function::Ping
                | Function::SetParameter
                | Function::SetParameters
                | Function::CheckHealthFunction
        )
    }

    /// Whether `IAdapterService` has it, so that it can be called over SOAP.
    pub fn is_soap(self) -> bool {
        !matches!(
            self,
            Function::GetAdapterServiceInterface | Function::GetAdapterServiceType | Function::GetAdapterServiceName
        )
    }

    /// The action of a call over SOAP (adapter-standard §4).
    pub fn action(self) -> String {
        format!("http://tempuri.org/IAdapterService/{}", self.name())
    }

    /// The action of its answer.
    pub fn reply_action(self) -> String {
        self.action() + "Response"
    }
}
