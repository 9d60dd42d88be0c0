//! Service records of the portal: versions, lists, search, who may push them, and what is pushed on.
//!
//! A [`Records`] is one file and one environment: production and staging share nothing, not even a table in which a condition
//! could be forgotten. It holds the canonical octets of a record and the [`Facts`] that lists, search and pages need; it knows
//! neither SOAP nor XML.
//!
//! [`Records::apply`] writes a whole batch of changes and the answer that its request receives in one durable transaction. So
//! a request that is asked again under the same [`RequestId`] finds either its answer or nothing at all, whatever happens to the
//! process in between, and is then simply done again.
//!
//! [`Doorkeeper::admit`] turns an `Authorization` header into a [`Caller`]: Argon2id on a bounded number of threads, the same
//! work for a wrong password and an unknown name, lock-out by name and network, and a short memory of successes.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod apply;
mod caller;
mod change;
mod counts;
mod credential;
mod doorkeeper;
mod error;
mod lockout;
mod names;
mod network;
mod outbox;
mod password;
mod reading;
mod record;
mod records;
mod register;
mod remembered;
mod requests;
mod search;
mod status;
mod store;
mod supplier;
mod text;
mod words;

pub use caller::{Caller, CredentialId};
pub use change::{Answer, Applied, Batch, Change, Content, Done, Mode, Outcome, PushNote, Refused, What};
pub use counts::Counts;
pub use credential::{Credential, CredentialEvent, CredentialStatus, NewCredential, Rotation};
pub use doorkeeper::{Denied, Doorkeeper, Knock, Rules, Tally};
pub use error::RecordsError;
pub use kapia_language::Language;
pub use kapia_storage::create_private;
pub use names::{CredentialName, Eik, FormError, Key, RequestId, ServiceNumber};
pub use network::Network;
pub use outbox::{Onward, Push, PushId, PushState, Waiting};
pub use password::{Cost, Password};
pub use record::{Action, Descriptions, Facts, Filter, Listed, Page, Record, SecurityLevel, Since, Summary, Version};
pub use records::Records;
pub use register::{RegisterEntry, Registered};
pub use requests::{Begun, LastPush, RequestState, Ticket};
pub use search::{Found, Search};
pub use status::{Environment, Status};
pub use supplier::{Supplier, SupplierStatus};
