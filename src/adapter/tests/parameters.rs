//! Parameters of packages: declared, put into the places of their names, set while the package serves.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use kapia_adapter::{
    Adapter, AdapterError, Answer, Author, Backend, Backends, Declaration, DirectoryFiles, Fault, Health, Implied,
    Message, Opened, Origin, Outcome, Package, PackagePath, ParameterChange, ParameterKind, ParameterStore,
    ParameterValue, Plan, Problem, Question, Section, Sensitive,
};
use kapia_xml::Limits;
use support::*;

const SECRET: &str = "тайна-61f0";

const DECLARED: &str = r#"
[parameters.word]
type = "text"
secret = true
description = { en = "the word", bg = "думата" }

[parameters.times]
type = "integer"
min = 1
max = 3
default = 1
description = { en = "how often", bg = "колко пъти" }

[parameters.pause]
type = "duration"
default = "1500ms"
description = { en = "how long", bg = "колко време" }

[parameters.colour]
type = "code"
codes = "colours"
default = "r"
description = { en = "colour", bg = "цвят" }

[parameters.strict]
type = "boolean"
default = false
description = { en = "whether", bg = "дали" }

[codes.colours]
r = "червен"
g = "зелен"
"#;

const SETTINGS: &str = r#"kind = "echo"
word = "{{ parameter.word }}"
times = "{{ parameter.times }}"
pause_ms = "{{ parameter.pause }}"
pause_seconds = "{{ parameter.pause }}"
strict = "{{ parameter.strict }}"
path = "/{{ parameter.colour }}/{{ parameter.times }}""#;

#[test]
fn a_mistake_in_a_declaration_is_told_with_its_line() {
    for (from, to, expected) in [
        ("type = \"text\"", "type = \"txt\"", "manifest-value"),
        ("[parameters.word]", "[parameters.\"1 word\"]", "parameter-name"),
        ("secret = true", "secret = true\ndefault = \"x\"", "parameter-default-secret"),
        ("secret = true", "secret = \"yes\"", "manifest-type"),
        ("secret = true", "hidden = true", "manifest-key-unknown"),
        ("default = 1", "default = 4", "parameter-default"),
        ("default = \"1500ms\"", "default = \"1500\"", "parameter-default"),
        ("min = 1", "min = 5", "parameter-range"),
        ("codes = \"colours\"", "codes = \"colors\"", "parameter-codes"),
        ("codes = \"colours\"", "codes = \"colours\"\nvalues = [\"r\"]", "parameter-values"),
        ("en = \"the word\", ", "", "manifest-key-missing"),
    ] {
        let problems = draft(SETTINGS).change("adapter.toml", from, to).read_echo().unwrap_err();
        let told: Vec<_> = problems.iter().map(|problem| (problem.code, problem.line.is_some())).collect();
        // What is missing then is told as well.
        assert!(told.contains(&(expected, true)), "{to}: {told:?}");
    }
}

#[test]
fn a_name_that_nothing_declares_and_an_expression_are_refused() {
    let undeclared = draft(&SETTINGS.replace("parameter.word", "parameter.wrod")).read_echo().unwrap_err();
    assert_eq!(codes(&undeclared), ["parameter-undeclared"]);
    assert!(undeclared[0].hint.en.contains("did you mean word"), "{}", undeclared[0].hint.en);
    let package = draft(&SETTINGS.replace("parameter.times }}\"\npause", "parameter.times|upper }}\"\npause"));
    let package = package.read_echo().unwrap();
    let error = set(&package, "word", SECRET).unwrap_err();
    assert_eq!(error.code, "parameter-refused");
    assert!(error.message.en.contains("`times`"), "{}", error.message.en);
}

#[test]
fn a_secret_stands_only_where_nobody_shows_it() {
    for key in ["path = \"/{{ parameter.colour }}/{{ parameter.times }}\"", "times = \"{{ parameter.times }}\""] {
        let (name, _) = key.split_once(' ').unwrap();
        let settings = SETTINGS.replace(key, &format!("{name} = \"{{{{ parameter.word }}}}\""));
        let package = draft(&settings).read_echo().unwrap();
        let error = set(&package, "word", SECRET).unwrap_err();
        assert_eq!(error.code, "parameter-refused");
        assert!(error.message.en.contains(&format!("`{name}`")), "{}", error.message.en);
        assert!(!format!("{error:?}").contains(SECRET));
    }
}

