//! `kapia codegen` from the outside: what it writes, what it never touches, and how it refuses. What is generated is compiled in
//! `src/codegen/tests`.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn tree(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path).to_str().unwrap().to_owned()
}

fn codegen(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kapia"));
    command.arg("codegen").args(arguments).current_dir(folder).env_remove("KAPIA_CONFIG").env("LC_ALL", "C.UTF-8");
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Generates into `out`, and gives all files in it.
fn generated(folder: &Path, arguments: &[&str]) -> BTreeMap<PathBuf, String> {
    let output = codegen(folder, &[arguments, &["--out", "out"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let mut files = BTreeMap::new();
    gather(&folder.join("out"), Path::new(""), &mut files);
    files
}

fn gather(folder: &Path, below: &Path, files: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let below = below.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => gather(&entry.path(), &below, files),
            false => drop(files.insert(below, std::fs::read_to_string(entry.path()).unwrap())),
        }
    }
}

fn names(files: &BTreeMap<PathBuf, String>) -> Vec<&str> {
    files.keys().map(|path| path.to_str().unwrap()).collect()
}

fn schema(elements: &str) -> String {
    format!(
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"urn:a\" xmlns=\"urn:a\">{elements}</xs:schema>"
    )
}

#[test]
fn a_wsdl_gives_types_and_a_client_and_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let wsdl = tree("wsdl/EgovService.wsdl");
    let files = generated(folder.path(), &["--wsdl", &wsdl]);
    assert_eq!(names(&files), ["egov_service.rs", "mod.rs"]);
    let text = &files[Path::new("egov_service.rs")];
    for part in
        ["pub struct ServiceRecord {", "pub struct Client<T> {", "pub trait Server: Sync {", "pub async fn dispatch("]
    {
        assert!(text.contains(part), "{part}");
    }
    let types = generated(folder.path(), &["--wsdl", &wsdl, "--no-services"]);
    let text = &types[Path::new("egov_service.rs")];
    assert!(text.contains("pub struct ServiceRecord {") && !text.contains("pub mod service"));
}

#[test]
fn a_schema_gives_a_module_and_a_folder_those_that_nobody_includes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("schemas")).unwrap();
    write("schemas/shared.xsd", &schema("<xs:simpleType name=\"N\"><xs:restriction base=\"xs:int\"/></xs:simpleType>"));
    write("schemas/b.xsd", &schema("<xs:include schemaLocation=\"shared.xsd\"/><xs:element name=\"B\" type=\"N\"/>"));
    write("schemas/a.xsd", &schema("<xs:element name=\"A\" type=\"xs:string\"/>"));
    write("schemas/readme.txt", "no schema");
    assert_eq!(names(&generated(folder.path(), &["--xsd", "schemas"])), ["a.rs", "b.rs", "mod.rs"]);
    let one = generated(folder.path(), &["--xsd", "schemas/shared.xsd"]);
    assert!(one[Path::new("mod.rs")].ends_with("pub mod shared;\n"), "{one:?}");
    write(
        "schemas/shared.xsd",
        &schema("<xs:include schemaLocation=\"b.xsd\"/><xs:element name=\"S\" type=\"xs:int\"/>"),
    );
    write(
        "schemas/b.xsd",
        &schema("<xs:include schemaLocation=\"shared.xsd\"/><xs:element name=\"B\" type=\"xs:int\"/>"),
    );
    std::fs::remove_file(folder.path().join("schemas/a.xsd")).unwrap();
    let circle = generated(folder.path(), &["--xsd", "schemas"]);
    assert!(circle[Path::new("mod.rs")].contains("pub mod b;"), "where all include one another, none is left out");
}

#[test]
fn a_package_gives_a_module_for_each_schema_and_a_type_for_each_operation() {
    let folder = tempfile::tempdir().unwrap();
    let files = generated(folder.path(), &["--package", &tree("adapters/RegiX.MVRBDSAdapter")]);
    let expected = [
        "mod.rs",
        "regix_mvrbds_adapter/mod.rs",
        "regix_mvrbds_adapter/personal_identity_info_request.rs",
        "regix_mvrbds_adapter/personal_identity_info_response.rs",
    ];
    assert_eq!(names(&files), expected);
    assert!(files[Path::new("regix_mvrbds_adapter/mod.rs")].contains("const NAME: &'static str"));
}

