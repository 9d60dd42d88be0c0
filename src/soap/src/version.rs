/// The two versions of SOAP.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Version {
    /// SOAP 1.1 (W3C NOTE-SOAP-20000508), `text/xml`.
    V11,
    /// SOAP 1.2 (W3C REC-soap12-part1-20070427), `application/soap+xml`.
    V12,
}

impl Version {
    /// The version that a `Content-Type` announces; parameters in any order and case do not matter
    /// (wild-clients rule 2). `None` for any other media type.
    pub fn of_content_type(content_type: &str) -> Option<Version> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("text/xml") {
            Some(Version::V11)
        } else if media_type.eq_ignore_ascii_case("application/soap+xml") {
            Some(Version::V12)
        } else {
            None
        }
    }

    /// The version whose envelope namespace this is.
    pub fn of_namespace(namespace: &str) -> Option<Version> {
        [Version::V11, Version::V12].into_iter().find(|version| version.namespace() == namespace)
    }

    /// The namespace of the envelope.
    pub fn namespace(self) -> &'static str {
        match self {
            Version::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Version::V12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// The `Content-Type` of every reply and fault (wild-clients rule 14).
    pub fn content_type(self) -> &'static str {
        match self {
            Version::V11 => "text/xml; charset=utf-8",
            Version::V12 => "application/soap+xml; charset=utf-8",
        }
    }

    /// A short name for logs and the journal.
    pub fn name(self) -> &'static str {
        match self {
            Version::V11 => "soap-1.1",
            Version::V12 => "soap-1.2",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_decides_whatever_its_parameters() {
        for (text, expected) in [
            ("text/xml", Some(Version::V11)),
            ("Text/XML;charset=UTF-8", Some(Version::V11)),
            ("application/soap+xml; action=\"x\";charset=utf-8", Some(Version::V12)),
            ("application/soap+xml ; charset=\"utf-8\"", Some(Version::V12)),
            ("application/xml", None),
            ("", None),
        ] {
            assert_eq!(Version::of_content_type(text), expected, "{text}");
        }
    }
}
