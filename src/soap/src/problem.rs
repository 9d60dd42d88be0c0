use kapia_xml::Writer;

/// A text in the two languages of everything that a person can receive.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Bulgarian.
    pub bg: String,
}

impl Bilingual {
    /// A text from its two renderings.
    pub fn new(en: impl Into<String>, bg: impl Into<String>) -> Bilingual {
        Bilingual { en: en.into(), bg: bg.into() }
    }
}

/// A place in the document that was sent, and what was expected there.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// Line in the message as sent, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Path of the element or attribute, such as `/Request/EGN`.
    pub path: String,
    /// The rule that was broken.
    pub rule: String,
    /// What was expected there.
    pub expected: Vec<String>,
    /// The violation in words.
    pub message: Bilingual,
    /// What to do about it.
    pub hint: Bilingual,
}

/// What a fault tells beyond its reason: a stable code, the cause and a hint in both languages, and places.
///
/// It never holds a value of the document: faults are logged by clients, and values are personal data.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Problem {
    /// The stable name of the error, such as `argument-invalid`.
    pub code: String,
    /// The cause.
    pub message: Bilingual,
    /// What the caller can do.
    pub hint: Bilingual,
    /// Where, when the cause lies in a document.
    pub places: Vec<Place>,
}

/// The namespace of the `Problem` element in the detail of a fault.
pub(crate) const PROBLEM: &str = "urn:kapia:fault:1";

impl Problem {
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.start("", PROBLEM, "Problem", &[], &[("", "", "code", &self.code)]);
        write_text(writer, "Message", &self.message);
        write_text(writer, "Hint", &self.hint);
        for place in &self.places {
            writer.start("", PROBLEM, "Place", &[], &[]);
            writer.leaf("", PROBLEM, "Line", &place.line.to_string());
            writer.leaf("", PROBLEM, "Column", &place.column.to_string());
            writer.leaf("", PROBLEM, "Path", &place.path);
            writer.leaf("", PROBLEM, "Rule", &place.rule);
            place.expected.iter().for_each(|expected| writer.leaf("", PROBLEM, "Expected", expected));
            write_text(writer, "Message", &place.message);
            write_text(writer, "Hint", &place.hint);
            writer.end();
        }
        writer.end();
    }
}

fn write_text(writer: &mut Writer, local: &str, text: &Bilingual) {
    for (language, text) in [("en", &text.en), ("bg", &text.bg)] {
        if !text.is_empty() {
            writer.start("", PROBLEM, local, &[], &[("xml", kapia_xml::XML_NAMESPACE, "lang", language)]);
            writer.text(text);
            writer.end();
        }
    }
}