#[test]
fn the_same_input_gives_the_same_text_and_check_sees_every_difference() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = ["--xsd", &tree("src/codegen/tests/golden/traps.xsd"), "--wsdl", &tree("wsdl/RegiXEntryPointV2.wsdl")];
    let check = || codegen(folder.path(), &[&inputs[..], &["--out", "out", "--check"]].concat());
    assert_eq!(check().status.code(), Some(2), "nothing is there yet");
    assert!(!folder.path().join("out").exists(), "a check writes nothing");
    let first = generated(folder.path(), &inputs);
    assert_eq!(check().status.code(), Some(0), "{}", said(&check()));
    assert_eq!(said(&check()), "up to date\n");
    assert_eq!(generated(folder.path(), &inputs), first);
    let again = codegen(folder.path(), &[&inputs[..], &["--out", "out"]].concat());
    assert_eq!(said(&again), "up to date\n", "what is the same is not written again");
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(generated(elsewhere.path(), &inputs), first);
    let file = folder.path().join("out/traps.rs");
    std::fs::write(&file, first[Path::new("traps.rs")].replace("pub struct", "struct")).unwrap();
    let stale = check();
    assert_eq!(stale.status.code(), Some(2));
    let told = said(&stale);
    assert!(told.starts_with("error: not what would be generated now: ") && told.contains("traps.rs"), "{told}");
    assert!(told.ends_with("hint: run the same without --check\n") && !told.contains("mod.rs"), "{told}");
    assert_eq!(said(&codegen(folder.path(), &[&inputs[..], &["--out", "out"]].concat())), "written: out/traps.rs\n");
}

#[test]
fn what_was_not_generated_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = ["--xsd", &tree("src/codegen/tests/golden/traps.xsd"), "--out", "src"];
    std::fs::create_dir(folder.path().join("src")).unwrap();
    let own = "//! My program.\nmod generated;\n";
    std::fs::write(folder.path().join("src/mod.rs"), own).unwrap();
    for (language, cause, hint) in [
        ("en", "error: `src/mod.rs`: it was not generated, so it is not replaced\n", "hint: name another folder"),
        (
            "bg",
            "грешка: `src/mod.rs`: не е създаден от генератора и затова не се замества\n",
            "съвет: посочете друга папка",
        ),
    ] {
        let refused = codegen(folder.path(), &[&inputs[..], &["--lang", language]].concat());
        assert_eq!(refused.status.code(), Some(2));
        assert!(said(&refused).starts_with(cause) && said(&refused).contains(hint), "{}", said(&refused));
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("src/mod.rs")).unwrap(), own);
    assert!(!folder.path().join("src/traps.rs").exists(), "and nothing else is written either");
    std::fs::write(folder.path().join("src/mod.rs"), "").unwrap();
    assert_eq!(codegen(folder.path(), &inputs).status.code(), Some(0), "an empty file holds nobody's work");
}

#[test]
fn yaserde_gets_structs_of_its_own_and_what_it_cannot_keep_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let plain = schema(
        "<xs:element name=\"A\"><xs:complexType><xs:sequence><xs:element name=\"B\" type=\"xs:string\"/></xs:sequence></xs:complexType></xs:element>",
    );
    std::fs::write(folder.path().join("a.xsd"), &plain).unwrap();
    let files = generated(folder.path(), &["--xsd", "a.xsd", "--derive", "yaserde"]);
    assert!(files[Path::new("a.rs")].contains("YaDeserialize"));
    let choice =
        plain.replace("<xs:sequence>", "<xs:choice>").replace("</xs:sequence>", "<xs:element name=\"C\"/></xs:choice>");
    std::fs::write(folder.path().join("a.xsd"), choice).unwrap();
    let refused = codegen(folder.path(), &["--xsd", "a.xsd", "--derive", "yaserde", "--out", "out"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("hint: generate without --derive yaserde"), "{}", said(&refused));
}

