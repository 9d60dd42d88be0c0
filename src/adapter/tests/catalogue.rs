//! Finding an operation among all packages.
#![allow(clippy::unwrap_used)]

mod support;

use kapia_adapter::{Catalogue, NameError, Replaced, Unserved};
use support::{Draft, GET_OWNER, GET_VEHICLE, name};

fn named(package: &str) -> Draft {
    Draft::new().change("adapter.toml", "name = \"vehicles\"", &format!("name = \"{package}\""))
}

#[test]
fn an_operation_is_found_by_its_exact_name_and_nothing_else() {
    let catalogue = Catalogue::build(vec![Draft::new().read().unwrap()]);
    assert_eq!(catalogue.len(), 2);
    assert_eq!(catalogue.find(&format!(" {GET_VEHICLE}\n")).unwrap().operation.name.as_str(), GET_VEHICLE);
    assert!(catalogue.find(&GET_VEHICLE.to_lowercase()).is_err());
    assert_eq!(
        catalogue.operations().map(|served| served.operation.name.as_str()).collect::<Vec<_>>(),
        [GET_OWNER, GET_VEHICLE]
    );
    assert_eq!(catalogue.contracts().collect::<Vec<_>>(), ["Example.RegiX.VehicleAdapter.APIService.IVehicleAPI"]);
}

#[test]
fn what_is_not_known_is_told_apart() {
    let catalogue = Catalogue::build(vec![Draft::new().read().unwrap()]);
    let operation = catalogue.find("Example.RegiX.VehicleAdapter.APIService.IVehicleAPI.GetVehicel").unwrap_err();
    assert!(
        matches!(&operation, Unserved::UnknownOperation(unknown) if unknown.near() == [GET_VEHICLE]),
        "{operation:?}"
    );
    assert_eq!(&*operation.hint().en, format!("did you mean {GET_VEHICLE}"));

    let other = catalogue.find("Example.RegiX.VehicleAdapter.APIService.IVehicleAPI.SendPost").unwrap_err();
    assert_eq!(&*other.hint().bg, "тук има: GetOwner, GetVehicle");

    let contract = catalogue.find("Example.RegiX.VehicleAdapter.APIService.IVehiclesAPI.GetVehicle").unwrap_err();
    assert!(
        matches!(&contract, Unserved::UnknownContract(unknown) if unknown.near()[0] == GET_VEHICLE),
        "{contract:?}"
    );
    assert!(matches!(catalogue.find("GetVehicle"), Err(Unserved::NotAName(NameError::Shape))));
}

#[test]
fn the_later_package_serves_an_operation_that_stands_in_two() {
    let catalogue = Catalogue::build(vec![named("first").read().unwrap(), named("second").read().unwrap()]);
    assert_eq!(catalogue.find(GET_VEHICLE).unwrap().package.name, "second");
    let replaced = |operation| Replaced { operation: name(operation), old: "first".into(), new: "second".into() };
    assert_eq!(catalogue.replaced(), [replaced(GET_VEHICLE), replaced(GET_OWNER)]);
    assert_eq!(catalogue.len(), 2);
}

#[test]
fn a_refused_operation_does_not_take_the_place_of_a_good_one() {
    let bad = || named("bad").without("XMLSchemas/VehicleResponse.xsd").read().unwrap();
    let catalogue = Catalogue::build(vec![named("good").read().unwrap(), bad()]);
    assert_eq!(catalogue.find(GET_VEHICLE).unwrap().package.name, "good");
    assert_eq!(catalogue.find(GET_OWNER).unwrap().package.name, "bad");
    assert_eq!(catalogue.kept().iter().map(|note| note.problem.code).collect::<Vec<_>>(), ["operation-kept"]);
    assert_eq!(catalogue.refused().count(), 0);

    let alone = Catalogue::build(vec![bad()]);
    assert!(
        matches!(alone.find(GET_VEHICLE), Err(Unserved::Refused(refused)) if refused.problems[0].code == "file-missing")
    );
    let corrected = Catalogue::build(vec![bad(), named("good").read().unwrap()]);
    assert_eq!((corrected.find(GET_VEHICLE).unwrap().package.name.as_str(), corrected.refused().count()), ("good", 0));
}
