//! Compiling and rendering.

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use kapia_schema::{Field, FieldTree};
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, ErrorKind, UndefinedBehavior};

use crate::codes::CodeLists;
use crate::error::TemplateError;
use crate::escape::escape;
use crate::fault::Fault;
use crate::functions::{self, Kind};
use crate::lexer::{Piece, Token, line_of, pieces, tokens};
use crate::marks::{Marked, NONE, without};
use crate::nodes::Nodes;
use crate::prune::Prune;
use crate::scan::{Rules, scan, shortened};
use crate::values::Values;

/// A template that has been looked through and compiled; it can render any number of documents at the same time.
#[derive(Debug)]
pub struct Template {
    name: String,
    original: String,
    /// The insides of all expressions and statements.
    pieces: Vec<Range<usize>>,
    marked: Marked,
    rules: Rules,
    engine: Environment<'static>,
}

/// What a template may know, for the checks at load time.
#[derive(Clone, Default)]
pub struct Setting<'s> {
    /// The values that every rendering will have; the fields are those of a document, if the value is one of a known type.
    /// Without any names, names are not checked.
    pub names: Vec<(&'s str, Option<FieldTree>)>,
    /// The type of the document that is written.
    pub document: Option<FieldTree>,
    /// The tables of the function `code`.
    pub codes: Arc<CodeLists>,
}

/// How much one rendering may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Octets written.
    pub octets: u64,
    /// Steps of the engine: a tag, a name, a function each are a few.
    pub steps: u64,
}

impl Default for Bounds {
    /// 26 MiB, as much as a message may have; 100 million steps, some seconds.
    fn default() -> Bounds {
        Bounds { octets: 26 << 20, steps: 100_000_000 }
    }
}

/// Whether the template found anything to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did.
    Data,
    /// It called `no_data()`.
    NoData,
}

impl Template {
    /// Compiles a template whose document and values are of no known type; `name` is what errors call it.
    pub fn compile(name: &str, source: &str) -> Result<Template, TemplateError> {
        Template::compile_with(name, source, &Setting::default())
    }

    /// Compiles a template and holds it against what is known of its values and of its document.
    pub fn compile_with(name: &str, source: &str, setting: &Setting<'_>) -> Result<Template, TemplateError> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let at = |(offset, fault)| TemplateError::new(name, line_of(source, offset), fault);
        let pieces = pieces(source).map_err(at)?;
        for piece in &pieces.pieces {
            if let Piece::Output { inner, .. } | Piece::Statement { inner, .. } = piece {
                check_words(&source[inner.clone()], &setting.codes).map_err(|fault| at((inner.start, fault)))?;
            }
        }
        let insides = pieces.pieces.iter().filter_map(|piece| match piece {
            Piece::Output { inner, .. } | Piece::Statement { inner, .. } => Some(inner.clone()),
            Piece::Text(_) => None,
        });
        let insides = insides.collect();
        let scanned = scan(source, &pieces, setting.document.as_ref()).map_err(at)?;
        let mut cuts = [pieces.cuts, scanned.blanks].concat();
        cuts.sort_by_key(|cut| cut.start);
        let marked = Marked::new(source, scanned.marks, &cuts);
        let mut template = Template {
            name: name.to_owned(),
            original: source.to_owned(),
            pieces: insides,
            rules: scanned.rules,
            engine: engine(&setting.codes),
            marked,
        };
        let compiled = template.engine.add_template_owned(MAIN, template.marked.source.clone());
        compiled.map_err(|error| template.told(&error))?;
        template.check_names(setting)?;
        Ok(template)
    }

