//! The functions that a template may call: conversions that registers need, by name, each with a line of documentation
//! and an example that the tests run.

mod dates;
mod numbers;
mod people;
mod texts;

use std::sync::Arc;

use minijinja::value::{Rest, Value};
use minijinja::{Environment, Error, State};

use crate::codes::CodeLists;
use crate::fault::Fault;
use crate::template::printed;

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{{ value|name }}`.
    Filter,
    /// `{% if value is name %}`.
    Test,
    /// `{% do name() %}`.
    Function,
}

/// One function with what its documentation says.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// How it is called.
    pub kind: Kind,
    /// Its name.
    pub name: &'static str,
    /// Its arguments after the value, as documentation shows them; empty if it takes none.
    pub arguments: &'static str,
    /// An example: what stands between the braces.
    pub example: &'static str,
    /// What the example gives.
    pub gives: &'static str,
    /// What it does, in English and in Bulgarian.
    pub about: [&'static str; 2],
    run: Run,
}

/// What a function gets. A value that is missing never reaches one of the first two kinds: it stays missing.
#[derive(Clone, Copy, Debug)]
enum Run {
    Text(fn(&str) -> Result<Value, Fault>),
    With(fn(&str, &Arguments<'_>) -> Result<Value, Fault>),
    Any(fn(&Value, &Arguments<'_>) -> Result<Value, Fault>),
    Code,
    NoData,
}

/// The arguments after the value.
struct Arguments<'a> {
    function: &'static str,
    values: &'a [Value],
}

impl Arguments<'_> {
    fn text(&self, at: usize) -> Result<Option<String>, Fault> {
        self.values.get(at).map_or(Ok(None), printed)
    }

    fn required_text(&self, at: usize) -> Result<String, Fault> {
        self.text(at)?.ok_or_else(|| self.wrong())
    }

    fn text_or(&self, at: usize, default: &str) -> Result<String, Fault> {
        Ok(self.text(at)?.unwrap_or_else(|| default.to_owned()))
    }

    fn number(&self, at: usize) -> Result<Option<usize>, Fault> {
        self.values.get(at).map(|value| value.as_usize().ok_or_else(|| self.wrong())).transpose()
    }

    fn wrong(&self) -> Fault {
        Fault::new("template-arguments").with("name", self.function)
    }
}

/// Every function, in the order of the documentation.
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    [people::ALL, dates::ALL, numbers::ALL, texts::ALL].into_iter().flatten()
}

pub(crate) fn find(kind: Kind, name: &str) -> Option<&'static Definition> {
    definitions().find(|definition| definition.kind == kind && definition.name == name)
}

pub(crate) fn names(kind: Kind) -> impl Iterator<Item = &'static str> {
    definitions().filter(move |definition| definition.kind == kind).map(|definition| definition.name)
}

/// Where the engine remembers that `no_data()` was called.
pub(crate) const NO_DATA: &str = "no-data";

pub(crate) fn install(engine: &mut Environment<'static>, codes: &Arc<CodeLists>) {
    for definition in definitions() {
        let codes = Arc::clone(codes);
        match definition.kind {
            Kind::Filter => {
                engine.add_filter(definition.name, move |values: Rest<Value>| definition.call(&values, &codes));
            }
            Kind::Test => engine.add_test(definition.name, move |values: Rest<Value>| {
                definition.call(&values, &codes).map(|value| value.is_true())
            }),
            Kind::Function => {
                engine.add_function(definition.name, |state: &mut State<'_, '_>, _: Rest<Value>| {
                    state.set_temp(NO_DATA, Value::from(true));
                    Value::from(())
                });
            }
        }
    }
}

impl Definition {
    fn call(&self, values: &[Value], codes: &CodeLists) -> Result<Value, Error> {
        let (value, rest) = match values.split_first() {
            Some((value, rest)) => (value, rest),
            None => return Ok(Value::from(())),
        };
        if let Some(undefined) = values.iter().find(|value| value.is_undefined()) {
            // This error knows where the undefined value comes from.
            return undefined.get_attr("");
        }
        let most = if self.arguments.is_empty() { 0 } else { self.arguments.split(", ").count() };
        let arguments = Arguments { function: self.name, values: rest };
        if rest.len() > most {
            return Err(arguments.wrong().into());
        }
        let done = match self.run {
            Run::Any(run) => run(value, &arguments),
            Run::NoData => Ok(Value::from(())),
            _ => match printed(value)? {
                None => Ok(if self.kind == Kind::Test { Value::from(false) } else { Value::from(()) }),
                Some(text) => match self.run {
                    Run::Text(run) => run(&text),
                    Run::With(run) => run(&text, &arguments),
                    _ => code(&text, &arguments, codes),
                },
            },
        };
        Ok(done?)
    }
}

fn code(text: &str, arguments: &Arguments<'_>, codes: &CodeLists) -> Result<Value, Fault> {
    let table = arguments.required_text(0)?;
    let unknown = || Fault::new("template-table-unknown").with("name", &table).known(&table, codes.names());
    let list = codes.find(&table).ok_or_else(unknown)?;
    match (list.get(text.trim()), arguments.values.get(1)) {
        (Some(found), _) => Ok(Value::from(found)),
        (None, Some(otherwise)) => Ok(otherwise.clone()),
        (None, None) => Err(Fault::new("value-code").with("table", table)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bounds, CodeList, Setting, Template, Values};

    #[test]
    fn every_example_gives_what_its_line_says() {
        let mut codes = CodeLists::new();
        codes.insert("sex", CodeList::from([("1".to_owned(), "Мъж".to_owned()), ("2".to_owned(), "Жена".to_owned())]));
        let setting = Setting { codes: Arc::new(codes), ..Setting::default() };
        for definition in definitions() {
            let source = match definition.kind {
                Kind::Test => format!("<x>{{{{ 'true' if {} else 'false' }}}}</x>", definition.example),
                Kind::Filter => format!("<x>{{{{ {} }}}}</x>", definition.example),
                Kind::Function => format!("<x>{{% do {} %}}</x>", definition.example),
            };
            let template = Template::compile_with("example", &source, &setting).unwrap();
            let (out, _) = template
                .render_to_vec(&Values::new(), &Bounds::default())
                .unwrap_or_else(|error| panic!("{}: {error}", definition.example));
            let expected = format!("<x>{}</x>", definition.gives);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{}", definition.example);
        }
    }

    #[test]
    fn a_missing_value_stays_missing_through_every_conversion() {
        for definition in definitions().filter(|definition| !matches!(definition.run, Run::Any(_) | Run::NoData)) {
            let given = definition.call(&[Value::from(())], &CodeLists::new()).unwrap();
            assert!(!given.is_true(), "{}", definition.name);
        }
    }

    #[test]
    fn no_conversion_tells_the_value_that_it_refused() {
        let secret = "свършилата 7605239964 тайна";
        for definition in definitions() {
            for rest in [&[][..], &[Value::from("sex")][..]] {
                let values: Vec<Value> = [Value::from(secret)].into_iter().chain(rest.iter().cloned()).collect();
                if let Err(error) = definition.call(&values, &CodeLists::new()) {
                    let told = format!("{error} {error:?}");
                    assert!(!told.contains("7605239964") && !told.contains("тайна"), "{told}");
                }
            }
        }
    }
}
