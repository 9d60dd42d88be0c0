//! What can be done to records, and what became of it.

use bytes::Bytes;
use time::OffsetDateTime;

use crate::names::Key;
use crate::record::Facts;
use crate::requests::Ticket;
use crate::status::Status;

/// Changes that are written together.
#[derive(Debug)]
pub struct Batch {
    /// Who: the name of a credential or an account, never a personal number.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
    /// What one refused change means to the others.
    pub mode: Mode,
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// The request that asks for them, if it has an id.
    pub ticket: Option<Ticket>,
}

/// What one refused change means to the others (horizontal-systems §3.2, operation 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// All are undone.
    AllOrNothing,
    /// Nothing.
    BestEffort,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Of which record.
    pub key: Key,
    /// The version that the client believes to be the newest.
    pub expected: Option<u64>,
    /// Why, in words for people.
    pub why: Option<String>,
    /// What.
    pub what: What,
}

/// The kinds of changes.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// There shall be a record that was not there.
    Add(Content),
    /// The record that is there shall be another one.
    Update(Content),
    /// There shall be this record, whether there was one or not.
    Put(Content),
    /// Another status on the way ([`Status::may_become`]).
    SetStatus(Status),
    /// The service is not provided any more.
    Deactivate {
        /// From this moment on, which may be still to come; at once if there is none.
        from: Option<OffsetDateTime>,
    },
    /// It is provided again; the record is where it was on its way.
    Reactivate,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The canonical octets; two records with the same octets are the same.
    pub octets: Bytes,
    /// What lists, search and pages need of them.
    pub facts: Facts,
    /// The status of what is new.
    pub status: Status,
}

/// What became of one change.
pub type Applied = Result<Done, Refused>;

/// A change that was made, or needed none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// What it did.
    pub outcome: Outcome,
    /// The version that is now the newest.
    pub version: u64,
    /// Its status.
    pub status: Status,
    /// When that version was made.
    pub at: OffsetDateTime,
}

/// What a change did (horizontal-systems §3.3, `OperationResult`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// There is a new record.
    Created,
    /// The record has a new version.
    Updated,
    /// It was so already.
    Unchanged,
    /// It has another status.
    StatusChanged,
    /// It is inactive, or will be.
    Deactivated,
    /// It is active again.
    Reactivated,
}

/// Why a change was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The record is there, with other octets.
    Exists {
        /// Its version.
        current: u64,
    },
    /// There is no such record.
    NotFound,
    /// Somebody was faster.
    Conflict {
        /// The version that the client believed in.
        expected: u64,
        /// The version that is there.
        current: u64,
    },
    /// The service is not provided; only reactivating helps.
    Inactive,
    /// The status does not lead there.
    Transition {
        /// From here.
        from: Status,
        /// To there.
        to: Status,
    },
    /// It was possible, and undone because another change of the batch was not.
    Undone,
}

/// What the request receives, and what is remembered of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Kept for the request id, and handed out again when the request is repeated; nobody looks into them here.
    pub octets: Bytes,
    /// What the pusher can ask about later.
    pub notes: Vec<PushNote>,
}

/// What became of a push of one record (horizontal-systems §3.2, operation 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushNote {
    /// Which record.
    pub key: Key,
    /// How it ended, such as `CREATED` or `REJECTED`.
    pub result: String,
    /// The code of the fault, if it was refused.
    pub fault: Option<String>,
}