#[tokio::test]
async fn values_stand_in_the_places_of_their_names_with_the_type_of_the_key() {
    let package = draft(SETTINGS).read_echo().unwrap();
    set(&package, "word", SECRET).unwrap();
    assert_eq!(told(&package).await, format!("{SECRET}|1|1500|2|false|/r/1|in_clear=false"));
    for (name, value) in [("times", " 3 "), ("pause", "2m"), ("colour", "g"), ("strict", "true")] {
        set(&package, name, value).unwrap();
    }
    assert_eq!(told(&package).await, format!("{SECRET}|3|120000|120|true|/g/3|in_clear=false"));
}

#[tokio::test]
async fn a_package_without_a_value_that_it_needs_is_served_and_says_so_until_it_is_set() {
    let package = draft(SETTINGS).read_echo().unwrap();
    let note = &package.notes[0].problem;
    assert_eq!((note.code, note.line.is_some()), ("parameter-unset", true));
    let error = ask_number(&package, "1").await.unwrap_err();
    assert_eq!((error.code, error.side), ("parameter-unset", Fault::Gateway));
    assert!(error.message.en.ends_with(": word") && error.message.bg.ends_with(": word"));
    assert!(matches!(package.adapter.health().await, Health::Down(_)));
    set(&package, "word", SECRET).unwrap();
    assert!(told(&package).await.starts_with(SECRET));
    assert_eq!(package.adapter.health().await, Health::Up);
}

#[tokio::test]
async fn a_value_that_cannot_be_used_changes_nothing() {
    let package = draft(SETTINGS).read_echo().unwrap();
    set(&package, "word", SECRET).unwrap();
    for (name, value, code) in [
        ("times", "4", "parameter-value"),
        ("times", "many", "parameter-value"),
        ("colour", "blue", "parameter-value"),
        ("word", "", "parameter-value"),
        // The backend itself does not want this one.
        ("word", "unwanted", "parameter-refused"),
        ("nothing", "1", "parameter-unknown"),
    ] {
        let error = set(&package, name, value).unwrap_err();
        assert_eq!(error.code, code, "{name}");
        assert!(value.len() < 4 || !format!("{error:?}").contains(value), "{error:?}");
    }
    assert!(told(&package).await.starts_with(&format!("{SECRET}|1|")));
}

