//! The parameters of one package while it serves: their values, where these stand, and the backend that was opened with them.

mod recipe;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use async_trait::async_trait;

use crate::adapter::{Adapter, Answer, Health, Question, Sensitive};
use crate::advice::Advice;
use crate::declaration::{Declaration, Implied};
use crate::failure::{AdapterError, Fault};
use crate::long::{Room, Told};
use crate::message::{Bilingual as _, Message, fill};
use crate::names::FullName;
use crate::parameter::{Parameter, ParameterValue, ParameterValues};
use crate::problem::{Notice, Problem, RefusedOperation};
use crate::trouble::Trouble;
pub(crate) use recipe::{Recipe, Recording};

/// Where the values stand that people have set.
pub trait ParameterStore: Send + Sync {
    /// The values that are set for a package now, by the names of its parameters.
    fn values(&self, package: &str) -> Result<BTreeMap<String, Sensitive>, AdapterError>;

    /// Makes a change durable; when this returns, it is.
    fn put(&self, package: &str, change: &ParameterChange<'_>) -> Result<(), AdapterError>;
}

/// A change of one parameter.
#[derive(Clone, Copy, Debug)]
pub struct ParameterChange<'c> {
    /// The parameter.
    pub name: &'c str,
    /// The new value; `None`: the default again.
    pub value: Option<&'c Sensitive>,
    /// Whether the value must be sealed.
    pub secret: bool,
    /// Who changes it.
    pub author: &'c Author,
}

/// Who changes something, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// Who, as far as it is known.
    pub who: String,
    /// Why; may be empty.
    pub why: String,
}

/// The parameters of one package.
pub struct Parameters {
    package: String,
    declared: Vec<Declaration>,
    implied: Vec<Implied>,
    recipe: Recipe,
    store: Option<Arc<dyn ParameterStore>>,
    now: RwLock<Now>,
    /// One change at a time: each begins with what the last one left.
    changing: Mutex<()>,
}

/// What serves now.
struct Now {
    /// What is set.
    set: BTreeMap<String, Sensitive>,
    serving: Serving,
}

#[derive(Clone)]
enum Serving {
    Open(Arc<dyn Adapter>),
    /// It cannot be opened until somebody sets something.
    Waiting(AdapterError),
}

/// A parameter and where its value comes from, for people.
#[derive(Clone, Debug)]
pub struct ParameterStanding<'p> {
    /// The parameter.
    pub declaration: &'p Declaration,
    /// The value, unless it is a secret or there is none.
    pub shown: Option<String>,
    /// Where the value comes from.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Somebody has set it.
    Set,
    /// It is the default, or stands in `[backend]`.
    Package,
    /// There is none.
    Nowhere,
}

/// What came of opening a package that has parameters.
pub(crate) struct OpenedWithParameters {
    pub parameters: Parameters,
    pub refused: Vec<RefusedOperation>,
    pub notes: Vec<Notice>,
}

impl Parameters {
    /// Reads the values and opens the backend with them; `None` as notes' operation: they concern the package.
    pub(crate) fn open(
        package: &str,
        declared: Vec<Declaration>,
        implied: Vec<Implied>,
        recipe: Recipe,
        store: Option<Arc<dyn ParameterStore>>,
        files: &Recording<'_>,
    ) -> Result<OpenedWithParameters, Vec<Problem>> {
        let set = match &store {
            Some(store) => store.values(package).map_err(|error| vec![of_error(&error)])?,
            None => BTreeMap::new(),
        };
        let implied: Vec<Implied> = implied
            .into_iter()
            .filter(|implied| declared.iter().all(|declared| declared.name != implied.declaration.name))
            .collect();
        let mut parameters = Parameters {
            package: package.to_owned(),
            declared,
            implied,
            recipe,
            store,
            now: RwLock::new(Now { set: BTreeMap::new(), serving: Serving::Waiting(unset(&[])) }),
            changing: Mutex::new(()),
        };
        let (serving, refused, notes) = match parameters.values(&set) {
            Ok(values) => {
                let opened = parameters.recipe.open(&parameters.implied, &set, &values, files)?;
                (Serving::Open(opened.adapter), opened.refused, opened.notes)
            }
            Err(lacking) => {
                let notes = lacking.iter().map(|lack| Notice { operation: None, problem: lack.problem() }).collect();
                (Serving::Waiting(unset(&lacking)), Vec::new(), notes)
            }
        };
        parameters.now = RwLock::new(Now { set, serving });
        Ok(OpenedWithParameters { parameters, refused, notes })
    }

