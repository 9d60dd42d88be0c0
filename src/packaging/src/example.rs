//! An example document out of a schema: every field once, where the schema lets it, and valid.

use kapia_language::Language;
use kapia_schema::{Field, FieldTree, Options, SchemaSet, SimpleType};
use kapia_xml::{Document, Limits, QName, Writer};

use crate::surroundings;

/// Deeper fields are left to the author.
const DEEPEST: usize = 16;
/// So often an example is corrected by what validation says of it.
const CORRECTIONS: usize = 200;

/// A document of the root of these fields; the error is what validation says of the best that was found, in English.
pub(crate) fn example(schema: &SchemaSet, fields: &FieldTree) -> Result<Vec<u8>, String> {
    let mut last = String::new();
    for all in [true, false] {
        let mut branch = Branch::of(&fields.root(), all, 0);
        for _ in 0..CORRECTIONS {
            let octets = branch.document();
            let document = Document::read(octets.clone(), &Limits::default()).map_err(|error| error.to_string())?;
            let report = schema.validate(document.root(), &Options::first());
            let Some(violation) = report.violations.first() else { return Ok(surroundings::indented(&document)) };
            last = format!("{}: {}", violation.path, violation.message(Language::English));
            let steps: Vec<&str> = violation.path.split('/').filter(|step| !step.is_empty()).skip(1).collect();
            let corrected = match violation.code {
                // Nothing more may stand here, or something else: of alternatives the first stays.
                "cvc-complex-type.2.4.a" | "cvc-complex-type.2.4.d" => branch.remove(&steps),
                _ => branch.complete(&steps, &fields.root(), &violation.expected),
            };
            if !corrected {
                break;
            }
        }
    }
    Err(last)
}

#[derive(Debug)]
struct Branch {
    name: QName,
    attributes: Vec<(QName, String)>,
    text: String,
    children: Vec<Branch>,
}

impl Branch {
    fn of(field: &Field, all: bool, depth: usize) -> Branch {
        let mut branch =
            Branch { name: field.name(), attributes: Vec::new(), text: String::new(), children: Vec::new() };
        if let Some(simple) = field.simple_type() {
            branch.text = field.default_value().map_or_else(|| value(&simple, field.local()), str::to_owned);
        }
        for child in field.children() {
            let wanted = child.is_required() || (all && child.repetitions() == 0 && depth < DEEPEST);
            if !wanted || child.max_occurs() == Some(0) {
                continue;
            }
            if child.is_attribute() {
                let simple = child.simple_type();
                let text = child.default_value().map(str::to_owned);
                let text = text.or_else(|| Some(value(simple.as_deref()?, child.local()))).unwrap_or_default();
                branch.attributes.push((child.name(), text));
            } else if depth < 2 * DEEPEST {
                for _ in 0..child.min_occurs().clamp(1, 20) {
                    branch.children.push(Branch::of(&child, all, depth + 1));
                }
            }
        }
        branch
    }

    fn document(&self) -> Vec<u8> {
        let mut out = Writer::new();
        self.write(&mut out);
        out.into_bytes()
    }

    fn write(&self, out: &mut Writer) {
        let attributes: Vec<(&str, &str, &str, &str)> = self
            .attributes
            .iter()
            .map(|(name, value)| {
                let prefix = match &*name.namespace {
                    "" => "",
                    kapia_xml::XML_NAMESPACE => "xml",
                    _ => "a",
                };
                (prefix, &*name.namespace, &*name.local, value.as_str())
            })
            .collect();
        out.start("", &self.name.namespace, &self.name.local, &[], &attributes);
        out.text(&self.text);
        self.children.iter().for_each(|child| child.write(out));
        out.end();
    }

