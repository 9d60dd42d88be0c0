use kapia_language::{Catalogue, Entry, Language};

/// Why a document could not be rendered; never holds a value of the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message(Language::English))]
pub enum PdfError {
    /// The answer needs more pages than [`crate::MAX_PAGES`].
    TooLong {
        /// The most pages a document may have.
        limit: usize,
    },
    /// Elements stand below one another more than [`crate::MAX_DEPTH`] deep.
    TooDeep {
        /// The most elements that may stand below one another.
        limit: usize,
    },
    /// The embedded font cannot be read: a fault of this program.
    Font,
    /// The file cannot be written as PDF/A-2a: a fault of this program.
    Format {
        /// The names of the broken rules, without values.
        rules: String,
    },
}

impl PdfError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            PdfError::TooLong { .. } => "pdf-too-long",
            PdfError::TooDeep { .. } => "pdf-too-deep",
            PdfError::Font => "pdf-font",
            PdfError::Format { .. } => "pdf-format",
        }
    }

    /// What happened.
    pub fn message(&self, language: Language) -> String {
        match self {
            PdfError::TooLong { limit } | PdfError::TooDeep { limit } => {
                CATALOGUE.message(self.code(), language, &[("limit", &limit.to_string())])
            }
            PdfError::Font => CATALOGUE.message(self.code(), language, &[]),
            PdfError::Format { rules } => CATALOGUE.message(self.code(), language, &[("rules", rules)]),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        CATALOGUE.hint(self.code(), language, &[])
    }
}

const AS_XML: [&str; 2] = ["ask for the answer as XML", "поискайте отговора като XML"];
const REPORT: [&str; 2] = [
    "report it to the operator of the gateway and ask for the answer as XML",
    "съобщете на оператора на шлюза и поискайте отговора като XML",
];

const CATALOGUE: Catalogue = Catalogue(&[
    Entry {
        code: "pdf-too-long",
        message: ["the answer needs more than {limit} pages", "отговорът не се побира на {limit} страници"],
        hint: AS_XML,
    },
    Entry {
        code: "pdf-too-deep",
        message: [
            "the elements of the answer are nested more than {limit} deep",
            "елементите на отговора са вложени на повече от {limit} нива",
        ],
        hint: AS_XML,
    },
    Entry {
        code: "pdf-font",
        message: ["the embedded font cannot be used", "вграденият шрифт не може да се използва"],
        hint: REPORT,
    },
    Entry {
        code: "pdf-format",
        message: [
            "the answer cannot be written as PDF/A-2a: {rules}",
            "отговорът не може да се запише като PDF/A-2a: {rules}",
        ],
        hint: REPORT,
    },
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_whole_in_both_languages() {
        assert_eq!(CATALOGUE.defects(), Vec::<String>::new());
    }

    #[test]
    fn every_error_has_its_texts() {
        let errors = [
            PdfError::TooLong { limit: 5 },
            PdfError::TooDeep { limit: 5 },
            PdfError::Font,
            PdfError::Format { rules: "title".to_owned() },
        ];
        for error in errors {
            for language in Language::ALL {
                let message = error.message(language);
                assert!(message != error.code() && !message.contains('{'), "{message}");
                assert!(!error.hint(language).is_empty());
            }
        }
    }
}
