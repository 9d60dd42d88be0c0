use std::fmt;

use crate::fault::Fault;
use kapia_language::Language;

/// Why a template cannot be used, or made no document: the template, the line, what is wrong and what to do.
///
/// It names expressions, elements and functions as the template writes them, never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    template: String,
    line: u32,
    fault: Fault,
}

impl TemplateError {
    pub(crate) fn new(template: &str, line: u32, fault: Fault) -> TemplateError {
        TemplateError { template: template.to_owned(), line, fault }
    }

    /// Kebab-case name of the kind of error, such as `template-name-unknown`; stable.
    pub fn code(&self) -> &'static str {
        self.fault.code
    }

    /// The name under which the template was compiled.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The line of the template, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// What is wrong, without the place.
    pub fn message(&self, language: Language) -> String {
        self.fault.message(language)
    }

    /// What to do about it; may be empty.
    pub fn hint(&self, language: Language) -> String {
        self.fault.hint(language)
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.template, self.line, self.fault)
    }
}

impl std::error::Error for TemplateError {}
