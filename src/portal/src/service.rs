//! The service: a message in, an answer out.

use std::sync::Arc;

use bytes::Bytes;
use kapia_records::{Caller, Records, RecordsError};
use kapia_soap::Version;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::dictionaries::Dictionaries;
use crate::fault::{Code, Detail, Fault};
use crate::names::{Contract, ContractError, PATH, PATH_SOAP12};
use crate::opening::{self, Message, Opened};
use crate::profile::Profile;
use crate::rules::Strictness;
use crate::wire::{Reply, Wire};

/// Whether what is pushed is public at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Workflow {
    /// What passes the rules is published, unless the sender wishes an earlier status.
    #[default]
    Direct,
    /// What passes the rules is a draft, until people have validated, approved and published it.
    Review,
}

/// How an installation wants the service.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether what is pushed is public at once.
    pub workflow: Workflow,
    /// The names under which the service is spoken to.
    pub profile: Profile,
    /// The code lists.
    pub dictionaries: Dictionaries,
    /// How strict the rules are.
    pub strictness: Strictness,
    /// The longest message, in octets.
    pub largest_message: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            workflow: Workflow::default(),
            profile: Profile::own(),
            dictionaries: Dictionaries::builtin(),
            strictness: Strictness::default(),
            largest_message: 16 << 20,
        }
    }
}

/// EgovService over one store, which is one environment. Cheap to clone.
#[derive(Clone)]
pub struct EgovService {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub records: Records,
    pub contract: Contract,
    pub options: Options,
}

/// One message of somebody whose password was right.
pub struct Call {
    /// The version of the port: by the path.
    pub version: Version,
    /// The HTTP content type.
    pub content_type: Option<String>,
    /// The `SOAPAction` header.
    pub soap_action: Option<String>,
    /// The body.
    pub body: Bytes,
    /// Who sent it.
    pub caller: Caller,
    /// When it came.
    pub now: OffsetDateTime,
    /// The number of the case in the logs.
    pub correlation: String,
}

/// What is refused before a message is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DoorFault {
    /// User and password are missing or wrong: the body of a 401.
    Unauthorized,
    /// The password is right, and the credential is locked or has expired.
    Suspended,
    /// Too many requests or failures; after this many seconds again.
    TooManyRequests {
        /// Seconds to wait.
        seconds: u64,
    },
    /// The message is longer than this.
    TooLarge {
        /// The limit in megabytes.
        megabytes: u64,
    },
    /// No such port or method.
    Unknown,
    /// A failure of ours.
    Unavailable,
}

/// What is answered, independent of SOAP's version: it is kept under the identifier of the request.
#[derive(Serialize, Deserialize)]
pub(crate) enum Kept {
    /// The element of the response, in our names.
    Answer(String),
    /// A lasting fault.
    Fault(Detail),
}

/// Why an operation has no answer.
pub(crate) enum Failure {
    /// It is refused.
    Fault(Fault),
    /// It was refused, and the words are known already.
    Detail(Box<Detail>),
    /// The store failed.
    Store(RecordsError),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        Failure::Fault(fault)
    }
}

impl From<RecordsError> for Failure {
    fn from(error: RecordsError) -> Failure {
        match error {
            RecordsError::RequestReused => Failure::Fault(Fault::new(Code::RequestIdReused)),
            error => Failure::Store(error),
        }
    }
}

impl EgovService {
    /// A service over a store. An error is a fault of the program, not of the installation.
    pub fn new(records: Records, options: Options) -> Result<EgovService, ContractError> {
        let contract = Contract::load()?;
        Ok(EgovService { inner: Arc::new(Inner { records, contract, options }) })
    }

    /// The version of the port at a path, compared without regard to case; `None` for other paths.
    pub fn port(path: &str) -> Option<Version> {
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.eq_ignore_ascii_case(PATH) {
            Some(Version::V11)
        } else if path.eq_ignore_ascii_case(PATH_SOAP12) {
            Some(Version::V12)
        } else {
            None
        }
    }