#[test]
fn wrong_input_is_told_with_cause_place_and_hint_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    write("broken.xsd", &schema("<xs:element name=\"A\" type=\"Missing\"/>"));
    write("cut.xsd", "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">");
    write("cut.wsdl", "<definitions>\n<types>");
    write("empty.wsdl", "<definitions xmlns=\"http://schemas.xmlsoap.org/wsdl/\"><types/></definitions>");
    let rpc = std::fs::read_to_string(tree("src/codegen/tests/golden/faults.wsdl")).unwrap();
    write("rpc.wsdl", &rpc.replace("style=\"document\" tr", "style=\"rpc\" tr"));
    write(
        "inside.wsdl",
        &rpc.replace("element name=\"Reason\" type=\"xs:string\"", "element name=\"Reason\" type=\"t:String\""),
    );
    std::fs::create_dir(folder.path().join("package")).unwrap();
    write("package/adapter.toml", "name = 7\n");
    for (arguments, cause, causes_bg, hint) in [
        (&[][..], "there is nothing to generate from", "няма от какво да се създаде код", "name a WSDL file"),
        (&["--xsd", "none.xsd"], "`none.xsd`", "`none.xsd`", ""),
        (
            &["--wsdl", "none.wsdl"],
            "`none.wsdl` cannot be read: ",
            "`none.wsdl` не може да се прочете: ",
            "check the path",
        ),
        (
            &["--xsd", "empty"],
            "`empty`: no file in it is a schema",
            "`empty`: в нея няма файл със схема",
            "name a schema",
        ),
        (&["--xsd", "broken.xsd"], "error: broken.xsd:1:", "грешка: broken.xsd:1:", ""),
        (&["--xsd", "cut.xsd"], "error: cut.xsd:", "грешка: cut.xsd:", ""),
        (&["--wsdl", "inside.wsdl"], "error: inside.wsdl:23:", "грешка: inside.wsdl:23:", "check the spelling"),
        (&["--wsdl", "cut.wsdl"], "`cut.wsdl`: ", "`cut.wsdl`: ред 2, колона ", "name a WSDL 1.1 file"),
        (
            &["--wsdl", "empty.wsdl"],
            "`empty.wsdl`: there is no schema in it",
            "`empty.wsdl`: в него няма схема",
            "name a WSDL",
        ),
        (
            &["--wsdl", "rpc.wsdl"],
            "rpc.wsdl:44: operation `Issue`: its style is rpc",
            "rpc.wsdl:44: операция `Issue`: стилът ѝ е rpc",
            "generate the types alone with --no-services",
        ),
        (
            &["--package", "package"],
            "`package/adapter.toml`: ",
            "`package/adapter.toml`: ",
            "see docs/adapter-tools.md",
        ),
        (&["--package", "none"], "`none/adapter.toml` cannot be read: ", "не може да се прочете: ", "check the path"),
    ] {
        let all = [arguments, &["--out", "out"]].concat();
        let output = codegen(folder.path(), &all);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.starts_with("error: ") && told.contains(cause), "{cause}: {told}");
        assert!(told.contains("\nhint: ") && told.contains(hint), "{hint}: {told}");
        let told = said(&codegen(folder.path(), &[&all[..], &["--lang", "bg"]].concat()));
        assert!(told.starts_with("грешка: ") && told.contains(causes_bg) && told.contains("\nсъвет: "), "{told}");
        assert!(!folder.path().join("out").exists(), "what is refused leaves nothing behind");
    }
    assert_eq!(codegen(folder.path(), &["--wsdl", "rpc.wsdl", "--no-services", "--out", "out"]).status.code(), Some(0));
    let file = codegen(folder.path(), &["--xsd", &tree("src/codegen/tests/golden/traps.xsd"), "--out", "rpc.wsdl"]);
    assert!(file.status.code() == Some(2) && said(&file).contains("cannot be written"), "{}", said(&file));
}

#[test]
fn the_help_names_everything_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    for language in ["en", "bg"] {
        let help = codegen(folder.path(), &["--help", "--lang", language]);
        assert_eq!(help.status.code(), Some(0));
        for option in ["--wsdl", "--xsd", "--package", "--out", "--no-services", "--derive", "--check"] {
            assert!(said(&help).contains(option), "{option}: {}", said(&help));
        }
    }
    let unknown = codegen(folder.path(), &["--derive", "serde", "--out", "out", "--lang", "bg"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(said(&unknown).starts_with("грешка: неподходяща стойност „serde“"), "{}", said(&unknown));
}
