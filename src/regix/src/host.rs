//! What a core and an adapter host say to each other: the HTTP protocol of adapter-standard §3 and the generic WCF
//! messages of §4, both sides.
//!
//! [`Call`] is what a core asks and [`Call::write`] how it goes out; a host reads it as [`Asked`], and answers with one
//! of the writers of [`Binding`]; the core reads that with [`read_result`] and [`read_value`]. Every message means the same
//! in both bindings; only names and namespaces around it differ.
//!
//! Reading follows XmlSerializer: elements in any order, unknown ones passed over, what is missing takes its default;
//! only a value that is none (a boolean, a number, a flag, a matrix that names a property twice) is an error.

mod access;
mod answer;
mod asked;
mod call;
mod function;
mod parameters;
mod result;
mod values;

pub use access::{Access, RenderedAccess};
pub use answer::{read_fault, read_value};
pub use asked::{Asked, Execution};
pub use call::{Call, Execute, Message};
pub use function::{Binding, Function};
pub use parameters::CallParameters;
pub use result::{HostResult, read_result};
pub use values::{HealthFunction, Parameter, Value};

/// The namespace of the wrapper of an `Execute` over HTTP.
const WRAPPER: &str = "http://egov.bg/RegiX/DataContracts/RequestWrapper";
/// The namespace of access matrices, with the letter too many that the standard has.
const MATRIX: &str = "http://egov.bg/RegiX/ObjectMappingr";

/// Why a message between core and host cannot be understood; never with anything out of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HostMessageError {
    /// The root, or the element in the body, is another one.
    #[error("the message is not a {0}")]
    Root(&'static str),
    /// An element that gives the message its meaning is not there.
    #[error("element {0} is missing")]
    Missing(&'static str),
    /// A boolean is neither `true`, `false`, `1` nor `0`.
    #[error("element {0} is not a boolean")]
    Boolean(&'static str),
    /// A number is none, or has a fraction.
    #[error("element {0} is not a whole number")]
    Number(&'static str),
    /// A processing flag that there is not.
    #[error("element {0} holds a flag that is not known")]
    Flag(&'static str),
    /// Octets that are not base64.
    #[error("element {0} is not base64")]
    Base64(&'static str),
    /// A property that stands twice on one level of an access matrix.
    #[error("the access matrix names a property twice")]
    Twice,
    /// No function of the protocol is called so.
    #[error("there is no function of that name")]
    Function,
}
