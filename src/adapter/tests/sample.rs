//! The backend `sample`: which file answers which argument.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use kapia_adapter::{AdapterError, Answer, CallFacts, Fault, Health, Outcome, Package};
use support::{Draft, GET_OWNER, GET_VEHICLE, ask, ask_number};

fn model(answer: Result<Answer, AdapterError>) -> String {
    let answer = answer.unwrap();
    answer.document().root().children().next().map(|model| model.text().into_owned()).unwrap_or_default()
}

fn vehicle(model: &str) -> String {
    format!(r#"<VehicleResponse xmlns="urn:example:vehicle:response"><Model>{model}</Model></VehicleResponse>"#)
}

/// Answers for two numbers, one file in `XMLData` and one in `XMLSamples`.
fn keyed(more: &str) -> Draft {
    let table = format!(
        "[operation.sample]\nkey = \"Number\"\n{more}\n[operation.sample.answers]\n\"CB 1234 AB\" = \"red.xml\"\n\"CA 0000 AA\" = \"Blue.xml\""
    );
    Draft::new().file("XMLData/Red.xml", vehicle("Червен")).file("XMLSamples/Blue.xml", vehicle("Син")).settings(&table)
}

fn read(draft: &Draft) -> Package {
    let package = draft.read().unwrap();
    assert_eq!(package.operations.len(), 2, "{:?}", package.refused);
    package
}

#[tokio::test]
async fn without_a_key_the_sample_answers_everything() {
    let package = read(&Draft::new());
    assert_eq!(model(ask_number(&package, "CB1234AB").await), "Общ");
    assert_eq!(package.adapter.health().await, Health::Up);
}

#[tokio::test]
async fn a_key_chooses_the_answer_with_its_white_space_collapsed() {
    let package = read(&keyed(""));
    let answer = ask_number(&package, "  CB\n 1234 AB ").await;
    assert_eq!(answer.as_ref().unwrap().outcome(), Outcome::Data);
    assert_eq!(model(answer), "Червен");
    assert_eq!(model(ask_number(&package, "CA 0000 AA").await), "Син");
}

#[tokio::test]
async fn a_key_may_lie_deep_or_be_an_attribute() {
    let argument = r#"<VehicleRequest xmlns="urn:example:vehicle:request"><Number>1</Number><Owner kind="b"><EGN>8001010008</EGN></Owner></VehicleRequest>"#;
    for (key, value) in [("Owner/EGN", "8001010008"), ("Owner/@kind", "b")] {
        let draft = Draft::new()
            .file("XMLData/Red.xml", vehicle("Червен"))
            .settings(&format!("[operation.sample]\nkey = \"{key}\"\nanswers = {{ \"{value}\" = \"Red.xml\" }}"));
        let package = read(&draft);
        assert_eq!(model(ask(&package, GET_VEHICLE, argument, &CallFacts::default()).await), "Червен");
        assert_eq!(model(ask_number(&package, "1").await), "Общ", "an argument without {key} is unknown");
    }
}

#[tokio::test]
async fn an_unknown_key_gets_the_sample_unless_the_package_says_otherwise() {
    for more in ["", "unknown = \"sample\""] {
        assert_eq!(model(ask_number(&read(&keyed(more)), "CC").await), "Общ");
    }
}

#[tokio::test]
async fn no_data_is_the_empty_root_where_the_schema_allows_it() {
    let answer = ask_number(&read(&keyed("unknown = \"no-data\"")), "CC").await.unwrap();
    assert_eq!(answer.outcome(), Outcome::NoData);
    assert!(answer.document().root().is("urn:example:vehicle:response", "VehicleResponse"));
    assert_eq!(answer.document().root().nodes().count(), 0);
}

#[tokio::test]
async fn no_data_is_the_document_that_the_package_names() {
    let draft = keyed("unknown = \"no-data\"\nno_data = \"NoData.xml\"").file("XMLData/NoData.xml", vehicle("няма"));
    let answer = ask_number(&read(&draft), "CC").await;
    assert_eq!(answer.as_ref().unwrap().outcome(), Outcome::NoData);
    assert_eq!(model(answer), "няма");
}

#[tokio::test]
async fn no_data_that_the_schema_cannot_say_is_an_error_and_a_notice() {
    let table = "[operation.sample]\nkey = \"Number\"\nunknown = \"no-data\"\n";
    let draft = Draft::new().file("adapter.toml", format!("{}{table}", support::MANIFEST));
    let package = read(&draft);
    assert_eq!(package.notes.iter().map(|note| note.problem.code).collect::<Vec<_>>(), ["sample-no-data"]);
    let argument = r#"<VehicleRequest xmlns="urn:example:vehicle:request"><Number>1</Number></VehicleRequest>"#;
    let error = ask(&package, GET_OWNER, argument, &CallFacts::default()).await.unwrap_err();
    assert_eq!((error.code, error.side, error.retryable), ("sample-no-data", Fault::Register, false));
}

#[tokio::test]
async fn an_unknown_key_can_be_an_error_with_a_text_of_the_package() {
    let error = ask_number(&read(&keyed("unknown = \"error\"")), "CC").await.unwrap_err();
    assert_eq!((error.code, error.side), ("sample-unknown-key", Fault::Register));
    let error = ask_number(
        &read(&keyed("unknown = \"error\"\nerror = { bg = \"Няма такава кола\", en = \"no such car\" }")),
        "CC",
    )
    .await
    .unwrap_err();
    assert_eq!((&*error.message.en, &*error.message.bg), ("no such car", "Няма такава кола"));
}

#[tokio::test]
async fn a_sample_in_another_encoding_is_a_notice_and_an_error_of_its_operation_only() {
    let draft = Draft::new().file(
        "XMLSamples/OwnerResponse.xml",
        b"<OwnerResponse>\n<Name>\xcc\xe0\xf0\xe8\xff</Name></OwnerResponse>".to_vec(),
    );
    let package = read(&draft);
    let note = &package.notes[0];
    assert_eq!(package.notes.len(), 1);
    assert_eq!(note.operation.as_ref().unwrap().as_str(), GET_OWNER);
    assert_eq!(
        (note.problem.code, note.problem.file.as_deref(), note.problem.line),
        ("sample-encoding", Some("XMLSamples/OwnerResponse.xml"), Some(2))
    );

    let argument = r#"<VehicleRequest xmlns="urn:example:vehicle:request"><Number>1</Number></VehicleRequest>"#;
    let error = ask(&package, GET_OWNER, argument, &CallFacts::default()).await.unwrap_err();
    assert_eq!((error.code, error.side), ("sample-unreadable", Fault::Register));
    assert!(
        error.message.en.contains("XMLSamples/OwnerResponse.xml") && error.hint.en.contains("windows-1251"),
        "{error:?}"
    );
    assert!(error.message.bg.contains("не е в UTF-8"), "{error:?}");
    assert_eq!(model(ask_number(&package, "1").await), "Общ");
    assert!(matches!(package.adapter.health().await, Health::Degraded(_)));
}

#[tokio::test]
async fn a_file_that_the_argument_chose_is_not_named_to_the_consumer() {
    let table = "[operation.sample]\nkey = \"Number\"\nanswers = { \"8001010008\" = \"8001010008.xml\" }";
    let package = read(&Draft::new().file("XMLData/8001010008.xml", "<VehicleResponse").settings(table));
    assert_eq!(package.notes[0].problem.code, "sample-malformed");
    let error = ask_number(&package, "8001010008").await.unwrap_err();
    assert_eq!(error.code, "sample-unreadable");
    assert!(!format!("{error:?}").contains("8001010008"), "{error:?}");
}

#[tokio::test]
async fn a_sample_with_another_root_does_not_answer() {
    let package = read(&Draft::new().file("XMLSamples/VehicleResponse.xml", "<VehicleResponse/>"));
    assert_eq!(package.notes[0].problem.code, "sample-root");
    assert_eq!(ask_number(&package, "1").await.unwrap_err().code, "sample-unreadable");
}

#[tokio::test]
async fn a_sample_that_breaks_its_schema_is_a_notice() {
    let wrong = vehicle("x").replace("Model", "Colour");
    let package = read(&Draft::new().file("XMLSamples/VehicleResponse.xml", wrong));
    assert_eq!((package.notes[0].problem.code, package.notes[0].problem.line), ("sample-invalid", Some(1)));
    assert!(ask_number(&package, "1").await.is_ok());
}

#[test]
fn a_delay_is_waited_for_but_not_beyond_the_deadline() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
    let begin = Instant::now();
    let slow = read(
        &Draft::new()
            .change("adapter.toml", "kind = \"sample\"", "kind = \"sample\"\ndelay_ms = 600000")
            .settings("[operation.sample]\ndelay_ms = 30"),
    );
    let argument = r#"<VehicleRequest xmlns="urn:example:vehicle:request"><Number>1</Number></VehicleRequest>"#;
    runtime.block_on(async {
        assert_eq!(model(ask_number(&slow, "1").await), "Общ");
        assert!(begin.elapsed() >= Duration::from_millis(30));
        let call = CallFacts { deadline: Some(Instant::now() + Duration::from_millis(20)), ..CallFacts::default() };
        let error = ask(&slow, GET_OWNER, argument, &call).await.unwrap_err();
        assert_eq!((error.code, error.retryable), ("adapter-deadline", true));
    });
    assert!(begin.elapsed() < Duration::from_secs(60));
}