    /// The name under which it was compiled.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Renders a document into a writer as it comes about; on an error what has been written is no document.
    pub fn render(&self, values: &Values, bounds: &Bounds, out: impl Write) -> Result<Outcome, TemplateError> {
        let mut prune = Prune::new(&self.rules, out, bounds.octets);
        let mut engine = self.engine.clone();
        engine.set_fuel(Some(bounds.steps));
        let rendered = engine.get_template(MAIN).and_then(|template| {
            let rendered = template.render_captured_to(values.context(), &mut prune)?;
            Ok(rendered.state().get_temp(functions::NO_DATA).is_some())
        });
        if let Some((expression, fault)) = prune.fault() {
            let line = expression.and_then(|number| self.rules.expressions.get(number)).map_or(1, |found| found.line);
            return Err(TemplateError::new(&self.name, line, fault));
        }
        if let Some(error) = prune.failed() {
            let fault = Fault::new("template-write").with("cause", error.kind().to_string());
            return Err(TemplateError::new(&self.name, 1, fault));
        }
        match rendered {
            Ok(true) => Ok(Outcome::NoData),
            Ok(false) => Ok(Outcome::Data),
            Err(error) => Err(self.told(&error)),
        }
    }

    /// Renders into memory.
    pub fn render_to_vec(&self, values: &Values, bounds: &Bounds) -> Result<(Vec<u8>, Outcome), TemplateError> {
        let mut out = Vec::new();
        let outcome = self.render(values, bounds, &mut out)?;
        Ok((out, outcome))
    }

    /// Names at the beginning of a path are those of the setting; a path into a document is one of its type.
    fn check_names(&self, setting: &Setting<'_>) -> Result<(), TemplateError> {
        if setting.names.is_empty() {
            return Ok(());
        }
        let Ok(template) = self.engine.get_template(MAIN) else { return Ok(()) };
        let mut used: Vec<String> = template.undeclared_variables(true).into_iter().collect();
        used.sort_unstable();
        for path in &used {
            let mut steps = path.split('.');
            let first = steps.next().unwrap_or_default();
            if functions::find(Kind::Function, first).is_some() {
                continue;
            }
            let known = setting.names.iter().find(|(name, _)| *name == first);
            let fault = match known {
                None => {
                    let mut there: Vec<&str> = setting.names.iter().map(|(name, _)| *name).collect();
                    for name in functions::names(Kind::Function) {
                        there.push(name);
                    }
                    Fault::new("template-name-unknown").with("name", first).known(first, there)
                }
                Some((_, None)) => continue,
                Some((_, Some(fields))) => match unknown_step(&fields.root(), steps) {
                    None => continue,
                    Some(fault) => fault.with("expression", path),
                },
            };
            return Err(TemplateError::new(&self.name, self.line_that_says(path), fault));
        }
        Ok(())
    }

    fn line_that_says(&self, path: &str) -> u32 {
        let outside = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '.');
        let found = self.original.match_indices(path).find(|(at, _)| {
            outside(self.original[..*at].chars().next_back()) && {
                let after = self.original[at + path.len()..].chars().next();
                after.is_none_or(|c| !c.is_alphanumeric() && c != '_')
            }
        });
        line_of(&self.original, found.map_or(0, |(at, _)| at))
    }

    /// The whole expression or statement around an offset of the marked source.
    fn whole_expression(&self, offset: usize) -> Option<String> {
        let at = self.marked.original(offset);
        let found = self.pieces.iter().find(|range| range.start <= at && at <= range.end)?;
        Some(shortened(&self.original[found.clone()]))
    }

    /// What the engine says, in our words: its own texts may hold values.
    fn told(&self, error: &minijinja::Error) -> TemplateError {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        let mut fault = None;
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<Fault>() {
                fault = Some(found.clone());
                break;
            }
            cause = error.source();
        }
        let range = error.range();
        let line = match &range {
            Some(range) => line_of(&self.original, self.marked.original(range.start)),
            None => error.line().and_then(|line| u32::try_from(line).ok()).unwrap_or(1),
        };
        let named = error.detail().filter(|_| error.kind() == ErrorKind::UndefinedError).and_then(|detail| {
            // "`row.name` is undefined": names out of the template, no values.
            detail.split('`').nth(1).map(str::to_owned)
        });
        let spanned = || range.as_ref().and_then(|range| self.whole_expression(range.start)).unwrap_or_default();
        let expression = named.unwrap_or_else(spanned);
        let fault = fault.unwrap_or_else(|| match error.kind() {
            ErrorKind::UndefinedError => Fault::new("template-undefined"),
            ErrorKind::OutOfFuel => Fault::new("template-steps"),
            // Syntax is the template's own text: no value has been near it.
            ErrorKind::SyntaxError => {
                Fault::new("template-syntax").with("cause", without(error.detail().unwrap_or_default()))
            }
            _ => Fault::new("template-expression"),
        });
        TemplateError::new(&self.name, line, fault.with("expression", expression))
    }
}

