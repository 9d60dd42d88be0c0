//! The faults of EgovService: one catalogue, one shape (horizontal-systems §3.4).

mod texts;

use kapia_language::Language;
use kapia_xml::Element;
use serde::{Deserialize, Serialize};

use crate::names::TYPES;

/// What stands in a text for a value that may not be repeated or is not known any more.
pub(crate) const ELIDED: &str = "…";

/// Why a message or a record is not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Code {
    /// The message is not well-formed XML in a SOAP envelope.
    MalformedXml,
    /// The message breaks its schema.
    SchemaViolation,
    /// No such operation, or an action of another one.
    UnknownOperation,
    /// The message is longer than the limit.
    TooLarge,
    /// The credential has no right over this supplier.
    SupplierDenied,
    /// The credential is locked or has expired.
    AccessSuspended,
    /// User and password are missing or wrong; only in the body of a 401.
    Unauthenticated,
    /// The administrative register has no such service.
    ServiceNotRegistered,
    /// The administrative register says that another administration provides the service.
    NotTheSupplier,
    /// The record exists with other content.
    AlreadyExists,
    /// There is no such record.
    ServiceNotFound,
    /// Somebody else changed the record meanwhile.
    VersionConflict,
    /// The record is inactive.
    ServiceInactive,
    /// The status may not become the wished one.
    TransitionDenied,
    /// A value is not in its code list.
    UnknownCode,
    /// A required element is missing.
    FieldMissing,
    /// The check digit of an EIK is wrong.
    EikInvalid,
    /// An object identifier is wrong.
    OidInvalid,
    /// Terms, periods or charges contradict each other.
    TermsInconsistent,
    /// Markup outside the allowed subset of XHTML.
    HtmlDisallowed,
    /// The address of the service is not https.
    UrlUnusable,
    /// The request identifier was used for other content.
    RequestIdReused,
    /// The same request is being processed.
    RequestInProgress,
    /// Too many requests.
    TooManyRequests,
    /// A failure of ours.
    Internal,
    /// The central portal takes nothing now; the record waits in the queue.
    PortalUnavailable,
}

impl Code {
    /// All codes, in the order of the catalogue.
    pub const ALL: [Code; 26] = [
        Code::MalformedXml,
        Code::SchemaViolation,
        Code::UnknownOperation,
        Code::TooLarge,
        Code::SupplierDenied,
        Code::AccessSuspended,
        Code::Unauthenticated,
        Code::ServiceNotRegistered,
        Code::NotTheSupplier,
        Code::AlreadyExists,
        Code::ServiceNotFound,
        Code::VersionConflict,
        Code::ServiceInactive,
        Code::TransitionDenied,
        Code::UnknownCode,
        Code::FieldMissing,
        Code::EikInvalid,
        Code::OidInvalid,
        Code::TermsInconsistent,
        Code::HtmlDisallowed,
        Code::UrlUnusable,
        Code::RequestIdReused,
        Code::RequestInProgress,
        Code::TooManyRequests,
        Code::Internal,
        Code::PortalUnavailable,
    ];

    /// The code on the wire, such as `EGS-4001`.
    pub fn number(self) -> &'static str {
        match self {
            Code::MalformedXml => "EGS-1001",
            Code::SchemaViolation => "EGS-1002",
            Code::UnknownOperation => "EGS-1003",
            Code::TooLarge => "EGS-1004",
            Code::SupplierDenied => "EGS-2001",
            Code::AccessSuspended => "EGS-2002",
            Code::Unauthenticated => "EGS-2003",
            Code::ServiceNotRegistered => "EGS-3001",
            Code::NotTheSupplier => "EGS-3002",
            Code::AlreadyExists => "EGS-3003",
            Code::ServiceNotFound => "EGS-3004",
            Code::VersionConflict => "EGS-3005",
            Code::ServiceInactive => "EGS-3006",
            Code::TransitionDenied => "EGS-3007",
            Code::UnknownCode => "EGS-4001",
            Code::FieldMissing => "EGS-4002",
            Code::EikInvalid => "EGS-4003",
            Code::OidInvalid => "EGS-4004",
            Code::TermsInconsistent => "EGS-4005",
            Code::HtmlDisallowed => "EGS-4006",
            Code::UrlUnusable => "EGS-4007",
            Code::RequestIdReused => "EGS-5001",
            Code::RequestInProgress => "EGS-5002",
            Code::TooManyRequests => "EGS-6001",
            Code::Internal => "EGS-9001",
            Code::PortalUnavailable => "EGS-9002",
        }
    }

    /// The code with this number.
    pub fn of_number(number: &str) -> Option<Code> {
        Code::ALL.into_iter().find(|code| code.number() == number)
    }

    /// Whether the same request may succeed when it is sent again.
    pub fn retryable(self) -> bool {
        matches!(self, Code::UrlUnusable | Code::RequestInProgress | Code::TooManyRequests | Code::Internal)
    }

    /// Whether the sender is to blame (`Client`, `Sender`); otherwise we are (`Server`, `Receiver`).
    pub fn is_senders(self) -> bool {
        !matches!(self, Code::RequestInProgress | Code::TooManyRequests | Code::Internal | Code::PortalUnavailable)
    }
}