    /// All parameters, in the order of `adapter.toml`, then those of the backend.
    pub fn standings(&self) -> Vec<ParameterStanding<'_>> {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        let declared = self.declared.iter().map(|declared| (declared, declared.default.as_deref()));
        let implied = self.implied.iter().map(|implied| {
            let written = self.recipe.settings.peek(implied.key);
            (&implied.declaration, written.or(implied.declaration.default.as_deref()))
        });
        let standing = |(declaration, default): (&'_ Declaration, Option<&str>)| {
            let set = now.set.get(&declaration.name).map(Sensitive::reveal);
            let shown = set.or(default).filter(|_| !declaration.secret).map(str::to_owned);
            (
                shown,
                match (set, default) {
                    (Some(_), _) => Origin::Set,
                    (None, Some(_)) => Origin::Package,
                    (None, None) => Origin::Nowhere,
                },
            )
        };
        declared
            .chain(implied)
            .map(|(declaration, default)| {
                let (shown, origin) = standing((declaration, default));
                ParameterStanding { declaration, shown, origin }
            })
            .collect()
    }

    /// The parameter of this name.
    pub fn find(&self, name: &str) -> Result<&Declaration, AdapterError> {
        let all = || self.declared.iter().chain(self.implied.iter().map(|implied| &implied.declaration));
        all().find(|declared| declared.name == name).ok_or_else(|| {
            let mut error = Parameter::unknown(name);
            error.hint = Advice::about(name, all().map(|declared| declared.name.as_str())).message();
            error
        })
    }

    /// Sets a parameter, or takes what was set away: a value that the backend cannot be opened with changes nothing.
    pub fn set(&self, name: &str, value: Option<&Sensitive>, author: &Author) -> Result<(), AdapterError> {
        let declared = self.find(name)?;
        let value = match value {
            Some(written) => {
                Some(Sensitive::new(declared.kind.check(written.reveal()).map_err(|rule| wrong_value(name, &rule))?))
            }
            None => None,
        };
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut set = self.stored()?;
        match &value {
            Some(value) => set.insert(name.to_owned(), value.clone()),
            None => set.remove(name),
        };
        let serving = self.serving_with(&set).map_err(|problem| refused(name, &problem))?;
        if let Some(store) = &self.store {
            let change = ParameterChange { name, value: value.as_ref(), secret: declared.secret, author };
            store.put(&self.package, &change)?;
        }
        self.replace(Now { set, serving });
        Ok(())
    }

    /// Takes over what the store says now; whether anything was different. What serves goes on serving if it cannot be.
    pub fn refresh(&self) -> Result<bool, AdapterError> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let set = self.stored()?;
        if self.now.read().unwrap_or_else(PoisonError::into_inner).set == set {
            return Ok(false);
        }
        let serving = self.serving_with(&set).map_err(|problem| refused(&self.changed(&set), &problem))?;
        self.replace(Now { set, serving });
        Ok(true)
    }

    /// Lets the backend go, with its connections: whoever still asks gets this error.
    pub fn close(&self, error: AdapterError) {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.now.write().unwrap_or_else(PoisonError::into_inner).serving = Serving::Waiting(error);
    }

    /// The names of the parameters that have other values than now.
    fn changed(&self, set: &BTreeMap<String, Sensitive>) -> String {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        let names = set.keys().chain(now.set.keys()).filter(|name| set.get(*name) != now.set.get(*name));
        names.collect::<std::collections::BTreeSet<_>>().into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    fn stored(&self) -> Result<BTreeMap<String, Sensitive>, AdapterError> {
        match &self.store {
            Some(store) => store.values(&self.package),
            None => Ok(self.now.read().unwrap_or_else(PoisonError::into_inner).set.clone()),
        }
    }

    fn serving_with(&self, set: &BTreeMap<String, Sensitive>) -> Result<Serving, Problem> {
        let values = match self.values(set) {
            Ok(values) => values,
            Err(lacking) => return Ok(Serving::Waiting(unset(&lacking))),
        };
        let opened = self.recipe.open_again(&self.implied, set, &values).map_err(|mut problems| {
            problems.truncate(1);
            problems.pop().unwrap_or_else(|| Trouble::NoOperations {}.into())
        })?;
        Ok(Serving::Open(opened))
    }

    fn replace(&self, next: Now) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = next;
    }

    fn serving(&self) -> Serving {
        self.now.read().unwrap_or_else(PoisonError::into_inner).serving.clone()
    }

    /// The values of all declared parameters, or those that lack one.
    fn values(&self, set: &BTreeMap<String, Sensitive>) -> Result<ParameterValues, Vec<Lack>> {
        let (mut values, mut lacking) = (ParameterValues::default(), Vec::new());
        let lack = |declared: &Declaration, rule| Lack { name: declared.name.clone(), line: declared.line, rule };
        for declared in &self.declared {
            let given = set.get(&declared.name).map(Sensitive::reveal).or(declared.default.as_deref());
            match given.map(|given| declared.kind.check(given)) {
                Some(Ok(value)) => values.insert(declared, Sensitive::new(value)),
                Some(Err(rule)) => lacking.push(lack(declared, Some(rule))),
                None => lacking.push(lack(declared, None)),
            }
        }
        for declared in self.implied.iter().map(|implied| &implied.declaration) {
            if let Some(Err(rule)) = set.get(&declared.name).map(|given| declared.kind.check(given.reveal())) {
                lacking.push(lack(declared, Some(rule)));
            }
        }
        if lacking.is_empty() { Ok(values) } else { Err(lacking) }
    }
}

