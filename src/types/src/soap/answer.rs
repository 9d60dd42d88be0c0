//! What a generated server does with a message, and how it answers.

use super::fault::{self, Code};
use super::{Detail, Fault, Headers, NoDetail, NoHeaders, Opened, Part, Side, Version, open};
use crate::{Document, Limits, ReadError};

/// At most so much of a name is told, in characters.
const LONGEST_NAME: usize = 200;

/// A reply as a server sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status of HTTP: 200, or 500 for a fault.
    pub status: u16,
    /// The content type.
    pub content_type: &'static str,
    /// The envelope.
    pub body: Vec<u8>,
}

impl Answer {
    /// The reply to a call: its answer, or its fault.
    pub fn of<A: Document, F: Detail>(version: Version, outcome: Result<A, Fault<F>>) -> Answer {
        Answer::with_headers(version, outcome.map(|answer| (answer, NoHeaders)))
    }

    /// The reply to a call whose contract declares header blocks for the answer.
    pub fn with_headers<A: Document, H: Headers, F: Detail>(
        version: Version,
        outcome: Result<(A, H), Fault<F>>,
    ) -> Answer {
        match outcome {
            Ok((answer, headers)) => Answer {
                status: 200,
                content_type: version.content_type(),
                body: version.envelope(&headers.write(), &crate::Writer::document(&answer)),
            },
            Err(fault) => Answer::fault(version, &fault),
        }
    }

    /// The reply with a fault.
    pub fn fault<F: Detail>(version: Version, fault: &Fault<F>) -> Answer {
        Answer::refused(version, Code::Of(fault.side), &fault.reason, &fault.detail_written())
    }

    /// The reply to a message that cannot be read, or asks for nothing that is offered.
    pub fn unreadable(version: Version, reason: impl Into<String>) -> Answer {
        Answer::fault(version, &Fault::<NoDetail>::plain(Side::Sender, reason))
    }

    fn refused(version: Version, code: Code, reason: &str, detail: &str) -> Answer {
        let body = fault::written(version, code, reason, detail);
        Answer { status: 500, content_type: version.content_type(), body: version.envelope("", &body) }
    }
}

/// Opens a message to a server, within the usual limits; what cannot be read is answered with a fault.
pub fn accept(message: &[u8]) -> Result<Opened, Answer> {
    if Version::is_unknown_to(message) {
        let reason = "the envelope is of no known version of SOAP";
        return Err(Answer::refused(Version::V11, Code::VersionMismatch, reason, ""));
    }
    open(message, &Limits::default())
        .map_err(|error| Answer::unreadable(Version::of_message(message), error.to_string()))
}

impl Opened {
    /// Whether the body is a document of this type.
    pub fn asks<Q: Document>(&self) -> bool {
        self.body.is_a::<Q>()
    }

    /// The header blocks that the contract declares, and the document in the body. A block that must be understood, and that
    /// neither the contract nor the server knows, is a fault (SOAP 1.1 §4.2.3, SOAP 1.2 part 1 §5.2.3).
    pub fn call<H: Headers, Q: Document>(&self, understands: impl Fn(&Part) -> bool) -> Result<(H, Q), Answer> {
        let strange = |block: &&Part| block.must_be_understood() && !H::knows(block) && !understands(block);
        if let Some(block) = self.header.iter().find(strange) {
            let name: String =
                format!("{{{}}}{}", block.namespace(), block.local()).chars().take(LONGEST_NAME).collect();
            let reason = format!("the header block {name} is not understood");
            return Err(Answer::refused(self.version, Code::MustUnderstand, &reason, ""));
        }
        let unreadable = |error: ReadError| Answer::unreadable(self.version, error.to_string());
        Ok((H::read(self).map_err(unreadable)?, self.body.read().map_err(unreadable)?))
    }

    /// The reply with what the server says.
    pub fn answer<A: Document, F: Detail>(&self, outcome: Result<A, Fault<F>>) -> Answer {
        Answer::of(self.version, outcome)
    }

    /// The reply with what the server says, header blocks included.
    pub fn answer_with_headers<A: Document, H: Headers, F: Detail>(&self, outcome: Result<(A, H), Fault<F>>) -> Answer {
        Answer::with_headers(self.version, outcome)
    }

    /// The reply to a message that asks for nothing that is offered.
    pub fn unknown(&self) -> Answer {
        Answer::unreadable(self.version, "the element in the body is no operation of this service")
    }
}
