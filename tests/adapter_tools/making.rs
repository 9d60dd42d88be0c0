//! Asking, importing, making and exporting packages.

use super::{Copied, GOOD, adapters, check, copy, kapia, out_of_files, told};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

// ---- run ----

#[test]
fn one_operation_is_asked_without_a_gateway() {
    let folder = adapters().join(GOOD);
    let folder = folder.to_str().unwrap();
    let output = kapia(&["adapter", "run", folder, "ValidPersonSearch", "--set", "EGN=7909149958"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("Ралица"), "{}", told(&output));
    let raw = kapia(&["adapter", "run", folder, "ValidPersonSearch", "--raw"]);
    assert!(told(&raw).trim_start().starts_with('<'), "{}", told(&raw));
}

#[test]
fn an_argument_that_breaks_its_schema_is_refused_before_the_backend_is_asked() {
    let folder = adapters().join(GOOD);
    let outer = tempfile::tempdir().unwrap();
    let file = outer.path().join("argument.xml");
    let argument = "<ValidPersonRequest xmlns=\"http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest\"><Unheard/></ValidPersonRequest>";
    fs::write(&file, argument).unwrap();
    let (package, file) = (folder.to_str().unwrap(), file.to_str().unwrap());
    let output = kapia(&["adapter", "run", package, "ValidPersonSearch", "--argument", file]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("the argument does not follow its schema"), "{}", told(&output));
    let unknown = kapia(&["adapter", "run", folder.to_str().unwrap(), "ValidPersonSearch", "--set", "EGM=1"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(told(&unknown).contains("did you mean EGN"), "{}", told(&unknown));
}

#[test]
fn an_old_name_is_asked_through_its_successor() {
    let output = kapia(&["adapter", "run", adapters().to_str().unwrap(), "IOldLabourContractsAPI.GetContracts"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

// ---- import ----

/// A package of ours in the existing layout: its documents, without adapter.toml.
fn existing_layout(name: &str) -> (TempDir, PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let project = outer.path().join("project");
    for folder in ["XMLSchemas", "XMLSamples", "XMLMetaData", "XMLData"] {
        copy(&out_of_files(name).join(folder), &project.join(folder).join(name));
    }
    (outer, project)
}

#[test]
fn a_folder_of_the_existing_layout_becomes_a_package_that_is_green() {
    let (outer, project) = existing_layout(GOOD);
    let out = outer.path().join("out");
    let (project, folder) = (project.to_str().unwrap(), out.to_str().unwrap());
    let output = kapia(&["adapter", "import", project, "--out", folder, "--set", "register=Население"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let manifest: toml::Table = fs::read_to_string(out.join("adapter.toml")).unwrap().parse().unwrap();
    assert_eq!(manifest["name"].as_str(), Some(GOOD));
    assert_eq!(manifest["register"].as_str(), Some("Население"));
    assert_eq!(manifest["operation"].as_array().unwrap().len(), 3);
    let checked = check(&[&out]);
    assert!(checked.green, "{:?}", checked.found());
    let again = kapia(&["adapter", "import", project, "--out", folder]);
    assert_eq!(again.status.code(), Some(2), "a folder that holds something is not written over");
}

#[test]
fn what_the_source_does_not_say_is_listed_and_nothing_is_written() {
    let (outer, project) = existing_layout(GOOD);
    fs::remove_dir_all(project.join("XMLMetaData")).unwrap();
    let out = outer.path().join("out");
    let (project, folder) = (project.to_str().unwrap(), out.to_str().unwrap());
    let output = kapia(&["adapter", "import", project, "--out", folder]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("--set contract="), "{}", told(&output));
    assert!(!out.exists());
    let contract = "contract=TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI";
    let output = kapia(&["adapter", "import", project, "--out", folder, "--set", contract]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(check(&[&out]).green);
    let mistaken = outer.path().join("mistaken");
    let output = kapia(&[
        "adapter",
        "import",
        project,
        "--out",
        mistaken.to_str().unwrap(),
        "--set",
        contract,
        "--set",
        "nam=X",
    ]);
    assert!(output.status.code() == Some(2) && told(&output).contains("nam"), "{}", told(&output));
}

#[test]
fn a_package_file_becomes_a_package_named_without_its_version() {
    let outer = tempfile::tempdir().unwrap();
    let archive = outer.path().join(format!("{GOOD}.1.2.0.nupkg"));
    let good = out_of_files(GOOD);
    let output = kapia(&["adapter", "export", good.to_str().unwrap(), "--out", archive.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let out = outer.path().join("out");
    let output = kapia(&["adapter", "import", archive.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let checked = check(&[&out]);
    assert!(checked.green && checked.reports[0]["package"] == GOOD, "{:?}", checked.found());
}

#[test]
fn something_that_is_no_adapter_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let import =
        |source: &Path| kapia(&["adapter", "import", source.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(import(folder.path()).status.code(), Some(2));
    let file = folder.path().join("broken.nupkg");
    fs::write(&file, b"PK\x03\x04 and nothing more").unwrap();
    let output = import(&file);
    assert!(output.status.code() == Some(2) && told(&output).contains("archive"), "{}", told(&output));
}

// ---- new and export ----

#[test]
fn schemas_alone_become_a_package_that_is_green_at_once() {
    let outer = tempfile::tempdir().unwrap();
    let out = outer.path().join("new");
    let schemas = adapters().join(GOOD).join("XMLSchemas");
    let file = |name: &str| schemas.join(name).to_str().unwrap().to_owned();
    let output = kapia(&[
        "adapter",
        "new",
        "Company.RegiX.PersonAdapter",
        "--from-xsd",
        &file("ValidPersonRequest.xsd"),
        &file("ValidPersonResponse.xsd"),
        &file("PersonDataRequest.xsd"),
        &file("PersonDataResponse.xsd"),
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("Company.RegiX.PersonAdapter.APIService.IPersonAPI.GetValidPerson"));
    let checked = check(&[&out]);
    assert!(checked.green, "{:?}", checked.found());
    let grave: Vec<_> = checked.found().into_iter().filter(|(level, ..)| level != "note").collect();
    assert!(grave.is_empty(), "{grave:?}");
}

#[test]
fn two_examples_become_a_package_that_is_green_at_once() {
    let outer = tempfile::tempdir().unwrap();
    let (request, response) = (outer.path().join("q.xml"), outer.path().join("a.xml"));
    fs::write(&request, "<PlateRequest xmlns=\"urn:plates:q\"><Plate>СВ1234АВ</Plate></PlateRequest>").unwrap();
    fs::write(
        &response,
        "<PlateResponse xmlns=\"urn:plates:a\"><Owner since=\"2020-01-31\"><EGN>7605239965</EGN></Owner><Owner since=\"2021-02-01\"/></PlateResponse>",
    )
    .unwrap();
    let out = outer.path().join("new");
    let files = [request.to_str().unwrap(), response.to_str().unwrap()];
    let output =
        kapia(&["adapter", "new", "Plates", "--from-samples", files[0], files[1], "--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let checked = check(&[&out]);
    assert!(checked.green, "{:?}", checked.found());
    let ran = kapia(&["adapter", "run", out.to_str().unwrap(), "GetPlate"]);
    assert!(ran.status.success() && told(&ran).contains("7605239965"), "{}", told(&ran));
}

#[test]
fn a_wsdl_becomes_a_package_with_its_operations() {
    let outer = tempfile::tempdir().unwrap();
    let wsdl = outer.path().join("service.wsdl");
    fs::write(
        &wsdl,
        r#"<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:things" xmlns:m="urn:m" targetNamespace="urn:m">
        <types><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:things" elementFormDefault="qualified">
        <xs:element name="FindThing"><xs:complexType><xs:sequence><xs:element name="EIK" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
        <xs:element name="FindThingResponse"><xs:complexType><xs:sequence><xs:element name="Name" type="xs:string" maxOccurs="unbounded"/>
        <xs:choice><xs:element name="Active" type="xs:boolean"/><xs:element name="Ended" type="xs:date"/></xs:choice></xs:sequence></xs:complexType></xs:element>
        </xs:schema></types>
        <message name="In"><part name="parameters" element="t:FindThing"/></message>
        <message name="Out"><part name="parameters" element="t:FindThingResponse"/></message>
        <portType name="Things"><operation name="FindThing"><input message="m:In"/><output message="m:Out"/></operation></portType>
        </definitions>"#,
    )
    .unwrap();
    let out = outer.path().join("new");
    let output = kapia(&[
        "adapter",
        "new",
        "Acme.RegiX.ThingAdapter",
        "--from-wsdl",
        wsdl.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("Acme.RegiX.ThingAdapter.APIService.IThingAPI.FindThing"), "{}", told(&output));
    let checked = check(&[&out]);
    assert!(checked.green, "{:?}", checked.found());
}

/// The examples of the plates, and what `new` makes of them with these options.
fn plates(options: &[&str]) -> (TempDir, PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let (request, response) = (outer.path().join("q.xml"), outer.path().join("a.xml"));
    fs::write(&request, "<PlateRequest xmlns=\"urn:plates:q\"><Plate>СВ'1234</Plate></PlateRequest>").unwrap();
    let answer = "<PlateResponse xmlns=\"urn:plates:a\"><Make>Кола</Make><Owner since=\"2020-01-31\"><EGN>7605239965</EGN>\
                  </Owner><Owner since=\"2021-02-01\"><EGN>7909149958</EGN></Owner></PlateResponse>";
    fs::write(&response, answer).unwrap();
    let out = outer.path().join("new");
    let mut arguments = vec!["adapter", "new", "Plates", "--out", out.to_str().unwrap()];
    arguments.extend(options);
    arguments.extend(["--from-samples", request.to_str().unwrap(), response.to_str().unwrap()]);
    let output = kapia(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("GetPlate"), "{}", told(&output));
    (outer, out)
}

/// Everything about the package is right but that nobody is there to answer.
fn only_its_backend_is_missing(out: &Path) {
    let checked = check(&[out]);
    let errors: Vec<_> = checked.found().into_iter().filter(|(level, ..)| level == "error").collect();
    assert!(errors.iter().all(|(_, check, _)| check == "backend-reachable"), "{errors:?}");
    assert!(!checked.green && !errors.is_empty());
    let offline = kapia(&["adapter", "check", "--offline", out.to_str().unwrap()]);
    assert_eq!(offline.status.code(), Some(0), "{}", told(&offline));
}

#[test]
fn a_database_of_its_own_makes_a_new_package_green_at_once() {
    let (_outer, out) = plates(&["--backend", "sql", "--engine", "sqlite"]);
    let checked = check(&[&out]);
    let grave: Vec<_> = checked.found().into_iter().filter(|(level, ..)| level != "note").collect();
    assert!(checked.green && grave.is_empty(), "{grave:?}");
    let ran = kapia(&["adapter", "run", out.to_str().unwrap(), "GetPlate"]);
    assert!(ran.status.success() && told(&ran).contains("7605239965"), "{}", told(&ran));
}

#[test]
fn a_package_for_a_server_is_right_but_for_the_server() {
    for engine in ["postgresql", "mysql"] {
        let (_outer, out) = plates(&["--backend", "sql", "--engine", engine]);
        let manifest = fs::read_to_string(out.join("adapter.toml")).unwrap();
        let elsewhere = manifest.replace("user = ", "port = 9\nuser = ");
        fs::write(out.join("adapter.toml"), elsewhere).unwrap();
        only_its_backend_is_missing(&out);
    }
    let (_outer, out) = plates(&["--backend", "sql", "--engine", "odbc"]);
    let manifest: toml::Table = fs::read_to_string(out.join("adapter.toml")).unwrap().parse().unwrap();
    assert_eq!(manifest["backend"]["engine"].as_str(), Some("odbc"));
    assert!(manifest["backend"]["connection"].is_str());
}

#[test]
fn a_package_for_a_rest_service_has_a_path_and_a_template_with_loops() {
    let (_outer, out) = plates(&["--backend", "rest"]);
    let manifest = fs::read_to_string(out.join("adapter.toml")).unwrap();
    assert!(manifest.contains("path = \"/plate/{{ request.Plate }}\""), "{manifest}");
    fs::write(out.join("adapter.toml"), manifest.replace("localhost:8080", "localhost:9")).unwrap();
    let template = fs::read_to_string(out.join("responses/GetPlate.xml")).unwrap();
    for part in
        ["{{ answer.make }}", "{% for owner in answer.owner %}", "since=\"{{ owner.since }}\"", "{{ owner.egn }}"]
    {
        assert!(template.contains(part), "{part} is missing in {template}");
    }
    only_its_backend_is_missing(&out);
}

#[test]
fn a_package_for_a_soap_service_asks_by_its_wsdl() {
    let wsdl = adapters().join("behind-servers/Kapia.FishingPermits/upstream/Permits.wsdl");
    let outer = tempfile::tempdir().unwrap();
    let near = outer.path().join("Permits.wsdl");
    let text = fs::read_to_string(&wsdl).unwrap();
    fs::write(&near, text.replace("https://fishing.example.bg/", "http://localhost:9/")).unwrap();
    let file = near.to_str().unwrap();

    let (_outer, out) = plates(&["--backend", "soap", "--wsdl", file]);
    let asked = fs::read_to_string(out.join("requests/GetPlate.xml")).unwrap();
    assert!(asked.contains("FindPermits") && asked.contains("urn:example:fishing:permits"), "{asked}");
    let template = fs::read_to_string(out.join("responses/GetPlate.xml")).unwrap();
    assert!(template.contains("{{ owner['@since'] }}") && template.contains("{{ owner.EGN }}"), "{template}");
    only_its_backend_is_missing(&out);

    // The documents of the service itself as those of the register.
    let same = outer.path().join("same");
    let arguments =
        ["adapter", "new", "Permits", "--backend", "soap", "--from-wsdl", file, "--out", same.to_str().unwrap()];
    let output = kapia(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let asked = fs::read_to_string(same.join("requests/FindPermits.xml")).unwrap();
    assert!(asked.contains("{{ request.holder }}"), "{asked}");
    let template = fs::read_to_string(same.join("responses/FindPermits.xml")).unwrap();
    assert!(
        template.contains("{% for permit in answer.permit %}") && template.contains("permit.fee|decimal"),
        "{template}"
    );
    only_its_backend_is_missing(&same);

    let nameless = outer.path().join("nameless");
    let response = out.join("XMLSamples/GetPlateResponse.xml");
    let sample = response.to_str().unwrap();
    let options = ["--backend", "soap", "--out", nameless.to_str().unwrap(), "--from-samples", sample, sample];
    let output = kapia(&[&["adapter", "new", "Plates"][..], &options].concat());
    assert!(output.status.code() == Some(2) && told(&output).contains("--wsdl"), "{}", told(&output));
}

#[test]
fn a_package_for_a_host_says_what_must_be_filled_in_and_is_red_until_it_is() {
    let (_outer, out) = plates(&["--backend", "host"]);
    let checked = check(&[&out]);
    assert!(!checked.green, "{:?}", checked.found());
    assert!(checked.found().iter().any(|(level, check, _)| level == "error" && check == "package-opens"));
}

#[test]
fn the_catalogue_of_a_package_is_the_same_octet_for_octet() {
    let outer = tempfile::tempdir().unwrap();
    let package = Copied::of(GOOD);
    let files = ["one.zip", "two.zip"].map(|name| outer.path().join(name));
    for (folder, file) in [&adapters().join(GOOD), &package.folder].into_iter().zip(&files) {
        let output = kapia(&["adapter", "export", folder.to_str().unwrap(), "--out", file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    }
    let [one, two] = files.map(|file| fs::read(file).unwrap());
    assert!(one == two && one.len() > 1000);
    let text = String::from_utf8_lossy(&one).into_owned();
    assert!(text.contains("XMLSchemas/Population.xsd"), "what a schema refers to is in the archive");
    assert!(!text.contains("adapter.toml") && !text.contains("XMLData/"), "settings and data stay behind");
}
