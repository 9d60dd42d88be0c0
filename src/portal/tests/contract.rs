//! The types of the contract are those of the WSDL, and carry every message of the operations without a loss.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

#[test]
fn the_types_are_those_of_the_wsdl() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let wsdl = folder.join("../../wsdl/EgovService.wsdl");
    let made = kapia_codegen::Generator::new().wsdl(wsdl).module().unwrap();
    let path = folder.join("src/contract.rs");
    if std::env::var_os("KAPIA_BLESS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "src/contract.rs is not what the WSDL gives; KAPIA_BLESS=1 writes it anew");
    let _: &Path = &path;
}