    /// What is served without a password for a query: `?wsdl`, `?singleWsdl`, `?xsd=0`.
    pub fn wsdl(&self, query: &str, base: &str) -> Option<Reply> {
        let (name, value) = query.split_once('=').unwrap_or((query, ""));
        let text = match name.to_ascii_lowercase().as_str() {
            "wsdl" | "singlewsdl" => self.inner.options.profile.wsdl(base)?,
            "xsd" if self.inner.options.profile.is_own() && matches!(value, "0" | "1" | "xsd0" | "") => {
                self.inner.contract.text.clone()
            }
            _ => return None,
        };
        Some(Reply { status: 200, content_type: "text/xml; charset=utf-8", body: Bytes::from(text) })
    }

    /// The answer to somebody who is not let in, or whose message is not read.
    pub fn refuse(&self, fault: DoorFault, version: Version, correlation: &str) -> Reply {
        let (fault, status) = match fault {
            DoorFault::Unauthorized => (Fault::new(Code::Unauthenticated), Some(401)),
            DoorFault::Suspended => (Fault::new(Code::AccessSuspended), None),
            DoorFault::TooManyRequests { seconds } => {
                (Fault::new(Code::TooManyRequests).with("seconds", seconds), Some(429))
            }
            DoorFault::TooLarge { megabytes } => (Fault::new(Code::TooLarge).with("megabytes", megabytes), Some(413)),
            DoorFault::Unknown => (Fault::new(Code::UnknownOperation), None),
            DoorFault::Unavailable => (Fault::new(Code::Internal), Some(503)),
        };
        let senders = fault.code.is_senders();
        let reply = self.fault(&Wire::new(version), &fault.detail(correlation), senders);
        Reply { status: status.unwrap_or(reply.status), ..reply }
    }

    /// Answers one message.
    pub async fn answer(&self, call: Call) -> Reply {
        let message = Message {
            version: call.version,
            content_type: call.content_type.as_deref(),
            soap_action: call.soap_action.as_deref(),
            body: call.body.clone(),
        };
        let mut wire = Wire::new(message.spoken());
        let inner = &self.inner;
        let opened =
            opening::open(&message, &inner.options.profile, &inner.contract, inner.options.largest_message, &mut wire);
        let opened = match opened {
            Ok(opened) => opened,
            Err(fault) => return self.fault(&wire, &fault.detail(&call.correlation), fault.code.is_senders()),
        };
        match self.perform(&opened, &call).await {
            Ok(element) => {
                let profile = &inner.options.profile;
                let action = format!("{}Response", profile.action(opened.operation));
                wire.reply(&action, &profile.outbound(opened.operation, element.into_bytes(), &inner.contract))
            }
            Err(failure) => self.failure(&wire, failure, &opened, &call.correlation),
        }
    }

    fn failure(&self, wire: &Wire, failure: Failure, opened: &Opened, correlation: &str) -> Reply {
        match failure {
            Failure::Fault(fault) => {
                let fault = opened.places.translated(fault);
                self.fault(wire, &fault.detail(correlation), fault.code.is_senders())
            }
            Failure::Detail(detail) => {
                let senders = Code::of_number(&detail.code).is_none_or(Code::is_senders);
                self.fault(wire, &detail, senders)
            }
            Failure::Store(error) => {
                tracing::error!(correlation, operation = opened.operation.name(), %error, "the store of the portal failed");
                let fault = Fault::new(Code::Internal);
                self.fault(wire, &fault.detail(correlation), false)
            }
        }
    }

    fn fault(&self, wire: &Wire, detail: &Detail, senders: bool) -> Reply {
        let profile = &self.inner.options.profile;
        let element = profile.fault_element(detail, &self.inner.contract);
        wire.fault(detail, &element, profile.types(), senders)
    }
}