    /// The place of a child that a step of a path means: `Item[2]`.
    fn place(&self, step: &str) -> Option<usize> {
        let (local, number) = match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
            Some((local, number)) => (local, number.parse::<usize>().ok()?.checked_sub(1)?),
            None => (step, 0),
        };
        let mut fitting = self.children.iter().enumerate().filter(|(_, child)| *child.name.local == *local);
        fitting.nth(number).map(|(at, _)| at)
    }

    fn remove(&mut self, steps: &[&str]) -> bool {
        let Some((first, rest)) = steps.split_first() else { return false };
        let Some(at) = self.place(first) else { return false };
        if rest.is_empty() {
            self.children.remove(at);
            return true;
        }
        self.children.get_mut(at).is_some_and(|child| child.remove(rest))
    }

    /// Puts in the first thing that was expected inside the element at a path.
    fn complete(&mut self, steps: &[&str], field: &Field, expected: &[String]) -> bool {
        if let Some((first, rest)) = steps.split_first() {
            let local = first.split('[').next().unwrap_or(first);
            let (Some(at), Some(below)) = (self.place(first), field.child(local)) else { return false };
            return self.children.get_mut(at).is_some_and(|child| child.complete(rest, &below, expected));
        }
        let fields = field.children();
        let local = |name: &str| name.rsplit('}').next().unwrap_or(name).trim_matches(['<', '>', '@']).to_owned();
        let wanted = expected
            .iter()
            .find_map(|name| fields.iter().position(|field| !field.is_attribute() && field.local() == local(name)));
        let Some(wanted) = wanted else { return false };
        let Some(added) = fields.get(wanted) else { return false };
        let rank = |branch: &Branch| fields.iter().position(|field| field.name() == branch.name);
        let at = self.children.iter().position(|child| rank(child) > Some(wanted)).unwrap_or(self.children.len());
        self.children.insert(at, Branch::of(added, false, DEEPEST));
        true
    }
}

/// A value that the type takes: the first of a few that people would write.
fn value(simple: &SimpleType, name: &str) -> String {
    let fits = |text: &str| simple.check(text, &()).is_ok();
    if let Some(first) = simple.enumeration().and_then(|values| values.first()) {
        return first.clone();
    }
    let mut candidates: Vec<String> = Vec::new();
    let lower = name.to_lowercase();
    if lower.contains("egn") || lower.contains("identifier") {
        candidates.push("7605239965".to_owned());
    }
    if lower.contains("eik") || lower.contains("uic") || lower.contains("bulstat") {
        candidates.push("999001012".to_owned());
    }
    let usual = [
        "пример",
        "1",
        "2026-01-31",
        "2026-01-31T10:00:00",
        "10:00:00",
        "2026",
        "2026-01",
        "--01-31",
        "---31",
        "--01",
        "true",
        "1.00",
        "P1D",
        "AAAA",
        "00",
        "urn:example",
        "bg",
        "a",
        "A",
        "10",
        "100",
        "1000",
        "0",
        "-1",
        "7605239965",
        "999001012",
    ];
    candidates.extend(usual.map(str::to_owned));
    for length in 1..=64 {
        candidates.push("1".repeat(length));
        candidates.push("а".repeat(length));
    }
    for alternatives in simple.patterns() {
        candidates.extend(alternatives.iter().filter_map(|pattern| of_pattern(pattern)));
    }
    candidates.into_iter().find(|candidate| fits(candidate)).unwrap_or_default()
}

/// The shortest text that a simple pattern takes; `None` for what it does not understand. What comes out is checked.
fn of_pattern(pattern: &str) -> Option<String> {
    let letters: Vec<char> = pattern.chars().collect();
    let mut reading = Reading { letters: &letters, at: 0 };
    let text = reading.alternatives(0)?;
    (reading.at == letters.len()).then_some(text)
}

struct Reading<'p> {
    letters: &'p [char],
    at: usize,
}

