//! Operations whose files are not right are refused alone; nothing outside the package is read for them.
#![allow(clippy::unwrap_used)]

mod support;

use kapia_adapter::{Backends, DirectoryFiles, Package, Problem, read_packages};
use support::{Draft, GET_OWNER, GET_VEHICLE};

/// The problems of `GetVehicle`, when `GetOwner` is served all the same.
fn refused_vehicle(draft: &Draft) -> Vec<Problem> {
    let package = draft.read().unwrap();
    assert_eq!(package.operations.iter().map(|operation| operation.name.as_str()).collect::<Vec<_>>(), [GET_OWNER]);
    assert_eq!(package.refused.len(), 1);
    assert_eq!(package.refused[0].name.as_str(), GET_VEHICLE);
    package.refused[0].problems.clone()
}

#[test]
fn a_missing_schema_refuses_its_operation_only_and_names_the_near_ones() {
    let problems =
        refused_vehicle(&Draft::new().change("adapter.toml", "\"VehicleResponse.xsd\"", "\"VehicleRespons.xsd\""));
    assert_eq!((problems[0].code, problems[0].line), ("file-missing", Some(14)));
    assert_eq!(&*problems[0].cause.en, "XMLSchemas/VehicleRespons.xsd is not in the package");
    assert!(problems[0].hint.en.starts_with("did you mean VehicleResponse.xsd"), "{}", problems[0].hint.en);
}

#[test]
fn all_missing_files_of_an_operation_are_told_at_once() {
    let draft = Draft::new()
        .without("XMLSamples/VehicleRequest.xml")
        .without("XMLSamples/VehicleResponse.xml")
        .without("XMLMetaData/GetVehicle.xml");
    let problems = refused_vehicle(&draft);
    assert_eq!(
        problems.iter().map(|problem| (problem.code, problem.line)).collect::<Vec<_>>(),
        [("file-missing", Some(13)), ("file-missing", Some(16)), ("file-missing", Some(17))]
    );
}

#[test]
fn a_root_that_the_schema_does_not_declare_refuses_the_operation() {
    let problems = refused_vehicle(&Draft::new().change(
        "adapter.toml",
        "{urn:example:vehicle:response}VehicleResponse",
        "{urn:example:vehicle:response}Vehicle",
    ));
    assert_eq!((problems[0].code, problems[0].line), ("root-unknown", Some(15)));
    assert!(problems[0].hint.en.contains("{urn:example:vehicle:response}VehicleResponse"), "{}", problems[0].hint.en);
}

#[test]
fn a_broken_schema_is_told_by_file_and_line() {
    let problems = refused_vehicle(&Draft::new().change(
        "XMLSchemas/VehicleResponse.xsd",
        "type=\"xs:string\"",
        "type=\"xs:strnig\"",
    ));
    assert_eq!(problems[0].code, "schema-broken");
    assert_eq!((problems[0].file.as_deref(), problems[0].line), (Some("XMLSchemas/VehicleResponse.xsd"), Some(5)));
}

#[test]
fn a_broken_schema_refuses_every_operation_that_uses_it() {
    let package = Draft::new().change("XMLSchemas/Common.xsd", "NumberType", "OtherType").read().unwrap();
    assert_eq!((package.operations.len(), package.refused.len()), (0, 2));
}

#[test]
fn an_import_is_read_from_the_package_only() {
    for (location, part) in [
        ("../../Common.xsd", "leads out of the package"),
        ("/etc/Common.xsd", "`etc/Common.xsd` cannot be found"),
        ("Commom.xsd", "did you mean Common.xsd"),
    ] {
        let package = Draft::new().change("XMLSchemas/VehicleRequest.xsd", "Common.xsd", location).read().unwrap();
        assert!(package.operations.is_empty(), "{location}");
        let problem = &package.refused[0].problems[0];
        assert_eq!(problem.code, "schema-broken");
        assert!(problem.to_string().contains(part), "{location}: {problem}");
    }
    let package = Draft::new()
        .change("XMLSchemas/VehicleRequest.xsd", "Common.xsd", "http://example.org/Common.xsd")
        .read()
        .unwrap();
    assert_eq!(package.refused[0].problems[0].code, "schema-broken");
}

