use kapia_schema::Language;

/// Why a document could not be rendered; never holds a value of the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// The answer needs more pages than [`crate::MAX_PAGES`].
    #[error("the answer needs more than {limit} pages")]
    TooLong {
        /// The most pages a document may have.
        limit: usize,
    },
    /// Elements stand below one another more than [`crate::MAX_DEPTH`] deep.
    #[error("the elements of the answer are nested more than {limit} deep")]
    TooDeep {
        /// The most elements that may stand below one another.
        limit: usize,
    },
    /// The embedded font cannot be read: a fault of this program.
    #[error("the embedded font cannot be used")]
    Font,
    /// The file cannot be written as PDF/A-2a: a fault of this program; the names of the broken rules, without values.
    #[error("the answer cannot be written as PDF/A-2a: {rules}")]
    Format {
        /// The broken rules by name.
        rules: String,
    },
}

impl PdfError {
    /// A stable name of the error.
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
        match (language, self) {
            (Language::English, error) => error.to_string(),
            (Language::Bulgarian, PdfError::TooLong { limit }) => {
                format!("отговорът не се побира на {limit} страници")
            }
            (Language::Bulgarian, PdfError::TooDeep { limit }) => {
                format!("елементите на отговора са вложени на повече от {limit} нива")
            }
            (Language::Bulgarian, PdfError::Font) => "вграденият шрифт не може да се използва".to_owned(),
            (Language::Bulgarian, PdfError::Format { rules }) => {
                format!("отговорът не може да се запише като PDF/A-2a: {rules}")
            }
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> &'static str {
        match (language, self) {
            (Language::English, PdfError::TooLong { .. } | PdfError::TooDeep { .. }) => "ask for the answer as XML",
            (Language::Bulgarian, PdfError::TooLong { .. } | PdfError::TooDeep { .. }) => "поискайте отговора като XML",
            (Language::English, _) => "report it to the operator of the gateway and ask for the answer as XML",
            (Language::Bulgarian, _) => "съобщете на оператора на шлюза и поискайте отговора като XML",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_texts_in_both_languages() {
        let errors = [
            PdfError::TooLong { limit: 5 },
            PdfError::TooDeep { limit: 5 },
            PdfError::Font,
            PdfError::Format { rules: "title".to_owned() },
        ];
        for error in errors {
            assert!(error.code().starts_with("pdf-"));
            for (english, bulgarian) in [
                (error.message(Language::English), error.message(Language::Bulgarian)),
                (error.hint(Language::English).to_owned(), error.hint(Language::Bulgarian).to_owned()),
            ] {
                assert!(english.is_ascii() && !english.ends_with('.'), "{english}");
                assert!(bulgarian.contains(|c| ('а'..='я').contains(&c)) && !bulgarian.ends_with('.'), "{bulgarian}");
            }
        }
    }
}
