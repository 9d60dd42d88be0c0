//! Templates: those inside the program, and those of a site in front of them.

use crate::assets::TEMPLATES;
use crate::problem::{Fault, Reason, Trouble};
use crate::text;
use crate::xhtml;
use kapia_language::Language;
use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};
use std::collections::BTreeMap;

/// Under this prefix the templates of the program are always found, so that a site can extend what it replaces.
const OURS: &str = "kapia/";
/// Steps of the engine in one page: some hundred times what the longest page needs.
const STEPS: u64 = 20_000_000;

/// The templates of a site, or of the program alone.
pub(crate) struct Engine {
    environment: Environment<'static>,
}

/// A template that a site may not use.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Broken {
    /// Its file.
    pub name: String,
    /// Where in it, from 1.
    pub line: Option<usize>,
    /// Why.
    pub trouble: Trouble,
}

impl Engine {
    /// The templates of the program.
    pub fn ours() -> Engine {
        Engine::with(&BTreeMap::new()).unwrap_or_else(|_| Engine { environment: base() })
    }

    /// The same with those of a site in front of them; what does not parse is an error.
    fn with(overrides: &BTreeMap<String, String>) -> Result<Engine, Broken> {
        let mut environment = base();
        for (name, source) in TEMPLATES {
            let ours = environment.add_template_owned(format!("{OURS}{name}"), *source);
            ours.and_then(|()| environment.add_template_owned(*name, *source)).map_err(|error| broken(&error, name))?;
        }
        for (name, source) in overrides {
            environment.add_template_owned(name.clone(), source.clone()).map_err(|error| broken(&error, name))?;
        }
        Ok(Engine { environment })
    }

    /// The templates of a site as far as they are good, tried with specimens of every page; the others, and why.
    pub fn of_site(mut overrides: BTreeMap<String, String>, specimens: &[(&str, Value)]) -> (Engine, Vec<Broken>) {
        let mut refused = Vec::new();
        overrides.retain(|name, _| {
            let known = TEMPLATES.iter().any(|(ours, _)| ours == name);
            if !known {
                let names = TEMPLATES.iter().map(|(ours, _)| *ours);
                let near = kapia_language::near_names(name, names).join(", ");
                refused.push(Broken { name: name.clone(), line: None, trouble: Trouble::Unknown { near } });
            }
            known
        });
        loop {
            match Engine::with(&overrides).and_then(|engine| engine.tried(specimens).map(|()| engine)) {
                Ok(engine) => return (engine, refused),
                // What is at fault goes; if that cannot be told, all go.
                Err(broken) if overrides.remove(&broken.name).is_some() => refused.push(broken),
                Err(broken) if overrides.is_empty() => {
                    refused.push(broken);
                    return (Engine::ours(), refused);
                }
                Err(broken) => {
                    for name in std::mem::take(&mut overrides).into_keys() {
                        let Trouble::Fails(reason) = broken.trouble.clone() else { continue };
                        let trouble = Trouble::Together { file: broken.name.clone(), reason };
                        refused.push(Broken { name, line: broken.line, trouble });
                    }
                }
            }
        }
    }

    fn tried(&self, specimens: &[(&str, Value)]) -> Result<(), Broken> {
        for (name, context) in specimens {
            self.render(name, context.clone())?;
        }
        Ok(())
    }

    /// A page.
    pub fn render(&self, name: &str, context: Value) -> Result<String, Broken> {
        let template = self.environment.get_template(name).map_err(|error| broken(&error, name))?;
        template.render(context).map_err(|error| broken(&error, name))
    }
}

/// The innermost error: it knows the file and the line that are at fault.
fn broken(error: &Error, asked: &str) -> Broken {
    let mut innermost = error;
    let mut fault = None;
    let mut source: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(inner) = inner.downcast_ref::<Error>().filter(|inner| inner.name().is_some()) {
            innermost = inner;
        }
        fault = inner.downcast_ref::<Fault>().or(fault);
        source = inner.source();
    }
    let reason = match fault {
        Some(fault) => Reason::Ours(fault.clone()),
        None => Reason::Engine { kind: innermost.kind(), detail: innermost.detail().map(str::to_owned) },
    };
    let name = innermost.name().unwrap_or(asked).to_owned();
    Broken { name, line: innermost.line(), trouble: Trouble::Fails(reason) }
}

fn base() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // Only so do errors know the line.
    environment.set_debug(true);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(STEPS));
    environment.set_recursion_limit(60);
    environment.set_formatter(|out, _, value| {
        if value.is_undefined() || value.is_none() {
            return Err(failed(ErrorKind::UndefinedError, Fault::Value));
        }
        let text = value.to_string();
        if value.is_safe() {
            return Ok(out.write_str(&text)?);
        }
        let mut escaped = String::with_capacity(text.len());
        xhtml::escape(&text, &mut escaped);
        Ok(out.write_str(&escaped)?)
    });
    environment.add_filter("sentence", |text: &str| match text.chars().last() {
        Some('.' | '!' | '?' | '…' | ':') | None => text.to_owned(),
        _ => format!("{text}."),
    });
    environment.add_function("t", translate);
    environment.add_function("n", number_of);
    environment
}

/// `t("key", name=value…)`: the text in the language of the page.
fn translate(state: &State, key: &str, values: Kwargs) -> Result<String, Error> {
    let language = language(state)?;
    known(key)?;
    let mut pairs: Vec<(String, String)> = Vec::new();
    for name in values.args() {
        pairs.push((name.to_owned(), values.get::<Value>(name)?.to_string()));
    }
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(text::say(key, language, &pairs))
}

/// `n("services", 3)`: so many things.
fn number_of(state: &State, key: &str, number: u64) -> Result<String, Error> {
    known(&format!("{key}-many"))?;
    Ok(text::count(key, language(state)?, number))
}

fn known(key: &str) -> Result<(), Error> {
    match text::WORDS.find(key) {
        Some(_) => Ok(()),
        None => {
            let near = kapia_language::near_names(key, text::WORDS.0.iter().map(|entry| entry.code)).join(", ");
            Err(failed(ErrorKind::InvalidOperation, Fault::Text { key: key.to_owned(), near }))
        }
    }
}

fn failed(kind: ErrorKind, fault: Fault) -> Error {
    Error::new(kind, fault.to_string()).with_source(fault)
}

fn language(state: &State) -> Result<Language, Error> {
    match state.lookup("lang").as_ref().and_then(Value::as_str) {
        Some("bg") => Ok(Language::Bulgarian),
        Some("en") => Ok(Language::English),
        _ => Err(failed(ErrorKind::InvalidOperation, Fault::Language)),
    }
}