impl Reading<'_> {
    fn next(&mut self) -> Option<char> {
        let letter = self.letters.get(self.at).copied()?;
        self.at += 1;
        Some(letter)
    }

    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn alternatives(&mut self, depth: usize) -> Option<String> {
        if depth > 32 {
            return None;
        }
        let mut first = None;
        loop {
            let branch = self.sequence(depth)?;
            first.get_or_insert(branch);
            if self.peek() != Some('|') {
                return first;
            }
            self.at += 1;
        }
    }

    fn sequence(&mut self, depth: usize) -> Option<String> {
        let mut out = String::new();
        while let Some(letter) = self.peek().filter(|letter| !matches!(letter, '|' | ')')) {
            self.at += 1;
            let atom = match letter {
                '(' => {
                    let inner = self.alternatives(depth + 1)?;
                    (self.next()? == ')').then_some(inner)?
                }
                '[' => self.class()?.to_string(),
                '\\' => escaped(self.next()?).to_string(),
                '.' => "a".to_owned(),
                letter => letter.to_string(),
            };
            let times = self.times()?;
            if out.len() + atom.len() * times > 10_000 {
                return None;
            }
            out.push_str(&atom.repeat(times));
        }
        Some(out)
    }

    /// A letter of a class: the first that it names.
    fn class(&mut self) -> Option<char> {
        let negated = self.peek() == Some('^');
        self.at += usize::from(negated);
        let mut named = Vec::new();
        loop {
            match self.next()? {
                ']' if !named.is_empty() => break,
                '\\' => named.push(escaped(self.next()?)),
                letter => named.push(letter),
            }
        }
        if negated { ('a'..='z').chain('0'..='9').find(|c| !named.contains(c)) } else { named.first().copied() }
    }

    /// How often the atom before is needed at least.
    fn times(&mut self) -> Option<usize> {
        match self.peek() {
            Some('?' | '*') => {
                self.at += 1;
                Some(0)
            }
            Some('+') => {
                self.at += 1;
                Some(1)
            }
            Some('{') => {
                self.at += 1;
                let mut text = String::new();
                loop {
                    match self.next()? {
                        '}' => break,
                        letter => text.push(letter),
                    }
                }
                text.split(',').next()?.trim().parse().ok()
            }
            _ => Some(1),
        }
    }
}

fn escaped(letter: char) -> char {
    match letter {
        'd' => '1',
        'w' | 'i' | 'c' | 'D' | 'S' => 'a',
        's' | 'W' => ' ',
        'n' => '\n',
        't' => '\t',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_schema::Memory;

    fn made(body: &str) -> String {
        let text = format!(
            r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">{body}</xs:schema>"#
        );
        let schema = SchemaSet::load("a.xsd", &Memory::new().with("a.xsd", text)).unwrap();
        let fields = schema.fields(&schema.roots()[0].name).unwrap();
        let octets = example(&schema, &fields).unwrap();
        let document = Document::read(octets.clone(), &Limits::default()).unwrap();
        assert!(schema.validate(document.root(), &Options::default()).is_valid());
        String::from_utf8(octets).unwrap()
    }

    #[test]
    fn values_follow_their_types() {
        let text = made(
            r#"<xs:element name="R"><xs:complexType><xs:sequence>
              <xs:element name="EGN"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="\d{10}"/></xs:restriction></xs:simpleType></xs:element>
              <xs:element name="Plate"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{1,2}\d{4}(AB|CD)?-x+"/></xs:restriction></xs:simpleType></xs:element>
              <xs:element name="Day" type="xs:date" minOccurs="0"/><xs:element name="Sum" type="xs:decimal"/>
              <xs:element name="Kind"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="едно"/></xs:restriction></xs:simpleType></xs:element>
            </xs:sequence><xs:attribute name="id" type="xs:int" use="required"/></xs:complexType></xs:element>"#,
        );
        for part in [
            "<EGN>7605239965</EGN>",
            "<Plate>A1111-x</Plate>",
            "<Day>2026-01-31</Day>",
            "<Kind>едно</Kind>",
            "id=\"1\"",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn of_alternatives_one_stays_and_recursion_ends() {
        let text = made(
            r#"<xs:element name="R"><xs:complexType><xs:sequence>
              <xs:choice><xs:element name="A" type="xs:string"/><xs:element name="B" type="xs:string"/></xs:choice>
              <xs:element name="Tree" type="T" minOccurs="2" maxOccurs="3"/></xs:sequence></xs:complexType></xs:element>
            <xs:complexType name="T"><xs:sequence><xs:element name="Leaf" type="xs:string"/><xs:element name="Tree" type="T" minOccurs="0"/></xs:sequence></xs:complexType>"#,
        );
        assert!(text.contains("<A>") && !text.contains("<B>"), "{text}");
    }
}
