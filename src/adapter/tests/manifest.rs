//! What `adapter.toml` says, and how its mistakes are told.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};

use kapia_adapter::{
    Adapter, AdapterError, Answer, Backend, Backends, Health, Opened, Outcome, Package, Plan, Problem, Question,
};
use kapia_xml::Limits;
use support::{Draft, GET_OWNER, GET_VEHICLE, ask_number, operation};

#[test]
fn a_package_is_what_its_manifest_says() {
    let package = Draft::new().read().unwrap();
    assert_eq!(package.name, "vehicles");
    assert_eq!(package.administration.as_deref(), Some("Агенция за примери"));
    assert_eq!(package.register.as_deref(), Some("Регистър на превозните средства"));
    assert_eq!(package.backend, "sample");
    assert!(package.refused.is_empty() && package.notes.is_empty(), "{:?} {:?}", package.refused, package.notes);

    let vehicle = operation(&package, GET_VEHICLE);
    assert_eq!(vehicle.description, "Справка за превозно средство");
    assert_eq!(vehicle.request.root.to_string(), "{urn:example:vehicle:request}VehicleRequest");
    assert_eq!(vehicle.request.schema_file, "XMLSchemas/VehicleRequest.xsd");
    assert_eq!(vehicle.request.sample.as_ref().unwrap().file, "XMLSamples/VehicleRequest.xml");
    assert_eq!(&*vehicle.metadata.as_ref().unwrap().bytes, b"<AdapterOperation/>");
    assert_eq!(vehicle.response.fields.resolve("Model").unwrap().documentation(), Some("Модел"));

    let owner = operation(&package, GET_OWNER);
    assert_eq!(owner.response.root.to_string(), "OwnerResponse");
    assert!(owner.metadata.is_none() && owner.request.sample.is_none());
}

