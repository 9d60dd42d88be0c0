//! Messages of consumers, as text: what a test sends must not pass through the code that it tests.

use super::http::Post;
use super::people::valid_person;

/// The seven operations of our own packages, by their last name.
pub const OPERATIONS: [(&str, &str); 7] = [
    ("ValidPersonSearch", "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.ValidPersonSearch"),
    ("PersonDataSearch", "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.PersonDataSearch"),
    ("RelationsSearch", "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.RelationsSearch"),
    ("GetActualState", "TechnoLogica.RegiX.AVTRAdapter.APIService.ITRAPI.GetActualState"),
    ("GetValidUICInfo", "TechnoLogica.RegiX.AVTRAdapter.APIService.ITRAPI.GetValidUICInfo"),
    ("GetPersonalIdentity", "TechnoLogica.RegiX.MVRBDSAdapter.APIService.IMVRBDSAPI.GetPersonalIdentity"),
    (
        "GetEmploymentContracts",
        "TechnoLogica.RegiX.NRAEmploymentContractsAdapter.APIService.INRAEmploymentContractsAPI.GetEmploymentContracts",
    ),
];

/// The generation of the contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// `ExecuteSynchronous` in `http://tempuri.org/`.
    V1,
    /// `Execute` in `http://egov.bg/RegiX`.
    V2,
}

/// The version of SOAP, which decides the address too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Soap {
    /// At `/basic`.
    V11,
    /// With addressing, at the service itself.
    V12,
}

impl Soap {
    /// The namespace of the envelope.
    pub fn namespace(self) -> &'static str {
        match self {
            Soap::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Soap::V12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// What every reply must announce (wild-clients rule 14).
    pub fn content_type(self) -> &'static str {
        match self {
            Soap::V11 => "text/xml; charset=utf-8",
            Soap::V12 => "application/soap+xml; charset=utf-8",
        }
    }
}

impl Entry {
    /// The namespace of the data in requests and replies.
    pub fn data(self) -> &'static str {
        match self {
            Entry::V1 => "http://tempuri.org/",
            Entry::V2 => "http://egov.bg/RegiX/SignedData",
        }
    }

    /// The namespace of the method's element.
    pub fn contract(self) -> &'static str {
        match self {
            Entry::V1 => "http://tempuri.org/",
            Entry::V2 => "http://egov.bg/RegiX",
        }
    }

    /// The method that asks and waits.
    pub fn method(self) -> &'static str {
        match self {
            Entry::V1 => "ExecuteSynchronous",
            Entry::V2 => "Execute",
        }
    }

    /// The action of that method.
    pub fn action(self) -> &'static str {
        match self {
            Entry::V1 => "http://tempuri.org/IRegiXEntryPoint/ExecuteSynchronous",
            Entry::V2 => "http://egov.bg/RegiX/IRegiXEntryPointV2/Execute",
        }
    }

    /// The address.
    pub fn path(self, soap: Soap) -> &'static str {
        match (self, soap) {
            (Entry::V1, Soap::V11) => "/RegiX/RegiXEntryPoint.svc/basic",
            (Entry::V1, Soap::V12) => "/RegiX/RegiXEntryPoint.svc",
            (Entry::V2, Soap::V11) => "/RegiXEntryPointV2.svc/basic",
            (Entry::V2, Soap::V12) => "/RegiXEntryPointV2.svc",
        }
    }
}

/// A call; change the fields that a test is about.
#[derive(Clone, Debug)]
pub struct Call {
    /// The generation.
    pub entry: Entry,
    /// The version of SOAP.
    pub soap: Soap,
    /// Full name, as it shall stand in the message.
    pub operation: String,
    /// Content of `Argument`; `None` leaves the element out.
    pub argument: Option<String>,
    /// Content of `CallContext`; `None` leaves the element out.
    pub context: Option<String>,
    /// `EmployeeEGN`.
    pub employee_egn: Option<String>,
    /// `CitizenEGN`.
    pub citizen_egn: Option<String>,
    /// `SignResult`.
    pub sign: bool,
    /// `ReturnAccessMatrix`.
    pub matrix: bool,
    /// `MessageID` (SOAP 1.2 only).
    pub message_id: Option<String>,
    /// Further header blocks.
    pub headers: String,
    /// The action, in the header of HTTP or of the envelope.
    pub action: String,
}

