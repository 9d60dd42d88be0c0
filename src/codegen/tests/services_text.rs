//! The text of a generated client and server, for the typed contract of an example package of ours.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use std::path::Path;

#[test]
fn the_text_is_the_golden_one() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wsdl = here.join("../../tests/golden/face-RegiX.GraoNBDAdapter.wsdl");
    let text = kapia_codegen::Generator::new().wsdl(wsdl).services(true).module().unwrap();
    let golden = here.join("tests/golden/services.rs");
    if std::env::var_os("KAPIA_BLESS").is_some() {
        std::fs::write(&golden, &text).unwrap();
    }
    let golden = std::fs::read_to_string(golden).unwrap();
    let parts = golden.lines().zip(text.lines()).enumerate().find(|(_, (was, is))| was != is);
    assert!(golden == text, "it is not what it was (KAPIA_BLESS=1 accepts it), first at line: {parts:?}");
}

#[test]
fn types_alone_stay_types_alone() {
    let wsdl = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/EgovService.wsdl");
    let types = kapia_codegen::Generator::new().wsdl(&wsdl).module().unwrap();
    assert!(!types.contains("pub mod service"));
    let both = kapia_codegen::Generator::new().wsdl(&wsdl).services(true).module().unwrap();
    assert!(both.starts_with(&types) && both.contains("pub async fn add_service("), "{}", &both[types.len()..]);
}
