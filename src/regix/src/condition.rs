use crate::Method;
use kapia_soap::{Bilingual, Fault, FaultCode, Place, Problem};

/// The address that RegiX's own texts point to for operation names.
const NAMES: &str = "http://regixaisweb.egov.bg/regixinfo/";

/// Everything that ends a call without an answer, in the words and the shape of RegiX (regix-contract §5.3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// The certificate is unknown, missing or cannot identify anybody.
    CertificateNotFound,
    /// The certificate or its consumer is registered but not active.
    CertificateNotActive,
    /// No right to the operation.
    NoAccess,
    /// The operation is switched off.
    ServiceDisabled,
    /// The gateway could not do its part; the text is for people and holds no data.
    Core(String),
    /// The register could not answer; the text is for people and holds no data.
    Register(String),
    /// No operation, or no contract of that name.
    OperationInvalid,
    /// The contract is known but not the operation.
    OperationUnknown(String),
    /// There is no argument.
    ArgumentMissing,
    /// The argument is not the document of the operation.
    ArgumentRoot {
        /// The root that the operation takes.
        expected: String,
        /// The root that was sent.
        found: String,
    },
    /// The argument breaks the schema of the operation.
    ArgumentInvalid,
    /// No asynchronous call of that number.
    CallUnknown,
    /// The verification code is not that of the call.
    WrongCode,
    /// The answer of an asynchronous call was acknowledged or has expired.
    ResultGone(i64),
    /// The answer of an asynchronous call cannot be acknowledged yet.
    NotReady,
    /// A processing flag or method that the gateway does not offer.
    NotOffered(&'static str),
    /// The request element could not be read.
    Unreadable(String),
}

/// How a condition reaches the consumer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A result with `HasError`, HTTP 200.
    Result {
        /// The text of `Error`.
        text: String,
        /// `IsReady` of the result.
        is_ready: bool,
    },
    /// A SOAP fault, HTTP 500.
    Fault(Fault),
}

impl Condition {
    /// The shape, with the exact text of RegiX where RegiX has one. The hint and the places are told in faults only:
    /// a result has no room for them.
    pub fn shape(&self, method: Method, code: &str, hint: Bilingual, places: Vec<Place>) -> Shape {
        let text = self.text();
        match self {
            // Its reply is empty: RegiX swallows the refusal (regix-contract §10 item 5), we tell it.
            _ if method == Method::AcknowledgeResultReceived => self.fault(text, code, hint, places),
            Condition::CertificateNotFound
            | Condition::CertificateNotActive
            | Condition::NoAccess
            | Condition::ServiceDisabled
            | Condition::WrongCode
            | Condition::ResultGone(_)
            | Condition::Core(_) => Shape::Result { text, is_ready: false },
            Condition::Register(_) => Shape::Result { text, is_ready: true },
            _ => self.fault(text, code, hint, places),
        }
    }

    fn fault(&self, reason: String, code: &str, hint: Bilingual, places: Vec<Place>) -> Shape {
        let message = Bilingual::new(self.english(), self.bulgarian());
        let problem = Problem { code: code.into(), message, hint, places };
        Shape::Fault(Fault { code: FaultCode::Service, reason, problem: Some(problem) })
    }

    /// The text on the wire.
    pub fn text(&self) -> String {
        match self {
            Condition::CertificateNotFound => "Access denied! ConsumerCertificate is not found.".into(),
            Condition::CertificateNotActive => "Access denied! ConsumerCertificate is not active".into(),
            Condition::NoAccess => "Access denied!".into(),
            Condition::ServiceDisabled => "Service is disabled!".into(),
            Condition::Core(cause) => format!("Error occurred! {cause}"),
            Condition::Register(cause) => cause.clone(),
            Condition::OperationInvalid => {
                format!("Element request.Operation is invalid. Check for correct operation names here: {NAMES}")
            }
            Condition::OperationUnknown(name) => format!("Operation with name:'{name}' could not be found!"),
            Condition::ArgumentMissing => {
                "Element request.Argument is required and it must contain XML content\r\nParameter name: Argument"
                    .into()
            }
            Condition::CallUnknown => "No such serviceCallID could be found!".into(),
            Condition::WrongCode => "Wrong verification code".into(),
            Condition::ResultGone(id) => format!("There is no operation known with the provided id: {id}"),
            Condition::NotReady
            | Condition::ArgumentRoot { .. }
            | Condition::ArgumentInvalid
            | Condition::NotOffered(_)
            | Condition::Unreadable(_) => self.english(),
        }
    }