impl Call {
    /// A good call: V2, SOAP 1.1, ValidPersonSearch.
    pub fn good() -> Call {
        Call {
            entry: Entry::V2,
            soap: Soap::V11,
            operation: operation("ValidPersonSearch").into(),
            argument: Some(valid_person("7605239965")),
            context: Some(
                "<ServiceURI>17-2026</ServiceURI><ServiceType>Проверка</ServiceType><LawReason>чл. 1 от пример</LawReason>"
                    .into(),
            ),
            employee_egn: None,
            citizen_egn: None,
            sign: false,
            matrix: false,
            message_id: Some("urn:uuid:0b6f0d56-0000-4000-8000-000000000001".into()),
            headers: String::new(),
            action: Entry::V2.action().into(),
        }
    }

    /// A good call of another shape.
    pub fn of(entry: Entry, soap: Soap) -> Call {
        Call { entry, soap, action: entry.action().into(), ..Call::good() }
    }

    /// A V2 call of an operation by its last name.
    pub fn to(name: &str, argument: impl Into<String>) -> Call {
        Call { operation: operation(name).into(), argument: Some(argument.into()), ..Call::good() }
    }

    /// Asks for a signature.
    pub fn signed(self) -> Call {
        Call { sign: true, ..self }
    }

    /// The envelope.
    pub fn envelope(&self) -> String {
        let soap = self.soap.namespace();
        let header = match self.soap {
            Soap::V11 if self.headers.is_empty() => String::new(),
            Soap::V11 => format!("<s:Header>{}</s:Header>", self.headers),
            Soap::V12 => {
                let message_id =
                    self.message_id.iter().map(|id| format!("<a:MessageID>{id}</a:MessageID>")).collect::<String>();
                format!(
                    "<s:Header xmlns:a=\"http://www.w3.org/2005/08/addressing\"><a:Action s:mustUnderstand=\"1\">{}</a:Action>{message_id}<a:To s:mustUnderstand=\"1\">https://localhost{}</a:To>{}</s:Header>",
                    self.action,
                    self.entry.path(self.soap),
                    self.headers
                )
            }
        };
        let (contract, method, data) = (self.entry.contract(), self.entry.method(), self.fields());
        let request = match self.entry {
            Entry::V1 => data,
            Entry::V2 => {
                format!("<ServiceRequestData xmlns=\"{}\">{data}</ServiceRequestData>", self.entry.data())
            }
        };
        format!(
            "<s:Envelope xmlns:s=\"{soap}\">{header}<s:Body><{method} xmlns=\"{contract}\"><request>{request}</request></{method}></s:Body></s:Envelope>"
        )
    }

    fn fields(&self) -> String {
        let optional = |name: &str, value: &Option<String>| {
            value.as_ref().map_or(String::new(), |value| format!("<{name}>{value}</{name}>"))
        };
        [
            format!("<Operation>{}</Operation>", self.operation),
            optional("Argument", &self.argument),
            optional("CallContext", &self.context),
            optional("EmployeeEGN", &self.employee_egn),
            optional("CitizenEGN", &self.citizen_egn),
            format!("<SignResult>{}</SignResult><ReturnAccessMatrix>{}</ReturnAccessMatrix>", self.sign, self.matrix),
        ]
        .concat()
    }

    /// A V2 envelope of SOAP 1.1 in which no default namespace is in scope of the argument.
    pub fn prefixed_envelope(&self) -> String {
        format!(
            "<soapenv:Envelope xmlns:soapenv=\"{}\" xmlns:reg=\"{}\" xmlns:sig=\"{}\"><soapenv:Body><reg:Execute><reg:request><sig:ServiceRequestData><sig:Operation>{}</sig:Operation><sig:Argument>{}</sig:Argument><sig:SignResult>{}</sig:SignResult></sig:ServiceRequestData></reg:request></reg:Execute></soapenv:Body></soapenv:Envelope>",
            Soap::V11.namespace(),
            Entry::V2.contract(),
            Entry::V2.data(),
            self.operation,
            self.argument.as_deref().unwrap_or_default(),
            self.sign
        )
    }

    /// The request over HTTP.
    pub fn post(&self) -> Post {
        self.post_body(self.envelope())
    }

    /// The request over HTTP with another body.
    pub fn post_body(&self, body: impl Into<Vec<u8>>) -> Post {
        let post = Post::to(self.entry.path(self.soap), body);
        match self.soap {
            Soap::V11 => {
                post.with("Content-Type", self.soap.content_type()).with("SOAPAction", &format!("\"{}\"", self.action))
            }
            Soap::V12 => post.with("Content-Type", self.soap.content_type()),
        }
    }
}

/// The full name of one of our operations.
pub fn operation(name: &str) -> &'static str {
    OPERATIONS.iter().find(|(last, _)| *last == name).map(|(_, full)| *full).unwrap()
}
