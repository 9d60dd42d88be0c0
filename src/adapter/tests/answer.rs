//! What an answer is, and what never shows.
#![allow(clippy::unwrap_used)]

mod support;

use kapia_adapter::{Answer, CallFacts, Fault, Outcome, Sensitive};
use kapia_xml::Limits;
use support::{Draft, GET_VEHICLE, operation};

#[test]
fn an_answer_is_a_document_with_the_response_root() {
    let package = Draft::new().read().unwrap();
    let vehicle = operation(&package, GET_VEHICLE);
    let read = |octets: &'static str, limits: &Limits| Answer::read(octets, Outcome::Data, vehicle, limits);
    let good = read(r#"<v:VehicleResponse xmlns:v="urn:example:vehicle:response"/>"#, &Limits::default()).unwrap();
    assert_eq!(good.into_document().root().local(), "VehicleResponse");

    let other = read("<VehicleResponse/>", &Limits::default()).unwrap_err();
    assert_eq!((other.code, other.side), ("answer-root", Fault::Register));
    assert_eq!(
        &*other.message.en,
        "the root of the answer is VehicleResponse, not {urn:example:vehicle:response}VehicleResponse"
    );
}

#[test]
fn an_answer_that_is_no_document_is_told_without_its_content() {
    let package = Draft::new().read().unwrap();
    let vehicle = operation(&package, GET_VEHICLE);
    let error = Answer::read("<Name>8001010008</Nema>", Outcome::Data, vehicle, &Limits::default()).unwrap_err();
    assert_eq!((error.code, error.side, error.retryable), ("answer-unreadable", Fault::Register, false));
    assert!(!format!("{error:?}").contains("8001010008"), "{error:?}");
    let tight = Limits { bytes: 10, ..Limits::default() };
    assert_eq!(
        Answer::read("<VehicleResponse/>", Outcome::Data, vehicle, &tight).unwrap_err().code,
        "answer-unreadable"
    );
}

#[test]
fn what_concerns_a_person_does_not_print() {
    let call = CallFacts {
        consumer_name: "Община Пример".into(),
        context: vec![("EmployeeNames".into(), "Мария Петрова".into())],
        employee_egn: Some(Sensitive::new("8001010008")),
        citizen_egn: Some(Sensitive::new("8001010008")),
        ..CallFacts::default()
    };
    let shown = format!("{call:?} {:?}", call.employee_egn);
    assert!(!shown.contains("8001010008") && !shown.contains("Мария"), "{shown}");
    assert_eq!(call.employee_egn.unwrap().reveal(), "8001010008");
}
