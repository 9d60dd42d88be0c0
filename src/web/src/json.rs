//! JSON (RFC 8259) as values of templates: numbers keep every digit as text, and what is not there is missing, not an error.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use kapia_template::Value;
use kapia_xml::{Document, Limits};
use minijinja::value::{Enumerator, Object, ObjectRepr};

/// How deep arrays and objects may nest.
const DEPTH: u32 = 128;

/// A JSON text; `Debug` shows nothing of it.
pub(crate) enum Json {
    Null,
    Boolean(bool),
    /// As it was written.
    Number(Box<str>),
    Text(Box<str>),
    List(Arc<[Json]>),
    Object(Arc<BTreeMap<Box<str>, Json>>),
}

/// Why a text is not JSON: the rule, and the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotJson {
    pub rule: &'static str,
    pub line: u32,
}

impl Json {
    /// Reads a whole text: strict, without repeated names, in UTF-8 (a byte order mark is skipped).
    pub fn read(octets: &[u8]) -> Result<Json, NotJson> {
        let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
        let text = std::str::from_utf8(octets).map_err(|_| NotJson { rule: "utf-8", line: 1 })?;
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        reader.blanks();
        if reader.at == text.len() { Ok(value) } else { Err(reader.wrong("end")) }
    }

    /// The value of a member; `None` for another type.
    pub fn member(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// A text or a number.
    pub fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) | Json::Number(text) => Some(text),
            _ => None,
        }
    }

    /// As templates see it: a number is its text, `null` is missing.
    pub fn to_value(&self) -> Value {
        match self {
            Json::Null => missing(),
            Json::Boolean(boolean) => Value::from(*boolean),
            Json::Number(text) | Json::Text(text) => Value::from(&**text),
            Json::List(members) => Value::from_object(List(Arc::clone(members))),
            Json::Object(members) => Value::from_object(Members(Arc::clone(members))),
        }
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

/// What is not there, and nothing below it either: an absent element of a document behaves so.
pub(crate) fn missing() -> Value {
    static NOTHING: LazyLock<Option<Document>> = LazyLock::new(|| Document::read("<x/>", &Limits::default()).ok());
    let absent = NOTHING
        .as_ref()
        .and_then(|nothing| kapia_template::element(nothing, nothing.root().id(), None).get_attr("absent").ok());
    absent.unwrap_or_else(|| Value::from(()))
}

struct List(Arc<[Json]>);

impl fmt::Debug for List {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "List({})", self.0.len())
    }
}

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(self.0.get(key.as_usize()?).map_or_else(missing, Json::to_value))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let members = Arc::clone(&self.0);
        Enumerator::Iter(Box::new((0..members.len()).filter_map(move |at| members.get(at).map(Json::to_value))))
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.0.len())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.0.is_empty()
    }
}

struct Members(Arc<BTreeMap<Box<str>, Json>>);

impl fmt::Debug for Members {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Members({})", self.0.len())
    }
}

impl Object for Members {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        Some(self.0.get(key).map_or_else(missing, Json::to_value))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.keys().map(|key| Value::from(&**key)).collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.0.is_empty()
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn value(&mut self, depth: u32) -> Result<Json, NotJson> {
        if depth > DEPTH {
            return Err(self.wrong("depth"));
        }
        self.blanks();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(|text| Json::Text(text.into())),
            Some(b't') => self.word("true", Json::Boolean(true)),
            Some(b'f') => self.word("false", Json::Boolean(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.wrong("value")),
        }
    }

