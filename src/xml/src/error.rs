use std::fmt;

/// A place in a document: line and column count from 1, the column in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Positions at regular distances, so that each further one costs the same wherever it lies.
#[derive(Debug)]
pub(crate) struct Lines {
    marks: Vec<Position>,
}

impl Lines {
    /// Octets between two marks.
    const STEP: usize = 256;

    pub(crate) fn of(source: &[u8]) -> Lines {
        let mut at = Position { line: 1, column: 1 };
        let mut marks = Vec::with_capacity(source.len() / Lines::STEP + 1);
        marks.push(at);
        for piece in source.chunks_exact(Lines::STEP) {
            at = at.after(piece);
            marks.push(at);
        }
        Lines { marks }
    }

    pub(crate) fn position(&self, source: &[u8], offset: usize) -> Position {
        let offset = offset.min(source.len());
        let mark = offset / Lines::STEP;
        let piece = source.get(mark * Lines::STEP..offset).unwrap_or_default();
        self.marks.get(mark).map_or_else(|| Position::of(source, offset), |from| from.after(piece))
    }
}

impl Position {
    /// The position behind a piece that begins here.
    pub(crate) fn after(self, piece: &[u8]) -> Position {
        let within = Position::of(piece, piece.len());
        if within.line == 1 {
            Position { line: self.line, column: self.column.saturating_add(within.column - 1) }
        } else {
            Position { line: self.line.saturating_add(within.line - 1), column: within.column }
        }
    }

    pub(crate) fn of(source: &[u8], offset: usize) -> Position {
        let before = source.get(..offset).unwrap_or(source);
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        // Continuation octets of UTF-8 do not begin a character.
        let column = before[line_start..].iter().filter(|octet| **octet & 0xC0 != 0x80).count() + 1;
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), column: u32::try_from(column).unwrap_or(u32::MAX) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a document was not read; the message never holds content of the document except names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct XmlError {
    pub(crate) kind: XmlErrorKind,
    pub(crate) position: Position,
}

impl XmlError {
    /// What was wrong.
    pub fn kind(&self) -> &XmlErrorKind {
        &self.kind
    }

    /// The stable name of the error, such as `xml-doctype`.
    pub fn code(&self) -> &'static str {
        self.kind.text().0
    }

    /// Where reading stopped.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The line of [`XmlError::position`].
    pub fn line(&self) -> u32 {
        self.position.line
    }

    /// The column of [`XmlError::position`].
    pub fn column(&self) -> u32 {
        self.position.column
    }

    /// True when a limit of [`crate::Limits`] stopped the reading, false when the document is not well-formed.
    pub fn limit(&self) -> bool {
        use XmlErrorKind::*;
        matches!(
            self.kind,
            TooLarge { .. }
                | TooDeep { .. }
                | TooManyAttributes { .. }
                | NameTooLong { .. }
                | TooManyNamespaces { .. }
                | NamespaceTooLong { .. }
                | TooManyTokens { .. }
                | AttributeTooLong { .. }
        )
    }

    /// What the sender can do about it, in English.
    pub fn hint(&self) -> &'static str {
        self.kind.text().1
    }

    /// What the sender can do about it, in Bulgarian.
    pub fn hint_bg(&self) -> &'static str {
        self.kind.text().2
    }

    /// The cause in Bulgarian, without the place.
    pub fn message_bg(&self) -> String {
        self.kind.bulgarian()
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.kind, self.position)
    }
}

impl std::error::Error for XmlError {}

