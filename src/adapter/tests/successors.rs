//! Old names: found, chained, refused, and answered by their successors.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_adapter::{AdapterError, Answer, CallFacts, Catalogue, EmbeddedFiles, Outcome, Package, Question, Served};
use kapia_xml::{Document, Limits};
use support::{Draft, GET_VEHICLE, name};

const SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="Ask"><xs:complexType><xs:sequence>
    <xs:element name="Plate" type="xs:string"/><xs:element name="EGN" type="xs:string" minOccurs="0"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="Told"><xs:complexType><xs:sequence>
    <xs:element name="Car" type="xs:string" minOccurs="0"/><xs:element name="Plate" type="xs:string"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"#;

const REQUEST: &str = r#"<VehicleRequest xmlns="urn:example:vehicle:request"><Number>{{ request.Plate }}</Number><Owner><EGN>{{ request.EGN }}</EGN></Owner></VehicleRequest>"#;
const RESPONSE: &str = "<Told><Car>{{ response.Model|upper }}</Car><Plate>{{ request.Plate }}</Plate></Told>";

/// One old name of a package without a register.
struct Old {
    operation: &'static str,
    successor: &'static str,
    further: &'static str,
}

impl Old {
    const FIRST: Old = Old {
        operation: "Old.IVehicle.Ask",
        successor: GET_VEHICLE,
        further: "request = \"ask.xml\"\nresponse = \"told.xml\"\n",
    };

    fn table(&self) -> String {
        let Old { operation, successor, further } = self;
        format!(
            "[[operation]]\nname = \"{operation}\"\nrequest = \"Old.xsd\"\nrequest_root = \"Ask\"\nresponse = \"Old.xsd\"\n\
             response_root = \"Told\"\n[operation.successor]\nname = \"{successor}\"\n{further}"
        )
    }
}

fn files(package: &'static str, old: &[Old], request: &str, response: &str) -> EmbeddedFiles {
    let tables: String = old.iter().map(Old::table).collect();
    let files = [
        ("adapter.toml", format!("name = \"{package}\"\n{tables}")),
        ("XMLSchemas/Old.xsd", SCHEMA.to_owned()),
        ("successors/ask.xml", request.to_owned()),
        ("successors/told.xml", response.to_owned()),
    ];
    EmbeddedFiles::new(package, files.map(|(path, text)| (path.to_owned(), text.into_bytes())))
}

fn package(old: &[Old], request: &str, response: &str) -> Package {
    Package::read(&files("old", old, request, response)).unwrap()
}

fn catalogue(packages: Vec<Package>) -> Catalogue {
    let new = Draft::new().read().unwrap();
    Catalogue::build([new].into_iter().chain(packages).collect())
}

async fn ask(served: &Served, argument: &str) -> Result<Answer, AdapterError> {
    let argument = Document::read(argument.to_owned(), &Limits::default()).unwrap();
    let call = CallFacts::default();
    served.adapter().ask(Question { operation: &served.operation, argument: argument.root(), call: &call }).await
}

/// Codes of the problems of a refused operation.
fn refused(catalogue: &Catalogue, wanted: &str) -> Vec<&'static str> {
    let refused = catalogue.refused().find(|refused| refused.name == name(wanted)).unwrap();
    refused.problems.iter().map(|problem| problem.code).collect()
}

#[tokio::test]
async fn an_old_name_answers_in_its_old_documents() {
    let catalogue = catalogue(vec![package(&[Old::FIRST], REQUEST, RESPONSE)]);
    let served = catalogue.find("Old.IVehicle.Ask").unwrap();
    let answer = ask(served, "<Ask><Plate>CB1234AB</Plate></Ask>").await.unwrap();
    assert_eq!(answer.document().source(), "<Told><Car>ОБЩ</Car><Plate>CB1234AB</Plate></Told>");
    assert_eq!(answer.outcome(), Outcome::Data);
    assert_eq!(served.successor.as_ref().unwrap().chain, [name(GET_VEHICLE)]);
    assert!(served.package.adapter.health().await == kapia_adapter::Health::Up);
}

#[tokio::test]
async fn equal_documents_need_no_templates() {
    let draft = Draft::new()
        .change("adapter.toml", "name = \"vehicles\"", "name = \"same\"")
        .change("adapter.toml", GET_VEHICLE, "Old.IVehicle.GetVehicle")
        .settings(&format!("[operation.successor]\nname = \"{GET_VEHICLE}\""));
    let catalogue = catalogue(vec![draft.read().unwrap()]);
    let served = catalogue.find("Old.IVehicle.GetVehicle").unwrap();
    let argument = r#"<VehicleRequest xmlns="urn:example:vehicle:request"><Number>1</Number></VehicleRequest>"#;
    let answer = ask(served, argument).await.unwrap();
    assert_eq!(answer.document().root().local(), "VehicleResponse");
}