const MAIN: &str = "document";

fn engine(codes: &Arc<CodeLists>) -> Environment<'static> {
    let mut engine = Environment::empty();
    // Only so does the engine remember which name led to an undefined value.
    engine.set_debug(true);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_recursion_limit(100);
    engine.set_formatter(|out, _, value| {
        if value.is_undefined() || value.is_none() {
            return Ok(out.write_str(NONE.encode_utf8(&mut [0; 4]))?);
        }
        match printed(value)? {
            Some(text) => escape::<minijinja::Error>(&text, |part| Ok(out.write_str(part)?)),
            None => Ok(out.write_str(NONE.encode_utf8(&mut [0; 4]))?),
        }
    });
    functions::install(&mut engine, codes);
    engine
}

/// The text of a value; lists, tables and octets have none.
pub(crate) fn printed(value: &Value) -> Result<Option<String>, Fault> {
    if let Some(nodes) = value.downcast_object_ref::<Nodes>() {
        return nodes.text();
    }
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => Ok(None),
        ValueKind::Bool => Ok(Some(if value.is_true() { "true" } else { "false" }.to_owned())),
        ValueKind::String | ValueKind::Number => Ok(Some(value.to_string())),
        ValueKind::Bytes => Err(Fault::new("value-octets")),
        _ => Err(Fault::new("value-list")),
    }
}

/// The first step of a path that the type of the document does not have.
fn unknown_step<'p>(root: &Field, steps: impl Iterator<Item = &'p str>) -> Option<Fault> {
    let mut field = root.clone();
    for step in steps {
        match field.child(step) {
            Some(child) => field = child,
            None if field.has_open_content() => return None,
            None => {
                let children = field.children();
                let there = children.iter().filter(|child| !child.is_attribute()).map(Field::local);
                return Some(Fault::new("template-path-unknown").with("step", step).known(step, there));
            }
        }
    }
    None
}

/// Functions behind `|`, tests behind `is`, calls and tables: whether they are known.
fn check_words(inside: &str, codes: &CodeLists) -> Result<(), Fault> {
    let words = tokens(inside);
    for (at, token) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let Token::Word(word) = token else { continue };
        let negated = *word == "not" && before == Some(&Token::Word("is"));
        let kind = match before {
            Some(Token::Sign('|')) => Kind::Filter,
            Some(Token::Word("is")) if !negated => Kind::Test,
            Some(Token::Word("not")) if at >= 2 && words.get(at - 2) == Some(&Token::Word("is")) => Kind::Test,
            _ => continue,
        };
        if functions::find(kind, word).is_none() {
            let code = if kind == Kind::Test { "template-test-unknown" } else { "template-function-unknown" };
            return Err(Fault::new(code).with("name", *word).known(word, functions::names(kind)));
        }
        if kind == Kind::Filter && *word == "code" {
            match (words.get(at + 1), words.get(at + 2)) {
                (Some(Token::Sign('(')), Some(Token::Text(table))) if codes.find(table).is_none() => {
                    return Err(Fault::new("template-table-unknown").with("name", *table).known(table, codes.names()));
                }
                _ => {}
            }
        }
    }
    Ok(())
}