#[tokio::test]
async fn lists_mask_secrets_and_tell_where_values_come_from() {
    let package = draft(SETTINGS).read_echo().unwrap();
    let parameters = package.parameters.as_ref().unwrap();
    let origin = |name: &str| {
        let standings = parameters.standings();
        let found = standings.iter().find(|standing| standing.declaration.name == name).unwrap();
        (found.origin, found.shown.clone())
    };
    assert_eq!(origin("word"), (Origin::Nowhere, None));
    set(&package, "word", SECRET).unwrap();
    set(&package, "times", "2").unwrap();
    assert_eq!(origin("word"), (Origin::Set, None));
    assert_eq!(origin("times"), (Origin::Set, Some("2".to_owned())));
    assert_eq!(origin("colour"), (Origin::Package, Some("r".to_owned())));
    let listed = package.adapter.parameters().await.unwrap();
    assert_eq!((listed[0].key.as_str(), &listed[0].value), ("word", &ParameterValue::Secret));
    assert_eq!((listed[0].description.as_str(), listed.len()), ("думата", 6));
    for shown in [format!("{listed:?}"), format!("{parameters:?}"), format!("{:?}", parameters.standings())] {
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn what_the_backend_has_by_itself_takes_the_place_of_its_keys() {
    let settings = SETTINGS.replace("word = \"{{ parameter.word }}\"", "word_file = \"word.txt\"");
    let package = draft(&settings).file("word.txt", "от файл").read_echo().unwrap();
    set(&package, "word", "declared but not used").unwrap();
    assert!(told(&package).await.starts_with("от файл|"));
    set(&package, "Word", SECRET).unwrap();
    assert!(told(&package).await.starts_with(&format!("{SECRET}|")));
    package.parameters.as_ref().unwrap().set("Word", None, &Author::default()).unwrap();
    assert!(told(&package).await.starts_with("от файл|"));
}

#[tokio::test]
async fn files_are_those_of_the_reading_of_the_package_however_often_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let settings = SETTINGS.replace("word = \"{{ parameter.word }}\"", "word_file = \"word.txt\"");
    draft(&settings).file("word.txt", "преди").0.write_to(folder.path());
    let files = DirectoryFiles::open(folder.path()).unwrap();
    let package = Package::read_with(&files, &backends()).unwrap();
    drop(files);
    set(&package, "word", "x").unwrap();
    assert!(told(&package).await.starts_with("преди|"));
    std::fs::write(folder.path().join("word.txt"), "след").unwrap();
    set(&package, "times", "2").unwrap();
    assert!(told(&package).await.starts_with("преди|2|"));
}

#[tokio::test]
async fn what_is_set_is_kept_with_who_and_why_and_what_others_set_is_taken_over() {
    let store = Arc::new(Kept::default());
    let backends = backends().with_parameters(Arc::clone(&store) as Arc<dyn ParameterStore>);
    let package = Package::read_with(&draft(SETTINGS).0.files(), &backends).unwrap();
    let parameters = package.parameters.as_ref().unwrap();
    let author = Author { who: "anna".to_owned(), why: "rotation".to_owned() };
    parameters.set("word", Some(&Sensitive::new(SECRET)), &author).unwrap();
    assert_eq!(store.log.lock().unwrap().last().unwrap(), "vehicles/word secret=true by anna: rotation");
    assert!(!parameters.refresh().unwrap(), "nothing is new");

    store.values.lock().unwrap().insert("times".to_owned(), "2".to_owned());
    assert!(parameters.refresh().unwrap());
    assert!(told(&package).await.starts_with(&format!("{SECRET}|2|")));
    store.values.lock().unwrap().insert("word".to_owned(), "unwanted".to_owned());
    let error = parameters.refresh().unwrap_err();
    assert_eq!(error.code, "parameter-refused");
    assert!(error.message.en.contains("of word"), "{}", error.message.en);
    assert!(told(&package).await.starts_with(&format!("{SECRET}|2|")), "what served goes on serving");

    // A value of an earlier package that has another type now.
    store.values.lock().unwrap().extend([("word".to_owned(), "ok".to_owned()), ("times".to_owned(), "9".to_owned())]);
    let again = Package::read_with(&draft(SETTINGS).0.files(), &backends).unwrap();
    assert_eq!(again.notes[0].problem.code, "parameter-unfit");
    assert_eq!(ask_number(&again, "1").await.unwrap_err().code, "parameter-unset");

    *store.broken.lock().unwrap() = true;
    assert_eq!(set(&package, "times", "1").unwrap_err().code, "store-broken");
    assert!(told(&package).await.starts_with(&format!("{SECRET}|2|")));
    let error = Package::read_with(&draft(SETTINGS).0.files(), &backends).unwrap_err();
    assert_eq!(codes(&error.problems), ["store-broken"]);
}

// What the tests are made of.

/// A backend that answers with its settings.
struct Echo;

struct EchoAdapter(String);

impl Backend for Echo {
    fn kind(&self) -> &'static str {
        "echo"
    }

    fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut keys = plan.settings.keys(&mut problems);
        keys.text("kind");
        let word = keys.secret("word");
        let file = keys.text("word_file");
        let times = keys.number("times", 0..=9).map(|it| it.value);
        let pause = keys.number("pause_ms", 0..=1_000_000).map(|it| it.value);
        let seconds = keys.number("pause_seconds", 0..=1_000_000).map(|it| it.value);
        let strict = keys.flag("strict").map(|it| it.value);
        let path = keys.text("path").map(|it| it.value);
        keys.finish();
        if word.as_ref().is_some_and(|word| word.value.reveal() == "unwanted") {
            let cause = Message::new("the word is not wanted", "думата не е желана");
            problems.push(Problem { code: "echo", file: None, line: None, cause: cause.clone(), hint: cause });
        }
        let of_file = file.map(|named| {
            let read = plan.files.read(&PackagePath::parse(&named.value).unwrap()).unwrap();
            String::from_utf8(read.bytes.to_vec()).unwrap()
        });
        let in_clear = word.as_ref().is_some_and(|word| word.in_clear);
        let word = word.map(|word| word.value.reveal().to_owned()).or(of_file);
        if !problems.is_empty() {
            return Err(problems);
        }
        let told = format!(
            "{}|{}|{}|{}|{}|{}|in_clear={in_clear}",
            word.unwrap(),
            times.unwrap(),
            pause.unwrap(),
            seconds.unwrap(),
            strict.unwrap(),
            path.unwrap()
        );
        Ok(Opened { adapter: Arc::new(EchoAdapter(told)), refused: Vec::new(), notes: Vec::new() })
    }

    fn implied(&self, _settings: &Section) -> Vec<Implied> {
        let declaration = Declaration {
            name: "Word".to_owned(),
            kind: ParameterKind::Text,
            secret: true,
            default: None,
            about: Message::new("the word", "думата"),
            line: 0,
        };
        vec![Implied { declaration, key: "word", instead_of: &["word_file"] }]
    }
}

