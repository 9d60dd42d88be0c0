//! The adapter trait: one question, one answer.

use std::fmt;
use std::net::IpAddr;
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use kapia_xml::{Document, Element, Limits};

use crate::failure::{AdapterError, Failure};
use crate::long::{Room, Told};
use crate::message::Message;
use crate::operation::Operation;
use crate::parameter::Parameter;

/// What answers the operations of one package: a backend that is ready to serve.
#[async_trait]
pub trait Adapter: Send + Sync {
    /// Asks the register; the argument is valid against the request schema of the operation.
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError>;

    /// Asks as [`Adapter::ask`] does, and may answer with more than there is room for in memory.
    async fn ask_at_length(&self, question: Question<'_>, _room: &Room) -> Result<Told, AdapterError> {
        self.ask(question).await.map(Told::Answer)
    }

    /// Whether the register can be asked now (adapter-standard §7: `CheckRegisterConnection`).
    async fn health(&self) -> Health;

    /// What can be set while it serves (adapter-standard §8); nothing unless the kind of backend has something.
    async fn parameters(&self) -> Result<Vec<Parameter>, AdapterError> {
        Ok(Vec::new())
    }

    /// Sets one of [`Adapter::parameters`]; the error says that there is none of that key, or what its value must be.
    async fn set_parameter(&self, key: &str, _value: &Sensitive) -> Result<(), AdapterError> {
        Err(Parameter::unknown(key))
    }
}

/// One call of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// The operation.
    pub operation: &'q Operation,
    /// The root element of the request document.
    pub argument: Element<'q>,
    /// Who asks, and why.
    pub call: &'q CallFacts,
}

/// What a register may know about a call (adapter-standard §2.5); `Debug` shows no values that concern a person.
#[derive(Clone, Default)]
pub struct CallFacts {
    /// The number under which the gate journals the call; adapters log it (`ApiServiceCallId`).
    pub service_call_id: u64,
    /// The name of the consumer (`OrganizationUnit`).
    pub consumer_name: String,
    /// The object identifier of the consumer (`OrganizationEIK`, which has always held the OID).
    pub consumer_oid: Option<String>,
    /// The thumbprint of the consumer's certificate, in hexadecimal digits.
    pub certificate_thumbprint: Option<String>,
    /// Where the call came from.
    pub client_address: Option<IpAddr>,
    /// The call context: local names and texts, in the order of the message.
    pub context: Vec<(String, String)>,
    /// The ЕГН of the employee for whom the call is made.
    pub employee_egn: Option<Sensitive>,
    /// The ЕГН of the citizen whose data is asked for.
    pub citizen_egn: Option<Sensitive>,
    /// The token of an electronic identification.
    pub eid_token: Option<Sensitive>,
    /// When the caller gives up; an adapter that cannot answer before then answers with an error.
    pub deadline: Option<Instant>,
}

impl fmt::Debug for CallFacts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("CallFacts")
            .field("service_call_id", &self.service_call_id)
            .field("consumer_oid", &self.consumer_oid)
            .finish_non_exhaustive()
    }
}

/// A text that never prints: `Debug` is masked and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sensitive(String);

impl Sensitive {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Sensitive {
        Sensitive(text.into())
    }

    /// The text itself: for the register, never for a log or an error.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

/// What a register answered: a document whose root is the response root of the operation.
#[derive(Clone)]
pub struct Answer {
    document: Document,
    outcome: Outcome,
}

/// Whether the register knows anything about what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does.
    Data,
    /// It does not: the document says so in the way of its schema.
    NoData,
}

impl Answer {
    /// Reads the octets of an answer, once, within limits; the error never shows what is in them.
    pub fn read(
        octets: impl Into<Bytes>,
        outcome: Outcome,
        operation: &Operation,
        limits: &Limits,
    ) -> Result<Answer, AdapterError> {
        let document = Document::read(octets, limits).map_err(|error| Failure::AnswerUnreadable {
            code: error.code(),
            line: error.line(),
            column: error.column(),
        })?;
        Answer::of(document, outcome, operation)
    }

    /// An answer that is read already; its root is checked.
    pub fn of(document: Document, outcome: Outcome, operation: &Operation) -> Result<Answer, AdapterError> {
        let root = document.root().name();
        if root != operation.response.root.as_name() {
            return Err(
                Failure::AnswerRoot { expected: operation.response.root.to_string(), found: root.to_string() }.into()
            );
        }
        Ok(Answer { document, outcome })
    }

    /// The document; cloning it is cheap.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Takes the document out.
    pub fn into_document(self) -> Document {
        self.document
    }

    /// Data or no data.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Answer({:?}, {} octets)", self.outcome, self.document.source().len())
    }
}

/// The state of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It can be asked.
    Up,
    /// It can be asked, but some answers will be errors.
    Degraded(Message),
    /// It cannot be asked.
    Down(Message),
}
