//! How much a document may be.

/// Limits of one reading; hostile documents end in a named error, not in exhausted memory or stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets of the document.
    pub bytes: usize,
    /// Elements inside one another.
    pub depth: u32,
    /// Attributes and namespace declarations of one element.
    pub attributes: u32,
    /// Namespace declarations in scope at once.
    pub namespaces: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 26 << 20, depth: 128, attributes: 256, namespaces: 256 }
    }
}
