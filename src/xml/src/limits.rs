/// How large a document may be before reading stops with a named error.
///
/// Sizes are in octets, counts are plain numbers. The defaults let every document found on the wire through
/// (wild-clients rule 19) and stop hostile ones while the cost is still linear and small.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Octets of the whole document; never more than 4 GiB − 1 because spans are 32 bits wide.
    pub bytes: usize,
    /// Elements open at the same time.
    pub depth: u32,
    /// Attributes and namespace declarations of one element.
    pub attributes: u32,
    /// Octets of one name, prefix included; never more than 65 535.
    pub name: u32,
    /// Namespace declarations in scope at the same time.
    pub namespaces: u32,
    /// Octets of one namespace name as written: it stands in messages about every name that it qualifies.
    pub namespace: u32,
    /// Tokens (starts, ends, attributes, texts, comments, instructions) of the whole document.
    pub tokens: u32,
    /// Octets of one attribute value as written.
    pub attribute_value: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 26 * 1024 * 1024,
            depth: 128,
            attributes: 256,
            name: 1024,
            namespaces: 256,
            namespace: 2048,
            tokens: 4_000_000,
            attribute_value: 1024 * 1024,
        }
    }
}