/// The kinds of [`XmlError`], one per rule that a document can break.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[allow(missing_docs)] // the messages say what each kind is
pub enum XmlErrorKind {
    #[error("the document is empty")]
    Empty,
    #[error("the document is not UTF-8")]
    NotUtf8,
    #[error("the document declares or uses an encoding other than UTF-8 ({0})")]
    Encoding(String),
    #[error("the XML declaration is not correct ({0})")]
    Declaration(&'static str),
    #[error("the document has a DOCTYPE")]
    Doctype,
    #[error("reference to an entity that is not one of the five of XML")]
    Entity,
    #[error("character reference to a character that XML does not allow, or not finished")]
    CharacterReference,
    #[error("character U+{0:04X}, which XML does not allow")]
    Character(u32),
    #[error("{0}")]
    Markup(&'static str),
    #[error("name expected")]
    NameExpected,
    #[error("end tag {found} does not close {open}")]
    EndTag { open: String, found: String },
    #[error("element {0} is not closed")]
    Unclosed(String),
    #[error("content after the root element")]
    AfterRoot,
    #[error("text outside the root element")]
    OutsideRoot,
    #[error("no root element")]
    NoRoot,
    #[error("prefix {0} is not declared")]
    UndeclaredPrefix(String),
    #[error("namespace declaration is not allowed: {0}")]
    Namespace(&'static str),
    #[error("attribute {0} occurs twice in one element")]
    DuplicateAttribute(String),
    #[error("the document is larger than {limit} octets")]
    TooLarge { limit: usize },
    #[error("elements are nested deeper than {limit}")]
    TooDeep { limit: u32 },
    #[error("an element has more than {limit} attributes")]
    TooManyAttributes { limit: u32 },
    #[error("a name is longer than {limit} octets")]
    NameTooLong { limit: u32 },
    #[error("more than {limit} namespace declarations are in scope")]
    TooManyNamespaces { limit: u32 },
    #[error("a namespace name is longer than {limit} octets")]
    NamespaceTooLong { limit: u32 },
    #[error("the document has more than {limit} parts")]
    TooManyTokens { limit: u32 },
    #[error("an attribute value is longer than {limit} octets")]
    AttributeTooLong { limit: u32 },
}

impl XmlErrorKind {
    /// Code, hint in English, hint in Bulgarian.
    fn text(&self) -> (&'static str, &'static str, &'static str) {
        use XmlErrorKind::*;
        const REPAIR: (&str, &str) = (
            "write the document with an XML library instead of by joining text",
            "съставете документа с XML библиотека, а не чрез слепване на текст",
        );
        const SMALLER: (&str, &str) = (
            "send a smaller document, or ask the operator to raise the limit",
            "изпратете по-малък документ или поискайте от оператора по-висока граница",
        );
        let (code, (english, bulgarian)) = match self {
            Empty => ("xml-empty", ("send the document in the body", "изпратете документа в тялото на заявката")),
            NotUtf8 | Encoding(_) => (
                "xml-encoding",
                ("send the document in UTF-8 and declare it so", "изпратете документа в UTF-8 и го обявете така"),
            ),
            Declaration(_) => (
                "xml-declaration",
                (
                    "begin the document with <?xml version=\"1.0\" encoding=\"utf-8\"?> or with the root element",
                    "започнете документа с <?xml version=\"1.0\" encoding=\"utf-8\"?> или с основния елемент",
                ),
            ),
            Doctype => (
                "xml-doctype",
                (
                    "remove the DOCTYPE: document types and entities are never read",
                    "махнете DOCTYPE: описания на типове и същности не се четат",
                ),
            ),
            Entity => (
                "xml-entity",
                (
                    "use &amp; &lt; &gt; &apos; &quot; or a character reference",
                    "използвайте &amp; &lt; &gt; &apos; &quot; или числов код на знак",
                ),
            ),
            CharacterReference => ("xml-character-reference", REPAIR),
            Character(_) => {
                ("xml-character", ("remove control characters from the data", "махнете управляващите знаци от данните"))
            }
            Markup(_) | NameExpected => ("xml-markup", REPAIR),
            EndTag { .. } | Unclosed(_) => ("xml-end-tag", REPAIR),
            AfterRoot | OutsideRoot | NoRoot => ("xml-root", REPAIR),
            UndeclaredPrefix(_) => (
                "xml-prefix",
                (
                    "declare the prefix with xmlns:prefix=\"namespace\" on this element or above it",
                    "обявете представката с xmlns:представка=\"пространство\" на този елемент или над него",
                ),
            ),
            Namespace(_) => ("xml-namespace", REPAIR),
            DuplicateAttribute(_) => ("xml-duplicate-attribute", REPAIR),
            TooLarge { .. } => ("xml-too-large", SMALLER),
            TooDeep { .. } => ("xml-too-deep", SMALLER),
            TooManyAttributes { .. } => ("xml-too-many-attributes", SMALLER),
            NameTooLong { .. } => ("xml-name-too-long", SMALLER),
            TooManyNamespaces { .. } => ("xml-too-many-namespaces", SMALLER),
            NamespaceTooLong { .. } => ("xml-namespace-too-long", SMALLER),
            TooManyTokens { .. } => ("xml-too-many-parts", SMALLER),
            AttributeTooLong { .. } => ("xml-attribute-too-long", SMALLER),
        };
        (code, english, bulgarian)
    }

    fn bulgarian(&self) -> String {
        use XmlErrorKind::*;
        match self {
            Empty => "документът е празен".into(),
            NotUtf8 => "документът не е в UTF-8".into(),
            Encoding(name) => format!("документът обявява или ползва кодировка, различна от UTF-8 ({name})"),
            Declaration(_) => "XML декларацията не е правилна".into(),
            Doctype => "документът съдържа DOCTYPE".into(),
            Entity => "позовава се на същност извън петте на XML".into(),
            CharacterReference => "числов код на знак, който XML не допуска, или недовършен код".into(),
            Character(code) => format!("знак U+{code:04X}, който XML не допуска"),
            Markup(_) => "документът не е правилно съставен XML".into(),
            NameExpected => "очаква се име".into(),
            EndTag { open, found } => format!("краят {found} не затваря {open}"),
            Unclosed(name) => format!("елементът {name} не е затворен"),
            AfterRoot => "има съдържание след основния елемент".into(),
            OutsideRoot => "има текст извън основния елемент".into(),
            NoRoot => "няма основен елемент".into(),
            UndeclaredPrefix(prefix) => format!("представката {prefix} не е обявена"),
            Namespace(_) => "недопустимо обявяване на пространство от имена".into(),
            DuplicateAttribute(name) => format!("атрибутът {name} се среща два пъти в един елемент"),
            TooLarge { limit } => format!("документът е по-голям от {limit} октета"),
            TooDeep { limit } => format!("елементите са вложени по-дълбоко от {limit}"),
            TooManyAttributes { limit } => format!("елемент има повече от {limit} атрибута"),
            NameTooLong { limit } => format!("име е по-дълго от {limit} октета"),
            TooManyNamespaces { limit } => format!("обявени са повече от {limit} пространства от имена наведнъж"),
            NamespaceTooLong { limit } => format!("име на пространство от имена е по-дълго от {limit} октета"),
            TooManyTokens { limit } => format!("документът има повече от {limit} части"),
            AttributeTooLong { limit } => format!("стойност на атрибут е по-дълга от {limit} октета"),
        }
    }
}
