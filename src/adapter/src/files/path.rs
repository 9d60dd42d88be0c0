//! Paths that cannot leave a package.

use std::fmt;

use crate::problem::Problem;
use crate::trouble::Trouble;

/// A folder of a package that has a name of its own (adapter-standard §11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    /// `XMLSchemas`
    Schemas,
    /// `XMLSamples`
    Samples,
    /// `XMLMetaData`
    MetaData,
    /// `XMLData`
    Data,
    /// `responses`: templates of answers for backends that fill them in.
    Responses,
    /// `successors`: templates between the documents of an old name and those of its successor.
    Successors,
}

impl Folder {
    /// The name of the folder, as the standard writes it.
    pub fn name(self) -> &'static str {
        match self {
            Folder::Schemas => "XMLSchemas",
            Folder::Samples => "XMLSamples",
            Folder::MetaData => "XMLMetaData",
            Folder::Data => "XMLData",
            Folder::Responses => "responses",
            Folder::Successors => "successors",
        }
    }

    /// The folder itself as a path.
    pub fn path(self) -> PackagePath {
        PackagePath(vec![self.name().to_owned()])
    }
}

/// A path below the folder of a package: relative, without `..`, without a scheme or a drive; at most 1000 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackagePath(Vec<String>);

impl PackagePath {
    /// The folder of the package itself.
    pub fn top() -> PackagePath {
        PackagePath(Vec::new())
    }

    /// A path written relative to the folder of the package.
    pub fn parse(text: &str) -> Result<PackagePath, Problem> {
        PackagePath::top().join(text)
    }

    /// A path written relative to a folder of the package; `..` may lead to another folder of the package, never out of it.
    pub fn below(folder: Folder, text: &str) -> Result<PackagePath, Problem> {
        folder.path().join(text)
    }

    /// The steps of the path, outermost first.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    fn join(self, text: &str) -> Result<PackagePath, Problem> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 1000 || text.chars().any(char::is_control) {
            return Err(Trouble::PathCharacter {}.into());
        }
        if let Some((scheme, _)) = text.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) {
            let local = scheme.len() == 1 || scheme.eq_ignore_ascii_case("file");
            return Err(if local { Trouble::PathAbsolute {} } else { Trouble::PathRemote {} }.into());
        }
        let text = text.replace('\\', "/");
        if text.starts_with("//") {
            return Err(Trouble::PathRemote {}.into());
        }
        if text.starts_with('/') {
            return Err(Trouble::PathAbsolute {}.into());
        }
        let mut steps = self.0;
        for step in text.split('/') {
            match step {
                "" | "." => {}
                ".." => {
                    steps.pop().ok_or_else(|| Problem::from(Trouble::PathOutside {}))?;
                }
                name => steps.push(name.to_owned()),
            }
        }
        Ok(PackagePath(steps))
    }
}

/// RFC 3986 §3.1; one letter is a drive.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

impl fmt::Display for PackagePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> &'static str {
        PackagePath::below(Folder::Schemas, text)
            .map_or_else(|problem| problem.code, |path| panic!("{text} became {path}"))
    }

    #[test]
    fn a_path_may_change_the_folder_but_not_the_package() {
        for (text, path) in [
            ("A.xsd", "XMLSchemas/A.xsd"),
            ("./common\\A.xsd", "XMLSchemas/common/A.xsd"),
            ("../Common/A.xsd", "Common/A.xsd"),
            ("common/../A.xsd", "XMLSchemas/A.xsd"),
        ] {
            assert_eq!(PackagePath::below(Folder::Schemas, text).unwrap().to_string(), path);
        }
        for text in ["../../A.xsd", "..\\..\\A.xsd", "a/../../../b"] {
            assert_eq!(refusal(text), "file-path-outside", "{text}");
        }
    }

    #[test]
    fn nothing_absolute_or_remote_becomes_a_path() {
        for text in ["/etc/A.xsd", "\\A.xsd", "C:\\A.xsd", "c:/A.xsd", "file:///etc/A.xsd", "FILE:A.xsd"] {
            assert_eq!(refusal(text), "file-path-absolute", "{text}");
        }
        for text in [
            "http://example.org/A.xsd",
            "HTTPS://example.org/A.xsd",
            "urn:a:b",
            "//host/share/A.xsd",
            "\\\\host\\share\\A.xsd",
        ] {
            assert_eq!(refusal(text), "file-path-remote", "{text}");
        }
        for text in ["", "  ", "A\0.xsd"] {
            assert_eq!(refusal(text), "file-path-character", "{text:?}");
        }
    }
}