    /// The cause in both languages, for a reply that has room for both.
    pub fn told(&self) -> Bilingual {
        Bilingual::new(self.english(), self.bulgarian())
    }

    fn english(&self) -> String {
        match self {
            Condition::ArgumentRoot { expected, found } => {
                format!("the argument of the operation is {expected}, but {found} was sent")
            }
            Condition::ArgumentInvalid => "the argument does not match the schema of the operation".into(),
            Condition::NotReady => "the call has no answer yet that could be acknowledged".into(),
            Condition::NotOffered(what) => format!("{what} is not offered by this gateway"),
            Condition::Unreadable(cause) => cause.clone(),
            _ => self.text(),
        }
    }

    fn bulgarian(&self) -> String {
        match self {
            Condition::OperationInvalid => "операцията не е посочена или няма такъв договор".into(),
            Condition::OperationUnknown(_) => "няма такава операция".into(),
            Condition::ArgumentMissing => "липсва аргументът на операцията".into(),
            Condition::ArgumentRoot { expected, found } => {
                format!("аргументът на операцията е {expected}, а е изпратен {found}")
            }
            Condition::ArgumentInvalid => "аргументът не отговаря на схемата на операцията".into(),
            Condition::CallUnknown => "няма заявка с този номер".into(),
            Condition::WrongCode => "кодът за потвърждение не е на тази заявка".into(),
            Condition::ResultGone(_) => "отговорът вече е потвърден или срокът му е изтекъл".into(),
            Condition::NotReady => "заявката още няма отговор, който да бъде потвърден".into(),
            Condition::NotOffered(what) => format!("този шлюз не предлага {what}"),
            Condition::Unreadable(_) => "заявката не може да бъде прочетена".into(),
            Condition::CertificateNotFound => "отказан достъп: удостоверението не е намерено".into(),
            Condition::CertificateNotActive => "отказан достъп: удостоверението не е активно".into(),
            Condition::NoAccess => "отказан достъп".into(),
            Condition::ServiceDisabled => "услугата е изключена".into(),
            Condition::Core(cause) | Condition::Register(cause) => cause.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_that_clients_know_are_exact() {
        for (condition, expected) in [
            (Condition::CertificateNotFound, "Access denied! ConsumerCertificate is not found."),
            (Condition::CertificateNotActive, "Access denied! ConsumerCertificate is not active"),
            (Condition::NoAccess, "Access denied!"),
            (Condition::ServiceDisabled, "Service is disabled!"),
            (Condition::Core("x".into()), "Error occurred! x"),
            (
                Condition::OperationInvalid,
                "Element request.Operation is invalid. Check for correct operation names here: http://regixaisweb.egov.bg/regixinfo/",
            ),
            (Condition::OperationUnknown("X".into()), "Operation with name:'X' could not be found!"),
            (Condition::CallUnknown, "No such serviceCallID could be found!"),
            (Condition::WrongCode, "Wrong verification code"),
            (Condition::ResultGone(7), "There is no operation known with the provided id: 7"),
        ] {
            assert_eq!(condition.text(), expected);
        }
    }

    #[test]
    fn refusals_are_results_and_wrong_requests_are_faults() {
        let shape = |condition: Condition| condition.shape(Method::Execute, "code", Bilingual::default(), Vec::new());
        assert!(matches!(shape(Condition::NoAccess), Shape::Result { is_ready: false, .. }));
        assert!(matches!(shape(Condition::Register("x".into())), Shape::Result { is_ready: true, .. }));
        assert!(matches!(shape(Condition::ArgumentMissing), Shape::Fault(_)));
        assert!(matches!(shape(Condition::WrongCode), Shape::Result { is_ready: false, .. }));
    }

    #[test]
    fn an_acknowledgement_has_no_room_for_a_refusal_so_it_is_a_fault() {
        let acknowledge = Method::AcknowledgeResultReceived;
        for condition in [Condition::NoAccess, Condition::WrongCode, Condition::Core("x".into())] {
            let expected = condition.text();
            match condition.shape(acknowledge, "code", Bilingual::default(), Vec::new()) {
                Shape::Fault(fault) => assert_eq!(fault.reason, expected),
                shape => panic!("{shape:?}"),
            }
        }
    }
}
