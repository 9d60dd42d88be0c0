//! Why a host gave no answer, in both languages; never with anything that the host said.

use kapia_adapter::{AdapterError, Fault, Message};
use kapia_regix::host::HostMessageError;
use kapia_xml::XmlError;

/// What can go wrong between the gate and a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No address could be connected to.
    Unreachable,
    /// The connection ended before the answer did.
    Broken,
    /// Time is over.
    Deadline,
    /// The answer is larger than what is read.
    TooLarge { limit: usize },
    /// The host sends somewhere else.
    Redirect,
    /// The host, or what stands before it, refuses the gate.
    Forbidden { status: u16 },
    /// The host has no such adapter.
    UnknownAdapter,
    /// The host cannot answer now.
    Unavailable { status: u16 },
    /// Any other status.
    Status { status: u16 },
    /// The answer is not said to be XML of this protocol.
    ContentType,
    /// The answer is not XML.
    Unreadable { code: &'static str, line: u32, column: u32 },
    /// The answer is XML of something else.
    NotAResult(HostMessageError),
    /// The host answered with a SOAP fault.
    SoapFault,
    /// The adapter says that it failed.
    Refused,
    /// A result that is ready and holds no document.
    Empty,
    /// A result that is not ready and cannot be asked for again.
    NotReadyForever,
    /// The result of an asynchronous operation did not come in time.
    NotReady,
    /// The operation belongs to another adapter.
    Elsewhere,
    /// The register behind the host cannot be reached.
    RegisterDown,
    /// A parameter that there is not, or a value that the host refuses.
    Parameter,
}

impl Trouble {
    pub(crate) fn unreadable(error: &XmlError) -> Trouble {
        Trouble::Unreadable { code: error.code(), line: error.line(), column: error.column() }
    }