#[async_trait::async_trait]
impl Adapter for EchoAdapter {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        let octets = format!(
            r#"<VehicleResponse xmlns="urn:example:vehicle:response"><Model>{}</Model></VehicleResponse>"#,
            self.0
        );
        Answer::read(octets, Outcome::Data, question.operation, &Limits::default())
    }

    async fn health(&self) -> Health {
        Health::Up
    }
}

/// A store in memory that writes down who set what.
#[derive(Default)]
struct Kept {
    values: Mutex<BTreeMap<String, String>>,
    log: Mutex<Vec<String>>,
    broken: Mutex<bool>,
}

impl Kept {
    fn check(&self) -> Result<(), AdapterError> {
        let message = Message::new("broken", "счупено");
        let error = AdapterError {
            side: Fault::Gateway,
            code: "store-broken",
            retryable: false,
            hint: message.clone(),
            message,
        };
        if *self.broken.lock().unwrap() { Err(error) } else { Ok(()) }
    }
}

impl ParameterStore for Kept {
    fn values(&self, _package: &str) -> Result<BTreeMap<String, Sensitive>, AdapterError> {
        self.check()?;
        let values = self.values.lock().unwrap();
        Ok(values.iter().map(|(name, value)| (name.clone(), Sensitive::new(value.as_str()))).collect())
    }

    fn put(&self, package: &str, change: &ParameterChange<'_>) -> Result<(), AdapterError> {
        self.check()?;
        let ParameterChange { name, value, secret, author } = change;
        let line = format!("{package}/{name} secret={secret} by {}: {}", author.who, author.why);
        self.log.lock().unwrap().push(line);
        let mut values = self.values.lock().unwrap();
        match value {
            Some(value) => values.insert((*name).to_owned(), value.reveal().to_owned()),
            None => values.remove(*name),
        };
        Ok(())
    }
}

struct EchoDraft(Draft);

fn draft(settings: &str) -> EchoDraft {
    let draft = Draft::new().change("adapter.toml", "kind = \"sample\"", &format!("{settings}\n{DECLARED}"));
    EchoDraft(draft)
}

impl EchoDraft {
    fn change(self, path: &str, from: &str, to: &str) -> EchoDraft {
        EchoDraft(self.0.change(path, from, to))
    }

    fn file(self, path: &str, content: &str) -> EchoDraft {
        EchoDraft(self.0.file(path, content))
    }

    fn read_echo(&self) -> Result<Package, Vec<Problem>> {
        Package::read_with(&self.0.files(), &backends()).map_err(|error| error.problems)
    }
}

fn backends() -> Backends {
    Backends::standard().with(Box::new(Echo))
}

fn set(package: &Package, name: &str, value: &str) -> Result<(), AdapterError> {
    package.parameters.as_ref().unwrap().set(name, Some(&Sensitive::new(value)), &Author::default())
}

async fn told(package: &Package) -> String {
    let answer = ask_number(package, "1").await.unwrap();
    answer.document().root().children().next().unwrap().text().into_owned()
}

fn codes(problems: &[Problem]) -> Vec<&'static str> {
    problems.iter().map(|problem| problem.code).collect()
}