#[tokio::test]
async fn old_names_may_follow_each_other_a_few_steps() {
    let step = |operation, successor| Old { operation, successor, further: "" };
    let chain = [
        step("Old.I.A", "Old.I.B"),
        step("Old.I.B", "Old.I.C"),
        step("Old.I.C", "Old.IVehicle.Ask"),
        Old::FIRST,
        step("Old.I.TooFar", "Old.I.A"),
    ];
    let catalogue = catalogue(vec![package(&chain, REQUEST, RESPONSE)]);
    let served = catalogue.find("Old.I.A").unwrap();
    let way: Vec<String> = served.successor.as_ref().unwrap().chain.iter().map(ToString::to_string).collect();
    assert_eq!(way, ["Old.I.B", "Old.I.C", "Old.IVehicle.Ask", GET_VEHICLE]);
    let answer = ask(served, "<Ask><Plate>1</Plate></Ask>").await.unwrap();
    assert!(answer.document().source().contains("ОБЩ"));
    assert_eq!(refused(&catalogue, "Old.I.TooFar"), ["successor-deep"]);
}

#[test]
fn a_circle_within_a_package_refuses_the_package() {
    let circle = [
        Old { operation: "Old.I.A", successor: "Old.I.B", further: "" },
        Old { operation: "Old.I.B", successor: "Old.I.A", further: "" },
    ];
    let error = Package::read(&files("old", &circle, REQUEST, RESPONSE)).unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert_eq!(error.problems[0].code, "successor-cycle");
    assert!(error.to_string().contains("Old.I.A → Old.I.B → Old.I.A"), "{error}");
    let itself = [Old { operation: "Old.I.A", successor: "Old.I.A", further: "" }];
    assert_eq!(
        Package::read(&files("old", &itself, REQUEST, RESPONSE)).unwrap_err().problems[0].code,
        "successor-cycle"
    );
}

#[test]
fn a_circle_between_packages_refuses_its_operations_by_name() {
    let one = Package::read(&files(
        "one",
        &[Old { operation: "Old.I.A", successor: "Old.I.B", further: "" }],
        REQUEST,
        RESPONSE,
    ))
    .unwrap();
    let two = Package::read(&files(
        "two",
        &[Old { operation: "Old.I.B", successor: "Old.I.A", further: "" }, Old::FIRST],
        REQUEST,
        RESPONSE,
    ))
    .unwrap();
    let catalogue = catalogue(vec![one, two]);
    assert_eq!(refused(&catalogue, "Old.I.A"), ["successor-refused"]);
    assert_eq!(refused(&catalogue, "Old.I.B"), ["successor-cycle"]);
    assert!(catalogue.find("Old.IVehicle.Ask").is_ok(), "what is no part of the circle is served");
}

#[test]
fn a_successor_that_is_not_served_is_told_with_near_names() {
    let gone = [Old { successor: "Example.RegiX.VehicleAdapter.APIService.IVehicleAPI.GetVehicel", ..Old::FIRST }];
    let catalogue = catalogue(vec![package(&gone, REQUEST, RESPONSE)]);
    let refused = catalogue.refused().next().unwrap();
    assert_eq!(refused.problems[0].code, "successor-missing");
    assert!(refused.problems[0].hint.en.contains(GET_VEHICLE), "{}", refused.problems[0]);
}

#[test]
fn documents_that_differ_need_templates_and_templates_must_fit_both_ends() {
    let bare = [Old { further: "", ..Old::FIRST }];
    let found = catalogue(vec![package(&bare, REQUEST, RESPONSE)]);
    assert_eq!(refused(&found, "Old.IVehicle.Ask"), ["successor-mapping", "successor-mapping"]);
    for (request, response, told) in [
        (REQUEST.replace("request.Plate", "request.Plat"), RESPONSE.to_owned(), "request.Plat leads nowhere"),
        (REQUEST.replace("Number", "Numbr"), RESPONSE.to_owned(), "the schema has no element Numbr"),
        (REQUEST.to_owned(), RESPONSE.replace("response.Model", "response.Modle"), "response.Modle leads nowhere"),
        (REQUEST.to_owned(), RESPONSE.replace("Car>", "Bus>"), "the schema has no element Bus"),
        (REQUEST.replace("request.Plate", "response.Model"), RESPONSE.to_owned(), "there is no value response"),
        (REQUEST.to_owned(), RESPONSE.replace("|upper", "|uper"), "there is no function uper"),
    ] {
        let found = catalogue(vec![package(&[Old::FIRST], &request, &response)]);
        let refused = found.refused().next().unwrap();
        assert_eq!(refused.problems[0].code, "template-broken");
        assert!(refused.problems[0].to_string().contains(told), "{}", refused.problems[0]);
    }
}