    /// Stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Trouble::Unreachable => "host-unreachable",
            Trouble::Broken => "host-broken-off",
            Trouble::Deadline => "host-deadline",
            Trouble::TooLarge { .. } => "host-answer-too-large",
            Trouble::Redirect => "host-redirect",
            Trouble::Forbidden { .. } => "host-forbidden",
            Trouble::UnknownAdapter => "host-adapter-unknown",
            Trouble::Unavailable { .. } => "host-unavailable",
            Trouble::Status { .. } => "host-status",
            Trouble::ContentType => "host-content-type",
            Trouble::Unreadable { .. } => "host-answer-unreadable",
            Trouble::NotAResult(_) => "host-answer-unknown",
            Trouble::SoapFault => "host-fault",
            Trouble::Refused => "host-adapter-error",
            Trouble::Empty => "host-answer-empty",
            Trouble::NotReadyForever => "host-answer-missing",
            Trouble::NotReady => "host-not-ready",
            Trouble::Elsewhere => "operation-elsewhere",
            Trouble::RegisterDown => "host-register-down",
            Trouble::Parameter => "host-parameter",
        }
    }

    /// Whether the same call can succeed later without anybody changing anything.
    fn is_passing(&self) -> bool {
        matches!(
            self,
            Trouble::Unreachable
                | Trouble::Broken
                | Trouble::Deadline
                | Trouble::Unavailable { .. }
                | Trouble::NotReady
                | Trouble::RegisterDown
        )
    }

    /// What happened.
    pub(crate) fn message(&self) -> Message {
        let plain = |en: &str, bg: &str| Message::new(en, bg);
        match self {
            Trouble::Unreachable => {
                plain("the adapter host cannot be reached", "не може да се установи връзка с хоста на адаптера")
            }
            Trouble::Broken => plain(
                "the adapter host ended the connection before its answer was complete",
                "хостът на адаптера прекъсна връзката, преди отговорът му да е цял",
            ),
            Trouble::Deadline => {
                plain("the adapter host did not answer in time", "хостът на адаптера не отговори навреме")
            }
            Trouble::TooLarge { limit } => Message::new(
                format!("the answer of the adapter host is larger than {limit} octets"),
                format!("отговорът на хоста на адаптера е по-голям от {limit} октета"),
            ),
            Trouble::Redirect => {
                plain("the adapter host sends to another address", "хостът на адаптера препраща към друг адрес")
            }
            Trouble::Forbidden { status } => Message::new(
                format!("the adapter host refuses the gate with HTTP status {status}"),
                format!("хостът на адаптера отказва достъп на шлюза с HTTP статус {status}"),
            ),
            Trouble::UnknownAdapter => {
                plain("the adapter host has no adapter at its address", "на адреса си хостът няма такъв адаптер")
            }
            Trouble::Unavailable { status } => Message::new(
                format!("the adapter host cannot answer now, HTTP status {status}"),
                format!("хостът на адаптера не може да отговори сега, HTTP статус {status}"),
            ),
            Trouble::Status { status } => Message::new(
                format!("the adapter host answered with HTTP status {status}"),
                format!("хостът на адаптера отговори с HTTP статус {status}"),
            ),
            Trouble::ContentType => plain(
                "the answer of the adapter host is of another content type",
                "отговорът на хоста на адаптера е с друг вид съдържание",
            ),
            Trouble::Unreadable { code, line, column } => Message::new(
                format!("the answer of the adapter host cannot be read: {code} at line {line}, column {column}"),
                format!("отговорът на хоста на адаптера не може да се прочете: {code} на ред {line}, колона {column}"),
            ),
            Trouble::NotAResult(error) => Message::new(
                format!("the answer of the adapter host is not what was asked for: {error}"),
                format!("отговорът на хоста на адаптера не е това, което е поискано: {error}"),
            ),
            Trouble::SoapFault => {
                plain("the adapter host answered with a SOAP fault", "хостът на адаптера отговори с грешка на SOAP")
            }
            Trouble::Refused => plain(
                "the adapter could not answer; what it says of the error stays with its host",
                "адаптерът не можа да отговори; какво казва за грешката, остава при хоста му",
            ),
            Trouble::Empty => {
                plain("the result of the adapter holds no document", "в резултата на адаптера няма документ")
            }
            Trouble::NotReadyForever => plain(
                "the adapter gave neither an answer nor a code to fetch it with",
                "адаптерът не даде нито отговор, нито код, с който да се вземе",
            ),
            Trouble::NotReady => plain(
                "the asynchronous operation of the adapter was not ready in time",
                "асинхронната операция на адаптера не приключи навреме",
            ),
            Trouble::Elsewhere => plain(
                "the operation was asked of an adapter that does not have it",
                "операцията е поискана от адаптер, който я няма",
            ),
            Trouble::RegisterDown => {
                plain("the adapter host cannot reach its register", "хостът на адаптера няма връзка с регистъра си")
            }
            Trouble::Parameter => {
                plain("the adapter host refuses the parameter", "хостът на адаптера отказва параметъра")
            }
        }
    }

    fn hint(&self) -> Message {
        let later = || Message::new("try again later", "опитайте отново по-късно");
        let administration = || {
            Message::new(
                "tell the administration that keeps the register: the log of its adapter host knows more",
                "уведомете администрацията, която води регистъра: дневникът на хоста на адаптера знае повече",
            )
        };
        let settings = |what: &str| {
            Message::new(
                format!("have the provider check {what} in adapter.toml"),
                format!("доставчикът да провери {what} в adapter.toml"),
            )
        };
        match self {
            Trouble::Unreachable | Trouble::Broken | Trouble::Deadline | Trouble::Unavailable { .. } => later(),
            Trouble::RegisterDown => later(),
            Trouble::NotReady => Message::new(
                "try again later, or have the provider raise `answer_seconds`",
                "опитайте отново по-късно или доставчикът да увеличи `answer_seconds`",
            ),
            Trouble::TooLarge { .. } => settings("`answer_bytes`"),
            Trouble::Redirect | Trouble::UnknownAdapter => settings("`address`"),
            Trouble::Forbidden { .. } => settings("`certificate`"),
            Trouble::Status { status } if *status >= 500 => administration(),
            Trouble::ContentType | Trouble::Unreadable { .. } | Trouble::NotAResult(_) | Trouble::Status { .. } => {
                settings("`address` and `protocol`")
            }
            Trouble::SoapFault | Trouble::Refused | Trouble::Empty | Trouble::NotReadyForever => administration(),
            Trouble::Elsewhere => {
                Message::new("report this: it is a defect of Kapia", "съобщете за това: дефект на Капия")
            }
            Trouble::Parameter => Message::new(
                "use a key that the adapter lists, and a value of its kind",
                "използвайте ключ, който адаптерът показва, и стойност от вида му",
            ),
        }
    }
}

impl From<Trouble> for AdapterError {
    fn from(trouble: Trouble) -> AdapterError {
        let side = match trouble {
            Trouble::Elsewhere => Fault::Gateway,
            Trouble::Parameter => Fault::Client,
            _ => Fault::Register,
        };
        AdapterError {
            side,
            code: trouble.code(),
            retryable: trouble.is_passing(),
            message: trouble.message(),
            hint: trouble.hint(),
        }
    }
}
