use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value};
use time::macros::datetime;

use super::*;

fn full() -> Record {
    let text = |text: &str| Some(text.to_owned());
    let mut record = Record::new(
        datetime!(2026-11-21 10:20:30.123456789 +02:00),
        EntryPoint { version: "v2".into(), soap: "1.1".into() },
    );
    record.service_call_id = 77;
    record.outcome = Outcome::InvalidAnswer;
    record.error_code = Some("schema".into());
    record.operation = "Kapia.Demo.IPersons.Find".to_owned();
    record.consumer = Some(Consumer { id: 3, name: "Община Пример".to_owned(), oid: text("2.16.100.1") });
    record.certificate = Some(Certificate { sha256: Sha256::of(b"c"), sha1: [5; 20].into() });
    record.context = CallContext {
        service_uri: text("1"),
        service_type: text("2"),
        employee_identifier: text("3"),
        employee_names: text("4"),
        employee_aditional_identifier: text("5"),
        employee_position: text("6"),
        administration_oid: text("7"),
        administration_name: text("8"),
        responsible_person_identifier: text("9"),
        law_reason: text("10"),
        remark: text("11"),
    };
    record.message_id = text("urn:uuid:1");
    record.client_address = "192.0.2.1:443".to_owned();
    record.stage("soap", Duration::from_micros(15));
    record.stage("schema", Duration::from_micros(99));
    record.request = Part::of(b"request");
    record.answer = Part {
        validation: Some(Validation {
            mode: "enforce".into(),
            violations: 2,
            first: Some(FirstViolation { code: "cvc-x".into(), path: "/A/B[2]".to_owned() }),
        }),
        ..Part::of(b"answer")
    };
    record.signed = true;
    record.signed_digest = Some(Sha256::of(b"data"));
    record.hidden_fields = 4;
    record.bounded()
}

fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            found.insert(key.clone());
            keys(value, found);
        }),
        Value::Array(array) => array.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn a_record_carries_these_keys_and_no_others() {
    let mut found = BTreeSet::new();
    keys(&serde_json::to_value(full()).unwrap(), &mut found);
    let expected = [
        "service_call_id",
        "received",
        "outcome",
        "error_code",
        "entry",
        "version",
        "soap",
        "operation",
        "consumer",
        "id",
        "name",
        "oid",
        "certificate",
        "sha256",
        "sha1",
        "context",
        "ServiceURI",
        "ServiceType",
        "EmployeeIdentifier",
        "EmployeeNames",
        "EmployeeAditionalIdentifier",
        "EmployeePosition",
        "AdministrationOId",
        "AdministrationName",
        "ResponsiblePersonIdentifier",
        "LawReason",
        "Remark",
        "message_id",
        "client_address",
        "stages",
        "request",
        "answer",
        "size",
        "validation",
        "mode",
        "violations",
        "first",
        "code",
        "path",
        "signed",
        "signed_digest",
        "hidden_fields",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}

// Every object of the text in turn receives a further key: none of them may be read.
#[test]
fn a_record_cannot_carry_personal_numbers_arguments_or_answers() {
    let text = serde_json::to_value(full()).unwrap();
    let mut places = Vec::new();
    objects(&text, String::new(), &mut places);
    assert!(places.len() >= 8);
    for place in places {
        for key in ["EmployeeEGN", "CitizenEGN", "Argument", "argument", "Data", "answer_text", "EIDToken"] {
            let mut changed = text.clone();
            let object: &mut Map<String, Value> = changed.pointer_mut(&place).unwrap().as_object_mut().unwrap();
            object.insert(key.to_owned(), Value::from("x"));
            assert!(serde_json::from_value::<Record>(changed).is_err(), "{key} at {place:?}");
        }
    }
}

fn objects(value: &Value, place: String, found: &mut Vec<String>) {
    if let Value::Object(object) = value {
        for (key, value) in object {
            objects(value, format!("{place}/{key}"), found);
        }
        found.push(place);
    }
}

#[test]
fn the_stored_text_is_always_the_same_octets() {
    let text = crate::store::canonical(&Line::call(full())).unwrap();
    let expected = concat!(
        r#"{"v":1,"call":{"service_call_id":77,"received":"2026-11-21T08:20:30.123456Z","outcome":"invalid-answer","#,
        r#""error_code":"schema","entry":{"version":"v2","soap":"1.1"},"operation":"Kapia.Demo.IPersons.Find","#,
        r#""consumer":{"id":3,"name":"Община Пример","oid":"2.16.100.1"},"certificate":{"#,
        r#""sha256":"2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6","#,
        r#""sha1":"0505050505050505050505050505050505050505"},"context":{"ServiceURI":"1","ServiceType":"2","#,
        r#""EmployeeIdentifier":"3","EmployeeNames":"4","EmployeeAditionalIdentifier":"5","EmployeePosition":"6","#,
        r#""AdministrationOId":"7","AdministrationName":"8","ResponsiblePersonIdentifier":"9","LawReason":"10","#,
        r#""Remark":"11"},"message_id":"urn:uuid:1","client_address":"192.0.2.1:443","#,
        r#""stages":[["soap",15],["schema",99]],"request":{"size":7,"#,
        r#""sha256":"1f58b9145b24d108d7ac38887338b3ea3229833b9c1e418250343f907bfd1047","validation":null},"#,
        r#""answer":{"size":6,"sha256":"0db52f4076c082518412afd3dd3576e2cb0c63703fd7fed5e23ade60efef31d9","#,
        r#""validation":{"mode":"enforce","violations":2,"first":{"code":"cvc-x","path":"/A/B[2]"}}},"#,
        r#""signed":true,"signed_digest":"3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7","#,
        r#""hidden_fields":4}}"#
    );
    assert_eq!(text, expected);
}

#[test]
fn a_warning_stands_at_the_end_and_a_record_without_one_reads_as_before() {
    let mut record = full();
    let before = crate::store::canonical(&Line::call(record.clone())).unwrap();
    assert!(!before.contains("warnings"));
    record.warnings.push(Warning { code: "operation-superseded".into(), about: "Kapia.Demo.IPersons.FindV2".into() });
    let text = crate::store::canonical(&Line::call(record.clone())).unwrap();
    let warned = r#","warnings":[{"code":"operation-superseded","about":"Kapia.Demo.IPersons.FindV2"}]}}"#;
    assert_eq!(text, format!("{}{warned}", before.strip_suffix("}}").unwrap()));
    assert_eq!(serde_json::from_str::<Line>(&text).unwrap().call, Some(record));
}

#[test]
fn a_record_comes_back_as_it_was_written() {
    let record = full();
    let text = crate::store::canonical(&Line::call(record.clone())).unwrap();
    assert_eq!(serde_json::from_str::<Line>(&text).unwrap().call, Some(record));
}

// Records of before, and of calls that showed nothing, have no such key.
#[test]
fn by_what_a_caller_was_identified_stands_in_the_text_only_if_something_was_shown() {
    let mut record = full();
    assert!(!crate::store::canonical(&Line::call(record.clone())).unwrap().contains("identified_by"));
    use Identification::{ForwardedCertificate, ForwardedHash, Tls, Token};
    for by in [Tls, ForwardedCertificate, ForwardedHash, Token] {
        record.identified_by = Some(by);
        let text = crate::store::canonical(&Line::call(record.clone())).unwrap();
        assert!(text.contains(&format!("\"identified_by\":\"{}\",\"context\"", by.as_str())), "{text}");
        assert_eq!(serde_json::from_str::<Line>(&text).unwrap().call, Some(record.clone()));
    }
}

#[test]
fn text_from_outside_is_cut_and_the_rest_is_counted() {
    let mut record = full();
    record.context.law_reason = Some("я".repeat(5000));
    record.operation = "x".repeat(LONGEST);
    let record = record.bounded();
    let reason = record.context.law_reason.clone().unwrap();
    assert_eq!(reason.chars().take_while(|character| *character == 'я').count(), LONGEST);
    assert!(reason.ends_with("… (+904)"), "{}", reason.chars().count());
    assert_eq!(record.operation.len(), LONGEST);
}

#[test]
fn every_text_field_from_outside_is_bounded() {
    let long = "x".repeat(100_000);
    let mut value = serde_json::to_value(full()).unwrap();
    for key in ["operation", "client_address", "message_id"] {
        value[key] = Value::from(long.clone());
    }
    for (_, entry) in value["context"].as_object_mut().unwrap() {
        *entry = Value::from(long.clone());
    }
    value["answer"]["validation"]["first"]["path"] = Value::from(long.clone());
    let record: Record = serde_json::from_value(value).unwrap();
    let text = serde_json::to_string(&record.bounded()).unwrap();
    assert!(!text.contains(&"x".repeat(LONGEST + 1)));
    assert!(text.len() < 20 * LONGEST);
}

#[test]
fn an_outcome_is_spelled_in_one_way() {
    for outcome in Outcome::ALL {
        assert_eq!(serde_json::to_value(outcome).unwrap(), Value::from(outcome.as_str()));
        assert_eq!(outcome.as_str().parse(), Ok(outcome));
    }
    assert_eq!("ok".parse::<Outcome>(), Err(UnknownOutcome));
}