#[async_trait]
impl Adapter for Parameters {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        match self.serving() {
            Serving::Open(adapter) => adapter.ask(question).await,
            Serving::Waiting(error) => Err(error),
        }
    }

    async fn ask_at_length(&self, question: Question<'_>, room: &Room) -> Result<Told, AdapterError> {
        match self.serving() {
            Serving::Open(adapter) => adapter.ask_at_length(question, room).await,
            Serving::Waiting(error) => Err(error),
        }
    }

    async fn health(&self) -> Health {
        match self.serving() {
            Serving::Open(adapter) => adapter.health().await,
            Serving::Waiting(error) => Health::Down(error.message),
        }
    }

    async fn parameters(&self) -> Result<Vec<Parameter>, AdapterError> {
        let listed = |standing: ParameterStanding<'_>| Parameter {
            key: standing.declaration.name.clone(),
            description: standing.declaration.about.bg.to_string(),
            value: match standing.declaration.secret {
                true => ParameterValue::Secret,
                false => ParameterValue::Shown(standing.shown.unwrap_or_default()),
            },
        };
        let mut all: Vec<Parameter> = self.standings().into_iter().map(listed).collect();
        if let Serving::Open(adapter) = self.serving() {
            let further = adapter.parameters().await?;
            let further = further.into_iter().filter(|one| self.find(&one.key).is_err());
            all.extend(further.collect::<Vec<_>>());
        }
        Ok(all)
    }

    async fn set_parameter(&self, key: &str, value: &Sensitive) -> Result<(), AdapterError> {
        if self.find(key).is_ok() {
            return self.set(key, Some(value), &Author::default());
        }
        match self.serving() {
            Serving::Open(adapter) => adapter.set_parameter(key, value).await,
            Serving::Waiting(_) => Err(Parameter::unknown(key)),
        }
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Parameters({}: {} declared)", self.package, self.declared.len())
    }
}

/// A parameter without a value that could be used.
struct Lack {
    name: String,
    line: u32,
    rule: Option<Message>,
}

impl Lack {
    fn problem(&self) -> Problem {
        let name = self.name.clone();
        let trouble = match &self.rule {
            None => Trouble::ParameterUnset { name },
            Some(rule) => Trouble::ParameterUnfit { name, rule: rule.clone() },
        };
        Problem::from(trouble).at("adapter.toml", Some(self.line).filter(|line| *line > 0))
    }
}

fn unset(lacking: &[Lack]) -> AdapterError {
    let names = lacking.iter().map(|lack| lack.name.as_str()).collect::<Vec<_>>().join(", ");
    AdapterError {
        side: Fault::Gateway,
        code: "parameter-unset",
        retryable: false,
        message: fill(
            "the adapter lacks values of its parameters: {names}",
            "на адаптера липсват стойности на параметри: {names}",
            &[("names", &names)],
        ),
        hint: Message::new(
            "whoever runs the gate sets them with `kapia adapter parameter set`",
            "който поддържа шлюза, ги задава с `kapia adapter parameter set`",
        ),
    }
}

fn wrong_value(name: &str, rule: &Message) -> AdapterError {
    let name = name.to_owned();
    AdapterError {
        side: Fault::Client,
        code: "parameter-value",
        retryable: false,
        message: fill(
            "the value of parameter {name} does not follow its rule",
            "стойността на параметъра {name} не отговаря на правилото си",
            &[("name", &name)],
        ),
        hint: fill("{name} is {rule}", "{name} е {rule}", &[("name", &name), ("rule", rule)]),
    }
}

fn refused(name: &str, problem: &Problem) -> AdapterError {
    let (name, cause) = (name.to_owned(), problem.cause.clone());
    AdapterError {
        side: Fault::Client,
        code: "parameter-refused",
        retryable: false,
        message: fill(
            "the adapter cannot be opened with this value of {name}: {cause}",
            "адаптерът не може да се отвори с тази стойност на {name}: {cause}",
            &[("name", &name), ("cause", &cause)],
        ),
        hint: problem.hint.clone(),
    }
}

fn of_error(error: &AdapterError) -> Problem {
    Problem { code: error.code, file: None, line: None, cause: error.message.clone(), hint: error.hint.clone() }
}

/// Names of operations, for comparing what is refused before and after a change.
pub(crate) fn names_of(refused: &[RefusedOperation]) -> Vec<FullName> {
    refused.iter().map(|refused| refused.name.clone()).collect()
}
