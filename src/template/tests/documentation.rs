//! The table of functions in docs/templates.md is the table of functions; `KAPIA_BLESS=1` writes it anew.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use std::path::Path;

use kapia_template::{Kind, definitions};

const BEGIN: &str = "<!-- functions: written by the tests of kapia-template -->\n";
const END: &str = "<!-- end of functions -->\n";

#[test]
fn every_function_has_its_row_in_the_documentation() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/templates.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let table = table();
    if std::env::var_os("KAPIA_BLESS").is_some() {
        std::fs::write(&path, [before, BEGIN, &table, END, after].concat()).unwrap();
        return;
    }
    assert!(found == table, "docs/templates.md is not up to date; run the test once with KAPIA_BLESS=1");
}

fn table() -> String {
    let mut table = String::from("| written | gives | what it does |\n|---|---|---|\n");
    for definition in definitions() {
        let written = match definition.kind {
            Kind::Filter => format!("{{{{ {} }}}}", definition.example),
            Kind::Test => format!("{{% if {} %}}", definition.example),
            Kind::Function => format!("{{% do {} %}}", definition.example),
        };
        let arguments = match definition.arguments {
            "" => String::new(),
            arguments => format!(" Arguments: {arguments}."),
        };
        let gives = if definition.gives.is_empty() { "nothing".to_owned() } else { format!("`{}`", definition.gives) };
        let about = definition.about[0];
        table.push_str(&format!("| `{}` | {gives} | {about}.{arguments} |\n", written.replace('|', "\\|")));
    }
    table
}
