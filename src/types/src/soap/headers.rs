//! Header blocks that a contract declares (W3C NOTE-wsdl-20010315 §3.7).

use super::{Opened, Part};
use crate::Result;

/// The header blocks that a contract declares for a message.
pub trait Headers: Sized {
    /// Whether this block is one of them.
    fn knows(block: &Part) -> bool;
    /// Those that a message has.
    fn read(message: &Opened) -> Result<Self>;
    /// Complete elements, one after the other.
    fn write(&self) -> String;
}

/// The header blocks of a contract that declares none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NoHeaders;

impl Headers for NoHeaders {
    fn knows(_: &Part) -> bool {
        false
    }

    fn read(_: &Opened) -> Result<NoHeaders> {
        Ok(NoHeaders)
    }

    fn write(&self) -> String {
        String::new()
    }
}
