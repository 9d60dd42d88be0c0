//! Parameters of a query: where a value comes from, and of what type it must be.

use kapia_adapter::{CallFacts, Free, Keys, Located, Sensitive};
use kapia_template::{Bounds, Setting, Template, Value, Values};
use kapia_xml::{Document, Element, Limits};

use crate::bound::{Bound, KINDS, Kind};
use crate::fault::Fault;
use crate::path::ArgumentPath;
use crate::query::Reading;

pub(crate) struct Parameter {
    pub name: String,
    pub kind: Kind,
    origin: Origin,
    convert: Option<Template>,
}

enum Origin {
    Path {
        path: ArgumentPath,
        join: Option<String>,
    },
    Call(Fact),
    Column(String),
    /// A parameter of the package.
    Package(Sensitive),
}

/// What a register may know about a call.
#[derive(Clone, Copy)]
enum Fact {
    Id,
    ConsumerOid,
    ConsumerName,
    EmployeeEgn,
    CitizenEgn,
}

const FACTS: [(&str, Fact); 5] = [
    ("call_id", Fact::Id),
    ("consumer_oid", Fact::ConsumerOid),
    ("consumer_name", Fact::ConsumerName),
    ("employee_egn", Fact::EmployeeEgn),
    ("citizen_egn", Fact::CitizenEgn),
];

/// The value of a parameter, as far as the argument decides it.
pub(crate) enum Given {
    Value(Bound),
    /// The cell of this column of the parent's row.
    Column(String),
}

impl Parameter {
    /// Reads `name = "Path"` or `name = { path = "Path", type = "date", … }`.
    pub fn read(
        name: &str,
        written: Located<Free<'_>>,
        reading: &Reading<'_>,
        problems: &mut Vec<kapia_adapter::Problem>,
    ) -> Option<Parameter> {
        let at = |fault: Fault, line| kapia_adapter::Problem::from(fault).at("adapter.toml", line);
        let (line, fields) = (written.line, reading.request);
        let section = match written.value {
            Free::Text(text) => {
                let path = ArgumentPath::read(text, fields).map_err(|fault| problems.push(at(fault, line))).ok()?;
                let origin = Origin::Path { path, join: None };
                return Some(Parameter { name: name.to_owned(), kind: Kind::Text, origin, convert: None });
            }
            Free::Section(section) => section,
        };
        let mut keys = section.keys(problems);
        let path = keys.text("path");
        let fact = keys.one_of("call", &FACTS);
        let column = keys.text("column");
        let named = keys.text("parameter");
        let kind = keys.one_of("type", &KINDS);
        let convert = keys.text("convert");
        let join = keys.text("join");
        let origin = match (path, fact, column, named) {
            (Some(path), None, None, None) => match ArgumentPath::read(&path.value, fields) {
                Ok(found) => Some(Origin::Path { path: found, join: join.map(|join| join.value) }),
                Err(fault) => {
                    keys.problem(path.line, fault);
                    None
                }
            },
            (None, Some(fact), None, None) => Some(Origin::Call(fact.value)),
            (None, None, Some(column), None) => Some(Origin::Column(column.value)),
            (None, None, None, Some(named)) => match reading.parameters.get(&named.value) {
                Some(value) => Some(Origin::Package(value.clone())),
                None => {
                    let unknown = Fault::new("sql-parameter-package").with("name", &*named.value);
                    let there = reading.parameters.iter().map(|(name, _)| name);
                    keys.problem(named.line, unknown.known(&named.value, there));
                    None
                }
            },
            _ => {
                keys.problem(line, Fault::new("sql-parameter-source").with("parameter", name));
                None
            }
        };
        let convert = match convert {
            Some(convert) => Some(conversion(name, &convert, &mut keys)?),
            None => None,
        };
        keys.finish();
        Some(Parameter {
            name: name.to_owned(),
            kind: kind.map_or(Kind::Text, |kind| kind.value),
            origin: origin?,
            convert,
        })
    }

    /// Whether it needs a row of a parent.
    pub fn is_of_parent(&self) -> bool {
        matches!(self.origin, Origin::Column(_))
    }

    /// The value out of the argument or the call.
    pub fn given(&self, argument: Element<'_>, call: &CallFacts) -> Result<Given, Fault> {
        let text = match &self.origin {
            Origin::Column(column) => return Ok(Given::Column(column.clone())),
            Origin::Call(fact) => fact.text(call),
            Origin::Package(value) => Some(value.reveal().to_owned()),
            Origin::Path { path, join } => {
                let mut values = path.values(argument);
                match join {
                    Some(_) if values.is_empty() => None,
                    Some(separator) => Some(values.join(separator)),
                    None if values.len() > 1 => {
                        return Err(Fault::new("sql-parameter-several").with("parameter", &*self.name));
                    }
                    None => values.pop(),
                }
            }
        };
        self.bound(text).map(Given::Value)
    }

    /// Converts a text and holds it against the type.
    pub fn bound(&self, text: Option<String>) -> Result<Bound, Fault> {
        let text = match (&self.convert, text) {
            (Some(template), Some(text)) => self.converted(template, text)?,
            (_, text) => text,
        };
        let Some(text) = text else { return Ok(Bound::Null) };
        if self.kind != Kind::Text && text.trim().is_empty() {
            return Ok(Bound::Null);
        }
        self.kind.read(&text).ok_or_else(|| {
            Fault::new("sql-parameter").with("parameter", &*self.name).with("type", self.kind.name()).of_client()
        })
    }

    fn converted(&self, template: &Template, text: String) -> Result<Option<String>, Fault> {
        let values = Values::new().with("value", Value::from(text));
        let (octets, _) = template.render_to_vec(&values, &Bounds::default()).map_err(|error| {
            let cause = kapia_language::Language::ALL.map(|language| error.message(language));
            Fault::new("sql-parameter-conversion").with("parameter", &*self.name).with_both("cause", cause).of_client()
        })?;
        let document = Document::read(octets, &Limits::default()).map_err(|_| Fault::internal())?;
        Ok(Some(document.root().text().into_owned()).filter(|text| !text.is_empty()))
    }
}

impl Fact {
    fn text(self, call: &CallFacts) -> Option<String> {
        match self {
            Fact::Id => Some(call.service_call_id.to_string()),
            Fact::ConsumerOid => call.consumer_oid.clone(),
            Fact::ConsumerName => Some(call.consumer_name.clone()),
            Fact::EmployeeEgn => call.employee_egn.as_ref().map(|egn| egn.reveal().to_owned()),
            Fact::CitizenEgn => call.citizen_egn.as_ref().map(|egn| egn.reveal().to_owned()),
        }
    }
}

/// The functions of templates, in the syntax of templates: `trim|date`.
fn conversion(name: &str, convert: &Located<String>, keys: &mut Keys<'_, '_>) -> Option<Template> {
    let source = format!("<v>{{{{ value|{} }}}}</v>", convert.value);
    let setting = Setting { names: vec![("value", None)], ..Setting::default() };
    match Template::compile_with("convert", &source, &setting) {
        Ok(template) => Some(template),
        Err(error) => {
            let both = |text: fn(&kapia_template::TemplateError, kapia_language::Language) -> String| {
                kapia_language::Language::ALL.map(|language| text(&error, language))
            };
            let fault = Fault::new("sql-convert-broken")
                .with("parameter", name)
                .with_both("cause", both(kapia_template::TemplateError::message))
                .with_both("advice", both(kapia_template::TemplateError::hint));
            keys.problem(convert.line, fault);
            None
        }
    }
}