#[tokio::test]
async fn a_mapping_that_makes_no_valid_document_is_an_error_by_name_without_content() {
    let long = "<Ask><Plate>123456789012345678901234567890</Plate><EGN>7605239965</EGN></Ask>";
    for (request, response, code) in [
        (REQUEST, RESPONSE, "successor-request-invalid"),
        (
            r#"<VehicleRequest xmlns="urn:example:vehicle:request"><Number>{{ request.Plate|scale(1) }}</Number></VehicleRequest>"#,
            RESPONSE,
            "successor-request",
        ),
        (
            r#"<VehicleRequest xmlns="urn:example:vehicle:request"><Number>1</Number></VehicleRequest>"#,
            "<Told><Plate>{{ response.Model|integer }}</Plate></Told>",
            "successor-response",
        ),
    ] {
        let long = if code == "successor-request" { long.replace(">1234", ">x234") } else { long.to_owned() };
        let catalogue = catalogue(vec![package(&[Old::FIRST], request, response)]);
        let error = ask(catalogue.find("Old.IVehicle.Ask").unwrap(), &long).await.unwrap_err();
        assert_eq!(error.code, code);
        let told = format!("{error:?}");
        assert!(!told.contains("7605239965") && !told.contains("34567890123"), "{told}");
        assert!(!error.message.bg.is_empty());
    }
}

#[tokio::test]
async fn an_old_answer_may_say_that_there_is_no_data() {
    let response = "<Told>{% do no_data() %}<Plate>{{ request.Plate }}</Plate></Told>";
    let catalogue = catalogue(vec![package(&[Old::FIRST], REQUEST, response)]);
    let answer = ask(catalogue.find("Old.IVehicle.Ask").unwrap(), "<Ask><Plate>1</Plate></Ask>").await.unwrap();
    assert_eq!(answer.outcome(), Outcome::NoData);
}

#[test]
fn what_is_wrong_with_a_table_is_told_with_its_line() {
    for (further, code) in [
        ("until = \"soon\"\n", "manifest-date"),
        ("since = \"2027-01-02\"\nuntil = \"2027-01-01\"\n", "successor-dates"),
        ("untl = \"2027-01-01\"\n", "manifest-key-unknown"),
        ("request = \"missing.xml\"\n", "file-missing"),
        ("request = \"../../ask.xml\"\n", "file-path-outside"),
    ] {
        let read = Package::read(&files("old", &[Old { further, ..Old::FIRST }], REQUEST, RESPONSE));
        let problems = match read {
            Err(error) => error.problems,
            Ok(package) => package.refused.into_iter().flat_map(|refused| refused.problems).collect(),
        };
        assert_eq!(problems.first().map(|problem| problem.code), Some(code), "{further}");
        assert!(problems[0].line.is_some());
    }
    let both = Draft::new()
        .settings(&format!("[operation.sample]\ndelay_ms = 1\n[operation.successor]\nname = \"{GET_VEHICLE}x\""));
    assert_eq!(both.refusal()[0].0, "successor-backend");
}

#[test]
fn an_old_name_that_cannot_be_served_leaves_the_operation_to_an_earlier_package() {
    let draft = Draft::new()
        .change("adapter.toml", "name = \"vehicles\"", "name = \"later\"")
        .settings("[operation.successor]\nname = \"Nobody.I.Serves\"");
    let catalogue = catalogue(vec![draft.read().unwrap()]);
    let served = catalogue.find(GET_VEHICLE).unwrap();
    assert_eq!(served.package.name, "vehicles");
    assert_eq!(catalogue.kept().len(), 1);
}

#[tokio::test]
async fn code_tables_of_the_manifest_are_known_to_templates() {
    let coded = RESPONSE.replace("|upper", "|code('models', 'друг')");
    let with = |codes: &str| {
        let further = Old::FIRST.table();
        let files = [
            ("adapter.toml", format!("name = \"old\"\n{further}{codes}")),
            ("XMLSchemas/Old.xsd", SCHEMA.to_owned()),
            ("successors/ask.xml", REQUEST.to_owned()),
            ("successors/told.xml", coded.clone()),
        ];
        EmbeddedFiles::new("old", files.map(|(path, text)| (path.to_owned(), text.into_bytes())))
    };
    let package = Package::read(&with("[codes.models]\n\"Общ\" = \"Изобщо\"\n")).unwrap();
    let found = catalogue(vec![package]);
    let answer = ask(found.find("Old.IVehicle.Ask").unwrap(), "<Ask><Plate>1</Plate></Ask>").await.unwrap();
    assert!(answer.document().source().contains("<Car>Изобщо</Car>"), "{}", answer.document().source());

    let other = catalogue(vec![Package::read(&with("[codes.modles]\n\"1\" = \"2\"\n")).unwrap()]);
    let refused = other.refused().next().unwrap();
    assert!(refused.problems[0].hint.en.contains("modles"), "{}", refused.problems[0]);
    assert_eq!(Package::read(&with("[codes]\nmodels = \"x\"\n")).unwrap_err().problems[0].code, "manifest-type");
}
