//! What backends read of a package alike: text files, templates, and the document that says that there is nothing.

use kapia_language::Language;
use kapia_schema::Options;
use kapia_template::TemplateError;
use kapia_xml::{Document, Limits, Writer};

use super::{Plan, Planned};
use crate::adapter::{Answer, Outcome};
use crate::files::{Folder, PackageFile, PackageFiles, PackagePath};
use crate::message::Message;
use crate::operation::Side;
use crate::problem::Problem;
use crate::section::{Located, Section};
use crate::trouble::Trouble;

/// A text out of a package.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// Its path below the package folder, as it is written there.
    pub path: String,
    /// Its content, without a byte order mark.
    pub text: String,
}

impl Plan<'_> {
    /// A text below a folder of the package: the file that is named, or the one that is called like the operation.
    pub fn text_file(
        &self,
        folder: &str,
        named: Option<&Located<String>>,
        planned: &Planned,
    ) -> Result<TextFile, Problem> {
        let (name, line) = match named {
            Some(named) => (named.value.clone(), named.line),
            None => (format!("{}.xml", planned.operation.name.operation()), planned.line),
        };
        let read = PackagePath::parse(&format!("{folder}/{name}")).and_then(|path| self.files.read(&path));
        text_of(read.map_err(|problem| problem.at("adapter.toml", line))?)
    }

    /// The document that says that there is nothing: a file of `XMLData` or else `XMLSamples`, or the response root without
    /// content, if the schema allows it; else the problem stands at `line`.
    pub fn no_data(&self, named: Option<&Located<String>>, planned: &Planned, line: u32) -> Result<Document, Problem> {
        let operation = &*planned.operation;
        let Some(named) = named else {
            let impossible = || Problem::from(Trouble::NoDataNone {}).at("adapter.toml", line);
            return empty_root(&operation.response).ok_or_else(impossible);
        };
        let file = find_data(self.files, &named.value).map_err(|problem| problem.at("adapter.toml", named.line))?;
        let invalid =
            |line: u32, cause: Message| Err(Problem::from(Trouble::NoDataInvalid { cause }).at(&file.path, Some(line)));
        let document = match Document::read(file.bytes.clone(), &Limits::default()) {
            Ok(document) => document,
            Err(error) => return invalid(error.line(), Message::new(error.to_string(), error.message_bg())),
        };
        let root = document.root();
        if let Err(error) = Answer::of(document.clone(), Outcome::NoData, operation) {
            return invalid(root.line(), error.message);
        }
        match operation.response.schema.validate(root, &Options::first()).violations.first() {
            None => Ok(document),
            Some(violation) => invalid(
                violation.line,
                Message::new(violation.message(Language::English), violation.message(Language::Bulgarian)),
            ),
        }
    }
}

impl Section {
    /// A text of the package for people: `{ en = "…", bg = "…" }`, each without the full stop that a hint would follow.
    pub fn message(&self, problems: &mut Vec<Problem>) -> Option<Message> {
        let mut keys = self.keys(problems);
        let (en, bg) = (keys.required_text("en"), keys.required_text("bg"));
        keys.finish();
        Some(Message::new(without_stop(&en?.value), without_stop(&bg?.value)))
    }
}

impl Problem {
    /// What is wrong with a template, at its line.
    pub fn of_template(error: &TemplateError) -> Problem {
        let both = |text: fn(&TemplateError, Language) -> String| {
            Message::new(text(error, Language::English), text(error, Language::Bulgarian))
        };
        Problem {
            code: error.code(),
            file: Some(error.template().to_owned()),
            line: Some(error.line()),
            cause: both(TemplateError::message),
            hint: both(TemplateError::hint),
        }
    }
}

/// A file of `XMLData`, or else of `XMLSamples`; the error of the first says which names there are.
pub(crate) fn find_data(files: &dyn PackageFiles, named: &str) -> Result<PackageFile, Problem> {
    let read = |folder| PackagePath::below(folder, named).and_then(|path| files.read(&path));
    read(Folder::Data).or_else(|problem| match problem.code {
        "file-missing" => read(Folder::Samples).map_err(|_| problem),
        _ => Err(problem),
    })
}

/// The response root without content, if the schema allows it.
pub(crate) fn empty_root(response: &Side) -> Option<Document> {
    let mut writer = Writer::new();
    writer.leaf("", &response.root.namespace, &response.root.local, "");
    let document = Document::read(writer.into_bytes(), &Limits::default()).ok()?;
    response.schema.validate(document.root(), &Options::first()).is_valid().then_some(document)
}

fn text_of(file: PackageFile) -> Result<TextFile, Problem> {
    let octets = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    match std::str::from_utf8(octets) {
        Ok(text) => Ok(TextFile { path: file.path, text: text.to_owned() }),
        Err(error) => {
            let line = octets.iter().take(error.valid_up_to()).filter(|octet| **octet == b'\n').count() + 1;
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            Err(Problem::from(Trouble::TextEncoding { line }).at(file.path, Some(line)))
        }
    }
}

/// One full stop at the end falls away; three are an ellipsis.
fn without_stop(text: &str) -> &str {
    let text = text.trim_end();
    match text.strip_suffix('.') {
        Some(before) if !before.ends_with('.') => before,
        _ => text,
    }
}
