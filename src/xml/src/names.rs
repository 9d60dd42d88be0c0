use std::fmt;
use std::str::FromStr;

/// A borrowed expanded name: namespace (empty when there is none) and local part.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Name<'n> {
    /// The namespace name, empty when the name is in no namespace.
    pub namespace: &'n str,
    /// The local part.
    pub local: &'n str,
}

impl Name<'_> {
    /// The same name, owned.
    pub fn to_owned(self) -> QName {
        QName { namespace: self.namespace.into(), local: self.local.into() }
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.namespace.is_empty() {
            write!(f, "{{{}}}", self.namespace)?;
        }
        f.write_str(self.local)
    }
}

/// An owned expanded name; written and read as `{namespace}local`, or `local` when in no namespace.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct QName {
    /// The namespace name, empty when the name is in no namespace.
    pub namespace: Box<str>,
    /// The local part.
    pub local: Box<str>,
}

impl QName {
    /// A name from its two parts.
    pub fn new(namespace: impl Into<Box<str>>, local: impl Into<Box<str>>) -> QName {
        QName { namespace: namespace.into(), local: local.into() }
    }

    /// The same name, borrowed.
    pub fn as_name(&self) -> Name<'_> {
        Name { namespace: &self.namespace, local: &self.local }
    }
}

impl fmt::Display for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_name().fmt(f)
    }
}

/// A text that is not of the form `{namespace}local`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is not a name of the form {{namespace}}local")]
pub struct ParseQNameError(String);

impl FromStr for QName {
    type Err = ParseQNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (namespace, local) = match text.strip_prefix('{') {
            Some(rest) => rest.rsplit_once('}').ok_or_else(|| ParseQNameError(text.into()))?,
            None => ("", text),
        };
        if crate::characters::is_nc_name(local) {
            Ok(QName::new(namespace, local))
        } else {
            Err(ParseQNameError(text.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expanded_name_is_read_as_it_is_written() {
        for text in ["{urn:a}b", "b", "{http://x/{y}}Лице"] {
            assert_eq!(text.parse::<QName>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_text_without_a_local_name_is_refused() {
        for text in ["", "{urn:a}", "{urn:a", "a b", "a:b", "{urn:a}1"] {
            assert!(text.parse::<QName>().is_err(), "{text}");
        }
    }
}