    fn object(&mut self, depth: u32) -> Result<Json, NotJson> {
        self.at += 1;
        let mut members = BTreeMap::new();
        self.blanks();
        if self.takes(b'}') {
            return Ok(Json::Object(Arc::new(members)));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("name"));
            }
            let name = self.string()?;
            self.blanks();
            if !self.takes(b':') {
                return Err(self.wrong("colon"));
            }
            let value = self.value(depth + 1)?;
            // Two readers could each believe another one of them.
            if members.insert(name.into(), value).is_some() {
                return Err(self.wrong("name-repeated"));
            }
            self.blanks();
            if self.takes(b'}') {
                return Ok(Json::Object(Arc::new(members)));
            }
            if !self.takes(b',') {
                return Err(self.wrong("comma"));
            }
        }
    }

    fn list(&mut self, depth: u32) -> Result<Json, NotJson> {
        self.at += 1;
        let mut members = Vec::new();
        self.blanks();
        if self.takes(b']') {
            return Ok(Json::List(members.into()));
        }
        loop {
            members.push(self.value(depth + 1)?);
            self.blanks();
            if self.takes(b']') {
                return Ok(Json::List(members.into()));
            }
            if !self.takes(b',') {
                return Err(self.wrong("comma"));
            }
        }
    }

    fn number(&mut self) -> Result<Json, NotJson> {
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|octet| matches!(octet, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
        let written = &rest[..length.count()];
        if !is_number(written) {
            return Err(self.wrong("number"));
        }
        self.at += written.len();
        Ok(Json::Number(written.into()))
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, NotJson> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.wrong("value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn string(&mut self) -> Result<String, NotJson> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let stop = rest.bytes().position(|octet| octet == b'"' || octet == b'\\' || octet < 0x20);
            let stop = stop.ok_or_else(|| self.wrong("string"))?;
            out.push_str(&rest[..stop]);
            self.at += stop;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.wrong("control")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, NotJson> {
        self.at += 1;
        let sign = self.peek().ok_or_else(|| self.wrong("string"))?;
        let plain = match sign {
            b'"' | b'\\' | b'/' => char::from(sign),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                let unit = self.unit()?;
                if !(0xd800..0xdc00).contains(&unit) {
                    return char::from_u32(unit).ok_or_else(|| self.wrong("escape"));
                }
                if !(self.takes(b'\\') && self.takes(b'u')) {
                    return Err(self.wrong("escape"));
                }
                let low = self.unit()?;
                let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or_else(|| self.wrong("escape"))?;
                return char::from_u32(0x10000 + ((unit - 0xd800) << 10) + low).ok_or_else(|| self.wrong("escape"));
            }
            _ => return Err(self.wrong("escape")),
        };
        self.at += 1;
        Ok(plain)
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, NotJson> {
        let digits = self.text.get(self.at..self.at + 4).ok_or_else(|| self.wrong("escape"))?;
        if !digits.bytes().all(|octet| octet.is_ascii_hexdigit()) {
            return Err(self.wrong("escape"));
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| self.wrong("escape"))
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn takes(&mut self, wanted: u8) -> bool {
        let takes = self.peek() == Some(wanted);
        self.at += usize::from(takes);
        takes
    }

    fn wrong(&self, rule: &'static str) -> NotJson {
        let before = self.text.as_bytes().get(..self.at).unwrap_or_default();
        let lines = before.iter().filter(|octet| **octet == b'\n').count();
        NotJson { rule, line: u32::try_from(lines + 1).unwrap_or(u32::MAX) }
    }
}

/// RFC 8259 §6.
pub(crate) fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

/// What stands between the quotes of a JSON string.
pub(crate) fn escape_string(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' || control == '\u{7f}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        for number in ["0", "-0", "12345678901234567890123456789.10", "1.500", "1E400", "-0.0e-7"] {
            assert_eq!(Json::read(number.as_bytes()).unwrap().text(), Some(number));
        }
    }

    #[test]
    fn strings_are_read_with_every_escape() {
        let read = Json::read(br#""\"\\\/\b\f\n\r\t\u0416\ud83d\ude00 \u0000""#).unwrap();
        assert_eq!(read.text(), Some("\"\\/\u{8}\u{c}\n\r\tЖ😀 \0"));
        let mut escaped = String::from("\"");
        let hostile = "\" \\ \n \u{1} \u{7f} ]]> Ж😀";
        escape_string(hostile, &mut escaped);
        escaped.push('"');
        assert_eq!(Json::read(escaped.as_bytes()).unwrap().text(), Some(hostile));
    }

    #[test]
    fn what_is_not_json_is_refused_by_its_rule_and_line() {
        let deep = "[".repeat(1_000_000);
        for (text, rule, line) in [
            ("", "value", 1),
            ("{\n\"a\":1,\n}", "name", 3),
            ("[1,]", "value", 1),
            ("{\"a\":1,\"a\":2}", "name-repeated", 1),
            ("01", "number", 1),
            ("1.", "number", 1),
            (".5", "value", 1),
            ("+1", "value", 1),
            ("NaN", "value", 1),
            ("\"\n\"", "control", 1),
            ("\"abc", "string", 1),
            ("\"\\x\"", "escape", 1),
            ("\"\\ud800\"", "escape", 1),
            ("\"\\udc00\"", "escape", 1),
            ("\"\\u00Ж\"", "escape", 1),
            ("\"\\u+123\"", "escape", 1),
            ("{\"a\" 1}", "colon", 1),
            ("[1 2]", "comma", 1),
            ("1 2", "end", 1),
            ("<html>", "value", 1),
            (deep.as_str(), "depth", 1),
        ] {
            let found = Json::read(text.as_bytes()).unwrap_err();
            assert_eq!((found.rule, found.line), (rule, line), "{}", &text[..text.len().min(20)]);
        }
        assert_eq!(Json::read(b"\"\xff\"").unwrap_err().rule, "utf-8");
    }
}