/// One fault: its code, the values of its text, and the places it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Why.
    pub code: Code,
    /// Name, English, Bulgarian.
    values: Vec<(&'static str, String, String)>,
    /// Paths of elements, such as `/ServiceRecord/Channel[1]/ChannelType/Code`.
    pub fields: Vec<String>,
}

impl Fault {
    /// A fault without values and places.
    pub fn new(code: Code) -> Fault {
        Fault { code, values: Vec::new(), fields: Vec::new() }
    }

    /// With a value of the text; never a value of the payload except codes of code lists and identifiers of administrations.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Fault {
        let value = value.to_string();
        self.values.push((name, value.clone(), value));
        self
    }

    /// With a value that has a name in both languages.
    pub fn with_both(mut self, name: &'static str, english: String, bulgarian: String) -> Fault {
        self.values.push((name, english, bulgarian));
        self
    }

    /// With a place.
    pub fn at(mut self, field: impl Into<String>) -> Fault {
        self.fields.push(field.into());
        self
    }

    /// The text for a person, a whole sentence.
    pub fn text(&self, language: Language) -> String {
        let path = self.fields.first().map_or("/", String::as_str);
        let mut values: Vec<(&str, &str)> = vec![("path", path)];
        values.extend(
            self.values
                .iter()
                .map(|(name, english, bulgarian)| (*name, language.pick(english.as_str(), bulgarian.as_str()))),
        );
        values.extend(texts::VALUES.map(|name| (name, ELIDED)));
        format!("{}.", texts::TEXTS.message(self.code.number(), language, &values))
    }

    /// The fault as it is written and kept, under the number of its case.
    pub fn detail(&self, correlation: &str) -> Detail {
        let mut with_case = self.clone();
        if self.code == Code::Internal {
            with_case = with_case.with("id", correlation);
        }
        Detail {
            code: self.code.number().to_owned(),
            bg: with_case.text(Language::Bulgarian),
            en: with_case.text(Language::English),
            fields: self.fields.clone(),
            correlation: correlation.to_owned(),
            retryable: self.code.retryable(),
        }
    }
}

/// A fault in words: what a client gets and what is kept for a repeated request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Detail {
    /// Such as `EGS-4001`.
    pub code: String,
    /// In Bulgarian.
    pub bg: String,
    /// In English.
    pub en: String,
    /// Paths of elements.
    pub fields: Vec<String>,
    /// Number of the case.
    pub correlation: String,
    /// Whether repeating makes sense.
    pub retryable: bool,
}

impl Detail {
    /// A fault, or a warning, as it stands in a message in the names of our contract; what is missing is empty.
    pub fn of(element: Element<'_>) -> Detail {
        let text =
            |name: &str| element.child(TYPES, name).map(|child| child.text().trim().to_owned()).unwrap_or_default();
        Detail {
            code: text("Code"),
            bg: text("MessageBg"),
            en: text("MessageEn"),
            fields: element
                .children()
                .filter(|child| child.is(TYPES, "Field"))
                .map(|field| field.text().trim().to_owned())
                .collect(),
            correlation: text("CorrelationId"),
            retryable: matches!(text("Retryable").as_str(), "true" | "1"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_number_and_a_text_in_both_languages() {
        assert!(texts::TEXTS.defects().is_empty(), "{:?}", texts::TEXTS.defects());
        assert_eq!(texts::TEXTS.0.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(Code::of_number(code.number()), Some(code));
            assert!(texts::TEXTS.find(code.number()).is_some(), "{}", code.number());
        }
    }

    #[test]
    fn the_text_names_the_code_and_the_list() {
        let fault = Fault::new(Code::UnknownCode).with("value", "0006-999999").with("list", "x");
        assert_eq!(fault.text(Language::Bulgarian), "Непозната стойност „0006-999999“ в номенклатура „x“.");
        assert_eq!(fault.text(Language::English), "Unknown code 0006-999999 in \"x\".");
    }

    #[test]
    fn an_internal_fault_tells_its_number_and_nothing_else() {
        let detail = Fault::new(Code::Internal).detail("K7");
        assert_eq!((detail.bg.as_str(), detail.retryable), ("Вътрешна грешка. Номер: K7.", true));
    }
}