#[test]
fn every_mistake_has_a_name_and_a_line() {
    let cases = [
        ("name = \"vehicles\"", "name = vehicles", "manifest-syntax", 1),
        ("name = \"vehicles\"", "nome = \"vehicles\"", "manifest-key-missing", 1),
        ("name = \"vehicles\"", "name = 7", "manifest-type", 1),
        ("name = \"vehicles\"", "name = \" \"", "manifest-empty", 1),
        ("name = \"vehicles\"", "name = \"../vehicles\"", "manifest-package-name", 1),
        ("register = ", "registry = ", "manifest-key-unknown", 3),
        ("[backend]\nkind = \"sample\"", "", "manifest-key-missing", 1),
        ("kind = \"sample\"", "", "manifest-key-missing", 5),
        ("kind = \"sample\"", "kind = \"sampel\"", "backend-unknown", 6),
        ("kind = \"sample\"", "kind = \"sample\"\ndelay = 5", "manifest-key-unknown", 7),
        ("request = \"VehicleRequest.xsd\"\n", "", "manifest-key-missing", 8),
        ("IVehicleAPI.GetVehicle\"", "IVehicleAPI.Get Vehicle\"", "manifest-operation-name", 9),
        ("description", "descripton", "manifest-key-unknown", 10),
        ("{urn:example:vehicle:request}VehicleRequest", "{urn:example:vehicle:request}", "manifest-root", 12),
        ("IVehicleAPI.GetOwner", "IVehicleAPI.GetVehicle", "manifest-operation-twice", 19),
    ];
    for (from, to, code, line) in cases {
        let refusal = Draft::new().change("adapter.toml", from, to).refusal();
        assert!(refusal.contains(&(code, Some(line))), "{to:?}: {refusal:?}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_in_both_languages() {
    let draft = Draft::new().change("adapter.toml", "register = ", "registry = ").change(
        "adapter.toml",
        "response_root = \"OwnerResponse\"",
        "response_root = \"Owner Response\"",
    );
    let error = draft.read().unwrap_err();
    assert_eq!(
        error.problems.iter().map(|problem| problem.code).collect::<Vec<_>>(),
        ["manifest-key-unknown", "manifest-root"]
    );
    let english = error.to_string();
    assert!(
        english.contains(
            "adapter.toml:3: adapter.toml has a key `registry` that is not known here\nhint: did you mean register"
        ),
        "{english}"
    );
    let bulgarian = error.bulgarian();
    assert!(
        bulgarian.contains(
            "adapter.toml:3: в adapter.toml има непознат ключ `registry`\nсъвет: може би имахте предвид register"
        ),
        "{bulgarian}"
    );
}

#[test]
fn an_unknown_backend_names_the_known_ones() {
    let error = Draft::new().change("adapter.toml", "kind = \"sample\"", "kind = \"sql\"").read().unwrap_err();
    assert_eq!(&*error.problems[0].hint.en, "kinds that this build knows: sample");
}

#[test]
fn a_folder_without_manifest_is_no_package() {
    assert_eq!(Draft::new().without("adapter.toml").refusal(), [("manifest-missing", None)]);
}

#[test]
fn a_manifest_without_operations_serves_nothing() {
    let draft = Draft::new().file("adapter.toml", "name = \"empty\"\n[backend]\nkind = \"sample\"\n");
    assert_eq!(draft.refusal(), [("manifest-no-operations", Some(1))]);
}

#[test]
fn a_manifest_in_another_encoding_is_told_by_line() {
    let draft = Draft::new().file("adapter.toml", b"name = \"a\"\nregister = \"\xd0\xe5\xe3\"\n".to_vec());
    assert_eq!(draft.refusal(), [("manifest-encoding", Some(2))]);
}

#[test]
fn a_byte_order_mark_and_a_capital_letter_do_no_harm() {
    let text = format!("\u{feff}{}", support::MANIFEST).replace('\n', "\r\n");
    let package = Draft::new().without("adapter.toml").file("Adapter.TOML", text).read().unwrap();
    assert_eq!(package.operations.len(), 2);
}

#[test]
fn a_blank_text_for_people_is_as_if_it_were_not_there() {
    let draft = Draft::new().change("adapter.toml", "\"Агенция за примери\"", "\"\"").change(
        "adapter.toml",
        "\"Справка за превозно средство\"",
        "\" \"",
    );
    let package = draft.read().unwrap();
    assert_eq!((package.administration, package.operations[0].description.as_str()), (None, ""));
    assert_eq!(
        Draft::new().change("adapter.toml", "\"Агенция за примери\"", "1").refusal(),
        [("manifest-type", Some(2))]
    );
}

/// A backend of another kind: it has settings of its own and answers with what they say.
struct Echo(Mutex<Vec<String>>);

impl Backend for Echo {
    fn kind(&self) -> &'static str {
        "echo"
    }

    fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut keys = plan.settings.keys(&mut problems);
        keys.text("kind");
        let model = keys.required_text("model");
        keys.finish();
        let own = plan.operations[0].settings.as_ref().and_then(|section| {
            let mut keys = section.keys(&mut problems);
            let times = keys.number("times", 1..=9);
            keys.finish();
            times
        });
        self.0.lock().unwrap().push(format!("{:?}", plan.settings));
        match (model, problems.is_empty()) {
            (Some(model), true) => {
                let adapter = Arc::new(EchoAdapter(model.value.repeat(own.map_or(1, |times| times.value as usize))));
                Ok(Opened { adapter, refused: Vec::new(), notes: Vec::new() })
            }
            _ => Err(problems),
        }
    }
}

struct EchoAdapter(String);

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

#[tokio::test]
async fn another_kind_of_backend_reads_its_own_tables() {
    let backend = Arc::new(Echo(Mutex::default()));
    struct Shared(Arc<Echo>);
    impl Backend for Shared {
        fn kind(&self) -> &'static str {
            self.0.kind()
        }
        fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
            self.0.open(plan)
        }
    }
    let backends = Backends::standard().with(Box::new(Shared(Arc::clone(&backend))));
    assert_eq!(backends.kinds().collect::<Vec<_>>(), ["sample", "echo"]);
    let draft = Draft::new()
        .change("adapter.toml", "kind = \"sample\"", "kind = \"echo\"\nmodel = \"тайна\"")
        .settings("[operation.echo]\ntimes = 2\n");
    let package = Package::read_with(&draft.files(), &backends).unwrap();
    let answer = ask_number(&package, "CB1234AB").await.unwrap();
    assert_eq!(answer.document().root().children().next().unwrap().text(), "тайнатайна");
    let shown = backend.0.lock().unwrap().join("");
    assert!(shown.contains("model") && !shown.contains("тайна"), "{shown}");
}

#[test]
fn a_table_for_another_backend_is_a_mistake() {
    let refusal = Draft::new().settings("[operation.sql]\nquery = \"x\"\n").refusal();
    assert_eq!(refusal, [("manifest-key-unknown", Some(18))]);
}