#[test]
fn a_schema_that_the_manifest_names_lies_in_the_package() {
    for (named, code) in [
        ("../../VehicleResponse.xsd", "file-path-outside"),
        ("/srv/VehicleResponse.xsd", "file-path-absolute"),
        ("http://example.org/VehicleResponse.xsd", "file-path-remote"),
    ] {
        let problems =
            refused_vehicle(&Draft::new().change("adapter.toml", "\"VehicleResponse.xsd\"", &format!("\"{named}\"")));
        assert_eq!((problems[0].code, problems[0].line), (code, Some(14)));
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_schema_outside_is_not_followed() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("vehicles");
    Draft::new().write_to(&folder);
    std::fs::rename(folder.join("XMLSchemas/Common.xsd"), outer.path().join("Common.xsd")).unwrap();
    std::os::unix::fs::symlink(outer.path().join("Common.xsd"), folder.join("XMLSchemas/Common.xsd")).unwrap();
    let package = Package::read(&DirectoryFiles::open(&folder).unwrap()).unwrap();
    assert!(package.operations.is_empty());
    assert!(
        package.refused[0].problems[0].to_string().contains("is a link that leads out of the package"),
        "{}",
        package.refused[0].problems[0]
    );
}

#[test]
fn names_match_without_regard_to_case_in_the_manifest_and_in_imports() {
    let draft = Draft::new()
        .change("adapter.toml", "\"VehicleRequest.xsd\"", "\"vehiclerequest.XSD\"")
        .change("adapter.toml", "\"GetVehicle.xml\"", "\"getvehicle.xml\"")
        .change("XMLSchemas/VehicleRequest.xsd", "Common.xsd", "COMMON.XSD");
    let package = draft.read().unwrap();
    assert_eq!(package.operations.len(), 2, "{:?}", package.refused);
    assert_eq!(package.operations[0].metadata.as_ref().unwrap().file, "XMLMetaData/GetVehicle.xml");
}

#[test]
fn two_versions_of_one_namespace_live_side_by_side() {
    let second = Draft::new();
    let draft = second
        .change("adapter.toml", "response = \"OwnerResponse.xsd\"\nresponse_root = \"OwnerResponse\"\nsample_response = \"OwnerResponse.xml\"", "response = \"VehicleResponse2.xsd\"\nresponse_root = \"{urn:example:vehicle:response}VehicleResponse\"\nsample_response = \"VehicleResponse.xml\"")
        .file(
            "XMLSchemas/VehicleResponse2.xsd",
            r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example:vehicle:response" elementFormDefault="qualified">
  <xs:element name="VehicleResponse"><xs:complexType><xs:sequence><xs:element name="Colour" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>"#,
        );
    let package = draft.read().unwrap();
    let fields = |at: usize| {
        package.operations[at]
            .response
            .fields
            .children()
            .iter()
            .map(|field| field.local().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!((fields(0), fields(1)), (vec!["Model".to_owned()], vec!["Colour".to_owned()]));
}

#[test]
fn a_folder_of_packages_is_read_in_order_and_a_bad_one_does_not_hide_the_others() {
    let outer = tempfile::tempdir().unwrap();
    Draft::new().write_to(&outer.path().join("b-good"));
    Draft::new().change("adapter.toml", "kind = \"sample\"", "kind = \"none\"").write_to(&outer.path().join("a-bad"));
    std::fs::create_dir(outer.path().join("notes")).unwrap();
    std::fs::write(outer.path().join("readme.txt"), "no package").unwrap();
    let found = read_packages(outer.path(), &Backends::standard()).unwrap();
    assert_eq!(
        found.iter().map(|found| found.folder.file_name().unwrap().to_str().unwrap()).collect::<Vec<_>>(),
        ["a-bad", "b-good"]
    );
    assert!(found[0].package.is_err());
    assert_eq!(found[1].package.as_ref().unwrap().operations.len(), 2);

    let alone = read_packages(&outer.path().join("b-good"), &Backends::standard()).unwrap();
    assert_eq!((alone.len(), alone[0].package.is_ok()), (1, true));
    assert_eq!(read_packages(&outer.path().join("none"), &Backends::standard()).err().unwrap().code, "folder-missing");
}

#[test]
fn a_document_that_a_schema_names_and_does_not_need_is_remarked_once_if_it_is_not_there() {
    let include = "elementFormDefault=\"qualified\">\n  <xs:include schemaLocation=\"Vehicle%20Old.xsd\"/>";
    let draft = Draft::new().change("XMLSchemas/VehicleResponse.xsd", "elementFormDefault=\"qualified\">", include);
    let package = draft.read().unwrap();
    assert!(package.refused.is_empty());
    let notes: Vec<_> = package.notes.iter().map(|note| (note.problem.code, note.problem.file.as_deref())).collect();
    assert_eq!(notes, [("schema-absent", Some("XMLSchemas/VehicleResponse.xsd"))]);
    assert!(package.notes[0].problem.cause.en.contains("Vehicle Old.xsd"));
    let there = draft.file("XMLSchemas/Vehicle Old.xsd", "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"/>");
    assert!(there.read().unwrap().notes.is_empty(), "{}", there.read().unwrap().notes[0]);
}