#[test]
fn settings_that_mean_nothing_or_name_nothing_are_told_by_line() {
    let package_refused = [
        ("unknown = \"error\"", "manifest-key-useless", 19),
        ("answers = { \"1\" = \"Red.xml\" }", "manifest-key-useless", 19),
        ("key = \"Number\"", "manifest-key-useless", 19),
        ("key = \"Number\"\nunknown = \"nothing\"", "manifest-value", 20),
        ("key = \"Number\"\nunknown = \"error\"\nno_data = \"Red.xml\"", "manifest-key-useless", 21),
        ("key = \"Number\"\nunknown = \"no-data\"\nerror = { bg = \"а\", en = \"a\" }", "manifest-key-useless", 21),
        ("key = \"Number\"\nunknown = \"error\"\nerror = { bg = \"а\" }", "manifest-key-missing", 21),
        ("key = \"/Number\"\nunknown = \"error\"", "sample-key-shape", 19),
        ("key = \"Number\"\nunknwon = \"error\"", "manifest-key-unknown", 20),
        ("key = \"Number\"\nanswers = { \"1\" = 1 }", "manifest-type", 20),
        ("key = \"Number\"\nanswers = { \"1\" = \"Red.xml\", \" 1\" = \"Red.xml\" }", "sample-answer-twice", 20),
        ("delay_ms = 600001", "manifest-value", 19),
        ("delay_ms = -1", "manifest-value", 19),
        ("delay_ms = \"5\"", "manifest-type", 19),
    ];
    for (table, code, line) in package_refused {
        let refusal = Draft::new().settings(&format!("[operation.sample]\n{table}")).refusal();
        assert!(refusal.contains(&(code, Some(line))), "{table}: {refusal:?}");
    }
    let operation_refused = [
        ("key = \"Nomber\"\nunknown = \"error\"", "sample-key-unknown", 19),
        ("key = \"@Number\"\nunknown = \"error\"", "sample-key-unknown", 19),
        ("key = \"Owner\"\nunknown = \"error\"", "sample-key-no-value", 19),
        ("key = \"Number\"\nanswers = { \"1\" = \"Red.xml\" }", "file-missing", 20),
        ("key = \"Number\"\nanswers = { \"1\" = \"../../Red.xml\" }", "file-path-outside", 20),
        ("key = \"Number\"\nunknown = \"no-data\"\nno_data = \"Red.xml\"", "file-missing", 21),
    ];
    for (table, code, line) in operation_refused {
        let package = Draft::new().settings(&format!("[operation.sample]\n{table}")).read().unwrap();
        assert_eq!(package.operations.len(), 1, "{table}");
        let problem = &package.refused[0].problems[0];
        assert_eq!((problem.code, problem.line), (code, Some(line)), "{table}");
    }
}

#[test]
fn an_operation_without_anything_to_answer_is_refused() {
    let package =
        Draft::new().change("adapter.toml", "sample_response = \"VehicleResponse.xml\"\n", "").read().unwrap();
    assert_eq!((package.refused[0].problems[0].code, package.refused[0].problems[0].line), ("sample-none", Some(8)));
    let keyed = keyed("unknown = \"error\"").change("adapter.toml", "sample_response = \"VehicleResponse.xml\"\n", "");
    assert!(read(&keyed).refused.is_empty());
}
